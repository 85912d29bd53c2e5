"""Derivatives of functions as functions, under JAX's names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial, wraps
from typing import Any

import numpy as np

from minigrad import ops
from minigrad.applying import strictly
from minigrad.jacobians import swept
from minigrad.node import Value, shape_of
from minigrad.results import finished, fresh, unshared
from minigrad.trace import Trace, run

__all__ = [
    "grad", "hessian", "hvp", "jacfwd", "jacobian", "jacrev", "jvp", "value_and_grad", "vjp",
]  # fmt: skip
Argnums = int | Sequence[int]


def value_and_grad(
    function: Callable[..., Any], argnums: Argnums = 0
) -> Callable[..., tuple[Any, Any]]:
    """A function giving the value and the gradient of a scalar function.

    Args:
        function: Returns one scalar.
        argnums: Which argument to differentiate by, or a tuple (then the gradient is a tuple).

    >>> value_and_grad(lambda x: x * x)(3.0)
    (9.0, 6.0)
    """
    wanted = checked(argnums)
    several = isinstance(argnums, Sequence)

    @wraps(function)
    def differentiated(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        called = partial(function, **kwargs) if kwargs else function
        t = run(called, args, positions(wanted, len(args)))
        try:
            if type(t.value) is not float and (len(t.outputs) > 1 or shape_of(t.value)):
                raise TypeError(
                    f"grad needs a function with one scalar value, not {described(t)}: use jacobian"
                )
            gradients = finished(t.adjoints([(t.outputs[0], 1.0)], keep="nothing"), t.inputs)
        finally:
            t.nodes.end()
        return t.value, gradients if several else gradients[0]

    return differentiated


def described(t: Trace) -> str:
    """What a function returned, for an error's text."""
    shapes = [str(y.shape) if y.shape else "scalar" for y in t.outputs]
    return (
        f"{len(shapes)} values ({', '.join(shapes)})" if len(shapes) > 1 else f"shape {shapes[0]}"
    )


def grad(function: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """A function giving the gradient of a scalar function.

    >>> grad(lambda x, y: x * y, argnums=(0, 1))(2.0, 5.0)
    (5.0, 2.0)
    """
    both = value_and_grad(function, argnums)
    return wraps(function)(lambda *args, **kwargs: both(*args, **kwargs)[1])


def vjp(
    function: Callable[..., Any], *primals: Any
) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """The value, and the function from the output's cotangent to the inputs' cotangents.

    >>> value, pullback = vjp(lambda x, y: x * y, 2.0, 5.0)
    >>> value, pullback(1.0)
    (10.0, (5.0, 2.0))
    """
    t = run(function, primals, range(len(primals)), owning=True)

    def pullback(cotangent: Any) -> tuple[Any, ...]:
        pairs = t.cotangents(cotangent)
        adjoints = t.adjoints(pairs, keep="tape")
        taken = [seed for _, seed in pairs]
        return finished(adjoints, t.inputs, taken)

    return fresh(t.value), pullback


def jvp(
    function: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]
) -> tuple[Any, Any]:
    """The value and its tangent along the tangents of the inputs.

    >>> jvp(lambda x, y: x * y, (2.0, 5.0), (1.0, 0.0))
    (10.0, 5.0)
    """
    t = run(function, primals, range(len(primals)))
    try:
        pairs = t.seeded(tangents)
        found = t.tangents(pairs, for_outputs=True)
        out = finished(found, t.outputs, [tangent for _, tangent in pairs])
    finally:
        t.nodes.end()
    return fresh(t.value), out if isinstance(t.value, tuple) else out[0]


def jacobian(
    function: Callable[..., Any], argnums: Argnums = 0, mode: str | None = None
) -> Callable[..., Any]:
    """A function giving the array of all partial derivatives, of shape output.shape + input.shape.

    The mode with fewer passes is chosen; ``trace(f, *args).jacobian()`` reports it. A returned
    tuple or list of scalars counts as one vector (JAX returns a tuple there).

    >>> jacobian(lambda x: x * x)([1.0, 2.0]).tolist()
    [[2.0, 0.0], [0.0, 4.0]]
    """
    wanted = checked(argnums)
    several = isinstance(argnums, Sequence)

    @wraps(function)
    def differentiated(*args: Any, **kwargs: Any) -> Any:
        called = partial(function, **kwargs) if kwargs else function
        return strictly(whole, called, args)

    def whole(called: Callable[..., Any], args: Sequence[Any]) -> Any:
        t = run(called, args, positions(wanted, len(args)))
        try:
            _, _, rows = swept(t, mode)
        finally:
            t.nodes.end()
        if len(rows) == 1 and not several and not isinstance(t.value, tuple):
            return rows[0][0]
        flat = unshared([block for row in rows for block in row])
        count = len(t.inputs)
        columns = [joined(t, flat[position::count]) for position in range(count)]
        return tuple(columns) if several else columns[0]

    return differentiated


def joined(t: Trace, blocks: Sequence[Value]) -> Any:
    """The blocks of all outputs by one input, scalars of a tuple stacked to a vector."""
    if not isinstance(t.value, tuple):
        return blocks[0]
    return tuple(blocks) if any(y.shape for y in t.outputs) else ops.stack(blocks)


def jacrev(function: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """``jacobian`` in reverse mode: one backward pass for each element of the output.

    >>> jacrev(lambda x: x * x)(3.0)
    6.0
    """
    return jacobian(function, argnums, "reverse")


def jacfwd(function: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """``jacobian`` in forward mode: one forward pass for each element of the input.

    >>> jacfwd(lambda x: x * x)(3.0)
    6.0
    """
    return jacobian(function, argnums, "forward")


def hessian(function: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """A function giving all second derivatives of a scalar function.

    For a tuple of argnums a tuple of tuples: entry ``[i][j]`` differentiates by i, then by j.

    >>> hessian(lambda x: x * x * x)(2.0)
    12.0
    """
    if isinstance(argnums, Sequence):
        rows = [jacobian(grad(function, i), argnums) for i in checked(argnums)]
        return wraps(function)(lambda *args, **kwargs: tuple(row(*args, **kwargs) for row in rows))
    return jacobian(grad(function, argnums), argnums)


def hvp(function: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
    """Hessian-vector product: the gradient's tangent along the tangents, forward over reverse.

    One array for one primal, a tuple for several.

    >>> hvp(lambda x: x * x * x, (2.0,), (1.0,))
    12.0
    """
    everything = tuple(range(len(primals)))
    _, product = jvp(grad(function, everything), primals, tangents)
    return product if len(primals) > 1 else product[0]


def checked(argnums: Argnums) -> tuple[int, ...]:
    """Argument positions as a tuple of integers."""
    given = argnums if isinstance(argnums, Sequence) else (argnums,)
    integers = [isinstance(x, (int, np.integer)) and not isinstance(x, bool) for x in given]
    if not integers or not all(integers):
        raise TypeError(f"argnums is an integer or a tuple of integers, not {argnums!r}")
    return tuple(map(int, given))


@lru_cache(maxsize=256)  # this is part of each call's cost
def positions(argnums: tuple[int, ...], count: int) -> tuple[int, ...]:
    """Argument positions of a call, not negative."""
    if not all(-count <= position < count for position in argnums):
        raise TypeError(f"argnums={argnums!r} of a call with {count} arguments")
    found = tuple(position % count for position in argnums)
    if len(set(found)) < len(found):
        raise TypeError(f"argnums={argnums!r} names an argument twice")
    return found
