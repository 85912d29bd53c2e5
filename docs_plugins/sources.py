"""Where each line of a page came from: its own file, or a snippet's.

A mark is put at the end of every line before snippets are inserted and taken off after; it names an
entry of a list of origins, so the position travels with the text. The marks, like everything that
stands for something of ours while a page is converted, are characters that no text holds (Unicode
keeps U+FDD0 to U+FDEF for such uses); where one does, it is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

MARK = re.compile("\ufdd5([0-9]+)\ufdd6")
RESERVED = re.compile("[\ufdd2-\ufdef]")
SNIPPET_MARKER = "8<-"  # a line that has it is snippets' own and must stay as it is


class Origin(NamedTuple):
    """A line of a file, as messages name it."""

    path: str
    line: int


class SnippetReader(Protocol):
    """The one method of snippets' preprocessor that is wrapped."""

    read_lines: Callable[[str], list[str]]


@dataclass(slots=True)
class Origins:
    """The origins of one page's lines while it is converted."""

    path: str
    offset: int = 0  # lines of front matter above the text
    listed: list[Origin] = field(default_factory=list)

    def mark(self, lines: list[str], path: str | None = None) -> list[str]:
        """Put a mark at the end of each line that is not one of snippets' own."""
        inside = False
        marked = []
        if RESERVED.search("\n".join(lines)):
            lines = [RESERVED.sub("", line) for line in lines]
        for number, line in enumerate(lines, 1):
            bare = SNIPPET_MARKER in line
            if bare and line.strip().strip("-") == SNIPPET_MARKER.strip("-"):
                inside = not inside
            if bare or inside:
                marked.append(line)
                continue
            origin = Origin(path or self.path, number + (0 if path else self.offset))
            marked.append(f"{line}\ufdd5{len(self.listed)}\ufdd6")
            self.listed.append(origin)
        return marked

    def unmark(self, lines: list[str]) -> tuple[list[str], list[Origin]]:
        """Take the marks off; a line without one is put at the last line before it that has one."""
        plain, origins = [], []
        last = Origin(self.path, 1 + self.offset)
        for line in lines:
            found = MARK.search(line)
            if found:
                last = self.listed[int(found[1])]
                line = line[: found.start()] + line[found.end() :]  # noqa: PLW2901
            plain.append(line)
            origins.append(last)
        return plain, origins

    def follow(self, snippets: SnippetReader, relative: Callable[[str], str]) -> None:
        """Have snippets' reader mark the lines of each file that it reads."""
        read = snippets.read_lines

        def read_marked(path: str) -> list[str]:
            return self.mark(read(path), relative(path))

        snippets.read_lines = read_marked
