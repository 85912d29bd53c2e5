"""What a page carries beside its numbers: its script, files to take away, where all came from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from docs_plugins import provenance, takeaways, tapes
from docs_plugins.model import Computation
from docs_plugins.sources import Origin

FOLDER = "assets/minigrad"
MARK = re.compile("\ue0e2([^\ue0e2]*)\ue0e2")
SHOWN = re.compile(r'\bdata-mg="([^"]*)"')
BLOCK = '<div class="mg-block"'


@dataclass(frozen=True, slots=True)
class Shown:
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
        return f"\ue0e2{identifier}\ue0e2"

    def numbers(self, html: str, computations: Mapping[str, Computation]) -> str:
        """The list of the numbers that the page's text quotes."""
        views = [shown.html for shown in self.views.values()]
        return provenance.numbers_on_page(html, views, computations)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page stands: in the site, and where its source can be read."""

    name: str  # backpropagation.md
    root: str  # from the page to the site's folder: ".."
    sources: str  # the address that a file's path is put behind; "" where unknown

    def link(self, origin: Origin) -> str:
        """The address of a line of a source, shown as text so that it has lines."""
        return f"{self.sources}{origin.path}?plain=1#L{origin.line}" if self.sources else ""


def finish(
    html: str, extras: Extras, computations: Mapping[str, Computation], place: Place
) -> tuple[str, dict[str, str]]:
    """Return the page with all of it in place, and the files to publish by their paths."""
    stem = PurePosixPath(place.name).with_suffix("").as_posix()
    files: dict[str, str] = {}
    offered: set[str] = set()

    def behind(mark: re.Match[str]) -> str:
        shown = extras.views[mark[1]]
        name = shown.computation.name
        written = ""
        if shown.view == "trace" and name not in offered:
            offered.add(name)
            links = {}
            for what, (ending, content) in takeaways.files(shown.computation).items():
                path = f"{FOLDER}/{stem}/{name}{ending}"
                files[path] = content
                links[what] = f"{place.root}/{path}"
            written = provenance.take_away(links)
        source = f"{shown.origin.path}, line {shown.origin.line}"
        return written + provenance.how(shown.computation, source, place.link(shown.origin))

    html = MARK.sub(behind, html)
    played = {shown.computation.name for shown in extras.views.values() if shown.view == "trace"}
    used = {shown.computation.name for shown in extras.views.values()}
    if used and BLOCK in html:
        numbers = {path for path in SHOWN.findall(html) if path.partition(".")[0] in used}
        listed = list(computations.values())
        path = f"{FOLDER}/{stem}.js"
        files[path] = tapes.script(listed, numbers, played, extras.ranges, stem)
        said = f' data-mg-tape="{stem}" data-mg-src="{place.root}/{path}"'
        html = html.replace(BLOCK, BLOCK + said, 1)
    return html, files


def without_marks(html: str) -> str:
    """A page that is not of a site."""
    return MARK.sub("", html)
