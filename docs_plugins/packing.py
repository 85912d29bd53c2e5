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


def unread_by_others(events: Mapping[str, Iterable[Callable[..., Any]]]) -> bool:
    """Whether every hook that runs in between belongs to a package that does without the views."""
    hooks = (hook for event in BETWEEN for hook in events.get(event, ()))
    return all(hook.__module__.partition(".")[0] in TOLERANT for hook in hooks)


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
            said = words(view).replace("<", "")
            place = f'<div id="mg-packed-{self.sign}-{len(self.kept)}">{said}</div>'
            shorter = html.replace(view, place, 1)
            if len(shorter) < len(html):
                self.kept.append(zlib.compress(view.encode(), 1))
                html = shorter
        return html

    def unpack(self, html: str) -> str:
        """Return a page with its views back in place."""
        if f'id="mg-packed-{self.sign}' not in html:
            return html
        place = re.compile(rf'<div id="mg-packed-{self.sign}-(\d+)">[^<]*</div>')
        return place.sub(lambda found: zlib.decompress(self.kept[int(found[1])]).decode(), html)
