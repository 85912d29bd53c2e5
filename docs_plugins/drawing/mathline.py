"""One line of mathematics for a drawing: italics, sub- and superscripts, accents, and numbers.

A line is read from the small TeX that the engine's printers write. Letters of variables become the
italics of Unicode's mathematical block.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from docs_plugins.drawing.glyphs import (
    ACCENTS,
    LEAN,
    MARK,
    OPERATORS,
    SIGNS,
    SPACING,
    TALL,
    advance,
    italic,
    upright,
)

SIZE = 15.0  # of a line's letters, in the drawing's units
SMALL = 0.72  # of sub- and superscripts
RAISED = 2  # the level of an accent over a tall letter
DEEPEST = 50
TOKEN = re.compile(r"\\([A-Za-z]+|.)|(\s+)|(\d+(?:\.\d+)?)|(.)", re.DOTALL)
FUNCTIONS = frozenset(
    (
        *("sin", "cos", "tan", "sinh", "cosh", "tanh", "arcsin", "arccos", "arctan"),
        *("ln", "log", "exp", "max", "min", "sign", "det", "arg", "lim"),
    )
)
ROMAN = frozenset(("mathrm", "operatorname", "text", "mathsf", "mathbf", "mathcal", "mathbb"))
OPENERS = frozenset("([{|‖⟨,=≈+−·×⊙≤≥→≠∈↦")
SPACED = {"-": "−", "+": " + ", "=": " = ", ",": ", ", "*": " · ", "<": " < ", ">": " > "}
TABLES: dict[int, dict[int, str]] = {  # how each level is written in running text
    0: {},
    -1: str.maketrans(dict(zip("0123456789−-+", "₀₁₂₃₄₅₆₇₈₉₋₋₊", strict=True))),
    1: str.maketrans(dict(zip("0123456789−-+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻⁺", strict=True))),
    RAISED: str.maketrans({mark: combining for combining, mark in SPACING.items()}),
}


class Run(NamedTuple):
    """Characters of one kind: on the line, below it (-1), above it (1), or a raised accent (2).

    `path` is what a number is about, `format` the one that was asked for; `shift` moves the pen, in
    thousandths of the letters' size.
    """

    text: str
    level: int = 0
    path: str = ""
    shift: float = 0.0
    format: str = ""


Line = tuple[Run, ...]


class UnreadableError(ValueError):
    """TeX beyond what a line of a drawing can have."""


def roman(text: str) -> Line:
    """A line of upright text."""
    return (Run(text),) if text else ()


def math(tex: str, otherwise: str = "") -> Line:
    r"""Read TeX into a line; what cannot be read is shown as `otherwise`, or as it stands.

    >>> [(run.text, run.level) for run in math(r"\tilde{v}_{01}")]
    [('𝑣̃', 0), ('01', -1)]
    >>> plain(math(r"\frac{1}{v_0} \cdot x"))
    '(1/v₀) · x'
    """
    try:
        return read(tex)
    except UnreadableError:
        return roman(otherwise or tex)


@lru_cache(maxsize=4096)
def read(tex: str) -> Line:
    """Read TeX into a line; raises `UnreadableError` for what a line cannot have."""
    return _merged(_Reader(tex).group(stop=""))


@lru_cache(maxsize=4096)
def joined(*lines: Line) -> Line:
    """Put lines one after the other."""
    return _merged(run for line in lines for run in line)


@lru_cache(maxsize=4096)
def plain(line: Line) -> str:
    """A line as running text, for speech.

    >>> plain(math("v_{-1} + 2"))
    'v₋₁ + 2'
    """
    text = "".join(run.text.translate(TABLES[run.level]) for run in line)
    return upright(text).strip()


@lru_cache(maxsize=4096)
def width(line: Line, size: float = SIZE) -> float:
    """How wide a line is, as nearly as can be told without its font."""
    return sum(
        size * (SMALL if run.level else 1.0) * advance(run.text) / 1000
        for run in line
        if run.level != RAISED
    )


class _Reader:
    """One pass over the tokens of a formula."""

    def __init__(self, tex: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        for match in TOKEN.finditer(tex):
            command, space, digits, other = match.groups()
            if command is not None:
                self.tokens.append(("\\", command))
            elif digits is not None:
                self.tokens.append(("0", digits))
            elif not space:
                self.tokens.append((other, other))
        self.at = 0
        self.depth = 0

    def next(self) -> tuple[str, str]:
        """The token that is read next, which may be none."""
        return self.tokens[self.at] if self.at < len(self.tokens) else ("", "")

    def group(self, stop: str) -> list[Run]:
        """Read up to a closing sign, or to the end."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise UnreadableError("nested too deeply")
        runs: list[Run] = []
        while self.next()[0] != stop:
            kind, text = self.next()
            if not kind:
                raise UnreadableError(f"no {stop}")
            self.at += 1
            runs.extend(self.one(kind, text, runs))
        self.at += 1
        self.depth -= 1
        return runs

    def argument(self) -> list[Run]:
        """Read what follows a command, `_` or `^`: a group or one sign."""
        kind, text = self.next()
        self.at += 1
        if not kind:
            raise UnreadableError("no argument")
        return self.group("}") if kind == "{" else self.one(kind, text, [])

    def one(self, kind: str, text: str, before: Sequence[Run]) -> list[Run]:
        """Read one sign or command."""
        match kind:
            case "\\":
                return self.command(text, before)
            case "{":
                return self.group("}")
            case "_" | "^":
                level = -1 if kind == "_" else 1
                return [run._replace(level=level, text=run.text.strip()) for run in self.argument()]
            case "}" | "&" | "~" | "#" | "$":
                raise UnreadableError(text)
        if kind == "-" and _binary(before):
            return [Run(" − ")]
        return [Run(text if kind == "0" else SPACED.get(kind) or italic(text))]

    def command(self, name: str, before: Sequence[Run]) -> list[Run]:
        """Read one command with its arguments."""
        if name in ACCENTS:
            return self.accented(ACCENTS[name])
        if name in FUNCTIONS:
            return [Run(self.function(name, before))]
        if name in ROMAN:
            return [Run(self.name())]
        if name in {"frac", "dfrac", "tfrac"}:
            return self.fraction(before)
        if name == "sqrt":
            return [Run("√"), *_bracketed(self.argument(), tight=True)]
        if name not in SIGNS:
            raise UnreadableError(name)
        return [Run(SIGNS[name])]

    def function(self, name: str, before: Sequence[Run]) -> str:
        """A function's name, with room around it where no bracket is."""
        after = "" if self.next()[1] in {"(", "left"} else " "
        ahead = " " if before and before[-1].text[-1:] not in {"", " ", "(", "−"} else ""
        return f"{ahead}{name}{after}"

    def fraction(self, before: Sequence[Run]) -> list[Run]:
        """Write a fraction on one line, in brackets where it stands in a product."""
        above, below = self.argument(), self.argument()
        runs = [*_bracketed(above, tight=False), Run("/"), *_bracketed(below, tight=True)]
        kind, text = self.next()
        times = kind == "\\" and text in {"cdot", ",", "times", "odot"}
        if above and above[0].text.startswith("∂"):
            factor = kind == "\\" and text not in OPERATORS
            return [*runs, Run(" · ")] if factor else runs
        ahead = bool(before) and before[-1].text.endswith(("· ", "× ", "⊙ "))
        return [Run("("), *runs, Run(")")] if times or ahead else runs

    def accented(self, mark: str) -> list[Run]:
        """Put an accent on the first letter of an argument; a word bears it in its middle."""
        runs = self.argument()
        if not runs or not runs[0].text:
            raise UnreadableError("an accent on nothing")
        first = runs[0].text
        place = 1 if len(first) < 3 else (len(first) + 1) // 2
        letter = first[place - 1]
        if mark not in SPACING or upright(letter) not in TALL:
            return [runs[0]._replace(text=first[:place] + mark + first[place:]), *runs[1:]]
        # fonts put a combining mark where small letters end: over a tall one it has to be raised
        back = -(advance(letter) + MARK) / 2 + LEAN
        return [
            Run(first[:place]),
            Run(SPACING[mark], RAISED, shift=back),
            Run(first[place:]),
            *runs[1:],
        ]

    def name(self) -> str:
        """Read a name letter by letter, without italics."""
        if self.next()[0] != "{":
            return self.argument()[0].text
        self.at += 1
        text = ""
        while self.next()[0] != "}":
            kind, token = self.next()
            self.at += 1
            if kind in {"", "{"}:
                raise UnreadableError("a group within a name" if kind else "no }")
            text += SIGNS.get(token, token) if kind == "\\" else token
        self.at += 1
        return text


def _binary(before: Sequence[Run]) -> bool:
    """Whether a minus sign stands between two things, rather than before one."""
    text = "".join(run.text for run in before if not run.level).rstrip()
    return bool(before) and (not text or text[-1] not in OPENERS)


def _bracketed(runs: list[Run], *, tight: bool) -> list[Run]:
    """A part of a fraction on one line: in brackets where it is more than a product or a sign."""
    text = "".join(run.text for run in runs if not run.level)
    loose = any(f" {sign} " in text for sign in "+−=") or text.startswith("−")
    if loose or (tight and any(sign in text.strip() for sign in "·/ ")):
        return [Run("("), *runs, Run(")")]
    return runs


def _merged(runs: Iterable[Run]) -> Line:
    """Put neighbours of one kind together, and one space where there are several."""
    found: list[Run] = []
    for run in runs:
        if not run.text:
            continue
        last = found[-1] if found else Run("", RAISED)
        same = last.level == run.level != RAISED
        if same and not run.shift and last.path == run.path == "":
            found[-1] = Run(last.text + run.text, last.level)
        else:
            found.append(run)
    return tuple(
        run._replace(text=re.sub(" +", " ", run.text)) if "  " in run.text else run for run in found
    )
