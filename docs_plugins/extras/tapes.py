"""The script of a page: each block's tape, its inputs with their ranges, and its steps in words.

It is a file of the site, read by `assets/player.js`; no text is ever evaluated.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count, product
from pathlib import Path
from string import ascii_lowercase
from typing import NamedTuple
from unicodedata import normalize

from docs_plugins import compute
from docs_plugins.drawing import mathline
from docs_plugins.model import Computation, Formula, Link, Variable, elements
from docs_plugins.naming import sign
from docs_plugins.views.base import ViewError

# a name, and no function of Math; or spaces that JavaScript can do without: `a - -b` keeps them
WORD = re.compile(r"(?<![\w.])[a-z]\w*| ([*/<>?:=!]+|\+|-) (?![+-])")
PRODUCT = re.compile(r"([01])\*([a-z]+)")  # of a finite number: the tape stops at others
ATOM = re.compile(r"[a-z]+|\d+(?:\.\d+)?")
RESERVED = frozenset(("as", "do", "if", "in", "of", "t"))
PLAYER = Path(__file__).parents[1] / "assets" / "player.js"
MOST_INPUTS = 24  # controls that a reader can find their way in
RANGED = frozenset(("chain", "graph", "jacobian", "network", "trace", "unit"))  # views with inputs
POSITIONS = 200  # of a slider, about

COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

Range = tuple[float, float]


class Step(NamedTuple):
    """One step of the player: the number it is about, and what is said before and after it."""

    path: str  # x2.value, x2.from.v3, x2.adjoint
    text: str
    tail: str = ""
    seed: str = ""  # the output from which the backward pass begins


def split_ranges(
    view: str, options: Mapping[str, str], computation: Computation
) -> tuple[dict[str, str], dict[str, Range]]:
    """Part a view's options from ranges of inputs; raises `ViewError` for a bad one."""
    names = computation.program.parameters if view in RANGED else ()
    ranges = {
        name: read_range(view, name, options[name])
        for name in names
        if ".." in options.get(name, "")
    }
    return {name: text for name, text in options.items() if name not in ranges}, ranges


def read_range(view: str, name: str, text: str) -> Range:
    """Read ``0.1..10``; raises `ViewError`.

    >>> read_range("trace", "x1", "0.1..10")
    (0.1, 10.0)
    """
    remedy = f"write its least and its most: {name}=0.1..10"
    low, _, high = text.partition("..")
    try:
        ends = float(low), float(high)
    except ValueError:
        raise ViewError(f"{view}: {name}={text} is no range", remedy) from None
    if not (ends[0] < ends[1] and math.isfinite(ends[0]) and math.isfinite(ends[1])):
        raise ViewError(f"{view}: {name}={text} is no range", remedy)
    return ends


def default_range(value: float) -> Range:
    """A range around a value: from 0 to its double, or one to each side of a small one.

    >>> default_range(5.0), default_range(-0.5)
    ((0.0, 10.0), (-1.5, 0.5))
    """
    reach = max(1.0, abs(value))
    return round(value - reach, 12), round(value + reach, 12)


def slider_step(low: float, high: float) -> float:
    """A round distance between a slider's positions.

    >>> slider_step(0.0, 10.0)
    0.05
    """
    rough = (high - low) / POSITIONS
    power = 10.0 ** math.floor(math.log10(rough))
    nearest = min((1.0, 2.0, 5.0, 10.0), key=lambda digit: abs(digit * power - rough))
    return float(f"{nearest * power:.6g}")


# --- steps


def steps(computation: Computation) -> Iterator[Step]:
    """Every step in the engine's order: values, then contributions and their sums."""
    for variable in computation.variables:
        said = spoken(variable.symbol)
        if variable.symbol != variable.formula:
            said += f" = {spoken(variable.formula)}"
        yield Step(f"{variable.address}.value", said)
    for output in computation.outputs:
        variable_ = None if output.variable is None else computation.variables[output.variable]
        if variable_ is not None and variable_.symbol != output.symbol:
            yield Step(
                f"{output.label}.value", f"{spoken(output.symbol)} = {spoken(variable_.symbol)}"
            )
    if all(variable.adjoint is not None for variable in computation.variables):
        yield from _backward(computation)


