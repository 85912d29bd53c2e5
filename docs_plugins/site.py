"""One build of a site: begins each page, ends it, and knows at the end all that was wrong.

It knows nothing of MkDocs: paths and texts come in, HTML, problems and counts go out.
"""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from subprocess import list2cmdline
from typing import NamedTuple

from docs_plugins import extras
from docs_plugins.budget import LONGEST_PAGE, MOST_LINES
from docs_plugins.drift import differences, record
from docs_plugins.drift.files import ACCEPT_AGAIN, Unreadable, begins_as_record
from docs_plugins.elements import problem_box
from docs_plugins.fences import find
from docs_plugins.model import Computation
from docs_plugins.packing import Shelf
from docs_plugins.page import DEFINITION, Page
from docs_plugins.problems import Problem
from docs_plugins.references import BROKEN, TOKEN, ReferenceError, broken, read
from docs_plugins.sources import Origin, Origins
from docs_plugins.views import VIEWS

SHIELD = ("\ufdd0", "\ufdd1")
PUBLISHED = re.compile(r' data-mg-block="(\w+)"')
OURS = ("python", "-m", "docs_plugins")


class Source(NamedTuple):
    """A page's file as a build meets it."""

    path: str  # docs/backpropagation.md, as messages name it
    page: str  # backpropagation.md, as accept takes it
    text: str  # the whole file
    offset: int  # lines of front matter above what Markdown sees
    record_path: str
    record: bytes | None  # None: there is none that can be read
    unreadable: Unreadable | None = None  # why what stands in a record's place is not read
    root: str = "."  # from the built page to the site's folder
    link: str = ""  # the address that the path of a source is put behind, where it is known
    built: str = ""  # where the built page stands in the site
    others: Collection[str] = ()  # names that double braces have from other plugins


