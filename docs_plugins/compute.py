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
import minigrad.sweep
from docs_plugins import naming
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
from minigrad import printers
from minigrad.node import Tape

MOST_ELEMENTS = 4096  # of one value
MOST_ENTRIES = 4096  # of a Jacobian
MOST_SYMBOLS = 400  # entries of a Jacobian that are also written in symbols
LONGEST_EXACT = 60  # characters of text; beyond, a sign is shorter

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
        self.plain: dict[int, Any] = {}  # the writer's own names; a step without one by its formula
        for node, name in zip(self.nodes, self.names, strict=True):
            self.plain[node.index] = (
                printers.formula(node, self.plain)
                if name is None
                else printers.Symbol(name, name, shape=node.shape)
            )
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


# --- assembling


class _Assembly:
    """Everything of one call, put together as plain data."""

    def __init__(
        self,
        forward: _Forward,
        readings: _Readings,
        sweep: Any,
        jacobian: minigrad.Jacobian,
    ) -> None:
        self.forward = forward
        self.readings = readings
        self.trace = forward.trace
        self.program = forward.program
        self.sweep = sweep
        self.jacobian = jacobian
        self.magnitudes = self.trace.magnitudes() if hasattr(self.trace, "magnitudes") else None
        self.exactly = _ExactBackward(readings)
        self.backward = (
            self.exactly.sweep(self.trace.outputs[0], printers.expression(1))
            if sweep is not None
            else None
        )
        self.numbers: dict[str, Number] = {}

    def computation(self) -> Computation:
        """Return all of it."""
        variables = tuple(self._variable(node) for node in self.readings.nodes)
        links = tuple(self._links(variables))
        outputs = tuple(self._outputs(variables))
        jacobian = self._jacobian()
        return Computation(
            self.forward.call.name,
            self.program,
            self.forward.call,
            variables,
            links,
            outputs,
            jacobian,
            self.numbers,
            minigrad.__version__,
            0,
        )

    def _variable(self, node: minigrad.Node) -> Variable:
        readings, index = self.readings, node.index
        address = readings.addresses[index]
        sign = readings.signs[index]
        is_input = not node.operands
        value = self._numbers(node.value, readings.exact[index], self._magnitude("values", index))
        self._enter(address, node.shape, "value", value)
        adjoint = None
        if self.sweep is not None and self.backward is not None:
            found = self.sweep.adjoints[index]
            found = np.zeros(node.shape) if found is None else found
            exact = self.backward.adjoints.get(index)
            adjoint = self._numbers(found, exact, self._magnitude("adjoints", index))
            self._enter(address, node.shape, "adjoint", adjoint)
        return Variable(
            index=index,
            address=address,
            assigned=readings.names[index] is not None,
            symbol=sign.formula,
            adjoint_symbol=sign.adjoint,
            operation=node.operation.name,
            operands=tuple(x.index for x in node.operands if x.index >= 0),
            shape=node.shape,
            formula=naming.sign(address).formula if is_input else self._formula(node),
            plain=readings.plain_formula(node),
            substituted=None if is_input else self._substituted(node),
            value=value,
            adjoint=adjoint,
            line=readings.steps[index].line,
            footnote=_footnote(node),
        )

    def _formula(self, node: minigrad.Node) -> Formula:
        return _both(printers.formula(node, self.readings.atoms))

    def _substituted(self, node: minigrad.Node) -> Formula | None:
        if node.shape or any(x.shape for x in node.operands):
            return None
        atoms = {x.index: self.readings.exact[x.index] for x in node.operands if x.index >= 0}
        return _both(printers.formula(node, atoms))

    def _links(self, variables: Sequence[Variable]) -> Iterator[Link]:
        values = {}
        if self.sweep is not None:
            for sent in self.sweep.contributions:
                values[sent.operand.index, sent.consumer.index, sent.position] = sent.value
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
            ordinal = ordinals[edge[0]] if counts[edge[0]] > 1 else None
            yield self._link(edge, ordinal, values.get(edge), variables)

    def _link(
        self,
        edge: tuple[int, int, int],
        ordinal: int | None,
        value: Value,
        variables: Sequence[Variable],
    ) -> Link:
        operand, consumer, position = edge
        readings = self.readings
        node = readings.nodes[consumer]
        of, to = variables[consumer], variables[operand]
        twice = sum(x.index == operand for x in node.operands) > 1
        address = f"{to.address}.from.{of.address}" + (f".p{position}" if twice else "")
        local = printers.local_partial(node, position, readings.atoms)
        cotangent = readings.cotangents[consumer]
        pulled = printers.contribution(node, position, readings.atoms, cotangent)
        plain = printers.local_partial(node, position, readings.plain)
        if plain is None:
            tilde = printers.Symbol(f"adj({of.address})", f"adj({of.address})", shape=of.shape)
            plain = printers.contribution(node, position, readings.plain, tilde)
        partial = self._partial(node, position, of, to, twice)
        sent = None
        if value is not None:
            exact = self.backward.contributions.get(edge) if self.backward else None
            magnitude = self._magnitude("contributions", edge)
            sent = self._numbers(value, exact, magnitude)
            self._enter(to.address, to.shape, address.removeprefix(f"{to.address}."), sent)
            if twice:
                self._add(to, of, sent)
        sign = readings.signs[operand]
        return Link(
            operand=operand,
            consumer=consumer,
            position=position,
            address=address,
            symbol=sign.adjoint if ordinal is None else sign.contribution(ordinal),
            only=ordinal is None,
            rule=_rule(of, to, structural=local is None),
            local=_both(pulled if local is None else local),
            plain=printers.to_text(plain),
            factored=_both(pulled) if local is None else _times(local, cotangent, of.shape),
            substituted=self._link_values(node, position, edge),
            exact=self._exact_formula(edge),
            partial=partial,
            value=sent,
        )

    def _partial(
        self, node: minigrad.Node, position: int, of: Variable, to: Variable, twice: bool
    ) -> tuple[Number, ...] | None:
        if node.operation.partials is None:
            return None
        found = minigrad.sweep.local_partial(node, position, [x.value for x in node.operands])
        found = np.broadcast_to(found, node.shape) if node.shape else found
        rule = node.operation.partials[position]
        exact = None
        if not node.shape:
            values = [
                self.readings.exact[x.index] if x.index >= 0 else _exact_constant(x.value)
                for x in node.operands
            ]
            exact = (
                printers.expression(rule)
                if isinstance(rule, float)
                else printers.expression(rule(self.readings.exact[node.index], *values))
            )
        numbers = self._numbers(found, exact, None)
        path = f"d.{to.address}" + (f".p{position}" if twice else "")
        self._enter(of.address, node.shape, path, numbers)
        return numbers

    def _add(self, to: Variable, of: Variable, sent: Sequence[Number]) -> None:
        """A consumer that reads its operand twice sends back the sum of both."""
        for suffix, number in zip(elements(to.shape), sent, strict=True):
            path = f"{to.address}{suffix}.from.{of.address}"
            before = self.numbers.get(path)
            self.numbers[path] = number if before is None else _sum(before, number)

    def _link_values(
        self, node: minigrad.Node, position: int, edge: tuple[int, int, int]
    ) -> Formula | None:
        if self.backward is None or node.shape or any(x.shape for x in node.operands):
            return None
        exact = self.readings.exact
        atoms = {x.index: exact[x.index] for x in node.operands if x.index >= 0}
        atoms[node.index] = exact[node.index]
        local = printers.local_partial(node, position, atoms)
        adjoint = self.backward.adjoints.get(node.index)
        if local is None or adjoint is None:
            return None
        return _times(local, printers.expression(adjoint), ())

    def _exact_formula(self, edge: tuple[int, int, int]) -> Formula | None:
        if self.backward is None:
            return None
        found = self.backward.contributions.get(edge)
        return _both(found) if isinstance(found, printers.Expression) else None

    def _outputs(self, variables: Sequence[Variable]) -> Iterator[Output]:
        several = len(self.trace.outputs) > 1
        for place, node in enumerate(self.trace.outputs, 1):
            label = f"y{place}" if several else "y"
            variable = variables[node.index] if node.index >= 0 else None
            own = variable is not None and variable.assigned and _own(variable)
            shown = variable.symbol if variable is not None and own else naming.sign(label).formula
            value = (
                variable.value
                if variable is not None
                else self._numbers(node.value, _exact_constant(node.value), None)
            )
            yield Output(label, shown, None if variable is None else node.index, node.shape, value)
            if label not in self.program.names:
                self._enter(label, node.shape, "value", value)
                if variable is not None and variable.adjoint is not None:
                    self._enter(label, node.shape, "adjoint", variable.adjoint)
            if not several:
                for suffix, number in zip(elements(node.shape), value, strict=True):
                    self.numbers[f"value{suffix}"] = number

    def _jacobian(self) -> Jacobian:
        readings, jacobian = self.readings, self.jacobian
        several = len(self.trace.outputs) > 1
        rows: list[tuple[Formula, tuple[str, ...]]] = []
        for place, node in enumerate(self.trace.outputs, 1):
            label = f"y{place}" if several else "y"
            names = [label]
            sign = naming.sign(label)
            if node.index >= 0 and readings.names[node.index] is not None:
                names.append(readings.addresses[node.index])
                sign = naming.sign(readings.addresses[node.index])
            for suffix in elements(node.shape):
                rows.append(
                    (sign.element(suffix).formula, tuple(name + suffix for name in names))
                )
        columns = [
            (naming.sign(name).element(suffix).formula, name + suffix)
            for node, name in zip(self.trace.inputs, self.program.parameters, strict=True)
            for suffix in elements(node.shape)
        ]
        if len(rows) * len(columns) > MOST_ENTRIES:
            mistake = self.forward._mistake(
                f"a Jacobian of {len(rows)} × {len(columns)} entries",
                self.program.outputs[0],
                f"at most {MOST_ENTRIES} on a page",
            )
            raise ComputationError([mistake])
        symbols = self._symbolic(len(rows) * len(columns))
        exact = self._exact_rows(len(rows) * len(columns))
        entries = []
        for j, (_, names) in enumerate(rows):
            row = []
            for i, (_, column) in enumerate(columns):
                number = self._entry_number(j, i, exact[j][i] if exact else None)
                address = f"jacobian.{names[0]}.{column}"
                for name in names:
                    self.numbers[f"jacobian.{name}.{column}"] = number
                symbolic, plain = symbols[j][i] if symbols else (Formula("", ""), "")
                row.append(Entry(address, symbolic, plain, number))
            entries.append(tuple(row))
        return Jacobian(
            tuple(formula for formula, _ in rows),
            tuple(formula for formula, _ in columns),
            tuple(entries),
            jacobian.mode,
            jacobian.passes,
            len(rows),
            len(columns),
        )

    def _entry_number(self, row: int, column: int, exact: Any) -> Number:
        value = float(np.asarray(self.jacobian.value)[row, column])
        return Number(value, _fraction(exact), abs(value))

    def _exact_rows(self, entries: int) -> list[list[Any]] | None:
        if entries > MOST_SYMBOLS:
            return None
        rows = []
        for output in self.trace.outputs:
            for one in np.eye(output.size):
                seed = one.reshape(output.shape) if output.shape else 1.0
                seed = np.frompyfunc(printers.expression, 1, 1)(seed)
                done = self.backward or self.exactly.sweep(output, seed)
                row: list[Any] = []
                for node in self.trace.inputs:
                    found = done.adjoints.get(node.index)
                    none = np.full(node.shape, printers.expression(0), dtype=object)
                    row += np.ravel(np.asarray(none if found is None else found, object)).tolist()
                rows.append(row)
        return rows

    def _symbolic(self, entries: int) -> list[list[tuple[Formula, str]]] | None:
        if entries > MOST_SYMBOLS:
            return None
        names = {
            index: printers.Symbol(
                naming.sign(name).formula.tex, naming.sign(name).formula.text, shape=node.shape
            )
            for index, (node, name) in enumerate(
                zip(self.readings.nodes, self.readings.names, strict=True)
            )
            if name is not None and naming.NUMBERED.fullmatch(name) is None
        }
        shown = printers.symbolic_jacobian(self.trace, names)
        plain = printers.symbolic_jacobian(
            self.trace, {index: self.readings.plain[index] for index in names}
        )
        return [
            [(_both(e), printers.to_text(p)) for e, p in zip(row, plain_row, strict=True)]
            for row, plain_row in zip(shown, plain, strict=True)
        ]

    # ---- numbers

    def _magnitude(self, what: str, key: Any) -> Value:
        return None if self.magnitudes is None else getattr(self.magnitudes, what)[key]

    def _numbers(self, value: Value, exact: Any, magnitude: Value) -> tuple[Number, ...]:
        values = np.ravel(value).tolist()
        exacts = np.ravel(np.asarray(exact, dtype=object)).tolist() if exact is not None else []
        sizes = [] if magnitude is None else np.ravel(magnitude).tolist()
        return tuple(
            Number(
                one,
                _fraction(exacts[place]) if place < len(exacts) else None,
                max(abs(one), sizes[place]) if place < len(sizes) else abs(one),
            )
            for place, one in enumerate(values)
        )

    def _enter(
        self, address: str, shape: Shape, quantity: str, numbers: Sequence[Number]
    ) -> None:
        for suffix, number in zip(elements(shape), numbers, strict=True):
            self.numbers[f"{address}{suffix}.{quantity}"] = number


