"""Hand-typed results: decimals on a computed page that are one of its results or just miss one.

The rule looks at what a reader sees, text and mathematics, without code and without what was
computed: a decimal of four or more significant digits within 1.5 units of its last place of a
result; of three, only the correct rounding, and only of outputs and of the inputs' adjoints. A
percentage of four digits counts as the hundredths that it is. Signs are ignored. The block's own
inputs and constants are no results; no version or number of a figure is one.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from docs_plugins.drift import labels
from docs_plugins.drift.decimals import SPACED, follows_a_number, western
from docs_plugins.drift.htmltokens import End, Start, Text, plain, tokens
from docs_plugins.language import Constant
from docs_plugins.numbers import DECIMALS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from docs_plugins.model import Computation

_SPACES = "\u00a0\u2007\u2009\u200a\u202f"
GROUPING = f"{_SPACES}'’"  # between groups of digits; a comma too, before the point
# where a comma is the point: it parts no groups, no ends of an interval and no coordinates
_WITH_COMMA = r"(?<![(\[{])(?:0,\d+|\d{1,3},\d{4,})(?![\d)\]}])"
# behind a decimal, what shows that it is part of a name: 3.11rc1, 1.7163.csv, 1.7163/data/x.
# Letters alone are a unit, and one slash is a quotient: 1.7163rad, 1.7163/s
_NO_NUMBER = r"_|[^\W\d_]{0,16}\d|\.[\da-z]|/[\w.-]{0,32}(?:/|\.[a-z])"
# a decimal, its power of ten and its percent sign, in running text, TeX and the text of MathML; no
# part of a word, a version, a date, an address or a path. Every run of spaces is bounded: the time
# stays linear.
DECIMAL = re.compile(
    r"(?<![\w.:#@])(?<![^\d][/-])(?<!\d,(?=\d{3}\.))[−-]?"
    rf"(?P<digits>(?:\d+(?:[{GROUPING}]\d{{3}})*|\d{{1,3}}(?:,\d{{3}})+)?"
    rf"\.\d++(?:[{GROUPING}]\d{{1,3}})*|{_WITH_COMMA}(?!,\d))"
    r"(?:[eE](?P<e>[−+-]?\d+)"
    r"|\s{0,4}(?:[×·⋅∗x*]|\\times|\\cdot|\\ast)\s{0,4}10(?!\d)\s{0,4}"
    r"(?:(?P<super>⁻?[⁰¹²³⁴-⁹]+)|(?:\^|\*\*)?\{?\s{0,4}(?P<power>[−-]?\s{0,4}\d+)\}?))?+"
    rf"(?P<percent>\s{{0,4}}(?:\\?%|per ?cent\b|pct\b|(?P<mille>‰|per ?mille\b)))?+(?!{_NO_NUMBER})"
)
SKIPPED_ELEMENTS = frozenset({"code", "pre", "script", "style", "template"})
SKIPPED_ATTRIBUTES = frozenset({"data-mg", "data-mg-view", "data-mg-literal", "data-mg-problem"})
READ_ATTRIBUTES = (
    *("alt", "title", "aria-label", "aria-description", "aria-valuetext"),
    *("placeholder", "label", "value", "srcdoc"),
)
INLINE_ELEMENTS = {  # without sub and sup: a footnote's digit is none of the number before it
    *("a", "abbr", "b", "bdi", "bdo", "cite", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q"),
    *("s", "samp", "small", "span", "strong", "u", "var", "wbr"),
}
FARTHEST = 5  # characters of an exponent; with as many, a number is no double anyway
LONGEST = 400  # characters of a decimal that are read
MOST_TYPED = 10_000  # results on one page; after them none is looked for
LOOKED_AT = 32  # results on either side of a decimal
# digits that only a closer look puts together: <b>1.7</b>163, 0&#46;2836, 1{,}716.3 in a formula
_UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_SPLIT = re.compile(
    rf"[\d.](?:<[^<>]*>)+(?:[\d.{_SPACES}]| \d{{3}}\.)|&#|\d&[a-zA-Z]|[\d.][{_UNSEEN}]"
    r'|<mo rspace="0">,'
    r"|\d \d{3}\.\d|\.\d{3} \d{3}(?!\d)"
)
_INVISIBLE = re.compile(f"[{_UNSEEN}]")
_JOINS = frozenset("-/")  # signs that may stand between two numbers, and are part of many a name
_GROUPED = re.compile(f"[{GROUPING},]")
_SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")


class Literal(NamedTuple):
    """A decimal as typed, where it stands, and what to write instead."""

    text: str
    line: int  # of the text it was looked up in, 1-based
    reference: str  # {{ f.x2.adjoint }}
    value: float  # what the reference is


class Result(NamedTuple):
    """One computed number that a page may be found to repeat."""

    size: float
    rank: int  # of several equal ones the least is named
    path: str  # with its block: f.x2.adjoint
    value: float
    short: bool  # an output or an input's adjoint: three digits are enough


class Results:
    """The results of a page, found by size."""

    def __init__(self, found: Iterable[Result], constants: Iterable[float]) -> None:
        """Sort the results, equal ones once; `constants` are the blocks' inputs and literals."""
        best: dict[tuple[float, bool], Result] = {}
        for result in sorted(found):
            best.setdefault((result.value, result.short), result)
        self._results = sorted(best.values())
        self._sizes = [result.size for result in self._results]
        mantissas = {_mantissa(size) for size in self._sizes}
        # just below ten and just above one are neighbours, a power of ten apart
        self._mantissas = sorted(mantissas | {m * 10 for m in mantissas if m < 1.1} | {1.0})
        self._constants = sorted(constants)

    def match(self, decimal: re.Match[str]) -> Result | None:
        """Return the result that a decimal repeats, or None."""
        digits = _digits(decimal)
        significant = _significant(digits)
        beside = decimal.string[max(0, decimal.start() - 1) : decimal.start()] in _JOINS
        if significant < (4 if decimal["percent"] or beside else 3):
            return None
        if beside and not follows_a_number(decimal.string, decimal.start()):
            return None
        exponent = _exponent(decimal)
        size = float(f"{digits}e{exponent}") if exponent else float(digits)
        unit = float(f"1e{exponent - len(digits.partition('.')[2])}")
        short = significant == 3
        near = self._near(size, (0.5 if short else 1.5) * unit, short)
        if not near or _holds(self._constants, size, 0.5 * unit) or _is_label(decimal):
            return None
        before = decimal.string[max(0, decimal.start() - 4) : decimal.start()].rstrip()
        negative = decimal[0][0] in "−-" or before[-1:] in ("−", "-")
        return min(
            near,
            key=lambda r: (
                (r.value < 0) != negative,
                abs(r.size - size) > unit / 2,
                r.rank,
                r.path,
            ),
        )

    def repeats(self, text: str) -> bool:
        """Whether a decimal in a text is a result."""
        return any(map(self.match, DECIMAL.finditer(self.joined(western(text)))))

    def joined(self, text: str) -> str:
        """A text with digits put together that ordinary spaces part, where they make a result."""
        return SPACED.sub(self._joined, text)

    def _joined(self, found: re.Match[str]) -> str:
        together = found[0].replace(" ", "\u2009")
        decimal = DECIMAL.fullmatch(together)
        return together if decimal is not None and self.match(decimal) else found[0]

    def resembles(self, decimal: re.Match[str]) -> bool:
        """Whether a decimal may repeat a result, whatever power of ten follows it."""
        digits = _digits(decimal)
        significant = _significant(digits)
        if significant < 3:
            return False
        mantissa = _mantissa(float(digits[:LONGEST]))
        return _holds(self._mantissas, mantissa, 1.5 * 10.0 ** (1 - significant))

    def _near(self, size: float, reach: float, short: bool) -> list[Result]:
        reach *= 1 + 1e-9  # the halves of decimals are no doubles
        middle = bisect_left(self._sizes, size)
        first = bisect_left(self._sizes, size - reach, max(0, middle - LOOKED_AT), middle)
        last = bisect_right(
            self._sizes, size + reach, middle, min(middle + LOOKED_AT, len(self._sizes))
        )
        return [found for found in self._results[first:last] if found.short or not short]


