"""What the tests of figures share: blocks, computations, and drawings read back as elements."""

from functools import cache, partial
from math import exp
from xml.etree import ElementTree as ET

from docs_plugins import compute
from docs_plugins.language import parse
from docs_plugins.views import VIEWS
from docs_plugins.views.base import Request, read_options

SVG = "{http://www.w3.org/2000/svg}"

BLOCKS = {
    "f": """
def f(x1, x2):
    v1 = ln(x1)
    v2 = x1 * x2
    v3 = sin(x2)
    v4 = v1 + v2
    return v4 - v3

f(2, 5)
""",
    "E": """
def E(x1, x2, t, w11, w12, w13, w14, w21, w22):
    y11 = sigmoid(w11 * x1 + w13 * x2)
    y12 = sigmoid(w12 * x1 + w14 * x2)
    y2 = sigmoid(w21 * y11 + w22 * y12)
    return (y2 - t)**2 / 2

E(1, 0.5, 0.9, 0.3, -0.4, 0.8, 0.6, 0.7, -0.9)
""",
    "z": """
def z(x1, x2, x3, x4, x5):
    y1 = x1 + x2
    y2 = y1 * x3
    y3 = y2 + x4
    return y3 * x5

z(1, 2, 3, -4, 2)
""",
    "square": "def square(x):\n    return x * x\n\nsquare(3)\n",
    "product": "def product(w1, w2):\n    return w1 * w2\n\nproduct(3, -2)\n",
    "two": "def two(x1, x2):\n    return x1 * x2, x1 + x2\n\ntwo(3, 2)\n",
    "softmax": "def p(z):\n    return softmax(z)\n\np([1, 2, 0.5])\n",
}


# x has three contributions, and an adjoint unlike any value
THREE = """
def f(x, y):
    v1 = x * y
    v2 = sin(x)
    v3 = v1 - v2
    return v3 * x + y

f(-2, 5)
"""
START = {"w11": 0.3, "w12": -0.4, "w13": 0.8, "w14": 0.6, "w21": 0.7, "w22": -0.9}


def worked_out(w):
    """The error of block E at some weights and its gradient, derived by hand."""
    x1, x2, t = 1.0, 0.5, 0.9
    y11 = 1 / (1 + exp(-(w["w11"] * x1 + w["w13"] * x2)))
    y12 = 1 / (1 + exp(-(w["w12"] * x1 + w["w14"] * x2)))
    y2 = 1 / (1 + exp(-(w["w21"] * y11 + w["w22"] * y12)))
    d2 = (y2 - t) * y2 * (1 - y2)
    d11 = d2 * w["w21"] * y11 * (1 - y11)
    d12 = d2 * w["w22"] * y12 * (1 - y12)
    gradient = {
        "w11": d11 * x1,
        "w12": d12 * x1,
        "w13": d11 * x2,
        "w14": d12 * x2,
        "w21": d2 * y11,
        "w22": d2 * y12,
    }
    return (y2 - t) ** 2 / 2, gradient


def descended(rate, steps):
    """The weights of block E and its error before each step and after the last."""
    states = [(START, worked_out(START)[0])]
    for _ in range(steps):
        weights, _ = states[-1]
        slopes = worked_out(weights)[1]
        weights = {name: weights[name] - rate * slopes[name] for name in weights}
        states.append((weights, worked_out(weights)[0]))
    return states


@cache
def computed(text):
    """The first call of a block."""
    program = parse(text.strip() + "\n")
    return compute.run(program, program.calls[0])


def drawn(block, view, **options):
    """A view's HTML, for a block by its name or its text."""
    computation = computed(BLOCKS.get(block, block))
    given = {name.rstrip("_"): str(value) for name, value in options.items()}
    request = Request(
        computation,
        read_options(VIEWS[view], given),
        f"{computation.name}-{view}",
        rerun=partial(compute.rerun, computation),
        work=partial(compute.work, computation),
    )
    return VIEWS[view].render(request)


def figure(block, view, **options):
    """The first drawing of a view as an element."""
    html = drawn(block, view, **options)
    start = html.index("<svg")
    return parsed(html[start : html.index("</svg>", start) + len("</svg>")])


def parsed(text):
    """Markup that we wrote, as an element."""
    return ET.fromstring(text.encode())  # noqa: S314  it is our own


def texts(element):
    """Every line of text of a drawing."""
    return ["".join(found.itertext()) for found in element.iter(f"{SVG}text")]


def by_id(element, identifier):
    """The part of a drawing with an id."""
    return next(part for part in element.iter() if part.get("id") == identifier)


def numbers(element):
    """What is shown for each path."""
    return {
        part.get("data-mg"): "".join(part.itertext())
        for part in element.iter()
        if part.get("data-mg")
    }


def read(text):
    """The number that a text ends with."""
    return float(text.split()[-1].replace("−", "-"))
