"""The printed readings: expressions as TeX, plain text and JavaScript."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from minigrad.readings.expressions import Expression, Number, Symbol, expanded

if TYPE_CHECKING:
    from collections.abc import Callable

TWICE = re.compile(r"_(?:\{((?:[^{}]|\{[^{}]*\})*)\}|(\w))_\{(?=[^{}]*\}$)")
NEEDS = {"": 0} | {str(n): n for n in range(10)}
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
        text, binds, bare, _ = self
        if need == "f":
            return f" {text}" if bare else f"({text})"
        return f"({text})" if binds < NEEDS[need] else text


def printed(e: Expression, language: str) -> Printed:
    """An expression in one language."""
    known = e.known.get(language)
    if known is None:
        if isinstance(e, Symbol):
            known = Printed(getattr(e, language), 10)
        elif isinstance(e, Number):
            known = printed_number(e.value, language)
        else:
            known = composed(e, language)
        e.known[language] = known
    return known


def composed(e: Expression, language: str) -> Printed:
    """The operation's template around its operands."""
    operation = e.operation
    inner = [printed(x, language) for x in e.operands]
    template, binds = getattr(operation, language), operation.binds
    if not binds:
        return inner[0]
    if not template:
        raise NotImplementedError(f"{operation.name} has no reading in {language}")
    ends_open = language == "tex" and "{0:f}" in template and inner[0].bare
    if operation.name == "multiply" and language != "javascript":
        first, ends_open = e.operands[0], inner[1].ends_open
        if isinstance(first, Number) and first.value.numerator < 0:  # -2 x needs no brackets
            inner[0], binds = Printed(inner[0].text, 2), 1
        elif inner[0].ends_open:
            inner[0] = Printed(inner[0].text, 1)
    more = {name: FIELDS[name](e, inner, language) for name in fields_of(template)}
    text = template.format(*inner, **more)
    text = TWICE.sub(r"_{\1\2,", text) if operation.name == "index" else text
    return Printed(text, binds, False, ends_open)


def dot(e: Expression, inner: list[Printed], _: str) -> str:
    """The sign of a product, where it needs one."""
    a, b = e.operands
    if a.shape and b.shape:
        return r"\odot"
    return r"\cdot" if inner[1].binds >= 2 and inner[1].text[:1].isdigit() else r"\,"


def subscript(e: Expression, _: list[Printed], language: str) -> str:
    """The key of an element: counted from 1 in TeX; what is no plain one as Python has it."""
    options = e.options or {}
    key = options["key"]
    places = subscripts(options.get("shape", e.operands[0].shape), key)
    if language == "tex" and places is not None:
        return ",".join(places)
    text = printed_key(key)
    return text if language != "tex" or isinstance(key, int) else f"[{text}]"


FIELDS: dict[str, Callable[[Expression, list[Printed], str], str]] = {
    "all": lambda e, inner, language: ", ".join(x.text for x in inner),
    "dot": dot,
    "key": subscript,
    "matrix": lambda e, inner, language: matrix([x.text for x in inner], e.shape),
}
"""What else a template may have in braces."""


@lru_cache(maxsize=512)
def fields_of(template: str) -> tuple[str, ...]:
    """Which of these a template has."""
    return tuple(name for name in FIELDS if f"{{{name}}}" in template)


def subscripts(shape: tuple[int, ...], key: Any) -> list[str] | None:
    """Whole numbers and slices of a key counted from 1; None if there is anything else."""
    key = key if isinstance(key, tuple) else (key,)
    dots = next((i for i, part in enumerate(key) if part is Ellipsis), len(key))
    missing = len(shape) - len(key) + (dots < len(key))
    full = (*key[:dots], *[slice(None)] * missing, *key[dots + 1 :])
    places = []
    for part, n in zip(full, shape, strict=False):
        if isinstance(part, int):
            places.append(str(part % n + 1))
        elif isinstance(part, slice) and part.step in {None, 1}:
            start, stop, _ = part.indices(n)
            places.append(":" if part == slice(None) else f"{start + 1}:{stop}")
    return places if len(places) == len(full) == len(shape) else None


def subscripted(tex: str, places: str) -> str:
    """TeX with one more subscript behind those that it has."""
    return TWICE.sub(r"_{\1\2,", f"{tex}_{{{places}}}")


def matrix(entries: list[str], shape: tuple[int, ...]) -> str:
    """A vector as a column, a matrix as it is; more axes only as a letter."""
    if not 0 < len(shape) < 3:
        return r"\mathsf{C}"
    width = shape[1] if len(shape) == 2 else 1
    rows = [" & ".join(entries[i : i + width]) for i in range(0, len(entries), width)]
    return r"\begin{bmatrix} " + r" \\ ".join(rows) + r" \end{bmatrix}"


def printed_key(key: Any) -> str:
    """A key between brackets as Python writes it."""
    parts = []
    for part in key if isinstance(key, tuple) else (key,):
        if isinstance(part, slice):
            ends = [part.start, part.stop] + ([] if part.step is None else [part.step])
            parts.append(":".join("" if end is None else str(end) for end in ends))
        else:
            array = isinstance(part, np.ndarray)
            parts.append("..." if part is Ellipsis else str(part.tolist() if array else part))
    return ", ".join(parts)


def printed_number(value: Fraction, language: str) -> Printed:
    """A number: a short decimal that is exact, a power of ten, or a fraction."""
    top, bottom = value.numerator, value.denominator
    binds = 1 if top < 0 else 10
    if language == "javascript":
        text = repr(float(value)).removesuffix(".0")
    elif (found := decimal(value)) is None:
        text = str(value)
        if language == "tex":
            text = ("-" if top < 0 else "") + rf"\frac{{{abs(top)}}}{{{bottom}}}"
        binds = min(binds, 2)
    else:
        text, exponent = found
        if exponent != "0":
            power = rf" \times 10^{{{exponent}}}", f"×10{exponent.translate(SUPERSCRIPTS)}"
            text, binds = text + power[language != "tex"], min(binds, 2)
    return Printed(text, binds, text[:1].isdigit())


def decimal(value: Fraction) -> tuple[str, str] | None:
    """Digits and power of ten of a number that a short decimal gives exactly."""
    top, bottom = value.numerator, value.denominator
    if bottom == 1 and abs(top) < 10**6:
        return str(top), "0"
    try:
        text = repr(top / bottom)
    except OverflowError:
        return None
    digits, _, power = text.partition("e")
    whole, _, places = digits.partition(".")
    shift = int(power or 0) - len(places)  # the decimal is the whole number of its digits, shifted
    if int(whole + places) * 10 ** max(shift, 0) * bottom != top * 10 ** max(-shift, 0):
        return (str(top), "0") if bottom == 1 else None
    return digits.removesuffix(".0"), str(int(power or 0))
