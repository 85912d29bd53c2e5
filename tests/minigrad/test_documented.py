"""Every public name is documented, every example in a docstring runs, the package is typed."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest

import minigrad as mg
from minigrad import ops

FOLDER = Path(mg.__file__).parent
MODULES = [
    importlib.import_module(f"minigrad.{found.name}")
    for found in pkgutil.iter_modules([str(FOLDER)])
]
PUBLIC = {
    name: found
    for name, found in vars(mg).items()
    if not name.startswith("_")
    and getattr(found, "__module__", "").startswith("minigrad")
    and (inspect.isfunction(found) or inspect.isclass(found))
}
FUNCTIONS = {name: found for name, found in PUBLIC.items() if inspect.isfunction(found)}


def failures(found: list[doctest.DocTest]) -> int:
    """Run examples; how many fail."""
    runner = doctest.DocTestRunner()
    for test in found:
        runner.run(test)
    return runner.failures


@pytest.mark.parametrize("module", [mg, *MODULES], ids=lambda module: module.__name__)
def test_examples_run(module: object) -> None:
    assert not failures(doctest.DocTestFinder().find(module))


@pytest.mark.parametrize("name", mg.OPERATIONS)
def test_examples_of_an_operation_run(name: str) -> None:
    apply = mg.OPERATIONS[name].apply
    found = doctest.DocTestFinder().find(apply, name, globs=dict(vars(ops)))
    assert any(test.examples for test in found)
    assert not failures(found)


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
