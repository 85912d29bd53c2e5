"""Check a built site from its HTML alone: compute every block again, compare each shown number.

A number must be what it says it is, down to the last shown digit; a view must show what the same
view of the same computation shows now; and each block must have as many numbers on the page as
when it was built, so that one whose mark was taken off is missed.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from docs_plugins import compute, language, references
from docs_plugins.budget import Budget, TooMuch
from docs_plugins.drift import beside, differences, digits, files, inventory, offered, record
from docs_plugins.drift.beside import without_space
from docs_plugins.drift.published import PublishedView, plain, read
from docs_plugins.drift.rows import call_text
from docs_plugins.extras import provenance
from docs_plugins.numbers import FormatError, show
from docs_plugins.problems import Problem
from docs_plugins.views import VIEWS
from docs_plugins.views.base import NOT_DRAWN, Request, read_options

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from docs_plugins.drift.published import (
        Published,
        PublishedAttributes,
        PublishedBlock,
        PublishedFact,
        PublishedLabel,
        PublishedNumber,
    )
    from docs_plugins.model import Computation, Number
    from docs_plugins.numbers import Shown

    Report = Callable[[int, str, str], None]
    Computed = Mapping[str, Computation]

MOST_LISTED = 1_000  # differences of one page
LARGEST_PAGE = 40_000_000  # bytes
_CONTEXT = 24  # characters shown on either side of where two views part


@dataclass(slots=True)
class Verdict:
    """What the check of one page, or of a whole site, found."""

    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    pages: int = 0
    blocks: int = 0
    numbers: int = 0
    views: int = 0
    offered: set[Path] = field(default_factory=set)  # the files that the pages come with
    computations: tuple[Computation, ...] = ()

    def add(self, other: Verdict) -> None:
        """Take another page's findings in."""
        self.problems += other.problems
        self.notes += [note for note in other.notes if note not in self.notes]
        self.pages += other.pages
        self.blocks += other.blocks
        self.numbers += other.numbers
        self.views += other.views
        self.offered |= other.offered


def verify_page(html: str, path: str, folder: offered.Folder | None = None) -> Verdict:
    """Check one page; `path` is how messages name it, `folder` where its files stand."""
    found = read(html)
    verdict = Verdict(blocks=len(found.blocks), numbers=len(found.numbers), views=len(found.views))
    verdict.pages = int(bool(found.blocks or found.numbers or found.views))
    report = partial(_report, verdict.problems, path)
    if found.too_deep is not None:
        report(found.too_deep, "", "computed elements stand too deep inside each other to be ours")
    computed: dict[str, Computation] = {}
    budget = Budget()
    try:
        _compute_all(found, computed, budget, report, verdict)
        _compare(found, computed, budget, report)
        if folder is not None:
            budget.take("references", len(found.files))
            graph = partial(_graph, found, budget)
            verdict.offered = offered.check(found, computed, graph, folder, report)
    except TooMuch as error:
        told = f"{error}: it is none of ours, and not checked to its end"
        verdict.problems.append(Problem(path, 1, "", told))
    verdict.computations = tuple(computed.values())
    return verdict


def _compute_all(
    found: Published,
    computed: dict[str, Computation],
    budget: Budget,
    report: Report,
    verdict: Verdict,
) -> None:
    for block in found.blocks:
        budget.take("blocks")
        computation = _compute(block, report, verdict)
        if computation is not None:
            budget.take_computed(computation)
        if block.name in computed:
            report(block.line, block.name, "the block stands twice on the page")
        elif computation is not None:
            computed[block.name] = computation


def _compare(found: Published, computed: Computed, budget: Budget, report: Report) -> None:
    known = {block.name for block in found.blocks}
    for number in found.numbers:
        _check_number(number, computed, known, report)
    for attributes in found.attributes:
        _check_attributes(attributes, computed, report)
    for fact in found.facts:
        _check_fact(fact, computed, found, report)
    for label in found.labels:
        _check_label(label, report)
    for view in found.views:
        budget.take("views")
        _check_view(view, computed, known, budget, report)
    _check_counts(found, report)


