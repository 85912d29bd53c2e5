"""The printed readings: expressions as TeX, plain text and JavaScript; what a trace's rules say."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import sweep
from minigrad.expressions import Expression, Number, Symbol, applied, expanded, expression
from minigrad.node import Node, Tape, Value
from minigrad.operation import on_objects

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from minigrad.trace import Trace

__all__ = [
    "Expression", "Number", "Symbol", "applied", "applied_to_values", "contribution", "elements",
    "expanded", "expression", "formula", "local_partial", "printed", "reread",
    "symbolic_jacobian", "to_javascript", "to_tex", "to_text",
]  # fmt: skip
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def to_tex(e: Expression) -> str:
    r"""TeX of an expression, in textbook form: guards show their generic branch.

    >>> import minigrad
    >>> to_tex(minigrad.cos(Symbol("v_0", "x2")))
    '\\cos(v_0)'
    """
    return printed(expanded(e), "tex")[0]


def to_text(e: Expression) -> str:
    """Plain text of an expression, in textbook form.

    >>> import minigrad
    >>> to_text(minigrad.cos(Symbol("v_0", "x2")))
    'cos(x2)'
    """
    return printed(expanded(e), "text")[0]


def to_javascript(e: Expression) -> str:
    """JavaScript of an expression, guards and all.

    >>> import minigrad
    >>> to_javascript(minigrad.cos(Symbol("v_0", "x2")))
    'Math.cos(x2)'
    """
    return printed(e, "javascript")[0]


class Slot:
    """One operand inside a template; the format says how tightly it must bind, f an argument."""

    def __init__(self, e: Expression, language: str) -> None:
        """Print the operand."""
        self.text, self.binds = printed(e, language)
        self.bare = isinstance(e, Number) and self.text[:1].isdigit()

    def __format__(self, need: str) -> str:
        """Put brackets around it where they are needed."""
        if need == "f":
            return f" {self.text}" if self.bare else f"({self.text})"
        return f"({self.text})" if self.binds < int(need or 0) else self.text


def printed(e: Expression, language: str) -> tuple[str, int]:
    """Text in one language, and how tightly it binds."""
    if isinstance(e, Symbol):
        return getattr(e, language), 10
    if language not in e.known:
        found = isinstance(e, Number) and printed_number(e.value, language)
        e.known[language] = found or composed(e, language)
    return e.known[language]


def composed(e: Expression, language: str) -> tuple[str, int]:
    """The operation's template around its operands."""
    slots = [Slot(x, language) for x in e.operands]
    template = getattr(e.operation, language)
    if not e.operation.binds:
        return slots[0].text, slots[0].binds
    if not template:
        raise NotImplementedError(f"{e.operation.name} has no reading in {language}")
    arrays = len(slots) == 2 and all(x.shape for x in e.operands)
    digit = f"{slots[-1]:2}"[:1].isdigit()
    text = template.format(
        *slots,
        all=", ".join(slot.text for slot in slots),
        dot=r"\odot" if arrays else r"\cdot" if digit else r"\,",
        key=printed_key((e.options or {}).get("key", ())),
        matrix=matrix([slot.text for slot in slots], e.shape),
    )
    return text, e.operation.binds


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


def printed_number(value: Fraction, language: str) -> tuple[str, int]:
    """A number: a short decimal that is exact, a power of ten, or a fraction."""
    binds = 1 if value < 0 else 10
    if language == "javascript":
        return repr(float(value)).removesuffix(".0"), binds
    tex, sign = language == "tex", "-" if value < 0 else ""
    found = decimal(value)
    if found is None:
        top, bottom = abs(value.numerator), value.denominator
        fraction = rf"\frac{{{top}}}{{{bottom}}}" if tex else f"{top}/{bottom}"
        return sign + fraction, min(binds, 2)
    digits, exponent = found
    if exponent == "0":
        return digits, binds
    if tex:
        return rf"{digits} \times 10^{{{exponent}}}", min(binds, 2)
    return f"{digits}×10{exponent.translate(SUPERSCRIPTS)}", min(binds, 2)


def decimal(value: Fraction) -> tuple[str, str] | None:
    """Digits and power of ten of a number that a short decimal gives exactly."""
    if value.denominator == 1 and abs(value.numerator) < 10**6:
        return str(value.numerator), "0"
    try:
        text = repr(float(value))
    except OverflowError:
        return None
    if Fraction(text) != value:
        return (str(value.numerator), "0") if value.denominator == 1 else None
    digits, _, exponent = text.partition("e")
    return digits.removesuffix(".0"), str(int(exponent or 0))


# --- what a trace's rules say --------------------------------------------------------------------


