"""The same work done by the engines that people use instead, as far as they are installed.

Each rival gives, for a work that it can do, a function without arguments that does it once and
returns numbers to compare.
"""

# ruff: noqa: PLC0415, SLF001  (only what is installed is imported, and micrograd is extended its way)

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np

from benchmarks.byhand import Batch, Parameters

Work = Callable[[], Any]
Rivals = dict[str, Work]

X1, X2 = 2.0, 5.0


def installed(*names: str) -> list[str]:
    """Those of these packages that are installed."""
    return [name for name in names if find_spec(name)]


def missing() -> list[str]:
    """Rivals that are not installed."""
    names = ["micrograd", "autograd", "jax", "torch"]
    return [name for name in names if name not in installed(*names)]


# --- W1: the running example ----------------------------------------------------------------------


def running_example() -> Rivals:
    """Value and both derivatives of ln x1 + x1 x2 - sin x2."""
    makers = {
        "micrograd": micrograd_example,
        "autograd": autograd_example,
        "jax": jax_example,
        "torch": torch_example,
    }
    return {name: makers[name]() for name in installed(*makers)}


def micrograd_example() -> Work:
    """Micrograd has neither logarithm nor sine: they are added here the way it adds its own."""
    import math

    from micrograd.engine import Value

    def log(x: Any) -> Any:
        out = Value(math.log(x.data), (x,), "log")

        def backward() -> None:
            x.grad += out.grad / x.data

        out._backward = backward
        return out

    def sin(x: Any) -> Any:
        out = Value(math.sin(x.data), (x,), "sin")

        def backward() -> None:
            x.grad += math.cos(x.data) * out.grad

        out._backward = backward
        return out

    def work() -> Any:
        x1, x2 = Value(X1), Value(X2)
        y = log(x1) + x1 * x2 - sin(x2)
        y.backward()
        return y.data, (x1.grad, x2.grad)

    return work


def autograd_example() -> Work:
    """Autograd, over its own numpy."""
    import autograd.numpy as anp
    from autograd import value_and_grad

    both = value_and_grad(lambda x1, x2: anp.log(x1) + x1 * x2 - anp.sin(x2), argnum=(0, 1))
    return lambda: both(X1, X2)


def jax_example() -> Work:
    """JAX, compiled before."""
    import jax
    import jax.numpy as jnp

    both = jax.jit(
        jax.value_and_grad(lambda x1, x2: jnp.log(x1) + x1 * x2 - jnp.sin(x2), argnums=(0, 1))
    )
    return lambda: jax.block_until_ready(both(X1, X2))


def torch_example() -> Work:
    """PyTorch on tensors without axes."""
    import torch

    torch.set_num_threads(1)

    def work() -> Any:
        x1 = torch.tensor(X1, dtype=torch.float64, requires_grad=True)
        x2 = torch.tensor(X2, dtype=torch.float64, requires_grad=True)
        y = torch.log(x1) + x1 * x2 - torch.sin(x2)
        y.backward()
        return y.item(), (x1.grad.item(), x2.grad.item())

    return work


# --- W2: many scalar operations -------------------------------------------------------------------


