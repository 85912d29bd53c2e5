"""The Python-Markdown extension: blocks, references and formulas, by entry point `minigrad`.

Three steps. Before anything is inserted, each line is marked with where it came from. When every
line is there, our fences are computed and each reference becomes one private character. When the
HTML is whole, the characters become numbers, views and links.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from docs_plugins import extras, fences, formulas, places
from docs_plugins.budget import TooMuch
from docs_plugins.elements import count_numbers, without_paths
from docs_plugins.equations import Formulas
from docs_plugins.page import Page
from docs_plugins.problems import Problem
from docs_plugins.references import BROKEN, TOKEN
from docs_plugins.site import unshielded
from docs_plugins.sources import Origin, Origins

HEADING = re.compile(r"[> \t]*#{1,6}[ \t]")
ID = re.compile(r"#[\w-]")
LOOKED_BACK = 80  # characters before a reference, for a typed =
LOOKED_AHEAD = 12  # characters behind one, for digits that would be read with its number
UNDERLINE = re.compile(r"[> \t]*(?:=+|-+)[ \t]*$")


class PageError(ValueError):
    """Everything that is wrong with a page, raised at the end of its conversion."""

    def __init__(self, problems: list[Problem]) -> None:
        """List every problem in the message, a line each."""
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class MinigradExtension(Extension):
    """Computed blocks, values and views in Markdown; `formulas` sets TeX between dollars."""

    def __init__(self, **options: Any) -> None:
        """Declare the options."""
        self.config = {
            "formulas": [False, "Turn $…$ and $$…$$ into MathML"],
            "path": ["page.md", "The page's path as messages name it"],
        }
        self.page_maker: Callable[[], tuple[Page, Origins]] | None = None  # MkDocs' plugin sets it
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        """Register the three steps and, where asked for, the formulas."""
        conversion = Conversion(md, self)
        if self.getConfig("formulas"):
            conversion.formulas = formulas.register(md, conversion.report_formula)
        md.preprocessors.register(Mark(md, conversion), "minigrad-mark", 33)
        md.preprocessors.register(Unmark(md, conversion), "minigrad-unmark", 31.5)
        md.preprocessors.register(Take(md, conversion), "minigrad-take", 28)
        md.treeprocessors.register(Whole(md, conversion), "minigrad-whole", -100)
        md.postprocessors.register(Put(md, conversion), "minigrad-put", -10)

    def start(self) -> tuple[Page, Origins]:
        """Begin a page."""
        if self.page_maker is not None:
            return self.page_maker()
        path = str(self.getConfig("path"))
        return Page(path), Origins(path)


class Conversion:
    """What the steps of one page's conversion share."""

    def __init__(self, md: Markdown, extension: MinigradExtension) -> None:
        """Begin with an empty page; `Mark` begins each real one."""
        self.md = md
        self.extension = extension
        self.page, self.origins = Page(""), Origins("")
        self.lines: list[Origin] = []
        self.taken: list[Origin] = []  # of the lines that `Take` leaves
        self.text = ""  # the lines after that
        self.formulas: Formulas | None = None

    def begin(self) -> None:
        """Begin a page and follow the snippets that it inserts."""
        self.page, self.origins = self.extension.start()
        self.whole = False
        if self.formulas is not None:
            self.formulas.reset()
        if "snippet" in self.md.preprocessors:
            snippets = self.md.preprocessors["snippet"]
            if hasattr(snippets, "read_lines") and "read_lines" not in vars(snippets):
                self.origins.follow(snippets, _relative)

    def report_formula(self, message: str, line: int, remedy: str) -> str:
        """Collect a mistake in a formula; returns what stands on the page instead."""
        origin = self.taken[min(line, len(self.taken)) - 1]
        mistake = str(self.page.problem(origin, message, remedy))
        self.page.placed.add(mistake)
        return f'<span class="mg-problem" data-mg-problem>{escape(mistake)}</span>'

    def equations(self) -> dict[str, places.Numbered]:
        """Return the numbered equations by their labels."""
        known = self.formulas.equations() if self.formulas is not None else {}
        return {
            label: places.Numbered(equation.id, f"({equation.number})")
            for label, equation in known.items()
        }


