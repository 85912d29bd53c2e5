"""`{{ E.network }}`: a network's units and weights, forward solid, gradients back dashed.

`show=parts` draws it as a whole: inputs, network, outputs against the labels, and the error.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from docs_plugins.drawing import mathline
from docs_plugins.drawing.boxes import Box
from docs_plugins.drawing.diagram import Arrow, Diagram, Frame
from docs_plugins.drawing.mathline import Line
from docs_plugins.drawing.neurons import Network, NoNetworkError, Unit, Weighted, network
from docs_plugins.model import Computation, Formula
from docs_plugins.naming import sign
from docs_plugins.views import cells, lines
from docs_plugins.views.base import Option, Request, View, ViewError
from docs_plugins.views.trace import point_of


def render(request: Request) -> str:
    """Return the figure; raises `ViewError` for a computation that is no network."""
    computation = request.computation
    lines.refuse_large(computation)
    inputs = _named(request, "inputs", "x")
    labels = _named(request, "labels", "t")
    try:
        found = network(computation, inputs, labels)
    except NoNetworkError as error:
        raise ViewError(
            f"{computation.program.function} is no network: {error}",
            "say which parameters are inputs and labels: inputs=x1,x2 labels=t",
        ) from None
    drawing = _Parts(request, found) if request.options.get("show") == "parts" else None
    drawn = (drawing or _Flow(request, found)).diagram()
    drawn = drawn._replace(description=lines.described(drawn))
    return lines.figure(request, "network", drawn, OPTIONS)


def _named(request: Request, option: str, letter: str) -> tuple[str, ...]:
    """The parameters that an option names, or those that are called by a letter and a number."""
    function = request.computation.program.function
    parameters = request.computation.program.parameters
    given = request.options.get(option)
    if given is None:
        pattern = re.compile(rf"{letter}_?\d*")
        return tuple(name for name in parameters if pattern.fullmatch(name))
    named = given if isinstance(given, tuple) else (str(given),)
    for name in named:
        if name not in parameters:
            raise ViewError(
                f"network: {option}={name} is no parameter of {function}",
                f"its parameters are {', '.join(parameters)}",
            )
    return named


class _Flow:
    """Figure of the flow: what moves along each link, and what comes back."""

    def __init__(self, request: Request, found: Network) -> None:
        self.request = request
        self.computation: Computation = request.computation
        self.network = found
        self.variables = self.computation.variables
        self.block = self.computation.name
        self.format = cells.format_of(request)
        self.numbers = lines.asked(request)
        self.error = sign(self.computation.program.function).formula

    def diagram(self) -> Diagram:
        """Boxes in the order of evaluation, then the links."""
        boxes = [self.input(index) for index in self.network.inputs]
        boxes += [
            Box(
                f"bias-{self.address(unit.output)}",
                "",
                (mathline.roman("1"),),
                kind="unit",
                given=True,
            )
            for unit in self.network.units
            if any(weighted.signal is None for weighted in unit.summands)
        ]
        boxes += [self.unit(unit) for unit in self.network.units]
        boxes += [self.input(index) for index in self.network.labels]
        arrows = list(self.links())
        if self.network.error is not None:
            boxes.append(self.error_box())
            arrows += self.to_error()
        return Diagram(tuple(boxes), tuple(arrows), self.title(), "", direction=self.direction())

    def title(self) -> str:
        """What the figure is called."""
        name = self.computation.program.function
        return f"Activations and gradients in the network of {name} at {point_of(self.computation)}"

    def direction(self) -> str:
        """The direction of the flow."""
        return str(self.request.options.get("direction") or "right")

    def address(self, index: int) -> str:
        """How a page names a variable."""
        return self.variables[index].address

    def symbol(self, index: int) -> Formula:
        """A variable's sign: its own name where it has one."""
        variable = self.variables[index]
        return sign(variable.address).formula if variable.assigned else variable.symbol

    def gradient(self, index: int) -> Line:
        """The sign of the error's derivative."""
        return lines.partial(self.error, self.symbol(index))

    def number(self, index: int, quantity: str) -> tuple[Line, ...]:
        """A value or adjoint where numbers were asked for."""
        if not self.numbers:
            return ()
        line = lines.value_of(self.computation, self.variables[index], quantity, self.format)
        return (line,) if line else ()

    def input(self, index: int) -> Box:
        """An input or a label."""
        about = f"{self.block}.{self.address(index)}"
        forward = (lines.math(self.symbol(index)), *self.number(index, "value"))
        return Box(
            self.address(index), about, forward, kind="unit" if len(forward) == 1 else "soft"
        )

    def unit(self, unit: Unit) -> Box:
        """A unit with its activation and the error's derivative by it."""
        forward = (lines.math(self.symbol(unit.output)), *self.number(unit.output, "value"))
        backward = (self.gradient(unit.output), *self.number(unit.output, "adjoint"))
        about = f"{self.block}.{self.address(unit.output)}"
        return Box(
            self.address(unit.output), about, forward, backward, "soft" if self.numbers else "unit"
        )

    def links(self) -> Iterator[Arrow]:
        """Every weight's link, each with a key of its own."""
        seen: Counter[str] = Counter()
        for unit in self.network.units:
            for weighted in unit.summands:
                arrow = self.link(weighted, self.address(unit.output))
                seen[arrow.key] += 1
                if seen[arrow.key] > 1:
                    arrow = arrow._replace(key=f"{arrow.key}-{seen[arrow.key]}")
                yield arrow

    def link(self, weighted: Weighted, target: str) -> Arrow:
        """A weight on its way to a unit, and the error's derivative by it on the way back."""
        weight, signal = weighted.weight, weighted.signal
        source = f"bias-{target}" if signal is None else self.address(signal)
        forward = (lines.math(self.symbol(weight)), *self.number(weight, "value"))
        backward = (self.gradient(weight), *self.number(weight, "adjoint"))
        about = f"{self.block}.{self.address(weight)}"
        key = f"{source}-{target}-{self.address(weight)}"
        return Arrow(key, about, source, target, _joined(forward), _joined(backward))

    def error_box(self) -> Box:
        """The error with what it compares."""
        error = self.network.error or 0
        arguments: Line = ()
        for index in (*self.network.results, *self.network.labels):
            separator = mathline.roman(", ") if arguments else ()
            arguments = mathline.joined(arguments, separator, lines.math(self.symbol(index)))
        call = mathline.joined(
            lines.math(self.error), mathline.roman("("), arguments, mathline.roman(")")
        )
        about = f"{self.block}.{self.address(error)}"
        return Box(self.address(error), about, (call, *self.number(error, "value")), kind="input")

    def to_error(self) -> list[Arrow]:
        """What the error reads: outputs, which it answers, and labels."""
        error = self.address(self.network.error or 0)
        arrows = []
        for index in self.network.results:
            about = f"{self.block}.{self.address(index)}"
            key = f"{self.address(index)}-{error}"
            arrows.append(Arrow(key, about, self.address(index), error))
        for index in self.network.labels:
            about = f"{self.block}.{self.address(index)}"
            key = f"{self.address(index)}-{error}"
            arrows.append(Arrow(key, about, self.address(index), error, back=False))
        return arrows


