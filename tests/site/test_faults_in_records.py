"""Faults seeded into the records of the site's own pages: each one is named by page, line and item.

The pages are read as `deepnotes check` reads them. A record with a fault then goes the way of a
build: into the page's check, and out as the messages that fail it. Every row has each fault at
once; one at a time, on the long pages, is for `make check`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from docs_plugins import fences
from docs_plugins.__main__ import read_site
from docs_plugins.drift import rows
from docs_plugins.problems import Problem
from docs_plugins.site import Site

ROOT = Path(__file__).parents[2]
PAGES = tuple(path.with_suffix(".md").name for path in sorted((ROOT / "docs").glob("*.record")))
LONG = ("backpropagation.md", "how.md")


@cache
def the_site() -> Site:
    """The site as `check` has read it."""
    return read_site(str(ROOT / "mkdocs.yml"))[0]


@dataclass(frozen=True)
class Recorded:
    """One row of a page's record, and what a message about it has to say."""

    at: int  # its line of the record, from 0
    block: str
    row: rows.ComputedRow
    place: str  # page and line: docs/backpropagation.md:41
    call: str  # page and line of the block's call

    def item(self, path: str) -> str:
        return f"{self.block}.{path}"


@cache
def text_of(page: str) -> tuple[str, ...]:
    recorded = the_site().sources[page].record
    assert recorded is not None
    return tuple(recorded.decode().split("\n"))


@cache
def rows_of(page: str) -> tuple[Recorded, ...]:
    """Every row, found in the record by its name and in the page's source by its text."""
    lines = text_of(page)
    found = []
    for name, computation in the_site().pages[page].computations.items():
        at = next(at for at, line in enumerate(lines) if line.startswith(f"## {name}: "))
        fence = fence_of(page, computation.program.text)
        call = f"{fence[0]}:{fence[1] + computation.call.line}"
        for row in rows.rows(computation):
            at += 1
            assert lines[at].startswith(f"{row.name} "), lines[at]
            found.append(Recorded(at, name, row, f"{fence[0]}:{fence[1] + row.line}", call))
    return tuple(found)


def fence_of(page: str, text: str) -> tuple[str, int]:
    """The file and the line of the fence above a block's text: the page's, or an example's."""
    for path in (ROOT / "docs" / page, *sorted((ROOT / "docs" / "examples").glob("*.md"))):
        for fence in fences.find(path.read_text(encoding="utf-8").split("\n")).fences:
            if fence.text == text:
                return path.relative_to(ROOT).as_posix(), fence.first + 1
    raise AssertionError(f"no source of {text!r}")


def problems_of(page: str, lines: list[str]) -> list[Problem]:
    """What a build says of the page beside a record of these lines."""
    known = the_site().pages[page]
    source = the_site().sources[page]._replace(record="\n".join(lines).encode())
    seeded, _ = Site().begin(source)
    seeded.blocks, seeded.computations = known.blocks, known.computations
    seeded.check_record()
    return seeded.problems


def told(problems: list[Problem]) -> set[tuple[str, str]]:
    """(page and line, item) of each message, as they stand in its text."""
    found = [re.match(r"(\S+\.md:\d+): (.+?): (?=\S)", str(problem)) for problem in problems]
    assert all(found), problems
    return {(match[1], match[2]) for match in found if match}


# --- the faults ---


Expected = tuple[str, str]
Fault = Callable[[list[str], Recorded], "tuple[list[str], Expected] | None"]


def last_shown_digit(cell: str) -> str:
    """One up in the fourth decimal, the last that a page shows."""
    value = float(cell)
    return repr(value + (1e-4 if abs(value) >= 1e-3 or not value else value * 1e-4))


def turned(cell: str) -> str:
    return cell[1:] if cell.startswith("-") else f"-{cell}"


def in_a_number(column: int, change: Callable[[str], str]) -> Fault:
    def seed(cells: list[str], row: Recorded) -> tuple[list[str], Expected] | None:
        if cells[column] == rows.ABSENT or (change is turned and not float(cells[column])):
            return None
        cells[column] = change(cells[column])
        return ["  ".join(cells)], (row.place, row.item(row.row.paths[column - 1]))

    return seed


