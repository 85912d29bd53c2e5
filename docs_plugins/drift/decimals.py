"""Decimals as scripts, spaces and signs beside them write them: what a reader takes for one number.

>>> western("٠٫٢٨")
'0.28'
>>> follows_a_number("so 1/", 5), follows_a_number("in a/1/", 7)
(True, False)
"""

from __future__ import annotations

import re

# digits of other scripts, which begin there, and their points
_FOREIGN = re.compile(r"[^\x00-\u065f](?:(?<=\d)|(?<=[．٫])(?=\d))")
_POINTS = frozenset("．٫")
# groups of digits that ordinary spaces part, which may as well be several numbers
SPACED = re.compile(
    r"(?<![\w.,/:#@-])(?:\d{1,3}(?: \d{3}){1,6}\.\d++|\d++\.\d{3}(?= ))"
    r"(?:(?<=\.\d{3})(?: \d{3}){1,6})?+(?![\w ]?\d)"
)
# a whole number or a decimal, and the sign behind it: no part of a date, an address or a path
_NUMBER = re.compile(
    r"(?:\A|[\s(\[{=≈~<>|+−×·⋅*])[−-]?(?:(?:\d{1,15}\.\d{1,15}|[01])-|(?!10\.\d{4})\d{1,15}(?:\.\d{1,15})?/)\Z"
)
_LOOKED_BACK = 40  # characters, more than `_NUMBER` takes


def western(text: str) -> str:
    """A text with the digits and points of all scripts as ours, each in its place."""
    return _FOREIGN.sub(_western, text)


def _western(found: re.Match[str]) -> str:
    return "." if found[0] in _POINTS else str(int(found[0]))


def follows_a_number(text: str, end: int) -> bool:
    """Whether a number and a minus or a slash behind it end at a place of a text."""
    return _NUMBER.search(text[max(0, end - _LOOKED_BACK) : end]) is not None
