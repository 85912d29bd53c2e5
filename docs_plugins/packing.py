"""What is put aside on disk between a page's conversion and its writing.

Tables in MathML are most of a page. An indexer that reads it tag by tag would spend more time on
them than everything else takes, and a large site would hold them all in memory. So each view waits
on a shelf, with its words in its place, wherever nobody else looks at the pages in between. The
files that pages publish wait there too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

# whose hooks between conversion and writing are known to do without the views
TOLERANT = ("docs_plugins", "material", "mkdocs", "mkdocstrings", "mkdocs_autorefs")
BETWEEN = ("env", "page_context")
BEGINNING = 100  # characters of a view that tell it from others


def unread_by_others(events: Mapping[str, Iterable[Callable[..., Any]]]) -> bool:
    """Whether every hook that runs in between belongs to a package that does without the views."""
    hooks = (hook for event in BETWEEN for hook in events.get(event, ()))
    return all(hook.__module__.partition(".")[0] in TOLERANT for hook in hooks)


def parted(html: str, views: Iterable[str]) -> tuple[list[str], list[str]]:
    """Part a page at its views: what stands around them, and those that it has, in its order.

    A view is long, and begins with its id: it is found by that beginning.
    """
    found = set()
    after = 0
    for view in views:
        place = html.find(view[:BEGINNING], after)
        if place < 0 or not html.startswith(view, place):
            place = html.find(view)
        if place >= 0:
            after = place + len(view)
            found.add((place, after))
    spans = sorted(found)
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(html)]
    around = [html[end:start] for end, start in zip(ends, starts, strict=True)]
    return around, [html[start:end] for start, end in spans]


class Shelf:
    """A temporary file with texts of one build; it is gone when the build is."""

    def __init__(self) -> None:
        """Begin without a file: a site may have nothing to put aside."""
        self._file: IO[bytes] | None = None
        self._ends = [0]

    def put(self, text: str) -> int:
        """Put a text aside; returns its number."""
        if self._file is None:
            self._file = TemporaryFile(prefix="deepnotes-")  # noqa: SIM115  see close
        data = text.encode()
        self._file.seek(self._ends[-1])
        self._file.write(data)
        self._ends.append(self._ends[-1] + len(data))
        return len(self._ends) - 2

    def get(self, number: int) -> bytes:
        """Return a text as it is written to a file."""
        assert self._file is not None  # noqa: S101  a number comes from `put`
        start, end = self._ends[number : number + 2]
        self._file.seek(start)
        return self._file.read(end - start)

    def close(self) -> None:
        """Give the disk its room back."""
        if self._file is not None:
            self._file.close()

    __del__ = close  # where a build ends with an error of somebody else's


def publish(files: Iterable[tuple[str, bytes]], site: str) -> None:
    """Write files, given by their places in a site."""
    folders: dict[str, Path] = {}
    for path, content in files:
        inside, _, name = path.rpartition("/")
        if inside not in folders:
            folders[inside] = Path(site, inside)
            folders[inside].mkdir(parents=True, exist_ok=True)
        folders[inside].joinpath(name).write_bytes(content)


@dataclass
class Packed:
    """The views of one build that are put aside."""

    can_pack: bool
    shelf: Shelf
    kept: list[int] = field(default_factory=list)
    sign: str = field(default_factory=lambda: token_hex(8))  # that no page can know

    def pack(self, html: str, views: Sequence[str], words: Callable[[str], str]) -> str:
        """Return the page with an element for each of its views that has its words, no tag."""
        if not self.can_pack:
            return html
        around, found = parted(html, views)
        pieces = [around[0]]
        for view, after in zip(found, around[1:], strict=True):
            place = f'<div id="mg-packed-{self.sign}-{len(self.kept)}">{words(view)}</div>'
            self.kept.append(self.shelf.put(view))
            pieces += [place, after]
        return "".join(pieces)

    def unpack(self, html: str) -> str:
        """Return a page with its views back in place."""
        if f'id="mg-packed-{self.sign}' not in html:
            return html
        place = re.compile(rf'<div id="mg-packed-{self.sign}-(\d+)">[^<]*</div>')
        return place.sub(lambda found: self.shelf.get(self.kept[int(found[1])]).decode(), html)