def _is_label(decimal: re.Match[str]) -> bool:
    """Whether a short decimal is a version, or the number of a figure or a section."""
    text, start, end = decimal.string, decimal.start(), decimal.end()
    before = text[max(0, start - labels.LOOKED_AT) : start]
    after = text[end : end + labels.LOOKED_AT]
    return end == decimal.end("digits") and labels.is_label(before, _digits(decimal), after)


def _digits(decimal: re.Match[str]) -> str:
    return _pointed(decimal["digits"])


def _pointed(digits: str) -> str:
    """A decimal's digits and its point alone."""
    return _GROUPED.sub("", digits if "." in digits else digits.replace(",", "."))


def _significant(digits: str) -> int:
    return len(digits.replace(".", "").lstrip("0"))


def _mantissa(size: float) -> float:
    return float(f"{size:e}".partition("e")[0]) if 0 < size < math.inf else 0.0


def _holds(ordered: Sequence[float], size: float, reach: float) -> bool:
    reach *= 1 + 1e-9
    start = bisect_left(ordered, size - reach)
    return start < len(ordered) and ordered[start] <= size + reach


def _exponent(decimal: re.Match[str]) -> int:
    if decimal.end() == decimal.end("digits"):
        return 0
    text = decimal["e"] or decimal["super"] or decimal["power"] or "0"
    text = re.sub(r"[\s+]", "", text.translate(_SUPERSCRIPTS))
    return int(text[:FARTHEST]) - (3 if decimal["mille"] else 2 if decimal["percent"] else 0)


