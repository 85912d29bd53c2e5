"""Records in unusual places: of pages left out, generated or linked, and behind links."""

from __future__ import annotations

import logging
import os
import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from tests.site.conftest import SECOND

if TYPE_CHECKING:
    from typing import Any

GENERATE = """\
from mkdocs.structure.files import File

PAGE = {page!r}

def on_files(files, config, **_):
    files.append(File.generated(config, "gen/deep/g.md", content=PAGE))
    return files
"""
LINKS = pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
AGAINST = ("verify", "site", "--against", "docs")


def later(site: Any, name: str, page: str = "index.html") -> None:
    """Have a file edited after a page was built."""
    built = (site.root / "site" / page).stat().st_mtime
    os.utime(site.docs / name, (built + 10, built + 10))


# --- pages that are left out of the site ---


@pytest.mark.parametrize("setting", ["exclude_docs", "draft_docs"])
def test_the_record_of_a_page_left_out_of_the_site_is_no_failure(example_site, setting):
    example_site.page("dr.md", SECOND)
    example_site.accept()
    example_site.settings[setting] = "dr.md\n"
    assert not example_site.build().failed
    code, printed = example_site.run(*AGAINST)
    assert code == 0, printed
    assert "docs/dr.md is not in the site: its record is not compared\n" in printed


@pytest.mark.parametrize("name", ["dr.md", "README.md", "sub/index.md"])
@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize("directory_urls", [True, False])
def test_a_page_stripped_of_its_blocks_is_in_the_site(small_site, name, listed, directory_urls):
    small_site.settings["use_directory_urls"] = directory_urls
    small_site.page("other.md", SECOND.replace("g(", "h(").replace("g.", "h."))
    small_site.page(name, SECOND)
    small_site.accept()
    small_site.build()
    (page,) = (p for p in small_site.root.glob("site/**/*.html") if 'block="g"' in p.read_text())
    page.write_text("<html><body><p>About 10.</p></body></html>", encoding="utf-8")
    if not listed:
        (small_site.root / "site/assets/minigrad/blocks.txt").unlink()
    code, printed = small_site.run(*AGAINST)
    assert code == 1
    assert "is not in the site" not in printed
    assert ("published on this page, and gone" in printed) == listed


def test_a_record_that_belongs_to_no_page_is_a_failure_with_its_remedy(example_site):
    example_site.build()
    record = (example_site.docs / "index.record").read_text(encoding="utf-8")
    example_site.page("old.record", record)
    code, printed = example_site.run(*AGAINST)
    assert code == 1
    assert (
        "docs/old.record:1: no page of the site shows what is recorded; "
        "delete it, as deepnotes accept does\n"
    ) in printed


# --- pages that verify leaves out ---


@pytest.mark.parametrize("given", ["all", "all/", "./all", "a*", "all/index.html"])
def test_a_page_that_repeats_others_is_left_out_of_what_is_verified(example_site, given):
    built = example_site.build()
    page = example_site.root / "site/all/index.html"
    page.parent.mkdir()
    html = built.html("index.html")
    page.write_text(html + html, encoding="utf-8")
    code, printed = example_site.run(*AGAINST)
    assert code == 1
    assert "the block stands twice on the page" in printed
    code, printed = example_site.run(*AGAINST, "--except", "other", "--except", given)
    assert code == 0, printed
    assert "site/all/index.html is left out: nothing of it is verified\n" in printed
    assert "1 pages, 1 blocks" in printed


@pytest.mark.parametrize("given", ["al", "index", "sub", "site/all"])
def test_nothing_else_is_left_out(example_site, given):
    built = example_site.build()
    page = example_site.root / "site/sub/all/index.html"
    page.parent.mkdir(parents=True)
    page.write_text(built.html("index.html").replace("1.7163<", "1.7164<"), encoding="utf-8")
    code, printed = example_site.run("verify", "site", "--except", given)
    assert code == int(given != "sub")
    assert ("shown 1.7164" in printed) == (given != "sub")


def test_a_page_of_the_list_may_be_left_out_with_its_record(example_site):
    example_site.page("wip.md", SECOND)
    example_site.accept()
    example_site.build()
    page = example_site.root / "site/wip/index.html"
    page.write_text("<p>Nothing</p>", encoding="utf-8")
    assert example_site.run(*AGAINST)[0] == 1
    code, printed = example_site.run(*AGAINST, "--except", "wip")
    assert code == 0, printed
    assert "docs/wip.md is left out: its record is not compared\n" in printed


def test_a_version_may_be_left_out_with_its_files(example_site):
    example_site.build()
    for version in ("1.0", "2.0"):
        shutil.copytree(example_site.root / "site", example_site.root / "all" / version)
    page = example_site.root / "all/1.0/index.html"
    page.write_text("<p>Nothing</p>", encoding="utf-8")
    assert example_site.run("verify", "all")[0] == 1
    code, printed = example_site.run("verify", "all", "--except", "1.0")
    assert code == 0, printed


