"""Units of computation and chain products: what is kept, what comes back, what leaves."""

import pytest

from docs_plugins.views.base import ViewError
from tests.docs_plugins.figures import by_id, computed, drawn, figure, numbers, texts

PSI = "def psi(x_k, w_j):\n    return sigmoid(w_j * x_k)\n\npsi(1, 0.3)\n"
NEURON = """
def s(x1, w1, x2, w2, x3, w3):
    f1 = x1 * w1
    f2 = x2 * w2
    f3 = x3 * w3
    return f1 + f2 + f3

s(1, 0.5, 2, -0.25, -1, 0.3)
"""
MANY = "def f(x):\n" + "".join(
    f"    a{i} = {'x' if i == 1 else f'a{i - 1}'} * {'x' if i == 1 else f'a{i - 1}'}\n"
    for i in range(1, 6)
)


def test_a_unit_keeps_its_value_and_partials():
    kept = texts(by_id(figure("product", "unit"), "product-unit-the-unit"))
    assert kept[1:] == ["kept in memory", "product", "∂product/∂𝑤1 = 𝑤2", "∂product/∂𝑤2 = 𝑤1"]


def test_what_comes_back_and_what_leaves():
    found = figure(PSI, "unit", formulas="no")
    assert texts(by_id(found, "psi-unit-the-unit-the-rest")) == ["𝜓", "𝜓˜ = ∂𝐿/∂𝜓"]
    assert texts(by_id(found, "psi-unit-x_k-the-unit")) == ["𝑥̃𝑘 = 𝜓˜ · ∂𝜓/∂𝑥𝑘"]


def test_the_loss_has_the_name_that_was_asked_for():
    assert "𝜓˜ = ∂𝐸/∂𝜓" in texts(figure(PSI, "unit", loss="E"))


def test_numbers_of_a_unit():
    shown = numbers(figure("product", "unit", numbers="yes"))
    assert shown == {
        "product.y.value": "−6",
        "product.jacobian.y.w1": "−2",
        "product.jacobian.y.w2": "3",
    }


def test_one_operation_of_a_trace():
    found = figure("f", "unit", of="v2")
    assert "∂𝑣2/∂𝑣−1 = 𝑣0" in texts(found)
    with pytest.raises(ViewError, match="of=v9 is no operation of f") as caught:
        drawn("f", "unit", of="v9")
    assert "v1, v2, v3" in caught.value.remedy


def test_a_unit_stores_partials_and_not_what_it_sends_back():
    block = "def f(x, y):\n    v1 = x * y\n    return v1 * -3\n\nf(-2, 5)\n"
    shown = numbers(figure(block, "unit", of="v1", numbers="yes"))
    assert shown == {"f.v1.value": "−10", "f.v1.d.x": "5", "f.v1.d.y": "−2"}


def test_a_neuron_is_products_inside_one_sum():
    found = figure(NEURON, "unit", inside="yes")
    total = texts(by_id(found, "s-unit-v5"))
    assert total[:2] == ["𝑠", "Σ"]
    assert total[3:] == ["∂𝑠/∂𝑓1 = 1", "∂𝑠/∂𝑓2 = 1", "∂𝑠/∂𝑓3 = 1"]
    assert texts(by_id(found, "s-unit-f1-v4")) == ["𝑓˜1 = 1 · 𝑠̃"]


@pytest.mark.parametrize("block", ["softmax", "two"])
def test_arrays_and_several_outputs_are_refused(block):
    with pytest.raises(ViewError):
        drawn(block, "unit")


def test_chain_products_are_written_out():
    lines = texts(figure("z", "chain"))
    assert "∂𝑧/∂𝑥1 = ∂𝑧/∂𝑦3 · ∂𝑦3/∂𝑦2 · ∂𝑦2/∂𝑦1 · ∂𝑦1/∂𝑥1 = 𝑥5 · 1 · 𝑥3 · 1 = 6" in lines
    assert "∂𝑧/∂𝑥5 = 𝑦3 = 5" in lines
    assert "∂𝑦2/∂𝑦1 = 𝑥3" in lines


def test_paths_add_up():
    lines = texts(figure("f", "chain"))
    assert any(line.endswith("= 1 · 1 · 𝑣−1 + (−1) · cos(𝑣0) ≈ 1.7163") for line in lines)


def test_too_many_paths_are_refused():
    block = MANY + "    return a5\n\nf(1.5)\n"
    assert len(computed(block).links) == 10
    with pytest.raises(ViewError, match="32 paths lead from x"):
        drawn(block, "chain")


@pytest.mark.parametrize("block", ["softmax", "two"])
def test_chain_products_are_for_one_number(block):
    with pytest.raises(ViewError, match="one output"):
        drawn(block, "chain")
