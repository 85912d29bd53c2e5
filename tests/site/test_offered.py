"""What a page comes with is verified too: files to take away, its script, the list of blocks."""

from __future__ import annotations

import math
import re
import shutil
from pathlib import Path
from urllib.parse import quote

import pytest

from docs_plugins.drift.verify import verify_site

FILES = "assets/minigrad"
PAGE = """\
# Page

```minigrad
def f(x, w):
    y = sin(x) * w
    return y + x / 3

f(2, [0.5, 0.7])
```

{{ f.jacobian }}

```minigrad
def g(x, a):
    y = sin(x) * a
    return y + x / 3

g(2, 0.7)
```

{{ g.graph numbers=yes }}

{{ g.trace x=-4..4 }}
"""


@pytest.fixture
def site(small_site):
    """A site with one page that offers files, built."""
    small_site.page("index.md", "# Home\n")
    small_site.page("sub/my page.md", PAGE)
    small_site.accept()
    assert not small_site.build().failed
    return small_site.root / "site"


def told(site: Path) -> list[tuple[str, str]]:
    return [(problem.item, problem.message) for problem in verify_site(site).problems]


def altered(text: str) -> str:
    """One digit changed, the first behind the last point."""
    at = list(re.finditer(r"\d\.\d", text))[-1].end() - 1
    return f"{text[:at]}{(int(text[at]) + 1) % 10}{text[at + 1 :]}"


def test_files_as_built_are_as_computed(site):
    verdict = verify_site(site)
    assert verdict.problems == []
    assert verdict.notes == []
    assert {path.suffix for path in verdict.offered} == {".json", ".svg", ".tex", ".py", ".js"}


def test_a_digit_altered_in_a_file_of_the_site_is_named(built_site, tmp_path):
    site = Path(shutil.copytree(built_site, tmp_path / "site"))
    files = [path for path in (site / FILES).iterdir() if path.name != "blocks.txt"]
    for path in files:
        text = path.read_text(encoding="utf-8")
        wrong = altered(text) if re.search(r"\d\.\d", text) else text.replace("2", "3", 1)
        assert wrong != text
        path.write_text(wrong, encoding="utf-8")
    found = told(site)
    assert sorted(item for item, _ in found) == sorted(path.name for path in files)
    assert all(message.startswith("the file has “") or " = " in message for _, message in found)


def test_numbers_in_data_may_be_off_by_units_in_the_last_place(site):
    path = site / FILES / "sub/my page.g.json"
    text = path.read_text(encoding="utf-8")
    value = re.search(r'"value": \[(0\.9\d+)\]', text)[1]
    near, far = repr(math.nextafter(float(value), 1)), repr(float(value) * (1 + 1e-9))
    path.write_text(text.replace(value, near), encoding="utf-8")
    assert told(site) == []
    path.write_text(text.replace(value, far), encoding="utf-8")
    ((item, message),) = told(site)
    assert item == "my page.g.json"
    assert message == f"the file has nodes[1].adjoint[0] = {far}, computed {value}"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("no data", "is no JSON"),
        ("[" * 10_000, "is no JSON"),
        ("{}", "has an end, computed name = 'g'"),
        ("x" * 200_000, "200,000 bytes"),
        (None, "is not there"),
    ],
)
def test_a_file_that_is_none_is_named(site, content, message):
    path = site / FILES / "sub/my page.g.json"
    path.unlink() if content is None else path.write_text(content, encoding="utf-8")
    ((item, found),) = told(site)
    assert item == "my page.g.json"
    assert message in found


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("../../../../../../../etc/passwd", "leads out of the site"),
        ("https://example.org/my page.g.json", "leads out of the site"),
        ("../../assets/minigrad/sub/my%20page.h.json", "is not there"),
        ("../../index.html", "belongs to no block of the page"),
        ("http://[x", "has an address that is none"),
        ("a%00b.g.json", "has an address that is none"),
    ],
)
def test_an_address_that_is_no_files_of_the_page_is_named(site, address, message):
    page = site / "sub/my page/index.html"
    html = page.read_text(encoding="utf-8")
    wrong = re.sub(r'href="[^"]*\.g\.json"', f'href="{address}"', html)
    assert wrong != html
    page.write_text(wrong, encoding="utf-8")
    assert ("my page.g.json", "no page of the site offers this file") not in told(site)
    assert f"the file {message}" in [message for _, message in told(site)]


