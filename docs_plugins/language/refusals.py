"""What a block may not say: each piece of Python that is left out, and what to write instead."""

from __future__ import annotations

import ast
import builtins
import difflib
from collections.abc import Iterable, Mapping

from docs_plugins.language.program import ProgramError
from docs_plugins.language.vocabulary import ALIASES, COUSINS, FUNCTIONS, RESERVED

ONLY = "a block is one def and calls of it, nothing else"
STEPS = "write the steps out, one a line"
CHOOSE = "write where(condition, a, b)"
LISTS = "write a list: [1, 2]"

REFUSED: Mapping[str, tuple[str, str]] = {
    "AnnAssign": ("an annotation", "write name = expression"),
    "Assert": ("assert", "delete it"),
    "AsyncFor": ("a loop", STEPS),
    "AsyncFunctionDef": ("async", "write def"),
    "AsyncWith": ("with", ONLY),
    "Attribute": ("an attribute", "write the function alone: sin(x)"),
    "AugAssign": ("an assignment such as +=", "give the result a fresh name"),
    "Await": ("await", "delete it"),
    "BoolOp": ("and, or", "nest where(…, …, …)"),
    "Break": ("a loop", STEPS),
    "ClassDef": ("a class", ONLY),
    "Continue": ("a loop", STEPS),
    "Delete": ("del", "delete it"),
    "Dict": ("a dictionary", LISTS),
    "DictComp": ("a comprehension", STEPS),
    "For": ("a loop", STEPS),
    "FormattedValue": ("a string", "delete it"),
    "FunctionDef": ("a def inside a def", "write its steps where they are needed"),
    "GeneratorExp": ("a comprehension", STEPS),
    "Global": ("global", "delete it"),
    "If": ("if", CHOOSE),
    "IfExp": ("if", CHOOSE),
    "Import": ("an import", "delete it: all functions are there already"),
    "ImportFrom": ("an import", "delete it: all functions are there already"),
    "JoinedStr": ("a string", "delete it"),
    "Lambda": ("lambda", ONLY),
    "ListComp": ("a comprehension", STEPS),
    "Match": ("match", CHOOSE),
    "NamedExpr": (":= inside an expression", "give it a line of its own: name = expression"),
    "Nonlocal": ("nonlocal", "delete it"),
    "Pass": ("pass", "delete it"),
    "Raise": ("raise", "delete it"),
    "Set": ("a set", LISTS),
    "SetComp": ("a comprehension", STEPS),
    "Slice": ("a slice outside an index", "write x[1:3]"),
    "Starred": ("a * before an argument", "write the arguments out"),
    "TemplateStr": ("a string", "delete it"),
    "Try": ("try", "delete it"),
    "TryStar": ("try", "delete it"),
    "Tuple": ("a tuple", LISTS),
    "TypeAlias": ("type", "delete it"),
    "While": ("a loop", STEPS),
    "With": ("with", ONLY),
    "Yield": ("yield", "write return"),
    "YieldFrom": ("yield", "write return"),
}

OPERATORS = {
    "BitAnd": "&",
    "BitOr": "|",
    "BitXor": "^",
    "FloorDiv": "//",
    "LShift": "<<",
    "Mod": "%",
    "RShift": ">>",
    "Invert": "~",
    "Not": "not",
    "Is": "is",
    "IsNot": "is not",
    "In": "in",
    "NotIn": "not in",
}
OPERATOR_REMEDIES = {
    "BitXor": "a power is **",
    "Is": "write ==",
    "IsNot": "write !=",
    "Not": "turn the comparison round",
}


def refusal(node: ast.AST) -> ProgramError:
    """Return the error for a piece of Python that has no place where it stands."""
    kind = type(node).__name__
    line = getattr(node, "lineno", 1)
    what, remedy = REFUSED.get(kind, (kind.lower(), ONLY))
    if isinstance(node, ast.Attribute):
        what, remedy = _attribute(node)
    elif isinstance(node, ast.Constant):
        what, remedy = _constant(node)
    return ProgramError(f"{what} is not part of the page language", line, remedy)


def _attribute(node: ast.Attribute) -> tuple[str, str]:
    if node.attr == "T":
        return "an attribute (.T)", "write transpose(…)"
    known = ALIASES.get(node.attr, node.attr)
    remedy = f"write {node.attr}(…)" if known in FUNCTIONS else "write the function alone: sin(x)"
    return f"an attribute (.{node.attr[:40]})", remedy


def _constant(node: ast.Constant) -> tuple[str, str]:
    value = node.value
    if isinstance(value, str | bytes):
        return "a string", "delete it; a comment starts with #"
    if isinstance(value, bool):
        return str(value), "write 1 or 0"
    if isinstance(value, complex):
        return "a complex number", "write real numbers only"
    return "None" if value is None else "…", "write a number"


def operator_refusal(operator: ast.AST, line: int) -> ProgramError:
    """Return the error for an operator that the engine has not."""
    kind = type(operator).__name__
    return ProgramError(
        f"the operator {OPERATORS.get(kind, kind)} is not part of the page language",
        line,
        OPERATOR_REMEDIES.get(kind, "there are + - * / ** @ and comparisons"),
    )


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that looks most like this one, if any does."""
    return next(iter(difflib.get_close_matches(name, list(known), 1, 0.5)), None)


def unknown_name(
    name: str, line: int, known: Iterable[str], later: Mapping[str, int]
) -> ProgramError:
    """Return the error for a name that stands for nothing, with the one that was meant."""
    if name in FUNCTIONS or name in ALIASES:
        return ProgramError(f"{name} is a function", line, f"write {name}(…)")
    if name in later:
        return ProgramError(
            f"{name} is used before it is assigned (line {later[name]})", line, "move that line up"
        )
    known = list(known)
    meant = nearest(name, known)
    remedy = f"did you mean {meant}?" if meant else f"known here: {', '.join(known)}"
    return ProgramError(f"unknown name {name}", line, remedy)


def unknown_function(name: str, line: int) -> ProgramError:
    """Return the error for a call of something that is no function."""
    if name in COUSINS:
        return ProgramError(f"unknown function {name}", line, f"write {COUSINS[name]}")
    meant = None if hasattr(builtins, name) else nearest(name, [*FUNCTIONS, *ALIASES])
    remedy = f"did you mean {meant}?" if meant else f"there are {', '.join(sorted(FUNCTIONS))}"
    return ProgramError(f"unknown function {name}", line, remedy)


def check_name(name: str, line: int, role: str) -> None:
    """Refuse a name that means something else already, or that no formula could show."""
    if name in RESERVED:
        raise ProgramError(
            f"{name} cannot be {role}: it is {RESERVED[name]}",
            line,
            f"write {name}_ or another name",
        )
    if name.startswith("_") or len(name) > 40:
        what = "starts with _" if name.startswith("_") else "is longer than 40 characters"
        shown = name if len(name) <= 40 else f"{name[:40]}…"
        raise ProgramError(f"{shown} cannot be {role}: it {what}", line, "choose another name")
    if role != "the function's name" and (name in FUNCTIONS or name in ALIASES):
        raise ProgramError(
            f"{name} cannot be {role}: it is a function", line, f"write {name}_ or another name"
        )
