"""Every operation in the table, at every point of the samples, beside mpmath at 60 digits."""

from __future__ import annotations

import pytest

import minigrad as mg
from tests.minigrad.judge import judge
from tests.minigrad.oracle import MEANINGS
from tests.minigrad.samples import cases


@pytest.mark.parametrize("name", list(mg.OPERATIONS))
def test_operation_is_what_mpmath_says(name: str) -> None:
    operation = mg.OPERATIONS[name]
    tried = cases(operation)
    assert tried, f"no call of {name} is known to work: add one to CALLS in samples.py"
    for case in tried:
        judge(operation, case)


def test_every_operation_has_a_meaning_of_its_own() -> None:
    assert not set(mg.OPERATIONS) - set(MEANINGS)
