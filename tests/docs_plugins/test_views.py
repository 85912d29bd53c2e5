"""The table of views: each is the file that bears its name, imported when it is asked for."""

import subprocess
import sys

import pytest

from docs_plugins.views import VIEWS


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_is_called_as_its_file(name):
    assert VIEWS[name].name == name


def test_what_is_no_view_is_not_found():
    assert "cells" not in VIEWS
    with pytest.raises(KeyError):
        VIEWS["cells"]


def test_a_site_without_figures_imports_none():
    told = (
        "import sys, docs_plugins.site, docs_plugins.markdown\n"
        "late = ('docs_plugins.views.', 'fontTools', 'uharfbuzz')\n"
        "print(*(n for n in sys.modules if n.startswith(late)))"
    )
    found = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert set(found.stdout.split()) == {"docs_plugins.views.base"}
