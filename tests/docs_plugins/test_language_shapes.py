"""Shapes are known before anything is computed, and are those of the engine."""

from __future__ import annotations

import random
import re

from hypothesis import given, settings
from hypothesis import strategies as st

import minigrad
from docs_plugins.language import Constant, Program, ProgramError, parse
from docs_plugins.language.shapes import check_shapes


def test_the_shape_of_every_step() -> None:
    program = parse(
        "def f(W, x):\n    h = tanh(W @ x + 1)\n    return sum(h * [[1, 2]], axis=0), h[1:]\n"
        "f([[1, 2, 3], [4, 5, 6]], [1, 2, 3])"
    )
    shapes = check_shapes(program, program.calls[0])
    found = [(step.function, shape) for step, shape in zip(program.steps, shapes, strict=True)]
    assert found == [
        ("input", (2, 3)),
        ("input", (3,)),
        ("matmul", (2,)),
        ("add", (2,)),
        ("tanh", (2,)),
        ("stack", (2,)),
        ("stack", (1, 2)),
        ("multiply", (1, 2)),
        ("sum", (2,)),
        ("index", (1,)),
    ]


ARGUMENTS = ["2", "[1, 2]", "[1, 2, 3]", "[[1, 2], [3, 4]]", "[[1, 2, 3]]", "[[1], [2]]"]
ARGUMENTS += ["[[[1, 2], [3, 4]]]", "[[[1], [2]], [[3], [4]]]"]
EXPRESSIONS = [
    *("a + b", "a * b", "where(a > b, a, b)", "maximum(a, b)", "a @ b", "dot(a, b)", "b @ a @ b"),
    *("sum(a)", "sum(a, axis=0)", "prod(a, axis=-1)", "mean(a, axis=(0, 1))", "max(a, axis=1)"),
    *("logsumexp(a, axis=2, keepdims=True)", "min(a, axis=(0, -1), keepdims=True)"),
    *("softmax(a)", "softmax(a, axis=1)", "softmax(b, axis=-2)", "reshape(a, (2, 2))"),
    *("reshape(a, (-1, 2))", "reshape(a, 4)", "reshape(b, (1, -1, 1))"),
    *("transpose(a)", "transpose(a, (1, 0))", "transpose(a, (0, -1))", "transpose(b, (2, 0, 1))"),
    *("a[0]", "a[1]", "a[-1, 1]", "a[0:1]", "a[:, 0]", "a[::-1]", "b[1:, ::2]"),
    *("a[0, 0, 0]", "stack([a, b])", "stack([a, b], axis=1)", "stack([a, 1])"),
    *("stack([a, a], axis=-1)", "stack([a, a], axis=3)", "concatenate([a, b])"),
    *("concatenate([a, b, a], axis=1)", "concatenate([a, b], axis=-1)", "sigmoid(a) ** b"),
]


def plain(argument: object) -> object:
    if isinstance(argument, Constant):
        return argument.value
    assert isinstance(argument, tuple)
    return [plain(part) for part in argument]


def engine_shape(text: str, program: Program) -> tuple[int, ...] | None:
    """The shape that the engine gives; None where it gives none, or elements are missing."""
    names: dict[str, object] = {}
    exec("from minigrad import *\n" + text, names)  # noqa: S102  (our own text)
    arguments = [plain(argument) for argument in program.calls[0].arguments]
    try:
        trace = minigrad.trace(names["f"], *arguments)
    except (TypeError, ValueError, IndexError, minigrad.DomainError):
        return None
    return trace.outputs[0].shape if all(node.size for node in trace.nodes) else None


@settings(max_examples=300, deadline=None)
@given(source=st.randoms(use_true_random=False))
def test_what_fits_and_what_does_not_is_as_in_the_engine(source: random.Random) -> None:
    expression = source.choice(EXPRESSIONS)
    if source.random() < 0.3:
        expression = re.sub(r"\ba\b", f"({expression})", source.choice(EXPRESSIONS))
    definition = f"def f(a, b):\n    return {expression}\n"
    call = f"f({source.choice(ARGUMENTS)}, {source.choice(ARGUMENTS)})"
    try:
        program = parse(definition + call)
    except ProgramError:
        shape = None
        program = parse("def f(a, b):\n    return a, b\n" + call)
    else:
        shape = check_shapes(program, program.calls[0])[-1]
    assert shape == engine_shape(definition, program)
