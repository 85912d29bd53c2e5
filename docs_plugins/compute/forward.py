"""The forward pass of one call: the program's steps applied by the engine, and their mistakes."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np

import minigrad
from docs_plugins.language import Call, Constant, Program, Step
from minigrad.readings import printers

LISTED = frozenset(("stack", "concatenate"))
LONGEST = 80  # characters of a step in a message
MOST_ELEMENTS = 4096  # of one value

SIGNS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "power": "**", "matmul": "@"}

Value = Any  # a float, an array, or the engine's node


class Mistake(NamedTuple):
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
        constant = step in self.program.constant_steps()
        remedy = "change the numbers in this line" if constant else "choose other inputs"
        return ComputationError([self.mistake(self._refusal(found, pairs, error), step, remedy)])

    def _refusal(
        self, step: Step, pairs: Sequence[tuple[int | Constant, Value]], error: minigrad.DomainError
    ) -> str:
        reason = error.reason
        if step.function == "power" and reason.startswith("the value") and _is_defined(*pairs):
            reason = "the value is too large for a double"
        if not pairs:
            return reason
        if step.function not in SIGNS:
            return f"{step.function} of {', '.join(self._told(*pair) for pair in pairs)}: {reason}"
        told = (self._told(*pair) for pair in pairs if not isinstance(pair[0], Constant))
        known = ", ".join(dict.fromkeys(one for one in told if "=" in one))
        return f"{self._written(step)}{f' with {known}' if known else ''}: {reason}"

    def _told(self, operand: int | Constant, value: Value) -> str:
        shown = _short(value)
        if isinstance(operand, Constant):
            return operand.text
        name = self.source(operand)
        return f"{name} = {shown}" if name != shown else shown

    def source(self, step: int) -> str:
        """A step in the writer's own names."""
        found = self.program.steps[step]
        text = found.name or self._written(found)
        return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"

    def _written(self, step: Step) -> str:
        sign = SIGNS.get(step.function)
        if sign and len(step.operands) == 2:
            left, right = (self._operand(operand) for operand in step.operands)
            return f"{left} {sign} {right}"
        operands = ", ".join(
            operand.text if isinstance(operand, Constant) else self.source(operand)
            for operand in step.operands
        )
        options = dict(step.options)
        if step.function == "negative":
            return f"-{self._operand(step.operands[0])}"
        if step.function == "index":
            return f"{operands}[{printers.printed_key(options['index'])}]"
        if step.function in LISTED:
            operands = f"[{operands}]"
        given = "".join(f", {name}={value}" for name, value in options.items())
        return f"{step.function}({operands}{given})"

    def _operand(self, operand: int | Constant) -> str:
        """An operand of an operator, in brackets where it is itself a sum, product or power."""
        if isinstance(operand, Constant):
            return operand.text
        inner = self.program.steps[operand]
        text = self.source(operand)
        plain = inner.name or inner.function not in {*SIGNS, "negative"}
        return text if plain else f"({text})"

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
    if step.function in LISTED:
        return function(operands, **options)
    return function(*operands, **options)


def _plain(argument: Any) -> Any:
    if isinstance(argument, tuple):
        return [_plain(part) for part in argument]
    return argument.value


def _is_defined(base: tuple[Any, Value], exponent: tuple[Any, Value]) -> bool:
    """Whether a power is a real number, so that it can only be too large."""
    a, b = np.asarray(base[1]), np.asarray(exponent[1])
    return bool(np.all((a > 0) | ((b == np.floor(b)) & ((a != 0) | (b >= 0)))))


def _short(value: Value) -> str:
    text = repr(np.asarray(value).tolist())  # on one line, as every message is
    return text if len(text) <= 60 else f"{text[:57]}…"
