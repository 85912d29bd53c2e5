"""Nothing on a page executes, nothing leaves docs/, and hostile pages are refused quickly."""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path

import pytest

ATTEMPTS = """
__import__('canary')
__import__("canary").x
eval("__import__('canary')")
exec("import canary")
compile("import canary", "", "exec")
open("canary.txt", "w")
import canary
from canary import x
(lambda: __import__('canary'))()
[__import__('canary') for _ in (1,)]
{__import__('canary') for _ in (1,)}
{1: __import__('canary') for _ in (1,)}
(__import__('canary') for _ in (1,))
f"{__import__('canary')}"
f'{x!r:{__import__("canary")}}'
(y := __import__('canary'))
x.__class__.__mro__[1].__subclasses__()
().__class__.__base__.__subclasses__()
"".join.__globals__
x.__init__.__globals__['__builtins__']['__import__']('canary')
x.real
getattr(x, "__class__")
globals()["__builtins__"]
locals()
vars()
dir()
type(x)
print(*[__import__('canary')])
f(*[__import__('canary')])
f(**{'x': __import__('canary')})
sin(*[x])
sin(x=__import__('canary'))
x if __import__('canary') else x
x and __import__('canary')
not __import__('canary')
x[__import__('canary')]
x[:__import__('canary')]
await __import__('canary')
yield __import__('canary')
breakpoint()
help()
input()
sуs.exit()
ｅｖａｌ("import canary")
𝒆𝒙𝒆𝒄("import canary")
__builtins__
__loader__.load_module('canary')
os.system('touch canary.txt')
"%s" % __import__('canary')
'{0.__class__}'.format(x)
b"canary"
...
True
1j
x @ __import__('canary')
x == __import__('canary')
x is __import__('canary')
minigrad.trace
numpy.load('canary.npy')
sigmoid.__globals__
""".strip().splitlines()

SHAPES = (
    "def f(x):\n    return {}\nf(1)",
    "def f(x):\n    y = {}\n    return x\nf(1)",
    "def f(x):\n    return x\nf({})",
    "def f(x={}):\n    return x\nf(1)",
    "@{}\ndef f(x):\n    return x\nf(1)",
    "def f(x: {}):\n    return x\nf(1)",
    "{}",
)
STATEMENTS = (
    "import canary",
    "from canary import *",
    "class f:\n    import canary\nf(1)",
    "def f(x):\n    import canary\n    return x\nf(1)",
    "def f(x):\n    while True:\n        pass\n    return x\nf(1)",
    "def f(x):\n    for i in open('canary.txt', 'w'):\n        pass\n    return x\nf(1)",
    "def f(x):\n    with open('canary.txt', 'w'):\n        return x\nf(1)",
    "def f(x):\n    try:\n        import canary\n    finally:\n        return x\nf(1)",
    "def f(x):\n    global y\n    return x\nf(1)",
    "def f(x):\n    del x\n    return x\nf(1)",
    "def f(x):\n    assert __import__('canary')\n    return x\nf(1)",
    "def f(x):\n    raise __import__('canary')\nf(1)",
    "def f(x):\n    match x:\n        case _ if __import__('canary'):\n            return x\nf(1)",
    "async def f(x):\n    return await __import__('canary')\nf(1)",
    "def f(x) -> __import__('canary'):\n    return x\nf(1)",
    "def f[T: __import__('canary')](x):\n    return x\nf(1)",
    "lambda x: __import__('canary')",
    "def f(x):\n    return f(x)\nf(1)",
)
TEXTS = [shape.format(attempt) for attempt in ATTEMPTS for shape in SHAPES] + list(STATEMENTS)