def _report(problems: list[Problem], path: str, line: int, item: str, message: str) -> None:
    problems.append(Problem(path, line, item, message))
    if len(problems) >= MOST_LISTED:
        raise TooMuch(f"{MOST_LISTED:,} differences on one page")


def _compute(block: PublishedBlock, report: Report, verdict: Verdict) -> Computation | None:
    try:
        program = language.parse(block.text)
        call = next((call for call in program.calls if call.name == block.name), None)
        if call is None:
            report(block.line, block.name, "the block's text has no call of this name")
            return None
        computation = compute.run(program, call)
    except language.ProgramError as error:
        report(block.line, block.name, f"the block's text cannot be read: {error}")
        return None
    except compute.ComputationError as error:
        for mistake in error.mistakes:
            report(block.line, mistake.item or block.name, mistake.message)
        return None
    if block.engine != computation.engine:
        verdict.notes.append(
            f"computed by minigrad {block.engine or '(unknown)'}, checked by {computation.engine}"
        )
    return computation


# --- numbers ---


def _check_number(
    shown: PublishedNumber, computed: Computed, known: set[str], report: Report
) -> None:
    block, _, path = shown.path.partition(".")
    computation = computed.get(block)
    if computation is None:
        if block not in known:
            report(shown.line, shown.path, f"shown {shown.text}, but the page has no block {block}")
        return
    number = computation.numbers.get(path)
    if number is None:
        if shown.view.partition(".")[0] != block or not _drawn_by_a_view(path, computation):
            report(shown.line, shown.path, f"shown {shown.text}, but {block} has no such value")
        return
    try:
        expected = show(number, shown.format)
    except FormatError as error:
        report(shown.line, shown.path, f"shown {shown.text}, in no format: {error}")
        return
    if not shown.inside:
        _check_shown(shown, number, expected, report)


def _check_shown(shown: PublishedNumber, number: Number, expected: Shown, report: Report) -> None:
    if not digits.same(shown.text, plain(expected.text), number):
        report(shown.line, shown.path, f"shown {shown.text}, computed {number.value!r}")
    elif shown.formula and expected.tex not in shown.formula:
        report(shown.line, shown.path, f"the formula's TeX does not show {expected.tex}")
    elif shown.relation == "=" and expected.relation != "=":
        report(shown.line, shown.path, f"shown as = {shown.text}, but it is rounded")
    elif not shown.view:
        _check_beside(shown, expected.tex, report)


def _check_beside(shown: PublishedNumber, tex: str, report: Report) -> None:
    """Miss nothing that makes a number another one: a digit, a sign, a power of ten beside it."""
    after = beside.GLUED_AFTER.match(shown.after)
    if beside.GLUED_BEFORE.search(shown.before):
        told = f"digits stand right before {shown.text}"
    elif shown.before.endswith(beside.MINUS) and not _has_minus(shown, tex):
        told = f"a minus stands right before {shown.text}, and none did when it was published"
    elif after is not None and not _has_power(shown, tex):
        told = f"“{after[0]}” stands right behind {shown.text}"
    else:
        return
    report(shown.line, shown.path, f"{told}: it is another number")


def _has_minus(shown: PublishedNumber, tex: str) -> bool:
    """Whether the writer has a minus before a number: a formula has it in its TeX."""
    return shown.minus or bool(re.search(rf"-[\s{{]*{re.escape(tex)}", shown.formula))


def _has_power(shown: PublishedNumber, tex: str) -> bool:
    """Whether the writer multiplies by ten in a formula."""
    times = rf"{re.escape(tex)}[\s}}]*(?:\\times|×)[\s{{]*10"
    return shown.after.startswith("×") and bool(re.search(times, shown.formula))


def _check_attributes(shown: PublishedAttributes, computed: Computed, report: Report) -> None:
    """Look for the numbers of a tag's attributes, in their order."""
    expected = list(_expected(shown, computed))
    missed = digits.missed(expected, shown.values)
    if missed is not None:
        message = f"an attribute does not show {missed.text}, which it has"
        report(shown.line, missed.path, message)


