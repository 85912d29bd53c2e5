"""Hostile and hopeless texts: each is refused at once with a reason, whatever its size."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from docs_plugins.language import Program, ProgramError, parse

FRAME = "def f(x):\n    return {}\nf(1)"
TEXTS = {
    "a 1 MB block": ("x" * 1_000_000, "1,000,000 characters"),
    "10,000 parentheses": ("(" * 10_000, "10,000 characters"),
    "a 1 MB line of a small block": (FRAME.format("x" * 3_900), "characters, more than 500"),
    "300 parentheses": (FRAME.format("(" * 200 + "x" + ")" * 200), "nested more than 20"),
    "21 lists": (f"def f(x): return x\nf({'[' * 20}1{']' * 20})", "nested more than 20"),
    "parentheses on 300 lines": (
        FRAME.format("(\n" * 300 + "x" + ")" * 300),
        "nested more than 20",
    ),
    "5,000 minus signs": (FRAME.format("-" * 5_000 + "x"), "characters, more than 4,000"),
    "3,000 minus signs": ("def f(x):\n return (" + "-\n" * 1_500 + "x)", "signs in a row"),
    "a chain of signs": (FRAME.format("- + - ~ - + not - - x"), "signs in a row"),
    "a sum of 3,000 terms": (FRAME.format("+".join(["x"] * 3_000)), "characters, more than 4,000"),
    "a sum of 1,000 terms": (FRAME.format("(" + "x+\n" * 1_000 + "x)"), "more than 400 steps"),
    "a tower of powers": (FRAME.format("**".join(["x"] * 60)), "nested more than 40"),
    "a chain of choices": (FRAME.format("x if x else " * 40 + "x"), "nested more than 40"),
    "a chain of indices": (FRAME.format("x" + "[0]" * 60), "nested more than 40"),
    "a chain of attributes": (FRAME.format("x" + ".a" * 60), "nested more than 40"),
    "a chain of calls": (FRAME.format("x" + "()" * 60), "nested more than 40"),
    "a chain of lambdas": (FRAME.format("lambda:" * 60 + "x"), "nested more than 40"),
    "a ladder of elifs": ("if x: f\n" + "elif x: f\n" * 100, "nested more than 40"),
    "1,000 statements": ("a=1\n" * 999, "only calls"),
    "500 calls": ("def f(x): return x\n" + "a=f(1)\n" * 500, "500 calls, more than 24"),
    "5,000 digits": (FRAME.format("9" * 5_000), "characters, more than 4,000"),
    "400 digits": (FRAME.format("9" * 400), "400 digits, more than 40"),
    "a number beyond doubles": (FRAME.format("1e999"), "too large for a double"),
    "a number below doubles": (FRAME.format("1e-999999999"), "too small for a double"),
    "a huge exponent": (FRAME.format("1e999999999999999"), "too large for a double"),
    "a power of literals": ("def f(x): return x\nf(9**9**9**9)", "is not a number"),
    "NUL": (FRAME.format("x\0"), "U+0000"),
    "NUL in a comment": (FRAME.format("x # \0"), "U+0000"),
    "a lone surrogate": (FRAME.format("\ud800"), "U+D800"),
    "a lone surrogate in a comment": (FRAME.format("x # \udfff"), "U+DFFF"),
    "an escape character": (FRAME.format("\x1b[31mx"), "U+001B"),
    "a vertical tab": (FRAME.format("\x0bx"), "U+000B"),
    "an end of medium": ("\x1a", "U+001A"),
    "one backslash": ("\\", "not Python"),
    "an open string": ("'", "not Python"),
    "an open triple string": ('"""', "not Python"),
    "a tab where spaces were": ("def f(x):\n        a = x\n\treturn a", "not Python"),
    "keywords": ("None = 1", "not Python"),
    "a long name": (f"def f({'x' * 41}): return 1\nf(1)", "longer than 40 characters"),
    "a shape beyond memory": (FRAME.format("reshape(x, (99999999, 99999999))"), "too large here"),
}


@pytest.mark.parametrize(("text", "reason"), TEXTS.values(), ids=TEXTS)
def test_a_hostile_text_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(ProgramError) as caught:
        parse(text)
    assert reason in caught.value.message
    assert caught.value.remedy
    assert len(caught.value.message) < 300


def test_what_stays_within_the_limits_is_read() -> None:
    deep = "(" * 20 + "x" + ")" * 20
    long = "x" + " + 0" * 120
    assert parse(FRAME.format(deep)).outputs == (0,)
    assert len(parse(FRAME.format(long)).steps) == 121
    assert parse(FRAME.format("-" * 8 + "x")).outputs == (8,)


def refused_or_read(text: str) -> None:
    read: Program | ProgramError
    try:
        read = parse(text)
    except ProgramError as error:
        read = error
    lines = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    assert isinstance(read, Program) or (read.message and 1 <= read.line <= lines)


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(codec=None), max_size=200))
@example("\x00")
@example("\ud800")
@example("\r")
@example("\f\f\f")
def test_any_text_is_refused_or_read(text: str) -> None:
    refused_or_read(text)


WORDS = [
    *"()[]{}:,.+-*/@%&|^~<>=!#\\\"'; \t\n\r\f",
    *(
        "\n    ",
        "def f(x):",
        "return",
        "f(1)",
        "x",
        "v1",
        "1",
        "0.5",
        "1e9",
        "**",
        "==",
        ":=",
        "->",
    ),
    *("lambda", "if", "else", "for", "in", "not", "and", "is", "import", "class", "async", "await"),
    *(
        "yield",
        "None",
        "True",
        "sum",
        "axis=",
        "stack",
        "where",
        "f'{",
        "}'",
        "_",
        "__class__",
        "é",
    ),
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=40).map("".join))
def test_any_words_of_python_are_refused_or_read(text: str) -> None:
    refused_or_read(text)


BLOCK = """\
def E(W, x, t):  # a network
    hidden = tanh(W[0:2] @ x)
    out = sum(hidden * [0.5, -1e-3], axis=0)
    c = where(out > 0, out, 0)
    return 0.5*(c - t)**2, softmax(x)

start = E([[1, 2], [3, 4], [5, 6]], [1, -1], 0.25)
end = E([[1, 2], [3, 4], [5, 6]], [1, 1], 0.25)
"""


def test_a_block_with_a_part_cut_out_or_put_elsewhere_is_refused_or_read() -> None:
    choice = random.Random(1)
    for _ in range(1_000):
        start, end = sorted(choice.choices(range(len(BLOCK) + 1), k=2))
        part = BLOCK[start : min(end, start + 12)]
        rest = BLOCK[:start] + BLOCK[start + len(part) :]
        place = choice.randrange(len(rest) + 1)
        refused_or_read(rest)
        refused_or_read(rest[:place] + part + rest[place:])


def test_every_beginning_of_a_block_is_refused_or_read() -> None:
    for end in range(len(BLOCK)):
        refused_or_read(BLOCK[:end])
