"""Texts that other plugins convert with the site's extensions, within a page and after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.site.conftest import SmallSite

BLOCK = "```minigrad\ndef f(x):\n    return x * 2\n\nf(3)\n```\n"
PAGE = f"# Page\n\n{BLOCK}\nIt is {{{{ f.value }}}}.\n"
AFTER = """
from markdown import Markdown

def on_page_content(html, config, **_):
    return html + Markdown(extensions=config.markdown_extensions).convert({text!r})
"""


@pytest.fixture(params=["docstring", "hook"])
def inserting(small_site: SmallSite, request: pytest.FixtureRequest) -> Any:
    """Make a site where another plugin puts a text onto the page, and build it."""

    def insert(text: str, page: str = PAGE) -> Any:
        (small_site.root / "hook.py").write_text(AFTER.format(text=text), encoding="utf-8")
        (small_site.root / "documented.py").write_text(f"{text!r}\n", encoding="utf-8")
        if request.param == "docstring":
            page += "\n::: documented\n"
            handlers = {"python": {"paths": [str(small_site.root)]}}
            plugins = [{"minigrad": {"formulas": True}}, {"mkdocstrings": {"handlers": handlers}}]
            small_site.settings["plugins"] = plugins
        else:
            small_site.settings["hooks"] = [str(small_site.root / "hook.py")]
        small_site.page("index.md", page)
        return small_site

    return insert


def test_the_page_s_own_mistakes_and_numbers_are_kept(inserting: Any) -> None:
    built = inserting("A text.", PAGE + "\nAnd {{ g.value }}.\n").build()
    assert built.failed
    assert [line.partition(";")[0] for line in built.problems] == [
        "docs/index.md:1: the page computes values and has no record docs/index.record",
        "docs/index.md:12: g.value: there is no block g on this page",
    ]


def test_a_page_is_built_whole(inserting: Any) -> None:
    site = inserting("A text with $x^2$.")
    site.accept()
    built = site.build()
    assert not built.failed
    html = built.html("index.html")
    assert 'data-mg="f.value">6<' in html
    assert "<msup>" in html


def test_a_mistake_in_the_text_fails_the_build(inserting: Any) -> None:
    built = inserting(r"A text with $x^2 + \frac{1}$.", "# Page\n").build()
    assert built.failed
    assert built.problems[0].startswith("docs/index.md (text that another plugin puts there):1: ")


LATE = """
from markdown import Markdown

def on_post_page(output, config, **_):
    return output + Markdown(extensions=config.markdown_extensions).convert({text!r})
"""


def test_a_mistake_after_all_pages_were_read_fails_the_build(small_site: SmallSite) -> None:
    hook = small_site.root / "hook.py"
    hook.write_text(LATE.format(text=BLOCK), encoding="utf-8")
    small_site.settings["hooks"] = [str(hook)]
    small_site.page("index.md", "# Page\n")
    built = small_site.build()
    assert built.failed
    assert "a block that no record can be kept of" in built.problems[0]
    small_site.page("index.md", PAGE)  # a block that is on a page may be shown again
    small_site.accept()
    built = small_site.build()
    assert not built.failed
    assert built.html("index.html").count("data-mg-block") == 1


def test_a_block_in_the_text_is_refused(inserting: Any) -> None:
    site = inserting(BLOCK.replace("f(", "h("))
    code, _ = site.run("accept")
    assert code == 1
    assert any(
        "(text that another plugin puts there):1: a block that no record can be kept of; "
        "write it on the page itself" in line
        for line in site.build().problems
    )


READING = """
def on_page_content(html, page, **_):
    return html + f"<p>typed: {page.markdown.splitlines()[0]}</p>"
"""


def test_who_reads_a_page_once_it_is_converted_finds_it_as_typed(small_site: SmallSite) -> None:
    hook = small_site.root / "hook.py"
    hook.write_text(READING, encoding="utf-8")
    small_site.settings["hooks"] = [str(hook)]
    small_site.page("index.md", f"It is {{{{ f.value }}}}.\n\n{BLOCK}")
    small_site.accept()
    assert "<p>typed: It is {{ f.value }}.</p>" in small_site.build().html("index.html")
