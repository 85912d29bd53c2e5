"""What a trace looks like in symbols, which its program and shapes alone decide.

The same function at another point is worded the same, so the words are kept: a pure function of
what `Key` compares.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import minigrad
from docs_plugins import naming
from docs_plugins.language import Step
from docs_plugins.model import Formula, Shape
from minigrad.readings import expressions, printers, symbolic

Edge = tuple[int, int, int]  # operand, consumer, position
Constants = dict[tuple[int, int], Any]  # by consumer and position
DEEPEST = 60  # steps that one formula nests; beyond, a step is named by its number
MOST_SYMBOLS = 400  # entries of a Jacobian that are also written in symbols
MOST_READ = 5_000  # elements of all nodes that are gone through for that, once for each output


@dataclass(frozen=True, slots=True)
class Key:
    """Everything that the words of a trace depend on."""

    steps: tuple[Step, ...]
    outputs: tuple[int, ...]
    names: tuple[str | None, ...]  # of the nodes
    labels: tuple[str, ...]  # of the outputs
    shapes: tuple[Shape, ...]  # of the inputs
    trace: minigrad.Trace = field(compare=False)
    exact: Constants = field(compare=False)  # constants, which the steps decide
    typed: Constants = field(compare=False)


class LinkWords(NamedTuple):
    """How one link is written."""

    rule: Formula
    local: Formula
    factored: Formula
    plain: str


class Words(NamedTuple):
    """How a trace is written, by node index."""

    addresses: tuple[str, ...]
    signs: tuple[naming.Sign, ...]
    atoms: dict[Any, Any]  # and constants, by consumer and position
    cotangents: dict[int, expressions.Symbol]
    formulas: tuple[Formula, ...]
    plain: tuple[str, ...]  # in the writer's own names, as records have it
    links: dict[Edge, LinkWords]
    jacobian: tuple[tuple[Formula, ...], ...] | None  # its text in the names; None: too large


@lru_cache(maxsize=128)
def words(key: Key) -> Words:
    """Word a trace."""
    nodes = list(key.trace.nodes)
    inputs = len(key.trace.inputs)
    addresses = tuple(name or f"v{index + 1 - inputs}" for index, name in enumerate(key.names))
    signs = naming.signs(key.names, inputs)
    atoms: dict[Any, Any] = dict(key.exact)
    cotangents: dict[int, expressions.Symbol] = {}
    plain: dict[Any, Any] = dict(key.exact)
    typed: dict[Any, Any] = plain | key.typed  # the same, constants as typed
    depths: dict[int, int] = {}
    for node, sign, name in zip(nodes, signs, key.names, strict=True):
        atoms[node.index] = symbol(sign.formula, node.shape)
        cotangents[node.index] = symbol(sign.adjoint, node.shape)
        depth = _depth(node, name, depths)
        named = addresses[node.index] if depth > DEEPEST else name
        typed[node.index] = plain[node.index] = (
            symbolic.formula(node, typed)
            if named is None
            else expressions.symbol(named, named, node.shape)
        )
    shown = atoms | key.typed
    links = {
        (operand.index, node.index, position): _link(
            node, position, addresses, signs, atoms, cotangents, plain
        )
        for node in nodes
        for position, operand in enumerate(node.operands)
        if operand.index >= 0
    }
    return Words(
        addresses=addresses,
        signs=signs,
        atoms=atoms,
        cotangents=cotangents,
        formulas=tuple(
            both(symbolic.formula(node, shown))
            if node.operands
            else naming.sign(addresses[node.index]).formula
            for node in nodes
        ),
        plain=tuple(
            printers.to_text(symbolic.formula(node, typed))
            if node.operands
            else addresses[node.index]
            for node in nodes
        ),
        links=links,
        jacobian=_jacobian(key),
    )


def _link(
    node: minigrad.Node,
    position: int,
    addresses: tuple[str, ...],
    signs: tuple[naming.Sign, ...],
    atoms: dict[Any, Any],
    cotangents: dict[int, expressions.Symbol],
    plain: dict[Any, Any],
) -> LinkWords:
    cotangent, structural = cotangents[node.index], node.operation.partials is None
    rule = _rule(
        signs[node.index], signs[node.operands[position].index], node.shape, structural=structural
    )
    if structural:
        tilde = f"adj({addresses[node.index]})"
        adjoint = expressions.symbol(tilde, tilde, node.shape)
        in_plain = symbolic.contribution(node, position, plain, adjoint)
        pulled = both(symbolic.contribution(node, position, atoms, cotangent))
        return LinkWords(rule, pulled, pulled, printers.to_text(in_plain))
    local = symbolic.local_partial(node, position, atoms)
    plainly = both(symbolic.local_partial(node, position, plain)).text
    return LinkWords(rule, both(local), times(local, cotangent, node.shape), plainly)


def _rule(of: naming.Sign, by: naming.Sign, shape: Shape, *, structural: bool) -> Formula:
    y, x, adjoint = of.formula, by.formula, of.adjoint
    tex = rf"\frac{{\partial {y.tex}}}{{\partial {x.tex}}}"
    if structural:
        tex = rf"\left({tex}\right)^{{\mathsf T}}"
    dot = "" if structural else r"\odot " if shape else r"\cdot "
    return Formula(f"{tex} {dot}{adjoint.tex}", f"∂{y.text}/∂{x.text} · {adjoint.text}")


def _depth(node: minigrad.Node, name: str | None, depths: dict[int, int]) -> int:
    """How many steps without a name a node's formula would nest; the node is entered."""
    inner = [depths[operand.index] for operand in node.operands if operand.index >= 0]
    found = 0 if name is not None else 1 + max(inner, default=0)
    depths[node.index] = 0 if found > DEEPEST else found
    return found


