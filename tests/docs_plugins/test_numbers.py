"""How a number is written, and which sign may stand before it."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docs_plugins.model import Number
from docs_plugins.numbers import FormatError, show


def exact(text):
    fraction = Fraction(text)
    return Number(float(fraction), fraction, abs(float(fraction)))


def rounded(value):
    return Number(value, None, abs(value))


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (exact("2"), "= 2"),
        (exact("0.5"), "= 0.5"),
        (exact("5.5"), "= 5.5"),
        (exact("-1"), "= −1"),
        (exact("0"), "= 0"),
        (exact("1000000"), "= 1000000"),
        (exact("0.0001"), "= 0.0001"),
        (exact("0.00001"), "= 1×10⁻⁵"),
        (exact("1/3"), "≈ 0.3333"),
        (exact("0.123456"), "≈ 0.1235"),
        (rounded(-0.28366218546322625), "≈ −0.2837"),
        (rounded(1.7163378145367738), "≈ 1.7163"),
        (rounded(2.0), "≈ 2.0000"),
        (rounded(4.248354255291589e-18), "≈ 4.2484×10⁻¹⁸"),
        (rounded(-1.2e-05), "≈ −1.2×10⁻⁵"),
        (rounded(6.02214076e23), "≈ 6.0221×10²³"),
        (rounded(0.0), "≈ 0"),
        (rounded(-0.0), "≈ 0"),
    ],
)
def test_by_default(number, shown):
    assert show(number).related == shown


@pytest.mark.parametrize(
    ("number", "format", "shown"),
    [
        (rounded(1.7163378145367738), ".2f", "≈ 1.72"),
        (rounded(1.7163378145367738), ".0f", "≈ 2"),
        (exact("2"), ".2f", "= 2.00"),
        (exact("0.5"), ".1e", "= 5.0×10⁻¹"),
        (rounded(12345.678), ".3g", "≈ 1.23×10⁴"),
        (rounded(-0.0004), ".2f", "≈ 0.00"),
    ],
)
def test_by_format(number, format, shown):
    assert show(number, format).related == shown


@pytest.mark.parametrize("format", ["", "2f", ".2", ".2d", ".2%", ".16f", ".100f", "{x}", ".2f "])
def test_other_formats_are_refused(format):
    with pytest.raises(FormatError, match=r"write \.Nf"):
        show(exact("1"), format)


@given(st.fractions(max_denominator=10**6) | st.decimals(-1000, 1000, places=5).map(Fraction))
def test_equals_only_before_the_number_itself(fraction):
    shown = show(Number(float(fraction), fraction, abs(float(fraction))))
    assert (shown.relation == "=") == (shown.fraction == fraction)
    assert abs(shown.fraction - fraction) <= max(abs(fraction), 1) * Fraction(51, 10**6)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_double_alone_is_never_said_to_be_exact(value):
    assert show(rounded(value)).relation == "≈"
