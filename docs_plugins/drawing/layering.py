"""Layers of an acyclic graph and the order within them: as few crossings as sweeps can find.

What is given in order (a function's parameters) keeps its order wherever that costs no crossing.
Everything is decided by the order of what comes in, so the same graph gives the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import NamedTuple

SWEEPS = 12
SWAPS = 4
PATIENCE = 6000  # segments times sweeps: a large graph is swept less often


class Link(NamedTuple):
    """An edge by its key and its ends' keys."""

    key: str
    source: str
    target: str


class Segment(NamedTuple):
    """The part of a link between two neighbouring layers."""

    link: str  # the link's key
    source: str
    target: str
    first: bool  # whether it leaves the link's source
    last: bool  # whether it arrives at the link's target


class Layering(NamedTuple):
    """Rows of keys; a place that a long link only passes through has a key with a NUL in it."""

    rows: tuple[tuple[str, ...], ...]
    segments: tuple[Segment, ...]
    crossings: int


def layers(keys: Sequence[str], links: Sequence[Link], given: Sequence[str] = ()) -> Layering:
    """Put the nodes of an acyclic graph into layers, their keys being in a topological order.

    Raises `ValueError` for a link that goes against that order.
    """
    depth = _depths(keys, links)
    rows: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for key in keys:
        rows[depth[key]].append(key)
    segments = []
    for link in links:
        before = link.source
        for between in range(depth[link.source] + 1, depth[link.target]):
            dummy = f"{link.key}\0{between}"
            rows[between].append(dummy)
            segments.append(Segment(link.key, before, dummy, before == link.source, last=False))
            before = dummy
        segments.append(Segment(link.key, before, link.target, before == link.source, last=True))
    ordered, crossings = _Ordering(segments, given, rows).best()
    return Layering(tuple(map(tuple, ordered)), tuple(segments), crossings)


def is_passage(key: str) -> bool:
    """Whether a key is a place that a long link passes through."""
    return "\0" in key


def _depths(keys: Sequence[str], links: Sequence[Link]) -> dict[str, int]:
    """Longest path from the beginning; what nothing leads to is pulled to its consumers."""
    place = {key: index for index, key in enumerate(keys)}
    sources: dict[str, list[str]] = {key: [] for key in keys}
    targets: dict[str, list[str]] = {key: [] for key in keys}
    for link in links:
        if place[link.source] >= place[link.target]:
            raise ValueError(f"{link.source} does not come before {link.target}")
        sources[link.target].append(link.source)
        targets[link.source].append(link.target)
    depth: dict[str, int] = {}
    for key in keys:
        depth[key] = max((depth[source] + 1 for source in sources[key]), default=0)
    for key in keys:
        if not sources[key] and targets[key]:
            depth[key] = min(depth[target] for target in targets[key]) - 1
    return depth


class _Ordering:
    """The search for a good order: median sweeps, and swaps of neighbours after each."""

    def __init__(
        self, segments: Sequence[Segment], given: Sequence[str], rows: Sequence[Sequence[str]]
    ) -> None:
        self.segments = segments
        self.start = [list(row) for row in rows]
        self.sweeps = max(1, min(SWEEPS, PATIENCE // max(1, len(segments))))
        self.rank = {key: place for place, key in enumerate(given)}
        self.sources: dict[str, list[str]] = {}
        self.targets: dict[str, list[str]] = {}
        for segment in segments:
            self.sources.setdefault(segment.target, []).append(segment.source)
            self.targets.setdefault(segment.source, []).append(segment.target)

    def best(self) -> tuple[list[list[str]], int]:
        """The best order met, and its crossings."""
        best, least = self.start, self.cost(self.start)
        for start in (self.start, [row[::-1] for row in self.start]):
            rows = [list(row) for row in start]
            for sweep in range(self.sweeps):
                if least == (0, 0):
                    return best, 0
                self.sweep(rows, onwards=sweep % 2 == 0)
                self.swap(rows)
                cost = self.cost(rows)
                if cost < least:
                    best, least = [list(row) for row in rows], cost
        return best, least[0]

    def cost(self, rows: Sequence[Sequence[str]]) -> tuple[int, int]:
        """Crossings, then pairs of given nodes out of order."""
        place = {key: (layer, at) for layer, row in enumerate(rows) for at, key in enumerate(row)}
        gaps: dict[int, list[tuple[int, int]]] = {}
        for segment in self.segments:
            layer, at = place[segment.source]
            gaps.setdefault(layer, []).append((at, place[segment.target][1]))
        crossings = sum(inversions([end for _, end in sorted(gap)]) for gap in gaps.values())
        turned = (inversions([self.rank[k] for k in row if k in self.rank]) for row in rows)
        return crossings, sum(turned)

    def sweep(self, rows: list[list[str]], *, onwards: bool) -> None:
        """Sort each layer by the medians of its neighbours in the layer before, or after."""
        near = self.sources if onwards else self.targets
        for layer in range(1, len(rows)) if onwards else range(len(rows) - 2, -1, -1):
            fixed = {key: at for at, key in enumerate(rows[layer - 1 if onwards else layer + 1])}
            wanted = {}
            for at, key in enumerate(rows[layer]):
                places = [fixed[other] for other in near.get(key, ()) if other in fixed]
                wanted[key] = (median(places) if places else float(at), at)
            rows[layer].sort(key=wanted.__getitem__)

    def swap(self, rows: list[list[str]]) -> None:
        """Swap neighbours while that takes crossings away, or puts given nodes in order."""
        place = {key: at for row in rows for at, key in enumerate(row)}
        for _ in range(min(SWAPS, self.sweeps)):
            better = False
            for row in rows:
                for at in range(len(row) - 1):
                    if self.swaps(row[at], row[at + 1], place):
                        row[at], row[at + 1] = row[at + 1], row[at]
                        place[row[at]], place[row[at + 1]] = at, at + 1
                        better = True
            if not better:
                return

    def swaps(self, first: str, second: str, place: Mapping[str, int]) -> bool:
        """Whether two neighbours are better the other way round."""
        gain = 0
        for near in (self.sources, self.targets):
            ours = [place[key] for key in near.get(first, ())]
            theirs = [place[key] for key in near.get(second, ())]
            gain += sum((a > b) - (a < b) for a in ours for b in theirs)
        if gain:
            return gain > 0
        rank = self.rank
        return first in rank and second in rank and rank[first] > rank[second]


def inversions(ends: Sequence[int]) -> int:
    """Count the pairs that stand in the wrong order, in a Fenwick tree.

    >>> inversions([0, 2, 1, 0])
    3
    """
    tree = [0] * (max(ends, default=0) + 2)
    count = 0
    for seen, end in enumerate(ends):
        at, not_larger = end + 1, 0
        while at:
            not_larger += tree[at]
            at &= at - 1
        count += seen - not_larger
        at = end + 1
        while at < len(tree):
            tree[at] += 1
            at += at & -at
    return count
