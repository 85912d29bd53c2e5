"""The committed record of what a page computes: computations to text, text to rows, differences.

Plain text in fixed columns, one row for each node (value, adjoint), link (local partial,
contribution) and Jacobian entry. Rows are named by what the writer named, else by formula, so that
a step inserted in a block renumbers nothing. This module reads and writes no files.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from docs_plugins.language import Constant
from docs_plugins.model import Computation, Link, Number, Variable, elements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

VERSION = 1
TOLERANCE = 1e-12  # of a number's magnitude without cancellation
HEADER = (
    f"# deepnotes record {VERSION}: a build compares with it, only `deepnotes accept` writes it"
)
COLUMNS = "{:<28}  {:<24}  {:<24}  {}"
TITLES = COLUMNS.format("# name", "value | local partial", "adjoint | contribution", "formula")
END = "## end"
ABSENT = "-"
LONGEST_NAME = 60
LONGEST_FORMULA = 240

_HEADER = re.compile(r"# deepnotes record (\d+)\b")
_CONFLICT = re.compile(r"(<{7}|={7}|>{7}|\|{7})(\s|$)")
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?", re.ASCII)
_ACCEPT_AGAIN = "accept the page again"


class RecordError(ValueError):
    """A record that cannot be read: its line (1-based) and what to do about it."""

    def __init__(self, message: str, line: int, remedy: str = _ACCEPT_AGAIN) -> None:
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


@dataclass(frozen=True, slots=True)
class Block:
    """What is recorded of one call."""

    name: str
    call: str
    rows: Mapping[str, Row]  # by name, in the order of the file
    line: int  # of the record


@dataclass(frozen=True, slots=True)
class Record:
    """What is recorded of one page: blocks by their names."""

    blocks: Mapping[str, Block]


@dataclass(frozen=True, slots=True)
class Difference:
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


class _Computed(NamedTuple):
    """One row as computed: `place` is how a page names it, `paths` its two numbers."""

    name: str
    numbers: tuple[Number | None, Number | None]
    formula: str
    place: str
    paths: tuple[str, str]
    named: bool  # whether the writer named all that it is about, so that the place says it
    line: int


# --- computations -> rows


def call_text(computation: Computation) -> str:
    """Return the heading of a block: the call, and the variables that it returns.

    Example: ``f(2, 5) -> v4 - v3``.
    """
    arguments = ", ".join(map(_argument, computation.call.arguments))
    outputs = []
    for output in computation.outputs:
        if output.variable is None:
            outputs.append(", ".join(repr(number.value) for number in output.value))
        else:
            variable = computation.variables[output.variable]
            outputs.append(variable.address if variable.assigned else variable.plain)
    text = f"{computation.program.function}({arguments}) -> {'; '.join(outputs)}"
    return _shortened(text, LONGEST_FORMULA)


def _argument(argument: object) -> str:
    if isinstance(argument, Constant):
        return argument.text
    if isinstance(argument, tuple):
        return "[" + ", ".join(map(_argument, argument)) + "]"
    return str(argument)


def _shortened(text: str, limit: int) -> str:
    """One line without runs of spaces; beyond the limit a beginning and a checksum of the whole."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    return f"{text[: limit - 12]}… #{crc32(text.encode()):08x}"


def _rows(computation: Computation) -> Iterator[_Computed]:
    """Every row of a block, each name once."""
    seen: Counter[str] = Counter()
    for row in _all_rows(computation):
        name = _shortened(row.name, LONGEST_NAME)
        seen[name] += 1
        count = seen[name]
        if count > 1:
            name = f"{name} #{count}"
        formula = _shortened(row.formula, LONGEST_FORMULA) or ABSENT
        yield row._replace(name=name, formula=formula)


def _all_rows(computation: Computation) -> Iterator[_Computed]:
    for variable in computation.variables:
        yield from _node_rows(variable)
    variables = computation.variables
    for link in computation.links:
        yield from _link_rows(link, variables[link.operand], variables[link.consumer])
    for entries in computation.jacobian.entries:
        for entry in entries:
            path, line = entry.address, computation.call.line
            paths = (path, path)
            yield _Computed(path, (entry.number, None), entry.plain, path, paths, True, line)


def _reference(variable: Variable) -> str:
    return variable.address if variable.assigned else f"({variable.plain})"


def _node_rows(variable: Variable) -> Iterator[_Computed]:
    named = variable.assigned
    name = (
        variable.address if named else f"({variable.plain})" if variable.shape else variable.plain
    )
    adjoints: Sequence[Number | None] = variable.adjoint or (None,) * len(variable.value)
    formula = "input" if variable.operation == "input" else variable.plain
    for suffix, value, adjoint in zip(
        elements(variable.shape), variable.value, adjoints, strict=True
    ):
        place = variable.address + suffix
        paths = (f"{place}.value", f"{place}.adjoint")
        numbers = (value, adjoint)
        yield _Computed(name + suffix, numbers, formula, place, paths, named, variable.line)


