"""One call of a program at 60 digits: values forward, differences over links, sums backward."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, NamedTuple, cast

from docs_plugins.language import Call, Constant, Program, ProgramError, Step
from docs_plugins.second.meanings import MEANINGS, Link, Shape, shaped
from docs_plugins.second.slopes import MP, Real

MOST_EFFORT = 300_000  # microseconds, roughly; the engine takes as long again
Shake = Callable[[Real], Real]


class Opinion(NamedTuple):
    """What one call computes; every value is an mpf, or an object array of them.

    Steps are numbered as in `Program.steps`; a step that no parameter reaches has a value and
    nothing else. Adjoints and contributions are those of the one output; where there are several
    (elements count), there is the Jacobian alone.
    """

    program: Program
    call: Call
    values: tuple[Any, ...]
    partials: Mapping[tuple[int, int], Any]  # consumer, position; of elementwise operations
    contributions: Mapping[tuple[int, int, int], Any]  # operand, consumer, position
    adjoints: Mapping[int, Any]
    jacobian: tuple[tuple[Real, ...], ...]  # outputs' elements by inputs' elements
    effort: int  # microseconds that it was expected to take, roughly


@dataclass(slots=True)
class _Forward:
    """Flattened values and shapes of all steps, and the derivatives over all links."""

    values: list[list[Real]]
    shapes: list[Shape]
    links: dict[tuple[int, int, int], list[Link]]  # operand, consumer, position
    effort: int  # as far as it was expected


def compute(program: Program, call: Call, shake: Shake | None = None) -> Opinion:
    """Compute one call of a program.

    Raises `ProgramError` where that would take longer than a fraction of a second.
    `shake` is applied to each value and each derivative on the way: what rounding does to doubles.
    """
    forward = _forward(program, call, shake)
    inputs = range(len(program.parameters))
    elements = [
        (index, element)
        for index in program.outputs
        for element in range(len(forward.values[index]))
    ]
    reversed_links = sorted(forward.links.items(), key=lambda item: -item[0][1])
    entries = sum(map(len, forward.links.values()))
    effort = forward.effort + len(elements) * entries // 4
    check_effort(effort, call.line)
    jacobian = []
    adjoints: dict[int, Any] = {}
    contributions: dict[tuple[int, int, int], Any] = {}
    for output, element in elements:
        sums, sent = _backward(forward, reversed_links, output, element)
        jacobian.append(tuple(adjoint for index in inputs for adjoint in sums[index]))
        if len(elements) == 1:
            reached = {index for key in forward.links for index in key[:2]} | {output, *inputs}
            adjoints = {i: shaped(sums[i], forward.shapes[i]) for i in sorted(reached)}
            contributions = {
                key: shaped(values, forward.shapes[key[0]]) for key, values in sent.items()
            }
    return Opinion(
        program,
        call,
        tuple(map(shaped, forward.values, forward.shapes)),
        {
            (consumer, position): shaped([slope for *_, slope in links], forward.shapes[consumer])
            for (_, consumer, position), links in forward.links.items()
            if MEANINGS[program.steps[consumer].function].elementwise
        },
        contributions,
        adjoints,
        tuple(jacobian),
        effort,
    )


def _forward(program: Program, call: Call, shake: Shake | None) -> _Forward:
    constant = program.constant_steps()
    forward = _Forward([], [], {}, 0)
    for index, step in enumerate(program.steps):
        if step.function == "input":
            values, shape = _argument(call.arguments[index])
        else:
            operands, shapes = _operands(step, forward)
            meaning = MEANINGS[step.function]
            reading = meaning.read(operands, shapes, dict(step.options))
            forward.effort += meaning.effort(reading)
            check_effort(forward.effort, step.line)
            values, shape = meaning.values(reading), reading.shape
            for position, operand in enumerate(step.operands):
                if isinstance(operand, Constant) or operand in constant:
                    continue
                links = meaning.links(reading, position)
                if shake is not None:
                    links = [(row, column, shake(slope)) for row, column, slope in links]
                forward.links[operand, index, position] = links
        forward.values.append(values if shake is None else [shake(value) for value in values])
        forward.shapes.append(shape)
    return forward


def check_effort(microseconds: int, line: int) -> None:
    """Raise `ProgramError` for a call that would take too long."""
    if microseconds > MOST_EFFORT:
        raise ProgramError(
            "the arrays are too large to be computed a second way", line, "use smaller ones"
        )


def _argument(argument: object) -> tuple[list[Real], Shape]:
    if isinstance(argument, Constant):
        return [MP.mpf(argument.text)], ()
    parts = [_argument(part) for part in cast("tuple[object, ...]", argument)]
    return [value for values, _ in parts for value in values], (len(parts), *parts[0][1])


def _operands(step: Step, forward: _Forward) -> tuple[list[list[Real]], list[Shape]]:
    values: list[list[Real]] = []
    shapes: list[Shape] = []
    for operand in step.operands:
        if isinstance(operand, Constant):
            values.append([MP.mpf(operand.text)])
            shapes.append(())
        else:
            values.append(forward.values[operand])
            shapes.append(forward.shapes[operand])
    return values, shapes


def _backward(
    forward: _Forward,
    links: list[tuple[tuple[int, int, int], list[Link]]],
    output: int,
    element: int,
) -> tuple[list[list[Real]], dict[tuple[int, int, int], list[Real]]]:
    """Sum what each link sends back from one element of one output."""
    sums = [[MP.zero] * prod(shape) for shape in forward.shapes]
    sums[output][element] = MP.one
    sent: dict[tuple[int, int, int], list[Real]] = {}
    for key, entries in links:
        operand, consumer, _ = key
        adjoint = sums[consumer]
        contribution = [MP.zero] * len(sums[operand])
        for row, column, slope in entries:
            if adjoint[row]:
                before, sent_there = contribution[column], slope * adjoint[row]
                contribution[column] = before + sent_there if before else sent_there
        sums[operand] = [
            a + b if a else b for a, b in zip(sums[operand], contribution, strict=True)
        ]
        sent[key] = contribution
    return sums, sent
