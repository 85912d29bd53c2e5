"""Bad input through whole builds: every mistake listed with its line, nothing left behind."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

GOOD = "# Good\n\n```minigrad\ndef g(x):\n    return x * x\n\ng(3)\n```\n\nIt is {{ g.value }}.\n"


def block(body, call="f(2, 5)", head="def f(x1, x2):"):
    lines = "\n".join("    " + line for line in body.split("\n"))
    return f"```minigrad\n{head}\n{lines}\n\n{call}\n```\n"


CASES = [
    ("unknown name", block("return x1 + x3"), 3, "x3", "did you mean x"),
    ("missing return", block("v1 = x1 * x2"), 3, "", "return"),
    ("too many arguments", block("return x1 + x2", "f(1, 2, 3)"), 5, "3", ""),
    ("too few arguments", block("return x1 + x2", "f(1)"), 5, "", ""),
    ("argument is no number", block("return x1 + x2", "f(1, x)"), 5, "", ""),
    ("argument is a text", block("return x1 + x2", 'f(1, "2")'), 5, "", ""),
    ("operation's arguments", block("return sin(x1, x2)"), 3, "sin", ""),
    ("unknown function", block("return sinus(x1) + x2"), 3, "sinus", "sin"),
    ("unused step", block("v1 = x1 * x2\nreturn x1 + x2"), 3, "v1", "use it"),
    ("a block without a call", block("return x1 + x2", ""), 3, "never called", "f("),
    ("an empty block", "```minigrad\n```\n", 2, "empty", ""),
    ("log of 0", block("v1 = log(x1)\nreturn v1 + x2", "f(0, 5)"), 3, "log of x1 = 0.0", ""),
    ("log of a difference", block("return log(x1 - x2)", "f(2, 2)"), 3, "x1 - x2 = 0.0", ""),
    ("1/0", block("return 1 / x1 + x2", "f(0, 5)"), 3, "1 / x1 with x1 = 0.0", ""),
    ("0**-1", block("return x1 ** -1 + x2", "f(0, 5)"), 3, "power", ""),
    ("overflow", block("return exp(x1) + x2", "f(1000, 5)"), 3, "exp of x1 = 1000.0", ""),
    ("overflow of a product", block("return x1 * x2", "f(1e200, 1e200)"), 3, "", ""),
    ("backward only", block("return sqrt(x1) + x2", "f(0, 5)"), 3, "sqrt", ""),
    ("10,000 parentheses", block("return " + "(" * 10_000 + "x1" + ")" * 10_000), 2, "4,000", ""),
    ("1 MB", block("return x1 + x2" + " + x1" * 200_000), 2, "4,000", ""),
    ("a lone surrogate", block("v1 = x1 * x2 # \ud800\nreturn v1"), 3, "not UTF-8", "save it"),
    ("never closed", "```minigrad\ndef f(x):\n    return x\n", 1, "not closed", "close it"),
]


@pytest.mark.parametrize("directory_urls", [True, False])
def test_every_kind_of_bad_input_is_named_with_its_line(small_site, directory_urls):
    small_site.settings["use_directory_urls"] = directory_urls
    for number, (_, text, *_) in enumerate(CASES):
        small_site.page(f"bad{number}.md", text)
    small_site.page("good.md", GOOD)
    small_site.accept("good.md")
    built = small_site.build()
    assert built.failed
    assert built.files() == []
    for number, (what, _, line, said, remedy) in enumerate(CASES):
        path = f"docs/bad{number}.md"
        found = [p for p in built.problems if p.startswith(f"{path}:")]
        assert found, what
        assert any(p.startswith(f"{path}:{line}: ") for p in found), (what, found)
        assert any(said in p and remedy in p for p in found), (what, found)
    assert not any("good.md" in problem for problem in built.problems)


@pytest.mark.parametrize(
    "formula", ["<math display=block><mn>{{ g.value }}</mn></math>", "$x \a {{ g.value }}$"]
)
@pytest.mark.parametrize("command", ["check", "accept"])
def test_a_formula_that_cannot_be_read_is_an_error_of_its_page(small_site, formula, command):
    small_site.page("a.md", f"{GOOD}\n{formula}\n")
    code, printed = small_site.run(command)
    assert code == 1
    assert "docs/a.md:12: " in printed
    assert "docs/a.md:12: " in small_site.build("serve").html("a/index.html")


def test_the_same_name_twice(small_site):
    small_site.page("a.md", f"{block('return x1 * x2')}\n{block('return x1 + x2')}")
    built = small_site.build()
    assert any("docs/a.md:12: f: the name f is given twice" in p for p in built.problems)


@pytest.mark.parametrize("strict", [True, False])
def test_a_failed_build_leaves_no_file_and_lists_all(small_site, strict):
    small_site.page("a.md", "{{ f.trace }}\n\n$\\nonsense$\n\n" + block("return x1 + x9"))
    built = small_site.build(strict=strict)
    assert built.failed
    assert built.files() == []
    assert [p.split(":")[1] for p in built.problems if "record" not in p] == ["3", "7"]
    assert built.verdict


@pytest.mark.parametrize("flags", [[], ["-q"], ["--strict"], ["-q", "--strict"]])
def test_the_command_fails_with_any_flag(small_site, flags):
    small_site.page("index.md", block("return x1 + x9"))
    small_site.configure()
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", *flags],
        cwd=small_site.root,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
    )
    assert done.returncode != 0
    assert "docs/index.md:3: f: " in done.stderr + done.stdout
    assert not [p for p in (small_site.root / "site").rglob("*") if p.is_file()]


@pytest.mark.parametrize("command", ["mkdocs build", "docs_plugins check"])
def test_a_console_without_our_characters_is_told_as_well(small_site, command):
    small_site.page("index.md", block("return sin(x1) + x2") + "\nThat is ≈ 5.9093 − 0.\n")
    small_site.configure()
    done = subprocess.run(
        [sys.executable, "-m", *command.split()],
        cwd=small_site.root,
        capture_output=True,
        check=False,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONIOENCODING": "cp1252"},
    )
    assert done.returncode == 1
    assert b"5.9093 is typed" in done.stderr + done.stdout
    assert b"Traceback" not in done.stderr


LINE = "    v1 = log(x1)\n"
BAD = block("v1 = log(x1)\nreturn v1 + x2", "f(0, 5)")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (BAD, 3),
        (BAD.replace("\n", "\r\n"), 3),
        ("\ufeff" + BAD, 3),
        (f"---\ntitle: a\ntags:\n  - b\n---\n\n{BAD}", 9),
        (f"---\r\ntitle: a\r\n---\r\n\r\n{BAD}".replace("\r\n", "\n").replace("\n", "\r\n"), 7),
        ("\ufeff---\ntitle: a\n---\n" + BAD, 6),
        (f"\n\n\n{BAD}", 6),
        ("title\n\n~~~\nfence\n~~~\n\n" + BAD, 9),
        ("\n".join("> " + line for line in BAD.split("\n")), 3),
        ("- a\n\n" + "\n".join("    " + line for line in BAD.split("\n")), 5),
        ("<!-- a\nb -->\n\n" + BAD, 6),
    ],
)
def test_lines_whatever_stands_above(small_site, text, line):
    small_site.extensions = ["tables", "pymdownx.superfences"]
    small_site.page("a.md", text)
    problems = [p for p in small_site.build().problems if "record" not in p]
    assert [p.split(":")[:2] for p in problems] == [["docs/a.md", str(line)]]


def test_a_mistake_in_a_snippet_is_named_by_the_snippet(small_site):
    small_site.extensions = [
        {"pymdownx.snippets": {"base_path": ["parts"]}},
        "pymdownx.superfences",
    ]
    part = small_site.root / "parts" / "part.md"
    part.parent.mkdir()
    part.write_text(f"first line\n\n{BAD}\n{{{{ f.nothing.value }}}}\n", encoding="utf-8")
    small_site.page("a.md", 'above\n\n--8<-- "part.md"\n\n{{ g.value }} below\n' + GOOD)
    problems = [p for p in small_site.build().problems if "record" not in p]
    assert any(p.startswith("parts/part.md:5: f: log of x1") for p in problems)
    assert not any(":1:" in p for p in problems)


def test_serving_shows_mistakes_in_place_and_lives(small_site):
    small_site.page("index.md", f"# A\n\n{BAD}\n\n{{{{ f.x1.adjoint }}}}\n\n$\\nonsense$\n")
    small_site.page("half.md", "# Half\n\n```minigrad\ndef f(x1):\n")
    small_site.page("good.md", GOOD)
    built = small_site.build("serve")
    assert not built.failed
    page = built.html("index.html")
    assert "docs/index.md:5: f: log of x1 = 0.0" in page
    assert "docs/index.md:14: " in page
    assert "unknown command" in page
    assert "not closed" in built.html("half/index.html")
    assert ">9</span>" in built.html("good/index.html")


def test_no_page_text_of_a_failed_block_is_published(small_site):
    small_site.page("index.md", "```minigrad x=1\ndef f(x):\n    return x\n\nf(1)\n```\n")
    built = small_site.build()
    assert built.failed
    assert built.files() == []


def test_a_page_that_cannot_be_read_is_named_and_its_record_is_kept(small_site, monkeypatch):
    small_site.page("index.md", GOOD)
    page = small_site.page("p.md", GOOD)
    small_site.accept()
    read = Path.read_bytes

    def refusing(path):
        if path == page:
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refusing)
    message = "docs/p.md:1: the page cannot be read: Permission denied; mend its rights"
    assert small_site.build().problems == [message]
    assert small_site.build("serve").problems == [message]
    code, printed = small_site.run("check")
    assert (code, printed.splitlines()[0]) == (1, message)
    small_site.run("accept")
    assert (small_site.docs / "p.record").is_file()
