"""The one door to minigrad: a Program and one of its calls in, a Computation out.

The program's steps are walked with the engine's functions on the engine's nodes, so the trace has one node a step. All that
is printed of it comes from the engine's own readings of its rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import product
from typing import Any

import numpy as np

import minigrad
from docs_plugins import naming, second
from docs_plugins.language import Call, Constant, Program, Step
from docs_plugins.model import (
    Computation,
    Entry,
    Formula,
    Jacobian,
    Link,
    Number,
    Output,
    Shape,
    Variable,
    elements,
)
from minigrad import exact, printers

MOST_ELEMENTS = 4096  # of one value
MOST_ENTRIES = 4096  # of a Jacobian
LONGEST_EXACT = 60  # characters of text; beyond, a node's sign is shorter

Value = Any  # a float, an array, or the engine's node


@dataclass(frozen=True, slots=True)
class Mistake:
    """Why a call has no result: at a line of the block's text."""

    line: int
    item: str
    message: str
    remedy: str


class ComputationError(ValueError):
    """A call that cannot be computed, or whose second opinion differs; lists every mistake."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        """Keep the mistakes for the page's lines."""
        super().__init__("; ".join(mistake.message for mistake in mistakes))
        self.mistakes = tuple(mistakes)
        self.remedy = mistakes[0].remedy if mistakes else ""


def run(program: Program, call: Call) -> Computation:
    """Compute one call of a program and everything that pages may show of it.

    Raises `ComputationError` where a value or a derivative does not exist, where an array is too large, and where the
    second opinion differs.
    """
    forward = _Forward(program, call)
    return _Builder(forward).build()


def rerun(computation: Computation, changes: Mapping[str, float]) -> Computation:
    """Compute the same function with some inputs changed, by name or element: ``{"w11": 0.3}``."""
    arguments = []
    for name, argument in zip(
        computation.program.parameters, computation.call.arguments, strict=True
    ):
        arguments.append(_changed(argument, name, changes))
    call = replace(computation.call, arguments=tuple(arguments))
    return run(computation.program, call)


def _changed(argument: Any, address: str, changes: Mapping[str, float]) -> Any:
    if isinstance(argument, tuple):
        return tuple(
            _changed(
                part,
                f"{address[:-1]},{place}]" if address.endswith("]") else f"{address}[{place}]",
                changes,
            )
            for place, part in enumerate(argument)
        )
    if address not in changes:
        return argument
    return Constant(changes[address], repr(changes[address]))
