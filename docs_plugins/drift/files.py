"""Records as files: beside their pages, inside their folder, written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from codecs import BOM_UTF8
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

SUFFIX = ".record"
BEGINNING = b"# deepnotes record"  # of every record, whatever its version
ACCEPT_AGAIN = "accept the page again"
LARGEST = 10_000_000  # bytes; no page computes as much
PAGE_SUFFIXES = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")


def record_path(docs: Path, page: str) -> Path:
    """Return where a page's record stands: beside it."""
    return (docs / page).with_suffix(SUFFIX)


def is_inside(docs: Path, path: Path) -> bool:
    """Whether a path stays in a folder, links followed; one that leads in a circle does not."""
    try:
        real = path.resolve()  # of a circle, Python 3.13 leaves a link
        return not real.is_symlink() and real.is_relative_to(docs.resolve())
    except (OSError, RuntimeError):
        return False


class Unreadable(ValueError):  # noqa: N818  (what it is, and why)
    """Something stands where a record belongs, and is none that is read: why, and what to do."""

    def __init__(self, message: str, remedy: str = ACCEPT_AGAIN) -> None:
        """Keep the remedy beside the message."""
        super().__init__(message)
        self.remedy = remedy


def read_record(docs: Path, page: str) -> bytes | None:
    """Return a record's bytes; None where there is none. Raises `Unreadable`."""
    path = record_path(docs, page)
    if not os.path.lexists(path):
        return None
    if not is_inside(docs, path):
        raise Unreadable("the record is a link that leads out of the pages' folder")
    if path.is_dir():
        raise Unreadable("the record is a folder", f"move it away and {ACCEPT_AGAIN}")
    if not path.is_file():
        raise Unreadable("the record is no file")
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise Unreadable(f"the record has {size:,} bytes, more than {LARGEST:,}")
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"the record cannot be read: {error.strerror}") from None


def without_page(docs: Path, known: Collection[Path]) -> Iterator[Path]:
    """The records that are no page's; `known` are those that are known to have one."""
    records = all_records(docs)
    owned = {path for path in records if path in known or page_beside(path)}
    read = {path.resolve() for path in owned}  # a page's record may be a link to another file
    yield from (path for path in records if path not in owned and path.resolve() not in read)


def page_beside(record: Path) -> Path | None:
    """The page that stands beside a record."""
    pages = (record.with_suffix(suffix) for suffix in PAGE_SUFFIXES)
    return next((page for page in pages if page.is_file()), None)


def all_records(docs: Path) -> list[Path]:
    """Every record in a folder that stays in it; other people's files may be named like one."""
    return [p for p in sorted(docs.rglob(f"*{SUFFIX}")) if is_inside(docs, p) and is_record(p)]


def is_record(path: Path) -> bool:
    """Whether a file begins as a record does."""
    if not path.is_file():  # to open a pipe is to wait for who writes into it
        return False
    try:
        with path.open("rb") as file:
            return begins_as_record(file.read(len(BOM_UTF8 + BEGINNING)))
    except OSError:
        return False


def begins_as_record(data: bytes) -> bool:
    """Whether some bytes begin as a record does."""
    return data.removeprefix(BOM_UTF8).startswith(BEGINNING)


def sweep(docs: Path) -> None:
    """Remove what a write that was killed has left beside a record."""
    for path in docs.rglob(f".*{SUFFIX}.*.tmp"):
        with contextlib.suppress(OSError):
            path.unlink()


def write_record(docs: Path, path: Path, text: str) -> None:
    """Write a page's record, into a folder of its own where the page was generated.

    A link to a record in the pages' folder stays: its file is what is read. Any other is replaced.
    """
    linked = path.is_symlink() and is_inside(docs, path) and is_record(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path.resolve() if linked else path, text)


def write_whole(path: Path, text: str) -> None:
    """Write a file so that at any moment, killed or not, it is the old one or the new one."""
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        raise
    _settle(path.parent)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _settle(folder: Path) -> None:
    """Have the folder's new entry on the disk too, where the system lets a folder be opened."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
