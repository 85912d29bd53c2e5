"""The text of a block -> Program: its function, its steps, its calls."""

from __future__ import annotations

import ast

from docs_plugins.language.literals import argument
from docs_plugins.language.lowering import lower
from docs_plugins.language.program import Call, Program, ProgramError
from docs_plugins.language.refusals import check_name, nearest, refusal
from docs_plugins.language.shapes import check_shapes
from docs_plugins.language.source import lines_of, tree_of

MOST_CALLS = 24


def parse(text: str) -> Program:
    """Read a block; raises `ProgramError`, and only that, unless it is one def and calls of it."""
    tree = tree_of(text)
    lines = lines_of(text)
    function: ast.FunctionDef | None = None
    found: list[tuple[str | None, ast.Call]] = []
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef):
            if function is not None:
                raise ProgramError(
                    f"a second function, {statement.name}: a block has one",
                    statement.lineno,
                    "give it a block of its own",
                )
            function = statement
        else:
            found.append(_call(statement, function))
    if function is None:
        raise ProgramError("the block has no function", 1, "start it with def f(x):")
    parameters = _parameters(function)
    steps, outputs, names = lower(function, parameters, lines)
    if not found:
        example = f"{function.name}({', '.join('1' for _ in parameters)})"
        raise ProgramError(
            f"{function.name} is never called",
            function.end_lineno or 1,
            f"call it with numbers: {example}",
        )
    if len(found) > MOST_CALLS:
        raise ProgramError(
            f"the block has {len(found)} calls, more than {MOST_CALLS}",
            found[MOST_CALLS][1].lineno,
            "split it into several blocks",
        )
    calls = _named(found, function.name, parameters, lines)
    program = Program(function.name, parameters, steps, outputs, names, calls, text)
    for call in calls:
        check_shapes(program, call)
    return program


def _parameters(function: ast.FunctionDef) -> tuple[str, ...]:
    line = function.lineno
    check_name(function.name, line, "the function's name")
    if function.decorator_list:
        raise ProgramError("a decorator is not part of the page language", line, "delete it")
    arguments = function.args
    annotated = [a for a in (*arguments.posonlyargs, *arguments.args) if a.annotation is not None]
    if annotated or function.returns is not None or getattr(function, "type_params", None):
        raise ProgramError("an annotation is not part of the page language", line, "delete it")
    if arguments.defaults or arguments.kw_defaults:
        raise ProgramError(
            "a default is not part of the page language", line, "give it in the call"
        )
    if arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.posonlyargs:
        raise ProgramError(
            "*, ** and / among the parameters are not part of the page language",
            line,
            "write plain names: def f(x1, x2):",
        )
    names = tuple(argument.arg for argument in arguments.args)
    if not names:
        raise ProgramError(
            f"{function.name} has no parameter", line, f"write def {function.name}(x):"
        )
    for position, name in enumerate(names):
        _check_parameter(name, names[:position], arguments.args[position].lineno, function.name)
    return names


def _check_parameter(name: str, before: tuple[str, ...], line: int, function: str) -> None:
    check_name(name, line, "a parameter")
    if name in before or name == function:
        raise ProgramError(f"the name {name} stands for two things", line, "rename one of them")
    if name[0] == "v" and name[1:].isdigit():
        raise ProgramError(
            f"{name} cannot be a parameter: v1, v2 … are the results of the operations",
            line,
            f"write x{name[1:]} or another name",
        )


def _call(statement: ast.stmt, function: ast.FunctionDef | None) -> tuple[str | None, ast.Call]:
    name: str | None = None
    value: ast.expr
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            pass
        case ast.Assign():
            raise ProgramError(
                "a call has one name", statement.lineno, "write start = f(2, 5), a line for each"
            )
        case ast.Expr(value=value):
            pass
        case _:
            raise _outside(statement)
    match value:
        case ast.Call(func=ast.Name(id=called)):
            if function is None:
                raise ProgramError(
                    f"{called} is called before any function is defined",
                    statement.lineno,
                    "write the def first",
                )
            if called != function.name:
                close = nearest(called, [function.name])
                raise ProgramError(
                    f"unknown function {called}: the block defines {function.name}",
                    statement.lineno,
                    f"did you mean {close}?" if close else f"write {function.name}(…)",
                )
            return name, value
    raise _outside(value)


def _outside(node: ast.stmt | ast.expr) -> ProgramError:
    plain = ast.Name | ast.BinOp | ast.UnaryOp | ast.Compare | ast.Subscript | ast.List
    if isinstance(node, plain) or (
        isinstance(node, ast.Constant) and type(node.value) in (int, float)
    ):
        return ProgramError(
            "after the def a block has only calls of its function", node.lineno, "write f(2, 5)"
        )
    if isinstance(node, ast.Return):
        return ProgramError(
            "return stands outside the def", node.lineno, "indent it as the lines above"
        )
    if isinstance(node, ast.Call):
        return ProgramError(
            "only the block's own function can be called here", node.lineno, "write f(2, 5)"
        )
    return refusal(node)


def _named(
    found: list[tuple[str | None, ast.Call]],
    function: str,
    parameters: tuple[str, ...],
    lines: list[str],
) -> tuple[Call, ...]:
    calls: list[Call] = []
    for name, node in found:
        line = node.lineno
        if name is None and len(found) > 1:
            raise ProgramError(
                "one of several calls has no name",
                line,
                f"write start = {function}(…), end = {function}(…)",
            )
        if name == function:
            raise ProgramError(
                f"the call has the function's name, {function}",
                line,
                "leave the name out, or take another",
            )
        if name is not None:
            check_name(name, line, "the name of a call")
        if any(name == other.name for other in calls):
            raise ProgramError(f"two calls are named {name}", line, "rename one of them")
        calls.append(Call(name or function, _arguments(node, function, parameters, lines), line))
    return tuple(calls)


def _arguments(
    node: ast.Call, function: str, parameters: tuple[str, ...], lines: list[str]
) -> tuple[object, ...]:
    if node.keywords:
        raise ProgramError(
            "arguments are given without names",
            node.lineno,
            f"write {function}(1, 2), in the def's order",
        )
    given, wanted = len(node.args), len(parameters)
    values = tuple(argument(value, lines) for value in node.args)
    if given != wanted:
        raise ProgramError(
            f"{function} takes {wanted} argument{'s' * (wanted != 1)} ({', '.join(parameters)}), "
            f"the call gives {given}",
            node.lineno,
            "give a number or a list for each",
        )
    return values