def _relative(path: str) -> str:
    try:
        return Path(path).relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path


class Step(Preprocessor):
    """A preprocessor that knows the conversion it belongs to."""

    def __init__(self, md: Markdown, conversion: Conversion) -> None:
        """Keep the conversion."""
        super().__init__(md)
        self.conversion = conversion


class Mark(Step):
    """Begins a page: marks each line with where it stands (before snippets, at 32)."""

    def run(self, lines: list[str]) -> list[str]:
        """Mark the lines; of a page that is too long to be read there are none."""
        self.conversion.begin()
        page, origins = self.conversion.page, self.conversion.origins
        try:
            page.check_length("\n".join(lines), Origin(origins.path, 1 + origins.offset))
        except TooMuch:
            page.refuse()
            return [""]
        return origins.mark(lines)


class Unmark(Step):
    """Takes the marks off once every line is there (after snippets, before white space at 30)."""

    def run(self, lines: list[str]) -> list[str]:
        """Take the marks off and keep the origins."""
        plain, self.conversion.lines = self.conversion.origins.unmark(lines)
        return plain


class Take(Step):
    """Computes our fences and takes our references out (before fences are listed, at 25)."""

    def run(self, lines: list[str]) -> list[str]:
        """Return the lines with one private character for each block and reference.

        Nothing is left of a page that asks for too much: it is not converted for long either.
        """
        page = self.conversion.page
        try:
            text = places.CHARACTER.sub(lambda own: page.keep(own[0]), "\n".join(lines))
            lines = text.split("\n")
            taken, self.conversion.taken = take(lines, self._origins(len(lines)), page)
        except TooMuch:
            page.refuse()
            taken, self.conversion.taken = [""], self._origins(1)
        self.conversion.text = "\n".join(taken)
        page.check_record()
        return taken

    def _origins(self, count: int) -> list[Origin]:
        """The lines' origins; the last one again for lines that white space added at the end."""
        known = self.conversion.lines or [Origin(self.conversion.page.path, 1)]
        return known[:count] + [known[-1]] * (count - len(known))


class Whole(Treeprocessor):
    """Notes that the tree is done: the contents go through the postprocessors before."""

    def __init__(self, md: Markdown, conversion: Conversion) -> None:
        """Keep the conversion."""
        super().__init__(md)
        self.conversion = conversion

    def run(self, root: Element) -> None:  # noqa: ARG002  (the interface)
        """Note it."""
        self.conversion.whole = True


class Put(Postprocessor):
    """Fills the places once the HTML is whole (after every other postprocessor)."""

    def __init__(self, md: Markdown, conversion: Conversion) -> None:
        """Keep the conversion."""
        super().__init__(md)
        self.conversion = conversion

    def run(self, text: str) -> str:
        """Return the page with numbers, views and links in place."""
        page = self.conversion.page
        if not self.conversion.whole:
            return text
        page.text = self.conversion.text
        html = places.put(text, page.places, self.conversion.equations(), page.collect)
        page.check_typed(text + self._labels(), html, page.text, self.conversion.taken)
        page.check_forged(text, page.text, self.conversion.taken)
        if page.aside is not None:
            html = without_paths(extras.without_marks(html))
        elif self.conversion.extension.page_maker is None:
            html = extras.without_marks(html)
        else:
            html += page.extras.numbers(html, page.computations)
        html = count_numbers(html)
        self._fill_contents(page)
        page.whole = True
        if self.conversion.extension.page_maker is None and page.problems:
            raise PageError(sorted(dict.fromkeys(page.problems)))
        return html

    def _contents(self) -> Iterator[dict[str, Any]]:
        """Every entry of the table of contents."""
        pending = list(getattr(self.md, "toc_tokens", []))
        while pending:
            token = pending.pop()
            yield token
            pending += token["children"]

    def _labels(self) -> str:
        """What the table of contents says in place of headings: it stands nowhere else."""
        labelled = (token["name"] for token in self._contents() if token.get("data-toc-label"))
        return "".join(f"<p>{name}</p>" for name in labelled)

    def _fill_contents(self, page: Page) -> None:
        """Headings were copied into the table of contents before their numbers were there."""
        for token in self._contents():
            for key in ("name", "html"):
                if key in token:
                    token[key] = places.plain(token[key], page.places)
        if hasattr(self.md, "toc"):
            self.md.toc = places.plain(self.md.toc, page.places)


