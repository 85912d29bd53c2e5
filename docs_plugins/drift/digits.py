"""Whether digits, as a page shows them, are those of a number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import chain, permutations
from typing import NamedTuple

from docs_plugins.drift.record import TOLERANCE
from docs_plugins.model import Number

ROUGH = 2.0**-49  # of a number's magnitude: what machines may differ by in any digit shown
MOST_SORTED = 4  # attributes of one tag
_SHOWN = re.compile(r"(-?)(\d+(?:\.\d+)?)(?:×10(-?\d{1,3}))?", re.ASCII)
_INSIDE = re.compile(r"-?\d+(?:\.\d+)?(?:×10-?\d{1,3})?", re.ASCII)


class Expected(NamedTuple):
    """A number that is shown somewhere, and how."""

    path: str
    number: Number
    text: str


def same(shown: str, expected: str, number: Number) -> bool:
    """Whether the shown digits are the number's, on whichever side of a half it fell here."""
    if shown == expected:
        return True
    match, wanted = _SHOWN.fullmatch(shown), _SHOWN.fullmatch(expected)
    if match is None or wanted is None or match[3] != wanted[3]:
        return False
    decimals = len(match[2].partition(".")[2])
    if decimals != len(wanted[2].partition(".")[2]) or number.exact is not None:
        return False
    unit = Fraction(10) ** (int(match[3] or 0) - decimals)
    size = Fraction(match[2]) * Fraction(10) ** int(match[3] or 0)
    value = -size if match[1] else size
    # elsewhere a number may be off by units in its last place, and more where few digits are shown
    apart = Fraction(
        max(ROUGH * number.magnitude, min(TOLERANCE * number.magnitude, float(unit) / 1000))
    )
    return abs(value - Fraction(number.value)) <= unit / 2 + apart


def missed(expected: Sequence[Expected], values: Sequence[str]) -> Expected | None:
    """The first number that does not stand in a tag's attributes behind those before it.

    Among several attributes any may be the first: minifiers sort them.
    """
    found = [texts for texts in map(_INSIDE.findall, values) if texts]
    orders = permutations(found) if len(found) <= MOST_SORTED else iter([found])
    results = [_first_missed(expected, chain.from_iterable(order)) for order in orders]
    return None if None in results else results[0]


def _first_missed(expected: Sequence[Expected], left: Iterator[str]) -> Expected | None:
    for one in expected:
        if not any(same(text, one.text, one.number) for text in left):
            return one
    return None
