"""The one verdict on an operation at a point: value, both sweeps, and refusals, beside mpmath."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

import minigrad as mg
from minigrad.node import Tape
from minigrad.operation import INPUT, Operation
from tests.minigrad import oracle
from tests.minigrad.samples import Case, applied


def judge(operation: Operation, case: Case) -> None:
    """Raise AssertionError where the operation is not what mpmath says at this point.

    Where mpmath has no real number, or none that a double can hold, the engine must raise
    DomainError, and nowhere else.
    """
    where = f"{operation.name}{case}"
    try:
        trace = applied(operation, case)
    except mg.DomainError:
        trace = applied_anyway(operation, case)
        value = oracle.values(trace)[-1]
        assert not oracle.representable(value), f"{where} is refused; it is {value}"
        return
    value, between = oracle.links(trace)
    assert oracle.representable(value[-1]), f"{where} has no value"
    found = oracle.disagreements(np.reshape(trace.value, (-1, 1)), [[x] for x in value[-1]])
    assert not found, f"value of {where}: {found}"
    expected = oracle.by_links(trace)
    slopes = [slope for entries in between.values() for *_, slope in entries]
    for mode in ("reverse", "forward"):
        try:
            claimed = trace.jacobian(mode).value
        except mg.DomainError:
            assert not oracle.representable(slopes), f"{mode} of {where} is refused: {slopes}"
            continue
        assert oracle.representable(slopes), f"{mode} of {where} is {claimed}, mpmath: {slopes}"
        found = oracle.disagreements(claimed, expected)
        assert not found, f"{mode} derivatives of {where}: {found}"


def applied_anyway(operation: Operation, case: Case) -> Any:
    """A trace that only says what was to be applied."""
    tape = Tape()
    nodes = tuple(tape.record(INPUT, (), x) for x in case.operands)
    node = tape.record(operation, nodes, np.nan, case.options)
    return SimpleNamespace(inputs=nodes, nodes=tape, outputs=(node,))
