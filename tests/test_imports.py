"""Who may import whom, and what a file says first: read from the sources, importing none."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("minigrad", "docs_plugins")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

HEIGHTS = {
    "minigrad": 0,
    "docs_plugins.language": 1,
    "docs_plugins.model": 1,
    "docs_plugins.numbers": 1,
    "docs_plugins.problems": 1,
    "docs_plugins.second": 1,
    "docs_plugins.compute": 2,
    "docs_plugins.views": 3,
    "docs_plugins.drift.differences": 3,
    "docs_plugins.markdown": 5,
    "docs_plugins.plugin": 6,
    "docs_plugins.__main__": 7,
}
"""A module imports from its own height and below; one not named here is as high as it imports."""

ENGINE = {
    "minigrad",
    "docs_plugins.compute",
    "docs_plugins.language.vocabulary",  # the names of operations
}
HOSTS = {"mkdocs", "markdown", "pymdownx"}
HOSTED = {
    "docs_plugins.formulas",  # the extension's part that finds formulas
    "docs_plugins.markdown",
    "docs_plugins.plugin",
    "docs_plugins.__main__",  # starts builds
}


def name_of(path: Path) -> str:
    """A file's name as a module."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in SOURCES}


def tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def imported(module: str, *, on_loading: bool = False) -> Iterator[str]:
    """What a module imports; on loading alone, nothing for types and nothing inside functions."""
    nodes = at_loading(tree(module)) if on_loading else ast.walk(tree(module))
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports by dots"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else str(node.module)


def at_loading(node: ast.AST) -> Iterator[ast.AST]:
    """The statements that run when a module is imported."""
    for child in ast.iter_child_nodes(node):
        typing_only = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)
        if not typing_only and not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child
            yield from at_loading(child)


def room(module: str) -> str:
    """The longest name in the table that a module is or is inside of, or its own."""
    rooms = [r for r in HEIGHTS if f"{module}.".startswith(f"{r}.")]
    return max(rooms, key=len, default=module)


def ours(module: str) -> list[str]:
    """The modules of this project that a module imports; a package stands for what is in it."""
    return [name for name in imported(module) if name.partition(".")[0] in PACKAGES]


def reached(module: str) -> set[str]:
    """The rooms that a module imports, and those that unnamed modules among them import."""
    found: set[str] = set()
    to_see = [module]
    seen: set[str] = set()
    while to_see:
        name = to_see.pop()
        seen.add(name)
        for other in ours(name):
            found.add(room(other))
            if room(other) not in HEIGHTS and other in MODULES and other not in seen:
                to_see.append(other)
    return found


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_one_way(module: str) -> None:
    if room(module) in HEIGHTS:
        up = [r for r in reached(module) if HEIGHTS.get(r, 0) > HEIGHTS[room(module)]]
        assert not up, f"{module} imports upwards: {up}"
    if room(module) == "docs_plugins.views":
        assert "docs_plugins.compute" not in reached(module), "views get computed data"
    if not {room(module), module} & ENGINE:
        assert "minigrad" not in map(room, ours(module)), "only compute knows the engine"


@pytest.mark.parametrize("module", MODULES)
def test_only_the_outermost_rooms_know_mkdocs_and_markdown(module: str) -> None:
    if room(module) not in HOSTED:
        assert not {name.partition(".")[0] for name in imported(module)} & HOSTS


@pytest.mark.parametrize("module", [m for m in MODULES if m.startswith("minigrad")])
def test_the_engine_needs_nothing_but_numpy(module: str) -> None:
    roots = {name.partition(".")[0] for name in imported(module)}
    assert not roots - {"minigrad", "numpy"} - sys.stdlib_module_names


def test_no_module_imports_itself_around_a_corner() -> None:
    below = {m: {n for n in imported(m, on_loading=True) if n in MODULES} for m in MODULES}
    left = {m: {n for n in names if n != m} for m, names in below.items()}
    for package in ("minigrad", *(m for m in MODULES if MODULES[m].name == "__init__.py")):
        left = {m: names - {package} for m, names in left.items()}  # loaded before its modules
    while free := {m for m, names in left.items() if not names & left.keys()}:
        left = {m: names for m, names in left.items() if m not in free}
    assert not left, f"imports in a circle among {sorted(left)}"


@pytest.mark.parametrize("module", MODULES)
def test_a_file_says_its_job_in_its_first_line(module: str) -> None:
    text = MODULES[module].read_text(encoding="utf-8")
    job = (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]
    assert text.startswith(('"""', 'r"""')), "the first line is the docstring"
    assert len(job) >= 20
    assert job[-1] in ".:", "a sentence"
