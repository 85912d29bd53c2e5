"""The symbolic readings of a rule: expressions, and their TeX, plain text and JavaScript.

An expression is a small tree that the engine's operations build when a rule is read on symbols;
numbers in it are exact fractions, and what is known is folded (x · 1, x + 0, whole numbers).
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import sweep
from minigrad.node import Node, Tape, Value, shape_of
from minigrad.operation import OPERATIONS, Operation, Reading, on_objects

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from minigrad.trace import Trace


class Expression(Reading):
    """An operation applied to expressions.

    ``whole`` says that it stands for an array as a whole, which structural operations then keep;
    other expressions are scalars, and structural operations work on object arrays of them.
    """

    __slots__ = ("guarded", "known", "operands", "operation", "options", "shape", "whole")

    def __init__(
        self,
        operation: Operation,
        operands: Sequence[Expression],
        options: Mapping[str, Any] | None = None,
        shape: tuple[int, ...] = (),
        *,
        whole: bool = False,
    ) -> None:
        self.operation = operation
        self.operands = tuple(operands)
        self.options = options
        self.shape = shape
        self.whole = whole
        self.guarded: bool = operation.generic is not None or any(x.guarded for x in self.operands)
        self.known: dict[str, tuple[str, int]] = {}  # what it prints as, once that was asked

    def read(
        self, operation: Operation, operands: Sequence[Value], options: Mapping[str, Any] | None
    ) -> Value:
        """Build the tree of an operation, folded."""
        if operation.partials is None and not any(getattr(x, "whole", False) for x in operands):
            scalars = [np.array(x, dtype=object) if isinstance(x, Reading) else x for x in operands]
            return on_objects(operation, scalars, options or {})
        if any(isinstance(x, np.ndarray) for x in operands) and not any(
            getattr(x, "whole", False) for x in operands
        ):
            return on_objects(operation, operands, options or {})
        return folded(applied(operation, [expression(x) for x in operands], options))

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    def __repr__(self) -> str:
        return to_text(self)


class Symbol(Expression):
    """An atom: how a node is written.

    Args:
        tex: TeX, such as ``v_{-1}``.
        text: Plain text, such as ``x1``.
        javascript: A JavaScript expression; the plain text if omitted.
        shape: Of the array that it stands for as a whole; empty for a scalar.
    """

    __slots__ = ("javascript", "tex", "text")

    def __init__(
        self, tex: str, text: str, javascript: str | None = None, shape: tuple[int, ...] = ()
    ) -> None:
        super().__init__(ATOM, (), shape=shape, whole=bool(shape))
        self.tex = tex
        self.text = text
        self.javascript = text if javascript is None else javascript


class Number(Expression):
    """An exact number."""

    __slots__ = ("value",)

    def __init__(self, value: Fraction) -> None:
        super().__init__(ATOM, ())
        self.value = value


ATOM = Operation("atom", None)


def expression(x: Value) -> Expression:
    """Numbers and constant arrays as expressions; a float stands for its shortest decimal."""
    if isinstance(x, Expression):
        return x
    if isinstance(x, (int, Fraction)):
        return Number(Fraction(x))
    if isinstance(x, float):
        return Number(Fraction(repr(float(x))))
    return constant_array(np.asarray(x))


def constant_array(x: np.ndarray[Any, Any]) -> Symbol:
    """An array of numbers written out."""
    if x.ndim > 2:
        return Symbol(r"\mathsf{C}", "constant", shape=x.shape)
    rows = [[to_tex(expression(float(e))) for e in np.atleast_1d(row)] for row in x]
    body = r" \\ ".join(" & ".join(row) for row in rows)
    return Symbol(rf"\begin{{bmatrix}} {body} \end{{bmatrix}}", str(x.tolist()), shape=x.shape)


def applied(
    operation: Operation, operands: Sequence[Expression], options: Mapping[str, Any] | None = None
) -> Expression:
    """The tree of one operation, as it stands."""
    whole = any(x.whole for x in operands)
    shape: tuple[int, ...] = ()
    if whole or operation.partials is None:  # stack makes an array of scalars
        with np.errstate(all="ignore"):
            ones = [np.ones(x.shape) for x in operands]
            shape = np.shape(operation.value(*ones, **(options or {})))
    return Expression(operation, operands, options, shape, whole=whole or bool(shape))


# --- folding -------------------------------------------------------------------------------------


def is_number(e: Expression, value: int) -> bool:
    """Whether an expression is this number."""
    return isinstance(e, Number) and e.value == value


def is_negative(e: Expression) -> bool:
    """Whether an expression begins with a minus sign."""
    return e.operation.name == "negative" or (isinstance(e, Number) and e.value < 0)


def opposite(e: Expression) -> Expression:
    """-e without a double minus."""
    return e.operands[0] if e.operation.name == "negative" else folded(applied(NEGATIVE, [e]))


def fold_add(a: Expression, b: Expression) -> Expression | None:
    if is_number(a, 0):
        return b
    if is_number(b, 0):
        return a
    if is_negative(b):
        return folded(applied(SUBTRACT, [a, opposite(b)]))
    return folded(applied(SUBTRACT, [b, opposite(a)])) if is_negative(a) else None


def fold_subtract(a: Expression, b: Expression) -> Expression | None:
    if is_number(a, 0):
        return opposite(b)
    if is_number(b, 0):
        return a
    return folded(applied(ADD, [a, opposite(b)])) if is_negative(b) else None


def fold_multiply(  # noqa: PLR0911  (one identity a line)
    a: Expression, b: Expression
) -> Expression | None:
    if is_number(a, 0) or is_number(b, 0):
        return Number(Fraction(0))
    if is_number(a, 1):
        return b
    if is_number(b, 1):
        return a
    if is_negative(a) or is_negative(b):
        sign = is_negative(a) != is_negative(b)
        product = folded(applied(MULTIPLY, [magnitude(a), magnitude(b)]))
        return opposite(product) if sign else product
    if isinstance(b, Number) and not isinstance(a, Number):
        return folded(applied(MULTIPLY, [b, a]))
    if isinstance(a, Number) and b.operation is MULTIPLY and isinstance(b.operands[0], Number):
        return folded(applied(MULTIPLY, [Number(a.value * b.operands[0].value), b.operands[1]]))
    return None


def magnitude(e: Expression) -> Expression:
    """An expression without the minus sign it begins with."""
    return opposite(e) if is_negative(e) else e


def fold_divide(a: Expression, b: Expression) -> Expression | None:
    if is_number(a, 0):
        return a
    if is_number(b, 1):
        return a
    if is_negative(a) and not isinstance(a, Number):
        return opposite(folded(applied(DIVIDE, [opposite(a), b])))
    return None


def fold_negative(a: Expression) -> Expression | None:
    return a.operands[0] if a.operation is NEGATIVE else None


def fold_power(a: Expression, b: Expression) -> Expression | None:
    if is_number(b, 0):
        return Number(Fraction(1))
    return a if is_number(b, 1) else None


def fold_where(condition: Expression, a: Expression, b: Expression) -> Expression | None:
    if isinstance(condition, Number):
        return a if condition.value else b
    return None


def fold_guard(operation: Operation) -> Callable[..., Expression | None]:
    """A guard whose first operand is a known number is its generic branch, or 0."""

    def fold(first: Expression, *others: Expression) -> Expression | None:
        if not isinstance(first, Number):
            return None
        return expression(operation.generic(first, *others)) if first.value else first

    return fold


FOLDS: dict[str, Callable[..., Expression | None]] = {
    "add": fold_add,
    "subtract": fold_subtract,
    "multiply": fold_multiply,
    "divide": fold_divide,
    "negative": fold_negative,
    "power": fold_power,
    "where": fold_where,
    "scaled_power": fold_guard(OPERATIONS["scaled_power"]),
    "xlogy": fold_guard(OPERATIONS["xlogy"]),
}
ADD, SUBTRACT, MULTIPLY, DIVIDE, NEGATIVE = (
    OPERATIONS[name] for name in ("add", "subtract", "multiply", "divide", "negative")
)


def folded(e: Expression) -> Expression:
    """The same, where something is known: numbers computed exactly, ones and zeros gone."""
    operation, operands = e.operation, e.operands
    if operation.exact and all(isinstance(x, Number) for x in operands):
        value = operation.exact(*(x.value for x in operands))  # type: ignore[attr-defined]
        if value is not None:
            return Number(Fraction(value))
    fold = FOLDS.get(operation.name)
    return (fold and fold(*operands)) or e


def expanded(e: Expression) -> Expression:
    """Every guard replaced by its generic branch."""
    if not e.guarded:
        return e
    operands = [expanded(x) for x in e.operands]
    if e.operation.generic:
        return expanded(expression(e.operation.generic(*operands)))
    return folded(applied(e.operation, operands, e.options))


# --- printing ------------------------------------------------------------------------------------


class Slot:
    """One operand inside a template; the format says how tightly it must bind, f an argument."""

    def __init__(self, e: Expression, language: str) -> None:
        self.expression = e
        self.text, self.binds = printed(e, language)

    def __format__(self, need: str) -> str:
        if need == "f":
            plain_number = isinstance(self.expression, Number) and self.text[:1].isdigit()
            return f" {self.text}" if plain_number else f"({self.text})"
        return f"({self.text})" if self.binds < int(need or 0) else self.text


def printed(e: Expression, language: str) -> tuple[str, int]:
    """Text in one language, and how tightly it binds."""
    if isinstance(e, Symbol):
        return getattr(e, language), 10
    if language not in e.known:
        e.known[language] = (
            NUMBERS[language](e.value) if isinstance(e, Number) else composed(e, language)
        )
    return e.known[language]


def composed(e: Expression, language: str) -> tuple[str, int]:
    """The operation's template around its operands."""
    slots = [Slot(x, language) for x in e.operands]
    if not e.operation.binds:
        return slots[0].text, slots[0].binds
    template = getattr(e.operation, language)
    if not template:
        raise NotImplementedError(f"{e.operation.name} has no reading in {language}")
    text = template.format(
        *slots,
        all=", ".join(slot.text for slot in slots),
        dot=product_sign(e.operands, slots),
        key=printed_key((e.options or {}).get("key", ())),
    )
    return text, e.operation.binds


