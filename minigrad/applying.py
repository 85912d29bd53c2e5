"""How an operation is applied to numbers, arrays, nodes and readings alike."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from operator import attrgetter
from typing import Any, NoReturn, TypeVar

import numpy as np

from minigrad.errors import DomainError, short
from minigrad.node import Node, Operand, Reading, Tape, Value, is_finite
from minigrad.operation import OPERATIONS, Function, Operation

T = TypeVar("T")
HANDLING: ContextVar[str] = ContextVar("handling", default="")
"""How numpy takes floating point errors in this context, where the engine has told it.

"own" is as the user has it; unless it is "raise", each operation looks by itself.
"""
FLOAT = np.dtype(np.float64)
KINDS = frozenset({float, np.ndarray})
FAULTS = (ArithmeticError, ValueError)
"""What Python's own arithmetic raises outside a function's domain."""


def watched(how: Any, function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Call a function while numpy takes its errors so."""
    if HANDLING.get() == how:
        return function(*args, **kwargs)
    token = HANDLING.set(how)
    told = None if how == "own" else how
    under: Any = told and "ignore"  # what underflows is 0
    try:
        with np.errstate(divide=told, over=told, invalid=told, under=under):
            return function(*args, **kwargs)
    finally:
        HANDLING.reset(token)


def strictly(function: Callable[..., T], *args: Any) -> T:
    """Call a function while numpy raises, or as the user has numpy where he computes with it."""
    if HANDLING.get():
        return function(*args)
    try:
        return watched("raise", function, *args)
    except FloatingPointError:  # of none of the engine's operations, which give DomainError
        return watched("own", function, *args)


def unary(operation: Operation) -> Function:
    """The function of one operand."""
    scalar = operation.scalar

    def apply(x: Value) -> Value:
        if type(x) is float:
            return number(operation, (x,))
        if type(x) is not Node:
            return evaluate(operation, (x,))
        tape = x.tape
        operand = x.value
        if type(operand) is float:
            try:
                value = scalar(operand)
            except FAULTS:
                refuse(operation, (operand,), tape)
            if value - value:  # not a number unless finite
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


def binary(operation: Operation) -> Function:  # noqa: C901  (the cost of each operation)
    """The function of two operands."""
    scalar = operation.scalar

    def apply(a: Value, b: Value) -> Value:
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
                second = numbers[b] if b in numbers else tape.number(b)
            elif type(b) is np.ndarray and b.dtype is FLOAT and b.ndim:
                right = b
                second = tape.constant(b)
            else:
                return apply(a, float(b)) if type(b) is int else general(operation, (a, b))
        elif type(b) is not Node:
            return evaluate(operation, (a, b))
        elif type(a) is float or (type(a) is np.ndarray and a.dtype is FLOAT and a.ndim):
            tape = b.tape
            left = a
            right = b.value
            first = tape.constant(a)
            second = b
        else:
            return apply(float(a), b) if type(a) is int else general(operation, (a, b))
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
    return lambda a, b, c: evaluate(operation, (a, b, c))


def evaluate(
    operation: Operation,
    operands: Sequence[Value],
    options: Mapping[str, Any] | None = None,
    tape: Tape | None = None,
) -> Value:
    """The value on operands none of which belongs to the tape."""
    floats = operation.scalar is not None
    for x in operands:
        if type(x) is not float:
            if type(x) is not np.ndarray or x.dtype is not FLOAT or not x.ndim:
                return general(operation, operands, options, tape)
            floats = False
        elif math.isnan(x):  # of which Python's max(1.0, x) knows nothing
            refuse(operation, operands, tape)
    if floats:
        return number(operation, operands, tape)
    return on_arrays(operation, operands, options, tape)


def number(operation: Operation, operands: Sequence[float], tape: Tape | None = None) -> float:
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
    operation: Operation,
    operands: Sequence[Value],
    options: Mapping[str, Any] | None = None,
    tape: Tape | None = None,
) -> Value:
    """The same for anything: on the innermost trace among the operands, else straight away."""
    values = [plain(x, operation) for x in operands]
    tapes = [x.tape for x in values if type(x) is Node]
    if tapes:
        inner = max(tapes, key=attrgetter("identity"))
        nodes = tuple(
            x if type(x) is Node and x.tape is inner else inner.constant(x) for x in values
        )
        value = evaluate(operation, [node.value for node in nodes], options, inner)
        return inner.record(operation, nodes, value, options)
    if any(type(x) is np.ndarray and x.dtype == object for x in values):
        return on_objects(operation, values, options or {})
    for x in values:
        if isinstance(x, Reading):
            return x.read(operation, values, options)
    return evaluate(operation, values, options, tape)


def on_arrays(
    operation: Operation,
    values: Sequence[Value],
    options: Mapping[str, Any] | None,
    tape: Tape | None,
) -> Value:
    """The value on arrays of numbers; overflow and undefined values are errors."""
    if HANDLING.get() != "raise":
        value = watched("raise", on_arrays, operation, values, options, tape)
        if tape is None and not is_finite(value):
            refuse(operation, values)
        return value
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
    if kind is np.ndarray and x.dtype is FLOAT and x.ndim:
        return x
    if isinstance(x, Reading):
        return x.settled()
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
        # Not by comparison: a type may be equal to float64 and yet another, with a note in it.
        if not array.ndim:
            return float(array)
        return array if array.dtype is FLOAT else array.astype(FLOAT)
    if kind == "O" and any(isinstance(element, Reading) for element in array.flat):
        return array if array.ndim else x
    names = {"c": "complex numbers", "O": "objects", "U": "strings", "S": "bytes"}
    what = names.get(kind, f"values of type {array.dtype}")
    raise TypeError(f"{where}: needs numbers or arrays of numbers, not {what}: {short(x)}")