def _backward(computation: Computation) -> Iterator[Step]:
    output = computation.outputs[0]
    for variable in reversed(computation.variables):
        links = computation.links_into(variable.index)
        if variable.index == output.variable and not links:
            function = computation.program.function
            said = f"{spoken(variable.adjoint_symbol)} = ∂{function}/∂{spoken(variable.symbol)}"
            tail = ", where the backward pass begins"
            yield Step(f"{variable.address}.adjoint", said, tail, output.label)
        if len(links) > 1:
            terms = " + ".join(spoken(link.symbol) for link in links)
            said = f"{spoken(variable.adjoint_symbol)} = {terms}"
            yield Step(f"{variable.address}.adjoint", said)
        for link in sent_by(computation, variable):
            receiver = computation.variables[link.operand].adjoint_symbol
            said = f"{spoken(receiver)} receives {spoken(link.factored)}"
            yield Step(link.address, said, f" from {spoken(variable.symbol)}")


@lru_cache(maxsize=1024)
def spoken(formula: Formula) -> str:
    """A formula as running text: cos(v₀) · ṽ₃."""
    return normalize("NFC", mathline.plain(mathline.math(formula.tex, formula.text)))


def sent_by(computation: Computation, variable: Variable) -> list[Link]:
    """What a variable sends back to its operands, in the order in which it does."""
    sent = (link for link in computation.links if link.consumer == variable.index)
    return sorted(sent, key=lambda link: link.position)


# --- the script


class Compiled(NamedTuple):
    """A block's part of the script."""

    text: str
    inputs: int  # how many can be changed
    follows: frozenset[str]  # the paths that then change


def script(key: str, blocks: Mapping[str, Compiled]) -> str:
    """Return a page's script: the object that the player finds under a key."""
    written = ",".join(f"{name}:{compiled.text}" for name, compiled in blocks.items())
    return f"(self.mgTapes??={{}})[{json.dumps(key)}]={{{written}}}\n"


def compiled(
    computation: Computation, shown: set[str], ranges: Mapping[str, Range], *, played: bool
) -> Compiled | None:
    """Return a block's part, None where there is nothing to do in the browser.

    `shown` are the paths of its numbers on the page, `played` whether its trace is there too.
    """
    inputs = list(_inputs(computation, ranges))
    program = computation.program
    shapes = tuple(variable.shape for variable in computation.variables)
    names = tuple(program.names.items())
    key = _Key(
        (program.function, program.steps, program.outputs, names, shapes),
        frozenset(shown) if inputs else None,
        played,
        computation,
    )
    shared = _shared(key)
    parts = [f"i:{_written(inputs)}", *shared.tape] if shared.tape else []
    parts += shared.steps
    if not parts:
        return None
    return Compiled(f"{{{','.join(parts)}}}", len(inputs) if shared.tape else 0, shared.follows)


@dataclass(frozen=True, slots=True)
class _Key:
    """What a block's part depends on, but for the inputs' values and ranges."""

    function: tuple[object, ...]
    shown: frozenset[str] | None  # None: no input can be changed
    played: bool
    computation: Computation = field(compare=False)


class _Shared(NamedTuple):
    """What a function has in the script at whichever point it is computed."""

    tape: tuple[str, ...]  # nothing where nothing on the page follows
    steps: tuple[str, ...]
    follows: frozenset[str]


