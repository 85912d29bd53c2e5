"""The tables under themes that style every table with rules of their own."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from .served import Served
from .visits import open_context

PAGE = """# Page

```minigrad
def f(x1, x2):
    return ln(x1) + x1 * x2 - sin(x2)

f(2, 5)
```

{{ f.trace }}
"""

# Whether all columns are in sight, the frames of cells, and the grounds of cells that are marked.
LOOK = """() => {
  const trace = document.querySelector('.mg-trace'), rows = [...trace.querySelectorAll('tbody tr')];
  const style = (row, name) => getComputedStyle(row.querySelector('td:not(:empty)'))[name];
  rows.forEach(row => row.classList.add('mg-lit'));
  return {
    cut: trace.scrollWidth - trace.clientWidth,
    right: new Set(rows.map(row => style(row, 'borderRightWidth'))).size,
    grounds: new Set(rows.map(row => style(row, 'backgroundColor'))).size,
  };
}"""


@pytest.mark.heavy
@pytest.mark.parametrize("screen", ["desktop", "phone"])
@pytest.mark.parametrize("theme", ["mkdocs", "readthedocs"])
def test_a_trace_looks_as_it_should(browser, tmp_path, theme, screen) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text(PAGE, encoding="utf-8")
    settings = f"site_name: theirs\ntheme: {theme}\nplugins: [minigrad]\n"
    (tmp_path / "mkdocs.yml").write_text(settings, encoding="utf-8")
    surroundings = {name: value for name, value in os.environ.items() if name != "CI"}
    for command in (("docs_plugins", "accept"), ("mkdocs", "build", "--strict")):
        subprocess.run(
            [sys.executable, "-m", *command],
            cwd=tmp_path,
            env=surroundings,
            capture_output=True,
            check=True,
        )
    with Served(tmp_path / "site") as served:
        context, _ = open_context(browser, served, screen)
        tab = context.new_page()
        tab.goto(served.address(""))
        tab.wait_for_selector(".mg-player button")
        assert tab.evaluate(LOOK) == {"cut": 0, "right": 1, "grounds": 1}
        context.close()
