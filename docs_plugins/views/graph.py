"""`{{ f.graph }}`: the computation graph, forward links solid, what comes back along them dashed."""

from __future__ import annotations

from collections import Counter

from docs_plugins import svg
from docs_plugins.diagram import Arrow, Box, Diagram, TooLargeError, check_size, draw
from docs_plugins.model import Computation, Link, Number, Output, Shape, Variable, elements
from docs_plugins.naming import sign
from docs_plugins.numbers import show
from docs_plugins.svg import Line, Run
from docs_plugins.views import cells
from docs_plugins.views.base import Option, Request, View, ViewError
from docs_plugins.views.trace import point_of

MOST_WRITTEN = 3  # numbers of an array in a node
LONGEST = 150.0  # a node's formula, in units; a longer one is told by its operation's name


def render(request: Request) -> str:
    """Return the figure; raises `ViewError` for a graph too large to draw."""
    computation = request.computation
    try:
        check_size(len(computation.variables), len(computation.links))
        figure = draw(_diagram(request), request.id)
    except TooLargeError as error:
        raise ViewError(str(error), "draw a smaller function") from None
    options = written_options(request)
    label = f"Computation graph of {computation.program.function}"
    return cells.root(f"{computation.name}.graph", request.id, "mg-graph", figure, options, label)


def written_options(request: Request) -> str:
    """The options that were given, as a root element records them."""
    parts = []
    for name, value in request.options.items():
        option = VIEW.options.get(name)
        if value is not None and (option is None or value != option.default):
            text = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
            parts.append(f"{name}={text}")
    return " ".join(parts)


def _diagram(request: Request) -> Diagram:
    computation = request.computation
    options = request.options
    format_ = options.get("format")
    told = _Told(computation, str(format_) if format_ else None, options)
    boxes = [told.box(variable) for variable in computation.variables]
    arrows = told.arrows()
    for output in computation.outputs:
        ends = told.output(output)
        if ends is not None:
            boxes.append(ends[0])
            arrows.append(ends[1])
    return Diagram(
        tuple(boxes),
        tuple(arrows),
        f"Computation graph of {computation.program.function} at {point_of(computation)}",
        told.description(),
        direction=str(options.get("direction") or "right"),
    )


