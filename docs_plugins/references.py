"""Read what stands between double braces: a value, a view, a cross-reference or an allowed literal.

Whatever is not ours is left alone: ours begins with a path whose head is a block of the page, or
whose tail is a known view or quantity. What only begins with a block's name, or is not closed on
its line, is a mistyped one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import NamedTuple

from docs_plugins.drift.htmltokens import plain

TOKEN = re.compile(r"(?P<escape>\\?)\{\{(?P<body>(?:[^{}\n\"]|\"[^\"\n]*\")*)\}\}")
# double braces that no others close on their line; `next` is the line below
BROKEN = re.compile(
    r"(?<![\\{])\{\{(?=(?P<body>[^{}\n]*+)(?!\}\})\}?(?:\n[> \t]*(?P<next>[^{}\n]*+))?)"
)
LOOKED_AT = 32  # characters before such braces, for a command of TeX, and behind, for a message
IN_TEX = re.compile(r"(?:\\[A-Za-z]+|[\^_}])\Z")  # before braces that group: \frac{{ f }}{{ g }}
FIRST_WORD = re.compile(r"(?P<apart>[=\s]*)(?P<word>[^\W\d]\w*)(?P<rest>.*)", re.DOTALL)
AS_A_PATH = re.compile(r"\.\w|\W+(?:value|adjoint)\b")
SEGMENT = r"[^\W\d]\w*(?:\[\d+(?:,\d+)*\])?"
PATH = re.compile(rf"{SEGMENT}(?:\.{SEGMENT})*")
LIKE_PATH = re.compile(r"=?\s*\w+\.[\w.\[\],]*\w\]?(?:\s*:\S*)?|=?\s*\w+\.\w+(?:\s+\S+)*")
OPTION = re.compile(r"\s+(?P<name>\w+)=(?P<value>\"[^\"]*\"|[^\s\"]+)")
LITERAL = re.compile(
    r"literal\s+\"(?P<text>[^\"]+)\"(?P<because>\s+because=\"(?P<reason>[^\"]*)\")?"
)
LITERAL_REMEDY = 'write {{ literal "0.25" because="…" }}'
QUANTITIES = ("value", "adjoint", "from", "d", "jacobian")


class ReferenceError(ValueError):
    """A reference that is ours and cannot be read; `remedy` says what to write."""

    def __init__(self, message: str, remedy: str = "") -> None:
        """Keep the message for the page's line and the remedy beside it."""
        super().__init__(message)
        self.remedy = remedy


class NearMiss(ReferenceError):  # noqa: N818  (what it is)
    """Double braces that hold no reference, and begin as only one of ours does: with `word`."""

    word = ""


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

    Raises `ReferenceError` for one that is ours and cannot be read, `NearMiss` where it is none.

    >>> read(" f.x2.adjoint ", ["f"], ["trace"])
    Value(block='f', path='x2.adjoint', related=False, format=None)
    >>> read(" page.title ", ["f"], ["trace"]) is None
    True
    """
    text = body.strip()
    if text.startswith(("ref ", "literal ")):
        found = _read_word(text)
        if found is not None:
            return found
    if not _is_ours(text, blocks, views, others):
        if "`" not in body and (near := nearly(body, blocks, others)):
            raise near
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


def nearly(body: str, blocks: Collection[str], others: Collection[str] = ()) -> NearMiss | None:
    """What is wrong with a text between braces that is no reference; None where it is not ours.

    >>> print(nearly(" f value ", ["f"]))
    {{ f value }} is no reference
    >>> nearly("f, g", ["f"])  # as in mathematics
    """
    first = FIRST_WORD.match(body)
    if first is None or first["word"] in others or not blocks:
        return None
    apart, word, rest = first.groups()
    remedy = ""
    if word in blocks and (apart or AS_A_PATH.match(rest)):
        remedy = f"write {{{{ {word}.value }}}}, or \\{{{{ where braces are meant"
    elif word == "literal" and not rest.lstrip()[:1].isalpha():
        remedy = LITERAL_REMEDY
    elif word == "ref" and not rest.strip():
        remedy = "write {{ ref f.trace }}"
    near = NearMiss(f"{{{{ {body.strip()} }}}} is no reference", remedy)
    near.word = word
    return near if remedy else None


def broken(
    found: re.Match[str], blocks: Collection[str], others: Collection[str] = ()
) -> NearMiss | None:
    """What is wrong with `BROKEN` braces; None where they are not ours."""
    before = found.string[max(0, found.start() - LOOKED_AT) : found.start()]
    body = found["body"] if found["body"].strip("= \t") else f" {found['next']}"
    near = nearly(body, blocks, others)
    if near is None or IN_TEX.search(before):
        return None
    shown = body.partition("`")[0].strip()[:LOOKED_AT]
    told = NearMiss(
        f"{{{{ {shown} is not closed on its line",
        "write all of it on one line, with no braces inside",
    )
    told.word = near.word
    return told


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
        return Literal(plain(literal["text"]), plain(literal["reason"].strip()))
    word, _, rest = text.partition(" ")
    rest = rest.strip()
    if word == "ref" and re.fullmatch(r"[\w.:\-]+", rest):
        return Cross(rest)
    if word == "literal" and rest.startswith(('"', "“", "'")):
        raise ReferenceError(f"{{{{ {text} }}}} cannot be read", LITERAL_REMEDY)
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
