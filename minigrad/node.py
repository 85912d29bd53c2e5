"""What a forward pass leaves behind: nodes on a tape, in the order of evaluation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from math import prod
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from minigrad.operation import CONSTANT, OPERATIONS, Operation

Value = Any
"""A float, an array, or whatever else reads a rule: a node of an outer trace, an expression."""

identities = count()


class Operand:
    """What stands in a formula: Python's operators apply the engine's operations to it."""

    __slots__ = ()
    __hash__ = object.__hash__  # == compares by value and gives a node, so identity hashes

    if TYPE_CHECKING:  # set by the operations that declare them
        OPERATOR: Any = None
        __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = OPERATOR
        __truediv__ = __rtruediv__ = __pow__ = __rpow__ = __matmul__ = __rmatmul__ = OPERATOR
        __neg__ = __abs__ = __gt__ = __ge__ = __lt__ = __le__ = OPERATOR

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(shape_of(self))

    def __pos__(self) -> Any:
        return self

    def __array_ufunc__(self, ufunc: Any, method: str, *operands: Any, **options: Any) -> Any:
        """Be asked for ``array * node``; numpy's functions proper are refused by name."""
        operation = OPERATIONS.get(ufunc.__name__)
        if operation and operation.operator and method == "__call__" and not options:
            return operation.apply(*operands)
        raise TypeError(advice(ufunc.__name__))


class Reading(Operand):
    """Anything else that a rule can be read on: it says itself what an operation does to it."""

    __slots__ = ()

    def settled(self) -> Value:
        """What an operation is applied to: itself, or the value that it is another form of."""
        return self

    def read(
        self, operation: Operation, operands: Sequence[Value], options: Mapping[str, Any] | None
    ) -> Value:
        """What the operation gives on these operands, of which at least one is a reading."""
        raise NotImplementedError


def advice(name: str) -> str:
    """What to write instead of a function of numpy's."""
    ours = {"absolute": "abs", "amax": "max", "amin": "min"}.get(name, name)
    remedy = f"use minigrad.{ours}" if ours in OPERATIONS else "write it with minigrad's functions"
    return f"np.{name} knows no traced values: {remedy}"


def missing(name: str, ours: str) -> property:
    """What stands in a node where an array has a method; a ``__getattr__`` would slow all reads."""

    def refuse(_self: Operand) -> NoReturn:
        raise AttributeError(f"a traced value has no {name}: write minigrad.{ours}(x)")

    return property(refuse)


class Node(Operand):
    """One application of one operation: what was applied, to what, with what result.

    Immutable by convention. Adjoints are results of a sweep and never stored here.

    Attributes:
        operation: What was applied.
        first: The first operand, or None.
        second: The second operand, or None; with three operands or more a tuple of the others.
            (A tuple for all would be a second object for each node, and as much again to trace
            for the garbage collector: ``operands`` makes it when it is asked for.)
        value: A float or an array.
        index: Position on the tape; -1 for a constant, which is on no tape.
        options: Axis, shape, key … of a structural operation; None for all others.
    """

    __slots__ = ("first", "index", "operation", "options", "second", "tape", "value")

    first: Node | None
    index: int
    operation: Operation
    options: Mapping[str, Any] | None
    second: Node | tuple[Node, ...] | None
    tape: Tape
    value: Value

    @property
    def operands(self) -> tuple[Node, ...]:
        """The nodes it was applied to, in order; ``x * x`` has x twice."""
        if self.first is None:
            return ()
        if self.second is None:
            return (self.first,)
        if type(self.second) is Node:
            return (self.first, self.second)
        return (self.first, *self.second)

    @property
    def shape(self) -> tuple[int, ...]:
        """Lengths of the axes; empty for a scalar."""
        return getattr(self.value, "shape", ())

    @property
    def size(self) -> int:
        """Number of elements."""
        return self.value.size if type(self.value) is np.ndarray else prod(self.shape)

    T = missing("T", "transpose")

    def __getitem__(self, key: Any) -> Any:
        return OPERATIONS["index"].apply(self, key)

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("a scalar node has no length")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        return (self[position] for position in range(len(self)))

    def __bool__(self) -> bool:
        if self.size != 1:  # Python's max, min, if, and, or
            raise ValueError(
                f"{self!r} has {self.size} elements, which cannot be one yes or no:"
                " use minigrad.maximum for max, minigrad.minimum for min, minigrad.where for if"
            )
        return bool(self.value)

    def __copy__(self, _memo: object = None) -> Node:
        return self  # immutable; a copy would be on no tape

    __deepcopy__ = __copy__

    def __repr__(self) -> str:
        operands = ", ".join(
            f"v{x.index}" if x.index >= 0 else repr(x.value) for x in self.operands
        )
        return f"<v{self.index} = {self.operation.name}({operands}) = {self.value!r}>"

    def __float__(self) -> NoReturn:
        raise TypeError(
            f"{self!r} is being traced and is no plain number: use minigrad's functions"
            " (minigrad.sin for math.sin), or node.value to leave the trace"
        )

    __int__ = __float__
    __index__ = __float__

    def __array__(self, *args: object, **kwargs: object) -> NoReturn:
        raise TypeError(
            f"{self!r} is being traced and does not become a numpy array: use"
            " minigrad.stack([a, b]) for np.array([a, b]), or node.value to leave the trace"
        )

    def __array_function__(self, function: Any, *_: object) -> NoReturn:
        """Be asked for ``np.sum(node)``."""
        raise TypeError(advice(function.__name__))