def _decimals(decimal: re.Match[str]) -> int:
    return len(_digits(decimal).partition(".")[2])


def results(
    computations: Iterable[Computation], drawn: Iterable[tuple[str, float]] = ()
) -> Results:
    """Collect what a page computes; `drawn` are numbers that only views show, with their paths."""
    found: list[Result] = []
    constants: list[float] = []
    for computation in computations:
        inputs = {v.address for v in computation.variables if v.operation == "input"}
        outputs = {"value", *(f"{output.label}.value" for output in computation.outputs)}
        constants += _constants(computation)
        for path, number in computation.numbers.items():
            node, _, quantity = path.rpartition(".")
            variable = node.partition("[")[0]
            if quantity == "value" and variable in inputs:
                continue
            short = (quantity == "adjoint" and variable in inputs) or path in outputs
            where = f"{computation.name}.{path}"
            value = number.value
            found.append(Result(abs(value), _rank(node, quantity), where, value, short))
    found += [Result(abs(value), 9, path, value, short=False) for path, value in drawn]
    return Results(found, constants)


def _rank(node: str, quantity: str) -> int:
    """How well a reference reads: the output, then values and adjoints, then links and entries."""
    if quantity in {"value", "adjoint"}:
        return 0 if not node else 1
    return 3 if node.startswith("jacobian") else 2


def _constants(computation: Computation) -> Iterator[float]:
    for variable in computation.variables:
        if variable.operation == "input":
            yield from (abs(number.value) for number in variable.value)
    for step in computation.program.steps:
        for operand in step.operands:
            if isinstance(operand, Constant):
                yield abs(operand.value)


def visible_text(html: str) -> str:
    """Return the text and mathematics of a page, less code and computed elements."""
    parts: list[str] = []
    skipped, depth = "", 0
    formula = _Formula()
    for token in tokens(html):
        if isinstance(token, Text):
            if not depth:
                parts.append(formula.text(token.text))
        elif depth:
            if token.tag == skipped and not (isinstance(token, Start) and token.empty):
                depth += 1 if isinstance(token, Start) else -1
        else:
            if formula.open or token.tag == "math":
                parts.append(formula.between(token))
            else:
                parts.append(_between(token))
            if isinstance(token, End):
                continue
            if formula.skips(token) or not SKIPPED_ATTRIBUTES.isdisjoint(token.attributes):
                skipped, depth = token.tag, 0 if token.empty else 1
                formula.skip(token)
            else:
                attributes = token.attributes
                parts += [f" {attributes[name]} " for name in READ_ATTRIBUTES if name in attributes]
    return seen_together("".join(parts))


_PLACED = frozenset({"x", "y", "dy"})


def _between(token: Start | End) -> str:
    """What a tag of running text puts between two texts."""
    if token.tag == "sup" and isinstance(token, Start):
        return "^"  # it may be the power of a ten
    if token.tag == "tspan":  # in a drawing: a part of a line, unless it stands elsewhere
        return "" if isinstance(token, End) or _PLACED.isdisjoint(token.attributes) else " "
    return "" if token.tag in INLINE_ELEMENTS else " "


