"""`{{ f.trace }}`: the forward trace read downwards beside the backward trace read upwards.

The rows of a node belong together: its value on the left; on the right its adjoint, each
contribution with its derivation, rule → local partial → with values → result.
"""

from __future__ import annotations

from html import escape

from docs_plugins.model import Computation, Formula, Link, Output, Variable, partial_path, summands
from docs_plugins.naming import sign
from docs_plugins.views import cells
from docs_plugins.views.base import Option, Request, View, ViewError
from docs_plugins.views.cells import cell, formula

MOST_ROWS = 400
MOST_TERMS = 12  # of a sum that is written out


def render(request: Request) -> str:
    """Return the table; raises `ViewError` for a trace too long to read."""
    computation = request.computation
    if len(computation.variables) + len(computation.links) > MOST_ROWS:
        raise ViewError(
            f"the trace has more than {MOST_ROWS} rows", "show the graph of a smaller function"
        )
    table = _Table(request)
    body = "".join(
        (
            *(table.input_rows()),
            *(table.node_rows(variable) for variable in computation.variables),
            *(table.output_row(output) for output in computation.outputs),
        )
    )
    point = f"{computation.program.function} at {point_of(computation)}"
    label = cells.named_by(request.caption, f"Trace of {point}")
    written = (
        f'<table class="mg-table" role="table" {label}>{table.head()}'
        f"<tbody>{body}</tbody></table>{table.notes()}"
    )
    return cells.root(request, "trace", "mg-trace", written, OPTIONS, f"Trace of {point}")


def point_of(computation: Computation) -> str:
    """The input point as the call has it: (2, 5)."""
    return f"({', '.join(map(_argument, computation.call.arguments))})"


def _argument(argument: object) -> str:
    if isinstance(argument, tuple):
        return f"[{', '.join(map(_argument, argument))}]"
    return str(getattr(argument, "text", argument)).replace("-", "−")


