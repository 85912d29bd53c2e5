"""Which elements of its operands each element of an operation's result is made of.

Every element of every operand has a number. A function here takes arrays of these numbers, shaped
like the operands, and gives an array shaped like the result with one axis more: the numbers that
each element of the result reads, in order. -1 stands for a zero that is nobody's.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.intp]


def elementwise(*operands: Numbers) -> Numbers:
    """One element of each operand, repeated as numpy repeats."""
    return np.stack(np.broadcast_arrays(*operands), axis=-1)


def _axes(axis: Any, count: int) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(count))
    return tuple(a % count for a in (axis if isinstance(axis, tuple | list) else (axis,)))


def over_axes(x: Numbers, axis: Any = None, keepdims: bool = False) -> Numbers:
    """All elements along the axes."""
    axes = _axes(axis, x.ndim)
    kept = tuple(1 if a in axes else n for a, n in enumerate(x.shape))
    rest = tuple(n for a, n in enumerate(x.shape) if a not in axes)
    groups = np.moveaxis(x, axes, range(-len(axes), 0)).reshape((*rest, -1))
    return groups.reshape((*kept, groups.shape[-1])) if keepdims else groups


def own_first(x: Numbers, axis: Any = -1) -> Numbers:
    """The element itself, then all others along its axes."""
    axes = _axes(axis, x.ndim)
    last = tuple(range(x.ndim - len(axes), x.ndim))
    moved = np.moveaxis(x, axes, last)
    groups = over_axes(x, axis)
    size = groups.shape[-1]
    turned = (np.arange(size)[:, None] + np.arange(size)) % size
    own = groups[..., turned].reshape((*moved.shape, size))
    return np.moveaxis(own, last, axes)


def product(a: Numbers, b: Numbers) -> Numbers:
    """A row of the one and a column of the other, end to end."""
    left = a if a.ndim > 1 else a[None, :]
    right = b if b.ndim > 1 else b[:, None]
    rows = left[..., :, None, :]
    columns = np.swapaxes(right, -1, -2)[..., None, :, :]
    both = np.concatenate(np.broadcast_arrays(rows, columns), axis=-1)
    if b.ndim == 1:
        both = both[..., 0, :]
    if a.ndim == 1:
        both = both[..., 0, :] if b.ndim == 1 else both[..., 0, :, :]
    return both


def stacked(*operands: Numbers, axis: int = 0) -> Numbers:
    """One element."""
    return np.stack(operands, axis)[..., None]


def joined(*operands: Numbers, axis: int = 0) -> Numbers:
    """One element."""
    return np.concatenate(operands, axis)[..., None]


def reshaped(x: Numbers, shape: Any) -> Numbers:
    """One element."""
    return np.reshape(x, shape)[..., None]


def repeated(x: Numbers, shape: Any) -> Numbers:
    """One element."""
    return np.broadcast_to(x, shape)[..., None]


def transposed(x: Numbers, axes: Any = None) -> Numbers:
    """One element."""
    return np.transpose(x, axes)[..., None]


def indexed(x: Numbers, index: Any) -> Numbers:
    """One element."""
    return np.asarray(x[index])[..., None]


def scattered(x: Numbers, key: Any, shape: Any) -> Numbers:
    """One element where the key points, none elsewhere."""
    whole = np.full(shape, -1, dtype=np.intp)
    whole[key] = x
    return whole[..., None]