@dataclass
class Site:
    """What one build has met so far."""

    serving: bool = False
    config: str = ""  # the site's configuration, where commands do not find it by themselves
    keeping: bool = True  # whether computations are wanted once their pages are done
    pages: dict[str, Page] = field(default_factory=dict)  # by Source.page
    sources: dict[str, Source] = field(default_factory=dict)
    current: Source | None = None  # the page that is being converted, or was the last
    recorded: set[str] = field(default_factory=set)  # the texts of all pages' blocks
    problems: list[Problem] = field(default_factory=list)  # of no page: records without one
    orphans: tuple[Path, ...] = ()  # those records
    shelf: Shelf = field(default_factory=Shelf)
    files: dict[str, int] = field(default_factory=dict)  # on it: to publish, by their place there
    blocks: dict[str, tuple[str, ...]] = field(default_factory=dict)  # of each built page
    signs: set[str] = field(default_factory=set)  # that scripts set in the formulas' letters
    spent: float = 0.0  # seconds of processor time in our own pages

    def begin(self, source: Source) -> tuple[Page, Origins]:
        """Begin a conversion for a page: the page's own, or one within it or after it.

        Other plugins convert texts of their own with the site's extensions, such as docstrings or
        the beginning of a post. What is wrong with these is the page's mistake too; a block in
        them is one that a page has shown already, with its record.
        """
        known = self.pages.get(source.page) if source is self.current else None
        if known is not None and (known.blocks or not known.whole or known.ended):
            path = f"{source.path} (text that another plugin puts there)"
            page = Page(path, problems=known.problems, aside=self.recorded, others=source.others)
            return page, Origins(path)
        front = "\n".join(source.text.split("\n", source.offset)[: source.offset])
        page = Page(source.path, front, others=source.others)
        if known is not None:
            page.problems = known.problems
        self.current = source
        page.compare = lambda computations, locate: self._compare(source, computations, locate)
        self.pages[source.page] = page
        self.sources[source.page] = source
        return page, Origins(source.path, source.offset)

    def end(self, name: str, html: str) -> str:
        """End a page: add what it carries; while serving, show what is wrong with it."""
        page, source = self.pages.get(name), self.sources.get(name)
        if page is None or source is None:
            return html
        place = extras.Place(source.page, source.root, source.link)
        html, files = extras.finish(html, page.extras, page.computations, place)
        self.files |= {path: self.shelf.put(text) for path, text in files.items()}
        for text in (text for path, text in files.items() if path.endswith(".js")):
            self.signs.update(letter for letter in set(text) if letter > "~")
        self.blocks[source.built] = tuple(PUBLISHED.findall(html)) if page.blocks else ()
        page.counts, page.ended = _counts(page), True
        self.recorded.update(block.fence.text for block in page.blocks)
        if not self.keeping:
            page.blocks, page.computations, page.places = [], {}, []
            page.extras, page.compare = extras.Extras(), None
            del self.sources[name]
        met = dict.fromkeys(page.problems)
        loose = [problem for problem in met if str(problem) not in page.placed]
        loose += self.problems
        return problem_box(loose) + html if self.serving else html

    def add(self, other: Site) -> None:
        """Add what another build of the site has met, such as its pages in another language."""
        self.pages |= other.pages
        self.sources |= other.sources
        self.problems += other.problems
        self.spent += other.spent

    def all_problems(self) -> list[Problem]:
        """Everything that is wrong, page by page, in the order of the lines."""
        found = [problem for page in self.pages.values() for problem in sorted(page.problems)]
        return list(dict.fromkeys([*found, *self.problems]))

    def computing(self) -> set[PurePosixPath]:
        """The pages that have a record, or should have one, without their endings."""
        return {
            PurePosixPath(name).with_suffix("")
            for name, page in self.pages.items()
            if page.counts.get("blocks") or page.failed
        }

    def drifted(self) -> list[str]:
        """The pages whose record differs, as the accept command takes them."""
        return [name for name, page in self.pages.items() if page.drift]

    def verdict(self) -> str:
        """A build's last words where anything is wrong: how much, and the command that accepts."""
        count = len(self.all_problems())
        said = f"{count} problem{'s' if count > 1 else ''}, listed above"
        drifted = self.drifted()
        if not drifted:
            return said
        mistaken = any(
            set(self.pages[name].problems) - {*self.pages[name].drift} for name in drifted
        )
        first = "Mend the mistakes; then, i" if mistaken else "I"
        return f"{said}. {first}f the computed values are right: {self.accept(*drifted)}"

    def accept(self, *pages: str) -> str:
        """The command that accepts pages, ready to be copied into a shell."""
        words = [*command(), "accept", *(["-f", self.config] if self.config else [])]
        words += ["--", *pages] if any(page.startswith("-") for page in pages) else pages
        return list2cmdline(words) if sys.platform == "win32" else shlex.join(words)

    def published(self) -> Iterator[tuple[str, bytes]]:
        """The files that pages publish, by their places in the site."""
        return ((path, self.shelf.get(number)) for path, number in self.files.items())

    def summary(self) -> str:
        """One line that says what the build did."""
        names = ("blocks", "values", "figures", "cross-checks", "drifted")
        counts = {
            name: sum(page.counts.get(name, 0) for page in self.pages.values()) for name in names
        }
        listed = ", ".join(f"{count} {what}" for what, count in counts.items())
        return f"{listed}, {1000 * self.spent:.0f} ms"

    def _no_record(
        self, source: Source, message: str, line: int = 1, remedy: str = ACCEPT_AGAIN
    ) -> Problem:
        told = f"{remedy}: {self.accept(source.page)}"
        return Problem(source.record_path, line, "", message, told)

    def _without_record(self, source: Source) -> Problem:
        message = f"the page computes values and has no record {source.record_path}"
        return Problem(source.path, 1, "", message, self.accept(source.page))

    def _compare(
        self,
        source: Source,
        computations: Sequence[Computation],
        locate: Callable[[Computation, int], Origin],
    ) -> list[Problem]:
        page = self.pages[source.page]
        if not computations and (page.failed or not begins_as_record(source.record or b"")):
            return []  # a file that is named like a record, beside a page without blocks
        if source.unreadable:
            told = source.unreadable
            return [self._no_record(source, str(told), remedy=told.remedy)]
        if source.record is None:
            return [] if self.serving else [self._without_record(source)]
        try:
            found = differences.check(record.decode(source.record), computations)
        except record.RecordError as error:
            return [self._no_record(source, str(error), error.line, error.remedy)]
        known = {computation.name: computation for computation in computations}
        problems = []
        for difference in found:
            if difference.block in page.failed:
                continue
            if self.serving and difference.note == "block" and difference.recorded is None:
                continue
            computation = known.get(difference.block)
            if computation is not None and difference.line is not None:
                origin = locate(computation, difference.line)
            elif computation is not None:
                origin = locate(computation, computation.call.line)
            else:
                origin = Origin(source.path, 1)
            problems.append(Problem(origin.path, origin.line, difference.item, difference.message))
        return problems


