"""What is printed is what is computed: TeX read back and evaluated, JavaScript run."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pytest

import minigrad as mg
from minigrad.readings import printers, symbolic
from minigrad.readings.expressions import Expression, Number, Symbol, symbol
from minigrad.readings.javascript import Statement, to_javascript_tape
from tests.minigrad import oracle
from tests.minigrad.oracle import DEEP
from tests.minigrad.programs import INSIDE, Program, drawn
from tests.minigrad.samples import Case, applied, cases
from tests.minigrad.tex_reader import evaluate

ELEMENTWISE = [
    name for name, operation in mg.OPERATIONS.items() if operation.partials and name not in INSIDE
]
STRUCTURAL = [name for name, operation in mg.OPERATIONS.items() if operation.partials is None]


class Point(NamedTuple):
    """An elementwise operation at numbers, as the engine sees it."""

    trace: mg.Trace
    links: tuple[mg.Contribution, ...]  # with the partials that were used


def points(name: str) -> Iterator[Point]:
    """Where an operation has a value and derivatives."""
    for case in cases(mg.OPERATIONS[name]):
        if not any(map(np.shape, case.operands)):
            try:
                trace = applied(mg.OPERATIONS[name], case)
                yield Point(trace, trace.backward(contributions=True).contributions)
            except mg.DomainError:
                continue


def symbols(count: int) -> dict[int, Symbol]:
    """Letters for the operands, y for the value."""
    letters = ["a", "b", "c"][: count - 1]
    return dict(enumerate(Symbol(letter, letter) for letter in [*letters, "y"]))


def exact_operands(point: Point) -> dict[str, Any]:
    """The letters' values at many digits; y is what mpmath says."""
    operands = [DEEP.mpf(x.value) for x in point.trace.inputs]
    y = oracle.run(oracle.steps(point.trace), [[x] for x in operands], DEEP)[-1][0]
    return dict(zip("abc", operands, strict=False)) | {"y": y}


def read(tex: str, letters: dict[str, Any]) -> Any:
    """The value of a formula; None where it has no real one, as ln 0."""
    try:
        value = evaluate(tex, letters, DEEP)
    except (ZeroDivisionError, ValueError):
        return None
    return value if isinstance(value, DEEP.mpf) and DEEP.isfinite(value) else None


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_printed_partials_are_the_numbers_used(name: str) -> None:
    read_back(name)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_a_wrong_tex_template_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    operation = mg.OPERATIONS[name]
    faults: list[tuple[str, Any]] = []
    if operation.generic is not None:
        generic = operation.generic
        faults = [
            ("generic", lambda *xs: generic(*xs) * 1.001),
            ("generic", lambda *xs: -generic(*xs)),
        ]
    else:
        faults = [
            ("tex", rf"\frac{{{{{operation.tex}}}}}{{{{{divisor}}}}}")
            for divisor in ("1.001", "-1")
        ]
    if name in {"subtract", "divide", "power", "greater", "less", "less_equal", "greater_equal"}:
        faults.append(("tex", exchanged(operation.tex)))
    for field, fault in faults:
        with monkeypatch.context() as patched:
            patched.setattr(operation, field, fault)
            with pytest.raises(AssertionError):
                read_back(name)


def exchanged(template: str) -> str:
    """A template with its first two operands exchanged."""
    return template.replace("{0", "{#").replace("{1", "{0").replace("{#", "{1")


def read_back(name: str) -> None:
    """Raise AssertionError where formula or partials, as printed, are not the numbers used."""
    operation = mg.OPERATIONS[name]
    guarded = compared = 0
    for point in points(name):
        node = point.trace.outputs[0]
        atoms = symbols(len(point.trace.nodes))
        letters = exact_operands(point)
        formula = read(printers.to_tex(symbolic.formula(node, atoms)), letters)
        assert formula is not None, f"{name}: {letters}"
        assert oracle.near(node.value, oracle.MP.mpf(formula)), f"{name}: {letters}"
        if operation.at_kink is not None and operation.at_kink(*(x.value for x in node.operands)):
            continue  # the generic branch is printed, and the trace says what is taken
        for link in point.links:
            tex = printers.to_tex(symbolic.local_partial(node, link.position, atoms))
            value = read(tex, letters)
            guarded += value is None
            if value is not None:
                compared += 1
                found = oracle.MP.mpf(value)
                assert oracle.near(link.partial, found), f"{name} at {letters}: {tex}"
    assert compared >= 10 or not compared + guarded
    assert guarded <= compared / 4, "only at a few points may a guard do what TeX does not print"


