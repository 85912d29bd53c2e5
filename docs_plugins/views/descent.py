"""`{{ E.descent rate=0.5 }}`: one step of training; with `steps=30` the error over all of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from docs_plugins.drawing import mathline, plot
from docs_plugins.drawing.mathline import Run
from docs_plugins.drawing.plot import Plot, Series
from docs_plugins.maths import inline
from docs_plugins.model import Computation, Formula, Number
from docs_plugins.naming import sign
from docs_plugins.numbers import show
from docs_plugins.views import cells, lines
from docs_plugins.views.base import Option, Request, View, ViewError
from docs_plugins.views.cells import cell

GIVEN = re.compile(r"[xt]_?\d*")  # what the step leaves alone unless told: inputs and labels
MOST_STEPS = 200
MOST_PARAMETERS = 40


class _Step(NamedTuple):
    """The state before one step."""

    values: tuple[Number, ...]
    gradient: tuple[Number, ...]
    error: Number


def render(request: Request) -> str:
    """Return the table, and for several steps the plot; raises `ViewError` where a step fails."""
    computation = request.computation
    names = _parameters(request)
    rate = float(str(request.options["rate"]))
    steps = int(str(request.options["steps"]))
    states = _descend(request, names, rate, steps)
    what = request.options.get("show") or "all"
    drawing = _Descent(request, names, states)
    content = ""
    if what in {"all", "table"}:
        content += drawing.table()
    if what in {"all", "plot"} and steps > 1:
        content += drawing.plot() + drawing.numbers()
    if not content:
        raise ViewError("descent: show=plot needs several steps", "steps=30")
    title = f"Gradient descent on {computation.program.function}"
    return lines.root(request, "descent", content, title, OPTIONS)


def _parameters(request: Request) -> tuple[str, ...]:
    """What is adjusted: the parameters that `over` names, or all that are no inputs or labels."""
    computation = request.computation
    function = computation.program.function
    outputs = computation.outputs
    if len(outputs) != 1 or outputs[0].shape or outputs[0].variable is None:
        raise ViewError(f"{function} has no single error to lower", "return one number")
    known = {v.address: v for v in computation.variables if v.operation == "input"}
    given = request.options.get("over")
    if given is None:
        names = tuple(name for name in known if not GIVEN.fullmatch(name) and not known[name].shape)
    else:
        names = given if isinstance(given, tuple) else (str(given),)
    if not names:
        raise ViewError(f"descent: nothing to adjust in {function}", "say what: over=w1,w2")
    for name in names:
        if name not in known:
            raise ViewError(
                f"descent: over={name} is no parameter of {function}",
                f"its parameters are {', '.join(known)}",
            )
        if known[name].shape:
            raise ViewError(
                f"descent: {name} is an array", "adjust numbers: write one parameter for each"
            )
    if len(names) > MOST_PARAMETERS:
        raise ViewError(f"descent over {len(names)} parameters", f"at most {MOST_PARAMETERS}")
    return names


def _descend(request: Request, names: Sequence[str], rate: float, steps: int) -> list[_Step]:
    """The state before each step and after the last."""
    computation = request.computation
    states = [_state(computation, names)]
    if request.rerun is None:
        raise ViewError("descent: nothing computes its steps here")
    for step in range(1, steps + 1):
        last = states[-1]
        changed = {
            name: value.value - rate * slope.value
            for name, value, slope in zip(names, last.values, last.gradient, strict=True)
        }
        try:
            states.append(_state(request.rerun(changed), names))
        except ValueError as error:
            raise ViewError(
                f"descent: step {step} at rate {rate:g} leads to where nothing can be computed:"
                f" {error}",
                "take a smaller rate, or fewer steps",
            ) from None
    return states


def _state(computation: Computation, names: Sequence[str]) -> _Step:
    found = {v.address: v for v in computation.variables if v.operation == "input"}
    gradient = []
    for name in names:
        adjoint = found[name].adjoint
        gradient.append(adjoint[0] if adjoint else Number(0.0, None, 0.0))
    values = tuple(found[name].value[0] for name in names)
    return _Step(values, tuple(gradient), computation.outputs[0].value[0])


class _Descent:
    """One descent as a table, a plot, and a table of all its numbers."""

    def __init__(self, request: Request, names: Sequence[str], states: Sequence[_Step]) -> None:
        self.request = request
        self.block = request.computation.name
        self.function = sign(request.computation.program.function).formula
        self.names = names
        self.states = states
        self.format = cells.format_of(request)
        self.rate = f"{float(str(request.options['rate'])):g}"

    def number(self, path: str, value: Number) -> str:
        """A number of the descent: E.descent.3.w11."""
        return cells.number(self.block, f"descent.{path}", value, self.format)

    def table(self) -> str:
        """The first step: gradient, parameters before and after, error before and after."""
        before, after = self.states[0], self.states[1]
        heads = (
            "Parameter",
            "Gradient",
            "Before",
            f"After, at rate {self.rate}",
        )
        head = "".join(cell(text, head="col") for text in heads)
        rows = ""
        for place, name in enumerate(self.names):
            symbol = sign(name).formula
            slope = rf"\frac{{\partial {self.function.tex}}}{{\partial {symbol.tex}}}"
            rows += self.row(
                f"{self.block}.{name}",
                name,
                cell(inline(symbol.tex), head="row")
                + cell(
                    f"{inline(slope)} {self.number(f'0.{name}.gradient', before.gradient[place])}",
                    kind="mg-v",
                    label=heads[1],
                )
                + cell(self.number(f"0.{name}", before.values[place]), kind="mg-v", label=heads[2])
                + cell(self.number(f"1.{name}", after.values[place]), kind="mg-v", label=heads[3]),
            )
        rows += self.row(
            self.block,
            "error",
            cell(f"{inline(self.function.tex)}, the error", head="row", kind="mg-sum")
            + cell("", kind="mg-sum")
            + cell(self.number("0.error", before.error), kind="mg-v mg-sum", label=heads[2])
            + cell(self.number("1.error", after.error), kind="mg-v mg-sum", label=heads[3]),
        )
        label = cells.named_by(self.request.caption, f"One step of descent on {self.function.text}")
        return (
            f'<table class="mg-table" role="table" {label}><thead role="rowgroup">'
            f'<tr role="row">{head}</tr></thead><tbody role="rowgroup">{rows}</tbody></table>'
        )

    def row(self, about: str, name: str, content: str) -> str:
        """One row with its id."""
        identifier = escape(f"{self.request.id}-{name}")
        return f'<tr role="row" id="{identifier}" data-of="{escape(about)}">{content}</tr>'

    def plot(self) -> str:
        """The error after each step."""
        errors = [state.error for state in self.states]
        points = tuple((float(step), error.value) for step, error in enumerate(errors))
        shown = [show(errors[0], self.format), show(errors[-1], self.format)]
        marks = [
            (
                Run(f"{one.relation} "),
                Run(
                    one.text,
                    path=f"{self.block}.descent.{step}.error",
                    format=self.format or "",
                ),
            )
            for one, step in zip(shown, (0, len(errors) - 1), strict=True)
        ]
        name = lines.math(self.function)
        drawn = Plot(
            (Series((), points, first=marks[0], last=marks[1]),),
            mathline.roman("step"),
            name,
            f"The error over {len(errors) - 1} steps of descent",
            f"{self.function.text} falls or rises from {shown[0].text} before the first step to"
            f" {shown[1].text} after step {len(errors) - 1}, at a rate of {self.rate}.",
        )
        return plot.draw(drawn, f"{self.request.id}-plot")

    def numbers(self) -> str:
        """Every step's numbers, folded away."""
        symbols: list[Formula] = [sign(name).formula for name in self.names]
        heads = [cell("Step", head="col"), cell(inline(self.function.tex), head="col")]
        heads += [cell(inline(symbol.tex), head="col") for symbol in symbols]
        rows = ""
        for step, state in enumerate(self.states):
            content = cell(str(step), head="row")
            content += cell(self.number(f"{step}.error", state.error), kind="mg-v")
            for name, value in zip(self.names, state.values, strict=True):
                content += cell(self.number(f"{step}.{name}", value), kind="mg-v")
            rows += f'<tr role="row" id="{escape(self.request.id)}-step-{step}">{content}</tr>'
        table = (
            '<table class="mg-table" role="table" aria-label="Every step">'
            f'<thead role="rowgroup"><tr role="row">{"".join(heads)}</tr></thead>'
            f'<tbody role="rowgroup">{rows}</tbody></table>'
        )
        return folded(f"The numbers of all {len(self.states) - 1} steps", table, "Every step")


def folded(summary: str, content: str, label: str) -> str:
    """Something that a reader unfolds, with room to scroll."""
    return (
        f'<details class="mg-fold"><summary>{escape(summary)}</summary>'
        f'<div class="mg-scroll" role="group" tabindex="0" aria-label="{escape(label)}">'
        f"{content}</div></details>"
    )


OPTIONS = {
    "over": Option("names"),
    "rate": Option("number", 0.1, least=1e-9, most=1e6),
    "steps": Option("whole", 1, least=1, most=MOST_STEPS),
    "show": Option("choice", "all", choices=("all", "table", "plot")),
    "format": lines.FORMAT,
}
VIEW = View("descent", render, OPTIONS)