# what stands between the pieces of a number in a formula, until `seen_together` has read it
_JOIN, _COMMA = "\ufdd2", "\ufdd3"
_JOINED = re.compile(rf"(?<=[\d.{GROUPING}{_COMMA}]){_JOIN}+(?=[\d.{GROUPING}{_COMMA}])")
_JOINS_LEFT = re.compile(f"{_JOIN}+")
_WITH_COMMAS = re.compile(rf"(?<![\d.])(\d+)((?:{_COMMA}\d+)+)(?![\d{_COMMA}])(?=(\.\d)?)")
_ROWS = frozenset(
    {"math", "mrow", "mstyle", "mpadded", "mtext", "b", "code"}
)  # pieces beside each other
_THIN = 0.28  # em; a wider space in a formula parts numbers
_WIDTH = re.compile(r"([\d.]{1,12})em")


class _Formula:
    """Where a walk through a page is within a formula, and what parts its pieces."""

    def __init__(self) -> None:
        self.open: list[str] = []  # elements
        self.comma = False  # whether an element is open that holds the comma of {,}

    def between(self, token: Start | End) -> str:
        """What a tag puts between two texts: nothing that parts a number where it is in a row."""
        self.comma = False
        if isinstance(token, End):
            while self.open and self.open.pop() != token.tag:
                pass
            return _JOIN if self.open and self.open[-1] in _ROWS else " "
        row = bool(self.open) and self.open[-1] in _ROWS
        if not token.empty:
            self.open.append(token.tag)
        if token.tag == "mspace":
            return _space(token)
        self.comma = token.tag == "mo" and token.attributes.get("rspace") == "0"
        return _JOIN if row else " "

    def text(self, text: str) -> str:
        """A text of the page, or of the formula that is open."""
        return _COMMA if self.comma and text == "," else text

    def skips(self, token: Start) -> bool:
        r"""Whether an element is left out; what is code within a formula is a \texttt there."""
        return token.tag in SKIPPED_ELEMENTS and not (self.open and token.tag == "code")

    def skip(self, token: Start) -> None:
        """Leave an element out whose end will not be seen."""
        if self.open and not token.empty:
            self.open.pop()


def _space(token: Start) -> str:
    width = _WIDTH.fullmatch(token.attributes.get("width", ""))
    if width is None:  # none, or a negative one
        return _JOIN
    return "\u2009" if float(width[1]) <= _THIN else " "


def seen_together(text: str) -> str:
    """A text with the pieces of each number put together as a reader sees them."""
    text = _INVISIBLE.sub("", text)
    if _JOIN in text:
        text = _JOINS_LEFT.sub(" ", _JOINED.sub("", text))
    if _COMMA in text:
        text = _WITH_COMMAS.sub(_without_commas, text).replace(_COMMA, ", ")
    return text


def _without_commas(number: re.Match[str]) -> str:
    """Commas between groups of three are left out; a single other one is a decimal point."""
    first, *groups = (number[1] + number[2]).split(_COMMA)
    if all(len(group) == 3 for group in groups) and first != "0":
        return first + "".join(groups)
    return (
        f"{first}.{groups[0]}"
        if len(groups) == 1 and not number[3]
        else ", ".join((first, *groups))
    )


def forged(html: str) -> list[str]:
    """The attributes by which a page says that something was computed, each once, in lower case."""
    if "data-mg" not in html.lower():
        return []
    starts = (token for token in tokens(html) if isinstance(token, Start))
    names = (name for start in starts for name in start.attributes if name.startswith("data-mg"))
    return list(dict.fromkeys(names))


def has_decimals(html: str) -> bool:
    """Whether a page may have a decimal at all, whole or in pieces."""
    return DECIMAL.search(western(html)) is not None or _SPLIT.search(html) is not None


def find(html: str, source: str, known: Results) -> list[Literal]:
    """Return the page's hand-typed results, by line.

    `html` is the page as rendered, with or without what was computed; `source` is the Markdown
    that it came from, which the lines count in.
    """
    html = western(html)
    decimals = DECIMAL.finditer(html)
    if not (any(map(known.resembles, decimals)) or _SPLIT.search(html)):
        return []  # nearly every page: no need to read it closely
    counts: Counter[str] = Counter()
    found: dict[str, tuple[re.Match[str], Result]] = {}
    text = known.joined(western(visible_text(html)))
    for decimal in DECIMAL.finditer(text):
        result = known.match(decimal)
        if result is not None:
            counts[decimal[0]] += 1
            found[decimal[0]] = decimal, result
            if counts.total() == MOST_TYPED:
                break
    wanted: Counter[str] = Counter()
    for shown, (decimal, _) in found.items():
        wanted[_digits(decimal)] += counts[shown]
    lines = _lines(western(source), wanted, known)
    literals = []
    told: Counter[str] = Counter()  # how often the same digits, with another sign or in groups
    for text, (decimal, result) in found.items():
        digits = _digits(decimal)
        there = lines.get(digits, [1])
        first, last = told[digits], told[digits] + counts[text]
        told[digits] = last
        literals += [
            Literal(text, line, _reference(decimal, result), result.value)
            for line in (there + there[-1:] * last)[first:last]
        ]
    return sorted(literals, key=lambda literal: literal.line)


