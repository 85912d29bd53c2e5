"""How constants are written in formulas: 1/3 and ln 2, not the decimals nearest to them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from docs_plugins.language import Constant, Step
from minigrad.operation import OPERATIONS
from minigrad.readings import exact, expressions, printers

Place = tuple[int, int]  # index of a node, position among its operands
LONGEST = 30  # characters of a constant as typed; its value is clearer then
LARGEST = 10**6  # of a fraction's terms


def written(literals: Mapping[Any, Any]) -> dict[Place, Any]:
    """The exact constants that are short enough to be written; others are shown as decimals."""
    return {
        place: value
        for place, value in literals.items()
        if isinstance(place, tuple) and all(map(_is_short, np.asarray(value, object).flat))
    }


def _is_short(value: Any) -> bool:
    if not isinstance(value, Fraction | int):
        return not exact.is_long(value)
    whole = Fraction(value)
    terms = max(abs(whole.numerator), whole.denominator)
    return terms <= LARGEST or printers.decimal(whole) is not None


def typed(steps: tuple[Step, ...], operand: int | Constant) -> expressions.Expression | None:
    """A constant as the writer typed it, 2 · 3; None where it is an array, or long."""
    if isinstance(operand, Constant):
        return None
    found = _typed(steps, operand)
    return found if found is not None and len(printers.to_text(found)) <= LONGEST else None


def _typed(steps: tuple[Step, ...], operand: int | Constant) -> expressions.Expression | None:
    if isinstance(operand, Constant):
        return expressions.Number(operand.exact)
    step = steps[operand]
    operation = OPERATIONS.get(step.function)
    if operation is None or operation.partials is None:
        return None
    parts = [_typed(steps, part) for part in step.operands]
    known = [part for part in parts if part is not None]
    return expressions.Expression(operation, known) if len(known) == len(parts) else None