# --- pages that are generated ---


def test_a_generated_page_in_a_folder_of_its_own_is_accepted(example_site):
    hook = example_site.root / "generate.py"
    hook.write_text(GENERATE.format(page=SECOND), encoding="utf-8")
    example_site.settings["hooks"] = ["generate.py"]
    assert example_site.build().failed
    example_site.accept("gen/deep/g.md")
    assert (example_site.docs / "gen/deep/g.record").is_file()
    assert not example_site.build().failed
    code, printed = example_site.run(*AGAINST)
    assert code == 0, printed


# --- links ---


@LINKS
@pytest.mark.parametrize("given", ["real/sub/p.md", "docs/sub/p.md", "real/sub/p"])
def test_a_page_is_accepted_by_either_path_where_docs_is_a_link(small_site, given):
    small_site.docs.rename(small_site.root / "real")
    small_site.docs.symlink_to("real")
    small_site.page("sub/p.md", SECOND)
    small_site.accept(str(small_site.root / given))
    assert (small_site.root / "real/sub/p.record").is_file()
    (small_site.root / "real/sub/p.record").unlink()
    small_site.accept(given)
    assert (small_site.root / "real/sub/p.record").is_file()


@LINKS
def test_a_record_that_is_a_link_inside_docs_is_written_through(example_site):
    link, target = example_site.docs / "index.record", example_site.docs / "kept/all.record"
    target.parent.mkdir()
    link.rename(target)
    link.symlink_to("kept/all.record")
    right = target.read_text(encoding="utf-8")
    assert not example_site.build().failed
    assert example_site.run(*AGAINST)[0] == 0
    target.write_text(right.replace("1.7163378145367738", "1.7164", 1), encoding="utf-8")
    assert example_site.build().failed
    example_site.accept()
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8") == right


@LINKS
def test_what_a_link_leads_to_is_left_alone_where_it_is_no_record(example_site):
    link = example_site.docs / "index.record"
    page = example_site.page("notes.md", "# Notes\n")
    link.unlink()
    link.symlink_to("notes.md")
    example_site.accept()
    assert not link.is_symlink()
    assert page.read_text(encoding="utf-8") == "# Notes\n"


# --- files of the site's own ---


@pytest.mark.parametrize("name", ["assets/minigrad.css", "assets/player.js"])
def test_a_style_sheet_or_script_of_the_sites_own_stands(example_site, name, caplog):
    caplog.set_level(logging.INFO, "mkdocs")
    example_site.build()
    assert "the site's own" not in caplog.text
    example_site.page(name, "/* mine */")
    built = example_site.build(strict=True)
    assert not built.failed
    assert built.html(name) == "/* mine */"
    assert f"minigrad: the site's own {name} stands in place of the plugin's" in caplog.text
    assert f'{name}"' in built.html("index.html")
    assert example_site.run(*AGAINST)[0] == 0


# --- builds of the pages that were edited ---


def test_a_dirty_build_drops_the_files_of_a_page_that_lost_its_blocks(small_site):
    example = "```minigrad\ndef f(x):\n    return x * x\n\nf(3)\n```\n\n{{ f.trace }}\n"
    for name in ("p.md", "p.q.md", "other.md"):
        small_site.page(name, example)
    small_site.accept()
    small_site.build()
    folder = small_site.root / "site/assets/minigrad"
    before = {path.name for path in folder.iterdir()}
    small_site.page("p.md", "# Nothing\n")
    later(small_site, "p.md", "p/index.html")
    small_site.accept()
    assert not small_site.build(dirty=True).failed
    gone = {"p.js", *(f"p.f.{ending}" for ending in ("json", "svg", "tex", "py"))}
    assert {path.name for path in folder.iterdir()} == before - gone
    code, printed = small_site.run(*AGAINST)
    assert code == 0, printed


def test_a_dirty_build_forgets_the_last_block_of_a_site(example_site):
    example_site.build()
    example_site.page("index.md", "# Nothing\n")
    later(example_site, "index.md")
    example_site.accept()
    assert not example_site.build(dirty=True).failed
    assert not list((example_site.root / "site/assets/minigrad").iterdir())


def test_a_dirty_build_names_a_record_that_belongs_to_no_page(example_site):
    hook = example_site.root / "generate.py"
    hook.write_text(GENERATE.format(page=SECOND), encoding="utf-8")
    example_site.settings["hooks"] = ["generate.py"]
    example_site.page("second.md", SECOND)
    example_site.accept()
    example_site.build()
    assert example_site.build(dirty=True).problems == []
    (example_site.docs / "second.md").unlink()
    (problem,) = example_site.build(dirty=True).problems
    assert problem.startswith("docs/second.record:1: the record belongs to no page")


def test_a_site_that_lists_our_style_sheet_itself_has_the_player_too(example_site):
    example_site.settings["extra_css"] = ["assets/minigrad.css"]
    html = example_site.build().html("index.html")
    assert html.count("assets/minigrad.css") == html.count("assets/player.js") == 1
