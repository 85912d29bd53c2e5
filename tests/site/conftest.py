"""Small sites, built in process the way MkDocs builds them."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

import docs_plugins

if TYPE_CHECKING:
    from collections.abc import Iterator

OURS = ("minigrad", "docs_plugins")
SECOND = """\
# Second

```minigrad
def g(x):
    y = x * x
    return y + 1
g(3)
```

{{ g.value }}
"""
EXAMPLE = """\
# Example

```minigrad
def f(x1, x2):
    v1 = ln(x1)
    v2 = x1 * x2
    v3 = sin(x2)
    v4 = v1 + v2
    return v4 - v3

f(2, 5)
```

{{ f.trace }}

The gradient reaches $x_2$ over two links; together they give {{ f.x2.adjoint }}.
"""


@dataclass
class Built:
    """What a build left behind."""

    failed: bool
    problems: list[str]  # one line each
    verdict: str
    summary: str
    site: Any  # the plugin's Site
    folder: Path

    def html(self, page: str) -> str:
        """A built page."""
        return (self.folder / page).read_text(encoding="utf-8")

    def files(self) -> list[str]:
        """Every file of the built site."""
        return sorted(
            p.relative_to(self.folder).as_posix() for p in self.folder.rglob("*") if p.is_file()
        )


@dataclass
class SmallSite:
    """A site in a folder of its own."""

    root: Path
    settings: dict[str, Any] = field(default_factory=dict)
    extensions: list[Any] = field(default_factory=lambda: ["tables"])
    options: dict[str, Any] = field(default_factory=lambda: {"formulas": True})

    def __post_init__(self) -> None:
        """Make the folder of the pages."""
        self.docs.mkdir(parents=True, exist_ok=True)

    @property
    def docs(self) -> Path:
        """The folder of the pages."""
        return self.root / "docs"

    def page(self, name: str, text: str) -> Path:
        """Write a page."""
        path = self.docs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        return path

    def configure(self) -> Path:
        """Write mkdocs.yml."""
        import yaml

        settings = {
            "site_name": "Small",
            "theme": {"name": "mkdocs"},
            "plugins": [{"minigrad": self.options}],
            "markdown_extensions": self.extensions,
            **self.settings,
        }
        path = self.root / "mkdocs.yml"
        path.write_text(yaml.safe_dump(settings), encoding="utf-8")
        return path

    def build(self, command: str = "build", *, strict: bool = False, dirty: bool = False) -> Built:
        """Build it, as `mkdocs build` does, or as the first build of `mkdocs serve` does."""
        from mkdocs.commands.build import build
        from mkdocs.config import load_config

        folder = self.root / "site"
        config = load_config(str(self.configure()), site_dir=str(folder), strict=strict)
        plugin = config.plugins["minigrad"]
        handler = _Lines()
        logger = logging.getLogger("mkdocs")
        level = logger.level
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        failed = False
        with modules_as_they_were():
            config.plugins.on_startup(command=command, dirty=dirty)
            try:
                build(config, dirty=dirty)
            except SystemExit:
                failed = True
            finally:
                config.plugins.on_shutdown()
        logger.removeHandler(handler)
        logger.setLevel(level)
        problems = [str(problem) for problem in plugin.site.all_problems()]
        verdict = handler.lines[-1] if failed and handler.lines else ""
        summary = next((line for line in handler.lines if line.startswith("minigrad: ")), "")
        return Built(failed, problems, verdict, summary, plugin.site, folder)

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run a command of ours on it: the exit code, and all that was printed."""
        from docs_plugins.__main__ import main

        if arguments[0] != "verify":
            arguments = (arguments[0], "-f", str(self.configure()), *arguments[1:])
        out = io.StringIO()
        with redirect_stdout(out), redirect_stderr(out):
            try:
                code = main(arguments)
            except SystemExit as ended:
                code = int(ended.code or 0)
        return code, out.getvalue()

    def accept(self, *pages: str) -> None:
        """Accept what its pages compute."""
        code, printed = self.run("accept", *pages)
        assert code == 0, printed


@contextmanager
def modules_as_they_were() -> Iterator[None]:
    """Undo what a server does to the process: it imports us anew and writes no byte code."""
    ours = {n: m for n, m in sys.modules.items() if n.partition(".")[0] in OURS}
    contents = {n: dict(vars(m)) for n, m in ours.items() if hasattr(m, "__path__")}
    settings = sys.dont_write_bytecode, sys.pycache_prefix
    try:
        yield
    finally:
        for name in [n for n in sys.modules if n.partition(".")[0] in OURS]:
            del sys.modules[name]
        sys.modules.update(ours)
        for name, names in contents.items():
            package = vars(ours[name])
            for later in [n for n, thing in package.items() if isinstance(thing, ModuleType)]:
                del package[later]
            package.update(names)
        sys.dont_write_bytecode, sys.pycache_prefix = settings


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def convert(
    text: str, record: str | None = None, path: str = "page.md"
) -> tuple[list[str], str, Any]:
    """Send one page through the plugin's pipeline without MkDocs: problems, HTML, the Page."""
    from markdown import Markdown

    from docs_plugins.markdown import MinigradExtension
    from docs_plugins.site import Site, Source

    site = Site()
    place = f"docs/{path}"
    recorded = None if record is None else record.encode()
    source = Source(place, path, text, 0, place.replace(".md", ".record"), recorded)
    extension = MinigradExtension(formulas=True)
    extension.page_maker = lambda: site.begin(source)
    html = Markdown(extensions=["tables", "attr_list", extension]).convert(text)
    html = site.end(path, html)
    return [str(problem) for problem in site.all_problems()], html, site.pages[path]


@pytest.fixture(name="convert", scope="session")
def convert_fixture() -> Any:
    """The function `convert`."""
    return convert


@pytest.fixture
def small_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallSite:
    """An empty site; pages are added with `page`."""
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.chdir(tmp_path)
    return SmallSite(tmp_path)


@pytest.fixture
def example_site(small_site: SmallSite) -> SmallSite:
    """The running example, accepted."""
    small_site.page("index.md", EXAMPLE)
    small_site.accept()
    return small_site


@pytest.fixture(autouse=True)
def the_same_modules() -> Iterator[None]:
    """A build as under `mkdocs serve` imports our modules anew: put back those that tests hold."""
    before = {
        name: module
        for name, module in sys.modules.items()
        if name.partition(".")[0] in {"docs_plugins", "minigrad"}
    }
    kept = dict(vars(docs_plugins))  # the package itself stays, with what it holds exchanged
    writes = sys.dont_write_bytecode, sys.pycache_prefix
    yield
    sys.dont_write_bytecode, sys.pycache_prefix = writes
    if any(sys.modules.get(name) is not module for name, module in before.items()):
        sys.modules.update(before)
        vars(docs_plugins).update(kept)
