"""The second opinion: the same program at 60 digits, sharing nothing with minigrad.

Values come from mpmath. A derivative over one link is the central difference of one operand of one
consumer; contributions, adjoints and Jacobian entries are sums of products of these. `agreement`
holds what the engine computed against it.

mpmath takes as long to import as numpy, so it is imported by the first opinion.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from docs_plugins.language import Call, Program

if TYPE_CHECKING:
    from docs_plugins.second.comparison import Agreement, Key
    from docs_plugins.second.evaluation import Opinion


def opinion(program: Program, call: Call) -> Opinion:
    r"""Compute one call of a program: every value, contribution, adjoint and Jacobian entry.

    Raises `ProgramError` where the arrays are too large for that to take a fraction of a second.

    >>> from docs_plugins.language import parse
    >>> program = parse("def f(x1, x2): return ln(x1) + x1*x2 - sin(x2)\nf(2, 5)")
    >>> found = opinion(program, program.calls[0])
    >>> print(float(found.adjoints[1]), float(found.contributions[1, 5, 0]))
    1.7163378145367738 -0.28366218546322625
    """
    from docs_plugins.second.evaluation import compute  # noqa: PLC0415  (see above)

    return compute(program, call)


def agreement(claims: Mapping[Key, Any], found: Opinion) -> Agreement:
    """Hold what an engine claims, by key, against an opinion; see `comparison.compare`."""
    from docs_plugins.second.comparison import compare  # noqa: PLC0415  (see above)

    return compare(claims, found)


__all__ = ["agreement", "opinion"]
