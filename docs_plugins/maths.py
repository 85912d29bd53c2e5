"""TeX to MathML: the one door to the converter, with errors that a writer can act on.

The TeX of every formula is kept in its `data-tex` attribute, for copying. Characters of the
Unicode private use areas stand for computed values: the converter passes each through as one
token, and `fill` puts the numbers in once they are known.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import normalize
from xml.etree import ElementTree as ET

from math_core import LatexError, LatexToMathML

from docs_plugins import mathml as trees

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from docs_plugins.numbers import Shown

LONGEST = 4000  # characters; the converter recurses, and its stack is not ours
DEEPEST = 100  # braces within braces

_CONVERTER = LatexToMathML(annotation=False, fancy_error=False)
_COMMENT = re.compile(r"(?<!\\)(?:\\\\)*%")
_AT = re.compile(r"(?:input\d+:)?(\d+): (.*)", re.DOTALL)
_UNKNOWN = re.compile(r'Unknown (command|environment) "\\?(.+)"')
_MATH = re.compile(r"<math\b.*?</math>", re.DOTALL)
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REMEDIES = {
    "widetilde": r"write \tilde{v}_{01}: browsers do not stretch a tilde",
    "widecheck": r"write \check{v}: browsers do not stretch it",
    "label": r"a \label belongs into $$ … $$ or \begin{equation}",
    "tag": r"a \tag belongs into $$ … $$ or \begin{equation}",
    "split": "write aligned",
    "eqnarray": "write align",
    "href": "put a Markdown link around the formula",
}
_KNOWN = """
alpha beta gamma delta epsilon varepsilon zeta eta theta kappa lambda mu nu xi pi rho sigma tau
phi varphi chi psi omega Gamma Delta Theta Lambda Pi Sigma Phi Psi Omega frac dfrac tfrac sqrt
sum prod int partial nabla infty cdot times circ to mapsto rightarrow leftarrow Rightarrow in
notin subset le leq ge geq ne neq approx equiv sim propto tilde hat bar vec dot ddot overline
underline underbrace overbrace mathrm mathbf mathbb mathcal mathit boldsymbol operatorname text
left right big Big bigg Bigg begin end quad qquad ldots cdots vdots ddots ln log exp sin cos tan
tanh arctan max min lim arg det diag top transpose eqref label tag equation align aligned gather
gathered cases matrix pmatrix bmatrix vmatrix array lvert rvert lVert rVert displaystyle
textstyle color textcolor
"""

# After these a number needs no brackets, whatever its sign.
_OPENERS = frozenset("=≈≠<>≤≥≡∼∝→↦⇒∈([{|‖⟨,;:.…⁣")

_LEADING = frozenset(("mrow", "mstyle", "mpadded", "msub", "msup", "msubsup"))


class FormulaError(ValueError):
    """A formula that cannot be set; `remedy` says what to do instead.

    `line` counts the formula's own line breaks before the mistake.
    """

    def __init__(self, message: str, remedy: str = "", line: int = 0) -> None:
        """Keep the message for the page's line and the remedy beside it."""
        super().__init__(message)
        self.remedy = remedy
        self.line = line


class Token(NamedTuple):
    """A computed value that one character of a formula stands for."""

    path: str  # what data-mg says: f.x2.adjoint
    shown: Shown
    related: bool = False  # whether `=` or `≈` goes before it
    format: str | None = None  # other than the usual one


def inline(tex: str, **attributes: str) -> str:
    r"""Return a formula in the line of text as MathML; raises `FormulaError`.

    Further attributes of the element are given by name, an underscore for a hyphen.

    >>> inline(r"v_1", data_of="f.v1")
    '<math data-of="f.v1" data-tex="v_1"><msub><mi>v</mi><mn>1</mn></msub></math>'
    """
    return _element(tex, display=False, attributes=attributes) if attributes else _inline(tex)


@lru_cache(maxsize=4096)
def _inline(tex: str) -> str:
    return _element(tex, display=False, attributes={})


def display(tex: str, **attributes: str) -> str:
    """Return a formula on lines of its own, which scrolls by itself where it is too wide.

    Raises `FormulaError`.
    """
    formula = _element(tex, display=True, attributes=attributes)
    return f'<div class="mg-display" role="group" aria-label="Formula" tabindex="0">{formula}</div>'


def convert(tex: str, *, display: bool) -> str:
    """Return the bare MathML element without `data-tex`; raises `FormulaError`."""
    _check(tex)
    try:
        mathml = _CONVERTER.convert_with_local_state(tex, displaystyle=display)
    except LatexError as error:
        raise _explained(tex, str(error)) from None
    return _closed(mathml).replace("&ApplyFunction;", "\u2061")