def _link_rows(link: Link, operand: Variable, consumer: Variable) -> Iterator[_Computed]:
    """One row for contribution and local partial where both have one shape, else rows for each."""
    named, line = operand.assigned and consumer.assigned, consumer.line
    to, of = _reference(operand), _reference(consumer)
    partials: Sequence[Number | None] = link.partial or ()
    if link.value is None or operand.shape != consumer.shape:
        for suffix, number in zip(elements(consumer.shape), partials, strict=False):
            name = f"{of}{suffix}.d.{to}"
            path = f"{consumer.address}{suffix}.d.{operand.address}"
            paths = (path, path)
            yield _Computed(name, (number, None), link.plain, path, paths, named, line)
        partials = ()
    if link.value is None:
        return
    partials = partials or (None,) * len(link.value)
    for suffix, local, number in zip(elements(operand.shape), partials, link.value, strict=True):
        name = f"{to}{suffix}.from.{of}"
        path = f"{operand.address}{suffix}.from.{consumer.address}"
        paths = (f"{consumer.address}{suffix}.d.{operand.address}", path)
        yield _Computed(name, (local, number), link.plain, path, paths, named, line)


# --- text


def render(computations: Iterable[Computation]) -> str:
    """Return the record of a page's computations, in the order of the page."""
    return merge(None, computations)


def merge(old: Record | None, computations: Iterable[Computation]) -> str:
    """Return the record of the computations; numbers within tolerance keep their old text."""
    lines = [HEADER, TITLES]
    for computation in computations:
        block = None if old is None else old.blocks.get(computation.name)
        lines += ["", f"## {computation.name}: {call_text(computation)}"]
        for row in _rows(computation):
            before = None if block is None else block.rows.get(row.name)
            kept = (ABSENT, ABSENT) if before is None else before.numbers
            texts = map(_kept, kept, row.numbers)
            lines.append(COLUMNS.format(row.name, *texts, row.formula).rstrip())
    return "\n".join([*lines, "", END, ""])


def _kept(recorded: str, number: Number | None) -> str:
    if number is None:
        return ABSENT
    if recorded != ABSENT and _agree(recorded, number):
        return recorded
    return repr(number.value)


def _agree(recorded: str, number: Number) -> bool:
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
    rows: dict[str, Row] | None = None
    for number, line in enumerate(lines[1:], 2):
        if line == END:
            _check_end(lines, number)
            return Record(blocks)
        if line.startswith("## "):
            rows = {}
            block = _read_heading(line, rows, number)
            if block.name in blocks:
                raise RecordError(f"the block {block.name} is recorded twice", number)
            blocks[block.name] = block
        elif line.strip() and not line.startswith("#"):
            _add_row(rows, _read_row(line, number))
    raise RecordError(f"the record is cut off: its last line {END!r} is missing", len(lines))


def _refuse_conflicts(lines: Sequence[str]) -> None:
    for number, line in enumerate(lines, 1):
        if line[:1] in "<=>|" and _CONFLICT.match(line):
            remedy = f"keep either side, {_ACCEPT_AGAIN}"
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
    if int(header[1]) != VERSION:
        remedy = f"use the version of deepnotes that wrote it, or {_ACCEPT_AGAIN}"
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
        if text != ABSENT and not _NUMBER.fullmatch(text):
            raise RecordError(f"{text!r} in the row {name} is no number", number)
    return Row(name, (value, adjoint), formula, number)


# --- comparing


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
            count = sum(1 for _ in _rows(computation))
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
    computed = list(_rows(computation))
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


def _missing(block: str, row: _Computed) -> list[Difference]:
    texts = tuple(ABSENT if number is None else repr(number.value) for number in row.numbers)
    return [Difference(block, row.place, row.line, None, _numbers_text(texts), _aside(row))]


def _changes(block: str, before: Row, row: _Computed) -> Iterator[Difference]:
    note = _aside(row)
    for recorded, number, path in zip(before.numbers, row.numbers, row.paths, strict=True):
        if number is None or recorded == ABSENT:
            if number is not None or recorded != ABSENT:
                was = "nothing" if recorded == ABSENT else recorded
                now = "nothing" if number is None else repr(number.value)
                yield Difference(block, path, row.line, was, now, note, before.line)
        elif not _agree(recorded, number):
            now = repr(number.value)
            yield Difference(block, path, row.line, recorded, now, note, before.line)
    if before.formula != row.formula:
        note = f"{note} formula".strip()
        yield Difference(block, row.place, row.line, before.formula, row.formula, note, before.line)


def _aside(row: _Computed) -> str:
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
