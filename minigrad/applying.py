"""How an operation is applied to numbers, arrays, nodes and readings alike.

Floats come first, then nodes over floats, then everything else.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from minigrad.errors import DomainError, short
from minigrad.node import Node, Operand, Reading, Tape, Value
from minigrad.operation import CONSTANT, OPERATIONS, Function, Operation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import TypeVar

    T = TypeVar("T")

RAISING: ContextVar[bool] = ContextVar("raising", default=False)
"""Whether numpy raises its floating point errors in this context already."""
FLOAT = np.dtype(np.float64)
KINDS = frozenset({float, np.ndarray})
FAULTS = (ArithmeticError, ValueError)
"""What Python's own arithmetic raises outside a function's domain."""


def strictly(function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Call a function while numpy raises on overflow and undefined values."""
    if RAISING.get():
        return function(*args, **kwargs)
    token = RAISING.set(True)
    try:
        with np.errstate(divide="raise", over="raise", invalid="raise"):
            return function(*args, **kwargs)
    finally:
        RAISING.reset(token)


def unary(operation: Operation) -> Function:
    """The function of one operand."""
    scalar = operation.scalar

    def apply(x: Value) -> Value:
        if type(x) is float:
            try:
                value = scalar(x)
            except FAULTS:
                refuse(operation, (x,))
            if value - value:  # not a number unless finite
                refuse(operation, (x,))
            return value
        if type(x) is not Node:
            return evaluate(operation, (x,), None, None)
        tape = x.tape
        operand = x.value
        if type(operand) is float:
            try:
                value = scalar(operand)
            except FAULTS:
                refuse(operation, (operand,), tape)
            if value - value:
                refuse(operation, (operand,), tape)
        else:
            apply_to = on_arrays if type(operand) is np.ndarray else evaluate
            value = apply_to(operation, (operand,), None, tape)
            tape.plain = False
        node = Node()
        node.operation = operation
        node.first = x
        node.second = None
        node.value = value
        node.options = None
        node.tape = tape
        node.index = len(tape)
        tape.append(node)
        return node

    return apply


def binary(operation: Operation) -> Function:  # noqa: C901, PLR0915  (the cost of each operation)
    """The function of two operands."""
    scalar = operation.scalar

    def apply(a: Value, b: Value) -> Value:  # noqa: C901, PLR0912, PLR0915
        if type(a) is Node:
            tape = a.tape
            left = a.value
            first = a
            if type(b) is Node and b.tape is tape:
                right = b.value
                second = b
            elif type(b) is float:
                right = b
                numbers = tape.numbers
                second = numbers[b] if b in numbers else tape.number(CONSTANT, b)
            elif type(b) is np.ndarray and b.dtype is FLOAT:
                right = b
                second = tape.constant(CONSTANT, b)
            else:
                return apply(a, float(b)) if type(b) is int else general(operation, (a, b), None)
        elif type(b) is not Node:
            if type(a) is not float or type(b) is not float:
                arrays = type(a) is type(b) is np.ndarray and a.dtype is b.dtype is FLOAT
                return (on_arrays if arrays else evaluate)(operation, (a, b), None, None)
            try:
                value = scalar(a, b)
            except FAULTS:
                refuse(operation, (a, b))
            if value - value:
                refuse(operation, (a, b))
            return value
        elif type(a) is float or (type(a) is np.ndarray and a.dtype is FLOAT):
            tape = b.tape
            left = a
            right = b.value
            first = tape.constant(CONSTANT, a)
            second = b
        else:
            return apply(float(a), b) if type(a) is int else general(operation, (a, b), None)
        if type(left) is float and type(right) is float:
            try:
                value = scalar(left, right)
            except FAULTS:
                refuse(operation, (left, right), tape)
            if value - value:
                refuse(operation, (left, right), tape)
        else:
            arrays = type(left) in KINDS and type(right) in KINDS
            apply_to = on_arrays if arrays else evaluate
            value = apply_to(operation, (left, right), None, tape)
            tape.plain = False
        node = Node()
        node.operation = operation
        node.first = first
        node.second = second
        node.value = value
        node.options = None
        node.tape = tape
        node.index = len(tape)
        tape.append(node)
        return node

    return apply


def ternary(operation: Operation) -> Function:
    """The function of three operands."""

    def apply(a: Value, b: Value, c: Value) -> Value:
        if type(a) is float and type(b) is float and type(c) is float:
            return number(operation, (a, b, c), None)
        return general(operation, (a, b, c), None)

    return apply


def number(operation: Operation, operands: Sequence[float], tape: Tape | None) -> float:
    """The value on Python floats, which must be finite."""
    try:
        value: float = operation.scalar(*operands)
    except FAULTS:
        refuse(operation, operands, tape)
    if value - value:
        refuse(operation, operands, tape)
    return value


def refuse(operation: Operation, operands: Sequence[Value], tape: Tape | None = None) -> NoReturn:
    """Raise the error of a value that is not finite."""
    reason = "the value is not finite"
    if operation.domain:
        reason += f"; {operation.name} needs {operation.domain}"
    node = None if tape is None else len(tape)
    raise DomainError(operation.name, tuple(operands), node, reason) from None