def atom(node: Node, atoms: Mapping[int, Symbol]) -> Expression:
    """How a node is written; a constant as its number."""
    return expression(node.value) if node.index < 0 else atoms[node.index]


def formula(node: Node, atoms: Mapping[int, Symbol]) -> Expression:
    """What a node applies to its operands, as it stands."""
    return applied(node.operation, [atom(x, atoms) for x in node.operands], node.options)


def local_partial(node: Node, position: int, atoms: Mapping[int, Symbol]) -> Expression | None:
    """The local partial derivative by one operand; None for a structural operation."""
    if node.operation.partials is None:
        return None
    rule = node.operation.partials[position]
    if rule is None or isinstance(rule, float):
        return expression(rule or 0.0)
    return expression(rule(atom(node, atoms), *(atom(x, atoms) for x in node.operands)))


def contribution(
    node: Node, position: int, atoms: Mapping[int, Symbol], cotangent: Symbol
) -> Expression:
    """What a node sends back to one operand, given the symbol of its own adjoint."""
    partial = local_partial(node, position, atoms)
    if partial is not None:
        value = expression(partial * cotangent)
    else:
        operands = [as_whole(atom(x, atoms)) for x in node.operands]
        y, g = as_whole(atom(node, atoms)), as_whole(cotangent)
        value = expression(node.operation.pull[position](g, y, *operands, **(node.options or {})))
    shape = node.operands[position].shape
    if value.shape != shape and value.whole:
        value = expression(sweep.unbroadcast(value, shape, 0))
    return value


def as_whole(e: Expression) -> Expression:
    """The same symbol, standing for an array as a whole even where that has no axes."""
    if isinstance(e, Symbol) and not e.whole:
        e = Symbol(e.tex, e.text, e.javascript)
        e.whole = True
    return e


def symbolic_jacobian(trace: Trace, atoms: Mapping[int, Symbol]) -> list[list[Expression]]:
    """The Jacobian entry by entry, in the symbols of the nodes' elements.

    One row for each element of the outputs, one column for each element of the inputs.
    """
    tape = reread(trace.nodes, atoms)
    matrix = []
    for y in trace.outputs:
        for seed in np.eye(y.size).reshape(y.size, *y.shape):
            cotangents = [(tape[y.index], seed if y.shape else 1.0)] if y.index >= 0 else []
            adjoints = sweep.backward(tape, cotangents)
            row: list[Expression] = []
            for x in trace.inputs:
                adjoint = adjoints[x.index]
                found = np.zeros(x.shape) if adjoint is None else adjoint
                row += [expression(e) for e in np.asarray(found, object).flat]
            matrix.append(row)
    return matrix


def written(constant: Value) -> Value:
    """A constant, or the elements of a constant array, as exact numbers: none is ever rounded."""
    if isinstance(constant, np.ndarray):
        return np.frompyfunc(expression, 1, 1)(constant)
    return expression(constant)


def reread(tape: Tape, atoms: Mapping[int, Symbol]) -> Tape:
    """The same tape with symbols for values; what has no symbol is written by its operands."""
    copy = Tape()
    for node in tape:
        operands = tuple(
            copy[x.index] if x.index >= 0 else copy.constant(x.operation, written(x.value))
            for x in node.operands
        )
        if node.index in atoms or not operands:
            value = elements(atoms[node.index], node.shape)
        else:
            value = applied_to_values(node, [x.value for x in operands])
        copy.record(node.operation, operands, value, node.options)
    return copy


def applied_to_values(node: Node, values: Sequence[Value]) -> Value:
    """A node's operation on scalars, or object arrays, of expressions."""
    if node.operation.partials is not None:
        return node.operation.apply(*values)
    arrays = [np.asarray(value, object) for value in values]
    result = on_objects(node.operation, arrays, node.options or {})
    return result if node.shape else np.asarray(result, object).item()


def elements(symbol: Symbol, shape: tuple[int, ...]) -> Value:
    """A scalar's symbol, or the object array of an array's element symbols."""
    if not shape:
        return symbol
    array = np.empty(shape, object)
    for position in np.ndindex(shape):
        array[position] = element(symbol, position)
    return array


def element(symbol: Symbol, position: tuple[int, ...]) -> Symbol:
    """The symbol of one element of an array: p_1 in TeX, counted from 1; p[0] in plain text."""
    places = ",".join(str(i + 1) for i in position)
    stem = re.fullmatch(r"(.*)_(?:\{([^{}]*)\}|(\w))", symbol.tex)
    tex = f"{stem[1]}_{{{stem[2] or stem[3]},{places}}}" if stem else f"{symbol.tex}_{{{places}}}"
    plain = f"{symbol.text}[{','.join(map(str, position))}]"
    return Symbol(tex, plain, "_".join([symbol.javascript, *map(str, position)]))
