"""What a block says, read: steps in evaluation order, names, outputs, calls, exact lines."""

from __future__ import annotations

from fractions import Fraction

import pytest

from docs_plugins.language import Call, Constant, Program, parse

MATRIX = "[[1, 2], [3, 4]]"


def steps(body: str) -> list[tuple[object, ...]]:
    """The operations that one expression of two matrices is read as."""
    program = parse(f"def f(x, y):\n    return {body}\nf({MATRIX}, {MATRIX})")
    return [
        (
            step.function,
            *(getattr(o, "text", o) for o in step.operands),
            *dict(step.options).values(),
        )
        for step in program.steps[len(program.parameters) :]
    ]


RUNNING = """\
def f(x1, x2):
    v1 = ln(x1)
    v2 = x1 * x2
    v3 = sin(x2)
    v4 = v1 + v2
    return v4 - v3

f(2, 5)
"""


def test_the_running_example() -> None:
    program = parse(RUNNING)
    assert (program.function, program.parameters) == ("f", ("x1", "x2"))
    assert [(step.function, step.operands, step.name, step.line) for step in program.steps] == [
        ("input", (), "x1", 1),
        ("input", (), "x2", 1),
        ("log", (0,), "v1", 2),
        ("multiply", (0, 1), "v2", 3),
        ("sin", (1,), "v3", 4),
        ("add", (2, 3), "v4", 5),
        ("subtract", (5, 4), None, 6),
    ]
    assert program.outputs == (6,)
    assert program.names == {"x1": 0, "x2": 1, "v1": 2, "v2": 3, "v3": 4, "v4": 5}
    assert program.calls == (Call("f", (Constant(2.0, "2"), Constant(5.0, "5")), 8),)
    assert program.text == RUNNING


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("x + y * x", [("multiply", 1, 0), ("add", 0, 2)]),
        ("x - y - x", [("subtract", 0, 1), ("subtract", 2, 0)]),
        ("x - (y - x)", [("subtract", 1, 0), ("subtract", 0, 2)]),
        ("x / y @ x", [("divide", 0, 1), ("matmul", 2, 0)]),
        ("x ** y ** 2", [("power", 1, "2"), ("power", 0, 2)]),
        ("-x ** 2", [("power", 0, "2"), ("negative", 2)]),
        ("(-x) ** 2", [("negative", 0), ("power", 2, "2")]),
        ("x ** -1", [("power", 0, "-1")]),
        ("+x * +2", [("multiply", 0, "2")]),
        ("x - -2", [("subtract", 0, "-2")]),
        ("x * - - 2.50", [("multiply", 0, "2.50")]),
        ("-2 ** x", [("power", "2", 0), ("negative", 2)]),
        ("2 * 3 * x", [("multiply", "2", "3"), ("multiply", 2, 0)]),
        ("sin(x) + cos(sin(y))", [("sin", 0), ("sin", 1), ("cos", 3), ("add", 2, 4)]),
        ("ln(x) + log(y)", [("log", 0), ("log", 1), ("add", 2, 3)]),
        ("maximum(x, 0)", [("maximum", 0, "0")]),
        ("x[0]", [("index", 0, 0)]),
        ("x[-1, 1:]", [("index", 0, (-1, slice(1, None)))]),
        ("x[:, ::2]", [("index", 0, (slice(None), slice(None, None, 2)))]),
        ("sum(x, axis=0)", [("sum", 0, 0)]),
        ("max(x, axis=(0, -1), keepdims=True)", [("max", 0, (0, -1), True)]),
        ("mean(x, axis=None)", [("mean", 0, None)]),
        ("softmax(x, axis=-1)", [("softmax", 0, -1)]),
        ("reshape(x, (2, -1))", [("reshape", 0, (2, -1))]),
        ("reshape(x, shape=[4, 1])", [("reshape", 0, (4, 1))]),
        ("reshape(x, 4)", [("reshape", 0, 4)]),
        ("transpose(x)", [("transpose", 0)]),
        ("transpose(x, (1, 0))", [("transpose", 0, (1, 0))]),
        ("stack([x, y, x], axis=1)", [("stack", 0, 1, 0, 1)]),
        ("concatenate((x, y))", [("concatenate", 0, 1)]),
        ("sum([x, y])", [("stack", 0, 1), ("sum", 2)]),
        (
            "[[0, 1], [2, 3]] @ x",
            [("stack", "0", "1"), ("stack", "2", "3"), ("stack", 2, 3), ("matmul", 4, 0)],
        ),
        (
            "where(x > 0, x, -y)",
            [("greater", 0, "0"), ("negative", 1), ("where", 2, 0, 3)],
        ),
        ("where(x != y, 1, y)", [("not_equal", 0, 1), ("where", 2, "1", 1)]),
        ("where(less_equal(x, y), x, y)", [("less_equal", 0, 1), ("where", 2, 0, 1)]),
        ("where(x, x, y)", [("where", 0, 0, 1)]),
    ],
)  # fmt: skip
def test_expressions_are_read_in_evaluation_order(
    body: str, expected: list[tuple[object, ...]]
) -> None:
    assert steps(body) == expected


def test_every_comparison_has_its_operation() -> None:
    found = [steps(f"where(x {sign} y, x, y)")[0][0] for sign in ("<", "<=", ">", ">=", "==", "!=")]
    assert found == ["less", "less_equal", "greater", "greater_equal", "equal", "not_equal"]


