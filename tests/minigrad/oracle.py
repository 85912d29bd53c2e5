"""What mpmath says about a trace: values and derivatives at 60 digits.

Only the list of operations and their operands is read off the trace; what each operation means
comes from the second opinion's table, which knows nothing of minigrad's rules. Derivatives come in
two ways: as central differences of the whole program, and link by link (which is right at kinks).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from math import prod
from typing import Any, NamedTuple

import mpmath
import numpy as np

import minigrad as mg
from docs_plugins.second.meanings import MEANINGS, Meaning
from docs_plugins.second.slopes import MP, real

DEEP = mpmath.MPContext()
DEEP.dps = 400
MIDDLE = mpmath.MPContext()
MIDDLE.dps = 120
STEP = MP.mpf("1e-20")
TOLERANCE = 1e-11
SMALLEST = 1e-300  # doubles near and below it have fewer digits
Flat = list[Any]  # the elements of a value in order, as mpf


class Step(NamedTuple):
    """One operation: which elements of which operands make each element of the result."""

    meaning: Meaning
    operands: tuple[Any, ...]  # index of a node, or the elements of a constant
    shapes: tuple[tuple[int, ...], ...]
    options: dict[str, Any]
    rows: list[list[int]]


def steps(trace: mg.Trace, read: Callable[[Any], Flat] | None = None) -> list[Step]:
    """All operations of a trace, for evaluation; constants are read by ``flat``, or another."""
    read = read or flat
    found = []
    for node in trace.nodes[len(trace.inputs) :]:
        meaning = MEANINGS[node.operation.name]
        operands = tuple(x.index if x.index >= 0 else read(x.value) for x in node.operands)
        shapes = tuple(np.shape(x.value) for x in node.operands)
        options = dict(node.options or {})
        if node.operation.name == "index":
            options = {"index": options["key"]}
        places = [[MP.zero] * prod(shape) for shape in shapes]
        rows = meaning.read(places, shapes, options).rows
        found.append(Step(meaning, operands, shapes, options, rows))
    return found


def flat(value: Any) -> Flat:
    """The elements of a plain value, exactly."""
    return [MP.mpf(float(x)) for x in np.ravel(np.asarray(value, dtype=float))]


def given(trace: mg.Trace) -> list[Flat]:
    """The elements of the inputs."""
    return [flat(x.value) for x in trace.inputs]


def run(program: Sequence[Step], inputs: Sequence[Flat], context: Any = MP) -> list[Flat]:
    """Evaluate: the elements of every node, not-a-number where there is no real one."""
    values = [[context.mpf(x) for x in elements] for elements in inputs]
    for step in program:
        elements = [
            x
            for part in step.operands
            for x in (values[part] if isinstance(part, int) else map(context.mpf, part))
        ]
        elements.append(context.zero)
        values.append(
            [real(step.meaning.value, context, [elements[n] for n in row]) for row in step.rows]
        )
    return values


def values(trace: mg.Trace) -> list[Flat]:
    """The elements of every node."""
    return run(steps(trace), given(trace))


# --- derivatives of the whole ---------------------------------------------------------------------


def outputs(trace: mg.Trace, found: Sequence[Flat]) -> Flat:
    """The elements of all outputs in a row."""
    return [x for y in trace.outputs for x in (found[y.index] if y.index >= 0 else flat(y.value))]


def differences(trace: mg.Trace) -> list[Flat]:
    """The Jacobian by central differences of the whole program, one input element at a time."""
    program, start = steps(trace), given(trace)
    columns = []
    for place, elements in enumerate(start):
        for number, x in enumerate(elements):
            step = STEP * max(abs(x), MP.mpf("1e-3"))
            column = difference(trace, program, (place, number), step, MP)
            if column is None:  # too few digits left: once more with many
                column = difference(trace, program, (place, number), step, DEEP)
            columns.append(column)
    return [list(row) for row in zip(*columns, strict=True)]


def difference(
    trace: mg.Trace, program: Sequence[Step], where: tuple[int, int], step: Any, context: Any
) -> Flat | None:
    """One column; None where cancellation left fewer than twenty digits of an entry."""
    ends = []
    for sign in (1, -1):
        moved = given(trace)
        moved[where[0]][where[1]] = context.mpf(moved[where[0]][where[1]]) + sign * step
        ends.append(outputs(trace, run(program, moved, context)))
    column = []
    for up, down in zip(*ends, strict=True):
        if context is MP and up != down and abs(up - down) < MP.mpf("1e-38") * abs(up):
            return None
        column.append(MP.mpf((up - down) / (2 * step)))
    return column


def second_differences(trace: mg.Trace) -> list[Flat]:
    """The Hessian of one scalar output, by second differences at twice the digits."""
    program, start = steps(trace), given(trace)
    places = [(i, j) for i, elements in enumerate(start) for j in range(len(elements))]
    step = MIDDLE.mpf("1e-30")

    def at(*moves: tuple[tuple[int, int], int]) -> Any:
        moved = [[MIDDLE.mpf(x) for x in elements] for elements in start]
        for (i, j), sign in moves:
            moved[i][j] += sign * step
        return outputs(trace, run(program, moved, MIDDLE))[0]

    found = [[MP.zero] * len(places) for _ in places]
    for row, a in enumerate(places):
        for column, b in enumerate(places[: row + 1]):
            four = at((a, 1), (b, 1)) - at((a, 1), (b, -1)) - at((a, -1), (b, 1))
            entry = MP.mpf((four + at((a, -1), (b, -1))) / (4 * step * step))
            found[row][column] = found[column][row] = entry
    return found


# --- derivatives link by link ---------------------------------------------------------------------

Shake = Callable[[Any], Any]
Link = tuple[int, int, Any]  # element of the result, element of the operand, derivative


def links(
    trace: mg.Trace, shake: Shake = lambda x: x, read: Callable[[Any], Flat] = flat
) -> tuple[list[Flat], dict[tuple[int, int], list[Link]]]:
    """Values, and by (consumer, position) the derivatives over each link to a node."""
    found = [[shake(x) for x in read(node.value)] for node in trace.inputs]
    between: dict[tuple[int, int], list[Link]] = {}
    for index, step in enumerate(steps(trace, read), len(trace.inputs)):
        operands = [found[x] if isinstance(x, int) else x for x in step.operands]
        reading = step.meaning.read(operands, step.shapes, step.options)
        found.append([shake(x) for x in step.meaning.values(reading)])
        for position, operand in enumerate(step.operands):
            if isinstance(operand, int):
                slopes = step.meaning.links(reading, position)
                between[index, position] = [(row, n, shake(slope)) for row, n, slope in slopes]
    return found, between


def by_links(trace: mg.Trace, shake: Shake = lambda x: x) -> list[Flat]:
    """The Jacobian as sums over links."""
    found, between = links(trace, shake)
    rows = []
    for y in trace.outputs:
        for element in range(y.size):
            sums = swept(trace, found, between, (y.index, element))
            rows.append([x for operand in trace.inputs for x in sums[operand.index]])
    return rows


def adjoints(trace: mg.Trace, read: Callable[[Any], Flat] = flat) -> tuple[list[Flat], list[Flat]]:
    """Values, and adjoints of the one scalar output, of every node."""
    found, between = links(trace, read=read)
    return found, swept(trace, found, between, (trace.outputs[0].index, 0))


def swept(
    trace: mg.Trace,
    found: Sequence[Flat],
    between: dict[tuple[int, int], list[Link]],
    output: tuple[int, int],
) -> list[Flat]:
    """The adjoints of every node, of one element of one output."""
    sums = [[MP.zero] * len(elements) for elements in found]
    if output[0] >= 0:
        sums[output[0]][output[1]] = MP.one
    for (consumer, position), entries in sorted(between.items(), reverse=True):
        target = sums[trace.nodes[consumer].operands[position].index]
        for row, column, slope in entries:
            if sums[consumer][row]:
                target[column] += slope * sums[consumer][row]
    return sums


def sizes(trace: mg.Trace) -> Any:
    """How far each entry of the Jacobian moves if all on the way moves by a relative 1.

    This is an entry's size without cancellation: rounding errors are proportional to it.
    """
    start = by_links(trace)
    largest = np.zeros((len(start), len(start[0]) if start else 0))
    for trial in range(4):
        source = random.Random(trial)

        def shake(x: Any, source: random.Random = source) -> Any:
            return x * (1 + MP.mpf("1e-25") * source.choice((-1, 1)) * source.uniform(0.5, 1))

        moved = by_links(trace, shake)
        for i, row in enumerate(moved):
            for j, x in enumerate(row):
                largest[i, j] = max(largest[i, j], float(abs(x - start[i][j]) * MP.mpf("1e25")))
    return largest


# --- comparing ------------------------------------------------------------------------------------


def near(ours: float, theirs: Any, scale: float = 0.0) -> bool:
    """Whether two numbers agree to a relative 1e-11, of the entry or of a larger scale."""
    if not MP.isfinite(theirs):
        return False
    size = max(float(abs(theirs)), scale)
    return bool(abs(ours - float(theirs)) <= TOLERANCE * size + SMALLEST)


def disagreements(ours: Any, theirs: Sequence[Flat], scales: Any = None) -> list[str]:
    """Entries that do not agree, in words."""
    ours = np.asarray(ours, dtype=float).reshape(len(theirs), -1)
    return [
        f"entry ({i}, {j}) is {ours[i, j]!r}, mpmath says {float(x)!r}"
        for i, row in enumerate(theirs)
        for j, x in enumerate(row)
        if not near(ours[i, j], x, 0.0 if scales is None else scales[i, j])
    ]


def representable(elements: Sequence[Any]) -> bool:
    """Whether all these numbers are real and have a double."""
    largest = MP.mpf(1.7976931348623157e308)
    return all(MP.isfinite(x) and abs(x) <= largest for x in elements)
