"""SVG as text: elements, and one line of mathematics with italics, sub- and superscripts, accents and numbers.

A line is read from the small TeX that the engine's printers write. Letters of variables become the
italics of Unicode's mathematical block, a font's own italic where the drawing has to stand alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape

SIZE = 15.0  # of a line's letters, in the drawing's units
SMALL = 0.72  # of sub- and superscripts
DROP = {0: 0.0, -1: 3.6, 1: -5.4, 2: -3.2}  # how far the baseline moves, downwards positive
COMMAND = re.compile(r"\\([A-Za-z]+|.)|(\s+)|(\d+(?:\.\d+)?)|(.)", re.DOTALL)
ACCENTS = {
    "tilde": "\u0303",
    "widetilde": "\u0303",
    "hat": "\u0302",
    "bar": "\u0304",
    "dot": "\u0307",
    "vec": "\u20d7",
}
SPACING = {"\u0303": "˜", "\u0302": "ˆ", "\u0304": "¯", "\u0307": "˙"}  # marks that stand alone
TALL = frozenset("bdfhkltABCDEFGHIJKLMNOPQRSTUVWXYZβδζθλξϕφψΓΔΘΛΞΠΣΦΨΩ")
MARK = 381  # the width of a mark that stands alone
LEAN = 60  # how far italics carry it to the right
RAISED = 2  # the level of such a mark
NAMES = frozenset(
    "sin cos tan sinh cosh tanh arcsin arccos arctan ln log exp max min sign det arg lim".split()
)
BINARY = {
    "cdot": "·",
    ",": "·",  # the thin space of a product; a figure says the operation
    "times": "×",
    "odot": "⊙",
    "le": "≤",
    "leq": "≤",
    "ge": "≥",
    "geq": "≥",
    "approx": "≈",
    "to": "→",
    "neq": "≠",
    "ne": "≠",
    "in": "∈",
    "mapsto": "↦",
}
PLAIN = {
    "partial": "∂",
    "infty": "∞",
    "sum": "Σ",
    "nabla": "∇",
    "top": "⊤",
    "prime": "′",
    "ldots": "…",
    "cdots": "⋯",
    "dots": "…",
    "{": "{",
    "}": "}",
    "%": "%",
    "lvert": "|",
    "rvert": "|",
    "|": "‖",
    "lVert": "‖",
    "rVert": "‖",
    "langle": "⟨",
    "rangle": "⟩",
}
SPACES = {";": " ", ":": " ", " ": " ", "quad": "  ", "!": ""}
ROMAN = frozenset(("mathrm", "operatorname", "text", "mathsf", "mathbf", "mathcal", "mathbb"))
SILENT = frozenset(("left", "right", "big", "Big", "bigl", "bigr", "displaystyle", "textstyle"))
GREEK = dict(
    zip(
        "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho "
        "varsigma sigma tau upsilon varphi chi psi omega".split(),
        range(0x1D6FC, 0x1D6FC + 25),
        strict=True,
    )
) | {"epsilon": 0x1D716, "phi": 0x1D719, "vartheta": 0x1D717}
CAPITALS = dict(
    zip(
        "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split(),
        "ΓΔΘΛΞΠΣΥΦΨΩ",
        strict=True,
    )
)
OPENERS = frozenset("([{|‖⟨,=≈+−·×⊙≤≥→≠∈↦")
# advance widths in thousandths of the letters' size, rounded up for fonts that may stand in
WIDTHS = {
    " ": 235,
    "(": 357,
    ")": 357,
    "[": 349,
    "]": 349,
    "/": 386,
    ",": 245,
    ".": 245,
    "·": 282,
    "⋅": 282,
    "|": 260,
    "∂": 500,
    "Σ": 640,
    "′": 250,
    "i": 290,
    "j": 290,
    "l": 290,
    "t": 330,
    "f": 330,
    "r": 390,
    "m": 850,
    "w": 750,
    "𝑖": 300,
    "𝑗": 431,
    "𝑙": 290,
    "𝑡": 340,
    "𝑓": 577,
    "𝑟": 412,
    "𝑤": 727,
    "𝑚": 830,
    "𝜓": 620,
    "…": 900,
    "⊕": 862,
    "−": 720,
    "+": 720,
    "=": 720,
    "≈": 720,
    "×": 680,
    "⊙": 862,
    "→": 950,
}


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one kind: on the line, below it (-1), above it (1), or a raised accent (2).

    `path` is what a number is about; `shift` moves the pen, in thousandths of the letters' size.
    """

    text: str
    level: int = 0
    path: str = ""
    shift: float = 0.0


