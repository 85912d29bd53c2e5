"""What the mathematics of a page costs: its formulas as MathML, and the font that shows them.

Builds the site into a temporary folder, takes the TeX of every formula of a page from its HTML and
times converting all of them, each as if it had never been met.

    python -m benchmarks.maths [page]
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from html import unescape
from pathlib import Path
from statistics import median

from benchmarks.timing import turns
from docs_plugins import font, maths

BUDGET = 0.010  # seconds for the page
FORMULA = re.compile(r'<math(?P<attributes>[^>]*?) data-tex="(?P<tex>[^"]*)"')


def built(page: str) -> str:
    """Return a page of the site as it is published."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "mkdocs", "build", "-q", "--site-dir", folder]
        subprocess.run(command, check=True)
        return Path(folder, page, "index.html").read_text(encoding="utf-8")


def main() -> None:
    """Print the figures."""
    page = sys.argv[1] if len(sys.argv) > 1 else "backpropagation"
    html = built(page)
    formulas = [
        (unescape(found["tex"]), 'display="block"' in found["attributes"])
        for found in FORMULA.finditer(html)
    ]
    numbered = re.compile(r"\\(?:label|tag)\{[^{}]*\}")
    formulas = [(numbered.sub("", tex), display) for tex, display in formulas]
    needed = font.characters([html])

    def convert() -> None:
        for tex, display in formulas:
            maths.convert(tex, display=display)

    def cut() -> None:
        font.cut.cache_clear()
        font.cut(needed)

    seconds = turns({"formulas": convert, "font": cut})
    spent = median(seconds["formulas"])
    verdict = "within" if spent <= BUDGET else "OVER"
    print(
        f"mathematics of /{page}/: {len(formulas)} formulas, {len(set(formulas))} different, "
        f"{1000 * spent:.1f} ms ({verdict} {1000 * BUDGET:.0f} ms)"
    )
    print(
        f"font: {len(needed)} characters, {len(font.cut(needed).content) / 1024:.1f} KB, "
        f"{1000 * median(seconds['font']):.0f} ms once a build"
    )


if __name__ == "__main__":
    main()
