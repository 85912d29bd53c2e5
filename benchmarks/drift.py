"""What the guard against drift costs, beside the same tables typed as Markdown in Material.

Fifty pages with four blocks each, a table of thirteen rows and more a block, records and the search
for typed results on. `benchmarks.build` says what the plain sites are: their formulas handed to
arithmatex, as Material documents it (`set`), or left as dollars (`bare`). Builds are interleaved,
each in a process of its own; printed are the medians of the rounds' ratios of processor time, with
and without the cross-checks, for blocks of one program and for a program each, and what one
cross-check costs. It needs a Unix.

    python -m benchmarks.drift [rounds] [pages]
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.build import BLOCKS, PLAIN, build, computed, place, run, sites

WITHOUT_CHECKS = """
from importlib import import_module
import sys
compute = import_module("docs_plugins.compute")
from types import SimpleNamespace
compute.second_opinion = lambda forward: None
compute.crosscheck = lambda *of: SimpleNamespace(compared=0, effort=0)
from mkdocs.__main__ import cli
cli(["build", "-q", "-d", sys.argv[1]])
"""


def build_unchecked(folder: Path) -> float:
    """Build with the cross-checks left out; returns processor seconds."""
    (folder / "unchecked.py").write_text(WITHOUT_CHECKS, encoding="utf-8")
    site = tempfile.mkdtemp(prefix="site-", dir=folder)
    return run("unchecked", site, folder=folder).seconds


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


def turns(folders: dict[str, Path], rounds: int) -> dict[str, list[float]]:
    """Processor seconds of each kind of build, in turns."""
    seconds: dict[str, list[float]] = {}
    for _ in range(rounds):
        for kind, folder in folders.items():
            seconds.setdefault(kind, []).append(build(folder).seconds)
        seconds.setdefault("unchecked", []).append(build_unchecked(folders["computed"]))
    return seconds


def report(seconds: dict[str, list[float]]) -> None:
    """Print the ratios."""
    for kind in PLAIN:
        print(f"  the tables typed as Markdown, {kind:<4}  {median(seconds[kind]):6.2f}")
    for kind, told, target in (
        ("unchecked", "computed, without cross-checks    ", 0.8),
        ("computed", "computed, with cross-checks       ", 1.0),
    ):
        ratios = (
            f"{median(a / b for a, b in zip(seconds[kind], seconds[plain], strict=True)):.2f}"
            f" of {plain}"
            for plain in PLAIN
        )
        print(f"  {told}{median(seconds[kind]):6.2f}  {', '.join(ratios)} (to reach: {target})")


def main() -> None:
    """Print the ratios and the cost of a cross-check."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    pages = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    print(f"{pages} pages of {BLOCKS} blocks, {rounds} rounds; processor seconds, median")
    with tempfile.TemporaryDirectory(dir=place()) as temporary:
        for varied in (False, True):
            print("a program each:" if varied else "one program at many points:")
            folders = sites(Path(temporary, str(varied)), computed(pages, varied=varied))
            report(turns(folders, rounds))
    block, link, count = cost_of_checks()
    print(f"a cross-check: {block:.2f} ms a block, {link:.0f} µs a link (mean of {count} blocks)")


if __name__ == "__main__":
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")
    main()
