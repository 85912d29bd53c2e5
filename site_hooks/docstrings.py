"""A griffe extension for the reference page: what is public there, and doctests as listings."""

from __future__ import annotations

import re
from typing import Any

import griffe

DOCTEST = re.compile(r"^>>> .*(?:\n(?!\s*$).*)*", re.MULTILINE)


class PublicNames(griffe.Extension):
    """A module's functions and classes are public where `minigrad` itself has them."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Say whether it is public, and rewrite its docstring before it is parsed."""
        import minigrad  # noqa: PLC0415 - fresh while serving

        in_a_module = obj.parent is not None and obj.parent.is_module
        if in_a_module and (obj.is_function or obj.is_class):
            obj.public = hasattr(minigrad, obj.name)
        elif obj.name.startswith("__"):
            obj.public = False  # the class says what it is made of
        if obj.docstring is not None:
            obj.docstring.value = fenced(obj.docstring.value)


def fenced(docstring: str) -> str:
    r"""Return a docstring with a fence around each of its doctests.

    >>> fenced("Sum.\n\n>>> 1 + 1\n2")
    'Sum.\n\n```pycon\n>>> 1 + 1\n2\n```'
    """
    return DOCTEST.sub(lambda found: f"```pycon\n{found[0]}\n```", docstring)
