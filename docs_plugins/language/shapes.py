"""The shapes of all steps of one call, known before anything is computed, and what does not fit.

So an array that is too large is refused before it is made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from typing import Any

import numpy as np

from docs_plugins.language.program import Call, Constant, Operand, Program, ProgramError, Step
from docs_plugins.language.vocabulary import REDUCTIONS

MOST_ELEMENTS = 4_096  # of one array
MOST_TOGETHER = 10_000  # of all arrays of one call
Shape = tuple[int, ...]


class Misfit(Exception):  # noqa: N818  (never leaves this module)
    """Shapes that an operation does not take: why, and what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        """Keep both parts."""
        super().__init__(message)
        self.message = message
        self.remedy = remedy


def check_shapes(program: Program, call: Call) -> tuple[Shape, ...]:
    """Return the shape of every step of one call.

    Raises `ProgramError` where shapes do not fit, where an array has no elements or too many.
    """
    shapes: list[Shape] = []
    for index, step in enumerate(program.steps):
        if step.function == "input":
            shapes.append(_argument_shape(call.arguments[index]))
            continue
        given = [() if isinstance(o, Constant) else shapes[o] for o in step.operands]
        try:
            shape = RULES.get(step.function, _together)(given, dict(step.options))
            _check_size(shape)
        except Misfit as misfit:
            where = f" (in the call {call.name})" if len(program.calls) > 1 else ""
            what = _told(program, step, given)
            raise ProgramError(
                f"{what}: {misfit.message}{where}", step.line, misfit.remedy
            ) from None
        shapes.append(shape)
    _check_together(program, shapes)
    return tuple(shapes)


def _check_together(program: Program, shapes: list[Shape]) -> None:
    together = 0
    for step, shape in zip(program.steps, shapes, strict=True):
        together += prod(shape)
        if together > MOST_TOGETHER:
            raise ProgramError(
                f"the function has more than {MOST_TOGETHER:,} numbers in its arrays together",
                step.line,
                "use smaller ones",
            )


def _argument_shape(argument: object) -> Shape:
    return (len(argument), *_argument_shape(argument[0])) if isinstance(argument, tuple) else ()


def _told(program: Program, step: Step, shapes: list[Shape]) -> str:
    operands = ", ".join(
        _operand(program, operand, shape)
        for operand, shape in zip(step.operands[:4], shapes, strict=False)
    )
    more = ", …" if len(step.operands) > 4 else ""
    if step.function == "index":
        return f"{operands} at [{_indices(dict(step.options)['index'])}]"
    return f"{step.function} of {operands}{more}"


def _indices(index: object) -> str:
    if isinstance(index, tuple):
        return ", ".join(map(_indices, index))
    if isinstance(index, slice):
        start, stop, step = ("" if p is None else p for p in (index.start, index.stop, index.step))
        return f"{start}:{stop}{f':{step}' if step else ''}"
    return str(index)


def _operand(program: Program, operand: Operand, shape: Shape) -> str:
    if isinstance(operand, Constant):
        return operand.text
    step = program.steps[operand]
    return f"{step.name or f'{step.function}(…)'} {_shown(shape)}"


def _shown(shape: Shape) -> str:
    return f"of shape {_bare(shape)}" if shape else "(a number)"


def _bare(shape: Shape) -> str:
    return "(" + ", ".join(map(str, shape)) + ")"


def _check_size(shape: Shape) -> None:
    size = prod(shape)
    if size > MOST_ELEMENTS:
        raise Misfit(f"an array of {size:,} numbers", f"at most {MOST_ELEMENTS:,} are computed")
    if size == 0:
        raise Misfit("an array without elements", "choose a larger part")


def _together(shapes: list[Shape], options: Mapping[str, Any]) -> Shape:  # noqa: ARG001
    if not any(shapes):
        return ()
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        raise Misfit(
            "their shapes do not fit together",
            "counted from the last, lengths must be equal or 1",
        ) from None


