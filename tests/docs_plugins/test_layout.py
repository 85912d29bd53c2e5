"""Geometry: nothing overlaps, no link runs through a node, the same graph is drawn the same."""

import itertools
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docs_plugins.drawing.isotonic import isotonic
from docs_plugins.drawing.layout import layered
from docs_plugins.drawing.spread import APART, TRACKS, Edge, Node

RUNNING = ["a1", "a2", "b2", "b3", "14", "24", "45", "35"]


def running(label=80.0):
    nodes = [Node(key, 100, 80, given=key in "ab", stretched=True) for key in "ab12345"]
    return layered(nodes, [Edge(pair, *pair, label, 4, 20) for pair in RUNNING])


@st.composite
def graphs(draw):
    """Acyclic graphs with boxes and labels of many sizes."""
    count = draw(st.integers(1, 9))
    keys = "abcdefghi"[:count]
    sizes = st.integers(10, 120)
    nodes = [
        Node(
            key,
            draw(sizes),
            draw(sizes),
            given=key in "ab",
            tight=draw(st.booleans()),
            stretched=draw(st.booleans()),
            roomy=draw(st.booleans()),
        )
        for key in keys
    ]
    pairs = list(itertools.combinations(keys, 2))
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=14)) if pairs else []
    edges = [
        Edge(str(place), a, b, draw(st.sampled_from([0, 60])), 4, draw(st.sampled_from([4, 40])))
        for place, (a, b) in enumerate(chosen)
    ]
    return nodes, edges


def points(route, shift):
    """Points along a link, close to each other: its rails, and the bends between them."""
    at = None
    for rail in route.rails:
        if at is not None:
            (x, y), (end, level) = at, (rail.start, rail.across)
            for step in range(1, 24):
                t = step / 24
                a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3
                middle = (x + end) / 2
                yield a * x + (b + c) * middle + d * end, (a + b) * y + (c + d) * level + shift
        for step in range(13):
            yield rail.start + (rail.end - rail.start) * step / 12, rail.across + shift
        at = rail.end, rail.across


def inside(placed, point, slack=0.01):
    x, y = point
    return (
        abs(x - placed.along) < placed.length / 2 - slack
        and abs(y - placed.across) < placed.breadth / 2 - slack
    )


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_no_link_runs_through_a_node(graph):
    layout = layered(*graph)
    for edge in graph[1]:
        for shift in (-TRACKS / 2, TRACKS / 2):
            for point in points(layout.routes[edge.key], shift):
                hit = [node.key for node in layout.nodes.values() if inside(node, point)]
                assert not hit, (edge, point)


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_nodes_keep_apart(graph):
    layout = layered(*graph)
    for a, b in itertools.combinations(layout.nodes.values(), 2):
        beside = abs(a.along - b.along) < (a.length + b.length) / 2 - 0.01
        apart = abs(a.across - b.across) - (a.breadth + b.breadth) / 2
        assert not beside or apart > APART - 0.01


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_labels_keep_apart(graph):
    layout = layered(*graph)
    rooms = []
    for edge in graph[1]:
        route = layout.routes[edge.key]
        lane = route.rails[route.label]
        assert lane.end - lane.start >= edge.along - 0.01
        top, bottom = lane.across - TRACKS / 2 - edge.before, lane.across + TRACKS / 2 + edge.after
        rooms.append((lane.start, lane.end, top, bottom))
    for a, b in itertools.combinations(rooms, 2):
        beside = a[0] < b[1] and b[0] < a[1]
        assert not beside or a[3] <= b[2] + 0.01 or b[3] <= a[2] + 0.01


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_rails_lead_from_source_to_target(graph):
    layout = layered(*graph)
    for edge in graph[1]:
        rails = layout.routes[edge.key].rails
        source, target = layout.nodes[edge.source], layout.nodes[edge.target]
        assert rails[0].start == pytest.approx(source.along + source.length / 2)
        assert rails[-1].end == pytest.approx(target.along - target.length / 2)
        ends = [end for rail in rails for end in (rail.start, rail.end)]
        assert all(a <= b + 0.01 for a, b in itertools.pairwise(ends))
        assert abs(rails[0].across - source.across) <= (source.breadth - TRACKS) / 2 + 0.01
        assert abs(rails[-1].across - target.across) <= (target.breadth - TRACKS) / 2 + 0.01


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_everything_lies_within_the_drawing(graph):
    layout = layered(*graph)
    for node in layout.nodes.values():
        assert node.along - node.length / 2 >= -0.01
        assert node.along + node.length / 2 <= layout.length + 0.01
        assert node.across - node.breadth / 2 >= -0.01
        assert node.across + node.breadth / 2 <= layout.breadth + 0.01