def test_a_condition_may_have_a_name() -> None:
    program = parse("def f(x):\n    c = x > 0\n    return where(c, x, 0)\nf(1)")
    assert program.names == {"x": 0, "c": 1}


def test_a_named_number_is_the_number() -> None:
    program = parse("def f(x):\n    rate = -0.10\n    return rate * x + rate\nf(1)")
    assert program.steps[2].operands == (Constant(-0.1, "-0.10"), 0)
    assert program.names == {"x": 0, "rate": 1}
    assert program.steps[program.names["rate"]].operands == (Constant(-0.1, "-0.10"),)


@pytest.mark.parametrize(
    ("returned", "outputs"),
    [
        ("x", (0,)),
        ("x, y", (0, 1)),
        ("(y, x)", (1, 0)),
        ("[x, y]", (0, 1)),
        ("x,", (0,)),
        ("x, x", (0, 0)),
    ],
)
def test_outputs(returned: str, outputs: tuple[int, ...]) -> None:
    assert parse(f"def f(x, y): return {returned}\nf(1, 2)").outputs == outputs


def test_a_returned_number_is_a_step_of_its_own() -> None:
    program = parse("def f(x): return x, 3\nf(1)")
    assert program.steps[1].function == "constant"
    assert program.steps[1].operands == (Constant(3.0, "3"),)
    assert program.outputs == (0, 1)


def test_steps_that_no_parameter_reaches_are_known() -> None:
    program = parse("def f(x): return sqrt(2 * 3) * x + exp(1)\nf(1)")
    functions = [program.steps[index].function for index in sorted(program.constant_steps())]
    assert functions == ["multiply", "sqrt", "exp"]


@pytest.mark.parametrize(
    ("typed", "value", "exact"),
    [
        ("2", 2.0, Fraction(2)),
        ("0.1", 0.1, Fraction(1, 10)),
        ("-.5", -0.5, Fraction(-1, 2)),
        ("5.", 5.0, Fraction(5)),
        ("+1e-3", 0.001, Fraction(1, 1000)),
        ("1_000", 1000.0, Fraction(1000)),
        ("- 2.5E2", -250.0, Fraction(-250)),
        ("1e300", 1e300, Fraction(10**300)),
        ("0e999999999", 0.0, Fraction(0)),
    ],
)
def test_numbers_keep_what_was_typed(typed: str, value: float, exact: Fraction) -> None:
    constant = parse(f"def f(x): return x\nf({typed})").calls[0].arguments[0]
    assert isinstance(constant, Constant)
    assert constant.value == value
    assert constant.exact == exact


@pytest.mark.parametrize(("typed", "sign"), [("0", ""), ("-0", ""), ("0.0", ""), ("-0.0", "-")])
def test_a_zero_has_the_sign_that_python_gives_it(typed: str, sign: str) -> None:
    constant = parse(f"def f(x): return x\nf({typed})").calls[0].arguments[0]
    assert isinstance(constant, Constant)
    assert str(constant.value) == f"{sign}0.0"


def test_arrays_are_nested_tuples() -> None:
    call = parse("def f(W, b): return W @ b\nf([[1, -2], [3.5, 4]], [1,\n 2])").calls[0]
    assert call.arguments == (
        ((Constant(1.0, "1"), Constant(-2.0, "-2")), (Constant(3.5, "3.5"), Constant(4.0, "4"))),
        (Constant(1.0, "1"), Constant(2.0, "2")),
    )


def test_calls_may_be_named() -> None:
    calls = parse("def f(x): return x\nstart = f(1)\nend = f(2)").calls
    assert [(call.name, call.line) for call in calls] == [("start", 2), ("end", 3)]


def test_comments_blank_lines_and_unused_parameters_are_free() -> None:
    text = "# “naïve” − ²\n\ndef f(x, y):  # ∂\n\n    # two\n    return x  # π\n\n\nf(1, 2) # end"
    program = parse(text)
    assert (program.steps[0].line, program.calls[0].line) == (3, 9)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_are_counted_as_python_counts_them(newline: str) -> None:
    lines = [
        "# \u2028 and \x0b and \x85 end no line",
        "def f(x,",
        "      y):",
        "\ta = x * \\",
        "\t    y",
        "\x0c\tb = (a",
        "\t     + sin(y))",
        "",
        "\treturn a, b",
        "f(1,",
        "  2)",
    ]
    program = parse(newline.join(lines))
    assert [(step.function, step.line) for step in program.steps] == [
        ("input", 2),
        ("input", 2),
        ("multiply", 4),
        ("sin", 7),
        ("add", 6),
    ]
    assert program.calls[0].line == 10


def test_a_long_sum_is_read_without_recursion() -> None:
    program = parse("def f(x):\n    return (\n" + "+ x\n" * 350 + ")\nf(1)")
    assert len(program.steps) == 350


def test_the_function_may_bear_the_name_of_an_operation_that_it_does_not_use() -> None:
    assert parse("def relu(x): return maximum(x, 0)\nrelu(1)").calls[0].name == "relu"


def test_a_program_can_be_compared() -> None:
    first, second = parse(RUNNING), parse(RUNNING)
    assert isinstance(first, Program)
    assert first == second


def test_steps_have_a_hash_whatever_their_options() -> None:
    first, second = (parse("def f(x): return x[0:1], x[1:]\nf([1, 2])") for _ in range(2))
    assert hash(first.steps) == hash(second.steps)
    assert len(set(first.steps)) == 3