class _ExactBackward:
    """Adjoints and contributions as exact expressions, by the engine's own pulls.

    An expression too long to read is replaced by the adjoint's sign, which is exact no more.
    """

    def __init__(self, readings: _Readings) -> None:
        self.readings = readings
        self.tape = Tape()
        for node in readings.nodes:
            operands = tuple(self.tape[x.index] if x.index >= 0 else x for x in node.operands)
            self.tape.record(node.operation, operands, readings.exact[node.index], node.options)

    def sweep(self, output: minigrad.Node, seed: Any) -> _ExactSweep:
        """Sweep back from one output."""
        done = _ExactSweep({}, {})
        if output.index >= 0:
            done.adjoints[output.index] = seed
        for node in reversed(self.tape):
            adjoint = done.adjoints.get(node.index)
            if adjoint is not None:
                self._send(node, self._short(node, adjoint), done)
        return done

    def _short(self, node: minigrad.Node, adjoint: Any) -> Any:
        cotangent = self.readings.cotangents[node.index]
        if not node.shape:
            adjoint = printers.expression(adjoint)
        return _abbreviated(adjoint, printers.elements(cotangent, node.shape))

    def _send(self, node: minigrad.Node, adjoint: Any, done: _ExactSweep) -> None:
        done.adjoints[node.index] = adjoint
        for position, operand in enumerate(node.operands):
            if operand.index < 0:
                continue
            _, sent = minigrad.sweep.pulled(node, position, adjoint, 0)
            sent = 0.0 if sent is None else sent
            if not operand.shape:
                sent = printers.expression(sent)
            done.contributions[operand.index, node.index, position] = sent
            before = done.adjoints.get(operand.index)
            done.adjoints[operand.index] = sent if before is None else before + sent


