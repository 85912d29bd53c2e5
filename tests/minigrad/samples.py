"""Points to try every operation at: both sides of each kink, both tails, zeros, ties, broadcasting.

An operation that is added to the table is tried without any word here, at numbers and arrays that
its domain admits. Only a structural operation that needs more than arrays (an axis, a shape) has
calls of its own below.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np

import minigrad as mg
from minigrad.applying import general
from minigrad.operation import Operation

NUMBERS = (
    *(0.7, -1.3, 2.0, 0.31, -0.42, 3.7, -5.6, 12.5, 90.0, 1e-9, -1e-9),
    *(0.0, 1.0, -1.0, 20.0, 40.0, -40.0, 700.0, -700.0, 5e3),
)
PAIRS = (0.7, -1.3, 2.0, 0.0, 1.0, 3.0, -2.0, 40.0, 0.5)
TRIPLES = (0.0, 1.5, -0.8, 2.0, 1.0)

VECTOR = [0.7, -1.3, 2.0]
OTHER = [1.4, 0.3, -0.6]
MATRIX = [[0.7, -1.3, 2.0], [0.4, 1.9, -0.2]]
SQUARE = [[1.2, -0.7], [0.5, 2.1]]
TIED = [[2.0, -1.0, 2.0], [0.5, 0.5, 0.5]]
ZEROS = [[0.0, 3.0, -2.0], [0.0, 0.0, 5.0]]
POSITIVE = [[0.3, 1.7, 2.2], [0.9, 1.1, 0.6]]
TAILS = [[0.0, -40.0, -700.0], [700.0, 0.0, 40.0]]
STACK = [SQUARE, [[0.3, 1.1], [-0.9, 0.8]]]

SHAPES = (
    (VECTOR, OTHER, VECTOR),
    (MATRIX, OTHER, 1.5),
    (0.8, MATRIX, VECTOR),
    ([[0.7], [1.2]], [[1.5, -0.3, 0.9]], 0.5),
    (POSITIVE, POSITIVE, POSITIVE),
    (TIED, [2.0, 0.5, 2.0], TIED),
)

WHOLE = {"log_power": (0.0, 1.0)}
"""Guards whose first operand is a whole number, which rules alone choose."""
FOLLOWS = {"tanh_slope": mg.tanh, "sigmoid_slope": mg.sigmoid}
"""Guards whose first operand is a function of the second, and mean something only there."""

REDUCED: tuple[tuple[Any, dict[str, Any]], ...] = (
    (VECTOR, {}),
    (MATRIX, {"axis": 0}),
    (MATRIX, {"axis": -1, "keepdims": True}),
    (STACK, {"axis": (0, -1)}),
    (TIED, {"axis": 1}),
    (ZEROS, {"axis": 1}),
    (TAILS, {"axis": -1}),
    (TAILS, {"axis": 0}),
    (1.5, {}),
)
PRODUCTS = (
    (VECTOR, OTHER),
    (MATRIX, VECTOR),
    ([0.4, -1.1], MATRIX),
    (SQUARE, MATRIX),
    (ZEROS, np.transpose(TIED).tolist()),
)
CALLS: dict[str, tuple[tuple[tuple[Any, ...], dict[str, Any]], ...]] = {
    **{
        name: tuple(((x,), options) for x, options in REDUCED)
        for name in ("sum", "mean", "max", "min", "prod", "logsumexp")
    },
    "softmax": tuple(
        ((x,), options)
        for x, options in (
            (VECTOR, {}),
            (MATRIX, {"axis": 0}),
            (MATRIX, {"axis": None}),
            (TAILS, {}),
            (TAILS, {"axis": 0}),
            (TIED, {}),
            (TAILS, {}),
            ([40.0, 0.0, 1.0], {}),
            ([700.0, 700.0, 1.0], {}),
            (STACK, {"axis": (0, -1)}),
        )
    ),
    "matmul": tuple((pair, {}) for pair in (*PRODUCTS, (STACK, SQUARE), (STACK, STACK))),
    "dot": tuple((pair, {}) for pair in PRODUCTS),
    "reshape": (((MATRIX, (3, 2)), {}), ((MATRIX, -1), {}), ((VECTOR, (1, 3, 1)), {})),
    "broadcast_to": (((VECTOR, (2, 3)), {}), ((1.5, (2,)), {}), (([[1.0], [2.0]], (2, 3)), {})),
    "transpose": (((MATRIX,), {}), ((STACK, (2, 0, 1)), {})),
    "index": (
        ((VECTOR, 1), {}),
        ((MATRIX, (slice(None), 0)), {}),
        ((MATRIX, (1, slice(None, None, -1))), {}),
        ((MATRIX, (slice(None), [2, 0, 2])), {}),
        ((MATRIX, (Ellipsis, None, -1)), {}),
    ),
    "scatter": (((VECTOR, (0,), (2, 3)), {}), ((1.5, (1, 2), (2, 3)), {})),
    "stack": ((([VECTOR, OTHER],), {}), (([VECTOR, OTHER],), {"axis": 1}), (([0.5, 1.5],), {})),
    "concatenate": (
        (([VECTOR, [0.1]],), {}),
        (([MATRIX, MATRIX],), {}),
        (([MATRIX, SQUARE],), {"axis": 1}),
    ),
}


class Case(NamedTuple):
    """One application of an operation: its operands, and the options the table keeps."""

    operands: tuple[Any, ...]
    options: dict[str, Any] | None

    def __str__(self) -> str:
        shown = ", ".join(str(np.asarray(x).tolist()) for x in self.operands)
        return f"({shown}) {self.options or ''}".strip()


def cases(operation: Operation) -> list[Case]:
    """Points to try an operation at; some may be outside its domain."""
    if operation.partials is not None:
        return list(elementwise(operation))
    calls = CALLS.get(operation.name) or tuple(unknown(operation))
    return [case for args, options in calls if (case := called(operation, args, options))]


def elementwise(operation: Operation) -> Iterator[Case]:
    """Numbers and broadcast arrays."""
    assert operation.partials is not None
    arity = len(operation.partials)
    if operation.name in FOLLOWS:
        for x in (*NUMBERS, np.array(VECTOR), np.array(TAILS)):
            yield Case((FOLLOWS[operation.name](x), x), None)
        return
    if operation.name in WHOLE:
        for whole, a, b in product(WHOLE[operation.name], PAIRS, PAIRS):
            yield Case((whole, a, b), None)
        yield Case((2.0, np.array(POSITIVE), np.array(OTHER)), None)
        return
    for numbers in product({1: NUMBERS, 2: PAIRS}.get(arity, TRIPLES), repeat=arity):
        yield Case(numbers, None)
    for arrays in SHAPES:
        yield Case(tuple(np.asarray(x)[()] for x in arrays[:arity]), None)
    if arity == 1:
        yield Case((np.array(TAILS) / 10.0,), None)


def unknown(operation: Operation) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    """Calls for a structural operation that nothing is known about: arrays, as many as it takes."""
    arity = len(operation.pull)
    for choice in ((VECTOR, OTHER, VECTOR), (MATRIX, MATRIX, MATRIX), (SQUARE, SQUARE, SQUARE)):
        yield choice[:arity], {}


def called(operation: Operation, args: Sequence[Any], options: dict[str, Any]) -> Case | None:
    """What a call is, once its options are read; None if it refuses these arguments."""
    first = args[0]
    several = isinstance(first, list) and operation.name in {"stack", "concatenate"}
    given = list(first) if several else list(args)
    count = len(given) if several else len(operation.pull)

    def call(*nodes: Any) -> Any:
        rest = [np.asarray(x) for x in given[len(nodes) :]] if several else given[len(nodes) :]
        everything = (list(nodes), *rest) if several else (*nodes, *rest)
        return operation.apply(*everything, **options)

    try:
        trace = mg.trace(call, *given[:count])
    except (mg.DomainError, TypeError, ValueError):
        return None
    node = trace.outputs[0]
    if node.operation is not operation:
        return None
    values = [x.value for x in node.operands]
    return Case(tuple(values), None if node.options is None else dict(node.options))


def applied(operation: Operation, case: Case) -> mg.Trace:
    """The trace of one operation; it need not be the one that is in the table."""
    return mg.trace(lambda *nodes: general(operation, nodes, case.options), *case.operands)
