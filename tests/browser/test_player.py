"""Playing a trace, pointing at its parts, changing its inputs: as a reader does it."""

from __future__ import annotations

import gzip
import hashlib
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from docs_plugins import compute
from docs_plugins.language import parse
from docs_plugins.numbers import show

from .served import Served
from .visits import SETTLED, open_context

PAGE = "backpropagation/"
BUDGET = 8 * 1024  # bytes of scripts and tapes of a page, compressed
STEPS = 19
PLAYER = ".mg-player >> nth=1"  # the trace's own
SAID = '.mg-said[aria-live="polite"]'


@pytest.fixture(scope="module")
def kept(browser: Browser, served: Served) -> Iterator[tuple[Page, list[str]]]:
    """One tab for all tests that need nothing of their own."""
    context, _ = open_context(browser, served, "desktop")
    tab, errors = context.new_page(), []
    listen(tab, errors)
    tab.goto(served.address(PAGE), wait_until="load")
    tab.wait_for_selector(".mg-player button")
    yield tab, errors
    context.close()


@pytest.fixture
def tab(kept: tuple[Page, list[str]]) -> Iterator[Page]:
    """The page as it was at first."""
    tab, errors = kept
    tab.evaluate(
        """() => {
          for (const button of document.querySelectorAll('[data-mg-do=reset]')) button.click();
          document.querySelector('#f-trace-x2').focus();
        }"""
    )
    tab.keyboard.press("Escape")
    tab.evaluate("document.activeElement.blur()")
    tab.mouse.move(0, 0)
    tab.evaluate(SETTLED)
    yield tab
    assert errors == []


def listen(tab: Page, errors: list[str]) -> None:
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)


@pytest.fixture
def opened(browser: Browser, served: Served) -> Iterator[Callable[..., Page]]:
    """What opens a page in a browser of its own, and ends with no error on any console."""
    contexts, errors = [], []

    def go(
        address: str = PAGE, screen: str = "desktop", *, clock: bool = False, **how: Any
    ) -> Page:
        settings = {key: how.pop(key) for key in ("scheme", "scripts") if key in how}
        context, _ = open_context(browser, served, screen, **settings)
        contexts.append(context)
        tab = context.new_page()
        if how:
            tab.emulate_media(**how)
        listen(tab, errors)
        if clock:  # before any script has a timer of the other clock
            tab.clock.install()
        tab.goto(served.address(address), wait_until="load")
        if settings.get("scripts", True) and address:
            tab.wait_for_selector(".mg-player button")
            tab.evaluate(SETTLED)
        return tab

    yield go
    for context in contexts:
        context.close()
    assert errors == []


def press(tab: Page, name: str) -> None:
    tab.locator(PLAYER).get_by_role("button", name=name, exact=True).click()


def said(tab: Page) -> str:
    return tab.locator(SAID).inner_text()


def numbers(tab: Page) -> list[Any]:
    return tab.evaluate("[...document.querySelectorAll('[data-mg]')].map(e => e.textContent)")


def move(tab: Page, name: str, value: str, block: str = "f") -> None:
    tab.locator(f"#{block}-{name}").fill(value)
    tab.evaluate(SETTLED)


def about(tab: Page, kind: str) -> set[str]:
    """What the elements with a class are about."""
    found = tab.evaluate(
        """kind => [...document.querySelectorAll('.' + kind)].map(e => {
          const owner = e.closest('tr, g') || e;
          return owner.localName + ' ' + owner.getAttribute('data-of');
        })""",
        kind,
    )
    return set(found)


# --- stepping


def test_buttons_step_through_the_trace(tab) -> None:
    press(tab, "First")
    assert said(tab) == "v₋₁ = x₁ = 2"
    press(tab, "Next")
    press(tab, "Next")
    assert said(tab) == "v₁ = ln(v₋₁) ≈ 0.6931"
    press(tab, "Back")
    assert said(tab) == "v₀ = x₂ = 5"
    press(tab, "Last")
    assert said(tab) == "ṽ₋₁ = ṽ₋₁₁ + ṽ₋₁₂ = 5.5"
    assert tab.locator(PLAYER).locator(".mg-count").inner_text() == f"{STEPS} / {STEPS}"


