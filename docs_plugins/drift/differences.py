"""Where a record and what a page computes differ: every changed, missing and unused row."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from docs_plugins.drift.record import agrees, parse, render
from docs_plugins.drift.rows import ABSENT, call_text, rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from docs_plugins.drift.record import Block, Record, Row
    from docs_plugins.drift.rows import ComputedRow
    from docs_plugins.model import Computation


class Difference(NamedTuple):
    """One place where the record and the computation differ.

    `recorded` and `computed` are texts, None where that side has nothing.
    """

    block: str
    path: str  # within the block: "x2.adjoint"; "" for the block itself
    line: int | None  # within the block's text, 1-based; None where no line of the block is meant
    recorded: str | None
    computed: str | None
    note: str = ""  # what the two texts are, where they are no numbers
    record_line: int | None = None

    @property
    def item(self) -> str:
        """How a message names the place: ``f.x2.adjoint``."""
        return f"{self.block}.{self.path}" if self.path else self.block

    @property
    def message(self) -> str:
        """The difference in words: ``recorded 1.7163378145367738, computed 1.7164``."""
        note = f"{self.note} " if self.note else ""
        if self.computed is None:
            return f"{note}recorded ({self.recorded}), but no longer computed"
        if self.recorded is None:
            return f"{note}not in the record, computed {self.computed}"
        return f"{note}recorded {self.recorded}, computed {self.computed}"


def check(text: str, computations: Sequence[Computation]) -> tuple[Difference, ...]:
    """Compare a record's text with what a page computes; raises `RecordError`.

    A text equal to the one that would be written is not even parsed.
    """
    if text == render(computations):
        return ()
    return compare(parse(text), computations)


def compare(record: Record | None, computations: Sequence[Computation]) -> tuple[Difference, ...]:
    """Return every difference, in the page's order; what is no longer used comes last.

    Names, formulas, calls and their order must be equal; numbers within `TOLERANCE` of their
    magnitude.
    """
    blocks: Mapping[str, Block] = {} if record is None else record.blocks
    found: list[Difference] = []
    for computation in computations:
        block = blocks.get(computation.name)
        if block is None:
            count = sum(1 for _ in rows(computation))
            found.append(
                Difference(computation.name, "", None, None, f"{count} rows", note="block")
            )
        else:
            found += _compare_block(block, computation)
    names = {computation.name for computation in computations}
    found += [
        Difference(block.name, "", None, f"{len(block.rows)} rows", None, "block", block.line)
        for block in blocks.values()
        if block.name not in names
    ]
    if not found:
        found += _order("", "blocks", list(blocks), [c.name for c in computations], None)
    return tuple(found)


def _compare_block(block: Block, computation: Computation) -> list[Difference]:
    found: list[Difference] = []
    call = call_text(computation)
    if block.call != call:
        line = computation.call.line
        found.append(Difference(block.name, "", line, block.call, call, "call", block.line))
    computed = list(rows(computation))
    for row in computed:
        before = block.rows.get(row.name)
        found += _missing(block.name, row) if before is None else _changes(block.name, before, row)
    names = {row.name for row in computed}
    found += [
        Difference(block.name, row.name, None, _numbers_text(row.numbers), None, "", row.line)
        for row in block.rows.values()
        if row.name not in names
    ]
    common = [row.name for row in computed if row.name in block.rows]
    recorded = [name for name in block.rows if name in names]
    return found + _order(block.name, "rows", recorded, common, computation.call.line)


def _missing(block: str, row: ComputedRow) -> list[Difference]:
    texts = tuple(ABSENT if number is None else repr(number.value) for number in row.numbers)
    return [Difference(block, row.place, row.line, None, _numbers_text(texts), _aside(row))]


def _changes(block: str, before: Row, row: ComputedRow) -> Iterator[Difference]:
    note = _aside(row)
    for recorded, number, path in zip(before.numbers, row.numbers, row.paths, strict=True):
        if number is None or recorded == ABSENT:
            if number is not None or recorded != ABSENT:
                was = "nothing" if recorded == ABSENT else recorded
                now = "nothing" if number is None else repr(number.value)
                yield Difference(block, path, row.line, was, now, note, before.line)
        elif not agrees(recorded, number):
            now = repr(number.value)
            yield Difference(block, path, row.line, recorded, now, note, before.line)
    if before.formula != row.formula:
        note = f"{note} formula".strip()
        yield Difference(block, row.place, row.line, before.formula, row.formula, note, before.line)


def _aside(row: ComputedRow) -> str:
    """The row's name where its address does not say what it is: a step without a name."""
    return "" if row.named else f"[{row.name}]"


def _numbers_text(numbers: Iterable[str]) -> str:
    return ", ".join(text for text in numbers if text != ABSENT)


def _order(
    block: str, what: str, recorded: Sequence[str], computed: Sequence[str], line: int | None
) -> list[Difference]:
    for was, now in zip(recorded, computed, strict=True):
        if was != now:
            return [Difference(block, "", line, f"{was} first", f"{now} first", f"order of {what}")]
    return []
