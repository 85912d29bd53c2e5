"""A page's script: its statements, its steps in words, ranges of inputs, and what is left out."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from docs_plugins import compute
from docs_plugins.extras import tapes
from docs_plugins.language import parse
from docs_plugins.model import Computation
from docs_plugins.views.base import ViewError

F = "def f(x1, x2):\n    v1 = ln(x1)\n    v2 = x1 * x2\n    v3 = sin(x2)\n    v4 = v1 + v2\n"
F += "    return v4 - v3\n\nf(2, 5)\n"


def computed(text: str) -> Computation:
    program = parse(text)
    return compute.run(program, program.calls[0])


def compiled(computation: Computation, **how: Any) -> tapes.Compiled | None:
    shown = how.pop("shown", set(computation.numbers))
    return tapes.compiled(
        computation, shown, how.pop("ranges", {}), played=how.pop("played", False)
    )


def part(found: tapes.Compiled | None, name: str) -> Any:
    assert found is not None
    text = re.search(rf"[{{,]{name}:(.*?)(?=,[a-z]:|,t\(|}}$)", found.text)
    assert text is not None
    return json.loads(text[1])


def test_every_number_of_a_block_is_on_its_tape() -> None:
    for text in (F, "def g(a, b):\n    return a * b, a / b\n\ng(1, 2)\n"):
        computation = computed(text)
        found = compiled(computation)
        assert found is not None
        given = {f"{name}.value" for name in computation.program.parameters}
        assert found.follows == set(computation.numbers) - given


def test_local_partials_and_jacobians_only_where_they_are_shown() -> None:
    computation = computed("def g(a, b):\n    return a * b, a / b\n\ng(1, 2)\n")
    tape = compute.tape(computation, {"v1.value"})
    assert [found.path for found in tape.assignments] == ["v1.value", "v2.value"]


def test_a_statement_that_copies_is_none() -> None:
    text = compiled(computed(F)).text
    assert "d=a*b" in text
    assert len(re.findall(r"\w+=[^=,]", text[text.index("const") : text.index(";return")])) < 16


def test_a_complaint_names_what_is_needed() -> None:
    assert part(compiled(computed(F)), "w").keys() == {"ln needs x > 0"}


def test_steps_are_the_engines_order_with_the_sum_last() -> None:
    said = [(step.path, step.text) for step in tapes.steps(computed(F))]
    assert [path for path, _ in said[:8]] == [
        *("x1.value", "x2.value", "v1.value", "v2.value", "v3.value", "v4.value", "v5.value"),
        "y.value",
    ]
    paths = [path for path, _ in said]
    assert paths.index("x2.from.v3") < paths.index("x2.from.v2") < paths.index("x2.adjoint")
    assert ("x2.from.v3", "ṽ₀ receives cos(v₀) · ṽ₃") in said


def test_several_outputs_have_a_forward_pass_alone() -> None:
    computation = computed("def g(a, b):\n    return a * b, a / b\n\ng(1, 2)\n")
    assert all(step.path.endswith(".value") for step in tapes.steps(computation))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("def f(x):\n    return sum(x)\n\nf([" + "1, " * 30 + "1])\n", "too many inputs"),
        ("def f(x):\n    return 2 * 3\n\nf(1)\n", "a constant"),
    ],
)
def test_what_cannot_be_followed_has_no_inputs(text, why) -> None:
    computation = computed(text)
    found = compiled(computation, shown={"value"})
    assert found is None, why


def test_a_block_that_the_page_does_not_show_has_no_part() -> None:
    assert compiled(computed(F), shown=set()) is None


@pytest.mark.parametrize("view", ["chain", "graph", "jacobian", "network", "trace", "unit"])
def test_the_writers_range_is_the_sliders(view: str) -> None:
    options = {"x1": "0.1..10", "format": ".2f"}
    rest, ranges = tapes.split_ranges(view, options, computed(F))
    assert rest == {"format": ".2f"}
    first, second = part(compiled(computed(F), ranges=ranges), "i")
    assert first[3:5] == [0.1, 10]
    assert second[3:5] == [0, 10]


@pytest.mark.parametrize("text", ["1..", "..2", "5..1", "a..b", "1..1", "0..inf", "nan..2"])
def test_a_range_that_is_none_is_refused(text) -> None:
    with pytest.raises(ViewError, match="no range") as found:
        tapes.split_ranges("trace", {"x1": text}, computed(F))
    assert found.value.remedy == "write its least and its most: x1=0.1..10"


def test_a_sliders_positions_are_round() -> None:
    for low, high in ((0.0, 1.0), (-3.0, 5.0), (0.1, 10.0), (0.0, 1e-6), (-1e9, 1e9)):
        step = tapes.slider_step(low, high)
        assert f"{step:.0e}"[0] in "125"
        assert 80 <= (high - low) / step <= 420


def test_the_player_loses_nothing_but_comments_and_spaces() -> None:
    written = tapes.PLAYER.read_text(encoding="utf-8")
    short = tapes.player()
    texts = re.compile(r'"[^"\n]*"|`[^`\n]*`')
    bare = "\n".join(line for line in written.splitlines() if not line.lstrip().startswith("//"))
    assert texts.findall(short) == texts.findall(bare)
    assert re.sub(r"\s", "", texts.sub("", short)) == re.sub(r"\s", "", texts.sub("", bare))
    assert not re.search(r"\beval\b|\bFunction\b|innerHTML\s*=", short)