@pytest.mark.parametrize("address", ["http://[bad/x", "a%00b", f"{'a' * 5_000}.js"])
def test_a_script_at_no_address_is_named_with_its_line(site, address):
    page = site / "sub/my page/index.html"
    html = page.read_text(encoding="utf-8")
    page.write_text(f'{html}\n<i data-mg-tape="p" data-mg-src="{address}"></i>', encoding="utf-8")
    (problem,) = verify_site(site).problems
    assert problem.path.endswith("sub/my page/index.html")
    assert problem.line == html.count("\n") + 2
    assert problem.message.startswith("the file ")


def test_a_file_that_no_page_offers_is_named(site):
    (site / FILES / "old.f.tex").write_text("= 1.7164", encoding="utf-8")
    (problem,) = verify_site(site).problems
    assert problem.path.endswith("old.f.tex")
    assert problem.message == "no page of the site offers this file"


def test_a_single_saved_page_is_verified_without_its_files(site, tmp_path):
    folder = tmp_path / "saved"
    (folder / "page_files").mkdir(parents=True)
    page = shutil.copy(site / "sub/my page/index.html", folder / "page.html")
    assert verify_site(Path(page)).problems == []
    assert verify_site(folder).problems == []


@pytest.mark.parametrize(
    ("right", "wrong"), [("Math.sin", "Math.cos"), ("0.7,", "0.8,"), ("-4,4,", "-4,1e999,")]
)
def test_a_script_that_computes_otherwise_is_named(site, right, wrong):
    path = site / FILES / "sub/my page.js"
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    assert [item for item, _ in told(site)] == ["my page.js"]


# --- which blocks each page has ---


def test_a_page_that_lost_all_of_its_blocks_is_named(site):
    page = site / "sub/my page/index.html"
    page.write_text("<html><body><p>About 1.2729.</p></body></html>", encoding="utf-8")
    problems = [p for p in verify_site(site).problems if "offers" not in p.message]
    assert [(Path(p.path), p.item, p.message) for p in problems] == [
        (page, "f, g", "published on this page, and gone")
    ]
    page.unlink()
    assert problems == [p for p in verify_site(site).problems if "offers" not in p.message]


def test_a_page_that_was_moved_is_found_where_it_is(site):
    folder = site / "sub/my page"
    folder.rename(site / "sub/other")
    assert told(site) == []


def test_a_site_without_its_list_is_told_so(site):
    (site / FILES / "blocks.txt").unlink()
    verdict = verify_site(site)
    assert verdict.problems == []
    assert "a page whose blocks were all taken off is not missed" in verdict.notes[0]


def test_several_versions_of_a_site_are_verified_in_one_go(site, tmp_path):
    for version in ("1.0", "2.0"):
        shutil.copytree(site, tmp_path / "all" / version)
    assert told(tmp_path / "all") == []
    (tmp_path / "all/1.0/sub/my page/index.html").unlink()
    assert any("gone" in message for _, message in told(tmp_path / "all"))


def test_a_build_of_edited_pages_keeps_the_list_of_the_others(small_site):
    small_site.page("index.md", PAGE)
    small_site.page("other.md", PAGE)
    small_site.accept()
    small_site.build()
    listed = (small_site.root / "site" / FILES / "blocks.txt").read_text(encoding="utf-8")
    assert listed.splitlines()[1:] == ["index.html\tf g", "other/index.html\tf g"]
    small_site.build(dirty=True)
    assert (small_site.root / "site" / FILES / "blocks.txt").read_text(encoding="utf-8") == listed


def test_a_site_that_computes_nothing_has_no_list(small_site):
    small_site.page("index.md", "# Nothing\n")
    small_site.build()
    assert not (small_site.root / "site" / FILES).exists()


@pytest.mark.parametrize("directory_urls", [True, False])
def test_names_that_are_no_addresses_as_they_stand_are_quoted(small_site, directory_urls):
    small_site.settings["use_directory_urls"] = directory_urls
    small_site.settings |= {"repo_url": "https://example.org/r", "edit_uri": "edit/main/docs/"}
    names = ["a#b", "c?d", "e%20f", "g h&ö", "sub#1/i+j;k", "plain-name_1.2"]
    for number, name in enumerate(names):
        small_site.page(
            f"{name}.md", PAGE.replace("f(", f"f{number}(").replace("f.", f"f{number}.")
        )
    small_site.page("index.md", "# Home\n")
    small_site.accept()
    built = small_site.build()
    assert not built.failed
    verdict = verify_site(built.folder)
    assert verdict.problems == []
    assert verdict.notes == []
    assert len(verdict.offered) == 5 * len(names)
    for name in names:
        html = built.html(f"{name}/index.html" if directory_urls else f"{name}.html")
        address = f"{FILES}/{quote(name)}.js"
        assert re.search(rf'data-mg-src="[./]+/{re.escape(address)}"', html)
        assert f"blob/main/docs/{quote(name)}.md?plain=1#L" in html
