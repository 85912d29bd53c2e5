"""Layered layout of a graph: where nodes stand and along which rails their links run. Pure geometry.

The flow goes along the first axis, layer by layer; what lies beside each other in a layer is spread
along the second. Between two layers each link has a *lane*, a straight piece parallel to the flow, on
which its label has room; lanes keep the order in which links leave, so that links only cross beyond
their labels. Long links pass through the layers between on lanes of their own, never through a node.
Everything is decided by the order of what is given: the same graph gives the same drawing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

SWEEPS = 12
APART = 22.0  # between nodes of a layer
PORTS = 27.0  # between links at one side of a node
TRACKS = 8.0  # from the middle of a link to the forward and to the backward line, together
LEAST_BEND = 26.0
MOST_BEND = 74.0


@dataclass(frozen=True, slots=True)
class Node:
    """Something to place: its extent along the flow and across it; `given` nodes keep their order."""

    key: str
    along: float
    across: float
    given: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """A link to draw: the room that its label needs along the flow, and across on either side."""

    key: str
    source: str
    target: str
    along: float = 0.0
    before: float = 4.0
    after: float = 4.0


@dataclass(frozen=True, slots=True)
class Placed:
    """A node's place: its middle and its extents."""

    key: str
    along: float
    across: float
    length: float
    breadth: float
    layer: int


@dataclass(frozen=True, slots=True)
class Rail:
    """A straight piece of a link, parallel to the flow; bends join a rail to the next."""

    start: float
    end: float
    across: float


@dataclass(frozen=True, slots=True)
class Route:
    """A link's way: its rails in the direction of the flow, and which of them bears the label."""

    key: str
    rails: tuple[Rail, ...]
    label: int


@dataclass(frozen=True, slots=True)
class Layout:
    """A drawing's geometry, from (0, 0) to (length, breadth)."""

    nodes: Mapping[str, Placed]
    routes: Mapping[str, Route]
    length: float
    breadth: float
    crossings: int


@dataclass(frozen=True, slots=True)
class _Segment:
    """The part of an edge between two neighbouring layers; dummies stand for it in the layers between."""

    edge: Edge
    source: str
    target: str
    labelled: bool


def layered(nodes: Sequence[Node], edges: Sequence[Edge]) -> Layout:
    """Lay out an acyclic graph whose nodes are given in a topological order.

    Raises `ValueError` for an edge that goes against that order.
    """
    layer = _layers(nodes, edges)
    segments, extents, dummies = _segments(nodes, edges, layer)
    rows = _initial(nodes, dummies, layer)
    given = {node.key for node in nodes if node.given}
    rows, crossings = _ordered(rows, segments, given)
    ports = _ports(rows, segments)
    places = _spread(rows, segments, extents, ports)
    return _routed(nodes, edges, rows, segments, extents, places, ports, crossings)


# --- layers


def _layers(nodes: Sequence[Node], edges: Sequence[Edge]) -> dict[str, int]:
    """Longest path from the beginning; nodes that nothing leads to are pulled to their consumers."""
    place = {node.key: index for index, node in enumerate(nodes)}
    incoming: dict[str, list[str]] = {node.key: [] for node in nodes}
    outgoing: dict[str, list[str]] = {node.key: [] for node in nodes}
    for edge in edges:
        if place[edge.source] >= place[edge.target]:
            raise ValueError(f"{edge.source} does not come before {edge.target}")
        incoming[edge.target].append(edge.source)
        outgoing[edge.source].append(edge.target)
    layer: dict[str, int] = {}
    for node in nodes:
        layer[node.key] = max((layer[source] + 1 for source in incoming[node.key]), default=0)
    for node in nodes:
        if not incoming[node.key] and outgoing[node.key]:
            layer[node.key] = min(layer[target] for target in outgoing[node.key]) - 1
    least = min(layer.values(), default=0)
    return {key: found - least for key, found in layer.items()}


def _segments(
    nodes: Sequence[Node], edges: Sequence[Edge], layer: Mapping[str, int]
) -> tuple[list[_Segment], dict[str, tuple[float, float]], dict[str, int]]:
    """Cut the edges at the layers that they pass."""
    extents = {node.key: (node.along, node.across) for node in nodes}
    dummies: dict[str, int] = {}
    segments: list[_Segment] = []
    for edge in edges:
        before = edge.source
        for between in range(layer[edge.source] + 1, layer[edge.target]):
            dummy = f"{edge.key}\0{between}"
            dummies[dummy] = between
            extents[dummy] = (0.0, TRACKS + 10)
            segments.append(_Segment(edge, before, dummy, labelled=before == edge.source))
            before = dummy
        segments.append(_Segment(edge, before, edge.target, labelled=before == edge.source))
    return segments, extents, dummies


