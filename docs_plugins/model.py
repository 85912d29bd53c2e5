"""Plain data between computing and showing: what one call of a block's function left behind.

Arrays are flattened in C order: a variable of shape ``(2, 3)`` has six numbers in each of its
tuples, a scalar has one. `element` turns a position in such a tuple into the way a page writes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from docs_plugins.language import Call, Program

Shape = tuple[int, ...]


class Number(NamedTuple):
    """One real number as computed.

    `exact` is the number itself where it is a rational known exactly from the block's literals;
    `magnitude` is its size without cancellation, which tolerances are relative to.
    """

    value: float
    exact: Fraction | None
    magnitude: float


class Formula(NamedTuple):
    """One expression as TeX, and as plain text for records, SVG and speech."""

    tex: str
    text: str


@dataclass(frozen=True, slots=True)  # a tuple's own `index` is another thing
class Variable:
    """One node of the trace: an input or the result of one operation."""

    index: int  # position in evaluation order, inputs first
    address: str  # how references name it: {{ f.ADDRESS.value }}
    assigned: bool  # whether the writer named it (a parameter or an assignment)
    symbol: Formula  # how it is shown: v_{-1}, v_1, y_1
    adjoint_symbol: Formula  # \tilde{v}_{-1}
    operation: str  # "input", "log", "multiply", …
    operands: tuple[int, ...]  # indices of the variables it reads; constants are left out
    shape: Shape
    formula: Formula  # in the symbols of its operands: \ln v_{-1}; an input's own name, x_1
    plain: str  # the same in the writer's own names, as records have it: log(x1)
    substituted: (
        Formula | None
    )  # with exact values: \ln 2; None where there is nothing short to print
    value: tuple[Number, ...]
    adjoint: tuple[Number, ...] | None  # None where the function has several outputs
    line: int  # line within the block, 1-based
    footnote: str | None  # the choice made at a kink or a tie, where the node sits at one


class Link(NamedTuple):
    """One edge of the graph: what a consumer sends back to one of its operands."""

    operand: int  # Variable.index
    consumer: int  # Variable.index
    position: int  # which operand of the consumer
    address: str  # BLOCK-relative: x2.from.v3 (the sum where a consumer reads the operand twice)
    symbol: Formula  # \tilde{v}_{01}, or \tilde{v}_1 where it is the only link
    only: bool  # whether it is the operand's only link, so that no sum follows
    rule: Formula  # \frac{\partial v_3}{\partial v_0} \tilde{v}_3
    local: Formula  # the local partial alone: \cos v_0; for structural operations the whole pull
    plain: str  # the same in the writer's own names, as records have it: cos(x2)
    factored: Formula  # local partial times adjoint, in symbols: \cos(v_0) \cdot \tilde{v}_3
    substituted: Formula | None  # with values: \cos(5) \cdot (-1)
    exact: Formula | None  # the contribution itself where it is exact and short: -\cos 5
    partial: tuple[Number, ...] | None  # of the consumer's shape; None for structural operations
    value: tuple[Number, ...] | None  # of the operand's shape; None where there are several outputs


def partial_path(link: Link, operand: Variable, consumer: Variable, suffix: str = "") -> str:
    """Return the path of a link's local partial, or of one element of it: v2.d.x1."""
    which = link.address.removeprefix(f"{operand.address}.from.{consumer.address}")
    return f"{consumer.address}{suffix}.d.{operand.address}{which}"


def summands(links: Sequence[Link]) -> Formula | None:
    """The contributions as they are added, where each has a short exact form."""
    parts = [link.exact.tex for link in links if link.exact is not None]
    if len(parts) < len(links):
        return None
    signed = (f" {part}" if part.startswith("-") else f" + {part}" for part in parts[1:])
    return Formula("".join([parts[0], *signed]), "")


class Output(NamedTuple):
    """One returned value."""

    label: str  # y, or y1 … ym
    symbol: Formula
    variable: int | None  # None: a constant was returned
    shape: Shape
    value: tuple[Number, ...]


class Entry(NamedTuple):
    """One entry of a Jacobian."""

    address: str  # BLOCK-relative: jacobian.y1.x2, jacobian.y[0].x[1]
    symbolic: Formula
    plain: str  # the same in the writer's own names, as records have it: 1/x1 + x2
    number: Number


class Jacobian(NamedTuple):
    """All first derivatives of the outputs' elements (rows) by the inputs' elements (columns)."""

    rows: tuple[Formula, ...]
    columns: tuple[Formula, ...]
    entries: tuple[tuple[Entry, ...], ...]
    mode: str  # the mode the engine chose: "reverse" or "forward"
    passes: int  # the passes it ran
    reverse_passes: int
    forward_passes: int


class Work(NamedTuple):
    """What the full Jacobian of one function takes in either mode."""

    inputs: int
    outputs: int
    operations: int  # of the trace, which each pass goes through
    reverse_passes: int
    forward_passes: int


class Computation(NamedTuple):
    """Everything that one call of a block's function computed."""

    name: str
    program: Program
    call: Call
    variables: tuple[Variable, ...]
    links: tuple[Link, ...]  # by operand, then consumer, then position
    outputs: tuple[Output, ...]
    jacobian: Jacobian
    numbers: Mapping[str, Number]  # every addressable value of the block by its path: "x2.adjoint"
    engine: str  # minigrad's version
    cross_checks: int  # values that were computed a second way and agreed
    effort: int = 0  # microseconds that the second way was expected to take, roughly

    def by_address(self, address: str) -> Variable | None:
        """Return the variable that references name so, or None."""
        return next((v for v in self.variables if v.address == address), None)

    def links_into(self, operand: int) -> tuple[Link, ...]:
        """Return the links that add up to the operand's adjoint, in the order of the consumers."""
        return tuple(link for link in self.links if link.operand == operand)


def element(shape: Shape, position: int) -> str:
    """Write a flat position as a page addresses it: ``""`` for a scalar, ``[0,1]`` in a matrix."""
    if not shape:
        return ""
    indices = []
    for size in reversed(shape):
        position, index = divmod(position, size)
        indices.append(str(index))
    return "[" + ",".join(reversed(indices)) + "]"


def elements(shape: Shape) -> Iterator[str]:
    """Every element's suffix in C order; a scalar has the one empty suffix."""
    if not shape:
        yield ""
        return
    for indices in product(*map(range, shape)):
        yield "[" + ",".join(map(str, indices)) + "]"
