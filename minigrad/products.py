"""How adjoints and tangents go through a matrix product: its linear maps and their transposes.

A vector on the left stands for one row, on the right for one column; seeds lead, and operands of
more axes are stacks of matrices. They are written in the engine's own functions, so that they can
be differentiated and read like every other rule.
"""

from __future__ import annotations

import numpy as np

from minigrad.node import Value, shape_of
from minigrad.operation import OPERATIONS
from minigrad.shapes import lead, ndim


def reshape(x: Value, shape: tuple[int, ...]) -> Value:
    """The operation of this name, whose entry in the table comes later."""
    return OPERATIONS["reshape"].apply(x, shape)


def swap(x: Value) -> Value:
    """The last two axes exchanged."""
    if type(x) is np.ndarray:
        return x.swapaxes(-1, -2)
    axes = ndim(x)
    return OPERATIONS["transpose"].apply(x, (*range(-axes, -2), -1, -2))


def rows(a: Value) -> Value:
    """The left operand of a product as a matrix."""
    return a if a.ndim > 1 else reshape(a, (1, *a.shape))


def columns(b: Value) -> Value:
    """The right operand of a product as a matrix."""
    return b if b.ndim > 1 else reshape(b, (*b.shape, 1))


def as_product(g: Value, a: Value, b: Value) -> Value:
    """The adjoint of a product with the axes back that vectors among the operands have not."""
    if a.ndim > 1 and b.ndim > 1:
        return g
    inner = shape_of(g)[: ndim(g) - (a.ndim > 1) - (b.ndim > 1)]
    row = a.shape[-2:-1] if a.ndim > 1 else (1,)
    column = b.shape[-1:] if b.ndim > 1 else (1,)
    return reshape(g, inner + row + column)


def outer(g: Value, x: Value) -> Value:
    """A number, or a number for each seed, times a vector."""
    return (reshape(g, (*shape_of(g), 1)) if ndim(g) else g) * x


def pull_left(g: Value, _y: Value, a: Value, b: Value) -> Value:
    """The adjoint of a in a @ b: ỹ bᵀ."""
    if a.ndim == 1 and b.ndim < 3:
        return g @ swap(b) if b.ndim == 2 else outer(g, b)
    return as_product(g, a, b) @ swap(columns(b))


def pull_right(g: Value, y: Value, a: Value, b: Value) -> Value:
    """The adjoint of b in a @ b: aᵀ ỹ, which for a row of seeds of a vector is ỹ a."""
    if b.ndim > 1:
        return swap(rows(a)) @ as_product(g, a, b)
    if a.ndim == 2:
        return g @ a if g.ndim > y.ndim else swap(a) @ g
    if a.ndim == 1:
        return outer(g, a)
    result = swap(rows(a)) @ as_product(g, a, b)
    return reshape(result, shape_of(result)[:-1])


def pushed(t: Value, x: Value, matrix: Value, other: Value) -> Value:
    """A tangent of x shaped like its matrix, seeds apart from the axes of a stack of matrices."""
    missing = max(ndim(other) - ndim(matrix), 0)
    shape = lead(t, x) + (1,) * missing + shape_of(matrix)
    return t if shape == shape_of(t) else reshape(t, shape)


def push_left(t: Value, y: Value, a: Value, b: Value) -> Value:
    """The tangent of a @ b by that of a."""
    result = pushed(t, a, rows(a), columns(b)) @ columns(b)
    return reshape(result, lead(t, a) + shape_of(y))


def push_right(t: Value, y: Value, a: Value, b: Value) -> Value:
    """The tangent of a @ b by that of b."""
    if a.ndim == 2 and b.ndim == 1:
        return t @ swap(a)
    result = rows(a) @ pushed(t, b, columns(b), rows(a))
    return reshape(result, lead(t, b) + shape_of(y))
