"""The text of a block, read into a program: an allow-list over `ast`, nothing is ever executed.

>>> program = parse('''
... def f(x1, x2):
...     v1 = ln(x1)
...     v2 = x1 * x2
...     return v1 + v2
... f(2, 5)
... ''')
>>> for index, step in enumerate(program.steps):
...     print(index, step.function, step.operands, step.name)
0 input () x1
1 input () x2
2 log (0,) v1
3 multiply (0, 1) v2
4 add (2, 3) None
>>> program.outputs
(4,)
>>> program.calls
(Call(name='f', arguments=(Constant(value=2.0, text='2'), Constant(value=5.0, text='5')), line=6),)
"""

from docs_plugins.language.program import Call, Constant, Operand, Program, ProgramError, Step
from docs_plugins.language.reader import parse
from docs_plugins.language.vocabulary import FUNCTIONS, RESERVED

__all__ = [
    "FUNCTIONS",
    "RESERVED",
    "Call",
    "Constant",
    "Operand",
    "Program",
    "ProgramError",
    "Step",
    "parse",
]
