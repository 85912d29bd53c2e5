"""What went wrong where, and what to do: the one shape of every message to a writer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake or drift, at its line of a page.

    >>> print(Problem("docs/a.md", 41, "f", "log of v3 = x1 - x2 = 0.0", "keep x1 above x2"))
    docs/a.md:41: f: log of v3 = x1 - x2 = 0.0; keep x1 above x2
    """

    path: str
    line: int
    item: str  # the block, or the path of the value: f, f.x2.adjoint
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        """Return one line: path, line, item, message, remedy."""
        item = f"{self.item}: " if self.item else ""
        remedy = f"; {self.remedy}" if self.remedy else ""
        return f"{self.path}:{self.line}: {item}{self.message}{remedy}"
