"""How many passes a full Jacobian takes in either mode, counted by the engine on larger functions.

From a block's function f larger ones are made: with more inputs, the sum of copies of f, each with
inputs of its own; with more outputs, copies of f side by side on the same inputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

import minigrad
from docs_plugins.compute.forward import ComputationError, Forward, Mistake
from docs_plugins.model import Computation, Work

MOST_ENTRIES = 65_536


def work(computation: Computation, copies: Sequence[int], *, inputs: bool) -> tuple[Work, ...]:
    """Count the passes for so many copies of the function, over inputs or over outputs.

    Raises `ComputationError` where the modes do not agree, or a Jacobian is too large.
    """
    return tuple(_count(computation, count, inputs=inputs) for count in copies)


def _count(computation: Computation, copies: int, *, inputs: bool) -> Work:
    forward = Forward(computation.program, computation.call)
    arguments = [node.value for node in forward.trace.inputs]
    step = len(arguments)

    def larger(*given: Any) -> Any:
        starts = [step * copy if inputs else 0 for copy in range(copies)]
        parts = [forward.walk(*given[start : start + step]) for start in starts]
        if inputs:
            return reduce(_added, parts)
        return tuple(
            value for part in parts for value in (part if isinstance(part, tuple) else (part,))
        )

    trace = minigrad.trace(larger, *(arguments * copies if inputs else arguments))
    m = sum(node.size for node in trace.outputs)
    n = sum(node.size for node in trace.inputs)
    if m * n > MOST_ENTRIES:
        raise _mistake(computation, f"a Jacobian of {m} × {n} entries", "take smaller sizes")
    reverse, onwards = trace.jacobian("reverse"), trace.jacobian("forward")
    if not np.allclose(reverse.value, onwards.value, rtol=1e-9, atol=1e-12):
        raise _mistake(computation, "reverse and forward mode differ", "report this")
    return Work(
        inputs=n,
        outputs=m,
        operations=len(trace.nodes) - len(trace.inputs),
        reverse_passes=reverse.passes,
        forward_passes=onwards.passes,
    )


def _added(a: Any, b: Any) -> Any:
    """Add two results, entry by entry where there are several."""
    if isinstance(a, tuple):
        return tuple(x + y for x, y in zip(a, b, strict=True))
    return a + b


def _mistake(computation: Computation, message: str, remedy: str) -> ComputationError:
    return ComputationError([Mistake(1, computation.name, message, remedy)])
