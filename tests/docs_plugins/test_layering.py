"""Layers and their order: what is laid out, and how many links cross."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docs_plugins.drawing.layering import Link, inversions, is_passage, layers


def links(*pairs):
    return [Link(f"{a}-{b}", a, b) for a, b in (pair.split("-") for pair in pairs)]


RUNNING = links("a-1", "a-2", "b-2", "b-3", "1-4", "2-4", "4-5", "3-5")


def test_the_running_example_has_no_crossing_and_keeps_its_inputs():
    found = layers("ab12345", RUNNING, "ab")
    assert found.crossings == 0
    assert found.rows[0] == ("a", "b")
    assert found.rows[1] == ("1", "2", "3")


def test_an_input_stands_beside_what_its_consumer_reads():
    found = layers("abxc", links("a-b", "b-c", "x-c"), "ax")
    assert [set(row) for row in found.rows] == [{"a"}, {"b", "x"}, {"c"}]


def test_a_long_link_has_a_place_in_each_layer_between():
    found = layers("abcd", links("a-b", "b-c", "c-d", "a-d"))
    assert [sum(map(is_passage, row)) for row in found.rows] == [0, 1, 1, 0]
    assert [s.first for s in found.segments if s.link == "a-d"] == [True, False, False]


def test_two_by_two_crosses_once():
    assert layers("abcd", links("a-c", "a-d", "b-c", "b-d"), "ab").crossings == 1


def test_inputs_in_order_are_preferred_among_equals():
    found = layers("abc", links("b-c", "a-c"), "ab")
    assert found.rows[0] == ("a", "b")


def test_a_crossing_is_worse_than_inputs_out_of_order():
    found = layers("abxyz", links("a-y", "b-x", "x-z", "y-z"), "ab")
    assert found.crossings == 0


def test_a_link_against_the_order_is_refused():
    with pytest.raises(ValueError, match="b does not come before a"):
        layers("ab", links("b-a"))


@given(st.lists(st.integers(0, 12), max_size=12))
def test_inversions_are_pairs_in_the_wrong_order(ends):
    assert inversions(ends) == sum(a > b for a, b in itertools.combinations(ends, 2))


@st.composite
def graphs(draw):
    """Acyclic graphs of up to nine nodes, inputs first."""
    count = draw(st.integers(1, 9))
    keys = "abcdefghi"[:count]
    pairs = [(a, b) for a, b in itertools.combinations(keys, 2)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=14)) if pairs else []
    return keys, [Link(f"{a}-{b}", a, b) for a, b in chosen]


@given(graphs())
def test_every_segment_leads_to_the_next_layer(graph):
    keys, edges = graph
    found = layers(keys, edges, keys[:2])
    layer = {key: place for place, row in enumerate(found.rows) for key in row}
    assert all(layer[s.target] == layer[s.source] + 1 for s in found.segments)
    assert sorted(key for key in layer if not is_passage(key)) == sorted(keys)


@given(graphs())
def test_the_crossings_reported_are_those_of_the_order(graph):
    found = layers(*graph)
    place = {key: at for row in found.rows for at, key in enumerate(row)}
    layer = {key: at for at, row in enumerate(found.rows) for key in row}
    crossings = sum(
        layer[a.source] == layer[b.source]
        and (place[a.source] - place[b.source]) * (place[a.target] - place[b.target]) < 0
        for a, b in itertools.combinations(found.segments, 2)
    )
    assert found.crossings == crossings
