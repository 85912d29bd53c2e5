"""The one error of the calculus: a value or a derivative that is not a finite number."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import FrameType

import numpy as np

INSIDE = ("<frozen", *[str(Path(file).parent) + os.sep for file in (__file__, np.__file__)])
"""How the files of frames begin that are no user's."""


class DomainError(ArithmeticError):
    """Finite operands gave a value or a derivative that is not finite.

    Attributes:
        operation: Name of the operation, such as ``"log"``.
        operands: Plain values of the operands.
        node: Index of the node on the trace, or None outside a trace.
        reason: What is not finite, and what the operation needs.
        file: File of the user's line that applied the operation, or None.
        line: Number of that line, or None.
    """

    def __init__(
        self, operation: str, operands: tuple[object, ...], node: int | None, reason: str
    ) -> None:
        """Note the user's line as well."""
        super().__init__(operation, operands, node, reason)
        self.operation = operation
        self.operands = operands
        self.node = node
        self.reason = reason
        self.file, self.line = users_line()

    @property
    def message(self) -> str:
        """Operation, operands, node, reason and the user's line in one sentence."""
        shown = ", ".join(short(value) for value in self.operands)
        node = "" if self.node is None else f" (node {self.node})"
        where = "" if self.line is None else f", at {self.file}:{self.line}"
        return f"{self.operation}({shown}){node}: {self.reason}{where}"

    def __str__(self) -> str:
        """Give the message."""
        return self.message


def users_line() -> tuple[str | None, int | None]:
    """File and line of the innermost frame that is neither the engine's nor numpy's."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  (there is no other way to look up)
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith(INSIDE):
            return file, frame.f_lineno
        frame = frame.f_back
    return None, None


def short(value: object) -> str:
    """A value for an error's text: floats in full, long arrays cut."""
    text = " ".join(repr(value).split())
    return text if len(text) <= 80 else text[:77] + "..."
