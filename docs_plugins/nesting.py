"""Tell lines that Markdown takes for code by their indentation from those inside an item or note.

A line that is indented by four more than what it stands in, and begins its paragraph, is code.
What it stands in is a list's item, a note, a tab, a definition, a footnote; each has its content
indented by four. Where a line may be either, it is no code.
"""

from __future__ import annotations

import re

INDENT = 4
HOLDER = re.compile(
    r"(?:[-*+]|\d+[.)]|[A-Za-z][.)]|:)[ ]+\S"  # items of lists, definitions
    r'|!!!|\?\?\?|===[!+]?[ ]*["\']|\[\^[^\]]+\]:'  # notes, tabs, footnotes
)
QUOTE = re.compile(r"[ ]{0,3}>[ ]?")
HTML = re.compile(r"(?i)<(/?)(?:article|aside|center|details|div|figure|main|section|table)\b")


class Nesting:
    """What the lines read so far leave open."""

    def __init__(self) -> None:
        """Begin a page."""
        self._contents: list[list[int]] = [[]]  # by depth of quotes: where held lines begin
        self._blank: int | None = 0  # in how many quotes the line before was blank, if it was
        self._code = False
        self._elements = 0  # of HTML that are open: what is inside is left as it stands

    def is_code(self, line: str) -> bool:
        """Read the next line outside of fences; says whether it belongs to code."""
        text = line.expandtabs(INDENT)
        if "<" in text:
            self._elements += sum(-1 if end else 1 for end in HTML.findall(text))
        depth = 0
        while quote := QUOTE.match(text):
            self._leave(depth, quote.end() - len(quote[0].lstrip()), begins=self._begins(depth))
            text = text[quote.end() :]
            depth += 1
            if depth == len(self._contents):
                self._contents.append([])
        inside = text.lstrip(" ")
        if not inside:
            self._blank = depth
            return self._code
        del self._contents[depth + 1 :]
        indent, holder = len(text) - len(inside), HOLDER.match(inside) is not None
        less = indent < self._base(depth) + INDENT  # than code
        begins = self._begins(depth) or (less if self._code else holder)
        self._leave(depth, indent, begins=begins)
        base, self._blank = self._base(depth), None
        if begins:
            self._code = indent >= base + INDENT and self._elements <= 0
        if holder and not self._code:
            self._contents[depth].append(base + INDENT)
        return self._code

    def end_paragraph(self) -> None:
        """Note that a fence or a comment stood here."""
        self._blank, self._code = None, False

    def _begins(self, depth: int) -> bool:
        """Whether a line in so many quotes begins a paragraph."""
        return self._blank is not None and self._blank <= depth

    def _base(self, depth: int) -> int:
        """Where lines in so many quotes begin."""
        return self._contents[depth][-1] if self._contents[depth] else 0

    def _leave(self, depth: int, indent: int, *, begins: bool) -> None:
        """Close what a line that begins a paragraph does not stand in."""
        while begins and indent < self._base(depth):
            self._contents[depth].pop()
