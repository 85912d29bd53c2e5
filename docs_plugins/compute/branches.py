"""Whether the branch that a guard prints is its value, away from what it guards against.

A formula shows textbooks' branch of an operation that is guarded at kinks, zeros and in tails; the
number beside it comes from the guard. So each operation of the page language, and each of its local
partials, is read as a formula, computed as it is printed, and held against the number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from minigrad.operation import OPERATIONS, Operation
from minigrad.readings import expressions

TOLERANCE = 1e-9
POINTS = ((0.75, 2.0, -1.25), (-1.25, 0.75, 2.0), (2.0, -1.25, 0.75))  # no ties, ones or zeros


def slips() -> Iterator[str]:
    """Yield where a formula says something else than its number."""
    branches = tuple(operation.generic for operation in OPERATIONS.values())
    for name, operation in OPERATIONS.items():
        if operation.scalar and operation.partials and not operation.guard:
            for what in _wrong(name, operation.scalar, operation.partials, branches):
                yield f"{what} of {name} is printed as something else than it is"


@cache  # the rules and all branches are its key
def _wrong(
    name: str, scalar: Any, partials: tuple[Any, ...], _branches: tuple[Any, ...]
) -> tuple[str, ...]:
    operation = OPERATIONS[name]
    signs = [expressions.Symbol(letter, letter) for letter in "abc"[: len(partials)]]
    printed = _printed(operation, signs)
    return tuple(
        what
        for what, formula, rule in printed
        if not all(
            _agrees(formula, rule, [x.text for x in signs], point[: len(partials)], scalar)
            for point in POINTS
        )
    )


def _printed(
    operation: Operation, signs: list[expressions.Symbol]
) -> Iterator[tuple[str, expressions.Expression, Callable[..., Any]]]:
    """The value and each local partial: what it is, its formula, and its number by y and x."""
    value = expressions.Expression(operation, signs)
    yield "the value", expressions.expanded(value), lambda y, *_: y
    own = expressions.Symbol("y", "y")
    for position, rule in enumerate(operation.partials or (), 1):
        if callable(rule):
            formula = expressions.expanded(expressions.expression(rule(own, *signs)))
            yield f"local partial {position}", formula, rule


def _agrees(
    formula: expressions.Expression,
    rule: Callable[..., Any],
    names: list[str],
    point: tuple[float, ...],
    scalar: Callable[..., Any],
) -> bool:
    """Whether both agree at a point; where there is no value, nothing is published."""
    try:
        y = float(scalar(*point))
        expected = float(rule(y, *point))
    except (ArithmeticError, ValueError):
        return True
    try:
        found = float(_value(formula, {**dict(zip(names, point, strict=True)), "y": y}))
    except (ArithmeticError, ValueError, TypeError):
        return False
    return abs(found - expected) <= TOLERANCE * abs(expected)


def _value(formula: expressions.Expression, names: Mapping[str, float]) -> Any:
    if isinstance(formula, expressions.Symbol):
        return names[formula.text]
    if isinstance(formula, expressions.Number):
        return float(formula.value)
    operands = [_value(operand, names) for operand in formula.operands]
    if formula.operation is expressions.ROUNDED:
        return operands[0]
    return formula.operation.scalar(*operands)
