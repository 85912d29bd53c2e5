"""Wrong engines: copies of an operation with one thing wrong in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import minigrad as mg
from minigrad.jacobians import full
from minigrad.node import shape_of
from minigrad.operation import Operation
from minigrad.readings import expressions
from minigrad.readings.expressions import Expression, Symbol

Faulty = tuple[str, Operation]
Change = Callable[[Any], Any]

CHANGES: dict[str, Change] = {
    "wrong": lambda value: value + 1.0,
    "of the wrong sign": lambda value: -value,
    "times 1.001": lambda value: value * 1.001,
}


def copies(operation: Operation) -> Iterator[Faulty]:
    """Every wrong copy, and what is wrong with it."""
    yield from wrong_values(operation)
    if operation.partials is None:
        yield from wrong_maps(operation)
    else:
        yield from wrong_partials(operation)


def wrong_values(operation: Operation) -> Iterator[Faulty]:
    """The value itself."""
    for what, change in CHANGES.items():
        scalar = operation.scalar and after(operation.scalar, change)
        value = after(operation.value, change)
        yield f"value {what}", operation.replaced(value=value, scalar=scalar)
    if arity(operation) > 1:
        scalar = operation.scalar and swapped(operation.scalar)
        yield (
            "value of swapped operands",
            operation.replaced(value=swapped(operation.value), scalar=scalar),
        )


def arity(operation: Operation) -> int:
    """How many operands, 2 of those that take any number."""
    if operation.partials is not None:
        return len(operation.partials)
    return len(operation.pull) if isinstance(operation.pull, list) else 2


def after(function: Any, change: Change) -> Any:
    """A function whose result is changed."""
    return lambda *args, **options: change(function(*args, **options))


def swapped(function: Any, start: int = 0) -> Any:
    """A function whose first two operands are exchanged."""

    def exchanged(*args: Any, **options: Any) -> Any:
        kept, (a, b, *rest) = args[:start], args[start:]
        return function(*kept, b, a, *rest, **options)

    return exchanged


# --- partials -------------------------------------------------------------------------------------


def wrong_partials(operation: Operation) -> Iterator[Faulty]:
    """Each local partial: changed, of swapped operands, without one of its terms or factors."""
    partials = operation.partials
    assert partials is not None
    for position, partial in enumerate(partials):
        for what, wrong in wrong_rules(partial, len(partials)):
            wrongs = tuple(wrong if i == position else p for i, p in enumerate(partials))
            yield f"partial {position} {what}", operation.replaced(partials=wrongs)
    if len(partials) > 1:
        wrongs = (partials[1], partials[0], *partials[2:])
        yield "partials exchanged", operation.replaced(partials=wrongs)


def wrong_rules(partial: Any, count: int) -> Iterator[tuple[str, Any]]:
    """Wrong copies of one rule."""
    if partial is None:
        yield "where there is none", 1.0
        return
    if isinstance(partial, float):
        for what, change in CHANGES.items():
            yield what, change(partial)
        yield "missing", None
        return
    for what, change in CHANGES.items():
        yield what, after(partial, change)
    if count > 1:
        yield "of swapped operands", swapped(partial, 1)
    yield "missing", None
    symbols = [Symbol(name, name) for name in ("y", "a", "b", "c")[: count + 1]]
    whole = expressions.expression(partial(*symbols))
    for what, tree in without_a_part(whole):
        yield f"without {what}", evaluator(tree, symbols)


def without_a_part(e: Expression) -> Iterator[tuple[str, Expression]]:
    """Every tree that is missing one term of a sum, one factor, one divisor or one sign."""
    name, operands = e.operation.name, e.operands
    if name in {"add", "subtract", "multiply", "divide"}:
        yield f"the second part of {e!r}", operands[0]
        if name != "divide":
            yield f"the first part of {e!r}", operands[1]
    elif name == "negative":
        yield f"the sign of {e!r}", operands[0]
    for position, operand in enumerate(operands):
        for what, part in without_a_part(operand):
            parts = (*operands[:position], part, *operands[position + 1 :])
            yield what, Expression(e.operation, parts, e.options)


def evaluator(tree: Expression, symbols: list[Symbol]) -> Any:
    """A rule that evaluates an expression of y and the operands."""

    def rule(*values: Any) -> Any:
        return evaluated(tree, dict(zip(map(id, symbols), values, strict=True)))

    return rule


def evaluated(e: Expression, values: dict[int, Any]) -> Any:
    """The value of an expression, given those of its symbols."""
    if isinstance(e, Symbol):
        return values[id(e)]
    if isinstance(e, expressions.Number):
        return float(e.value)
    if e.operation is expressions.ROUNDED:
        return evaluated(e.operands[0], values)
    return mg.OPERATIONS[e.operation.name].apply(*(evaluated(x, values) for x in e.operands))


# --- maps -----------------------------------------------------------------------------------------


def wrong_maps(operation: Operation) -> Iterator[Faulty]:
    """Each linear map and each transpose: changed, without a term, for the wrong operand."""
    for field in ("push", "pull"):
        rules = getattr(operation, field)
        listed = isinstance(rules, list)
        for position in range(arity(operation)) if listed else (0,):
            for what, wrong in wrong_map(rules[position]):
                wrongs: Any = Swap(rules, position, wrong)
                if listed:
                    wrongs = [wrong if i == position else rule for i, rule in enumerate(rules)]
                yield f"{field} {position} {what}", operation.replaced(**{field: wrongs})
        if arity(operation) > 1:
            exchanged: Any = Exchanged(rules)
            if listed:
                exchanged = [rules[1], rules[0], *rules[2:]]
            yield f"{field} exchanged", operation.replaced(**{field: exchanged})


class Swap:
    """Rules for any number of operands, of which one is wrong."""

    def __init__(self, rules: Any, position: int, wrong: Any) -> None:
        self.rules, self.position, self.wrong = rules, position, wrong

    def __getitem__(self, position: int) -> Any:
        return self.wrong if position == self.position else self.rules[position]


class Exchanged:
    """Rules for any number of operands, the first two exchanged."""

    def __init__(self, rules: Any) -> None:
        self.rules = rules

    def __getitem__(self, position: int) -> Any:
        return self.rules[1 - position if position < 2 else position]


def wrong_map(rule: Any) -> Iterator[tuple[str, Any]]:
    """Wrong copies of one map."""
    for what, change in CHANGES.items():
        yield what, after(rule, change)
    yield "missing", after(rule, lambda value: value * 0.0)
    yield "without a term", lambda g, *args, **options: rule(without_one(g), *args, **options)
    yield "without an entry", after(rule, without_one)


def without_one(value: Any) -> Any:
    """The same with its last column zero: one term less in whatever is summed from it."""
    if not shape_of(value):
        return 0.0
    less = np.array(full(value))
    less[..., -1] = 0.0
    return less
