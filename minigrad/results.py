"""What is handed to the user: arrays that share no memory with anything of the engine's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.node import Node, Value, zeros


def finished(
    found: Sequence[Value | None], nodes: Sequence[Node], taken: Sequence[Value] = ()
) -> tuple[Any, ...]:
    """Results for the user: zeros where nothing depends, and arrays that share nothing."""
    results = []
    for node in nodes:
        result = found[node.index] if node.index >= 0 else None
        results.append(zeros(node.shape) if result is None else result)
    return unshared(results, taken)


def unshared(results: Sequence[Value], taken: Sequence[Value] = ()) -> tuple[Value, ...]:
    """The same arrays, copied where two of them, or one that is taken, share memory."""
    out = list(results)
    if np.ndarray not in map(type, out):
        return tuple(out)
    seen = {id(memory(x)) for x in taken}
    for position, result in enumerate(out):
        if type(result) is np.ndarray:
            if id(memory(result)) in seen:
                out[position] = result.copy()
            seen.add(id(memory(out[position])))
    return tuple(out)


def memory(x: Value) -> Value:
    """The array that a view looks at."""
    while getattr(x, "base", None) is not None:
        x = x.base
    return x


def fresh(value: Any) -> Any:
    """A value that the caller may change."""
    if isinstance(value, tuple):
        return tuple(fresh(part) for part in value)
    return value.copy() if type(value) is np.ndarray else value