def test_forward_first_then_each_contribution_then_the_sum(tab) -> None:
    heard = []
    for _ in range(STEPS):
        press(tab, "Next")
        heard.append(said(tab))
    assert heard[7] == "y = v₅ ≈ 11.6521"
    assert heard[8] == "ṽ₅ = ∂f/∂v₅ = 1, where the backward pass begins"
    into = [text for text in heard if text.startswith("ṽ₀ ")]
    assert into == [
        "ṽ₀ receives cos(v₀) · ṽ₃ ≈ −0.2837 from v₃",
        "ṽ₀ receives v₋₁ · ṽ₂ = 2 from v₂",
        "ṽ₀ = ṽ₀₁ + ṽ₀₂ ≈ 1.7163",
    ]


def test_a_step_shows_in_the_row_at_the_node_and_on_the_link(opened) -> None:
    tab = opened(f"{PAGE}?f.step=14")
    assert about(tab, "mg-now") == {"tr f.x2.from.v3", "g f.x2.from.v3", "g f.x2"}
    current = tab.locator('tr[aria-current="step"]')
    assert current.get_attribute("data-of") == "f.x2.from.v3"
    later = about(tab, "mg-later")
    assert "tr f.x1.from.v1" in later
    assert "tr f.v3" not in later


@pytest.mark.parametrize("place", ["#f-trace-x2", "#f-graph-x2", PLAYER + " >> button >> nth=2"])
def test_keys_step_when_the_focus_is_inside(tab, place) -> None:
    tab.locator(place).focus()
    tab.keyboard.press("ArrowRight")
    assert said(tab) == "v₋₁ = x₁ = 2"
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowLeft")
    assert said(tab) == "v₋₁ = x₁ = 2"
    tab.keyboard.press("End")
    assert said(tab).startswith("ṽ₋₁ = ")
    tab.keyboard.press("Home")
    assert said(tab) == "v₋₁ = x₁ = 2"
    tab.keyboard.press("Escape")
    assert said(tab) == f"{STEPS} steps, forward and then backward."


def test_arrows_elsewhere_are_the_browsers(tab) -> None:
    tab.locator("#f-x1").focus()
    tab.keyboard.press("ArrowUp")
    tab.locator("body").press("ArrowRight")
    assert said(tab) == f"{STEPS} steps, forward and then backward."


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_play_goes_on_by_itself_and_pauses(opened, motion) -> None:
    tab = opened(reduced_motion=motion, clock=True)
    tab.locator("#f-trace-x2").focus()
    tab.keyboard.press("Space")
    tab.clock.run_for(3300)
    assert said(tab) == "v₁ = ln(v₋₁) ≈ 0.6931"
    expect(tab.locator(PLAYER).get_by_role("button", name="Pause")).to_be_visible()
    tab.keyboard.press("Space")
    tab.clock.run_for(10_000)
    assert said(tab) == "v₁ = ln(v₋₁) ≈ 0.6931"
    if motion == "reduce":
        running = "document.getAnimations().filter(a => a.playState == 'running').length"
        assert tab.evaluate(running) == 0


def test_play_ends_at_the_last_step(opened) -> None:
    tab = opened(f"{PAGE}?f.step={STEPS - 1}", clock=True)
    press(tab, "Play")
    tab.clock.run_for(5000)
    assert tab.locator(PLAYER).locator(".mg-count").inner_text() == f"{STEPS} / {STEPS}"
    expect(tab.locator(PLAYER).get_by_role("button", name="Play")).to_be_visible()


# --- pointing

EVERYWHERE = {"tr f.x2.from.v3", "g f.x2.from.v3", "span f.x2.from.v3", "msub f.x2.from.v3"}
LIT = """() => [...document.querySelectorAll('.mg-lit')]
  .map(e => e.localName + ' ' + e.getAttribute('data-of'))"""


