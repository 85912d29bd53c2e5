"""A call's trace as straight-line JavaScript, each statement with the number that it gives.

The expressions are the engine's own reading of its rules; nothing is restated here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

import numpy as np

from docs_plugins.compute.forward import Forward
from docs_plugins.model import Computation, elements
from minigrad import sweep
from minigrad.readings import expressions, javascript, printers, symbolic

MOST_ELEMENTS = 600  # numbers in all nodes of a trace that a page can carry as statements
_WORD = re.compile(r"(?<![\w.])[a-z]\w*")
_SHOWN = {"log": "ln"}


class Assignment(NamedTuple):
    """One statement: ``const target = expression``."""

    path: str  # of the number that it gives: x2.from.v3
    target: str
    expression: str
    complaint: str  # what is wrong where the result is not finite: "ln needs x > 0"


class Tape(NamedTuple):
    """Both passes of one call, for the browser."""

    inputs: tuple[tuple[str, str], ...]  # path and name of each input's element: ("x1", "a")
    assignments: tuple[Assignment, ...]  # in the order of evaluation
    aliases: Mapping[str, tuple[str, ...]]  # other paths of a number, by its name in JavaScript


def tape(computation: Computation, shown: Collection[str] | None = None) -> Tape | None:
    """Return a call's tape; None for a trace too large for a page.

    `shown` are the paths that the page shows: local partials and entries of a Jacobian are left
    out unless they are among them; all of them are in where it is None.
    """
    if sum(len(variable.value) for variable in computation.variables) > MOST_ELEMENTS:
        return None
    wanted = set(computation.numbers) if shown is None else set(shown)
    try:
        return _Compiler(computation, wanted).tape()
    except NotImplementedError:  # an operation that no JavaScript is declared for
        return None


class _Compiler:
    """The statements of one call."""

    def __init__(self, computation: Computation, wanted: set[str]) -> None:
        self.computation = computation
        self.wanted = wanted
        self.forward = Forward(computation.program, computation.call)
        self.trace = self.forward.trace
        self.nodes = list(self.trace.nodes)
        self.names = {node.index: f"v{node.index}" for node in self.nodes}
        self.symbols = {i: expressions.symbol(name, name) for i, name in self.names.items()}
        self.addresses = [variable.address for variable in computation.variables]
        self.assignments: list[Assignment] = []
        self.paths: dict[str, str] = {}

    def tape(self) -> Tape:
        single = len(self.trace.outputs) == 1 and not self.trace.outputs[0].shape
        statements = javascript.to_javascript_tape(self.trace, self.names)
        for statement in statements:
            if statement.role == "value" or single:
                self._assign(self._path(statement), statement)
        self._partials()
        if single:
            self._twice()
            self._gradient()
        else:
            self._rows()
        self._aliases()
        inputs = tuple(
            (address + suffix, self._target(node.index, suffix))
            for node, address in zip(self.trace.inputs, self.addresses, strict=False)
            for suffix in elements(node.shape)
        )
        given = {target for _, target in inputs}
        aliases: dict[str, tuple[str, ...]] = {}
        for path, target in self.paths.items():
            if target in given:  # what returns an input is a statement of its own
                copied = f"i_{target}"
                if copied not in aliases:
                    self.assignments.append(Assignment("", copied, target, ""))
                aliases[copied] = (*aliases.get(copied, ()), path)
            else:
                aliases[target] = (*aliases.get(target, ()), path)
        return Tape(inputs, tuple(self.assignments), aliases)

    def _target(self, index: int, suffix: str, kind: str = "") -> str:
        return "_".join([kind + self.names[index], *re.findall(r"\d+", suffix)])

    def _assign(self, path: str, statement: javascript.Statement, prefix: str = "") -> None:
        failing = statement.node if statement.consumer is None else statement.consumer
        target = prefix + statement.target
        complaint = _complaint(self.nodes[failing].operation)
        self.assignments.append(Assignment(path, target, statement.expression, complaint))

    def _path(self, statement: javascript.Statement) -> str:
        suffix = _suffix(statement.element)
        address = self.addresses[statement.node]
        if statement.consumer is None:
            return f"{address}{suffix}.{statement.role}"
        consumer = self.nodes[statement.consumer]
        twice = sum(x.index == statement.node for x in consumer.operands) > 1
        place = f".p{statement.position}" if twice else ""
        return f"{address}{suffix}.from.{self.addresses[statement.consumer]}{place}"

    def _partials(self) -> None:
        """Local partials, where the page shows them: v3.d.x2."""
        if not any(".d." in path for path in self.wanted):
            return
        tape = symbolic.reread(self.trace.nodes, self.symbols)
        for node, reread in zip(self.nodes, tape, strict=True):
            if node.operation.partials is None or not node.operands:
                continue
            for position, operand in enumerate(node.operands):
                if operand.index < 0:
                    continue
                twice = sum(x.index == operand.index for x in node.operands) > 1
                place = f".p{position}" if twice else ""
                quantity = f"d.{self.addresses[operand.index]}{place}"
                suffixes = list(elements(node.shape))
                paths = [f"{self.addresses[node.index]}{s}.{quantity}" for s in suffixes]
                if not self.wanted.intersection(paths):
                    continue
                found = np.asarray(sweep.local_partial(reread, position), dtype=object)
                values = np.ravel(np.broadcast_to(found, node.shape))
                for path, suffix, value in zip(paths, suffixes, values, strict=True):
                    target = self._target(node.index, suffix, f"p{position}_")
                    written = printers.to_javascript(expressions.expression(value))
                    complaint = _complaint(node.operation)
                    self.assignments.append(Assignment(path, target, written, complaint))

    def _twice(self) -> None:
        """What a consumer that reads an operand twice sends back in all."""
        sent: dict[str, list[str]] = {}
        for found in self.assignments:
            path, place, _ = found.path.rpartition(".p")
            if place and ".from." in path:
                sent.setdefault(path, []).append(found.target)
        for number, (path, targets) in enumerate(sent.items()):
            if path in self.wanted:
                self.assignments.append(Assignment(path, f"s_{number}", " + ".join(targets), ""))

    def _gradient(self) -> None:
        """The only row of the Jacobian: the adjoints of the inputs."""
        known = {found.path: found.target for found in self.assignments}
        for entry in self.computation.jacobian.entries[0]:
            column = entry.address.split(".", 2)[2]
            target = known.get(f"{column}.adjoint")
            for path in self._rows_of(entry.address, 0):
                if target and path in self.wanted:
                    self.paths[path] = target

    def _rows_of(self, address: str, output: int) -> tuple[str, ...]:
        """An entry's address, and the one by its output's own name."""
        found = self.computation.outputs[output]
        if found.variable is None:
            return (address,)
        own = self.computation.variables[found.variable].address
        start = f"jacobian.{found.label}"
        return address, f"jacobian.{own}{address.removeprefix(start)}"

    def _rows(self) -> None:
        """A backward pass for each row of the Jacobian that the page shows."""
        entries = iter(enumerate(self.computation.jacobian.entries))
        for place, output in enumerate(self.trace.outputs):
            for one in np.eye(output.size):
                row, columns = next(entries)
                paths = [self._rows_of(entry.address, place) for entry in columns]
                if output.index < 0 or not any(self.wanted.intersection(found) for found in paths):
                    continue
                seeds: list[Any] = [
                    np.zeros(y.shape) if y.shape else 0.0 for y in self.trace.outputs
                ]
                seeds[place] = one.reshape(output.shape) if output.shape else 1.0
                several = isinstance(self.trace.value, (tuple, list))
                self._row(row, tuple(seeds) if several else seeds[0], paths)

    def _row(self, row: int, seed: Any, paths: list[tuple[str, ...]]) -> None:
        statements = javascript.to_javascript_tape(self.trace, self.names, seed)
        backward = [found for found in statements if found.role != "value"]
        own = {found.target for found in backward}
        prefix = f"r{row}_"
        for found in backward:
            words = _WORD.sub(
                lambda word: prefix + word[0] if word[0] in own else word[0], found.expression
            )
            self._assign("", found._replace(expression=words), prefix)
        columns = (
            self._target(node.index, suffix, "d_")
            for node in self.trace.inputs
            for suffix in elements(node.shape)
        )
        for target, found_paths in zip(columns, paths, strict=True):
            if target in own:
                self.paths.update(dict.fromkeys(found_paths, prefix + target))

    def _aliases(self) -> None:
        """Every other path of a number: the output's label, a variable's second name."""
        computation = self.computation
        known = {found.path: found.target for found in self.assignments if found.path}
        for node, address in zip(self.trace.inputs, self.addresses, strict=False):
            for suffix in elements(node.shape):
                known[f"{address}{suffix}.value"] = self._target(node.index, suffix)
        nodes = self.forward.node_of
        names = {
            name: computation.variables[nodes[step]]
            for name, step in computation.program.names.items()
            if step in nodes
        }
        for output in computation.outputs:
            if output.variable is not None:
                names.setdefault(output.label, computation.variables[output.variable])
                if len(computation.outputs) == 1:
                    names.setdefault("", computation.variables[output.variable])
        for name, variable in names.items():
            for suffix in elements(variable.shape):
                for quantity in ("value", "adjoint"):
                    own = f"{variable.address}{suffix}.{quantity}"
                    path = f"{name}{suffix}.{quantity}" if name else f"{quantity}{suffix}"
                    if path != own and own in known and path in self.wanted:
                        self.paths[path] = known[own]


def _suffix(element: tuple[int, ...]) -> str:
    return f"[{','.join(map(str, element))}]" if element else ""


def _complaint(operation: Any) -> str:
    """What an operation needs, in words; nothing where it has no domain of its own."""
    name = _SHOWN.get(operation.name, operation.name)
    return f"{name} needs {operation.domain}" if operation.domain else ""
