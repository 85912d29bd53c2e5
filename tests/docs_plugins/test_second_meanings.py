"""The table of meanings: complete, right at probe points, and with nothing of minigrad in it."""

from __future__ import annotations

import ast
import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import docs_plugins.second
import minigrad
from docs_plugins.language import FUNCTIONS
from docs_plugins.second import reads
from docs_plugins.second.meanings import MEANINGS
from docs_plugins.second.slopes import MP

POINTS = [-700.0, -40.0, -3.0, -0.75, -1e-9, 0.0, 1e-9, 0.3, 1.0, 2.5, 40.0, 700.0]
ELEMENTWISE = [name for name, meaning in MEANINGS.items() if meaning.elementwise]

WITH_THEIR_FUNCTION = {"tanh_slope": "tanh", "sigmoid_slope": "sigmoid"}


def test_every_operation_of_the_engine_has_a_meaning() -> None:
    assert set(minigrad.OPERATIONS) - set(MEANINGS) == set()


def test_every_function_of_the_page_language_is_an_operation_with_a_meaning() -> None:
    assert set(FUNCTIONS) - set(minigrad.OPERATIONS) == set()
    assert set(FUNCTIONS) - set(MEANINGS) == set()


def test_the_language_knows_every_operation_but_those_that_only_rules_use() -> None:
    unknown = set(minigrad.OPERATIONS) - set(FUNCTIONS)
    assert unknown == {
        *("arctan_slope", "broadcast_to", "index", "log_power", "scaled_power", "scatter"),
        *("sigmoid_slope", "stated", "tanh_slope", "wins"),
    }


def test_options_and_operands_are_those_of_the_engine() -> None:
    array = np.array([[1.0, 2.0], [3.0, 4.0]])
    for name, signature in FUNCTIONS.items():
        values = {"axis": 0, "keepdims": True, "shape": (4,), "axes": (1, 0)}
        options = {option: values[option] for option in signature.options}
        operands: list[Any] = [array] * len(signature.operands)
        result = minigrad.OPERATIONS[name].apply(*operands, **options)
        meant = MEANINGS[name](*(operands[0] if signature.listed else operands), **options)
        np.testing.assert_allclose(np.asarray(meant, dtype=float), result, rtol=1e-14, err_msg=name)


@pytest.mark.parametrize("name", [name for name in ELEMENTWISE if name != "constant"])
def test_elementwise_values_are_those_of_the_engine(name: str) -> None:
    operation = minigrad.OPERATIONS[name]
    count = len(operation.partials or ())
    compared = 0
    points = itertools.product(POINTS if count < 3 else POINTS[2:10:2], repeat=count)
    if name in WITH_THEIR_FUNCTION:  # their first operand is that function of the second
        points = iter((float(MEANINGS[WITH_THEIR_FUNCTION[name]](x)), x) for x in POINTS)
    for point in points:
        try:
            theirs = operation.apply(*point)
        except minigrad.DomainError:
            continue
        ours = float(MEANINGS[name](*point))
        assert ours == pytest.approx(theirs, rel=4e-15, abs=1e-300), point
        compared += 1
    assert compared > 4


NUMBERS = np.arange(24).reshape((2, 3, 4))


@pytest.mark.parametrize("axis", [None, 0, 1, -1, (0, 2), (2, 0), (-2, 1 - 3 + 2), (0, 1, 2)])
@pytest.mark.parametrize("keepdims", [False, True])
def test_reductions_read_what_numpy_adds_up(axis: Any, keepdims: bool) -> None:
    read = reads.over_axes(NUMBERS, axis=axis, keepdims=keepdims)
    added = np.sum(NUMBERS, axis=axis, keepdims=keepdims)
    np.testing.assert_array_equal(read.sum(axis=-1), added)


@pytest.mark.parametrize("axis", [None, 0, 1, -1, (0, 2), (2, 1)])
def test_a_softmax_reads_itself_first_and_then_its_group(axis: Any) -> None:
    read = reads.own_first(NUMBERS, axis=axis)
    np.testing.assert_array_equal(read[..., 0], NUMBERS)
    groups = np.sum(NUMBERS, axis=axis, keepdims=True)
    np.testing.assert_array_equal(read.sum(axis=-1), np.broadcast_to(groups, NUMBERS.shape))
    assert all(len(set(row)) == len(row) for row in read.reshape((-1, read.shape[-1])).tolist())


SHAPES = [((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)), ((5, 2, 3), (3, 4))]
SHAPES += [((5, 2, 3), (5, 3, 4)), ((5, 2, 3), (3,)), ((3,), (5, 3, 2)), ((1, 2, 3), (5, 3, 4))]


@pytest.mark.parametrize(("left", "right"), SHAPES)
def test_products_are_numpy_s(left: tuple[int, ...], right: tuple[int, ...]) -> None:
    a = np.arange(1.0, 1.0 + np.prod(left)).reshape(left)
    b = np.arange(2.0, 2.0 + np.prod(right)).reshape(right)
    np.testing.assert_array_equal(np.asarray(MEANINGS["matmul"](a, b), dtype=float), a @ b)


def test_a_tie_of_three_is_shared_by_three() -> None:
    meaning = MEANINGS["max"]
    reading = meaning.read([[MP.mpf(x) for x in (5, 1, 5, 5)]], [(4,)], {})
    slopes = [float(slope) for *_, slope in meaning.links(reading, 0)]
    assert slopes == pytest.approx([1 / 3, 0, 1 / 3, 1 / 3])


def test_no_module_imports_the_engine_or_what_shows_pages() -> None:
    allowed = {"__future__", "collections", "dataclasses", "math", "mpmath", "numpy", "random"}
    allowed |= {"typing", "docs_plugins.language", "docs_plugins.second"}
    for path in Path(docs_plugins.second.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                modules = [node.module or ""]
            else:
                continue
            for module in modules:
                assert any(f"{module}.".startswith(f"{name}.") for name in allowed), (path, module)