class _Told:
    """What the boxes and arrows of one computation say."""

    def __init__(self, computation: Computation, format_: str | None, options: object) -> None:
        self.computation = computation
        self.block = computation.name
        self.format = format_
        given = options if hasattr(options, "get") else {}
        self.numbers = given.get("numbers") == "yes"  # type: ignore[attr-defined]
        self.links = str(given.get("links") or "contributions")  # type: ignore[attr-defined]
        self.backward = any(v.adjoint is not None for v in computation.variables)

    def box(self, variable: Variable) -> Box:
        """A node: its name, operation and value; below, its adjoint, the sum and the value of it."""
        name = svg.math(variable.symbol.tex, variable.symbol.text)
        lines = [name]
        if variable.symbol != variable.formula:
            formula = svg.math(variable.formula.tex, variable.formula.text)
            if svg.width(formula) > LONGEST:
                formula = svg.roman(variable.operation)
            if variable.operation == "input":
                lines = [svg.joined(name, svg.roman(" = "), formula)]
            else:
                lines.append(formula)
        lines.append(self.value(f"{variable.address}", "value", variable.shape, variable.value))
        return Box(
            variable.address,
            f"{self.block}.{variable.address}",
            tuple(lines),
            self.adjoint(variable),
            "input" if variable.operation == "input" else "operation",
            given=variable.operation == "input",
        )

    def adjoint(self, variable: Variable) -> tuple[Line, ...]:
        """ṽ₀ = ṽ₀₁ + ṽ₀₂ and its value."""
        if variable.adjoint is None or self.links == "none":
            return ()
        first = svg.math(variable.adjoint_symbol.tex, variable.adjoint_symbol.text)
        links = self.computation.links_into(variable.index)
        if len(links) > 1 and self.links == "contributions":
            terms = [svg.math(link.symbol.tex, link.symbol.text) for link in links[:4]]
            if len(links) > 4:
                terms = [terms[0], svg.roman("…"), svg.math(links[-1].symbol.tex)]
            total = terms[0]
            for term in terms[1:]:
                total = svg.joined(total, svg.roman(" + "), term)
            first = svg.joined(first, svg.roman(" = "), total)
        return (first, self.value(variable.address, "adjoint", variable.shape, variable.adjoint))

    def arrows(self) -> list[Arrow]:
        """The links, each with an id of its own."""
        variables = self.computation.variables
        seen: Counter[str] = Counter()
        arrows = []
        for link in self.computation.links:
            source, target = variables[link.operand], variables[link.consumer]
            key = f"{source.address}-{target.address}"
            seen[key] += 1
            if seen[key] > 1:
                key += f"-{seen[key]}"
            arrows.append(
                Arrow(
                    key,
                    f"{self.block}.{link.address}",
                    source.address,
                    target.address,
                    backward=self.label(link),
                    back=self.backward and self.links != "none",
                )
            )
        return arrows

    def label(self, link: Link) -> tuple[Line, ...]:
        """What comes back along a link, in symbols, and in numbers where asked."""
        if self.links == "none":
            return ()
        variables = self.computation.variables
        source, target = variables[link.operand], variables[link.consumer]
        if self.links == "partials" or not self.backward:
            top = svg.math(
                rf"\frac{{\partial {target.symbol.tex}}}{{\partial {source.symbol.tex}}}"
            )
            value = svg.math(link.local.tex, link.local.text)
            lines = [svg.joined(top, svg.roman(" = "), value)]
            if self.numbers and link.partial is not None and not target.shape:
                path = f"{target.address}.d.{source.address}"
                lines.append(self.value(path, "", target.shape, link.partial))
            return tuple(lines)
        symbol = svg.math(link.symbol.tex, link.symbol.text)
        pulled = svg.math(link.factored.tex, link.factored.text)
        if svg.width(pulled) > LONGEST:
            pulled = svg.math(link.rule.tex, link.rule.text)
        lines = [svg.joined(symbol, svg.roman(" = "), pulled)]
        if self.numbers and link.value is not None:
            lines.append(self.value(link.address, "", source.shape, link.value))
        return tuple(lines)

    def output(self, output: Output) -> tuple[Box, Arrow] | None:
        """y at the end, where the backward pass begins; none where the last node bears that name."""
        if output.variable is None:
            return None
        variable = self.computation.variables[output.variable]
        if variable.symbol == output.symbol:
            return None
        name = svg.math(output.symbol.tex, output.symbol.text)
        label: tuple[Line, ...] = ()
        about = f"{self.block}.{output.label}"
        if variable.adjoint is not None and not variable.shape:
            adjoint = svg.math(variable.adjoint_symbol.tex)
            rule = svg.math(
                rf"\frac{{\partial {output.symbol.tex}}}{{\partial {variable.symbol.tex}}}"
            )
            label = (svg.joined(adjoint, svg.roman(" = "), rule),)
        if self.links != "contributions":
            label = ()
        key = f"{output.label}-output"
        box = Box(key, about, (name,), kind="plain")
        back = self.backward and self.links != "none"
        arrow = Arrow(
            f"{variable.address}-{key}", about, variable.address, key, (), label, back=back
        )
        return box, arrow

    def value(self, address: str, quantity: str, shape: Shape, values: tuple[Number, ...]) -> Line:
        """A value with its relation sign; of an array some numbers or its shape."""
        ending = f".{quantity}" if quantity else ""
        if len(values) > MOST_WRITTEN or len(shape) > 1:
            return svg.roman(" × ".join(map(str, shape)) + " numbers")
        shown = [show(value, self.format) for value in values]
        exact = all(one.relation == "=" for one in shown)
        runs = [Run("= " if exact else "≈ ")]
        for place, (suffix, one) in enumerate(zip(elements(shape), shown, strict=True)):
            path = _path(self.block, address, suffix, ending)
            runs += [Run(", ")] * bool(place) + [Run(one.text, path=path)]
        if shape:
            runs.insert(1, Run("("))
            runs.append(Run(")"))
        return tuple(runs)

    def description(self) -> str:
        """The nodes and links in words."""
        parts = []
        for variable in self.computation.variables:
            text = f"{variable.symbol.text} = {variable.formula.text}"
            if not variable.shape:
                text += f" {show(variable.value[0], self.format).related}"
                if variable.adjoint is not None and self.links != "none":
                    adjoint = show(variable.adjoint[0], self.format).related
                    text += f", {variable.adjoint_symbol.text} {adjoint}"
            parts.append(text)
        variables = self.computation.variables
        listed = "; ".join(parts)
        links = ", ".join(
            f"{variables[link.operand].symbol.text} to {variables[link.consumer].symbol.text}"
            for link in self.computation.links
        )
        return f"Nodes: {listed}. Links: {links}."


def _path(block: str, address: str, suffix: str, ending: str) -> str:
    head, dot, rest = address.partition(".")
    return f"{block}.{head}{suffix}{dot}{rest}{ending}"


VIEW = View(
    "graph",
    render,
    {
        "numbers": Option("choice", "no", choices=("yes", "no")),
        "links": Option("choice", "contributions", choices=("contributions", "partials", "none")),
        "direction": Option("choice", "right", choices=("right", "down")),
        "format": Option("text"),
    },
)
