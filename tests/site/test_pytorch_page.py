"""The PyTorch page: its own code, run by PyTorch, gives every result that it shows."""

import math
import re
from pathlib import Path

import pytest

from docs_plugins import language
from docs_plugins.compute import run
from docs_plugins.model import Number
from docs_plugins.numbers import show

PAGE = Path(__file__).parents[2] / "docs" / "pytorch.md"
PIECE = re.compile(
    r"^```(?P<language>\w+)\n(?P<text>.*?)^```$"
    r"|^\| `(?P<expression>[^`]+)` \| \{\{ (?P<path>\S+) \}\} \|$",
    re.MULTILINE | re.DOTALL,
)


def pieces(language_or_row):
    text = PAGE.read_text(encoding="utf-8")
    return [piece for piece in PIECE.finditer(text) if piece.lastgroup and language_or_row(piece)]


@pytest.fixture(scope="module")
def numbers():
    """Every computed number of the page by its path."""
    found = {}
    for block in pieces(lambda piece: piece["language"] == "minigrad"):
        program = language.parse(block["text"])
        for call in program.calls:
            computation = run(program, call)
            found |= {f"{call.name}.{path}": n for path, n in computation.numbers.items()}
    return found


def test_every_value_on_the_page_stands_beside_an_expression():
    text = PAGE.read_text(encoding="utf-8")
    values = re.findall(r"\{\{ ?=?(\w+\.[\w.\[\],]+) \}\}", text)
    rows = [piece["path"] for piece in pieces(lambda piece: piece["path"])]
    assert [value for value in values if value.count(".") and value not in rows] == []
    assert len(rows) > 15


@pytest.mark.torch
def test_pytorch_gives_every_result_that_is_shown(numbers):
    pytest.importorskip("torch", reason="PyTorch is not here: pip install -e '.[torch]'")
    names = {}
    compared = 0
    for piece in pieces(lambda piece: piece["language"] == "python" or piece["path"]):
        if piece["text"]:
            exec(compile(piece["text"], PAGE.name, "exec"), names)  # noqa: S102
            continue
        result, number = eval(piece["expression"], names), numbers[piece["path"]]  # noqa: S307
        assert (
            show(Number(result, None, abs(result))).text
            == show(Number(number.value, None, number.magnitude)).text
        ), piece["expression"]
        assert math.isclose(result, number.value, rel_tol=1e-12, abs_tol=1e-12)
        compared += 1
    assert compared == len(pieces(lambda piece: piece["path"]))
