"""Where formulas are found on a page, how mistakes are placed, and how equations are numbered."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest
from markdown import Markdown
from markdown.extensions import Extension

from docs_plugins.equations import Equation, Formulas
from docs_plugins.formulas import register

EXTENSIONS = [
    "abbr",
    "admonition",
    "attr_list",
    "def_list",
    "footnotes",
    "md_in_html",
    "pymdownx.blocks.caption",
    "pymdownx.highlight",
    "pymdownx.inlinehilite",
    "pymdownx.superfences",
    "pymdownx.tabbed",
    "tables",
    "toc",
]


@dataclass
class Reading:
    """What became of a text."""

    html: str = ""
    mistakes: list[tuple[int, str, str]] = field(default_factory=list)
    equations: dict[str, Equation] = field(default_factory=dict)


class Reader(Extension):
    """Formulas alone, for the tests."""

    formulas: Formulas

    def __init__(self, reading: Reading) -> None:
        super().__init__()
        self.reading = reading

    def report(self, message: str, line: int, remedy: str) -> str:
        self.reading.mistakes.append((line, message, remedy))
        return f"<span>mistake {line}</span>"

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        self.formulas = register(md, self.report)


def read(text: str) -> Reading:
    """Convert a text; each formula is shown as ⟦TeX⟧."""
    reading = Reading()
    reader = Reader(reading)
    html = Markdown(extensions=[*EXTENSIONS, reader]).convert(text)
    reading.html = re.sub(
        r'<math[^>]* data-tex="([^"]*)"[^>]*>.*?</math>', r"⟦\1⟧", html, flags=re.DOTALL
    )
    reading.equations = dict(reader.formulas.equations())
    return reading


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a $x_1$ b", "<p>a ⟦x_1⟧ b</p>"),
        ("*$a*b$* and **$c_1$**", "<p><em>⟦a*b⟧</em> and <strong>⟦c_1⟧</strong></p>"),
        ("$a$$b$", "<p>$a$$b$</p>"),
        ("$x\n+ y$", "<p>⟦x\n+ y⟧</p>"),
        (r"$50\%$", r"<p>⟦50\%⟧</p>"),
        ("$a<b>c$", "<p>⟦a&lt;b&gt;c⟧</p>"),
        (r"\\$x$", r"<p>\⟦x⟧</p>"),
    ],
)
def test_a_formula_in_a_line(text: str, html: str) -> None:
    assert read(text).html == html


@pytest.mark.parametrize(
    "text",
    ["from $5 to $6", "$5-$6", "$5/$6", r"a \$x$", "5 $ and 6 $", "$ x $", "$", "a$ b", "$HOME"],
)
def test_prices_and_shell_variables_stay_text(text: str) -> None:
    reading = read(text)
    assert reading.html == f"<p>{text.replace(chr(92), '')}</p>"
    assert not reading.mistakes


@pytest.mark.parametrize(
    "text",
    [
        "`$x$`",
        "``a ` $x$``",
        "`#!bash echo $x$`",
        "```\n$x$\n```",
        "~~~~bash\necho $HOME$PATH `\n~~~~",
        "    echo $x$",
        "- a\n\n    ```bash\n    $x$\n    ```",
        "<pre>$x$</pre>",
        "<!-- $x$ -->",
    ],
)
def test_code_keeps_its_dollars(text: str) -> None:
    reading = read(text)
    plain = re.sub(r"<(?!!)[^>]*>", "", reading.html)
    dollars = [line for line in plain.split("\n") if "$" in line]
    assert dollars, reading.html
    assert all(line.strip(" `") in text for line in dollars)
    assert not reading.mistakes


@pytest.mark.parametrize(
    "text",
    [
        "$$x$$",
        "$$\nx\n$$",
        "above\n$$\nx\n$$\nbelow",
        "> quoted\n> $$\n> x\n> $$",
        "- item\n  $$\n  x\n  $$\n- next",
        "1. item\n\n    $$\n    x\n    $$",
        "!!! note\n\n    $$x$$",
        '=== "tab"\n\n    $$\n    x\n    $$',
        "[^1]\n\n[^1]:\n    $$x$$",
    ],
)
def test_a_formula_on_lines_of_its_own(text: str) -> None:
    reading = read(text)
    assert re.search(r'<div class="mg-display"[^>]*>⟦\s*x\s*⟧</div>', reading.html), reading.html
    assert "$$" not in reading.html
    assert "<p></p>" not in reading.html
    assert not reading.mistakes


def test_text_around_a_displayed_formula_keeps_its_paragraphs() -> None:
    html = read("above\n$$x$$\nbelow").html
    assert html.startswith("<p>above</p>")
    assert html.endswith("<p>below</p>")


def test_a_pipe_in_a_formula_ends_no_cell() -> None:
    html = read("| a | b |\n|--|--|\n| $|x|$ | $p(y|x)$ |\n| $5 | $6 |").html
    assert re.findall("<td>(.*?)</td>", html) == ["⟦|x|⟧", "⟦p(y|x)⟧", "$5", "$6"]


def test_a_formula_alone_in_a_heading_cell_has_a_name() -> None:
    html = read("| $v_1$ | the $x$ |\n|--|--|\n| a | b |").html
    assert "<th>⟦v_1⟧</th>" in html
    assert (
        Markdown(extensions=[*EXTENSIONS, Reader(Reading())])
        .convert("| $v_1$ | the $x$ |\n|--|--|\n| a | b |")
        .count('aria-label="v1"')
        == 1
    )


def test_a_formula_in_an_attribute_becomes_words() -> None:
    html = read('![the sum $v_1$](a.png "where $y$ is")').html
    assert 'alt="the sum v1"' in html
    assert 'title="where y is"' in html


def test_an_address_keeps_its_dollars() -> None:
    assert 'href="http://a/$b$c"' in read("[$z$](http://a/$b$c)").html


def test_a_heading_gets_an_address_without_tex() -> None:
    assert '<h2 id="the-adjoint-of-v1">' in read("## The adjoint of $v_1$").html


def test_a_caption_has_formulas() -> None:
    assert "The trace of ⟦f⟧" in read("/// table-caption | #t\nThe trace of $f$\n///").html


def test_a_comma_stays_with_its_formula() -> None:
    assert '<span class="mg-together">(⟦x⟧),</span>' in read("so ($x$), and").html


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("one\n\n$\\foo$", 3),
        ("one\n\n$\\foo$ and\n$\\bar$", 3),
        ("$x$\n$x$\n\n$y\\foo$", 4),
        ("> a\n>\n> $\\foo$", 3),
        ("- a\n- b $\\foo$\n", 2),
        ("- a\n\n    - b\n\n        $$\n        x + \\foo\n        $$", 6),
        ("> text\n> $$\n> a = b\n>   + \\foo\n> $$", 4),
        ("```\n$x$ `\n```\n\n$\\foo$", 5),
        ("`$x` $\\foo$", 1),
        ("| a |\n|--|\n| b |\n| $\\foo$ |", 4),
        ("a[^1]\n\nb\n\n[^1]: $\\foo$", 5),
        ("!!! note\n\n    a\n\n    $\\foo$", 5),
        ("$$\n\\begin{equation}\na = b\n\\foo\n\\end{equation}\n$$", 4),
        ("$x$\n\n$a\n+ b % c$", 4),
    ],
)
def test_a_mistake_has_its_line(text: str, line: int) -> None:
    assert read(text).mistakes[0][0] == line


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("one\n\n$$\na", "does not end in the same block"),
        ("one\n\n$$\na\n\nb\n$$", "does not end in the same block"),
        ("one\n\ntwo $$x$$ three", "within a line of text"),
        ("one\n\n$\\alpha is not closed", "opens no formula"),
        ("one\n\n<p>$\\alpha$</p>", "opens no formula"),
        ("one\n\n\\begin{align}\na", "does not end in the same block"),
        ("one\n\nsee \\eqref{eq:none}", "no equation of this page"),
    ],
)
def test_what_looks_like_a_formula_and_is_none_is_told(text: str, message: str) -> None:
    mistakes = read(text).mistakes
    assert [line for line, _, _ in mistakes] == [3]
    assert message in mistakes[0][1]


def test_every_mistake_is_told() -> None:
    assert len(read("$\\foo$ $\\bar$\n\n$$\n\\baz\n$$").mistakes) == 3


def test_equations_are_numbered_in_the_order_of_the_page() -> None:
    reading = read(
        "\\eqref{eq:c}, $\\eqref{eq:a}$\n\n$$a \\label{eq:a}$$\n\n"
        "> $$\n> \\begin{align}b \\label{eq:b} \\\\ c \\label{eq:c}\\end{align}\n> $$\n\n"
        "\\begin{equation}\nd\n\\end{equation}\n\n$$e$$\n\n$$f \\label{eq:f}$$"
    )
    numbers = {label: equation.number for label, equation in reading.equations.items()}
    assert numbers == {"eq:a": "1", "eq:b": "2", "eq:c": "3", "eq:f": "5"}
    assert '<a href="#eq-c">(3)</a>' in reading.html
    assert not reading.mistakes


def test_an_equation_is_where_its_links_lead() -> None:
    reading = read("$$x \\label{eq:adjoint}$$")
    assert reading.equations["eq:adjoint"].id == "eq-adjoint"
    assert 'id="eq-adjoint"' in reading.html
    assert ">(1)</a>" in reading.html


def test_a_tag_is_the_writers_own_number() -> None:
    reading = read("$$x \\tag{A} \\label{a}$$\n\n$$y \\label{b}$$\n\n\\eqref{a}")
    assert reading.equations["a"].number == "A"
    assert reading.equations["b"].number == "1"
    assert '<a href="#eq-a">(A)</a>' in reading.html


def test_a_starred_equation_has_no_number() -> None:
    html = read("\\begin{align*}a &= b \\\\ c &= d\\end{align*}").html
    assert "(1)" not in html
    assert "mg-equation" not in html


def test_a_label_that_names_two_equations_is_told() -> None:
    (mistake,) = read("$$x \\label{a}$$\n\n$$y \\label{a}$$").mistakes
    assert mistake[0] == 3
    assert "names two equations" in mistake[1]


def test_an_unknown_label_has_its_nearest_neighbour_named() -> None:
    (mistake,) = read("$$x \\label{eq:sum}$$\n\n\\eqref{eq:smu}").mistakes
    assert mistake[2] == "did you mean eq:sum?"


def test_no_mark_is_left_on_the_page() -> None:
    text = "a $x$ `$` $5 | <b title='$y$'>b</b>\n\n[r]: http://a/$b\n\n```\n$\n```\n\n[r]"
    assert not [c for c in read(text).html if ord(c) >= 0xE000]


def test_the_rest_of_a_page_is_as_it_was_without_formulas() -> None:
    text = "# A\n\ntext `code` [link](a.md)\n\n- a\n- b\n\n| a |\n|--|\n| b |\n\n    code\n"
    assert read(text).html == Markdown(extensions=EXTENSIONS).convert(text)


def test_a_price_may_stand_before_a_formula() -> None:
    html = read(r"It costs $5, and $\tilde{v}$.").html
    assert html.startswith("<p>It costs $5, and ")
    assert "⟦" in html