class _Table:
    """The rows of one trace."""

    def __init__(self, request: Request) -> None:
        self.computation = request.computation
        self.block = request.computation.name
        self.id = request.id
        given = request.options.get("format")
        self.format = str(given) if given else None
        self.footnotes: list[str] = []
        self.backward = any(v.adjoint is not None for v in self.computation.variables)
        # an input shown as v₀ has a row of its own that says which parameter it is
        self.renamed = [
            v
            for v in self.computation.variables
            if v.operation == "input" and v.symbol != v.formula
        ]

    def head(self) -> str:
        """The heading rows."""
        right = ("Adjoint", "Rule", "Local partial", "With values", "Result")
        if not self.backward:
            right = ("Partial", "", "Local partial", "", "Value")
        left = ("Variable", "Operation", "With values", "Value")
        top = (
            f'<th role="columnheader" scope="colgroup" colspan="{len(left)}">Forward trace'
            '<span class="mg-arrow" aria-hidden="true"> ↓</span></th>'
            f'<th role="columnheader" scope="colgroup" colspan="{len(right)}" class="mg-b">'
            + (
                'Backward trace<span class="mg-arrow" aria-hidden="true"> ↑</span>'
                if self.backward
                else "Local partials"
            )
            + "</th>"
        )
        bottom = "".join(cell(name, head="col") for name in left) + "".join(
            cell(name, head="col", kind="mg-b" if not place else "")
            for place, name in enumerate(right)
        )
        return (
            f'<thead role="rowgroup"><tr role="row" class="mg-top">{top}</tr>'
            f'<tr role="row" class="mg-names">{bottom}</tr></thead>'
        )

    def input_rows(self) -> list[str]:
        """x₁ = 2 beside x̃₁ = ṽ₋₁, for inputs that the trace calls otherwise."""
        rows = []
        for variable in self.renamed:
            left = (
                cell(formula(variable.formula), head="row")
                + cell("")
                + cell("")
                + cell(self._numbers(variable, "value"), kind="mg-v")
            )
            right = self._blank()
            if variable.adjoint is not None:
                right = (
                    cell(formula(sign(variable.address).adjoint), head="row", kind="mg-b")
                    + cell(formula(variable.adjoint_symbol, "="))
                    + cell("")
                    + cell("")
                    + cell(self._numbers(variable, "adjoint"), kind="mg-v")
                )
            rows.append(self._row(f"{variable.address}-input", variable.address, left + right))
        return rows

    def node_rows(self, variable: Variable) -> str:
        """The rows of one node: its value once, its adjoint's derivation beside it."""
        backward = self._backward_rows(variable)
        left = self._forward(variable, len(backward))
        rows = []
        for place, (identifier, about, right) in enumerate(backward):
            if place:
                rows.append(self._row(identifier, about, right, first=False))
            else:
                rows.append(self._row(identifier, about, left + right))
        return "".join(rows)

    def output_row(self, output: Output) -> str:
        """The output, y = v₅, unless the result bears its name."""
        variable = None if output.variable is None else self.computation.variables[output.variable]
        if variable is not None and variable.symbol == output.symbol:
            return ""
        path = output.label
        left = (
            cell(formula(output.symbol), head="row")
            + cell(formula(variable.symbol, "=") if variable else "")
            + cell("")
            + cell(
                cells.array(
                    self.block,
                    lambda suffix: f"{path}{suffix}.value",
                    output.shape,
                    output.value,
                    self.format,
                ),
                kind="mg-v",
            )
        )
        right = self._blank()
        return self._row(f"{output.label}-output", output.label, left + right)

    def notes(self) -> str:
        """The choices made at kinks and ties, below the table."""
        if not self.footnotes:
            return ""
        items = "".join(
            f'<li id="{escape(self.id)}-note-{place}">{escape(text)}</li>'
            for place, text in enumerate(self.footnotes, 1)
        )
        return f'<ol class="mg-notes">{items}</ol>'

    def _forward(self, variable: Variable, rows: int) -> str:
        mark = ""
        if variable.footnote:
            self.footnotes.append(variable.footnote)
            place = len(self.footnotes)
            mark = (
                f'<sup class="mg-mark"><a href="#{escape(self.id)}-note-{place}">{place}</a></sup>'
            )
        told = variable.symbol != variable.formula
        scope = "rowgroup" if rows > 1 else "row"
        return (
            cell(formula(variable.symbol) + mark, head=scope, rows=rows)
            + cell(formula(variable.formula, "=") if told else "", rows=rows)
            + cell(formula(variable.substituted, "="), rows=rows)
            + cell(self._numbers(variable, "value"), rows=rows, kind="mg-v")
        )

    def _backward_rows(self, variable: Variable) -> list[tuple[str, str, str]]:
        """(row id, what it is about, cells) from the top: read upwards, the sum comes last."""
        address = variable.address
        links = self.computation.links_into(variable.index)
        if not self.backward:
            rows = [self._partial_row(link) for link in links]
            return rows or [(address, address, self._blank())]
        if not links:
            return [(address, address, self._seed(variable))]
        if len(links) == 1:
            return [(address, address, self._link_cells(links[0]))]
        listed = [
            (link.address.replace(".", "-"), link.address, self._link_cells(link, " mg-part"))
            for link in reversed(links)
        ]
        return [(address, address, self._sum(variable, links)), *listed]

    def _seed(self, variable: Variable) -> str:
        rule = ""
        if any(output.variable == variable.index for output in self.computation.outputs):
            function = self.computation.program.function
            denominator = variable.symbol.tex
            tex = rf"\frac{{\partial {_function(function)}}}{{\partial {denominator}}}"
            rule = formula(Formula(tex, ""), "=")
        return (
            cell(formula(variable.adjoint_symbol), head="row", kind="mg-b")
            + cell(rule)
            + cell("")
            + cell("")
            + cell(self._numbers(variable, "adjoint"), kind="mg-v")
        )

    def _sum(self, variable: Variable, links: tuple[Link, ...]) -> str:
        symbols = [link.symbol.tex for link in links]
        if len(links) > MOST_TERMS:  # each has a row of its own
            symbols = [*symbols[:2], r"\dots", symbols[-1]]
        tex = " + ".join(symbols)
        values = summands(links) if len(links) <= MOST_TERMS else None
        return (
            cell(formula(variable.adjoint_symbol), head="row", kind="mg-b mg-sum")
            + cell(formula(Formula(tex, ""), "="), kind="mg-sum")
            + cell("", kind="mg-sum")
            + cell(formula(values, "="), kind="mg-sum")
            + cell(self._numbers(variable, "adjoint"), kind="mg-v mg-sum")
        )

    def _link_cells(self, link: Link, part: str = "") -> str:
        operand = self.computation.variables[link.operand]
        values = link.value or ()
        return (
            cell(formula(link.symbol), head="row", kind=f"mg-b{part}")
            + cell(formula(link.rule, "="))
            + cell(formula(link.factored, "="))
            + cell(formula(link.substituted, "="))
            + cell(
                cells.array(
                    self.block,
                    lambda suffix: _element_path(operand.address, suffix, link.address),
                    operand.shape,
                    values,
                    self.format,
                ),
                kind="mg-v",
            )
        )

    def _partial_row(self, link: Link) -> tuple[str, str, str]:
        consumer = self.computation.variables[link.consumer]
        operand = self.computation.variables[link.operand]
        tex = rf"\frac{{\partial {consumer.symbol.tex}}}{{\partial {operand.symbol.tex}}}"
        shown = ""
        if link.partial is not None:
            shown = cells.array(
                self.block,
                lambda suffix: partial_path(link, operand, consumer, suffix),
                consumer.shape,
                link.partial,
                self.format,
            )
        content = (
            cell(formula(Formula(tex, "")), head="row", kind="mg-b")
            + cell("")
            + cell(formula(link.local, "="))
            + cell("")
            + cell(shown, kind="mg-v")
        )
        return link.address.replace(".", "-"), link.address, content

    def _numbers(self, variable: Variable, quantity: str) -> str:
        values = variable.value if quantity == "value" else variable.adjoint
        return cells.array(
            self.block,
            lambda suffix: f"{variable.address}{suffix}.{quantity}",
            variable.shape,
            values or (),
            self.format,
        )

    def _blank(self) -> str:
        return cell("", kind="mg-b mg-blank") + 4 * cell("", kind="mg-blank")

    def _row(self, identifier: str, about: str, content: str, *, first: bool = True) -> str:
        kind = ' class="mg-first"' if first else ""
        return (
            f'<tr role="row"{kind} id="{escape(self.id)}-{escape(identifier)}"'
            f' data-of="{escape(self.block)}.{escape(about)}">{content}</tr>'
        )


def _element_path(address: str, suffix: str, link: str) -> str:
    return f"{address}{suffix}{link.removeprefix(address)}"


def _function(name: str) -> str:
    return name if len(name) == 1 else rf"\mathrm{{{name}}}"


OPTIONS = {"format": Option("text")}
VIEW = View("trace", render, OPTIONS)
