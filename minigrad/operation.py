"""What an operation is, and how it is applied to numbers, arrays, nodes and readings alike."""

from __future__ import annotations

from contextvars import ContextVar
from functools import wraps
from types import BuiltinFunctionType
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from minigrad.errors import DomainError, short
from minigrad.node import Node, Operand, Tape, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

Function = Any
"""A callable as numpy has it; any value in, a value of the same kind out."""
OPERATIONS: dict[str, Operation] = {}
"""Every operation by name, in the order of declaration."""
RAISING: ContextVar[bool] = ContextVar("raising", default=False)
"""Whether numpy raises its floating point errors in this context already."""
FLOAT = np.dtype(np.float64)
KINDS = frozenset({float, np.ndarray})
DEFAULTS: dict[str, Any] = {
    **dict.fromkeys(("scalar", "partials", "at_kink", "exact", "generic", "objects", "sized")),
    **dict.fromkeys(("push", "pull"), ()),
    **dict.fromkeys(("tex", "text", "javascript", "domain", "kink"), ""),
    **dict.fromkeys(("carries", "blind", "guard"), False),
    "binds": 9,
}
"""What an entry of the table need not say."""
FAULTS = (ArithmeticError, ValueError)
"""What Python's own arithmetic raises outside a function's domain."""


class Operation:
    """One entry of the table: a value, its derivative rules, and how they print.

    Elementwise operations have ``partials``, one local partial for each operand: a function of
    (y, *operands) or, where it is a constant, the float itself. Structural operations have
    ``push`` and ``pull``: for each operand a linear map and its transpose, both called with
    (tangent or adjoint, y, *operands, **options) and indifferent to a leading axis of seeds.

    Attributes:
        name: As numpy calls it.
        value: Its value on arrays.
        scalar: Its value on Python floats; None for structural operations.
        partials: Local partials of an elementwise operation; None for structural ones.
        push: For each operand of a structural operation, from its tangent to the value's.
        pull: For each operand of a structural operation, from the value's adjoint to its.
        tex: Template of its formula; ``{0:2}`` is an operand that must bind at least so.
        text: The same as plain text.
        javascript: The same as JavaScript.
        binds: How tightly the printed operation binds; 0 if it prints as its operand.
        domain: Where it is defined, in words.
        kink: What is chosen where there is no derivative, in words.
        at_kink: Whether given operands are at such a point.
        exact: Its value on fractions, as ``Fraction`` takes it; None where it is not a fraction.
        generic: For a guard, the branch that textbooks print.
        objects: Its value on object arrays, where numpy's own does not do.
        sized: How ``push`` or ``pull`` go through it without cancellation.
        carries: Whether an operand that is not finite always shows in the value.
        blind: Whether its rules read no more of its value than the shape.
        guard: Whether it is for rules alone, and no public name.
        apply: The function that users call.
    """

    __slots__ = ("apply", "name", "value", *DEFAULTS)

    apply: Function
    name: str
    value: Function
    scalar: Function
    partials: tuple[Function, ...] | None
    push: Sequence[Function]
    pull: Sequence[Function]
    tex: str
    text: str
    javascript: str
    binds: int
    domain: str
    kink: str
    at_kink: Function
    exact: Function
    generic: Function
    objects: Function
    sized: Function
    carries: bool
    blind: bool
    guard: bool

    def __init__(self, name: str, value: Function, **given: Any) -> None:
        """Take what is given, and the defaults; raises `TypeError` for an unknown field."""
        self.name = name
        self.value = value
        self.apply = None
        for field, default in DEFAULTS.items():
            setattr(self, field, given.pop(field, default))
        if given:
            raise TypeError(f"an operation has no {', '.join(given)}: {', '.join(DEFAULTS)}")

    def replaced(self, **changes: Any) -> Operation:
        """The same operation but for some fields; it is in no table, and nothing applies it yet."""
        fields = {field: getattr(self, field) for field in ("name", "value", *DEFAULTS)}
        return Operation(**{**fields, **changes})


class Reading(Operand):
    """Anything else that a rule can be read on: it says itself what an operation does to it."""

    __slots__ = ()

    def read(
        self, operation: Operation, operands: Sequence[Value], options: Mapping[str, Any] | None
    ) -> Value:
        """What the operation gives on these operands, of which at least one is a reading."""
        raise NotImplementedError


class raising:  # noqa: N801  (used like a function, as np.errstate is)
    """Let numpy raise on overflow and undefined values, within a ``with`` block."""

    __slots__ = ("state", "token")

    def __enter__(self) -> None:
        self.token = None if RAISING.get() else RAISING.set(True)
        if self.token:
            self.state = np.errstate(divide="raise", over="raise", invalid="raise")
            self.state.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.token:
            self.state.__exit__(kind, error, traceback)
            RAISING.reset(self.token)


