"""Attempts to get at Python itself: each is refused with a reason, and nothing of it runs."""

from __future__ import annotations

import builtins
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from docs_plugins.language import ProgramError, parse

EXPRESSIONS = """
__import__('os').system('touch escaped')
__import__("subprocess").run(["touch", "escaped"])
eval('x')
exec('import os')
compile('x', 'y', 'eval')
open('escaped', 'w')
print(x)
input()
globals()
locals()
vars()
dir(x)
type(x)
getattr(x, 'real')
setattr(x, 'real', 1)
delattr(x, 'real')
breakpoint()
help(x)
exit()
quit()
memoryview(x)
object()
super()
classmethod(x)
iter(x)
next(x)
map(exp, x)
id(x)
hash(x)
__builtins__
__name__
__file__
__loader__
__spec__
__debug__
x.__class__
x.__class__.__mro__[1].__subclasses__()
x.__class__.__base__.__subclasses__()[0]
(1).__class__
(1.0).real
"".join([])
exp.__globals__
exp.__globals__['__builtins__']
exp.__code__.co_consts
sin.__call__(x)
sin.__doc__
minigrad.ops.np
np.load('f')
os.system('touch escaped')
sys.modules
f.__defaults__
f.__closure__
[].append(x)
().__class__
{}.__class__
{'a': x}
{x}
{**x}
[*x]
(*x,)
sin(*x)
sin(**x)
sum(x, axis=open('escaped', 'w'))
sum(x, axis=__import__('os'))
sum(x, axis='0')
sum(x, **{'axis': 0})
reshape(x, eval('1'))
reshape(x, shape=[y for y in range(3)])
x[__import__('os')]
x['__class__']
x[eval('0')]
x[y := 0]
x[:eval('1')]
x[...]
x[None]
x[True]
lambda: x
(lambda: x)()
(lambda y: y)(x)
[y for y in x]
[y for y in [1] if print(y)]
{y for y in x}
{y: y for y in x}
(y for y in x)
sum(y for y in x)
f'{x}'
f'{x!r:>{x}}'
f"{__import__('os')}"
'x'
b'x'
'x' % x
'{0.__class__}'.format(x)
(y := x)
(y := __import__('os'))
x if x else x
x and x
x or __import__('os')
not x
await x
(yield)
(yield x)
(yield from x)
x is x
x in x
x < x < x
x // 2
x % 2
x & 1
x | 1
x ^ 1
x << 1
x >> 1
~x
True
None
...
NotImplemented
1j
2 + 3j
x(1)
1(x)
[1](x)
f(x)
sin
sin()()
""".strip().splitlines()

STATEMENTS = """
import os
import os as sin
from os import system
from os import *
from __future__ import annotations
del x
global x
nonlocal x
assert x
raise x
pass
if x: y = 1
for y in x: y = 1
while x: y = 1
try: y = 1
finally: y = 1
with x: y = 1
with open('escaped', 'w') as y: y = 1
match x:
class A: pass
def g(): return 1
async def g(): return 1
x += 1
x: int
y: int = 1
y: __import__('os').system('touch escaped') = 1
x.y = 1
x[0] = 1
x, y = 1, 2
[a, b] = 1, 2
(a, *b) = 1, 2
a = b = x
exp = x
__builtins__ = x
__import__ = x
exp(x)
eval('x')
"text"
'''doc'''
type y = int
print x
exec "x"
""".strip().splitlines()

HEADS = r"""
def f(x=1):
def f(x=__import__('os').system('touch escaped')):
def f(*x):
def f(**x):
def f(x, /):
def f(*, x):
def f(*, x=open('escaped', 'w')):
def f(x: int):
def f(x: open('escaped', 'w')):
def f(x) -> int:
def f(x) -> __import__('os').system('touch escaped'):
def f():
def f(x, x):
def f(f):
def f(__x):
def __f__(x):
def f(lambda):
def f(None):
def f(exp):
def f(value):
def trace(x):
def f[T](x):
def f[T: open('escaped', 'w')](x):
async def f(x):
@print\ndef f(x):
@open('escaped', 'w')\ndef f(x):
@(lambda g: g)\ndef f(x):
class f: def f(x):
f = lambda x:
""".strip().splitlines()

