r"""The formulas of one page: what each becomes, the numbers of its equations, the links to them.

The text of the page holds one private-use character for each formula until `put` puts the HTML in
its place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from html import escape, unescape
from typing import TYPE_CHECKING, NamedTuple

from docs_plugins import maths

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Report = Callable[[str, int, str], str]
    """Takes a message, the line of the text as it is when the formulas are looked for, and a
    remedy; returns the HTML that stands on the page in place of the formula."""

# Plane 16 is for private use and nobody writes it: marks of lines, a pipe that ends no cell, and
# what stands for a formula.
FIRST_LINE, LAST_LINE, PIPE = 0x100000, 0x107FFE, chr(0x107FFF)
FIRST_FORMULA, LAST_FORMULA = 0x108000, 0x10FFFD
MARK = f"[{chr(FIRST_LINE)}-{chr(LAST_LINE)}]"
FORMULA = f"[{chr(FIRST_FORMULA)}-{chr(LAST_FORMULA)}]"

ENVIRONMENTS = "equation|align|gather|multline"
_ROWS = frozenset({"align", "gather"})  # numbered row by row

_ENVIRONMENT = re.compile(
    rf"\s*\\begin\{{(?P<name>{ENVIRONMENTS})(?P<star>\*?)\}}(?P<body>.*)"
    r"\\end\{(?P=name)(?P=star)\}\s*",
    re.DOTALL,
)
_LABEL = re.compile(r"\\label\s*\{([^{}]*)\}")
_TAG = re.compile(r"\\tag\s*\{([^{}]*)\}")
_MULTLINE = re.compile(r"(\\(?:begin|end)\{multline)\}")
_ROW_NUMBER = re.compile(r'(?: id="([^"]*)")?>(<mtext>\()(\d+)(\)</mtext></mtd></mtr>)')
_EQREF = re.compile(r'<a href="#([^"]*)">\(\?\?\)</a>')
_ANY_TAG = re.compile(r"<[A-Za-z/!][^<>]*>")
_ATTRIBUTE = re.compile(r"""([\w:-]+)=("[^"]*"|'[^']*')""")
# A browser may break a line between a formula and a bracket or comma that touches it.
_PLACE = re.compile(
    rf"<div>(?P<block>{FORMULA})</div>"
    rf"|(?P<before>[(\[“‘]+)?(?P<inline>{FORMULA})(?P<after>[)\].,;:!?…”’]+)?"
)
LONGEST_TOGETHER = 60
_HEADING_CELL = re.compile(r"(<th\b[^>]*>)(<math\b.*?</math>)(?=</th>)", re.DOTALL)
_ADDRESSES = frozenset({"href", "src", "srcset", "action", "id", "class", "name", "for"})
_END_OF_BLOCK = r"</(?:p|li|t[dh]|h[1-6]|d[dt]|figcaption|div)>"
_STRAY = re.compile(
    r"<(pre|code|script|style|textarea|kbd|samp|math)\b.*?</\1\s*>|<[A-Za-z/!][^<>]*>"
    rf"|\$(?P<single>{MARK})(?=(?:(?!{_END_OF_BLOCK}|<math\b)[^$])*?\\[A-Za-z]{{2}})"
    rf"|\$\$(?P<double>{MARK})(?=(?:(?!{_END_OF_BLOCK})[^$])+\$\$)",
    re.DOTALL,
)


def clean(text: str) -> str:
    """Return the text as it was typed: without marks of lines."""
    return re.sub(MARK, "", text).replace(PIPE, "|")


class Equation(NamedTuple):
    """A numbered equation: its number as shown, without brackets, and the id that links lead to."""

    number: str
    id: str


class _Formula(NamedTuple):
    """A formula taken out of the text."""

    source: str  # as typed, dollars included
    line: int
    html: str  # MathML, or what stands there after a mistake
    rows: int = 0  # how many of the page's numbers it takes up
    labels: tuple[tuple[int, str], ...] = ()  # row, label
    tag: str | None = None  # the writer's own number
    beside: bool = False  # one number for all of it, set beside it


