"""The tapes in a browser against the engine: the same numbers, the same errors, the same faults."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

import minigrad
from docs_plugins import compute
from docs_plugins.compute.assembly import assemble
from docs_plugins.compute.forward import Forward, apply
from docs_plugins.extras import tapes
from docs_plugins.fences import find
from docs_plugins.language import FUNCTIONS, Program, parse
from docs_plugins.language.vocabulary import COMPARISONS
from docs_plugins.model import Computation, elements
from tests.docs_plugins.test_programs import array_block, one_step, scalar_block

ROOT = Path(__file__).parents[2]
TOLERANCE = 1e-12  # of a number's magnitude without cancellation
CONDITION = 1e3
INPUTS = 5000  # of each block of the site and, in the heavy test, of each random program
PROGRAMS = 200

Numbers = dict[str, tuple[Any, Any]]  # by path: a number and its magnitude

# Runs tapes on inputs given as doubles in base64; answers with their paths and all results.
RUN = """([script, jobs]) => {
  self.mgTapes = undefined;
  const element = document.createElement('script');
  element.textContent = script;
  document.head.append(element);
  element.remove();
  return jobs.map(([name, inputs]) => {
    const tape = mgTapes.blocks[name];
    const read = new Float64Array(Uint8Array.from(atob(inputs), c => c.charCodeAt(0)).buffer);
    const found = [];
    for (let i = 0; i < read.length; i += tape.t.length)
      found.push(...tape.t(...read.subarray(i, i + tape.t.length)));
    const bytes = new Uint8Array(Float64Array.from(found).buffer);
    let text = '';
    for (let i = 0; i < bytes.length; i += 4096)
      text += String.fromCharCode(...bytes.subarray(i, i + 4096));
    return [tape.n, btoa(text)];
  });
}"""


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


class Taped:
    """A block's tape in the browser, and the same numbers from the engine."""

    def __init__(self, computation: Computation, compiled: tapes.Compiled) -> None:
        self.computation = computation
        self.program = computation.program
        self.compiled = compiled
        self.places: dict[str, int] = {}
        self.points = np.empty((0, 0))
        self.results = np.empty((0, 0))  # a row for each point

    def arguments(self, points: np.ndarray) -> list[Any]:
        """The engine's arguments from points, whose last axis has the inputs' elements."""
        found, start = [], 0
        for variable in self.computation.variables[: len(self.program.parameters)]:
            size = len(variable.value)
            part = points[..., start : start + size]
            found.append(part[..., 0] if not variable.shape else part.reshape(variable.shape))
            start += size
        return [float(x) if np.ndim(x) == 0 else x for x in found]

    def engine(self, points: np.ndarray) -> Numbers:
        """Every number of the tape by the engine, with its magnitude; raises DomainError."""
        trace = minigrad.trace(walk(self.program), *self.arguments(points))
        sizes = trace.magnitudes()
        found: Numbers = {}
        variables = self.computation.variables

        def enter(variable: Any, quantity: str, value: Any, size: Any) -> None:
            if points.ndim > 1:  # all points at once
                found[f"{variable.address}.{quantity}"] = value, size
                return
            pairs = zip(np.ravel(value), np.ravel(size), strict=True)
            for suffix, pair in zip(elements(variable.shape), pairs, strict=True):
                found[f"{variable.address}{suffix}.{quantity}"] = pair

        for variable, node, size in zip(variables, trace.nodes, sizes.values, strict=True):
            enter(variable, "value", node.value, size)
        if len(self.computation.outputs) == 1 and not self.computation.outputs[0].shape:
            self._enter_backward(trace, sizes, enter)
        elif points.ndim == 1:
            values = np.ravel(trace.jacobian().value)
            entries = (entry for row in self.computation.jacobian.entries for entry in row)
            for value, entry in zip(values, entries, strict=True):
                found[entry.address] = value, max(abs(value), entry.number.magnitude)
        return found

    def _enter_backward(self, trace: Any, sizes: Any, enter: Callable[..., None]) -> None:
        variables = self.computation.variables
        sweep = trace.backward(contributions=True)
        for variable, adjoint, size in zip(variables, sweep.adjoints, sizes.adjoints, strict=True):
            if adjoint is not None:
                enter(variable, "adjoint", adjoint, size)
        links = {
            (link.operand, link.consumer, link.position): link.address
            for link in self.computation.links
        }
        for sent, size in zip(sweep.contributions, sizes.contributions, strict=True):
            address = links[sent.operand.index, sent.consumer.index, sent.position]
            operand = variables[sent.operand.index]
            enter(operand, address.removeprefix(f"{operand.address}."), sent.value, size.value)


