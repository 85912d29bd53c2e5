"""Random programs: read, they compute what Python computes; and the second opinion agrees."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown import Markdown

import minigrad
from docs_plugins import second
from docs_plugins.drift.verify import verify_page
from docs_plugins.language import FUNCTIONS, Constant, Program, parse
from docs_plugins.language.vocabulary import COMPARISONS
from docs_plugins.markdown import PageError

Make = Callable[[random.Random, "Writer", int], str]

UNARY = ["exp", "log", "log1p", "expm1", "sqrt", "sin", "cos", "tan", "tanh", "arctan", "abs"]
UNARY += ["sigmoid", "relu", "softplus", "square"]
BINARY = ("+", "-", "*", "/")
PAIRED = ("maximum", "minimum")
REDUCED = ("sum", "mean", "max", "min", "prod", "logsumexp")
RELATIONS = ("<", "<=", ">", ">=", "==", "!=")


class Writer:
    """Writes random expressions of one shape: s a number, v three numbers, m two rows of three."""

    def __init__(self, source: random.Random, shapes: dict[str, list[str]]) -> None:
        self.source = source
        self.shapes = shapes

    def write(self, shape: str, depth: int) -> str:
        pick = self.source.choice
        if depth == 0 or (depth < 3 and self.source.random() < 0.2):
            names = self.shapes[shape]
            if names and (shape != "s" or self.source.random() < 0.7):
                return pick(names)
            if shape != "s":
                return {
                    "v": lambda: f"stack([{self.write('s', 0)}, {self.write('s', 0)}, 0.5])",
                    "m": lambda: f"stack([{self.write('v', 0)}, {self.write('v', 0)}])",
                }[shape]()
            return pick(["2", "0.1", "1.5", "-0.75", "3", "1e-3"])
        a, b = self.write(shape, depth - 1), self.write(shape, depth - 1)
        wider = self.write(
            "s" if shape == "s" else pick("sv" if shape == "m" else "s" + shape), depth - 1
        )
        ways = [
            f"{pick(UNARY)}({a})",
            f"({a} {pick(BINARY)} {b})",
            f"({wider} {pick(BINARY)} {b})",
            f"-{a}" if not a.startswith("-") else a,
            f"({a}) ** {pick(['2', '3', '-1', '1'])}",
            f"abs({a}) ** {pick(['0.5', '1.5', wider])}",
            f"{pick(PAIRED)}({a}, {wider})",
            f"where({a} {pick(RELATIONS)} {wider}, {b}, {a})",
            *self.special(shape, depth - 1),
        ]
        return pick(ways)

    def special(self, shape: str, depth: int) -> list[str]:
        if not (self.shapes["v"] or self.shapes["m"]):
            return []
        pick = self.source.choice
        s, v, m = (self.write(kind, max(depth - 1, 0)) for kind in "svm")
        u = self.write("v", max(depth - 1, 0))
        axis = pick(["0", "-2", "(0,)"])
        return {
            "s": [
                f"{pick(REDUCED)}({pick([v, m])})",
                f"({v} @ {u})",
                f"dot({v}, {u})",
                f"({v})[{pick('012')}]",
                f"({m})[{pick('01')}, -1]",
                f"sum([{s}, {s}])",
            ],
            "v": [
                f"({m})[{pick('01')}]",
                f"{pick(REDUCED)}({m}, axis={axis})",
                f"softmax(tanh({v}))",
                f"reshape({pick(REDUCED)}({m}, axis=0, keepdims=True), (3,))",
                f"(stack([{s}, {s}]) @ {m})",
                f"concatenate([({v})[0:1], ({u})[1:]])",
                f"({v})[::-1]",
                f"(({m}) * [{s}, 1, 2])[0]",
            ],
            "m": [
                f"softmax(sin({m}), axis={pick(['0', '1', '-1'])})",
                f"reshape({m}, (2, 3))",
                f"transpose(transpose({m}))",
                f"transpose(transpose({m}) @ [[1, {s}], [0.5, 2]])",
                f"stack([{v}, {u}])",
                f"({m})[::-1, :]",
            ],
        }[shape]


def scalar_block(source: random.Random) -> str:
    """A function of two numbers, several lines long."""
    writer = Writer(source, {"s": ["x", "y"], "v": [], "m": []})
    return block(source, writer, "x, y", f"{number(source)}, {number(source)}", "s")


def array_block(source: random.Random) -> str:
    """A function of a number, a vector and a matrix."""
    writer = Writer(source, {"s": ["x"], "v": ["u"], "m": ["W"]})
    row = [", ".join(number(source) for _ in range(3)) for _ in range(3)]
    arguments = f"{number(source)}, [{row[0]}], [[{row[1]}], [{row[2]}]]"
    return block(source, writer, "x, u, W", arguments, source.choice("svm"))


def number(source: random.Random) -> str:
    return source.choice(["1", "2", "0.5", "-1.25", "0.3", "-0.7", "2.5", "0", "1e-2", "4"])


def block(source: random.Random, writer: Writer, head: str, arguments: str, shape: str) -> str:
    lines = []
    for count in range(source.randrange(3)):
        kind = source.choice([kind for kind in "svm" if writer.shapes[kind]])
        lines.append(f"    t{count} = {writer.write(kind, 2)} + {writer.shapes[kind][0]}")
        writer.shapes[kind].append(f"t{count}")
    used = [name for names in writer.shapes.values() for name in names if name.startswith("t")]
    tail = "".join(f", {name}" for name in used)
    lines.append(f"    return {writer.write(shape, 3)}{tail}")
    return "\n".join([f"def f({head}):", *lines, f"f({arguments})"])


def plain(argument: object) -> Any:
    if isinstance(argument, Constant):
        return argument.value
    assert isinstance(argument, tuple)
    return [plain(part) for part in argument]


def walked(program: Program) -> Callable[..., Any]:
    """The program as a function: each step by the engine's operation of its name."""

    def function(*inputs: Any) -> Any:
        values: list[Any] = []
        for index, step in enumerate(program.steps):
            operands = [o.value if isinstance(o, Constant) else values[o] for o in step.operands]
            options = dict(step.options)
            if step.function == "input":
                values.append(inputs[index])
            elif step.function == "constant":
                values.append(operands[0])
            elif step.function == "index":
                values.append(minigrad.index(operands[0], options["index"]))
            elif step.function in {"stack", "concatenate"}:
                values.append(minigrad.OPERATIONS[step.function].apply(operands, **options))
            else:
                values.append(minigrad.OPERATIONS[step.function].apply(*operands, **options))
        return tuple(values[index] for index in program.outputs)

    return function


