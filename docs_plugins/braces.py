"""The names that double braces have from others: from mkdocs-macros, from a page's front matter.

>>> sorted(names({"product": {"unit": "kg"}}, {}, [], "{% for item in list %}{{ item.value }}"))
['item', 'product']
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

SET = re.compile(r"\{%-?\s*(?:set|for|macro|import|from|with)\s([^%]*)%\}")
NAME = re.compile(r"[^\W\d]\w*")


def names(
    extra: Mapping[str, Any], meta: Mapping[str, Any], plugins: Iterable[Any], markdown: str
) -> frozenset[str]:
    """The first names of what other plugins may put in place of double braces on a page.

    Args:
        extra: The site's own variables, of mkdocs.yml.
        meta: The page's own, of its front matter.
        plugins: The site's plugins; mkdocs-macros' has its names in `variables` and `macros`.
        markdown: The page's text, where templates set names as well.
    """
    found = {*map(str, extra), *map(str, meta)}
    for plugin in plugins:
        for kind in ("variables", "macros"):
            named = getattr(plugin, kind, None)
            if isinstance(named, Mapping):
                found.update(map(str, named))
    for inside in SET.findall(markdown):
        found.update(NAME.findall(inside))
    return frozenset(found)