class _Parts(_Flow):
    """Figure of the parts: inputs, network, outputs, labels, error; nothing comes back yet."""

    def diagram(self) -> Diagram:
        """The flow's boxes and links without what comes back, and frames around the parts."""
        flow = super().diagram()
        boxes = tuple(box._replace(backward=(), forward=box.forward[:1]) for box in flow.boxes)
        arrows = tuple(arrow._replace(forward=(), backward=(), back=False) for arrow in flow.arrows)
        results = {self.address(index) for index in self.network.results}
        hidden = {self.address(unit.output) for unit in self.network.units} - results
        frames = [
            Frame("inputs", frozenset(map(self.address, self.network.inputs))),
            Frame("network", frozenset(hidden)),
            Frame("outputs", frozenset(results)),
            Frame("labels", frozenset(map(self.address, self.network.labels))),
        ]
        if self.network.error is not None:
            frames.append(Frame("error", frozenset((self.address(self.network.error),))))
        kept = tuple(frame for frame in frames if frame.keys)
        return flow._replace(boxes=boxes, arrows=arrows, frames=kept)

    def title(self) -> str:
        """What the figure is called."""
        return "Inputs, network, outputs and labels"


def _joined(given: tuple[Line, ...]) -> tuple[Line, ...]:
    """A sign and its number on one line: w₁₁ = 0.3."""
    if len(given) < 2:
        return given
    return (mathline.joined(given[0], mathline.roman(" "), given[1]),)


OPTIONS = {
    "show": Option("choice", "flow", choices=("flow", "parts")),
    "inputs": Option("names"),
    "labels": Option("names"),
    "numbers": lines.NUMBERS,
    "direction": lines.DIRECTION,
    "format": lines.FORMAT,
}
VIEW = View("network", render, OPTIONS)
