"""The units of a feed-forward network, found in the trace of its error.

A unit adds up products of a weight with a signal, and perhaps a bias, and sends the sum through a
function of one variable. Signals are the inputs and the units before. What uses units in any other
way belongs to the error.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from docs_plugins.model import Computation, Variable

SUMS = frozenset(("add", "subtract"))


class Weighted(NamedTuple):
    """One link of a network: a weight on the way from a signal to a unit; a bias has no signal."""

    signal: int | None
    weight: int


class Unit(NamedTuple):
    """One unit by its output's index, and what it adds up."""

    output: int
    summands: tuple[Weighted, ...]


class Network(NamedTuple):
    """A feed-forward network: indices of the trace's variables."""

    inputs: tuple[int, ...]
    units: tuple[Unit, ...]
    results: tuple[int, ...]  # units that the error reads, or the output
    labels: tuple[int, ...]
    error: int | None  # the error's variable; None where the output is a unit


class NoNetworkError(ValueError):
    """A computation that is no feed-forward network of numbers."""


def network(computation: Computation, inputs: Sequence[str], labels: Sequence[str]) -> Network:
    """Find the units, given which parameters are inputs and which are labels.

    Raises `NoNetworkError` where there are none, and for arrays.
    """
    if any(variable.shape for variable in computation.variables):
        raise NoNetworkError("it computes with arrays; a network is drawn of numbers")
    if len(computation.outputs) != 1 or computation.outputs[0].variable is None:
        raise NoNetworkError("it has several outputs; a network is drawn with one error")
    return _Search(computation, inputs, labels).found()


class _Search:
    """One walk along a trace: what each variable is in the network."""

    def __init__(
        self, computation: Computation, inputs: Sequence[str], labels: Sequence[str]
    ) -> None:
        self.computation = computation
        self.variables = computation.variables
        self.signals = {v.index for v in self.variables if v.address in inputs}
        self.inputs = tuple(sorted(self.signals))
        self.labels = tuple(v.index for v in self.variables if v.address in labels)
        self.weights = {
            v.index
            for v in self.variables
            if v.operation == "input" and v.address not in inputs and v.address not in labels
        }
        self.sums: dict[int, tuple[Weighted, ...]] = {}
        self.units: dict[int, Unit] = {}

    def found(self) -> Network:
        """Walk, and put together what was met."""
        for variable in self.variables:
            if variable.operation != "input":
                self.meet(variable)
        last = self.computation.outputs[0].variable
        if last in self.sums:
            self.promote(last)
        if not self.units:
            raise NoNetworkError("no product of a weight with an input was found in it")
        inside = self.inside()
        error = None if last in self.units else last
        results = [last] if error is None else sorted(self.read_by_error(inside))
        return Network(
            self.inputs,
            tuple(self.units[index] for index in sorted(self.units)),
            tuple(index for index in results if index is not None),
            tuple(index for index in self.labels if error is not None),
            error,
        )

    def meet(self, variable: Variable) -> None:
        """Say what a variable is: a weighted signal, a sum of such, a unit, or of the error."""
        operands = variable.operands
        if variable.operation == "multiply" and len(operands) == 2:
            weights = [index for index in operands if index in self.weights]
            others = [index for index in operands if index not in self.weights]
            if len(weights) == 1 and self.is_signal(others[0]):
                self.promote(others[0])
                self.sums[variable.index] = (Weighted(others[0], weights[0]),)
        elif variable.operation in SUMS and all(self.is_summand(index) for index in operands):
            if any(index in self.sums for index in operands):
                self.sums[variable.index] = tuple(self.summands(operands))
        elif len(operands) == 1 and operands[0] in self.sums:
            self.units[variable.index] = Unit(variable.index, self.sums[operands[0]])
            self.signals.add(variable.index)

    def is_signal(self, index: int) -> bool:
        """Whether a variable is an input, a unit, or a sum that stands for a linear unit."""
        return index in self.signals or index in self.sums

    def is_summand(self, index: int) -> bool:
        """Whether a variable can be added up inside a unit."""
        return index in self.sums or index in self.weights

    def summands(self, operands: Iterable[int]) -> Iterable[Weighted]:
        """What a sum adds up: the summands of its parts, and weights alone, which are biases."""
        for index in operands:
            yield from self.sums.get(index, (Weighted(None, index),))

    def promote(self, index: int | None) -> None:
        """Take a sum that is used as a signal for a linear unit."""
        if index is not None and index in self.sums and index not in self.units:
            self.units[index] = Unit(index, self.sums[index])
            self.signals.add(index)

    def inside(self) -> set[int]:
        """The variables inside units: products and sums that no one reads as signals."""
        return set(self.sums) | set(self.units)

    def read_by_error(self, inside: set[int]) -> set[int]:
        """Units that something outside the units reads; a sum that is read so becomes a unit."""
        read = set()
        for variable in self.variables:
            if variable.index in inside or variable.operation == "input":
                continue
            for index in variable.operands:
                if index in self.sums:
                    self.promote(index)
                if index in self.units:
                    read.add(index)
        return read
