"""The command `style`: the style sheet for pages that MkDocs' plugin does not bring it to."""

from pathlib import Path

from docs_plugins.__main__ import main

SHEET = Path(__file__).parents[2] / "docs_plugins" / "assets" / "minigrad.css"


def test_what_is_printed_is_the_style_sheet(capsys):
    assert main(["style"]) == 0
    assert capsys.readouterr().out == SHEET.read_text(encoding="utf-8")


def test_no_colour_of_it_needs_a_theme():
    """Outside of Material its variables have no value; each is given with one that stands in."""
    sheet = SHEET.read_text(encoding="utf-8")
    assert "var(--md-" in sheet
    bare = [line.strip() for line in sheet.splitlines() if "var(--md-" in line and "," not in line]
    assert bare == []
