"""The reference page: every public name of the engine, and its table of operations."""

import importlib.util
import re
import types
from pathlib import Path

import pytest
from markdown import Markdown

import minigrad
from docs_plugins.language.vocabulary import ALIASES, FUNCTIONS
from docs_plugins.markdown import MinigradExtension
from minigrad.operation import OPERATIONS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "minigrad.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def operations():
    spec = importlib.util.spec_from_file_location(
        "operations_hook", ROOT / "site_hooks" / "operations.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_public_name_has_its_place():
    documented = re.findall(r"^::: (\S+)", PAGE, re.MULTILINE)
    for name, thing in vars(minigrad).items():
        if name.startswith("_") or isinstance(thing, (types.ModuleType, bool)):
            continue
        module = getattr(thing, "__module__", "minigrad.operation")
        if not module.startswith("minigrad"):
            continue  # what it imports from elsewhere
        assert {module, f"{module}.{getattr(thing, '__name__', name)}"} & {*documented}, name


def test_every_operation_is_in_a_table(operations):
    tables = "\n".join(table() for table in operations.TABLES.values())
    listed = re.findall(r"^\| `(\w+)` \|", tables, re.MULTILINE)
    assert sorted(listed) == sorted(OPERATIONS)


def test_a_row_is_the_declaration_read_aloud(operations):
    assert (
        r"| `divide` | $\frac{a}{b}$ | $\frac{1}{b}$, $-\frac{y}{b}$ |" in operations.elementwise()
    )
    assert r"| `matmul` | $A \, B$ | $\tilde{Y} \, B^{\mathsf T}$, " in operations.structural()


def test_a_bar_in_a_formula_is_not_a_border_of_the_table(operations):
    page = Markdown(extensions=[MinigradExtension(formulas=True), "tables"])
    row = page.convert(operations.elementwise()).split("<code>abs</code></td>")[1]
    assert "<mo>|</mo><mi>x</mi><mo>|</mo>" in row.split("</td>")[0]


def test_a_row_says_what_is_taken_where_there_is_no_derivative(operations):
    row = re.search(r"^\| `relu` .*$", operations.elementwise(), re.MULTILINE)[0]
    assert row.endswith("| everywhere | at 0; 0 is taken |")


def test_what_serves_rules_alone_is_among_the_guards(operations):
    row = r"| `scatter` | $X \text{ at } 2$ | $\tilde{Y}_{2}$ | everywhere |"
    assert row in operations.guards().splitlines()
    assert "scatter" not in operations.structural()


def test_no_row_is_empty(operations):
    for table in operations.TABLES.values():
        for row in table().splitlines()[2:]:
            value, partials = row.split(" | ")[1:3]
            assert value.startswith("$")
            assert partials.startswith("$")


def test_the_tables_stand_where_they_are_asked_for(operations):
    page = operations.on_page_markdown(PAGE)
    assert page.count("\n| `") == sum(
        table().count("\n| `") for table in operations.TABLES.values()
    )
    assert "<!-- operations" not in page


def test_every_function_that_pages_may_call_is_a_public_name():
    assert [name for name in (*FUNCTIONS, *ALIASES) if not hasattr(minigrad, name)] == []