# --- the order within the layers


def _initial(
    nodes: Sequence[Node], dummies: Mapping[str, int], layer: Mapping[str, int]
) -> list[list[str]]:
    count = max(layer.values(), default=-1) + 1
    rows: list[list[str]] = [[] for _ in range(count)]
    for node in nodes:
        rows[layer[node.key]].append(node.key)
    for dummy, between in dummies.items():
        rows[between].append(dummy)
    return rows


def _ordered(
    rows: list[list[str]], segments: Sequence[_Segment], given: set[str]
) -> tuple[list[list[str]], int]:
    """Median sweeps and swaps of neighbours: fewest crossings first, then given nodes in order."""
    above, below = _neighbours(segments)
    first = {key: place for row in rows for place, key in enumerate(row)}

    def cost(order: Sequence[Sequence[str]]) -> tuple[int, int]:
        return _crossings(order, segments), _inversions(order, given, first)

    best, least = [list(row) for row in rows], cost(rows)
    for start in (rows, [list(reversed(row)) for row in rows]):
        current = [list(row) for row in start]
        for sweep in range(SWEEPS):
            if least == (0, 0):
                return best, 0
            down = sweep % 2 == 0
            _median_sweep(current, above if down else below, down=down)
            _swapped(current, segments, given, first)
            found = cost(current)
            if found < least:
                best, least = [list(row) for row in current], found
    return best, least[0]