def _expected(shown: PublishedAttributes, computed: Computed) -> Iterator[digits.Expected]:
    """Path, number and text of what a tag's attributes say that they have."""
    for path, format in shown.numbers:
        block, _, inside = path.partition(".")
        number = computed[block].numbers.get(inside) if block in computed else None
        if number is not None:
            with suppress(FormatError):  # which was reported
                yield digits.Expected(path, number, plain(show(number, format).text))


def _drawn_by_a_view(path: str, computation: Computation) -> bool:
    """Whether only a view shows this number, such as a step of a descent: the view is checked."""
    head = path.partition(".")[0].partition("[")[0]
    return head in VIEWS and head != "jacobian" and computation.by_address(head) is None


# --- what is told of a block ---


def _check_fact(fact: PublishedFact, computed: Computed, found: Published, report: Report) -> None:
    block, _, name = fact.path.partition(".")
    computation = computed.get(block)
    if computation is None:
        return
    expected = provenance.facts(computation).get(name)
    if name == "engine":
        expected = next(b.engine for b in found.blocks if b.name == block)
    if expected is None or fact.text != without_space(expected):
        report(fact.line, fact.path, f"told as “{fact.text[:80]}”, it is “{(expected or '')[:80]}”")


def _check_label(label: PublishedLabel, report: Report) -> None:
    """Hold the list of numbers to the path that the number itself has."""
    block = label.path.partition(".")[0]
    expected = without_space(label.path) if label.tag == "code" else f"block{block}"
    if label.text != expected:
        message = f"listed as “{label.text[:80]}”, it is “{expected[:80]}”"
        report(label.line, label.path, message)


# --- views ---


def _check_view(
    view: PublishedView, computed: Computed, known: set[str], budget: Budget, report: Report
) -> None:
    block, _, name = view.name.partition(".")
    computation = computed.get(block)
    if computation is None:
        if block not in known:
            report(view.line, view.name, f"the page has no block {block}")
        return
    try:
        drawn = _draw(view, computation, budget)
    except (references.ReferenceError, *NOT_DRAWN, compute.ComputationError) as error:
        report(view.line, view.name, f"the view cannot be drawn again: {error}")
        return
    again = next(iter(read(drawn).views), None) if drawn else None
    if again is None:
        report(view.line, view.name, f"there is no view {name} to draw it again")
        return
    if view.text != again.text:
        shown, expected = _parting(view.text, again.text)
        report(view.line, view.name, f"the view shows “{shown}”, computed “{expected}”")
    elif view.drawn != again.drawn:
        pairs = zip_longest(view.drawn, again.drawn, fillvalue="nothing")
        there, here = next((a, b) for a, b in pairs if a != b)
        there, here = _parting(there, here)
        report(view.line, view.name, f"the view draws “{there}”, computed “{here}”")


def _draw(view: PublishedView, computation: Computation, budget: Budget) -> str | None:
    """The HTML of a view as it is drawn now; None where there is no such view."""
    body = f"{view.name} {view.options}"
    use = references.read(body, {computation.name}, VIEWS)
    if not isinstance(use, references.Use):
        return None
    drawn = VIEWS[use.view]
    options = read_options(drawn, use.options)
    request = Request(
        computation,
        options,
        view.id,
        view.caption,
        rerun=budget.spending(partial(compute.rerun, computation)),
        work=partial(compute.work, computation),
    )
    return drawn.render(request)


def _graph(found: Published, budget: Budget, computation: Computation) -> str | None:
    """The graph to take away: the first of the block on the page, or else one of its own."""
    budget.take("views")
    name = f"{computation.name}.graph"
    view = next((view for view in found.views if view.name == name), None)
    own = PublishedView(name, "", f"{computation.name}-figure", None, "", (), 1)
    try:
        return _draw(view or own, computation, budget)
    except (references.ReferenceError, *NOT_DRAWN, compute.ComputationError):
        return None


def _parting(shown: str, expected: str) -> tuple[str, str]:
    """Where two texts part: an excerpt of each."""
    pairs = enumerate(zip_longest(shown, expected))
    at = next((index for index, (a, b) in pairs if a != b), 0)
    cut = slice(max(0, at - _CONTEXT), at + _CONTEXT)
    return shown[cut], expected[cut]


