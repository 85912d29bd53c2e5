"""Expressions: what a rule gives when it is read on symbols.

An expression is a small tree that the engine's operations build. Numbers in it are exact
fractions, and what is known is folded: x · 1, x + 0, sums and whole powers of numbers, ln 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np

from minigrad.applying import on_objects
from minigrad.node import Reading, Value
from minigrad.operation import OPERATIONS, Operation

ATOM = Operation("atom", None)
ARRAY = Operation("array", None, tex="{matrix}", text="[{all}]")
ROUNDED = Operation("rounded", None, tex="{0}", text="{0}", javascript="{0}", binds=0)
"""A number that is not exactly the one meant; it prints as that number."""
TYPED = 14
"""More digits than these nobody types: the number was computed, and rounded."""
ELEMENT = str.maketrans("[,", "__", "]")


class Expression(Reading):
    """An operation applied to expressions.

    ``whole`` says that it stands for an array as a whole, which structural operations then keep;
    other expressions are scalars, and structural operations work on object arrays of them.
    """

    value: Fraction | None = None  # of a number

    def __init__(
        self,
        operation: Operation,
        operands: Sequence[Expression],
        options: Mapping[str, Any] | None = None,
        shape: tuple[int, ...] = (),
    ) -> None:
        """Take the tree as it stands."""
        self.operation = operation
        self.operands = tuple(operands)
        self.options = options or {}
        self.shape = shape
        self.whole = bool(shape)
        self.size = 1
        self.guarded = operation.generic is not None
        for x in operands:
            self.whole |= x.whole
            self.size += x.size
            self.guarded |= x.guarded

    def read(
        self, operation: Operation, operands: Sequence[Value], options: Mapping[str, Any] | None
    ) -> Value:
        """Build the tree of an operation, folded."""
        structural = operation.partials is None or np.ndarray in map(type, operands)
        if structural and not any(getattr(x, "whole", False) for x in operands):
            return on_objects(operation, [np.asarray(x, object) for x in operands], options or {})
        found = [typed(x) if type(x) is float else expression(x) for x in operands]
        return folded(operation, found, options) if options else built(operation, *found)


class Symbol(Expression):
    """An atom: how a node is written.

    Args:
        tex: TeX, such as ``v_{-1}``.
        text: Plain text, such as ``x1``.
        shape: Of the array that it stands for as a whole; empty for a scalar.
    """

    def __init__(self, tex: str, text: str, shape: tuple[int, ...] = ()) -> None:
        """Take the spellings as they stand."""
        super().__init__(ATOM, (), shape=shape)
        self.tex = tex
        self.text = text

    @property
    def javascript(self) -> str:
        """The name of a variable: the text, where x_0_1 stands for x[0,1]."""
        return self.text.translate(ELEMENT)


class Number(Expression):
    """An exact number; a double is taken as its shortest decimal."""

    value: Fraction

    def __init__(self, value: Fraction | float | str) -> None:
        """Take its value."""
        super().__init__(ATOM, ())
        written = float.__repr__(value) if isinstance(value, float) else value
        self.value = written if type(written) is Fraction else Fraction(written)


# --- what is made again and again is made, folded and printed once -------------------------------

symbol = lru_cache(maxsize=2048)(Symbol)
"""The atom of a spelling: as long as it is kept, the only one."""
number = lru_cache(maxsize=512)(Number)
"""Likewise the number that a double or a whole number is."""


@lru_cache(maxsize=512)
def typed(x: float) -> Expression:
    """A rule's constant, as if it were typed: exact if it has few digits, which ln 2 has not."""
    digits = repr(x).partition("e")[0].replace(".", "").strip("-0")
    if len(digits) <= TYPED:
        return number(x)
    rounded = Expression(ROUNDED, [number(abs(x))])
    return rounded if x > 0 else -rounded


@lru_cache(maxsize=2048)
def built(operation: Operation, *operands: Expression) -> Expression:
    """An operation without options: rules are read on the same signs again and again."""
    return folded(operation, operands)


def expression(x: Value) -> Expression:
    """Give numbers and constant arrays as expressions; a float is its shortest decimal."""
    if isinstance(x, Expression):
        return x
    if isinstance(x, np.ndarray):
        return Expression(ARRAY, [expression(e) for e in x.flat], shape=x.shape)
    return Number(x) if type(x) is Fraction else number(x)


def folded(
    operation: Operation, operands: Sequence[Expression], options: Mapping[str, Any] | None = None
) -> Expression:
    """Give the tree of one operation, numbers computed exactly, and ones and zeros left out."""
    if operation.exact is not None:
        known = [x.value for x in operands if x.value is not None]
        if len(known) == len(operands) and (value := operation.exact(*known)) is not None:
            return Number(value)
    fold = FOLDS.get(operation.name)
    if fold and (simpler := fold(*operands)) is not None:
        return simpler
    shape: tuple[int, ...] = ()
    if operation.partials is None or True in [x.whole for x in operands]:
        with np.errstate(all="ignore"):
            ones = [np.ones(x.shape) for x in operands]
            shape = np.shape(operation.value(*ones, **(options or {})))
    return Expression(operation, operands, options, shape)


def expanded(e: Expression) -> Expression:
    """Replace every guard by its generic branch."""
    return unguarded(e) if e.guarded else e


@lru_cache(maxsize=2048)
def unguarded(e: Expression) -> Expression:
    """The same where there is a guard."""
    operands, generic = [expanded(x) for x in e.operands], e.operation.generic
    if generic is None:
        return folded(e.operation, operands, e.options)
    return expanded(expression(generic(*operands)))


# --- what is known of an operation: the simpler expression, or None ------------------------------


def minus(e: Expression) -> bool:
    """Whether an expression begins with a minus sign."""
    return e.operation.name == "negative" if e.value is None else e.value.numerator < 0


def product(a: Expression, b: Expression) -> Any:
    """Signs and numbers stand in front."""
    if minus(a):
        return -(-a * b)
    if minus(b):
        return -(a * -b)
    if b.value is not None:
        return b * a
    if a.value is not None and b.operation.name == "multiply":
        first, second = b.operands
        return a * first * second if first.value is not None else None
    return None


def guard(name: str) -> Callable[..., Any]:
    """A guard with a known first operand is its generic branch."""
    generic = OPERATIONS[name].generic
    return lambda first, *others: None if first.value is None else generic(first, *others)


FOLDS: dict[str, Callable[..., Expression | None]] = {
    "add": lambda a, b: (
        b if a.value == 0 else a if b.value == 0
        else a - -b if minus(b) else b - -a if minus(a) else None
    ),
    "subtract": lambda a, b: (
        -b if a.value == 0 else a if b.value == 0 else a + -b if minus(b) else None
    ),
    "multiply": lambda a, b: (
        a if a.value == 0 or b.value == 1 else b if b.value == 0 or a.value == 1 else product(a, b)
    ),
    "divide": lambda a, b: (
        a if a.value == 0 or b.value == 1 else -(-a / b) if a.value is None and minus(a) else None
    ),
    "negative": lambda a: a.operands[0] if a.operation.name == "negative" else None,
    "power": lambda a, b: Number(1) if b.value == 0 else a if b.value == 1 else None,
    "where": lambda c, a, b: None if c.value is None else a if c.value else b,
    "scaled_power": guard("scaled_power"),
    "xlogy": guard("xlogy"),
    "stated": lambda shown, meant: None if meant.value is None else meant,
}  # fmt: skip
