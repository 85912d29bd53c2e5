"""Where the nodes of a layered graph stand across the flow, and where their links run. Geometry.

What lies side by side in a layer is spread across the flow. Between two layers each link has a
lane, a straight piece parallel to the flow, which has room for its label; lanes keep the order in
which links leave, so that links cross beyond their labels only. Long links pass the layers between
on lanes of their own, never through a node.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from docs_plugins.drawing.isotonic import isotonic
from docs_plugins.drawing.layering import PATIENCE, Layering, Link, Segment, is_passage, layers

ROUNDS = 12  # of sweeps there and back
SETTLED = 1e-6
APART = 20.0  # between nodes of a layer
ARRIVING = 22.0  # between links where they arrive at a node
WIDEST = 3.0  # the lanes of a node's links keep others away so many times as far as it is broad
ROOMY = 47.0  # the most between links that arrive at a roomy node
CROWDED = 5  # more links than this at one side of a node stand as close where they leave
TRACKS = 8.0  # from a link's forward line to its backward line
CORNER = 10.0  # from a node's last link to its corner
ROUND = 8.0  # the same at a tight node
STUB = 11.0  # a straight piece with an arrow's head
LEAVING = 0.9  # a bend's length for its height, where links leave
STEEPEST = 0.6  # and where they arrive
LONGEST_BEND = 72.0
NEAR = 9.0  # a bend over less than this is no bend
EVEN = 2.0  # a passage so near to the lane before it moves there
CLOSEST = 15.0  # between links that were made straight
PASSING = 200.0  # how much more a long link goes straight on than towards its end
LIGHT = 0.001  # how much a free input counts beside the nodes that it stands with


Pull = tuple[str, float, float]
"""A node that another is drawn to, how far from it the link between is straight, its weight."""


class Node(NamedTuple):
    """Something to place: its least extents; `given` nodes keep their order.

    Links leave a `tight` node close to each other; from others they leave where their lanes are.
    A `stretched` node is as long as the longest such in its layer; at a `roomy` one links arrive as
    far apart as it is broad.
    """

    key: str
    along: float
    across: float
    given: bool = False
    tight: bool = False
    stretched: bool = False
    roomy: bool = False


class Edge(NamedTuple):
    """A link to draw, and the room for its label: along the flow, and across on either side."""

    key: str
    source: str
    target: str
    along: float = 0.0
    before: float = 4.0
    after: float = 4.0


class Spread(NamedTuple):
    """Where all stands across the flow; how long things are along it has no part in that."""

    rows: tuple[tuple[str, ...], ...]
    segments: tuple[Segment, ...]
    leaving: Mapping[str, Sequence[int]]  # the segments that leave a node
    place: Mapping[str, float]  # of the nodes
    breadth: Mapping[str, float]
    start: Mapping[int, float]  # of the segments, where they leave
    lanes: Mapping[int, float]  # where their straight pieces run
    end: Mapping[int, float]  # and where they arrive
    stubs: Mapping[int, float]  # straight pieces before bends, where links leave
    bends: tuple[tuple[float, float], ...]  # how long they are, before and after a row's lanes
    total: float
    crossings: int


@lru_cache(maxsize=128)  # functions that are wired alike, their boxes having as many lines
def spread(nodes: tuple[Node, ...], edges: tuple[Edge, ...], apart: float) -> Spread:
    """Spread an acyclic graph whose nodes are given in a topological order, so far apart.

    Raises `ValueError` for an edge that goes against that order.
    """
    layering = layers(
        [node.key for node in nodes],
        [Link(edge.key, edge.source, edge.target) for edge in edges],
        [node.key for node in nodes if node.given],
    )
    return _Geometry(nodes, edges, layering, apart).spread()


class _Geometry:
    """The places of one layering across the flow, worked out one after the other."""

    def __init__(
        self, nodes: Sequence[Node], edges: Sequence[Edge], layering: Layering, apart: float
    ) -> None:
        self.nodes = nodes
        self.apart = apart
        self.tight = {node.key for node in nodes if node.tight}
        self.roomy = {node.key for node in nodes if node.roomy}
        self.edges = {edge.key: edge for edge in edges}
        self.rows = layering.rows
        self.segments = layering.segments
        self.crossings = layering.crossings
        self.breadth = {node.key: node.across for node in nodes}
        self.room: dict[str, float] = {}  # what the lanes of a node's links need, side by side
        self.leaving: dict[str, list[int]] = {}
        self.arriving: dict[str, list[int]] = {}
        for index, segment in enumerate(self.segments):
            self.leaving.setdefault(segment.source, []).append(index)
            self.arriving.setdefault(segment.target, []).append(index)
        self.weight = self._weights()
        self.start = self._ports(self.leaving, leaving=True)
        self.end = self._ports(self.arriving, leaving=False)
        self.stubs: dict[int, float] = {}  # straight pieces before bends, where links leave
        self.place = self._placed()

    # --- where links touch nodes

    def _ports(self, listed: Mapping[str, list[int]], *, leaving: bool) -> dict[int, float]:
        """How far from their nodes' middles the segments leave or arrive, in their order."""
        rank = {key: at for row in self.rows for at, key in enumerate(row)}

        def other(index: int) -> tuple[int, int]:
            segment = self.segments[index]
            return rank[segment.target if leaving else segment.source], index

        offsets = {}
        for key, indices in listed.items():
            ranked = sorted(indices, key=other)
            steps = [self._pitch(key, len(ranked), leaving=leaving)] * (len(ranked) - 1)
            if leaving:
                ends = (
                    self._room(self.segments[ranked[0]])[0]
                    + self._room(self.segments[ranked[-1]])[1]
                )
                self.room[key] = sum(self._pitches(ranked)) + TRACKS + ends
            if leaving and len(ranked) <= CROWDED and key not in self.tight:
                steps = [max(ARRIVING, step) for step in self._pitches(ranked)]
            at = -sum(steps) / 2
            for index, step in zip(ranked, [*steps, 0.0], strict=True):
                offsets[index] = at
                at += step
            if not leaving:
                self._centre(key, ranked, offsets)
            corner = 0.0 if is_passage(key) else ROUND if key in self.tight else CORNER
            needed = TRACKS + 2 * corner + sum(steps)
            self.breadth[key] = max(self.breadth.get(key, 0.0), needed)
        return offsets

    def _pitch(self, key: str, count: int, *, leaving: bool) -> float:
        """How far apart links are at one side of a node."""
        if leaving or key not in self.roomy or count < 2:
            return ARRIVING
        return min(ROOMY, max(ARRIVING, (self.breadth[key] - 2 * CORNER - TRACKS) / (count - 1)))

    def _centre(self, key: str, ranked: Sequence[int], offsets: dict[int, float]) -> None:
        """Let the one link from another operation arrive in the middle, if there is room."""
        heavy = [i for i in ranked if self.weight[self.segments[i].source] == 1.0]
        if len(heavy) != 1 or len(ranked) == 1:
            return
        shift = offsets[heavy[0]]
        furthest = max(abs(offsets[index] - shift) for index in ranked)
        if furthest <= (self.breadth.get(key, 0.0) - TRACKS) / 2 - CORNER:
            for index in ranked:
                offsets[index] -= shift

    def _pitches(self, ranked: Sequence[int]) -> list[float]:
        """How far apart the lanes of neighbouring segments have to be."""
        rooms = [self._room(self.segments[index]) for index in ranked]
        return [TRACKS + above[1] + below[0] for above, below in pairwise(rooms)]

    def _room(self, segment: Segment) -> tuple[float, float]:
        edge = self.edges[segment.link]
        return (edge.before, edge.after) if segment.first else (5.0, 5.0)

    # --- where nodes stand across the flow

    def _placed(self) -> dict[str, float]:
        """Give every node a place near its neighbours, in its layer's order."""
        place: dict[str, float] = {}
        gaps = {}
        for row in self.rows:
            gaps[row] = [
                (self._extent(a) + self._extent(b)) / 2
                + (APART / 2 if is_passage(a) and is_passage(b) else self.apart)
                for a, b in pairwise(row)
            ]
            at = -sum(gaps[row]) / 2
            for key, gap in zip(row, [*gaps[row], 0.0], strict=True):
                place[key] = at
                at += gap
        before, after = self._pulls()
        both = {key: before[key] + after[key] for key in place}
        rounds = max(2, min(ROUNDS, PATIENCE // max(1, len(self.segments))))
        for _ in range(rounds - 1):
            known = dict(place)
            self._sweep(reversed(self.rows), after, place, gaps)
            self._sweep(self.rows, before, place, gaps)
            moved = [place[key] - known[key] for key in place]
            if not moved or max(moved) - min(moved) < SETTLED:  # at most the whole drawing moves
                break
        self._sweep(reversed(self.rows), both, place, gaps)
        self._sweep(self.rows, both, place, gaps)
        return place

    def _sweep(
        self,
        rows: Iterable[tuple[str, ...]],
        pulls: Mapping[str, Sequence[Pull]],
        place: dict[str, float],
        gaps: Mapping[tuple[str, ...], Sequence[float]],
    ) -> None:
        """Move the nodes of each layer towards where their links would be straight."""
        for row in rows:
            wanted = [_wish(pulls[key], place, place[key]) for key in row]
            moved = isotonic(wanted, gaps[row], [self.weight[key] for key in row])
            place.update(zip(row, moved, strict=True))

    def _pulls(self) -> tuple[dict[str, list[Pull]], dict[str, list[Pull]]]:
        """What draws each node: along the links that arrive, and along those that leave."""
        before: dict[str, list[Pull]] = {key: [] for row in self.rows for key in row}
        after: dict[str, list[Pull]] = {key: [] for key in before}
        for index, segment in enumerate(self.segments):
            source, target = segment.source, segment.target
            onwards = self.weight[source] * (PASSING if is_passage(target) else 1.0)
            apart = self.start[index] - self.end[index]
            before[target].append((source, apart, onwards))
            after[source].append((target, -apart, self.weight[target]))
        return before, after

    def _extent(self, key: str) -> float:
        """How much room a node and its links' lanes need in its layer."""
        return max(self.breadth[key], min(self.room.get(key, 0.0), WIDEST * self.breadth[key]))

    def _weights(self) -> dict[str, float]:
        """What each node counts: an input of one consumer gives way to what it stands with."""
        weight = {}
        for row in self.rows:
            for key in row:
                free = key not in self.arriving and len(self.leaving.get(key, ())) == 1
                alone = all(other not in self.arriving for other in row)
                weight[key] = LIGHT if free and not alone else 1.0
        return weight

    # --- the ways of the links

    def spread(self) -> Spread:
        """Lay the lanes between the rows, and put everything at coordinates from 0 on."""
        lanes: dict[int, float] = {}
        bends = tuple(self._lay(row, lanes) for row in self.rows)
        tops = [self.place[node.key] - self.breadth[node.key] / 2 for node in self.nodes]
        bottoms = [self.place[node.key] + self.breadth[node.key] / 2 for node in self.nodes]
        for index, lane in lanes.items():
            before, after = self._room(self.segments[index])
            tops.append(lane - TRACKS / 2 - before)
            bottoms.append(lane + TRACKS / 2 + after)
        top = min(tops, default=0.0)
        places = {
            index: (
                self.place[segment.source] + self.start[index] - top,
                lanes[index] - top,
                self.place[segment.target] + self.end[index] - top,
            )
            for index, segment in enumerate(self.segments)
        }
        return Spread(
            rows=self.rows,
            segments=self.segments,
            leaving=self.leaving,
            place={node.key: self.place[node.key] - top for node in self.nodes},
            breadth=self.breadth,
            start={index: found[0] for index, found in places.items()},
            lanes={index: found[1] for index, found in places.items()},
            end={index: found[2] for index, found in places.items()},
            stubs=self.stubs,
            bends=bends,
            total=max(bottoms, default=0.0) - top,
            crossings=self.crossings,
        )

    def _lay(self, row: Sequence[str], lanes: dict[int, float]) -> tuple[float, float]:
        """Lay the lanes of the gap after a layer; return how long the bends beside them are."""
        inside = [index for key in row for index in self.leaving.get(key, ())]
        leave = {i: self.place[self.segments[i].source] + self.start[i] for i in inside}
        arrive = {i: self.place[self.segments[i].target] + self.end[i] for i in inside}
        ranked = sorted(inside, key=lambda i: (leave[i], arrive[i], i))
        wanted = [leave[i] for i in ranked]
        across = dict(zip(ranked, isotonic(wanted, self._pitches(ranked)), strict=True))
        self._straighten(ranked, across)
        first = _bend((across[i] - leave[i] for i in inside), 4.0, LEAVING)
        if first > 4.0:
            first += STUB
            self.stubs.update(dict.fromkeys(inside, STUB))
        second = _bend(
            (across[i] - self.place[self.segments[i].target] - self.end[i] for i in inside),
            0.0,
            STEEPEST,
        )
        lanes.update(across)
        return first, second

    def _straighten(self, ranked: Sequence[int], across: Mapping[int, float]) -> None:
        """Let links that nearly arrive where their lanes lead arrive just there."""
        for index in ranked:
            target = self.segments[index].target
            wanted = across[index] - self.place[target]
            near = abs(wanted - self.end[index]) < NEAR
            inside = abs(wanted) <= self.breadth[target] / 2 - CORNER
            apart = all(
                abs(wanted - self.end[other]) >= CLOSEST
                for other in self.arriving[target]
                if other != index
            )
            if is_passage(target):
                if abs(wanted) < EVEN:
                    self.place[target] += wanted
            elif near and inside and apart:
                self.end[index] = wanted


def _wish(pulls: Sequence[Pull], place: Mapping[str, float], otherwise: float) -> float:
    """Where a node's links would be straight, the heavier ones more so."""
    total = summed = 0.0
    for other, apart, counted in pulls:
        total += counted
        summed += (place[other] + apart) * counted
    return summed / total if total else otherwise


def _bend(heights: Iterable[float], least: float, steepest: float) -> float:
    """How long the bends of a gap are, for how far they lead across."""
    tallest = max(map(abs, heights), default=0.0)
    if tallest < 0.5:
        return least
    return min(LONGEST_BEND, max(24.0, steepest * tallest))
