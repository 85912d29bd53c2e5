"""What counts as a hand-typed result, and what does not."""

from __future__ import annotations

import pytest

from docs_plugins.drift.literals import Result, Results, find, visible_text, without_code
from docs_plugins.elements import problem_box
from docs_plugins.maths import inline
from docs_plugins.problems import Problem

KNOWN = {
    "f.value": (11.652071455223084, True),
    "f.x2.adjoint": (1.7163378145367738, True),
    "f.x2.from.v3": (-0.28366218546322625, False),
    "f.v3.value": (-0.9589242746631385, False),
    "f.tiny.value": (4.248354255291589e-18, False),
}
RESULTS = Results(
    [Result(abs(v), 1, path, v, short) for path, (v, short) in KNOWN.items()], [2.0, 5.0, 0.12345]
)


def found(html: str, source: str | None = None) -> list[tuple[str, int, str]]:
    literals = find(html, html if source is None else source, RESULTS)
    return [(literal.text, literal.line, literal.reference) for literal in literals]


@pytest.mark.parametrize(
    ("typed", "reference"),
    [
        ("−0.2836", "{{ f.x2.from.v3 }}"),
        ("-0.2837", "{{ f.x2.from.v3 }}"),
        ("0.28366", "{{ f.x2.from.v3:.5f }}"),
        ("0.283662185463", "{{ f.x2.from.v3:.12f }}"),
        ("1.7163", "{{ f.x2.adjoint }}"),
        ("1.7164", "{{ f.x2.adjoint }}"),
        ("1.716", "{{ f.x2.adjoint:.3f }}"),
        ("1.72", "{{ f.x2.adjoint:.2f }}"),
        ("11.7", "{{ f.value:.1f }}"),
        ("11.652", "{{ f.value:.3f }}"),
        ("−0.9589", "{{ f.v3.value }}"),
        ("4.248×10⁻¹⁸", "{{ f.tiny.value }}"),
        (r"4.248 \times 10^{-18}", "{{ f.tiny.value }}"),
        ("4.248e-18", "{{ f.tiny.value }}"),
        ("4.248E-18", "{{ f.tiny.value }}"),
        ("1.7163E+0", "{{ f.x2.adjoint }}"),
        ("1.7163e0", "{{ f.x2.adjoint }}"),
        ("1716.3e-3", "{{ f.x2.adjoint }}"),
        ("17.163 × 10⁻¹", "{{ f.x2.adjoint }}"),
        ("17.163 x 10^-1", "{{ f.x2.adjoint }}"),
        ("1716.3 x 10⁻³", "{{ f.x2.adjoint }}"),
        ("1716.3 * 10^-3", "{{ f.x2.adjoint }}"),
        ("1716.3*10**-3", "{{ f.x2.adjoint }}"),
        ("1.7163x10^0", "{{ f.x2.adjoint }}"),
        ("171.63 %", "{{ f.x2.adjoint }}"),
        ("171.63%", "{{ f.x2.adjoint }}"),
        (r"171.63 \%", "{{ f.x2.adjoint }}"),
        ("−28.37\u202f%", "{{ f.x2.from.v3 }}"),
        ("28.37 percent", "{{ f.x2.from.v3 }}"),
        (".2837", "{{ f.x2.from.v3 }}"),
        ("−.28366", "{{ f.x2.from.v3:.5f }}"),
        ("0.283\u2009662\u202f185", "{{ f.x2.from.v3:.9f }}"),
        ("−0,2837", "{{ f.x2.from.v3 }}"),
        ("1,7163", "{{ f.x2.adjoint }}"),
    ],
)
def test_a_result_or_its_near_miss_is_found(typed, reference):
    assert found(f"<p>about {typed} of it</p>") == [(typed, 1, reference)]


