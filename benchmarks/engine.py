"""How fast minigrad is, beside derivatives written by hand and the engines people use instead.

Every figure is a median of ratios of processor time, taken turn by turn in one run on one thread,
in float64; answers are compared before anything is timed. Ratios are minigrad's time over the
other's: below 1 minigrad is faster.

    python -m benchmarks.engine [W1 W3 …]
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from statistics import median
from typing import Any, NamedTuple

import numpy as np

import minigrad as mg
from benchmarks import byhand, rivals, timing
from benchmarks.byhand import Batch
from minigrad.readings import printers, symbolic
from minigrad.readings.expressions import Symbol

OURS = "minigrad"


class Figure(NamedTuple):
    """One line of the table: a ratio (or an amount), and how far it was to get."""

    work: str
    compared: str
    found: float
    reach: float | None = None
    stretch: float | None = None
    unit: str = "×"


def main(wanted: list[str]) -> None:
    """Print the table, line by line as it is measured."""
    absent = ", ".join(rivals.missing()) or "none"
    print(f"Medians of {timing.TURNS} turns and more; not installed: {absent}\n")
    print(f"{'work':<46} {'compared with':<34} {'found':>9} {'reach':>9} {'stretch':>9}")
    for name, measure in WORKS.items():
        if not wanted or name in wanted:
            for figure in measure():
                print(line(figure), flush=True)


def line(f: Figure) -> str:
    """A figure as a line of the table."""
    columns = [f"{f.work:<46} {f.compared:<34} {amount(f.found, f.unit):>9}"]
    columns += [
        f"{'' if limit is None else '≤ ' + amount(limit, f.unit):>9}"
        for limit in (f.reach, f.stretch)
    ]
    return " ".join([*columns, mark(f)]).rstrip()


def amount(x: float, unit: str) -> str:
    """Three digits and the unit."""
    digits = f"{x:.0f}" if abs(x) >= 100 else f"{x:.3g}"
    return f"{digits}{unit}"


def mark(f: Figure) -> str:
    """What was reached."""
    if f.reach is None and f.stretch is None:
        return ""
    if f.stretch is not None and f.found <= f.stretch:
        return "stretch reached"
    if f.reach is not None and f.found <= f.reach:
        return "reached"
    return "NOT REACHED"


def same(answers: Mapping[str, Any]) -> None:
    """Compare what the contestants answer, before anything is timed."""
    expected, *others = (flat(answer) for answer in answers.values())
    for name, answer in zip(list(answers)[1:], others, strict=True):
        np.testing.assert_allclose(answer, expected, rtol=1e-9, atol=1e-12, err_msg=name)


def flat(answer: Any) -> Any:
    """All numbers of an answer in a row."""
    if isinstance(answer, (tuple, list)):
        return np.concatenate([flat(part) for part in answer])
    return np.ravel(np.asarray(answer, dtype=np.float64))


def contest(contestants: Mapping[str, Callable[[], Any]]) -> dict[str, list[float]]:
    """Compare the answers, then let all take turns."""
    same({name: call() for name, call in contestants.items()})
    return timing.turns(contestants)


# --- the functions, in minigrad -------------------------------------------------------------------


def running_example(x1: Any, x2: Any) -> Any:
    """The function of the notes."""
    return mg.log(x1) + x1 * x2 - mg.sin(x2)


def chain(operations: int) -> Callable[[Any], Any]:
    """So many operations one after another."""

    def f(y: Any) -> Any:
        for _ in range(operations // 2):
            y = y * 0.999 + 0.5
        return y

    return f


def balanced_sum(operations: int) -> Callable[[Any], Any]:
    """So many operations in a tree."""

    def f(x: Any) -> Any:
        level = [x * (1.0 / (1 + i)) for i in range((operations + 1) // 2)]
        while len(level) > 1:
            pairs = [level[i] + level[i + 1] for i in range(0, len(level) - 1, 2)]
            level = pairs + level[len(pairs) * 2 :]
        return level[0]

    return f


def network_loss(batch: Batch) -> Callable[..., Any]:
    """Mean cross-entropy of the network."""

    def loss(w1: Any, b1: Any, w2: Any, b2: Any) -> Any:
        z = mg.tanh(batch.images @ w1 + b1) @ w2 + b2
        return mg.mean(mg.logsumexp(z, axis=1) - mg.sum(z * batch.digits, axis=1))

    return loss


# --- the works ------------------------------------------------------------------------------------


def w1() -> Iterator[Figure]:
    """Value and both derivatives of the running example."""
    ours = mg.value_and_grad(running_example, argnums=(0, 1))
    others = rivals.running_example()
    seconds = contest(
        {
            OURS: lambda: ours(rivals.X1, rivals.X2),
            "straight": lambda: byhand.running_example(rivals.X1, rivals.X2),
            **others,
        }
    )
    work = "W1 ln x1 + x1 x2 - sin x2, value and gradient"
    yield Figure(work, "straight-line Python", timing.ratio(seconds, OURS, "straight"), 26.0, 20.0)
    for name in others:
        limits = (0.6, 0.4) if name == "micrograd" else (None, None)
        yield Figure(work, name, timing.ratio(seconds, OURS, name), *limits)


def w2() -> Iterator[Figure]:
    """Many scalar operations."""
    for shape in ("chain", "balanced_sum"):
        each: dict[tuple[str, int], float] = {}
        for operations in (1_000, 10_000, 100_000):
            ours = mg.value_and_grad(globals()[shape](operations))
            bare = getattr(byhand, shape)
            others = getattr(rivals, shape)(operations)
            seconds = contest(
                {
                    OURS: lambda ours=ours: ours(rivals.X1),
                    "bare": lambda bare=bare, n=operations: bare(rivals.X1, n),
                    **others,
                }
            )
            for name in (OURS, "bare"):
                each[name, operations] = median(seconds[name]) / operations
            work = f"W2 {shape.replace('_', ' ')}, {operations:,} operations"
            yield Figure(work, "bare tape", timing.ratio(seconds, OURS, "bare"), 2.5, 1.8)
            for name in others:
                yield Figure(work, name, timing.ratio(seconds, OURS, name))
        work = f"W2 {shape.replace('_', ' ')}, one of 100,000"
        for name, label in ((OURS, "one of 1,000"), ("bare", "(the same of a bare tape)")):
            yield Figure(work, label, each[name, 100_000] / each[name, 1_000])


def w3() -> Iterator[Figure]:
    """Loss and gradient of a network."""
    for batch, limits in ((64, (1.20, 1.10)), (1024, (1.06, 1.02))):
        p, data = byhand.network(batch)
        ours = mg.value_and_grad(network_loss(data), argnums=(0, 1, 2, 3))
        others = rivals.network(p, data)
        seconds = contest(
            {
                OURS: lambda ours=ours, p=p: ours(*p),
                "hand": lambda p=p, data=data: byhand.loss_and_gradient(p, data),
                "in place": lambda p=p, data=data: byhand.in_place(p, data),
                **others,
            }
        )
        work = f"W3 784-128-10 network, batch {batch}"
        yield Figure(
            work, "by hand, as one writes it", timing.ratio(seconds, OURS, "hand"), *limits
        )
        limit = timing.ratio(seconds, OURS, "in place")
        yield Figure(work, "by hand, all in place", limit, *limits)
        for name in others:
            yield Figure(work, name, timing.ratio(seconds, OURS, name))


def w4() -> Iterator[Figure]:
    """The Jacobian of tanh(A x)."""
    random = np.random.default_rng(2)
    for rows, columns in ((32, 32), (256, 256), (4, 1000), (1000, 4)):
        a, x = random.normal(size=(rows, columns)) / columns**0.5, random.normal(size=columns)
        ours = mg.jacobian(lambda x, a=a: mg.tanh(a @ x))
        others = rivals.jacobian(a, x)
        seconds = contest(
            {
                OURS: lambda ours=ours, x=x: ours(x),
                "dense": lambda a=a, x=x: byhand.jacobian_dense(a, x),
                "formula": lambda a=a, x=x: byhand.jacobian_formula(a, x),
                **others,
            }
        )
        work = f"W4 Jacobian of tanh(A x), {rows}×{columns}"
        yield Figure(work, "one dense sweep by hand", timing.ratio(seconds, OURS, "dense"), 3, 2)
        stretch = 2.0 if rows == columns == 256 else None
        closed = timing.ratio(seconds, OURS, "formula")
        yield Figure(work, "closed formula", closed, None, stretch)
        for name in others:
            yield Figure(work, name, timing.ratio(seconds, OURS, name))


def w5() -> Iterator[Figure]:
    """Loss and gradient over the loss alone."""
    for batch, limits in ((64, (2.8, 2.5)), (1024, (2.6, 2.4))):
        p, data = byhand.network(batch)
        ours = mg.value_and_grad(network_loss(data), argnums=(0, 1, 2, 3))
        others: dict[str, Callable[[], Any]] = {
            "by hand": lambda p=p, data=data: byhand.loss_and_gradient(p, data),
            **rivals.network(p, data),
        }
        alone = {"loss": lambda p=p, data=data: byhand.loss(p, data)}
        same({"loss": alone["loss"](), OURS: ours(*p)[0]})
        seconds = timing.turns({OURS: lambda ours=ours, p=p: ours(*p), **alone, **others})
        work = f"W5 loss and gradient, batch {batch}"
        yield Figure(work, "numpy's loss alone", timing.ratio(seconds, OURS, "loss"), *limits)
        for name in others:
            own = timing.ratio(seconds, name, "loss")
            yield Figure(work, f"(the same of {name})", own)


def w6() -> Iterator[Figure]:
    """Import, its byte code compiled by a first run."""
    timing.import_seconds(OURS, "numpy")
    found = median(timing.import_seconds(OURS, "numpy") for _ in range(25))
    yield Figure("W6 import minigrad", "beyond import numpy", found * 1e3, 5.0, 3.0, " ms")


def w7() -> Iterator[Figure]:
    """Memory of a chain, for each node."""
    n = 10_000
    f = chain(n)

    def trace_and_sweep() -> Any:
        t = mg.trace(f, rivals.X1)
        return t, t.backward()

    def with_contributions() -> Any:
        t = mg.trace(f, rivals.X1)
        sweep = t.backward(contributions=True)
        return t, sweep, sweep.contributions

    amounts = [
        ("trace and sweep", trace_and_sweep, 260.0, 220.0),
        ("with every contribution", with_contributions, 420.0, None),
        ("(a bare tape)", lambda: byhand.chain(rivals.X1, n), None, None),
        *(
            (f"({name})", work, None, None)
            for name, work in rivals.chain(n).items()
            if name != "torch"
        ),
    ]
    for name, call, reach, stretch in amounts:
        bytes_each = timing.peak_bytes(call) / n
        yield Figure(
            "W7 peak memory a node, chain of 10,000", name, bytes_each, reach, stretch, " B"
        )


def w8() -> Iterator[Figure]:
    """Contributions, and the formulas of the running example."""
    t = mg.trace(running_example, rivals.X1, rivals.X2)
    seconds = timing.turns(
        {
            "plain": t.backward,
            "kept": lambda: t.backward(contributions=True),
            "listed": lambda: t.backward(contributions=True).contributions,
        }
    )
    work = "W8 sweep with contributions, running example"
    yield Figure(work, "plain sweep", timing.ratio(seconds, "kept", "plain"), 1.25)
    yield Figure(
        work, "plain sweep (listed and sorted too)", timing.ratio(seconds, "listed", "plain")
    )
    long = mg.trace(chain(10_000), rivals.X1)
    seconds = timing.turns(
        {"plain": long.backward, "kept": lambda: long.backward(contributions=True)}
    )
    work = "W8 sweep with contributions, chain of 10,000"
    yield Figure(work, "plain sweep", timing.ratio(seconds, "kept", "plain"), 1.25)
    found = median(timing.turns({"tex": lambda: all_tex(t)})["tex"]) * 1e3
    yield Figure("W8 all TeX of the running example", "", found, 0.5, None, " ms")


def all_tex(t: mg.Trace) -> list[str]:
    """Every formula, local partial and contribution of a trace."""
    atoms = {n.index: Symbol(f"v_{{{n.index}}}", f"v{n.index}") for n in t.nodes}
    bars = {n.index: Symbol(rf"\bar{{v}}_{{{n.index}}}", f"d{n.index}") for n in t.nodes}
    found = []
    for node in t.nodes:
        if node.operands:
            found.append(printers.to_tex(symbolic.formula(node, atoms)))
        for position, operand in enumerate(node.operands):
            if operand.index >= 0:
                partial = symbolic.local_partial(node, position, atoms)
                if partial is not None:
                    found.append(printers.to_tex(partial))
                sent = symbolic.contribution(node, position, atoms, bars[node.index])
                found.append(printers.to_tex(sent))
    return found


WORKS: dict[str, Callable[[], Iterator[Figure]]] = {
    f"W{number}": work for number, work in enumerate((w1, w2, w3, w4, w5, w6, w7, w8), 1)
}

if __name__ == "__main__":
    main(sys.argv[1:])
