"""The text of a block -> Python's syntax tree, within limits that are checked beforehand."""

from __future__ import annotations

import ast
import re
import unicodedata
import warnings

from docs_plugins.language.program import ProgramError

MOST_CHARACTERS = 4_000
LONGEST_LINE = 500
DEEPEST_BRACKETS = 20
LONGEST_SIGN_CHAIN = 8
DEEPEST_TREE = 40
MOST_TREE_NODES = 6_000

SIGN_CHAIN = re.compile(rf"(?:(?:[-+~]|\bnot\b)[\s\\]*){{{LONGEST_SIGN_CHAIN + 1},}}")
TYPOGRAPHY = {
    "−": "write - (the minus of the keyboard)",
    "–": "write - (the minus of the keyboard)",
    "—": "write - (the minus of the keyboard)",
    "×": "write *",
    "·": "write *",
    "⋅": "write *",
    "÷": "write /",
    "²": "write **2",
    "³": "write **3",
    "√": "write sqrt(…)",
    "\u00a0": "write an ordinary space",
}


def lines_of(text: str) -> list[str]:
    """Split the text where Python does, and nowhere else."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def tree_of(text: str) -> ast.Module:
    """Return the syntax tree of a text within all limits; raises `ProgramError` for any other."""
    if len(text) > MOST_CHARACTERS:
        raise ProgramError(
            f"the block has {len(text):,} characters, more than {MOST_CHARACTERS:,}",
            1,
            "split it into several blocks",
        )
    lines = lines_of(text)
    for number, line in enumerate(lines, 1):
        _check_line(line, number)
    code = [line.partition("#")[0] for line in lines]
    if not any(line.strip() for line in code):
        raise ProgramError(
            "the block is empty", 1, "write a function and a call of it, or delete it"
        )
    _check_brackets(code)
    _check_sign_chains(code)
    tree = _parsed("\n".join(lines), len(lines))
    _check_tree(tree)
    return tree


def _check_line(line: str, number: int) -> None:
    if len(line) <= LONGEST_LINE and line.isascii() and line.isprintable():
        return
    if len(line) > LONGEST_LINE:
        raise ProgramError(
            f"the line has {len(line):,} characters, more than {LONGEST_LINE}",
            number,
            "break it inside a bracket, or give parts of it names",
        )
    code = line.partition("#")[0]
    for place, character in enumerate(line):
        if character == "\0" or "\ud800" <= character <= "\udfff":
            raise ProgramError(
                f"character {place + 1} is {_called(character)}, which no text has",
                number,
                "delete it",
            )
        if place >= len(code) or " " <= character <= "~" or character in "\t\f":
            continue
        word = re.findall(r"\w+", code[: place + 1])[-1:] if character.isalnum() else []
        about = _word_at(code, place) if word else ""
        raise ProgramError(
            f"{_called(character)}{about} is not one of the characters that a block may have",
            number,
            TYPOGRAPHY.get(character, "write names with the letters a to z, digits and _"),
        )


def _called(character: str) -> str:
    name = unicodedata.name(character, "")
    shown = f"{character} " if character.isprintable() and not character.isspace() else ""
    return f"{shown}(U+{ord(character):04X}{' ' + name if name else ''})"


def _word_at(code: str, place: int) -> str:
    for match in re.finditer(r"\w+", code):
        if match.start() <= place < match.end() and len(match[0]) > 1:
            return f" in {match[0]}"
    return ""


def _check_brackets(code: list[str]) -> None:
    if sum(line.count(opening) for line in code for opening in "([{") <= DEEPEST_BRACKETS:
        return
    depth = 0
    for number, line in enumerate(code, 1):
        for character in line:
            if character in "([{":
                depth += 1
            elif character in ")]}":
                depth -= 1
            if depth > DEEPEST_BRACKETS:
                raise ProgramError(
                    f"brackets are nested more than {DEEPEST_BRACKETS} deep",
                    number,
                    "give the inner parts names",
                )


def _check_sign_chains(code: list[str]) -> None:
    joined = "\n".join(code)
    match = SIGN_CHAIN.search(joined)
    if match:
        raise ProgramError(
            f"more than {LONGEST_SIGN_CHAIN} signs in a row",
            joined.count("\n", 0, match.start()) + 1,
            "one is enough",
        )


def _parsed(text: str, count: int) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's advice on style is no business of a page
            return ast.parse(text)
    except SyntaxError as error:
        line = min(max(error.lineno or 1, 1), count)
        raise ProgramError(
            f"this is not Python: {error.msg}", line, "correct the line, or the one before it"
        ) from None
    except (ValueError, RecursionError, MemoryError, OverflowError):
        raise ProgramError(
            "this is too involved to be read", 1, "break it into named steps"
        ) from None


def _check_tree(tree: ast.Module) -> None:
    """Bound the depth of what recursion walks; a long sum leans left and is walked by a loop."""
    waiting: list[tuple[ast.AST, int]] = [(tree, 0)]
    for node, depth in waiting:  # which grows
        line = getattr(node, "lineno", 0)  # operators and the like have none, and nothing in them
        if line and depth > DEEPEST_TREE:
            raise ProgramError(
                f"the expression is nested more than {DEEPEST_TREE} deep",
                line,
                "give the inner parts names",
            )
        if len(waiting) > MOST_TREE_NODES:
            raise ProgramError("the block is too long", line or 1, "split it into several blocks")
        spine = node.left if type(node) is ast.BinOp else None
        for child in vars(node).values():
            if type(child) is list:
                waiting += [(part, depth + 1) for part in child if isinstance(part, ast.AST)]
            elif isinstance(child, ast.AST):
                waiting.append((child, depth if child is spine else depth + 1))
