"""The font of the formulas: STIX Two Math, cut down to the characters that a site shows.

The font comes with the installed ziamath package; what is cut from it is published under the family
name "deepnotes Math" with its name table whole and its licence beside it. The same characters give
the same bytes.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from html import unescape
from importlib.resources import files
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

FAMILY = "deepnotes Math"
ALWAYS = frozenset("0123456789.−+=≈×⋅()—")  # a slider can bring any number about

_FORMULA = re.compile(r"<math [^>]*data-tex=|<text\b")
_LETTER = re.compile(r"<mi>([^<]|&[^;<]*;)</mi>")
_ROOT = re.compile("<m(sqrt|root)>")  # its sign is drawn by the browser and stands in no text
_TEX = 'data-tex="'
_TEXT = re.compile(">([^<]+)")
_WHITE = frozenset("\n\t ")
_NO_ITALIC = {"h": "ℎ"}  # Unicode has this one elsewhere
_ITALICS = (("A", "Z", 0x1D434), ("a", "z", 0x1D44E), ("Α", "Ω", 0x1D6E2), ("α", "ω", 0x1D6FC))


class Font(NamedTuple):
    """A font file as the site publishes it; its name changes with its content."""

    name: str
    content: bytes

    def head(self, address: str) -> str:
        """Return what a page with formulas has in its head, the font's address being given.

        It is preloaded, so that formulas do not move when it arrives.
        """
        return (
            f'<link rel="preload" href="{address}" as="font" type="font/woff2" crossorigin>'
            f'<style>@font-face{{font-family:"{FAMILY}";font-display:swap;'
            f'src:url("{address}") format("woff2")}}</style>'
        )


def characters(pages: Iterable[str]) -> frozenset[str]:
    """Return the characters that formulas and figures of some HTML pages need; none without any.

    A browser sets a variable's single letter in the italic of another Unicode block, so both count.
    """
    found: set[str] = set()
    for page in pages:
        if _has_ours(page):
            for formula in {part.partition("</math>")[0] for part in page.split("<math ")[1:]}:
                found |= _of_formula(formula)
            for part in page.split("<text")[1:]:
                attributes, _, rest = part.partition(">")
                if attributes[:1] in {"", " "}:
                    found |= _needed(">" + rest.partition("</text>")[0])
    return frozenset(found | ALWAYS) if found else frozenset()


@lru_cache(maxsize=2048)  # formulas come again and again
def _of_formula(formula: str) -> frozenset[str]:
    """The characters of a formula of ours, given without its first and last tag's names."""
    attributes, _, content = formula.partition(">")
    return frozenset(_needed(content)) if _TEX in attributes else frozenset()


def _needed(formulas: str) -> set[str]:
    found = set(unescape("".join(_TEXT.findall(formulas))))
    found.update(_italic(unescape(letter)) for letter in set(_LETTER.findall(formulas)))
    found.update("√" if _ROOT.search(formulas) else "")
    return found - _WHITE


def has_formulas(html: str) -> bool:
    """Whether a page has formulas or figures of ours."""
    return _has_ours(html) and _FORMULA.search(html) is not None


def _has_ours(page: str) -> bool:
    """Whether any can be there; formulas and drawings of others are in fonts of theirs."""
    return f" {_TEX}" in page or "mg-figure" in page


@lru_cache(maxsize=16)
def cut(characters: frozenset[str]) -> Font:
    """Return the font with these characters alone."""
    import uharfbuzz  # noqa: PLC0415  costs time to import, and only a site needs it

    wanted = uharfbuzz.SubsetInput()
    wanted.unicode_set.update(map(ord, characters))
    wanted.layout_feature_tag_set.clear()
    for names in (wanted.name_id_set, wanted.name_lang_id_set):  # all: the licence is among them
        names.clear()
        names.invert()
    wanted.flags = uharfbuzz.SubsetFlags.NO_HINTING
    whole = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(_whole_font())))
    part = uharfbuzz.subset(whole, wanted)
    content = _packed(part.blob.data)
    return Font(f"deepnotes-math.{hashlib.sha256(content).hexdigest()[:8]}.woff2", content)


def _packed(font: bytes) -> bytes:
    """The font as WOFF2, table by table: fontTools' font object would read each of them first."""
    from fontTools.ttLib.sfnt import SFNTReader  # noqa: PLC0415  costs time to import, likewise
    from fontTools.ttLib.woff2 import WOFF2Writer  # noqa: PLC0415  likewise

    tables = SFNTReader(BytesIO(font))
    packed = BytesIO()
    writer = WOFF2Writer(packed, len(tables.keys()), tables.sfntVersion, flavor="woff2")
    for tag in tables.keys():  # noqa: SIM118  the reader is no dictionary
        writer[tag] = tables[tag]
    writer.close()
    return packed.getvalue()


def licence() -> str:
    """Return the text of the font's licence."""
    return files("docs_plugins").joinpath("assets/OFL.txt").read_text("utf-8")


def _whole_font() -> Path:
    """The font inside the installed ziamath, which need not be imported for that."""
    spec = find_spec("ziamath")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the font of the formulas is missing: pip install ziamath")
    return Path(spec.submodule_search_locations[0], "fonts", "STIXTwoMath-Regular.ttf")


def _italic(letter: str) -> str:
    """The character that a browser shows for a variable of one letter."""
    if letter in _NO_ITALIC:
        return _NO_ITALIC[letter]
    for first, last, italic in _ITALICS:
        if first <= letter <= last:
            return chr(italic + ord(letter) - ord(first))
    return {"∇": "𝛻", "∂": "𝜕", "ϵ": "𝜖", "ϑ": "𝜗", "ϕ": "𝜙", "ϱ": "𝜚", "ϖ": "𝜛"}.get(
        letter, letter
    )
