"""What a view is: a name, its options, and a function from a computation to HTML."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from html import escape
from typing import NamedTuple

from docs_plugins.maths import FormulaError
from docs_plugins.model import Computation, Number, Work
from docs_plugins.numbers import FormatError, Shown, show

OptionValue = str | float | int | tuple[str, ...]


class ViewError(ValueError):
    """A view that cannot be drawn as asked; `remedy` says what to do instead."""

    def __init__(self, message: str, remedy: str = "") -> None:
        """Keep the message for the page's line and the remedy beside it."""
        super().__init__(message)
        self.remedy = remedy


# what drawing a view may end with that is no fault of ours
NOT_DRAWN = (ViewError, FormatError, FormulaError)


class Option(NamedTuple):
    """One option of a view: how its text is read, what it is when left out, and what it may be."""

    kind: str  # "number", "whole", "name", "names", "text" or "choice"
    default: OptionValue | None = None
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One use of a view on a page."""

    computation: Computation
    options: Mapping[str, OptionValue | None]  # every declared option, read and checked
    id: str  # unique on the page: f-trace, f-trace-2
    caption: str | None = None  # id of the caption that names it
    # computes the same function elsewhere: rerun({"w11": 0.3}) (a view never imports the engine)
    rerun: Callable[[Mapping[str, float]], Computation] | None = field(default=None, compare=False)
    # counts passes for copies of the function: work((1, 2, 4), inputs=True)
    work: Callable[..., tuple[Work, ...]] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class View:
    """A way to show a computation: `{{ block.NAME option=value }}`."""

    name: str
    render: Callable[[Request], str]
    options: Mapping[str, Option] = field(default_factory=dict)


def read_options(view: View, given: Mapping[str, str]) -> dict[str, OptionValue | None]:
    """Read the options as typed on the page; raises `ViewError` for a wrong one."""
    for name in given:
        if name not in view.options:
            raise ViewError(
                f"{view.name} has no option {name!r}", _nearest(name, tuple(view.options))
            )
    return {
        name: option.default if name not in given else _read(view, name, option, given[name])
        for name, option in view.options.items()
    }


def _read(view: View, name: str, option: Option, text: str) -> OptionValue:
    match option.kind:
        case "number" | "whole":
            return _read_number(view, name, option, text)
        case "names":
            return tuple(part for part in text.split(",") if part)
        case "choice" if text not in option.choices:
            raise ViewError(
                f"{view.name}: {name}={text} is unknown", f"one of: {', '.join(option.choices)}"
            )
        case _:
            return text


def _read_number(view: View, name: str, option: Option, text: str) -> float | int:
    try:
        number = int(text) if option.kind == "whole" else float(text)
    except ValueError:
        wanted = "a whole number" if option.kind == "whole" else "a number"
        raise ViewError(f"{view.name}: {name}={text} is not {wanted}", f"{name}=…") from None
    least = -float("inf") if option.least is None else option.least
    most = float("inf") if option.most is None else option.most
    if not least <= number <= most or number in (float("inf"), -float("inf")):
        raise ViewError(
            f"{view.name}: {name}={text} is out of range", f"from {least:g} to {most:g}"
        )
    return number


def _nearest(name: str, known: tuple[str, ...]) -> str:
    if not known:
        return "it takes none"
    close = get_close_matches(name, known, 1)
    return f"did you mean {close[0]}?" if close else f"it takes: {', '.join(known)}"


def number_html(block: str, path: str, number: Number, format: str | None = None) -> str:
    """Return a number with its place in the computation: ``<span data-mg="f.x2.adjoint">…``.

    A format other than the usual one is said too, so that the published digits can be checked.
    """
    return shown_html(block, path, show(number, format), format)


def shown_html(block: str, path: str, shown: Shown, format: str | None = None) -> str:
    """The same of a number that is written already."""
    said = f' data-mg-format="{escape(format)}"' if format else ""
    return f'<span class="mg-n" data-mg="{escape(f"{block}.{path}")}"{said}>{shown.text}</span>'
