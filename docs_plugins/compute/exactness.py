"""Whether an operation's value on fractions is its value on floats, at a few points.

What a table shows behind an equals sign, and the numbers that it puts into a formula, come from
this reading. A slip in it would show a false number beside a right result. The numbers of a page
are not compared: where terms cancel, those on fractions are right and floats are not.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any

from minigrad.operation import OPERATIONS

TOLERANCE = 1e-11
PROBES = tuple(Fraction(n, d) for n, d in ((0, 1), (1, 1), (4, 1), (-1, 1), (1, 2), (2, 1)))


def slips() -> Iterator[str]:
    """Yield where an operation has another value on fractions than on floats."""
    for name, operation in OPERATIONS.items():
        # a guard whose first operand is a function of the others means nothing at most points
        dependent = operation.guard and (operation.partials or (0,))[0] is None
        if operation.exact and not dependent:
            for where, exact in _wrong(name, operation.exact, operation.scalar):
                yield f"{name} of {where} is {exact} on fractions, and something else on floats"


@cache
def _wrong(name: str, exact: Any, scalar: Any) -> tuple[tuple[str, str], ...]:
    """The points at which an operation's value on fractions is not its value on floats."""
    arity = len(OPERATIONS[name].partials or ())
    return tuple(
        (", ".join(map(str, point)), str(known))
        for point, known in _known(exact, arity)
        if not _is_near(scalar, point, known)
    )


def _known(exact: Any, arity: int) -> Iterator[tuple[tuple[Fraction, ...], Fraction]]:
    for point in product(PROBES[: 7 - arity], repeat=arity):
        known = exact(*point)
        if known is not None:
            yield point, Fraction(known)


def _is_near(scalar: Any, point: tuple[Fraction, ...], known: Fraction) -> bool:
    try:
        value = float(scalar(*map(float, point)))
    except (ArithmeticError, ValueError):
        return False
    return abs(value - known) <= TOLERANCE * abs(value)
