"""Import our modules anew, so that an edit of ours shows at a running server's next build."""

from __future__ import annotations

import sys
import tempfile
import traceback
from importlib import import_module, invalidate_caches
from types import ModuleType

OURS = ("minigrad", "docs_plugins")
KEPT = frozenset(("docs_plugins", "docs_plugins.plugin", "docs_plugins.fresh"))


def without_byte_code() -> None:
    """Have modules read from their text alone.

    Byte code is looked up by size and whole second: a quick edit of the same length would be served
    stale. Writing it would be one more change in a watched folder.
    """
    sys.dont_write_bytecode = True
    if sys.pycache_prefix is None:
        sys.pycache_prefix = tempfile.mkdtemp(prefix="deepnotes-")


def load(*names: str) -> tuple[ModuleType, ...]:
    """Import modules of ours with everything of ours that they import, as the files are now.

    Where that fails, everything is as it was before.
    """
    before = _taken_out()
    invalidate_caches()
    try:
        return tuple(import_module(name) for name in names)
    except BaseException:
        _taken_out()
        sys.modules.update(before)
        for name, module in before.items():
            package, _, last = name.rpartition(".")
            if package in KEPT:
                setattr(sys.modules[package], last, module)
        raise


def _taken_out() -> dict[str, ModuleType]:
    """Take our modules out of the table of imported ones, and out of the packages that stay."""
    ours = {
        name: module
        for name, module in sys.modules.items()
        if name.partition(".")[0] in OURS and name not in KEPT
    }
    for name in ours:
        del sys.modules[name]
        package, _, last = name.rpartition(".")
        if package in KEPT and hasattr(sys.modules[package], last):
            delattr(sys.modules[package], last)  # `from package import module` looks here first
    return ours


def told(error: Exception) -> tuple[str, int, str]:
    """Where an import of ours failed, and why: file, line, message."""
    message = f"cannot be imported: {type(error).__name__}: {error}"
    if isinstance(error, SyntaxError) and error.filename:
        return _in_package(error.filename), error.lineno or 1, f"cannot be imported: {error.msg}"
    return (*place_of(error), message)


def place_of(error: BaseException) -> tuple[str, int]:
    """File and line of the innermost frame that is ours; the file as its package has it."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if any(f"/{name}/" in f.filename.replace("\\", "/") for name in OURS)]
    last = (ours or frames)[-1]
    return _in_package(last.filename), last.lineno or 1


def _in_package(file: str) -> str:
    """A path without what stands before the package: minigrad/ops.py."""
    parts = file.replace("\\", "/").split("/")
    ours = [place for place, part in enumerate(parts[:-1]) if part in OURS]
    return "/".join(parts[ours[-1] :] if ours else parts[-1:])