def product_sign(operands: Sequence[Expression], slots: Sequence[Slot]) -> str:
    """Between factors: a dot before a digit, a circled one between arrays."""
    if len(operands) == 2 and all(x.shape for x in operands):
        return r"\odot"
    return r"\cdot" if f"{slots[-1]:2}"[:1].isdigit() else r"\,"


def printed_key(key: Any) -> str:
    """A key between brackets as Python writes it."""
    parts = []
    for part in key if isinstance(key, tuple) else (key,):
        if isinstance(part, slice):
            ends = ["" if end is None else str(end) for end in (part.start, part.stop)]
            step = "" if part.step is None else f":{part.step}"
            parts.append(":".join(ends) + step)
        elif part is Ellipsis:
            parts.append("...")
        else:
            parts.append(str(part.tolist() if isinstance(part, np.ndarray) else part))
    return ", ".join(parts)


def decimal(value: Fraction) -> tuple[str, int] | None:
    """Digits and power of ten of a number that a short decimal gives exactly."""
    if value.denominator == 1 and abs(value.numerator) < 10**6:
        return str(value.numerator), 0
    try:
        text = repr(float(value))
    except OverflowError:
        return None
    if Fraction(text) != value:
        return (str(value.numerator), 0) if value.denominator == 1 else None
    digits, _, exponent = text.partition("e")
    return re.sub(r"\.0$", "", digits), int(exponent or 0)


