"""Mistakes in a block: each is named with its line, and says what to do."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from docs_plugins.language import FUNCTIONS, RESERVED, ProgramError, parse
from docs_plugins.language.refusals import REFUSED
from docs_plugins.views import VIEWS


def mistake(text: str) -> ProgramError:
    with pytest.raises(ProgramError) as caught:
        parse(text)
    return caught.value


def cases() -> list[tuple[str, str]]:
    """Read blocks, indented, each followed by what it is to be told: `LINE: message; remedy`."""
    found: list[tuple[str, str]] = []
    block: list[str] = []
    for line in (Path(__file__).parent / "language_mistakes.txt").read_text("utf-8").split("\n"):
        if line[:1].isdigit():
            found.append(("\n".join(block).strip("\n"), line))
            block = []
        else:
            block.append(line[4:])
    return found


@pytest.mark.parametrize(("text", "expected"), cases())
def test_a_mistake_is_named_with_its_line_and_a_remedy(text: str, expected: str) -> None:
    error = mistake(text)
    assert f"{error.line}: {error.message}; {error.remedy}" == expected


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (1, "def f(x1,"),
        (1, "def f(x)"),
        (2, "def f(x):\n    return x +\nf(1)"),
        (3, "def f(x):\n    a = x\n   return a\nf(1)"),
        (2, "def f(x):\nreturn x\nf(1)"),
        (1, "  def f(x):\n    return x"),
        (2, "def f(x):\n    return x)\nf(1)"),
    ],
)
def test_what_is_no_python_is_named_with_its_line(line: int, text: str) -> None:
    error = mistake(text)
    assert error.message.startswith("this is not Python: ")
    assert error.line == line
    assert error.remedy


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_the_line_of_a_mistake_does_not_depend_on_newlines(newline: str) -> None:
    text = (
        "# one\n\ndef f(x):\n\x0c\ta = x * \\\n\t  2\n\tb = (a +\n\n\t   sine(x))\n\treturn b\nf(1)"
    )
    assert mistake(text.replace("\n", newline)).line == mistake(text).line == 8


def test_every_view_has_a_reserved_name() -> None:
    assert set(VIEWS) - set(RESERVED) == set()


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_names_of_views_and_quantities_are_reserved_everywhere(name: str) -> None:
    for text in (
        f"def {name}(x): return x\n{name}(1)",
        f"def f({name}): return {name}\nf(1)",
        f"def f(x):\n    {name} = x * 2\n    return {name}\nf(1)",
        f"def f(x): return x\n{name} = f(1)",
    ):
        mistake(text)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_a_function_is_refused_with_too_many_arguments(name: str) -> None:
    error = mistake(f"def f(x): return {name}(x, (1, 0), x, x, x, x)\nf(1)")
    assert error.message.startswith(f"{name} takes ")


def test_every_piece_of_python_is_either_read_or_refused_by_name() -> None:
    read = {"BinOp", "Call", "Compare", "Constant", "List", "Name", "Subscript", "UnaryOp"}
    read |= {"Assign", "Expr", "Return"}
    known = {
        node.__name__
        for kind in (ast.stmt, ast.expr)
        for node in kind.__subclasses__()
        if node.__module__ in {"ast", "_ast"}
    }
    assert known - read - set(REFUSED) == set()
