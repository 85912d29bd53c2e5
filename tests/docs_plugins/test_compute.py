"""Blocks, ordinary and odd, as they are computed: numbers, formulas, refusals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from docs_plugins import compute, language
from docs_plugins.compute import assembly
from docs_plugins.model import Computation, Variable, elements
from docs_plugins.numbers import show


def computed(body: str, call: str) -> Computation:
    """The one computation of a function f, whose parameters are in the call's place."""
    program = language.parse(f"{body}\n{call}")
    return compute.run(program, program.calls[0])


def last(computation: Computation) -> Variable:
    return computation.variables[-1]


# --- derivatives beside differences ---------------------------------------------------------------

ODD = {
    "an input returned": ("def f(x):\n    return x", "f(3)"),
    "an input returned twice": ("def f(x):\n    return x, x", "f([3, 4])"),
    "a constant returned": ("def f(x):\n    return x, 2, ln(2)", "f(3)"),
    "one element": ("def f(x):\n    return x * x", "f([3])"),
    "an unused parameter": ("def f(x, unused):\n    return x ** x", "f(2, 7)"),
    "the same twice": ("def f(x):\n    return stack([x, x]) @ stack([x, 2])", "f(2)"),
    "mixed shapes": ("def f(W):\n    return sum(W), W[0], W[:, 1] * W[0, 1]", "f([[1,2],[3,4]])"),
    "broadcasting": ("def f(a, b):\n    return a * b", "f([[1], [2]], [[3, 4]])"),
    "a number and an array": ("def f(a, b):\n    return sum(a / b)", "f([1, 2], 4)"),
    "a condition of its own": ("def f(x, y):\n    c = x > y\n    return where(c, x * y, x)",
                               "f(3, 2)"),
    "choice": ("def f(x):\n    return where(x > 1.5, x * x, -x)", "f([1, 2, 3])"),
    "a product with zeros": ("def f(x):\n    return prod(x, axis=0)", "f([[0, 2], [0, 4]])"),
    "axes": ("def f(x):\n    return max(x, axis=1, keepdims=True) - min(x, axis=0)",
             "f([[1, 2], [5, 3]])"),
    "positions": ("def f(x):\n    return x[-1], x[::-1], x[1:] * x[0]", "f([1, 2, 3])"),
    "pieces": ("def f(x):\n    return concatenate([x[1:], x[:1]]) * x", "f([3, 4, 5])"),
    "a vector and a matrix": ("def f(x, W):\n    return x @ W, W @ x", "f([1,2], [[1,2],[3,4]])"),
    "matrices in a stack": ("def f(T, v):\n    return v @ T + T @ v",
                            "f([[[1,2],[3,4]],[[5,6],[7,8]]], [1,2])"),
    "a square of a matrix": ("def f(A):\n    return transpose(A) @ A", "f([[1, 2], [3, 4]])"),
    "names y1 and y2": ("def f(y1, y2):\n    return y2, y1 * y2", "f(4, 5)"),
    "powers": ("def f(x):\n    return 2 ** x, x ** 3, (-x) ** 3, -x ** 2, (-2) ** 3 * x", "f(3)"),
    "logistic regression": ("def f(X, w, b):\n    return mean(sigmoid(X @ w + b))",
                            "f([[1,2],[3,4],[5,6]], [0.1, -0.1], 0.5)"),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_jacobians_are_what_differences_say(name: str) -> None:
    computation = computed(*ODD[name])
    ours = [[entry.number.value for entry in row] for row in computation.jacobian.entries]
    np.testing.assert_allclose(ours, differences(computation), rtol=1e-6, atol=1e-6)


def differences(computation: Computation) -> Any:
    """Columns of central differences of the same program, by its values alone."""
    inputs = [v for v in computation.variables if v.operation == "input"]
    columns = []
    for variable in inputs:
        for place, number in enumerate(variable.value):
            suffix = f"[{','.join(map(str, np.unravel_index(place, variable.shape)))}]"
            name = variable.address + (suffix if variable.shape else "")
            ends = [
                outputs(compute.rerun(computation, {name: number.value + step}))
                for step in (1e-5, -1e-5)
            ]
            columns.append(np.subtract(*ends) / 2e-5)
    return np.transpose(columns)


def outputs(computation: Computation) -> Sequence[float]:
    return [number.value for output in computation.outputs for number in output.value]


@pytest.mark.parametrize("name", ODD)
def test_every_contribution_that_is_shown_has_its_path(name: str) -> None:
    computation = computed(*ODD[name])
    for link in computation.links:
        operand = computation.variables[link.operand]
        path, _, consumer = link.address.partition(".from.")
        for suffix, number in zip(elements(operand.shape), link.value or (), strict=False):
            assert computation.numbers[f"{path}{suffix}.from.{consumer}"] == number


@pytest.mark.parametrize("x", ["40", "-40", "700", "-700"])
@pytest.mark.parametrize(
    "returned",
    ["sigmoid(x)", "tanh(x)", "softplus(x)", "log1p(exp(-abs(x)))", "expm1(-abs(x))",
     "logsumexp(stack([x, 0]))", "softmax(stack([x, 0, 1]))", "log(softmax(stack([x, 0]))[1])"],
)  # fmt: skip
def test_tails_pass_their_cross_check(returned: str, x: str) -> None:
    assert computed(f"def f(x):\n    return {returned}", f"f({x})").cross_checks > 0


def test_elements_are_addressed_as_they_are_shown() -> None:
    computation = computed("def f(W, x):\n    return sum(square(W @ x))", "f([[1,2],[3,4]], [1,1])")
    assert computation.numbers["W[0,1].adjoint"].value == 6
    assert computation.numbers["x[1].from.v1"].value == 68
    assert computation.numbers["jacobian.y.W[1,0]"].value == 14


@pytest.mark.parametrize(
    ("returned", "point", "notes"),
    [
        ("max(x)", "[1, 2, 2]", ["max has no derivative at a tie"]),
        ("max(x)", "[1, 2, 3]", []),
        ("maximum(x, 2) + relu(x)", "2", ["maximum has no derivative at a tie"]),
        ("abs(x)", "0", ["abs has no derivative at 0"]),
        ("sign(x) * x", "0", ["sign has no derivative at 0"]),
        ("where(x > 2, x, 1)", "2", ["greater has no derivative at a tie"]),
        ("where(x > 2, x, 1)", "3", []),
    ],
)
def test_footnotes_say_what_was_chosen(returned: str, point: str, notes: list[str]) -> None:
    variables = computed(f"def f(x):\n    return {returned}", f"f({point})").variables
    assert [v.footnote.split(";")[0] for v in variables if v.footnote] == notes


# --- constants ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("returned", "tex", "text", "derivative"),
    [
        ("(1/3) * x", r"\frac{1}{3} \, v_0", "1/3*x", r"\frac{1}{3}"),
        ("ln(2) * x", r"(\ln 2) \, v_0", "ln(2)*x", r"\ln 2"),
        ("0.1 * x", r"0.1 \, v_0", "0.1*x", "0.1"),
        ("x / (2 * 3)", r"\frac{v_0}{2 \cdot 3}", "x/(2*3)", r"\frac{1}{6}"),
        ("x + sqrt(2)", r"v_0 + \sqrt{2}", "x + sqrt(2)", "1"),
        ("x ** (1/2)", r"v_0^{\frac{1}{2}}", "x^(1/2)", r"0.5 \, x^{-0.5}"),
        ("-2 * x", r"-2 \, v_0", "-2*x", "-2"),
        ("x - -3", r"v_0 - (-3)", "x - (-3)", "1"),
    ],
)
def test_constants_are_written_as_typed(
    returned: str, tex: str, text: str, derivative: str
) -> None:
    computation = computed(f"def f(x):\n    return {returned}", "f(6)")
    assert (last(computation).formula.tex, last(computation).plain) == (tex, text)
    assert computation.jacobian.entries[0][0].symbolic.tex == derivative


