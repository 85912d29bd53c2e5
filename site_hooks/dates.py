"""Under each page's title: its status and its dates, the date of the last change taken from git."""

from __future__ import annotations

import subprocess
from datetime import date
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mkdocs.structure.pages import Page

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def on_page_markdown(markdown: str, *, page: Page, **_: Any) -> str:
    """Put the date of the page's last commit into its meta data and the site map."""
    source = page.file.abs_src_path
    changed = None if source is None else last_commit(Path(source))
    if changed is not None:
        page.meta["updated"] = changed
    if isinstance(page.meta.get("updated"), date):
        page.update_date = page.meta["updated"].isoformat()
    return markdown


def on_page_content(html: str, *, page: Page, **_: Any) -> str:
    """Write status and dates under the title of a page that says when it was created."""
    if not isinstance(page.meta.get("created"), date):
        return html
    return html.replace("</h1>", "</h1>\n" + facts(page.meta), 1)


def facts(meta: Mapping[str, Any]) -> str:
    """Return the line under the title as HTML."""
    parts = []
    if meta.get("status"):
        parts.append(f'<span class="page-status">{escape(str(meta["status"]).capitalize())}</span>')
    for label, key in (("Created", "created"), ("Updated", "updated")):
        day = meta.get(key)
        if isinstance(day, date):
            time = f'<time datetime="{day.isoformat()}">{in_words(day)}</time>'
            parts.append(f"<span>{label} {time}</span>")
    return f'<p class="page-facts" data-search-exclude>{" ".join(parts)}</p>'


def in_words(day: date) -> str:
    """Write a date as the pages do: 16 February 2022."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def last_commit(path: Path) -> date | None:
    """Return the day of the last commit that touched a file; None where git cannot tell."""
    if _shallow(path.parent):
        return None
    day = _git("log", "-1", "--format=%as", "--", path.name, folder=path.parent)
    return date.fromisoformat(day) if day else None


@cache
def _shallow(folder: Path) -> bool:
    """Whether history is cut off here, so that every file seems to be as young as the cut."""
    return _git("rev-parse", "--is-shallow-repository", folder=folder) != "false"


def _git(*arguments: str, folder: Path) -> str:
    try:
        run = subprocess.run(
            ["git", *arguments], cwd=folder, capture_output=True, encoding="utf-8", check=False
        )
    except OSError:  # no git on this machine
        return ""
    return run.stdout.strip() if run.returncode == 0 else ""
