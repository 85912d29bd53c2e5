"""Numbers apart from the drawing around them: it is the same wherever they are as wide.

A function at another point, or on a page that is built again, is drawn once; what differs is put
into the holes that its numbers, its title and its description have left.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from docs_plugins.drawing.mathline import Line

DIGITS = str.maketrans("123456789", "0" * 9)  # which are all as wide
TITLE, DESCRIPTION = "\ufdd5", "\ufdd6"
_HOLE = re.compile(r' data-mg="([^"]*)"(?: data-mg-format="[^"]*")?>([^<]*)')


class Holed(NamedTuple):
    """A drawing's text between its holes, and what belongs into each of them."""

    texts: tuple[str, ...]  # one more than there are holes
    names: tuple[str, ...]

    def filled(self, given: Mapping[str, str]) -> str:
        """The drawing with numbers, title and description."""
        parts = [self.texts[0]]
        for name, text in zip(self.names, self.texts[1:], strict=True):
            parts += given[name], text
        return "".join(parts)


def apart(lines: tuple[Line, ...], given: dict[str, str]) -> tuple[Line, ...]:
    """Lines with noughts for the digits of their numbers, which are entered by their paths."""
    for line in lines:  # loops: most lines have no number, and are left as they are
        for run in line:
            if run.path:
                return tuple([_apart(line, given) for line in lines])
    return lines


def _apart(line: Line, given: dict[str, str]) -> Line:
    runs = []
    for run in line:
        if run.path:
            given[run.path] = run.text  # of names and digits: nothing to escape
            runs.append(run._replace(text=run.text.translate(DIGITS)))
        else:
            runs.append(run)
    return tuple(runs)


def holed(drawing: str) -> Holed:
    """A drawing of such lines, with its holes."""
    before, _, rest = drawing.partition(TITLE)
    between, _, rest = rest.partition(DESCRIPTION)
    texts, names, position = [before, between], [TITLE, DESCRIPTION], 0
    for hole in _HOLE.finditer(rest):
        texts.append(rest[position : hole.start(2)])
        names.append(hole[1])
        position = hole.end()
    return Holed((*texts, rest[position:]), tuple(names))
