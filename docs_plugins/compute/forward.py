"""The forward pass of one call: the program's steps applied by the engine, and their mistakes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

import minigrad
from docs_plugins.language import Call, Constant, Program, Step

MOST_ELEMENTS = 4096  # of one value

SIGNS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "power": "**", "matmul": "@"}

Value = Any  # a float, an array, or the engine's node


@dataclass(frozen=True, slots=True)
class Mistake:
    """Why a call has no result: at a line of the block's text."""

    line: int
    item: str
    message: str
    remedy: str


class ComputationError(ValueError):
    """A call that cannot be computed, or whose second opinion differs; lists every mistake."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        """Keep the mistakes for the page's lines."""
        super().__init__("; ".join(mistake.message for mistake in mistakes))
        self.mistakes = tuple(mistakes)
        self.remedy = mistakes[0].remedy if mistakes else ""


class Forward:
    """The engine's trace of one call, and which step each of its nodes belongs to."""

    def __init__(self, program: Program, call: Call) -> None:
        self.program = program
        self.call = call
        self.step_of: dict[int, int] = {}  # node index -> step
        self.node_of: dict[int, int] = {}  # step -> node index
        self.constants: dict[int, Value] = {}  # steps that no parameter reaches
        self.at = 0
        arguments = [_plain(argument) for argument in call.arguments]
        try:
            self.trace = minigrad.trace(self.walk, *arguments)
        except minigrad.DomainError as error:
            raise self.refused(error, self.at) from None
        except (ArithmeticError, TypeError, ValueError) as error:
            raise ComputationError([self.mistake(str(error), self.at)]) from None

    def refused(self, error: minigrad.DomainError, step: int | None = None) -> ComputationError:
        """The engine's domain error as a page's: in the writer's own names."""
        if step is None:
            step = self.step_of.get(error.node if error.node is not None else -1, self.at)
        found = self.program.steps[step]
        pairs = list(zip(found.operands, error.operands, strict=False))
        if found.function in SIGNS:
            known = [self._told(*pair) for pair in pairs if not isinstance(pair[0], Constant)]
            what = f"{self._written(found)} with {', '.join(known)}"
        else:
            what = f"{found.function} of {', '.join(self._told(*pair) for pair in pairs)}"
        message = f"{what}: {error.reason}" if pairs else error.reason
        return ComputationError([self.mistake(message, step, "choose other inputs")])

    def _told(self, operand: int | Constant, value: Value) -> str:
        shown = _short(value)
        if isinstance(operand, Constant):
            return operand.text
        name = self.program.steps[operand].name or self.source(operand)
        return f"{name} = {shown}" if name != shown else shown

    def source(self, step: int) -> str:
        """A step in the writer's own names."""
        found = self.program.steps[step]
        if found.name:
            return found.name
        node = self.node_of.get(step)
        if node is None:
            return _short(self.constants.get(step, 0.0))
        return self._written(found)

    def _written(self, step: Step) -> str:
        operands = [
            operand.text if isinstance(operand, Constant) else self.source(operand)
            for operand in step.operands
        ]
        sign = SIGNS.get(step.function)
        if sign and len(operands) == 2:
            return f"{operands[0]} {sign} {operands[1]}"
        return f"{step.function}({', '.join(operands)})"

    def mistake(self, message: str, step: int, remedy: str = "") -> Mistake:
        """A mistake at the line of a step."""
        found = self.program.steps[step]
        return Mistake(found.line, self.call.name, message, remedy)

    def walk(self, *inputs: Value) -> Any:
        """Apply every step to inputs; several results are a tuple."""
        values: list[Value] = []
        for index, step in enumerate(self.program.steps):
            self.at = index
            value = inputs[index] if step.function == "input" else self._apply(step, values)
            size = prod(np.shape(value.value if isinstance(value, minigrad.Node) else value))
            if size > MOST_ELEMENTS:
                mistake = self.mistake(
                    f"an array of {size} numbers", index, f"at most {MOST_ELEMENTS} on a page"
                )
                raise ComputationError([mistake])
            if isinstance(value, minigrad.Node):
                self.step_of[value.index] = index
                self.node_of[index] = value.index
            else:
                self.constants[index] = value
            values.append(value)
        returned = tuple(values[index] for index in self.program.outputs)
        return returned if len(returned) > 1 else returned[0]

    def _apply(self, step: Step, values: Sequence[Value]) -> Value:
        operands = [
            operand.value if isinstance(operand, Constant) else values[operand]
            for operand in step.operands
        ]
        return apply(step, operands)


def apply(step: Step, operands: Sequence[Value]) -> Value:
    """One step on numbers, nodes or expressions."""
    options = dict(step.options)
    if step.function == "constant":
        return operands[0]
    function = minigrad.OPERATIONS[step.function].apply
    if step.function == "index":
        return function(operands[0], options["index"])
    if step.function in {"stack", "concatenate"}:
        return function(operands, **options)
    return function(*operands, **options)


def _plain(argument: Any) -> Any:
    if isinstance(argument, tuple):
        return [_plain(part) for part in argument]
    return argument.value


def _short(value: Value) -> str:
    text = repr(value) if isinstance(value, float) else np.array2string(np.asarray(value))
    return text if len(text) <= 60 else f"{text[:57]}…"