def _reference(decimal: re.Match[str], result: Result) -> str:
    decimals = _decimals(decimal)
    format = "" if decimals == DECIMALS or _exponent(decimal) else f":.{decimals}f"
    return f"{{{{ {result.path}{format} }}}}"


# --- lines ---


_TYPED = re.compile(
    rf"(?<![\d.])(?:(?:\d+(?:[{GROUPING}]\d+)*|\d{{1,3}}(?:,\d{{3}})+)?"
    rf"\\?\.\d+(?:[{GROUPING}]\d+)*|{_WITH_COMMA})(?!\d)"
)


def _lines(source: str, wanted: Mapping[str, int], known: Results) -> dict[str, list[int]]:
    """The lines on which some decimals stand: outside of code, else anywhere, else in pieces."""
    lines: dict[str, list[int]] = {}
    for text in (without_code, str, _bare):
        left = {digits: count for digits, count in wanted.items() if digits not in lines}
        if left:
            lines |= _lines_by_digits(known.joined(text(source)), left)
    return lines


def _bare(source: str) -> str:
    return seen_together(_MARKUP.sub("", western(plain(source)).replace("{,}", _COMMA)))


def _lines_by_digits(source: str, wanted: Mapping[str, int]) -> dict[str, list[int]]:
    """The lines on which decimals stand in a text, once for each time and as often as wanted."""
    lines: dict[str, list[int]] = {}
    line, position, left = 1, 0, sum(wanted.values())
    for match in _TYPED.finditer(source):
        digits = _pointed(match[0].replace("\\", ""))
        there = lines.setdefault(digits, []) if digits in wanted else None
        if there is None or len(there) == wanted[digits]:
            continue
        line += source.count("\n", position, match.start())
        position = match.start()
        there.append(line)
        left -= 1
        if not left:
            break
    return lines


# tags, emphasis, spaces and fonts of TeX; what is left of a number are its digits
_MARKUP = re.compile(r"<[^<>\n]*>|\\(?:[,:;! ]|[a-zA-Z]+[ \t]?)|[*_~{}]")
_FENCE = re.compile(r"[ >\t]*(`{3,}|~{3,})")
_REFERENCE = re.compile(r"\{\{[^{}\n]*\}\}")
_TICKS = re.compile(r"`+")


def without_code(source: str) -> str:
    """Return Markdown without front matter, code, comments and references, its lines kept."""
    kept: list[str] = []
    fence = ""
    lines = source.split("\n")
    above = lines.index("---", 1) + 1 if lines[0] == "---" and "---" in lines[1:] else 0
    for line in [""] * above + lines[above:]:
        opening = _FENCE.match(line)
        if fence:
            kept.append("")
            if opening and opening[1] == fence and not line[opening.end() :].strip():
                fence = ""
        elif opening:
            kept.append("")
            fence = opening[1]
        else:
            kept.append(_REFERENCE.sub("", line))
    text = _without_comments("\n".join(kept))
    return "\n\n".join(map(_without_spans, text.split("\n\n")))


def _without_comments(text: str) -> str:
    parts: list[str] = []
    position = 0
    while (start := text.find("<!--", position)) >= 0:
        end = text.find("-->", start)
        if end < 0:
            break
        parts += [text[position:start], "\n" * text.count("\n", start, end)]
        position = end + 3
    return "".join([*parts, text[position:]])


def _without_spans(paragraph: str) -> str:
    """A paragraph without code spans: runs of backticks pair with the next run as long."""
    runs = list(_TICKS.finditer(paragraph))
    last = {len(run[0]): index for index, run in enumerate(runs)}
    parts: list[str] = []
    position = index = 0
    while index < len(runs):
        run = runs[index]
        index += 1
        if last[len(run[0])] < index:
            continue
        while len(runs[index][0]) != len(run[0]):
            index += 1
        inside = paragraph[run.start() : runs[index].end()]
        parts += [paragraph[position : run.start()], "\n" * inside.count("\n")]
        position = runs[index].end()
        index += 1
    return "".join([*parts, paragraph[position:]])
