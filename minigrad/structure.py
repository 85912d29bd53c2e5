"""What entries of the table on whole arrays share: axes, keys and shapes, and maps of a product.

Axes are counted from the end, where a leading axis of seeds does not shift them. Arguments of a
call are read once, and not differentiated. The maps of a matrix product are written in the
engine's own functions, so that they can be differentiated and read like every other rule: a vector
on the left stands for one row, on the right for one column; operands of more axes are stacks.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrad.applying import plain
from minigrad.node import Operand, Value, shape_of
from minigrad.operation import OPERATIONS, Operation


def ndim(x: Value) -> int:
    """Number of axes of a value of any kind."""
    return len(shape_of(x))


def lead(t: Value, like: Value) -> tuple[int, ...]:
    """Lengths of the leading axes of seeds that a tangent or adjoint has before its own."""
    return shape_of(t)[: ndim(t) - ndim(like)]


def is_reading(x: Value) -> bool:
    """Whether a plain value is one that a rule is read on symbolically."""
    return isinstance(x, Operand) or (type(x) is np.ndarray and x.dtype.kind == "O")


def repeated(x: Value, shape: tuple[int, ...]) -> Value:
    """A new array of a shape, filled with x."""
    result = np.empty(shape, object if is_reading(x) else float)
    result[...] = x
    return result


def reshaped(t: Value, shape: tuple[int, ...]) -> Value:
    """The same in a shape, without a detour where it has it or is an array of numbers."""
    if shape_of(t) == shape:
        return t
    if type(t) is np.ndarray and shape:
        return t.reshape(shape)
    return OPERATIONS["reshape"].apply(t, shape)


# --- axes ----------------------------------------------------------------------------------------

REMEDIES = {
    "max": "; for the larger of two values use maximum",
    "min": "; for the smaller of two values use minimum",
}
"""What was meant by a second value, which a reduction takes for its axis."""


def axes_from_the_end(axis: Any, axes: int, name: str) -> tuple[int, ...]:
    """An axis argument as negative positions, which a leading axis of seeds does not shift."""
    if axis is None:
        return tuple(range(-axes, 0))
    if type(axis) is int and -axes <= axis < axes:  # mostly so
        return (axis if axis < 0 else axis - axes,)
    chosen, remedy = axis if isinstance(axis, tuple) else (axis,), REMEDIES.get(name, "")
    for position in chosen:
        if not isinstance(position, (int, np.integer)) or isinstance(position, bool):
            raise TypeError(f"{name}: an axis is an integer, not {position!r}{remedy}")
        if not -axes <= position < axes:
            raise ValueError(f"{name}: no axis {position} in a value with {axes} axes{remedy}")
    return tuple(sorted(position % axes - axes for position in chosen))


def read_axes(
    operation: Operation, x: Value, axis: Any = None, keepdims: bool = False
) -> tuple[Any, Any]:
    """Operand and options of a reduction."""
    return (x,), {"axis": axes_from_the_end(axis, ndim(x), operation.name), "keepdims": keepdims}


def read_sequence(operation: Operation, values: Any, axis: Any = 0) -> tuple[Any, Any]:
    """Operands and negative axis of stack, whose value has an axis more, and of concatenate."""
    values = tuple(plain(x, operation) for x in values)
    if not values:
        raise ValueError(f"{operation.name}: needs at least one value")
    if axis is None or isinstance(axis, tuple):
        raise TypeError(f"{operation.name}: an axis is an integer, not {axis!r}")
    axes = max(map(ndim, values)) + (operation.name == "stack")
    return values, {"axis": axes_from_the_end(axis, axes, operation.name)[0]}


def along(position: Any, axis: int) -> tuple[Any, ...]:
    """Key of one position, or slice, along a negative axis."""
    return (Ellipsis, position) + (slice(None),) * (-axis - 1)


def part_of(position: int, values: tuple[Value, ...], axis: int) -> tuple[Any, ...]:
    """Key of one operand within a concatenation."""
    lengths = [shape_of(x)[axis] for x in values[: position + 1]]
    return along(slice(sum(lengths[:-1]), sum(lengths)), axis)


def reduced_size(x: Value, axis: tuple[int, ...]) -> float:
    """How many elements a reduction takes together."""
    shape = shape_of(x)
    return float(math.prod([shape[position] for position in axis]))


# --- shapes and keys -----------------------------------------------------------------------------


def read_reshape(_operation: Operation, x: Value, shape: Any) -> tuple[Any, Any]:
    """Operand and full shape of reshape."""
    asked = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    size, known = math.prod(shape_of(x)), math.prod(n for n in asked if n != -1)
    full = tuple(size // max(known, 1) if n == -1 else n for n in asked)
    if math.prod(full) != size or asked.count(-1) > bool(known):
        raise ValueError(f"reshape: {shape_of(x)} has {size} elements and does not fit {asked}")
    return (x,), {"shape": full}


def read_transpose(_operation: Operation, x: Value, axes: Any = None) -> tuple[Any, Any]:
    """Operand and negative axes of transpose."""
    n = ndim(x)
    order = tuple(range(n))[::-1] if axes is None else tuple(axes)
    if sorted(a % n if -n <= a < n else n for a in order) != list(range(n)):
        raise ValueError(f"transpose: {order} is no order of {n} axes")
    return (x,), {"axes": tuple(a % n - n for a in order)}


def read_key(_operation: Operation, x: Value, key: Any) -> tuple[Any, Any]:
    """Operand, and a key as a tuple, its lists and masks as arrays of positions."""
    parts: list[Any] = []
    for part in key if isinstance(key, tuple) else (key,):
        if part is None or part is Ellipsis or isinstance(part, slice):
            parts.append(part)
            continue
        if isinstance(part, Operand):
            raise TypeError("index: a traced value cannot be a position: use node.value")
        array = np.asarray(part)
        if not array.size and isinstance(part, (list, tuple)):  # of no positions, which are numbers
            array = array.astype(int)
        if array.dtype.kind not in "iub" or (array.dtype == bool and not array.ndim):
            raise TypeError(f"index: positions are integers, slices or masks, not {part!r}")
        if array.dtype == bool:
            np.broadcast_to(0.0, shape_of(x))[key]  # numpy's error, of a mask of another length
            parts.extend(array.nonzero())
        else:
            parts.append(array.astype(int) if array.ndim else int(array))
    return (x,), {"key": tuple(parts)}


def flat_positions(key: tuple[Any, ...], shape: tuple[int, ...]) -> Any:
    """Positions in the flattened array, where a key holds arrays of positions; else None."""
    if not any(isinstance(part, np.ndarray) for part in key):
        return None
    return np.arange(math.prod(shape)).reshape(shape)[key]


# --- products of matrices ------------------------------------------------------------------------


def read_dot(operation: Operation, a: Value, b: Value) -> tuple[Any, Any]:
    """Operands of dot, which are vectors or matrices."""
    b = plain(b, operation)
    for x in (a, b):
        if ndim(x) not in {1, 2}:
            raise TypeError(
                f"dot: takes vectors and matrices, not a value with {ndim(x)} axes:"
                " use multiply for numbers, matmul for stacks of matrices"
            )
    return (a, b), None


def swap(x: Value) -> Value:
    """The last two axes exchanged."""
    if type(x) is np.ndarray:
        return x.swapaxes(-1, -2)
    return OPERATIONS["transpose"].apply(x, (*range(-ndim(x), -2), -1, -2))


def rows(a: Value) -> Value:
    """The left operand of a product as a matrix."""
    return a if a.ndim > 1 else reshaped(a, (1, *a.shape))


def columns(b: Value) -> Value:
    """The right operand of a product as a matrix."""
    return b if b.ndim > 1 else reshaped(b, (*b.shape, 1))


def as_product(g: Value, a: Value, b: Value) -> Value:
    """The adjoint of a product with the axes back that vectors among the operands have not."""
    own = (a.ndim > 1) + (b.ndim > 1)
    row = a.shape[-2] if a.ndim > 1 else 1
    column = b.shape[-1] if b.ndim > 1 else 1
    return reshaped(g, (*shape_of(g)[: ndim(g) - own], row, column))


def outer(g: Value, x: Value) -> Value:
    """A number, or a number for each seed, times a vector."""
    return reshaped(g, (*shape_of(g), 1)) * x if ndim(g) else g * x


def pull_left(g: Value, _y: Value, a: Value, b: Value) -> Value:
    """The adjoint of a in a @ b: ỹ bᵀ."""
    if a.ndim == 1 and b.ndim < 3:
        return g @ swap(b) if b.ndim == 2 else outer(g, b)
    return as_product(g, a, b) @ swap(columns(b))


def pull_right(g: Value, y: Value, a: Value, b: Value) -> Value:
    """The adjoint of b in a @ b: aᵀ ỹ, which for a row of seeds of a vector is ỹ a."""
    if b.ndim == 1 and a.ndim < 3:
        if a.ndim == 1:
            return outer(g, a)
        return g @ a if g.ndim > y.ndim else swap(a) @ g
    result = swap(rows(a)) @ as_product(g, a, b)
    return result if b.ndim > 1 else reshaped(result, shape_of(result)[:-1])


def pushed(t: Value, x: Value, matrix: Value, other: Value) -> Value:
    """A tangent of x shaped like its matrix, seeds apart from the axes of a stack of matrices."""
    missing = max(ndim(other) - ndim(matrix), 0)
    return reshaped(t, lead(t, x) + (1,) * missing + shape_of(matrix))


def push_left(t: Value, y: Value, a: Value, b: Value) -> Value:
    """The tangent of a @ b by that of a."""
    result = pushed(t, a, rows(a), columns(b)) @ columns(b)
    return reshaped(result, lead(t, a) + shape_of(y))


def push_right(t: Value, y: Value, a: Value, b: Value) -> Value:
    """The tangent of a @ b by that of b."""
    if a.ndim == 2 and b.ndim == 1:
        return t @ swap(a)
    result = rows(a) @ pushed(t, b, columns(b), rows(a))
    return reshaped(result, lead(t, b) + shape_of(y))