def _closed(mathml: str) -> str:
    """Empty elements with tags at both ends: minifiers take <mspace/> for one that goes on."""
    *parts, last = mathml.split("/>")
    if not parts:
        return mathml
    names = (part[part.rfind("<") + 1 :].split(maxsplit=1)[0] for part in parts)
    return "".join(f"{part}></{name}>" for part, name in zip(parts, names, strict=True)) + last


def _element(tex: str, *, display: bool, attributes: Mapping[str, str]) -> str:
    mathml = convert(tex, display=display)
    named = {name.rstrip("_").replace("_", "-"): text for name, text in attributes.items()}
    named.setdefault("data-tex", tex.strip())
    written = "".join(f' {name}="{escape(text)}"' for name, text in named.items())
    return mathml.replace("<math", f"<math{written}", 1)


def _check(tex: str) -> None:
    if not tex.strip():
        raise FormulaError("a formula without content", r"write something, or \$ for a dollar sign")
    if comment := _COMMENT.search(tex):
        raise FormulaError(
            f"a % in {_excerpt(tex, comment.end())} would drop the rest of its line",
            r"write \%",
            tex.count("\n", 0, comment.end()),
        )
    if len(tex) > LONGEST:
        raise FormulaError(f"a formula of {len(tex)} characters", f"at most {LONGEST}")
    if tex.count("{") > DEEPEST and _depth(tex) > DEEPEST:
        raise FormulaError("braces nested too deeply", f"at most {DEEPEST} within each other")
    if found := _NO_TEXT.search(tex):
        line = tex.count("\n", 0, found.start())
        what = f"the character U+{ord(found[0]):04X} in a formula, which no text has"
        raise FormulaError(what, "delete it, or type it again", line)


def _depth(tex: str) -> int:
    depth = deepest = 0
    for brace in re.findall(r"\\.|[{}]", tex, re.DOTALL):
        depth += {"{": 1, "}": -1}.get(brace, 0)
        deepest = max(deepest, depth)
    return deepest


def _explained(tex: str, message: str) -> FormulaError:
    at = _AT.fullmatch(message)
    place, reason = (int(at[1]), at[2]) if at else (0, message)
    line = tex.count("\n", 0, place)
    unknown = _UNKNOWN.search(reason)
    reason = reason[:1].lower() + reason[1:].rstrip(".")
    if unknown is None:
        return FormulaError(f"{reason}, in {_excerpt(tex, place)}", line=line)
    name = unknown[2]
    sign = "\\" if unknown[1] == "command" else ""
    message = f"unknown {unknown[1]} {sign}{name} in {_excerpt(tex, place)}"
    close = get_close_matches(name, _KNOWN.split(), 1)
    guess = f"did you mean {sign}{close[0]}?" if close else ""
    return FormulaError(message, _REMEDIES.get(name, guess), line)


def _excerpt(tex: str, place: int) -> str:
    """Quote the formula around a place, on one line."""
    start = max(0, min(place, len(tex)) - 20)
    end = min(len(tex), max(place, 0) + 20)
    text = " ".join(tex[start:end].split())
    return f"{'…' if start else ''}{text}{'…' if end < len(tex) else ''}"


def words(mathml: str) -> str:
    r"""Return a formula as plain text, for attributes and names.

    >>> words(inline(r"\frac{1}{\tilde{v}_{01}}"))
    '1/ṽ01'
    """
    return normalize("NFC", _words(trees.read(mathml)))


def _words(element: ET.Element) -> str:
    parts = [_words(child) for child in element]
    text = (element.text or "") + "".join(parts)
    match element.tag:
        case "mfrac":
            return "/".join(parts)
        case "msup":
            return "^".join(parts)
        case "mover" if parts[-1] == "˜":
            return f"{parts[0]}\u0303"
    return text.replace("\u2061", "")


@lru_cache(maxsize=1024)
def name_formula(cell: str) -> str:
    """Give a formula that is all there is in a heading cell a name: some tools find it empty."""
    if _MATH.fullmatch(cell) is None or "aria-label" in cell:
        return cell
    try:
        name = words(cell)
    except (trees.Unreadable, RecursionError):  # typed by a writer, and none of ours
        return cell
    return cell.replace("<math", f'<math aria-label="{escape(name)}"', 1)


def _fail(_character: str, why: str) -> None:
    raise FormulaError(f"a formula that cannot be read: {why}")


