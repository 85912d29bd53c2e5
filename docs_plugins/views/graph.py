"""`{{ f.graph }}`: the computation graph, forward links solid, what comes back dashed."""

from __future__ import annotations

from collections import Counter

from docs_plugins.drawing import mathline
from docs_plugins.drawing.boxes import Box
from docs_plugins.drawing.diagram import Arrow, Diagram
from docs_plugins.drawing.mathline import Line
from docs_plugins.model import Computation, Formula, Link, Output, Variable, elements, partial_path
from docs_plugins.views import cells, lines
from docs_plugins.views.base import Option, Request, View
from docs_plugins.views.trace import point_of

LONGEST = (
    150.0  # of a formula, in the drawing's units; a longer one is told by its operation's name
)
MOST_SUMMANDS = 4


def render(request: Request) -> str:
    """Return the figure; raises `ViewError` for a graph too large to draw."""
    lines.refuse_large(request.computation)
    return lines.figure(request, "graph", diagram(request), OPTIONS)


def diagram(request: Request, links: str | None = None) -> Diagram:
    """The graph of a computation; `links` says what is written at its links."""
    computation = request.computation
    told = Told(
        computation,
        cells.format_of(request),
        numbers=lines.asked(request),
        links=links or str(request.options.get("links") or "contributions"),
    )
    boxes = [told.box(variable) for variable in computation.variables]
    arrows = told.arrows()
    for output in computation.outputs:
        ends = told.output(output)
        if ends is not None:
            boxes.append(ends[0])
            arrows.append(ends[1])
    drawn = Diagram(
        tuple(boxes),
        tuple(arrows),
        f"Computation graph of {computation.program.function} at {point_of(computation)}",
        "",
        direction=str(request.options.get("direction") or "right"),
    )
    return drawn._replace(description=lines.described(drawn))


