"""What the plugin costs a large site, beside the same tables typed as Markdown.

A site of 1,000 pages with four blocks each, in sections of 25 pages, is built with the plugin, in
mkdocs-material with a pruned navigation, as that theme advises for large sites. Then a site is
built whose pages hold the very same tables as Markdown text, the plugin not among its plugins. Its
formulas are TeX between dollars: once handed to `pymdownx.arithmatex` with `generic`, which is how
that theme documents mathematics (`set`; MathJax sets them in the reader's browser, the build does
not), once left as they are (`bare`). Printed: processor time of each, memory a block, and time a
page at 100 and at 1,000 pages, for blocks with one program at many points and for blocks with a
program each. Every build goes to a new folder, in memory where the system has room for files there
(`TMPDIR` chooses another place): on a disk whose files were just removed a new one can take ten
times as long, and the figures would tell of that. It needs a Unix.

    python -m benchmarks.build [pages]
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from html import unescape
from itertools import product
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108  (a folder of a random name inside it)
ROOM = 3_000_000_000  # bytes; what the sites of 1,000 pages take, and more
BLOCKS = 4
SECTION = 25
CONFIG = """site_name: scale
theme: {{name: material, font: false, features: [navigation.prune]}}
plugins: [{plugins}]
markdown_extensions: [{extensions}]
"""
KINDS = {  # plugins and Markdown extensions of each kind of site
    "computed": ("search, minigrad", "tables"),
    "set": ("search", "tables, {pymdownx.arithmatex: {generic: true}}"),
    "bare": ("search", "tables"),
}
PLAIN = ("set", "bare")
PAGE = """# Page {page}

Some words before the block, as a page of notes has them.

```minigrad
def f{block}(x1, x2):
    v1 = {one}(x1)
    v2 = x1 {first} x2
    v3 = {two}(x2)
    v4 = v1 {second} v2
    return v4 {third} v3

f{block}({x1}, {x2})
```

{{{{ f{block}.trace }}}}

At this point it is {{{{ f{block}.value }}}}.
"""
RUNNING = ("ln", "sin", "*", "+", "-")
FUNCTIONS = ("ln", "sin", "cos", "exp", "tanh", "sqrt", "sigmoid", "arctan", "square")
PROGRAMS = tuple(product(FUNCTIONS, FUNCTIONS, "+-*/", "+-*/", "+-*/"))
STRIDE = 1009  # prime, so that neighbours differ in everything


@dataclass(frozen=True)
class Cost:
    """What one build took: processor seconds, and the most memory it held, in KB."""

    seconds: float
    memory: int


def place() -> str | None:
    """Where the sites stand: TMPDIR, else memory with room for them, else where the system says.

    They are removed together, at the end.
    """
    if "TMPDIR" in os.environ or not MEMORY.is_dir():
        return None
    return str(MEMORY) if shutil.disk_usage(MEMORY).free > ROOM else None


def run(*arguments: str, folder: Path) -> Cost:
    """Run a module of Python in a folder and say what it took."""
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONHASHSEED": "0"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package has its byte code
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


def build(folder: Path) -> Cost:
    """Build a site into a new folder: files that others make room for cost more to write."""
    site = tempfile.mkdtemp(prefix="site-", dir=folder)
    return run("mkdocs", "build", "-q", "-d", site, folder=folder)


def write(folder: Path, kind: str, pages: dict[str, str]) -> None:
    """Write a site."""
    plugins, extensions = KINDS[kind]
    config = CONFIG.format(plugins=plugins, extensions=extensions)
    folder.mkdir(parents=True)
    (folder / "mkdocs.yml").write_text(config, encoding="utf-8")
    for name, text in pages.items():
        place = folder / "docs" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")


def computed(count: int, *, varied: bool = False) -> dict[str, str]:
    """Return pages with computed blocks: of one program, or of another one each."""
    return {
        f"part{page // SECTION}/page{page}.md" if page else "index.md": "\n".join(
            _part(page, block, varied=varied) for block in range(BLOCKS)
        )
        for page in range(count)
    }


def _part(page: int, block: int, *, varied: bool) -> str:
    number = page * BLOCKS + block
    program = PROGRAMS[number * STRIDE % len(PROGRAMS)] if varied else RUNNING
    one, two, first, second, third = program
    return PAGE.format(
        page=page, block=block, x1=1 + page / 128, x2=2 + block / 4,
        one=one, two=two, first=first, second=second, third=third,
    )  # fmt: skip


def sites(home: Path, pages: dict[str, str]) -> dict[str, Path]:
    """Write the computed site, accepted, and from its tables the plain ones; returns all."""
    folders = {kind: home / kind for kind in KINDS}
    write(folders["computed"], "computed", pages)
    run("docs_plugins", "accept", folder=folders["computed"])
    run("mkdocs", "build", "-q", folder=folders["computed"])
    texts = typed(folders["computed"] / "site", pages)
    for kind in PLAIN:
        write(folders[kind], kind, texts)
    return folders


def typed(site: Path, pages: dict[str, str]) -> dict[str, str]:
    """Return the same pages with the tables that the build made of them, as Markdown text."""
    texts = {}
    for name, text in pages.items():
        stem = name.removesuffix(".md")
        html = (site / ("" if stem == "index" else stem) / "index.html").read_text(encoding="utf-8")
        tables = iter(re.findall(r"<table.*?</table>", html, re.DOTALL))
        text = re.sub(r"^```minigrad\n.*?^```\n", "", text, flags=re.DOTALL | re.MULTILINE)  # noqa: PLW2901
        text = re.sub(r"\{\{ \w+\.trace \}\}", lambda _: as_markdown(next(tables)), text)  # noqa: B023, PLW2901
        shown = dict(re.findall(r'data-mg="([^"]*)"[^>]*>([^<]*)<', html))
        texts[name] = re.sub(r"\{\{ (\S+) \}\}", lambda found: shown[found[1]], text)  # noqa: B023
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
    with tempfile.TemporaryDirectory(dir=place()) as temporary:
        for varied in (False, True):
            print("a program each:" if varied else "one program at many points:")
            costs = {}
            for count in (small, large):
                home = Path(temporary, f"{varied}-{count}")
                folders = sites(home, computed(count, varied=varied))
                costs |= {(kind, count): build(folder) for kind, folder in folders.items()}
            report(costs, small, large)


def report(costs: dict[tuple[str, int], Cost], small: int, large: int) -> None:
    """Print what was measured."""
    print(f"{'site':<10} {'pages':>6} {'cpu s':>8} {'ms/page':>8} {'peak MB':>8}")
    for (kind, pages), cost in costs.items():
        each, peak = 1000 * cost.seconds / pages, cost.memory / 1024
        print(f"{kind:<10} {pages:>6} {cost.seconds:>8.1f} {each:>8.1f} {peak:>8.0f}")
    for kind in PLAIN:
        ratio = costs["computed", large].seconds / costs[kind, large].seconds
        print(f"processor time at {large} pages, computed / {kind}: {ratio:.2f} (to reach: 0.8)")
    for kind in KINDS:
        few, many = costs[kind, small], costs[kind, large]
        memory = (many.memory - few.memory) / (BLOCKS * (large - small))
        first, further = few.seconds / small, (many.seconds - few.seconds) / (large - small)
        print(
            f"{kind}: {memory:.1f} KB of memory a block (to reach: 20); "
            f"a page {1000 * first:.1f} ms at {small} pages, a further one {1000 * further:.1f} ms"
        )


if __name__ == "__main__":
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")
    main()
