"""Where the nodes of a layered graph stand, and along which rails its links run. Pure geometry.

The flow goes along the first axis, layer by layer. `spread` says where everything stands across it;
here layers and the lanes between them get their room along it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from docs_plugins.drawing.spread import APART, STUB, Edge, Node, Spread, spread


class Placed(NamedTuple):
    """A node's place: its middle and its extents."""

    key: str
    along: float
    across: float
    length: float
    breadth: float


class Rail(NamedTuple):
    """A straight piece of a link, parallel to the flow; a bend joins it to the next."""

    start: float
    end: float
    across: float


class Route(NamedTuple):
    """A link's way: its rails in the direction of the flow, and which of them bears the label."""

    key: str
    rails: tuple[Rail, ...]
    label: int


class Layout(NamedTuple):
    """A drawing's geometry, from (0, 0) to (length, breadth)."""

    nodes: Mapping[str, Placed]
    routes: Mapping[str, Route]
    length: float
    breadth: float
    crossings: int


def layered(nodes: Sequence[Node], edges: Sequence[Edge], apart: float = APART) -> Layout:
    """Lay out an acyclic graph whose nodes are given in a topological order, so far apart.

    Raises `ValueError` for an edge that goes against that order.
    """
    found = spread(
        tuple(node._replace(along=0.0) for node in nodes),
        tuple(edge._replace(along=0.0) for edge in edges),
        apart,
    )
    return _Columns(found, nodes, edges).layout()


class _Columns:
    """The columns of a spread graph, as wide as what stands in them, and the lanes between."""

    def __init__(self, spread: Spread, nodes: Sequence[Node], edges: Sequence[Edge]) -> None:
        self.spread = spread
        self.room = {edge.key: edge.along for edge in edges}  # what labels need
        self.length = {node.key: node.along for node in nodes}
        self._stretch({node.key for node in nodes if node.stretched})
        self.columns: dict[str, tuple[float, float]] = {}
        self.lanes: dict[int, tuple[float, float]] = {}
        self.end = 0.0
        self._set()

    def _stretch(self, stretched: set[str]) -> None:
        """Make the stretched nodes of a layer equally long."""
        for row in self.spread.rows:
            found = [key for key in row if key in stretched]
            longest = max((self.length[key] for key in found), default=0.0)
            self.length.update(dict.fromkeys(found, longest))

    def _set(self) -> None:
        """Set columns and lanes beside each other."""
        spread, at = self.spread, 0.0
        for row, (first, second) in zip(spread.rows, spread.bends, strict=True):
            self.end = at + max((self.length.get(key, 0.0) for key in row), default=0.0)
            self.columns.update(dict.fromkeys(row, (at, self.end)))
            inside = [index for key in row for index in spread.leaving.get(key, ())]
            links = (spread.segments[index] for index in inside)
            room = max((self.room[s.link] for s in links if s.first), default=0.0)
            start = self.end + first
            self.lanes.update(dict.fromkeys(inside, (start, start + room)))
            at = start + room + second + STUB

    def layout(self) -> Layout:
        """All of it, from (0, 0) on."""
        spread, columns = self.spread, self.columns
        placed = {
            key: Placed(key, sum(columns[key]) / 2, spread.place[key], length, spread.breadth[key])
            for key, length in self.length.items()
        }
        return Layout(placed, self._routes(), self.end, spread.total, spread.crossings)

    def _routes(self) -> dict[str, Route]:
        spread, columns = self.spread, self.columns
        rails: dict[str, list[Rail]] = {key: [] for key in self.room}
        labels = {}
        for index, segment in enumerate(spread.segments):
            found = rails[segment.link]
            start, end = columns[segment.source]
            inner = (start + end + self.length[segment.source]) / 2 if segment.first else start
            found.append(Rail(inner, end + spread.stubs.get(index, 0.0), spread.start[index]))
            if segment.first:
                labels[segment.link] = len(found)
            found.append(Rail(*self.lanes[index], spread.lanes[index]))
            if segment.last:
                start, end = columns[segment.target]
                outer = (start + end - self.length[segment.target]) / 2
                found.append(Rail(start - STUB, outer, spread.end[index]))
        return {key: Route(key, tuple(found), labels[key]) for key, found in rails.items()}
