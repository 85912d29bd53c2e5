"""Which blocks each page of a built site has: a file by which `verify` misses those of a page.

It stands in the site beside the pages' own files, a line for each page: where it stands, and the
names of its blocks. No page loads it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from docs_plugins.drift.files import is_inside

PLACE = "assets/minigrad/blocks.txt"
HEADER = "# the blocks of each page, for `deepnotes verify`"
LARGEST = 10_000_000  # bytes

Blocks = Mapping[str, tuple[str, ...]]  # by the place of their page in the site


def write(site: Path, blocks: Blocks) -> None:
    """Write the list; what an earlier build into the same folder has listed stays.

    A build may be one of several, for each language of a site, or of the pages that were edited.
    """
    listed = {**(read(site) or {}), **blocks}
    lines = [
        f"{page}\t{' '.join(names)}"
        for page, names in sorted(listed.items())
        if names and page.isprintable()
    ]
    path = site / PLACE
    if lines:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8", newline="\n")
    else:
        path.unlink(missing_ok=True)


def read(site: Path) -> dict[str, tuple[str, ...]] | None:
    """Read a site's list; None where it has none."""
    path = site / PLACE
    if not path.is_file() or path.stat().st_size > LARGEST:
        return None
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    split = (line.rpartition("\t") for line in lines if not line.startswith("#"))
    return {page: tuple(names.split()) for page, _, names in split if page}


def lists(site: Path) -> Iterator[tuple[Path, Blocks]]:
    """Every list in a folder, with the folder of its site: there may be several versions of one."""
    for path in sorted(site.rglob(PLACE)):
        folder = path.parents[2]
        listed = read(folder) if is_inside(site, path) else None
        if listed is not None:
            yield folder, listed


def missing(listed: Blocks, found: Blocks) -> Iterator[tuple[str, str]]:
    """Yield each listed page and the blocks that it misses.

    A page that was moved is found where none is listed.
    """
    moved = [set(names) for page, names in found.items() if page not in listed]
    for page, names in listed.items():
        gone = set(names).difference(found.get(page, ()))
        if gone and not any(map(set(names).issubset, moved)):
            yield page, ", ".join(sorted(gone))