@pytest.mark.parametrize(
    "typed",
    [
        "1.71",  # three digits: no rounding of it
        "1.7161",  # two units off
        "1.7",
        "0.959",  # three digits of a value in between
        "0.284",
        "2.0",  # the inputs
        "5.00",
        "0.1235",  # an input, rounded
        "4.248",  # without its power of ten
        "172 %",
        "1.72 %",
        "28.4 %",  # three digits of a percentage
        "1.7163 %",
        "171.63 %20",
        "1.7163 x 10^5",
        "1.7163.2",  # a version
        "v1.7163",
        "1502.05767",
        "arXiv:1.7163",
        "x-1.7163",
        "21,1.7163.4",
        "11,716.3378",
        "11,7163",
        "f(1,7163,2)",
        "0,17163",
        "[1,7163]",  # an interval
        "(0,28366]",
        "f(0,28366)",
        "1,716",  # a number of thousands
        "1.7163e5",
        "1.7163×10⁵",
        "#1.7163",
        "2022",
        "1.7163rc1",
        "1.7163e5b",
        "1.7163_final",
        "1.7163.csv",
        "1.7163/data/x",
        "1.7163/x.csv",
        "0x1.7163p3",
        "11.6521.0",
        "11.65.2024",
        "Python-1.7163",
    ],
)
def test_what_is_no_result_is_left_alone(typed):
    assert found(f"<p>about {typed} of it</p>") == []


@pytest.mark.parametrize(
    "html",
    [
        *("1.7163rad", "1.7163V", "1.7163e", "1.7163²", "1.7163m²", "1.7163°", "1.7163/2"),
        *("1.7163/s", "1.7163/(2π)", "1.7163[^1]", "<b>1.7163</b>rad", "1.7163<em>m</em>"),
        *("1.7163<sup>a</sup>", "1.7163<sub>nat</sub>", "x<sub>2</sub>1.7163"),
        "x<sup>1.7163</sup>",
        '1.7163<sup id="fnref:1"><a class="footnote-ref" href="#fn:1">1</a></sup>.',
    ],
)
def test_a_unit_a_footnote_or_an_index_belongs_to_no_number(html):
    assert found(f"<p>about {html} of it</p>") == [("1.7163", 1, "{{ f.x2.adjoint }}")]


SHORT = Results([Result(3.11, 1, "f.value", 3.11, True), Result(24.04, 1, "f.x", 24.04, True)], [])


@pytest.mark.parametrize(
    "text",
    [
        *("Python 3.11", "version 3.11", "python>=3.11", "Figure 3.11", "eq. (3.11)"),
        *("section 3.11", "chapter 3.11", "table 3.11", "release 3.11", "NumPy 3.11"),
        *("Fig. 3.11", "Figs. 3.10 and 3.11", "§ 3.11", "Eqs. (3.10)–(3.11)", "MkDocs 3.11"),
        *("PyTorch\u00a03.11", "Python 3.10, 3.11 or 3.12", "Python 3.10–3.11", "Python 3.11/3.12"),
        *("numpy<3.11", "torch==3.11", ">= 3.11", "3.11+", "Section 3.11b", "3.11.*", "3.11rc1"),
        *("<td>Python</td>\n<td>3.11</td>", "Python <b>3.11</b>", "v3.11", "Python-3.11"),
        *("Python\n3.11", "Ubuntu 24.04", "Version: 3.11", "Example 3.11"),
    ],
)
def test_versions_and_numbers_of_figures_are_no_results(text):
    assert find(f"<p>See {text}, then.</p>", "", SHORT) == []


@pytest.mark.parametrize(
    "text",
    [
        *("The adjoint is 3.11", "f = 3.11", "≈ 3.11", "Value 3.11", "MSE 3.11", "(3.11)"),
        *(
            "<td>NumPy</td>\n<td>is 3.11</td>",
            "<td>SoftPlus</td>\n<td>3.11</td>",
            "3.11+x",
            "3.11 + x",
        ),
        *("for example 3.11", "Python gives 3.11", "in the table: 3.11", "3.11 V", "pH 3.11"),
        *("Figure 3: 3.11", "x == 3.11", "24.04", "table 3.110", "version 3.110"),
    ],
)
def test_short_results_are_found_all_the_same(text):
    assert len(find(f"<p>See {text}, then.</p>", "", SHORT)) == 1


@pytest.mark.parametrize(
    "html",
    [
        "<pre><code>1.7163</code></pre>",
        "<p><code>1.7163</code></p>",
        '<span class="mg-n" data-mg="f.x2.adjoint">1.7163</span>',
        "<span data-mg=f.x2.adjoint>1.7163</span>",
        '<div data-mg-view="f.trace"><div><table><td>1.7163</td></table></div></div>',
        '<span data-mg-literal="an example of a slip">1.7163</span>',
        "<!-- 1.7163 -->",
        "<script>1.7163</script>",
        '<a href="/1.7163">x</a>',
        '<path d="M 1.7163 0"/>',
    ],
)
def test_code_and_what_was_computed_are_not_read(html):
    assert found(html) == []


