"""One page on its way through: its blocks computed, its references read, its mistakes collected.

It knows no Markdown processor: `markdown` hands it lines and puts its places into the HTML.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from html import escape
from typing import NamedTuple

from docs_plugins import compute, elements, extras, language, references, resolving
from docs_plugins.budget import Budget, TooMuch
from docs_plugins.drift import literals
from docs_plugins.extras import tapes
from docs_plugins.fences import Fence
from docs_plugins.fresh import place_of
from docs_plugins.links import Remedies
from docs_plugins.model import Computation
from docs_plugins.numbers import FormatError, show
from docs_plugins.places import Numbered, Place, character
from docs_plugins.problems import Problem
from docs_plugins.sources import Origin
from docs_plugins.views import VIEWS
from docs_plugins.views.base import NOT_DRAWN, Request, ViewError, read_options

DEFINITION = re.compile(r"^[ \t]*def[ \t]+(\w+)|^(\w+)[ \t]*=[^=]", re.MULTILINE)

# what the page's record says of one computation: the differences, as problems
Compare = Callable[[Sequence[Computation], Callable[[Computation, int], Origin]], list[Problem]]


class Block(NamedTuple):
    """A fence of ours and what its calls computed."""

    fence: Fence
    origins: tuple[Origin, ...]  # of the fence's lines, its opening line first
    computations: tuple[Computation, ...]

    def origin(self, line: int) -> Origin:
        """Where a line of the block's text stands (1 is the first after the opening)."""
        return self.origins[min(max(line, 0), len(self.origins) - 1)]


