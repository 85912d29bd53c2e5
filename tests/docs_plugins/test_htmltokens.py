"""HTML as browsers read it, in time linear in its length."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docs_plugins.drift.htmltokens import End, Start, Text, tokens


def starts(html: str) -> list[Start]:
    return [token for token in tokens(html) if isinstance(token, Start)]


@pytest.mark.parametrize(
    ("written", "attributes"),
    [
        ('<p class="a b" id="c">', {"class": "a b", "id": "c"}),
        ("<p class='a' id=c>", {"class": "a", "id": "c"}),
        ("<p DATA-MG=f.x.value hidden>", {"data-mg": "f.x.value", "hidden": ""}),
        ('<p title="a > b &amp; c&#10;d">', {"title": "a > b & c\nd"}),
        ("<p a=1 a=2>", {"a": "1"}),
        ("<p\n  a = 1\n/>", {"a": "1"}),
        ("<p a=b/>", {"a": "b/"}),
    ],
)
def test_attributes_are_read_quoted_unquoted_and_minified(written, attributes):
    assert starts(written)[0].attributes == attributes


def test_texts_and_tags_come_in_order_with_entities_resolved():
    assert list(tokens("a &lt; <b>&minus;1</b><!-- <i> -->c")) == [
        Text("a < "),
        Start("b", {}, empty=False, offset=7),
        Text("−1"),
        End("b"),
        Text("c"),
    ]


def test_scripts_and_styles_are_raw_text():
    html = "<script>if (a<b) '</i>' && x</script><b>"
    assert [token for token in tokens(html) if isinstance(token, Text)] == [
        Text("if (a<b) '</i>' && x")
    ]
    assert [start.tag for start in starts(html)] == ["script", "b"]


def test_void_and_self_closed_elements_are_empty():
    assert [start.empty for start in starts("<br><img src=a><path d=''/><p>")] == [True] * 3 + [
        False
    ]


def test_a_lone_less_than_sign_is_text():
    texts = [token.text for token in tokens("1 < 2 <3") if isinstance(token, Text)]
    assert "".join(texts) == "1 < 2 <3"


@settings(deadline=None)
@given(st.text(st.sampled_from("<>/!-='\"& ;#abscript\n"), max_size=60))
def test_anything_is_read_without_an_error(html):
    assert all(isinstance(token, Start | End | Text) for token in tokens(html))


@pytest.mark.parametrize(
    "piece",
    ["<", "<!--", "<a ", "<a b='", "<!x", "<?", "</", "&#", "<a/", "<script>", "<a b", "&#9999999"],
)
def test_a_hostile_page_is_read_to_its_end(piece):
    """Quadratic work would take hours here."""
    read = sum(1 for _ in tokens(piece * (300_000 // len(piece))))
    assert read <= 300_000
