"""Read from a built page what it says that it computed: blocks, numbers and views."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from docs_plugins.drift.beside import Beside, without_space
from docs_plugins.drift.htmltokens import End, Start, Text, tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

TAKE = "mg-take"  # the class of the list of files to take away
LISTED = "mg-numbers"  # the class of the list of numbers
LABELS = frozenset(("code", "a"))  # what stands behind a number in that list: its path, its block
DEEPEST = 12  # elements of ours within each other; a page of ours has two
# attributes that a reader sees or hears, that draw, or that say what a part is of; ids, classes and
# links are the page's affair
SEEN_ATTRIBUTES = (
    *("alt", "aria-label", "title", "aria-valuetext", "data-label", "data-tex", "data-mg"),
    *("data-of", "data-passes"),
    *("d", "points", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry"),
    *("dx", "dy", "font-size", "width", "height", "transform", "viewbox", "colspan", "rowspan"),
)
# elements whose end tag may be left out, and the start tags that end them
IMPLIED_END: Mapping[str, frozenset[str]] = {
    "td": frozenset(("td", "th", "tr", "tbody", "tfoot")),
    "th": frozenset(("td", "th", "tr", "tbody", "tfoot")),
    "tr": frozenset(("tr", "tbody", "tfoot")),
    "li": frozenset(("li",)),
    "dd": frozenset(("dd", "dt")),
    "dt": frozenset(("dd", "dt")),
}
_SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")
_ELEMENTS = frozenset(("data-mg", "data-mg-view", "data-mg-fact"))
_OURS = _ELEMENTS | {"data-mg-block", "data-mg-in", "data-mg-tape"}
_LONGER = frozenset("<>!:=≠≤≥")  # before =, they make another sign
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class PublishedBlock:
    """One computed call: the text from which everything can be computed again."""

    name: str
    text: str
    engine: str
    count: int | None  # numbers of it that the page showed when it was built
    views: tuple[str, ...]  # ids of its views on the page
    beside: tuple[str, ...]  # the names of all blocks of the page
    line: int  # of the HTML


class PublishedNumber(NamedTuple):
    """One number as shown."""

    path: str  # with its block
    text: str  # without white space; a minus is -, a power of ten is ×10-5
    inside: bool  # whether it stands somewhere in an attribute, which has the text
    format: str | None
    relation: str  # the = or ≈ right before it, else ""
    line: int
    formula: str = ""  # the TeX of the formula that it stands in
    view: str = ""  # the view that it stands in: f.trace
    before: str = ""  # what a reader sees right before it, outside of views
    after: str = ""  # and right behind it
    minus: bool = False  # whether a minus stood right before it when the page was built


class PublishedAttributes(NamedTuple):
    """A tag's attributes in which numbers stand, such as an alternative text."""

    values: tuple[str, ...]
    numbers: tuple[tuple[str, str | None], ...]  # path and format, in the order of the numbers
    line: int


class PublishedFact(NamedTuple):
    """What a page tells of a block: its text, its call, its engine or its checks."""

    path: str  # f.call
    text: str  # without white space
    line: int


class PublishedView(NamedTuple):
    """One view as shown."""

    name: str  # f.trace
    options: str
    id: str
    caption: str | None
    text: str  # without white space
    drawn: tuple[str, ...]  # the attributes that a reader meets: d=M0 0L1 1
    line: int


class PublishedLabel(NamedTuple):
    """What the list of numbers tells of the number before it."""

    tag: str  # of `LABELS`
    path: str  # of the number
    text: str  # without white space
    line: int


class PublishedFile(NamedTuple):
    """A file that a page comes with: one to take away, or its script."""

    address: str
    script: str  # the name that the script gives itself; "" for a file to take away
    line: int


@dataclass(slots=True)
class Published:
    """Everything of ours on one built page."""

    blocks: list[PublishedBlock] = field(default_factory=list)
    numbers: list[PublishedNumber] = field(default_factory=list)
    views: list[PublishedView] = field(default_factory=list)
    facts: list[PublishedFact] = field(default_factory=list)
    labels: list[PublishedLabel] = field(default_factory=list)
    files: list[PublishedFile] = field(default_factory=list)
    attributes: list[PublishedAttributes] = field(default_factory=list)
    too_deep: int | None = None  # the line where elements of ours stand too deep in each other


@dataclass(slots=True)
class _Open:
    """An element of ours that has not ended yet."""

    start: Start
    line: int
    relation: str
    formula: str
    view: str
    before: str = ""
    depth: int = 1  # elements of its name that are open, itself included
    texts: list[str] = field(default_factory=list)
    starts: list[Start] = field(default_factory=list)
    label: bool = False  # whether it is one of the list of numbers


def read(html: str) -> Published:
    """Read a page, as built, as saved by a browser, or minified."""
    found = Published()
    opened: list[_Open] = []
    formula = ""  # the TeX of the formula that is open
    line, counted = 1, 0
    taking = listing = False  # whether the list of files to take away, or of numbers, is open
    beside = Beside()
    for token in tokens(html):
        _complete(beside.see(token), found)
        if isinstance(token, Text):
            for element in opened:
                element.texts.append(token.text)
            continue
        for element in opened:
            _follow(element, token)
        while opened and any(element.depth <= 0 for element in opened):
            _end(opened.pop(), found, beside)
        if token.tag == "math" or token.tag in IMPLIED_END:
            formula = token.attributes.get("data-tex", "") if isinstance(token, Start) else ""
        taking = _within(token, taking, "ul", TAKE)
        listing = _within(token, listing, "details", LISTED)
        label = listing and token.tag in LABELS
        if isinstance(token, Start) and (label or _is_ours(token, taking)):
            line += html.count("\n", counted, token.offset)
            counted = token.offset
            found.files += _taken(token, line) if taking else ()
            if label and len(opened) < DEEPEST:
                opened.append(_Open(token, line, "", "", "", starts=[token], label=True))
            else:
                _begin(token, line, beside, formula, opened, found)
    for element in reversed(opened):
        _end(element, found, beside)
    return found


