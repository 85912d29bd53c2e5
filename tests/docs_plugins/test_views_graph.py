"""The computation graph as drawn: every node, link and number of the trace, nothing else."""

import re
import time
from collections import Counter

import pytest

from docs_plugins.drawing.boxes import Box
from docs_plugins.drawing.diagram import Diagram, TooLargeError, draw
from docs_plugins.views.base import ViewError
from tests.docs_plugins.figures import BLOCKS, SVG, by_id, computed, drawn, figure, numbers, texts

LINES = "".join(f"    a{i} = a{i - 1}{'+1' * 10}\n" for i in range(1, 33))
LONG = f"def f(a0):\n{LINES}    return a32\n\nf(1)\n"


def test_every_node_and_link_of_the_trace_has_its_place():
    found = figure("f", "graph")
    about = {part.get("data-of") for part in found.iter() if part.get("data-of")}
    computation = computed(BLOCKS["f"])
    assert about == {
        *(f"f.{variable.address}" for variable in computation.variables),
        *(f"f.{link.address}" for link in computation.links),
        "f.y",
    }
    assert by_id(found, "f-graph-x2").get("data-of") == "f.x2"
    assert by_id(found, "f-graph-x2-v3").get("data-of") == "f.x2.from.v3"


def test_a_node_says_its_name_operation_and_value_and_what_comes_back():
    assert texts(by_id(figure("f", "graph"), "f-graph-v3")) == [
        "𝑣3",
        "sin(𝑣0)",
        "≈ −0.9589",
        "𝑣̃3",
        "= −1",
    ]


def test_the_sum_stands_where_links_fan_out():
    lines = texts(by_id(figure("f", "graph"), "f-graph-x2"))
    assert lines == ["𝑣0 = 𝑥2", "= 5", "𝑣̃0 = 𝑣̃01 + 𝑣̃02", "≈ 1.7163"]


def test_a_link_says_its_contribution_and_its_number_where_asked():
    plain = by_id(figure("f", "graph"), "f-graph-x2-v3")
    asked = by_id(figure("f", "graph", numbers="yes"), "f-graph-x2-v3")
    assert texts(plain) == ["𝑣̃02 = cos(𝑣0) · 𝑣̃3"]
    assert texts(asked) == ["𝑣̃02 = cos(𝑣0) · 𝑣̃3", "≈ −0.2837"]


def test_numbers_are_the_computation_s():
    shown = numbers(figure("f", "graph", numbers="yes"))
    assert shown["f.x2.adjoint"] == "1.7163"
    assert shown["f.x2.from.v3"] == "−0.2837"
    known = computed(BLOCKS["f"]).numbers
    assert all(path.removeprefix("f.") in known for path in shown)


def test_forward_is_solid_and_backward_dashed_and_each_has_a_head():
    found = figure("f", "graph")
    kinds = Counter(part.get("class") for part in found.iter(f"{SVG}path"))
    links = len(computed(BLOCKS["f"]).links) + 1
    assert kinds["f"] == kinds["fh"] == kinds["b"] == kinds["bh"] == links


def test_links_without_labels_and_local_partials():
    assert len(texts(figure("f", "graph", links="none"))) < len(texts(figure("f", "graph")))
    found = by_id(figure("f", "graph", links="partials"), "f-graph-x2-v3")
    assert texts(found) == ["∂𝑣3/∂𝑣0 = cos(𝑣0)"]


def test_two_links_between_the_same_nodes_are_two():
    found = figure("square", "graph")
    assert by_id(found, "square-graph-x-v1") is not None
    assert by_id(found, "square-graph-x-v1-2").get("data-of") == "square.x.from.v1.p1"


def test_several_outputs_have_local_partials_and_no_adjoints():
    found = figure("two", "graph")
    assert not any(part.get("class") == "b" for part in found.iter())
    assert "∂𝑣1/∂𝑣−1 = 𝑣0" in texts(found)


def test_arrays_are_told_by_their_numbers_or_their_shape():
    assert "≈ (0.2312, 0.6285, 0.1402)" in texts(figure("softmax", "graph"))
    wide = "def g(x):\n    return sum(x * x)\n\ng([1, 2, 3, 4])\n"
    assert "4 numbers" in texts(figure(wide, "graph"))


def test_an_array_with_one_rounded_number_is_approximate():
    lines = texts(figure("def g(x):\n    return sum(x / 3)\n\ng([-3, 1, 6])\n", "graph"))
    assert "= (−3, 1, 6)" in lines
    assert "≈ (−1, 0.3333, 2)" in lines


def test_the_title_has_the_signs_of_the_point():
    title = figure("product", "graph").find(f"{SVG}title")
    assert title.text == "Computation graph of product at (3, −2)"


def test_the_title_and_description_say_what_is_drawn():
    found = figure("f", "graph")
    title, description = found.find(f"{SVG}title"), found.find(f"{SVG}desc")
    assert title.text == "Computation graph of f at (2, 5)"
    assert "v₃, sin(v₀), ≈ −0.9589" in description.text
    assert "v₀ = x₂ to v₃" in description.text
    assert found.get("role") == "img"
    assert found.get("aria-labelledby") == title.get("id")
    assert found.get("aria-describedby") == description.get("id")


@pytest.mark.parametrize("view", ["graph", "chain", "unit"])
def test_ids_are_unique_and_the_root_is_marked(view):
    html = drawn("f", view)
    ids = re.findall(r' id="([^"]*)"', html)
    assert len(ids) == len(set(ids))
    assert f'data-mg-view="f.{view}"' in html
    assert 'tabindex="0" aria-label="' in html


def test_the_root_remembers_the_options():
    assert 'data-mg-options="numbers=yes links=partials"' in drawn(
        "f", "graph", numbers="yes", links="partials"
    )


def test_a_format_is_taken():
    assert numbers(figure("f", "graph", format=".2f"))["f.v3.value"] == "−0.96"


@pytest.mark.parametrize("view", ["graph", "chain", "unit"])
def test_every_number_says_its_format_so_that_it_can_be_checked(view):
    drawing = figure("f", view, format=".2f", numbers="yes")
    said = [x.get("data-mg-format") for x in drawing.iter() if x.get("data-mg")]
    assert said
    assert {*said} == {".2f"}


def test_turned_downwards_it_is_higher_than_wide():
    found = figure("f", "graph", direction="down")
    _, _, wide, high = map(float, found.get("viewBox").split())
    assert high > wide / 2
    across = figure("f", "graph").get("viewBox").split()
    assert wide < float(across[2])


def test_a_hostile_trace_is_refused_at_once():
    computation = computed(LONG)
    assert len(computation.variables) == 321
    begun = time.process_time()
    with pytest.raises(ViewError, match="too many nodes to draw: 321, and 300 at most"):
        drawn(LONG, "graph")
    assert time.process_time() - begun < 1


def test_names_of_the_writer_are_kept():
    lines = texts(by_id(figure("z", "graph"), "z-graph-v4"))
    assert lines[0] == "𝑧"
    assert lines[3] == "𝑧̃"


def test_a_drawing_is_the_same_each_time():
    assert drawn("E", "graph") == drawn("E", "graph")


def test_ten_thousand_nodes_are_refused_before_anything_is_laid_out():
    boxes = tuple(Box(str(place), "", ()) for place in range(10_000))
    begun = time.process_time()
    with pytest.raises(TooLargeError, match="too many nodes to draw: 10000, and 300 at most"):
        draw(Diagram(boxes, (), "", ""), "x")
    assert time.process_time() - begun < 1
