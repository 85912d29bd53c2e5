"""A table of seeded faults, at page level: every one is caught, and named by page, line and item.

The blocks are those of the site's own pages. Faults are generated: in every rule of every operation
that the pages use, and in every value that a page quotes. Those in records and in the published
HTML are in `test_faults_in_records` and `test_faults_in_html`; the other side stands in
`test_no_alarms`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from docs_plugins import compute, fences, language
from docs_plugins.compute import wording
from docs_plugins.drift import record
from docs_plugins.model import Computation
from minigrad import applying
from minigrad.operation import OPERATIONS

DOCS = Path(__file__).parents[2] / "docs"
NAMED = re.compile(r"docs/page\.(md|record):(\d+): (\S.*?): ")


@cache
def blocks() -> tuple[str, ...]:
    """Every block of the site's pages, each once."""
    found = {}
    for page in sorted(DOCS.rglob("*.md")):
        for fence in fences.find(page.read_text(encoding="utf-8").split("\n")).fences:
            found[fence.text] = None
    return tuple(found)


@cache
def computed(block: str) -> tuple[Computation, ...]:
    program = language.parse(block)
    return tuple(compute.run(program, call) for call in program.calls)


@cache
def accepted(block: str) -> str:
    return record.render(computed(block))


def page_of(block: str, *lines: str) -> str:
    return "\n".join(["# Page", "", "```minigrad", *block.split("\n"), "```", "", *lines, ""])


def line_of(message: str) -> int:
    match = NAMED.match(message)
    assert match, f"no page, line and item in {message!r}"
    return int(match[2])


def test_the_site_is_what_the_faults_are_seeded_into(convert):
    assert len(blocks()) >= 8
    for block in blocks():
        assert convert(page_of(block), accepted(block))[0] == []


# --- every rule of every operation that the pages use ---


@dataclass(frozen=True)
class RuleFault:
    """One rule of one operation, changed."""

    operation: str
    rule: str  # value, partial 0, pull 0, tex, text
    change: str

    def __str__(self) -> str:
        return f"{self.operation}-{self.rule}-{self.change}".replace(" ", "-")


BY_A_BILLIONTH = 1 + 1e-9


def used() -> dict[str, list[str]]:
    """The blocks that use each operation."""
    found: dict[str, list[str]] = {}
    for block in blocks():
        names = {v.operation for c in computed(block) for v in c.variables} - {"input"}
        for name in names:
            found.setdefault(name, []).append(block)
    return found


def links() -> set[tuple[str, int]]:
    """(operation, operand's position) of every link on the site."""
    return {
        (computation.variables[link.consumer].operation, link.position)
        for block in blocks()
        for computation in computed(block)
        for link in computation.links
    }


def rule_faults() -> Iterator[RuleFault]:
    for name in sorted(used()):
        found = OPERATIONS[name]
        linked = sorted({place for name_, place in links() if name_ == name})
        partials = found.partials or ()
        rules = ["value", *(f"partial {k}" for k in linked if partials and partials[k] is not None)]
        if found.partials is None:
            rules.append("pull")
        for rule in rules:
            yield RuleFault(name, rule, "billionth")
            yield RuleFault(name, rule, "sign")
        for reading in ("tex", "text"):
            if found.binds:  # else it prints as its operand
                yield RuleFault(name, reading, "misprint")


def scaled(rule: Any, factor: float) -> Any:
    """The rule times a factor; where it gives 0, which no factor changes, the factor's distance."""
    if isinstance(rule, float):
        return rule * factor

    def wrong(*operands: Any, **options: Any) -> Any:
        right = rule(*operands, **options)
        return factor - 1 if isinstance(right, (int, float)) and not right else right * factor

    return wrong


@contextmanager
def seeded(fault: RuleFault) -> Iterator[None]:
    """The engine with one rule changed."""
    found = OPERATIONS[fault.operation]
    before = dict(vars(found))
    # a sign alone, changed twice, as within a stack of stacks, leaves every number right
    factor = -BY_A_BILLIONTH if fault.change == "sign" else BY_A_BILLIONTH
    wording.words.cache_clear()
    try:
        if fault.rule == "value":
            found.value = scaled(found.value, factor)
            if found.scalar is not None and found.partials is not None:
                found.scalar = scaled(found.scalar, factor)
                arity = len(found.partials)
                makers = {1: applying.unary, 2: applying.binary, 3: applying.ternary}
                found.apply = makers[arity](found)
        elif fault.rule == "pull":
            pull = found.pull
            if isinstance(pull, (list, tuple)):
                found.pull = [scaled(one, factor) for one in pull]
            else:
                found.pull = _ScaledPulls(pull, factor)
        elif fault.rule.startswith("partial"):
            place = int(fault.rule[-1])
            partials = list(found.partials or ())
            partials[place] = scaled(partials[place], factor)
            found.partials = tuple(partials)
        else:
            setattr(found, fault.rule, misprinted(getattr(found, fault.rule)))
        yield
    finally:
        for name, value in before.items():
            setattr(found, name, value)
        wording.words.cache_clear()


