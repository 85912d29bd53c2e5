"""What to do about a page's links to nothing, however many there are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches

from docs_plugins.drift import literals
from docs_plugins.places import Numbered

CAPTION = re.compile(r"^[> \t]*/{3,}[ \t]*((?:figure|table)-caption)[ \t]*(?:\||$)", re.MULTILINE)
LOOKED_UP = 50  # links whose nearest name is looked for: each is compared with every name
LISTED = 20  # names


class Remedies:
    """What is told of each link to nothing; the page is read once for all of them."""

    def __init__(self, text: str, numbered: Mapping[str, Numbered]) -> None:
        """Look at the page's text for captions that no extension has read."""
        captions = any(not entry.label.startswith("(") for entry in numbered.values())
        unread = None if captions else CAPTION.search(literals.without_code(text))
        self._caption = unread[1] if unread else ""
        self._names = sorted(numbered)
        more = ", …" if len(self._names) > LISTED else ""
        self._known = ", ".join(self._names[:LISTED]) + more
        self._left = LOOKED_UP

    def remedy(self, target: str) -> str:
        """What to do about a link to this."""
        if self._caption:
            return f"list the extension pymdownx.blocks.caption, which reads /// {self._caption}"
        self._left -= 1
        close = get_close_matches(target, self._names, 1) if self._left >= 0 else []
        if close:
            return f"did you mean {close[0]}?"
        if self._known:
            return f"known here: {self._known}"
        return "give it a caption: /// figure-caption | #id"
