"""Decimals that name something and are no results: versions, and numbers of figures and sections.

>>> is_label("runs on Python ", "")
True
>>> is_label("the adjoint is ", "")
False
"""

from __future__ import annotations

import re

LOOKED_AT = 64  # characters on either side
_COUNTED = "|".join(
    "figures? figs? tables? tabs? sections? secs? chapters? chaps? chs? equations? eqs? eqns?"
    " appendix listings? algorithms? theorems? lemmas? corollary definitions? propositions?"
    " exercises? (?<!for.)examples?".split()
)
_VERSIONED = "|".join(
    "versions? ver releases? c?python numpy scipy pandas matplotlib torch jax keras cuda gcc clang"
    " llvm cmake java ruby golang julia ubuntu debian fedora linux windows macos ios android chrome"
    " chromium firefox safari sphinx mkdocs markdown material django flask docker git pip".split()
)
_BEFORE = re.compile(
    # Figure 3.11, eq. (3.11), version: 3.11, Python 3.11
    rf"(?:(?i:\b(?:{_COUNTED})\b\.?|\b(?:{_VERSIONED})\b[.:]?|§)\s{{0,4}}\(?"
    # any other name with a capital inside, as PyTorch, in the same phrase
    r"|\b[A-Za-z]+[a-z][A-Z][A-Za-z]*\s"
    # a requirement: >=3.11, python==3.11, numpy<3.11
    r"|[<>~!]=\s?|[^\W\d]\w(?:==|[<>]))"
    # what else is listed there: Python 3.10, 3.11 and 3.12
    r"(?:\d+\.\d+\)?(?:\s?[–/&]\s?|,\s|,?\s(?:and|or|to)\s)\(?){0,4}\Z"
)
# 3.11+, Figure 3.11a, 3.11.*
_AFTER = re.compile(r"(?:[a-d]|rc|dev|alpha|beta|post)\b|\+(?!\s?[\w(])|\.\*")


def is_label(before: str, after: str) -> bool:
    """Whether a decimal between these texts is the name of something."""
    return bool(_BEFORE.search(before[-LOOKED_AT:]) or _AFTER.match(after))
