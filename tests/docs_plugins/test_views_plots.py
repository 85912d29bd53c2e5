"""Descent and the work of a Jacobian: tables and plots of what was computed."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docs_plugins import compute
from docs_plugins.drawing.mathline import SIZE, roman, width
from docs_plugins.drawing.plot import Plot, Series, draw, ticks
from docs_plugins.views.base import ViewError
from tests.docs_plugins.figures import (
    BLOCKS,
    START,
    SVG,
    computed,
    descended,
    drawn,
    figure,
    numbers,
    parsed,
    read,
    texts,
    worked_out,
)

WEIGHTS = ["w11", "w12", "w13", "w14", "w21", "w22"]


def table(html, name):
    """The cells of the table of a name by its headings, row by row, formulas by their TeX."""
    (found,) = re.findall(rf'<table[^>]*aria-label="{name}".*?</table>', html, re.DOTALL)
    found = re.sub(r'<math[^>]*data-tex="([^"]*)".*?</math>', r"\1", found, flags=re.DOTALL)
    head, *rows = (
        [re.sub("<[^>]*>", "", text).strip() for text in re.findall("<t[hd].*?</t[hd]>", row)]
        for row in re.findall("<tr.*?</tr>", found, re.DOTALL)
    )
    return [dict(zip(head, row, strict=True)) for row in rows]


def places(drawing, kind):
    """The points of a plot's lines of one kind, as its axes tell them."""
    figures = [part for part in drawing.iter(f"{SVG}text") if part.get("class") == "t"]
    down = [part for part in figures if part.get("text-anchor") == "end"]
    across = [part for part in figures if part not in down]
    points = [dot for dot in drawing.iter(f"{SVG}circle") if dot.get("class") == f"{kind}h"]
    return [
        (along(across, "x", float(dot.get("cx"))), along(down, "y", float(dot.get("cy")) + 4.5))
        for dot in points
    ]


def along(figures, axis, place):
    """What stands at a place of an axis, by the figures at its ends."""
    low, high = figures[0], figures[-1]
    start, end = float(low.get(axis)), float(high.get(axis))
    first, last = read(low.text), read(high.text)
    return first + (place - start) / (end - start) * (last - first)


def shown(html):
    return dict(re.findall(r'data-mg="E\.descent\.([^"]*)"[^>]*>([^<]*)<', html))


def test_one_step_of_training():
    found = shown(drawn("E", "descent", rate=0.5))
    assert found["0.w11"] == "0.3"
    assert found["0.w11.gradient"] == "−0.0151"
    assert found["1.w11"] == "0.3076"
    assert (found["0.error"], found["1.error"]) == ("0.0760", "0.0724")
    assert {path.partition(".")[2] for path in found if path.startswith("1.")} == {
        *WEIGHTS,
        "error",
    }


def test_the_steps_are_those_of_the_rule():
    found = shown(drawn("E", "descent", over="w11,w22", rate=0.25, steps=3, format=".12f"))
    computation = computed(BLOCKS["E"])
    for step in range(4):
        for name in ("w11", "w22"):
            value = computation.numbers[f"{name}.value"].value
            assert found[f"{step}.{name}"] == f"{value:.12f}".replace("-", "−")
        assert found[f"{step}.error"] == f"{computation.numbers['value'].value:.12f}"
        computation = compute.rerun(
            computation,
            {
                name: computation.numbers[f"{name}.value"].value
                - 0.25 * computation.numbers[f"{name}.adjoint"].value
                for name in ("w11", "w22")
            },
        )


def test_the_columns_of_a_step_are_those_of_the_first():
    html = drawn("E", "descent", rate=2, steps=3)
    (_, error), (after, less), *_ = descended(2, 3)
    slopes = worked_out(START)[1]
    *rows, last = table(html, "One step of descent on E")
    assert list(last) == ["Parameter", "Gradient", "Before", "After, at rate 2"]
    for name, row in zip(WEIGHTS, rows, strict=True):
        assert row["Parameter"] == f"w_{{{name[1:]}}}"
        assert read(row["Gradient"]) == pytest.approx(slopes[name], abs=5e-5)
        assert read(row["Before"]) == START[name]
        assert read(row["After, at rate 2"]) == pytest.approx(after[name], abs=5e-5)
    assert read(last["Before"]) == pytest.approx(error, abs=5e-5)
    assert read(last["After, at rate 2"]) == pytest.approx(less, abs=5e-5)


def test_the_numbers_of_every_step_stand_in_its_row():
    rows = table(drawn("E", "descent", rate=2, steps=3), "Every step")
    for step, (row, (weights, error)) in enumerate(zip(rows, descended(2, 3), strict=True)):
        assert row["Step"] == str(step)
        assert read(row["E"]) == pytest.approx(error, abs=5e-5)
        found = [read(row[f"w_{{{name[1:]}}}"]) for name in WEIGHTS]
        assert found == pytest.approx([weights[name] for name in WEIGHTS], abs=5e-5)


