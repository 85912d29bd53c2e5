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


OPERATORS = {
    "__add__": ops.add,
    "__radd__": _reflected(ops.add),
    "__sub__": ops.subtract,
    "__rsub__": _reflected(ops.subtract),
    "__mul__": ops.multiply,
    "__rmul__": _reflected(ops.multiply),
    "__truediv__": ops.divide,
    "__rtruediv__": _reflected(ops.divide),
    "__pow__": ops.power,
    "__rpow__": _reflected(ops.power),
    "__matmul__": ops.matmul,
    "__rmatmul__": _reflected(ops.matmul),
    "__neg__": ops.negative,
    "__pos__": lambda self: self,
    "__abs__": ops.abs,
    "__gt__": ops.greater,
    "__ge__": ops.greater_equal,
    "__lt__": ops.less,
    "__le__": ops.less_equal,
    "__eq__": ops.equal,
    "__ne__": ops.not_equal,
}
for method, function in OPERATORS.items():
    setattr(Operand, method, function)
Node.__getitem__ = ops.index


def _on_ufunc(_self: Operand, ufunc: Any, method: str, *operands: Any, **options: Any) -> Any:
    """What numpy asks for ``array * node``; its functions proper are refused by name."""
    apply = FROM_NUMPY.get(ufunc)
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


FROM_NUMPY = {
    ufunc: f
    for f in OPERATORS.values()
    if (ufunc := getattr(np, f.__name__, None)) and ufunc.__name__ == f.__name__
}
Node.__array_function__ = _on_function
for name in dir(np.ndarray):
    if name in OPERATIONS or name == "T":
        setattr(Node, name, _no_method(name, "transpose" if name == "T" else name))
Operand.__array_ufunc__ = _on_ufunc
