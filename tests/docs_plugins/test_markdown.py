"""The page language through plain Python-Markdown: what is typed, and what stands on the page."""

import re

import pytest
from markdown import Markdown

from docs_plugins.markdown import PageError

BLOCK = """\
```minigrad
def f(x1, x2):
    v1 = ln(x1)
    v2 = x1 * x2
    v3 = sin(x2)
    v4 = v1 + v2
    return v4 - v3

f(2, 5)
```
"""
EXTENSIONS = [
    "abbr",
    "admonition",
    "attr_list",
    "def_list",
    "footnotes",
    "md_in_html",
    "tables",
    "toc",
    "pymdownx.blocks.caption",
    "pymdownx.superfences",
    "pymdownx.tabbed",
    "minigrad",
]


def convert(text, extensions=EXTENSIONS, block=BLOCK, **options):
    configuration = {
        "minigrad": {"formulas": True, "path": "docs/page.md", **options},
        "pymdownx.tabbed": {"alternate_style": True},
    }
    known = {name: configuration[name] for name in extensions if name in configuration}
    md = Markdown(extensions=extensions, extension_configs=known)
    return md.convert(f"{text}\n\n{block}")


def problems(text, **options):
    with pytest.raises(PageError) as caught:
        convert(text, **options)
    return [str(problem) for problem in caught.value.problems]


def number(path, text, format=""):
    format = f' data-mg-format="{format}"' if format else ""
    return f'<span class="mg-n" data-mg="{path}"{format}>{text}</span>'


SUM = number("f.x2.adjoint", "1.7163")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("It is {{ f.x2.adjoint }}.", f"<p>It is {SUM}.</p>"),
        ("It is {{ f.x1.adjoint }}.", f"<p>It is {number('f.x1.adjoint', '5.5')}.</p>"),
        ("It {{ =f.x2.adjoint }}.", f"<p>It ≈ {SUM}.</p>"),
        ("It {{ =f.x1.adjoint }}.", f"<p>It = {number('f.x1.adjoint', '5.5')}.</p>"),
        ("{{ f.x2.from.v3:.2f }}", f"<p>{number('f.x2.from.v3', '−0.28', '.2f')}</p>"),
        ("{{ f.value:.2e }}", f"<p>{number('f.value', '1.17×10¹', '.2e')}</p>"),
        ("{{ f.v3.d.x2 }}", f"<p>{number('f.v3.d.x2', '0.2837')}</p>"),
        ("{{ f.jacobian.y.x2 }}", f"<p>{number('f.jacobian.y.x2', '1.7163')}</p>"),
        ("{{f.x2.adjoint}}", f"<p>{SUM}</p>"),
        ("**{{ f.x2.adjoint }}**", f"<p><strong>{SUM}</strong></p>"),
        ("[{{ f.x2.adjoint }}](a.html)", f'<p><a href="a.html">{SUM}</a></p>'),
        ("- {{ f.x2.adjoint }}", f"<li>{SUM}</li>"),
        ("a | b\n--|--\n1 | {{ f.x2.adjoint }}", f"<td>{SUM}</td>"),
        ("![{{ f.x2.adjoint }}](a.png)", '<img alt="1.7163" src="a.png"'),
        ('[a](b.html "is {{ f.x2.adjoint }}")', '<a href="b.html" title="is 1.7163"'),
        ('<p title="{{ f.x2.adjoint }}">a</p>', '<p title="1.7163"'),
        ("<div>{{ f.x2.adjoint }}</div>", f"<div>{SUM}</div>"),
        ('a\n{: title="{{ f.x2.adjoint }}" }', '<p title="1.7163"'),
        ('!!! note "{{ f.x2.adjoint }}"\n    a', f'<p class="admonition-title">{SUM}</p>'),
        ("!!! note\n    {{ f.x2.adjoint }}", f"<p>{SUM}</p>"),
        ('=== "{{ f.x2.adjoint }}"\n    a', SUM),
        ('=== "a"\n    {{ f.x2.adjoint }}', f"<p>{SUM}</p>"),
        ("a[^1]\n\n[^1]: {{ f.x2.adjoint }}", f"<p>{SUM}"),
        ("HTML\n\n*[HTML]: {{ f.x2.adjoint }}", '<abbr title="1.7163"'),
        ("term\n:   {{ f.x2.adjoint }}", f"<dd>{SUM}</dd>"),
        ("> {{ f.x2.adjoint }}", f"<p>{SUM}</p>"),
        ("## It is {{ f.x2.adjoint }} {#it}", f'<h2 id="it">It is {SUM}</h2>'),
        ("a\n\n/// caption\n{{ f.x2.adjoint }}\n///", f"{SUM}</p>"),
    ],
)
def test_a_number_wherever_it_stands(typed, shown):
    assert shown in convert(typed)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("$x = {{ f.x1.adjoint }}$", '<mo>=</mo><mrow class="mg-n" data-mg="f.x1.adjoint"><mn>5.5'),
        ("$x_{{ f.x1.value }}$", '<msub><mi>x</mi><mrow class="mg-n" data-mg="f.x1.value"><mn>2'),
        ("$2 \\cdot {{ f.v3.adjoint }}$", '(</mo><mrow class="mg-n" data-mg="f.v3.adjoint">'),
        ("$f {{ =f.value }}$", "<mo>≈</mo><mrow"),
        ("$$\n{{ f.x2.adjoint }}\n$$", '<mrow class="mg-n" data-mg="f.x2.adjoint"><mn>1.7163'),
    ],
)
def test_a_number_in_mathematics(typed, shown):
    assert shown in convert(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "`{{ f.x2.adjoint }}`",
        "```text\n{{ f.x2.adjoint }}\n```",
        "text\n\n    {{ f.x2.adjoint }}\n",
        "<!-- {{ f.x2.adjoint }} -->",
        "`{{ nobody.trace }}`",
        "\\{{ f.x2.adjoint }}",
        "{{ page.title }}",
        "${{ secrets.TOKEN }}",
        "{{ 2 * 3 }}",
        "`\\frac{{a}}{{b}}`",
    ],
)
def test_what_is_code_escaped_or_not_ours_stays(typed):
    inside = re.search(r"\{\{.*?\}\}", typed)[0]
    assert inside in convert(typed)


