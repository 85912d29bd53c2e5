"""How the variables of a block are shown: v_{-1}, v_0, v_1 … or the writer's own names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from docs_plugins.model import Formula

NUMBERED = re.compile(r"v(\d+)")
PARTS = re.compile(r"([^\W\d_]+)_?(\d*)((?:_\w+)*)")
GREEK = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau "
    "upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega".split()
)
ACCENTS = frozenset(("hat", "bar", "tilde", "dot", "vec"))
GREEK_LETTERS = dict(
    zip(
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau "
        "upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega".split(),
        "αβγδϵζηθικλμνξπρστυϕχψωΓΔΘΛΞΠΣΦΨΩ",
        strict=True,
    )
)
SUBSCRIPTS = str.maketrans("-0123456789", "₋₀₁₂₃₄₅₆₇₈₉")
TILDE = "\u0303"


@dataclass(frozen=True)
class Sign:
    """A variable's sign: a letter with a subscript; its adjoint has the tilde on the letter."""

    letter: Formula
    subscript: Formula  # empty where there is none

    @cached_property
    def formula(self) -> Formula:
        """The variable itself."""
        return self._with(self.letter)

    @cached_property
    def adjoint(self) -> Formula:
        r"""The variable's adjoint: \tilde{v}_1."""
        return self._with(Formula(rf"\tilde{{{self.letter.tex}}}", self.letter.text + TILDE))

    def contribution(self, ordinal: int) -> Formula:
        r"""One of several contributions to the adjoint: \tilde{v}_{01}."""
        return _contribution(self.letter, self.subscript, ordinal)

    def element(self, suffix: str) -> Sign:
        """One element of an array; mathematics counts from 1: p[0,1] is shown as p_{1,2}."""
        if not suffix:
            return self
        inside = ",".join(str(int(place) + 1) for place in suffix[1:-1].split(","))
        between = "," if self.subscript.tex else ""
        tex, text = self.subscript.tex, self.subscript.text
        return Sign(self.letter, Formula(f"{tex}{between}{inside}", f"{text}{between}{inside}"))

    def _with(self, letter: Formula) -> Formula:
        if not self.subscript.tex:
            return letter
        brace = "{%s}" if len(self.subscript.tex) > 1 else "%s"
        text = self.subscript.text
        below = "_" + text if text[0].isalpha() else text.translate(SUBSCRIPTS)
        return Formula(f"{letter.tex}_{brace % self.subscript.tex}", letter.text + below)


@lru_cache(maxsize=1024)
def _contribution(letter: Formula, subscript: Formula, ordinal: int) -> Formula:
    ordinals = Formula(f"{subscript.tex}{ordinal}", f"{subscript.text}{ordinal}")
    return Sign(letter, ordinals).adjoint


@lru_cache(maxsize=1024)
def sign(name: str) -> Sign:
    r"""Read a name as mathematics: x1, w_in, alpha, y_hat.

    >>> sign("w11").formula.tex, sign("alpha2").formula.tex, sign("loss").formula.tex
    ('w_{11}', '\\alpha_2', '\\mathrm{loss}')
    >>> sign("x1").adjoint.tex, sign("y_hat").formula.tex
    ('\\tilde{x}_1', '\\hat{y}')
    """
    match = PARTS.fullmatch(name)
    if match is None:
        return Sign(
            Formula(rf"\mathrm{{{name.replace('_', chr(92) + '_')}}}", name), Formula("", "")
        )
    word, digits, rest = match[1], match[2], match[3].strip("_")
    letter = _letter(word)
    if rest in ACCENTS:
        letter, rest = Formula(rf"\{rest}{{{letter.tex}}}", f"{letter.text}_{rest}"), ""
    if not rest:
        return Sign(letter, Formula(digits, digits))
    comma = ", " if digits else ""
    words = rest.replace("_", " ")
    tex = words if words.isdigit() or len(words) == 1 else rf"\mathrm{{{words}}}"
    return Sign(letter, Formula(f"{digits}{comma}{tex}", f"{digits}{comma.strip()}{words}"))


def _letter(word: str) -> Formula:
    if word in GREEK:
        return Formula(rf"\{word}", GREEK_LETTERS[word])
    return Formula(word if len(word) == 1 else rf"\mathrm{{{word}}}", word)


@lru_cache(maxsize=1024)
def wengert(index: int) -> Sign:
    """The sign v of an index: inputs have indices up to 0."""
    return Sign(Formula("v", "v"), Formula(str(index), str(index)))


def signs(names: Sequence[str | None], inputs: int) -> tuple[Sign, ...]:
    """The signs of a trace's nodes, given their assigned names, inputs first.

    A block whose intermediate variables are all v's, or have no names, is shown as a Wengert list:
    its inputs are v_{1-n} … v_0. A block with names of its own is shown in those.
    """
    named = [name for name in names[inputs:] if name is not None]
    own = any(NUMBERED.fullmatch(name) is None for name in named)
    return tuple(
        sign(name) if own and name is not None else wengert(index + 1 - inputs)
        for index, name in enumerate(names)
    )