@dataclass(slots=True)
class Formulas:
    """The formulas of the page at hand, in the order in which they are met."""

    report: Report
    lines: list[str] = field(default_factory=list)
    _found: list[_Formula] = field(default_factory=list)
    _told: set[tuple[str, int]] = field(default_factory=set)

    def reset(self) -> None:
        """Forget the page."""
        self.lines = []
        self._found.clear()
        self._told.clear()

    def equations(self) -> Mapping[str, Equation]:
        r"""Return the numbered equations by their `\label`; right once all of the page is read."""
        numbers = self._numbers()
        return {
            label: Equation(formula.tag or str(numbers[place] + row), _id(label))
            for place, formula in enumerate(self._found)
            for row, label in formula.labels
        }

    def take_inline(self, tex: str, mark: str, source: str) -> str:
        """Set a formula within a line; returns the character that stands for it."""
        tex, source, line = clean(tex), clean(source), self.line(mark, source)
        try:
            html = maths.inline(tex)
        except maths.FormulaError as error:
            html = self.tell(str(error), line + error.line, error.remedy)
        return self._take(_Formula(source, line, html))

    def take_display(self, tex: str, mark: str, source: str) -> str:
        """Set a formula on lines of its own; returns the character that stands for it."""
        tex, source, line = clean(tex), clean(source), self.line(mark, source)
        try:
            formula = _display(tex, source, line)
        except maths.FormulaError as error:
            html = self.tell(str(error), line + error.line, error.remedy)
            return self._take(_Formula(source, line, html))
        known = {label for other in self._found for _, label in other.labels}
        for _, label in formula.labels:
            if label in known:
                self.tell(rf"\label{{{label}}} names two equations", line, "rename one of them")
            known.add(label)
        return self._take(formula)

    def take_reference(self, label: str, mark: str, source: str) -> str:
        r"""Keep an `\eqref` of running text; returns the character that stands for it."""
        html = f'<a href="#{escape(label)}">(??)</a>'
        return self._take(_Formula(clean(source), self.line(mark, source), html))

    def take_mistake(self, message: str, mark: str, source: str, remedy: str) -> str:
        """Report what cannot be read; returns the character for what stands there instead."""
        line = self.line(mark, source)
        return self._take(_Formula(source, line, self.tell(message, line, remedy)))

    def put(self, html: str) -> str:
        """Put the formulas into some HTML for their characters, and report stray dollars."""
        if re.search(FORMULA, html):
            numbers, equations = self._numbers(), self.equations()
            html = _ANY_TAG.sub(lambda tag: self._put_in_tag(tag[0]), html)
            html = _PLACE.sub(lambda place: self._put_one(place, numbers, equations), html)
            html = _HEADING_CELL.sub(lambda cell: cell[1] + maths.name_formula(cell[2]), html)
        if "$" in html:
            for stray in _STRAY.finditer(html):
                self._tell_stray(stray["single"], stray["double"])
        return clean(html)

    def tell(self, message: str, line: int, remedy: str) -> str:
        """Report a mistake once; returns what stands on the page instead."""
        if (message, line) in self._told:
            return ""
        self._told.add((message, line))
        return self.report(message, line, remedy)

    def line(self, mark: str, source: str) -> int:
        """Read a mark of a line; without one, look the formula up in the text."""
        if mark:
            return ord(mark) - FIRST_LINE
        first = clean(source).strip().split("\n")[0]
        return next((n for n, line in enumerate(self.lines, 1) if first in line), 1)

    def _take(self, formula: _Formula) -> str:
        if FIRST_FORMULA + len(self._found) > LAST_FORMULA:
            return self.tell("more formulas than a page can hold", formula.line, "divide the page")
        self._found.append(formula)
        return chr(FIRST_FORMULA + len(self._found) - 1)

    def _at(self, character: str) -> _Formula | None:
        place = ord(character) - FIRST_FORMULA
        return self._found[place] if place < len(self._found) else None

    def _numbers(self) -> list[int]:
        """First number of each formula, by its place in `_found`; counted in the order of lines."""
        numbers, number = [0] * len(self._found), 1
        for place in sorted(range(len(numbers)), key=lambda place: self._found[place].line):
            numbers[place] = number
            number += self._found[place].rows
        return numbers

    def _put_one(
        self, place: re.Match[str], numbers: list[int], equations: Mapping[str, Equation]
    ) -> str:
        character = place["block"] or place["inline"]
        formula = self._at(character)
        if formula is None:
            return ""
        html = _EQREF.sub(
            lambda match: self._link(unescape(match[1]), formula.line, equations), formula.html
        )
        number = numbers[ord(character) - FIRST_FORMULA]
        if formula.beside:
            return _with_number(html, formula, formula.tag or str(number))
        if formula.rows:
            return _ROW_NUMBER.sub(lambda row: _renumbered(row, number - 1), html)
        if not (place["before"] or place["after"]):
            return html
        whole = f"{place['before'] or ''}{html}{place['after'] or ''}"
        short = len(formula.source) <= LONGEST_TOGETHER
        return f'<span class="mg-together">{whole}</span>' if short else whole

    def _link(self, label: str, line: int, equations: Mapping[str, Equation]) -> str:
        equation = equations.get(label)
        if equation is not None:
            return f'<a href="#{equation.id}">({escape(equation.number)})</a>'
        close = get_close_matches(label, equations, 1)
        remedy = f"did you mean {close[0]}?" if close else rf"give the equation a \label{{{label}}}"
        self.tell(rf"\eqref{{{label}}} refers to no equation of this page", line, remedy)
        return f"({escape(label)})"

    def _put_in_tag(self, tag: str) -> str:
        if not re.search(FORMULA, tag):
            return tag
        return _ATTRIBUTE.sub(
            lambda match: f"{match[1]}={self._in_words(match[2], address=match[1] in _ADDRESSES)}",
            tag,
        )

    def _in_words(self, text: str, *, address: bool) -> str:
        def words(match: re.Match[str]) -> str:
            formula = self._at(match[1])
            if formula is None:
                return ""
            return escape(formula.source if address else _words(formula.html))

        return re.sub(rf"\\?({FORMULA})", words, text)  # raw HTML puts a backslash before it

    def _tell_stray(self, single: str | None, double: str | None) -> None:
        if single:
            self.tell(
                "a $ before TeX that opens no formula",
                self.line(single, "$"),
                r"close the formula in the same paragraph, or write \$ for a dollar sign",
            )
        elif double:
            self.tell(
                "a $$ formula within a line of text",
                self.line(double, "$$"),
                "put it on lines of its own, or write $…$",
            )