def test_references_may_stand_above_their_block_or_below():
    text = convert("{{ f.x2.adjoint }}", block=f"{BLOCK}\n\n{{{{ f.x1.adjoint }}}}\n")
    assert SUM in text
    assert number("f.x1.adjoint", "5.5") in text


@pytest.mark.parametrize(
    "typed",
    [
        "text\n\n{{ f.trace }}\n\nmore",
        "- item\n\n    {{ f.trace }}",
        "- {{ f.trace }}",
        "> {{ f.trace }}",
        '=== "tab"\n\n    {{ f.trace }}',
        "!!! note\n\n    {{ f.trace }}",
        "a[^1]\n\n[^1]:\n    a\n\n    {{ f.trace }}\n\n    b",
        '<div markdown="1">\n\n{{ f.trace }}\n\n</div>',
        "{{ f.trace }}\n\n/// table-caption | #t\nA table.\n///",
    ],
)
def test_a_view_as_a_block(typed):
    html = convert(typed)
    assert 'data-mg-view="f.trace"' in html
    assert "<p><div" not in html


@pytest.mark.parametrize(
    "typed",
    [
        "text {{ f.trace }}",
        "text\n{{ f.trace }}",
        "{{ f.trace }}\ntext",
        "a | b\n--|--\n1 | {{ f.trace }}",
        "**{{ f.trace }}**",
        "- item\n   {{ f.trace }}",
        "## {{ f.trace }} {#a}",
    ],
)
def test_a_view_that_is_no_block_of_its_own(typed):
    (problem,) = problems(typed)
    assert problem.startswith("docs/page.md:")
    assert "f.trace: a view cannot stand in" in problem
    assert "blank line" in problem


