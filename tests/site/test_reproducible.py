"""The same sources give the same site, byte for byte; what is imported is set aside once."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from tests.site.conftest import SmallSite


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


def test_what_is_imported_is_set_aside_from_garbage_collection_once(
    example_site: SmallSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    frozen: list[int] = []
    monkeypatch.setattr(gc, "get_freeze_count", lambda: sum(frozen))
    monkeypatch.setattr(gc, "freeze", lambda: frozen.append(1))
    assert not example_site.build().failed
    assert not example_site.build("serve").failed
    assert frozen == [1]