@pytest.mark.parametrize(
    "html",
    [
        "<td>1.7163</td>",
        "<p><b>1</b>.7163 and <em>1.7163</em></p>",
        "<math><mi>x</mi><mo>=</mo><mo>−</mo><mn>1.7163</mn></math>",
        "<math><mi>x</mi><mn>1.7163</mn><mi>y</mi></math>",
        r"<p>\(\tilde v_0=1.7163\)</p>",
        "<p>(5.5,1.7163)</p>",
        "<p><b>1.7</b>163</p>",
        "<p>1.71<!-- a comment -->63</p>",
        "<p>1&#46;7163</p>",
        "<math><mi>\U0001d7cf.\U0001d7d5\U0001d7cf\U0001d7d4\U0001d7d1</mi></math>",
        '<img alt="a curve through 1.7163" src="a.svg">',
        '<input placeholder="1.7163">',
        "<p>≈1.7163.</p>",
        "<span data-mg=f.x>2</span>1.7163",
    ],
)
def test_prose_mathematics_tables_and_alternative_texts_are_read(html):
    assert [text.lstrip("−") for text, _, _ in found(html)] in (["1.7163"], ["1.7163"] * 2)


def test_the_line_is_that_of_the_typed_one_not_of_its_looks_alike():
    source = """---
version: 1.7163
---
`1.7163` in code, {{ f.x2.adjoint }}

```text
1.7163
```
<!-- 1.7163 -->

> ~~~
> 1.7163
> ~~~

Here it is: 1.7163, and

| a |
|---|
| **1\\.7163** |
"""
    html = "<p>Here it is: 1.7163, and</p><td><b>1.7163</b></td>"
    assert [line for _, line, _ in found(html, source)] == [15, 19]


def test_a_line_is_named_even_where_the_text_cannot_be_found():
    assert found("<p>1.7163</p>", "1&#46;7163")[0][1] == 1


def test_the_sign_decides_between_equal_sizes():
    both = Results(
        [
            Result(0.28366, 1, "f.a.value", 0.28366, False),
            Result(0.28366, 1, "f.b.value", -0.28366, False),
        ],
        [],
    )
    assert find("<p>−0.2837</p>", "", both)[0].reference == "{{ f.b.value }}"
    assert find("<p>0.2837</p>", "", both)[0].reference == "{{ f.a.value }}"


def test_code_comments_and_references_are_blanked_line_by_line():
    source = "a `b\nc` d\n\n```x\ne\n```\nf <!-- g\nh --> i {{ j }} ``k ` l`` `m"
    blanked = without_code(source)
    assert blanked.count("\n") == source.count("\n")
    assert "".join(blanked.split()) == "adfi`m"


