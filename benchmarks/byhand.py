"""What an engine is measured against: the same derivatives written by hand."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# --- the running example --------------------------------------------------------------------------


def running_example(x1: float, x2: float) -> tuple[float, tuple[float, float]]:
    """Ln x1 + x1 x2 - sin x2 and both derivatives, in straight lines."""
    v1 = math.log(x1)
    v2 = x1 * x2
    v3 = math.sin(x2)
    v4 = v1 + v2
    return v4 - v3, (1.0 / x1 + x2, x1 - math.cos(x2))


# --- a bare tape: for each value, the tuple of its (parent, partial) tuples -----------------------

Handle = tuple[int, float]  # position on the tape, value


class BareTape(list[tuple[tuple[int, float], ...]]):
    """The least that reverse mode needs: no operators, no names, no values kept."""

    def input(self, x: float) -> Handle:
        """Begin with a number."""
        self.append(())
        return len(self) - 1, x

    def scaled(self, a: Handle, constant: float) -> Handle:
        """Multiply by a constant."""
        i, x = a
        self.append(((i, constant),))
        return len(self) - 1, x * constant

    def shifted(self, a: Handle, constant: float) -> Handle:
        """Add a constant."""
        i, x = a
        self.append(((i, 1.0),))
        return len(self) - 1, x + constant

    def add(self, a: Handle, b: Handle) -> Handle:
        """Add two values."""
        i, x = a
        j, y = b
        self.append(((i, 1.0), (j, 1.0)))
        return len(self) - 1, x + y

    def adjoints(self) -> list[float]:
        """Sweep back from the last value."""
        adjoints = [0.0] * len(self)
        adjoints[-1] = 1.0
        for index in range(len(self) - 1, -1, -1):
            adjoint = adjoints[index]
            for parent, partial in self[index]:
                adjoints[parent] += partial * adjoint
        return adjoints


def chain(x: float, operations: int) -> tuple[float, float]:
    """Value and derivative of x scaled and shifted in turns."""
    tape = BareTape()
    y = tape.input(x)
    for _ in range(operations // 2):
        y = tape.shifted(tape.scaled(y, 0.999), 0.5)
    return y[1], tape.adjoints()[0]


def balanced_sum(x: float, operations: int) -> tuple[float, float]:
    """Value and derivative of a sum of multiples of x, added in pairs."""
    tape = BareTape()
    start = tape.input(x)
    level = [tape.scaled(start, 1.0 / (1 + i)) for i in range((operations + 1) // 2)]
    while len(level) > 1:
        pairs = [tape.add(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0][1], tape.adjoints()[0]


# --- a network: 784-128-10, tanh, softmax cross-entropy -------------------------------------------


class Parameters(NamedTuple):
    """Weights and biases of both layers."""

    w1: Array
    b1: Array
    w2: Array
    b2: Array


class Batch(NamedTuple):
    """Images as rows, and the one-hot rows of their digits."""

    images: Array
    digits: Array


def network(batch: int) -> tuple[Parameters, Batch]:
    """A network and a batch, the same in every run."""
    random = np.random.default_rng(1)
    parameters = Parameters(
        random.normal(size=(784, 128)) / 28.0,
        random.normal(size=128) * 0.1,
        random.normal(size=(128, 10)) / 11.0,
        random.normal(size=10) * 0.1,
    )
    digits = np.eye(10)[random.integers(0, 10, batch)]
    return parameters, Batch(random.normal(size=(batch, 784)), digits)


def loss(p: Parameters, batch: Batch) -> float:
    """Mean cross-entropy, no more."""
    h = np.tanh(batch.images @ p.w1 + p.b1)
    z = h @ p.w2 + p.b2
    top = z.max(axis=1, keepdims=True)
    sums = np.exp(z - top).sum(axis=1)
    return float((np.log(sums) + top[:, 0] - (z * batch.digits).sum(axis=1)).mean())


def loss_and_gradient(p: Parameters, batch: Batch) -> tuple[float, Parameters]:
    """The same with backpropagation, as one writes it."""
    h = np.tanh(batch.images @ p.w1 + p.b1)
    z = h @ p.w2 + p.b2
    top = z.max(axis=1, keepdims=True)
    e = np.exp(z - top)
    sums = e.sum(axis=1, keepdims=True)
    value = float(((np.log(sums) + top)[:, 0] - (z * batch.digits).sum(axis=1)).mean())
    dz = (e / sums - batch.digits) / len(z)
    da = dz @ p.w2.T * (1.0 - h * h)
    return value, Parameters(batch.images.T @ da, da.sum(axis=0), h.T @ dz, dz.sum(axis=0))


def in_place(p: Parameters, batch: Batch) -> tuple[float, Parameters]:
    """The same at numpy's limit: nothing computed twice, everything in place that can be."""
    h = batch.images @ p.w1
    h += p.b1
    np.tanh(h, out=h)
    z = h @ p.w2
    z += p.b2
    top = z.max(axis=1, keepdims=True)
    e = np.exp(z - top)
    sums = e.sum(axis=1, keepdims=True)
    value = float((np.log(sums) + top)[:, 0].mean() - (z * batch.digits).sum() / len(z))
    e /= sums
    e -= batch.digits
    e /= len(z)
    dw2 = h.T @ e
    db2 = e.sum(axis=0)
    dh = e @ p.w2.T
    h *= h
    np.subtract(1.0, h, out=h)
    dh *= h
    return value, Parameters(batch.images.T @ dh, dh.sum(axis=0), dw2, db2)


# --- the Jacobian of tanh(A x) --------------------------------------------------------------------


def jacobian_dense(a: Array, x: Array) -> Array:
    """One sweep over all seeds at once, in the mode that has fewer of them."""
    y = np.tanh(a @ x)
    slope = 1.0 - y * y
    rows, columns = a.shape
    if rows <= columns:
        seeds = np.eye(rows)
        seeds *= slope
        return seeds @ a
    tangents = np.eye(columns) @ a.T
    tangents *= slope
    return np.ascontiguousarray(tangents.T)


def jacobian_formula(a: Array, x: Array) -> Array:
    """The closed formula: diag(1 - tanh²(A x)) A."""
    y = np.tanh(a @ x)
    return (1.0 - y * y)[:, None] * a
