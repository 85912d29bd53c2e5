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
STEP = MP.mpf("1e-30")  # relative below 1, so that 1 + x near 0 or a pole is far away
LOST = MP.mpf("1e-42")  # a difference this much smaller than its terms has too few digits left
FAR = MP.mpf("1e15")
ORIGIN_STEP = MP.mpf("1e-30000")  # at 0, where x ** 3 and x ** 1.1 turn too fast
NOTHING = MP.mpf("nan")


def real(function: Function, context: Any, elements: Sequence[Real]) -> Real:
    """Evaluate, with not-a-number for what is not a real number."""
    try:
        value = function(context, *elements)
    except (ZeroDivisionError, ValueError):
        return context.nan
    return value if isinstance(value, context.mpf) else context.nan


def _difference(
    function: Function, context: Any, elements: Sequence[Real], place: int, steps: tuple[Real, Real]
) -> tuple[Real, Real]:
    """Return the difference of the values above and below, and the larger of them in size."""
    x = elements[place]
    above, below = steps
    moved = list(elements)
    moved[place] = x + above
    up = real(function, context, moved)
    moved[place] = x - below
    down = real(function, context, moved)
    return up - down, max(abs(up), abs(down))


def _step(x: Real) -> Real:
    return STEP * abs(x) if x else STEP


def straight(function: Function, elements: Sequence[Real], place: int) -> Real:
    """Central difference of what is linear on either side of any kink.

    An operand of which cancellation left a speck gets a step by the size of what stands beside it.
    """
    step = _step(elements[place])
    difference, scale = _difference(function, MP, elements, place, (step, step))
    widest = max(map(abs, elements))
    if widest > abs(elements[place]) and abs(difference) < LOST * scale:
        step = STEP * widest
        difference, _ = _difference(function, MP, elements, place, (step, step))
    return difference / (2 * step)


def curved(function: Function, elements: Sequence[Real], place: int) -> Real:
    """Central difference, at many more digits where cancellation would leave too few."""
    size = abs(elements[place])
    step = STEP * size if 0 < size < 1 else STEP
    if size < FAR:
        difference, scale = _difference(function, MP, elements, place, (step, step))
        if abs(difference) > LOST * scale:
            return difference / (2 * step)
    deep = [DEEP.mpf(element) for element in elements]
    step = DEEP.mpf(step)
    difference, _ = _difference(function, DEEP, deep, place, (step, step))
    return MP.mpf(difference / (2 * step))


def from_left(function: Function, elements: Sequence[Real], place: int) -> Real:
    """Difference to the left: 0 for relu at 0."""
    step = _step(elements[place])
    difference, _ = _difference(function, MP, elements, place, (MP.zero, step))
    return difference / step


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
    difference, _ = _difference(function, MP, elements, place, (ORIGIN_STEP, below))
    return difference / (ORIGIN_STEP + below)


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