def tex_number(value: Fraction) -> tuple[str, int]:
    """A number in TeX."""
    found = decimal(value)
    if found is None:
        sign = "-" if value < 0 else ""
        return rf"{sign}\frac{{{abs(value.numerator)}}}{{{value.denominator}}}", 1 if sign else 2
    digits, exponent = found
    sign_binds = 1 if value < 0 else 10
    if exponent:
        return rf"{digits} \times 10^{{{exponent}}}", min(sign_binds, 2)
    return digits, sign_binds


SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def text_number(value: Fraction) -> tuple[str, int]:
    """A number in plain text."""
    found = decimal(value)
    if found is None:
        return f"{value.numerator}/{value.denominator}", 1 if value < 0 else 2
    digits, exponent = found
    sign_binds = 1 if value < 0 else 10
    if exponent:
        return f"{digits}×10{str(exponent).translate(SUPERSCRIPTS)}", min(sign_binds, 2)
    return digits, sign_binds


def javascript_number(value: Fraction) -> tuple[str, int]:
    """A number in JavaScript."""
    return re.sub(r"\.0$", "", repr(float(value))), 1 if value < 0 else 10


NUMBERS: dict[str, Callable[[Fraction], tuple[str, int]]] = {
    "tex": tex_number,
    "text": text_number,
    "javascript": javascript_number,
}


