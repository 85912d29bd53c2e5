"""A figure as a file of its own: literal colours, fonts of the system, nothing from a page."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

from docs_plugins.drawing.glyphs import LEAN, MARK, SPACING, advance, upright
from docs_plugins.drawing.mathline import SIZE
from docs_plugins.drawing.svg import number

COLOURS = {
    "--mg-ink": "#222222",
    "--mg-line": "#5d5a53",
    "--mg-node": "#f5f3ec",
    "--mg-back": "#a63a12",
    "--mg-ground": "#ffffff",
}
FONTS = '"STIX Two Math", "STIX Two Text", "Cambria Math", Cambria, "Times New Roman", serif'

_SECTION = re.compile(r"/\* ---- Figures ---- \*/(.*?)(?=/\* ---- |\Z)", re.DOTALL)
_CONDITIONAL = re.compile(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_RULE = re.compile(r"(\.mg-(?:figure|plot) [\w.][^{}]*)\{([^{}]*)\}")
_LETTERS = re.compile("([\U0001d434-\U0001d467ℎ\U0001d6fc-\U0001d71b]+)([\u0300-\u0307]?)")
_BOX = re.compile(r'viewBox="(\S+) (\S+) (\S+) (\S+)"')


def standalone(figure: str) -> str:
    """Return an inline figure's SVG as a file that opens alone; raises `ValueError` for none."""
    box = _BOX.search(figure)
    if not figure.startswith("<svg") or box is None:
        raise ValueError("not a figure")
    x, y, wide, high = box.groups()
    ground = (
        f'<rect x="{x}" y="{y}" width="{wide}" height="{high}" fill="{COLOURS["--mg-ground"]}"/>'
    )
    head, _, rest = figure.partition("</desc>")
    drawn = "<".join(  # to search what is plain ASCII would be most of the work
        part if part.isascii() else _set(part) for part in rest.split("<")
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"{head}</desc><style>{style()}</style>{ground}{drawn}\n"
    )


@lru_cache(maxsize=1)
def style() -> str:
    """The figures' rules of the style sheet with colours in place of its variables."""
    sheet = files("docs_plugins").joinpath("assets/minigrad.css").read_text("utf-8")
    section = _SECTION.search(sheet)
    rules = _RULE.findall(_CONDITIONAL.sub("", section[1] if section else ""))
    text = "".join(f"{selector.strip()}{{{_flat(body)}}}" for selector, body in rules)
    for name, colour in COLOURS.items():
        text = text.replace(f"var({name})", colour)
    # widths are the page's font's: a wide one of the system is set as small as its letters are tall
    fonts = f"font-family:{FONTS};font-size-adjust:.47"
    return re.sub(r"font-family:[^;}]*", fonts, text)


def _flat(body: str) -> str:
    return re.sub(r"\s*([;:])\s*", r"\1", " ".join(body.split())).strip()


def _set(part: str) -> str:
    """A tag and the text behind it, its italics in a font's own."""
    tag, end, text = part.rpartition(">")
    return f"{tag}{end}{_slanted(text)}"


@lru_cache(maxsize=1024)  # signs come again and again in a drawing
def _slanted(text: str) -> str:
    return _LETTERS.sub(_in_italics, text)


def _in_italics(match: re.Match[str]) -> str:
    """Letters in a font's own italics, and a mark of its own: fonts have these, if no others."""
    italics, accent = match.groups()
    letters = upright(italics)
    slanted = f'<tspan font-style="italic">{letters}</tspan>'
    if not accent:
        return slanted
    back = (advance(italics[-1]) + MARK) / 2 - LEAN
    there, again = number(-back * SIZE / 1000), number((back - MARK) * SIZE / 1000)
    mark = f'<tspan dx="{there}">{SPACING[accent]}</tspan>'
    return f'{slanted}{mark}<tspan dx="{again}">\u200b</tspan>'
