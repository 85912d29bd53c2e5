"""The body of a block's def -> steps: one an operation, in Python's order of evaluation."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from docs_plugins.language import literals
from docs_plugins.language.program import Constant, Operand, ProgramError, Step
from docs_plugins.language.refusals import (
    check_name,
    nearest,
    operator_refusal,
    refusal,
    unknown_function,
    unknown_name,
)
from docs_plugins.language.vocabulary import ALIASES, FUNCTIONS, OPERATORS, RELATIONS, Signature

MOST_STEPS = 400
ORDINALS = {1: "1st", 2: "2nd", 3: "3rd"}


@dataclass
class Body:
    """What is known while a body is read."""

    function: str
    lines: list[str]
    later: Mapping[str, int]  # every name that is assigned somewhere, with its line
    steps: list[Step] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=dict)
    literals: dict[str, Constant] = field(default_factory=dict)  # names of plain numbers
    assigned: dict[str, int] = field(default_factory=dict)  # with their lines
    used: set[str] = field(default_factory=set)
    constant: set[int] = field(default_factory=set)  # steps that no parameter reaches
    plain_lists: set[int] = field(default_factory=set)  # steps that Python would hold as a list
    conditions: set[int] = field(default_factory=set)  # steps that are comparisons

    def is_constant(self, operand: Operand) -> bool:
        """Whether no parameter reaches the operand."""
        return isinstance(operand, Constant) or operand in self.constant

    def add(
        self,
        function: str,
        operands: list[Operand],
        line: int,
        options: dict[str, object] | None = None,
    ) -> int:
        """Append one step; raises `ProgramError` when there are too many."""
        index = len(self.steps)
        if index >= MOST_STEPS:
            raise ProgramError(
                f"the function has more than {MOST_STEPS} steps",
                line,
                "split it into several blocks",
            )
        if function != "input" and all(map(self.is_constant, operands)):
            self.constant.add(index)
        self.steps.append(
            Step(function, tuple(operands), tuple((options or {}).items()), None, line)
        )
        return index


def lower(
    function: ast.FunctionDef, parameters: tuple[str, ...], lines: list[str]
) -> tuple[tuple[Step, ...], tuple[int, ...], dict[str, int]]:
    """Return the steps, the outputs and the names; raises `ProgramError`."""
    body = Body(function.name, lines, _assignments(function))
    for name in parameters:
        body.names[name] = body.add("input", [], function.lineno)
        body.steps[-1] = _renamed(body.steps[-1], name)
    outputs: tuple[int, ...] | None = None
    for statement in function.body:
        if outputs is not None:
            raise ProgramError(
                "this stands after return", statement.lineno, "move it up, or delete it"
            )
        if isinstance(statement, ast.Return):
            outputs = _return(statement, body)
        elif isinstance(statement, ast.Assign):
            _assign(statement, body)
        else:
            raise _no_step(statement)
    if outputs is None:
        last = function.body[-1]
        raise ProgramError(
            f"{function.name} returns nothing",
            last.end_lineno or last.lineno,
            "end it with return …",
        )
    for name, line in body.assigned.items():
        if name not in body.used:
            raise ProgramError(f"{name} is never used", line, "use it, or delete the line")
    return tuple(body.steps), outputs, body.names


def _assignments(function: ast.FunctionDef) -> dict[str, int]:
    lines: dict[str, int] = {}
    for statement in function.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            lines.setdefault(statement.targets[0].id, statement.lineno)
    return lines


def _renamed(step: Step, name: str) -> Step:
    return Step(step.function, step.operands, step.options, name, step.line)


def _no_step(statement: ast.stmt) -> ProgramError:
    if not isinstance(statement, ast.Expr):
        return refusal(statement)
    value = statement.value
    if isinstance(
        value, ast.Constant | ast.NamedExpr | ast.Yield | ast.YieldFrom | ast.Await | ast.JoinedStr
    ):
        return refusal(value)
    return ProgramError(
        "the result of this line goes nowhere", statement.lineno, "write name = … or return …"
    )


def _return(statement: ast.Return, body: Body) -> tuple[int, ...]:
    value = statement.value
    if value is None:
        raise ProgramError(
            "return gives nothing back", statement.lineno, "write return and an expression"
        )
    parts = value.elts if isinstance(value, ast.Tuple | ast.List) else [value]
    if not parts:
        raise ProgramError(
            "return gives nothing back", statement.lineno, "write return and an expression"
        )
    outputs = []
    for part in parts:
        operand = _plain(part, body)
        if isinstance(operand, Constant):
            operand = body.add("constant", [operand], part.lineno)
        outputs.append(operand)
    return tuple(outputs)


def _assign(statement: ast.Assign, body: Body) -> None:
    line = statement.lineno
    target = statement.targets[0]
    if len(statement.targets) > 1 or not isinstance(target, ast.Name):
        if isinstance(target, ast.Attribute):
            raise refusal(target)
        raise ProgramError(
            "one name at a time is assigned", line, "write name = expression, a line for each"
        )
    name = target.id
    _check_target(name, line, body)
    before = len(body.steps)
    operand = _expression(statement.value, body)
    if isinstance(operand, int) and operand < before:
        known = body.steps[operand].name
        raise ProgramError(
            f"{name} is only another name of {known}", line, f"write {known} instead of {name}"
        )
    _check_node_name(name, operand, line, body)
    body.assigned[name] = line
    if isinstance(operand, Constant):
        body.literals[name] = operand
        operand = body.add("constant", [operand], line)  # so that pages can quote it
    body.names[name] = operand
    body.steps[operand] = _renamed(body.steps[operand], name)


def _check_target(name: str, line: int, body: Body) -> None:
    check_name(name, line, "a name")
    if name in body.assigned:
        raise ProgramError(
            f"{name} is assigned twice, first on line {body.assigned[name]}",
            line,
            "take a fresh name",
        )
    if name in body.names:
        raise ProgramError(
            f"{name} is a parameter and cannot be assigned", line, "take a fresh name"
        )
    if name == body.function:
        raise ProgramError(f"{name} is the name of the function", line, "take another name")


def _check_node_name(name: str, operand: Operand, line: int, body: Body) -> None:
    """A reader counts v1, v2 … as the trace does; so a writer's own must be the ones they say."""
    if name[0] != "v" or not name[1:].isdigit():
        return
    if body.is_constant(operand):
        raise ProgramError(
            f"{name} is a constant, no node of the trace",
            line,
            "give it a name other than v1, v2 …",
        )
    nodes = [
        index
        for index, step in enumerate(body.steps)
        if step.function != "input" and index not in body.constant
    ]
    place = nodes.index(int(operand)) + 1 if isinstance(operand, int) else 0
    if name != f"v{place}":
        ordinal = ORDINALS.get(place, f"{place}th")
        raise ProgramError(
            f"{name} is the {ordinal} operation of the trace, so it would be shown as v{place}",
            line,
            f"write v{place}, or a name other than v1, v2 …",
        )


