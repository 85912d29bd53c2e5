"""What a page carries beside its numbers: its script, files to take away, where all came from."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from urllib.parse import quote

from docs_plugins.extras import provenance, takeaways, tapes
from docs_plugins.model import Computation
from docs_plugins.sources import Origin
from docs_plugins.views import VIEWS
from docs_plugins.views.base import Request, ViewError, read_options

FOLDER = "assets/minigrad"
MARK = re.compile("\ufdd4([^\ufdd4]*)\ufdd4")
SHOWN = re.compile(r' data-mg="([^"]*)"')
BLOCK = '<div class="mg-block"'
_FILE = re.compile(r"(.+?)(?:\.js|\.\w+\.(?:json|svg|tex|py))")  # of a page, or of its block


class Shown(NamedTuple):
    """A view that stands on the page."""

    view: str  # trace
    computation: Computation
    origin: Origin  # of the block's call
    html: str


@dataclass
class Extras:
    """What the views of one page asked for."""

    views: dict[str, Shown] = field(default_factory=dict)  # by their ids
    ranges: dict[str, dict[str, tapes.Range]] = field(default_factory=dict)  # by block and input

    def after(self, identifier: str, shown: Shown) -> str:
        """Remember a view; returns the mark behind it, for what `finish` puts there."""
        self.views[identifier] = shown
        return f"\ufdd4{identifier}\ufdd4"

    def graph_of(self, computation: Computation) -> str:
        """The graph of a block: the page's, or else one drawn; raises `ViewError` if too large."""
        graphs = (s for s in self.views.values() if s.view == "graph")
        found = next((s.html for s in graphs if s.computation.name == computation.name), None)
        if found is not None:
            return found
        view = VIEWS["graph"]
        request = Request(computation, read_options(view, {}), f"{computation.name}-figure")
        return view.render(request)

    def numbers(self, html: str, computations: Mapping[str, Computation]) -> str:
        """The list of the numbers that the page's text quotes."""
        views = [shown.html for shown in self.views.values()]
        return provenance.numbers_on_page(html, views, computations)


class Place(NamedTuple):
    """Where a page stands: in the site, and where its source can be read."""

    name: str  # backpropagation.md
    root: str  # from the page to the site's folder: ".."
    sources: str  # the address that a file's path is put behind; "" where unknown

    def link(self, origin: Origin) -> str:
        """The address of a line of a source, shown as text so that it has lines."""
        return f"{self.sources}{quote(origin.path)}?plain=1#L{origin.line}" if self.sources else ""

    def address(self, file: str) -> str:
        """The address on the page of a file of the site."""
        return f"{self.root}/{quote(file)}"


def finish(
    html: str, extras: Extras, computations: Mapping[str, Computation], place: Place
) -> tuple[str, dict[str, str]]:
    """Return the page with all of it in place, and the files to publish by their paths."""
    if not extras.views:
        return without_marks(html), {}
    stem = _stem(place.name)
    traces = _first(extras, "trace")
    blocks = _compiled(html, extras, computations, set(traces))
    controls = {
        name: traces.get(name) or _following(extras, name, found.follows)
        for name, found in blocks.items()
        if found.inputs
    }
    files = {}

    def behind(mark: re.Match[str]) -> str:
        """The rooms of the controls, files to take away, and where the view came from."""
        shown = extras.views[mark[1]]
        name = shown.computation.name
        written = ""
        if name in traces and (mark[1] == traces[name] or shown.view == "graph"):
            written += f'<div class="mg-player" data-mg-player="{escape(name)}"></div>'
        if controls.get(name) == mark[1]:
            written += _inputs(name, blocks[name].inputs)
        if traces.get(name) == mark[1]:
            folder = f"{FOLDER}/{stem}.{name}"
            graph, missing = _graph(extras, shown.computation)
            made = takeaways.files(shown.computation, graph)
            files.update({f"{folder}{ending}": content for ending, content in made.values()})
            links = {what: place.address(folder + made[what][0]) for what in made}
            written += provenance.take_away(links, missing)
        source = f"{shown.origin.path}, line {shown.origin.line}"
        return written + provenance.how(shown.computation, source, place.link(shown.origin))

    html = MARK.sub(behind, html)
    if blocks:
        path = f"{FOLDER}/{stem}.js"
        files[path] = tapes.script(stem, blocks)
        said = f' data-mg-tape="{escape(stem)}" data-mg-src="{escape(place.address(path))}"'
        html = html.replace(BLOCK, BLOCK + said, 1)
    return html, files


def _stem(page: str) -> str:
    """What the names of a page's files begin with."""
    return PurePosixPath(page).with_suffix("").as_posix()


def left_over(site: Path, pages: Iterable[str], published: Collection[str]) -> Iterator[Path]:
    """Files that an earlier build published for these pages, and that they publish no more."""
    stems = {_stem(page) for page in pages}
    for path in sorted((site / FOLDER).rglob("*")):
        place = path.relative_to(site).as_posix()
        named = _FILE.fullmatch(place.removeprefix(f"{FOLDER}/"))
        if named and named[1] in stems and place not in published:
            yield path


def _graph(extras: Extras, computation: Computation) -> tuple[str | None, str]:
    """The graph to take away, or why there is none."""
    try:
        return extras.graph_of(computation), ""
    except ViewError as error:
        return None, f"No figure: {error}"


def _compiled(
    html: str, extras: Extras, computations: Mapping[str, Computation], played: set[str]
) -> dict[str, tapes.Compiled]:
    """What each block that has a view does in the browser."""
    numbers: dict[str, set[str]] = {}
    for path in SHOWN.findall(html):
        block, _, inside = path.partition(".")
        numbers.setdefault(block, set()).add(inside)
    used = dict.fromkeys(shown.computation.name for shown in extras.views.values())
    found = {
        name: tapes.compiled(
            computations[name],
            numbers.get(name, set()),
            extras.ranges.get(name, {}),
            played=name in played,
        )
        for name in used
    }
    return {name: compiled for name, compiled in found.items() if compiled is not None}


def _first(extras: Extras, view: str) -> dict[str, str]:
    """The first view of a kind of each block, by its id."""
    found: dict[str, str] = {}
    for identifier, shown in extras.views.items():
        if shown.view == view:
            found.setdefault(shown.computation.name, identifier)
    return found


def _following(extras: Extras, name: str, follows: frozenset[str]) -> str | None:
    """The first view of a block that has a number which changes with the inputs."""
    for identifier, shown in extras.views.items():
        if shown.computation.name == name and any(
            path.partition(".")[2] in follows for path in SHOWN.findall(shown.html)
        ):
            return identifier
    return None


def _inputs(name: str, count: int) -> str:
    """Room for the controls, so that nothing moves when the script puts them there."""
    rows = "<i></i>" * count
    return (
        f'<div class="mg-inputs" data-mg-inputs="{escape(name)}">'
        f'<div class="mg-fields">{rows}</div></div>'
    )


def without_marks(html: str) -> str:
    """A page that is not of a site."""
    return MARK.sub("", html)
