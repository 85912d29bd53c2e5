"""SVG as text: elements with their attributes, and lines of mathematics."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from html import escape

from docs_plugins.drawing.glyphs import MARK
from docs_plugins.drawing.mathline import RAISED, SIZE, Line, Run

DROP = {0: 0.0, -1: 3.6, 1: -5.4, RAISED: -3.2}  # how far down the baseline moves


@lru_cache(maxsize=4096)  # boxes stand in rows and columns
def number(value: float) -> str:
    """A coordinate: one decimal at most.

    >>> number(2.0), number(-0.04), number(12.25)
    ('2', '0', '12.2')
    """
    text = f"{value:.1f}"
    if text.endswith(".0"):
        return "0" if text == "-0.0" else text[:-2]
    return text


def attributes(given: Mapping[str, object]) -> str:
    """Attributes in their order; numbers are coordinates, None and "" left out, `_` is a hyphen.

    >>> attributes({"class_": "n", "x": 1.0, "data_of": None})
    ' class="n" x="1"'
    """
    written = ""
    for name, value in given.items():
        if value is None or value == "":
            continue
        text = number(value) if isinstance(value, (float, int)) else escape(str(value))
        written += f' {_named(name)}="{text}"'
    return written


@lru_cache(maxsize=128)
def _named(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def element(tag: str, content: str = "", **given: object) -> str:
    """One element; its content is markup.

    >>> element("path", class_="f", d="M0 0H9")
    '<path class="f" d="M0 0H9"/>'
    """
    if not content:
        return f"<{tag}{attributes(given)}/>"
    return f"<{tag}{attributes(given)}>{content}</{tag}>"


def group(identifier: str, kind: str, about: str, content: str) -> str:
    """What belongs together: a node or a link, and which of the page's numbers it is about."""
    told = f' data-of="{escape(about)}"' if about else ""
    return f'<g id="{escape(identifier)}" class="{kind}"{told}>{content}</g>'


def path(kind: str, d: str) -> str:
    """A path of a class that the style sheet knows."""
    return f'<path class="{kind}" d="{d}"/>'


def text(line: Line, x: float, y: float, kind: str = "", anchor: str = "") -> str:
    """A line of text as an element, of a class that the style sheet knows.

    >>> from docs_plugins.drawing.mathline import roman
    >>> text(roman("v"), 2.0, 5.0, "a", "start")
    '<text x="2" y="5" text-anchor="start" class="a">v</text>'
    """
    if not line:
        return ""
    told = f' text-anchor="{anchor}"' if anchor else ""
    if kind:
        told += f' class="{kind}"'
    content = _content(line)
    if len(line) == 1 and line[0].path:
        content = escape(line[0].text)
        told += _about(line[0])
    return f'<text x="{number(x)}" y="{number(y)}"{told}>{content}</text>'


@lru_cache(maxsize=4096)
def _content(line: Line) -> str:
    """The runs of a line, moved up and down; signs come again and again in a drawing."""
    content, baseline, back = "", 0.0, 0.0
    for run in line:
        move = DROP[run.level] - baseline
        baseline += move
        beside = run.shift * SIZE / 1000 + back
        # a raised mark takes no room: the next letters stand where it would not be
        back = -(run.shift + MARK) * SIZE / 1000 if run.level == RAISED else 0.0
        written = f' dx="{number(beside)}"' if beside else ""
        if move:
            written += f' dy="{number(move)}"'
        if run.level in {-1, 1}:
            written += ' class="s"'
        if run.path:
            written += _about(run)
        content += f"<tspan{written}>{escape(run.text)}</tspan>" if written else escape(run.text)
    return content


def _about(run: Run) -> str:
    """What a number is about, and in which format, so that it can be checked and written anew."""
    said = f' data-mg-format="{escape(run.format)}"' if run.format else ""
    return f' data-mg="{escape(run.path)}"{said}'
