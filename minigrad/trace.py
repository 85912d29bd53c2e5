"""A forward pass, kept: its nodes in order, its inputs and outputs, and what can be asked of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from minigrad import sweep
from minigrad.applying import FLOAT, HANDLING, as_value, watched
from minigrad.errors import DomainError, users_line
from minigrad.jacobians import Jacobian, jacobian
from minigrad.magnitudes import Magnitudes, magnitudes
from minigrad.node import Node, Operand, Tape, Value, is_finite, shape_of
from minigrad.operation import INPUT
from minigrad.results import fresh, unshared

T = TypeVar("T")


class Trace:
    """The Wengert list of one evaluation.

    Attributes:
        function: What was evaluated.
        arguments: What it was given: an input node, or a plain value, in each place.
        nodes: All nodes in order of creation; the inputs come first.
        inputs: One node for each argument that is differentiated by.
        outputs: One node for each returned value; index -1 if it depends on no input.
        value: What the function returned, as plain numbers and arrays.
    """

    __slots__ = ("arguments", "function", "inputs", "nodes", "outputs", "value")

    def __init__(
        self,
        function: Callable[..., Any],
        args: Sequence[Any],
        argnums: Sequence[int],
        owning: bool,
    ) -> None:
        """Evaluate on a new tape; the arguments of these positions are inputs."""
        self.function = function
        self.arguments = list(args)
        self.nodes = tape = Tape(owning=owning)
        for position in argnums:
            self.arguments[position] = enter(tape, args[position], position)
        self.inputs = tuple(tape)
        self.outputs: tuple[Node, ...]
        try:
            if tape.plain or HANDLING.get():
                returned = function(*self.arguments)
            else:
                returned = watched("raise", function, *self.arguments)
            if type(returned) is Node and returned.tape is tape:
                self.outputs, self.value = (returned,), returned.value
            else:
                several = isinstance(returned, (tuple, list))
                self.outputs = outputs(tape, returned if several else (returned,))
                values = tuple(y.value for y in self.outputs)
                self.value = values if several else values[0]
            if tape.unverified:
                self.verify(argnums)
        except BaseException:
            tape.end()
            raise

    def backward(self, seed: Any = None, *, contributions: bool = False) -> sweep.Sweep:
        """Sweep adjoints back from the outputs.

        Args:
            seed: The output's cotangent, a tuple of them for several outputs; ones by default.
            contributions: Whether to keep what went over each link.

        Raises:
            DomainError: If a derivative is not finite.

        >>> trace(lambda a, b: a * b, 2.0, 5.0).backward().adjoints
        [5.0, 2.0, 1.0]
        """
        sent: list[Any] | None = [] if contributions else None
        pairs = self.cotangents(seed)
        adjoints = self.adjoints(pairs, sent=sent)
        if not self.nodes.plain:
            taken = [cotangent for _, cotangent in pairs]
            taken += [value for link in sent or () if type(link) is tuple for value in link]
            adjoints = list(unshared(adjoints, taken))
        return sweep.Sweep(self.nodes, adjoints, sent)

    def adjoints(
        self,
        cotangents: list[tuple[Node, Value]],
        seeds: int = 0,
        sent: list[Any] | None = None,
        *,
        keep: sweep.Keep = "adjoints",
    ) -> list[Value | None]:
        """Adjoints of all nodes; an error tells the user's line that made the node."""
        if not self.nodes.plain and HANDLING.get() != "raise":
            return watched("raise", self.adjoints, cotangents, seeds, sent, keep=keep)
        try:
            found = sweep.backward(self.nodes, cotangents, seeds, sent, keep=keep)
            for x in self.nodes if keep == "adjoints" else self.inputs:
                if not is_finite(found[x.index]):  # overflow without a flag
                    break
            else:
                return found
        except DomainError:  # some BLAS raise flags without cause
            pass
        if sent is not None:
            sent.clear()
        tape = self.restored() if any(map(sweep.is_forgotten, self.nodes)) else self.nodes
        wanted = range(len(tape)) if keep == "adjoints" else sweep.active(tape, self.outputs)
        try:
            return self.slowly(sweep.looked_through, tape, cotangents, seeds, sent, wanted)
        finally:
            if tape is not self.nodes:
                tape.end()

    def slowly(self, look: Callable[..., T], *args: Any) -> T:
        """What a look finds that stops at what is not finite, and tells its line."""
        try:
            return watched("ignore", look, *args)
        except DomainError as error:
            self.located(error)
            raise

    def located(self, error: DomainError) -> DomainError:
        """The error with the user's line that makes its node, which a second evaluation tells."""
        try:
            if error.node is not None:
                tape = watched("ignore", self.once_more)
                if tape[error.node].operation.name == error.operation:
                    error.file, error.line = tape.lines[error.node]
                tape.end()
        except DomainError as again:
            if (again.operation, again.node) == (error.operation, error.node):
                error.file, error.line = again.file, again.line
        except Exception:  # noqa: BLE001, S110  (a function may do something else the second time)
            pass
        return error

    def restored(self) -> Tape:
        """A tape with the values that were forgotten."""
        tape = watched("ignore", self.once_more)
        if len(tape) != len(self.nodes) or not all(map(is_again, self.nodes, tape)):
            tape.end()
            raise ValueError(
                "a derivative is not finite somewhere, and the function does something else each"
                " time it is called, so that it cannot be looked for: use vjp, which keeps values"
            )
        return tape

    def once_more(self) -> LinedTape:
        """The same evaluation on a tape that notes the user's lines."""
        tape = LinedTape()
        inputs = [tape.record(INPUT, (), x.value) for x in self.inputs]
        arguments = [
            inputs[x.index] if type(x) is Node and x.tape is self.nodes else x
            for x in self.arguments
        ]
        try:
            self.function(*arguments)
        except BaseException:
            tape.end()
            raise
        return tape

    def tangents(
        self, given: list[tuple[Node, Value]], seeds: int = 0, *, for_outputs: bool = False
    ) -> list[Value | None]:
        """Tangents of all nodes; for the outputs' sake alone what they need not may have none."""
        try:
            tangents = watched("raise", sweep.forward, self.nodes, given, seeds)
            looked_at = self.outputs if for_outputs else self.nodes
            if all(is_finite(tangents[y.index]) for y in looked_at if y.index >= 0):
                return tangents
        except DomainError:
            pass
        nodes = self.nodes
        wanted = sweep.active(nodes, self.outputs) if for_outputs else range(len(nodes))
        return self.slowly(sweep.forward, nodes, given, seeds, wanted)

    def verify(self, argnums: Sequence[int]) -> None:
        """Raise if an input or a captured value is not finite, or else a value that tells of it."""
        telling: set[Any] = set(self.nodes.unverified)
        for node in self.nodes:
            told = node.first in telling or node.second in telling
            if told and node.operation.carries and 0 not in node.shape:
                telling -= {node.first, node.second}
                telling.add(node)
        for node in (*telling, *self.outputs):
            if not is_finite(node.value):
                raise self.unusable(argnums)

    def unusable(self, argnums: Sequence[int]) -> DomainError:
        """The error of the first argument, or else value in the function, that is not finite."""
        for x in self.inputs:
            if not is_finite(x.value):
                what = f"argument {argnums[x.index]} is not finite"
                return DomainError("input", (x.value,), x.index, what)
        for node in self.nodes:
            if any(x.index < 0 and not is_finite(x.value) for x in node.operands):
                return self.located(sweep.refused(node, "a captured value is not finite"))
            if not is_finite(node.value):  # numpy was told to be silent in the function
                return self.located(sweep.refused(node, "the value is not finite"))
        values = tuple(y.value for y in self.outputs)
        return DomainError("constant", values, None, "a returned value is not finite")

    def cotangents(self, seed: Any) -> list[tuple[Node, Value]]:
        """Each output with its cotangent."""
        if seed is None:
            return [(y, np.ones(y.shape) if y.shape else 1.0) for y in self.outputs]
        several = isinstance(self.value, (tuple, list))
        seeds = seed if several else (seed,)
        if not isinstance(seeds, (tuple, list)) or len(seeds) != len(self.outputs):
            raise ValueError(f"{len(self.outputs)} outputs need a tuple of as many seeds")
        return [(y, like(given, y, "seed")) for given, y in zip(seeds, self.outputs, strict=True)]

    def seeded(self, tangents: Sequence[Any]) -> list[tuple[Node, Value]]:
        """Each input with its tangent."""
        n = len(self.inputs)
        if len(tangents) != n:
            raise ValueError(f"{n} inputs need as many tangents, not {len(tangents)}")
        return [(x, like(t, x, "tangent")) for x, t in zip(self.inputs, tangents, strict=True)]

    def forward(self, tangents: Sequence[Any]) -> list[Value | None]:
        """Tangents of all nodes, given one tangent for each input.

        >>> trace(lambda a, b: a * b, 2.0, 5.0).forward([1.0, 0.0])
        [1.0, 0.0, 5.0]
        """
        pairs = self.seeded(tangents)
        return list(unshared(self.tangents(pairs), [tangent for _, tangent in pairs]))

    def magnitudes(self, seed: Any = None) -> Magnitudes:
        """Sizes without cancellation of all values, adjoints and contributions.

        >>> trace(lambda a, b: a - b, 2.0, 2.0).magnitudes().values
        [2.0, 2.0, 4.0]
        """
        return watched("raise", magnitudes, self.nodes, self.cotangents(seed))

    def jacobian(self, mode: str | None = None) -> Jacobian:
        """The Jacobian, in the mode that needs fewer passes (reverse where they are equal).

        >>> j = trace(lambda a, b: (a * b, a + b), 2.0, 5.0).jacobian()
        >>> j.value.tolist(), j.mode, j.passes
        ([[5.0, 2.0], [1.0, 1.0]], 'reverse', 2)
        """
        return jacobian(self, mode)