Line = tuple[Run, ...]


class UnreadableError(ValueError):
    """TeX beyond what a line of a drawing can have."""


def roman(text: str) -> Line:
    """A line of upright text."""
    return (Run(text),) if text else ()


def math(tex: str, otherwise: str = "") -> Line:
    r"""Read TeX into a line; what cannot be read is shown as `otherwise`, or as it stands.

    >>> math(r"\tilde{v}_{01}")
    (Run(text='𝑣̃', level=0, path=''), Run(text='01', level=-1, path=''))
    >>> "".join(run.text for run in math(r"\frac{1}{v_0} \cdot x"))
    '1/𝑣0 · 𝑥'
    """
    try:
        return read(tex)
    except UnreadableError:
        return roman(otherwise or tex)


def read(tex: str) -> Line:
    """Read TeX into a line; raises `UnreadableError` for what a line cannot have."""
    reader = _Reader(tex)
    runs = reader.group(stop="")
    return _joined(runs)


def italic(letter: str) -> str:
    """A letter in the italics of mathematics."""
    if letter == "h":
        return "ℎ"
    if "a" <= letter <= "z":
        return chr(0x1D44E + ord(letter) - ord("a"))
    if "A" <= letter <= "Z":
        return chr(0x1D434 + ord(letter) - ord("A"))
    return letter