def _longest_way(trace: minigrad.Trace) -> int:
    """The most links between an input and any node."""
    ways: dict[int, int] = {}
    for node in trace.nodes:
        inner = [ways[operand.index] for operand in node.operands if operand.index >= 0]
        ways[node.index] = 1 + max(inner, default=-1)
    return max(ways.values())


def _jacobian(key: Key) -> tuple[tuple[Formula, ...], ...] | None:
    """Each entry in the signs of the writer's names, and in these names; v's are written out."""
    trace = key.trace
    outputs = sum(y.size for y in trace.outputs)
    if outputs * sum(x.size for x in trace.inputs) > MOST_SYMBOLS:
        return None
    if outputs * sum(node.size for node in trace.nodes) > MOST_READ:
        return None
    if _longest_way(trace) > DEEPEST:
        return None
    names = {
        index: name
        for index, name in enumerate(key.names)
        if name is not None and naming.NUMBERED.fullmatch(name) is None
    }
    names |= _signs_of_outputs(trace, names, key.labels)
    shown: dict[Any, Any] = {
        index: symbol(Formula(naming.sign(name).formula.tex, name), trace.nodes[index].shape)
        for index, name in names.items()
    }
    entries = symbolic.symbolic_jacobian(trace, shown | key.exact)
    return tuple(tuple(map(both, row)) for row in entries)


def _signs_of_outputs(
    trace: minigrad.Trace, names: dict[int, str], labels: Sequence[str]
) -> dict[int, str]:
    """The sign y of unnamed outputs that take in many elements, as softmax and max do."""
    return {
        node.index: label
        for node, label in zip(trace.outputs, labels, strict=True)
        if node.index >= 0 and node.operation.objects and node.index not in names
    }


def symbol(formula: Formula, shape: Shape) -> expressions.Symbol:
    """A sign as the engine's readings take it."""
    return expressions.symbol(formula.tex, formula.text, shape)


def both(expression: Any) -> Formula:
    """An expression, or an exact number, as TeX and as plain text."""
    expression = expressions.expression(expression)
    return Formula(printers.to_tex(expression), printers.to_text(expression))


def in_tex(expression: Any) -> Formula:
    """What is shown in tables alone, and has no plain text."""
    return Formula(printers.to_tex(expressions.expression(expression)), "")


def times(local: Any, adjoint: Any, shape: Shape) -> Formula:
    """Local partial times adjoint, both shown whatever they are: 1 · ṽ₅."""
    dot, sign = (r"\odot", "⊙") if shape else (r"\cdot", "·")
    tex = f"{_factor(local, 'tex', first=True)} {dot} {_factor(adjoint, 'tex')}"
    text = f"{_factor(local, 'text', first=True)} {sign} {_factor(adjoint, 'text')}"
    return Formula(tex, text)


def times_in_tex(local: Any, adjoint: Any) -> Formula:
    """The same of two numbers, as tables show it."""
    return Formula(rf"{_factor(local, 'tex', first=True)} \cdot {_factor(adjoint, 'tex')}", "")


def _factor(expression: Any, language: str, *, first: bool = False) -> str:
    expression = expressions.expanded(expressions.expression(expression))
    found = printers.printed(expression, language)
    leading_minus = first and isinstance(expression, expressions.Number)
    stands_alone = (found.binds >= 2 or leading_minus) and not (first and found.ends_open)
    return found.text if stands_alone else f"({found.text})"
