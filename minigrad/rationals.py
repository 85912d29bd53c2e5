"""Where powers and roots of fractions are fractions: so are the decimals that show them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction  # importing it takes long

LARGEST = 64
"""Powers and roots beyond this are too long to be written as fractions."""


def power_of(a: Fraction, b: Fraction) -> Fraction | None:
    """A power where that is a fraction of reasonable size, as 4 to the 3/2 is.

    >>> from fractions import Fraction
    >>> power_of(Fraction(4), Fraction(3, 2)), power_of(Fraction(2), Fraction(1, 2))
    (Fraction(8, 1), None)
    """
    if abs(b) > LARGEST or b.denominator > LARGEST or (b < 0 and not a):
        return None
    base: Fraction | None = a
    while base is not None and b.denominator % 2 == 0:
        base, b = root_of(base), 2 * b
    return None if base is None or b.denominator > 1 else base**b.numerator


def root_of(x: Fraction) -> Fraction | None:
    """The square root of a fraction of two squares."""
    if x < 0:
        return None
    root = type(x)(math.isqrt(x.numerator), math.isqrt(x.denominator))
    return root if root * root == x else None


def multiple_of_power(c: Fraction, a: Fraction, b: Fraction) -> Fraction | None:
    """A multiple of a power where that is a fraction."""
    raised = power_of(a, b) if c else c
    return None if raised is None else c * raised


def log_power_of(k: Fraction, a: Fraction, b: Fraction) -> Fraction | int | None:
    """A power times a power of its base's logarithm where that is a fraction: without one, or 0."""
    if k < 0 or (k > 0 and (a == 1 or (not a and b > 0))):
        return 0
    return None if k else power_of(a, b)
