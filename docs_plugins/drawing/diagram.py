"""Boxes and arrows as a figure: what moves forward is solid, what comes back is dashed below it.

A diagram says what there is to see; `layout` says where, and this draws it. Colours and letters
come from the style sheet, so that a figure follows the page's theme.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from html import escape
from typing import NamedTuple

from docs_plugins.drawing import boxes, holes, mathline, svg
from docs_plugins.drawing.boxes import BASELINE, LEADING, Box
from docs_plugins.drawing.holes import Holed
from docs_plugins.drawing.layout import Layout, Placed, Rail, layered
from docs_plugins.drawing.mathline import SIZE, Line
from docs_plugins.drawing.spread import APART, TRACKS, Edge, Node
from docs_plugins.drawing.svg import element, number

MARGIN = 6.0
HEAD = 8.0  # length of an arrow's head
HALF_HEAD = 3.6
FRAMED = 62.0  # between boxes of a layer where there are frames around them
FRAME = 13.0  # from a box to the frame around it
FRAME_CORNER = 10.0
NAMED = 7.0  # from a frame up to its name
MOST_NODES = 300
MOST_LINKS = 600
WIDEST = 980.0  # a wider figure keeps its size and scrolls
NARROWEST = 385.0  # a narrower one fits a phone, its subscripts still being legible
LABEL = 5.0  # between a link and its label
BLANK = 16.0  # the length of a link's lane without a label


class TooLargeError(ValueError):
    """A diagram with more nodes or links than a figure can show."""


class Arrow(NamedTuple):
    """A link: solid from source to target, and dashed back where something comes back."""

    key: str
    about: str
    source: str
    target: str
    forward: tuple[Line, ...] = ()
    backward: tuple[Line, ...] = ()
    back: bool = True


class Frame(NamedTuple):
    """A part of a drawing with its name: the boxes that it goes around."""

    title: str
    keys: frozenset[str]


class Diagram(NamedTuple):
    """What a figure shows, in the order of evaluation, and how it is called."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    title: str
    description: str
    below: tuple[Line, ...] = ()  # lines of text under the drawing
    direction: str = "right"  # the flow's: "right" or "down"
    frames: tuple[Frame, ...] = ()


def check_size(nodes: int, links: int) -> None:
    """Raise `TooLargeError` for more than a figure can show."""
    if nodes > MOST_NODES:
        raise TooLargeError(f"too many nodes to draw: {nodes}, and {MOST_NODES} at most")
    if links > MOST_LINKS:
        raise TooLargeError(f"too many links to draw: {links}, and {MOST_LINKS} at most")


def draw(diagram: Diagram, identifier: str) -> str:
    """Return the figure as an inline SVG element; raises `TooLargeError`."""
    check_size(len(diagram.boxes), len(diagram.arrows))
    given = {
        holes.TITLE: escape(diagram.title),
        holes.DESCRIPTION: escape(diagram.description),
    }
    plain = diagram._replace(
        boxes=tuple([_box_apart(box, given) for box in diagram.boxes]),
        arrows=tuple([_arrow_apart(arrow, given) for arrow in diagram.arrows]),
        below=holes.apart(diagram.below, given),
        title=holes.TITLE,
        description=holes.DESCRIPTION,
    )
    return _drawn(plain, identifier).filled(given)


def _box_apart(box: Box, given: dict[str, str]) -> Box:
    forward, backward = holes.apart(box.forward, given), holes.apart(box.backward, given)
    stored = holes.apart(box.stored, given)
    if forward is box.forward and backward is box.backward and stored is box.stored:
        return box
    return box._replace(forward=forward, backward=backward, stored=stored)


def _arrow_apart(arrow: Arrow, given: dict[str, str]) -> Arrow:
    forward, backward = holes.apart(arrow.forward, given), holes.apart(arrow.backward, given)
    if forward is arrow.forward and backward is arrow.backward:
        return arrow
    return arrow._replace(forward=forward, backward=backward)


@lru_cache(maxsize=32)
def _drawn(diagram: Diagram, identifier: str) -> Holed:
    return holes.holed(_Drawing(diagram, identifier).markup())


