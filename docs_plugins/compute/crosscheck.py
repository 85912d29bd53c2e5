"""Every value and derivative a second way: what the engine claims against the second opinion."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from docs_plugins import second
from docs_plugins.compute.forward import ComputationError, Forward, Mistake
from docs_plugins.language import ProgramError

if TYPE_CHECKING:
    from docs_plugins.compute.assembly import Assembled
    from docs_plugins.second.comparison import Agreement, Disagreement, Key
    from docs_plugins.second.evaluation import Opinion


def second_opinion(forward: Forward) -> Opinion:
    """Return the second opinion; raises `ComputationError` where arrays are too large for it."""
    with _named(forward):
        return second.opinion(forward.program, forward.call)


@contextmanager
def _named(forward: Forward) -> Iterator[None]:
    """Name the call that is too much."""
    try:
        yield
    except ProgramError as error:
        mistake = Mistake(error.line, forward.call.name, str(error), error.remedy)
        raise ComputationError([mistake]) from None


def crosscheck(forward: Forward, assembled: Assembled, opinion: Opinion) -> Agreement:
    """Hold every number against the opinion; raises `ComputationError` with those that differ."""
    claims: dict[Key, object] = dict(assembled.claims)
    for j, row in enumerate(assembled.computation.jacobian.entries):
        for i, entry in enumerate(row):
            claims["jacobian", j, i] = entry.number.value
    with _named(forward):
        found = second.agreement(claims, opinion)
    if found.disagreements:
        raise ComputationError([_mistake(forward, one) for one in found.disagreements])
    return found


def _mistake(forward: Forward, found: Disagreement) -> Mistake:
    kind, *place = found.key
    steps, call = forward.program.steps, forward.call
    if kind == "jacobian":
        what, line = f"the Jacobian's entry {place[0]}, {place[1]}", call.line
    else:
        indices = place[:2] if kind in {"contribution", "sent"} else place[:1]
        names = [forward.source(int(index)) for index in indices]
        told = {
            "value": "the value of {0}",
            "adjoint": "the adjoint of {0}",
            "partial": "a local partial of {0}",
            "contribution": "the contribution to {0} from {1}",
            "sent": "the contribution to {0} from {1}, which reads it twice,",
        }
        what = told[str(kind)].format(*names)
        line = steps[int(place[len(indices) - 1])].line
    if found.element:
        what += f" (element {found.element})"
    message = f"{what} is {found.engine!r} by the engine, {found.second!r} by the second opinion"
    remedy = "one of the two has a wrong rule: nothing of this block is published"
    if found.rounding:
        remedy = "at a kink, a jump or a pole rounding decides: choose inputs a little away from it"
    return Mistake(line, call.name, message, remedy)