def walk(program: Program) -> Callable[..., Any]:
    """The program as a function of the engine's values."""

    def function(*inputs: Any) -> Any:
        values: list[Any] = []
        for index, step in enumerate(program.steps):
            if step.function == "input":
                values.append(inputs[index])
                continue
            operands = [values[x] if isinstance(x, int) else x.value for x in step.operands]
            values.append(apply(step, operands))
        outputs = tuple(values[index] for index in program.outputs)
        return outputs if len(outputs) > 1 else outputs[0]

    return function


def conditioned(found: Numbers) -> Any:
    """Whether no value is lost in what it was summed from."""
    good: Any = True
    for path, (value, size) in found.items():
        if path.endswith(".value"):
            good &= (np.abs(value) > size / CONDITION) | (np.abs(size) == 0)
    return good


def compared(one: Taped, results: np.ndarray, found: Numbers) -> list[str]:
    """Where the browser's results are not the engine's numbers."""
    good = conditioned(found)
    wrong = []
    for path, (value, size) in found.items():
        place = one.places.get(path)
        if place is None:
            continue
        off = np.abs(results[..., place] - value)
        if np.any(good & ~(off <= TOLERANCE * size)):
            wrong.append(f"{path}: {results[..., place]} {value}")
    return wrong


def blocks() -> list[tuple[Program, Any]]:
    """Every call of every block of the site, once."""
    found: dict[tuple[str, str], tuple[Program, Any]] = {}
    for page in sorted((ROOT / "docs").rglob("*.md")):
        for fence in find(page.read_text(encoding="utf-8").split("\n")).fences:
            try:
                program = parse(fence.text)
            except ValueError:  # an example of a mistake
                continue
            for call in program.calls:
                found.setdefault((program.text, call.name), (program, call))
    return list(found.values())


