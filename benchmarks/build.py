"""What the plugin costs a large site, beside the same tables typed as Markdown.

A site of 1,000 pages with four blocks each is built with the plugin, then a site whose pages hold
the very same tables as Markdown text: once with their formulas set as MathML too (`typed`), once
left as TeX between dollars (`bare`). Printed: processor time of each, memory a block, and time a
page at 100 and at 1,000 pages. It needs a Unix.

    python -m benchmarks.build [pages]
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from dataclasses import dataclass
from html import unescape
from pathlib import Path

BLOCKS = 4
CONFIG = """site_name: scale
theme: {{name: material, font: false}}
plugins: [search, {plugins}]
markdown_extensions: [tables]
"""
PAGE = """# Page {page}

Some words before the block, as a page of notes has them.

```minigrad
def f{block}(x1, x2):
    v1 = ln(x1)
    v2 = x1 * x2
    v3 = sin(x2)
    v4 = v1 + v2
    return v4 - v3

f{block}({x1}, {x2})
```

{{{{ f{block}.trace }}}}

At this point it is {{{{ f{block}.value }}}}.
"""


@dataclass(frozen=True)
class Cost:
    """What one build took: processor seconds, and the most memory it held, in KB."""

    seconds: float
    memory: int


def run(*arguments: str, folder: Path) -> Cost:
    """Run a module of Python in a folder and say what it took."""
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONHASHSEED": "0"}
    child = os.fork()
    if child == 0:
        os.chdir(folder)
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.execve(sys.executable, [sys.executable, "-m", *arguments], environment)  # noqa: S606
    _, status, usage = os.wait4(child, 0)
    if status:
        sys.exit(f"{' '.join(arguments)} failed in {folder}")
    kilobytes = usage.ru_maxrss // (1024 if sys.platform == "darwin" else 1)
    return Cost(usage.ru_utime + usage.ru_stime, kilobytes)


def write(folder: Path, plugins: str, pages: dict[str, str]) -> None:
    """Write a site."""
    (folder / "docs").mkdir(parents=True)
    (folder / "mkdocs.yml").write_text(CONFIG.format(plugins=plugins), encoding="utf-8")
    for name, text in pages.items():
        (folder / "docs" / name).write_text(text, encoding="utf-8")


def computed(count: int) -> dict[str, str]:
    """Return pages with computed blocks."""
    return {
        f"page{page}.md" if page else "index.md": "\n".join(
            PAGE.format(page=page, block=block, x1=1 + page / 128, x2=2 + block / 4)
            for block in range(BLOCKS)
        )
        for page in range(count)
    }


def typed(site: Path, pages: dict[str, str]) -> dict[str, str]:
    """Return the same pages with the tables that the build made of them, as Markdown text."""
    texts = {}
    for name, text in pages.items():
        stem = name.removesuffix(".md")
        html = (site / ("" if stem == "index" else stem) / "index.html").read_text(encoding="utf-8")
        tables = iter(re.findall(r"<table.*?</table>", html, re.DOTALL))
        text = re.sub(r"^```minigrad\n.*?^```\n", "", text, flags=re.DOTALL | re.MULTILINE)  # noqa: PLW2901
        text = re.sub(r"\{\{ \w+\.trace \}\}", lambda _: as_markdown(next(tables)), text)  # noqa: B023, PLW2901
        texts[name] = text.replace("{{ ", "").replace(" }}", "")
    return texts


def as_markdown(table: str) -> str:
    """Return a table as a pipe table, a formula as its TeX between dollars."""
    table = re.sub(
        r'<math[^>]*data-tex="([^"]*)".*?</math>',
        lambda found: f"${found[1]}$",
        table,
        flags=re.DOTALL,
    )
    rows = [
        [
            unescape(" ".join(re.sub(r"<[^>]+>", " ", cell).split())).replace("|", r"\|")
            for cell in re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)
    ]
    width = max(map(len, rows))
    lines = ["| " + " | ".join(row + [""] * (width - len(row))) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * width, *lines[1:]])


def main() -> None:
    """Print the table of costs."""
    large = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    small = large // 10
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary)
        costs = {}
        for count in (small, large):
            pages = computed(count)
            ours = home / f"computed{count}"
            write(ours, "minigrad", pages)
            run("docs_plugins", "accept", folder=ours)
            costs["computed", count] = run("mkdocs", "build", "-q", folder=ours)
            texts = typed(ours / "site", pages)
            for kind, plugins in (("typed", "{minigrad: {formulas: true}}"), ("bare", "")):
                write(home / f"{kind}{count}", plugins, texts)
                costs[kind, count] = run("mkdocs", "build", "-q", folder=home / f"{kind}{count}")
    report(costs, small, large)


def report(costs: dict[tuple[str, int], Cost], small: int, large: int) -> None:
    """Print what was measured."""
    print(f"{'site':<10} {'pages':>6} {'cpu s':>8} {'ms/page':>8} {'peak MB':>8}")
    for (kind, pages), cost in costs.items():
        each, peak = 1000 * cost.seconds / pages, cost.memory / 1024
        print(f"{kind:<10} {pages:>6} {cost.seconds:>8.1f} {each:>8.1f} {peak:>8.0f}")
    for kind in ("typed", "bare"):
        ratio = costs["computed", large].seconds / costs[kind, large].seconds
        print(f"processor time at {large} pages, computed / {kind}: {ratio:.2f} (to reach: 0.8)")
    for kind in ("computed", "typed", "bare"):
        few, many = costs[kind, small], costs[kind, large]
        memory = (many.memory - few.memory) / (BLOCKS * (large - small))
        first, further = few.seconds / small, (many.seconds - few.seconds) / (large - small)
        print(
            f"{kind}: {memory:.1f} KB of memory a block (to reach: 20); "
            f"a page {1000 * first:.1f} ms at {small} pages, a further one {1000 * further:.1f} ms"
        )


if __name__ == "__main__":
    main()
