"""How a computed number is written: `=` or `≈`, a true minus sign, powers of ten as ×10ⁿ."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction

from docs_plugins.model import Number

DECIMALS = 4
MOST_DIGITS = 15  # a double holds no more
SMALLEST_FIXED = Fraction(1, 1000)  # below it, four decimals would hide most of the number
LARGEST_FIXED = 10_000_000
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
FORMAT = re.compile(r"\.(\d{1,2})([efg])")


class FormatError(ValueError):
    """A format that is none of `.Nf`, `.Ne`, `.Ng`."""


@dataclass(frozen=True, slots=True)
class Shown:
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
        power = "" if self.exponent is None else "×10" + str(self.exponent).translate(SUPERSCRIPTS)
        return ("−" if self.negative else "") + self.digits + power

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
    size = abs(number.value)
    if format is not None:
        digits, exponent = _formatted(size, format)
    else:
        digits, exponent = _default(size, None if number.exact is None else abs(number.exact))
    zero = not any(digit in "123456789" for digit in digits)
    negative = number.value < 0 and not zero
    shown = Shown("≈", negative, digits, exponent)
    if number.exact is not None and shown.fraction == number.exact:
        return Shown("=", negative, digits, exponent)
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


def _default(size: float, exact: Fraction | None) -> tuple[str, int | None]:
    if exact is not None:
        short = _short_decimal(exact)
        if short is not None:
            return short, None
    if size == 0 or not math.isfinite(size):
        return _trim(f"{size:.{DECIMALS}f}"), None
    if SMALLEST_FIXED <= size < LARGEST_FIXED:
        return f"{size:.{DECIMALS}f}", None
    digits, exponent = _split(f"{size:.{DECIMALS}e}")
    return _trim(digits), exponent


def _short_decimal(exact: Fraction) -> str | None:
    """The whole decimal expansion, where it has at most four decimals and is not too large."""
    scaled = exact * 10**DECIMALS
    if scaled.denominator != 1 or exact >= LARGEST_FIXED:
        return None
    whole, rest = divmod(scaled.numerator, 10**DECIMALS)
    return _trim(f"{whole}.{rest:0{DECIMALS}d}")


def _trim(digits: str) -> str:
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