def _axes(axis: Any, shape: Shape) -> tuple[int, ...]:
    axes = range(len(shape)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    found = []
    for one in axes:
        if not -len(shape) <= one < len(shape):
            raise Misfit(f"there is no axis {one}", _which_axes(len(shape)))
        found.append(one % len(shape))
    if len(set(found)) < len(found):
        raise Misfit("an axis is named twice", "name each axis once")
    return tuple(found)


def _which_axes(count: int) -> str:
    if count < 2:
        return "the only axis is 0" if count else "leave axis out"
    return f"the axes are 0 {'and' if count == 2 else 'to'} {count - 1}"


def _reduced(shapes: list[Shape], options: Mapping[str, Any]) -> Shape:
    (shape,) = shapes
    axes = _axes(options.get("axis"), shape)
    if options.get("keepdims"):
        return tuple(1 if axis in axes else length for axis, length in enumerate(shape))
    return tuple(length for axis, length in enumerate(shape) if axis not in axes)


def _softmax(shapes: list[Shape], options: Mapping[str, Any]) -> Shape:
    _axes(options.get("axis", -1), shapes[0])
    return shapes[0]


def _matmul(shapes: list[Shape], options: Mapping[str, Any]) -> Shape:  # noqa: ARG001
    left, right = shapes
    if not left or not right:
        raise Misfit("a number is no matrix", "write * to multiply by a number")
    inner = right[-2] if len(right) > 1 else right[0]
    if left[-1] != inner:
        raise Misfit(
            f"rows of length {left[-1]} meet columns of length {inner}",
            "transpose one of them, or change its shape",
        )
    batch = _together([left[:-2], right[:-2]], {})
    return batch + left[-2:-1] + (right[-1:] if len(right) > 1 else ())


def _dot(shapes: list[Shape], options: Mapping[str, Any]) -> Shape:
    if any(len(shape) > 2 for shape in shapes):
        raise Misfit("dot takes vectors and matrices", "write a @ b")
    return _matmul(shapes, options)


def _reshaped(shapes: list[Shape], options: Mapping[str, Any]) -> Shape:
    size = prod(shapes[0])
    shape = options["shape"]
    asked = shape if isinstance(shape, tuple) else (shape,)
    known = prod(length for length in asked if length != -1)
    if any(length < -1 for length in asked) or asked.count(-1) > 1 or known == 0:
        raise Misfit(f"{_bare(asked)} is no shape", "write lengths from 1; one of them may be -1")
    if size % known or (size != known and -1 not in asked):
        raise Misfit(
            f"{size} numbers do not fill the shape {_bare(asked)}",
            f"the lengths must multiply to {size}",
        )
    return tuple(size // known if length == -1 else length for length in asked)


def _transposed(shapes: list[Shape], options: Mapping[str, Any]) -> Shape:
    (shape,) = shapes
    axes = options.get("axes")
    order = tuple(range(len(shape)))[::-1] if axes is None else _axes(axes, shape)
    if len(order) != len(shape):
        raise Misfit(f"{_bare(order)} is no order of {len(shape)} axes", "name each axis once")
    return tuple(shape[axis] for axis in order)


def _indexed(shapes: list[Shape], options: Mapping[str, Any]) -> Shape:
    (shape,) = shapes
    if not shape:
        raise Misfit("a number has no elements", "leave the index out")
    try:
        return np.shape(np.broadcast_to(0, shape)[options["index"]])
    except IndexError:
        raise Misfit(
            "the index is beyond it", "positions are counted from 0, and from the end by -1, -2"
        ) from None


def _stacked(shapes: list[Shape], options: Mapping[str, Any]) -> Shape:
    if len(set(shapes)) > 1:
        raise Misfit("the parts differ in shape", "make them alike")
    (axis,) = _axes(options.get("axis", 0), (1, *shapes[0]))
    return (*shapes[0][:axis], len(shapes), *shapes[0][axis:])


def _joined(shapes: list[Shape], options: Mapping[str, Any]) -> Shape:
    if not all(shapes):
        raise Misfit("a number cannot be joined", "write stack([…]), or [a] for a number a")
    (axis,) = _axes(options.get("axis", 0), shapes[0])
    rest = {(len(shape), shape[:axis], shape[axis + 1 :]) for shape in shapes}
    if len(rest) > 1:
        raise Misfit("the parts differ in shape", "only the joined axis may differ in length")
    length = sum(shape[axis] for shape in shapes)
    return (*shapes[0][:axis], length, *shapes[0][axis + 1 :])


RULES: Mapping[str, Callable[[list[Shape], Mapping[str, Any]], Shape]] = {
    **dict.fromkeys(REDUCTIONS, _reduced),
    "softmax": _softmax,
    "matmul": _matmul,
    "dot": _dot,
    "reshape": _reshaped,
    "transpose": _transposed,
    "index": _indexed,
    "stack": _stacked,
    "concatenate": _joined,
}
