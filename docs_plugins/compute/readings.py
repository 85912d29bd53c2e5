"""What the engine's readings say of one trace at one point: its words, and its exact values."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

import minigrad
from docs_plugins.compute import constants
from docs_plugins.compute.forward import Forward, apply
from docs_plugins.compute.wording import Edge, Key, words
from docs_plugins.language import Constant
from minigrad.readings import exact, symbolic


class Readings:
    """The readings of one trace, by node index."""

    def __init__(self, forward: Forward) -> None:
        self.forward = forward
        self.trace = forward.trace
        self.nodes: list[minigrad.Node] = list(self.trace.nodes)
        program = forward.program
        self.steps = [program.steps[forward.step_of[node.index]] for node in self.nodes]
        assigned = {index: name for name, index in reversed(list(program.names.items()))}
        self.names = tuple(assigned.get(forward.step_of[node.index]) for node in self.nodes)
        self.labels = program.output_labels()
        shapes = tuple(node.shape for node in self.trace.inputs)
        self._constants: dict[int, Any] = {}
        self.literals = self._literals()
        self.written = constants.written(self.literals)
        key = Key(
            program.steps,
            program.outputs,
            self.names,
            self.labels,
            shapes,
            self.trace,
            self.written,
            self._typed(),
        )
        self.words = words(key)
        self.tape, self.exact = exact.exact_values(self.trace, self.literals, self.words.atoms)

    @cached_property
    def sizes(self) -> minigrad.Magnitudes:
        """Sizes without cancellation, for the one output or for ones."""
        return self.trace.magnitudes()

    def exact_sweep(self, seed: Any = None) -> tuple[list[Any], dict[Edge, Any]]:
        """Adjoints, and contributions by operand, consumer and position, as exact values."""
        adjoints, links = exact.exact_sweep(self.trace, self.tape, self.words.cotangents, seed)
        return adjoints, {
            (link.operand.index, link.consumer.index, link.position): link.value for link in links
        }

    def exact_atoms(self) -> dict[Any, Any]:
        """The exact values of scalars and constants, signs where they are too long."""
        atoms = self.words.atoms
        return self.written | {
            index: exact.named(value, atoms[index])
            for index, value in enumerate(self.exact)
            if not self.nodes[index].shape
        }

    def constant(self, step: int) -> Any:
        """A step that no parameter reaches, by the same operation on exact numbers."""
        if step not in self._constants:
            found = self.forward.program.steps[step]
            operands = [
                operand.exact if isinstance(operand, Constant) else self.constant(operand)
                for operand in found.operands
            ]
            value = apply(found, [symbolic.spelled(operand) for operand in operands])
            self._constants[step] = exact.opened(value)
        return self._constants[step]

    def _typed(self) -> dict[constants.Place, Any]:
        """Constants as typed, where they are more than one number."""
        steps = self.forward.program.steps
        found = {
            (node.index, position): constants.typed(steps, operand)
            for node, step in zip(self.nodes, self.steps, strict=True)
            for position, operand in enumerate(step.operands)
            if isinstance(operand, int) and operand in self.forward.constants
        }
        return {place: one for place, one in found.items() if one is not None}

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


def _exact_argument(argument: Any) -> Any:
    if isinstance(argument, tuple):
        return [_exact_argument(part) for part in argument]
    return argument.exact


def fraction(value: Any) -> Fraction | None:
    """An exact value where it is a rational number."""
    return value if isinstance(value, Fraction) else None


def flat(value: Any, size: int) -> list[Any]:
    """The elements of an exact value in C order."""
    if value is None:
        return [None] * size
    return list(np.ravel(np.asarray(value, dtype=object)))
