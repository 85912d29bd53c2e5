"""Every public name is documented, every example in a docstring runs, the package is typed."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest

import minigrad as mg

FOLDER = Path(mg.__file__).parent
MODULES = [
    importlib.import_module(f"minigrad.{found.name}")
    for found in pkgutil.iter_modules([str(FOLDER)])
]
PUBLIC = {
    name: found
    for name, found in vars(mg).items()
    if not name.startswith("_") and (inspect.isfunction(found) or inspect.isclass(found))
}
FUNCTIONS = {name: found for name, found in PUBLIC.items() if inspect.isfunction(found)}


@pytest.mark.parametrize("module", [mg, *MODULES], ids=lambda module: module.__name__)
def test_examples_run(module: object) -> None:
    finder = doctest.DocTestFinder(exclude_empty=True)
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    tests = [test for test in finder.find(module) if test.examples]
    for operation in mg.OPERATIONS.values():  # wrapped functions, which the finder passes by
        if operation.value.__module__ == getattr(module, "__name__", ""):
            tests += [
                t
                for t in finder.find(operation.apply, operation.name, globs=vars(module).copy())
                if t.examples
            ]
    for test in tests:
        runner.run(test)
    assert not runner.failures


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_public_function_says_what_it_does_and_shows_it(name: str) -> None:
    text = inspect.getdoc(FUNCTIONS[name]) or ""
    assert ">>>" in text, "an example"
    assert text.partition("\n")[0][-1] in ".:", "a sentence"


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_is_documented(name: str) -> None:
    assert (inspect.getdoc(PUBLIC[name]) or "").partition("\n")[0]


def test_the_package_is_typed_and_says_where_to_start() -> None:
    assert (FOLDER / "py.typed").exists()
    assert "ops.py" in (mg.__doc__ or "")
    assert "start" in (mg.__doc__ or "").lower()