def _plain(node: ast.expr, body: Body) -> Operand:
    """Lower an expression that must be a value, not a condition."""
    operand = _expression(node, body)
    if operand in body.conditions:
        raise ProgramError("a comparison is no value", node.lineno, "write where(condition, a, b)")
    return operand


def _expression(node: ast.expr, body: Body) -> Operand:
    constant = literals.number(node, body.lines)
    if constant is not None:
        return constant
    lowering = LOWERINGS.get(type(node))
    if lowering is None:
        raise refusal(node)
    return lowering(node, body)


def _name(node: ast.Name, body: Body) -> Operand:
    body.used.add(node.id)
    if node.id in body.literals:
        return body.literals[node.id]
    if node.id in body.names:
        return body.names[node.id]
    later = {name: line for name, line in body.later.items() if line > node.lineno}
    raise unknown_name(node.id, node.lineno, list(body.names), later)


def _binary(node: ast.BinOp, body: Body) -> Operand:
    """Walk down the left side by a loop: a sum of hundreds of terms leans there."""
    spine = [node]
    while isinstance(spine[-1].left, ast.BinOp):
        spine.append(spine[-1].left)
    left = _plain(spine[-1].left, body)
    for part in reversed(spine):
        function = OPERATORS.get(type(part.op))
        if function is None:
            raise operator_refusal(part.op, part.lineno)
        right = _plain(part.right, body)
        _check_lists([left, right], part.lineno, body)
        left = body.add(function, [left, right], part.lineno)
    return left


def _unary(node: ast.UnaryOp, body: Body) -> Operand:
    if not isinstance(node.op, ast.USub | ast.UAdd):
        raise operator_refusal(node.op, node.lineno)
    operand = _plain(node.operand, body)
    _check_lists([operand], node.lineno, body)
    if isinstance(node.op, ast.UAdd):
        return operand
    return body.add("negative", [operand], node.lineno)


def _check_lists(operands: list[Operand], line: int, body: Body) -> None:
    """Refuse what would mean something else in Python, where ``[1, 2] * 2`` is ``[1, 2, 1, 2]``."""
    if any(operand in body.plain_lists for operand in operands) and all(
        operand in body.plain_lists or body.is_constant(operand) for operand in operands
    ):
        raise ProgramError(
            "Python does not calculate with plain lists", line, "write stack([…]) for the list"
        )


def _comparison(node: ast.Compare, body: Body) -> Operand:
    if len(node.ops) > 1:
        raise ProgramError("one comparison at a time", node.lineno, "nest where(…, …, …)")
    function = RELATIONS.get(type(node.ops[0]))
    if function is None:
        raise operator_refusal(node.ops[0], node.lineno)
    operands = [_plain(node.left, body), _plain(node.comparators[0], body)]
    _check_lists(operands, node.lineno, body)
    index = body.add(function, operands, node.lineno)
    body.conditions.add(index)
    return index