@pytest.mark.parametrize("name", STRUCTURAL)
def test_printed_jacobians_of_structural_operations_are_the_numbers_used(name: str) -> None:
    compared = 0
    for case in cases(mg.OPERATIONS[name]):
        try:
            trace = applied(mg.OPERATIONS[name], case)
            used = trace.jacobian().value
        except mg.DomainError:
            continue
        if used.size > 64 or is_at_kink(name, case):
            continue
        letters: dict[str, Any] = {}
        atoms = {node.index: Symbol(f"v_{{{node.index}}}", "v") for node in trace.nodes}
        exact = oracle.run(oracle.steps(trace), oracle.given(trace), DEEP)
        for node, elements in zip(trace.nodes, exact, strict=True):
            places = np.ndindex(node.shape)
            for place, value in zip(places, elements, strict=True):
                atom = symbolic.element(atoms[node.index], place) if place else atoms[node.index]
                letters[atom.tex] = value
        printed = symbolic.symbolic_jacobian(trace, atoms)
        for row, numbers in zip(printed, used, strict=True):
            for entry, number in zip(row, numbers, strict=True):
                tex = printers.to_tex(entry)
                assert oracle.near(number, oracle.MP.mpf(read(tex, letters))), (
                    f"{name}{case}: {tex}"
                )
                compared += 1
    assert compared


def is_at_kink(name: str, case: Case) -> bool:
    """Whether the operation has no derivative there."""
    test = mg.OPERATIONS[name].at_kink
    if test is None:
        return False
    trace = applied(mg.OPERATIONS[name], case)
    return bool(np.any(test(case.operands[0], trace.value, **(case.options or {}))))


# --- JavaScript -----------------------------------------------------------------------------------

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")


def run_node(lines: list[str]) -> Any:
    """What a script leaves in ``out``; numbers that JSON has no word for come as text."""
    script = "\n".join(
        [
            "const out = [];",
            *lines,
            "const say = (k, v) => typeof v === 'number' && !isFinite(v) ? String(v) : v;",
            "process.stdout.write(JSON.stringify(out, say));",
        ]
    )
    node = shutil.which("node")
    assert node
    done = subprocess.run(
        [node, "-"], input=script, capture_output=True, encoding="utf-8", check=True
    )
    return json.loads(done.stdout)


@needs_node
def test_javascript_is_the_value_and_the_partials_at_kinks_and_in_tails_too() -> None:
    assert not wrong_in_javascript()