def general(
    operation: Operation, operands: Sequence[Value], options: Mapping[str, Any] | None
) -> Value:
    """Apply to anything: on the innermost trace among the operands, else straight away."""
    tape = None
    for x in operands:
        if type(x) is Node:
            if tape is None or x.tape.identity > tape.identity:
                tape = x.tape
        elif type(x) is list or type(x) is tuple:  # its elements may be nodes
            return general(operation, [plain(x, operation) for x in operands], options)
    if tape is None:
        return evaluate(operation, operands, options, None)
    if any(isinstance(x, Reading) and x.settled() is not x for x in operands):
        settled = [x.settled() if isinstance(x, Reading) else x for x in operands]
        return general(operation, settled, options)
    nodes = tuple(
        x if type(x) is Node and x.tape is tape else tape.constant(CONSTANT, plain(x, operation))
        for x in operands
    )
    value = evaluate(operation, [node.value for node in nodes], options, tape)
    return tape.record(operation, nodes, value, options)


def evaluate(  # noqa: C901, PLR0911  (one question a line)
    operation: Operation,
    operands: Sequence[Value],
    options: Mapping[str, Any] | None,
    tape: Tape | None,
) -> Value:
    """The value on operands none of which belongs to the tape."""
    floats = True
    for x in operands:
        if type(x) is not float:
            if type(x) is not np.ndarray or x.dtype is not FLOAT or not x.ndim:
                break
            floats = False
    else:
        if floats and operation.scalar:
            return number(operation, operands, tape)
        return on_arrays(operation, operands, options, tape)
    reading = among_floats(operands)
    if reading is not None:
        return reading.read(operation, operands, options)
    values = [plain(x, operation) for x in operands]
    for x in values:
        if type(x) is Node:
            return general(operation, values, options)
        if type(x) is np.ndarray:
            if x.dtype == object:
                return on_objects(operation, values, options or {})
        elif type(x) is not float:
            reading = x
    if reading is not None:
        return reading.read(operation, values, options)
    return evaluate(operation, values, options, tape)


def among_floats(operands: Sequence[Value]) -> Reading | None:
    """A reading, where all operands are readings and floats: nothing is to be made plain."""
    reading = None
    for x in operands:
        if isinstance(x, Reading):
            reading = x
        elif type(x) is not float:
            return None
    return reading


def on_arrays(
    operation: Operation,
    values: Sequence[Value],
    options: Mapping[str, Any] | None,
    tape: Tape | None,
) -> Value:
    """The value on arrays of numbers; overflow and undefined values are errors."""
    if not RAISING.get():
        return strictly(on_arrays, operation, values, options, tape)
    try:
        value = operation.value(*values, **options) if options else operation.value(*values)
    except FloatingPointError:
        # Some BLAS raise flags without cause: what counts is the result.
        with np.errstate(all="ignore"):
            value = operation.value(*values, **(options or {}))
        if not np.isfinite(value).all():
            refuse(operation, values, tape)
    if type(value) is np.ndarray and value.ndim:
        return value if value.dtype is FLOAT else value.astype(np.float64)
    return float(value)


def on_objects(operation: Operation, values: Sequence[Value], options: Mapping[str, Any]) -> Value:
    """The value on object arrays of readings, element by element."""
    if operation.partials is not None:
        return element_by_element(operation.apply, *values)
    value = (operation.objects or operation.value)(*values, **options)
    return value.item() if type(value) is np.ndarray and not value.ndim else value


def element_by_element(function: Function, *values: Value) -> Value:
    """A function of scalars on object arrays, broadcast."""
    arrays = [x if isinstance(x, np.ndarray) else np.array(x, dtype=object) for x in values]
    return np.frompyfunc(function, len(values), 1)(*arrays)


# --- operands ------------------------------------------------------------------------------------


def plain(x: Value, operation: Operation) -> Value:
    """An operand as the engine keeps it: a float, a float64 array, a node, or a reading."""
    kind = type(x)
    if kind is float or kind is Node:
        return x
    if kind is np.ndarray and x.dtype == np.float64 and x.ndim:
        return x
    if isinstance(x, Reading):
        return x
    if isinstance(x, (list, tuple)) and holds_operands(x):
        return OPERATIONS["stack"].apply([plain(element, operation) for element in x])
    return as_value(x, f"minigrad.{operation.name}")


def holds_operands(x: Value) -> bool:
    """Whether a nested list has a node or a reading in it."""
    if isinstance(x, (list, tuple)):
        return any(holds_operands(element) for element in x)
    return isinstance(x, Operand)


def as_value(x: Value, where: str) -> Value:
    """A number or array-like as a float or a float64 array; others are refused by name."""
    try:
        array = np.asarray(x)
    except ValueError:
        raise TypeError(f"{where}: the rows of a nested list differ in length (ragged)") from None
    kind = array.dtype.kind
    if kind == "O" and all(type(element) is int for element in array.flat):  # too large for int64
        array, kind = array.astype(np.float64), "f"
    if kind in "fiub":
        return array.astype(np.float64, copy=False) if array.ndim else float(array)
    if kind == "O" and any(isinstance(element, Reading) for element in array.flat):
        return array if array.ndim else x
    names = {"c": "complex numbers", "O": "objects", "U": "strings", "S": "bytes"}
    what = names.get(kind, f"values of type {array.dtype}")
    raise TypeError(f"{where}: needs numbers or arrays of numbers, not {what}: {short(x)}")
