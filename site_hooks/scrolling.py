"""What may be wider than the screen scrolls by itself, for the keyboard too: tables and listings.

The theme's script would wrap each table without a class after the page has loaded; that moves what
stands below, and nobody without a mouse can scroll the result. It takes the focus from listings
too, wherever there is no mouse.
"""

from __future__ import annotations

import re
from typing import Any

TABLE = re.compile(r"<table>(.*?)</table>", re.DOTALL)
BOXED = (
    r'<div class="table-box" tabindex="0" role="group" aria-label="Table">'
    r'<table class="table">\1</table></div>'
)
LISTING = re.compile(r"<pre>(?=(?:<span></span>)?<code\b)")


def on_page_content(html: str, **_: Any) -> str:
    """Put every plain table into a box of its own, and let listings take the focus."""
    return LISTING.sub('<pre tabindex="0">', TABLE.sub(BOXED, html))
