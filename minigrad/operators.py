"""How Python's operators, and numpy's own functions, reach the table of operations."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from minigrad import ops
from minigrad.node import Node, Operand
from minigrad.operation import OPERATIONS


def _reflected(function: Any) -> Any:
    """An operator whose left operand is something else."""
    return lambda self, other: function(other, self)


BINARY = {
    "add": ops.add,
    "sub": ops.subtract,
    "mul": ops.multiply,
    "truediv": ops.divide,
    "pow": ops.power,
    "matmul": ops.matmul,
}
OTHERS = {
    "neg": ops.negative,
    "pos": lambda self: self,
    "abs": ops.abs,
    "gt": ops.greater,
    "ge": ops.greater_equal,
    "lt": ops.less,
    "le": ops.less_equal,
    "eq": ops.equal,
    "ne": ops.not_equal,
}
for name, function in (BINARY | OTHERS).items():
    setattr(Operand, f"__{name}__", function)
for name, function in BINARY.items():
    setattr(Operand, f"__r{name}__", _reflected(function))
Node.__getitem__ = ops.index


def _on_ufunc(_self: Operand, ufunc: Any, method: str, *operands: Any, **options: Any) -> Any:
    """What numpy asks for ``array * node``; its functions proper are refused by name."""
    apply = FROM_NUMPY.get(ufunc.__name__)
    if apply and method == "__call__" and not options:
        return apply(*operands)
    raise TypeError(_advice(ufunc.__name__))


def _no_method(name: str, ours: str) -> property:
    """What stands in a node where an array has a method; a ``__getattr__`` would slow all reads."""

    def refuse(_self: Operand) -> NoReturn:
        raise AttributeError(f"a traced value has no {name}: write minigrad.{ours}(x)")

    return property(refuse)


def _on_function(_self: Operand, function: Any, *_: Any) -> NoReturn:
    """What numpy asks for ``np.sum(node)``."""
    raise TypeError(_advice(function.__name__))


def _advice(name: str) -> str:
    """What to write instead of a function of numpy's."""
    ours = {"absolute": "abs", "amax": "max", "amin": "min"}.get(name, name)
    remedy = f"use minigrad.{ours}" if ours in OPERATIONS else "write it with minigrad's functions"
    return f"np.{name} knows no traced values: {remedy}"


FROM_NUMPY = {function.__name__: function for function in (BINARY | OTHERS).values()}
Node.__array_function__ = _on_function
for name in dir(np.ndarray):
    if name in OPERATIONS or name == "T":
        setattr(Node, name, _no_method(name, "transpose" if name == "T" else name))
Operand.__array_ufunc__ = _on_ufunc