@pytest.mark.parametrize(
    "piece",
    [
        "1.5 × 10 ",
        "1.5×10" + " " * 50,
        "`",
        "{{",
        "<!--",
        "1.5" + "0" * 99,
        "-1.50 ",
        "1.7163 ",
        "1.7163-",
        "1.7163/",
        "1-1.7163 ",
        "123 ",
        "123 123.123 ",
        "1.123 123 ",
    ],
)
def test_a_megabyte_of_anything_is_searched_to_its_end(piece):
    """Work that grows faster than the page would take minutes."""
    text = piece * (300_000 // len(piece))
    find(f"<p>{text} 1.7163</p>", text, RESULTS)


def test_a_page_with_many_results_is_searched_for_thousands_of_them():
    many = Results(
        (Result(1 + n * 1e-6, 1, f"f.v{n}.value", 1 + n * 1e-6, False) for n in range(100_000)), []
    )
    html = " ".join(f"{1 + n * 1e-5:.5f}" for n in range(20_000))
    assert len(find(html, html, many)) > 9_000


def test_text_of_blocks_is_kept_apart_and_of_phrases_together():
    assert visible_text("<p>1.7<b>163</b></p><p>2</p>").split() == ["1.7163", "2"]


def test_a_message_about_a_number_is_not_the_number_typed():
    box = problem_box([Problem("a.md", 4, "f", "recorded 1.4142, computed 1.7321")])
    assert "1.7321" not in visible_text(f"<p>see</p>{box}")


@pytest.mark.parametrize("power", ["e9999", "e-9999", "×10⁹⁹⁹⁹", "×10⁻", "×10⁻⁻", "×10¹⁻"])
def test_powers_that_are_none_or_out_of_reach_are_read(power):
    expected = [] if any(digit in power for digit in "9⁹¹") else ["1.7163"]
    assert [text for text, *_ in found(f"<p>1.7163{power}</p>")] == expected


@pytest.mark.parametrize(
    "typed",
    [
        "17.163 × 10<sup>−1</sup>",
        "<math><mn>17.163</mn><mo>×</mo><msup><mn>10</mn>{minus}<mn>1</mn></mrow></msup></math>",
        "<math><mn>4.248</mn><mo>⋅</mo><msup><mn>10</mn>{minus}<mn>18</mn></mrow></msup></math>",
    ],
)
def test_powers_of_ten_in_markup_belong_to_their_numbers(typed):
    assert len(found(f"<p>99.9996 and {typed}</p>".format(minus="<mrow><mo>−</mo>"))) == 1


def test_other_percentages_addresses_and_versions_are_no_results():
    assert found("<p>1.7163% 1.7163\u2009% me@1.7163.com v1.7163 1.7163.2 x/1.7163</p>") == []


def test_the_line_of_a_number_behind_a_comma_is_found():
    assert found("<p>(5,1.7163) 1,7163</p>", "# T\n\n(5,1.7163)\n1,7163") == [
        ("1.7163", 3, "{{ f.x2.adjoint }}"),
        ("1,7163", 4, "{{ f.x2.adjoint }}"),
    ]


def test_the_line_of_a_number_in_pieces_is_found():
    source = "# T\n\nfirst\n\nabout **1.7**163 of it\n"
    assert found("<p>about <strong>1.7</strong>163 of it</p>", source)[0][1] == 5


LARGE = Results(
    [
        Result(1716.3378145367738, 1, "f.x2.adjoint", 1716.3378145367738, short=True),
        Result(0.28366218546322625, 1, "f.v3.value", 0.28366218546322625, short=False),
    ],
    [],
)


@pytest.mark.parametrize(
    "tex",
    [
        *("1716{.}34", r"1\,716.34", r"1{,}716.34", r"1{,}716{.}34", "1~716.34", r"1\;716.34"),
        *(r"0{.}283\,66", r"0{,}2837", r"0\mathord{.}2837", "0.{2837}", r"0.28\mathbf{37}"),
        *(r"\mathbf{0{.}2837}", r"x_{0{.}2837}", r"-0\!.2837", "0.2837/2"),
    ],
)
def test_a_number_in_pieces_of_a_formula_is_read_as_it_looks(tex):
    literals = find(f"<p>about {inline(tex)}</p>", f"# T\n\nabout ${tex}$", LARGE)
    assert [literal.line for literal in literals] == [3]


@pytest.mark.parametrize(
    "typed",
    [
        *("1\u202f716.34", "1\u00a0716.34", "1&nbsp;716.34", "1,716.34", "1’716.34", "1'716.3"),
        *("0.28\u200b37", "0.28<wbr>37", "0.28&shy;37", "0.2\u2009836\u20096"),
    ],
)
def test_a_number_in_groups_of_digits_is_read_as_it_looks(typed):
    assert len(find(f"<p>about {typed}</p>", typed, LARGE)) == 1


@pytest.mark.parametrize(
    "tex",
    [
        *(r"1\quad 716.34", "1, 716.34x", "2^{0.28}37", r"\frac{1}{716.34}", r"0.28\cdot 37"),
        *(r"0.28 \quad 37", r"\sqrt[0]{0.28}37", "0{,}28{,}37", r"1{,}71634", r"(0{,}28, 37)"),
    ],
)
def test_numbers_beside_each_other_in_a_formula_stay_apart(tex):
    assert find(f"<p>about {inline(tex)}</p>", tex, LARGE) == []


SPREAD = Results(
    [
        Result(12344.567, 1, "f.v1.value", 12344.567, short=False),
        Result(5344.567, 1, "f.v2.value", 5344.567, short=False),
        Result(1.2345678, 1, "f.v3.value", 1.2345678, short=False),
        Result(0.28366218546322625, 1, "f.v4.value", -0.28366218546322625, short=False),
        Result(10.693147180559945, 1, "f.value", 10.693147180559945, short=True),
        Result(1.7163378145367738, 1, "f.x2.adjoint", 1.7163378145367738, short=True),
        Result(11.652071455223084, 1, "f.x1.adjoint", 11.652071455223084, short=True),
    ],
    [],
)


def lines_of(html: str, source: str) -> list[int]:
    return [literal.line for literal in find(html, f"# T\n\n{source}", SPREAD)]


@pytest.mark.parametrize(
    "typed",
    [
        *("12 344.567", "5 344.567", "12 344.57", "1.234 567 8", "<b>12</b> 344.567"),
        *("283.7 ‰", "283.7&permil;", "283.7 per mille", "28.37 pct", "28.37pct."),
        *("٠.٢٨٣٦٦", "٠٫٢٨٣٦٦", "०.२८३६६", "𝟎.𝟐𝟖𝟑𝟔𝟔", "０．２８３６６", "&#1632;.&#1634;٨٣٦٦"),
        *("0.2-0.28366", "1-0.28366", "1/0.28366", "(0.5/0.28366)", "2.5/1.7163", "x = 3/1.7163"),
        "<svg><text><tspan>11.</tspan><tspan>6521</tspan></text></svg>",
        "<svg><text><tspan>11.</tspan><tspan dx='1' font-weight='700'>6521</tspan></text></svg>",
    ],
)
def test_more_ways_to_write_a_result_are_read(typed):
    assert lines_of(f"<p>about {typed} of it</p>", f"about {typed} of it") == [3]


@pytest.mark.parametrize(
    "tex",
    [
        *("2.8366 * 10^{-1}", r"2.8366 \ast 10^{-1}", r"2.8366\cdot\!10^{-1}"),
        *(r"2.8366\!\!\cdot\!\!10^{-1}", r"\texttt{0.28366}", r"\mathtt{0.28366}"),
        *(r"12\ 344.567", r"0.2-0.28366", "1/0.28366"),
    ],
)
def test_more_ways_to_write_a_result_in_a_formula_are_read(tex):
    assert lines_of(f"<p>about {inline(tex)}</p>", f"about ${tex}$") == [3]


@pytest.mark.parametrize(
    "html",
    [
        *("3 344.567", "12 344.57.1", "a12 344.567", "12 3445.67", "12  344.567", "1 2344.567"),
        *("<td>12</td><td>344.567</td>", "<li>12</li>\n<li>344.567</li>", "0.2-0.2839"),
        *("2024-11.652", "11-11.652", "2024-1-0.28366", "v1/0.28366", "a/1/0.28366", "/1/0.28366"),
        *("1.2.3-0.28366", "Python-1-0.28366", "10.1000/0.28366", "x1/0.28366", "1/0.28366/a.csv"),
        *("3.10-11.7", "0.2/1.72", "e-1-0.28366", "2101.00001-2101.00002"),
        "<svg><text><tspan x='1'>11.</tspan><tspan x='9'>6521</tspan></text></svg>",
        "<svg><text><tspan>11.</tspan><tspan dy='1em'>6521</tspan></text></svg>",
        *("Node.js 10.69", "nginx 1.716", "Perl 10.69", "C++ 11.65", "TLS 1.716", "nginx/1.716"),
        *("DOI 10.6931/s12345", "10.6931/s12345", "doi: 10.6931/zenodo.1", "10.6931/1234567"),
        *("TLS 1.2/1.716", "HTTP 1.1, 1.2 and 1.716", "Figures 3.10-11.7", ".NET 1.716", "C# 11.7"),
        *("three.js (1.716)", "PostgreSQL 11.7", "OpenSSL 1.716", "CC BY 1.72", "WCAG 1.72"),
    ],
)
def test_versions_addresses_and_what_is_beside_each_other_are_no_results(html):
    assert lines_of(f"<p>about {html} of it</p>", html) == []


@pytest.mark.parametrize(
    "html",
    [
        *("the net 1.716", "edge 1.716", "node 1.716", "x 10.69", "10.6931/s", "10.6931/2"),
        *("nginx needs 1.716", "multiplied by 1.716", "TLS 1.7163", "version 1.716"),
        *("JavaScript gives 11.65", "1--0.28366"),
    ],
)
def test_results_beside_words_like_versions_are_found(html):
    assert lines_of(f"<p>about {html} of it</p>", html) == [3]


def test_a_literal_with_spaces_between_its_digits_is_a_result():
    assert SPREAD.repeats("12 344.567")
    assert SPREAD.repeats("٠.٢٨٣٦٦")
    assert not SPREAD.repeats("13 344.567")
