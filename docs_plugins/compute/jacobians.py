"""The Jacobian of a trace as plain data: numbers, exact values, symbols, passes."""

from __future__ import annotations

from typing import Any

import numpy as np

import minigrad
from docs_plugins import naming
from docs_plugins.compute.backward import Backward
from docs_plugins.compute.forward import ComputationError, Forward
from docs_plugins.compute.readings import Readings, flat, fraction
from docs_plugins.model import Entry, Formula, Jacobian, Number, elements

MOST_ENTRIES = 4096


def check_size(forward: Forward) -> None:
    """Refuse a Jacobian too large for a page, before it is computed."""
    trace = forward.trace
    rows = sum(node.size for node in trace.outputs)
    columns = sum(node.size for node in trace.inputs)
    if rows * columns > MOST_ENTRIES:
        mistake = forward.mistake(
            f"a Jacobian of {rows} × {columns} entries",
            forward.program.outputs[0],
            f"at most {MOST_ENTRIES} on a page: return or take fewer numbers",
        )
        raise ComputationError([mistake])


def rows(readings: Readings) -> list[tuple[tuple[str, ...], Formula]]:
    """The names of each row (y1, and the output's own where it has one) and its sign."""
    found = []
    for label, node in zip(readings.labels, readings.trace.outputs, strict=True):
        own = readings.names[node.index] if node.index >= 0 else None
        names = (label,) if own is None else (label, own)
        shown = naming.sign(names[-1])
        if own is not None and naming.NUMBERED.fullmatch(own):
            shown = naming.sign(label)
        found += [
            (tuple(name + suffix for name in names), shown.element(suffix).formula)
            for suffix in elements(node.shape)
        ]
    return found


def columns(readings: Readings) -> list[tuple[str, Formula]]:
    """The name of each column, an input's with its element, and its sign."""
    parameters = readings.forward.program.parameters
    return [
        (name + suffix, naming.sign(name).element(suffix).formula)
        for node, name in zip(readings.trace.inputs, parameters, strict=True)
        for suffix in elements(node.shape)
    ]


def jacobian(
    readings: Readings, computed: minigrad.Jacobian, backward: Backward | None
) -> tuple[Jacobian, dict[str, Number]]:
    """Put the Jacobian together, and its numbers by each of their paths."""
    across, down = columns(readings), rows(readings)
    matrix = np.asarray(computed.value, dtype=float).tolist()
    symbols = readings.words.jacobian
    known = _known(readings, backward) if symbols else None
    entries = tuple(
        tuple(
            Entry(
                address=f"jacobian.{names[0]}.{column}",
                symbolic=symbols[j][i] if symbols else Formula("", ""),
                plain=symbols[j][i].text if symbols else "",
                number=Number(
                    matrix[j][i],
                    fraction(known[j][0][i]) if known else None,
                    max(abs(matrix[j][i]), known[j][1][i]) if known else abs(matrix[j][i]),
                ),
            )
            for i, (column, _) in enumerate(across)
        )
        for j, (names, _) in enumerate(down)
    )
    numbers = {
        f"jacobian.{name}.{column}": entry.number
        for row, (names, _) in zip(entries, down, strict=True)
        for entry, (column, _) in zip(row, across, strict=True)
        for name in names
    }
    made = Jacobian(
        rows=tuple(shown for _, shown in down),
        columns=tuple(shown for _, shown in across),
        entries=entries,
        mode=computed.mode,
        passes=computed.passes,
        reverse_passes=len(down),
        forward_passes=len(across),
    )
    return made, numbers


def _known(readings: Readings, backward: Backward | None) -> list[tuple[list[Any], list[float]]]:
    """For each row its entries' exact values and sizes without cancellation."""
    if backward is not None:
        return [(_row(readings, backward.exact), _sizes(readings, backward.sizes))]
    known = []
    for place, output in enumerate(readings.trace.outputs):
        for one in np.eye(output.size):
            seeds = [np.zeros(y.shape) if y.shape else 0.0 for y in readings.trace.outputs]
            seeds[place] = one.reshape(output.shape) if output.shape else 1.0
            seed = tuple(seeds) if len(seeds) > 1 else seeds[0]
            adjoints, _ = readings.exact_sweep(seed)
            sizes = readings.trace.magnitudes(seed).adjoints
            known.append((_row(readings, adjoints), _sizes(readings, sizes)))
    return known


def _row(readings: Readings, adjoints: list[Any]) -> list[Any]:
    return [
        0 if one is None else one
        for node in readings.trace.inputs
        for one in flat(adjoints[node.index], node.size)
    ]


def _sizes(readings: Readings, sizes: list[Any]) -> list[float]:
    return [
        0.0 if one is None else float(one)
        for node in readings.trace.inputs
        for one in flat(sizes[node.index], node.size)
    ]