def test_the_curve_of_a_descent_goes_through_its_errors():
    errors = [error for _, error in descended(20, 5)]
    found = places(figure("E", "descent", rate=20, steps=5), "f")
    assert [x for x, _ in found] == pytest.approx(range(6), abs=0.01)
    assert [y for _, y in found] == pytest.approx(errors, abs=2e-4)


def test_a_descent_ends_at_its_last_error():
    first, *_, last = (f"{error:.4f}" for _, error in descended(2, 3))
    drawing = figure("E", "descent", rate=2, steps=3)
    assert numbers(drawing) == {"E.descent.0.error": first, "E.descent.3.error": last}
    assert drawing.find(f"{SVG}desc").text == (
        f"E falls or rises from {first} before the first step to {last} after step 3,"
        " at a rate of 2."
    )


def test_several_steps_have_a_plot_and_folded_numbers():
    html = drawn("E", "descent", rate=0.5, steps=4)
    assert html.count("<svg") == 1
    assert "<details" in html
    assert html.count('id="E-descent-step-') == 5
    assert html.count("<circle") == 5
    assert "<svg" not in drawn("E", "descent", rate=0.5, steps=4, show="table")


@pytest.mark.parametrize("heights", [(9, 1.5, 0.6, 0.3), (5, 4, 3, 2), (1, 2, 4, 8), (8, 1)])
def test_the_first_and_the_last_value_stand_clear_of_the_line(heights):
    points = tuple((float(step), float(height)) for step, height in enumerate(heights))
    label = roman("≈ 1.8646")
    html = draw(Plot((Series((), points, first=label, last=label),), (), (), "", ""), "p")
    line = re.search(r'class="f"[^>]* d="M([^"]*)"', html) or re.search(
        r'd="M([^"H]*)"[^>]*class="f"', html
    )
    corners = [tuple(map(float, corner.split())) for corner in line[1].split("L")]
    for anchor, baseline, start in written(html, "1.8646"):
        left = start if anchor == "start" else start - width(label)
        for x, y in between(corners, left, left + width(label)):
            assert not baseline - SIZE * 0.7 < y < baseline, (x, y)


def written(html, text):
    """Anchor, baseline and place of each label with a text."""
    found = re.findall(r"<text ([^>]*)>([^<]*)</text>", html)
    for attributes, content in found:
        if text in content:
            said = dict(re.findall(r'([\w-]+)="([^"]*)"', attributes))
            yield said["text-anchor"], float(said["y"]), float(said["x"])


def between(corners, left, right):
    """Places of a line between two others, close together."""
    for (x0, y0), (x1, y1) in pairwise(corners):
        for step in range(101):
            x = x0 + (x1 - x0) * step / 100
            if left <= x <= right:
                yield x, y0 + (y1 - y0) * step / 100


@pytest.mark.parametrize(
    ("block", "options", "message"),
    [
        ("E", {"over": "w99"}, "over=w99 is no parameter of E"),
        ("two", {}, "no single error"),
        ("softmax", {"over": "z"}, "no single error"),
        ("f", {"over": "x1", "rate": 100}, "step 1 at rate 100"),
        ("f", {}, "nothing to adjust"),
        ("E", {"show": "plot"}, "several steps"),
        ("E", {"steps": 0}, "out of range"),
        ("E", {"rate": "fast"}, "not a number"),
    ],
)
def test_what_cannot_be_descended_is_refused(block, options, message):
    with pytest.raises(ViewError, match=message):
        drawn(block, "descent", **options)


def test_passes_grow_with_inputs_forward_and_with_outputs_in_reverse():
    computation = computed(BLOCKS["f"])
    wide = compute.work(computation, (1, 4), inputs=True)
    tall = compute.work(computation, (1, 4), inputs=False)
    assert [(w.inputs, w.outputs, w.reverse_passes, w.forward_passes) for w in wide] == [
        (2, 1, 1, 2),
        (8, 1, 1, 8),
    ]
    assert [(w.inputs, w.outputs, w.reverse_passes, w.forward_passes) for w in tall] == [
        (2, 1, 1, 2),
        (2, 4, 4, 2),
    ]
    assert [w.operations for w in wide] == [5, 23]


def test_the_work_is_two_plots_and_a_table():
    html = drawn("f", "work", sizes="1,2,3")
    assert html.count("<svg") == 2
    assert html.count("<tr") == 1 + 6
    assert "6 passes × 17 = 102" in html
    assert len(set(re.findall(r' id="([^"]*)"', html))) == len(re.findall(r' id="', html))