class Told:
    """What the boxes and arrows of one computation say."""

    def __init__(
        self, computation: Computation, format: str | None, *, numbers: bool, links: str
    ) -> None:
        """Say what is written at the links: contributions, partials or none."""
        self.computation = computation
        self.variables = computation.variables
        self.block = computation.name
        self.format = format
        self.numbers = numbers
        self.links = links
        self.symbols = lines.symbols(computation)
        self.adjoints = lines.adjoint_symbols(computation)
        self.seeds = {
            output.variable: output.symbol
            for output in computation.outputs
            if output.variable is not None
            and output.symbol != self.symbols[output.variable]
            and self.symbols[output.variable] == self.variables[output.variable].symbol
            and not output.shape
        }
        self.backward = links != "none" and any(v.adjoint is not None for v in self.variables)

    def box(self, variable: Variable) -> Box:
        """A node: its name, operation and value; below, its adjoint and how that came about."""
        name = lines.math(self.symbols[variable.index])
        forward = [name]
        if variable.symbol != variable.formula:
            formula = self.short(variable.formula, mathline.roman(variable.operation))
            forward = [name, formula]
            if variable.operation == "input":
                forward = [lines.equation(name, formula)]
        forward.append(lines.value_of(self.computation, variable, "value", self.format))
        return Box(
            variable.address,
            f"{self.block}.{variable.address}",
            tuple(forward),
            self.adjoint(variable),
            "input" if variable.operation == "input" else "operation",
            given=variable.operation == "input",
        )

    def adjoint(self, variable: Variable) -> tuple[Line, ...]:
        """The adjoint as the sum of its contributions, and its value."""
        if variable.adjoint is None or self.links == "none":
            return ()
        first = lines.math(self.adjoints[variable.index])
        links = self.computation.links_into(variable.index)
        if len(links) > 1 and self.links == "contributions":
            terms = [lines.math(link.symbol) for link in links]
            if len(terms) > MOST_SUMMANDS:
                terms = [terms[0], mathline.roman("…"), terms[-1]]
            total = terms[0]
            for term in terms[1:]:
                total = mathline.joined(total, mathline.roman(" + "), term)
            first = lines.equation(first, total)
        seed = self.seeds.get(variable.index)
        if seed is not None and not links and self.links == "contributions":
            first = lines.equation(first, lines.partial(seed, self.symbols[variable.index]))
        return first, lines.value_of(self.computation, variable, "adjoint", self.format)

    def arrows(self) -> list[Arrow]:
        """The links, each with an id of its own."""
        seen: Counter[str] = Counter()
        arrows = []
        for link in self.computation.links:
            source, target = self.variables[link.operand], self.variables[link.consumer]
            key = f"{source.address}-{target.address}"
            seen[key] += 1
            arrows.append(
                Arrow(
                    key if seen[key] == 1 else f"{key}-{seen[key]}",
                    f"{self.block}.{link.address}",
                    source.address,
                    target.address,
                    backward=self.label(link),
                    back=self.backward,
                )
            )
        return arrows

    def label(self, link: Link) -> tuple[Line, ...]:
        """What comes back along a link, in symbols, and in numbers where asked."""
        if self.links == "none":
            return ()
        source = self.variables[link.operand]
        if self.links == "partials" or not self.backward:
            return self.partial(link)
        pulled = self.short(link.factored, lines.math(link.rule))
        if self.adjoints[link.consumer] != self.variables[link.consumer].adjoint_symbol:
            pulled = self.pulled(link, link.consumer)
        written = [lines.equation(lines.math(link.symbol), pulled)]
        if self.numbers and link.value is not None:
            consumer = link.address.partition(".from.")[2]
            paths = [
                f"{source.address}{suffix}.from.{consumer}" for suffix in elements(source.shape)
            ]
            # a comparison, which sends nothing back, has no number to quote
            if all(path in self.computation.numbers for path in paths):
                full = [f"{self.block}.{path}" for path in paths]
                written.append(lines.values(full, source.shape, link.value, self.format))
        return tuple(written)

    def pulled(self, link: Link, consumer: int) -> Line:
        """A link's local partial times an adjoint."""
        adjoint = lines.math(self.adjoints[consumer])
        return mathline.joined(lines.factor(lines.math(link.local)), mathline.roman(" · "), adjoint)

    def partial(self, link: Link) -> tuple[Line, ...]:
        """A link's local partial."""
        source, target = self.variables[link.operand], self.variables[link.consumer]
        name = lines.partial(self.symbols[target.index], self.symbols[source.index])
        written = [lines.equation(name, self.short(link.local, mathline.roman("…")))]
        if self.numbers and link.partial is not None and not target.shape:
            path = partial_path(link, source, target)
            written.append(lines.one(self.computation, path, link.partial[0], self.format))
        return tuple(written)

    def output(self, output: Output) -> tuple[Box, Arrow] | None:
        """Where the result leaves and the backward pass begins; none where the node says so."""
        if output.variable is None:
            return None
        variable = self.variables[output.variable]
        symbol = self.symbols[variable.index]
        if symbol == output.symbol or symbol != variable.symbol:
            return None
        key = f"{output.label}-output"
        about = f"{self.block}.{output.label}"
        box = Box(key, about, (lines.math(output.symbol),), kind="plain")
        key = f"{variable.address}-{key}"
        return box, Arrow(key, about, variable.address, box.key, back=self.backward)

    @staticmethod
    def short(formula: Formula, otherwise: Line) -> Line:
        """A formula, or what stands for it where it is too long for a figure."""
        line = lines.math(formula)
        return otherwise if mathline.width(line) > LONGEST else line


OPTIONS = {
    "numbers": lines.NUMBERS,
    "links": Option("choice", "contributions", choices=("contributions", "partials", "none")),
    "direction": lines.DIRECTION,
    "format": lines.FORMAT,
}
VIEW = View("graph", render, OPTIONS)
