"""The printed readings: expressions as TeX, plain text and JavaScript."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from minigrad.readings.expressions import Expression, Symbol, expanded, minus

TWICE = re.compile(r"_(?:\{((?:[^{}]|\{[^{}]*\})*)\}|(\w))_\{(?=[^{}]*\}$)")
QUOTIENT = re.compile(r"(\d+)/(\d+)")
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def to_tex(e: Expression) -> str:
    r"""TeX of an expression, in textbook form: guards show their generic branch.

    >>> import minigrad
    >>> from minigrad.readings.expressions import Symbol
    >>> to_tex(minigrad.cos(Symbol("v_0", "x2")))
    '\\cos(v_0)'
    """
    return printed(expanded(e), "tex").text


def to_text(e: Expression) -> str:
    """Plain text of an expression, in textbook form.

    >>> import minigrad
    >>> from minigrad.readings.expressions import Symbol
    >>> to_text(minigrad.cos(Symbol("v_0", "x2")))
    'cos(x2)'
    """
    return printed(expanded(e), "text").text


def to_javascript(e: Expression) -> str:
    """JavaScript of an expression, guards and all.

    >>> import minigrad
    >>> from minigrad.readings.expressions import Symbol
    >>> to_javascript(minigrad.cos(Symbol("v_0", "x2")))
    'Math.cos(x2)'
    """
    return printed(e, "javascript").text


class Printed(NamedTuple):
    r"""Text in one language.

    Attributes:
        text: The text.
        binds: How tightly it binds.
        bare: Whether it is a number without a sign.
        ends_open: Whether it ends in a function of one: \ln 2, which swallows what follows.
    """

    text: str
    binds: int
    bare: bool = False
    ends_open: bool = False

    def __format__(self, need: str) -> str:
        """In brackets where a template needs it to bind more tightly, or as an argument ("f")."""
        text, binds, bare, ends_open = self
        if need == "f":
            return f" {text}" if bare else f"({text})"
        swallowed = ends_open and need >= "5"  # the base of a power: ln 2^{3} would be ln 8
        return f"({text})" if need and (binds < int(need) or swallowed) else text


@lru_cache(maxsize=4096)
def printed(e: Expression, language: str) -> Printed:
    """An expression in one language."""
    if isinstance(e, Symbol):
        return Printed(getattr(e, language), 10)
    return composed(e, language) if e.value is None else printed_number(e.value, language)


def composed(e: Expression, language: str) -> Printed:
    """The operation's template around its operands; it may also name what is made of them all."""
    operation = e.operation
    inner = [printed(x, language) for x in e.operands]
    template = getattr(operation, language)
    if not operation.binds:
        return inner[0]
    if not template:
        raise NotImplementedError(f"{operation.name} has no reading in {language}")
    if operation.name == "multiply" and language != "javascript":
        return printed_product(e, template, *inner)
    more = {}
    if "{all}" in template:
        more["all"] = ", ".join(x.text for x in inner)
    if "{matrix}" in template:
        more["matrix"] = matrix([x.text for x in inner], e.shape)
    if "{key}" in template:
        more["key"] = subscript(e, language)
    text = template.format(*inner, **more)
    if operation.name == "index":
        text = one_subscript(text)
    return Printed(text, operation.binds, ends_open="{0:f}" in template and inner[0].bare)


def printed_product(e: Expression, template: str, a: Printed, b: Printed) -> Printed:
    r"""A product, with a sign between where it needs one: (\ln 2) x needs brackets, -2 x none."""
    first, second = e.operands
    negative = first.value is not None and minus(first)
    if negative or a.ends_open:
        a = a._replace(binds=2 if negative else 1)
    if first.shape and second.shape:
        dot = r"\odot"
    else:
        dot = r"\cdot" if b.binds >= 2 and b.text[:1].isdigit() else r"\,"
    text = template.format(a, b, dot=dot)
    return Printed(text, 1 if negative else e.operation.binds, ends_open=b.ends_open)


def matrix(entries: list[str], shape: tuple[int, ...]) -> str:
    """A vector as a column, a matrix as it is; more axes only as a letter."""
    if not 0 < len(shape) < 3:
        return r"\mathsf{C}"
    rows = [" & ".join(row) for row in np.reshape(entries, (*shape, 1)[:2])]
    return r"\begin{bmatrix} " + r" \\ ".join(rows) + r" \end{bmatrix}"


# --- keys ----------------------------------------------------------------------------------------


def subscript(e: Expression, language: str) -> str:
    """The key of an element: counted from 1 in TeX; what is no plain one as Python has it."""
    key = e.options["key"]
    if language != "tex" or not isinstance(key, tuple):
        return printed_key(key)
    places = from_one(key, e.options.get("shape", e.operands[0].shape))
    return f"[{printed_key(key)}]" if places is None else ",".join(map(printed_key, places))


def from_one(key: tuple[Any, ...], shape: tuple[int, ...]) -> list[int | slice] | None:
    """Whole numbers and slices of a key counted from 1; None if there is anything else."""
    dots = next((i for i, part in enumerate(key) if part is Ellipsis), len(key))
    before, after = key[:dots], key[dots + 1 :]
    full = (*before, *[slice(None)] * (len(shape) - len(before) - len(after)), *after)
    places: list[int | slice] = []
    for part, n in zip(full, shape, strict=False):
        if isinstance(part, int):
            places.append(part % n + 1)
        elif isinstance(part, slice) and part.step in {None, 1}:
            start, stop, _ = part.indices(n)
            places.append(part if part == slice(None) else slice(start + 1, stop))
    return places if len(places) == len(full) == len(shape) else None


def printed_key(key: Any) -> str:
    """A key between brackets as Python writes it."""
    if isinstance(key, tuple):
        return ", ".join(map(printed_key, key))
    if isinstance(key, slice):
        ends = [key.start, key.stop] + ([] if key.step is None else [key.step])
        return ":".join("" if end is None else str(end) for end in ends)
    return "..." if key is Ellipsis else str(np.asarray(key).tolist())


def one_subscript(tex: str) -> str:
    r"""TeX that ends in a subscript of a subscripted letter, x_1_{2}, with both in one."""
    return TWICE.sub(r"_{\1\2,", tex)


# --- numbers -------------------------------------------------------------------------------------


def printed_number(value: Fraction, language: str) -> Printed:
    """A number: a short decimal that is exact, with a power of ten, or a fraction."""
    if language == "javascript":
        text, power = repr(float(value)).removesuffix(".0"), ""
    else:
        text, _, power = (decimal(value) or str(value)).partition("e")
    binds = 1 if value.numerator < 0 else 2 if power or "/" in text else 10
    if language == "tex":
        text = QUOTIENT.sub(r"\\frac{\1}{\2}", text) + (rf" \times 10^{{{power}}}" if power else "")
    elif power:
        text += f"×10{power.translate(SUPERSCRIPTS)}"
    return Printed(text, binds, bare=text[:1].isdigit() and not power)


def decimal(value: Fraction) -> str | None:
    """A number as a short decimal that is exact, such as 0.1 or 1.5e-7; None if it has none."""
    try:
        text = repr(value.numerator / value.denominator)
    except OverflowError:
        return None
    if Decimal(text).as_integer_ratio() != value.as_integer_ratio():
        return str(value) if value.denominator == 1 else None
    digits, _, power = text.partition("e")
    return digits.removesuffix(".0") + (f"e{int(power)}" if power else "")