def _neighbours(
    segments: Sequence[_Segment],
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    above: dict[str, list[str]] = {}
    below: dict[str, list[str]] = {}
    for segment in segments:
        above.setdefault(segment.target, []).append(segment.source)
        below.setdefault(segment.source, []).append(segment.target)
    return above, below


def _median_sweep(
    rows: list[list[str]], neighbours: Mapping[str, list[str]], *, down: bool
) -> None:
    indices = range(1, len(rows)) if down else range(len(rows) - 2, -1, -1)
    for index in indices:
        fixed = {key: place for place, key in enumerate(rows[index - 1 if down else index + 1])}
        own = {key: place for place, key in enumerate(rows[index])}

        def middle(
            key: str, fixed: Mapping[str, int] = fixed, own: Mapping[str, int] = own
        ) -> float:
            places = [fixed[near] for near in neighbours.get(key, ()) if near in fixed]
            return median(places) if places else float(own[key])

        rows[index].sort(key=lambda key: (middle(key), own[key]))


def _swapped(
    rows: list[list[str]], segments: Sequence[_Segment], given: set[str], first: Mapping[str, int]
) -> None:
    """Swap neighbours in a layer while that takes crossings or inversions away."""
    above, below = _neighbours(segments)
    for _ in range(4):
        better = False
        place = {key: at for row in rows for at, key in enumerate(row)}
        for row in rows:
            for at in range(len(row) - 1):
                left, right = row[at], row[at + 1]
                gain = 0
                for near in (above, below):
                    ours = [place[key] for key in near.get(left, ())]
                    theirs = [place[key] for key in near.get(right, ())]
                    gain += sum(a > b for a in ours for b in theirs)
                    gain -= sum(a < b for a in ours for b in theirs)
                turned = left in given and right in given and first[left] > first[right]
                if gain > 0 or (gain == 0 and turned):
                    row[at], row[at + 1] = right, left
                    place[left], place[right] = at + 1, at
                    better = True
        if not better:
            return


def _crossings(rows: Sequence[Sequence[str]], segments: Sequence[_Segment]) -> int:
    """Count pairs of links that cross, by inversions counted in a Fenwick tree."""
    place = {key: (layer, at) for layer, row in enumerate(rows) for at, key in enumerate(row)}
    gaps: dict[int, list[tuple[int, int]]] = {}
    for segment in segments:
        layer, at = place[segment.source]
        gaps.setdefault(layer, []).append((at, place[segment.target][1]))
    return sum(_inverted([end for _, end in sorted(pairs)]) for pairs in gaps.values())


def _inverted(ends: Sequence[int]) -> int:
    tree = [0] * (max(ends, default=0) + 2)
    count = 0
    for seen, end in enumerate(ends):
        at, smaller = end + 1, 0
        while at:
            smaller += tree[at]
            at &= at - 1
        count += seen - smaller
        at = end + 1
        while at < len(tree):
            tree[at] += 1
            at += at & -at
    return count


def _inversions(rows: Sequence[Sequence[str]], given: set[str], first: Mapping[str, int]) -> int:
    return sum(_inverted([first[key] for key in row if key in given]) for row in rows)


# --- places across the flow


def _ports(
    rows: Sequence[Sequence[str]], segments: Sequence[_Segment]
) -> dict[int, tuple[float, float]]:
    """How far from their nodes' middles each segment leaves and arrives, by its position."""
    place = {key: at for row in rows for at, key in enumerate(row)}
    leaving: dict[str, list[int]] = {}
    arriving: dict[str, list[int]] = {}
    for index, segment in enumerate(segments):
        leaving.setdefault(segment.source, []).append(index)
        arriving.setdefault(segment.target, []).append(index)
    start: dict[int, float] = {}
    end: dict[int, float] = {}
    for listed, other, offsets in (
        (leaving, lambda s: s.target, start),
        (arriving, lambda s: s.source, end),
    ):
        for indices in listed.values():
            ranked = sorted(indices, key=lambda i: (place[other(segments[i])], i))
            for rank, index in enumerate(ranked):
                offsets[index] = (rank - (len(ranked) - 1) / 2) * PORTS
    return {index: (start[index], end[index]) for index in start}


def least_breadth(links: int) -> float:
    """How broad a node has to be for so many links at one of its sides."""
    return max(0, links - 1) * PORTS + TRACKS + 12


def _spread(
    rows: Sequence[Sequence[str]],
    segments: Sequence[_Segment],
    extents: Mapping[str, tuple[float, float]],
    ports: Mapping[int, tuple[float, float]],
) -> dict[str, float]:
    """Give every node its place across the flow: near its neighbours, evenly, in order."""
    wishes: dict[str, list[tuple[str, float, bool]]] = {}
    for index, segment in enumerate(segments):
        leave, arrive = ports[index]
        wishes.setdefault(segment.source, []).append((segment.target, arrive - leave, True))
        wishes.setdefault(segment.target, []).append((segment.source, leave - arrive, False))
    places: dict[str, float] = {}
    for row in rows:
        at = 0.0
        for key in row:
            at += extents[key][1] / 2
            places[key] = at
            at += extents[key][1] / 2 + APART
        for key in row:
            places[key] -= (at - APART) / 2
    order = [index for index, row in enumerate(rows) if row]
    for sweep in range(2 * SWEEPS):
        last = sweep >= 2 * SWEEPS - 2
        for index in order if sweep % 2 else reversed(order):
            row = rows[index]
            wanted = []
            for key in row:
                near = [
                    places[other] + shift
                    for other, shift, ahead in wishes.get(key, ())
                    if last or ahead != bool(sweep % 2)
                ]
                wanted.append(sum(near) / len(near) if near else places[key])
            gaps = [
                (extents[a][1] + extents[b][1]) / 2 + _apart(a, b)
                for a, b in zip(row, row[1:], strict=False)
            ]
            places.update(zip(row, _isotonic(wanted, gaps), strict=True))
    return places


def _apart(a: str, b: str) -> float:
    return APART / 2 if "\0" in a and "\0" in b else APART


def _isotonic(wanted: Sequence[float], gaps: Sequence[float]) -> list[float]:
    """The places nearest to those wanted, in least squares, that keep the order and the gaps."""
    offsets = [0.0]
    for gap in gaps:
        offsets.append(offsets[-1] + gap)
    blocks: list[tuple[float, int]] = []
    for wish, offset in zip(wanted, offsets, strict=False):
        total, count = wish - offset, 1
        while blocks and blocks[-1][0] / blocks[-1][1] > total / count:
            before, members = blocks.pop()
            total, count = total + before, count + members
        blocks.append((total, count))
    level = [total / count for total, count in blocks for _ in range(count)]
    return [at + offset for at, offset in zip(level, offsets, strict=False)]


# --- the ways of the links


def _routed(
    nodes: Sequence[Node],
    edges: Sequence[Edge],
    rows: Sequence[Sequence[str]],
    segments: Sequence[_Segment],
    extents: Mapping[str, tuple[float, float]],
    places: Mapping[str, float],
    ports: Mapping[int, tuple[float, float]],
    crossings: int,
) -> Layout:
    layer = {key: index for index, row in enumerate(rows) for key in row}
    gaps: list[list[int]] = [[] for _ in rows]
    for index, segment in enumerate(segments):
        gaps[layer[segment.source]].append(index)
    lanes: dict[int, float] = {}
    columns: list[tuple[float, float]] = []  # where each layer begins and ends
    laid: dict[int, tuple[float, float]] = {}  # where each lane begins and ends
    at = 0.0
    for number, row in enumerate(rows):
        end = at + max((extents[key][0] for key in row), default=0.0)
        columns.append((at, end))
        inside = gaps[number]
        lanes.update(_lanes(inside, segments, places, ports))
        first = _bend(abs(places[segments[i].source] + ports[i][0] - lanes[i]) for i in inside)
        second = _bend(abs(places[segments[i].target] + ports[i][1] - lanes[i]) for i in inside)
        room = max((segments[i].edge.along for i in inside if segments[i].labelled), default=0.0)
        for i in inside:
            laid[i] = (end + first, end + first + room)
        at = end + first + room + second
    return _collected(
        nodes, edges, segments, extents, places, ports, lanes, laid, columns, layer, crossings
    )


def _bend(heights: Callable[[], float] | object) -> float:
    tallest = max(heights, default=0.0)  # type: ignore[call-overload]
    return min(MOST_BEND, max(LEAST_BEND, 0.62 * float(tallest)))


def _lanes(
    inside: Sequence[int],
    segments: Sequence[_Segment],
    places: Mapping[str, float],
    ports: Mapping[int, tuple[float, float]],
) -> dict[int, float]:
    """Lanes in the order of leaving, each halfway between where its link leaves and arrives."""
    leave = {i: places[segments[i].source] + ports[i][0] for i in inside}
    arrive = {i: places[segments[i].target] + ports[i][1] for i in inside}
    ranked = sorted(inside, key=lambda i: (leave[i], arrive[i], i))
    rooms = [
        (segments[i].edge.before, segments[i].edge.after) if segments[i].labelled else (4.0, 4.0)
        for i in ranked
    ]
    gaps = [
        TRACKS + after + before for (_, after), (before, _) in zip(rooms, rooms[1:], strict=False)
    ]
    wanted = [(leave[i] + arrive[i]) / 2 for i in ranked]
    return dict(zip(ranked, _isotonic(wanted, gaps), strict=True))


def _collected(  # noqa: PLR0913  the geometry found so far, each part by its own name
    nodes: Sequence[Node],
    edges: Sequence[Edge],
    segments: Sequence[_Segment],
    extents: Mapping[str, tuple[float, float]],
    places: Mapping[str, float],
    ports: Mapping[int, tuple[float, float]],
    lanes: Mapping[int, float],
    laid: Mapping[int, tuple[float, float]],
    columns: Sequence[tuple[float, float]],
    layer: Mapping[str, int],
    crossings: int,
) -> Layout:
    """Move everything to where coordinates are positive and put each link's rails together."""
    tops = [places[node.key] - node.across / 2 for node in nodes]
    bottoms = [places[node.key] + node.across / 2 for node in nodes]
    for index, lane in lanes.items():
        edge = segments[index].edge
        tops.append(lane - TRACKS / 2 - edge.before)
        bottoms.append(lane + TRACKS / 2 + edge.after)
    top = min(tops, default=0.0)
    breadth = max(bottoms, default=0.0) - top
    placed = {}
    for node in nodes:
        start, end = columns[layer[node.key]]
        placed[node.key] = Placed(
            node.key,
            (start + end) / 2,
            places[node.key] - top,
            node.along,
            node.across,
            layer[node.key],
        )
    rails: dict[str, list[Rail]] = {edge.key: [] for edge in edges}
    labels: dict[str, int] = {}
    for index, segment in enumerate(segments):
        key = segment.edge.key
        column = columns[layer[segment.source]]
        leave = places[segment.source] + ports[index][0] - top
        inner = (column[0] + column[1] + extents[segment.source][0]) / 2
        rails[key].append(Rail(column[0] if "\0" in segment.source else inner, column[1], leave))
        if segment.labelled:
            labels[key] = len(rails[key])
        rails[key].append(Rail(*laid[index], lanes[index] - top))
        if segment.target == segment.edge.target:
            column = columns[layer[segment.target]]
            outer = (column[0] + column[1] - extents[segment.target][0]) / 2
            arrive = places[segment.target] + ports[index][1] - top
            rails[key].append(Rail(column[0], outer, arrive))
    routes = {key: Route(key, tuple(found), labels[key]) for key, found in rails.items()}
    return Layout(placed, routes, columns[-1][1] if columns else 0.0, breadth, crossings)
