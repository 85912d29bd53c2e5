"""Expressions: what a rule gives when it is read on symbols.

An expression is a small tree that the engine's operations build. Numbers in it are exact
fractions, and what is known is folded: x · 1, x + 0, sums and whole powers of numbers, ln 1.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from minigrad.applying import on_objects
from minigrad.node import Reading, Value
from minigrad.operation import OPERATIONS, Operation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ATOM = Operation("atom", None)


class Expression(Reading):
    """An operation applied to expressions.

    ``whole`` says that it stands for an array as a whole, which structural operations then keep;
    other expressions are scalars, and structural operations work on object arrays of them.
    """

    def __init__(
        self,
        operation: Operation,
        operands: Sequence[Expression],
        options: Mapping[str, Any] | None = None,
        shape: tuple[int, ...] = (),
    ) -> None:
        """Take the tree as it stands."""
        whole, size, guarded = bool(shape), 1, operation.generic is not None
        for x in operands:  # a loop: trees are built by the thousand
            whole = whole or x.whole
            size += x.size
            guarded = guarded or x.guarded
        self.operation = operation
        self.operands = tuple(operands)
        self.options = options
        self.shape = shape
        self.whole: bool = whole
        self.size: int = size
        self.guarded: bool = guarded
        self.kept = False  # whether it is the only one of its kind: see ``built``
        self.known: dict[str, Any] = {}  # what it prints as, once that was asked
        self.plainly: Expression | None = None  # without guards, likewise

    def read(
        self, operation: Operation, operands: Sequence[Value], options: Mapping[str, Any] | None
    ) -> Value:
        """Build the tree of an operation, folded."""
        structural = operation.partials is None or np.ndarray in map(type, operands)
        if structural and not any(getattr(x, "whole", False) for x in operands):
            arrays = [np.asarray(x, object) if isinstance(x, Reading) else x for x in operands]
            return on_objects(operation, arrays, options or {})
        found = [x if isinstance(x, Expression) else constant(x) for x in operands]
        if options is None and False not in [x.kept for x in found]:
            return built(operation, *found)
        return folded(operation, found, options)


Kind = TypeVar("Kind", bound=Expression)


class Symbol(Expression):
    """An atom: how a node is written.

    Args:
        tex: TeX, such as ``v_{-1}``.
        text: Plain text, such as ``x1``.
        javascript: A JavaScript expression; the plain text if omitted.
        shape: Of the array that it stands for as a whole; empty for a scalar.
    """

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

    def __init__(self, value: Fraction | int | str) -> None:
        """Take an exact value."""
        super().__init__(ATOM, ())
        self.value = value if type(value) is Fraction else Fraction(value)


def expression(x: Value) -> Expression:
    """Give numbers and constant arrays as expressions; a float is its shortest decimal."""
    if isinstance(x, Expression):
        return x
    if type(x) is Fraction:
        return Number(x)
    if isinstance(x, np.ndarray):
        return Expression(ARRAY, [expression(e) for e in x.flat], shape=x.shape)
    return number(float(x) if isinstance(x, float) else x)


def constant(x: Value) -> Expression:
    """A constant of a rule."""
    return typed(x) if type(x) is float else expression(x)


@lru_cache(maxsize=512)
def typed(x: float) -> Expression:
    """A double as if it were typed: exact if it has few digits, as 0.5 has and ln 2 has not."""
    digits = repr(x).partition("e")[0].replace(".", "").strip("-0")
    if len(digits) <= TYPED:
        return number(x)
    rounded = Expression(ROUNDED, [number(abs(x))])
    return rounded if x > 0 else -rounded


def kept(e: Kind) -> Kind:
    """The expression, as the only one of its kind."""
    e.kept = True
    return e


@lru_cache(maxsize=512)
def number(x: float) -> Number:
    """A whole number, or a double's shortest decimal, as the only one of its kind."""
    return kept(Number(repr(x) if isinstance(x, float) else x))


@lru_cache(maxsize=2048)
def symbol(
    tex: str, text: str, javascript: str | None = None, shape: tuple[int, ...] = ()
) -> Symbol:
    """The atom of this spelling, the only one of its kind."""
    return kept(Symbol(tex, text, javascript, shape))


@lru_cache(maxsize=2048)
def built(operation: Operation, *operands: Expression) -> Expression:
    """An operation on operands of which each is the only one of its kind, and so is what it gives.

    Rules are read on the same signs again and again: what was once built, folded and printed of
    them is found again.
    """
    return kept(folded(operation, operands))


ARRAY = Operation("array", None, tex="{matrix}", text="[{all}]")
ROUNDED = Operation("rounded", None, tex="{0}", text="{0}", javascript="{0}", binds=0)
"""A number that is not exactly the one meant; it prints as that number."""
TYPED = 14
"""More digits than these nobody types: the number was computed, and rounded."""


def applied(
    operation: Operation, operands: Sequence[Expression], options: Mapping[str, Any] | None = None
) -> Expression:
    """Give the tree of one operation, as it stands."""
    tree = Expression(operation, operands, options)
    if operation.partials is None or tree.whole:
        with np.errstate(all="ignore"):
            ones = [np.ones(x.shape) for x in operands]
            tree.shape = np.shape(operation.value(*ones, **(options or {})))
        tree.whole = tree.whole or bool(tree.shape)
    return tree


def folded(
    operation: Operation, operands: Sequence[Expression], options: Mapping[str, Any] | None = None
) -> Expression:
    """The same, numbers computed exactly, and ones and zeros left out."""
    if operation.exact is not None:
        known = [x.value for x in operands if isinstance(x, Number)]
        if len(known) == len(operands) and (value := operation.exact(*known)) is not None:
            return Number(value)
    fold = FOLDS.get(operation.name)
    return (fold and fold(*operands)) or applied(operation, operands, options)


def expanded(e: Expression) -> Expression:
    """Replace every guard by its generic branch."""
    if not e.guarded:
        return e
    if e.plainly is None:
        operands, generic = [expanded(x) for x in e.operands], e.operation.generic
        e.plainly = (
            expanded(expression(generic(*operands)))
            if generic
            else folded(e.operation, operands, e.options)
        )
    return e.plainly


# --- what is known of an operation: the simpler expression, or None ------------------------------


def equals(e: Expression, value: int) -> bool:
    """Whether an expression is this number."""
    return isinstance(e, Number) and e.value == value


def minus(e: Expression) -> bool:
    """Whether an expression begins with a minus sign."""
    if isinstance(e, Number):
        return e.value.numerator < 0
    return e.operation.name == "negative"


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