def _display(tex: str, source: str, line: int) -> _Formula:
    environment = _ENVIRONMENT.fullmatch(tex)
    if environment is None:
        if _LABEL.search(tex) or _TAG.search(tex):
            return _numbered(tex, tex, source, line)
        return _Formula(source, line, maths.display(tex))
    if environment["star"]:
        body = environment["body"] if environment["name"] == "equation" else tex
        return _Formula(source, line, maths.display(body, data_tex=tex.strip()))
    if environment["name"] in _ROWS:
        html = maths.display(tex)
        rows = [row[1] for row in _ROW_NUMBER.finditer(html)]
        labels = tuple((n, unescape(label)) for n, label in enumerate(rows) if label)
        return _Formula(source, line, html, len(rows), labels)
    if environment["name"] == "multline":
        return _numbered(_MULTLINE.sub(r"\1*}", tex), tex, source, line)
    above = "\n" * tex.count("\n", 0, environment.start("body"))  # so that mistakes keep their line
    return _numbered(above + environment["body"], tex, source, line)


def _numbered(body: str, tex: str, source: str, line: int) -> _Formula:
    labels = tuple((0, label) for label in _LABEL.findall(body))
    tag = _TAG.search(body)
    html = maths.display(_TAG.sub("", _LABEL.sub("", body)), data_tex=tex.strip())
    rows, own = (0, tag[1]) if tag else (1, None)
    return _Formula(source, line, html, rows, labels, own, beside=True)


def _with_number(html: str, formula: _Formula, number: str) -> str:
    id = _id(formula.labels[0][1] if formula.labels else number)
    return (
        f'<div class="mg-equation" id="{id}">{html}<a class="mg-equation-number" href="#{id}" '
        f'aria-label="Equation {escape(number)}">({escape(number)})</a></div>'
    )


def _renumbered(row: re.Match[str], before: int) -> str:
    id = f' id="{_id(unescape(row[1]))}"' if row[1] else ""
    return f"{id}>{row[2]}{before + int(row[3])}{row[4]}"


def _words(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))


def _id(label: str) -> str:
    """`eq:adjoint` is reached as `#eq-adjoint`."""
    words = re.sub(r"[^\w-]+", "-", label.removeprefix("eq:").removeprefix("eq-")).strip("-")
    return f"eq-{words}"
