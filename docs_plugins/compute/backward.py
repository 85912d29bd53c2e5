"""What one backward sweep gives: adjoints and contributions as numbers, exactly, and as sizes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import minigrad
from docs_plugins.compute.forward import Value
from docs_plugins.compute.readings import Readings
from docs_plugins.compute.wording import Edge


@dataclass
class Backward:
    """What one backward sweep gave: numbers, exact values and sizes."""

    adjoints: list[Value] = field(default_factory=list)
    exact: list[Any] = field(default_factory=list)
    sizes: list[Value] = field(default_factory=list)
    sent: dict[Edge, Value] = field(default_factory=dict)
    sent_exact: dict[Edge, Any] = field(default_factory=dict)
    sent_sizes: dict[Edge, Value] = field(default_factory=dict)


def sweep_back(readings: Readings) -> Backward:
    """Sweep back from the one scalar output."""
    sweep = readings.trace.backward(contributions=True)
    sizes = readings.sizes
    adjoints, links = readings.exact_sweep()
    return Backward(
        sweep.adjoints,
        adjoints,
        sizes.adjoints,
        {_edge(sent): sent.value for sent in sweep.contributions},
        links,
        {_edge(sent): sent.value for sent in sizes.contributions},
    )


def _edge(sent: minigrad.Contribution) -> Edge:
    return sent.operand.index, sent.consumer.index, sent.position
