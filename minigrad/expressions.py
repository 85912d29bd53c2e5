"""Expressions: what a rule gives when it is read on symbols.

An expression is a small tree that the engine's operations build. Numbers in it are exact
fractions, and what is known is folded: x · 1, x + 0, sums and whole powers of numbers, ln 1.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad.node import Value
from minigrad.operation import OPERATIONS, Operation, Reading, on_objects

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ATOM = Operation("atom", None)


class Expression(Reading):
    """An operation applied to expressions.

    ``whole`` says that it stands for an array as a whole, which structural operations then keep;
    other expressions are scalars, and structural operations work on object arrays of them.
    """

    __slots__ = ("guarded", "known", "operands", "operation", "options", "shape", "size", "whole")

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
        self.options = options
        self.shape = shape
        self.whole: bool = bool(shape) or any(x.whole for x in self.operands)
        self.size: int = 1 + sum(x.size for x in self.operands)
        self.guarded: bool = operation.generic is not None or any(x.guarded for x in self.operands)
        self.known: dict[str, tuple[str, int]] = {}  # what it prints as, once that was asked

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    def read(
        self, operation: Operation, operands: Sequence[Value], options: Mapping[str, Any] | None
    ) -> Value:
        """Build the tree of an operation, folded."""
        structural = operation.partials is None or any(type(x) is np.ndarray for x in operands)
        if structural and not any(getattr(x, "whole", False) for x in operands):
            arrays = [np.asarray(x, object) if isinstance(x, Reading) else x for x in operands]
            return on_objects(operation, arrays, options or {})
        return folded(applied(operation, [expression(x) for x in operands], options))


class Symbol(Expression):
    """An atom: how a node is written.

    Args:
        tex: TeX, such as ``v_{-1}``.
        text: Plain text, such as ``x1``.
        javascript: A JavaScript expression; the plain text if omitted.
        shape: Of the array that it stands for as a whole; empty for a scalar.
    """

    __slots__ = ("javascript", "tex", "text")

    def __init__(
        self, tex: str, text: str, javascript: str | None = None, shape: tuple[int, ...] = ()
    ) -> None:
        """Take the spellings as they stand."""
        super().__init__(ATOM, (), shape=shape)
        self.tex = tex
        self.text = text
        self.javascript = text if javascript is None else javascript


class Number(Expression):
    """An exact number."""

    __slots__ = ("value",)

    def __init__(self, value: Fraction | int | str) -> None:
        """Take an exact value."""
        super().__init__(ATOM, ())
        self.value = Fraction(value)


def expression(x: Value) -> Expression:
    """Give numbers and constant arrays as expressions; a float is its shortest decimal."""
    if isinstance(x, Expression):
        return x
    if isinstance(x, (int, Fraction)):
        return Number(x)
    if isinstance(x, float):
        return Number(Fraction(repr(float(x))))
    return Expression(ARRAY, [expression(e) for e in x.flat], shape=x.shape)


ARRAY = Operation("array", None, tex="{matrix}", text="[{all}]")


def applied(
    operation: Operation, operands: Sequence[Expression], options: Mapping[str, Any] | None = None
) -> Expression:
    """Give the tree of one operation, as it stands."""
    shape: tuple[int, ...] = ()
    if operation.partials is None or any(x.whole for x in operands):
        with np.errstate(all="ignore"):
            ones = [np.ones(x.shape) for x in operands]
            shape = np.shape(operation.value(*ones, **(options or {})))
    return Expression(operation, operands, options, shape)


def folded(e: Expression) -> Expression:
    """Compute numbers exactly, and leave ones and zeros out."""
    operation, operands = e.operation, e.operands
    if operation.exact and all(isinstance(x, Number) for x in operands):
        value = operation.exact(*(x.value for x in operands))  # type: ignore[attr-defined]
        if value is not None:
            return Number(value)
    fold = FOLDS.get(operation.name)
    return (fold and fold(*operands)) or e


def expanded(e: Expression) -> Expression:
    """Replace every guard by its generic branch."""
    if not e.guarded:
        return e
    operands = [expanded(x) for x in e.operands]
    if e.operation.generic:
        return expanded(expression(e.operation.generic(*operands)))
    return folded(applied(e.operation, operands, e.options))


# --- what is known of an operation: the simpler expression, or None ------------------------------


def equals(e: Expression, value: int) -> bool:
    """Whether an expression is this number."""
    return isinstance(e, Number) and e.value == value


def minus(e: Expression) -> bool:
    """Whether an expression begins with a minus sign."""
    return e.operation.name == "negative" or (isinstance(e, Number) and e.value < 0)


def product(a: Expression, b: Expression) -> Any:
    """Signs and numbers stand in front."""
    if minus(a) or minus(b):
        size = (-a if minus(a) else a) * (-b if minus(b) else b)
        return size if minus(a) == minus(b) else -size
    if isinstance(b, Number):
        return None if isinstance(a, Number) else b * a
    if isinstance(a, Number) and b.operation.name == "multiply":
        first, second = b.operands
        return Number(a.value * first.value) * second if isinstance(first, Number) else None
    return None


def guard(name: str) -> Callable[..., Any]:
    """A guard with a known first operand is its generic branch, or 0."""
    generic = OPERATIONS[name].generic
    return lambda first, *others: (
        (generic(first, *others) if first.value else first) if isinstance(first, Number) else None
    )


FOLDS: dict[str, Callable[..., Any]] = {
    "add": lambda a, b: (
        b if equals(a, 0) else a if equals(b, 0)
        else a - -b if minus(b) else b - -a if minus(a) else None
    ),
    "subtract": lambda a, b: (
        -b if equals(a, 0) else a if equals(b, 0) else a + -b if minus(b) else None
    ),
    "multiply": lambda a, b: (
        Number(0) if equals(a, 0) or equals(b, 0)
        else b if equals(a, 1) else a if equals(b, 1) else product(a, b)
    ),
    "divide": lambda a, b: (
        a if equals(a, 0) or equals(b, 1)
        else -(-a / b) if minus(a) and not isinstance(a, Number) else None
    ),
    "negative": lambda a: a.operands[0] if a.operation.name == "negative" else None,
    "power": lambda a, b: Number(1) if equals(b, 0) else a if equals(b, 1) else None,
    "where": lambda c, a, b: (a if c.value else b) if isinstance(c, Number) else None,
    "scaled_power": guard("scaled_power"),
    "xlogy": guard("xlogy"),
    "stated": lambda shown, meant: meant if isinstance(meant, Number) else None,
}  # fmt: skip
