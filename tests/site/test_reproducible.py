"""The same sources give the same site, byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_two_builds_give_the_same_bytes(
    built_site: Path, build_site: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    again = contents(build_site(tmp_path / "site", "2"))
    first = contents(built_site)
    assert sorted(again) == sorted(first)
    assert [name for name in first if first[name] != again[name]] == []
