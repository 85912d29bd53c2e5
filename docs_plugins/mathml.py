"""MathML as a tree: our converter's, which is XML, and what a writer types, which may be HTML."""

from __future__ import annotations

import re
from html.entities import html5
from xml.etree import ElementTree as ET

_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]*;)")
_NAMESPACE = re.compile(r"""\sxmlns\s*=\s*(?:"[^"]*"|'[^']*')""")


class Unreadable(ValueError):  # noqa: N818  (what the formula is, and why)
    """A formula that is no tree."""


def read(mathml: str) -> ET.Element:
    """Return a formula as a tree; raises `Unreadable`."""
    if "xmlns" in mathml:  # HTML needs none, and a name with one is written in full
        mathml = _NAMESPACE.sub("", mathml, count=1)
    try:
        return ET.fromstring(mathml)  # noqa: S314  an element can declare no entities
    except ET.ParseError:
        return _read_html(mathml)


def _read_html(mathml: str) -> ET.Element:
    """Read a formula that has names of HTML, such as &alpha; and &nbsp; are."""
    try:
        return ET.fromstring(_ENTITY.sub(_character, mathml))  # noqa: S314  likewise
    except ET.ParseError as error:
        raise Unreadable(str(error).partition(":")[0]) from None


def _character(name: re.Match[str]) -> str:
    return html5.get(name[1], name[0])


def write(root: ET.Element) -> str:
    """Return a tree as text again, each element with both its tags; raises `Unreadable`."""
    try:
        return ET.tostring(root, encoding="unicode", short_empty_elements=False)
    except RecursionError:
        raise Unreadable("too many elements within each other") from None
