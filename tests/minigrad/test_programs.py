"""Laws that every program obeys, tried on random ones over the whole table."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import minigrad as mg
from tests.minigrad import oracle
from tests.minigrad.programs import INSIDE, Program, drawn, programs


def agree(claimed: Any, trace: mg.Trace, expected: list[oracle.Flat]) -> None:
    """Compare to a relative 1e-11; where terms cancelled, relative to their size before."""
    if oracle.disagreements(claimed, expected):
        found = oracle.disagreements(claimed, expected, oracle.sizes(trace))
        assert not found, found


def is_differentiable(trace: mg.Trace) -> bool:
    """Whether every link has a derivative; where one has none, both sweeps must say so.

    They need not where something is compared: over such links nothing goes, see test_kinks.
    """
    _, links = oracle.links(trace)
    if oracle.representable([slope for entries in links.values() for *_, slope in entries]):
        return True
    return not compares(trace) and not any(refused(trace, mode) for mode in ("reverse", "forward"))


def compares(trace: mg.Trace) -> bool:
    """Whether there is a node over which no derivative goes."""
    return len(mg.sweep.active(trace.nodes, trace.nodes)) < len(trace.nodes)


def refused(trace: mg.Trace, mode: str) -> bool:
    """Whether a sweep raises DomainError."""
    try:
        trace.jacobian(mode)
    except mg.DomainError:
        return True
    return False


@pytest.mark.parametrize("name", sorted(set(mg.OPERATIONS) - INSIDE))
def test_random_programs_use_every_operation_a_user_can_call(name: str) -> None:
    assert any(name == step.name for program in drawn(12, last=name) for step in program.steps)


def test_random_programs_use_no_other() -> None:
    assert not {step.name for program in drawn(50) for step in program.steps} & INSIDE


@settings(max_examples=250)
@given(programs())
def test_reverse_is_forward_is_what_mpmath_says(program: Program) -> None:
    trace = mg.trace(program, *program.inputs)
    if is_differentiable(trace):
        expected = oracle.differences(trace)
        for mode in ("reverse", "forward"):
            agree(trace.jacobian(mode).value, trace, expected)


def test_scalars_are_floats_and_arrays_are_arrays() -> None:
    for program in drawn(80):
        trace = mg.trace(program, *program.inputs)
        try:
            swept = trace.backward(contributions=True)
        except mg.DomainError:
            continue
        found = [(node, node.value) for node in trace.nodes]
        found += [(x, a) for x, a in zip(trace.nodes, swept.adjoints, strict=True) if a is not None]
        found += [(link.operand, link.value) for link in swept.contributions]
        for node, value in found:
            assert type(value) is (np.ndarray if node.shape else float), node
            assert np.shape(value) == node.shape


def test_memory_that_is_used_again_changes_no_gradient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mg.sweep, "BLOCK", 1)  # what is done to large arrays is done to all
    for program in drawn(80):
        places = tuple(range(len(program.inputs)))
        trace = mg.trace(program.scalar, *program.inputs)
        try:
            kept = trace.backward().adjoints
        except mg.DomainError as error:
            if compares(trace):  # a gradient needs no adjoint of what is compared
                continue
            with pytest.raises(mg.DomainError, match=re.escape(str(error).split(", at ")[0])):
                mg.grad(program.scalar, places)(*program.inputs)
            continue
        gradients = mg.grad(program.scalar, places)(*program.inputs)
        for adjoint, found in zip(kept, gradients, strict=False):  # the inputs come first
            np.testing.assert_allclose(found, 0.0 if adjoint is None else adjoint, rtol=1e-13)


@settings(max_examples=100)
@given(programs())
def test_values_and_links_are_what_mpmath_says(program: Program) -> None:
    trace = mg.trace(program, *program.inputs)
    if not is_differentiable(trace):
        return  # that it is refused rightly is the test above's
    values, links = oracle.links(trace)
    agree(trace.jacobian().value, trace, oracle.by_links(trace))
    for node, found in zip(trace.nodes, values, strict=True):
        assert np.allclose(np.ravel(node.value), [float(x) for x in found], rtol=1e-9, atol=1e-12)
    swept = trace.backward(contributions=True)
    reached = {(c.consumer.index, c.position): c for c in swept.contributions}
    for key, entries in links.items():
        if key in reached:
            sums = np.zeros(reached[key].operand.size)
            for row, column, slope in entries:
                sums[column] += float(slope) * np.ravel(reached[key].adjoint)[row]
            assert np.allclose(np.ravel(reached[key].value), sums, rtol=1e-7, atol=1e-9), key


@settings(max_examples=60)
@given(programs(), st.integers(0, 1000))
def test_a_pullback_is_the_transpose_of_a_push(program: Program, seed: int) -> None:
    if not is_differentiable(mg.trace(program, *program.inputs)):
        return
    random = np.random.default_rng(seed)
    value, pullback = mg.vjp(program, *program.inputs)
    directions = tuple(noise(random, x) for x in program.inputs)
    _, pushed = mg.jvp(program, program.inputs, directions)
    u = tuple(noise(random, y) for y in value) if isinstance(value, tuple) else noise(random, value)
    pulled = pullback(u)
    assert np.isclose(inner(u, pushed), inner(pulled, directions), rtol=1e-9, atol=1e-9)


def noise(random: np.random.Generator, like: Any) -> Any:
    """A direction of the shape of a value."""
    return random.normal(size=np.shape(like)) if np.ndim(like) else float(random.normal())


def inner(a: Any, b: Any) -> float:
    """Inner product of two values or of two tuples of values."""
    if isinstance(a, tuple):
        return sum(inner(x, y) for x, y in zip(a, b, strict=True))
    return float(np.sum(np.asarray(a) * np.asarray(b)))


@settings(max_examples=60)
@given(programs(length=6))
def test_hessian_is_symmetric_and_what_mpmath_says(program: Program) -> None:
    everything = tuple(range(len(program.inputs)))
    direction = tuple(noise(np.random.default_rng(7), x) for x in program.inputs)
    try:
        blocks = mg.hessian(program.scalar, everything)(*program.inputs)
        product = mg.hvp(program.scalar, program.inputs, direction)
    except mg.DomainError:  # such as a power of a negative number by an exponent that is a node
        return
    rows = [
        np.concatenate([np.reshape(b, (np.size(x), -1)) for b in row], axis=1)
        for row, x in zip(blocks, program.inputs, strict=True)
    ]
    found = np.concatenate(rows)
    scale = np.abs(found).max()
    assert np.allclose(found, found.T, rtol=1e-11, atol=1e-12 * max(1.0, scale))
    expected = oracle.second_differences(mg.trace(program.scalar, *program.inputs))
    wanted = np.array([[float(x) for x in row] for row in expected])
    assert np.allclose(found, wanted, rtol=1e-11, atol=1e-12 * max(1.0, scale))
    flat = np.concatenate([np.ravel(v) for v in direction])
    parts = product if len(everything) > 1 else (product,)
    assert np.allclose(
        np.concatenate([np.ravel(p) for p in parts]),
        found @ flat,
        rtol=1e-11,
        atol=1e-12 * max(1.0, scale),
    )
