"""The tests can fail: every operation, wrong in every way there is, is found to be wrong.

What finds it is the verdict that ``test_operations.py`` passes on every operation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

import minigrad as mg
from minigrad.operation import Operation
from tests.minigrad import oracle
from tests.minigrad.faults import copies
from tests.minigrad.judge import judge
from tests.minigrad.samples import Case, applied, cases


def is_found(wrong: Operation, tried: Sequence[Case]) -> bool:
    """Whether any point shows that it is wrong."""
    for case in tried:
        try:
            judge(wrong, case)
        except (AssertionError, mg.DomainError, ValueError):  # a wrong shape is a ValueError
            return True
    return False


@pytest.mark.parametrize("name", list(mg.OPERATIONS))
def test_every_fault_is_found(name: str) -> None:
    operation = mg.OPERATIONS[name]
    tried = cases(operation)
    assert not is_found(operation.replaced(), tried), "a faithful copy must pass"
    missed = {what for what, wrong in copies(operation) if not is_found(wrong, tried)}
    assert not missed - no_faults(operation, tried)


def no_faults(operation: Operation, tried: Sequence[Case]) -> set[str]:
    """The exchanges that mpmath says change nothing: a + b is b + a."""
    if operation.partials is None or len(operation.partials) < 2:
        return set()
    pairs = [case for case in tried if not any(map(np.shape, case.operands))]
    known = [(said(operation, case), said(operation, turned(case))) for case in pairs]
    both = [(a, b) for a, b in known if a and b]
    assert both
    found = set()
    if all(a["value"] == b["value"] for a, b in both):
        found.add("value of swapped operands")
    for position in range(len(operation.partials)):
        if all(a.get(position) == b.get(position) for a, b in both):
            found.add(f"partial {position} of swapped operands")
    if all(a.get(0) == a.get(1) for a, _ in both):
        found.add("partials exchanged")
    return found


def turned(case: Case) -> Case:
    """The same with the first two operands exchanged."""
    a, b, *rest = case.operands
    return Case((b, a, *rest), case.options)


def said(operation: Operation, case: Case) -> dict[Any, Any]:
    """What mpmath says of one application: its value, and its slope by each operand."""
    try:
        values, links = oracle.links(applied(operation, case))
    except mg.DomainError:
        return {}
    slopes = {position: float(entries[0][2]) for (_, position), entries in links.items()}
    return {"value": values[-1][0], **slopes}
