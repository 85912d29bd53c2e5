"""What the guard against drift costs, beside the same tables typed as Markdown in Material.

Fifty pages with four blocks each, a table of thirteen rows and more a block, records and the search
for typed results on. Builds are interleaved, each in a process of its own; printed is the median of
the rounds' ratios of processor time, with and without the cross-checks, and what one costs. It
needs a Unix.

    python benchmarks/drift.py [rounds] [pages]
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from build import BLOCKS, computed, run, typed

CONFIG = """\
site_name: cost
theme: material
plugins: [{plugins}]
markdown_extensions: [tables]
"""
UNCHECKED = "DEEPNOTES_BENCHMARK_UNCHECKED"


def write(folder: Path, plugins: str, pages: dict[str, str]) -> None:
    """Write a site."""
    (folder / "docs").mkdir(parents=True)
    (folder / "mkdocs.yml").write_text(CONFIG.format(plugins=plugins), encoding="utf-8")
    for name, text in pages.items():
        (folder / "docs" / name).write_text(text, encoding="utf-8")


def build_unchecked(folder: Path) -> float:
    """Build with the cross-checks left out; returns processor seconds."""
    script = folder / "unchecked.py"
    script.write_text(
        "from importlib import import_module\n"
        "import sys\n"
        "compute = import_module('docs_plugins.compute')\n"
        "compute.second_opinion = lambda forward: None\n"
        "compute.crosscheck = lambda *of: 0\n"
        "from mkdocs.__main__ import cli\n"
        "cli(['build', '-q'])\n",
        encoding="utf-8",
    )
    return run("unchecked", folder=folder).seconds


def build(folder: Path) -> float:
    """Build; returns processor seconds."""
    return run("mkdocs", "build", "-q", folder=folder).seconds


def cost_of_checks() -> tuple[float, float, int]:
    """Milliseconds for each block, microseconds for each link, and how many blocks were tried."""
    from docs_plugins import compute, language  # noqa: PLC0415
    from docs_plugins.compute.assembly import assemble  # noqa: PLC0415
    from docs_plugins.compute.forward import Forward  # noqa: PLC0415

    text = computed(1)["index.md"].split("```minigrad\n")[1].split("```")[0]
    program = language.parse(text)
    call = program.calls[0]
    links = len(compute.run(program, call).links)
    count = 300
    spent = 0.0
    for _ in range(count):
        forward = Forward(program, call)
        assembled = assemble(forward)
        begun = time.process_time()
        compute.crosscheck(forward, assembled, compute.second_opinion(forward))
        spent += time.process_time() - begun
    return 1e3 * spent / count, 1e6 * spent / count / links, count


def main() -> None:
    """Print the ratios and the cost of a cross-check."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    pages = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    with tempfile.TemporaryDirectory() as temporary:
        ours, theirs = Path(temporary, "computed"), Path(temporary, "typed")
        write(ours, "search, minigrad", computed(pages))
        run("docs_plugins", "accept", folder=ours)
        build(ours)
        write(theirs, "search", typed(ours / "site", computed(pages)))
        build(theirs)
        seconds: dict[str, list[float]] = {"typed": [], "checked": [], "unchecked": []}
        for _ in range(rounds):
            seconds["typed"].append(build(theirs))
            seconds["checked"].append(build(ours))
            seconds["unchecked"].append(build_unchecked(ours))
    floor = seconds["typed"]
    print(f"{pages} pages of {BLOCKS} blocks, {rounds} rounds; processor seconds, median")
    print(f"  the tables typed as Markdown      {statistics.median(floor):6.2f}")
    for kind, told, target in (
        ("unchecked", "computed, without cross-checks   ", 0.8),
        ("checked", "computed, with cross-checks      ", 1.0),
    ):
        found = seconds[kind]
        ratio = statistics.median(a / b for a, b in zip(found, floor, strict=True))
        print(f"  {told} {statistics.median(found):6.2f}   {ratio:.2f} of it (to reach: {target})")
    block, link, count = cost_of_checks()
    print(f"a cross-check: {block:.2f} ms a block, {link:.0f} µs a link (mean of {count} blocks)")


if __name__ == "__main__":
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")
    main()