def _complete(behind: Mapping[int, str], found: Published) -> None:
    """Say of numbers what stands behind them."""
    for number, after in behind.items():
        found.numbers[number] = found.numbers[number]._replace(after=after)


def _within(token: Start | End, was: bool, tag: str, name: str) -> bool:
    """Whether an element of ours, known by its class, is open behind a tag; `was` it before."""
    if token.tag != tag:
        return was
    return isinstance(token, Start) and name in token.attributes.get("class", "").split()


def _is_ours(start: Start, taking: bool) -> bool:
    return (taking and start.tag == "a") or not _OURS.isdisjoint(start.attributes)


def _taken(start: Start, line: int) -> list[PublishedFile]:
    """The file that a link of the list leads to."""
    address = start.attributes.get("href")
    return [PublishedFile(address, "", line)] if start.tag == "a" and address else []


def _follow(element: _Open, token: Start | End) -> None:
    """Take note of a tag inside an element of ours, which it may end."""
    name = element.start.tag
    if isinstance(token, End):
        element.depth -= token.tag == name
        return
    if element.depth == 1 and token.tag in IMPLIED_END.get(name, ()):
        element.depth = 0
        return
    element.depth += token.tag == name and not token.empty
    element.starts.append(token)


def _begin(
    start: Start, line: int, beside: Beside, formula: str, opened: list[_Open], found: Published
) -> None:
    if "data-mg-in" in start.attributes:
        inside = _in_attributes(start.attributes, line)
        found.attributes.append(inside)
        found.numbers += (
            PublishedNumber(path, "", inside=True, format=format, relation="", line=line)
            for path, format in inside.numbers
        )
    if "data-mg-tape" in start.attributes:
        address = start.attributes.get("data-mg-src", "")
        found.files.append(PublishedFile(address, start.attributes["data-mg-tape"], line))
    if "data-mg-block" in start.attributes:
        found.blocks.append(_block(start.attributes, line))
    elif start.empty or _ELEMENTS.isdisjoint(start.attributes):
        return
    elif len(opened) < DEEPEST:
        signs = beside.signs
        relation = signs[-1:] if signs[-1:] in "=≈" and signs[:-1] not in _LONGER else ""
        view = next((name for o in opened if (name := o.start.attributes.get("data-mg-view"))), "")
        opened.append(_Open(start, line, relation, formula, view, beside.before, starts=[start]))
    else:
        found.too_deep = found.too_deep or line


def _in_attributes(attributes: Mapping[str, str], line: int) -> PublishedAttributes:
    said = (value for name, value in attributes.items() if not name.startswith("data-mg"))
    values = tuple(value.translate(_SUPERSCRIPTS) for value in said)
    named = (path.partition(":") for path in attributes["data-mg-in"].split())
    numbers = tuple((path, format or None) for path, _, format in named)
    return PublishedAttributes(values, numbers, line)


def _block(attributes: Mapping[str, str], line: int) -> PublishedBlock:
    count = attributes.get("data-mg-count", "")
    return PublishedBlock(
        attributes["data-mg-block"],
        attributes.get("data-mg-text", ""),
        attributes.get("data-mg-engine", ""),
        int(count) if re.fullmatch(r"\d{1,9}", count, re.ASCII) else None,
        tuple(attributes.get("data-mg-views", "").split()),
        tuple(attributes.get("data-mg-page", "").split()),
        line,
    )


def _end(element: _Open, found: Published, beside: Beside) -> None:
    attributes = element.start.attributes
    text = without_space("".join(element.texts))
    if "data-mg" in attributes:
        shown = plain(text)
        format = attributes.get("data-mg-format")
        number = PublishedNumber(
            path=attributes["data-mg"],
            text=shown,
            inside=False,
            format=format,
            relation=element.relation,
            line=element.line,
            formula=element.formula,
            view=element.view,
            before=element.before,
            minus="data-mg-minus" in attributes,
        )
        if not element.view:  # all text of a view is compared
            beside.wait(len(found.numbers))
        found.numbers.append(number)
    if element.label and found.numbers:
        label = PublishedLabel(element.start.tag, found.numbers[-1].path, text, element.line)
        found.labels.append(label)
    if "data-mg-fact" in attributes:
        found.facts.append(PublishedFact(attributes["data-mg-fact"], text, element.line))
    if "data-mg-view" in attributes:
        labels = (
            s.attributes["aria-labelledby"]
            for s in element.starts
            if s.tag == "table" and "aria-labelledby" in s.attributes  # a drawing names itself
        )
        view = PublishedView(
            attributes["data-mg-view"],
            attributes.get("data-mg-options", ""),
            attributes.get("id", ""),
            next(labels, None),
            text,
            tuple(drawn for start in element.starts for drawn in _drawn(start)),
            element.line,
        )
        found.views.append(view)


def plain(text: str) -> str:
    """Return a shown number as it is compared: ``-4.25×10-18``."""
    return without_space(text).translate(_SUPERSCRIPTS)


def _drawn(start: Start) -> list[str]:
    return [
        f"{name}={_SPACE.sub(' ', start.attributes[name]).strip()}"
        for name in SEEN_ATTRIBUTES
        if name in start.attributes
    ]
