"""Boxes and arrows as an SVG figure: what moves forward above and solid, what comes back below and dashed.

A diagram says what there is to see; `layout` says where, and this draws it. Colours and letters come
from the style sheet, so a figure follows the page's theme; `standalone` makes one that opens alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from docs_plugins import svg
from docs_plugins.layout import TRACKS, Edge, Layout, Node, Placed, Rail, layered
from docs_plugins.svg import SIZE, Line, element, number

LEADING = 19.0  # from one line of text to the next
PADDING = 9.0
MARGIN = 6.0
HEAD = 8.0  # length of an arrow's head
BASELINE = 5.0  # from the middle of a line of text down to where its letters stand
MOST_NODES = 300
MOST_LINKS = 600
WIDEST = 980.0  # a wider figure keeps its size and scrolls


class TooLargeError(ValueError):
    """A diagram with more nodes or links than a figure can show."""


@dataclass(frozen=True, slots=True)
class Box:
    """A node: lines of the forward pass, and below them lines of the backward pass."""

    key: str  # in its id
    about: str  # what data-of says; empty where it is about nothing that a page can quote
    forward: tuple[Line, ...]
    backward: tuple[Line, ...] = ()
    kind: str = "operation"  # "operation", "input", "unit" (round), "plain" (without a frame)
    given: bool = False  # keeps its order among the others of its layer


@dataclass(frozen=True, slots=True)
class Arrow:
    """A link: solid from source to target, and dashed back where something comes back."""

    key: str
    about: str
    source: str
    target: str
    forward: tuple[Line, ...] = ()
    backward: tuple[Line, ...] = ()
    back: bool = True
    there: bool = True


@dataclass(frozen=True, slots=True)
class Diagram:
    """What a figure shows, in the order of evaluation, and how it is called."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    title: str
    description: str
    below: tuple[Line, ...] = ()  # lines of text under the drawing
    direction: str = "right"  # the flow's: "right" or "down"


def check_size(nodes: int, links: int) -> None:
    """Raise `TooLargeError` for more than a figure can show."""
    if nodes > MOST_NODES:
        raise TooLargeError(f"too many nodes to draw: {nodes}, and {MOST_NODES} at most")
    if links > MOST_LINKS:
        raise TooLargeError(f"too many links to draw: {links}, and {MOST_LINKS} at most")


def draw(diagram: Diagram, identifier: str) -> str:
    """Return the figure as an inline SVG element; raises `TooLargeError`."""
    check_size(len(diagram.boxes), len(diagram.arrows))
    return _Drawing(diagram, identifier).markup()