@dataclass
class Page:
    """The state of one page while it is converted."""

    path: str
    front: str = ""  # the lines above its text, in which titles and descriptions stand
    compare: Compare | None = None
    others: Collection[str] = ()  # names that double braces have from other plugins
    problems: list[Problem] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    computations: dict[str, Computation] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)  # the writer's own private characters
    text: str = ""  # its Markdown without what was computed, once all of it is there
    remedies: Remedies | None = None  # for its links to nothing
    failed: set[str] = field(default_factory=set)  # names that a failed block would have given
    shown_views: dict[str, int] = field(default_factory=dict)
    placed: set[str] = field(
        default_factory=set
    )  # problems that stand on the page where they arose
    literals: list[tuple[str, str, Origin]] = field(default_factory=list)  # HTML, the text in it
    drift: list[Problem] = field(default_factory=list)
    extras: extras.Extras = field(default_factory=extras.Extras)
    drawn: list[str] = field(default_factory=list)  # the views' HTML
    counts: dict[str, int] = field(default_factory=dict)  # what a build's summary tells
    budget: Budget = field(default_factory=Budget)
    refused: bool = False  # whether it asks for more than one page may
    aside: Collection[str] | None = None  # of a text that is no page: the blocks it may have
    whole: bool = False  # converted to its end
    ended: bool = False  # and given what it carries

    def problem(self, origin: Origin, message: str, remedy: str = "", item: str = "") -> Problem:
        """Collect one mistake."""
        found = Problem(origin.path, origin.line, item, message, remedy)
        self.collect(found)
        return found

    def collect(self, problem: Problem) -> None:
        """Collect one mistake; one that is met twice is listed once."""
        self.problems.append(problem)

    def check_length(self, text: str, origin: Origin) -> None:
        """Raise `TooMuch` for a page that is too long to be read."""
        self._told(origin, lambda: self.budget.check_length(text))

    def spend(self, what: str, origin: Origin, amount: int = 1) -> None:
        """Take some of what one page may ask for; raises `TooMuch` where nothing is left."""
        self._told(origin, lambda: self.budget.take(what, amount))

    def _told(self, origin: Origin, spend: Callable[[], None]) -> None:
        """Do what may be too much, and say at which line it was."""
        try:
            spend()
        except TooMuch as error:
            self.problem(origin, str(error), error.remedy)
            raise

    def refuse(self) -> None:
        """Forget what a page that asks for too much has computed: it is not published."""
        self.refused = True
        self.computations, self.blocks, self.places = {}, [], []

    # ---- blocks

    def add_block(self, fence: Fence, origins: Sequence[Origin]) -> str:
        """Compute a fence; returns the character that stands for it."""
        self.spend("blocks", origins[0])
        found = len(self.problems)
        block = Block(fence, tuple(origins), ())
        program = self._parse(block)
        if program is not None:
            done = tuple(filter(None, (self._run(block, program, call) for call in program.calls)))
            block = Block(fence, block.origins, done)
            self.blocks.append(block)
        listed = "minigrad show" if fence.show else "minigrad"
        return self._place(
            Place(
                source="\n".join((f"```{listed}", *fence.lines, "```")),
                origin=block.origin(0),
                text="",
                plain="",
                draw=partial(self._draw_block, block, self.problems[found:]),
            )
        )

    def _parse(self, block: Block) -> language.Program | None:
        if self.aside is not None and block.fence.text not in self.aside:
            remedy = "write it on the page itself"
            self.problem(block.origin(0), "a block that no record can be kept of", remedy)
            return None
        try:
            return language.parse(block.fence.text)
        except language.ProgramError as error:
            names = [a or b for a, b in DEFINITION.findall(block.fence.text)]
            self.failed.update(names)
            item = names[0] if names else ""
            self.problem(block.origin(error.line), str(error), error.remedy, item)
            return None

    def _run(
        self, block: Block, program: language.Program, call: language.Call
    ) -> Computation | None:
        if call.name in self.computations or call.name in self.failed:
            self.problem(
                block.origin(call.line),
                f"the name {call.name} is given twice on this page",
                f"name the call: start = {program.function}(…)",
                call.name,
            )
            return None
        try:
            computation = compute.run(program, call)
        except compute.ComputationError as error:
            self.failed.add(call.name)
            for mistake in error.mistakes:
                self.problem(
                    block.origin(mistake.line), mistake.message, mistake.remedy, mistake.item
                )
            return None
        except Exception as error:  # noqa: BLE001  whatever a rule that is being edited can raise
            self.failed.add(call.name)
            self.problem(block.origin(call.line), *_fault(error), call.name)
            return None
        self.computations[call.name] = computation
        self._told(block.origin(call.line), lambda: self.budget.take_computed(computation))
        return computation

    def _draw_block(self, block: Block, mistakes: list[Problem], _caption: str | None) -> str:
        names = {computation.name for computation in block.computations}
        drift = [p for p in self.drift if p.item.partition(".")[0] in names]
        shown = () if self.aside is not None else block.computations
        written = (elements.block_element(one, self.computations) for one in shown)
        return self.box([*mistakes, *drift]) + "".join(written)

    def box(self, problems: Sequence[Problem]) -> str:
        """The mistakes as a box where they arose."""
        self.placed.update(map(str, problems))
        return elements.problem_box(problems)

    # ---- the record

    def check_record(self) -> None:
        """Compare what was computed with what the writer accepted."""
        if self.compare is not None and not self.refused:
            self.drift = self.compare(list(self.computations.values()), self.locate)
            self.problems += self.drift

    def locate(self, computation: Computation, line: int) -> Origin:
        """Where a line of a computation's block stands."""
        block = next(b for b in self.blocks if computation in b.computations)
        return block.origin(line)

    # ---- results that were typed

    def check_typed(self, shown: str, html: str, text: str, origins: Sequence[Origin]) -> None:
        """Look for computed results that were typed.

        `shown` is the page without what was computed, `html` with it; `text` is the Markdown, whose
        lines the origins belong to.
        """
        has_any = any(map(literals.has_decimals, (shown, self.front)))
        if not self.literals and not (self.computations and has_any):
            return
        computations = self.computations.values()
        known = literals.results(computations, resolving.drawn_numbers(html, self.computations))
        repeated = literals.find(shown, text, known)
        if len(repeated) == literals.MOST_TYPED:
            message = f"{len(repeated):,} results are typed, and more may be that are not listed"
            self.problem(origins[min(repeated[-1].line, len(origins)) - 1], message, "quote them")
        for found in repeated:
            self.problem(
                origins[min(found.line, len(origins)) - 1],
                f"{found.text} is typed, and is or nearly is the computed {found.value!r}",
                f'write {found.reference}, or {{{{ literal "{found.text}" because="…" }}}}',
            )
        for found in literals.find(f"<p>{escape(self.front)}</p>", self.front, known):
            message = f"{found.text} is typed, and is or nearly is the computed {found.value!r}"
            origin = Origin(self.path, found.line)
            self.problem(origin, message, "say it in words, or quote it in the text")
        for marked, typed, origin in self.literals:
            if marked in html and not self.failed and not known.repeats(typed):
                self.problem(
                    origin,
                    f"{typed} is no result of this page, so nothing has to allow it",
                    "type it without braces",
                    "literal",
                )

    def check_forged(self, shown: str, text: str, origins: Sequence[Origin]) -> None:
        """Refuse typed attributes of ours, by which a typed number would pass for a computed one.

        `shown` is the page without what was computed.
        """
        for found in literals.forged(shown):
            if found == "data-mg-problem" and self.problems:
                continue  # our own message, where a formula failed
            lines = literals.without_code(text).lower().split("\n")
            line = next((n for n, line in enumerate(lines) if found in line), 0)
            self.problem(
                origins[min(line, len(origins) - 1)],
                f"the attribute {found} is typed, and says that something was computed",
                "quote the number: {{ f.x2.adjoint }}",
            )

    # ---- references

    def add_reference(
        self, source: str, body: str, origin: Origin, before: str, after: str = ""
    ) -> str | None:
        """Read one reference; returns the character that stands for it, None where it is not ours.

        `before` and `after` are what stands beside it on its line.
        A mistake is reported when it turns out that the reference stands outside of code.
        """
        known = self.computations.keys() | self.failed
        try:
            reference = references.read(body, known, VIEWS, self.others)
            if reference is None:
                return None
            if source.startswith("\\"):
                place = Place(source, origin, escape(source[1:]), source[1:])
            else:
                place = self._resolve(reference, source, origin, (before, after))
        except references.NearMiss as near:
            if source.startswith("\\") or references.IN_TEX.search(before):
                return None
            place = self._nearly(near, source, origin)
        except (references.ReferenceError, ViewError, FormatError) as error:
            remedy = getattr(error, "remedy", "")
            mistake = Problem(origin.path, origin.line, _item(body), str(error), remedy)
            place = self._failure(source, origin, mistake)
        self.spend("references", origin)
        return self._place(place)

    def add_broken(self, found: re.Match[str], origin: Origin) -> str | None:
        """Refuse double braces of ours that are not closed on their line, likewise."""
        known = self.computations.keys() | self.failed
        near = references.broken(found, known, self.others)
        if near is None:
            return None
        self.spend("references", origin)
        return self._place(self._nearly(near, found[0], origin))

    def _nearly(self, near: references.NearMiss, source: str, origin: Origin) -> Place:
        mistake = Problem(origin.path, origin.line, near.word, str(near), near.remedy)
        return self._failure(source, origin, mistake)

    def _resolve(
        self, reference: references.Reference, source: str, origin: Origin, beside: tuple[str, str]
    ) -> Place:
        match reference:
            case references.Cross(target):
                return Place(source, origin, "", target, late=partial(self._link, target, origin))
            case references.Literal(text):
                because = f"(typed, not computed: {reference.because})"
                marked = (
                    f'<span class="mg-literal" data-mg-literal="{escape(reference.because)}">'
                    f"{escape(text)} <small>{escape(because)}</small></span>"
                )
                self.literals.append((marked, text, origin))
                return Place(source, origin, marked, f"{text} {because}", typed=True)
        if reference.block in self.failed:
            return self._failure(source, origin, None)
        computation = self.computations[reference.block]
        if isinstance(reference, references.Use):
            return self._use(reference, computation, source, origin)
        number = resolving.find_number(computation, reference.path)
        shown = show(number, reference.format)
        resolving.check_beside(reference, shown, *beside)
        return elements.number_place(reference, shown, source, origin)

    def _use(
        self, use: references.Use, computation: Computation, source: str, origin: Origin
    ) -> Place:
        view = VIEWS[use.view]
        self.spend("views", origin)
        self._told(origin, lambda: self.budget.take_drawn(use.view, computation))
        given, ranges = tapes.split_ranges(use.view, use.options, computation)
        self.extras.ranges.setdefault(use.block, {}).update(ranges)
        options = read_options(view, given)
        name = f"{use.block}.{use.view}"
        identifier = name.replace(".", "-")
        self.shown_views[identifier] = count = self.shown_views.get(identifier, 0) + 1
        if count > 1:
            identifier = f"{identifier}-{count}"

        def draw(caption: str | None) -> str:
            request = Request(
                computation,
                options,
                identifier,
                caption,
                rerun=self.budget.spending(partial(compute.rerun, computation)),
                work=partial(compute.work, computation),
            )
            try:
                html = view.render(request)
            except (*NOT_DRAWN, compute.ComputationError, TooMuch) as error:
                remedy = getattr(error, "remedy", "")
                return self.box([self.problem(origin, str(error), remedy, name)])
            except Exception as error:  # noqa: BLE001  a view that is being edited, likewise
                return self.box([self.problem(origin, *_fault(error), name)])
            self.drawn.append(html)
            call = self.locate(computation, computation.call.line)
            return html + self.extras.after(
                identifier, extras.Shown(use.view, computation, call, html)
            )

        return Place(source, origin, "", source, view=name, draw=draw)

    def _link(self, target: str, origin: Origin, numbered: Mapping[str, Numbered]) -> str:
        found = numbered.get(target)
        if found is None:
            self.problem(
                origin,
                f"no numbered figure, table or equation is called {target}",
                self._unlinked(target, numbered),
                f"ref {target}",
            )
            return escape(target)
        return f'<a class="mg-ref" href="#{escape(found.id)}">{escape(found.label)}</a>'

    def _unlinked(self, target: str, numbered: Mapping[str, Numbered]) -> str:
        """What to do about a link to nothing."""
        if self.remedies is None:
            self.remedies = Remedies(self.text, numbered)
        return self.remedies.remedy(target)

    def _failure(self, source: str, origin: Origin, mistake: Problem | None) -> Place:
        """What stands where a reference failed: its own text, marked, and the message."""
        text = f'<code class="mg-failed">{escape(source)}</code>'
        if mistake:
            self.placed.add(str(mistake))
            text += f' <span class="mg-problem" data-mg-problem>{escape(str(mistake))}</span>'
        return Place(source, origin, text, source, mistake=mistake)

    def keep(self, character: str) -> str:
        """Return what stands for a character of theirs that would be taken for one of ours."""
        if character not in self.kept:
            origin = Origin(self.path, 1)
            self.spend("references", origin)
            self.kept[character] = self._place(Place(character, origin, character, character))
        return self.kept[character]

    def _place(self, place: Place) -> str:
        self.places.append(place)
        return character(len(self.places) - 1)


def _fault(error: Exception) -> tuple[str, str]:
    """An error that is no mistake of the writer's, and where it arose."""
    file, line = place_of(error)
    return f"{type(error).__name__}: {error}", f"a fault of ours, at {file}:{line}"


def _item(body: str) -> str:
    return body.strip().lstrip("= ").split(" ")[0].split(":")[0]
