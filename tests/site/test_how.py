"""The page about the page language tells all of it, and its failing examples really fail."""

import importlib.util
import re
from pathlib import Path

import pytest
from pymdownx.superfences import SuperFencesException

from docs_plugins.language import RESERVED
from docs_plugins.views import VIEWS

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
TEXT = (ROOT / "docs" / "how.md").read_text(encoding="utf-8")
SHOWN = TEXT + "".join(path.read_text(encoding="utf-8") for path in EXAMPLES.glob("*.md"))


OPTIONS = [(view, name) for view in VIEWS for name in VIEWS[view].options]


def loaded(name):
    spec = importlib.util.spec_from_file_location(f"{name}_hook", ROOT / f"site_hooks/{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def hook():
    return loaded("examples")


@pytest.fixture(scope="module")
def options():
    """The page's table of options: what an option takes, and what it is when left out."""
    page = loaded("options").on_page_markdown(TEXT)
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \| (.*) \| (.*) \|$", page, re.MULTILINE)
    return {(view, name): (taken, default) for view, name, taken, default in rows}


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_shown(view):
    assert re.search(rf"\{{\{{ \w+\.{view}\b", SHOWN)


@pytest.mark.parametrize(
    "option", sorted({name for view in VIEWS.values() for name in view.options})
)
def test_every_option_is_named(option):
    assert re.search(rf"\b{option}=", SHOWN), [n for n, v in VIEWS.items() if option in v.options]


@pytest.mark.parametrize(("view", "name"), OPTIONS)
def test_the_table_of_options_has_what_each_takes(options, view, name):
    option = VIEWS[view].options[name]
    taken, default = options[view, name]
    assert [choice for choice in option.choices if f"`{choice}`" not in taken] == []
    if isinstance(option.default, str | float):
        assert default == f"`{option.default}`"


def test_the_table_of_options_has_no_other(options):
    assert [*options] == OPTIONS


@pytest.mark.parametrize(
    ("view", "name", "taken"),
    [
        ("descent", "rate", "a number from 1e-9 to 1e6"),
        ("descent", "steps", "a whole number from 1 to 200"),
        ("work", "sizes", "whole numbers with commas between them"),
        ("network", "inputs", "names with commas between them"),
    ],
)
def test_what_an_option_takes_is_said_in_words(options, view, name, taken):
    assert options[view, name][0] == taken


@pytest.mark.parametrize("name", RESERVED)
def test_every_name_that_is_taken_is_listed(name):
    assert f"`{name}`" in TEXT.split("{#names}")[1].split("\n#")[0]


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.md")), ids=lambda path: path.name)
def test_every_example_stands_beside_its_source(example):
    assert TEXT.count(f'--8<-- "{example.name}"') == 2


def test_a_failing_example_shows_what_the_build_says(hook):
    shown = hook.failing("```minigrad\ndef f(x):\n    return y\n\nf(1)\n```")
    assert "docs/shop.md:3: f: unknown name y" in shown


def test_an_example_that_does_not_fail_is_an_error(hook):
    with pytest.raises(SuperFencesException, match="does not"):
        hook.failing("nothing wrong here")


def test_a_drifting_example_shows_old_and_new(hook):
    page = "```minigrad\ndef f(x):\n    return x * 2\n\nf(3)\n```"
    shown = hook.drifting(page, "", "", {"was": "f(1)", "now": "f(3)"})
    assert "f.v1.value" in shown
    assert "recorded 2.0, computed 6.0" in shown


def test_the_record_that_is_shown_is_the_one_that_is_kept(hook, tmp_path):
    class Page:
        class file:  # noqa: N801
            abs_src_path = str(tmp_path / "page.md")

    recorded = hook.build("```minigrad\ndef f(x):\n    return x * 2\n\nf(3)\n```")[1]
    (tmp_path / "page.record").write_text(recorded, encoding="utf-8")
    hook.on_page_markdown("", page=Page)
    assert "## f: f(3)" in hook.record("f")
    assert "make accept" in hook.record("g")
