"""A small line plot as an SVG figure: round ticks, points, and a name at each line's end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from itertools import pairwise
from typing import NamedTuple

from docs_plugins.drawing import mathline, svg
from docs_plugins.drawing.mathline import SIZE, Line
from docs_plugins.drawing.svg import element, number

TICK = 13.0  # size of the ticks' figures
LEFT, RIGHT, TOP, BOTTOM = 12.0, 14.0, 16.0, 46.0  # around the plot's inside
MOST_MARKED = 64  # points with a mark of their own
DIGITS = 0.55 * TICK  # the width of a figure at an axis


class Series(NamedTuple):
    """Points of one line, of a link's kind: "f" solid, "b" dashed in the second colour."""

    name: Line
    points: tuple[tuple[float, float], ...]
    kind: str = "f"
    first: Line = ()  # written at the first point
    last: Line = ()  # and at the last


class Plot(NamedTuple):
    """Lines over one pair of axes, and what they are called."""

    series: tuple[Series, ...]
    across: Line  # the name of the horizontal axis
    up: Line
    title: str
    description: str
    width: float = 440.0
    height: float = 270.0


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round numbers that cover an interval, about so many.

    >>> ticks(0.0, 0.076)
    [0.0, 0.02, 0.04, 0.06, 0.08]
    >>> ticks(3.0, 3.0)
    [3.0, 3.2, 3.4, 3.6, 3.8, 4.0]
    """
    if high <= low:
        high = low + 1.0
    raw = (high - low) / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1.0, 2.0, 5.0, 10.0) if power * factor >= raw * 0.99)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [float(f"{place * step:.15g}") for place in range(first, last + 1)]


def draw(plot: Plot, identifier: str) -> str:
    """Return the plot as an inline SVG element; raises `ValueError` for one without points."""
    if not any(series.points for series in plot.series):
        raise ValueError("a plot without points")
    return _Drawing(plot, identifier).markup()


class _Drawing:
    """One plot's axes and lines."""

    def __init__(self, plot: Plot, identifier: str) -> None:
        self.plot = plot
        self.id = identifier
        points = [point for series in plot.series for point in series.points]
        self.first, self.last = min(x for x, _ in points), max(x for x, _ in points)
        if self.first <= 0.2 * self.last:
            self.first = 0.0
        if self.last <= self.first:
            self.last = self.first + 1.0
        whole = all(x.is_integer() for x, _ in points)
        self.x_ticks = [
            tick
            for tick in ticks(self.first, self.last, 6)
            if self.first <= tick <= self.last and (tick.is_integer() or not whole)
        ]
        low, high = min(y for _, y in points), max(y for _, y in points)
        self.y_ticks = ticks(0.0 if 0 <= low <= 0.6 * high else low, high)
        names = [mathline.width(series.name) for series in plot.series]
        widest = max(len(_figure(tick)) for tick in self.y_ticks)
        self.left = LEFT + widest * DIGITS
        self.right = plot.width - RIGHT - max(names, default=0.0)
        self.top, self.bottom = TOP + SIZE + 6, plot.height - BOTTOM

    def x(self, value: float) -> float:
        """Where a value lies across."""
        share = (value - self.first) / (self.last - self.first)
        return self.left + share * (self.right - self.left)

    def y(self, value: float) -> float:
        """Where a value lies on the way down."""
        low, high = self.y_ticks[0], self.y_ticks[-1]
        return self.bottom - (value - low) / (high - low) * (self.bottom - self.top)

    def markup(self) -> str:
        """The whole element."""
        plot = self.plot
        described = element("title", escape(plot.title), id=f"{self.id}-title") + element(
            "desc", escape(plot.description), id=f"{self.id}-desc"
        )
        return element(
            "svg",
            described + self.axes() + "".join(map(self.line, plot.series)),
            xmlns="http://www.w3.org/2000/svg",
            class_="mg-figure mg-plot",
            role="img",
            aria_labelledby=f"{self.id}-title",
            aria_describedby=f"{self.id}-desc",
            viewBox=f"0 0 {number(plot.width)} {number(plot.height)}",
            width=plot.width,
            height=plot.height,
            font_size=SIZE,
            text_anchor="middle",
        )

    def axes(self) -> str:
        """Thin lines at the ticks, their figures, and the axes' names."""
        grid, written = "", ""
        for tick in self.y_ticks:
            grid += f"M{number(self.left)} {number(self.y(tick))}H{number(self.right)}"
            figure = mathline.roman(_figure(tick))
            written += svg.text(figure, self.left - 7, self.y(tick) + 4.5, kind="t", anchor="end")
        for tick in self.x_ticks:
            written += svg.text(
                mathline.roman(_figure(tick)), self.x(tick), self.bottom + 18, kind="t"
            )
        middle = (self.left + self.right) / 2
        up = svg.text(self.plot.up, self.left - 7, SIZE, anchor="start")
        across = svg.text(self.plot.across, middle, self.plot.height - 8)
        axis = element(
            "path",
            class_="x",
            d=f"M{number(self.left)} {number(self.bottom)}H{number(self.right)}",
        )
        return element("path", class_="r", d=grid) + axis + written + up + across

    def line(self, series: Series) -> str:
        """One line with its points, and its name at the end."""
        placed = [(self.x(x), self.y(y)) for x, y in series.points]
        path = "M" + "L".join(f"{number(x)} {number(y)}" for x, y in placed)
        content = element("path", class_=series.kind, d=path)
        if len(placed) <= MOST_MARKED:
            content += "".join(
                element("circle", cx=x, cy=y, r=2.6, class_=f"{series.kind}h") for x, y in placed
            )
        kind = "a" if series.kind == "b" else ""
        (x, y), (end, level) = placed[0], placed[-1]
        beside = x + 9
        below = _highest(placed, beside, beside + mathline.width(series.first)) - 6
        beneath = y + SIZE + 3  # where the line rises away
        content += svg.text(
            series.first,
            beside,
            min(y + 1, below) if below > y - SIZE else beneath,
            anchor="start",
            kind=kind,
        )
        above = _highest(placed, end - mathline.width(series.last) - 6, end) - 10
        content += svg.text(series.last, end, above, anchor="end", kind=kind)
        return content + svg.text(series.name, end + 8, level + 5, anchor="start", kind=kind)


def _highest(placed: Sequence[tuple[float, float]], start: float, end: float) -> float:
    """The least way down that a line reaches between two places across.

    >>> _highest([(0.0, 10.0), (10.0, 30.0)], 5.0, 10.0)
    20.0
    """
    heights = [y for x, y in placed if start <= x <= end]
    for (x0, y0), (x1, y1) in pairwise(placed):
        heights += [
            y0 + (x - x0) / (x1 - x0) * (y1 - y0) for x in (start, end) if x0 <= x <= x1 and x0 < x1
        ]
    return min(heights, default=placed[-1][1])


def _figure(tick: float) -> str:
    """A tick's figure."""
    return f"{tick:.6g}".replace("-", "−")