def traced(function: Callable[..., Any], arguments: Sequence[Any]) -> list[Any] | str:
    """Every bit of the outputs, or the operation outside whose domain the point lies."""
    try:
        trace = minigrad.trace(function, *arguments)
    except minigrad.DomainError as error:
        return error.operation
    except ZeroDivisionError:  # of two plain numbers, before the engine sees them
        return "divide"
    return [np.asarray(node.value).tobytes() for node in trace.outputs]


@pytest.mark.parametrize("make", [scalar_block, array_block])
@settings(max_examples=120, deadline=None)
@given(source=st.randoms(use_true_random=False))
def test_a_block_computes_what_python_computes_to_the_bit(
    make: Callable[[random.Random], str], source: random.Random
) -> None:
    text = make(source)
    program = parse(text)
    arguments = [plain(argument) for argument in program.calls[0].arguments]
    names: dict[str, Any] = {}
    definition = text.rpartition("\n")[0]
    exec("from minigrad import *\n" + definition, names)  # noqa: S102  (our own text)
    assert traced(walked(program), arguments) == traced(names["f"], arguments)


def claims(program: Program) -> dict[tuple[Any, ...], Any] | None:
    """All that the engine says of a program's call; None where it has no derivative there."""
    arguments = [plain(argument) for argument in program.calls[0].arguments]
    constant = program.constant_steps()
    steps = [index for index in range(len(program.steps)) if index not in constant]
    found: dict[tuple[Any, ...], Any] = {}
    try:
        with np.errstate(all="ignore"):
            trace = minigrad.trace(walked(program), *arguments)
            jacobian = np.asarray(trace.jacobian().value)
            sweep = trace.backward(contributions=True)
    except minigrad.DomainError:
        return None
    for index, node in zip(steps, trace.nodes, strict=True):
        found["value", index] = node.value
    for place, entry in np.ndenumerate(jacobian):
        found["jacobian", *place] = entry
    if jacobian.shape[0] == 1:
        for index, adjoint in zip(steps, sweep.adjoints, strict=True):
            if adjoint is not None:
                found["adjoint", index] = adjoint
        for link in sweep.contributions:
            place = (steps[link.operand.index], steps[link.consumer.index], link.position)
            found["contribution", *place] = link.value
            if link.partial is not None:
                partial = np.broadcast_to(link.partial, np.shape(link.consumer.value))
                found["partial", *place[1:]] = partial
    return found