def test_inputs_keep_their_order():
    nodes = running().nodes
    assert nodes["a"].across < nodes["b"].across


def test_a_layer_of_boxes_is_equally_long():
    nodes = [Node("a", 50, 40, stretched=True), Node("b", 90, 40, stretched=True), Node("c", 9, 9)]
    layout = layered(nodes, [Edge("ac", "a", "c"), Edge("bc", "b", "c")])
    assert layout.nodes["a"].length == layout.nodes["b"].length == 90


def test_a_symmetric_graph_is_drawn_symmetrically():
    nodes = [Node(key, 40, 40, given=key in "xy") for key in "xyuvo"]
    pairs = ["xu", "xv", "yu", "yv", "uo", "vo"]
    layout = layered(nodes, [Edge(pair, *pair, 30, 8, 8) for pair in pairs])
    at = {key: node.across for key, node in layout.nodes.items()}
    assert at["x"] + at["y"] == pytest.approx(2 * at["o"])
    assert at["u"] + at["v"] == pytest.approx(2 * at["o"])


def test_a_chain_of_operations_is_straight():
    nodes = [Node(key, 60, 90, given=key in "xpq") for key in "xpaqbc"]
    pairs = ["xa", "ab", "bc", "pb", "qc"]
    layout = layered(nodes, [Edge(pair, *pair, 40, 4, 20) for pair in pairs])
    for pair in ("ab", "bc"):
        rails = layout.routes[pair].rails
        assert max(rail.across for rail in rails) - min(rail.across for rail in rails) < 1
    assert layout.nodes["a"].across == pytest.approx(layout.nodes["c"].across, abs=1)


def test_the_same_graph_is_drawn_the_same_whatever_the_order_of_hashes():
    command = (
        "from docs_plugins.drawing.layout import layered\n"
        "from docs_plugins.drawing.spread import Edge, Node\n"
        "nodes = [Node(key, 100, 80, key in 'ab') for key in 'ab12345']\n"
        f"print(layered(nodes, [Edge(pair, *pair, 80, 4, 20) for pair in {RUNNING}]))"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", command],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1


def test_an_edge_against_the_order_is_refused():
    with pytest.raises(ValueError, match="does not come before"):
        layered([Node("a", 1, 1), Node("b", 1, 1)], [Edge("ba", "b", "a")])


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=7), st.data())
def test_isotonic_keeps_the_gaps_and_no_place_could_be_better(wanted, data):
    gaps = [data.draw(st.floats(0, 20)) for _ in wanted[1:]]
    found = isotonic(wanted, gaps)
    assert all(
        b - a >= gap - 1e-6 for (a, b), gap in zip(itertools.pairwise(found), gaps, strict=True)
    )
    cost = sum((a - b) ** 2 for a, b in zip(found, wanted, strict=True))
    for place in range(len(found)):
        for step in (-0.01, 0.01):
            # move this place, and what it pushes
            moved = list(found)
            moved[place] += step
            for left in range(place, 0, -1):
                moved[left - 1] = min(moved[left - 1], moved[left] - gaps[left - 1])
            for right in range(place + 1, len(moved)):
                moved[right] = max(moved[right], moved[right - 1] + gaps[right - 1])
            assert sum((a - b) ** 2 for a, b in zip(moved, wanted, strict=True)) >= cost - 1e-6
