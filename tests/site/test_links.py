"""The link checker finds what it is for."""

import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "links.py"


@pytest.fixture(scope="module")
def links():
    spec = importlib.util.spec_from_file_location("links", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def broken(links, tmp_path):
    def build(**pages):
        for name, html in pages.items():
            file = tmp_path / name.replace("__", "/")
            file = file.with_name(file.name + ".html")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(html, encoding="utf-8")
        return links.check(tmp_path, "/base/")[0]

    return build


def test_good_links_are_good(broken):
    assert (
        broken(
            index='<a href="sub/">x</a> <a href="/base/sub/#ä">y</a> <a href="https://e.org">z</a>',
            sub__index='<p id="ä"><a href="..">up</a> <a href="#ä">here</a> <a href="#">t</a></p>',
        )
        == []
    )


def test_a_missing_page_is_found(broken):
    assert broken(index='<a href="gone/">x</a>') == ["index.html: gone/: no such file"]


def test_a_missing_image_is_found(broken):
    assert broken(index='<img src="gone.png">') == ["index.html: gone.png: no such file"]


def test_a_missing_fragment_is_found(broken):
    found = broken(index='<a href="sub/#gone">x</a>', sub__index="<p>")
    assert found == ["index.html: sub/#gone: no id gone there"]


def test_a_link_out_of_the_base_is_found(broken):
    assert broken(index='<a href="/other/">x</a>') == ["index.html: /other/: leads out of /base/"]


def test_an_id_given_twice_is_found(broken):
    assert broken(index='<p id="a"><p id="a">') == ["index.html: the id a is given twice"]


def test_an_empty_folder_is_no_success(links, tmp_path, capsys):
    assert links.main([str(tmp_path)]) == 1
    assert "make site" in capsys.readouterr().err