def is_again(before: Node, node: Node) -> bool:
    """Whether a second evaluation did the same, as far as the first is still known."""
    constants = zip(before.operands, node.operands, strict=False)
    pairs = [(before, node), *[(x, again) for x, again in constants if x.index < 0]]
    return before.operation is node.operation and all(
        sweep.is_forgotten(x) or np.array_equal(sweep.innermost(x.value), sweep.innermost(y.value))
        for x, y in pairs
    )


def like(given: Any, node: Node, what: str) -> Value:
    """A seed or tangent, which must have its node's shape."""
    value = given if isinstance(given, Operand) else as_value(given, what)
    if shape_of(value) != node.shape:
        raise ValueError(f"{what} of shape {shape_of(value)} for a value of shape {node.shape}")
    if not is_finite(value):
        raise DomainError("input", (value,), None, f"a {what} is not finite")
    return value


def trace(function: Callable[..., Any], *args: Any) -> Trace:
    """Evaluate a function and keep every step.

    Args:
        function: Of numbers and arrays, returning one or a tuple of them.
        *args: Numbers or array-likes; they are copied, so that later changes do nothing.

    Raises:
        DomainError: If a value is not finite.
        TypeError: If an argument is no number and no array of numbers.

    >>> from minigrad import log
    >>> t = trace(lambda a, b: log(a) + a * b, 1.0, 5.0)
    >>> [node.operation.name for node in t.nodes]
    ['input', 'input', 'log', 'multiply', 'add']
    """
    found = run(function, args, range(len(args)), owning=True)
    found.value = fresh(found.value)
    return found


