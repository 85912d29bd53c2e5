"""The one door to minigrad: a Program and one of its calls in, a Computation out.

`forward` walks the program's steps with the engine's functions on the engine's nodes; `readings`
has the engine read its rules as formulas and exact values; `assembly` puts it all together as
plain data; `held` holds the readings of operations against each other: in `notation` TeX against
plain text, in `branches` formulas, in `scripting` JavaScript, in `exactness` exact values against
those on floats; `crosscheck` holds every number against the second opinion; `work` counts the
passes of Jacobians; `javascript` has the engine read a call for the browser.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from docs_plugins.compute.assembly import assemble
from docs_plugins.compute.crosscheck import crosscheck, second_opinion
from docs_plugins.compute.forward import ComputationError, Forward, Mistake
from docs_plugins.compute.held import hold
from docs_plugins.compute.javascript import Assignment, Tape, tape
from docs_plugins.compute.work import work
from docs_plugins.language import Call, Constant, Program
from docs_plugins.model import Computation


def run(program: Program, call: Call) -> Computation:
    """Compute one call of a program and everything that pages may show of it.

    Raises `ComputationError` where a value or a derivative does not exist, where an array is too
    large, where any reading of an operation is wrong, and where the second opinion differs.
    """
    hold(call)
    forward = Forward(program, call)
    opinion = second_opinion(forward)
    assembled = assemble(forward)
    found = crosscheck(forward, assembled, opinion)
    return assembled.computation._replace(cross_checks=found.compared, effort=found.effort)


def rerun(computation: Computation, changes: Mapping[str, float]) -> Computation:
    """Compute the same function with some inputs changed, by name or element: ``{"w11": 0.3}``."""
    program, call = computation.program, computation.call
    arguments = tuple(
        _changed(argument, name, (), changes)
        for name, argument in zip(program.parameters, call.arguments, strict=True)
    )
    return run(program, call._replace(arguments=arguments))


def _changed(argument: Any, name: str, place: tuple[int, ...], changes: Mapping[str, float]) -> Any:
    if isinstance(argument, tuple):
        return tuple(
            _changed(part, name, (*place, index), changes) for index, part in enumerate(argument)
        )
    address = f"{name}[{','.join(map(str, place))}]" if place else name
    if address not in changes:
        return argument
    return Constant(changes[address], repr(changes[address]))


__all__ = ["Assignment", "ComputationError", "Mistake", "Tape", "rerun", "run", "tape", "work"]
