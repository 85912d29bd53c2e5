"""Where powers and roots of fractions are fractions: so are the decimals that show them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

LARGEST = 64
"""Powers beyond this are too long to be written as fractions."""


def power_of(a: Fraction, b: Fraction) -> Fraction | None:
    """A power where that is a fraction of reasonable size, as 4 to the 3/2 is.

    >>> from fractions import Fraction
    >>> power_of(Fraction(4), Fraction(3, 2)), power_of(Fraction(2), Fraction(1, 2))
    (Fraction(8, 1), None)
    """
    roots = b.denominator.bit_length() - 1
    if b.denominator != 1 << roots or abs(b) > LARGEST or roots > 6 or (b < 0 and not a):
        return None
    root: Fraction | None = a
    for _ in range(roots):
        root = None if root is None else root_of(root)
    return None if root is None else root**b.numerator


def root_of(x: Fraction) -> Fraction | None:
    """The square root of a fraction of two squares."""
    if x < 0:
        return None
    root = type(x)(math.isqrt(x.numerator), math.isqrt(x.denominator))  # importing it takes long
    return root if root * root == x else None


def multiple_of_power(c: Fraction, a: Fraction, b: Fraction) -> Fraction | None:
    """A multiple of a power where that is a fraction."""
    raised = power_of(a, b) if c else c
    return None if raised is None else c * raised


def log_power_of(k: Fraction, a: Fraction, b: Fraction) -> Fraction | int | None:
    """A power times a power of its base's logarithm where that is a fraction: without one, or 0."""
    if not k:
        return power_of(a, b)
    nothing = k < 0 or a == 1 or (not a and b > 0)
    return 0 if nothing else None