def in_the_formula(cells: list[str], row: Recorded) -> tuple[list[str], Expected]:
    return ["  ".join([*cells[:3], f"{cells[3]} + 1"])], (row.place, row.item(row.row.place))


def in_the_name(cells: list[str], row: Recorded) -> tuple[list[str], Expected]:
    return ["  ".join([f"{cells[0]}9", *cells[1:]])], (row.place, row.item(row.row.place))


def deleted(cells: list[str], row: Recorded) -> tuple[list[str], Expected]:
    return [], (row.place, row.item(row.row.place))


def added(cells: list[str], row: Recorded) -> tuple[list[str], Expected]:
    """One more row, that nothing computes."""
    line, name = "  ".join(cells), f"z{cells[0]}"
    return [line, "  ".join([name, *cells[1:]])], (row.call, row.item(name))


FAULTS: dict[str, Fault] = {
    "digit of the value": in_a_number(1, last_shown_digit),
    "digit of the adjoint": in_a_number(2, last_shown_digit),
    "sign of the value": in_a_number(1, turned),
    "sign of the adjoint": in_a_number(2, turned),
    "formula": in_the_formula,
    "name": in_the_name,
    "deletion": deleted,
    "addition": added,
}


def seeded(fault: str, row: Recorded, line: str) -> tuple[list[str], Expected] | None:
    return FAULTS[fault](re.split("  +", line), row)


def one_at_a_time(page: str) -> Iterator[tuple[list[str], Expected]]:
    """Every fault in every row; and every two rows exchanged."""
    lines = list(text_of(page))
    for row in rows_of(page):
        for fault in FAULTS:
            wrong = seeded(fault, row, lines[row.at])
            if wrong is not None:
                yield [*lines[: row.at], *wrong[0], *lines[row.at + 1 :]], wrong[1]
        following = lines[row.at + 1 : row.at + 2]
        if following != [""]:
            exchanged = [*lines[: row.at], *following, lines[row.at], *lines[row.at + 2 :]]
            yield exchanged, (row.call, row.block)


@pytest.mark.parametrize("page", PAGES)
def test_the_records_of_the_site_are_as_computed(page):
    assert problems_of(page, list(text_of(page))) == []


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("page", PAGES)
def test_a_fault_in_every_row_is_named_row_by_row(page, fault):
    lines, expected = list(text_of(page)), set()
    for row in reversed(rows_of(page)):
        wrong = seeded(fault, row, lines[row.at])
        if wrong is not None:
            lines[row.at : row.at + 1] = wrong[0]
            expected.add(wrong[1])
    assert expected <= told(problems_of(page, lines))
    assert len(expected) > 5


@pytest.mark.parametrize(
    "page",
    [pytest.param(page, marks=pytest.mark.heavy if page in LONG else ()) for page in PAGES],
)
def test_each_fault_alone_is_named_and_nothing_else_is(page):
    for lines, expected in one_at_a_time(page):
        found = told(problems_of(page, lines))
        assert expected in found
        assert {item.partition(".")[0] for _, item in found} == {expected[1].partition(".")[0]}


def test_the_table_is_as_large_as_it_claims():
    assert sum(len(list(one_at_a_time(page))) for page in PAGES) >= 6_000


def test_a_fault_fails_the_build_and_the_check_of_a_whole_site_alike(small_site):
    """The first page, on a site of its own, through the commands that people type."""
    for name in ("index.md", "index.record"):
        text = (ROOT / "docs" / name).read_text(encoding="utf-8")
        small_site.page(name, re.sub(r"^---\n.*?\n---\n", "", text, flags=re.DOTALL))
    small_site.extensions = ["tables", "attr_list", "md_in_html", "admonition"]
    front = (ROOT / "docs" / "index.md").read_text(encoding="utf-8").partition("\n---\n")[0]
    above = front.count("\n") + 2
    faults = list(one_at_a_time("index.md"))
    assert len(faults) > 100
    for lines, (place, item) in faults[::25]:
        small_site.page("index.record", "\n".join(lines))
        line = int(place.rpartition(":")[2]) - above
        wanted = f"docs/index.md:{line}: {item}: "
        built: Any = small_site.build()
        assert built.failed
        assert any(problem.startswith(wanted) for problem in built.problems), built.problems
        code, printed = small_site.run("check")
        assert (code, wanted in printed) == (1, True)
