"""One build of a site: begins each page, ends it, and knows at the end all that was wrong.

It knows nothing of MkDocs: paths and texts come in, problems and numbers go out.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from docs_plugins.fences import find
from docs_plugins.page import DEFINITION, Page
from docs_plugins.problems import Problem
from docs_plugins.references import TOKEN, ReferenceError, read
from docs_plugins.sources import Origins
from docs_plugins.views import VIEWS

SHIELD = ("\ue010", "\ue011")


@dataclass
class Site:
    """What one build has met so far."""

    pages: list[Page] = field(default_factory=list)
    begun: float = field(default_factory=time.perf_counter)
    spent: float = 0.0  # seconds in pages, ours and Markdown's

    def problems(self) -> list[Problem]:
        """Everything that is wrong, page by page."""
        return [problem for page in self.pages for problem in sorted(page.problems)]

    def summary(self) -> str:
        """One line that says what the build did."""
        computations = [c for page in self.pages for c in page.computations.values()]
        counts = {
            "blocks": len(computations),
            "values": sum(len(c.numbers) for c in computations),
            "figures": sum(n for page in self.pages for n in page.shown_views.values()),
            "cross-checks": sum(c.cross_checks for c in computations),
            "drifted": sum(page.drifted for page in self.pages),
        }
        listed = ", ".join(f"{count} {what}" for what, count in counts.items())
        return f"{listed}, {1000 * self.spent:.0f} ms"


def shield(markdown: str) -> str:
    """Hide the braces of our references from other plugins that read double braces."""
    if "{{" not in markdown:
        return markdown
    lines = markdown.split("\n")
    names = {
        a or b for fence in find(lines).fences for a, b in DEFINITION.findall(fence.text)
    }

    def hide(token: object) -> str:
        match = token  # a re.Match; typed by TOKEN.sub
        whole, body = match[0], match["body"]  # type: ignore[index]
        try:
            ours = read(body, names, VIEWS) is not None
        except ReferenceError:
            ours = True
        return whole.replace("{{", SHIELD[0]).replace("}}", SHIELD[1]) if ours else whole

    return TOKEN.sub(hide, markdown)


def lines_above(source: str, markdown: str) -> int:
    """How many lines of front matter stand above a page's text in its file."""
    return source[: len(source) - len(markdown)].count("\n") if source.endswith(markdown) else 0


PageMaker = Callable[[], tuple[Page, Origins]]


def page_maker(site: Site, path: str, offset: int, page: Page) -> PageMaker:
    """Return what begins this page when its conversion begins."""

    def make() -> tuple[Page, Origins]:
        site.pages.append(page)
        return page, Origins(path, offset)

    return make
