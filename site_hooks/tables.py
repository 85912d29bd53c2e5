"""Markdown's tables scroll by themselves where the screen is narrow, for the keyboard too.

The theme's script would wrap each table without a class after the page has loaded; that moves what
stands below, and nobody without a mouse can scroll the result.
"""

from __future__ import annotations

import re
from typing import Any

TABLE = re.compile(r"<table>(.*?)</table>", re.DOTALL)
BOXED = (
    r'<div class="table-box" tabindex="0" role="group" aria-label="Table">'
    r'<table class="table">\1</table></div>'
)


def on_page_content(html: str, **_: Any) -> str:
    """Put every plain table into a box of its own."""
    return TABLE.sub(BOXED, html)
