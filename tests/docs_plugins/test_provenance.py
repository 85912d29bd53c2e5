"""How numbers came about: the line under a view, and the list of those that the text quotes."""

import re

import pytest

from docs_plugins.extras import provenance
from tests.docs_plugins.figures import BLOCKS, computed


@pytest.mark.parametrize("checks", [97, 1024])
def test_the_line_under_a_view_tells_how_many_values_were_checked(checks):
    computation = computed(BLOCKS["product"])._replace(cross_checks=checks)
    told = re.sub("<[^>]*>", "", provenance.how(computation, "a.md", ""))
    assert f"{checks} values and derivatives of this block were computed a second time" in told


@pytest.mark.parametrize(
    ("path", "format_", "value"),
    [
        ("f.v3.value", "", "≈ −0.9589"),
        ("f.v3.value", ".2f", "≈ −0.96"),
        ("f.v3.adjoint", ".1f", "= −1.0"),
    ],
)
def test_a_number_is_listed_as_the_text_quotes_it(path, format_, value):
    said = f' data-mg-format="{format_}"' if format_ else ""
    html = f'<p>is <span class="mg-n" data-mg="{path}"{said}></span></p>'
    found = provenance.numbers_on_page(html, (), {"f": computed(BLOCKS["f"])})
    head, row = (
        [re.sub("<[^>]*>", "", text) for text in re.findall("<t[hd].*?</t[hd]>", each)]
        for each in re.findall("<tr>.*?</tr>", found)
    )
    assert dict(zip(head, row, strict=True)) == {
        "Value": value,
        "Path": path,
        "Computed by": "block f",
    }