@pytest.fixture
def canary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A module that leaves a file behind when anything imports it."""
    trap = tmp_path / "traps"
    trap.mkdir()
    dead = tmp_path / "dead.txt"
    (trap / "canary.py").write_text(f"open({str(dead)!r}, 'w').close()\nx = 1\n")
    monkeypatch.syspath_prepend(str(trap))
    monkeypatch.setattr("builtins.input", lambda *_: dead.touch())
    monkeypatch.setattr("builtins.breakpoint", lambda *_: dead.touch())
    yield
    assert "canary" not in sys.modules
    assert not dead.exists()
    assert not list(tmp_path.rglob("canary.txt"))


def page_of_attempts() -> str:
    return "\n\n".join(f"```minigrad\n{text}\n```" for text in TEXTS)


@pytest.mark.usefixtures("canary")
def test_no_attempt_executes_in_build_serve_check_or_accept(small_site):
    small_site.page("index.md", page_of_attempts())
    built = small_site.build()
    assert built.failed
    assert built.files() == []
    fences = [
        number
        for number, line in enumerate(page_of_attempts().split("\n"), 1)
        if line.startswith("```m")
    ]
    named = {int(problem.split(":")[1]) for problem in built.problems}
    for fence, text in zip(fences, TEXTS, strict=True):
        lines = range(fence, fence + text.count("\n") + 3)
        assert named.intersection(lines), f"nothing said of {text!r}"
    served = small_site.build("serve")
    assert not served.failed
    assert small_site.run("check")[0] == 1
    code, _ = small_site.run("accept")
    assert code == 1
    assert not (small_site.docs / "index.record").exists()


@pytest.mark.usefixtures("canary")
def test_no_attempt_executes_in_verify(small_site):
    blocks = "".join(
        f'<div data-mg-block="f{n}" data-mg-text="{escape(text)}" data-mg-count="0"></div>'
        for n, text in enumerate(TEXTS)
    )
    page = small_site.page("page.html", blocks)
    code, printed = small_site.run("verify", str(page))
    assert code == 1
    assert printed.count("cannot be read") + printed.count("no call of this name") == len(TEXTS)


@pytest.mark.usefixtures("canary")
def test_no_reference_executes(small_site):
    references = [
        f"{{{{ {shape.format(attempt)} }}}}\n"
        for attempt in ATTEMPTS
        for shape in ("f.{}", "{}", "f.x.value:{}", "={}.value", "ref {}", "f.trace format={}")
    ]
    block = "```minigrad\ndef f(x):\n    return 2 * x\nf(3)\n```\n\n"
    small_site.page("index.md", block + "\n".join(references))
    small_site.build("serve")
    assert small_site.build().failed


HTML = "<img src=x onerror=alert(1)>"


def test_html_in_captions_options_and_values_is_escaped(small_site):
    small_site.page(
        "index.md",
        "```minigrad\ndef f(x):\n    return 2 * x\nf(3)\n```\n\n"
        f'{{{{ f.trace caption="{HTML}" }}}}\n\n'
        f"{{{{ f.x.value:{HTML} }}}}\n\n"
        f'{{{{ literal "{HTML}" because="{HTML}" }}}}\n\n'
        f"{{{{ f.{HTML} }}}}\n\n{{{{ ref {HTML} }}}}\n",
    )
    html = small_site.build("serve").html("index.html")
    assert "<img src=x onerror=alert(1)>" not in html.split("<!--")[0].replace(
        "{{ f." + HTML, ""
    ).replace("{{ ref " + HTML, "")


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_accept_writes_nothing_outside_of_docs(small_site, tmp_path):
    small_site.page("index.md", "# Home\n")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "page.md").write_text("```minigrad\ndef f(x):\n    return 2 * x\nf(3)\n```\n")
    (small_site.docs / "linked").symlink_to(outside, target_is_directory=True)
    code, printed = small_site.run("accept")
    assert code == 1, printed
    assert not (outside / "page.record").exists()
    for path in ("../outside/page.md", str(outside / "page.md"), "../../etc/passwd"):
        code, printed = small_site.run("accept", path)
        assert code == 2
        assert "outside" in printed


BLOCK = "```minigrad\ndef f(x):\n    y = x * x\n    return y + 1\nf({})\n```\n\n"
HUGE = {
    "a block of a megabyte": "```minigrad\ndef f(x):\n" + "    y = x\n" * 100_000 + "```\n",
    "a million nodes": "```minigrad\ndef f(x):\n    return " + "x+" * 400_000 + "x\nf(1)\n```\n",
    "ten thousand parentheses": "```minigrad\ndef f(x):\n    return "
    + "(" * 10_000
    + "x"
    + ")" * 10_000
    + "\nf(1)\n```\n",
    "a descent of a billion steps": BLOCK.format(1) + "{{ f.descent over=x steps=1000000000 }}\n",
    "a matrix of ten billion": "```minigrad\ndef f(x):\n"
    "    return sum(reshape(x, (100000, 1)) * reshape(x, (1, 100000)))\nf(1)\n```\n",
    "an outer product that grows": "```minigrad\ndef f(x):\n    a = x @ transpose(x)\n"
    "    return sum(a)\nf([" + ",".join(["[1]"] * 1000) + "])\n```\n",
    "a number of a megabyte": BLOCK.format("9" * 1_000_000),
    "references that fail, on one line": BLOCK.format(1) + "{{ f.zz }} " * 100_000,
    "references that fail, a line each": BLOCK.format(1) + "{{ f.zz }}\n" * 100_000,
    "references that are right": BLOCK.format(3) + "{{ f.x.adjoint }} " * 100_000,
    "a million references": BLOCK.format(3) + "{{ f.x.adjoint }}\n" * 1_000_000,
    "links to nothing": BLOCK.format(3) + "{{ ref zz }}\n" * 50_000,
    "links to nothing beside much that is numbered": BLOCK.format(3)
    + "".join(f"$$x \\label{{eq{n}}}$$\n\n" for n in range(3_000))
    + "{{ ref zz }}\n\n" * 4_900,
    "links to nothing on a long page": BLOCK.format(3)
    + "words of a `page`\n\n" * 8_000
    + "{{ ref zz }}\n" * 4_900,
    "numbers in headings": BLOCK.format(3) + "# {{ f.x.value }}\n\n" * 50_000,
    "views": BLOCK.format(3) + "{{ f.trace }}\n\n" * 20_000,
    "blocks": "".join(BLOCK.format(3).replace("f", f"f{n}") for n in range(20_000)),
    "blocks without an end": "```minigrad\n> x\n" * 100_000,
    "large arrays": "".join(
        "```minigrad\ndef f(x):\n    a = reshape(x, (64, 1)) * reshape(x, (1, 64))\n"
        f"    b = a + a\n    c = b + b\n    return sum(c)\nf([{','.join(['1'] * 64)}])\n```\n"
        for _ in range(1_000)
    ),
    "a product of large matrices": "```minigrad\ndef f(x):\n"
    "    a = reshape(x, (32, 1)) * reshape(x, (1, 32))\n    b = a @ a\n    return sum(b)\n"
    f"f([{','.join(['1'] * 32)}])\n```\n",
    "products for each of many outputs": "```minigrad\ndef f(x):\n"
    "    a = reshape(x, (30, 1)) * reshape(x, (1, 30))\n    return sum(sin(a) @ a, axis=0)\n"
    f"f([{','.join(['1'] * 30)}])\n```\n",
    "many descents": BLOCK.format(3) + "{{ f.descent over=x steps=200 }}\n\n" * 100,
    "a block of a million lines": "```minigrad\n" + "\n" * 1_000_000 + BLOCK.format(1)[13:],
    "results typed on one line": BLOCK.format("1.23457") + "2.4691 " * 100_000,
    "results typed on every line": BLOCK.format("1.23457") + "2.4691\n" * 50_000,
}


PATTERNS = {
    "a fence's line of spaces": "``` " + " " * 100_000 + "`\n",
    "blank lines in a block": "```minigrad\n" + "\n" * 200_000 + "```\n",
    "comments without an end": "{{ f.x.value }}\n\n<div>\n" + "<!--" * 100_000 + "\n</div>\n",
    "tags without an end": "{{ f.x.value }}\n\n<div>\n" + "<a '" * 100_000 + "\n</div>\n",
    "drawings without an end": "{{ f.x.value }}\n\n<div>\n" + "<svg>" * 100_000 + "\n</div>\n",
    "a heading's ids": "# {{ f.x.value }} {" + "#a" * 100_000 + "\n",
    "an equals sign and spaces": "=" + " " * 200_000 + "{{ f.x.value }}\n",
    "braces and quotes": '{{ "' * 100_000 + "\n",
    "a path": "{{ f" + ".a" * 100_000 + " }}\n",
    "an index": "{{ f.x[" + "1," * 100_000 + "1].value }}\n",
    "options": "{{ f.trace " + "a=1 " * 50_000 + "}}\n",
    "digits": "1" * 300_000 + "." + "1" * 300_000 + "\n",
    "a power of ten": "2.4691 ×" + " " * 200_000 + "10\n",
    "a power of ten out of reach": "2.4691e9999 and 2.4691e-9999 and 2.4691×10⁹⁹⁹⁹\n",
}


@pytest.mark.parametrize("kind", PATTERNS)
def test_no_pattern_takes_longer_than_its_text(convert, kind):
    """Each would take minutes where a pattern began anew at every place of it."""
    problems, html, _ = convert(BLOCK.format("1.23457") + PATTERNS[kind], None)
    from docs_plugins.site import for_search, shield

    assert problems
    assert for_search(html) is not None
    assert shield(PATTERNS[kind])


def test_characters_that_stand_for_ours_mean_nothing_on_a_page(small_site):
    signs = "".join(map(chr, range(0xFDD0, 0xFDF0)))
    forged = [f"{a}{name}{b}" for a in signs for b in signs[:7] for name in ("f", "0", "9" * 20)]
    small_site.page(
        "index.md",
        BLOCK.format(3)
        + "{{ f.trace }}\n\n"
        + "\n\n".join(forged)
        + '\n\n<div id="mg-packed-0">x</div>\n\n\U000f0000 and \U000f0001\n',
    )
    small_site.accept()
    built = small_site.build()
    assert built.problems == []
    html = built.html("index.html")
    assert not set(signs).intersection(html)
    assert html.count("data-mg-view=") == 1
    assert small_site.run("verify", "site")[0] == 0


@pytest.mark.parametrize("kind", HUGE)
def test_a_hostile_page_is_refused(convert, kind):
    """Each would run for hours, or not fit into memory, were it not refused before."""
    problems, _, page = convert(HUGE[kind], None)
    assert any(problem.startswith("docs/page.md:") for problem in problems)
    assert sum(len(c.numbers) for c in page.computations.values()) < 10_000


def test_results_that_are_typed_again_and_again_are_listed_to_a_limit(convert):
    typed = "".join(f"2.524{n % 10}\n" for n in range(40_000))
    problems, _, _ = convert(BLOCK.format("1.23457") + typed)
    assert 10_000 <= len(problems) <= 10_002
    assert any("10,000 results are typed, and more may be" in problem for problem in problems)


@pytest.mark.parametrize(
    "html",
    [
        "<p data-mg=f.x.value>" * 10_000,
        "<div data-mg-view=f.trace>" * 10_000 + "1" * 50_000,
        "<td data-mg=f.x.value>1" * 10_000,
        '<div data-mg-block="f" data-mg-text="' + "x" * 1_000_000 + '"></div>',
        '<div data-mg-block="f" data-mg-text="def f(x):&#10;  return x&#10;f(1)" data-mg-count="'
        + "9" * 10_000
        + '"></div>',
        "<a data-mg-in='" + "f.x.value " * 10_000 + "'>",
        "<ul class=mg-take data-mg-in=f>" + "<a href=p.f.json>" * 100_000,
        "<!--" * 250_000,
        "<" * 500_000,
    ],
)
def test_hostile_html_is_read_to_its_end(small_site, html):
    page = small_site.page("page.html", html)
    code, printed = small_site.run("verify", str(page))
    assert code == 1
    assert "Traceback" not in printed


def test_a_formula_too_long_to_be_set_is_named_by_build_and_verify(small_site, monkeypatch):
    monkeypatch.setattr("docs_plugins.maths.LONGEST", 20)
    text = "def f(too_long):\n    longer_still = sin(too_long)\n    return longer_still\n\nf(0.5)"
    small_site.page("index.md", f"```minigrad\n{text}\n```\n\n{{{{ f.trace }}}}\n")
    line = text.count("\n") + 5
    assert f"docs/index.md:{line}: f.trace: a formula of" in small_site.build().problems[-1]
    page = small_site.page(
        "page.html",
        f'<i data-mg-block="f" data-mg-count="0" data-mg-text="{escape(text)}"></i>'
        '<div data-mg-view="f.trace"></div>',
    )
    code, printed = small_site.run("verify", str(page))
    assert code == 1
    assert "the view cannot be drawn again: a formula of" in printed
