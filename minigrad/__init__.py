"""A small automatic differentiation engine whose rules can be read.

Where to start reading: ``ops.py``, the table of all operations; then ``node.py`` and
``trace.py``, what a forward pass leaves behind; then ``sweep.py``, the chain rule. The rest is
convenience (``transforms.py``), proof (``check.py``) and print (``printers.py``, ``exact.py``).

>>> import minigrad
>>> minigrad.grad(lambda x: minigrad.log(x) + 5.0 * x)(2.0)
5.5
"""

from minigrad import exact, javascript, printers
from minigrad.check import check_grads
from minigrad.errors import DomainError
from minigrad.magnitudes import Magnitudes
from minigrad.node import Node
from minigrad.operation import OPERATIONS, Operation
from minigrad.ops import (
    abs,
    add,
    arctan,
    broadcast_to,
    concatenate,
    cos,
    divide,
    dot,
    equal,
    exp,
    expm1,
    greater,
    greater_equal,
    index,
    less,
    less_equal,
    log,
    log1p,
    logsumexp,
    matmul,
    max,
    maximum,
    mean,
    min,
    minimum,
    multiply,
    negative,
    not_equal,
    power,
    prod,
    relu,
    reshape,
    sigmoid,
    sign,
    sin,
    softmax,
    softplus,
    sqrt,
    square,
    stack,
    subtract,
    sum,
    tan,
    tanh,
    transpose,
    where,
    xlogy,
)
from minigrad.sweep import Contribution, Sweep
from minigrad.trace import Jacobian, Trace, trace
from minigrad.transforms import (
    grad,
    hessian,
    hvp,
    jacfwd,
    jacobian,
    jacrev,
    jvp,
    value_and_grad,
    vjp,
)

ln = log
"""Another name of ``log``."""
__version__ = "0.1.0"
