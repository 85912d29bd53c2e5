"""Views put aside, small, between a page's conversion and its writing.

Tables in MathML are most of a page. An indexer that reads it tag by tag would spend more time on
them than everything else takes, and a large site would hold them all in memory. So each view is
kept compressed, with its words in its place, wherever nobody else looks at the pages in between.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field
from secrets import token_hex
from typing import TYPE_CHECKING, Any

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


def parted(html: str, view: str) -> tuple[str, str, str]:
    """Part a page at a view of it, as `str.partition` does.

    A view is long, and begins with its id: it is found by that beginning.
    """
    place = html.find(view[:BEGINNING])
    if place < 0 or not html.startswith(view, place):
        return html.partition(view)
    return html[:place], view, html[place + len(view) :]


@dataclass
class Packed:
    """The views of one build that are put aside."""

    can_pack: bool
    kept: list[bytes] = field(default_factory=list)
    sign: str = field(default_factory=lambda: token_hex(8))  # that no page can know

    def pack(self, html: str, views: Sequence[str], words: Callable[[str], str]) -> str:
        """Return the page with an element that has the words alone for each of its views."""
        if not self.can_pack:
            return html
        for view in views:
            before, found, after = parted(html, view)
            if found:
                said = words(view).replace("<", "")
                place = f'<div id="mg-packed-{self.sign}-{len(self.kept)}">{said}</div>'
                self.kept.append(zlib.compress(view.encode(), 1))
                html = f"{before}{place}{after}"
        return html

    def unpack(self, html: str) -> str:
        """Return a page with its views back in place."""
        if f'id="mg-packed-{self.sign}' not in html:
            return html
        place = re.compile(rf'<div id="mg-packed-{self.sign}-(\d+)">[^<]*</div>')
        return place.sub(lambda found: zlib.decompress(self.kept[int(found[1])]).decode(), html)
