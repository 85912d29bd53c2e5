"""The record: readable text, exact in structure, forgiving only of units in the last place."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docs_plugins import compute, language
from docs_plugins.drift import differences, record
from docs_plugins.model import Computation, element, elements

EXAMPLE = """\
def f(x1, x2):
    v1 = ln(x1)
    v2 = x1 * x2
    v3 = sin(x2)
    v4 = v1 + v2
    return v4 - v3

f(2, 5)
"""
UNNAMED = """\
def g(x, y):
    a = x * y + sin(x)
    return a * sin(x) + sin(y)

g(2, 3)
"""
VECTOR = """\
def s(x, w):
    e = exp(w @ x)
    return e / sum(e), 2

s([1, 2], [[1, 0], [0.5, -1], [0, 2]])
"""
CANCELLING = """\
def h(x):
    a = x * 3
    b = a - 0.3
    return b + x

h(0.1)
"""


def computed(text: str) -> tuple[Computation, ...]:
    program = language.parse(text)
    return tuple(compute.run(program, call) for call in program.calls)


@pytest.fixture(scope="module")
def example() -> tuple[Computation, ...]:
    return computed(EXAMPLE)


def messages(text: str, computations: tuple[Computation, ...]) -> list[str]:
    found = differences.compare(record.parse(text), computations)
    return [f"{difference.item}: {difference.message}" for difference in found]


def changed(text: str, row: str, column: int, cell: str) -> str:
    """A record with one cell of a row replaced."""
    lines = text.split("\n")
    at = next(n for n, line in enumerate(lines) if line.startswith(row + "  "))
    cells = re.split("  +", lines[at])
    cells[column] = cell
    lines[at] = "  ".join(cells)
    return "\n".join(lines)


def test_a_record_reads_like_the_table_of_the_page(example):
    assert (
        record.render(example)
        == """\
# deepnotes record 1: a build compares with it, only `deepnotes accept` writes it
# name                        value | local partial     adjoint | contribution    formula

## f: f(2, 5) -> v4 - v3
x1                            2.0                       5.5                       input
x2                            5.0                       1.7163378145367738        input
v1                            0.6931471805599453        1.0                       ln(x1)
v2                            10.0                      1.0                       x1*x2
v3                            -0.9589242746631385       -1.0                      sin(x2)
v4                            10.693147180559945        1.0                       v1 + v2
v4 - v3                       11.652071455223084        1.0                       v4 - v3
x1.from.v1                    0.5                       0.5                       1/x1
x1.from.v2                    5.0                       5.0                       x2
x2.from.v2                    2.0                       2.0                       x1
x2.from.v3                    0.28366218546322625       -0.28366218546322625      cos(x2)
v1.from.v4                    1.0                       1.0                       1
v2.from.v4                    1.0                       1.0                       1
v3.from.(v4 - v3)             -1.0                      -1.0                      -1
v4.from.(v4 - v3)             1.0                       1.0                       1
jacobian.y.x1                 5.5                       -                         x2 + 1/x1
jacobian.y.x2                 1.7163378145367738        -                         x1 - cos(x2)

