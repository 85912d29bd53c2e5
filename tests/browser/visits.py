"""What a reader meets on one visit to a page, measured once and asked by many tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Route

from .served import Served

SCREENS = {
    "desktop": {"width": 1280, "height": 800},
    "phone": {"width": 390, "height": 844},
    "small": {"width": 320, "height": 568},
}

# Runs before the page's own scripts: adds up the shifts of the layout that no reader caused.
WATCH_SHIFTS = """
window.shifts = 0;
new PerformanceObserver(list => {
  for (const entry of list.getEntries())
    if (!entry.hadRecentInput) window.shifts += entry.value;
}).observe({type: 'layout-shift', buffered: true});
"""

# What is on the page, whether or not its scripts ran.
CONTENT = r"""() => {
  const article = document.querySelector('article');
  const all = selector => [...article.querySelectorAll(selector)];
  const seen = element => element.checkVisibility();
  const text = article.cloneNode(true);
  text.querySelectorAll('script, style, code, pre, .md-clipboard').forEach(e => e.remove());
  const root = document.documentElement;
  const folded = 'details, .tabbed-block, [hidden]';
  const rawTex = /\\(frac|tilde|partial|begin|cdot|text|eqref)\b|\$\$|\\[([]/g;
  return {
    rows: all('tr').filter(seen).map(row => row.textContent.trim()),
    numbers: all('[data-mg]').filter(seen).map(e => [e.dataset.mg, e.textContent]),
    formulas: all('math').filter(seen).length,
    figures: all('svg[id], svg.mg-figure').filter(seen).length,
    hidden: all('tr, math, [data-mg]').filter(e => !seen(e) && !e.closest(folded)).length,
    rawTex: text.textContent.match(rawTex) || [],
    sideways: root.scrollWidth - root.clientWidth,
    cut: all('.mg-trace').filter(e => e.scrollWidth > e.clientWidth).map(e => e.id),
  };
}"""

# Labels in figures whose letters are smaller than ten CSS pixels.
SMALL_LABELS = """() => [
    ...document.querySelectorAll('article svg text, article svg foreignObject math')]
  .filter(label => label.closest('.mg-figure, .mg-view, figure') && label.checkVisibility())
  .map(label => {
    const owner = label.closest('foreignObject') || label;
    const scale = owner.getScreenCTM().a;
    return [label.textContent, scale * parseFloat(getComputedStyle(label).fontSize)];
  })
  .filter(([, size]) => size < 9.99)"""

# The font has arrived and what it moved has been drawn.
SETTLED = """async () => {
  await document.fonts.ready;
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""


@dataclass
class Visit:
    """The measures of one visit."""

    content: dict[str, Any] = field(default_factory=dict)
    bytes: int = 0
    elsewhere: list[str] = field(default_factory=list)  # requests to other hosts
    errors: list[str] = field(default_factory=list)  # of the console and of scripts
    shifts: float = 0.0
    small_labels: list[Any] = field(default_factory=list)
    accessibility: list[str] = field(default_factory=list)


def open_context(
    browser: Browser, served: Served, screen: str, *, scheme: str = "light", scripts: bool = True
) -> tuple[BrowserContext, list[str]]:
    """Return a fresh context and the list of requests that it refuses as they leave the site."""
    context = browser.new_context(
        viewport=SCREENS[screen],  # type: ignore[arg-type]
        color_scheme=scheme,  # type: ignore[arg-type]
        java_script_enabled=scripts,
        has_touch=screen != "desktop",
        is_mobile=screen != "desktop",
    )
    elsewhere: list[str] = []

    def refuse(route: Route) -> None:
        elsewhere.append(route.request.url)
        route.abort()

    context.route(lambda url: not url.startswith((served.origin, "data:", "blob:")), refuse)
    context.add_init_script(WATCH_SHIFTS)
    return context, elsewhere


def visit(
    browser: Browser,
    served: Served,
    page: str,
    screen: str,
    *,
    scheme: str = "light",
    scripts: bool = True,
    check: Callable[[Page, str, str], list[str]] | None = None,
) -> Visit:
    """Open a page as a first-time reader and measure it; `check` looks for barriers."""
    context, elsewhere = open_context(browser, served, screen, scheme=scheme, scripts=scripts)
    result = Visit(elsewhere=elsewhere)
    tab = context.new_page()
    tab.on("pageerror", lambda error: result.errors.append(str(error)))
    tab.on("console", lambda m: result.errors.append(m.text) if m.type == "error" else None)
    _count_bytes(context, tab, result)
    tab.goto(served.address(page))
    if scripts:  # without them no frame ever calls back
        tab.wait_for_load_state("networkidle")
        tab.evaluate(SETTLED)
    result.content = tab.evaluate(CONTENT)
    result.small_labels = tab.evaluate(SMALL_LABELS)
    if scripts:
        result.shifts = tab.evaluate("window.shifts")
        if check is not None:
            result.accessibility = check(tab, screen, scheme)
    context.close()
    return result


def _count_bytes(context: BrowserContext, tab: Page, result: Visit) -> None:
    network = context.new_cdp_session(tab)
    network.send("Network.enable")

    def finished(event: dict[str, Any]) -> None:
        result.bytes += int(event["encodedDataLength"])

    network.on("Network.loadingFinished", finished)
