"""What changes no result raises nothing: edits of a page's text, and units in the last place."""

from __future__ import annotations

import math
import random
import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from docs_plugins import compute, fences, language
from docs_plugins.compute import wording
from docs_plugins.drift import differences, record
from minigrad import applying
from minigrad.operation import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DOCS = Path(__file__).parents[2] / "docs"
PAGE = """\
# Page

Some words, and {{ f.x2.adjoint }} among them.

```minigrad
def f(x1, x2):
    v1 = ln(x1)
    v2 = x1 * x2
    v3 = sin(x2)
    v4 = v1 + v2
    return v4 - v3

f(2, 5)
```

| a | b |
|---|---|
| 1 | {{ f.value }} |

The end, at $x_1 = 2.0$ and $x_2 = 5.0$.
"""
RESULTS = (
    *(11.652071455, 1.716337815, 5.5, 0.693147181, 10.0, 0.958924275, 10.693147181),
    *(0.283662185, 1.0, 2.0, 0.5),
)
QUOTES = ("f.x1.adjoint", "f.v3.value", "f.x2.from.v3", "f.v1.d.x1", "f.jacobian.y.x2:.2f")


def a_decimal(source: random.Random) -> str:
    """A decimal that is no result: none is within three units of its last place."""
    while True:
        digits = source.randint(1, 6)
        text = f"{source.uniform(0, 20):.{digits}f}"
        if all(abs(float(text) - result) > 3 * 10**-digits for result in RESULTS):
            return text


def in_prose(text: str, source: random.Random) -> str:
    words = f"Measured {a_decimal(source)} and −{a_decimal(source)} in 2022, version 3.11.5."
    return text.replace("The end", f"{words}\n\nThe end", 1)


def in_mathematics(text: str, source: random.Random) -> str:
    return text.replace("The end", f"Take $t = {a_decimal(source)}$.\n\nThe end", 1)


def in_a_table(text: str, source: random.Random) -> str:
    return text.replace("| 1 |", f"| {a_decimal(source)} |", 1)


def in_code(text: str, source: random.Random) -> str:
    """A result in code is no hand-typed result."""
    return text.replace("The end", f"`{source.choice(RESULTS):.4f}`\n\nThe end", 1)


def one_more_quotation(text: str, source: random.Random) -> str:
    return text.replace("words,", f"words, {{{{ {source.choice(QUOTES)} }}}},", 1)


def spaces(text: str, source: random.Random) -> str:
    old, new = source.choice(
        [("x1 * x2", "x1*x2"), (" + ", "  +  "), ("ln(x1)", "ln( x1 )"), ("f(2, 5)", "f( 2,5 )")]
    )
    return text.replace(old, new, 1)


def a_comment(text: str, source: random.Random) -> str:
    place = source.choice(["v1 = ln(x1)", "v3 = sin(x2)", "f(2, 5)"])
    return text.replace(place, f"{place}  # {a_decimal(source)}", 1)


def a_blank_line(text: str, source: random.Random) -> str:
    place = source.choice(["    v2 =", "    return", "# Page"])
    return text.replace(place, f"\n{place}", 1)


def line_ends(text: str, source: random.Random) -> str:
    return text.replace("\n", "\r\n")


EDITS = (
    *(in_prose, in_mathematics, in_a_table, in_code, one_more_quotation),
    *(spaces, a_comment, a_blank_line, line_ends),
)


@pytest.mark.parametrize("seed", range(10))
def test_a_hundred_random_edits_raise_nothing(convert, seed):
    source = random.Random(seed)
    accepted = record.render(list(convert(PAGE)[2].computations.values()))
    for _ in range(100):
        text = PAGE
        for edit in source.sample(EDITS, source.randint(1, 3)):
            text = edit(text, source)
        assert convert(text, accepted)[0] == [], text


# --- units in the last place ---


def off_by_units(rule: Any, source: random.Random) -> Callable[..., Any]:
    """The same rule, each result moved by one or two units in its last place."""

    def moved(value: float) -> float:
        to = source.choice((-math.inf, math.inf))
        for _ in range(source.randint(1, 2)):
            value = math.nextafter(value, to)
        return value

    def rough(*operands: Any, **options: Any) -> Any:
        value = rule(*operands, **options)
        if type(value) is float and value:
            return moved(value)
        if hasattr(value, "dtype") and value.dtype == float and value.ndim:
            flat = [moved(one) if one else one for one in value.flat]
            return np.array(flat).reshape(value.shape)
        return value

    return rough


@contextmanager
def rough_engine(seed: int) -> Iterator[None]:
    """Every operation's value and every rule off by units in the last place."""
    source = random.Random(seed)
    wording.words.cache_clear()
    makers = {1: applying.unary, 2: applying.binary, 3: applying.ternary}
    before = {name: dict(vars(found)) for name, found in OPERATIONS.items()}
    try:
        for name, found in OPERATIONS.items():
            if name in CHOOSING:
                continue
            found.value = off_by_units(found.value, source)
            if found.partials is not None:
                found.scalar = off_by_units(found.scalar, source)
                found.apply = makers[len(found.partials)](found)
                found.partials = tuple(
                    off_by_units(rule, source) if callable(rule) else rule
                    for rule in found.partials
                )
        yield
    finally:
        for name, slots in before.items():
            for slot, value in slots.items():
                setattr(OPERATIONS[name], slot, value)
        wording.words.cache_clear()


# these give what they are given: nothing is rounded
CHOOSING = {
    *("max", "min", "maximum", "minimum"),
    *("reshape", "transpose", "index", "scatter", "stack", "concatenate", "broadcast_to"),
}


def blocks() -> list[str]:
    found = {}
    for page in sorted(DOCS.rglob("*.md")):
        for fence in fences.find(page.read_text(encoding="utf-8").split("\n")).fences:
            found[fence.text] = None
    return list(found)


@pytest.mark.parametrize("seed", range(3))
def test_units_in_the_last_place_of_every_operation_raise_nothing(seed):
    programs = [language.parse(text) for text in blocks()]
    clean = [[compute.run(p, call) for call in p.calls] for p in programs]
    moved = 0
    with rough_engine(seed):
        for program, before in zip(programs, clean, strict=True):
            after = [compute.run(program, call) for call in program.calls]
            assert differences.check(record.render(before), after) == ()
            assert record.merge(record.parse(record.render(before)), after) == record.render(before)
            moved += record.render(after) != record.render(before)
    assert moved >= len(programs) // 2  # the engine was rough indeed


def test_a_change_by_a_billionth_is_no_unit_in_the_last_place():
    program = language.parse(blocks()[0])
    before = [compute.run(program, call) for call in program.calls]
    text = record.render(before)
    number = re.search(r"  (\d\.\d{10,})  ", text)[1]
    off = text.replace(number, repr(float(number) * (1 + 1e-9)))
    assert differences.check(off, before) != ()