class _Reader:
    """One pass over the tokens of a formula."""

    def __init__(self, tex: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        for match in COMMAND.finditer(tex):
            command, space, digits, other = match.groups()
            if command is not None:
                self.tokens.append(("\\", command))
            elif digits is not None:
                self.tokens.append(("0", digits))
            elif not space:
                self.tokens.append((other, other))
        self.at = 0
        self.depth = 0

    def group(self, stop: str) -> list[Run]:
        """Read up to a closing sign."""
        self.depth += 1
        if self.depth > 50:
            raise UnreadableError("nested too deeply")
        runs: list[Run] = []
        while self.at < len(self.tokens):
            kind, text = self.tokens[self.at]
            if kind == stop and kind:
                self.at += 1
                self.depth -= 1
                return runs
            self.at += 1
            runs.extend(self.one(kind, text, runs))
        if stop:
            raise UnreadableError(f"no {stop}")
        self.depth -= 1
        return runs

    def argument(self) -> list[Run]:
        """Read what follows a command, `_` or `^`: a group or one sign."""
        if self.at >= len(self.tokens):
            raise UnreadableError("no argument")
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind == "{":
            return self.group("}")
        return self.one(kind, text, [])

    def one(self, kind: str, text: str, before: Sequence[Run]) -> list[Run]:
        """Read one sign or command."""
        match kind:
            case "\\":
                return self.command(text, before)
            case "0":
                return [Run(text)]
            case "{":
                return self.group("}")
            case "_" | "^":
                level = -1 if kind == "_" else 1
                return [replace(run, level=level, text=run.text.strip()) for run in self.argument()]
            case "-":
                return [Run(" − " if _binary(before) else "−")]
            case "+" | "=":
                return [Run(f" {text} ")]
            case ",":
                return [Run(", ")]
            case "*":
                return [Run(" · ")]
            case "}" | "&" | "~" | "#" | "$":
                raise UnreadableError(text)
            case _:
                return [Run(italic(text))]

    def command(self, name: str, before: Sequence[Run]) -> list[Run]:
        """Read one command with its arguments."""
        if name in ACCENTS:
            return self.accented(ACCENTS[name])
        if name in NAMES:
            opened = self.at < len(self.tokens) and self.tokens[self.at][1] in ("(", "left")
            gap = " " if before and before[-1].text[-1:] not in ("", " ", "(", "−") else ""
            return [Run(f"{gap}{name}{'' if opened else ' '}")]
        if name in ROMAN:
            return self.upright()
        if name in ("frac", "dfrac", "tfrac"):
            return self.fraction(before)
        if name == "sqrt":
            return [Run("√"), *_bracketed(self.argument(), tight=True)]
        if name in BINARY:
            return [Run(f" {BINARY[name]} ")]
        if name in GREEK:
            return [Run(chr(GREEK[name]))]
        for table in (PLAIN, SPACES, CAPITALS):
            if name in table:
                return [Run(table[name])]
        if name in SILENT:
            return []
        raise UnreadableError(name)

    def fraction(self, before: Sequence[Run]) -> list[Run]:
        """Write a fraction on one line, in brackets where it stands in a product."""
        above, below = self.argument(), self.argument()
        runs = [*_bracketed(above, tight=False), Run("/"), *_bracketed(below, tight=True)]
        following = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
        times = following in {("\\", "cdot"), ("\\", ","), ("\\", "times")}
        ahead = bool(before) and before[-1].text.endswith(("· ", "× "))
        if above[0].text.startswith("∂"):
            derivative = following[0] == "\\" and not times and following[1] not in BINARY
            return [*runs, Run(" · ")] if derivative else runs
        return [Run("("), *runs, Run(")")] if times or ahead else runs

    def accented(self, mark: str) -> list[Run]:
        """Put an accent on the first letter of an argument."""
        runs = self.argument()
        if not runs or not runs[0].text:
            raise UnreadableError("an accent on nothing")
        first = runs[0].text
        # a word bears the accent in its middle
        place = 1 if len(first) < 3 else (len(first) + 1) // 2
        letter = first[place - 1]
        if mark not in SPACING or unitalic(letter) not in TALL:
            return [replace(runs[0], text=first[:place] + mark + first[place:]), *runs[1:]]
        # fonts put a combining mark where small letters end: over a tall one it has to be raised
        back = -(_advance(letter) + MARK) / 2 + LEAN
        after = [Run(first[place:], runs[0].level)] if first[place:] else []
        return [Run(first[:place]), Run(SPACING[mark], RAISED, shift=back), *after, *runs[1:]]

    def upright(self) -> list[Run]:
        """Read a name letter by letter, without italics."""
        if self.at < len(self.tokens) and self.tokens[self.at][0] != "{":
            return [Run(self.argument()[0].text)]
        self.at += 1
        text = ""
        while self.at < len(self.tokens):
            kind, token = self.tokens[self.at]
            self.at += 1
            if kind == "}":
                return [Run(text)]
            if kind == "{":
                raise UnreadableError("a group within a name")
            text += token if kind != "\\" else PLAIN.get(token, " " if token in SPACES else token)
        raise UnreadableError("no }")


def _binary(before: Sequence[Run]) -> bool:
    text = "".join(run.text for run in before if not run.level).rstrip()
    return bool(before) and bool(text) and text[-1] not in OPENERS


def _bracketed(runs: list[Run], *, tight: bool) -> list[Run]:
    """A part of a fraction on one line: in brackets where it is more than a product or a sign."""
    text = "".join(run.text for run in runs if not run.level)
    loose = any(f" {sign} " in text for sign in "+−=") or text.startswith("−")
    if loose or (tight and ("·" in text or "/" in text or " " in text.strip())):
        return [Run("("), *runs, Run(")")]
    return runs


def _joined(runs: Iterable[Run]) -> Line:
    """Put neighbours of one kind together, and one space where there are several."""
    joined: list[Run] = []
    for run in runs:
        if not run.text:
            continue
        last = joined[-1] if joined else None
        plainly = last is not None and last.path == run.path == "" and not run.shift
        if last is not None and plainly and last.level == run.level != RAISED:
            joined[-1] = replace(last, text=last.text + run.text)
        else:
            joined.append(run)
    return tuple(replace(run, text=re.sub(" +", " ", run.text)) for run in joined)


def joined(*lines: Line) -> Line:
    """Put lines one after the other."""
    return _joined(run for line in lines for run in line)


def plain(line: Line) -> str:
    """A line as running text, for speech: v_0 is "v₀".

    >>> plain(math("v_{-1} + 2"))
    'v₋₁ + 2'
    """
    below = str.maketrans("0123456789−-+", "₀₁₂₃₄₅₆₇₈₉₋₋₊")
    above = str.maketrans("0123456789−-+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻⁺")
    marks = str.maketrans({mark: combining for combining, mark in SPACING.items()})
    tables = {0: {}, -1: below, 1: above, RAISED: marks}
    text = "".join(run.text.translate(tables[run.level]) for run in line)
    return "".join(map(unitalic, text)).strip()


def unitalic(letter: str) -> str:
    """The letter that an italic of mathematics is; any other as it is."""
    code = ord(letter)
    if letter == "ℎ":
        return "h"
    if 0x1D434 <= code < 0x1D44E:
        return chr(code - 0x1D434 + ord("A"))
    if 0x1D44E <= code < 0x1D468:
        return chr(code - 0x1D44E + ord("a"))
    if 0x1D6FC <= code < 0x1D6FC + 25:
        return chr(code - 0x1D6FC + ord("α"))
    return {0x1D716: "ϵ", 0x1D719: "ϕ", 0x1D717: "ϑ"}.get(code, letter)


def width(line: Line, size: float = SIZE) -> float:
    """How wide a line is, as nearly as can be told without its font."""
    total = 0.0
    for run in line:
        if run.level != RAISED:
            scale = size * (SMALL if run.level else 1.0)
            total += scale * sum(map(_advance, run.text)) / 1000
    return total


def _advance(letter: str) -> int:
    if "\u0300" <= letter <= "\u036f" or letter == "\u20d7":
        return 0
    return WIDTHS.get(letter, 700 if letter.isupper() else 530)


def number(value: float) -> str:
    """A coordinate: one decimal at most.

    >>> number(2.0), number(-0.04), number(12.25)
    ('2', '0', '12.2')
    """
    text = f"{round(value, 1):.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def attributes(given: dict[str, object]) -> str:
    """Attributes in their order; a float is a coordinate, None and "" are left out, `_` is a hyphen."""
    written = []
    for name, value in given.items():
        if value is None or value == "":
            continue
        text = number(value) if isinstance(value, float | int) else str(value)
        written.append(f' {name.rstrip("_").replace("_", "-")}="{escape(text)}"')
    return "".join(written)


def element(tag: str, content: str = "", **given: object) -> str:
    """One element; its content is markup."""
    if not content:
        return f"<{tag}{attributes(given)}/>"
    return f"<{tag}{attributes(given)}>{content}</{tag}>"


def text(line: Line, x: float, y: float, size: float = SIZE, **given: object) -> str:
    """A line of text as an element: `class_`, `text_anchor` and the like by name."""
    content, baseline, return_ = "", 0.0, 0.0
    for run in line:
        move = DROP[run.level] * size / SIZE - baseline
        baseline += move
        beside = run.shift * size / 1000 + return_
        # a raised mark takes no room: the next letters stand where it would not be
        return_ = -(run.shift + MARK) * size / 1000 if run.level == RAISED else 0.0
        part = {
            "dx": number(beside) if beside else "",
            "dy": number(move) if move else "",
            "class": "s" if run.level in {-1, 1} else "",
            "data-mg": run.path,
        }
        written = attributes(dict(part))
        content += f"<tspan{written}>{escape(run.text)}</tspan>" if written else escape(run.text)
    if len(line) == 1 and line[0].path:
        content, given["data_mg"] = escape(line[0].text), line[0].path
    return element("text", content, x=x, y=y, **given) if content else ""