def chain(operations: int) -> Rivals:
    """A chain of scaling and shifting; micrograd's recursion does not survive one."""

    def steps(y: Any) -> Any:
        for _ in range(operations // 2):
            y = y * 0.999 + 0.5
        return y

    return scalar_graph(steps, operations, {"autograd", "torch"})


def balanced_sum(operations: int) -> Rivals:
    """A sum of multiples of x, added in pairs."""

    def steps(x: Any) -> Any:
        level = [x * (1.0 / (1 + i)) for i in range((operations + 1) // 2)]
        while len(level) > 1:
            pairs = [level[i] + level[i + 1] for i in range(0, len(level) - 1, 2)]
            level = pairs + level[len(pairs) * 2 :]
        return level[0]

    return scalar_graph(steps, operations, {"micrograd", "autograd", "torch"})


def scalar_graph(steps: Callable[[Any], Any], operations: int, able: set[str]) -> Rivals:
    """A function of one number in every engine that builds a graph as it goes."""
    rivals: Rivals = {}
    names = installed(*sorted(able)) if operations <= 10_000 else []
    if "micrograd" in names:
        from micrograd.engine import Value

        def micrograd() -> Any:
            x = Value(X1)
            y = steps(x)
            y.backward()
            return y.data, x.grad

        rivals["micrograd"] = micrograd
    if "autograd" in names:
        from autograd import value_and_grad

        both = value_and_grad(steps)
        rivals["autograd"] = lambda: both(X1)
    if "torch" in names:
        import torch

        def pytorch() -> Any:
            x = torch.tensor(X1, dtype=torch.float64, requires_grad=True)
            y = steps(x)
            y.backward()
            return y.item(), x.grad.item()

        rivals["torch"] = pytorch
    return rivals


# --- W3: a network --------------------------------------------------------------------------------


def network(p: Parameters, batch: Batch) -> Rivals:
    """Loss and gradient of all parameters."""
    makers = {"autograd": autograd_network, "jax": jax_network, "torch": torch_network}
    return {name: makers[name](p, batch) for name in installed(*makers)}


def autograd_network(p: Parameters, batch: Batch) -> Work:
    """Autograd; the stable logarithm of a sum of exponentials is its scipy's."""
    import autograd.numpy as anp
    from autograd import value_and_grad

    def loss(w1: Any, b1: Any, w2: Any, b2: Any) -> Any:
        z = anp.tanh(batch.images @ w1 + b1) @ w2 + b2
        top = anp.max(z, axis=1, keepdims=True)
        sums = anp.log(anp.sum(anp.exp(z - top), axis=1)) + top[:, 0]
        return anp.mean(sums - anp.sum(z * batch.digits, axis=1))

    both = value_and_grad(loss, argnum=(0, 1, 2, 3))
    return lambda: both(*p)


def jax_network(p: Parameters, batch: Batch) -> Work:
    """JAX, compiled before."""
    import jax
    import jax.numpy as jnp

    def loss(w1: Any, b1: Any, w2: Any, b2: Any) -> Any:
        z = jnp.tanh(batch.images @ w1 + b1) @ w2 + b2
        sums = jax.scipy.special.logsumexp(z, axis=1)
        return jnp.mean(sums - jnp.sum(z * batch.digits, axis=1))

    both = jax.jit(jax.value_and_grad(loss, argnums=(0, 1, 2, 3)))
    return lambda: jax.block_until_ready(both(*p))


def torch_network(p: Parameters, batch: Batch) -> Work:
    """PyTorch with its fused cross-entropy."""
    import torch

    torch.set_num_threads(1)
    images = torch.from_numpy(batch.images)
    labels = torch.from_numpy(batch.digits.argmax(axis=1))
    tensors = [torch.from_numpy(x).requires_grad_() for x in p]

    def work() -> Any:
        for x in tensors:
            x.grad = None
        w1, b1, w2, b2 = tensors
        z = torch.tanh(images @ w1 + b1) @ w2 + b2
        y = torch.nn.functional.cross_entropy(z, labels)
        y.backward()
        return y.item(), tuple(x.grad.numpy() for x in tensors)

    return work


# --- W4: a Jacobian -------------------------------------------------------------------------------


def jacobian(a: np.ndarray[Any, Any], x: np.ndarray[Any, Any]) -> Rivals:
    """All partial derivatives of tanh(A x)."""
    makers = {"autograd": autograd_jacobian, "jax": jax_jacobian, "torch": torch_jacobian}
    return {name: makers[name](a, x) for name in installed(*makers)}


def autograd_jacobian(a: Any, x: Any) -> Work:
    """Autograd: one backward pass for each row."""
    import autograd.numpy as anp
    from autograd import jacobian as of

    found = of(lambda x: anp.tanh(a @ x))
    return lambda: found(x)


def jax_jacobian(a: Any, x: Any) -> Work:
    """JAX, compiled before, the mode chosen by hand."""
    import jax
    import jax.numpy as jnp

    of = jax.jacrev if a.shape[0] <= a.shape[1] else jax.jacfwd
    found = jax.jit(of(lambda x: jnp.tanh(a @ x)))
    return lambda: jax.block_until_ready(found(x))


def torch_jacobian(a: Any, x: Any) -> Work:
    """PyTorch, the mode chosen by hand."""
    import torch

    torch.set_num_threads(1)
    matrix, point = torch.from_numpy(a), torch.from_numpy(x)
    of = torch.func.jacrev if a.shape[0] <= a.shape[1] else torch.func.jacfwd
    found = of(lambda x: torch.tanh(matrix @ x))
    return lambda: found(point).numpy()
