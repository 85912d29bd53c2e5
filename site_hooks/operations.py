"""The engine's table of operations, for its reference page, from the declarations themselves.

A line `<!-- operations: elementwise -->`, `… structural` or `… guards` becomes that table. An
operation that is added to the engine is in it at the next build.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from minigrad.operation import Operation

MARKER = re.compile(r"^<!-- operations: (elementwise|structural|guards) -->$", re.MULTILINE)
VECTOR = np.array([0.25, 0.5])
MATRIX = np.array([[2.0, 0.5], [0.5, 2.0]])


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Put the tables in."""
    return MARKER.sub(lambda found: TABLES[found[1]](), markdown)


def elementwise() -> str:
    """Return the table of the operations that have one local partial for each operand."""
    return table(
        ["operation", "value", "local partials", "domain", "no derivative"],
        [row(o) for o in declared() if o.partials is not None and not o.guard],
    )


def structural() -> str:
    """Return the table of the operations on whole arrays, with what each sends back."""
    return table(
        ["operation", "value", "sent back", "domain", "no derivative"],
        [row(o) for o in declared() if o.partials is None and not o.guard],
    )


def guards() -> str:
    """Return the table of the operations that only other operations' rules use."""
    return table(
        ["operation", "value", "local partials, or what is sent back", "domain", "no derivative"],
        [row(o) for o in declared() if o.guard],
    )


def declared() -> list[Operation]:
    """Return every operation, in the order of declaration."""
    from minigrad.operation import OPERATIONS  # noqa: PLC0415 - fresh while serving

    return list(OPERATIONS.values())


def row(operation: Operation) -> list[str]:
    """Return an operation's row."""
    read = sent_back if operation.partials is None else formulas
    return [f"`{operation.name}`", *read(operation), *where(operation)]


def formulas(operation: Operation) -> tuple[str, str]:
    """Return the value and the local partials of an elementwise operation, as it prints them."""
    from minigrad.readings.expressions import Symbol, expression  # noqa: PLC0415
    from minigrad.readings.printers import to_tex  # noqa: PLC0415

    partials = operation.partials or ()
    names = "x" if len(partials) == 1 else "abcd"[: len(partials)]
    operands = [Symbol(name, name) for name in names]
    y = Symbol("y", "y")
    read = (p(y, *operands) if callable(p) else p or 0.0 for p in partials)
    printed = ", ".join(math(to_tex(expression(partial))) for partial in read)
    return math(to_tex(operation.apply(*operands))), printed


def where(operation: Operation) -> tuple[str, str]:
    """Return where an operation is defined, and where it has no derivative and what it takes there.

    Both are the declaration's words, which messages end with: signs are set, what the table's
    heading says is left out.
    """
    domain = (operation.domain or "everywhere").replace(">=", "≥").replace("-", "−")
    _, _, kink = operation.kink.rpartition(" has no derivative ")
    return domain, kink


def sent_back(operation: Operation) -> tuple[str, str]:
    """Return the value of an operation on small arrays and the contributions to its operands."""
    from minigrad.readings.expressions import Symbol  # noqa: PLC0415
    from minigrad.readings.printers import to_tex  # noqa: PLC0415
    from minigrad.readings.symbolic import contribution, formula  # noqa: PLC0415

    node = traced(operation)
    if node is None:
        return "", ""
    names = "X" if len(node.operands) == 1 else "AB"
    atoms = {
        operand.index: Symbol(name, name, shape=np.shape(operand.value))
        for operand, name in zip(node.operands, names, strict=True)
    }
    shape = np.shape(node.value)
    atoms[node.index] = Symbol("Y", "Y", shape=shape)
    adjoint = Symbol(r"\tilde{Y}", "Y~", shape=shape)
    back = (contribution(node, i, atoms, adjoint) for i in range(len(node.operands)))
    return math(to_tex(formula(node, atoms))), ", ".join(math(to_tex(e)) for e in back)


def traced(operation: Operation) -> Any:
    """Return a node of the operation on small arrays; None where no sample suits it."""
    from minigrad.trace import trace  # noqa: PLC0415

    for call, *operands in samples(operation.apply):
        try:
            node = trace(call, *operands).nodes[-1]
        except (TypeError, ValueError, IndexError, ArithmeticError):
            continue
        if node.operation.name == operation.name:
            return node
    return None


def samples(apply: Callable[..., Any]) -> list[tuple[Any, ...]]:
    """Return calls to try: on an array, on two, with an option that it needs, on a list."""
    return [
        (apply, VECTOR),
        (apply, MATRIX, MATRIX),
        (lambda x: apply(x, (2, 1)), VECTOR),
        (lambda x: apply(x, (2, 2)), VECTOR),
        (lambda x: apply(x, 1), VECTOR),
        (lambda a, b: apply([a, b]), VECTOR, VECTOR),
        (lambda x: apply(x, (1,), (3,)), 0.5),
    ]


def math(tex: str) -> str:
    """Put TeX between dollars; a bar within them is no border of the table."""
    return f"${tex}$"


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a pipe table; a column that nothing stands in is left out."""
    used = [i for i in range(len(head)) if any(row[i] for row in rows)]
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line[i] for i in used) + " |" for line in lines)


TABLES = {"elementwise": elementwise, "structural": structural, "guards": guards}
