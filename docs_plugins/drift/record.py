"""The committed record of what a page computes, as text: what accept writes, what a build reads.

Plain text in fixed columns, one row for each node (value, adjoint), link (local partial,
contribution) and Jacobian entry. This module reads and writes no files.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from docs_plugins.drift.files import ACCEPT_AGAIN
from docs_plugins.drift.rows import ABSENT, call_text, rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from docs_plugins.model import Computation, Number

VERSION = 1
TOLERANCE = 1e-12  # of a number's magnitude without cancellation
LONGEST_LINE = 1_000
LONGEST_NUMBER = 40
HEADER = (
    f"# deepnotes record {VERSION}: a build compares with it, only `deepnotes accept` writes it"
)
STOPS = (30, 56, 82)  # where the columns after the first begin
END = "## end"


def columns(*cells: str) -> str:
    """Return cells as a line; after one that is too long the next columns begin in line again.

    >>> columns("x1.from.v1", "0.5", "0.5", "1/x1")
    'x1.from.v1                    0.5                       0.5                       1/x1'
    >>> columns("(sin(x1)).from.(v1 + sin(x1))", "1.0", "1.0", "1")
    '(sin(x1)).from.(v1 + sin(x1))  1.0                      1.0                       1'
    """
    line = cells[0]
    for stop, cell in zip(STOPS, cells[1:], strict=True):
        line = f"{line}  ".ljust(stop) + cell
    return line


TITLES = columns("# name", "value | local partial", "adjoint | contribution", "formula")

_HEADER = re.compile(r"# deepnotes record ([\w.+-]{1,9})(?=:|\s|$)", re.ASCII)
_CONFLICT = re.compile(r"(<{7}|={7}|>{7}|\|{7})(\s|$)")
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?", re.ASCII)


class RecordError(ValueError):
    """A record that cannot be read: its line (1-based) and what to do about it."""

    def __init__(self, message: str, line: int, remedy: str = ACCEPT_AGAIN) -> None:
        """Keep the line and the remedy beside the message."""
        super().__init__(message)
        self.line = line
        self.remedy = remedy


class Row(NamedTuple):
    """One row as recorded: the numbers are texts, ``-`` where there is none."""

    name: str
    numbers: tuple[str, str]
    formula: str
    line: int  # of the record


class Block(NamedTuple):
    """What is recorded of one call."""

    name: str
    call: str
    rows: Mapping[str, Row]  # by name, in the order of the file
    line: int  # of the record


class Record(NamedTuple):
    """What is recorded of one page: blocks by their names."""

    blocks: Mapping[str, Block]


def render(computations: Iterable[Computation]) -> str:
    """Return the record of a page's computations, in the order of the page."""
    return merge(None, computations)


def merge(old: Record | None, computations: Iterable[Computation]) -> str:
    """Return the record of the computations; numbers within tolerance keep their old text."""
    lines = [HEADER, TITLES]
    for computation in computations:
        block = None if old is None else old.blocks.get(computation.name)
        lines += ["", f"## {computation.name}: {call_text(computation)}"]
        for row in rows(computation):
            before = None if block is None else block.rows.get(row.name)
            kept = (ABSENT, ABSENT) if before is None else before.numbers
            texts = map(_kept, kept, row.numbers)
            lines.append(columns(row.name, *texts, row.formula).rstrip())
    return "\n".join([*lines, "", END, ""])


def _kept(recorded: str, number: Number | None) -> str:
    if number is None:
        return ABSENT
    if recorded != ABSENT and agrees(recorded, number):
        return recorded
    return repr(number.value)


def agrees(recorded: str, number: Number) -> bool:
    """Whether a recorded number and a computed one are the same within `TOLERANCE`."""
    return abs(float(recorded) - number.value) <= TOLERANCE * number.magnitude


def decode(data: bytes) -> str:
    """Return a record's text from its file's bytes; raises `RecordError` unless they are UTF-8."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RecordError("the record is not UTF-8 text", line) from None
    return text.replace("\r\n", "\n")


def parse(text: str) -> Record:
    """Read a record's text; raises `RecordError` for whatever `merge` would not have written."""
    lines = text.split("\n")
    _refuse_conflicts(lines)
    if not text.strip():
        raise RecordError("the record is empty", 1)
    _check_version(lines[0])
    blocks: dict[str, Block] = {}
    block_rows: dict[str, Row] | None = None
    for number, line in enumerate(lines[1:], 2):
        _check_line(line, number)
        if line == END:
            _check_end(lines, number)
            return Record(blocks)
        if line.startswith("## "):
            block_rows = {}
            block = _read_heading(line, block_rows, number)
            if block.name in blocks:
                raise RecordError(f"the block {block.name} is recorded twice", number)
            blocks[block.name] = block
        elif line.strip() and not line.startswith("#"):
            _add_row(block_rows, _read_row(line, number))
    raise RecordError(f"the record is cut off: its last line {END!r} is missing", len(lines))


def _check_line(line: str, number: int) -> None:
    if len(line) > LONGEST_LINE:
        raise RecordError(f"the line has {len(line):,} characters", number)
    if not line.isprintable():
        raise RecordError("the line has a character that is no text", number)


def _refuse_conflicts(lines: Sequence[str]) -> None:
    for number, line in enumerate(lines, 1):
        if line[:1] in "<=>|" and _CONFLICT.match(line):
            remedy = f"keep either side, {ACCEPT_AGAIN}"
            raise RecordError("the record has merge-conflict markers", number, remedy)


def _add_row(rows: dict[str, Row] | None, row: Row) -> None:
    if rows is None:
        raise RecordError("a row stands before the first block", row.line)
    if row.name in rows:
        raise RecordError(f"the row {row.name} stands twice", row.line)
    rows[row.name] = row


def _check_version(line: str) -> None:
    header = _HEADER.match(line)
    if header is None:
        raise RecordError("the record does not begin with its header line", 1)
    if header[1] != str(VERSION):
        remedy = f"use the version of deepnotes that wrote it, or {ACCEPT_AGAIN}"
        raise RecordError(
            f"the record has format {header[1]}, this version reads {VERSION}", 1, remedy
        )


def _check_end(lines: Sequence[str], end: int) -> None:
    for number, line in enumerate(lines[end:], end + 1):
        if line.strip():
            raise RecordError("something stands after the record's last line", number)


def _read_heading(line: str, rows: Mapping[str, Row], number: int) -> Block:
    name, colon, call = line[3:].partition(": ")
    if not colon or not name.strip() or not call.strip():
        raise RecordError(f"{line!r} is no heading of a block", number)
    return Block(name, call, rows, number)


def _read_row(line: str, number: int) -> Row:
    cells = [cell for cell in re.split(r"  +", line.strip()) if cell]
    if len(cells) != 4:
        raise RecordError(
            f"a row has 4 columns, two spaces apart; this one has {len(cells)}", number
        )
    name, value, adjoint, formula = cells
    for text in (value, adjoint):
        if text != ABSENT and not (len(text) <= LONGEST_NUMBER and _NUMBER.fullmatch(text)):
            shown = repr(text[:LONGEST_NUMBER])
            raise RecordError(f"{shown} in the row {name} is no number", number)
    return Row(name, (value, adjoint), formula, number)
