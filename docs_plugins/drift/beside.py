"""What a reader sees right beside a number, and whether it makes the number another one."""

from __future__ import annotations

import re

from docs_plugins.drift.htmltokens import End, Start, Text, Token

# in Markdown, in HTML's text and, an exponent behind ^, in what `Beside` makes of a page
GLUED_BEFORE = re.compile(r"\d\.?$")
GLUED_AFTER = re.compile(
    r"\d|\.\d|[eE][+−-]?\d|×10(?!\d)|[ \u00a0]?[×·⋅][ \u00a0]?10(?=[⁻⁺⁰¹²³⁴-⁹^]|<sup)"
)
MINUS = ("−", "-")
FARTHEST = 12  # characters behind a number that are looked at
INLINE = frozenset(
    (
        *("a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd"),
        *("mark", "q", "s", "samp", "small", "span", "strong", "u", "var", "wbr"),
    )
)
_SPACE = re.compile(r"[\s\u2060-\u2064]+")
_UNSEEN = re.compile("[\u00ad\u200b\u200c\u200d\u2060-\u2064\ufeff]")
_ROWS = frozenset(("math", "mrow", "mstyle", "mpadded"))  # their children stand beside each other
_SCRIPTS = frozenset(("msub", "msup", "msubsup"))  # their first child stands on the line
_LEAVES = frozenset(("mn", "mo"))
PART = "\0"  # between what does not stand beside each other


def without_space(text: str) -> str:
    """A text without white space and the invisible signs of mathematics."""
    return _SPACE.sub("", text)


class Beside:
    """A walk through a page that knows what was seen last, and waits for what comes next."""

    def __init__(self) -> None:
        """Begin at the top of a page."""
        self.before = PART  # the last characters, up to what parts them from others
        self.signs = ""  # the last two of all, white space and tags aside
        self._formula: list[str] = []  # elements of a formula that are open
        self._first = False  # whether the last tag opened an element of `_SCRIPTS`
        self._waiting: dict[int, str] = {}  # what stands behind a number so far, by the number

    def wait(self, number: int) -> None:
        """Note what will stand behind a number that ends here."""
        self._waiting[number] = ""

    def see(self, token: Token) -> dict[int, str]:
        """Go on by a tag or a text; returns what stands behind numbers, where that is known."""
        if isinstance(token, Text):
            self.signs = (self.signs + without_space(token.text))[-2:]
            text = _UNSEEN.sub("", token.text)
        else:
            text = self._between(token)
        if text:
            self.before = (self.before + text)[-FARTHEST:]
        return self._settled(text) if self._waiting and text else {}

    def _settled(self, text: str) -> dict[int, str]:
        waiting = {number: (seen + text)[:FARTHEST] for number, seen in self._waiting.items()}
        full = {n: seen for n, seen in waiting.items() if PART in text or len(seen) == FARTHEST}
        self._waiting = {n: seen for n, seen in waiting.items() if n not in full}
        return full

    def _between(self, token: Start | End) -> str:
        """What a tag puts between two texts."""
        if self._formula or token.tag == "math":
            return self._in_formula(token)
        if token.tag in INLINE:
            return ""
        return "^" if token.tag == "sup" and isinstance(token, Start) else PART

    def _in_formula(self, token: Start | End) -> str:
        first, self._first = self._first, False
        if not isinstance(token, Start):
            while self._formula and self._formula.pop() != token.tag:
                pass
            return "" if self._in_row() and token.tag in _LEAVES | _ROWS else PART
        beside = first or self._in_row()
        if not token.empty:
            self._formula.append(token.tag)
        self._first = token.tag in _SCRIPTS
        return "" if beside and token.tag in _LEAVES | _ROWS | _SCRIPTS else PART

    def _in_row(self) -> bool:
        return bool(self._formula) and self._formula[-1] in _ROWS