class _Drawing:
    """One drawing of a diagram."""

    def __init__(self, diagram: Diagram, identifier: str) -> None:
        self.diagram = diagram
        self.id = identifier
        self.down = diagram.direction == "down"
        self.boxes = {box.key: box for box in diagram.boxes}
        self.layout = self._laid_out()

    def _laid_out(self) -> Layout:
        nodes = []
        for box in self.diagram.boxes:
            along, across = self._turned(*boxes.size(box))
            tight, stretched = box.kind in {"unit", "soft"}, box.kind != "unit"
            nodes.append(
                Node(box.key, along, across, box.given, tight, stretched, roomy=bool(box.stored))
            )
        edges = [self._edge(arrow) for arrow in self.diagram.arrows]
        return layered(nodes, edges, FRAMED if self.diagram.frames else APART)

    def _edge(self, arrow: Arrow) -> Edge:
        wide = [
            max(map(mathline.width, side), default=0.0) for side in (arrow.forward, arrow.backward)
        ]
        high = [LEADING * len(side) for side in (arrow.forward, arrow.backward)]
        along, across = (high, wide) if self.down else (wide, high)
        least = BLANK + 2 * FRAME if self.diagram.frames else BLANK
        before, after = (room + 2 * LABEL if self.down else room + LABEL for room in across)
        return Edge(arrow.key, arrow.source, arrow.target, max(*along, least) + 4, before, after)

    def markup(self) -> str:
        """The whole element."""
        wide, high = self._turned(self.layout.length, self.layout.breadth)
        below = ""
        for line in self.diagram.below:
            below += svg.text(line, 0, high + 28, anchor="start")
            high += LEADING * 1.25
            wide = max(wide, mathline.width(line))
        if below:
            high += 12
        drawn = (
            "".join(map(self._frame, self.diagram.frames))
            + "".join(map(self._arrow, self.diagram.arrows))
            + "".join(map(self._box, self.diagram.boxes))
            + below
        )
        margin = FRAME + NAMED + SIZE if self.diagram.frames else MARGIN
        return framed(self.diagram, self.id, (wide, high), drawn, margin)

    def _turned(self, along: float, across: float) -> tuple[float, float]:
        """From along and across the flow to x and y, or back."""
        return (across, along) if self.down else (along, across)

    def _box(self, box: Box) -> str:
        placed = self.layout.nodes[box.key]
        content = boxes.drawn(box, self._turned(placed.along, placed.across), self._extents(placed))
        return svg.group(f"{self.id}-{box.key}", f"mg-node mg-{box.kind}", box.about, content)

    def _extents(self, placed: Placed) -> tuple[float, float]:
        return self._turned(placed.length, placed.breadth)

    def _frame(self, frame: Frame) -> str:
        """A frame around some boxes with its name above."""
        places = [self.layout.nodes[box.key] for box in self.diagram.boxes if box.key in frame.keys]
        sides = [(self._turned(p.along, p.across), self._extents(p)) for p in places]
        left = min(x - wide / 2 for (x, _), (wide, _) in sides) - FRAME
        right = max(x + wide / 2 for (x, _), (wide, _) in sides) + FRAME
        top = min(y - high / 2 for (_, y), (_, high) in sides) - FRAME
        bottom = max(y + high / 2 for (_, y), (_, high) in sides) + FRAME
        name = svg.text(mathline.roman(frame.title), (left + right) / 2, top - NAMED, kind="t")
        return name + element(
            "rect",
            x=left,
            y=top,
            width=right - left,
            height=bottom - top,
            rx=FRAME_CORNER,
            class_="g",
        )

    # --- links

    def _arrow(self, arrow: Arrow) -> str:
        route = self.layout.routes[arrow.key]
        lane = route.rails[route.label]
        shift = TRACKS / 2 if arrow.back else 0.0
        content = self._line(arrow, -shift, "f", backward=False)
        if arrow.back:
            content += self._line(arrow, shift, "b", backward=True)
        content += self._labels(arrow.forward, lane, -1, shift, "")
        content += self._labels(arrow.backward, lane, 1, shift, "a")
        return svg.group(f"{self.id}-{arrow.key}", "mg-link", arrow.about, content)

    def _line(self, arrow: Arrow, shift: float, kind: str, *, backward: bool) -> str:
        """A link's line along its rails, and a head at its end."""
        rails = self.layout.routes[arrow.key].rails
        insets = (
            self._inset(arrow.source, rails[0].across + shift),
            self._inset(arrow.target, rails[-1].across + shift),
        )
        line, head = _lines(rails, insets, shift, down=self.down, backward=backward)
        return svg.path(kind, line) + svg.path(f"{kind}h", head)

    def _inset(self, key: str, across: float) -> float:
        placed = self.layout.nodes[key]
        extents = (placed.length, placed.breadth)
        return boxes.inset(self.boxes[key], extents, across - placed.across)

    def _labels(self, lines: Sequence[Line], lane: Rail, side: int, shift: float, kind: str) -> str:
        """A link's label beside its lane: above (-1) or below it (1), or left and right of it."""
        middle = (lane.start + lane.end) / 2
        content = ""
        for place, line in enumerate(lines):
            if self.down:
                x, y = lane.across + side * (shift + LABEL + 2), middle
                y += LEADING * (place - (len(lines) - 1) / 2) + BASELINE
                anchor = "start" if side > 0 else "end"
                content += svg.text(line, x, y, anchor=anchor, kind=kind)
            else:
                steps = place if side > 0 else len(lines) - 1 - place
                distance = shift + 1 + LEADING * (steps + 0.5)
                y = lane.across + side * distance + BASELINE - 0.5
                content += svg.text(line, middle, y, kind=kind)
        return content


