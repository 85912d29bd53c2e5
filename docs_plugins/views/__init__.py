"""Every view by its name: a file in this folder that defines `VIEW` is one."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from docs_plugins.views.base import View


def _collect() -> dict[str, View]:
    modules = (import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__))
    views = (getattr(module, "VIEW", None) for module in modules)
    return {view.name: view for view in views if view is not None}


VIEWS: Mapping[str, View] = _collect()
