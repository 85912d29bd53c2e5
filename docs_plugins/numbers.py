"""How a computed number is written: `=` or `≈`, a true minus sign, powers of ten as ×10ⁿ."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import NamedTuple

from docs_plugins.model import Number

DECIMALS = 4
MOST_DIGITS = 15  # a double holds no more
SMALLEST_FIXED = 0.001  # below it, four decimals would hide most of the number
LARGEST_FIXED = 10_000_000
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
FORMAT = re.compile(r"\.(\d{1,2})([efg])")


class FormatError(ValueError):
    """A format that is none of `.Nf`, `.Ne`, `.Ng`."""


class Shown(NamedTuple):
    """A number as written: the digits, and the sign that may stand before them."""

    relation: str  # "=" where the digits are the number itself, else "≈"
    negative: bool
    digits: str  # without sign and power of ten
    exponent: int | None

    @property
    def text(self) -> str:
        """The number as running text has it.

        >>> show(Number(-4.25e-18, None, 4.25e-18)).text
        '−4.25×10⁻¹⁸'
        """
        size = self.digits
        if self.exponent is not None:
            size += "×10" + str(self.exponent).translate(SUPERSCRIPTS)
        return f"−{size}" if self.negative else size

    @property
    def tex(self) -> str:
        """The number as TeX has it."""
        power = "" if self.exponent is None else rf" \times 10^{{{self.exponent}}}"
        return ("-" if self.negative else "") + self.digits + power

    @property
    def related(self) -> str:
        """The relation and the number: ``≈ −0.2837``."""
        return f"{self.relation} {self.text}"

    @property
    def fraction(self) -> Fraction:
        """The shown digits as the exact number that they denote."""
        size = Fraction(self.digits) * Fraction(10) ** (self.exponent or 0)
        return -size if self.negative else size


def show(number: Number, format: str | None = None) -> Shown:
    """Write a number with four decimals, exactly where that is shorter, or by a format.

    Raises `FormatError` for any other format.

    >>> show(Number(5.5, Fraction(11, 2), 5.5)).related
    '= 5.5'
    >>> show(Number(-0.28366218546322625, None, 1.0)).related
    '≈ −0.2837'
    """
    value, exact = number.value, number.exact
    if format is None and exact is not None and (short := _short_decimal(exact)) is not None:
        negative = value < 0 and short != "0"
        return Shown("=" if negative == (exact.numerator < 0) else "≈", negative, short, None)
    digits, exponent = _default(abs(value)) if format is None else _formatted(abs(value), format)
    negative = value < 0 and digits.strip("0.") != ""
    shown = Shown("≈", negative, digits, exponent)
    # without a format and an exponent, digits that are the number itself would have been short
    if exact is not None and (format or exponent is not None) and shown.fraction == exact:
        return shown._replace(relation="=")
    return shown


def check_format(format: str) -> None:
    """Raise `FormatError` unless the format is one that `show` takes."""
    _formatted(1.0, format)


def _formatted(size: float, format: str) -> tuple[str, int | None]:
    match = FORMAT.fullmatch(format)
    if match is None or int(match[1]) > MOST_DIGITS:
        raise FormatError(
            f"{format!r} is no format: write .Nf, .Ne or .Ng with N from 0 to {MOST_DIGITS}"
        )
    return _split(f"{size:{format}}")


def _split(text: str) -> tuple[str, int | None]:
    digits, _, exponent = text.partition("e")
    return digits, int(exponent) if exponent else None


def _default(size: float) -> tuple[str, int | None]:
    if SMALLEST_FIXED <= size < LARGEST_FIXED:
        return f"{size:.{DECIMALS}f}", None
    if size == 0 or not math.isfinite(size):
        return _trim(f"{size:.{DECIMALS}f}"), None
    digits, exponent = _split(f"{size:.{DECIMALS}e}")
    return _trim(digits), exponent


def _short_decimal(exact: Fraction) -> str | None:
    """The size's whole decimal expansion: at most four decimals, and not too large."""
    top, bottom = abs(exact.numerator), exact.denominator
    if 10**DECIMALS % bottom or top >= LARGEST_FIXED * bottom:
        return None
    whole, rest = divmod(top * (10**DECIMALS // bottom), 10**DECIMALS)
    return _trim(f"{whole}.{rest:0{DECIMALS}d}") if rest else str(whole)


def _trim(digits: str) -> str:
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
