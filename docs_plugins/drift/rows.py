"""What is recorded of one call: a row for each node, link and Jacobian entry, each name once.

Rows are named by what the writer named, else by formula, so that a step inserted in a block
renumbers nothing.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from docs_plugins.language import Constant
from docs_plugins.model import Computation, Link, Number, Variable, elements

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ABSENT = "-"
LONGEST_NAME = 60
LONGEST_FORMULA = 240


class ComputedRow(NamedTuple):
    """One row: `place` is how a page names it, `paths` its two numbers."""

    name: str
    numbers: tuple[Number | None, Number | None]
    formula: str
    place: str
    paths: tuple[str, str]
    named: bool  # whether the writer named all that it is about, so that the place says it
    line: int


def call_text(computation: Computation) -> str:
    """Return the heading of a block: the call, and the variables that it returns.

    Example: ``f(2, 5) -> v4 - v3``.
    """
    arguments = ", ".join(map(_argument, computation.call.arguments))
    outputs = []
    for output in computation.outputs:
        if output.variable is None:
            outputs.append(", ".join(repr(number.value) for number in output.value))
        else:
            variable = computation.variables[output.variable]
            outputs.append(variable.address if variable.assigned else variable.plain)
    text = f"{computation.program.function}({arguments}) -> {'; '.join(outputs)}"
    return _shortened(text, LONGEST_FORMULA)


def _argument(argument: object) -> str:
    if isinstance(argument, Constant):
        return argument.text
    if isinstance(argument, tuple):
        return "[" + ", ".join(map(_argument, argument)) + "]"
    return str(argument)


def _shortened(text: str, limit: int) -> str:
    """One line without runs of spaces; beyond the limit a beginning and a checksum of the whole."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    return f"{text[: limit - 12]}… #{crc32(text.encode()):08x}"


def rows(computation: Computation) -> Iterator[ComputedRow]:
    """Every row of a block, each name once."""
    seen: Counter[str] = Counter()
    for row in _all_rows(computation):
        name = _shortened(row.name, LONGEST_NAME)
        seen[name] += 1
        count = seen[name]
        if count > 1:
            name = f"{name} #{count}"
        formula = _shortened(row.formula, LONGEST_FORMULA) or ABSENT
        yield row._replace(name=name, formula=formula)


def _all_rows(computation: Computation) -> Iterator[ComputedRow]:
    for variable in computation.variables:
        yield from _node_rows(variable)
    variables = computation.variables
    for link in computation.links:
        yield from _link_rows(link, variables[link.operand], variables[link.consumer])
    for entries in computation.jacobian.entries:
        for entry in entries:
            path, line = entry.address, computation.call.line
            paths = (path, path)
            yield ComputedRow(path, (entry.number, None), entry.plain, path, paths, True, line)


def _reference(variable: Variable) -> str:
    return variable.address if variable.assigned else f"({variable.plain})"


def _node_rows(variable: Variable) -> Iterator[ComputedRow]:
    named = variable.assigned
    name = (
        variable.address if named else f"({variable.plain})" if variable.shape else variable.plain
    )
    adjoints: Sequence[Number | None] = variable.adjoint or (None,) * len(variable.value)
    formula = "input" if variable.operation == "input" else variable.plain
    for suffix, value, adjoint in zip(
        elements(variable.shape), variable.value, adjoints, strict=True
    ):
        place = variable.address + suffix
        paths = (f"{place}.value", f"{place}.adjoint")
        numbers = (value, adjoint)
        yield ComputedRow(name + suffix, numbers, formula, place, paths, named, variable.line)


def _link_rows(link: Link, operand: Variable, consumer: Variable) -> Iterator[ComputedRow]:
    """One row for contribution and local partial where both have one shape, else rows for each."""
    named, line = operand.assigned and consumer.assigned, consumer.line
    to, of = _reference(operand), _reference(consumer)
    partials: Sequence[Number | None] = link.partial or ()
    if link.value is None or operand.shape != consumer.shape:
        for suffix, number in zip(elements(consumer.shape), partials, strict=False):
            name = f"{of}{suffix}.d.{to}"
            path = f"{consumer.address}{suffix}.d.{operand.address}"
            paths = (path, path)
            yield ComputedRow(name, (number, None), link.plain, path, paths, named, line)
        partials = ()
    if link.value is None:
        return
    partials = partials or (None,) * len(link.value)
    for suffix, local, number in zip(elements(operand.shape), partials, link.value, strict=True):
        name = f"{to}{suffix}.from.{of}"
        path = f"{operand.address}{suffix}.from.{consumer.address}"
        paths = (f"{consumer.address}{suffix}.d.{operand.address}", path)
        yield ComputedRow(name, (local, number), link.plain, path, paths, named, line)
