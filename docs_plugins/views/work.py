"""`{{ f.work }}`: the passes of a full Jacobian in both modes, against inputs and outputs."""

from __future__ import annotations

from docs_plugins.drawing import mathline, plot
from docs_plugins.drawing.plot import Plot, Series
from docs_plugins.maths import inline
from docs_plugins.model import Work
from docs_plugins.views import lines
from docs_plugins.views.base import Option, Request, View, ViewError
from docs_plugins.views.cells import cell
from docs_plugins.views.descent import folded

MOST_COPIES = 64
HEADS = ("Inputs", "Outputs", "Operations", "Reverse mode", "Forward mode")


def render(request: Request) -> str:
    """Return the two plots and their numbers; raises `ViewError` for sizes that are none."""
    if request.work is None:
        raise ViewError("work: nothing counts passes here")
    sizes = _sizes(request)
    try:
        wide = request.work(sizes, inputs=True)
        tall = request.work(sizes, inputs=False)
    except ValueError as error:
        raise ViewError(f"work: {error}", "take smaller sizes") from None
    content = (
        '<div class="mg-pair">'
        + _plot(wide, f"{request.id}-n", inputs=True)
        + _plot(tall, f"{request.id}-m", inputs=False)
        + "</div>"
        + folded("The numbers of both plots", _table((*wide, *tall)), "Passes in both modes")
    )
    return lines.root(request, "work", content, "The work of a full Jacobian", OPTIONS)


def _sizes(request: Request) -> tuple[int, ...]:
    """How many copies of the function are taken."""
    given = request.options.get("sizes")
    texts = given if isinstance(given, tuple) else (str(given),)
    if not texts or not all(t.isascii() and t.isdigit() and len(t) < 4 for t in texts):
        raise ViewError(f"work: sizes={','.join(texts)} are no numbers", "sizes=1,2,4,8")
    sizes = tuple(sorted({int(text) for text in texts}))
    if len(sizes) < 2 or not 1 <= sizes[0] <= sizes[-1] <= MOST_COPIES:
        raise ViewError(
            f"work: sizes={','.join(texts)} cannot be drawn",
            f"two sizes or more, from 1 to {MOST_COPIES}",
        )
    return sizes


def _plot(counted: tuple[Work, ...], identifier: str, *, inputs: bool) -> str:
    """Passes against the inputs, the outputs being fixed, or the other way round."""
    fixed = counted[0].outputs if inputs else counted[0].inputs
    letters = ("n", "m") if inputs else ("m", "n")
    places = [float(one.inputs if inputs else one.outputs) for one in counted]
    reverse = [float(one.reverse_passes) for one in counted]
    forward = [float(one.forward_passes) for one in counted]
    grows, stays = ("inputs", "outputs") if inputs else ("outputs", "inputs")
    across = mathline.joined(
        mathline.math(letters[0]),
        mathline.roman(f" {grows}, "),
        mathline.math(f"{letters[1]} = {fixed}"),
    )
    title = f"Passes of a full Jacobian against the number of {grows}"
    description = (
        f"With {fixed} {stays} and {places[0]:g} to {places[-1]:g} {grows}, reverse mode takes"
        f" {reverse[0]:g} to {reverse[-1]:g} passes,"
        f" forward mode {forward[0]:g} to {forward[-1]:g}."
    )
    series = (
        Series(mathline.roman("forward"), tuple(zip(places, forward, strict=True))),
        Series(mathline.roman("reverse"), tuple(zip(places, reverse, strict=True)), "b"),
    )
    drawn = Plot(series, across, mathline.roman("passes"), title, description, 336.0, 270.0)
    return plot.draw(drawn, identifier)


def _table(counted: tuple[Work, ...]) -> str:
    heads = "".join(
        cell(text if letter is None else f"{text} {inline(letter)}", head="col")
        for text, letter in zip(HEADS, ("n", "m", None, None, None), strict=True)
    )
    rows = ""
    for one in counted:
        numbers = (
            str(one.outputs),
            str(one.operations),
            _effort(one.reverse_passes, one.operations),
            _effort(one.forward_passes, one.operations),
        )
        content = cell(str(one.inputs), head="row") + "".join(
            cell(text, kind="mg-v", label=label)
            for text, label in zip(numbers, HEADS[1:], strict=True)
        )
        rows += f'<tr role="row">{content}</tr>'
    return (
        '<table class="mg-table" role="table" aria-label="Passes in both modes">'
        f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead>'
        f'<tbody role="rowgroup">{rows}</tbody></table>'
    )


def _effort(passes: int, operations: int) -> str:
    plural = "" if passes == 1 else "es"
    return f"{passes} pass{plural} × {operations} = {passes * operations}"


OPTIONS = {"sizes": Option("names", ("1", "2", "4", "8", "12", "16"))}
VIEW = View("work", render, OPTIONS)
