"""Whether the TeX of an operation says what its plain text says.

A page shows the one, records keep the other: a slip in the TeX alone would pass every comparison of
records. Both are read back here to one plain form, for each operation of the engine once; operators
also around sums, products and negatives, where a slip would be a bracket too few.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

from minigrad.operation import OPERATIONS, Operation
from minigrad.readings import expressions, printers

# from what stands in a template to the plain form, in this order; arguments are single letters
_FROM_TEX = (
    (
        r"\\begin\{cases\}(.+)&\\text\{if\}(.+)\\\\(.+)&\\text\{otherwise\}\\end\{cases\}",
        r"where(\2,\1,\3)",
    ),
    (r"\\left\|(.+)\\right\|", r"abs(\1)"),
    (r"\\frac\{(.+)\}\{(.+)\}", r"\1/\2"),
    (r"\\sqrt\{(.+)\}", r"sqrt(\1)"),
    (r"e\^\{(.+)\}", r"exp(\1)"),
    (r"(\w)\^\{\\mathsfT\}", r"transpose(\1)"),
    (r"(\w)_\{(.+)\}", r"\1[\2]"),
    (r"\\(sum|prod)(\w)$", r"\1(\2)"),
    (r"\\operatorname\{([\w\\]+)\}", r"\1"),
    (r"\\sigma", "sigmoid"),
    (r"\\ge", ">="),
    (r"\\le", "<="),
    (r"\\ne", "!="),
    (r"\\(?:cdot|odot|,)", "*"),
    (r"\\(ln|sin|cos|tan|arctan|tanh|max|min)(?=\W)", r"\1"),
    (r"\\text\{at\}", "at"),
    (r"\\_", "_"),
    (r"\^\{(\w)\}", r"^\1"),
)
_FROM_TEXT = (
    (r"expm1\((.+)\)", r"exp(\1)-1"),
    (r"dot\((\w),(\w)\)", r"\1*\2"),
    (r"@", "*"),
    (r"^(stack|concatenate)(?=\()", ""),
)


def slips() -> Iterator[str]:
    """Yield where the two readings of an operation differ."""
    for name, operation in OPERATIONS.items():
        if not _agree(name, operation.tex, operation.text):
            formulas = f"{operation.tex} in TeX and {operation.text} in plain text"
            yield f"the formula of {name} is {formulas}"


@cache
def _agree(name: str, tex: str, text: str) -> bool:  # the templates are the cache's key
    operation = OPERATIONS[name]
    arity = 1 + max(map(int, re.findall(r"\{(\d)", tex + text)), default=1)
    atoms = [expressions.Symbol(letter, letter) for letter in "abc"[:arity]]
    whole = expressions.Expression(operation, atoms, {"key": 0})
    said = [
        _read(printers.printed(whole, language)[0], rules)
        for language, rules in (("tex", _FROM_TEX), ("text", _FROM_TEXT))
    ]
    return said[0] == said[1] and (
        re.search(r":\d", tex) is None or _bracketed_alike(operation, arity)
    )


# what both are read back to around compound arguments: Python's own operators, K a key, S a sum
_OPERATORS = (
    (r"\^\{\\mathsf T\}", "**T"),
    (r"_\{\d\}|\[\d\]| \\text\{ at \} \d| at \d", "**K"),
    (r"\^\{([^{}]*)\}", r"**(\1)"),
    (r"\^\{([^{}]*)\}", r"**(\1)"),  # what was around them
    (r"\\frac\{(.+)\}\{(.+)\}", r"((\1)/(\2))"),
    (r"\\(?:sum|prod)", "S*"),
    (r"\b(?:sum|prod)\(", "S*("),
    (r"\btranspose\((.+)\)$", r"(\1)**T"),
    (r"\bdot\((.+), (.+)\)$", r"(\1)*(\2)"),
    (r"\^", "**"),
    (r"\\(?:cdot|odot|,)|@", "*"),
)


def _bracketed_alike(operation: Operation, arity: int) -> bool:
    """Whether both readings mean the same where the operands are no single letters."""
    signs = [expressions.Symbol(letter, letter) for letter in "abcdef"[: 2 * arity]]
    for joined in ("add", "multiply", "negative", "square"):
        join = OPERATIONS[joined]
        pairs = [signs[i : i + len(join.partials or ())] for i in range(0, 2 * arity, 2)]
        operands = [expressions.Expression(join, pair) for pair in pairs]
        whole = expressions.Expression(operation, operands, {"key": 0})
        tex, text = (_meant(printers.printed(whole, language)[0]) for language in ("tex", "text"))
        if tex != text:
            return False
    return True


def _meant(printed: str) -> str:
    """The operations that a formula stands for, with their operands, whatever its brackets."""
    for pattern, plain in _OPERATORS:
        printed = re.sub(pattern, plain, printed)
    try:
        return _flat(ast.parse(printed.strip(), mode="eval").body)
    except SyntaxError:
        return printed


def _flat(node: ast.expr) -> str:
    """An expression with all its brackets, but for those within a product."""
    match node:
        case ast.BinOp(left, ast.Mult(), right):
            return f"{_factors(left)} * {_factors(right)}"
        case ast.BinOp(left, operator, right):
            return f"({_flat(left)}) {type(operator).__name__} ({_flat(right)})"
        case ast.UnaryOp(_, operand):
            return f"-({_flat(operand)})"
        case ast.Name(name):
            return name
        case _:
            return ast.unparse(node)


def _factors(node: ast.expr) -> str:
    is_product = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult)
    return _flat(node) if is_product else f"({_flat(node)})"


def _read(printed: str, rules: tuple[tuple[str, str], ...]) -> str:
    printed = re.sub(r"\s", "", printed)
    for pattern, plain in rules:
        printed = re.sub(pattern, plain, printed)
    return printed
