"""Read what stands between double braces: a value, a view, a cross-reference or an allowed literal.

Whatever is not ours is left alone: ours begins with a path whose head is a block of the page, or
whose tail is a known view or quantity.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import NamedTuple

TOKEN = re.compile(r"(?P<escape>\\?)\{\{(?P<body>(?:[^{}\n\"]|\"[^\"\n]*\")*)\}\}")
SEGMENT = r"[^\W\d]\w*(?:\[\d+(?:,\d+)*\])?"
PATH = re.compile(rf"{SEGMENT}(?:\.{SEGMENT})*")
LIKE_PATH = re.compile(r"=?\s*\w+\.[\w.\[\],]*\w\]?(?:\s*:\S*)?|=?\s*\w+\.\w+(?:\s+\S+)*")
OPTION = re.compile(r"\s+(?P<name>\w+)=(?P<value>\"[^\"]*\"|[^\s\"]+)")
LITERAL = re.compile(
    r"literal\s+\"(?P<text>[^\"]+)\"(?P<because>\s+because=\"(?P<reason>[^\"]*)\")?"
)
QUANTITIES = ("value", "adjoint", "from", "d", "jacobian")


class ReferenceError(ValueError):
    """A reference that is ours and cannot be read; `remedy` says what to write."""

    def __init__(self, message: str, remedy: str = "") -> None:
        """Keep the message for the page's line and the remedy beside it."""
        super().__init__(message)
        self.remedy = remedy


class Value(NamedTuple):
    """A number: ``{{ f.x2.adjoint:.2f }}``; with `related`, the right sign before it."""

    block: str
    path: str
    related: bool
    format: str | None


class Use(NamedTuple):
    """A view: ``{{ f.trace }}``."""

    block: str
    view: str
    options: Mapping[str, str]


class Cross(NamedTuple):
    """A link to a figure, table or equation by its number: ``{{ ref f.trace }}``."""

    target: str


class Literal(NamedTuple):
    """A typed decimal that may stand although it looks like a computed one, and why."""

    text: str
    because: str


Reference = Value | Use | Cross | Literal


def read(
    body: str, blocks: Collection[str], views: Collection[str], others: Collection[str] = ()
) -> Reference | None:
    """Read the text between the braces; None where it is not ours.

    `others` are first names that others have given a meaning, and no block of the page has.

    Raises `ReferenceError` for one that is ours and cannot be read.

    >>> read(" f.x2.adjoint ", ["f"], ["trace"])
    Value(block='f', path='x2.adjoint', related=False, format=None)
    >>> read(" page.title ", ["f"], ["trace"]) is None
    True
    """
    text = body.strip()
    if text.startswith(("ref ", "literal ")):
        return _read_word(text)
    if not _is_ours(text, blocks, views, others):
        return None
    related = text.startswith("=")
    text = text.removeprefix("=").lstrip()
    path = PATH.match(text)
    if path is None:
        raise ReferenceError(
            f"{{{{ {body.strip()} }}}} is no path", "write {{ block.node.quantity }}"
        )
    block, _, rest = path[0].partition(".")
    after = text[path.end() :]
    if block not in blocks:
        close = get_close_matches(block, blocks, 1)
        known = f"blocks here: {', '.join(sorted(blocks))}" if blocks else "the page has no block"
        raise ReferenceError(
            f"there is no block {block} on this page",
            f"did you mean {close[0]}.{rest}?" if close else known,
        )
    if rest in views and not (rest in QUANTITIES and after.startswith(":")):
        if related:
            raise ReferenceError(f"{path[0]} is a view, not a number", "leave out the =")
        return Use(block, rest, _read_options(path[0], after))
    return Value(block, rest, related, _read_format(path[0], after))


def _is_ours(
    text: str, blocks: Collection[str], views: Collection[str], others: Collection[str]
) -> bool:
    if not LIKE_PATH.match(text):
        return False
    head, *rest = re.split(r"[\s:]", text.removeprefix("=").lstrip(), maxsplit=1)[0].split(".")
    if not head.isidentifier() or (head in others and head not in blocks):
        return False
    if head in blocks:
        return bool(rest)
    names = [re.sub(r"\[.*", "", name) for name in rest]
    match names:
        case [only]:
            return only in views or (only == "value" and bool(blocks))
        case [*_, ("value" | "adjoint")] | [*_, ("from" | "d"), _] | ["jacobian", _, _]:
            return True
        case _:
            return False


def _read_word(text: str) -> Reference | None:
    literal = LITERAL.fullmatch(text)
    if literal:
        if not (literal["reason"] or "").strip():
            raise ReferenceError("a literal needs its reason", 'write because="…" after it')
        return Literal(literal["text"], literal["reason"].strip())
    word, _, rest = text.partition(" ")
    rest = rest.strip()
    if word == "ref" and re.fullmatch(r"[\w.:\-]+", rest):
        return Cross(rest)
    if word == "literal" and rest.startswith(('"', "“", "'")):
        raise ReferenceError(
            f"{{{{ {text} }}}} cannot be read", 'write {{ literal "0.25" because="…" }}'
        )
    return None


def _read_options(path: str, text: str) -> dict[str, str]:
    options: dict[str, str] = {}
    position = 0
    while match := OPTION.match(text, position):
        if match["name"] in options:
            raise ReferenceError(
                f"{path}: the option {match['name']} is given twice", "give it once"
            )
        options[match["name"]] = match["value"].strip('"')
        position = match.end()
    if text[position:].strip():
        raise ReferenceError(
            f"{path}: {text[position:].strip()!r} is no option",
            'write name=value; a value with spaces stands in "quotes"',
        )
    return options


def _read_format(path: str, text: str) -> str | None:
    if not text.strip():
        return None
    if not text.startswith(":"):
        raise ReferenceError(
            f"{path}: {text.strip()!r} is not understood",
            "a number takes a format only: {{ f.x.value:.2f }}",
        )
    return text[1:].strip()
