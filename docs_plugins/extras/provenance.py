"""How the numbers of a page came about: a line under each view, and a list of those in the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape

from docs_plugins.model import Computation
from docs_plugins.numbers import show
from docs_plugins.packing import parted
from docs_plugins.views.base import number_html

QUOTED = re.compile(
    r'<(?:span|mrow|mn)\b[^>]*?\bdata-mg="([^"]+)"(?:[^>]*?\bdata-mg-format="([^"]*)")?'
)


def call_of(computation: Computation) -> str:
    """The call as one would type it: f(2, 5)."""
    return (
        f"{computation.program.function}({', '.join(map(_argument, computation.call.arguments))})"
    )


def _argument(argument: object) -> str:
    if isinstance(argument, tuple):
        return f"[{', '.join(map(_argument, argument))}]"
    return str(getattr(argument, "text", argument))


def facts(computation: Computation) -> dict[str, str]:
    """What the line under a view tells of a block; `verify` holds the published page to it."""
    return {
        "text": computation.program.text.strip(),
        "call": call_of(computation),
        "engine": computation.engine,
        "checks": str(computation.cross_checks),
    }


def how(computation: Computation, source: str, link: str) -> str:
    """The folded line under a view; `source` names the block's place, `link` is its address."""
    place = f'<a href="{escape(link)}">{escape(source)}</a>' if link else escape(source)
    told = {
        name: f' data-mg-fact="{computation.name}.{name}">{escape(fact)}<'
        for name, fact in facts(computation).items()
    }
    rows = {
        "The block": f"<pre><code{told['text']}/code></pre>",
        "Its inputs": f"<code{told['call']}/code>",
        "Computed by": f"minigrad <span{told['engine']}/span>, when the page was built",
        "Written in": place,
        "Checked": f"<span{told['checks']}/span> values and derivatives of this block were computed"
        " a second time with mpmath, to 60 digits and by differences along each link, and agree.",
    }
    listed = "".join(f"<dt>{name}</dt><dd>{content}</dd>" for name, content in rows.items())
    return (
        '<details class="mg-how" data-search-exclude><summary>How was this computed?</summary>'
        f"<dl>{listed}</dl></details>"
    )


def take_away(links: Mapping[str, str], missing: str = "") -> str:
    """The line of files to take away: what each is, and its address; and what is `missing`."""
    written = "".join(
        f'<li><a href="{escape(link)}">{name}</a></li>' for name, link in links.items()
    )
    written += f"<li>{escape(missing)}</li>" if missing else ""
    return f'<ul class="mg-take" aria-label="Take it away" data-search-exclude>{written}</ul>'


def quoted(html: str, views: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The path and format of each number of the text; `views` is the HTML that is not text."""
    around, _ = parted(html, views)
    yield from dict.fromkeys(QUOTED.findall("".join(around)))


def numbers_on_page(
    html: str, views: Iterable[str], computations: Mapping[str, Computation]
) -> str:
    """The folded list of all numbers that the text quotes; nothing where it quotes none."""
    rows = []
    for path, format_ in quoted(html, views):
        block, _, inside = path.partition(".")
        computation = computations.get(block)
        number = computation.numbers.get(inside) if computation else None
        if number is None:
            continue
        shown = f"{show(number, format_ or None).relation} " + number_html(
            block, inside, number, format_ or None
        )
        rows.append(
            f'<tr><td class="mg-v">{shown}</td><td><code>{escape(path)}</code></td>'
            f'<td><a href="#{escape(block)}-block">block {escape(block)}</a></td></tr>'
        )
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Value", "Path", "Computed by"))
    return (
        '<details class="mg-numbers" data-search-exclude><summary>Numbers on this page</summary>'
        "<p>Every number that the text quotes, its path, and the block that computes it.</p>"
        '<div class="mg-scroll" role="region" tabindex="0" aria-label="Numbers on this page">'
        f'<table class="mg-table"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div></details>"
    )
