"""Numbers as typed: literals, the arguments of calls, and what an option or an index may be."""

from __future__ import annotations

import ast
import math
import re

from docs_plugins.language.program import Constant, ProgramError
from docs_plugins.language.refusals import refusal

LONGEST_LITERAL = 40
LARGEST_WHOLE = 1_000_000  # of an axis, an index, a shape
DECIMAL = re.compile(r"(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?", re.IGNORECASE)


def number(node: ast.expr, lines: list[str]) -> Constant | None:
    """Return the literal, its signs folded in, or None where the expression is none."""
    negative = False
    while isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        negative ^= isinstance(node.op, ast.USub)
        node = node.operand
    if not isinstance(node, ast.Constant) or type(node.value) not in (int, float):
        return None
    text = lines[node.lineno - 1][node.col_offset : node.end_col_offset].replace("_", "")
    if len(text) > LONGEST_LITERAL:
        raise ProgramError(
            f"the number {text[:12]}… has {len(text)} digits, more than {LONGEST_LITERAL}",
            node.lineno,
            "a double holds 17: round it",
        )
    if not DECIMAL.fullmatch(text):
        raise ProgramError(f"{text} is not a decimal number", node.lineno, f"write {node.value!r}")
    value = float(text)
    digits = re.split("[eE]", text)[0]
    if math.isinf(value) or (value == 0 and re.search("[1-9]", digits)):
        raise ProgramError(
            f"the number {text} is too {'large' if value else 'small'} for a double",
            node.lineno,
            "write one between 1e-300 and 1e300",
        )
    if value == 0:
        text = digits  # no exponent, which would have to be worked out
        negative = negative and isinstance(node.value, float)  # a whole zero has no sign
    return Constant(-value, "-" + text) if negative else Constant(value, text)


def argument(node: ast.expr, lines: list[str]) -> object:
    """Return an argument of a call: a `Constant`, or nested tuples of them for nested lists."""
    constant = number(node, lines)
    if constant is not None:
        return constant
    if not isinstance(node, ast.List):
        raise _no_number(node, lines)
    if not node.elts:
        raise ProgramError("an empty list is no argument", node.lineno, "write numbers into it")
    items = tuple(argument(element, lines) for element in node.elts)
    if len({_shape(item) for item in items}) > 1:
        raise ProgramError(
            "the rows of a list differ in length", node.lineno, "make them equally long"
        )
    return items


def _shape(item: object) -> tuple[int, ...]:
    return (len(item), *_shape(item[0])) if isinstance(item, tuple) else ()


def _no_number(node: ast.expr, lines: list[str]) -> ProgramError:
    source = lines[node.lineno - 1]
    end = node.end_col_offset if node.end_lineno == node.lineno else None
    text = source[node.col_offset : end].strip()
    shown = text if len(text) <= 30 else text[:29] + "…"
    remedy = "write a number, or a list of numbers: [1, 2]"
    if isinstance(node, ast.Tuple):
        remedy = "write a list: [1, 2]"
    elif isinstance(node, ast.Starred | ast.Attribute | ast.Lambda | ast.NamedExpr):
        return refusal(node)
    return ProgramError(f"the argument {shown} is not a number", node.lineno, remedy)


def whole(node: ast.expr) -> int | None:
    """Return a whole number as typed, signs folded in, or None."""
    negative = False
    while isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        negative ^= isinstance(node.op, ast.USub)
        node = node.operand
    if not isinstance(node, ast.Constant) or type(node.value) is not int:
        return None
    if node.value > LARGEST_WHOLE:
        raise ProgramError(
            f"{str(node.value)[:12]} is too large here", node.lineno, "write a smaller one"
        )
    return -node.value if negative else node.value


def wholes(node: ast.expr) -> tuple[int, ...] | None:
    """Return a tuple or list of whole numbers as typed, or None."""
    if not isinstance(node, ast.Tuple | ast.List):
        return None
    items = [whole(element) for element in node.elts]
    return None if None in items else tuple(item for item in items if item is not None)


def option(node: ast.expr, wanted: str, name: str) -> object:
    """Return the value of a keyword; raises `ProgramError` where it is not what is wanted there."""
    if wanted == "True or False":
        if isinstance(node, ast.Constant) and isinstance(node.value, bool):
            return node.value
    else:
        if wanted == "axis or axes" and isinstance(node, ast.Constant) and node.value is None:
            return None
        single = None if wanted == "axes" else whole(node)
        if single is not None:
            return single
        several = None if wanted == "axis" else wholes(node)
        if several is not None:
            return several
    examples = {
        "True or False": "True or False",
        "axis": "a whole number, such as 0",
        "axis or axes": "a whole number, a tuple of them, or None",
        "shape": "a tuple of whole numbers, such as (2, 3)",
        "axes": "a tuple of whole numbers, such as (1, 0)",
    }
    raise ProgramError(f"{name} cannot be that", node.lineno, f"write {examples[wanted]}")


def index(node: ast.expr) -> object:
    """Return what stands between the brackets of an index: an int, a slice, or a tuple of these."""
    if isinstance(node, ast.Tuple) and node.elts:
        return tuple(_index_part(element) for element in node.elts)
    return _index_part(node)


def _index_part(node: ast.expr) -> object:
    if isinstance(node, ast.Slice):
        start, stop, step = (
            None if part is None else _whole_index(part)
            for part in (node.lower, node.upper, node.step)
        )
        if step == 0:
            raise ProgramError("the step of a slice is 0", node.lineno, "write 1 or more, or -1")
        return slice(start, stop, step)
    return _whole_index(node)


def _whole_index(node: ast.expr) -> int:
    value = whole(node)
    if value is None:
        raise ProgramError(
            "an index is a whole number or a slice",
            node.lineno,
            "write x[0], x[-1], x[0, 1] or x[1:3]",
        )
    return value
