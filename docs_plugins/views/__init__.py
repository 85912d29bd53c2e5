"""Every view by its name: a file in this folder, called as its `VIEW` is, is one.

A view is imported when a page first asks for it: few sites draw all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules

from docs_plugins.views.base import View

SHARED = frozenset(("base", "cells", "lines"))  # what views are made of


class _Views(Mapping[str, View]):
    """The views, imported one by one."""

    def __init__(self) -> None:
        names = (found.name for found in iter_modules(__path__))
        self._names = dict.fromkeys(name for name in names if name not in SHARED)

    def __getitem__(self, name: str) -> View:
        if name not in self._names:
            raise KeyError(name)
        view: View = import_module(f"{__name__}.{name}").VIEW
        return view

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names


VIEWS: Mapping[str, View] = _Views()
