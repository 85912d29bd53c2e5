r"""Find the formulas of a page, `$…$` and `$$…$$`: the processors of the Markdown converter.

1. A preprocessor writes behind every dollar which line it stands on, as one private-use character,
   so that a mistake can be named with its line wherever the text ends up (lists, quotes, tabs).
2. Inline and block processors take the formulas out of the text and leave one character in place of
   each.
3. A postprocessor puts the MathML in place of these characters (words, where it is inside an
   attribute), with the equations' numbers, once all of the page has been read.

A price stays text: the opening dollar is not followed by a space, the closing one neither follows a
space nor stands before a digit. `\$` is a dollar everywhere.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from markdown.blockprocessors import BlockProcessor
from markdown.inlinepatterns import InlineProcessor
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import ETX, STX, AtomicString

from docs_plugins.equations import (
    ENVIRONMENTS,
    FIRST_LINE,
    LAST_LINE,
    MARK,
    PIPE,
    Formulas,
    clean,
)
from docs_plugins.fences import find

if TYPE_CHECKING:
    from markdown import Markdown

    from docs_plugins.equations import Report

ESCAPED_BACKSLASH = f"{STX}92{ETX}"

OPENING = re.compile(
    rf"""
    <!--.*?--> | (?P<ticks>`+)(?:(?!\n[ \t]*\n).)*?(?<!`)(?P=ticks)(?!`) | `+
    | (?P<open> \$+ | \\eqref\{{[^{{}}\n]*\}} | \\begin\{{(?:{ENVIRONMENTS})\*?\}} )
    | \\.
    """,
    re.DOTALL | re.VERBOSE,
)
IN_A_CELL = re.compile(r"\$(?![\s$])((?:\\.|[^\\$`\n])+?)(?<!\s)\$(?![\d$])")
INLINE = (
    r"(?<!\\)((?:\\\\)+)(?=\$)"  # backslashes that escape each other: the dollar counts
    rf"|(?<![\\$])\$({MARK}?+)(?![\s$])((?:\\.|[^\\${STX}{ETX}])+?)(?<!\s)\$(?!\$){MARK}?+(?!\d)"
)
REFERENCE = rf"\\eqref\{{([^{{}}\n]*)\}}({MARK}?)"
DISPLAY = re.compile(rf"[ ]*\$\$({MARK}?)((?:\\.|[^\\$])+?)\$\${MARK}?[ ]*(?:\n|\Z)", re.DOTALL)
ENVIRONMENT = re.compile(
    rf"[ ]*(?=\\begin\{{(?:{ENVIRONMENTS})\*?\}}({MARK}?))"
    r"(\\begin\{(\w+\*?)\}(?:\\.|[^\\])*?\\end\{\3\})[ ]*(?:\n|\Z)",
    re.DOTALL,
)
START = re.compile(rf"[ ]{{0,3}}(?:\$\$|\\begin\{{(?:{ENVIRONMENTS})\*?\}})({MARK}?)")
START_WITHIN = re.compile(rf"\n[ \t]*(?=\$\$|\\begin\{{(?:{ENVIRONMENTS})\*?\}})")


def register(md: Markdown, report: Report) -> Formulas:
    r"""Let a converter read formulas; the caller resets what it gets back before each page."""
    formulas = Formulas(report)
    if "$" not in md.ESCAPED_CHARS:
        md.ESCAPED_CHARS = [*md.ESCAPED_CHARS, "$"]
    blocks = md.parser.blockprocessors
    md.preprocessors.register(Lines(formulas), "minigrad-formula-lines", 27)  # before code is taken
    blocks.register(Display(md, formulas), "minigrad-formula", 79.9)
    blocks.register(DisplayWithin(md), "minigrad-formula-within", 10.5)
    md.treeprocessors.register(Code(), "minigrad-formula-code", 31)
    md.inlinePatterns.register(Inline(formulas), "minigrad-formula", 189.9)
    md.inlinePatterns.register(Reference(formulas), "minigrad-eqref", 189.8)
    md.postprocessors.register(Put(formulas), "minigrad-formula", 9)
    return formulas


class Lines(Preprocessor):
    """Write behind every dollar which line it stands on."""

    def __init__(self, formulas: Formulas) -> None:
        """Work for one converter's formulas."""
        super().__init__()
        self.formulas = formulas

    def run(self, lines: list[str]) -> list[str]:
        """Return the lines with their marks; fences of code stay as they are."""
        self.formulas.lines = lines
        if not any("$" in line or "\\" in line for line in lines):
            return lines
        marked: list[str] = []
        for code in find(lines).others:
            marked += _marked_lines(lines[len(marked) : code.start], len(marked) + 1)
            marked += lines[code.start : code.stop]
        return marked + _marked_lines(lines[len(marked) :], len(marked) + 1)


def _marked_lines(lines: list[str], line: int) -> list[str]:
    """Mark some lines of the page, which begin at the given one."""
    text = "\n".join(lines)
    parts, end = [], 0
    for opening in OPENING.finditer(text):
        if opening["open"] is None or opening.start() < end:
            continue
        line += text.count("\n", end, opening.start())
        mark = chr(FIRST_LINE + line) if FIRST_LINE + line <= LAST_LINE else ""
        marked, stop = _marked(text, opening, mark)
        parts += [text[end : opening.start()], marked]
        end = stop
    return "".join([*parts, text[end:]]).split("\n") if lines else []


def _marked(text: str, opening: re.Match[str], mark: str) -> tuple[str, int]:
    """Mark one opening; a formula with a pipe whole, so that no cell of a table ends in it."""
    whole = IN_A_CELL.match(text, opening.start())
    if whole and "|" in whole[1] and re.search(r"[\\A-Za-z]", whole[1]):
        return f"${mark}{whole[1].replace('|', PIPE)}${mark}", whole.end()
    return opening[0] + mark, opening.end()


class Inline(InlineProcessor):
    """`$…$` in a line of text."""

    def __init__(self, formulas: Formulas) -> None:
        """Work for one converter's formulas."""
        super().__init__(INLINE)
        self.formulas = formulas

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[str, int, int]:  # type: ignore[override]  # noqa: N802, ARG002
        """Take the formula out of the text."""
        if m[1]:
            return ESCAPED_BACKSLASH * (len(m[1]) // 2), m.start(), m.end()
        return self.formulas.take_inline(m[3], m[2], m[0]), m.start(), m.end()


class Reference(InlineProcessor):
    r"""`\eqref{…}` in a line of text."""

    def __init__(self, formulas: Formulas) -> None:
        """Work for one converter's formulas."""
        super().__init__(REFERENCE)
        self.formulas = formulas

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[str, int, int]:  # type: ignore[override]  # noqa: N802, ARG002
        """Take the reference out of the text."""
        return self.formulas.take_reference(m[1], m[2], m[0]), m.start(), m.end()


class Display(BlockProcessor):
    """A formula on lines of its own, at the start of a block."""

    def __init__(self, md: Markdown, formulas: Formulas) -> None:
        """Work for one converter's formulas."""
        super().__init__(md.parser)
        self.formulas = formulas

    def test(self, parent: ET.Element, block: str) -> bool:  # noqa: ARG002
        """Whether the block starts as such a formula does."""
        return START.match(block) is not None

    def run(self, parent: ET.Element, blocks: list[str]) -> bool:
        """Take the formula out of the text; what follows it goes back to be read."""
        block = blocks[0]
        match = DISPLAY.match(block) or ENVIRONMENT.match(block)
        start = START.match(block)
        if match is not None:
            character = self.formulas.take_display(match[2], match[1], match[0])
            rest = block[match.end() :]
            read = 1
        elif start is not None and "$$" not in block[start.end() :]:
            character = self.formulas.take_mistake(
                "a formula that begins here does not end in the same block",
                start[1],
                block,
                "close it, and leave no blank line within",
            )
            rest, read = "", _until_closed(blocks)
        else:
            return False
        blocks[0:read] = [rest] if rest.strip() else []
        ET.SubElement(parent, "div").text = AtomicString(character)
        return True


def _until_closed(blocks: list[str]) -> int:
    """How many blocks a formula takes up that a blank line divides; 1 where nothing closes it."""
    for count, block in enumerate(blocks[1:], 2):
        if "$$" in block:
            opens = START.match(block) and clean(block).strip() != "$$"
            return 1 if opens else count
    return 1


class DisplayWithin(BlockProcessor):
    """A formula on lines of its own, directly under a line of text."""

    def __init__(self, md: Markdown) -> None:
        """Work for one converter."""
        super().__init__(md.parser)

    def test(self, parent: ET.Element, block: str) -> bool:  # noqa: ARG002
        """Whether a line within the block starts as such a formula does."""
        return START_WITHIN.search(block) is not None

    def run(self, parent: ET.Element, blocks: list[str]) -> bool:
        """Divide the block above the formula."""
        block = blocks.pop(0)
        match = START_WITHIN.search(block)
        assert match is not None  # noqa: S101  by test
        blocks.insert(0, block[match.end() :])
        self.parser.parseBlocks(parent, [block[: match.start()]])
        return True


class Code(Treeprocessor):
    """Keep code as it was typed, for whoever colours it."""

    def run(self, root: ET.Element) -> None:
        """Take the marks out of code."""
        for code in root.iter("code"):
            if code.text and re.search(f"{MARK}|{PIPE}", code.text):
                code.text = AtomicString(clean(code.text))


class Put(Postprocessor):
    """Put the formulas where they belong."""

    def __init__(self, formulas: Formulas) -> None:
        """Work for one converter's formulas."""
        super().__init__()
        self.formulas = formulas

    def run(self, text: str) -> str:
        """Return the HTML with its formulas."""
        return self.formulas.put(text)
