"""What an operation is: an entry of the table, with its value, its rules and how they print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Function = Any
"""A callable as numpy has it; any value in, a value of the same kind out."""
OPERATIONS: dict[str, Operation] = {}
"""Every operation by name, in the order of declaration."""


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
        operator: The operator of Python's that applies it: "add" for ``+``.
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

    name: str
    value: Function
    scalar: Function = None
    partials: tuple[Function, ...] | None = None
    push: Sequence[Function] = ()
    pull: Sequence[Function] = ()
    tex: str = ""
    text: str = ""
    javascript: str = ""
    operator: str = ""
    binds: int = 9
    domain: str = ""
    kink: str = ""
    at_kink: Function = None
    exact: Function = None
    generic: Function = None
    objects: Function = None
    sized: Function = None
    carries: bool = False
    blind: bool = False
    guard: bool = False
    apply: Function = None

    def __init__(self, name: str, value: Function, **given: Any) -> None:
        """Take what is given, and the defaults; raises `TypeError` for an unknown field."""
        if not given.keys() <= DEFAULTS.keys():
            unknown = ", ".join(given.keys() - DEFAULTS.keys())
            raise TypeError(f"an operation has no {unknown}: {', '.join(DEFAULTS)}")
        vars(self).update(DEFAULTS | given, name=name, value=value)

    def replaced(self, **changes: Any) -> Operation:
        """The same operation but for some fields; it is in no table, and nothing applies it yet."""
        return Operation(**{**vars(self), "apply": None, **changes})


DEFAULTS = {field: getattr(Operation, field, None) for field in Operation.__annotations__}
"""What an entry of the table need not say."""


def first_operand(y: Any, a: Any, b: Any) -> Any:  # noqa: ARG001
    """The rule of a product by its second factor; sweeps know it, and spare its call."""
    return a


def second_operand(y: Any, a: Any, b: Any) -> Any:  # noqa: ARG001
    """The rule of a product by its first factor, likewise."""
    return b


CONSTANT = Operation("constant", None)
INPUT = Operation("input", None)