def _list(node: ast.List, body: Body) -> Operand:
    if not node.elts:
        raise ProgramError("an empty list has no value", node.lineno, "write something into it")
    index = body.add("stack", [_plain(element, body) for element in node.elts], node.lineno)
    body.plain_lists.add(index)
    return index


def _subscript(node: ast.Subscript, body: Body) -> Operand:
    operand = _plain(node.value, body)
    if isinstance(operand, Constant):
        raise ProgramError("a number has no elements", node.lineno, "leave the index out")
    index = literals.index(node.slice)
    if operand in body.plain_lists and not isinstance(index, int):
        raise ProgramError(
            "Python takes one whole number here", node.lineno, "write stack([…]) for the list"
        )
    return body.add("index", [operand], node.lineno, {"index": index})


def _call(node: ast.Call, body: Body) -> Operand:
    if not isinstance(node.func, ast.Name):
        raise (
            refusal(node.func)
            if isinstance(node.func, ast.Attribute)
            else ProgramError("only functions are called", node.lineno, "write * to multiply")
        )
    typed = node.func.id
    _check_callable(typed, node.lineno, body)
    name = ALIASES.get(typed, typed)
    signature = FUNCTIONS[name]
    given = list(node.args)
    for argument in given:
        if isinstance(argument, ast.Starred):
            raise refusal(argument)
    options = _options(node, typed, signature)
    for option in signature.positional:
        if len(given) == len(signature.operands) + 1 and option not in options:
            options[option] = literals.option(given.pop(), signature.options[option], option)
    _check_count(typed, signature, given, node.lineno)
    if signature.listed:
        return body.add(name, _listed(given[0], typed, body), node.lineno, options)
    if "shape" in signature.options and "shape" not in options:
        raise ProgramError(f"{typed} needs a shape", node.lineno, f"write {typed}(x, (2, 3))")
    operands = [
        (_expression if role == "condition" else _plain)(argument, body)
        for role, argument in zip(signature.operands, given, strict=True)
    ]
    index = body.add(name, operands, node.lineno, options)
    if name in RELATIONS.values():
        body.conditions.add(index)
    return index


def _check_callable(name: str, line: int, body: Body) -> None:
    if name == body.function:
        raise ProgramError(f"{name} calls itself", line, "write its steps out")
    if name in body.names or name in body.literals:
        raise ProgramError(f"{name} is no function", line, "write * to multiply")
    if ALIASES.get(name, name) not in FUNCTIONS:
        raise unknown_function(name, line)


def _options(node: ast.Call, name: str, signature: Signature) -> dict[str, object]:
    options: dict[str, object] = {}
    for keyword in node.keywords:
        line = keyword.value.lineno
        if keyword.arg is None:
            raise ProgramError(
                "** before an argument is not part of the page language", line, "delete it"
            )
        if keyword.arg not in signature.options:
            meant = nearest(keyword.arg, signature.options)
            known = ", ".join(f"{option}=" for option in signature.options)
            remedy = (
                f"did you mean {meant}?" if meant else f"it takes {known}" if known else "delete it"
            )
            raise ProgramError(f"{name} has no option {keyword.arg[:40]}", line, remedy)
        options[keyword.arg] = literals.option(
            keyword.value, signature.options[keyword.arg], keyword.arg
        )
    return options


def _check_count(name: str, signature: Signature, given: list[ast.expr], line: int) -> None:
    wanted = len(signature.operands)
    if len(given) == wanted:
        return
    remedy = f"write {name}({', '.join(signature.operands)})"
    if signature.listed:
        remedy = f"write {name}([a, b])"
    elif name in ("max", "min") and len(given) == 2:
        remedy = f"for the {'larger' if name == 'max' else 'smaller'} of two write {name}imum(a, b)"
    elif "axis" in signature.options and len(given) == 2:
        remedy = f"write {name}(x, axis=…)"
    raise ProgramError(
        f"{name} takes {wanted} argument{'s' * (wanted != 1)}, here it is given {len(given)}",
        line,
        remedy,
    )


def _listed(node: ast.expr, name: str, body: Body) -> list[Operand]:
    if not isinstance(node, ast.List | ast.Tuple) or not node.elts:
        raise ProgramError(f"{name} takes a list", node.lineno, f"write {name}([a, b])")
    return [_plain(element, body) for element in node.elts]


LOWERINGS: Mapping[type[ast.expr], Callable[..., Operand]] = {
    ast.Name: _name,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Compare: _comparison,
    ast.List: _list,
    ast.Subscript: _subscript,
    ast.Call: _call,
}
