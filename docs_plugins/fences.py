"""Find the fences that are ours in a page's lines, and those that look like ours and are not.

Fences of other languages are stepped over whole, so that a page can show our syntax inside a longer
fence; so are comments that begin a line and end one, and what Markdown takes for code by its
indentation. A line may begin with quote marks and indentation; what the fence holds then begins
with the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import NamedTuple

from docs_plugins.nesting import Nesting

LANGUAGE = "minigrad"
OPENING = re.compile(r"(?P<prefix>[> \t]*)(?P<ticks>`{3,}|~{3,})(?P<info>[^`]*)", re.ASCII)
GLUED = re.compile(
    r"[> \t]*(?:[-*+]|\d+[.)])[ \t]+(?:`{3,}|~{3,})[ \t]*\{?\.?(?P<word>\w+)", re.ASCII
)
WORD = re.compile(r"\{?[ \t]*\.?(?P<word>[^\s{}=]*)(?P<rest>.*)")
ALIKE = 0.8
MOST_UNCLOSED = 100  # kinds of fences without an end on one page; after them none is looked for


class Fence(NamedTuple):
    """A block of ours; `first` and `last` are the indices of its opening and closing lines."""

    first: int
    last: int
    prefix: str
    show: bool
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The block's text without the prefix of its lines."""
        return "\n".join(self.lines)


@dataclass(frozen=True, slots=True)
class Suspect:
    """A line that looks like a fence of ours and is none."""

    index: int
    message: str
    remedy: str


@dataclass(slots=True)
class Found:
    """What a page's lines hold, in its order."""

    fences: list[Fence] = field(default_factory=list)
    suspects: list[Suspect] = field(default_factory=list)
    others: list[range] = field(default_factory=list)  # of other languages' fences, of comments


def find(lines: list[str]) -> Found:
    """Find our fences, the suspects, and the fences of other languages."""
    found = Found()
    closings: dict[tuple[str, str], int] = {}  # where a search for a closing line last failed
    nesting = Nesting() if any(map(_is_indented_opening, lines)) else None
    index = end = 0
    while index < len(lines):
        line, last = lines[index], None
        if nesting and nesting.is_code(line):
            index += 1
            continue
        opening = OPENING.fullmatch(line)
        if opening is not None:
            last = _closing(lines, index, opening, closings)
            _enter(found, lines, index, last, opening)
        elif line.lstrip("> \t").startswith("<!--"):
            end = _end_of_comment(lines, index, end)
            if end < len(lines) and not lines[end].partition("-->")[2].strip():
                last = end
                found.others.append(range(index, last + 1))
        else:
            _look_at_item(found, index, line)
        if nesting and (opening or last is not None):
            nesting.end_paragraph()
        index = index + 1 if last is None else last + 1
    return found


def _enter(
    found: Found, lines: list[str], index: int, last: int | None, opening: re.Match[str]
) -> None:
    """Enter a fence as one of ours, as a suspect or as one of another language."""
    info = opening["info"].strip(" \t")
    word, rest = _info(info)
    if _alike(word):
        trouble = _trouble(index, last, info, word, rest)
        if trouble:
            found.suspects.append(trouble)
        elif last is not None:
            found.fences.append(_fence(lines, index, last, opening["prefix"], rest))
    elif last is not None:
        found.others.append(range(index, last + 1))


def _look_at_item(found: Found, index: int, line: str) -> None:
    """Enter a line that has a list's mark and a fence."""
    glued = GLUED.match(line)
    if glued and _alike(glued["word"]):
        found.suspects.append(
            Suspect(
                index,
                "a fence cannot stand on a list item's own line",
                "put it on a line of its own, indented under the item",
            )
        )


def _is_indented_opening(line: str) -> bool:
    return line.startswith((" ", "\t", ">")) and OPENING.match(line) is not None


def _end_of_comment(lines: list[str], first: int, known: int) -> int:
    """The next line that ends a comment, given the last that was found: none is looked at twice."""
    position = max(first, known)
    while position < len(lines) and "-->" not in lines[position]:
        position += 1
    return position


def _info(info: str) -> tuple[str, str]:
    match = WORD.match(info)
    return (match["word"], match["rest"].strip(" \t}")) if match else ("", "")


def _alike(word: str) -> bool:
    if word.lower() == LANGUAGE:
        return True
    return bool(word) and SequenceMatcher(None, word.lower(), LANGUAGE).ratio() >= ALIKE


def _trouble(index: int, last: int | None, info: str, word: str, rest: str) -> Suspect | None:
    if word != LANGUAGE or info[:1] in "{.":
        return Suspect(index, f"```{info} is no computed block", f"write ```{LANGUAGE}")
    if rest not in {"", "show"}:
        return Suspect(
            index, f"a block takes no option {rest!r}", f"write ```{LANGUAGE} or ```{LANGUAGE} show"
        )
    if last is None:
        return Suspect(
            index,
            "the block is not closed",
            "close it with a line of as many backticks, indented like the first",
        )
    return None


def _closing(
    lines: list[str], index: int, opening: re.Match[str], failed: dict[tuple[str, str], int]
) -> int | None:
    prefix, ticks = opening["prefix"], opening["ticks"]
    if failed.get((prefix, ticks), -1) >= index or len(failed) >= MOST_UNCLOSED:
        return None
    for position in range(index + 1, len(lines)):
        rest = _without(lines[position], prefix)
        if rest is None:
            failed[prefix, ticks] = position - 1
            return None
        if rest.rstrip() == ticks:
            return position
    failed[prefix, ticks] = len(lines)
    return None


def _without(line: str, prefix: str) -> str | None:
    """The line after the prefix; None where it does not begin with it: the fence is unclosed."""
    if line.startswith(prefix):
        return line[len(prefix) :]
    if not line.strip("> \t") and len(line) <= len(prefix):
        return ""
    return "" if not line.strip() else None


def _fence(lines: list[str], first: int, last: int, prefix: str, rest: str) -> Fence:
    inside = tuple(_without(line, prefix) or "" for line in lines[first + 1 : last])
    return Fence(first, last, prefix, rest == "show", inside)
