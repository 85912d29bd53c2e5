"""Reads printed TeX back and evaluates it: a reader of its own, knowing nothing of the printer.

Numbers are mpmath's; a symbol may stand for an object array of them, and then arrays come out.
What is printed under an operation's own name means what the second opinion says of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from docs_plugins.second.meanings import MEANINGS

Apply = Callable[..., Any]


def commands(mp: Any) -> dict[str, Apply]:
    """What each command means, on numbers."""
    return {
        r"\ln": mp.log,
        r"\sin": mp.sin,
        r"\cos": mp.cos,
        r"\tan": mp.tan,
        r"\arctan": mp.atan,
        r"\tanh": mp.tanh,
        r"\sqrt": mp.sqrt,
        r"\exp": mp.exp,
        r"\frac": lambda a, b: a / b,
        r"\sigma": lambda x: 1 / (1 + mp.exp(-x)),
        r"\max": max,
        r"\min": min,
        "abs": abs,
        "^": mp.power,
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "*": lambda a, b: a * b,
        "negative": lambda x: -x,
        "if": lambda condition, a, b: a if condition else b,
        ">": lambda a, b: mp.mpf(a > b),
        "<": lambda a, b: mp.mpf(a < b),
        r"\ge": lambda a, b: mp.mpf(a >= b),
        r"\le": lambda a, b: mp.mpf(a <= b),
        "=": lambda a, b: mp.mpf(a == b),
        r"\ne": lambda a, b: mp.mpf(a != b),
    }


PRODUCTS = {r"\,", r"\cdot", r"\times", r"\odot"}
RELATIONS = {">", "<", r"\ge", r"\le", "=", r"\ne"}
TOKEN = re.compile(r"\s*(\\[a-zA-Z]+|\\.|\d+(?:\.\d+)?(?:e[+-]?\d+)?|.)")


def evaluate(tex: str, symbols: Mapping[str, Any], mp: Any) -> Any:
    """The value of a formula, given those of its symbols (by their TeX)."""
    reader = Reader(tokens(tex, symbols), symbols, mp)
    value = reader.sum()
    if reader.next is not None:
        raise SyntaxError(f"left over at {reader.next!r} of {tex}")
    return value


def tokens(tex: str, symbols: Mapping[str, Any]) -> list[str]:
    """Symbols (the longest that fits), commands, numbers and signs."""
    names = sorted(symbols, key=len, reverse=True)
    found = []
    place = 0
    while place < len(tex.rstrip()):
        rest = tex[place:].lstrip(" ") if tex[place] == " " else tex[place:]
        place += len(tex) - place - len(rest)
        name = next((name for name in names if rest.startswith(name)), None)
        if name is not None and not re.match(
            r"[a-zA-Z]", rest[len(name) :] if name[0] == "\\" else ""
        ):
            found.append(name)
            place += len(name)
        else:
            match = TOKEN.match(rest)
            assert match
            found.append(match[1])
            place += match.end()
    return found


class Reader:
    """A recursive descent over the tokens."""

    def __init__(self, found: list[str], symbols: Mapping[str, Any], mp: Any) -> None:
        self.tokens = iter(found)
        self.next = next(self.tokens, None)
        self.symbols = symbols
        self.mp = mp
        self.commands = commands(mp)

    def take(self, wanted: str | None = None) -> str:
        """The next sign, which must be the one that is wanted."""
        sign = self.next
        if sign is None or (wanted is not None and sign != wanted):
            raise SyntaxError(f"{wanted!r} wanted, {sign!r} found")
        self.next = next(self.tokens, None)
        return sign

    def apply(self, name: str, *operands: Any) -> Any:
        """A meaning, element by element where there are arrays."""
        meaning = self.commands.get(name) or partial(MEANINGS[name].value, self.mp)
        if any(isinstance(x, np.ndarray) for x in operands):
            return np.frompyfunc(meaning, len(operands), 1)(*operands)
        return meaning(*operands)

    def sum(self) -> Any:
        """Terms."""
        if self.next == "-":
            self.take()
            value = self.apply("negative", self.product())
        else:
            value = self.product()
        while self.next in {"+", "-"}:
            value = self.apply(self.take(), value, self.product())
        return value

    def product(self) -> Any:
        """Factors."""
        value = self.power()
        while self.next in PRODUCTS:
            self.take()
            value = self.apply("*", value, self.power())
        return value

    def power(self) -> Any:
        """A base, perhaps raised."""
        value = self.primary()
        if self.next == "^":
            self.take()
            value = self.apply("^", value, self.group("{", "}"))
        return value

    def group(self, opening: str, closing: str) -> Any:
        """A sum in brackets."""
        self.take(opening)
        value = self.sum()
        self.take(closing)
        return value

    def arguments(self) -> list[Any]:
        """Sums between parentheses."""
        self.take("(")
        values = [self.sum()]
        while self.next == ",":
            self.take()
            values.append(self.sum())
        self.take(")")
        return values

    def primary(self) -> Any:
        """A number, a symbol, a bracket or an application."""
        sign = self.next
        if sign in {"(", "{"}:
            return self.group(sign, {"(": ")", "{": "}"}[sign])
        sign = self.take()
        if sign in self.symbols:
            return self.symbols[sign]
        if sign == "e" or sign[0].isdigit():
            return self.mp.e if sign == "e" else self.mp.mpf(sign)
        return self.application(sign)

    def application(self, sign: str) -> Any:
        """A command, or the bracket of a truth value, and what it is applied to."""
        if sign == "[":
            left = self.sum()
            value = self.apply(self.take(), left, self.sum())
            self.take("]")
            return value
        if sign == r"\left":
            self.take("|")
            value = self.sum()
            self.take(r"\right")
            self.take("|")
            return self.apply("abs", value)
        if sign in {r"\frac", r"\sqrt"}:
            parts = [self.group("{", "}") for _ in range(2 if sign == r"\frac" else 1)]
            return self.apply(sign, *parts)
        if sign == r"\begin":
            return self.cases()
        if sign == r"\operatorname":
            return self.apply(self.word(), *self.arguments())
        operands = self.arguments() if self.next == "(" else [self.primary()]  # or \ln 2
        return self.apply(sign, *operands)

    def word(self) -> str:
        """Letters in braces."""
        self.take("{")
        letters = ""
        while self.next != "}":
            letters += self.take().removeprefix("\\")  # of \_
        self.take("}")
        return letters

    def cases(self) -> Any:
        """One value if a condition is not 0, else another."""
        assert self.word() == "cases"
        first = self.sum()
        self.take("&")
        self.take(r"\text")
        assert self.word() == "if"
        condition = self.sum()
        self.take(r"\\")
        second = self.sum()
        self.take("&")
        self.take(r"\text")
        assert self.word() == "otherwise"
        self.take(r"\end")
        assert self.word() == "cases"
        return self.apply("if", condition, first, second)
