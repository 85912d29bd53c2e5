"""What figures write in boxes and at arrows: signs, partials, numbers; and their root."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import starmap

from docs_plugins.drawing import mathline
from docs_plugins.drawing.diagram import Diagram, TooLargeError, check_size, draw
from docs_plugins.drawing.mathline import Line, Run
from docs_plugins.model import Computation, Formula, Number, Shape, Variable, elements
from docs_plugins.naming import sign
from docs_plugins.numbers import show
from docs_plugins.views import cells
from docs_plugins.views.base import Option, Request, ViewError

MOST_WRITTEN = 3  # numbers of an array
NUMBERS = Option("choice", "no", choices=("yes", "no"))
DIRECTION = Option("choice", "right", choices=("right", "down"))
FORMAT = Option("text")


def figure(request: Request, view: str, diagram: Diagram, options: Mapping[str, Option]) -> str:
    """The root element around a diagram; raises `ViewError` for one too large to draw."""
    try:
        drawn = draw(diagram, request.id)
    except TooLargeError as error:
        raise ViewError(str(error), "draw a smaller function") from None
    return root(request, view, drawn, diagram.title, options)


def root(
    request: Request, view: str, content: str, title: str, options: Mapping[str, Option]
) -> str:
    """The root element of a figure, a region that scrolls where it must."""
    return cells.root(request, view, f"mg-drawn mg-{view}", content, options, title)


def refuse_large(computation: Computation) -> None:
    """Raise `ViewError` for a computation that no figure can show, before anything is laid out."""
    try:
        check_size(len(computation.variables), len(computation.links))
    except TooLargeError as error:
        raise ViewError(str(error), "draw a smaller function") from None


def asked(request: Request, option: str = "numbers") -> bool:
    """Whether an option says yes."""
    return request.options.get(option) == "yes"


def symbols(computation: Computation) -> tuple[Formula, ...]:
    """The variables' signs; where others have names, an unnamed result bears the function's."""
    unnamed = _unnamed_result(computation)
    return tuple(
        sign(computation.program.function).formula if v.index == unnamed else v.symbol
        for v in computation.variables
    )


def adjoint_symbols(computation: Computation) -> tuple[Formula, ...]:
    """The signs of the variables' adjoints, to go with `symbols`."""
    unnamed = _unnamed_result(computation)
    return tuple(
        sign(computation.program.function).adjoint if v.index == unnamed else v.adjoint_symbol
        for v in computation.variables
    )


def _unnamed_result(computation: Computation) -> int | None:
    named = all(v.symbol == v.formula for v in computation.variables if v.operation == "input")
    last = computation.outputs[0].variable if len(computation.outputs) == 1 else None
    if not named or last is None or computation.variables[last].assigned:
        return None
    return last


def math(formula: Formula) -> Line:
    """A formula as a line."""
    return mathline.math(formula.tex, formula.text)


def partial(of: Formula, by: Formula) -> Line:
    """The sign of a partial derivative, on one line: ∂y/∂x."""
    return mathline.math(rf"\frac{{\partial {of.tex}}}{{\partial {by.tex}}}")


def factor(line: Line) -> Line:
    """A line in brackets where it is a sum or has a minus sign, to stand in a product."""
    text = mathline.plain(line)
    if any(f" {operator} " in text for operator in "+−") or text.startswith("−"):
        return mathline.joined(mathline.roman("("), line, mathline.roman(")"))
    return line


def equation(*sides: Line) -> Line:
    """Lines with signs of equality between them."""
    line = sides[0]
    for side in sides[1:]:
        line = mathline.joined(line, mathline.roman(" = "), side)
    return line


def values(
    paths: Sequence[str], shape: Shape, numbers: Sequence[Number], format: str | None
) -> Line:
    """Numbers with their relation sign; of an array a few numbers, else its shape."""
    if not shape:
        one = show(numbers[0], format)
        return Run(f"{one.relation} "), Run(one.text, path=paths[0], format=format or "")
    if len(numbers) > MOST_WRITTEN or len(shape) > 1:
        return mathline.roman(" × ".join(map(str, shape)) + " numbers")
    shown = [show(number, format) for number in numbers]
    runs = [Run("= " if all(one.relation == "=" for one in shown) else "≈ ")]
    runs.append(Run("("))
    for place, (path, one) in enumerate(zip(paths, shown, strict=True)):
        runs += [Run(", ")] * bool(place)
        runs.append(Run(one.text, path=path, format=format or ""))
    runs.append(Run(")"))
    return tuple(runs)


def value_of(
    computation: Computation, variable: Variable, quantity: str, format: str | None
) -> Line:
    """A variable's value or adjoint as a line; empty where it has none."""
    numbers = variable.value if quantity == "value" else variable.adjoint
    if numbers is None:
        return ()
    paths = [
        f"{computation.name}.{variable.address}{suffix}.{quantity}"
        for suffix in elements(variable.shape)
    ]
    return values(paths, variable.shape, numbers, format)


def one(computation: Computation, path: str, number: Number, format: str | None) -> Line:
    """One number of the block, by its path, with its relation sign."""
    return values([f"{computation.name}.{path}"], (), [number], format)


def spoken(lines: Sequence[Line]) -> str:
    """Lines as running text."""
    return ", ".join(filter(None, map(mathline.plain, lines)))


def described(diagram: Diagram) -> str:
    """A diagram's nodes and links in words."""
    names = {box.key: mathline.plain(box.forward[0]) for box in diagram.boxes if box.forward}
    nodes = "; ".join(spoken(box.lines) for box in diagram.boxes)

    def told(source: str, target: str, forward: Sequence[Line], backward: Sequence[Line]) -> str:
        label = spoken([*forward, *backward])
        return f"{names.get(source, source)} to {names.get(target, target)}" + (
            f" ({label})" if label else ""
        )

    links = "; ".join(
        starmap(told, ((a.source, a.target, a.forward, a.backward) for a in diagram.arrows))
    )
    return f"Nodes: {nodes}. Links: {links}."
