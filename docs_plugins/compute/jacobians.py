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


def row_names(readings: Readings) -> list[tuple[str, ...]]:
    """The names of each row: y1, and the output's own where it has one."""
    return [names for names, _ in _rows(readings)]


def column_names(readings: Readings) -> list[str]:
    """The name of each column: an input's, with its element."""
    return [
        name + suffix
        for node, name in zip(
            readings.trace.inputs, readings.forward.program.parameters, strict=True
        )
        for suffix in elements(node.shape)
    ]


def _rows(readings: Readings) -> list[tuple[tuple[str, ...], Formula]]:
    labels = readings.forward.program.output_labels()
    rows = []
    for label, node in zip(labels, readings.trace.outputs, strict=True):
        own = readings.names[node.index] if node.index >= 0 else None
        names = (label,) if own is None else (label, own)
        shown = naming.sign(names[-1])
        if own is not None and naming.NUMBERED.fullmatch(own):
            shown = naming.sign(label)
        rows += [
            (tuple(name + suffix for name in names), shown.element(suffix).formula)
            for suffix in elements(node.shape)
        ]
    return rows


def jacobian(
    readings: Readings, computed: minigrad.Jacobian, backward: Backward | None
) -> Jacobian:
    """Put the Jacobian together."""
    rows, columns = _rows(readings), column_names(readings)
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
            for i, column in enumerate(columns)
        )
        for j, (names, _) in enumerate(rows)
    )
    return Jacobian(
        rows=tuple(shown for _, shown in rows),
        columns=tuple(
            naming.sign(name).element(suffix).formula
            for node, name in zip(
                readings.trace.inputs, readings.forward.program.parameters, strict=True
            )
            for suffix in elements(node.shape)
        ),
        entries=entries,
        mode=computed.mode,
        passes=computed.passes,
        reverse_passes=len(rows),
        forward_passes=len(columns),
    )


def _known(readings: Readings, backward: Backward | None) -> list[tuple[list[Any], list[float]]]:
    """For each row its entries' exact values and sizes without cancellation."""
    if backward is not None:
        return [(_row(readings, backward.exact), _sizes(readings, backward.sizes))]
    rows = []
    for place, output in enumerate(readings.trace.outputs):
        for one in np.eye(output.size):
            seeds = [np.zeros(y.shape) if y.shape else 0.0 for y in readings.trace.outputs]
            seeds[place] = one.reshape(output.shape) if output.shape else 1.0
            seed = tuple(seeds) if len(seeds) > 1 else seeds[0]
            adjoints, _ = readings.exact_sweep(seed)
            sizes = readings.trace.magnitudes(seed).adjoints
            rows.append((_row(readings, adjoints), _sizes(readings, sizes)))
    return rows


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