@dataclass(frozen=True, slots=True)
class _ExactSweep:
    """By node, and by operand, consumer and position."""

    adjoints: dict[int, Any]
    contributions: dict[tuple[int, int, int], Any]


def _own(variable: Variable) -> bool:
    return naming.NUMBERED.fullmatch(variable.address) is None


def _fraction(exact: Any) -> Fraction | None:
    return exact.value if isinstance(exact, printers.Number) else None


def _sum(a: Number, b: Number) -> Number:
    exact = None if a.exact is None or b.exact is None else a.exact + b.exact
    return Number(a.value + b.value, exact, a.magnitude + b.magnitude)


def _both(expression: Any) -> Formula:
    return Formula(printers.to_tex(expression), printers.to_text(expression))


def _times(local: Any, adjoint: Any, shape: Shape) -> Formula:
    """Local partial times adjoint, both shown whatever they are: 1 · ṽ₅."""
    dot = r"\odot" if shape else r"\cdot"
    tex = f"{_bracketed(local, 'tex', first=True)} {dot} {_bracketed(adjoint, 'tex')}"
    sign = "⊙" if shape else "·"
    text = f"{_bracketed(local, 'text', first=True)} {sign} {_bracketed(adjoint, 'text')}"
    return Formula(tex, text)


def _bracketed(expression: Any, language: str, *, first: bool = False) -> str:
    text, binds = printers.printed(printers.expanded(expression), language)
    leading_minus = first and isinstance(expression, printers.Number)
    return text if binds >= 2 or leading_minus else f"({text})"


def _rule(of: Variable, to: Variable, *, structural: bool) -> Formula:
    y, x = of.symbol, to.symbol
    tex = rf"\frac{{\partial {y.tex}}}{{\partial {x.tex}}}"
    if structural:
        tex = rf"\left({tex}\right)^{{\mathsf T}}"
    dot = "" if structural else r"\odot " if of.shape else r"\cdot "
    text = f"∂{y.text}/∂{x.text} · {of.adjoint_symbol.text}"
    return Formula(f"{tex} {dot}{of.adjoint_symbol.tex}", text)


def _footnote(node: minigrad.Node) -> str | None:
    """The engine's choice at a kink, where the node sits at one."""
    operation = node.operation
    if operation.at_kink is None:
        return None
    values = [x.value for x in node.operands]
    options = node.options or {}
    at = (
        operation.at_kink(*values)
        if operation.partials is not None
        else operation.at_kink(values[0], node.value, **options)
    )
    return f"{operation.name}: {operation.kink}" if np.any(at) else None
