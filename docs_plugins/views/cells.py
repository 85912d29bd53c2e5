"""The pieces that tables of computed values are made of: signs, formulas, numbers, arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape

from docs_plugins.maths import inline, name_formula
from docs_plugins.model import Formula, Number, Shape, elements
from docs_plugins.numbers import show
from docs_plugins.views.base import Option, OptionValue, Request, shown_html

MOST_ELEMENTS = 24


def formula(shown: Formula | None, relation: str = "") -> str:
    """A formula, with the sign that may go before it."""
    if shown is None:
        return ""
    return f"{sign(relation)}{inline(shown.tex)}"


def sign(relation: str) -> str:
    """The relation sign of a derivation's step."""
    return f'<span class="mg-rel">{relation}</span> ' if relation else ""


def number(block: str, path: str, value: Number, format: str | None = None) -> str:
    """One number with its relation: ≈ −0.2837."""
    shown = show(value, format)
    return sign(shown.relation) + shown_html(block, path, shown, format)


def array(
    block: str,
    path: Callable[[str], str],
    shape: Shape,
    values: Sequence[Number],
    format: str | None = None,
) -> str:
    """The numbers of a scalar or an array; `path` makes an element's path from its suffix."""
    if not shape:
        return number(block, path(""), values[0], format)
    if len(values) > MOST_ELEMENTS:
        return f'<span class="mg-shape">{escape(" × ".join(map(str, shape)))} numbers</span>'
    shown = [show(value, format) for value in values]
    written = [
        shown_html(block, path(suffix), one, format)
        for suffix, one in zip(elements(shape), shown, strict=True)
    ]
    exact = all(one.relation == "=" for one in shown)
    width = shape[-1]
    rows = [", ".join(written[start : start + width]) for start in range(0, len(written), width)]
    lines = "".join(f'<span class="mg-array-row">{row}</span>' for row in rows)
    return f'{sign("=" if exact else "≈")}<span class="mg-array">{lines}</span>'


def cell(content: str, *, head: str = "", rows: int = 1, kind: str = "", label: str = "") -> str:
    """A table's cell; `head` is the scope of a heading cell."""
    tag, start = _START[head]
    if rows > 1:
        start += f' rowspan="{rows}"'
    if kind:
        start += f' class="{kind}"'
    if label:
        start += f' data-label="{escape(label)}"'
    if head:
        content = name_formula(content)
    # the line's end is where a row may wrap on a phone
    return f"<{tag}{start}>{content}</{tag}>\n"


_START = {
    "": ("td", ' role="cell"'),
    "col": ("th", ' role="columnheader" scope="col"'),
    "colgroup": ("th", ' role="columnheader" scope="colgroup"'),
    "row": ("th", ' role="rowheader" scope="row"'),
    "rowgroup": ("th", ' role="rowheader" scope="rowgroup"'),
}


def named_by(caption: str | None, otherwise: str) -> str:
    """The attribute that gives a table its name: its caption's id, or a text of its own."""
    if caption:
        return f'aria-labelledby="{escape(caption)}"'
    return f'aria-label="{escape(otherwise)}"'


def format_of(request: Request) -> str | None:
    """The format that numbers were asked in."""
    given = request.options.get("format")
    return str(given) if given else None


def root(
    request: Request,
    view: str,
    kind: str,
    content: str,
    options: Mapping[str, Option],
    label: str = "",
) -> str:
    """The root element of a view, a region of its own that scrolls where it must.

    It says which view it is and what was asked, so that the published page can be checked.
    """
    region = f' role="group" tabindex="0" aria-label="{escape(label)}"' if label else ""
    name = f"{request.computation.name}.{view}"
    written = written_options(request.options, options)
    return (
        f'<div class="mg-view {kind}" id="{escape(request.id)}" data-mg-view="{escape(name)}"'
        f' data-mg-options="{escape(written)}"{region}>{content}</div>'
    )


def written_options(given: Mapping[str, OptionValue | None], options: Mapping[str, Option]) -> str:
    """The options that differ from what they are when left out, as a page would write them."""
    parts = []
    for name, option in options.items():
        value = given.get(name)
        if value is not None and value != option.default:
            text = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
            parts.append(f'{name}="{text}"' if " " in text else f"{name}={text}")
    return " ".join(parts)