@lru_cache(maxsize=1024)  # a function is drawn the same at every point where its texts are as wide
def _lines(
    rails: tuple[Rail, ...],
    insets: tuple[float, float],
    shift: float,
    *,
    down: bool,
    backward: bool,
) -> tuple[str, str]:
    """The paths of a link's line, beside its rails by a shift, and of the head at its end."""
    ends = [(rail.start, rail.end, rail.across + shift) for rail in rails]
    start, end, across = ends[0]
    ends[0] = (start - insets[0], end, across)
    start, end, across = ends[-1]
    ends[-1] = (start, end + insets[1], across)
    if backward:
        ends = [(end, start, across) for start, end, across in reversed(ends)]
    way = -1.0 if backward else 1.0
    tip, across = ends[-1][1], ends[-1][2]
    back = tip - way * HEAD
    ends[-1] = (ends[-1][0], tip - way * HEAD * 0.7, across)
    pair = _pair_down if down else _pair
    head = (
        f"M{pair(tip, across)}L{pair(back, across - HALF_HEAD)}L{pair(back, across + HALF_HEAD)}z"
    )
    return _path(ends, shift, pair), head


def _path(
    rails: Sequence[tuple[float, float, float]], shift: float, pair: Callable[[float, float], str]
) -> str:
    """Straight along each rail, and in a bend to the next where that lies elsewhere."""
    start, at, across = rails[0]
    path = f"M{pair(start, across)}"
    for start, end, level in rails[1:]:
        if abs(level - across) >= 0.05:
            middle = (at + start) / 2 + _lag(level - across, shift, start - at)
            path += (
                f"L{pair(at, across)}C{pair(middle, across)}"
                f" {pair(middle, level)} {pair(start, level)}"
            )
        at, across = end, level
    return f"{path}L{pair(at, across)}"


def _pair(along: float, across: float) -> str:
    """A point of a drawing that flows to the right."""
    return f"{number(along)} {number(across)}"


def _pair_down(along: float, across: float) -> str:
    """A point of one that flows down."""
    return f"{number(across)} {number(along)}"


def _lag(across: float, shift: float, along: float) -> float:
    """How much later one of two lines bends, so that they stay apart where the bend is steep."""
    steep = min(1.0, abs(across) / max(abs(along), 1.0) / 2)
    way = 1.0 if (across > 0) == (along > 0) else -1.0
    return -way * 1.3 * shift * steep


def framed(
    diagram: Diagram, identifier: str, extent: tuple[float, float], content: str, margin: float
) -> str:
    """The svg element around a drawing, with its title and description."""
    wide, high = extent[0] + 2 * margin, extent[1] + 2 * margin
    described = element("title", escape(diagram.title), id=f"{identifier}-title") + element(
        "desc", escape(diagram.description), id=f"{identifier}-desc"
    )
    return element(
        "svg",
        described + content,
        xmlns="http://www.w3.org/2000/svg",
        class_=f"mg-figure{' mg-wide' * (wide > WIDEST)}{' mg-narrow' * (wide < NARROWEST)}",
        role="img",
        aria_labelledby=f"{identifier}-title",
        aria_describedby=f"{identifier}-desc",
        viewBox=f"{number(-margin)} {number(-margin)} {number(wide)} {number(high)}",
        width=wide,
        height=high,
        font_size=SIZE,
        text_anchor="middle",
    )
