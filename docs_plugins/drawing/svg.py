"""SVG as text: elements with their attributes, and lines of mathematics."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from docs_plugins.drawing.glyphs import MARK
from docs_plugins.drawing.mathline import RAISED, SIZE, Line

DROP = {0: 0.0, -1: 3.6, 1: -5.4, RAISED: -3.2}  # how far down the baseline moves


def number(value: float) -> str:
    """A coordinate: one decimal at most.

    >>> number(2.0), number(-0.04), number(12.25)
    ('2', '0', '12.2')
    """
    text = f"{round(value, 1):.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def attributes(given: Mapping[str, object]) -> str:
    """Attributes in their order; numbers are coordinates, None and "" left out, `_` is a hyphen.

    >>> attributes({"class_": "n", "x": 1.0, "data_of": None})
    ' class="n" x="1"'
    """
    written = []
    for name, value in given.items():
        if value is None or value == "":
            continue
        text = number(value) if isinstance(value, float | int) else str(value)
        written.append(f' {name.rstrip("_").replace("_", "-")}="{escape(text)}"')
    return "".join(written)


def element(tag: str, content: str = "", **given: object) -> str:
    """One element; its content is markup.

    >>> element("path", class_="f", d="M0 0H9")
    '<path class="f" d="M0 0H9"/>'
    """
    if not content:
        return f"<{tag}{attributes(given)}/>"
    return f"<{tag}{attributes(given)}>{content}</{tag}>"


def text(line: Line, x: float, y: float, **given: object) -> str:
    """A line of text as an element: `class_`, `text_anchor` and the like by name."""
    content, baseline, back = "", 0.0, 0.0
    for run in line:
        move = DROP[run.level] - baseline
        baseline += move
        beside = run.shift * SIZE / 1000 + back
        # a raised mark takes no room: the next letters stand where it would not be
        back = -(run.shift + MARK) * SIZE / 1000 if run.level == RAISED else 0.0
        written = attributes(
            {
                "dx": beside or None,
                "dy": move or None,
                "class_": "s" if run.level in {-1, 1} else None,
                "data_mg": run.path,
            }
        )
        content += f"<tspan{written}>{escape(run.text)}</tspan>" if written else escape(run.text)
    if len(line) == 1 and line[0].path:
        content, given["data_mg"] = escape(line[0].text), line[0].path
    return element("text", content, x=x, y=y, **given) if content else ""
