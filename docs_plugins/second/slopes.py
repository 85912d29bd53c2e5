"""The derivative of one number by another as a difference, and what is taken for it at kinks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import mpmath  # type: ignore[import-untyped]

Real = Any  # mpmath's mpf, which has no types
Function = Callable[..., Real]  # (context, *elements) -> element
Slope = Callable[[Function, Sequence[Real], int], Real]


def _context(digits: int) -> Any:
    context = mpmath.MPContext()
    context.dps = digits
    return context


MP = _context(60)
DEEP = _context(900)  # for slopes below 1e-300, such as those of a sigmoid at 700
STEP = -100  # the power of two of a relative step, 8e-31; so 1 + x near 0 or a pole is far away
LOST = 140  # a difference by this many powers of two smaller than its terms has lost its digits
FAR = 50  # powers of two
ORIGIN_STEP = MP.mpf("1e-30000")  # at 0, where x ** 3 and x ** 1.1 turn too fast


def real(function: Function, context: Any, elements: Sequence[Real]) -> Real:
    """Evaluate, with not-a-number for what is not a real number."""
    try:
        value = function(context, *elements)
    except (ZeroDivisionError, ValueError):
        return context.nan
    return value if isinstance(value, context.mpf) else context.nan


def _difference(
    function: Function, context: Any, elements: Sequence[Real], place: int, power: int
) -> tuple[Real, bool]:
    """Return the central difference over a step of two to a power, and whether it is worthless."""
    x, step = elements[place], context.ldexp(context.one, power)
    moved = list(elements)
    moved[place] = x + step
    up = real(function, context, moved)
    moved[place] = x - step
    down = real(function, context, moved)
    difference = up - down
    lost = context.mag(difference) < max(context.mag(up), context.mag(down)) - LOST
    return context.ldexp(difference, -power - 1), lost


def _size(x: Real) -> int:
    """The power of two just above a number; 0 for 0, and far away for what is not finite."""
    return (int(MP.mag(x)) if MP.isfinite(x) else FAR) if x else 0


def straight(function: Function, elements: Sequence[Real], place: int) -> Real:
    """Central difference of what is linear on either side of any kink.

    An operand of which cancellation left a speck gets a step by the size of what stands beside it.
    """
    slope, lost = _difference(function, MP, elements, place, STEP + _size(elements[place]))
    if lost:
        widest = max(map(abs, elements))
        if widest > abs(elements[place]):
            slope, _ = _difference(function, MP, elements, place, STEP + _size(widest))
    return slope


def curved(function: Function, elements: Sequence[Real], place: int) -> Real:
    """Central difference, at many more digits where cancellation would leave too few."""
    size = _size(elements[place])
    power = STEP + min(size, 0)
    if size < FAR:
        slope, lost = _difference(function, MP, elements, place, power)
        if not lost:
            return slope
    deep = [DEEP.mpf(element) for element in elements]
    return MP.mpf(_difference(function, DEEP, deep, place, power)[0])


def _one_sided(
    function: Function, elements: Sequence[Real], place: int, above: Real, below: Real
) -> Real:
    """Difference of the values a little above and a little below, of which one may be nothing."""
    moved = list(elements)
    moved[place] = elements[place] + above
    up = real(function, MP, moved)
    moved[place] = elements[place] - below
    return (up - real(function, MP, moved)) / (above + below)


def from_left(function: Function, elements: Sequence[Real], place: int) -> Real:
    """Difference to the left: 0 for relu at 0."""
    step = MP.ldexp(MP.one, STEP + _size(elements[place]))
    return _one_sided(function, elements, place, MP.zero, step)


def shared(function: Function, elements: Sequence[Real], place: int) -> Real:
    """For the largest or smallest of several: 1, divided equally among those that tie."""
    extreme = real(function, MP, elements)
    if elements[place] != extreme:
        return MP.zero
    return MP.one / sum(1 for element in elements if element == extreme)


def of_power(function: Function, elements: Sequence[Real], place: int) -> Real:
    """Central difference; for a base of 0 very near, and from the right for a broken power.

    The last two elements are the base and the exponent.
    """
    base, exponent = elements[-2:]
    if base != 0 or place != len(elements) - 2:
        return curved(function, elements, place)
    below = ORIGIN_STEP if MP.isint(exponent) else MP.zero
    return _one_sided(function, elements, place, ORIGIN_STEP, below)


def of_log_power(function: Function, elements: Sequence[Real], place: int) -> Real:
    """Central difference; for a base of 0 known: a difference would hide how slowly logs grow."""
    times, base, exponent = elements
    if base != 0 or place != 1:
        return curved(function, elements, place)
    if times == 0:
        return of_power(function, elements, place)
    return MP.zero if times < 0 or exponent > 1 else MP.inf


def of_sum(function: Function, elements: Sequence[Real], place: int) -> Real:
    """Central difference of the one term that changes."""
    return straight(function, [elements[place]], 0)


def of_products(function: Function, elements: Sequence[Real], place: int) -> Real:
    """Central difference of the one product that changes, in a sum of products.

    The elements are all first factors, and then all second factors.
    """
    half = len(elements) // 2
    pair = [elements[place % half], elements[place % half + half]]
    return straight(function, pair, place // half)


def none(function: Function, elements: Sequence[Real], place: int) -> Real:  # noqa: ARG001
    """No derivative at all: 0, for the steps of a comparison."""
    return MP.zero
