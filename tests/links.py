"""Follow every link of a built site: `python tests/links.py site --base /deepnotes/`.

Each address that stays on the site must lead to a file, each fragment to an id. Addresses
elsewhere are counted, not called: a build must not depend on other people's servers.
"""

from __future__ import annotations

import argparse
import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

HERE = "https://site.invalid"  # stands for the site's own address
ADDRESSES = {"href", "src", "poster", "data"}


class Page(HTMLParser):
    """The ids of a page and the addresses it refers to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: set[str] = {"", "__top", "top"}
        self.addresses: list[str] = []
        self.repeated: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if value is None:
                continue
            if name == "id" or (name == "name" and tag == "a"):
                if name == "id" and value in self.ids:
                    self.repeated.append(value)
                self.ids.add(value)
            elif name in ADDRESSES:
                self.addresses.append(value)
            elif name == "srcset":
                self.addresses += [part.split()[0] for part in value.split(",")]

    handle_startendtag = handle_starttag


def check(site: Path, base: str) -> tuple[list[str], int, int]:
    """Return what is broken, and how many addresses were followed and how many lead elsewhere."""
    broken: list[str] = []
    followed = elsewhere = 0

    @cache
    def read(path: Path) -> Page:
        return Page(path.read_text(encoding="utf-8"))

    for path in sorted(site.rglob("*.html")):
        name = path.relative_to(site).as_posix()
        broken += [f"{name}: the id {found} is given twice" for found in read(path).repeated]
        for address in read(path).addresses:
            target = urlsplit(urljoin(f"{HERE}{base}{name}", address))
            if target.scheme not in {"http", "https"} or target.netloc != "site.invalid":
                elsewhere += 1
                continue
            followed += 1
            reason = trouble(site, base, target.path, unquote(target.fragment), read)
            if reason:
                broken.append(f"{name}: {address}: {reason}")
    return broken, followed, elsewhere


def trouble(site, base, path, fragment, read) -> str:
    """Say what is wrong with an address of the site; nothing where it leads somewhere."""
    if not path.startswith(base):
        return f"leads out of {base}"
    file = site / unquote(path.removeprefix(base))
    if file.is_dir():
        file /= "index.html"
    if not file.is_file():
        return "no such file"
    if fragment and file.suffix == ".html" and fragment not in read(file).ids:
        return f"no id {fragment} there"
    return ""


def main(arguments: list[str] | None = None) -> int:
    """Check a site from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("site", type=Path)
    parser.add_argument("--base", default="/", help="the path that the site is published under")
    options = parser.parse_args(arguments)
    broken, followed, elsewhere = check(options.site, options.base)
    for line in broken:
        print(line, file=sys.stderr)
    print(f"{followed} links followed, {len(broken)} broken; {elsewhere} lead elsewhere")
    if not followed:
        print(f"no page found in {options.site}: build it first, make site", file=sys.stderr)
    return 1 if broken or not followed else 0


if __name__ == "__main__":
    sys.exit(main())
