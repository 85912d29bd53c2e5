"""Whether an operation's JavaScript is its value: read back, and computed at a few points.

It is what a reader's browser runs when an input is moved. Compound operands show a bracket that is
missing.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import product
from typing import Any

from minigrad.operation import OPERATIONS
from minigrad.readings import expressions, printers

TOLERANCE = 1e-12
PROBES = (0.75, -1.25, 2.0, 0.0, 1.0)
STEPS = (0, 1, 3)  # from one operand's probe to the next one's
HALF = 0.25  # each operand is a sum: what is left of it, and this
# JavaScript's spelling, and Python's
_SPELLINGS = (
    (r"!==", "!="),
    (r"===", "=="),
    (r"&&", "and"),
    (r"\|\|", "or"),
    (r"\(\((\w)\) => (.+)\)\((.+)\)", r"(lambda \1: \2)(\3)"),
    (r"\((.+) \? (.+) : (.+)\)", r"((\2) if (\1) else (\3))"),
)
_OPERATORS: Mapping[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_MATH: Mapping[str, Callable[..., float]] = {
    "abs": abs,
    "log": lambda x: math.log(x) if x > 0 else -math.inf if x == 0 else math.nan,  # as there
    "max": max,
    "min": min,
    "sign": lambda x: (x > 0) - (x < 0),
}


def slips() -> Iterator[str]:
    """Yield where the JavaScript of an operation is not its value."""
    for name, operation in OPERATIONS.items():
        javascript = operation.scalar and operation.partials and operation.javascript
        if javascript and not _agree(name, javascript, operation.scalar):
            yield f"{name} is {javascript} in JavaScript, which gives something else"


@cache
def _agree(name: str, javascript: str, scalar: Any) -> bool:
    operation = OPERATIONS[name].replaced(javascript=javascript)
    arity = len(operation.partials or ())
    signs = [expressions.Symbol(letter, letter) for letter in "abcdef"[: 2 * arity]]
    sums = [
        expressions.Expression(OPERATIONS["add"], signs[i : i + 2]) for i in range(0, 2 * arity, 2)
    ]
    written = printers.printed(expressions.Expression(operation, sums), "javascript")[0]
    for spelling, ours in _SPELLINGS:
        written = re.sub(spelling, ours, written)
    try:
        tree = ast.parse(written, mode="eval").body
    except SyntaxError:
        return False
    return all(_near(tree, scalar, point) for point in _points(arity))


def _points(arity: int) -> set[tuple[float, ...]]:
    """Points with operands that are all alike, and others."""
    count = len(PROBES)
    return {
        tuple(PROBES[(start + step * place) % count] for place in range(arity))
        for start, step in product(range(count), STEPS)
    }


def _near(tree: ast.expr, scalar: Any, point: tuple[float, ...]) -> bool:
    """Whether both agree at a point; where there is no value, the browser is stopped anyway."""
    names = {}
    for position, x in enumerate(point):
        names["abcdef"[2 * position]], names["abcdef"[2 * position + 1]] = x - HALF, HALF
    try:
        expected = float(scalar(*point))
    except (ArithmeticError, ValueError):
        return True
    try:
        found = float(_value(tree, names))
    except (ArithmeticError, ValueError, LookupError, TypeError, AttributeError):
        return False
    return abs(found - expected) <= TOLERANCE * abs(expected)


def _value(node: ast.expr, names: Mapping[str, float]) -> Any:  # noqa: PLR0911  (a kind a line)
    match node:
        case ast.Constant(value):
            return value
        case ast.Name(name):
            return names[name]
        case ast.BinOp(left, sign, right) | ast.Compare(left, [sign], [right]):
            return _OPERATORS[type(sign)](_value(left, names), _value(right, names))
        case ast.UnaryOp(sign, operand):
            return _OPERATORS[type(sign)](_value(operand, names))
        case ast.BoolOp(sign, parts):
            found = (_value(part, names) for part in parts)
            return all(found) if isinstance(sign, ast.And) else any(found)
        case ast.IfExp(condition, then, otherwise):
            return _value(then if _value(condition, names) else otherwise, names)
        case ast.Call(ast.Attribute(ast.Name("Math"), name), operands):
            function = _MATH.get(name) or getattr(math, name)
            return function(*(_value(operand, names) for operand in operands))
        case ast.Call(ast.Lambda(ast.arguments(args=[ast.arg(name)]), body), [operand]):
            return _value(body, {**names, name: _value(operand, names)})
        case _:
            raise LookupError(ast.dump(node))