def _counts(page: Page) -> dict[str, int]:
    computations = page.computations.values()
    return {
        "blocks": len(computations),
        "values": sum(len(c.numbers) for c in computations),
        "figures": sum(page.shown_views.values()),
        "cross-checks": sum(c.cross_checks for c in computations),
        "drifted": len(page.drift),
    }


_DRAWN = re.compile(
    r'<(?:(svg) [^<>]*mg-figure|(details|ul) class="mg-[a-z]+"[^<>]*data-search-exclude'
    r'|(table) class="mg-table"|(math) [^<>]*data-tex=)[^<>]*'
)
_TEXT = re.compile(">([^<]+)")


def for_search(html: str) -> str:
    """A page as a search index needs it: our tables and formulas as words.

    Drawings are left out, and what says where numbers came from: it is the same everywhere.
    """
    parts = []
    position = 0
    while drawn := _DRAWN.search(html, position):
        closing = f"</{drawn[drawn.lastindex or 0]}>"
        end = html.find(closing, drawn.end())
        end = len(html) if end < 0 else end + len(closing)
        parts.append(html[position : drawn.start()])
        if drawn[1] is drawn[2] is None:
            parts.append(_words(html[drawn.start() : end]))
        position = end
    return "".join([*parts, html[position:]])


def _words(html: str) -> str:
    """The text of an element, white space behind each cell: a line's end, or else a space."""
    return "".join(_TEXT.findall(html.replace("</td><", "</td> <").replace("</th><", "</th> <")))


def words_of(view: str) -> str:
    """The words of one of our views, and nothing of its tags."""
    return "".join(_TEXT.findall(for_search(view)))


def command() -> tuple[str, ...]:
    """What our commands begin with, typed where the build was: a module of our name hides ours."""
    own = Path(__file__).parent.name
    theirs = Path(own, "__init__.py")
    hidden = Path(f"{own}.py").is_file() or (
        theirs.is_file() and not theirs.samefile(Path(__file__).with_name("__init__.py"))
    )
    return ("deepnotes",) if hidden else OURS


def shield(markdown: str, others: Collection[str] = ()) -> str:
    """Hide the braces of our references from others, who have given these names a meaning."""
    markdown = markdown.replace(SHIELD[0], "").replace(SHIELD[1], "")
    if "{{" not in markdown or len(markdown) > LONGEST_PAGE or markdown.count("\n") > MOST_LINES:
        return markdown
    fences = find(markdown.split("\n")).fences
    names = {a or b for fence in fences for a, b in DEFINITION.findall(fence.text)}

    def hide(token: re.Match[str]) -> str:
        try:
            ours = read(token["body"], names, VIEWS, others) is not None
        except ReferenceError:
            ours = True
        return token[0].replace("{{", SHIELD[0]).replace("}}", SHIELD[1]) if ours else token[0]

    def hide_open(found: re.Match[str]) -> str:
        return found[0].replace("{{", SHIELD[0]) if broken(found, names, others) else found[0]

    return BROKEN.sub(hide_open, TOKEN.sub(hide, markdown))


def unshielded(markdown: str) -> str:
    """The same text with its braces again."""
    return markdown.replace(SHIELD[0], "{{").replace(SHIELD[1], "}}")


def lines_above(source: str, markdown: str) -> int:
    """How many lines of front matter stand above a page's text in its file."""
    return source[: len(source) - len(markdown)].count("\n") if source.endswith(markdown) else 0
