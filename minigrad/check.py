"""The same derivatives by independent means: both modes against central differences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from itertools import product
from typing import Any

import numpy as np

from minigrad.applying import as_value
from minigrad.transforms import jacfwd, jacrev

TRANSFORMS = {"rev": jacrev, "fwd": jacfwd}


def check_grads(
    function: Callable[..., Any],
    args: Sequence[Any],
    order: int = 1,
    modes: Sequence[str] = ("rev", "fwd"),
    atol: float = 1e-6,
    rtol: float = 1e-6,
) -> None:
    """Compare derivatives with central differences of the function (or of lower derivatives).

    Args:
        function: Of numbers or arrays, returning one number or array.
        args: Where to compare; keep away from kinks.
        order: Up to which derivative.
        modes: "rev", "fwd" or both.
        atol: Absolute tolerance.
        rtol: Relative tolerance.

    Raises:
        AssertionError: If they differ; the message names argument, mode and order.

    >>> check_grads(lambda x: x * x * x, (2.0,), order=2)
    """
    for mode in (modes,) if isinstance(modes, str) else modes:
        if mode not in TRANSFORMS:
            raise ValueError(f"mode {mode!r}: there are 'rev' and 'fwd'")
        transform = TRANSFORMS[mode]
        for level in range(1, order + 1):
            for by in product(range(len(args)), repeat=level):
                lower, last = reduce(transform, by[:-1], function), by[-1]
                np.testing.assert_allclose(
                    transform(lower, last)(*args),
                    differences(lower, args, last),
                    rtol=rtol,
                    atol=atol,
                    err_msg=f"derivative {level} by argument {', then '.join(map(str, by))},"
                    f" mode {mode!r}",
                )


def differences(function: Callable[..., Any], args: Sequence[Any], position: int) -> Any:
    """Central differences by one argument, of shape output.shape + argument.shape."""
    x = np.asarray(as_value(args[position], "check_grads"))

    def at(moved: Any) -> Any:
        given = moved if moved.ndim else float(moved)
        return np.asarray(function(*args[:position], given, *args[position + 1 :]), dtype=float)

    sizes = 6e-6 * np.maximum(1.0, np.abs(x))  # cube root of the unit roundoff
    steps = np.diag(sizes.ravel()).reshape(-1, *x.shape)
    columns = [(at(x + step) - at(x - step)) / (2.0 * step.sum()) for step in steps]
    return np.stack(columns, axis=-1).reshape(np.shape(columns[0]) + x.shape)
