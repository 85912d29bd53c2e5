"""`{{ z.chain }}`: the graph with a local partial on every link, and the products along paths."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from docs_plugins.drawing import mathline
from docs_plugins.drawing.mathline import Line, Run
from docs_plugins.model import Computation, Link
from docs_plugins.views import cells, graph, lines
from docs_plugins.views.base import Request, View, ViewError

MOST_PATHS = 8  # from one input
MOST_FACTORS = 60  # of all products


def render(request: Request) -> str:
    """Return the figure; raises `ViewError` for several outputs, arrays, or too many paths."""
    computation = request.computation
    lines.refuse_large(computation)
    if len(computation.outputs) != 1 or any(v.shape for v in computation.variables):
        raise ViewError(
            "chain products are written for one output and numbers, not arrays",
            f"write {{{{ {computation.name}.jacobian }}}} instead",
        )
    drawn = graph.diagram(request, "partials")
    written = tuple(_Products(computation, cells.format_of(request)).lines())
    drawn = drawn._replace(
        below=written,
        title=f"Chain products of {computation.program.function}",
        description=f"{drawn.description} {'; '.join(map(mathline.plain, written))}.",
    )
    return lines.figure(request, "chain", drawn, OPTIONS)


class _Products:
    """The derivative by each input as a sum over paths of products of local partials."""

    def __init__(self, computation: Computation, format: str | None) -> None:
        self.computation = computation
        self.format = format
        self.symbols = lines.symbols(computation)
        self.last = computation.outputs[0].variable
        self.links: dict[int, list[Link]] = {}
        for link in computation.links:
            self.links.setdefault(link.operand, []).append(link)
        self.counts = self._counts()

    def _counts(self) -> Mapping[int, int]:
        """How many paths lead from each variable to the output."""
        counts: dict[int, int] = {}
        for variable in reversed(self.computation.variables):
            index = variable.index
            own = sum(counts[link.consumer] for link in self.links.get(index, ()))
            counts[index] = own + (index == self.last)
        return counts

    def lines(self) -> Iterator[Line]:
        """One line for each input."""
        factors = 0
        for variable in self.computation.variables:
            if variable.operation != "input" or self.last is None:
                continue
            if self.counts[variable.index] > MOST_PATHS:
                raise ViewError(
                    f"{self.counts[variable.index]} paths lead from {variable.address} to the"
                    f" output, and {MOST_PATHS} at most can be written out",
                    "draw the graph instead",
                )
            paths = list(self.paths(variable.index))
            factors += sum(map(len, paths))
            if factors > MOST_FACTORS:
                raise ViewError("the chain products are too long", "draw the graph instead")
            yield self.line(variable.index, paths)

    def paths(self, index: int) -> Iterator[tuple[Link, ...]]:
        """Every path from a variable to the output."""
        if index == self.last:
            yield ()
        for link in self.links.get(index, ()):
            if self.counts[link.consumer]:
                for rest in self.paths(link.consumer):
                    yield (link, *rest)

    def line(self, index: int, paths: list[tuple[Link, ...]]) -> Line:
        """∂z/∂x₁ = ∂z/∂y₃ · … = x₅ · … = 6, the factor nearest to the output first."""
        variable = self.computation.variables[index]
        whole = lines.partial(self.symbols[self.last or 0], self.symbols[index])
        parts = [whole]
        names = self.sum_of(paths, self.name)
        if names != whole:
            parts.append(names)
        parts.append(self.sum_of(paths, lambda link: lines.factor(lines.math(link.local))))
        line = lines.equation(*parts) if paths else whole
        if variable.adjoint is None:
            return line
        relation, number = lines.value_of(self.computation, variable, "adjoint", self.format)
        if number.text == mathline.plain(parts[-1]):
            # a lone number needs no second sign
            return (*lines.equation(*parts[:-1]), Run(f" {relation.text}"), number)
        return (*line, Run(f" {relation.text}"), number)

    def name(self, link: Link) -> Line:
        """The sign of a link's local partial."""
        return lines.partial(self.symbols[link.consumer], self.symbols[link.operand])

    def sum_of(self, paths: list[tuple[Link, ...]], factor: Callable[[Link], Line]) -> Line:
        """The products of the paths, added."""
        total: Line = ()
        for path in paths:
            product: Line = ()
            for link in reversed(path):
                one = factor(link)
                product = mathline.joined(product, mathline.roman(" · "), one) if product else one
            product = product or mathline.roman("1")
            total = mathline.joined(total, mathline.roman(" + "), product) if total else product
        return total


OPTIONS = {
    "numbers": lines.NUMBERS,
    "direction": lines.DIRECTION,
    "format": lines.FORMAT,
}
VIEW = View("chain", render, OPTIONS)