@pytest.mark.parametrize(
    "place",
    [
        "#f-trace-x2-from-v3",
        "#f-graph-x2-v3",
        "p [data-mg='f.x2.from.v3']",
        ".mg-display msub[data-of='f.x2.from.v3']",
    ],
)
@pytest.mark.parametrize("how", ["hover", "focus"])
def test_all_of_a_link_is_lit_from_anywhere(tab, place, how) -> None:
    there = tab.locator(place).first
    if how == "focus":
        there.focus()
    else:
        there.locator("text, td:last-child").or_(there).last.hover()
    assert set(tab.evaluate(LIT)) == EVERYWHERE


def test_a_node_lights_with_its_only_link(tab) -> None:
    tab.locator("#f-graph-v3-v5").focus()
    lit = set(tab.evaluate(LIT))
    assert {"tr f.v3", "g f.v3", "g f.v3.from.v5", "msub f.v3"} <= lit
    assert not any("x2" in one for one in lit)


def test_the_keyboard_reaches_rows_nodes_and_signs_by_one_tab_stop_each(tab) -> None:
    for group in ("#f-trace tr[data-of]", "#f-graph g[data-of]"):
        stops = tab.locator(f"{group}[tabindex='0']")
        assert stops.count() == 1
        stops.focus()
        before = set(tab.evaluate(LIT))
        tab.keyboard.press("ArrowDown")
        assert tab.evaluate("document.activeElement.matches(':focus-visible')")
        assert set(tab.evaluate(LIT)) != before
        assert stops.count() == 1


# --- inputs


def test_nothing_changes_until_something_is_moved(opened) -> None:
    plain = opened(scripts=False)
    assert numbers(opened()) == numbers(plain)


def test_numbers_follow_an_input_and_say_so(tab) -> None:
    before = numbers(tab)
    move(tab, "x1", "3")
    program = parse(tab.locator("#f-block").get_attribute("data-mg-text"))
    computation = compute.rerun(compute.run(program, program.calls[0]), {"x1": 3.0})
    found = tab.evaluate(
        """() => [...document.querySelectorAll('[data-mg^="f."]')].map(e =>
          [e.dataset.mg.slice(2), e.textContent, e.classList.contains('mg-re')])"""
    )
    for path, text, recomputed in found:
        expected = computation.numbers[path].value
        assert float(text.replace("−", "-").strip("()")) == pytest.approx(expected, abs=6e-5), path
        assert recomputed == (path in CHANGED), path
    assert {"v1.value", "value", "jacobian.y.x1"} <= {path for path, _, changed in found if changed}
    tab.get_by_role("button", name="Back to the page’s numbers").first.click()
    assert numbers(tab) == before
    assert tab.locator(".mg-re").count() == 0


CHANGED = {
    *("x1.value", "v1.value", "v2.value", "v4.value", "v5.value", "y.value", "value"),
    *("x1.from.v1", "x2.from.v2", "x1.adjoint", "x2.adjoint", "jacobian.y.x1", "jacobian.y.x2"),
}


def test_signs_and_derivations_follow(tab) -> None:
    row = tab.locator("#f-trace-v2")
    assert row.inner_text().replace("\n", "").count("=") >= 3
    move(tab, "x1", "3.3")
    cells = row.locator("th, td").all_inner_texts()
    squeezed = [re.sub(r"\s+", "", text) for text in cells[:4]]
    assert squeezed[2:] == ["≈3.3⋅5", "≈16.5000"]
    fraction = tab.locator("#f-trace-x1-from-v1 td >> nth=2").locator("mfrac > *")
    assert fraction.all_text_contents() == ["1", "3.3"]
    sentence = tab.locator("p", has=tab.locator("[data-mg='f.value']")).inner_text()
    assert "≈" in sentence


