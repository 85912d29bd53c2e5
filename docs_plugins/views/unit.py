"""`{{ f.unit }}`: one unit of computation, what it keeps, receives and sends back.

The block's function is the unit; `of=v2` draws one operation of it; `inside=yes` draws every
operation as a unit, with repeated sums as one Σ.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from docs_plugins.drawing import mathline
from docs_plugins.drawing.boxes import Box
from docs_plugins.drawing.diagram import Arrow, Diagram
from docs_plugins.drawing.mathline import Line
from docs_plugins.model import Computation, Formula, Link, Number, Variable, partial_path
from docs_plugins.naming import sign
from docs_plugins.views import cells, graph, lines
from docs_plugins.views.base import Option, Request, View, ViewError

MOST_OPERANDS = 12
LONGEST = 190.0  # of a stored partial's formula, in the drawing's units


class _Operand(NamedTuple):
    """One operand of a unit: its sign, and the stored partial by it."""

    address: str
    symbol: Formula
    adjoint: Formula
    partial: Formula
    path: str  # of the partial
    number: Number | None
    about: str


def render(request: Request) -> str:
    """Return the figure; raises `ViewError` for arrays, several outputs, or an unknown node."""
    computation = request.computation
    lines.refuse_large(computation)
    if any(variable.shape for variable in computation.variables):
        raise ViewError("a unit is drawn of numbers, not of arrays", "write a scalar function")
    drawing = _Unit(request)
    if lines.asked(request, "inside"):
        drawn = drawing.inside()
    elif request.options.get("of") is not None:
        drawn = drawing.operation(str(request.options["of"]))
    else:
        drawn = drawing.whole()
    drawn = drawn._replace(description=lines.described(drawn))
    return lines.figure(request, "unit", drawn, OPTIONS)


class _Unit:
    """The drawings of units of one computation."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.computation: Computation = request.computation
        self.variables = self.computation.variables
        self.block = self.computation.name
        self.format = cells.format_of(request)
        self.numbers = lines.asked(request)
        self.formulas = lines.asked(request, "formulas")
        self.loss = sign(str(request.options["loss"])).formula

    # --- one unit

    def whole(self) -> Diagram:
        """The block's function as one unit."""
        computation = self.computation
        jacobian = computation.jacobian
        if len(jacobian.rows) != 1:
            raise ViewError(
                f"{computation.program.function} has several outputs",
                "draw one of its operations: of=…",
            )
        operands = []
        names = computation.program.parameters
        for name, column, entry in zip(names, jacobian.columns, jacobian.entries[0], strict=True):
            about = f"{self.block}.{name}"
            operands.append(
                _Operand(
                    name,
                    column,
                    sign(name).adjoint,
                    entry.symbolic,
                    entry.address,
                    entry.number,
                    about,
                )
            )
        own = sign(computation.program.function)
        path = f"{computation.outputs[0].label}.value"
        value = computation.outputs[0].value[0]
        return self.drawn(
            own.formula, own.adjoint, operands, lines.one(computation, path, value, self.format)
        )

    def operation(self, address: str) -> Diagram:
        """One operation of the trace as a unit."""
        variable = self.computation.by_address(address)
        if variable is None or variable.operation == "input":
            known = [v.address for v in self.variables if v.operation != "input"]
            raise ViewError(
                f"unit: of={address} is no operation of {self.block}", f"one of: {', '.join(known)}"
            )
        operands = [self.operand(link) for link in self.links_of(variable)]
        value = lines.value_of(self.computation, variable, "value", self.format)
        return self.drawn(
            lines.symbols(self.computation)[variable.index],
            lines.adjoint_symbols(self.computation)[variable.index],
            operands,
            value,
        )

    def links_of(self, variable: Variable) -> list[Link]:
        """The links that lead to a variable, in the order of its operands."""
        found = [link for link in self.computation.links if link.consumer == variable.index]
        return sorted(found, key=lambda link: link.position)

    def operand(self, link: Link) -> _Operand:
        """An operand of an operation."""
        source, target = self.variables[link.operand], self.variables[link.consumer]
        return _Operand(
            source.address,
            source.symbol,
            link.symbol,
            link.local,
            partial_path(link, source, target),
            None if link.partial is None else link.partial[0],
            f"{self.block}.{link.address}",
        )

    def drawn(
        self, symbol: Formula, adjoint: Formula, operands: Sequence[_Operand], value: Line
    ) -> Diagram:
        """A unit between its operands and the rest of the graph."""
        if len(operands) > MOST_OPERANDS:
            raise ViewError(
                f"{len(operands)} operands at one unit", f"at most {MOST_OPERANDS} can be drawn"
            )
        name = lines.math(symbol)
        head = name
        for place, operand in enumerate(operands):
            opening = mathline.roman(", " if place else "(")
            head = mathline.joined(head, opening, lines.math(operand.symbol))
        head = mathline.joined(head, mathline.roman(")"))
        kept = [mathline.joined(name, mathline.roman(" "), value) if self.numbers else name]
        kept += [self.stored(symbol, operand) for operand in operands]
        boxes = []
        arrows = []
        seen: Counter[str] = Counter()
        for operand in operands:
            seen[operand.address] += 1
            key = operand.address
            if seen[key] > 1:
                key += f"-{seen[key]}"
            boxes.append(Box(key, operand.about, (lines.math(operand.symbol),), kind="plain"))
            back = self.sent(symbol, adjoint, operand)
            arrows.append(Arrow(f"{key}-the-unit", operand.about, key, "the-unit", (), (back,)))
        boxes.append(Box("the-unit", self.block, (head,), stored=tuple(kept), kind="soft"))
        boxes.append(Box("the-rest", "", (lines.math(self.loss),), kind="plain"))
        comes = lines.equation(lines.math(adjoint), lines.partial(self.loss, symbol))
        arrows.append(
            Arrow("the-unit-the-rest", self.block, "the-unit", "the-rest", (name,), (comes,))
        )
        title = f"The unit {mathline.plain(name)}: what it keeps, receives and sends back"
        return Diagram(tuple(boxes), tuple(arrows), title, "")

    def stored(self, symbol: Formula, operand: _Operand) -> Line:
        """A local partial as the forward pass leaves it."""
        line = lines.partial(symbol, operand.symbol)
        formula = lines.math(operand.partial)
        if self.formulas and mathline.width(formula) <= LONGEST:
            line = lines.equation(line, formula)
        if self.numbers and operand.number is not None:
            number = lines.one(self.computation, operand.path, operand.number, self.format)
            if mathline.plain(number) != f"= {mathline.plain(formula)}":
                line = mathline.joined(line, mathline.roman(" "), number)
        return line

    def sent(self, symbol: Formula, adjoint: Formula, operand: _Operand) -> Line:
        """What leaves towards an operand."""
        pulled = mathline.joined(
            lines.math(adjoint), mathline.roman(" · "), lines.partial(symbol, operand.symbol)
        )
        return lines.equation(lines.math(operand.adjoint), pulled)

    # --- every operation a unit

    def inside(self) -> Diagram:
        """All operations as units, with sums of sums as one Σ."""
        told = graph.Told(
            self.computation, self.format, numbers=self.numbers, links="contributions"
        )
        merged = self.merged()
        boxes = [
            self.inner(told, variable, merged)
            for variable in self.variables
            if variable.index not in merged
        ]
        arrows = []
        for arrow, link in zip(told.arrows(), self.computation.links, strict=True):
            if link.operand in merged:
                continue
            target = self.variables[self.reader(link.consumer, merged)]
            label = lines.equation(lines.math(link.symbol), told.pulled(link, target.index))
            written = (label, *arrow.backward[1:])
            arrows.append(arrow._replace(target=target.address, backward=written))
        boxes.append(Box("the-rest", "", (lines.math(self.loss),), kind="plain"))
        for index in dict.fromkeys(output.variable for output in self.computation.outputs):
            if index is not None:
                variable = self.variables[index]
                symbol = told.symbols[variable.index]
                comes = lines.equation(
                    lines.math(told.adjoints[variable.index]), lines.partial(self.loss, symbol)
                )
                about = f"{self.block}.{variable.address}"
                key = f"{variable.address}-the-rest"
                arrows.append(Arrow(key, about, variable.address, "the-rest", (), (comes,)))
        name = self.computation.program.function
        return Diagram(tuple(boxes), tuple(arrows), f"The units inside {name}", "")

    def inner(self, told: graph.Told, variable: Variable, merged: set[int]) -> Box:
        """One operation as a unit, or an input."""
        box = told.box(variable)
        name = box.forward[0]
        if variable.operation == "input":
            forward = (name, *box.forward[1:]) if self.numbers else (name,)
            return box._replace(forward=forward, backward=(), kind="plain")
        symbol = told.symbols[variable.index]
        parts = self.links_of_sum(variable, merged)
        stored = tuple(
            lines.equation(
                lines.partial(symbol, told.symbols[link.operand]),
                told.short(link.local, mathline.roman("…")),
            )
            for link in parts
        )
        whole = len(parts) > len(self.links_of(variable))
        forward = (name, mathline.roman("Σ")) if whole else box.forward[:2]
        if self.numbers:
            forward = (*forward, box.forward[-1])
        return box._replace(forward=forward, stored=stored, backward=(), kind="soft")

    def links_of_sum(self, variable: Variable, merged: set[int]) -> list[Link]:
        """The links that lead to a variable, through the sums that are drawn as a part of it."""
        found = []
        for link in self.links_of(variable):
            if link.operand in merged:
                found += self.links_of_sum(self.variables[link.operand], merged)
            else:
                found.append(link)
        return found

    def reader(self, index: int, merged: set[int]) -> int:
        """The sum that a sum is drawn as a part of."""
        while index in merged:
            index = next(link.consumer for link in self.computation.links if link.operand == index)
        return index

    def merged(self) -> set[int]:
        """Sums that nothing but another sum reads."""
        readers: dict[int, list[int]] = {}
        for link in self.computation.links:
            readers.setdefault(link.operand, []).append(link.consumer)
        outputs = {output.variable for output in self.computation.outputs}
        return {
            variable.index
            for variable in self.variables
            if variable.operation == "add"
            and variable.index not in outputs
            and not variable.assigned
            and len(readers.get(variable.index, ())) == 1
            and self.variables[readers[variable.index][0]].operation == "add"
        }


OPTIONS = {
    "of": Option("name"),
    "inside": Option("choice", "no", choices=("yes", "no")),
    "formulas": Option("choice", "yes", choices=("yes", "no")),
    "loss": Option("name", "L"),
    "numbers": lines.NUMBERS,
    "format": lines.FORMAT,
}
VIEW = View("unit", render, OPTIONS)
