"""Processor time of contestants that take turns, and the ratios between them.

Other work on the machine slows all contestants of a turn alike, so ratios are taken turn by turn.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tracemalloc
from statistics import median
from time import process_time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TURNS = 11
TURN_SECONDS = 0.02


def turns(
    contestants: Mapping[str, Callable[[], object]], count: int = TURNS
) -> dict[str, list[float]]:
    """Seconds a call of each contestant, one figure a turn, in turns A B C A B C.

    Each is called once before, to warm up, and as often within a turn as fills some milliseconds.
    """
    repeats = {name: calls_in_a_turn(call) for name, call in contestants.items()}
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(count):
        for name, call in contestants.items():
            gc.collect()
            seconds[name].append(clock(call, repeats[name]))
    return seconds


def clock(call: Callable[[], object], repeats: int) -> float:
    """Seconds a call, of so many calls."""
    begin = process_time()
    for _ in range(repeats):
        call()
    return (process_time() - begin) / repeats


def calls_in_a_turn(call: Callable[[], object]) -> int:
    """How many calls fill a turn."""
    repeats = 1
    call()
    while clock(call, repeats) * repeats < TURN_SECONDS:
        repeats *= 2
    return repeats


def ratio(seconds: Mapping[str, list[float]], one: str, other: str) -> float:
    """Median of the ratios, turn by turn."""
    return median(a / b for a, b in zip(seconds[one], seconds[other], strict=True))


def peak_bytes(call: Callable[[], object]) -> int:
    """The most memory that Python's allocators held for it during one call."""
    call()
    gc.collect()
    tracemalloc.start()
    kept = call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    del kept
    return peak


IMPORT = """
from time import process_time
import {before}
begin = process_time()
import {module}
print(process_time() - begin)
"""


def import_seconds(module: str, before: str) -> float:
    """Seconds that a new Python takes to import a module once another is there.

    Taken inside the process: what two whole processes differ by is lost in their own noise.
    """
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    code = IMPORT.format(module=module, before=before)
    told = subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
    )
    return float(told.stdout)