def test_slider_and_field_agree(tab) -> None:
    slider = tab.get_by_role("slider", name="x₁, slider").first
    slider.focus()
    tab.keyboard.press("ArrowRight")
    tab.evaluate(SETTLED)
    assert tab.locator("#f-x1").input_value() == "2.02"
    assert tab.locator("#f-trace-x1 [data-mg='f.x1.value']").inner_text() == "2.02"


def test_outside_of_the_domain_a_dash_says_why(tab) -> None:
    move(tab, "x1", "0")
    assert tab.locator("#f-trace-v1 .mg-v").first.inner_text().strip() == "—"
    assert "ln needs x > 0" in tab.locator("[data-mg-inputs=f] .mg-state").inner_text()
    assert not re.search("NaN|Infinity|undefined", tab.locator("article").inner_text())
    move(tab, "x1", "1")
    assert tab.locator("#f-trace-v1 .mg-v").first.inner_text() != "—"


def test_a_point_is_shared_by_its_address(opened, served) -> None:
    tab = opened()
    move(tab, "x1", "3.5")
    press(tab, "Next")
    tab.wait_for_function("location.search.includes('f.x1') && location.search.includes('f.step')")
    address = tab.url.split("/deepnotes/", 1)[1]
    other = opened(address)
    assert numbers(other) == numbers(tab)
    assert said(other) == said(tab) == "v₋₁ = x₁ = 3.5"


def test_nonsense_in_the_address_changes_nothing(opened) -> None:
    tab = opened(f"{PAGE}?f.x1=abc&f.x2=1e999&f.step=-4&g.x1=&f.nothing=1")
    assert tab.locator(".mg-re").count() == 0
    assert said(tab) == f"{STEPS} steps, forward and then backward."


def test_an_update_fits_into_a_frame(tab) -> None:
    frames = tab.evaluate(
        """async () => {
          const field = document.getElementById('f-x1');
          const number = document.querySelector('#f-trace-v1 [data-mg]');
          field.value = '2.5';
          field.dispatchEvent(new Event('input', {bubbles: true}));
          let frames = 0;
          while (!number.classList.contains('mg-re') && frames < 9)
            await new Promise(done => requestAnimationFrame(() => { frames++; setTimeout(done); }));
          return frames;
        }"""
    )
    assert frames == 1


# --- on the page


@pytest.mark.parametrize(
    ("screen", "scheme"),
    [
        ("desktop", "light"),
        pytest.param("desktop", "dark", marks=pytest.mark.heavy),
        pytest.param("phone", "light", marks=pytest.mark.heavy),
    ],
)
def test_no_barrier_in_the_middle_of_a_step_with_inputs_moved(opened, screen, scheme) -> None:
    tab = opened(f"{PAGE}?f.step=14&f.x1=3.5&g.x1=2", screen, scheme=scheme)
    options = {"resultTypes": ["violations"]}
    found = Axe().run(tab, context="article", options=options).response["violations"]
    assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found] == []
    assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_it_plays_after_pages_were_switched_and_back(opened) -> None:
    tab = opened("")
    tab.evaluate("window.stayed = true")
    tab.click("nav a[href*='backpropagation/']")
    tab.wait_for_selector("#f-trace")
    tab.wait_for_selector(".mg-player button")
    press(tab, "First")
    move(tab, "x1", "3")
    assert said(tab) == "v₋₁ = x₁ = 3"
    tab.wait_for_function("location.search.includes('f.x1')")
    tab.go_back()
    tab.wait_for_selector("#figure-2", state="detached")
    tab.go_forward()
    tab.wait_for_selector("#figure-2")
    tab.wait_for_selector(".mg-player button")
    assert tab.evaluate("window.stayed")
    expect(tab.locator(SAID)).to_have_text("v₋₁ = x₁ = 3")
    assert tab.locator(PLAYER).get_by_role("button").count() == 5


def test_a_page_that_is_left_writes_nothing_into_the_next_one_s_address(opened) -> None:
    tab = opened("", clock=True)
    tab.wait_for_selector(".mg-inputs input")
    move(tab, "x1", "2.5")
    tab.evaluate("history.pushState(null, '', 'backpropagation/?f.x1=3')")
    tab.clock.run_for(1000)
    assert tab.evaluate("location.search") == "?f.x1=3"