## end
"""
    )


@pytest.mark.parametrize("text", [EXAMPLE, UNNAMED, VECTOR, CANCELLING])
def test_what_is_written_is_read_back_and_agrees(text):
    computations = computed(text)
    written = record.render(computations)
    read = record.parse(written)
    assert differences.compare(read, computations) == ()
    assert record.merge(read, computations) == written
    assert differences.check(written, computations) == ()


@pytest.mark.parametrize("text", [EXAMPLE, UNNAMED, VECTOR, CANCELLING])
def test_every_number_that_a_page_can_quote_has_a_row(text):
    for computation in computed(text):
        rows = record.parse(record.render([computation])).blocks[computation.name].rows
        recorded = {float(n) for row in rows.values() for n in row.numbers if n != record.ABSENT}
        results = {output.label for output in computation.outputs if output.variable is None}
        for path, number in computation.numbers.items():
            if path.partition(".")[0].partition("[")[0] not in results:
                assert number.value in recorded, path


def test_a_step_inserted_in_a_block_leaves_every_other_row_as_it_was():
    before = record.render(computed(UNNAMED)).split("\n")
    inserted = UNNAMED.replace("    a =", "    z = cos(x) * 0\n    a =").replace(
        "sin(y)\n", "sin(y) + z\n"
    )
    after = record.render(computed(inserted)).split("\n")
    names = {"z", "cos(x)", "cos(x)*0"}
    kept = [line for line in before if line and not line.startswith(("#", "jacobian", "a*", "(a*"))]
    gone = [line for line in kept if line not in after and ".from." not in line]
    assert [line for line in gone if not line.startswith(("x ", "sin(y) "))] == []
    assert names & {re.split("  +", line)[0] for line in after}


def test_steps_of_one_formula_are_told_apart():
    rows = record.parse(record.render(computed(UNNAMED))).blocks["g"].rows
    assert {"sin(x)", "sin(x) #2", "sin(y)"} <= set(rows)


def test_a_changed_number_is_named_as_the_page_names_it(example):
    text = changed(record.render(example), "x2", 2, "1.71634")
    assert messages(text, example) == [
        "f.x2.adjoint: recorded 1.71634, computed 1.7163378145367738"
    ]
    difference = differences.compare(record.parse(text), example)[0]
    assert (difference.line, difference.record_line) == (1, 6)


def test_a_step_without_a_name_is_named_by_its_formula_too():
    computations = computed(UNNAMED)
    text = changed(record.render(computations), "sin(y)", 1, "0.5")
    (message,) = messages(text, computations)
    assert re.fullmatch(
        r"g\.v\d+\.value: \[sin\(y\)\] recorded 0\.5, computed 0\.1411200080598672", message
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda t: changed(t, "v3", 3, "cos(x2)"),
            "f.v3: formula recorded cos(x2), computed sin(x2)",
        ),
        (lambda t: changed(t, "v3", 2, "-"), "f.v3.adjoint: recorded nothing, computed -1.0"),
        (lambda t: changed(t, "v3", 2, "1.0"), "f.v3.adjoint: recorded 1.0, computed -1.0"),
        (
            lambda t: changed(t, "v3", 0, "v9"),
            "f.v3: not in the record, computed -0.9589242746631385, -1.0",
        ),
        (
            lambda t: changed(t, "v3", 0, "v9"),
            "f.v9: recorded (-0.9589242746631385, -1.0), but no longer computed",
        ),
        (
            lambda t: t.replace("f(2, 5)", "f(2, 6)"),
            "f: call recorded f(2, 6) -> v4 - v3, computed f(2, 5) -> v4 - v3",
        ),
        (lambda t: t.replace("## f", "## g"), "f: block not in the record, computed 17 rows"),
        (
            lambda t: t.replace("## f", "## g"),
            "g: block recorded (17 rows), but no longer computed",
        ),
    ],
)
def test_each_kind_of_difference_is_told(example, change, message):
    assert message in messages(change(record.render(example)), example)


def test_the_order_of_rows_and_blocks_counts():
    both = computed(EXAMPLE.replace("f(2, 5)", "one = f(2, 5)\ntwo = f(3, 4)"))
    text = record.render(both)
    lines = text.split("\n")
    at = next(n for n, line in enumerate(lines) if line.startswith("v2 "))
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    assert messages("\n".join(lines), both) == [
        "one: order of rows recorded v3 first, computed v2 first"
    ]
    head, first, second = re.split("(?=^## (?:one|two))", text, flags=re.MULTILINE)
    second = second.removesuffix("## end\n")
    assert messages(head + second + first + "## end\n", both) == [
        ": order of blocks recorded two first, computed one first"
    ]


def test_every_row_taken_out_put_twice_or_renamed_is_noticed(example):
    text = record.render(example)
    rows = [line for line in text.split("\n") if line and not line.startswith("#")]
    assert len(rows) == 17
    for row in rows:
        name = re.split("  +", row)[0]
        without = text.replace(row + "\n", "", 1)
        assert len(messages(without, example)) == 1
        assert (
            name in messages(without, example)[0]
            or "[v4 - v3]" in messages(without, example)[0]
            or "v5" in messages(without, example)[0]
        )
        with pytest.raises(record.RecordError, match="stands twice"):
            record.parse(text.replace(row, f"{row}\n{row}", 1))


@given(st.integers(-4, 4))
@settings(deadline=None, max_examples=9)
def test_units_in_the_last_place_are_no_difference(steps):
    def moved(value: float) -> float:
        for _ in range(abs(steps)):
            value = math.nextafter(value, math.inf if steps > 0 else -math.inf)
        return value

    computations = computed(EXAMPLE)
    text = record.render(computations)
    lines = [
        re.sub(r"(?<=  )-?\d+\.\d+(?:e-?\d+)?(?=  )", lambda n: repr(moved(float(n[0]))), line)
        for line in text.split("\n")
    ]
    assert differences.check("\n".join(lines), computations) == ()
    kept = record.merge(record.parse("\n".join(lines)), computations)
    assert record.parse(kept) == record.parse("\n".join(lines))


def test_a_number_made_small_by_cancellation_is_compared_by_what_cancelled():
    (computation,) = computed(CANCELLING)
    text = record.render([computation])
    assert abs(computation.numbers["b.value"].value) < 1e-15
    assert messages(changed(text, "b", 1, "0.0"), (computation,)) == []
    assert messages(changed(text, "b", 1, "1e-12"), (computation,)) == [
        f"h.b.value: recorded 1e-12, computed {computation.numbers['b.value'].value!r}"
    ]


def test_a_tiny_number_beside_a_huge_one_is_not_excused():
    computations = computed(
        "def f(x, y):\n    a = x * 1e9\n    b = y * 1e-9\n    return a * b\nf(1, 1)\n"
    )
    text = record.render(computations)
    assert len(messages(changed(text, "b", 1, "1.00000001e-09"), computations)) == 1


def test_only_rows_out_of_tolerance_change_when_accepted(example):
    text = record.render(example)
    noisy = changed(text, "v1", 1, "0.6931471805599454")
    wrong = changed(noisy, "v3", 1, "-0.95")
    merged = record.merge(record.parse(wrong), example)
    assert re.split("  +", next(x for x in merged.split("\n") if x.startswith("v1 ")))[1] == (
        "0.6931471805599454"
    )
    assert "-0.9589242746631385" in merged
    assert differences.check(merged, example) == ()


@pytest.mark.parametrize(
    ("broken", "message", "line"),
    [
        ("", "empty", 1),
        ("\n \n", "empty", 1),
        ("something else\n", "header", 1),
        (record.HEADER.replace("record 1", "record 2") + "\n## end\n", "format 2, this version", 1),
        ("# deepnotes record 1.5: a\n## end\n", "format 1.5, this version", 1),
        ("# deepnotes record 01: a\n## end\n", "format 01, this version", 1),
        ("# deepnotes record 1x: a\n## end\n", "format 1x, this version", 1),
        (record.HEADER + "\n", "cut off", 2),
        (record.HEADER + "\n\n## f: f(1) -> x\nx  1.0  1.0  input\n", "cut off", 5),
        (record.HEADER + "\n## f: f(1) -> x\nx  1.0  1.0\n## end\n", "4 columns", 3),
        (record.HEADER + "\n## f: f(1) -> x\nx  1.0  abc  input\n## end\n", "'abc'", 3),
        (record.HEADER + "\n## f: f(1) -> x\nx  nan  1.0  input\n## end\n", "'nan'", 3),
        (record.HEADER + "\n## f: f(1) -> x\nx  1_0  1.0  input\n## end\n", "'1_0'", 3),
        (record.HEADER + "\nx  1.0  1.0  input\n## end\n", "before the first block", 2),
        (record.HEADER + "\n## f\n## end\n", "no heading", 2),
        (record.HEADER + "\n## f: f(1) -> x\n## f: f(1) -> x\n## end\n", "twice", 3),
        (record.HEADER + "\n## end\nx\n", "after the record's last line", 3),
        (record.HEADER + "\n<<<<<<< HEAD\n## end\n", "merge-conflict", 2),
        (record.HEADER + "\n=======\n## end\n", "merge-conflict", 2),
        (record.HEADER + "\n>>>>>>> branch\n", "merge-conflict", 2),
    ],
)
def test_a_broken_record_is_named_with_line_and_remedy(broken, message, line):
    with pytest.raises(record.RecordError, match=re.escape(message)) as caught:
        record.parse(broken)
    assert caught.value.line == line
    assert "accept" in caught.value.remedy


def test_a_record_that_is_not_utf_8_is_named_with_its_line():
    with pytest.raises(record.RecordError, match="UTF-8") as caught:
        record.decode(b"a\nb\n\xff\xfe")
    assert caught.value.line == 3


def test_every_cut_of_a_record_is_noticed(example):
    text = record.render(example)
    for end in range(len(text) - 1):
        with pytest.raises(record.RecordError):
            record.parse(text[:end])


def test_line_ends_and_a_mark_of_another_system_are_no_difference(example):
    data = b"\xef\xbb\xbf" + record.render(example).replace("\n", "\r\n").encode()
    assert differences.check(record.decode(data), example) == ()


def test_a_formula_too_long_to_read_is_cut_but_still_compared_whole():
    terms = " + ".join(f"x*{n}" for n in range(1, 60))
    computations = computed(f"def f(x):\n    y = {terms}\n    return y\nf(1)\n")
    other = computed(f"def f(x):\n    y = {terms.replace('x*59', '59*x')}\n    return y\nf(1)\n")
    text = record.render(computations)
    assert max(map(len, text.split("\n"))) < 400
    assert differences.check(text, computations) == ()
    assert differences.check(text, other) != ()


@given(st.text(max_size=200))
@settings(deadline=None)
def test_any_text_is_read_or_refused(text):
    for written in (text, record.HEADER + "\n" + text):
        lines = []
        try:
            record.parse(written)
        except record.RecordError as error:
            lines.append(error.line)
        assert all(line >= 1 for line in lines)


@pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
def test_elements_are_named_in_c_order(shape):
    names = list(elements(shape))
    assert names == [element(shape, position) for position in range(len(names))]


def test_a_difference_is_plain_data(example):
    found = differences.compare(None, example)
    assert [difference.computed for difference in found] == ["17 rows"]
