"""What the engine's readings say of one trace: signs, formulas, exact values."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

import minigrad
from docs_plugins import naming
from docs_plugins.compute.forward import Forward, apply
from docs_plugins.language import Constant
from docs_plugins.model import Formula, Shape
from minigrad import exact, printers


class Readings:
    """The readings of one trace, by node index."""

    def __init__(self, forward: Forward) -> None:
        self.forward = forward
        self.trace = forward.trace
        self.nodes: list[minigrad.Node] = list(self.trace.nodes)
        program = forward.program
        inputs = len(self.trace.inputs)
        self.steps = [program.steps[forward.step_of[node.index]] for node in self.nodes]
        assigned = {index: name for name, index in reversed(program.names.items())}
        self.names = [assigned.get(forward.step_of[node.index]) for node in self.nodes]
        self.addresses = [name or f"v{index + 1 - inputs}" for index, name in enumerate(self.names)]
        self.signs = naming.signs(self.names, inputs)
        self.atoms: dict[int, printers.Symbol] = {}
        self.cotangents: dict[int, printers.Symbol] = {}
        self.plain: dict[int, Any] = {}  # the writer's own names; a step without one by its formula
        for node, sign, name in zip(self.nodes, self.signs, self.names, strict=True):
            index, shape = node.index, node.shape
            self.atoms[index] = _symbol(sign.formula, shape)
            self.cotangents[index] = _symbol(sign.adjoint, shape)
            self.plain[index] = (
                printers.formula(node, self.plain)
                if name is None
                else printers.Symbol(name, name, shape=shape)
            )
        self._constants: dict[int, Any] = {}
        self.literals = self._literals()
        self.exact = exact.exact_values(self.trace, self.literals, self.atoms)

    def plain_formula(self, node: minigrad.Node) -> str:
        """A node in the writer's own names, as records have it."""
        if not node.operands:
            return str(self.names[node.index])
        return printers.to_text(printers.formula(node, self.plain))

    def exact_sweep(
        self, seed: Any = None
    ) -> tuple[list[Any], list[tuple[tuple[int, int, int], Any]]]:
        """Adjoints, and contributions with operand, consumer and position, as exact values."""
        adjoints, links = exact.exact_sweep(
            self.trace, self.literals, self.atoms, self.cotangents, seed
        )
        return adjoints, [
            ((link.operand.index, link.consumer.index, link.position), link) for link in links
        ]

    def _literals(self) -> dict[Any, Any]:
        """What the writer typed, as the engine's exact reading takes it."""
        found: dict[Any, Any] = {}
        for node, argument in zip(self.trace.inputs, self.forward.call.arguments, strict=True):
            found[node.index] = _exact_argument(argument)
        for node, step in zip(self.nodes, self.steps, strict=True):
            for position, operand in enumerate(step.operands):
                if isinstance(operand, Constant):
                    found[node.index, position] = operand.exact
                elif operand in self.forward.constants:
                    found[node.index, position] = self.constant(operand)
        return found

    def constant(self, step: int) -> Any:
        """A step that no parameter reaches, by the same operation on exact numbers."""
        if step not in self._constants:
            found = self.forward.program.steps[step]
            operands = [
                operand.exact if isinstance(operand, Constant) else self.constant(operand)
                for operand in found.operands
            ]
            value = apply(found, [exact.exact_array(operand) for operand in operands])
            self._constants[step] = exact.opened(value)
        return self._constants[step]


def _symbol(formula: Formula, shape: Shape) -> printers.Symbol:
    return printers.Symbol(formula.tex, formula.text, shape=shape)


def _exact_argument(argument: Any) -> Any:
    if isinstance(argument, tuple):
        return [_exact_argument(part) for part in argument]
    return argument.exact


def both(expression: Any) -> Formula:
    """An expression, or an exact number, as TeX and as plain text."""
    expression = printers.expression(expression)
    return Formula(printers.to_tex(expression), printers.to_text(expression))


def times(local: Any, adjoint: Any, shape: Shape) -> Formula:
    """Local partial times adjoint, both shown whatever they are: 1 · ṽ₅."""
    dot, sign = (r"\odot", "⊙") if shape else (r"\cdot", "·")
    tex = f"{_factor(local, 'tex', first=True)} {dot} {_factor(adjoint, 'tex')}"
    text = f"{_factor(local, 'text', first=True)} {sign} {_factor(adjoint, 'text')}"
    return Formula(tex, text)


def _factor(expression: Any, language: str, *, first: bool = False) -> str:
    expression = printers.expanded(printers.expression(expression))
    text, binds = printers.printed(expression, language)
    leading_minus = first and isinstance(expression, printers.Number)
    return text if binds >= 2 or leading_minus else f"({text})"


def fraction(value: Any) -> Fraction | None:
    """An exact value where it is a rational number."""
    return value if isinstance(value, Fraction) else None


def flat(value: Any, size: int) -> list[Any]:
    """The elements of an exact value in C order."""
    if value is None:
        return [None] * size
    return list(np.ravel(np.asarray(value, dtype=object)))
