"""The nodes of a figure: frames with lines of text, one section below the other."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

from docs_plugins.drawing import mathline, svg
from docs_plugins.drawing.mathline import Line
from docs_plugins.drawing.svg import number

LEADING = 19.0  # from one line of text to the next
BASELINE = 5.0  # from the middle of a line of text down to where its letters stand
SECTION = 8.0  # above and below the lines of a section, together
PADDING = 9.0  # left and right of the widest line
ROUND = 46.0  # the least diameter of a round box: room for two links
CORNERS = {"unit": 400.0, "soft": 16.0, "operation": 6.0, "input": 6.0}
KEPT: Line = mathline.roman("kept in memory")


Sections = tuple[tuple[str | None, tuple[Line, ...]], ...]  # from top to bottom


class Box(NamedTuple):
    """A node: lines of the forward pass; below, what it keeps, and lines of the backward pass."""

    key: str  # in its id
    about: str  # what data-of says; empty where it is about nothing that a page can quote
    forward: tuple[Line, ...]
    backward: tuple[Line, ...] = ()
    kind: str = "operation"  # "operation", "input", "unit" (round), "soft", "plain" (no frame)
    given: bool = False  # keeps its order among the others of its layer
    stored: tuple[Line, ...] = ()

    @property
    def sections(self) -> Sections:
        """Its sections from top to bottom, each with the class of its text."""
        kept = (KEPT, *self.stored) if self.stored else ()
        found = ((None, self.forward), ("k", kept), ("a", self.backward))
        return tuple((kind, section) for kind, section in found if section)

    @property
    def lines(self) -> tuple[Line, ...]:
        """All its lines."""
        return tuple(line for _, section in self.sections for line in section)


def size(box: Box) -> tuple[float, float]:
    """How wide and high a box has to be for its lines."""
    sections = box.sections
    lines = (line for _, section in sections for line in section)
    wide = max(map(mathline.width, lines), default=0.0) + 2 * PADDING
    high = _height(sections)
    if box.kind == "unit":
        wide = high = max(wide, high, ROUND)
    if box.kind == "plain":
        wide, high = wide - PADDING, high - SECTION
    return float(round(wide)), float(round(high))


def inset(box: Box, extents: tuple[float, float], across: float) -> float:
    """How far a round box's edge lies inside its rectangle, so far across from its middle."""
    if box.kind != "unit":
        return 0.0
    radius = min(extents) / 2
    beside = max(0.0, abs(across) - (extents[1] / 2 - radius))
    return radius - math.sqrt(max(0.0, radius**2 - beside**2))


def drawn(box: Box, middle: tuple[float, float], extents: tuple[float, float]) -> str:
    """A box at its place."""
    x, y = middle
    sections = box.sections
    content = ""
    down = y - _height(sections) / 2
    for kind, section in sections:
        at = down + SECTION / 2 + BASELINE
        for place, line in enumerate(section):
            said = "t" if line is KEPT else "a" if kind == "a" else ""
            content += svg.text(line, x, at + LEADING * (place + 0.5), kind=said)
        down += _section(len(section))
    return (
        _frame(box.kind, middle, extents, tuple((k, len(part)) for k, part in sections)) + content
    )


@lru_cache(maxsize=1024)  # the same at every point where the texts are as wide
def _frame(
    kind: str,
    middle: tuple[float, float],
    extents: tuple[float, float],
    sections: tuple[tuple[str | None, int], ...],
) -> str:
    """A box without its texts: its outline, and the sections that stand out."""
    (x, y), (wide, high) = middle, extents
    corner = min(CORNERS.get(kind, 0.0), wide / 2)
    shape = _Shape(x - wide / 2, y - high / 2, wide, high, corner)
    marks = ""
    down = y - sum(_section(count) for _, count in sections) / 2
    for name, count in sections:
        if name is not None:
            marks = shape.marked(name, down, down + _section(count)) + marks
        down += _section(count)
    return (shape.outline() if kind != "plain" else "") + marks


def _section(lines: int) -> float:
    return LEADING * lines + SECTION


def _height(sections: Sections) -> float:
    return sum([_section(len(section)) for _, section in sections])


class _Shape(NamedTuple):
    """A rectangle with round corners."""

    left: float
    top: float
    wide: float
    high: float
    corner: float

    def outline(self) -> str:
        """The frame."""
        return (
            f'<rect x="{number(self.left)}" y="{number(self.top)}" width="{number(self.wide)}"'
            f' height="{number(self.high)}" rx="{number(min(self.corner, self.high / 2))}"'
            ' class="n"/>'
        )

    def marked(self, kind: str, top: float, bottom: float) -> str:
        """A section that stands out: tinted to the box's lower edge, or under a line."""
        right, n = self.left + self.wide, number
        if kind == "k":
            return svg.path("l", f"M{n(self.left)} {n(top)}H{n(right)}")
        bottom = self.top + self.high
        corner = min(self.corner, self.high / 2)
        # a round box is narrower where the section begins
        begin = max(top, self.top)
        sunk = max(0.0, begin - (bottom - corner))
        side = corner - math.sqrt(max(0.0, corner**2 - sunk**2))
        arc = f"A{n(corner)} {n(corner)} 0 0 1"
        path = (
            f"M{n(self.left + side)} {n(begin)}H{n(right - side)}"
            f"V{n(max(begin, bottom - corner))}{arc} {n(right - corner)} {n(bottom)}"
            f"H{n(self.left + corner)}{arc} {n(self.left)} {n(max(begin, bottom - corner))}z"
        )
        if sunk:
            path = (
                f"M{n(self.left + side)} {n(begin)}H{n(right - side)}"
                f"{arc} {n(right - corner)} {n(bottom)}H{n(self.left + corner)}"
                f"{arc} {n(self.left + side)} {n(begin)}z"
            )
        return svg.path("k", path)
