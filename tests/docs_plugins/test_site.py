"""What a build makes of its pages: what is wrong, in which order, and what it says last."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs_plugins.problems import Problem
from docs_plugins.site import Site, Source, for_search, lines_above, shield, words_of

BLOCK = "```minigrad\ndef f(x):\n    return x * x\n\nf(3)\n```\n"


def begun(**how: bool) -> Site:
    """A site with two pages, the later lines of each wrong first."""
    site = Site(**how)
    for name in ("a.md", "b.md"):
        source = Source(f"docs/{name}", name, "", 0, f"docs/{name[0]}.record", None)
        page, _ = site.begin(source)
        page.problems += [Problem(source.path, line, "", "wrong", "") for line in (9, 2)]
    return site


def test_problems_are_listed_by_page_and_line() -> None:
    found = [(problem.path, problem.line) for problem in begun().all_problems()]
    assert found == [("docs/a.md", 2), ("docs/a.md", 9), ("docs/b.md", 2), ("docs/b.md", 9)]


def test_the_same_problem_is_listed_once() -> None:
    site = begun()
    site.pages["a.md"].problems *= 2
    assert len(site.all_problems()) == 4


def test_the_verdict_names_the_pages_to_accept() -> None:
    site = begun()
    assert site.verdict() == "4 problems, listed above"
    site.pages["b.md"].drift = [Problem("docs/b.md", 1, "f", "changed", "")]
    assert site.verdict().endswith("python -m docs_plugins accept b.md")
    assert "Mend the mistakes; then, if the computed values are right" in site.verdict()
    site.pages["b.md"].problems = site.pages["b.md"].drift
    assert ". If the computed values are right" in site.verdict()


def test_the_command_is_ours_where_a_folder_of_theirs_hides_the_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert Site().accept("a.md") == "python -m docs_plugins accept a.md"
    (tmp_path / "docs_plugins").mkdir()
    (tmp_path / "docs_plugins" / "__init__.py").touch()
    assert Site().accept("a.md") == "deepnotes accept a.md"


def test_only_a_server_shows_problems_on_the_page() -> None:
    assert begun().end("a.md", "<p>text</p>") == "<p>text</p>"
    assert 'role="alert"' in begun(serving=True).end("a.md", "<p>text</p>")


def test_a_page_that_was_not_begun_stays_as_it_is() -> None:
    assert Site().end("c.md", "<p>text</p>") == "<p>text</p>"


@pytest.mark.parametrize(
    ("text", "shielded"),
    [
        ("{{ f.y.value }}", True),
        ("{{ =f.x.adjoint:.2f }}", True),
        ("{{ f.trace }}", True),
        ("{{ f value }}", True),
        ("{{ f.y.value\n}}", True),
        ("{{ config.site_name }}", False),
        ("{{ config.site_name\n}}", False),
        ("no braces", False),
    ],
)
def test_our_braces_are_hidden_from_other_plugins(text: str, shielded: bool) -> None:
    page = f"{BLOCK}\n{text}"
    assert (shield(page) != page) is shielded


@pytest.mark.parametrize(
    ("source", "markdown", "lines"),
    [
        ("---\ntitle: a\n---\ntext\n", "text\n", 3),
        ("text\n", "text\n", 0),
        ("something else", "text", 0),
    ],
)
def test_front_matter_is_counted(source: str, markdown: str, lines: int) -> None:
    assert lines_above(source, markdown) == lines


def test_a_search_index_has_words_and_no_tags_of_ours() -> None:
    html = (
        '<p><b>kept</b></p><svg class="mg-figure"><text>drawn</text></svg>'
        '<table class="mg-table"><tr><td>one</td><td>two</td></tr></table>'
        '<math data-tex="x"><mi>x</mi></math>'
        '<details class="mg-how" data-search-exclude><dl><dt>The block</dt></dl></details>'
    )
    assert for_search(html) == "<p><b>kept</b></p>one two x"


def test_the_words_of_a_view_have_no_tag_of_its_frame() -> None:
    drawn = '<svg class="mg-figure"><text>drawn</text></svg>'
    table = '<table class="mg-table"><tr><td>one</td>\n<td>1 &lt; 2</td></tr></table>'
    found = words_of(f'<div class="mg-view">{drawn}{table}</div>')
    assert " ".join(found.split()) == "one 1 &lt; 2"


@pytest.mark.parametrize("theirs", ["<svg><text>drawn</text></svg>", "<math><mi>x</mi></math>"])
def test_a_search_index_has_what_is_not_ours_as_it_is(theirs: str) -> None:
    assert for_search(theirs) == theirs