class _ScaledPulls:
    def __init__(self, pulls: Any, factor: float) -> None:
        self.pulls, self.factor = pulls, factor

    def __getitem__(self, place: int) -> Any:
        return scaled(self.pulls[place], self.factor)


def misprinted(template: str) -> str:
    """Another sign, another name, or the arguments exchanged."""
    if "{1" in template and "{0" in template:
        swapped = template.replace("{0", "\0").replace("{1", "{0").replace("\0", "{1")
        return swapped if " + " not in template else template.replace("+", "-")
    for right, wrong in (("\\sin", "\\cos"), ("\\cos", "\\sin"), ("\\ln", "\\lg"), ("sin", "cos")):
        if right in template:
            return template.replace(right, wrong)
    return "-" + template


@pytest.mark.parametrize("fault", list(rule_faults()), ids=str)
def test_a_fault_in_a_rule_is_caught(convert, fault):
    users = used()[fault.operation]
    clean = {block: accepted(block) for block in users}
    caught = []
    with seeded(fault):
        for block in users:
            problems = convert(page_of(block), clean[block])[0]
            for problem in problems:
                assert 1 <= line_of(problem) <= block.count("\n") + 6
            caught += problems
            if caught:
                break
    assert caught, "a page with this fault would have been published"


def test_a_wrong_rule_cannot_be_accepted_either(convert):
    """The second opinion speaks where there is no record yet."""
    fault = RuleFault("sin", "partial 0", "billionth")
    block = next(block for block in blocks() if "sin" in block)
    with seeded(fault):
        problems, _, page = convert(page_of(block), None)
    assert any("second opinion" in problem for problem in problems)
    assert page.computations == {}


# --- records that are none ---


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (lambda text: "", "empty"),
        (lambda text: text[: len(text) // 2].rsplit("\n", 1)[0], "cut off"),
        (lambda text: text.replace("record 1", "record 7"), "format 7"),
        (lambda text: text.replace("## end", "<<<<<<< ours\n## end"), "merge-conflict"),
        (lambda text: text.replace("## end\n", "\udcff## end\n"), "UTF-8"),
        (None, "has no record"),
    ],
)
def test_a_broken_record_fails_the_page_with_the_command_that_mends_it(convert, broken, told):
    block = blocks()[0]
    text = None if broken is None else broken(accepted(block))
    if text is not None and "\udcff" in text:
        text = text.replace("\udcff", "")
        problems = _converted_with_bytes(block, text.encode() + b"\xff")
    else:
        problems = convert(page_of(block), text)[0]
    (problem,) = problems
    assert told in problem
    assert "python -m docs_plugins accept page.md" in problem


def _converted_with_bytes(block: str, data: bytes) -> list[str]:
    from docs_plugins.site import Site, Source

    site = Site()
    page, _ = site.begin(Source("docs/page.md", "page.md", "", 0, "docs/page.record", data))
    page.computations.update({c.name: c for c in computed(block)})
    page.check_record()
    return [str(problem) for problem in site.all_problems()]


# --- every value that a page quotes ---


def quotes() -> list[tuple[str, str, str]]:
    """(block, what the page quotes, how it is shown) for every quotation on the site."""
    from docs_plugins.numbers import show

    names = {c.name: (block, c) for block in blocks() for c in computed(block)}
    found = {}
    for page in sorted(DOCS.rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        for name, path in re.findall(r"\{\{ =?(\w+)\.([\w.\[\],]+)(?::[^{} ]*)? \}\}", text):
            if name in names and path in names[name][1].numbers:
                block, computation = names[name]
                found[block, f"{name}.{path}"] = show(computation.numbers[path]).text
    return [(block, path, shown) for (block, path), shown in found.items()]


@pytest.mark.parametrize(("block", "path", "shown"), quotes(), ids=lambda value: value[:20])
def test_a_wrong_path_and_a_typed_result_are_caught(convert, block, path, shown):
    quoted = f"About {{{{ {path} }}}} of it."
    at = block.count("\n") + 7
    name, _, rest = path.partition(".")
    for wrong in (f"{path}x", f"{name}.x{rest}", f"zz{name}.{rest}"):
        problems = convert(page_of(block, quoted.replace(path, wrong)), accepted(block))[0]
        assert [line_of(problem) for problem in problems] == [at], wrong
    digits = shown.lstrip("−").replace(".", "").lstrip("0")
    if "." in shown and len(digits) >= 4:
        for typed in (shown, shown[:-1] + str((int(shown[-1]) + 1) % 10)):
            if typed[-1] == "0" and typed != shown:
                continue  # further off than a narrow miss
            problems = convert(
                page_of(block, quoted.replace(f"{{{{ {path} }}}}", typed)), accepted(block)
            )[0]
            assert len(problems) == 1, typed
            assert problems[0].startswith(f"docs/page.md:{at}: ")
            assert "write {{ " in problems[0]


def test_the_table_is_as_large_as_it_claims():
    rules, quoted = len(list(rule_faults())), len(quotes())
    assert rules >= 60
    assert quoted >= 20
    assert replace(RuleFault("sin", "value", "sign")).operation == "sin"
