"""A small automatic differentiation engine whose rules can be read.

Where to start reading: a dozen entries of ``ops.py``, the table of all operations; then the
three steps of a derivative: ``applying.py`` (what applying one does), ``trace.py`` (what a
forward pass leaves behind) and ``sweep.py`` (the chain rule, backward and forward). The rest is
built on these: ``transforms.py`` (grad … as functions), ``jacobians.py``, ``magnitudes.py`` (how
large what is summed is) and ``check.py`` (the same by differences); or it serves them:
``operation.py`` and ``declaring.py`` (an entry of the table), ``structure.py`` (what its entries
on whole arrays share), ``rationals.py`` (powers that are fractions), ``node.py`` and
``results.py`` (what a caller may keep). In ``readings`` the same rules give formulas, exact values,
JavaScript.

>>> import minigrad
>>> minigrad.grad(lambda x: minigrad.log(x) + 5.0 * x)(2.0)
5.5
"""

from __future__ import annotations

from minigrad.check import check_grads as check_grads
from minigrad.errors import DomainError as DomainError
from minigrad.jacobians import Jacobian as Jacobian
from minigrad.magnitudes import Magnitudes as Magnitudes
from minigrad.node import Node as Node
from minigrad.operation import OPERATIONS as OPERATIONS
from minigrad.operation import Operation as Operation
from minigrad.ops import *  # noqa: F403  (the whole table: ops.__all__)
from minigrad.ops import log as ln  # noqa: F401  (as textbooks write it)
from minigrad.sweep import Contribution as Contribution
from minigrad.sweep import Sweep as Sweep
from minigrad.trace import Trace as Trace
from minigrad.trace import trace as trace
from minigrad.transforms import *  # noqa: F403  (transforms.__all__)

__version__ = "0.1.0"