def test_without_scripts_no_control_is_there(opened) -> None:
    tab = opened(scripts=False)
    assert tab.locator("article :is(.mg-player, .mg-inputs) :is(button, input, p)").count() == 0
    for name in ("Data (JSON)", "Figure (SVG)", "Table (LaTeX)", "Block (Python)"):
        assert tab.get_by_role("link", name=name).first.is_visible()


def test_scripts_and_tapes_keep_their_budget(built_site) -> None:
    player = len(gzip.compress((built_site / "assets" / "player.js").read_bytes()))
    for tape in (built_site / "assets" / "minigrad").glob("*.js"):
        assert player + len(gzip.compress(tape.read_bytes())) <= BUDGET, tape.name


def test_nothing_waits_for_the_scripts(built_site) -> None:
    html = (built_site / "backpropagation" / "index.html").read_text(encoding="utf-8")
    (tag,) = re.findall(r"<script[^>]*player\.js[^>]*>", html)
    assert " defer" in tag
    assert not re.search(r"<[^>]+\son\w+=", html[html.index("<article") : html.index("</article")])


def test_a_strict_content_policy_holds(browser, served, built_site) -> None:
    html = (built_site / "backpropagation" / "index.html").read_text(encoding="utf-8")
    themes = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    hashes = " ".join(
        f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in themes
    )
    context, _ = open_context(browser, served, "desktop")
    tab = context.new_page()
    refused: list[str] = []
    tab.on("console", lambda m: refused.append(m.text) if "Content Security" in m.text else None)

    def answer(route: Any) -> None:
        response = route.fetch()
        policy = f"script-src 'self' {hashes}; object-src 'none'; base-uri 'self'"
        route.fulfill(
            response=response, headers={**response.headers, "content-security-policy": policy}
        )

    tab.route("**/backpropagation/", answer)
    tab.goto(served.address(PAGE), wait_until="load")
    tab.wait_for_selector(".mg-player button")
    move(tab, "x1", "3")
    assert tab.locator(".mg-re").count() > 10
    assert refused == []
    context.close()


WRITTEN = """block => [...document.querySelectorAll(`.mg-re[data-mg^="${block}."]`)].map(e =>
  [e.dataset.mg.slice(block.length + 1), e.dataset.mgFormat || null, e.textContent])"""


@pytest.mark.parametrize("page", ["how/", PAGE])
def test_moved_numbers_are_written_as_the_build_would(opened, page) -> None:
    tab = opened(page)
    compared = 0
    for room in tab.locator(".mg-inputs").all():
        block = room.get_attribute("data-mg-inputs")
        first = room.locator("input[type=number]").first
        name = first.get_attribute("id").removeprefix(f"{block}-")
        program = parse(tab.locator(f"#{block}-block").get_attribute("data-mg-text"))
        call = next(call for call in program.calls if call.name == block)
        given = compute.run(program, call)
        for value in ("0.7", "1234.5678", "3e-5", "123456789.125"):
            first.fill(value)
            tab.evaluate(SETTLED)
            try:
                again = compute.rerun(given, {name: float(value)})
            except compute.ComputationError:
                assert "—" in tab.locator("article").inner_text()
                continue
            for path, format_, text in tab.evaluate(WRITTEN, block):
                if path == f"{name}.value":
                    continue
                number = again.numbers[path]._replace(exact=None)
                expected = show(number, format_).text
                shown = text.strip("()")
                assert shown == expected or nearly(shown, expected), (path, number.value)
                compared += 1
    assert compared > 60


def nearly(shown: str, expected: str) -> bool:
    """Whether two texts of a number differ by a unit of the last place, at a tie."""
    one, other = (text.partition("×")[0].replace("−", "-") for text in (shown, expected))
    digits = len(one.partition(".")[2])
    return abs(float(one) - float(other)) < 1.01 * 10**-digits
