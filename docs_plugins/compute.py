"""The one door to minigrad: a Program and one of its calls in, a Computation out.

The program's steps are walked with the engine's functions on the engine's nodes, so the trace has
one node a step. All that is printed of it comes from the engine's own readings of its rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

import minigrad
from docs_plugins import naming, second
from docs_plugins.language import Call, Constant, Program, Step
from docs_plugins.model import (
    Computation,
    Entry,
    Formula,
    Jacobian,
    Link,
    Number,
    Output,
    Shape,
    Variable,
    elements,
)
from minigrad import exact, printers

MOST_ELEMENTS = 4096  # of one value
MOST_ENTRIES = 4096  # of a Jacobian
MOST_SYMBOLS = 400  # entries of a Jacobian that are also written in symbols

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


def run(program: Program, call: Call) -> Computation:
    """Compute one call of a program and everything that pages may show of it.

    Raises `ComputationError` where a value or a derivative does not exist, where an array is too
    large, and where the second opinion differs.
    """
    forward = _Forward(program, call)
    return _build(forward)


def rerun(computation: Computation, changes: Mapping[str, float]) -> Computation:
    """Compute the same function with some inputs changed, by name or element: ``{"w11": 0.3}``."""
    program, call = computation.program, computation.call
    arguments = tuple(
        _changed(argument, name, (), changes)
        for name, argument in zip(program.parameters, call.arguments, strict=True)
    )
    return run(program, replace(call, arguments=arguments))


def _changed(argument: Any, name: str, place: tuple[int, ...], changes: Mapping[str, float]) -> Any:
    if isinstance(argument, tuple):
        return tuple(
            _changed(part, name, (*place, index), changes) for index, part in enumerate(argument)
        )
    address = f"{name}[{','.join(map(str, place))}]" if place else name
    if address not in changes:
        return argument
    return Constant(changes[address], repr(changes[address]))


# --- the forward pass


class _Forward:
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
            self.trace = minigrad.trace(self._walk, *arguments)
        except minigrad.DomainError as error:
            raise self.refused(error, self.at) from None
        except (ArithmeticError, TypeError, ValueError) as error:
            raise ComputationError([self._mistake(str(error), self.at)]) from None

    def refused(self, error: minigrad.DomainError, step: int | None = None) -> ComputationError:
        """The engine's domain error as a page's: in the writer's own names."""
        if step is None:
            step = self.step_of.get(error.node if error.node is not None else -1, self.at)
        found = self.program.steps[step]
        operands = ", ".join(
            self._told(operand, value)
            for operand, value in zip(found.operands, error.operands, strict=False)
        )
        reason = error.reason
        message = f"{_function(found)} of {operands}: {reason}" if operands else reason
        return ComputationError([self._mistake(message, step, "choose other inputs")])

    def _told(self, operand: int | Constant, value: Value) -> str:
        shown = _short(value)
        if isinstance(operand, Constant):
            return operand.text
        name = self.program.steps[operand].name or plain_text(self.program, operand)
        return f"{name} = {shown}"

    def _mistake(self, message: str, step: int, remedy: str = "") -> Mistake:
        found = self.program.steps[step]
        name = f" ({found.name})" if found.name and found.function != "input" else ""
        return Mistake(found.line, self.call.name, message + name, remedy)

    def _walk(self, *inputs: Value) -> Any:
        values: list[Value] = []
        for index, step in enumerate(self.program.steps):
            self.at = index
            value = inputs[index] if step.function == "input" else self._apply(step, values)
            size = int(np.prod(np.shape(getattr(value, "value", value))))
            if size > MOST_ELEMENTS:
                mistake = self._mistake(
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


def _function(step: Step) -> str:
    return {"multiply": "product", "divide": "quotient", "add": "sum"}.get(
        step.function, step.function
    )


# --- what is printed


class _Readings:
    """The engine's readings of one trace: signs, formulas, exact values."""

    def __init__(self, forward: _Forward) -> None:
        trace = forward.trace
        program = forward.program
        self.nodes: list[minigrad.Node] = list(trace.nodes)
        steps = [program.steps[forward.step_of[node.index]] for node in self.nodes]
        assigned = {index: name for name, index in reversed(program.names.items())}
        self.names = [assigned.get(forward.step_of[node.index]) for node in self.nodes]
        inputs = len(trace.inputs)
        self.steps = steps
        self.addresses = [
            name or f"v{index + 1 - inputs}" for index, name in enumerate(self.names)
        ]
        self.signs = naming.signs(self.names, inputs)
        shapes = [node.shape for node in self.nodes]
        self.atoms = {
            node.index: printers.Symbol(sign.formula.tex, sign.formula.text, shape=shape)
            for node, sign, shape in zip(self.nodes, self.signs, shapes, strict=True)
        }
        self.cotangents = {
            node.index: printers.Symbol(sign.adjoint.tex, sign.adjoint.text, shape=shape)
            for node, sign, shape in zip(self.nodes, self.signs, shapes, strict=True)
        }
        self.plain: dict[int, printers.Symbol] = {}
        for node, name in zip(self.nodes, self.names, strict=True):
            text = name or f"({printers.to_text(printers.formula(node, self.plain))})"
            self.plain[node.index] = printers.Symbol(text, text, shape=node.shape)
        self.exact = _exact_values(self.nodes, forward, self.atoms)

    def plain_formula(self, node: minigrad.Node) -> str:
        """A node in the writer's own names, as records have it."""
        if not node.operands:
            return str(self.names[node.index])
        return printers.to_text(printers.formula(node, self.plain))


def _exact_values(
    nodes: Sequence[minigrad.Node], forward: _Forward, atoms: Mapping[int, printers.Symbol]
) -> dict[int, Any]:
    """Each node's value as an exact expression (an object array of them), by the same operations.

    A long expression is replaced by the node's own sign, which is exact no more.
    """
    found: dict[int, Any] = {}
    for node, argument in zip(forward.trace.inputs, forward.call.arguments, strict=True):
        found[node.index] = _exact_argument(argument)
    for node in nodes[len(found) :]:
        operands = [
            found[operand.index] if operand.index >= 0 else _exact_constant(operand.value)
            for operand in node.operands
        ]
        value = _read(node, operands)
        found[node.index] = _abbreviated(value, printers.elements(atoms[node.index], node.shape))
    return found


def _read(node: minigrad.Node, operands: Sequence[Any]) -> Any:
    options = dict(node.options or {})
    if node.operation.name in {"stack", "concatenate"}:
        return node.operation.apply(operands, **options)
    return node.operation.apply(*operands, **options)


def _exact_argument(argument: Any) -> Any:
    if isinstance(argument, tuple):
        return np.array([_exact_argument(part) for part in argument], dtype=object)
    return printers.expression(argument.exact)


def _exact_constant(value: Value) -> Any:
    if isinstance(value, float):
        return printers.expression(value)
    return np.frompyfunc(printers.expression, 1, 1)(value)


def _abbreviated(value: Any, symbols: Any) -> Any:
    if isinstance(value, np.ndarray):
        return np.frompyfunc(_abbreviated, 2, 1)(value, symbols)
    if isinstance(value, printers.Number):
        return value
    return symbols if len(printers.to_text(value)) > LONGEST_EXACT else value


def _build(forward: _Forward) -> Computation:
    readings = _Readings(forward)
    trace = forward.trace
    scalar = len(trace.outputs) == 1 and trace.outputs[0].shape == ()
    try:
        sweep = trace.backward(contributions=True) if scalar else None
        jacobian = trace.jacobian()
    except minigrad.DomainError as error:
        raise forward.refused(error) from None
    return _Assembly(forward, readings, sweep, jacobian).computation()
