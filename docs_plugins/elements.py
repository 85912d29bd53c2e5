"""What stands on a page for a number, a block and a mistake: HTML with our attributes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from html import escape

from docs_plugins import references
from docs_plugins.maths import Token
from docs_plugins.model import Computation
from docs_plugins.numbers import Shown
from docs_plugins.places import Place
from docs_plugins.problems import Problem
from docs_plugins.sources import Origin

PATH = re.compile(r' data-mg[\w-]*="[^"]*"')
VIEW = re.compile(r' data-mg-view="([^".]*)')
ID = re.compile(r' id="([^"]*)"')
ASKED = "\ufdd2"  # around n or v and a block's name, until its numbers and views are known
ANSWERED = re.compile(f"{ASKED}([nv])(\\w+){ASKED}")  # begins with one character: that is quick


def number_place(reference: references.Value, shown: Shown, source: str, origin: Origin) -> Place:
    """What stands for a number, in each kind of surroundings."""
    path = f"{reference.block}.{reference.path}"
    said = f' data-mg-format="{escape(reference.format)}"' if reference.format else ""
    text = f'<span class="mg-n" data-mg="{escape(path)}"{said}>{shown.text}</span>'
    token = Token(path, shown, reference.related, reference.format)
    if reference.related:
        return Place(source, origin, f"{shown.relation} {text}", shown.related, token)
    return Place(source, origin, text, shown.text, token)


def block_element(computation: Computation, beside: Collection[str]) -> str:
    """The hidden element from which the published page can be checked; `beside` are all blocks."""
    call = computation.call
    attributes = {
        "id": f"{computation.name}-block",
        "data-mg-block": computation.name,
        "data-mg-text": computation.program.text,
        "data-mg-line": str(call.line),
        "data-mg-engine": computation.engine,
        "data-mg-count": f"{ASKED}n{computation.name}{ASKED}",
        "data-mg-views": f"{ASKED}v{computation.name}{ASKED}",
        **({"data-mg-page": " ".join(beside)} if len(beside) > 1 else {}),
    }
    written = "".join(f' {name}="{_attribute(value)}"' for name, value in attributes.items())
    return f'<div class="mg-block" hidden{written}></div>'


def count_numbers(html: str) -> str:
    """Put into each block's element how many numbers of it the page shows, and which views."""
    if ASKED not in html:
        return html
    counts = Counter(re.findall(r' data-mg="(\w+)', html))
    if ' data-mg-in="' in html:
        for paths in re.findall(r' data-mg-in="([^"]*)', html):
            counts.update(path.partition(".")[0] for path in paths.split())
    views: dict[str, list[str]] = {}
    for view in VIEW.finditer(html):  # by what few elements have
        tag = html[html.rfind("<", 0, view.start()) : html.find(">", view.end())]
        identifier = ID.search(tag)
        views.setdefault(view[1], []).append(identifier[1] if identifier else "")

    def told(mark: re.Match[str]) -> str:
        return str(counts[mark[2]]) if mark[1] == "n" else " ".join(views.get(mark[2], ()))

    return ANSWERED.sub(told, html)


def without_paths(html: str) -> str:
    """A text that no block's text stands beside: its numbers cannot be computed again from it."""
    return PATH.sub("", html)


def problem_box(problems: Sequence[Problem]) -> str:
    """The mistakes as a box on the page, for the writer who has it open."""
    if not problems:
        return ""
    items = "".join(f"<li>{escape(str(problem))}</li>" for problem in problems)
    return f'<div class="mg-problems" data-mg-problem role="alert"><ul>{items}</ul></div>'


def _attribute(value: str) -> str:
    return escape(value).replace("\n", "&#10;")
