"""Fences for the page about the page language: what the build really says of a page that is wrong.

- `failing` holds a page with mistakes: shown with the messages that its build gives.
- `drifting was="…" now="…"` holds a page whose text was accepted with the one and then edited to
  the other: shown with its record and the messages.
- `record` holds the name of a block: shown is what the page's own record keeps of it.

An example that does not fail, or a block that is not recorded, fails the build of the site.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markdown import Markdown
from pymdownx.superfences import SuperFencesException

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.pages import Page

NAME = "shop.md"  # the example pages' name in messages
_record_of_page: Path | None = None


def on_config(config: MkDocsConfig, **_: Any) -> MkDocsConfig:
    """Register the fences."""
    fences = config.mdx_configs.setdefault("pymdownx.superfences", {})
    ours = {"failing": failing, "drifting": drifting, "record": record}
    fences["custom_fences"] = [
        *(f for f in fences.get("custom_fences", []) if f["name"] not in ours),
        *(
            {"name": name, "class": name, "format": format_, "validator": take_all}
            for name, format_ in ours.items()
        ),
    ]
    return config


def on_page_markdown(markdown: str, *, page: Page, **_: Any) -> str:
    """Remember whose record an example would show."""
    global _record_of_page  # noqa: PLW0603 - fences are not told which page they stand on
    source = page.file.abs_src_path
    _record_of_page = Path(source).with_suffix(".record") if source else None
    return markdown


def take_all(
    language: str, inputs: Mapping[str, str], options: dict[str, str], attrs: Any, md: Any
) -> bool:
    """Let a fence have the options that it is given."""
    options.update(inputs)
    return True


def failing(source: str, *_rest: Any, **_more: Any) -> str:
    """Return a page and what its build says."""
    messages = build(source)[0]
    return listing(source) + said(messages)


def drifting(
    source: str, language: str, class_name: str, options: dict[str, str], *_rest: Any, **_more: Any
) -> str:
    """Return the record of a page, and what the build says once the page has been edited."""
    was, now = options["was"], options["now"]
    if source.count(now) != 1:
        raise SuperFencesException(f"{now!r} does not stand in the example once")
    recorded = build(source.replace(now, was))[1]
    messages = build(source, recorded)[0]
    return listing(source) + listing(recorded) + said(messages)


def record(source: str, *_rest: Any, **_more: Any) -> str:
    """Return what the record of this page keeps of a block."""
    path = _record_of_page
    text = path.read_text(encoding="utf-8") if path and path.is_file() else ""
    parts = text.split("\n## ")
    found = [part for part in parts[1:] if part.split(":", 1)[0] == source.strip()]
    if not found:
        return said([f"{source.strip()} is not recorded yet: make accept"])
    return listing(f"{parts[0].rstrip()}\n\n## {found[0].rstrip()}")


def build(text: str, recorded: str | None = None) -> tuple[list[str], str]:
    """Build a page; return the messages, and its record as accepting would write it."""
    from docs_plugins.drift import record as records  # noqa: PLC0415 - fresh while serving
    from docs_plugins.markdown import MinigradExtension  # noqa: PLC0415
    from docs_plugins.site import Site, Source  # noqa: PLC0415

    path = f"docs/{NAME}"
    site = Site()
    source = Source(
        path=path,
        page=NAME,
        text=text,
        offset=0,
        record_path=path.replace(".md", ".record"),
        record=None if recorded is None else recorded.encode(),
    )
    extension = MinigradExtension(formulas=True)
    extension.page_maker = lambda: site.begin(source)
    site.end(NAME, Markdown(extensions=[extension, "fenced_code", "tables"]).convert(text))
    computations = site.pages[NAME].computations.values()
    problems = site.all_problems()
    return [*map(str, problems), *([site.verdict()] if problems else [])], records.render(
        computations
    )


def listing(text: str) -> str:
    """Return a text as a listing."""
    return f'<div class="highlight"><pre tabindex="0"><code>{escape(text)}</code></pre></div>'


def said(messages: list[str]) -> str:
    """Return what the build says; an example that is not wrong is an error itself."""
    if not messages:
        raise SuperFencesException("the example was meant to fail, and does not")
    lines = escape("\n".join(messages))
    return f'<div class="highlight said"><pre tabindex="0"><code>{lines}</code></pre></div>'
