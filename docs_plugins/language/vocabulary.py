"""What a block may say: functions with their arguments, operators; and names already taken."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import NamedTuple

from minigrad.operation import OPERATIONS


class Signature(NamedTuple):
    """How one function is called: its operands by name, and its keywords with what each may be.

    With `listed`, the operands are given as one list: ``stack([a, b])``.
    """

    operands: tuple[str, ...]
    options: Mapping[str, str]
    listed: bool = False
    positional: tuple[str, ...] = ()  # options that may be given by position too


NO_OPTIONS: Mapping[str, str] = {}
REDUCTION = {"axis": "axis or axes", "keepdims": "True or False"}
AXIS = {"axis": "axis"}

COMPARISONS = ("equal", "greater", "greater_equal", "less", "less_equal", "not_equal")
REDUCTIONS = ("logsumexp", "max", "mean", "min", "prod", "sum")


def elementwise(operands: int) -> tuple[str, ...]:
    """Return the names of the engine's public elementwise operations of so many operands."""
    return tuple(
        name
        for name, operation in OPERATIONS.items()
        if len(operation.partials or ()) == operands and not operation.guard
    )


FUNCTIONS: Mapping[str, Signature] = {
    **{name: Signature(("x",), NO_OPTIONS) for name in elementwise(1)},
    **{name: Signature(("a", "b"), NO_OPTIONS) for name in (*elementwise(2), "dot", "matmul")},
    **{name: Signature(("x",), REDUCTION) for name in REDUCTIONS},
    "softmax": Signature(("x",), AXIS),
    "where": Signature(("condition", "a", "b"), NO_OPTIONS),
    "reshape": Signature(("x",), {"shape": "shape"}, positional=("shape",)),
    "transpose": Signature(("x",), {"axes": "axes"}, positional=("axes",)),
    "stack": Signature(("arrays",), AXIS, listed=True),
    "concatenate": Signature(("arrays",), AXIS, listed=True),
}
ALIASES: Mapping[str, str] = {"ln": "log"}

OPERATORS: Mapping[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.Pow: "power",
    ast.MatMult: "matmul",
}
RELATIONS: Mapping[type[ast.cmpop], str] = {
    ast.Gt: "greater",
    ast.Lt: "less",
    ast.GtE: "greater_equal",
    ast.LtE: "less_equal",
    ast.Eq: "equal",
    ast.NotEq: "not_equal",
}

RESERVED: Mapping[str, str] = {
    **dict.fromkeys(("adjoint", "d", "from", "jacobian", "value"), "a quantity"),
    **dict.fromkeys(
        ("chain", "descent", "graph", "network", "trace", "unit", "work"),
        "a view",
    ),
    **dict.fromkeys(("literal", "ref"), "a word of the page language"),
}

# What people write who come from elsewhere; `difflib` would not find these.
COUSINS: Mapping[str, str] = {
    "pow": "power(a, b), or a ** b",
    "absolute": "abs(x)",
    "fabs": "abs(x)",
    "asarray": "a list: [1, 2]",
    "array": "a list: [1, 2]",
    "atan": "arctan(x)",
    "average": "mean(x)",
    "concat": "concatenate([a, b])",
    "log10": "log(x) / log(10)",
    "log2": "log(x) / log(2)",
    "logistic": "sigmoid(x)",
    "product": "prod(x)",
    "range": "each step on a line of its own; there are no loops",
}