def to_tex(e: Expression) -> str:
    r"""TeX of an expression, in textbook form: guards show their generic branch.

    >>> to_tex(ops.cos(Symbol("v_0", "x2")))
    '\\cos(v_0)'
    """
    return printed(expanded(e), "tex")[0]


def to_text(e: Expression) -> str:
    """Plain text of an expression, in textbook form.

    >>> to_text(ops.cos(Symbol("v_0", "x2")))
    'cos(x2)'
    """
    return printed(expanded(e), "text")[0]


def to_javascript(e: Expression) -> str:
    """JavaScript of an expression, guards and all.

    >>> to_javascript(ops.cos(Symbol("v_0", "x2")))
    'Math.cos(x2)'
    """
    return printed(e, "javascript")[0]


# --- what a trace's rules say --------------------------------------------------------------------


Atoms = "Mapping[int, Symbol]"


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
        e = Symbol(e.tex, e.text, e.javascript, e.shape)
        e.whole = True
    return e


def element(symbol: Symbol, position: tuple[int, ...]) -> Symbol:
    """The symbol of one element of an array: p_1 in TeX, counted from 1; p[0] in plain text."""
    places = ",".join(str(i + 1) for i in position)
    stem = re.fullmatch(r"(.*)_(?:\{([^{}]*)\}|(\w))", symbol.tex)
    tex = f"{stem[1]}_{{{stem[2] or stem[3]},{places}}}" if stem else f"{symbol.tex}_{{{places}}}"
    plain = f"{symbol.text}[{','.join(map(str, position))}]"
    return Symbol(tex, plain, "_".join([symbol.javascript, *map(str, position)]))


def elements(symbol: Symbol, shape: tuple[int, ...]) -> Value:
    """A scalar's symbol, or the object array of an array's element symbols."""
    if not shape:
        return symbol
    array = np.empty(shape, dtype=object)
    for position in np.ndindex(shape):
        array[position] = element(symbol, position)
    return array


def applied_to_values(node: Node, values: Sequence[Value]) -> Value:
    """A node's operation on scalars, or object arrays, of expressions."""
    if node.operation.partials is not None:
        return node.operation.apply(*values)
    arrays = [np.asarray(value, dtype=object) for value in values]
    result = on_objects(node.operation, arrays, node.options or {})
    return result if node.shape else np.asarray(result, dtype=object).item()


def reread(tape: Tape, atoms: Mapping[int, Symbol]) -> Tape:
    """The same tape with symbols for values; what has no symbol is written by its operands."""
    copy = Tape()
    for node in tape:
        operands = tuple(copy[x.index] if x.index >= 0 else x for x in node.operands)
        if node.index in atoms or not operands:
            value = elements(atoms[node.index], node.shape)
        else:
            value = applied_to_values(node, [x.value for x in operands])
        copy.record(node.operation, operands, value, node.options)
    return copy


def symbolic_jacobian(trace: Trace, atoms: Mapping[int, Symbol]) -> list[list[Expression]]:
    """The Jacobian entry by entry, in the symbols of the nodes' elements.

    One row for each element of the outputs, one column for each element of the inputs.
    """
    tape = reread(trace.nodes, atoms)
    matrix = []
    for y in trace.outputs:
        for one in np.eye(y.size):
            seed = one.reshape(y.shape) if y.shape else 1.0
            adjoints = sweep.backward(tape, [(tape[y.index], seed)]) if y.index >= 0 else None
            row: list[Expression] = []
            for x in trace.inputs:
                adjoint = adjoints[x.index] if adjoints else None
                found = np.zeros(x.shape) if adjoint is None else adjoint
                row += [expression(e) for e in np.ravel(np.asarray(found, dtype=object))]
            matrix.append(row)
    return matrix


__all__ = ["Atoms", "shape_of"]