# --- counts ---


def _check_counts(found: Published, report: Report) -> None:
    counts = Counter(number.path.partition(".")[0] for number in found.numbers)
    views = {view.id for view in found.views}
    names = {block.name for block in found.blocks}
    for block in found.blocks:
        for missing in sorted(set(block.beside) - names):
            report(block.line, missing, f"the block was published beside {block.name} and is gone")
        if block.count is None:
            report(block.line, block.name, "the block does not say how many numbers it has")
        elif block.count != counts[block.name]:
            message = f"{counts[block.name]} numbers of it are marked, {block.count} were published"
            report(block.line, block.name, message)
        for missing in sorted(set(block.views) - views):
            report(block.line, block.name, f"the view {missing} was published and is not marked")


def against(path: Path, computations: Sequence[Computation], page: str) -> list[Problem]:
    """Compare what a page computes with a record."""
    try:
        found = differences.check(record.decode(path.read_bytes()), computations)
    except record.RecordError as error:
        return [Problem(path.as_posix(), error.line, "", str(error), error.remedy)]
    return [
        Problem(path.as_posix(), one.record_line or 1, one.item, f"{one.message} ({page})")
        for one in found
    ]


# --- sites ---


def verify_site(path: Path, docs: Path | None = None, left_out: Collection[str] = ()) -> Verdict:
    """Check a built page, or every page in a folder; with `docs`, against the records there too.

    What `left_out` names by its place in the folder is not looked at.
    """
    verdict = Verdict()
    found_pages = (page for page in sorted(path.rglob("*.html")) if page.is_file())
    pages = list(found_pages) if path.is_dir() else [path]
    whole = path.is_dir() and (len(pages) != 1 or any(inventory.lists(path)))
    if whole:
        pages = _kept(pages, path, left_out, verdict)
    else:  # saved, in a folder of its own or not
        (path,) = pages
    blocks: dict[Path, tuple[str, ...]] = {}
    computed: dict[Path, Sequence[Computation]] = {}
    for page in pages:
        found = _verify_file(page, offered.Folder(page, path if whole else page.parent, whole))
        verdict.add(found)
        blocks[page] = tuple(computation.name for computation in found.computations)
        if docs is not None and found.computations:
            computed[page] = found.computations
    if docs is not None:
        unused = _compare_with_records(computed, path, docs, verdict)
        if whole:
            _tell_unused(unused, path, docs, left_out, verdict)
    if whole:
        _check_whole(path, blocks, left_out, verdict)
    return verdict


def _kept(
    pages: Sequence[Path], site: Path, left_out: Collection[str], verdict: Verdict
) -> list[Path]:
    """The pages to look at; notes the others."""
    kept = []
    for page in pages:
        if _is_left_out(page, site, left_out):
            verdict.notes.append(f"{page.as_posix()} is left out: nothing of it is verified")
        else:
            kept.append(page)
    return kept


def _is_left_out(path: Path, site: Path, left_out: Collection[str]) -> bool:
    """Whether a file of a site, or a folder that it is in, is named as one to leave out."""
    place = path.relative_to(site)
    inside = [part.as_posix() for part in (place, *place.parents[:-1])]
    patterns = map(posixpath.normpath, left_out)
    return any(fnmatchcase(part, pattern) for pattern in patterns for part in inside)


def _compare_with_records(
    computed: Mapping[Path, Sequence[Computation]], site: Path, docs: Path, verdict: Verdict
) -> Collection[Path]:
    """Compare each page with its record; returns the records that are no page's."""
    unused = _by_file(files.all_records(docs))
    at_place = {page: _record_at_place(page, site, docs) for page in computed}
    for taken in filter(None, at_place.values()):
        unused.pop(taken.resolve(), None)
    for page, computations in computed.items():
        recorded = at_place[page] or _record_alike(docs, computations, unused)
        if recorded is None:
            message = f"there is no record of what this page computes in {docs.as_posix()}"
            verdict.problems.append(Problem(page.as_posix(), 1, "", message))
        else:
            unused.pop(recorded.resolve(), None)
            verdict.problems += against(recorded, computations, page.as_posix())
    return unused.values()


