"""The files that a built page comes with, to take away or as its script, made again and compared.

Texts must be equal. In data, numbers may differ by what they may in a record.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import zip_longest
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlsplit

from docs_plugins.drift.files import is_inside
from docs_plugins.drift.record import TOLERANCE
from docs_plugins.extras import FOLDER, takeaways, tapes

if TYPE_CHECKING:
    from docs_plugins.drift.published import Published, PublishedFile
    from docs_plugins.model import Computation, Number

DATA = ".json"
ENDINGS = (DATA, ".svg", ".tex", ".py", ".js")
_CONTEXT = 24  # characters shown on either side of where two texts part
_LONGEST_NAME = 80
_INPUTS = "i:"  # what a block's part of a script begins with

Report = Callable[[int, str, str], None]


class Wrong(ValueError):  # noqa: N818  (what a file is, and why)
    """A file is not what the page's blocks make of it."""


class Folder(NamedTuple):
    """Where a built page stands, whose links are followed no further than to its site's folder."""

    page: Path
    site: Path
    whole: bool = True  # whether it is a site; a single page may have been saved without files

    def file(self, address: str) -> Path | None:
        """The file at an address on the page, None where a single page does without it."""
        place, elsewhere = _place(address)
        path = self.page.parent / place
        away = elsewhere or not is_inside(self.site, path)
        if not self.whole and (away or not path.is_file()):
            return None
        if away:
            raise Wrong("leads out of the site")
        if not path.is_file():
            raise Wrong("is not there")
        return path


def _place(address: str) -> tuple[str, bool]:
    """The path of an address, and whether it is on another server; raises `Wrong`."""
    try:
        parts = urlsplit(address)
    except ValueError:  # it has brackets where a server's name would be
        raise Wrong("has an address that is none") from None
    place = unquote(parts.path)
    if "\0" in place:
        raise Wrong("has an address that is none")
    return place, bool(parts.scheme or parts.netloc)


def check(
    found: Published,
    computed: Mapping[str, Computation],
    graph: Callable[[Computation], str | None],
    folder: Folder,
    report: Report,
) -> set[Path]:
    """Report each file of the page that is not as its blocks make it; returns the files read.

    `graph` draws the graph of a block as the page has it.
    """
    made: dict[str, Mapping[str, str]] = {}

    def made_by(name: str) -> tuple[Computation, Mapping[str, str]]:
        """The block that a file's name tells, and its files by their endings."""
        block = name.rpartition(".")[0].rpartition(".")[2]
        computation = computed.get(block)
        if computation is None:
            raise Wrong("belongs to no block of the page")
        if block not in made:
            engine = next(b.engine for b in found.blocks if b.name == block)
            shown = computation._replace(engine=engine)
            made[block] = dict(takeaways.files(shown, graph(shown)).values())
        return computation, made[block]

    read = set()
    for file in found.files:
        name = file.address[-_LONGEST_NAME:]
        try:
            name = PurePosixPath(_place(file.address)[0]).name
            path = folder.file(file.address)
            if path is not None:
                read.add(path.resolve())
                if file.script:
                    _check_script(path, file, found, computed)
                else:
                    _compare(path, *made_by(name))
        except Wrong as error:
            report(file.line, name, f"the file {error}")
        except OSError as error:
            report(file.line, name[-_LONGEST_NAME:], f"the file cannot be read: {error.strerror}")
    return read


def without_page(site: Path, offered: Collection[Path]) -> Iterator[Path]:
    """Yield the files to take away that a site has and no page offers."""
    for path in sorted((site / FOLDER).rglob("*")):
        if path.suffix in ENDINGS and path.resolve() not in offered:
            yield path


def _compare(path: Path, computation: Computation, made: Mapping[str, str]) -> None:
    ending = path.suffix
    expected = made.get(ending)
    if expected is None:
        raise Wrong("is none that the block makes")
    there = _text(path, len(expected))
    if there == expected:
        return
    if ending == DATA:
        _compare_data(there, expected, computation)
    else:
        _part(there, expected)


