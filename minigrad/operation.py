"""What an operation is, and how it is applied to numbers, arrays, nodes and readings alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from minigrad.errors import DomainError
from minigrad.node import Node, Operand, Tape, Value, shape_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Function = Any
"""A callable as numpy has it; any value in, a value of the same kind out."""

OPERATIONS: dict[str, Operation] = {}
"""Every operation by name, in the order of declaration."""


@dataclass(slots=True, eq=False, repr=False)
class Operation:
    """One entry of the table: a value, its derivative rules, and how they print.

    Elementwise operations have ``partials``: one local partial for each operand, a function of
    (y, *operands) or, where it is a constant, the float itself. Structural operations have
    ``push`` and ``pull``: a linear map for each operand and its transpose, both called with
    (tangent or adjoint, y, *operands, **options) and indifferent to a leading axis of seeds.
    """

    name: str
    value: Function
    scalar: Function = None
    partials: tuple[Function, ...] | None = None
    push: Sequence[Function] = ()
    pull: Sequence[Function] = ()
    tex: str = ""
    text: str = ""
    javascript: str = ""
    binds: int = 9
    domain: str = ""
    kink: str = ""
    at_kink: Function = None
    exact: Function = None
    generic: Function = None
    objects: Function = None
    sized: Function = None
    apply: Function = field(default=None, init=False)


class Reading(Operand):
    """Anything else that a rule can be read on: it says itself what an operation does to it."""

    __slots__ = ()

    def read(
        self, operation: Operation, operands: Sequence[Value], options: Mapping[str, Any] | None
    ) -> Value:
        """What the operation gives on these operands, of which at least one is a reading."""
        raise NotImplementedError


def elementwise(
    scalar: Function, *partials: Function, **printing: Any
) -> Callable[[Any], Callable[..., Any]]:
    """Declare an elementwise operation; the decorated body is its value on arrays.

    Args:
        scalar: Its value on Python floats.
        *partials: One for each operand: a function of (y, *operands), or a constant.
        **printing: The remaining fields of ``Operation``.
    """

    def declare(body: Function) -> Function:
        fields = with_defaults(body, len(partials), printing)
        operation = Operation(body.__name__, body, scalar, partials, **fields)
        applied = {1: unary, 2: binary}.get(len(partials), elementary)(operation)
        return enter(operation, body, applied)

    return declare


def structural(
    push: Any, pull: Any, reads: Function = None, **printing: Any
) -> Callable[[Any], Callable[..., Any]]:
    """Declare an operation on whole arrays; the decorated body is its value.

    Args:
        push: For each operand, its linear map: (tangent, y, *operands, **options) to a tangent.
        pull: For each operand, the transposed map: (adjoint, y, *operands, **options).
        reads: Turns the arguments of a call into (operands, options); by default all are operands.
        **printing: The remaining fields of ``Operation``.
    """

    def declare(body: Function) -> Function:
        variadic = not hasattr(pull, "__len__")
        arity = 0 if variadic else len(pull)
        fields = with_defaults(body, arity, printing)
        operation = Operation(body.__name__, body, push=push, pull=pull, **fields)

        def apply(*args: Value, **kwargs: Any) -> Value:
            if not variadic:
                args = tuple(plain(x, operation) for x in args[:arity]) + args[arity:]
            operands, options = reads(*args, **kwargs) if reads else (args, None)
            return general(operation, operands, options)

        return enter(operation, body, apply)

    return declare


def with_defaults(body: Function, arity: int, printing: dict[str, Any]) -> dict[str, Any]:
    """Printed as a function of its name unless said otherwise."""
    name = body.__name__
    places = ", ".join(f"{{{i}}}" for i in range(arity))
    tex = r"\operatorname{{" + name.replace("_", r"\_") + "}}"
    defaults = {"tex": f"{tex}({places})", "text": f"{name}({places})"}
    return {**defaults, **printing}


def enter(operation: Operation, body: Function, apply: Function) -> Function:
    """Enter an operation into the table, and give its function the body's name and docstring."""
    operation.apply = wraps(body)(apply)
    OPERATIONS[operation.name] = operation
    return operation.apply


def unary(operation: Operation) -> Function:
    """The function of one operand: floats first, then nodes, then everything else."""
    scalar = operation.scalar

    def apply(x: Value) -> Value:
        if type(x) is float:
            return number(operation, scalar, x)
        if type(x) is Node and type(x.value) is float:
            return x.tape.record(operation, (x,), number(operation, scalar, x.value, tape=x.tape))
        return general(operation, (x,), None)

    return apply