class _Drawing:
    """One drawing of a diagram."""

    def __init__(self, diagram: Diagram, identifier: str) -> None:
        self.diagram = diagram
        self.id = identifier
        self.down = diagram.direction == "down"
        self.boxes = {box.key: box for box in diagram.boxes}
        self.sizes = _sizes(diagram)
        self.layout = self._laid_out()

    def _laid_out(self) -> Layout:
        nodes = []
        for box in self.diagram.boxes:
            wide, high = self.sizes[box.key]
            along, across = (high, wide) if self.down else (wide, high)
            nodes.append(Node(box.key, along, across, box.given))
        return layered(nodes, [self._edge(arrow) for arrow in self.diagram.arrows])

    def _edge(self, arrow: Arrow) -> Edge:
        before, after = _extent(arrow.forward), _extent(arrow.backward)
        if self.down:
            along = max(before[1], after[1]) + 4
            return Edge(arrow.key, arrow.source, arrow.target, along, before[0] + 12, after[0] + 12)
        along = max(before[0], after[0]) + 8
        if not arrow.forward and not arrow.backward:
            along = 0.0
        return Edge(arrow.key, arrow.source, arrow.target, along, before[1] + 5, after[1] + 6)

    def markup(self) -> str:
        """The whole element."""
        layout = self.layout
        wide, high = layout.length, layout.breadth
        if self.down:
            wide, high = high, wide
        below = "".join(
            svg.text(line, 0, high + 24 + LEADING * 1.25 * place, text_anchor="start")
            for place, line in enumerate(self.diagram.below)
        )
        if self.diagram.below:
            high += 14 + LEADING * 1.25 * len(self.diagram.below)
            wide = max(wide, *(svg.width(line) for line in self.diagram.below))
        links = "".join(self._arrow(arrow) for arrow in self.diagram.arrows)
        nodes = "".join(self._box(box, layout.nodes[box.key]) for box in self.diagram.boxes)
        return framed(self.diagram, self.id, wide, high, links + nodes + below)

    # --- nodes

    def _box(self, box: Box, placed: Placed) -> str:
        x, y = self._at(placed.along, placed.across)
        wide, high = self._at(placed.length, placed.breadth)
        left, top = x - wide / 2, y - high / 2
        lines = [*box.forward, *box.backward]
        start = y - LEADING * (len(lines) - 1) / 2 + BASELINE
        content = ""
        if box.kind != "plain":
            round_ = min(wide, high) / 2 if box.kind == "unit" else 6
            content = element("rect", x=left, y=top, width=wide, height=high, rx=round_, class_="n")
            if box.backward:
                middle = top + high * len(box.forward) / len(lines)
                content += _lower(left, middle, wide, top + high, round_)
        for place, line in enumerate(lines):
            kind = "a" if place >= len(box.forward) else None
            shift = 0.0
            if box.backward and box.kind != "plain":
                shift = -2.0 if place < len(box.forward) else 2.0
            content += svg.text(line, x, start + LEADING * place + shift, class_=kind)
        return element(
            "g",
            content,
            id=f"{self.id}-{box.key}",
            class_=f"mg-node mg-{box.kind}",
            data_of=box.about,
        )

    # --- links

    def _arrow(self, arrow: Arrow) -> str:
        route = self.layout.routes[arrow.key]
        lane = route.rails[route.label]
        content = ""
        shift = TRACKS / 2 if arrow.back and arrow.there else 0.0
        if arrow.there:
            content += self._line(route.rails, -shift, "f", backward=False)
        if arrow.back:
            content += self._line(route.rails, shift, "b", backward=True)
        content += self._labels(arrow.forward, lane, -1, None)
        content += self._labels(arrow.backward, lane, 1, "a")
        return element(
            "g", content, id=f"{self.id}-{arrow.key}", class_="mg-link", data_of=arrow.about
        )

    def _line(self, rails: Sequence[Rail], shift: float, kind: str, *, backward: bool) -> str:
        """A link's line along its rails with a head at its end."""
        ordered = list(rails)
        ends = [(rail.start, rail.end) for rail in ordered]
        if backward:
            ordered.reverse()
            ends = [(end, start) for start, end in reversed(ends)]
        way = -1.0 if backward else 1.0
        ends[-1] = (ends[-1][0], ends[-1][1] - way * HEAD * 0.75)
        path = ""
        at = (0.0, 0.0)
        for index, (rail, (start, end)) in enumerate(zip(ordered, ends, strict=True)):
            across = rail.across + shift
            if index == 0:
                path = f"M{self._pair(start, across)}"
            elif abs(at[1] - across) < 0.05:
                pass
            else:
                middle = (at[0] + start) / 2 + _lag(across - at[1], shift, start - at[0])
                path += (
                    f"C{self._pair(middle, at[1])} {self._pair(middle, across)}"
                    f" {self._pair(start, across)}"
                )
            at = (end, across)
            following = ordered[index + 1] if index + 1 < len(ordered) else None
            straight_on = following is not None and abs(following.across - rail.across) < 0.05
            if not straight_on and abs(start - end) > 0.05:
                path += f"L{self._pair(end, across)}"
        tip = (at[0] + way * HEAD * 0.75, at[1])
        back = tip[0] - way * HEAD
        head = (
            f"M{self._pair(*tip)}L{self._pair(back, tip[1] - 3.6)}"
            f"L{self._pair(back, tip[1] + 3.6)}z"
        )
        return element("path", class_=kind, d=path) + element("path", class_=f"{kind}h", d=head)

    def _labels(self, lines: Sequence[Line], lane: Rail, side: int, kind: str | None) -> str:
        """A link's label beside its lane: above it (-1) or below (1); left or right if the flow goes down."""
        if not lines:
            return ""
        middle = (lane.start + lane.end) / 2
        content = ""
        for place, line in enumerate(lines):
            if self.down:
                x, y = self._at(middle, lane.across + side * (TRACKS / 2 + 7))
                y += LEADING * (place - (len(lines) - 1) / 2) + BASELINE
                anchor = "start" if side > 0 else "end"
                content += svg.text(line, x, y, text_anchor=anchor, class_=kind)
                continue
            steps = place if side > 0 else len(lines) - 1 - place
            distance = TRACKS / 2 + 4 + LEADING * (steps + 0.5) - 3
            content += svg.text(
                line, middle, lane.across + side * distance + BASELINE - 0.5, class_=kind
            )
        return content

    def _at(self, along: float, across: float) -> tuple[float, float]:
        return (across, along) if self.down else (along, across)

    def _pair(self, along: float, across: float) -> str:
        x, y = self._at(along, across)
        return f"{number(x)} {number(y)}"


