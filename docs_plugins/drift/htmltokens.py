"""HTML to tags and text in time linear in its length, whatever it holds.

The standard library's parser takes quadratic time on hostile pages in versions that are still in
use. This one follows the tokenizer of the HTML standard for what built, minified and saved pages
hold: quoted and unquoted attributes, comments, scripts and styles as raw text.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

RAW_TEXT = frozenset({"script", "style"})
VOID = {
    *("area", "base", "br", "col", "embed", "hr", "img", "input"),
    *("link", "meta", "param", "source", "track", "wbr"),
}

_NAME = re.compile(r"[a-zA-Z][^\s/>]*")
_ATTRIBUTE = re.compile(
    r"""[\s/]*+([^\s/>][^\s/>=]*+)(?:\s*+=\s*+(?:"([^"]*+)(")?|'([^']*+)(')?|([^\s>]*+)))?+"""
)
_TAG_END = re.compile(r"[\s/]*+>")
_RAW_END = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in RAW_TEXT}


class Start(NamedTuple):
    """A start tag; names are lower case, a later attribute of the same name is dropped."""

    tag: str
    attributes: Mapping[str, str]
    empty: bool  # has no content: a void element, or written <tag/>
    offset: int  # where it begins


class End(NamedTuple):
    """An end tag."""

    tag: str


class Text(NamedTuple):
    """Characters between tags, entities resolved (not inside scripts and styles)."""

    text: str


Token = Start | End | Text


def tokens(html: str) -> Iterator[Token]:
    """Yield the tags and texts of a page; what never ends is dropped with the rest."""
    position = 0
    while (opening := html.find("<", position)) >= 0:
        if opening > position:
            yield Text(plain(html[position:opening]))
        token, position = _markup(html, opening)
        if token is not None:
            yield token
        if isinstance(token, Start) and token.tag in RAW_TEXT:
            end = _RAW_END[token.tag].search(html, position)
            stop = end.start() if end else len(html)
            yield Text(html[position:stop])
            position = stop
    if position < len(html):
        yield Text(plain(html[position:]))


def _markup(html: str, opening: int) -> tuple[Token | None, int]:
    """Read what begins with ``<``: the token, None for a comment, and where to go on."""
    following = html[opening + 1 : opening + 2]
    if following.isascii() and following.isalpha():
        return _start(html, opening)
    if following not in ("/", "!", "?") or not following:
        return Text("<"), opening + 1
    closing = "-->" if html.startswith("<!--", opening) else ">"
    close = html.find(closing, opening + 2)
    if close < 0:
        return None, len(html)
    name = _NAME.match(html, opening + 2) if following == "/" else None
    return End(name[0].lower()) if name else None, close + len(closing)


def _start(html: str, opening: int) -> tuple[Start | None, int]:
    name = _NAME.match(html, opening + 1)
    assert name is not None  # noqa: S101 (the caller has seen its first letter)
    position = name.end()
    attributes: dict[str, str] = {}
    while True:
        end = _TAG_END.match(html, position)
        if end is not None:
            tag = name[0].lower()
            empty = tag in VOID or end[0].endswith("/>")
            return Start(tag, attributes, empty, opening), end.end()
        found = _ATTRIBUTE.match(html, position)
        if found is None:
            return None, len(html)
        key, double, closed, single, closed_too, bare = found.groups()
        if (double is not None and not closed) or (single is not None and not closed_too):
            return None, len(html)
        attributes.setdefault(key.lower(), plain(double or single or bare or ""))
        position = found.end()


def plain(text: str) -> str:
    """Resolve the entities of a text; numbers of absurd length are left as they are."""
    if "&" not in text:
        return text
    try:
        return unescape(text)
    except ValueError:
        return text