def test_a_view_in_an_attribute_or_in_mathematics():
    assert "inside a tag" in problems("![{{ f.trace }}](a.png)")[0]
    assert "mathematics" in problems("$x = {{ f.trace }}$")[0]


def test_the_same_view_twice_has_ids_of_its_own():
    html = convert("{{ f.trace }}\n\n{{ f.trace }}")
    ids = re.findall(r'\bid="([^"]*)"', html)
    assert len(ids) == len(set(ids))


def test_a_caption_names_its_table_and_can_be_linked_to():
    html = convert("See {{ ref f.trace }}.\n\n{{ f.trace }}\n\n/// table-caption | #t1\nHere.\n///")
    assert '<a class="mg-ref" href="#t1">Table 1</a>' in html
    assert 'aria-labelledby="t1-caption"' in html
    assert '<figcaption id="t1-caption">' in html


def test_a_link_has_the_number_of_its_own_table():
    captioned = "\n\n{{ f.trace }}\n\n/// table-caption | #t%d\nHere.\n///"
    html = convert("See {{ ref t2 }} and {{ ref t1 }}." + captioned % 1 + captioned % 2)
    assert re.findall(r'href="#(t\d)">([^<]*)', html) == [("t2", "Table 2"), ("t1", "Table 1")]


def test_links_to_equations():
    equation = "$$\n\\begin{equation}\\label{eq:a} x = 1 \\end{equation}\n$$"
    html = convert(f"See {{{{ ref eq:a }}}}.\n\n{equation}")
    assert '<a class="mg-ref" href="#eq:a">(1)</a>' in html or ">(1)</a>" in html


def test_a_link_to_nothing():
    (problem,) = problems("See {{ ref f.trace }}.")
    assert "no numbered figure, table or equation is called f.trace" in problem
    assert "caption" in problem


CAPTIONED = "See {{ ref f.trace }}.\n\n{{ f.trace }}\n\n/// table-caption | #t1\nHere.\n///"


@pytest.mark.parametrize(
    ("text", "listed", "remedy"),
    [
        (CAPTIONED, False, "list the extension pymdownx.blocks.caption, which reads /// table-cap"),
        ("See {{ ref f.trace }}.", False, "give it a caption"),
        ("See {{ ref f.trace }}.\n\n```\n/// figure-caption\n```", True, "give it a caption"),
        (CAPTIONED.replace("ref f.trace", "ref t2"), True, "known here: f.trace, t1"),
    ],
)
def test_the_remedy_for_a_link_to_nothing(text, listed, remedy):
    extensions = [name for name in EXTENSIONS if listed or "caption" not in name]
    (problem,) = problems(text, extensions=extensions)
    assert remedy in problem


def test_show_lists_the_block():
    html = convert("a", block=BLOCK.replace("```minigrad", "```minigrad show"))
    assert "<code" in html
    assert 'data-mg-block="f"' in html


def test_a_block_renders_nothing_but_what_it_is_checked_by():
    html = convert("a", block=BLOCK)
    assert "<code" not in html
    (block,) = re.findall(r'<div class="mg-block"[^>]*>', html)
    assert "hidden" in block
    assert 'data-mg-count="0"' in block


def test_the_count_of_numbers():
    html = convert("{{ f.x2.adjoint }} {{ f.x2.adjoint }} ${{ f.value }}$")
    assert 'data-mg-count="3"' in html


