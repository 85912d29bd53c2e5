"""What stands between double braces: ours read, mistakes named, everyone else's left alone."""

import pytest

from docs_plugins.references import (
    BROKEN,
    TOKEN,
    Cross,
    Literal,
    NearMiss,
    ReferenceError,
    Use,
    Value,
    broken,
    read,
)

BLOCKS = ("f", "start")
VIEWS = ("trace", "graph", "jacobian", "descent")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (" f.value ", Value("f", "value", False, None)),
        (" f.x2.adjoint ", Value("f", "x2.adjoint", False, None)),
        (" =f.x2.adjoint ", Value("f", "x2.adjoint", True, None)),
        (" = f.x2.adjoint ", Value("f", "x2.adjoint", True, None)),
        (" f.x2.from.v3:.2e ", Value("f", "x2.from.v3", False, ".2e")),
        (" f.W[0,1].adjoint ", Value("f", "W[0,1].adjoint", False, None)),
        (" f.jacobian.y1.x2 ", Value("f", "jacobian.y1.x2", False, None)),
        (" start.v3.d.x1 ", Value("start", "v3.d.x1", False, None)),
        (" f.trace ", Use("f", "trace", {})),
        (" f.jacobian ", Use("f", "jacobian", {})),
        (
            ' f.descent over=w11,w12 rate=0.5 title="two words" ',
            Use("f", "descent", {"over": "w11,w12", "rate": "0.5", "title": "two words"}),
        ),
        (" ref f.trace ", Cross("f.trace")),
        (" ref eq:adjoint ", Cross("eq:adjoint")),
        (' literal "−0.2836" because="a slip" ', Literal("−0.2836", "a slip")),
    ],
)
def test_ours(body, expected):
    assert read(body, BLOCKS, VIEWS) == expected


@pytest.mark.parametrize(
    "body",
    [
        " page.title ",
        " config.site_name ",
        " secrets.X ",
        " 2*x ",
        "a",
        " x ",
        "f",
        "f, g",
        "f(x)",
        "f_1",
        " fs value ",
        " literal text ",
        " ref('model') ",
        " user.name | upper ",
        " macro('x') ",
        "",
        " #each items ",
        " .5 ",
    ],
)
def test_someone_elses_is_left_alone(body):
    assert read(body, BLOCKS, VIEWS) is None


@pytest.mark.parametrize("body", [" product.unit ", " product.price.value ", " product.trace "])
def test_a_name_that_others_have_given_is_theirs(body):
    assert read(body, BLOCKS, (*VIEWS, "unit"), {"product"}) is None
    with pytest.raises(ReferenceError, match="no block product"):
        read(body, BLOCKS, (*VIEWS, "unit"))


def test_a_block_comes_before_a_name_of_others():
    assert read(" f.trace ", BLOCKS, VIEWS, {"f"}) == Use("f", "trace", {})


@pytest.mark.parametrize(
    ("body", "said", "remedy"),
    [
        (" g.x2.adjoint ", "no block g", "blocks here"),
        (" strat.value ", "no block strat", "start.value"),
        (" g.trace ", "no block g", "blocks here"),
        (" f.trace rate ", "no option", "name=value"),
        (" f.trace a=1 a=2 ", "given twice", "once"),
        (" =f.trace ", "is a view", "leave out"),
        (" f.value .2f ", "not understood", "format"),
        (' literal "1.5" ', "reason", "because"),
        (' literal "1.5" because="" ', "reason", "because"),
        (" literal '1.5' ", "cannot be read", "because"),
    ],
)
def test_ours_with_a_mistake(body, said, remedy):
    with pytest.raises(ReferenceError, match=said) as caught:
        read(body, BLOCKS, VIEWS)
    assert remedy in caught.value.remedy


@pytest.mark.parametrize(
    "body",
    [
        *(
            " f. value ",
            " f value ",
            " f,value ",
            " f ",
            " f(2, 5) ",
            "= f value",
            "f value",
            " f:x ",
        ),
        *(" literal ", " literal 0.25 ", " ref ", "ref"),
    ],
)
def test_what_begins_as_only_ours_does_is_a_near_miss(body):
    with pytest.raises(NearMiss, match="is no reference") as caught:
        read(body, BLOCKS, VIEWS)
    assert caught.value.remedy.startswith("write {{ ")
    assert read(body, (), VIEWS) is None
    assert read(body, BLOCKS, VIEWS, {"f", "literal", "ref"}) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{{ f.value }", "{{ f.value is not closed"),
        ("{{ f.value\n:.2f }}", "{{ f.value is not closed"),
        ("> {{\n> f.value }}", "{{ f.value is not closed"),
        ("{{ f.value:{0.__class__} }}", "{{ f.value: is not closed"),
        ('{{ literal "0.25\n" because="x" }}', '{{ literal "0.25 is not closed'),
        ("{{ page.title\n}}", None),
        ("{{ f.value }}", None),
        (r"\{{ f.value }", None),
        (r"\frac{{ f }^2}{2}", None),
        ("{{f}^2}", None),
        ("{{\n", None),
    ],
)
def test_braces_of_ours_that_are_not_closed_on_their_line(text, told):
    near = [str(n) for found in BROKEN.finditer(text) if (n := broken(found, BLOCKS))]
    assert [one.startswith(told or "") for one in near] == [True] * (told is not None)


def test_what_a_mistyped_fence_would_have_named_is_told():
    with pytest.raises(ReferenceError, match=r"there is no block"):
        read(" f.trace ", (), VIEWS)


@pytest.mark.parametrize(
    ("text", "bodies"),
    [
        ("a {{ f.value }} b {{ f.trace }}", [" f.value ", " f.trace "]),
        (r"\frac{{a}}{{b}}", ["a", "b"]),
        ('{{ literal "{x}" because="y" }}', [' literal "{x}" because="y" ']),
        ("{{ one\ntwo }}", []),
        ("${{ secrets.X }}", [" secrets.X "]),
    ],
)
def test_tokens(text, bodies):
    assert [token["body"] for token in TOKEN.finditer(text)] == bodies