def _lag(across: float, shift: float, along: float) -> float:
    """How much later one of two lines bends, so that they stay apart where the bend is steep."""
    steep = min(1.0, abs(across) / max(abs(along), 1.0) / 2)
    way = 1.0 if (across > 0) == (along > 0) else -1.0
    return -way * 1.3 * shift * steep


def _lower(left: float, middle: float, wide: float, bottom: float, round_: float) -> str:
    """The tinted lower part of a box, with its rounded corners."""
    round_ = min(round_, bottom - middle)
    n = number
    path = (
        f"M{n(left)} {n(middle)}H{n(left + wide)}V{n(bottom - round_)}"
        f"a{n(round_)} {n(round_)} 0 0 1 {n(-round_)} {n(round_)}H{n(left + round_)}"
        f"a{n(round_)} {n(round_)} 0 0 1 {n(-round_)} {n(-round_)}z"
    )
    return element("path", class_="k", d=path)


def _extent(lines: Sequence[Line]) -> tuple[float, float]:
    """How wide and how high a label is."""
    return max((svg.width(line) for line in lines), default=0.0), LEADING * len(lines)


def _sizes(diagram: Diagram) -> dict[str, tuple[float, float]]:
    """Every box's width and height: room for its lines and for the links at its sides."""
    sizes: dict[str, tuple[float, float]] = {}
    for box in diagram.boxes:
        lines = [*box.forward, *box.backward]
        wide = max((svg.width(line) for line in lines), default=0.0) + 2 * PADDING
        high = LEADING * len(lines) + 2 * 5 + (4 if box.backward else 0)
        if box.kind == "unit":
            wide = high = max(wide + 4, high)
        if box.kind == "plain":
            wide, high = wide - PADDING, high - 6
        sizes[box.key] = (round(wide), round(high))
    return sizes


def framed(diagram: Diagram, identifier: str, wide: float, high: float, content: str) -> str:
    """The svg element around a drawing, with its title and description."""
    wide, high = wide + 2 * MARGIN, high + 2 * MARGIN
    described = element("title", escape(diagram.title), id=f"{identifier}-title") + element(
        "desc", escape(diagram.description), id=f"{identifier}-desc"
    )
    box = f"{number(-MARGIN)} {number(-MARGIN)} {number(wide)} {number(high)}"
    return element(
        "svg",
        described + content,
        xmlns="http://www.w3.org/2000/svg",
        class_="mg-figure" + (" mg-wide" if wide > WIDEST else ""),
        role="img",
        aria_labelledby=f"{identifier}-title",
        aria_describedby=f"{identifier}-desc",
        viewBox=box,
        width=wide,
        height=high,
        font_size=SIZE,
        text_anchor="middle",
    )