@needs_node
def test_wrong_javascript_is_found_for_every_operation(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ELEMENTWISE:
        template = mg.OPERATIONS[name].javascript
        monkeypatch.setattr(mg.OPERATIONS[name], "javascript", f"1.001 * ({template})")
        monkeypatch.setattr(mg.OPERATIONS[name], "binds", 2)
    assert {what.partition(":")[0] for what, *_ in wrong_in_javascript()} == set(ELEMENTWISE)


def wrong_in_javascript() -> list[tuple[str, Any, float]]:
    """Values and partials that node computes otherwise than the engine: what, node's, ours."""
    lines: list[str] = []
    expected: list[tuple[str, float]] = []
    for name in ELEMENTWISE:
        for point in points(name):
            node = point.trace.outputs[0]
            atoms = symbols(len(point.trace.nodes))
            numbers = [x.value for x in node.operands] + [node.value]
            given = ", ".join(
                f"{atoms[i].javascript} = {value!r}" for i, value in enumerate(numbers)
            )
            code = [printers.to_javascript(symbolic.formula(node, atoms))]
            code += [
                printers.to_javascript(symbolic.local_partial(node, link.position, atoms))
                for link in point.links
            ]
            lines.append(f"{{ const {given}; out.push({', '.join(f'+({c})' for c in code)}); }}")
            used = [node.value, *(link.partial for link in point.links)]
            expected += [(f"{name}: {given}: {c}", u) for c, u in zip(code, used, strict=True)]
    found = run_node(lines)
    assert len(found) == len(expected) > 500
    return [
        (what, value, ours)
        for (what, ours), value in zip(expected, found, strict=True)
        if isinstance(value, str) or not oracle.near(ours, oracle.MP.mpf(value))
    ]


@needs_node
def test_javascript_tapes_of_random_programs_compute_what_the_engine_computes() -> None:
    lines: list[str] = []
    expected: list[tuple[Program, str, float]] = []
    for program in drawn(40):
        trace = mg.trace(program, *program.inputs)
        names = {node.index: f"v{node.index}" for node in trace.nodes}
        try:
            swept = trace.backward(contributions=True)
        except mg.DomainError:
            continue
        lines.append("{")
        for x in trace.inputs:
            for place in np.ndindex(x.shape):
                name = "_".join([names[x.index], *map(str, place)])
                lines.append(f"const {name} = {float(np.asarray(x.value)[place])!r};")
        for statement in to_javascript_tape(trace, names):
            lines.append(f"const {statement.target} = {statement.expression};")
            lines.append(f"out.push(+{statement.target});")
            whole = computed(statement, trace, swept)
            number = float(np.asarray(whole)[statement.element])
            expected.append((program, statement.target, number))
        lines.append("}")
    found = run_node(lines)
    assert len(found) == len(expected) > 500
    for (program, target, ours), value in zip(expected, found, strict=True):
        assert not isinstance(value, str), (program, target)
        assert np.isclose(value, ours, rtol=1e-9, atol=1e-9), (program, target)


def computed(statement: Statement, trace: mg.Trace, swept: mg.Sweep) -> Any:
    """What the engine has for what a statement assigns."""
    if statement.role == "value":
        return trace.nodes[statement.node].value
    if statement.role == "adjoint":
        return swept.adjoints[statement.node]
    wanted = (statement.node, statement.consumer, statement.position)
    return next(
        c.value
        for c in swept.contributions
        if (c.operand.index, c.consumer.index, c.position) == wanted
    )


def test_the_symbols_of_a_jacobian_are_exact() -> None:
    trace = mg.trace(mg.mean, np.array([1.0, 2.0, 4.0]))
    printed = symbolic.symbolic_jacobian(trace, {0: Symbol("x", "x")})
    assert [printers.to_text(entry) for entry in printed[0]] == ["1/3"] * 3


def test_what_is_built_of_the_same_signs_is_built_once() -> None:
    def read() -> Any:
        return mg.sin(symbol("x", "x")) * 2

    assert read() is read()
    assert symbol("x", "x") is not symbol("x", "x", (2,))


def test_a_sign_of_its_own_is_not_taken_for_another() -> None:
    signs = [Symbol("x", "x"), Symbol("y", "y")]
    assert [printers.to_text(mg.sin(sign)) for sign in signs] == ["sin(x)", "sin(y)"]
    assert mg.sin(signs[0]) is not mg.sin(Symbol("x", "x"))


@pytest.mark.parametrize(
    ("expression", "tex"),
    [
        (mg.log(Number(2)) ** 3, r"(\ln 2)^{3}"),
        (mg.square(mg.tan(Number("0.5"))), r"(\tan 0.5)^{2}"),
        (mg.sin(Number(1)) ** Symbol("x", "x"), r"(\sin 1)^{x}"),
        (mg.tan(Symbol("x", "x")) ** 2, r"\tan(x)^{2}"),
        (mg.square(mg.tan(Number("1e-5"))), r"\tan(1 \times 10^{-5})^{2}"),
        (mg.log(Number("1e-7")), r"\ln(1 \times 10^{-7})"),
    ],
)
def test_a_function_of_a_bare_number_gets_brackets_as_a_base(
    expression: Expression, tex: str
) -> None:
    assert printers.to_tex(expression) == tex
