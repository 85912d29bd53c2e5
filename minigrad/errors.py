"""The one error of the calculus: a value or a derivative that is not a finite number."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

PACKAGE = str(Path(__file__).parent)


class DomainError(ArithmeticError):
    """A finite operand gave a value or a derivative that is not finite.

    Attributes:
        operation: Name of the operation, such as ``"log"``.
        node: Index of the node on the trace, or None outside a trace.
        operands: Plain values of the operands.
        file: File of the user's line that applied the operation, or None.
        line: Number of that line, or None.
        message: The whole text.
    """

    def __init__(
        self, operation: str, operands: tuple[Any, ...], node: int | None, reason: str
    ) -> None:
        self.operation = operation
        self.operands = operands
        self.node = node
        self.file, self.line = users_line()
        place = "" if node is None else f" (node {node})"
        where = "" if self.line is None else f", at {self.file}:{self.line}"
        shown = ", ".join(short(value) for value in operands)
        self.message = f"{operation}({shown}){place}: {reason}{where}"
        super().__init__(self.message)


def users_line() -> tuple[str | None, int | None]:
    """File and line of the innermost frame that is not the engine's own."""
    frame = sys._getframe(1)  # noqa: SLF001  (the one way to see the caller without the cost of a traceback)
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith((PACKAGE, "<frozen", "<__array_function__")) and "numpy" not in file:
            return file, frame.f_lineno
        frame = frame.f_back  # type: ignore[assignment]
    return None, None


def short(value: object) -> str:
    """A value for an error's text: floats in full, long arrays cut."""
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
