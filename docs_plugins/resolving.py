"""The numbers that a page's references name, and what may stand beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from docs_plugins import references
from docs_plugins.drift.beside import GLUED_AFTER, GLUED_BEFORE
from docs_plugins.model import Computation, Number
from docs_plugins.numbers import Shown

TYPED_EQUALS = re.compile(r"(?<![<>!:=≠≤≥])(?:=|&=)\s*$")
QUANTITIES = ("value", "jacobian")  # of a whole block: what a path begins with but a variable
REMEDY_WHEN_UNSURE = "see the page How these pages are computed"
DRAWN_NUMBER = re.compile(r' data-mg="(\w+)\.([^"]*)"[^>]{0,80}>([−\d.]+)<')


def find_number(computation: Computation, path: str) -> Number:
    """Return the number at a path; raises `ReferenceError` that says what there is instead."""
    number = computation.numbers.get(path)
    if number is not None:
        return number
    name = computation.name
    head, _, tail = path.partition(".")
    variable = computation.by_address(re.sub(r"\[.*", "", head))
    inside = [p for p in computation.numbers if re.sub(r"\[[\d,]*\]", "", p) == path]
    if inside:
        raise references.ReferenceError(
            f"{path} of {name} is an array", f"name an element: {{{{ {name}.{inside[0]} }}}}"
        )
    if tail.split(".")[0] in {"adjoint", "from"} and len(computation.jacobian.rows) > 1:
        known = next(p for p in computation.numbers if p.startswith("jacobian."))
        raise references.ReferenceError(
            f"{name} has several outputs, so {head} has an adjoint for each of them",
            f"write its entry of the Jacobian, such as {{{{ {name}.{known} }}}}",
        )
    meant = path
    if variable is None and head not in QUANTITIES:
        addresses = [v.address for v in computation.variables]
        near = get_close_matches(head, [*addresses, *QUANTITIES], 1)
        if not near or near[0] not in QUANTITIES:
            raise references.ReferenceError(
                f"{name} has no variable {head}",
                f"did you mean {near[0]}?" if near else f"it has: {', '.join(addresses)}",
            )
        meant = near[0] + path.removeprefix(head)
    close = get_close_matches(meant, computation.numbers, 1, 0.5)
    raise references.ReferenceError(
        f"{name} has no value {path}",
        f"did you mean {{{{ {name}.{close[0]} }}}}?" if close else REMEDY_WHEN_UNSURE,
    )


def check_beside(reference: references.Value, shown: Shown, before: str, after: str) -> None:
    """Refuse a number that what is typed beside it makes another one, or exact."""
    if TYPED_EQUALS.search(before) and shown.relation == "≈" and not reference.related:
        format_ = "" if reference.format is None else f":{reference.format}"
        raise references.ReferenceError(
            f"= stands before {shown.text}, which is rounded",
            f"write {{{{ ={reference.block}.{reference.path}{format_} }}}}:"
            " it prints the right sign",
        )
    if (GLUED_BEFORE.search(before) and not reference.related) or GLUED_AFTER.match(after):
        raise references.ReferenceError(*glued(shown))


def glued(shown: Shown) -> tuple[str, str]:
    """What is wrong where digits touch a number, and what to do."""
    message = f"digits stand right beside {shown.text} and make it another number"
    return message, "put a space or a sign between them"


def drawn_numbers(
    html: str, computations: Mapping[str, Computation]
) -> Iterator[tuple[str, float]]:
    """The numbers that only a view shows, such as the steps of a descent, by their paths."""
    for block, path, shown in DRAWN_NUMBER.findall(html):
        computation = computations.get(block)
        if computation is not None and path not in computation.numbers and shown[-1:].isdigit():
            yield f"{block}.{path}", float(shown.replace("−", "-"))