@lru_cache(maxsize=16)
def _shared(key: _Key) -> _Shared:
    tape = None if key.shown is None else compute.tape(key.computation, key.shown)
    shown = key.shown or frozenset()
    values, results, given = _short(tape) if tape is not None else ([], [], [])
    follows = shown.intersection(path for found in results for path in found.paths)
    written: tuple[str, ...] = ()
    if follows:
        const = f"const {','.join(values)};" if values else ""
        returned = ",".join(found.expression for found in results)
        written = (
            f"t({','.join(given)}){{{const}return[{returned}]}}",
            f"n:{_written(' '.join(_paths(found, shown) for found in results))}",
            f"w:{_written(_complaints(results))}",
        )
    listed: tuple[str, ...] = ()
    if key.played:
        told = [[s.path, s.text, s.tail, s.seed] for s in steps(key.computation)]
        listed = (f"s:{_written([[part for part in step if part] for step in told])}",)
    return _Shared(written, listed, follows)


def _paths(found: Result, shown: frozenset[str]) -> str:
    return "|".join(path for path in found.paths if path in shown) or "-"


def _complaints(results: Sequence[Result]) -> dict[str, list[int]]:
    """What may be wrong, and at which of the results."""
    places: dict[str, list[int]] = {}
    for place, found in enumerate(results):
        if found.complaint:
            places.setdefault(found.complaint, []).append(place)
    return places


@dataclass
class Result:
    """One number that a tape returns, and every path that it has on the page."""

    expression: str  # a name, or a literal
    paths: list[str]
    complaint: str


def _short(tape: compute.Tape) -> tuple[list[str], list[Result], list[str]]:
    """Statements, results and inputs with short names; what only copies shares its result."""
    fresh = _names()
    names = {target: next(fresh) for _, target in tape.inputs}
    given = list(names.values())
    results: dict[str, Result] = {}
    written = []
    for found in tape.assignments:
        expression = WORD.sub(lambda word: word[1] or names.get(word[0], word[0]), found.expression)
        expression = PRODUCT.sub(_product, expression)
        if not ATOM.fullmatch(expression):
            name = next(fresh)
            written.append(f"{name}={expression}")
            expression = name
        names[found.target] = expression
        paths = [found.path, *tape.aliases.get(found.target, ())]
        if expression in results:
            results[expression].paths += paths
        else:
            results[expression] = Result(expression, paths, found.complaint)
    return written, list(results.values()), given


def _inputs(computation: Computation, ranges: Mapping[str, Range]) -> Iterator[list[str | float]]:
    """Path, sign, value, least, most and step of each input; none where there are too many."""
    inputs = [v for v in computation.variables if v.operation == "input"]
    if sum(len(variable.value) for variable in inputs) > MOST_INPUTS:
        return
    for variable in inputs:
        for suffix, number in zip(elements(variable.shape), variable.value, strict=True):
            shown = sign(variable.address).element(suffix).formula.text
            low, high = ranges.get(variable.address) or default_range(number.value)
            step = slider_step(low, high)
            numbers = [_short_number(x) for x in (number.value, low, high, step)]
            yield [variable.address + suffix, shown, *numbers]


def _product(found: re.Match[str]) -> str:
    """Nothing or one times a name, where that is all there is."""
    if found[0] != found.string:
        return found[0]
    return found[2] if found[1] == "1" else "0"


def _names() -> Iterator[str]:
    """Yield a, b, … z, aa, ab and so on."""
    for length in count(1):
        for letters in product(ascii_lowercase, repeat=length):
            if (name := "".join(letters)) not in RESERVED:
                yield name


def _short_number(value: float) -> float:
    """The same number, whole where it is."""
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def _written(value: object) -> str:
    return COMPACT(value)


def player() -> str:
    """The player's own script without comments, line ends and spaces that it can do without."""
    lines = (line.strip() for line in PLAYER.read_text(encoding="utf-8").splitlines())
    code = "\n".join(line for line in lines if line and not line.startswith("//"))
    parts = re.split(r"(\"[^\"]*\"|`[^`]*`)", code)  # code and texts in turn
    parts[::2] = (re.sub(r" ?([=+*/?:<>&|{}(),;-]+) ?", r"\1", part) for part in parts[::2])
    return re.sub(r"(?<=[;,{(\[])\n", "", "".join(parts)) + "\n"
