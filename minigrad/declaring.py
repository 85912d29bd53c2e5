"""How operations are declared: as decorated functions, whose body is the value on arrays."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from types import BuiltinFunctionType
from typing import Any

import numpy as np

from minigrad.applying import binary, evaluate, plain, ternary, unary
from minigrad.node import Node, Operand, Value, missing
from minigrad.operation import OPERATIONS, Function, Operation


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
        arity = len(partials)
        operation = entered(body, body, arity, scalar=scalar, partials=partials, **printing)
        return applied_by(wraps(body)({1: unary, 2: binary, 3: ternary}[arity](operation)))

    return declare


def structural(
    push: Any, pull: Any, reads: Function = lambda _, *xs: (xs, None), **printing: Any
) -> Callable[[Any], Callable[..., Any]]:
    """Declare an operation on whole arrays; the decorated body is its value.

    Args:
        push: For each operand, its linear map: (tangent, y, *operands, **options) to a tangent.
        pull: For each operand, the transposed map: (adjoint, y, *operands, **options). Anything
            but a list takes any number of operands, which the body is given as one sequence.
        reads: Turns the operation and the arguments of a call into (operands, options); by default
            all are operands.
        **printing: The remaining fields of ``Operation``.
    """

    def declare(body: Function) -> Function:
        arity = len(pull) if isinstance(pull, list) else 0
        value = body if arity else lambda *xs, **options: body(xs, **options)
        operation = entered(body, value, arity, push=push, pull=pull, **printing)

        def apply(x: Value, *args: Any, **kwargs: Any) -> Value:
            if type(x) is not Node and arity:
                x = plain(x, operation)
            operands, options = reads(operation, x, *args, **kwargs)
            if type(x) is not Node or len(operands) > 1:
                return evaluate(operation, operands, options)
            value = evaluate(operation, (x.value,), options, x.tape)
            return x.tape.record(operation, operands, value, options)

        return applied_by(wraps(body)(binary(operation) if operation.scalar else apply))

    return declare


class Each:
    """Rules of an operation with any number of operands: one function, told the position."""

    def __init__(self, rule: Any) -> None:
        """Hold the rule, called with the operand's position before its other arguments."""
        self.rule = rule

    def __getitem__(self, position: int) -> Any:
        """Give the rule of one operand."""
        return partial(self.rule, position)


def entered(body: Function, value: Function, arity: int, **fields: Any) -> Operation:
    """An entry of the table under the body's name, as which it is printed unless said otherwise."""
    name, scalar = body.__name__, fields.get("scalar")
    places = ", ".join(["{0}", "{1}", "{2}"][:arity])
    tex = r"\operatorname{{" + name.replace("_", r"\_") + "}}"
    defaults = {"tex": f"{tex}({places})", "text": f"{name}({places})"}
    if isinstance(scalar, BuiltinFunctionType):  # math.sin is Math.sin there, max is Math.max
        defaults["javascript"] = f"Math.{scalar.__name__}({places})"
    operation = OPERATIONS[name] = Operation(name, value, **{**defaults, **fields})
    return operation


def applied_by(function: Function) -> Function:
    """The function that users call, also by an operator; numpy's method of its name leads to it."""
    name = function.__name__
    OPERATIONS[name].apply = function
    if operator := OPERATIONS[name].operator:
        setattr(Operand, f"__{operator}__", function)
        setattr(Operand, f"__r{operator}__", lambda right, left: function(left, right))
    if name in vars(np.ndarray):
        setattr(Node, name, missing(name, name))
    return function