@pytest.mark.parametrize(
    ("typed", "line", "said"),
    [
        ("a\n\n{{ f.zz.adjoint }}", 3, "f has no variable zz"),
        ("a\n\n{{ f.x3.adjoint }}", 3, "it has: x1, x2, v1"),
        ("{{ f.x2.adjont }}", 1, "did you mean {{ f.x2.adjoint }}"),
        ("{{ f.valeu }}", 1, "did you mean {{ f.value }}"),
        ("{{ f.jacobain.y.x2 }}", 1, "did you mean {{ f.jacobian.y.x2 }}"),
        ("{{ f.tracee }}", 1, "f has no"),
        ("{{ f.trace colour=red }}", 1, "has no option 'colour'"),
        ("{{ g.x2.adjoint }}", 1, "there is no block g"),
        ("{{ g.trace }}", 1, "there is no block g"),
        ("{{ f.value:.2q }}", 1, "is no format"),
        ("a\nb = {{ f.x2.adjoint }}", 2, "= stands before 1.7163, which is rounded"),
        ("$x = {{ f.x2.adjoint }}$", 1, "write {{ =f.x2.adjoint }}"),
        ("$x = {{ f.x2.adjoint:.1f }}$", 1, "write {{ =f.x2.adjoint:.1f }}"),
        ("## a {{ f.x2.adjoint }}", 1, "end the heading with an id"),
        ("a {{ f.x2.adjoint }}\n---", 1, "end the heading with an id"),
    ],
)
def test_mistakes_in_references(typed, line, said):
    (problem,) = problems(typed)
    assert problem.startswith(f"docs/page.md:{line}: ")
    assert said in problem


def test_equals_may_stand_before_an_exact_number():
    assert "= <span" in convert("b = {{ f.x1.adjoint }}")


def test_all_mistakes_are_listed_in_the_order_of_the_lines():
    found = problems("{{ f.a.value }}\n\n{{ f.b.value }}\n\n$\\nonsense$")
    assert [problem.split(":")[1] for problem in found] == ["1", "3", "5"]


@pytest.mark.parametrize("extensions", [["minigrad"], ["minigrad", "fenced_code"], EXTENSIONS])
def test_the_order_and_kind_of_other_extensions_does_not_matter(extensions):
    for order in (extensions, list(reversed(extensions))):
        html = convert("{{ f.x2.adjoint }}", extensions=order)
        assert SUM in html
        assert "def f" not in re.sub(r'data-mg-text="[^"]*"', "", html)


def test_lines_are_exact_in_quotes_lists_and_after_look_alikes():
    bad = "```minigrad\ndef {0}(x):\n    a = ln(x)\n    return a\n\n{0}(0)\n```"
    quoted = "\n".join("> " + line for line in bad.format("h").split("\n"))
    listed = "- a\n\n" + "\n".join("    " + line for line in bad.format("k").split("\n"))
    text = f"{bad.format('g')}\n\n{quoted}\n\n{listed}"
    lines = [int(problem.split(":")[1]) for problem in problems(text)]
    assert lines == [3, 11, 21]


def test_the_extension_serves_several_pages():
    md = Markdown(extensions=["minigrad"])
    first = md.convert(f"{{{{ f.x2.adjoint }}}}\n\n{BLOCK}")
    md.reset()
    second = md.convert(f"{{{{ f.x2.adjoint }}}}\n\n{BLOCK}")
    assert first == second


@pytest.mark.parametrize("theirs", ["\ue010", "\ue011", "\uf015", "\U000f0000", "\U000f0001"])
def test_icons_of_theirs_stay_in_text_and_in_code(theirs):
    html = convert(
        f"{BLOCK}\n{theirs} before {{{{ f.value }}}} and `{theirs}` {theirs}\n", block=""
    )
    text = re.sub(r"<[^>]*>", "", html)
    assert f"{theirs} before 11.6521 and {theirs} {theirs}" in text


@pytest.mark.parametrize("other", [[], ["fenced_code"], ["pymdownx.superfences"]])
def test_a_block_in_indented_code_is_shown_as_it_stands(other):
    text = "Like this:\n\n    ```minigrad\n    ...\n    ```\n\nmore"
    assert convert(text, [*other, "minigrad"], block="") == convert(text, other, block="")