def binary(operation: Operation) -> Function:
    """The function of two operands: floats first, then nodes, then everything else."""
    scalar = operation.scalar

    def apply(a: Value, b: Value) -> Value:
        if type(a) is float and type(b) is float:
            return number(operation, scalar, a, b)
        return general(operation, (a, b), None)

    return apply


def elementary(operation: Operation) -> Function:
    """The function of three operands or more."""

    def apply(*operands: Value) -> Value:
        return general(operation, operands, None)

    return apply


def number(
    operation: Operation, scalar: Function, *operands: float, tape: Tape | None = None
) -> float:
    """The value on Python floats, which must be finite."""
    try:
        value: float = scalar(*operands)
    except (ArithmeticError, ValueError):
        value = np.nan
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
    nodes = tuple(
        x if type(x) is Node and x.tape is tape else tape.constant(CONSTANT, plain(x, operation))
        for x in operands
    )
    value = evaluate(operation, [node.value for node in nodes], options, tape)
    return tape.record(operation, nodes, value, options)


def evaluate(
    operation: Operation,
    operands: Sequence[Value],
    options: Mapping[str, Any] | None,
    tape: Tape | None,
) -> Value:
    """The value on operands none of which belongs to the tape."""
    if any(type(x) is Node for x in operands):
        return general(operation, operands, options)
    values = [plain(x, operation) for x in operands]
    if any(getattr(x, "dtype", None) == object for x in values):
        return on_objects(operation, values, options or {})
    for x in values:
        if isinstance(x, Reading):
            return x.read(operation, values, options)
    if operation.scalar and all(type(x) is float for x in values):
        return number(operation, operation.scalar, *values, tape=tape)
    return array(operation, values, options or {}, tape)


def array(
    operation: Operation, values: Sequence[Value], options: Mapping[str, Any], tape: Tape | None
) -> Value:
    """The value on arrays of numbers; overflow and undefined values are errors."""
    try:
        if tape is not None and tape.guarded:
            value = operation.value(*values, **options)
        else:
            with np.errstate(divide="raise", over="raise", invalid="raise"):
                value = operation.value(*values, **options)
    except FloatingPointError:
        # Some BLAS raise flags without cause: what counts is the result.
        with np.errstate(all="ignore"):
            value = operation.value(*values, **options)
        if not np.isfinite(value).all():
            refuse(operation, values, tape)
    if type(value) is np.ndarray and value.ndim:
        return value if value.dtype == np.float64 else value.astype(np.float64)
    return float(value)


def on_objects(operation: Operation, values: Sequence[Value], options: Mapping[str, Any]) -> Value:
    """The value on object arrays of readings, element by element."""
    if operation.partials is not None:
        return element_by_element(operation.apply, *values)
    return (operation.objects or operation.value)(*values, **options)


def element_by_element(function: Function, *values: Value) -> Value:
    """A function of scalars on object arrays, broadcast."""
    arrays = [x if isinstance(x, np.ndarray) else np.array(x, dtype=object) for x in values]
    return np.frompyfunc(function, len(values), 1)(*arrays)


def plain(x: Value, operation: Operation) -> Value:
    """An operand as the engine keeps it: a float, a float64 array, or a reading."""
    kind = type(x)
    if kind is float or kind is Node or isinstance(x, Reading):
        return x
    if kind is np.ndarray and x.dtype == np.float64 and x.ndim:
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
    if array.dtype.kind == "c":
        raise TypeError(f"{where}: complex numbers are not differentiated here: {x!r}")
    if array.dtype.kind == "O" and any(isinstance(element, Reading) for element in array.flat):
        return array if array.ndim else x
    if array.dtype.kind not in "fiub":
        kind = type(x).__name__ if not isinstance(x, np.ndarray) else f"array of {array.dtype}"
        raise TypeError(f"{where}: needs numbers or arrays of numbers, not {kind}: {x!r}")
    return array.astype(np.float64, copy=False) if array.ndim else float(array)


CONSTANT = Operation("constant", None)
INPUT = Operation("input", None)
__all__ = ["CONSTANT", "INPUT", "OPERATIONS", "Operation", "Reading", "elementwise", "structural"]
_ = shape_of
