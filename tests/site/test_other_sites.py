"""The plugin on other people's sites, from a wheel in an environment of its own.

Heavy: an environment is made and packages are installed. What does not install is skipped by name.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ("docs_plugins", "minigrad", "pyproject.toml", "README.md", "LICENSE")

COMPUTED = """# Computed

```minigrad
def f(x1, x2):
    v1 = ln(x1)
    v2 = x1 * x2
    v3 = sin(x2)
    v4 = v1 + v2
    return v4 - v3

f(2, 5)
```

It comes to {{ f.x2.adjoint }}.

{{ f.trace }}

{{ f.graph }}
"""

THEIRS = """# Theirs

It costs $5, or $7 with `$HOME` and a {{ brace }}.

    indented code $x$

    ```minigrad
    ...
    ```

```python
print("{{ not.ours }}")
```

```
plain
```

| a | b |
|---|---|
| 1.25 | {{a}} |

Icons \uf015 \ue010 \U000f0001, <math><msqrt><mi>x</mi></msqrt></math> and
<svg><text>drawn</text></svg> stay.
"""

pytestmark = pytest.mark.heavy


def run(*command, cwd, expect=0):
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == expect, done.stdout + done.stderr
    return done.stdout + done.stderr


class Environment:
    """A virtual environment with the wheel in it."""

    def __init__(self, home, wheel):
        self.home = home
        run(sys.executable, "-m", "venv", home, cwd=home.parent)
        self.bin = home / ("Scripts" if sys.platform == "win32" else "bin")
        self.install(wheel)

    def install(self, *packages):
        constraints = ("-c", ROOT / "constraints.txt")
        run(
            self.bin / "python",
            "-m",
            "pip",
            "install",
            "-q",
            *constraints,
            *packages,
            cwd=self.home,
        )

    def install_or_skip(self, *packages):
        try:
            self.install(*packages)
        except AssertionError as error:
            pytest.skip(f"{' '.join(packages)} does not install here: {str(error)[-200:]}")

    def __call__(self, *command, cwd, expect=0):
        return run(self.bin / command[0], *command[1:], cwd=cwd, expect=expect)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    sources = tmp_path_factory.mktemp("sources")
    for name in SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, sources / name)
    run(
        sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", sources, sources, cwd=sources
    )
    (found,) = sources.glob("deepnotes-*.whl")
    return found


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory):
    return Environment(tmp_path_factory.mktemp("home") / "env", wheel)


@pytest.fixture
def site(tmp_path):
    """Write a site: its configuration and its pages."""

    def write(configuration, **pages):
        (tmp_path / "docs").mkdir(exist_ok=True)
        (tmp_path / "mkdocs.yml").write_text(f"site_name: theirs\n{configuration}", "utf-8")
        for name, text in pages.items():
            (tmp_path / "docs" / f"{name}.md").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def read(folder, page="index"):
    path = "index.html" if page == "index" else f"{page}/index.html"
    return (folder / "site" / path).read_text(encoding="utf-8")


def body(html):
    """The content of a page of the themes `mkdocs` and `readthedocs`."""
    return re.search(r"<h1[ >].*?(?=</div>)", html, re.DOTALL)[0]


@pytest.mark.parametrize("theme", ["mkdocs", "readthedocs"])
def test_two_lines_are_enough(environment, site, theme):
    folder = site(
        f"theme: {theme}\nplugins:\n  - search\n  - minigrad\n", index=COMPUTED, theirs=THEIRS
    )
    said = environment("mkdocs", "build", "--strict", cwd=folder, expect=1)
    assert "docs/index.md" in said
    assert "accept" in said
    environment("deepnotes", "accept", cwd=folder)
    environment("mkdocs", "build", "--strict", cwd=folder)
    html = read(folder)
    assert '<span class="mg-n" data-mg="f.x2.adjoint">1.7163</span>' in html
    assert "<table" in html
    assert "<math" in html
    assert "{{" not in html
    for address in re.findall(r'(?:href|src)="([^":]*minigrad[^"]*)"', html):
        assert (folder / "site" / address).is_file()
    assert "minigrad.css" in html
    environment("deepnotes", "verify", "site", cwd=folder)


def files_of(folder):
    """Every file but the site map, with its lines; those that load what is ours are left out."""
    ours = (b"minigrad.css", b"player.js", b"Build Date")
    return {
        path.relative_to(folder).as_posix(): [
            line.strip()
            for line in path.read_bytes().splitlines()
            if line.strip() and not any(name in line for name in ours)
        ]
        for path in folder.rglob("*")
        if path.is_file() and "sitemap" not in path.name
    }


@pytest.mark.parametrize("theme", ["mkdocs", "readthedocs", "material"])
def test_their_own_pages_stay_as_they_were(environment, site, theme):
    page = THEIRS + "\nWithout a block, so does {{ f.value }}.\n"
    folder = site(f"theme: {theme}\nplugins: [search]\n", index=page)
    environment("mkdocs", "build", cwd=folder)
    before = files_of(folder / "site")
    site(f"theme: {theme}\nplugins: [search, minigrad]\n", index=page)
    environment("mkdocs", "build", cwd=folder)
    after = files_of(folder / "site")
    assert {*after} - {*before} == {"assets/minigrad.css", "assets/player.js"}
    assert {name: after[name] for name in before} == before


def test_a_page_of_theirs_with_a_block_keeps_their_code_and_dollars(environment, site):
    folder = site("plugins: []\n", index=THEIRS)
    environment("mkdocs", "build", cwd=folder)
    before = body(read(folder))
    block = COMPUTED.replace("# Computed\n", "").partition("{{ f.trace }}")[0]
    site("plugins: [minigrad]\n", index=THEIRS + block)
    environment("deepnotes", "accept", cwd=folder)
    environment("mkdocs", "build", cwd=folder)
    assert body(read(folder)).startswith(before.rstrip())


@pytest.mark.parametrize("order", ["macros, minigrad", "minigrad, macros"])
def test_macros_keep_their_braces(environment, site, order):
    environment.install_or_skip("mkdocs-macros-plugin")
    page = COMPUTED + "\nMade of {{ config.site_name }} by {{ 6 * 7 }}.\n"
    folder = site(f"plugins: [{order}]\n", index=page)
    environment("deepnotes", "accept", cwd=folder)
    environment("mkdocs", "build", cwd=folder)
    html = read(folder)
    assert "Made of theirs by 42." in html
    assert 'data-mg="f.x2.adjoint">1.7163<' in html


@pytest.mark.parametrize("order", ["macros, minigrad", "minigrad, macros"])
@pytest.mark.parametrize("block", ["", COMPUTED], ids=["no block", "a block"])
def test_macros_keep_names_that_end_as_ours_do(environment, site, order, block):
    environment.install_or_skip("mkdocs-macros-plugin")
    page = "\n{% for item in [{'value': 3}] %}{{ item.value }}{% endfor %} {{ made.by.value }}: "
    page += "{{ made.unit }}, {{ made.trace }}, {{ author.network }}.\n"
    folder = site(
        f"plugins: [{order}]\nextra: {{made: {{unit: kg, trace: 5, by: {{value: hand}}}}}}\n",
        index=f"---\nauthor: {{network: LAN}}\n---\n{block}{page}",
    )
    environment("deepnotes", "accept", cwd=folder)
    environment("mkdocs", "build", cwd=folder)
    assert "3 hand: kg, 5, LAN." in read(folder)


# a plugin of theirs, what installs it, how it is listed, and what their pages have besides
BESIDE = {
    "awesome-pages": ("mkdocs-awesome-pages-plugin", "awesome-pages", {".pages": "title: Theirs"}),
    "gen-files": (
        "mkdocs-gen-files",
        "{gen-files: {scripts: [docs/made.py]}}",
        {"made.py": "import mkdocs_gen_files as m\nm.open('made.md', 'w').write('# Made, $5')\n"},
    ),
    "include-markdown": (
        "mkdocs-include-markdown-plugin",
        "include-markdown",
        {"more.md": "# More\n\n{% include-markdown 'part.txt' %}\n", "part.txt": "Included."},
    ),
    "literate-nav": ("mkdocs-literate-nav", "literate-nav", {"SUMMARY.md": "* [Home](index.md)"}),
    "markdown-exec": (
        "markdown-exec",
        "markdown-exec",
        {"run.md": "# Run\n\n```python exec='on'\nprint('**bold**')\n```\n"},
    ),
}


@pytest.mark.parametrize("order", ["first", "last"])
@pytest.mark.parametrize("plugin", BESIDE)
def test_it_works_beside_other_plugins(environment, site, plugin, order):
    package, listed, files = BESIDE[plugin]
    environment.install_or_skip(package)
    both = [listed, "minigrad"] if order == "first" else ["minigrad", listed]
    folder = site(
        f"plugins: [{', '.join(both)}]\nmarkdown_extensions: [pymdownx.superfences]\n",
        index=COMPUTED,
    )
    for name, text in files.items():
        (folder / "docs" / name).write_text(text, encoding="utf-8")
    environment("deepnotes", "accept", cwd=folder)
    environment("mkdocs", "build", "--strict", cwd=folder)
    assert 'data-mg="f.x2.adjoint">1.7163<' in read(folder)
    environment("deepnotes", "verify", "site", "--against", "docs", cwd=folder)


def test_a_site_in_two_languages_is_accepted_and_built(environment, site):
    environment.install_or_skip("mkdocs-static-i18n")
    languages = "[{locale: en, default: true, name: E}, {locale: de, name: D}]"
    folder = site(
        f"plugins: [{{i18n: {{languages: {languages}}}}}, minigrad]\n",
        **{"index": COMPUTED, "index.de": COMPUTED.replace("It comes to", "Das macht")},
    )
    environment("deepnotes", "accept", cwd=folder)
    assert (folder / "docs" / "index.de.record").is_file()
    environment("mkdocs", "build", "--strict", cwd=folder)
    html = (folder / "site" / "de" / "index.html").read_text(encoding="utf-8")
    assert 'Das macht <span class="mg-n" data-mg="f.x2.adjoint">1.7163<' in html
    assert html.count("minigrad.css") == 1
    environment("deepnotes", "verify", "site", "--against", "docs", cwd=folder)


@pytest.mark.parametrize("theme", ["mkdocs", "readthedocs"])
def test_formulas_come_with_one_more_line(environment, site, theme):
    plugins = "plugins:\n  - minigrad:\n      formulas: true\n"
    page = COMPUTED + "\nIt costs $5, and $\\tilde{v}_0 {{ =f.x2.adjoint }}$.\n"
    folder = site(f"theme: {theme}\n{plugins}", index=page)
    environment("deepnotes", "accept", cwd=folder)
    environment("mkdocs", "build", "--strict", cwd=folder)
    last = read(folder).split("It costs ")[1]
    assert re.match(r"\$5, and (<span[^>]*>)?<math", last)
    assert 'data-mg="f.x2.adjoint"' in last
    assert [font.suffix for font in (folder / "site").rglob("*minigrad*.woff2")] or [
        font.suffix for font in (folder / "site" / "assets").rglob("*.woff2")
    ]


def test_a_repository_with_its_own_docs_plugins_is_served_by_the_command(environment, site):
    folder = site("plugins: [minigrad]\n", index=COMPUTED)
    (folder / "docs_plugins").mkdir()
    (folder / "docs_plugins" / "__init__.py").write_text("raise SystemExit('theirs')", "utf-8")
    environment("deepnotes", "accept", cwd=folder)
    assert (folder / "docs" / "index.record").is_file()
    environment("deepnotes", "check", cwd=folder)
    environment("mkdocs", "build", cwd=folder)
    environment("deepnotes", "verify", "site", "--against", "docs", cwd=folder)


def test_the_beginning_of_a_post_shows_what_the_post_computes(environment, site):
    folder = site("theme: {name: material}\nplugins: [blog, minigrad]\n", index="# Theirs\n")
    posts = folder / "docs" / "blog" / "posts"
    posts.mkdir(parents=True)
    (folder / "docs" / "blog" / "index.md").write_text("# Blog\n", encoding="utf-8")
    post = COMPUTED.replace("{{ f.graph }}", "<!-- more -->\n\n{{ f.graph }}")
    (posts / "first.md").write_text(f"---\ndate: 2026-01-02\n---\n{post}", encoding="utf-8")
    environment("deepnotes", "accept", cwd=folder)
    environment("mkdocs", "build", "--strict", cwd=folder)
    assert 'It comes to <span class="mg-n">1.7163</span>' in read(folder, "blog")
    assert "Trace of f at (2, 5)" in read(folder, "blog")
    environment("deepnotes", "verify", "site", "--against", "docs", cwd=folder)


def test_the_extension_alone_renders_with_plain_markdown(environment, tmp_path):
    """As the page about the page language has it: with the option for formulas."""
    page = COMPUTED + "\nIt costs $5, and $\\tilde{v}_0 {{ =f.x2.adjoint }}$.\n"
    (tmp_path / "page.md").write_text(page, encoding="utf-8")
    (code,) = re.findall(
        r"```python\n(html = markdown.*?)```",
        (ROOT / "docs" / "how.md").read_text("utf-8"),
        re.DOTALL,
    )
    program = (
        "import markdown, pathlib; text = pathlib.Path('page.md').read_text('utf-8')\n"
        f"{code}pathlib.Path('page.html').write_text(html, 'utf-8')"
    )
    environment("python", "-c", program, cwd=tmp_path)
    html = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert 'data-mg="f.x2.adjoint">1.7163<' in html
    assert "<table" in html
    assert re.search(r"\$5, and (<span[^>]*>)?<math", html)
    assert ".mg-figure" in environment("deepnotes", "style", cwd=tmp_path)


def tables(html):
    """The page's trace and its graph."""
    html = re.sub(r"(?s).*<h1|<footer.*", "", html)
    return re.findall(r'<table[^>]*aria-label="Trace of.*?</table>|<svg .*?</svg>', html, re.DOTALL)


def test_properdocs_builds_the_same_tables(environment, site):
    environment.install_or_skip("properdocs")
    folder = site("theme: {name: material}\nplugins: [minigrad]\n", index=COMPUTED)
    environment("deepnotes", "accept", cwd=folder)
    environment("mkdocs", "build", cwd=folder)
    with_mkdocs = tables(read(folder))
    assert len(with_mkdocs) == 2
    shutil.rmtree(folder / "site")
    environment("properdocs", "build", cwd=folder)
    assert tables(read(folder)) == with_mkdocs


def test_zensical_builds_the_same_tables(wheel, tmp_path_factory, site):
    environment = Environment(tmp_path_factory.mktemp("home") / "zensical", wheel)
    environment.install_or_skip("zensical")
    folder = site(
        "theme: {name: material}\nplugins: [minigrad]\nmarkdown_extensions: [minigrad]\n",
        index=COMPUTED,
    )
    environment("deepnotes", "accept", cwd=folder)
    environment("mkdocs", "build", cwd=folder)
    with_mkdocs = tables(read(folder))
    assert len(with_mkdocs) == 2
    shutil.rmtree(folder / "site")
    environment("zensical", "build", "--clean", cwd=folder)
    assert tables(read(folder)) == with_mkdocs
