"""Plain data: what a block's text says, before any number is computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import chain, count
from typing import NamedTuple


class ProgramError(Exception):
    """A block that cannot be read: what is wrong, on which of its lines, and what to do."""

    def __init__(self, message: str, line: int = 1, remedy: str = "") -> None:
        """Keep the three parts; the text of the error is the message alone."""
        super().__init__(message)
        self.message = message
        self.line = line
        self.remedy = remedy


@dataclass(frozen=True, slots=True)  # no tuple: among arguments, tuples are arrays
class Constant:
    """A number as typed, its sign folded in.

    >>> Constant(0.1, "0.1").exact
    Fraction(1, 10)
    """

    value: float
    text: str

    @property
    def exact(self) -> Fraction:
        """The number that the digits denote; the double only comes near it."""
        return _denoted(self.text)


@lru_cache(maxsize=1024)
def _denoted(digits: str) -> Fraction:
    return Fraction(digits)


Operand = int | Constant  # a position in `Program.steps`, or a literal


class Step(NamedTuple):
    """One operation, or one parameter (function "input").

    `function` is the engine's name of the operation, `options` are its keywords as typed. Three
    have a form of their own: "index" carries the option "index" (an int, a slice, or a tuple of
    these), "stack" and "concatenate" take their operands as one list. A returned literal is a step
    "constant" of that one operand.
    """

    function: str
    operands: tuple[Operand, ...]
    options: tuple[tuple[str, object], ...]
    name: str | None
    line: int  # line within the block, from 1

    def __hash__(self) -> int:
        """Leave the options out: slices among them have no hash before Python 3.12."""
        return hash((self.function, self.operands, self.name, self.line))


class Call(NamedTuple):
    """One call of the block's function: each argument a `Constant`, or nested tuples of them."""

    name: str
    arguments: tuple[object, ...]
    line: int


class Program(NamedTuple):
    """A block as read: its steps are the Wengert list of the text, parameters first."""

    function: str
    parameters: tuple[str, ...]
    steps: tuple[Step, ...]
    outputs: tuple[int, ...]
    names: Mapping[str, int]  # parameters and assigned names -> position in steps
    calls: tuple[Call, ...]
    text: str

    def output_labels(self) -> tuple[str, ...]:
        """Return what the results are called: y, or y1, y2 …; f where another value is y.

        >>> Program("f", ("y",), (), (3,), {"y": 0}, (), "").output_labels()
        ('f',)
        """
        several = len(self.outputs) > 1
        for letter in chain(("y", self.function), (f"out{'_' * more}" for more in count())):
            labels = [f"{letter}{i + 1}" if several else letter for i in range(len(self.outputs))]
            own = zip(labels, self.outputs, strict=True)
            if all(self.names.get(label, step) == step for label, step in own):
                return tuple(labels)
        raise AssertionError("there is always one more name")

    def constant_steps(self) -> frozenset[int]:
        """Return the positions of the steps that no parameter reaches, such as ``2 * 3``."""
        constant: set[int] = set()
        for index, step in enumerate(self.steps):
            if step.function != "input" and all(
                isinstance(operand, Constant) or operand in constant for operand in step.operands
            ):
                constant.add(index)
        return frozenset(constant)