class Tape(list[Node]):
    """The Wengert list: nodes in creation order, which is a topological order.

    Attributes:
        identity: Larger for the inner of two nested traces, in any number of threads.
        owning: Whether captured arrays are copied, because the tape outlives the call.
        plain: Whether all is elementwise and every value a Python float.
        numbers: The constants among the operands.
        unverified: Inputs and captured values of which it is not known that they are finite.
    """

    __slots__ = ("identity", "lines", "numbers", "owning", "plain", "unverified")
    lines: list[tuple[str | None, int | None]]  # of the user's that made each node, where noted

    def __init__(self, *, owning: bool = False) -> None:
        self.identity = next(identities)
        self.owning = owning
        self.plain = True
        self.numbers: dict[float, Node] = {}
        self.unverified: list[Node] = []

    def record(
        self,
        operation: Operation,
        operands: tuple[Node, ...],
        value: Value,
        options: Mapping[str, Any] | None = None,
    ) -> Node:
        """Append the node of one application."""
        node = Node()
        node.operation = operation
        node.first = operands[0] if operands else None
        others = operands[1:]
        node.second = (others if len(others) > 1 else others[0]) if others else None
        node.value = value
        node.options = options
        node.tape = self
        node.index = len(self)
        self.append(node)
        if type(value) is not float or operation.pull:
            self.plain = False
        return node

    def end(self) -> None:
        """Let go of the nodes, each of which refers to its tape, without the garbage collector."""
        self.clear()
        self.numbers.clear()
        self.unverified.clear()
        self.__class__ = EndedTape

    def constant(self, value: Value) -> Node:
        """A node for a number or an array that nothing is differentiated by; numbers share one."""
        if type(value) is float:
            known = self.numbers.get(value)
            return self.number(value) if known is None else known
        node = self.number(0.0)
        node.value = value
        if type(value) is np.ndarray:
            if self.owning:
                node.value = value.copy()
            self.unverified.append(node)
        elif type(value) is Node and type(value.tape) is EndedTape:
            value.tape.append(node)
        return node

    def number(self, value: float) -> Node:
        """The node of a number that has none yet."""
        node = Node()
        node.operation = CONSTANT
        node.first = node.second = node.options = None
        node.value = value
        node.tape = self
        node.index = -1
        if value:  # 0.0 is not -0.0
            self.numbers[value] = node
            if value - value:  # not a number unless finite
                self.unverified.append(node)
        return node


class EndedTape(Tape):
    """The tape of a derivative that has been computed: what is left of its nodes is refused."""

    __slots__ = ()

    def append(self, _node: Node) -> NoReturn:
        """Refuse to go on."""
        raise TypeError(
            "a value of a function whose derivative has been computed is used once more:"
            " return it from the function, or keep node.value there instead of the node"
        )


def is_finite(value: Value) -> bool:
    """Whether a number, or every element of an array, is finite; True for most readings."""
    if isinstance(value, float):
        return not value - value
    if type(value) is not np.ndarray:
        inside = value.value if type(value) is Node else getattr(value, "diagonal", None)
        return inside is None or is_finite(inside)
    if value.dtype.kind == "O":
        return True
    flat = value.ravel("K")
    squares = float(np.vdot(flat, flat))  # one fast pass; only its overflow needs a closer look
    return not squares - squares or bool(np.isfinite(value).all())


def zeros(shape: tuple[int, ...]) -> Value:
    """A value of nothing but zeros."""
    return np.zeros(shape) if shape else 0.0


def shape_of(value: Value) -> tuple[int, ...]:
    """Shape of a value of any kind; empty for a scalar."""
    return () if type(value) is float else getattr(value, "shape", ())