@pytest.mark.parametrize(
    ("returned", "value", "derivative"),
    [
        ("x * (1/3) * 3", "= 7", "= 1"),
        ("x * (1/3)", "≈ 2.3333", "≈ 0.3333"),
        ("x * (1/3 + 1/6)", "= 3.5", "= 0.5"),
        ("x * (1 + 1e-20)", "≈ 7.0000", "≈ 1.0000"),
        ("x * 0.1 * 3", "= 2.1", "= 0.3"),
    ],
)
def test_a_number_is_equal_only_where_it_is(returned: str, value: str, derivative: str) -> None:
    computation = computed(f"def f(x):\n    return {returned}", "f(7)")
    assert show(last(computation).value[0]).related == value
    assert show(computation.jacobian.entries[0][0].number).related == derivative


def test_a_partial_of_a_constant_too_long_to_write_is_not_its_double() -> None:
    computation = computed("def f(x):\n    c = 70654321 / 7654321\n    return c * x", "f(2)")
    assert show(computation.numbers["v1.d.x"], ".15f").related.startswith("≈ 9.23")
    assert show(computation.numbers["v1.d.x"]).related.startswith("≈ 9.23")


@pytest.mark.parametrize(
    ("body", "call"),
    [
        ("def f(x):\n    y = x - mean(x)\n    return sum(y ** 2)", "f([0.1, 0.2, 0.3])"),
        ("def f(a, b, c):\n    return ((a + b) - c) ** 2", "f(0.1, 0.2, 0.3)"),
        ("def f(a, b, c):\n    return square((a + b) - c) * 1e20", "f(0.1, 0.2, 0.3)"),
    ],
)
def test_the_square_of_what_is_zero_but_for_rounding_is_no_kink(body: str, call: str) -> None:
    assert computed(body, call).numbers["value"].value == pytest.approx(0.02, abs=0.02)


def test_beside_a_kink_rounding_is_not_excused() -> None:
    with pytest.raises(compute.ComputationError, match="by the second opinion"):
        computed("def f(a, b, c):\n    return abs((a + b) - c)", "f(0.1, 0.2, 0.3)")