CALLS = """
f(open('escaped', 'w'))
f(__import__('os'))
f(eval('1'))
f(exp(1))
f('1')
f(b'1')
f(f'1')
f(True)
f(None)
f(...)
f(1j)
f(x)
f(x=1)
f(*[1])
f(**{'x': 1})
f((1,))
f({1})
f({1: 2})
f([y for y in [1]])
f(y for y in [1])
f(lambda: 1)
f(y := 1)
f([])
f([[1], [1, 2]])
f([1, [2]])
f(1 + 1)
f(2 ** 9999999)
f(10 ** 10 ** 10)
f(~1)
f(not 1)
f(1 if 1 else 1)
f(float('nan'))
f(inf)
f(nan)
f(1e999)
f(-1e999)
f(0x10)
f(0b1)
f(0o7)
f([1][0])
f.x(1)
f(1).real
f(1)[0]
f(1)(1)
f(1)()
f()()
(f)(1) if 1 else 1
a.b = f(1)
a[0] = f(1)
a, b = f(1), f(1)
a = b = f(1)
a += f(1)
a: int = f(1)
(a := f(1))
__a = f(1)
exp = f(1)
jacobian = f(1)
f = f(1)
print(f(1))
eval('f(1)')
[f(1)]
f
import os; f(1)
f(1); import os
del f
return f(1)
await f(1)
g(1)
lambda: f(1)
if 1: f(1)
for a in [1]: f(1)
with f(1): pass
""".strip().splitlines()

LOOKALIKES = [
    "def f(x):\n    return ｅｘｐ(x)\nf(1)",  # full width: Python reads exp
    "def f(x):\n    return eхp(x)\nf(1)",  # a Cyrillic х
    "def f(x):\n    return ℯ(x)\nf(1)",
    "def f(ｘ):\n    return x\nf(1)",
    "def f(x):\n    ﬁ = x * 2\n    return fi\nf(1)",  # a ligature: Python reads fi
    "def f(x):\n    return 𝓮𝔁𝓹(x)\nf(1)",
    "def f(x):\n    return ＿＿import＿＿(x)\nf(1)",
    "def f(x):\n    return x＋1\nf(1)",
    "def f(x):\n    return x\u200b\nf(1)",
    "def f(x):\n    return \u202ex\nf(1)",
    "def f(x):\n    return ٣ * x\nf(1)",  # a digit to Python's int()
    "def f(x):\n    return x²\nf(1)",
    "\ufeffdef f(x):\n    return x\nf(1)",
    "# coding: utf-7\ndef f(x):\n    return +AGUAdgBhAGw-(x)\nf(1)",
    "def f(x):\n    return x # +\u2028import os\nf(1)\x0cimport os",
]

ATTEMPTS = [
    *(f"def f(x):\n    return {text}\nf(1)" for text in EXPRESSIONS),
    *(f"def f(x):\n    y1 = {text}\n    return y1\nf(1)" for text in EXPRESSIONS),
    *(f"def f(x):\n    {text}\n    return x\nf(1)" for text in STATEMENTS),
    *(f"{text}\ndef f(x):\n    return x\nf(1)" for text in STATEMENTS),
    *(head.replace("\\n", "\n") + "\n    return 2\nf(1)" for head in HEADS),
    *(f"def f(x):\n    return x\n{text}" for text in CALLS),
    *LOOKALIKES,
]


def refusal(text: str) -> ProgramError | None:
    try:
        parse(text)
    except ProgramError as error:
        return error
    return None


def forbidden(*args: object, **options: object) -> None:
    pytest.fail("something was executed")


@pytest.fixture
def guarded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let whatever an attempt reaches for fail the test."""
    monkeypatch.chdir(tmp_path)
    for name in ("eval", "exec", "open", "input", "breakpoint"):
        monkeypatch.setattr(builtins, name, forbidden)
    monkeypatch.setattr(os, "system", forbidden)
    monkeypatch.setattr(subprocess, "run", forbidden)


def test_nothing_of_any_attempt_is_accepted_or_executed(
    guarded: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    printed = io.StringIO()
    monkeypatch.setattr(sys, "stdout", printed)
    modules = set(sys.modules)
    refused = {attempt: refusal(attempt) for attempt in ATTEMPTS}
    assert [attempt for attempt, error in refused.items() if error is None] == []
    assert printed.getvalue() == ""
    assert list(tmp_path.iterdir()) == []
    assert set(sys.modules) <= modules


def test_the_plain_frame_of_the_attempts_is_accepted() -> None:
    assert parse("def f(x):\n    return x\nf(1)").outputs == (0,)


@pytest.mark.parametrize("attempt", [*LOOKALIKES, *ATTEMPTS[::10]])
def test_a_refusal_says_where_and_what_to_do(attempt: str) -> None:
    error = refusal(attempt)
    assert error is not None
    assert error.message
    assert error.remedy
    assert 1 <= error.line <= attempt.count("\n") + 1