def around(given: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Points within half of each input's size, signs kept."""
    return given * np.random.default_rng(seed).uniform(0.5, 1.5, (count, len(given)))


def given_inputs(computation: Computation) -> np.ndarray:
    inputs = (v for v in computation.variables if v.operation == "input")
    return np.array([number.value for variable in inputs for number in variable.value])


def taped(computation: Computation, count: int, seed: int) -> Taped | None:
    """A tape with points to try it at; None where nothing depends on the inputs."""
    compiled = tapes.compiled(computation, set(computation.numbers), {}, played=False)
    if compiled is None:
        return None
    made = Taped(computation, compiled)
    made.points = around(given_inputs(computation), count, seed)
    return made


def run(tab: Page, made: list[Taped]) -> None:
    """Run every tape in the browser, all at once."""
    jobs = [
        (f"b{place}", base64.b64encode(one.points.astype("<f8").tobytes()).decode())
        for place, one in enumerate(made)
    ]
    script = tapes.script("blocks", {f"b{i}": one.compiled for i, one in enumerate(made)})
    for one, (paths, answer) in zip(made, tab.evaluate(RUN, [script, jobs]), strict=True):
        for place, names in enumerate(paths.split(" ")):
            one.places.update(dict.fromkeys(names.split("|"), place))
        found = np.frombuffer(base64.b64decode(answer), dtype="<f8")
        one.results = found.reshape(len(one.points), -1)


def computed(program: Program, call: Any) -> Computation | None:
    """A call without the second opinion; None where it has no result."""
    try:
        return assemble(Forward(program, call)).computation
    except compute.ComputationError:
        return None


def is_scalar(computation: Computation) -> bool:
    return not any(variable.shape for variable in computation.variables)


def point_by_point(one: Taped, count: int) -> int:
    """Compare each point; returns how many have numbers, the others being errors in both worlds."""
    tried = 0
    for point, result in zip(one.points[:count], one.results[:count], strict=True):
        try:
            found = one.engine(point)
        except minigrad.DomainError:
            assert not np.isfinite(result).all(), one.program.text
            continue
        assert np.isfinite(result).all(), one.program.text
        assert compared(one, result, found) == [], one.program.text
        tried += 1
    return tried


def at_all_points(one: Taped) -> int:
    """Compare all points, at once where all have numbers; returns how many have."""
    if is_scalar(one.computation):
        with suppress(minigrad.DomainError):
            found = one.engine(one.points)
            assert np.isfinite(one.results).all(), one.program.text
            assert compared(one, one.results, found) == [], one.program.text
            return len(one.points)
    return point_by_point(one, len(one.points))


def blocks_of_the_site(tab: Page, of_arrays: int) -> None:
    found = [computed(program, call) for program, call in blocks()]
    made = [
        one
        for computation in found
        if computation is not None
        and (one := taped(computation, INPUTS if is_scalar(computation) else of_arrays, 7))
    ]
    assert len(made) > 10
    run(tab, made)
    for one in made:
        if is_scalar(one.computation):
            assert compared(one, one.results, one.engine(one.points)) == []
            assert point_by_point(one, 20) == 20
        else:
            assert point_by_point(one, of_arrays) > of_arrays / 2


def test_blocks_of_the_site_give_the_engines_numbers(tab) -> None:
    blocks_of_the_site(tab, 60)


@pytest.mark.heavy
def test_blocks_of_arrays_give_the_engines_numbers_at_as_many_points(tab) -> None:
    blocks_of_the_site(tab, INPUTS)


def random_programs() -> Iterator[Program]:
    source = random.Random(20261124)
    while True:
        yield parse(array_block(source))
        yield from (parse(scalar_block(source)) for _ in range(4))


def at_random(tab: Page, points: int) -> int:
    """Compare each random program at so many points; returns at how many there are numbers."""
    found = (computed(program, program.calls[0]) for program in random_programs())
    usable = (taped(c, points, 11) for c in found if c is not None)
    made = islice((one for one in usable if one is not None), PROGRAMS)
    tried = 0
    while some := list(islice(made, 20)):
        run(tab, some)
        tried += sum(map(at_all_points, some))
    return tried


def test_random_programs_give_the_engines_numbers(tab) -> None:
    assert at_random(tab, INPUTS // PROGRAMS) > INPUTS / 2


@pytest.mark.heavy
def test_random_programs_give_the_engines_numbers_at_as_many_points(tab) -> None:
    assert at_random(tab, INPUTS) > INPUTS * PROGRAMS / 2


EDGES = """
def f(x, y, z):
    a = relu(x) + abs(x) + maximum(x, y) + minimum(x, z)
    b = sigmoid(z) + tanh(z) + softplus(z) + sigmoid(-z) * x
    c = abs(y) ** 2 + (x * y) ** 1 + x ** 0
    return a + b + c + where(x > y, x * z, y) + max([x, y, z]) * 2 + prod([x, y, 3])

f(0.5, 0.25, 0.125)
"""


def test_kinks_zeros_and_tails_are_the_engines(tab) -> None:
    program = parse(EDGES)
    one = taped(computed(program, program.calls[0]), 1, 1)
    values = (0.0, -0.0, 1.0, -40.0, 700.0, 1e-300)
    one.points = np.array([(x, y, z) for x in values for y in values for z in values])
    run(tab, [one])
    wrong = []
    for point, result in zip(one.points, one.results, strict=True):
        for path, (value, size) in one.engine(point).items():
            place = one.places.get(path)
            if place is not None and not abs(result[place] - value) <= TOLERANCE * size:
                wrong.append((tuple(point), path, result[place], value))
    assert wrong == []


@pytest.mark.parametrize(
    ("body", "inputs"),
    [
        ("ln(x)", (0.0, -1.0, 1.0)),
        ("1 / x", (0.0, 2.0)),
        ("sqrt(x)", (0.0, -4.0, 4.0)),
        ("exp(x)", (709.0, 710.0, 1e6)),
        ("x ** 0.5", (-1.0, 4.0)),
        ("x ** -2", (0.0, 1e-200, 2.0)),
        ("x * 1e308", (10.0, 1.0)),
        ("softmax([x, 800])[0]", (-800.0, 0.0)),
        ("logsumexp([x, 1])", (1e4, -1e4)),
    ],
)
def test_what_is_an_error_there_is_one_here(tab, body, inputs) -> None:
    program = parse(f"def f(x):\n    return {body}\n\nf(1)\n")
    one = taped(computed(program, program.calls[0]), 1, 1)
    one.points = np.array(inputs).reshape(-1, 1)
    run(tab, [one])
    point_by_point(one, len(inputs))


def faulty(rule: Any) -> Any:
    """A rule that is wrong by a thousandth."""
    if rule is None or isinstance(rule, float):
        return rule and rule * 1.001
    return lambda *args, **options: rule(*args, **options) * 1.001


def test_a_fault_in_any_rule_shows_in_both_worlds(tab, monkeypatch) -> None:
    right, made = {}, {}
    for name in sorted(set(FUNCTIONS) - set(COMPARISONS) - {"sign"}):  # whose rules are 0
        program = one_step(name)
        operation = minigrad.OPERATIONS[name]
        field = "pull" if operation.partials is None else "partials"
        rules = getattr(operation, field)
        right[name] = computed(program, program.calls[0]).numbers
        seeded = [faulty(rules[position]) for position in range(len(program.parameters))]
        with monkeypatch.context() as fault:
            fault.setattr(operation, field, seeded)
            wrong = computed(program, program.calls[0])
            made[name] = taped(wrong, 1, 1)
        made[name].points = given_inputs(wrong).reshape(1, -1)
    run(tab, list(made.values()))
    for name, one in made.items():
        wrong = one.computation.numbers
        paths = [path for path in one.places if path in wrong]  # others have no name
        for path in paths:
            shown = one.results[0, one.places[path]]
            assert shown == pytest.approx(wrong[path].value, rel=1e-13, abs=1e-15), (name, path)
        seen = [path for path in paths if wrong[path].value != right[name][path].value]
        assert seen, name
