"""The table of every view's options, for the page about the page language, from their declarations.

A line `<!-- view options -->` becomes that table. An option that is added to a view is in it at the
next build.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docs_plugins.views.base import Option

MARKER = re.compile(r"^<!-- view options -->$", re.MULTILINE)
HEAD = ("view", "option", "takes", "without it")


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Put the table in."""
    return MARKER.sub(lambda _: table(), markdown)


def table() -> str:
    """Return the table: a row for each option of each view, and for the ranges of sliders."""
    lines = [HEAD, ("---",) * len(HEAD), *rows()]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def rows() -> list[tuple[str, ...]]:
    """Return the rows, view by view."""
    from docs_plugins.extras.tapes import RANGED  # noqa: PLC0415 - fresh while serving
    from docs_plugins.views import VIEWS  # noqa: PLC0415

    found: list[tuple[str, ...]] = []
    for view in VIEWS:
        for name, option in VIEWS[view].options.items():
            found.append((f"`{view}`", f"`{name}`", taken(name, option), default(name, option)))
        if view in RANGED:
            ranged = ("a parameter's name", "from where to where its slider goes: `0.5..4`")
            found.append((f"`{view}`", *ranged, "around its value"))
    return found


def taken(name: str, option: Option) -> str:
    """Return what an option takes, in words."""
    match option.kind:
        case "choice":
            return ", ".join(f"`{choice}`" for choice in option.choices)
        case "number" | "whole":
            what = "a whole number" if option.kind == "whole" else "a number"
            return what + between(option.least, option.most)
        case "names":
            numbers = isinstance(option.default, tuple) and "".join(option.default).isdigit()
            return f"{'whole numbers' if numbers else 'names'} with commas between them"
        case "name":
            return "a name"
        case _:
            return "a format, such as `.2f`" if name == "format" else "a word"


def between(least: float | None, most: float | None) -> str:
    """Return the bounds of a number."""
    if least is None and most is None:
        return ""
    bounds = [("from", least), ("to", most)]
    told = " ".join(f"{word} {bound:g}" for word, bound in bounds if bound is not None)
    return " " + re.sub(r"e\+?(-?)0*", r"e\1", told)


def default(name: str, option: Option) -> str:
    """Return what an option is when it is left out; a dash where the view chooses by itself."""
    if option.default is None:
        return "as in the text" if name == "format" else "–"
    given = option.default if isinstance(option.default, tuple) else (option.default,)
    return f"`{','.join(map(str, given))}`"
