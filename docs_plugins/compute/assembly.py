"""A trace, its sweeps and its readings, put together as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

import minigrad
import minigrad.sweep
from docs_plugins import naming
from docs_plugins.compute import jacobians
from docs_plugins.compute.backward import Backward, sweep_back
from docs_plugins.compute.forward import Forward, Value
from docs_plugins.compute.readings import Readings, flat, fraction
from docs_plugins.compute.wording import Edge, in_tex, times_in_tex
from docs_plugins.model import (
    Computation,
    Formula,
    Link,
    Number,
    Output,
    Shape,
    Variable,
    elements,
)
from minigrad.readings import exact, expressions, symbolic


class Assembled(NamedTuple):
    """A computation, and the engine's plain results under the second opinion's keys."""

    computation: Computation
    claims: dict[tuple[str | int, ...], Value]


def assemble(forward: Forward) -> Assembled:
    """Sweep a trace and put all of it together; raises `ComputationError`."""
    trace = forward.trace
    jacobians.check_size(forward)
    single = len(trace.outputs) == 1 and trace.outputs[0].shape == ()
    readings = Readings(forward)
    try:
        backward = sweep_back(readings) if single else None
        jacobian = trace.jacobian()
        sizes = readings.sizes.values
    except minigrad.DomainError as error:
        raise forward.refused(error) from None
    return _Assembly(readings, backward, jacobian, sizes).assembled()


class _Assembly:
    """The parts of one computation."""

    def __init__(
        self,
        readings: Readings,
        backward: Backward | None,
        jacobian: minigrad.Jacobian,
        sizes: Sequence[Value],
    ) -> None:
        self.readings = readings
        self.forward = readings.forward
        self.trace = readings.trace
        self.backward = backward
        self.jacobian = jacobian
        self.sizes = sizes
        self.numbers: dict[str, Number] = {}
        self.claims: dict[tuple[str | int, ...], Value] = {}
        self.values = readings.exact_atoms()
        self.exactly = readings.literals | self.values  # constants too long to be written as well

    def assembled(self) -> Assembled:
        """Return all of it."""
        variables = tuple(self._variable(node) for node in self.readings.nodes)
        links = tuple(self._links(variables))
        outputs = tuple(self._outputs(variables))
        jacobian, entries = jacobians.jacobian(self.readings, self.jacobian, self.backward)
        self.numbers |= entries
        self._aliases()
        program, call = self.forward.program, self.forward.call
        computation = Computation(
            name=call.name,
            program=program,
            call=call,
            variables=variables,
            links=links,
            outputs=outputs,
            jacobian=jacobian,
            numbers=self.numbers,
            engine=minigrad.__version__,
            cross_checks=0,
        )
        return Assembled(computation, self.claims)

    # ---- variables

    def _variable(self, node: minigrad.Node) -> Variable:
        readings, index = self.readings, node.index
        step = self.forward.step_of[index]
        address, sign = readings.words.addresses[index], readings.words.signs[index]
        is_input = not node.operands
        value = numbers(node.value, readings.exact[index], self.sizes[index])
        self._enter(address, node.shape, "value", value)
        self.claims["value", step] = node.value
        adjoint = None
        if self.backward is not None:
            found = self.backward.adjoints[index]
            found = np.zeros(node.shape) if found is None else found
            exact_adjoint = self.backward.exact[index]
            if self.backward.adjoints[index] is None:
                exact_adjoint = np.full(node.shape, Fraction(0), dtype=object)
            adjoint = numbers(found, exact_adjoint, self.backward.sizes[index])
            self._enter(address, node.shape, "adjoint", adjoint)
            self.claims["adjoint", step] = found
        return Variable(
            index=index,
            address=address,
            assigned=readings.names[index] is not None,
            symbol=sign.formula,
            adjoint_symbol=sign.adjoint,
            operation=node.operation.name,
            operands=tuple(x.index for x in node.operands if x.index >= 0),
            shape=node.shape,
            formula=readings.words.formulas[index],
            plain=readings.words.plain[index],
            substituted=None if is_input else self._substituted(node),
            value=value,
            adjoint=adjoint,
            line=readings.steps[index].line,
            footnote=_footnote(node),
        )

    def _substituted(self, node: minigrad.Node) -> Formula | None:
        if not _is_scalar(node):
            return None
        return in_tex(symbolic.formula(node, self.values))

    # ---- links

    def _links(self, variables: Sequence[Variable]) -> Iterator[Link]:
        edges = sorted(
            (operand.index, node.index, position)
            for node in self.readings.nodes
            for position, operand in enumerate(node.operands)
            if operand.index >= 0
        )
        counts: dict[int, int] = {}
        for operand, _, _ in edges:
            counts[operand] = counts.get(operand, 0) + 1
        ordinals: dict[int, int] = {}
        for edge in edges:
            ordinals[edge[0]] = ordinals.get(edge[0], 0) + 1
            yield self._link(edge, ordinals[edge[0]] if counts[edge[0]] > 1 else None, variables)

    def _link(self, edge: Edge, ordinal: int | None, variables: Sequence[Variable]) -> Link:
        operand, consumer, position = edge
        readings = self.readings
        node = readings.nodes[consumer]
        of, to = variables[consumer], variables[operand]
        twice = sum(x.index == operand for x in node.operands) > 1
        place = f".p{position}" if twice else ""
        sign, words = readings.words.signs[operand], readings.words.links[edge]
        local = symbolic.local_partial(node, position, self.values) if _is_scalar(node) else None
        return Link(
            operand=operand,
            consumer=consumer,
            position=position,
            address=f"{to.address}.from.{of.address}{place}",
            symbol=sign.adjoint if ordinal is None else sign.contribution(ordinal),
            only=ordinal is None,
            rule=words.rule,
            local=words.local,
            plain=words.plain,
            factored=words.factored,
            substituted=self._substituted_link(node, local),
            exact=self._exact_link(edge),
            partial=self._partial(node, position, of, f"d.{to.address}{place}"),
            value=self._sent(edge, to, of, place),
        )

    def _sent(
        self, edge: Edge, to: Variable, of: Variable, place: str
    ) -> tuple[Number, ...] | None:
        if self.backward is None:
            return None
        value = self.backward.sent.get(edge)
        if value is None:  # no path from here to the output
            zero = np.zeros(to.shape)
            sent = numbers(zero, np.full(to.shape, Fraction(0), dtype=object), zero)
        else:
            sizes = self.backward.sent_sizes[edge]
            sent = numbers(value, self.backward.sent_exact.get(edge), sizes)
            steps = [self.forward.step_of[index] for index in edge[:2]]
            self.claims["contribution", *steps, edge[2]] = value
        self._enter(to.address, to.shape, f"from.{of.address}{place}", sent)
        if place:
            self._add(to, of, sent)
        return sent

    def _add(self, to: Variable, of: Variable, sent: Sequence[Number]) -> None:
        """A consumer that reads its operand twice sends back the sum of both."""
        totals = []
        for suffix, number in zip(elements(to.shape), sent, strict=True):
            path = f"{to.address}{suffix}.from.{of.address}"
            before = self.numbers.get(path)
            self.numbers[path] = number if before is None else _sum(before, number)
            totals.append(self.numbers[path].value)
        steps = [self.forward.step_of[index] for index in (to.index, of.index)]
        self.claims["sent", *steps] = np.array(totals) if to.shape else totals[0]

    def _partial(
        self,
        node: minigrad.Node,
        position: int,
        of: Variable,
        quantity: str,
    ) -> tuple[Number, ...] | None:
        if node.operation.partials is None:
            return None
        found = minigrad.sweep.local_partial(node, position)
        if node.shape and np.shape(found) != node.shape:
            found = np.broadcast_to(found, node.shape)
        scalar = _is_scalar(node)
        local = symbolic.local_partial(node, position, self.exactly) if scalar else None
        known = None if local is None else exact.opened(local)
        partial = numbers(found, known, None)
        self._enter(of.address, node.shape, quantity, partial)
        self.claims["partial", self.forward.step_of[node.index], position] = found
        return partial

    def _substituted_link(
        self, node: minigrad.Node, local: expressions.Expression | None
    ) -> Formula | None:
        if self.backward is None or local is None:
            return None
        adjoint = self.backward.exact[node.index]
        if adjoint is None:
            return None
        cotangent = self.readings.words.cotangents[node.index]
        return times_in_tex(local, exact.named(adjoint, cotangent))

    def _exact_link(self, edge: Edge) -> Formula | None:
        if self.backward is None:
            return None
        found = self.backward.sent_exact.get(edge)
        if found is None or isinstance(found, np.ndarray):
            return None
        return in_tex(found)

    # ---- outputs

    def _outputs(self, variables: Sequence[Variable]) -> Iterator[Output]:
        program = self.forward.program
        labels = self.readings.labels
        for label, step, node in zip(labels, program.outputs, self.trace.outputs, strict=True):
            variable = variables[node.index] if node.index >= 0 else None
            own = variable is not None and variable.assigned and _is_own(variable)
            shown = variable.symbol if variable is not None and own else naming.sign(label).formula
            if variable is not None:
                value = variable.value
            else:
                value = numbers(node.value, self.readings.constant(step), None)
                self.claims["value", step] = node.value
            yield Output(label, shown, None if variable is None else node.index, node.shape, value)
            if label not in program.names:
                self._enter(label, node.shape, "value", value)
                if variable is not None and variable.adjoint is not None:
                    self._enter(label, node.shape, "adjoint", variable.adjoint)
            if len(labels) == 1:
                for suffix, number in zip(elements(node.shape), value, strict=True):
                    self.numbers[f"value{suffix}"] = number

    # ---- addresses

    def _enter(self, address: str, shape: Shape, quantity: str, found: Sequence[Number]) -> None:
        if not shape:
            self.numbers[f"{address}.{quantity}"] = found[0]
            return
        for suffix, number in zip(elements(shape), found, strict=True):
            self.numbers[f"{address}{suffix}.{quantity}"] = number

    def _aliases(self) -> None:
        """Enter a second name of a variable beside its first, and names of constants."""
        for name, step in self.forward.program.names.items():
            index = self.forward.node_of.get(step)
            if index is None:
                constant = self.forward.constants[step]
                found = numbers(constant, self.readings.constant(step), None)
                self._enter(name, np.shape(constant), "value", found)
                self.claims["value", step] = constant
                continue
            address = self.readings.words.addresses[index]
            if address == name:
                continue
            for suffix in elements(self.readings.nodes[index].shape):
                for quantity in ("value", "adjoint"):
                    number = self.numbers.get(f"{address}{suffix}.{quantity}")
                    if number is not None:
                        self.numbers[f"{name}{suffix}.{quantity}"] = number


def _is_scalar(node: minigrad.Node) -> bool:
    """Whether neither a node nor any of its operands is an array."""
    return not node.shape and not any(x.shape for x in node.operands)


def numbers(value: Value, known: Any, sizes: Value) -> tuple[Number, ...]:
    """The elements of a value with what is known exactly of each, and its size."""
    if isinstance(value, float):
        size = abs(value) if sizes is None else max(abs(value), float(sizes))
        return (Number(value, fraction(known), size),)
    values = np.ravel(value).tolist()
    exacts = flat(known, len(values))
    magnitudes = [0.0] * len(values) if sizes is None else np.ravel(sizes).tolist()
    return tuple(
        Number(one, fraction(two), max(abs(one), three))
        for one, two, three in zip(values, exacts, magnitudes, strict=True)
    )


def _is_own(variable: Variable) -> bool:
    return naming.NUMBERED.fullmatch(variable.address) is None


def _sum(a: Number, b: Number) -> Number:
    known = None if a.exact is None or b.exact is None else a.exact + b.exact
    return Number(a.value + b.value, known, a.magnitude + b.magnitude)


def _footnote(node: minigrad.Node) -> str | None:
    """The engine's choice at a kink, where the node sits at one."""
    operation = node.operation
    if operation.at_kink is None:
        return None
    values = [x.value for x in node.operands]
    at = (
        operation.at_kink(*values)
        if operation.partials is not None
        else operation.at_kink(values[0], node.value, **(node.options or {}))
    )
    return operation.kink.replace("it has", f"{operation.name} has", 1) if np.any(at) else None