def test_lists_and_named_constants_can_be_quoted() -> None:
    body = "def f(x):\n    rate = 0.1\n    c = 2 * 3\n    t = [0, 1/3]\n"
    computation = computed(body + "    return x - rate * c * x + sum(t * stack([x, x]))", "f(1)")
    quoted = {path: show(computation.numbers[path]).related for path in
              ("rate.value", "c.value", "t[0].value", "t[1].value")}  # fmt: skip
    assert list(quoted.values()) == ["= 0.1", "= 6", "= 0", "≈ 0.3333"]
    formulas = [v.formula.tex for v in computation.variables]
    assert any(r"\begin{bmatrix} 0 \\ \frac{1}{3} \end{bmatrix} \odot" in tex for tex in formulas)


# --- arrays in formulas ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("returned", "link", "shown"),
    [
        ("stack([x[0], 1]) @ x", "v2.from.v3", r"\tilde{v}_3 \, v_0"),
        ("x @ stack([x, x])", "x.from.v2.p0", r"\tilde{v}_2 \, v_1^{\mathsf T}"),
        ("x[1] * 2", "x.from.v1", r"\tilde{v}_1 \text{ at } 2"),
        ("stack([x, x])", "x.from.v1.p1", r"\tilde{v}_{1,2,:}"),
        ("softmax(x)", "x.from.v1", r"v_1 \odot (\tilde{v}_1 - \sum v_1 \odot \tilde{v}_1)"),
    ],
)
def test_maps_are_written_as_a_reader_expects(returned: str, link: str, shown: str) -> None:
    computation = computed(f"def f(x):\n    return {returned}", "f([2, 3])")
    found = {one.address: one.local.tex for one in computation.links}
    assert found.get(link, found.get(link.removesuffix(".p0"))) == shown


def test_softmax_has_its_jacobian_in_its_own_sign() -> None:
    rows = computed("def f(x):\n    return softmax(x)", "f([40, 0])").jacobian.entries
    assert [[e.plain for e in row] for row in rows] == [
        ["y[0]*(1 - y[0])", "-y[1]*y[0]"],
        ["-y[0]*y[1]", "y[1]*(1 - y[1])"],
    ]


def test_a_long_name_takes_its_elements_behind_its_words() -> None:
    computation = computed("def f(W_in):\n    h = W_in * 2\n    return sum(h)", "f([1, 2])")
    assert computation.jacobian.columns[1].tex == r"W_{\mathrm{in},2}"
    assert not any(re.search(r"}_\{", v.formula.tex) for v in computation.variables)


# --- refusals -------------------------------------------------------------------------------------

DIVISOR = "divide needs a divisor other than 0"
PART = "stack([x])[0]"
POWER = "power needs a base above 0, or a whole exponent (not negative at 0)"


@pytest.mark.parametrize(
    ("returned", "point", "message", "remedy"),
    [
        ("log(x - 2)", "2", "log of x - 2 = 0.0: the value is not finite; log needs x > 0",
         "choose other inputs"),
        ("x + 0 ** -1", "2", f"0 ** -1: the value is not finite; {POWER}",
         "change the numbers in this line"),
        ("x + log(1 - 1)", "2", "log of 1 - 1 = 0.0: the value is not finite; log needs x > 0",
         "change the numbers in this line"),
        ("x ** x", "0", f"x ** x with x = 0.0: its derivative is not finite; {POWER}",
         "choose other inputs"),
        ("1 / (x - 2)", "2", f"1 / (x - 2) with x - 2 = 0.0: the value is not finite; {DIVISOR}",
         "choose other inputs"),
        ("x ** 2", "1e200", "x ** 2 with x = 1e+200: the value is too large for a double",
         "choose other inputs"),
        ("-log(-x)", "3", "log of -x = -3.0: the value is not finite; log needs x > 0",
         "choose other inputs"),
        ("1 / [x][0]", "0", f"1 / {PART} with {PART} = 0.0: the value is not finite; {DIVISOR}",
         "choose other inputs"),
    ],
)  # fmt: skip
def test_a_refusal_says_what_met_what(returned: str, point: str, message: str, remedy: str) -> None:
    with pytest.raises(compute.ComputationError) as refused:
        computed(f"def f(x):\n    return {returned}", f"f({point})")
    (mistake,) = refused.value.mistakes
    assert (mistake.line, mistake.item) == (2, "f")
    assert (mistake.message, mistake.remedy) == (message, remedy)


@pytest.mark.parametrize("sign", ["*", "+", "-"])
def test_a_long_line_is_worded_without_nesting_as_deep(sign):
    line = f" {sign} ".join(["x"] * 110)
    computation = computed(f"def f(x):\n    return {line}\n", "f(1.01)")
    assert computation.numbers["x.adjoint"].value
    assert len(last(computation).plain) < 400


@pytest.mark.parametrize("x", ["3", "[3, -4]"])
def test_what_a_consumer_sends_back_twice_is_computed_a_second_time_too(
    x: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = "def f(x):\n    v = x * x\n    return sum(v)\n"
    computed(body, f"f({x})")
    monkeypatch.setattr(assembly, "_sum", lambda before, number: number)
    with pytest.raises(compute.ComputationError, match="the contribution to x from v, which reads"):
        computed(body, f"f({x})")