def _text(path: Path, length: int) -> str:
    """A file's text; one that is far longer than expected is not read."""
    size = path.stat().st_size
    if size > 8 * length + 1_000:
        raise Wrong(f"has {size:,} bytes, made again it has {length:,} characters")
    return path.read_text(encoding="utf-8", errors="replace")


def _part(there: str, expected: str) -> None:
    pairs = enumerate(zip_longest(there, expected))
    at = next(index for index, (a, b) in pairs if a != b)
    cut = slice(max(0, at - _CONTEXT), at + _CONTEXT)
    raise Wrong(f"has “{there[cut]}”, computed “{expected[cut]}”")


# --- data


def _compare_data(there: str, expected: str, computation: Computation) -> None:
    """Compare two files of data: everything exactly, but numbers as in a record."""
    try:
        found = json.loads(there)
    except (ValueError, RecursionError):
        raise Wrong("is no JSON") from None
    numbers = _numbers(computation)
    pairs: Iterable[tuple[tuple[str, Any], tuple[str, Any]]]
    pairs = zip_longest(_leaves(found), _leaves(json.loads(expected)), fillvalue=("", None))
    for (path, one), (there_path, other) in pairs:
        if path != there_path or type(one) is not type(other):
            shown = f"{path} = {one!r}" if path else "an end"
            made = f"{there_path} = {other!r}" if there_path else "an end"
            raise Wrong(f"has {shown}, computed {made}")
        number = next(numbers) if isinstance(other, float) else None
        if one != other and not (number and abs(one - other) <= TOLERANCE * number.magnitude):
            raise Wrong(f"has {path} = {one!r}, computed {other!r}")


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every number and text of a JSON value, with its place."""
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from _leaves(inside, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        yield f"{path} of length", len(value)
        for index, inside in enumerate(value):
            yield from _leaves(inside, f"{path}[{index}]")
    else:
        yield path, value


def _numbers(computation: Computation) -> Iterator[Number]:
    """The numbers in the order in which data has them."""
    for variable in computation.variables:
        yield from variable.value
        yield from variable.adjoint or ()
    for link in computation.links:
        yield from link.partial or ()
        yield from link.value or ()
    for output in computation.outputs:
        yield from output.value
    for row in computation.jacobian.entries:
        yield from (entry.number for entry in row)


# --- the page's script


def _check_script(
    path: Path, file: PublishedFile, found: Published, computed: Mapping[str, Computation]
) -> None:
    """Write the script again; only how far each input can be moved is taken from what is there."""
    there = _text(path, 1_000_000)
    shown: dict[str, set[str]] = {}
    for number in found.numbers:
        block, _, inside = number.path.partition(".")
        if not number.inside:
            shown.setdefault(block, set()).add(inside)
    views = [tuple(view.name.partition(".")[::2]) for view in found.views]
    blocks = {}
    for name in dict.fromkeys(block for block, _ in views if block in computed):
        compiled = tapes.compiled(
            computed[name],
            shown.get(name, set()),
            _ranges(there, name),
            played=(name, "trace") in views,
        )
        if compiled is not None:
            blocks[name] = compiled
    expected = tapes.script(file.script, blocks)
    if there != expected:
        _part(there, expected)


def _ranges(script: str, block: str) -> dict[str, tuple[float, float]]:
    """The least and the most of each of a block's inputs in a script."""
    start = script.find(f"{block}:{{{_INPUTS}[")
    if start < 0:
        return {}
    try:
        inputs, _ = json.JSONDecoder().raw_decode(script, start + len(f"{block}:{{{_INPUTS}"))
        given = {
            path.partition("[")[0]: (float(low), float(high))
            for path, _, value, low, high, _ in inputs
            if (low, high) != tapes.default_range(float(value))
        }
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        raise Wrong("cannot be read") from None
    if not all(-1e300 < low < high < 1e300 for low, high in given.values()):
        raise Wrong("lets an input go nowhere")
    return given