@pytest.mark.parametrize("make", [scalar_block, array_block])
@settings(max_examples=60, deadline=None)
@given(source=st.randoms(use_true_random=False))
def test_the_second_opinion_agrees_with_the_engine(
    make: Callable[[random.Random], str], source: random.Random
) -> None:
    text = make(source)
    program = parse(text)
    said = claims(program)
    if said is not None:
        opinion = second.opinion(program, program.calls[0])
        assert second.agreement(said, opinion).disagreements == (), text


@pytest.mark.parametrize(
    ("pages", "seed"), [(6, 7), pytest.param(20, 8, marks=pytest.mark.heavy)], ids=["few", "many"]
)
@pytest.mark.parametrize("write", [scalar_block, array_block])
def test_pages_of_programs_are_as_computed(
    write: Callable[[random.Random], str], pages: int, seed: int
) -> None:
    """Whatever a program's views show, the page alone tells how to compute it again."""
    source = random.Random(seed)
    shown = 0
    while shown < pages:
        text = write(source)
        views = "\n\n".join(f"{{{{ f.{view} }}}}" for view in ("trace", "graph", "jacobian"))
        try:
            html = Markdown(extensions=["minigrad"]).convert(f"```minigrad\n{text}\n```\n\n{views}")
        except PageError:  # outside a function's domain, or too large to be shown
            continue
        shown += 1
        assert verify_page(html, "page.md").problems == [], text


def one_step(name: str) -> Program:
    """A block with one operation, at a point where every derivative but a few is there."""
    signature = FUNCTIONS[name]
    if signature.listed:
        return parse(f"def f(a, b): return {name}([a, b])\nf([0.6, 1], [0.2, 2])")
    head = ", ".join(f"x{i}" for i, _ in enumerate(signature.operands))
    if minigrad.OPERATIONS[name].partials is not None:
        arguments = ", ".join(["0.6", "0.7", "1.3"][: len(signature.operands)])
    else:
        arguments = ", ".join(["[[0.6, 1], [0.2, 2]]"] * len(signature.operands))
    more = ", (4,)" if "shape" in signature.options else ""
    return parse(f"def f({head}): return {name}({head}{more})\nf({arguments})")


def off(rule: Any) -> Any:
    """A rule that is wrong by one in 1e9."""
    return (
        rule * WRONG
        if isinstance(rule, float)
        else lambda *args, **options: rule(*args, **options) * WRONG
    )


WRONG = 1 + 1e-9
ZERO = {("maximum", 0), ("minimum", 1), ("where", 2)}  # derivatives at these points


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - set(COMPARISONS)))
def test_a_rule_wrong_by_one_in_1e9_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = one_step(name)
    opinion = second.opinion(program, program.calls[0])
    operation = minigrad.OPERATIONS[name]
    right = claims(program)
    assert right is not None
    assert second.agreement(right, opinion).disagreements == ()
    field = "pull" if operation.partials is None else "partials"
    rules = getattr(operation, field)
    for position in range(len(program.parameters)):
        if rules[position] is None:  # the condition of where: no derivative, so no rule
            continue
        seeded = [rules[i] for i in range(len(program.parameters))]
        seeded[position] = off(rules[position])
        with monkeypatch.context() as seed:
            seed.setattr(operation, field, tuple(seeded))
            wrong = claims(program)
        assert wrong is not None
        found = second.agreement(wrong, opinion).disagreements
        assert bool(found) != ((name, position) in ZERO)
