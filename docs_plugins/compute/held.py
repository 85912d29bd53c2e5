"""Hold the readings of every operation against each other before any of them is published.

A slip in one of them alone would show a wrong formula, number or script beside a right result.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import chain
from operator import attrgetter
from typing import Any

from docs_plugins.compute import branches, exactness, notation, scripting
from docs_plugins.compute.forward import ComputationError, Mistake
from docs_plugins.language import Call
from minigrad.operation import OPERATIONS

READINGS = attrgetter("tex", "text", "javascript", "scalar", "exact", "generic", "partials")
REMEDY = "one of the two is wrong: nothing of this block is published"


def hold(call: Call) -> None:
    """Raise `ComputationError` where two readings of an operation differ."""
    slips = _slips(tuple(map(READINGS, OPERATIONS.values())))
    if slips:
        raise ComputationError([Mistake(call.line, call.name, slip, REMEDY) for slip in slips])


@lru_cache(maxsize=1)  # once, unless an operation is replaced
def _slips(_readings: tuple[Any, ...]) -> tuple[str, ...]:
    held = (notation, branches, scripting, exactness)
    return tuple(chain.from_iterable(reading.slips() for reading in held))