def first_operand(y: Value, a: Value, b: Value) -> Value:  # noqa: ARG001
    """The rule of a product by its second factor; sweeps know it, and spare its call."""
    return a


def second_operand(y: Value, a: Value, b: Value) -> Value:  # noqa: ARG001
    """The rule of a product by its first factor, likewise."""
    return b


# --- declaring -----------------------------------------------------------------------------------


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
        fields = with_defaults(body.__name__, len(partials), printing)
        if isinstance(scalar, BuiltinFunctionType):  # math.sin is Math.sin there, max is Math.max
            places = ", ".join(f"{{{i}}}" for i in range(len(partials)))
            fields.setdefault("javascript", f"Math.{scalar.__name__}({places})")
        operation = Operation(body.__name__, body, scalar=scalar, partials=partials, **fields)
        applied = {1: unary, 2: binary, 3: ternary}[len(partials)](operation)
        return enter(operation, body, applied)

    return declare


def structural(
    push: Any, pull: Any, reads: Function = None, **printing: Any
) -> Callable[[Any], Callable[..., Any]]:
    """Declare an operation on whole arrays; the decorated body is its value.

    Args:
        push: For each operand, its linear map: (tangent, y, *operands, **options) to a tangent.
        pull: For each operand, the transposed map: (adjoint, y, *operands, **options). Anything
            but a list takes any number of operands, which the body is given as one sequence.
        reads: Turns the arguments of a call into (operands, options); by default all are operands.
        **printing: The remaining fields of ``Operation``.
    """

    def declare(body: Function) -> Function:
        arity = len(pull) if isinstance(pull, list) else 0
        fields = with_defaults(body.__name__, arity, printing)
        value = body if arity else wraps(body)(lambda *xs, **options: body(xs, **options))
        operation = Operation(body.__name__, value, push=push, pull=pull, **fields)
        read = reads or (lambda *operands: (operands, None))

        def apply(x: Value, *args: Any, **kwargs: Any) -> Value:
            operands, options = read(plain(x, operation) if arity else x, *args, **kwargs)
            if type(x) is not Node or len(operands) > 1:
                return general(operation, operands, options)
            value = evaluate(operation, (x.value,), options, x.tape)
            return x.tape.record(operation, operands, value, options)

        return enter(operation, body, binary(operation) if operation.scalar else apply)

    return declare


class Each:
    """Rules of an operation with any number of operands: one function, told the position."""

    def __init__(self, rule: Any) -> None:
        """Hold the rule, called with the operand's position before its other arguments."""
        self.rule = rule

    def __getitem__(self, position: int) -> Any:
        """Give the rule of one operand."""
        return lambda *args, **options: self.rule(position, *args, **options)


def with_defaults(name: str, arity: int, printing: dict[str, Any]) -> dict[str, Any]:
    """Printed as a function of its name unless said otherwise."""
    places = ", ".join(f"{{{i}}}" for i in range(arity))
    tex = r"\operatorname{{" + name.replace("_", r"\_") + "}}"
    defaults = {"tex": f"{tex}({places})", "text": f"{name}({places})"}
    return {**defaults, **printing}


def enter(operation: Operation, body: Function, apply: Function) -> Function:
    """Enter an operation into the table, and give its function the body's name and docstring."""
    operation.apply = wraps(body)(apply)
    OPERATIONS[operation.name] = operation
    return operation.apply


# --- applying: floats first, then nodes over floats, then everything else ------------------------


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
            if tape.unverified and operation.carries:
                tape.verified((first, second), value)
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
    nodes = tuple(
        x if type(x) is Node and x.tape is tape else tape.constant(CONSTANT, plain(x, operation))
        for x in operands
    )
    value = evaluate(operation, [node.value for node in nodes], options, tape)
    if operation.carries and tape.unverified:
        tape.verified(nodes, value)
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
    try:
        if not RAISING.get():
            with raising():
                return on_arrays(operation, values, options, tape)
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
    return (operation.objects or operation.value)(*values, **options)


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
    if kind in "fiub":
        return array.astype(np.float64, copy=False) if array.ndim else float(array)
    if kind == "O" and any(isinstance(element, Reading) for element in array.flat):
        return array if array.ndim else x
    names = {"c": "complex numbers", "O": "objects", "U": "strings", "S": "bytes"}
    what = names.get(kind, f"values of type {array.dtype}")
    raise TypeError(f"{where}: needs numbers or arrays of numbers, not {what}: {short(x)}")


CONSTANT = Operation("constant", None)
INPUT = Operation("input", None)
