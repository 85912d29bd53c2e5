"""How much one page may ask for, so that no page takes a build long, whatever it holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from docs_plugins.fences import LANGUAGE
from docs_plugins.model import Computation

REMEDY = "split the page"
VALUES = "values computed and drawn"
RERUN = 10  # what computing a function once more takes, in values, before its first value
LONGEST_PAGE = 4_000_000  # characters of a page that has blocks


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
        if len(text) > LONGEST_PAGE and LANGUAGE in text:
            raise TooMuch(f"the page has {len(text):,} characters, more than {LONGEST_PAGE:,}")

    def take(self, what: str, amount: int = 1) -> None:
        """Take some of it; raises `TooMuch` where too little is left, now and from then on."""
        self.left[what] -= amount
        if self.left[what] < 0:
            most = Budget().left[what]
            raise TooMuch(f"more than {most:,} {what} on one page")

    def take_computed(self, computation: Computation) -> None:
        """Take what a computation has computed: the elements of its values and its Jacobian."""
        entries = sum(map(len, computation.jacobian.entries))
        values = sum(len(variable.value) for variable in computation.variables)
        self.take(VALUES, values + entries)

    def spending(
        self, rerun: Callable[[Mapping[str, float]], Computation]
    ) -> Callable[[Mapping[str, float]], Computation]:
        """What computes a function once more, as long as the page may."""

        def spent(changes: Mapping[str, float]) -> Computation:
            computation = rerun(changes)
            self.take(VALUES, RERUN + len(computation.variables))
            return computation

        return spent