def fill(html: str, tokens: Mapping[str, Token], failed: Callable[[str, str], None] = _fail) -> str:
    r"""Put computed values into every formula of some HTML, by the characters that stand for them.

    Brackets go around a negative number after an operator, and around the base of a power.
    A formula that a writer has typed and that cannot be read is left as it is: `failed` gets each
    of the characters in it, and why.

    >>> from fractions import Fraction
    >>> from docs_plugins.model import Number
    >>> from docs_plugins.numbers import show
    >>> minus = Token("f.v3.adjoint", show(Number(-1.0, Fraction(-1), 1.0)))
    >>> "(" in fill(inline("2 \\cdot \ue000"), {"\ue000": minus})
    True
    """
    if not any(character in html for character in tokens):
        return html

    def filled(match: re.Match[str]) -> str:
        inside = [character for character in tokens if character in match[0]]
        try:
            return _fill_formula(match[0], tokens) if inside else match[0]
        except trees.Unreadable as error:
            for character in inside:
                failed(character, str(error))
            return match[0]

    return _MATH.sub(filled, html)


def _fill_formula(mathml: str, tokens: Mapping[str, Token]) -> str:
    root = trees.read(mathml)
    for parent in list(root.iter()):
        for place, child in enumerate(list(parent)):
            token = tokens.get(child.text or "") if child.tag == "mi" else None
            if token is not None:
                parent[place] = _number(token, bracketed=_needs_brackets(parent, place, token))
                parent[place].tail = child.tail
        if parent.text and parent.tag != "mi":
            _fill_text(parent, tokens)
        for name, text in parent.items():
            parent.set(name, _as_tex(text, tokens))
    return trees.write(root)


def _needs_brackets(parent: ET.Element, place: int, token: Token) -> bool:
    if token.related or parent.tag in {"mfrac", "mroot"}:
        return False
    if parent.tag in {"msub", "msup", "msubsup"}:
        return place == 0 and (token.shown.negative or token.shown.exponent is not None)
    if parent.tag in {"munder", "mover", "munderover"}:
        return False
    after = next((e for e in parent[place + 1 :] if e.tag != "mspace"), None)
    return _begins_with_digits(after) or _misleads(parent, place, token)


def _misleads(parent: ET.Element, place: int, token: Token) -> bool:
    """Whether a number's sign or first digit would be read with what stands before it."""
    before = next((e for e in reversed(parent[:place]) if e.tag != "mspace"), None)
    if before is None or before.tag == "mtext":
        return False
    if before.tag == "mo":
        return token.shown.negative and (before.text or "") not in _OPENERS
    return token.shown.negative or before.tag == "mn" or before.get("data-mg") is not None


def _begins_with_digits(element: ET.Element | None) -> bool:
    """Whether what stands behind a number begins with a digit, which would be read as its own."""
    while element is not None and len(element) and element.tag in _LEADING:
        element = element[0]
    return element is not None and element.tag == "mn"


def _number(token: Token, *, bracketed: bool) -> ET.Element:
    number = ET.Element("mrow", {"class": "mg-n", "data-mg": token.path})
    if token.format:
        number.set("data-mg-format", token.format)
    shown = token.shown
    if shown.negative:
        ET.SubElement(number, "mo", {"lspace": "0", "rspace": "0"}).text = "−"
    ET.SubElement(number, "mn").text = shown.digits
    if shown.exponent is not None:
        ET.SubElement(number, "mo").text = "×"
        power = ET.SubElement(number, "msup")
        ET.SubElement(power, "mn").text = "10"
        ET.SubElement(power, "mn").text = str(shown.exponent).replace("-", "−")
    if not (bracketed or token.related):
        return number
    around = ET.Element("mrow")
    if token.related:
        ET.SubElement(around, "mo").text = shown.relation
        around.append(number)
        return around
    ET.SubElement(around, "mo", {"stretchy": "false"}).text = "("
    around.append(number)
    ET.SubElement(around, "mo", {"stretchy": "false"}).text = ")"
    return around


def _fill_text(element: ET.Element, tokens: Mapping[str, Token]) -> None:
    """Turn the values in an element's leading text, as in words within a formula, into spans."""
    characters = "".join(map(re.escape, tokens))
    parts = re.split(f"([{characters}])", element.text or "")
    if len(parts) == 1:
        return
    element.text = parts[0]
    for index, (character, after) in enumerate(zip(parts[1::2], parts[2::2], strict=True)):
        token = tokens[character]
        span = ET.Element("span", {"class": "mg-n", "data-mg": token.path})
        span.text, span.tail = token.shown.text, after
        element.insert(index, span)


def _as_tex(text: str, tokens: Mapping[str, Token]) -> str:
    for character, token in tokens.items():
        if character in text:
            relation = {"=": "= ", "≈": r"\approx "}[token.shown.relation] if token.related else ""
            text = text.replace(character, f"{relation}{{{token.shown.tex}}}")
    return text
