"""`{{ f.jacobian }}`: the Jacobian in symbols and numbers, row by row as passes deliver it."""

from __future__ import annotations

from html import escape

from docs_plugins.maths import inline
from docs_plugins.model import Computation, Formula
from docs_plugins.numbers import show
from docs_plugins.views import cells
from docs_plugins.views.base import Option, Request, View, ViewError, number_html
from docs_plugins.views.cells import cell, formula

MOST_ROWS = 16
MOST_COLUMNS = 16
LONGEST = 60  # characters of an entry in symbols; the numbers alone are clearer then


def render(request: Request) -> str:
    """Return the table; raises `ViewError` for a matrix too large to read."""
    computation = request.computation
    jacobian = computation.jacobian
    rows, columns = len(jacobian.rows), len(jacobian.columns)
    if rows > MOST_ROWS or columns > MOST_COLUMNS:
        raise ViewError(
            f"the Jacobian is {rows} × {columns}",
            f"at most {MOST_ROWS} × {MOST_COLUMNS} can be shown; quote single entries instead",
        )
    written = _table(request, cells.format_of(request)) + _passes(computation)
    label = f"Jacobian of {computation.program.function}"
    return cells.root(request, "jacobian", "mg-jacobian", written, OPTIONS, label)


def _table(request: Request, format_: str | None) -> str:
    computation = request.computation
    jacobian = computation.jacobian
    label = cells.named_by(request.caption, f"Jacobian of {computation.program.function}")
    head = "".join(
        cell(inline(_by(column)) + _pass_of(computation, "forward", place), head="col")
        for place, column in enumerate(jacobian.columns)
    )
    body = []
    for place, (row, entries) in enumerate(zip(jacobian.rows, jacobian.entries, strict=True)):
        passed = _pass_of(computation, "reverse", place)
        content = cell(formula(row) + passed, head="row")
        for column, entry in zip(jacobian.columns, entries, strict=True):
            shown = show(entry.number, format_)
            number = number_html(computation.name, entry.address, entry.number, format_)
            symbols = formula(entry.symbolic) if 0 < len(entry.symbolic.text) <= LONGEST else ""
            content += cell(
                f'<span class="mg-entry">{symbols}</span>'
                f'<span class="mg-entry-value">{cells.sign(shown.relation)}{number}</span>',
                kind="mg-v",
                label=column.text,
            )
        identifier = f"{request.id}-{place}"
        body.append(f'<tr role="row" id="{escape(identifier)}">{content}</tr>')
    corner = cell('<span class="mg-hidden">Output</span>', head="col")
    return (
        f'<table class="mg-table" role="table" {label}><thead role="rowgroup"><tr role="row">'
        f'{corner}{head}</tr></thead><tbody role="rowgroup">{"".join(body)}</tbody></table>'
    )


def _by(column: Formula) -> str:
    return rf"\partial / \partial {column.tex}"


def _pass_of(computation: Computation, mode: str, place: int) -> str:
    """Which pass delivers this row or column, in the engine's mode; one pass needs no number."""
    jacobian = computation.jacobian
    passes = jacobian.reverse_passes if mode == "reverse" else jacobian.forward_passes
    if jacobian.mode != mode or passes == 1:
        return ""
    what = "backward" if mode == "reverse" else "forward"
    return f'<span class="mg-pass">{what} pass {place + 1}</span>'


def _passes(computation: Computation) -> str:
    jacobian = computation.jacobian
    reverse = _count(jacobian.reverse_passes, "backward pass", "one for each output")
    forward = _count(jacobian.forward_passes, "forward pass", "one for each input")
    return (
        f'<p class="mg-passes">Reverse mode takes {reverse}; forward mode takes {forward}.'
        f" The engine chose {jacobian.mode} mode here.</p>"
    )


def _count(passes: int, what: str, each: str) -> str:
    plural = "" if passes == 1 else "es"
    return f'<b data-passes="{passes}">{passes}</b> {what}{plural}, {each}'


OPTIONS = {"format": Option("text")}
VIEW = View("jacobian", render, OPTIONS)
