"""The exact reading is true: fractions and exact parts beside mpmath on the decimals as written."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import minigrad as mg
from minigrad.readings import expressions, printers, symbolic
from minigrad.readings.exact import exact_sweep, exact_values, opened
from minigrad.readings.expressions import Number, Symbol
from minigrad.readings.printers import to_text
from tests.minigrad import oracle
from tests.minigrad.oracle import MP
from tests.minigrad.programs import Program, programs
from tests.minigrad.tex_reader import evaluate


def written(value: Any) -> oracle.Flat:
    """The elements of a value as their shortest decimals say, not as their doubles do."""
    found = []
    for x in np.ravel(np.asarray(value, dtype=float)):
        exact = Fraction(repr(float(x)))
        found.append(MP.mpf(exact.numerator) / exact.denominator)
    return found


def names(trace: mg.Trace, letter: str) -> dict[int, Symbol]:
    return {n.index: Symbol(f"{letter}_{{{n.index}}}", f"{letter}{n.index}") for n in trace.nodes}


def letters(trace: mg.Trace, values: list[oracle.Flat], letter: str) -> dict[str, Any]:
    """By its TeX, each symbol of a node and of each of its elements."""
    found: dict[str, Any] = {}
    for node, elements in zip(trace.nodes, values, strict=True):
        symbol = names(trace, letter)[node.index]
        for place, x in zip(np.ndindex(node.shape), elements, strict=True):
            found[symbolic.element(symbol, place).tex if place else symbol.tex] = x
    return found


def true(
    claimed: Any, elements: oracle.Flat, known: dict[str, Any], tolerance: str = "1e-45"
) -> bool:
    """Whether fractions and expressions are what mpmath says."""
    for claim, value in zip(np.ravel(np.asarray(claimed, dtype=object)), elements, strict=True):
        if isinstance(claim, Fraction):
            number = MP.mpf(claim.numerator) / claim.denominator
        else:
            number = evaluate(printers.to_tex(claim), known, MP)
        reach = MP.mpf("1e-14" if is_rounded(claim) else tolerance)
        if abs(number - value) > reach * max(1, abs(value)):
            return False
    return True


def is_rounded(claim: Any) -> bool:
    """Whether a rule's constant is in it that shows as a rounded decimal."""
    if isinstance(claim, Fraction):
        return False
    return claim.operation is expressions.ROUNDED or any(map(is_rounded, claim.operands))


@settings(max_examples=80)
@given(programs(several=False, primes=(1000, 2000, 4000)))
def test_exact_values_are_true(program: Program) -> None:
    trace = mg.trace(program, *program.inputs)
    steps = oracle.steps(trace, written)
    values = oracle.run(steps, [written(x.value) for x in trace.inputs])
    known = letters(trace, values, "v")
    for claimed, elements in zip(
        exact_values(trace, {}, names(trace, "v"))[1], values, strict=True
    ):
        assert true(claimed, elements, known), claimed


@settings(max_examples=60)
@given(programs(several=False, length=6, primes=(1000, 2000, 4000)))
def test_exact_adjoints_are_true(program: Program) -> None:
    trace = mg.trace(program.scalar, *program.inputs)
    try:
        numeric = trace.backward(contributions=True).contributions
        tape, _ = exact_values(trace, {}, names(trace, "v"))
        adjoints, links = exact_sweep(trace, tape, names(trace, "a"))
    except mg.DomainError:
        return
    values, sums = oracle.adjoints(trace, written)
    known = letters(trace, values, "v") | letters(trace, sums, "a")
    for node, claimed, elements in zip(trace.nodes, adjoints, sums, strict=True):
        if claimed is not None:
            assert true(claimed, elements, known, "1e-22"), (node, claimed)
    assert len(links) == len(numeric)


def exact(f: Any, *args: float) -> Any:
    """The exact value of a function of numbers."""
    trace = mg.trace(f, *args)
    return exact_values(trace, {}, names(trace, "v"))[1][-1]


def test_a_decimal_is_exact_where_its_double_is_not() -> None:
    assert exact(lambda a, b: a + b, 0.1, 0.2) == Fraction(3, 10)


def test_a_double_that_looks_whole_is_not_exact() -> None:
    assert not isinstance(exact(mg.tanh, 20.0), Fraction)


@pytest.mark.parametrize(
    ("f", "x", "expected"),
    [
        (mg.log, 1.0, Fraction(0)),
        (mg.sqrt, 6.25, Fraction(5, 2)),
        (lambda x: x**3, -2.0, Fraction(-8)),
        (lambda x: x**0, 7.0, Fraction(1)),
        (lambda x: x**1.5, 4.0, Fraction(8)),
        (lambda x: x**-0.25, 16.0, Fraction(1, 2)),
        (mg.exp, 0.0, Fraction(1)),
        (lambda x: 1 / x, 3.0, Fraction(1, 3)),
    ],
)
def test_known_points_are_exact(f: Any, x: float, expected: Fraction) -> None:
    assert exact(f, x) == expected


def test_the_running_example_is_exact_in_its_parts() -> None:
    trace = mg.trace(lambda a, b: mg.log(a) + a * b - mg.sin(b), 2.0, 5.0)
    found = [
        value if isinstance(value, Fraction) else printers.to_tex(value)
        for value in exact_values(trace, {}, names(trace, "v"))[1]
    ]
    assert found[:2] == [2, 5]
    assert found[2:] == [r"\ln 2", 10, r"\ln 2 + 10", r"\sin 5", r"\ln 2 + 10 - \sin 5"]


def test_a_rounded_constant_of_a_rule_is_not_exact() -> None:
    rounded = 1.0 / math.log(2.0)  # as the rule of a logarithm to base 2 would have it
    slope = rounded / Symbol("x", "x")
    assert not isinstance(opened(slope), Fraction)
    assert not isinstance(opened(rounded * Number(3)), Fraction)
    assert to_text(slope) == f"{rounded!r}/x"
    assert opened(mg.divide(0.5, Number(4))) == Fraction(1, 8)
