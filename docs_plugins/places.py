"""Put what was computed where the page asked for it, once the HTML is whole.

Until then one private character stands for each reference. Where the character ended up decides
what replaces it: markup in running text, MathML in mathematics, plain text inside a tag, the source
again inside code. A view must stand as a block of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape, unescape
from typing import NamedTuple

from docs_plugins.drift.beside import MINUS
from docs_plugins.maths import Token, fill
from docs_plugins.problems import Problem
from docs_plugins.resolving import glued
from docs_plugins.sources import Origin

FIRST = 0xF0000
LAST = 0xFFFFD
CHARACTER = re.compile(f"[{chr(FIRST)}-{chr(LAST)}]")
_PIECE = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(?P<end>/?)(?P<tag>[A-Za-z][\w-]*+)"
    r"(?P<rest>(?:[^>=]++|=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z))?+)*+)(?:>|\Z)"
    rf"|(?P<place>{CHARACTER.pattern})",
    re.DOTALL,
)
_ALONE = re.compile(rf"<p>\s*({CHARACTER.pattern})\s*</p>")
# a digit that touches a number through tags of phrases: 1<b>, </strong>78
_PHRASE = r"(?:</?(?:a|abbr|b|del|em|i|ins|kbd|mark|q|s|small|span|strong|u|var)\b[^<>]{0,200}+>)+"
_DIGIT_BEFORE = re.compile(rf"\d\.?{_PHRASE}\Z")
_DIGIT_AFTER = re.compile(rf"{_PHRASE}\.?\d")
_MEND_FORMULA = "quote its attributes and end its elements, or write it between dollars"
_MAY_END_MINUS = ("-", "−", ";", ">")  # -, &minus; and </b>
_TAGS = re.compile(r"<[^<>]*>|^[^<>]*>")
LOOKED_BACK = 200  # characters before a number, for a minus or a digit
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_HOLDERS = frozenset(
    ("", "li", "dd", "div", "figure", "blockquote", "section", "article", "details", "main")
)
_VERBATIM = frozenset(("code", "pre", "script", "style", "textarea", "title"))


class Place(NamedTuple):
    """What stands for one reference, ready for wherever it ended up."""

    source: str  # as typed
    origin: Origin
    text: str  # HTML for running text
    plain: str  # for attributes
    token: Token | None = None  # a number, for mathematics
    mistake: Problem | None = None  # reported unless the reference stands in code
    typed: bool = False  # a literal, which says beside it why it stands there
    view: str = ""  # the view's name, "" for a number
    draw: Callable[[str | None], str] | None = None  # a view: caption id -> HTML
    late: Callable[[dict[str, Numbered]], str] | None = None  # a link: known numbers -> HTML


class Numbered(NamedTuple):
    """A figure, table or equation that can be linked to."""

    id: str
    label: str  # Table 1, Figure 2, (3)


Report = Callable[[Problem], None]


def character(index: int) -> str:
    """Return the character that stands for the place of this index."""
    return chr(FIRST + index)


def put(html: str, places: Sequence[Place], equations: dict[str, Numbered], report: Report) -> str:
    """Return the page with every place filled; what cannot stand where it is goes to `report`."""
    if not CHARACTER.search(html):
        return html
    present = {found: places[ord(found) - FIRST].token for found in CHARACTER.findall(html)}
    tokens = {found: token for found, token in present.items() if token is not None}
    html = _ALONE.sub(lambda alone: _unwrapped(alone, places), html)
    walk = _Walk(places, report)
    html = fill(html, tokens, walk.unfilled.__setitem__)
    filled = walk.fill(html)
    if not walk.links:
        return filled
    numbered = {**equations, **numbered_captions(filled)}
    return CHARACTER.sub(lambda found: _link(places, found[0], numbered), filled)


def _unwrapped(alone: re.Match[str], places: Sequence[Place]) -> str:
    """A view alone in a paragraph needs no paragraph."""
    return alone[1] if places[ord(alone[1]) - FIRST].draw else alone[0]


def plain(text: str, places: Sequence[Place]) -> str:
    """Return a text without markup, such as an entry of the contents, with its places filled."""
    return CHARACTER.sub(lambda found: places[ord(found[0]) - FIRST].plain, text)


def _link(places: Sequence[Place], character: str, numbered: dict[str, Numbered]) -> str:
    late = places[ord(character) - FIRST].late
    return late(numbered) if late else ""


_FIGURE = re.compile(
    r"<figure\b(?P<attributes>[^>]*+)(?:>|\Z)|(?P<end></figure>)"
    r"|\bdata-mg-view=\"(?P<view>[^\"]*)\""
    r"|<span class=\"caption-prefix[^\">]*\">(?P<prefix>[^<]*)</span>"
)
_ID = re.compile(r"\bid=\"([^\"]*)\"")


def numbered_captions(html: str) -> dict[str, Numbered]:
    """Return every numbered figure of the page by its id, and by each view that stands in it."""
    found: dict[str, Numbered] = {}
    open_figures: list[tuple[str, list[str]]] = []
    for piece in _FIGURE.finditer(html):
        if piece["attributes"] is not None:
            identifier = _ID.search(piece["attributes"])
            open_figures.append((identifier[1] if identifier else "", []))
        elif piece["end"] and open_figures:
            open_figures.pop()
        elif piece["view"] and open_figures:
            open_figures[-1][1].append(piece["view"])
        elif piece["prefix"] and open_figures:
            identifier_, names = open_figures[-1]
            entry = Numbered(identifier_, piece["prefix"].strip().rstrip(".:"))
            for name in (identifier_, *names):
                found.setdefault(name, entry)
    return found


def _is_glued(html: str, piece: re.Match[str], number: Token) -> bool:
    """Whether digits touch a number through tags; those that do so without are met before."""
    start, end = piece.span()
    if html.startswith("<", end) and _DIGIT_AFTER.match(html, end):
        return True
    if number.related or not html.endswith(">", 0, start):
        return False
    return bool(_DIGIT_BEFORE.search(html, max(0, start - LOOKED_BACK), start))


def _minus_before(html: str, end: int) -> bool:
    """Whether a minus that was typed stands right before a place: verify finds it there too."""
    if html[end - 1 : end] not in _MAY_END_MINUS:
        return False
    return unescape(_TAGS.sub("", html[max(0, end - LOOKED_BACK) : end])).endswith(MINUS)


class _Walk:
    """One pass over the HTML, knowing at each character which tags are open."""

    def __init__(self, places: Sequence[Place], report: Report) -> None:
        self.places = places
        self.report = report
        self.open: list[str] = []
        self.captions: list[str | None] = []
        self.links = False
        self.unfilled: dict[str, str] = {}  # characters in formulas that cannot be read, and why

    def fill(self, html: str) -> str:
        out: list[str] = []
        position = 0
        for piece in _PIECE.finditer(html):
            out.append(html[position : piece.start()])
            position = piece.end()
            if piece["place"]:
                out.append(self._place(html, piece))
            elif piece["tag"] is None:
                out.append(CHARACTER.sub(self._source, piece[0]))
            else:
                out.append(self._tag(piece))
        out.append(html[position:])
        return "".join(out)

    def _tag(self, piece: re.Match[str]) -> str:
        tag = piece["tag"].lower()
        if piece["end"]:
            if tag in self.open:
                while self.open.pop() != tag:
                    pass
            if tag == "figure" and self.captions:
                self.captions.pop()
        elif tag not in _VOID and not piece["rest"].endswith("/"):
            self.open.append(tag)
            if tag == "figure":
                identifier = _ID.search(piece["rest"])
                self.captions.append(f"{identifier[1]}-caption" if identifier else None)
        text = piece[0]
        if tag == "figcaption" and not piece["end"] and self.captions and self.captions[-1]:
            text = f'<figcaption id="{self.captions[-1]}"{piece["rest"]}>'
        return self._attributes(text) if CHARACTER.search(text) else text

    def _attributes(self, tag: str) -> str:
        """A tag with numbers in its attributes, and which ones they are."""
        tokens = [self.places[ord(found) - FIRST].token for found in CHARACTER.findall(tag)]
        paths = [f"{t.path}:{t.format}" if t.format else t.path for t in tokens if t]
        said = f' data-mg-in="{escape(" ".join(paths))}"' if paths else ""
        tag = CHARACTER.sub(self._plain, tag)
        inside = tag.removesuffix(">").removesuffix("/").rstrip()
        return inside + said + tag[len(inside) :]

    def _of(self, found: re.Match[str]) -> Place:
        return self.places[ord(found[0]) - FIRST]

    def _problem(self, place: Place, message: str, remedy: str) -> None:
        item = place.token.path if place.token else place.view
        self.report(Problem(place.origin.path, place.origin.line, item, message, remedy))

    def _source(self, found: re.Match[str]) -> str:
        return escape(self._of(found).source, quote=False)

    def _plain(self, found: re.Match[str]) -> str:
        place = self._of(found)
        if place.draw or place.late:
            what = "a view" if place.draw else "a link"
            self._problem(place, f"{what} cannot stand inside a tag", "move it into the text")
        if place.mistake:
            self.report(place.mistake)
        return escape(place.plain)

    def _place(self, html: str, piece: re.Match[str]) -> str:
        place = self.places[ord(piece["place"]) - FIRST]
        if any(tag in _VERBATIM for tag in self.open):
            return escape(place.source, quote=False)
        if place.mistake:
            self.report(place.mistake)
        if "math" in self.open:
            return self._in_mathematics(place, self.unfilled.get(piece["place"]))
        if place.late:
            self.links = True
            return piece[0]
        if place.draw:
            return self._view(html, piece, place)
        if place.token and _is_glued(html, piece, place.token):
            self._problem(place, *glued(place.token.shown))
        if place.token and not place.token.related and _minus_before(html, piece.start()):
            return place.text.replace(" data-mg=", ' data-mg-minus="" data-mg=', 1)
        return place.text

    def _in_mathematics(self, place: Place, unread: str | None) -> str:
        if unread is not None:
            message = f"a number in a formula that cannot be read: {unread}"
            self._problem(place, message, _MEND_FORMULA)
        if place.draw or place.late or place.typed:
            what = "a view" if place.draw else "a link" if place.late else "a literal"
            self._problem(
                place, f"{what} cannot stand in mathematics", "move it out of the dollars"
            )
            return ""
        return escape(place.plain)

    def _view(self, html: str, piece: re.Match[str], place: Place) -> str:
        holder = self.open[-1] if self.open else ""
        before = html[: piece.start()].rstrip()
        after = html[piece.end() :].lstrip()
        apart = (not before or before[-1] == ">" or CHARACTER.fullmatch(before[-1])) and (
            not after or after[0] == "<" or CHARACTER.fullmatch(after[0])
        )
        if holder not in _HOLDERS or not apart or "td" in self.open or "th" in self.open:
            inside = "a table's cell" if {"td", "th"} & set(self.open) else "other text"
            self._problem(
                place,
                f"a view cannot stand in {inside}",
                "give it a line of its own with a blank line before and after it",
            )
            return ""
        caption = next((c for c in reversed(self.captions) if c), None)
        return place.draw(caption) if place.draw else ""
