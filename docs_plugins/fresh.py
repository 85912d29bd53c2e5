"""Import our modules anew, so that an edit of the engine or of a view shows at the next build of a running server."""

from __future__ import annotations

import sys
import tempfile
from importlib import import_module, invalidate_caches
from types import ModuleType

OURS = ("minigrad", "docs_plugins")
KEPT = frozenset(("docs_plugins", "docs_plugins.plugin", "docs_plugins.fresh"))


def without_byte_code() -> None:
    """Have modules read from their text alone.

    Byte code is looked up by size and whole second: a quick edit of the same length would be served stale. Writing it
    would be one more change in a watched folder.
    """
    sys.dont_write_bytecode = True
    if sys.pycache_prefix is None:
        sys.pycache_prefix = tempfile.mkdtemp(prefix="deepnotes-")


def load(name: str) -> ModuleType:
    """Import a module of ours with everything of ours that it imports, as the files are now."""
    stale = [
        known for known in sys.modules if known.partition(".")[0] in OURS and known not in KEPT
    ]
    for known in stale:
        package, _, child = known.rpartition(".")
        if package in sys.modules and child in vars(sys.modules[package]):
            delattr(sys.modules[package], child)  # else `from docs_plugins import …` finds the old
        del sys.modules[known]
        package, _, module = known.rpartition(".")
        if package in KEPT and hasattr(sys.modules.get(package), module):
            delattr(sys.modules[package], module)  # `from package import module` looks here first
    invalidate_caches()
    return import_module(name)
