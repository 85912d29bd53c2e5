"""How long the browser takes to follow a moved input: all numbers of a page's trace of 30 nodes.

Prints what 200 updates took, beside the frame that a screen gives (16 ms), and the bytes,
compressed, of the scripts. Skipped where there is no Chromium.

    python -m benchmarks.player
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

PLACES = {0: "at least", 50: "in a quarter", 100: "median", 199: "at most"}
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
OPERATIONS = ("x * a{0} + y", "sin(a{0})", "a{0} * y", "exp(-a{0})", "a{0} + x")
UPDATES = """async () => {
  const field = document.getElementById('f-x'), shown = [];
  const number = document.querySelector('#f-trace .mg-v [data-mg]');
  const draw = window.requestAnimationFrame;
  for (let i = 0; i < 200; i++) {
    let work;
    window.requestAnimationFrame = update => (work = update, 1);
    field.value = 1 + i / 100;
    field.dispatchEvent(new Event('input', {bubbles: true}));
    window.requestAnimationFrame = draw;
    const before = performance.now();
    work(before);
    number.getBoundingClientRect();
    shown.push(performance.now() - before);
    await new Promise(done => draw(done));
  }
  return shown.sort((a, b) => a - b);
}"""


def page() -> str:
    """A page with the trace and the graph of a function of 30 nodes."""
    lines, count = ["    a0 = x * y"], 3
    while count < 29:
        lines.append(f"    a{len(lines)} = {OPERATIONS[len(lines) % 5].format(len(lines) - 1)}")
        count += 2 if len(lines) % 5 in {1, 4} else 1
    body = "\n".join(lines)
    return (
        f"# Thirty nodes\n\n```minigrad\ndef f(x, y):\n{body}\n    return a{len(lines) - 1} * x\n\n"
        "f(1.5, 0.5)\n```\n\n{{ f.graph numbers=yes }}\n\n{{ f.trace }}\n"
    )


def main() -> None:
    """Build the page, open it, move an input 200 times."""
    chosen = os.environ.get("CHROME_PATH") or next(filter(None, map(shutil.which, NAMES)), None)
    if chosen is None:
        print("no Chromium found: nothing measured")
        return
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "docs").mkdir()
        (root / "docs" / "index.md").write_text(page(), encoding="utf-8")
        (root / "mkdocs.yml").write_text(
            "site_name: player\ntheme: mkdocs\nplugins: [minigrad: {formulas: true}]\n",
            encoding="utf-8",
        )
        for command in (["docs_plugins", "accept"], ["mkdocs", "build", "-q"]):
            environment = {k: v for k, v in os.environ.items() if k != "CI"}
            environment["NO_MKDOCS_2_WARNING"] = "1"
            subprocess.run(
                [sys.executable, "-m", *command],
                cwd=root,
                env=environment,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        scripts = (root / "site/assets/player.js", root / "site/assets/minigrad/index.js")
        sizes = [len(gzip.compress(path.read_bytes())) for path in scripts]
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chosen, args=["--no-sandbox"])
            tab = browser.new_page()
            tab.goto((root / "site" / "index.html").as_uri())
            tab.wait_for_selector("#f-x")
            nodes = tab.locator("#f-graph .mg-node").count()
            times = tab.evaluate(UPDATES)
            browser.close()
    told = ", ".join(f"{times[place]:.1f} {what}" for place, what in PLACES.items())
    print(f"{nodes} nodes; milliseconds of an update with its layout: {told}")
    print(f"a frame has 16 ms; player {sizes[0]} bytes, tape {sizes[1]} bytes, compressed")


if __name__ == "__main__":
    main()
