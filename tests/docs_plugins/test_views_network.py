"""Networks found in traces and drawn: units, weights, gradients; and refusals."""

import pytest

from docs_plugins.drawing.neurons import NoNetworkError, Weighted, network
from docs_plugins.views.base import ViewError
from tests.docs_plugins.figures import (
    BLOCKS,
    START,
    SVG,
    by_id,
    computed,
    drawn,
    figure,
    numbers,
    read,
    texts,
    worked_out,
)

BIASED = """
def E(x1, x2, t, a1, a2, b, c, e):
    h = tanh(a1 * x1 + a2 * x2 + b)
    y = c * h + e
    return (y - t)**2

E(1, 2, 0.5, 0.1, 0.2, 0.3, -0.4, 0.5)
"""
PLAIN = "def n(x, w):\n    return sigmoid(w * x)\n\nn(1, 0.5)\n"
DEEP = """
def E(x1, x2, x3, t1, t2, a1, a2, a3, b1, b2, b3, c1, c2, d1, d2):
    h1 = tanh(a1 * x1 + a2 * x2 + a3 * x3)
    h2 = tanh(b1 * x1 + b2 * x2 + b3 * x3)
    y1 = c1 * h1 + c2 * h2
    y2 = d1 * h1 + d2 * h2
    return (y1 - t1)**2 + (y2 - t2)**2

E(1, 2, 3, 0, 1, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1)
"""


def names(block, found):
    return [computed(block).variables[index].address for index in found]


def test_units_weights_and_error_are_found():
    block = BLOCKS["E"].strip() + "\n"
    found = network(computed(BLOCKS["E"]), ["x1", "x2"], ["t"])
    assert names(BLOCKS["E"], [unit.output for unit in found.units]) == ["y11", "y12", "y2"]
    assert [names(block, [w.weight for w in unit.summands]) for unit in found.units] == [
        ["w11", "w13"],
        ["w12", "w14"],
        ["w21", "w22"],
    ]
    assert names(BLOCKS["E"], found.results) == ["y2"]
    assert names(BLOCKS["E"], [found.error]) == ["v15"]


def test_biases_and_linear_units_are_found():
    found = network(computed(BIASED), ["x1", "x2"], ["t"])
    assert names(BIASED, [unit.output for unit in found.units]) == ["h", "y"]
    assert found.units[0].summands[2] == Weighted(None, 5)
    assert names(BIASED, found.results) == ["y"]


def test_several_outputs_and_layers():
    found = network(computed(DEEP), ["x1", "x2", "x3"], ["t1", "t2"])
    assert names(DEEP, found.results) == ["y1", "y2"]
    assert len(found.units) == 4


def test_without_an_error_the_last_unit_is_the_result():
    found = network(computed(PLAIN), ["x"], [])
    assert (found.error, names(PLAIN, found.results)) == (None, ["v2"])


@pytest.mark.parametrize(
    ("block", "reason"),
    [("f", "no product"), ("softmax", "arrays"), ("two", "several outputs")],
)
def test_what_is_no_network_is_refused(block, reason):
    computation = computed(BLOCKS[block])
    with pytest.raises(NoNetworkError, match=reason):
        network(computation, computation.program.parameters, [])
    with pytest.raises(ViewError, match="is no network") as caught:
        drawn(block, "network", inputs=",".join(computation.program.parameters))
    assert "inputs=" in caught.value.remedy


def test_links_carry_a_weight_and_the_errors_derivative():
    link = by_id(figure("E", "network"), "E-network-x1-y12-w12")
    assert texts(link) == ["𝑤12", "∂𝐸/∂𝑤12"]
    assert link.get("data-of") == "E.w12"
    node = by_id(figure("E", "network"), "E-network-y11")
    assert texts(node) == ["𝑦11", "∂𝐸/∂𝑦11"]


def test_numbers_where_asked():
    shown = numbers(figure("E", "network", numbers="yes"))
    assert shown["E.w11.value"] == "0.3"
    assert shown["E.w11.adjoint"] == "−0.0151"
    assert shown["E.y2.value"] == "0.5101"
    assert numbers(figure("E", "network")) == {}


ENDS = {
    "w11": ("x1", "y11"),
    "w12": ("x1", "y12"),
    "w13": ("x2", "y11"),
    "w14": ("x2", "y12"),
    "w21": ("y11", "y2"),
    "w22": ("y12", "y2"),
}


@pytest.mark.parametrize("weight", ENDS)
def test_a_weight_has_its_own_value_and_gradient(weight):
    link = by_id(
        figure("E", "network", numbers="yes"), f"E-network-{'-'.join(ENDS[weight])}-{weight}"
    )
    value, slope = texts(link)
    assert value.startswith(f"𝑤{weight[1:]} ")
    assert read(value) == START[weight]
    assert slope.startswith(f"∂𝐸/∂𝑤{weight[1:]} ")
    assert read(slope) == pytest.approx(worked_out(START)[1][weight], abs=5e-5)


def test_a_weight_leads_from_what_it_multiplies():
    told = figure("E", "network").find(f"{SVG}desc").text.partition("Links: ")[2]
    small = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
    for weight, (source, target) in ENDS.items():
        link = f"{source} to {target} ({weight}, ∂E/∂{weight})"
        assert link.translate(small) in told.split("; ")


def test_every_weight_has_one_solid_and_one_dashed_link():
    found = figure("E", "network")
    links = [part for part in found.iter(f"{SVG}g") if part.get("class") == "mg-link"]
    back = [part for part in links if any(p.get("class") == "b" for p in part)]
    assert (len(links), len(back)) == (8, 7)  # a label only goes forward


def test_the_parts_have_frames_with_names():
    lines = texts(figure("E", "network", show="parts"))
    assert {"inputs", "network", "outputs", "labels", "error"} <= set(lines)
    assert not any("∂" in line for line in lines)


def test_inputs_and_labels_are_the_writer_s_to_say():
    renamed = BIASED.replace("x1", "p").replace("x2", "q").replace("t,", "goal,")
    renamed = renamed.replace("- t)", "- goal)")
    lines = texts(figure(renamed, "network", inputs="p,q", labels="goal"))
    assert {"𝑝", "𝑞", "goal"} <= set(lines)


def test_an_input_that_is_no_parameter_is_named():
    with pytest.raises(ViewError, match="inputs=x9 is no parameter of E") as caught:
        drawn("E", "network", inputs="x9")
    assert "x1, x2, t" in caught.value.remedy