def test_the_work_has_each_mode_in_its_column():
    rows = table(drawn("f", "work", sizes="1,3"), "Passes in both modes")
    assert [list(row.values()) for row in rows] == [
        ["2", "1", "5", "1 pass × 5 = 5", "2 passes × 5 = 10"],
        ["6", "1", "17", "1 pass × 17 = 17", "6 passes × 17 = 102"],
        ["2", "1", "5", "1 pass × 5 = 5", "2 passes × 5 = 10"],
        ["2", "3", "15", "3 passes × 15 = 45", "2 passes × 15 = 30"],
    ]
    assert list(rows[0]) == ["Inputs n", "Outputs m", "Operations", "Reverse mode", "Forward mode"]


@pytest.mark.parametrize(
    ("place", "forward", "reverse"),
    [(0, [(2, 2), (6, 6)], [(2, 1), (6, 1)]), (1, [(1, 2), (3, 2)], [(1, 1), (3, 3)])],
)
def test_the_work_s_lines_are_those_of_their_modes(place, forward, reverse):
    html = drawn("f", "work", sizes="1,3")
    drawing = parsed(re.findall("<svg.*?</svg>", html, re.DOTALL)[place])
    for kind, points, name in (("f", forward, "forward"), ("b", reverse, "reverse")):
        assert places(drawing, kind) == [pytest.approx(point, abs=0.05) for point in points]
        (label,) = (part for part in drawing.iter(f"{SVG}text") if part.text == name)
        assert label.get("class") == ("a" if kind == "b" else None)


@pytest.mark.parametrize("sizes", ["1", "0,2", "1,two", "1,999", ","])
def test_sizes_that_are_none_are_refused(sizes):
    with pytest.raises(ViewError, match="work: sizes="):
        drawn("f", "work", sizes=sizes)


@given(st.floats(-1e3, 1e3), st.floats(1e-3, 1e6))
def test_ticks_cover_an_interval_and_are_not_many(low, extent):
    high = low + extent
    found = ticks(low, high)
    assert found[0] <= low + 1e-6 * extent
    assert found[-1] >= high - 1e-6 * extent
    assert 2 <= len(found) <= 9


def test_points_lie_where_their_numbers_say():
    plot = Plot(
        (Series(roman("a"), ((0.0, 0.0), (1.0, 2.0), (2.0, 4.0))),),
        roman("x"),
        roman("y"),
        "A line",
        "Three points.",
    )
    found = parsed(draw(plot, "p"))
    (ax, ay), (bx, by), (cx, cy) = (
        (float(dot.get("cx")), float(dot.get("cy"))) for dot in found.iter(f"{SVG}circle")
    )
    assert bx - ax == pytest.approx(cx - bx, abs=0.11)
    assert ay - by == pytest.approx(by - cy, abs=0.11)
    assert cy < ay
    assert {"A line", "Three points."} <= {found[0].text, found[1].text}
    assert "a" in texts(found)


def test_the_number_at_the_end_stands_clear_of_the_line():
    points = tuple((float(x), 30.0 - x) for x in range(31))
    series = Series(roman(""), points, last=roman("0.1234"))
    plot = draw(Plot((series,), roman("x"), roman("y"), "t", "d"), "p")
    ((end, base),) = re.findall(r'<text x="([^"]*)" y="([^"]*)"[^>]*>(?:<[^>]*>)*0.1234', plot)
    beneath = [
        float(y)
        for x, y in re.findall(r'<circle cx="([^"]*)" cy="([^"]*)"', plot)
        if float(x) >= float(end) - 40
    ]
    assert len(beneath) > 1
    assert float(base) < min(beneath) - 5


def test_a_plot_without_points_is_refused():
    with pytest.raises(ValueError, match="without points"):
        draw(Plot((), (), (), "", ""), "p")


@pytest.mark.parametrize(
    ("points", "across", "up"),
    [
        ([(0, 0), (3, 25)], ["0", "1", "2", "3"], ["0", "5", "10", "15", "20", "25"]),
        ([(0, -15), (1, 10)], ["0", "1"], ["−15", "−10", "−5", "0", "5", "10"]),
        (
            [(10, 0.065), (30, 0.08)],
            ["10", "15", "20", "25", "30"],
            ["0.065", "0.07", "0.075", "0.08"],
        ),
    ],
)
def test_the_figures_of_the_axes_are_whole(points, across, up):
    series = Series((), tuple((float(x), float(y)) for x, y in points))
    drawing = parsed(draw(Plot((series,), (), (), "", ""), "p"))
    figures = [part for part in drawing.iter(f"{SVG}text") if part.get("class") == "t"]
    assert [part.text for part in figures if part.get("text-anchor") == "end"] == up
    assert [part.text for part in figures if part.get("text-anchor") != "end"] == across
