"""Whether what an engine computed in doubles is what the second opinion says.

An entry agrees when it is within 1e-11 of the opinion's own size. Where it is not, the entry may
still be all that doubles can give, because terms cancelled on the way. Then the opinion is
computed again with every value and every derivative shaken a little: what an entry moves by, for
a shake of a given relative size, is its magnitude without cancellation, and the entry agrees when
it is within 1e-11 of that. Shakes of two sizes are tried, and the smaller magnitude counts: beside
a kink, where the smallest shake jumps to another slope, nothing is excused. Where a small shake
moves an entry relatively less than a large one, as the square of what is zero, there is no kink,
and the entry may be as far off as rounding moves it.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from docs_plugins.second.evaluation import Opinion, Shake, check_effort, compute
from docs_plugins.second.slopes import MP, Real

TOLERANCE = 1e-11
SMALLEST = 1e-305  # doubles below it have fewer digits
SHAKES = ("1e-25", "1e-6")
ROUNDING = "4e-16"  # two units in the last place of a double
TRIALS = 4

Key = tuple[str | int, ...]
"""("value", step), ("partial", consumer, position), ("contribution", operand, consumer,
position), ("sent", operand, consumer) over all positions, ("adjoint", step) or ("jacobian", row,
column)."""


class Disagreement(NamedTuple):
    """One number that two ways of computing it differ in."""

    key: Key
    element: int  # in C order
    engine: float
    second: float
    rounding: bool  # whether rounding alone may move it as far: at a kink, a jump or a pole


class Agreement(NamedTuple):
    """How many numbers were compared, and which of them differ."""

    compared: int
    disagreements: tuple[Disagreement, ...]
    effort: int  # microseconds that all opinions were expected to take, roughly


class _Doubt(NamedTuple):
    """An entry whose doubles are not within reach of the opinion's own size."""

    key: Key
    element: int
    engine: float
    second: Real

    @property
    def gap(self) -> Real:
        return abs(self.engine - self.second)

    def is_within(self, magnitude: float) -> bool:
        return _near(self.engine, float(self.second), magnitude)


def compare(claims: Mapping[Key, Any], opinion: Opinion) -> Agreement:
    """Hold numbers and arrays, each under its key, against an opinion.

    Raises `ProgramError` where terms cancelled, and the shaken opinions would take too long.
    """
    compared, effort = 0, opinion.effort
    doubts: list[_Doubt] = []
    found: list[Disagreement] = []
    for key, claim in claims.items():
        entry = _entry(opinion, key)
        if type(claim) is float and isinstance(entry, MP.mpf):  # nearly every claim
            compared += 1
            second = float(entry)
            if not _near(claim, second, abs(second)):
                doubts.append(_Doubt(key, 0, claim, entry))
            continue
        ours = _flat(entry)
        seconds = [float(value) for value in ours]
        theirs = [float(value) for value in np.asarray(claim, dtype=float).flat]
        if len(ours) != len(theirs):
            raise ValueError(f"{key}: {len(theirs)} numbers where there are {len(ours)}")
        compared += len(ours)
        doubts.extend(
            _Doubt(key, element, engine, entry)
            for element, (engine, entry, second) in enumerate(
                zip(theirs, ours, seconds, strict=True)
            )
            if not _near(engine, second, abs(second))
        )
    if doubts:
        effort *= 1 + len(SHAKES) * TRIALS
        check_effort(effort, opinion.call.line)
        magnitudes = _magnitudes(opinion, doubts)
        left = [
            (doubt, small < large)
            for doubt, (small, large) in zip(doubts, magnitudes, strict=True)
            if not doubt.is_within(min(small, large))
        ]
        unclear = [doubt for doubt, _ in left]
        rounding = _moved(opinion, unclear, MP.mpf(ROUNDING)) if unclear else []
        found = [
            Disagreement(
                doubt.key, doubt.element, doubt.engine, float(doubt.second), bool(far >= doubt.gap)
            )
            for (doubt, smooth), far in zip(left, [4 * moved for moved in rounding], strict=True)
            if not (smooth and far >= doubt.gap)
        ]
    return Agreement(compared, tuple(found), effort)


def _near(engine: float, second: float, magnitude: float) -> bool:
    return abs(engine - second) <= TOLERANCE * magnitude + SMALLEST


def _flat(entry: Any) -> list[Real]:
    return list(entry.flat) if isinstance(entry, np.ndarray) else [entry]


def _entry(opinion: Opinion, key: Key) -> Any:
    kind, *place = key
    match kind:
        case "value":
            return opinion.values[int(place[0])]
        case "adjoint":
            return opinion.adjoints[int(place[0])]
        case "jacobian":
            return opinion.jacobian[int(place[0])][int(place[1])]
        case "partial":
            return opinion.partials[int(place[0]), int(place[1])]
        case "contribution":
            return opinion.contributions[int(place[0]), int(place[1]), int(place[2])]
        case "sent":
            return sum(c for link, c in opinion.contributions.items() if link[:2] == (*place,))
    raise KeyError(key)


def _magnitudes(opinion: Opinion, doubts: list[_Doubt]) -> list[tuple[float, ...]]:
    """Return how far each entry moves for a shake of relative size 1, judged by two small ones."""
    sizes = [MP.mpf(size) for size in SHAKES]
    moved = [_moved(opinion, doubts, size) for size in sizes]
    return [
        tuple(float(far / size) for far, size in zip(of_one, sizes, strict=True))
        for of_one in zip(*moved, strict=True)
    ]


def _moved(opinion: Opinion, doubts: list[_Doubt], size: Real) -> list[Real]:
    """Return how far each entry moves, at most, for shakes of this relative size."""
    largest = [MP.zero] * len(doubts)
    for trial in range(TRIALS):
        shaken = compute(opinion.program, opinion.call, _shake(size, trial))
        for number, doubt in enumerate(doubts):
            after = _flat(_entry(shaken, doubt.key))[doubt.element]
            largest[number] = max(largest[number], abs(after - doubt.second))
    return largest


def _shake(size: Real, trial: int) -> Shake:
    """Return what multiplies by 1 ± size or somewhat less, the same in every run."""
    source = random.Random(trial)  # noqa: S311  (nothing secret)

    def shake(value: Real) -> Real:
        return value * (1 + size * source.choice((-1, 1)) * source.uniform(0.5, 1))

    return shake
