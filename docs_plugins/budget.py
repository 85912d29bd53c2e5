"""How much one page may ask for, so that no page takes a build long, whatever it holds.

Its one currency is the value: computing one and writing it takes about 50 microseconds of processor
time, so that all that a page may ask for takes about a second.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from docs_plugins.fences import LANGUAGE
from docs_plugins.model import Computation

REMEDY = "split the page"
VALUES = "values computed and drawn"
BLOCK = 20  # what a block takes, in values, before its first value
RERUN = 14  # what computing a function once more takes, likewise
EFFORT = (
    18  # microseconds of a second opinion, as it estimates itself, to a value: for both engines
)
LONGEST_PAGE = 4_000_000  # characters of a page that has blocks
MOST_LINES = 50_000  # of such a page


class TooMuch(ValueError):  # noqa: N818  (the page asks for it, nothing went wrong)
    """A page asks for more than one page may."""

    remedy = REMEDY


@dataclass(slots=True)
class Budget:
    """What is left of each thing that a page may ask for."""

    left: dict[str, int] = field(
        default_factory=lambda: {
            "blocks": 2_000,
            "references": 5_000,
            "views": 500,
            VALUES: 20_000,
        }
    )

    @staticmethod
    def check_length(text: str) -> None:
        """Raise `TooMuch` for a page with blocks that is longer than any page that is read."""
        length, lines = len(text), text.count("\n")
        if (length <= LONGEST_PAGE and lines <= MOST_LINES) or LANGUAGE not in text:
            return
        if length > LONGEST_PAGE:
            raise TooMuch(f"the page has {length:,} characters, more than {LONGEST_PAGE:,}")
        raise TooMuch(f"the page has {lines:,} lines, more than {MOST_LINES:,}")

    def take(self, what: str, amount: int = 1) -> None:
        """Take some of it; raises `TooMuch` where too little is left, now and from then on."""
        self.left[what] -= amount
        if self.left[what] < 0:
            most = Budget().left[what]
            raise TooMuch(f"more than {most:,} {what} on one page")

    def take_computed(self, computation: Computation) -> None:
        """Take what a computation has computed: every number, and what was not written of it."""
        self.take(VALUES, BLOCK + len(computation.numbers) + computation.effort // EFFORT)

    def take_drawn(self, view: str, computation: Computation) -> None:
        """Take what a view takes: most go through the nodes, a graph's layout through pairs."""
        nodes = len(computation.variables)
        more = {"graph": nodes * nodes // 8, "work": 300 + 14 * nodes}
        self.take(VALUES, nodes + more.get(view, 0))

    def spending(
        self, rerun: Callable[[Mapping[str, float]], Computation]
    ) -> Callable[[Mapping[str, float]], Computation]:
        """What computes a function once more, as long as the page may."""

        def spent(changes: Mapping[str, float]) -> Computation:
            computation = rerun(changes)
            taken = RERUN + len(computation.variables) + computation.effort // EFFORT
            self.take(VALUES, taken)
            return computation

        return spent