def run(
    function: Callable[..., Any], args: Sequence[Any], argnums: Sequence[int], owning: bool = False
) -> Trace:
    """The trace of a call, of which the arguments of these positions are inputs."""
    try:
        return Trace(function, args, argnums, owning)
    except FloatingPointError:  # of numpy in the function, which is taken as the user has it
        if HANDLING.get():
            raise
        return watched("own", Trace, function, args, argnums, owning)


def enter(tape: Tape, given: Any, position: int) -> Node:
    """The input node of one argument."""
    if type(given) is float:
        if given - given:  # not a number unless finite
            raise DomainError("input", (given,), position, f"argument {position} is not finite")
        return tape.record(INPUT, (), given)
    if not isinstance(given, Operand):
        if type(given) is not np.ndarray or given.dtype is not FLOAT or not given.ndim:
            given = as_value(given, f"argument {position}")
        if tape.owning and type(given) is np.ndarray:
            given = given.copy()
    node = tape.record(INPUT, (), given)
    tape.unverified.append(node)
    return node


class LinedTape(Tape):
    """A tape that notes the user's line of each node."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__()
        self.lines = []

    def append(self, node: Node) -> None:
        """Append, and note."""
        self.lines.append(users_line())
        super().append(node)


def outputs(tape: Tape, returned: Sequence[Any]) -> tuple[Node, ...]:
    """The nodes of returned values; a constant for one that does not depend on the inputs."""
    if not returned or any(x is None for x in returned):
        raise TypeError("the function returned None or nothing: it must return numbers or arrays")
    return tuple(
        x
        if type(x) is Node and x.tape is tape
        else tape.constant(x if type(x) is Node else as_value(x, "a returned value"))
        for x in returned
    )