def _verify_file(page: Path, folder: offered.Folder) -> Verdict:
    size = page.stat().st_size
    if size > LARGEST_PAGE:
        told = f"the page has {size:,} bytes, more than {LARGEST_PAGE:,}"
        return Verdict([Problem(page.as_posix(), 1, "", told)])
    html = page.read_text(encoding="utf-8", errors="replace")
    return verify_page(html, page.as_posix(), folder) if "data-mg" in html else Verdict()


def _check_whole(
    path: Path,
    blocks: Mapping[Path, tuple[str, ...]],
    left_out: Collection[str],
    verdict: Verdict,
) -> None:
    """Miss the blocks that a site lists and does not show, and files that no page offers."""
    listed_sites = list(inventory.lists(path))
    for site, listed in listed_sites:
        places = {
            page.relative_to(site).as_posix(): names
            for page, names in blocks.items()
            if page.is_relative_to(site)
        }
        for page, names in inventory.missing(listed, places):
            if not _is_left_out(site / page, path, left_out):
                message = "published on this page, and gone"
                verdict.problems.append(Problem((site / page).as_posix(), 1, names, message))
        for file in offered.without_page(site, verdict.offered):
            if not _is_left_out(file, path, left_out):
                message = "no page of the site offers this file"
                verdict.problems.append(Problem(file.as_posix(), 1, "", message))
    if not listed_sites and any(blocks.values()):
        verdict.notes.append(
            f"{path.as_posix()} has no {inventory.PLACE}: "
            "a page whose blocks were all taken off is not missed"
        )


def _by_file(records: Iterable[Path]) -> dict[Path, Path]:
    """Records by the files that they are; of several links to one, the one beside a page."""
    with_page_last = sorted(records, key=lambda path: files.page_beside(path) is not None)
    return {path.resolve(): path for path in with_page_last}


def _tell_unused(
    unused: Iterable[Path], site: Path, docs: Path, left_out: Collection[str], verdict: Verdict
) -> None:
    """Miss what is recorded and nowhere shown, but for pages that are left out."""
    for path in unused:
        page = files.page_beside(path)
        built = [site / place for place in _built(path, docs) if (site / place).is_file()]
        if page and all(_is_left_out(place, site, left_out) for place in built):
            where = "left out" if built else "not in the site"
            verdict.notes.append(f"{page.as_posix()} is {where}: its record is not compared")
        else:
            remedy = "" if page else "delete it, as deepnotes accept does"
            message = "no page of the site shows what is recorded"
            verdict.problems.append(Problem(path.as_posix(), 1, "", message, remedy))


def _built(record_path: Path, docs: Path) -> tuple[Path, Path]:
    """Where in a site the page of a record stands, in either style of addresses."""
    name = record_path.relative_to(docs).with_suffix("")
    index = name.parent if name.name in {"index", "README"} else name
    return index / "index.html", name.with_name(f"{name.name}.html")


def _record_at_place(page: Path, site: Path, docs: Path) -> Path | None:
    """The record of a built page by its place in the site; None where its source was elsewhere."""
    names: tuple[Path, ...]
    if site.is_dir():
        place = page.relative_to(site)
        source = place.parent if place.name == "index.html" else place.with_suffix("")
        names = (source, place.with_suffix(""), source / "README")
    else:
        names = (Path(page.parent.name), Path(page.stem))
    for name in names:
        record_path = docs / f"{name.as_posix()}{files.SUFFIX}"
        if name.name and record_path.is_file() and files.is_inside(docs, record_path):
            return record_path
    return None


def _record_alike(
    docs: Path, computations: Sequence[Computation], unused: Collection[Path]
) -> Path | None:
    """A record of the same calls: one that is no other page's, where several pages have them."""
    headings = {f"## {c.name}: {call_text(c)}" for c in computations}
    alike = None
    for record_path in files.all_records(docs):
        text = record_path.read_text(encoding="utf-8", errors="replace")
        if headings.issubset(text.splitlines()):
            if record_path.resolve() in unused:
                return record_path
            alike = alike or record_path
    return alike