def take(lines: list[str], origins: list[Origin], page: Page) -> tuple[list[str], list[Origin]]:
    """Compute every fence of ours, then take the references out of all lines of ours.

    Returns the lines that are left, and where each of them comes from. Raises `TooMuch` for a page
    that asks for more than one page may.
    """
    found = fences.find(lines)
    for suspect in found.suspects:
        origin = origins[suspect.index]
        page.spend("blocks", origin)
        page.problem(origin, suspect.message, suspect.remedy)
    held = {
        fence.first: page.add_block(fence, origins[fence.first : fence.last + 1])
        for fence in found.fences
    }
    ours = {fence.first: fence for fence in found.fences}
    foreign = {index for lines_ in found.others for index in lines_}
    taken: list[str] = []
    kept: list[Origin] = []
    index = 0
    while index < len(lines):
        fence = ours.get(index)
        if fence is not None:
            taken += _listing(lines, fence) if fence.show else []
            taken += [fence.prefix.rstrip(), fence.prefix + held[index], fence.prefix.rstrip()]
            kept += origins[fence.first : fence.last + 1] if fence.show else []
            kept += [origins[fence.last]] * 3
            index = fence.last + 1
            continue
        line = unshielded(lines[index])
        if index not in foreign:
            following = lines[index + 1] if index + 1 < len(lines) else ""
            line = take_references(line, following, origins[index], page)
        taken.append(line)
        kept.append(origins[index])
        index += 1
    return taken, kept


def _listing(lines: list[str], fence: fences.Fence) -> list[str]:
    """The block's text as a fence of Python, for whichever extension of the site lists code."""
    opening = lines[fence.first].split(fences.LANGUAGE, 1)[0].rstrip()
    return [f"{opening}python", *lines[fence.first + 1 : fence.last + 1]]


def take_references(line: str, following: str, origin: Origin, page: Page) -> str:
    """Put one character in place of each reference of ours in a line."""
    if "{{" not in line:
        return line
    taken: list[str] = []
    position = 0
    heading, underlined = HEADING.match(line), UNDERLINE.match(following)
    first = len(line) - len(line.lstrip())
    named = _has_id(line) if heading or underlined else True
    for token in TOKEN.finditer(line):
        before = line[max(0, token.start() - LOOKED_BACK) : token.start()]
        if taken and position == token.start():
            before = "0"  # what stands there may end with a digit
        after = line[token.end() : token.end() + LOOKED_AHEAD]
        place = page.add_reference(token[0], token["body"], origin, before, after)
        if place is None:
            continue
        if not named and (heading or token.start() > first):
            page.problem(
                origin,
                "a number in a heading would be part of the heading's address",
                "end the heading with an id: {#name}",
            )
        taken += [line[position : token.start()], place]
        position = token.end()
    return _take_broken("".join(taken) + line[position:], following, origin, page)


def _take_broken(line: str, following: str, origin: Origin, page: Page) -> str:
    """Put one character in place of what is left of double braces of ours."""
    if "{{" not in line:
        return line

    def take(found: re.Match[str]) -> str:
        place = page.add_broken(found, origin) if found.start() < len(line) else None
        return place or found[0]

    below = f"\n{following}"
    return BROKEN.sub(take, line + below).removesuffix(below)


def _has_id(heading: str) -> bool:
    """Whether a heading ends with an id of its own: {#name}."""
    text = TOKEN.sub("", heading).rstrip(" \t").rstrip("#").rstrip(" \t")
    inside = text[text.rfind("{") + 1 : -1]
    return text.endswith("}") and "{" in text and "}" not in inside and bool(ID.search(inside))
