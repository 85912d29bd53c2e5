"""The PyTorch page: its own code, run by PyTorch, gives every result that it shows."""

import html
import math
import re
from pathlib import Path

import pytest
from markdown import Markdown

from docs_plugins.markdown import MinigradExtension

PAGE = Path(__file__).parents[2] / "docs" / "pytorch.md"
PIECE = re.compile(
    r'<code class="language-python">(?P<code>.*?)</code></pre>'
    r"|<tr>\s*<td[^>]*><code>(?P<expression>.*?)</code></td>\s*<td[^>]*>(?P<row>.*?)</td>"
    r'|(?P<view><div[^>]* data-mg-view="E.descent".*?</table>)',
    re.DOTALL,
)
NUMBER = re.compile(r'data-mg="([^"]+)"[^>]*>([^<]+)<')


@pytest.fixture(scope="module")
def page():
    """The page as set."""
    extensions = [MinigradExtension(formulas=True, path="pytorch.md"), "fenced_code", "tables"]
    extensions += ["admonition", "attr_list", "meta", "pymdownx.blocks.caption"]
    return Markdown(extensions=extensions).convert(PAGE.read_text(encoding="utf-8"))


def results(page):
    """The page in its order: code to run, then what expressions are shown to give after it."""
    for piece in PIECE.finditer(page):
        if piece["code"]:
            yield "run", html.unescape(piece["code"]), ""
        elif piece["row"]:
            ((_, shown),) = NUMBER.findall(piece["row"])
            yield "show", html.unescape(piece["expression"]), shown
        else:
            for path, shown in NUMBER.findall(piece["view"]):
                yield "show", expression(path), shown


def expression(path):
    """What a cell of the step's table is in the page's code, once the step has been made."""
    _, _, step, *names = path.split(".")
    match step, names:
        case "0", ["error"]:
            return "before.item()"
        case "1", ["error"]:
            return "after.item()"
        case "0", [weight, "gradient"]:
            return f"{weight}.grad.item()"
        case "1", [weight]:
            return f"{weight}.item()"
        case _:
            (weight,) = names
            return f"starts[weights.index({weight})]"


def test_every_number_on_the_page_is_compared(page):
    compared = [shown for kind, _, shown in results(page) if kind == "show"]
    assert compared == [shown for _, shown in NUMBER.findall(page)]
    assert len(compared) > 30


@pytest.mark.torch
def test_pytorch_gives_every_result_that_is_shown(page):
    pytest.importorskip("torch", reason="PyTorch is not here: pip install -e '.[torch]'")
    names = {}
    for kind, code, shown in results(page):
        if kind == "run":
            exec(compile(code, PAGE.name, "exec"), names)  # noqa: S102
            continue
        result = eval(code, names)  # noqa: S307
        decimals = len(shown.partition(".")[2])
        assert f"{result:.{decimals}f}".replace("-", "−") == shown, code
        assert math.isfinite(result)
