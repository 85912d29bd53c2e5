"""The commands `check`, `accept`, `verify`, `style`: `python -m docs_plugins`, or `deepnotes`."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from difflib import get_close_matches
from importlib.resources import files as package_files
from pathlib import Path
from typing import TYPE_CHECKING

from docs_plugins.drift import files

if TYPE_CHECKING:
    from docs_plugins.page import Page
    from docs_plugins.site import Site

FINE, WRONG, USAGE = 0, 1, 2
EXIT_CODES = """\
exit codes:
  0  all is well: nothing drifted (check), accepted (accept), as shown (verify)
  1  something is wrong, and listed: drift, a mistake on a page, a number that differs; or accept
     refused to write
  2  the command was not understood: an unknown page, a file that is not there
"""


class UsageError(ValueError):
    """A command that cannot be carried out as given."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code."""
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        code: int = options.run(options)
    except UsageError as error:
        print(f"deepnotes: {error}", file=sys.stderr)
        return USAGE
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="deepnotes",
        description="Check, accept and verify what the pages of a site compute.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    check = _command(commands, "check", "compare every page with its record; writes nothing")
    accept = _command(commands, "accept", "show what differs, then write the records")
    accept.add_argument("pages", nargs="*", metavar="PAGE", help="a page (all of them)")
    for command in (check, accept):
        command.add_argument(
            "-f", "--config-file", metavar="FILE", help="the site's configuration (mkdocs.yml)"
        )
    verify = _command(commands, "verify", "compute a built site again from its HTML alone")
    verify.add_argument("site", nargs="+", metavar="SITE", help="a folder, or a single page")
    verify.add_argument("--against", metavar="DOCS", help="compare with the records in here too")
    verify.add_argument(
        "--except",
        dest="left_out",
        action="append",
        default=[],
        metavar="PLACE",
        help="leave out a page that repeats others, or a whole folder, by its place in the site;"
        " * stands for any characters; may be given several times",
    )
    style = _command(commands, "style", "print the style sheet, for pages that no plugin styles")
    check.set_defaults(run=run_check)
    accept.set_defaults(run=run_accept)
    verify.set_defaults(run=run_verify)
    style.set_defaults(run=run_style)
    return parser


def _command(commands: object, name: str, help_text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(  # type: ignore[attr-defined]
        name,
        help=help_text,
        description=f"{help_text[0].upper()}{help_text[1:]}.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return parser


# --- check ---


def run_check(options: argparse.Namespace) -> int:
    """List everything that a build would list, without building."""
    site, _ = read_site(options.config_file)
    problems = site.all_problems()
    for problem in problems:
        print(problem)
    print(site.verdict() if problems else f"nothing drifted: {site.summary()}")
    return WRONG if problems else FINE


def read_site(config_file: str | None) -> tuple[Site, Path]:
    """Read every page as a build does, and stop there; returns what was met and the docs folder.

    Raises `UsageError` where there is no site to read.
    """
    # MkDocs costs time to import, which verify has no need of
    from mkdocs.commands.build import build  # noqa: PLC0415
    from mkdocs.config import load_config  # noqa: PLC0415
    from mkdocs.exceptions import MkDocsException  # noqa: PLC0415

    from docs_plugins.plugin import MinigradPlugin, ReadingDone  # noqa: PLC0415

    logging.basicConfig(format="%(levelname)s: %(message)s", level=logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="deepnotes-") as folder:
        try:
            config = load_config(config_file, site_dir=folder)
        except (MkDocsException, OSError) as error:
            raise UsageError(str(error)) from None
        plugin = next((p for p in config.plugins.values() if isinstance(p, MinigradPlugin)), None)
        if plugin is None:
            raise UsageError(
                f"{config.config_file_path} does not use the plugin minigrad; list it under plugins"
            )
        plugin.reading_only = True
        config.plugins.on_startup(command="build", dirty=False)
        try:
            with suppress(ReadingDone):
                build(config)
        finally:
            plugin.reading_only = False  # MkDocs keeps plugins for the process's next build
            config.plugins.on_shutdown()
    if not plugin.read:
        raise UsageError("the pages were not read to their end")
    site, *others = plugin.read
    for other in others:
        site.add(other)
    return site, Path(config.docs_dir)


# --- accept ---


def run_accept(options: argparse.Namespace) -> int:
    """Show what differs, then write the records of the pages, each whole or not at all."""
    if os.environ.get("CI"):  # an empty variable is one that was unset
        print("accept: refused, as CI is set: a person accepts, and commits the record")
        return WRONG
    site, docs = read_site(options.config_file)
    files.sweep(docs)
    names = [_page_name(given, site, docs) for given in options.pages] or list(site.pages)
    codes = [_accept_page(name, site, docs) for name in dict.fromkeys(names)]
    if not options.pages:
        for path in site.orphans:
            path.unlink()
            print(f"{_shown(path)}: deleted, as it belonged to no page")
    if not any(site.pages[name].computations for name in names) and not any(codes):
        print("nothing to accept: no page computes anything")
    return max(codes, default=FINE)


def _page_name(given: str, site: Site, docs: Path) -> str:
    """The page meant by a name or a path, as MkDocs names it; raises `UsageError`."""
    path = Path(given)
    for place in _places(path, docs):
        name = place.as_posix()
        for page in (name, f"{name}.md", place.with_suffix(".md").as_posix()):
            if page in site.pages:
                return page
    if not path.name or (Path.cwd() / path).is_dir() or (docs / path).is_dir():
        example = next(iter(site.pages), "index.md")
        raise UsageError(f"{given!r} is no page: give one, as {example} is, or none for all pages")
    if not files.is_inside(docs, docs / path) and not files.is_inside(docs, path):
        raise UsageError(f"{given} is outside of {_shown(docs)}")
    close = get_close_matches(path.with_suffix(".md").name, site.pages, 1)
    remedy = f"did you mean {close[0]}?" if close else f"pages: {', '.join(site.pages)}"
    raise UsageError(f"there is no page {given}: {remedy}")


def _places(path: Path, docs: Path) -> Iterator[Path]:
    """Where in the pages' folder a path leads: as it is written, then with its folders' links."""
    for candidate in (docs / path, Path.cwd() / path):
        written = Path(os.path.normpath(candidate.absolute()))
        for inside, folder in (
            (written, docs),
            (written.parent.resolve() / written.name, docs.resolve()),
        ):
            if inside.is_relative_to(folder) and inside != folder:
                yield inside.relative_to(folder)


def _accept_page(name: str, site: Site, docs: Path) -> int:
    page, path = site.pages[name], files.record_path(docs, name)
    drift = set(page.drift)
    mistakes = [problem for problem in dict.fromkeys(page.problems) if problem not in drift]
    if mistakes:
        for problem in sorted(mistakes):
            print(problem)
        print(f"{_shown(path)}: not written, as {page.path} has mistakes")
        return WRONG
    if not files.is_inside(docs, path.parent):
        print(f"{_shown(path)}: not written, as its folder is outside of {_shown(docs)}")
        return WRONG
    for problem in sorted(page.drift):
        print(problem)
    if page.drift:
        try:
            _write(docs, path, page, site.sources[name].record)
        except OSError as error:
            print(f"{_shown(path)}: not written: {error.strerror}")
            return WRONG
    elif page.computations:
        print(f"{_shown(path)}: nothing to accept")
    return FINE


def _write(docs: Path, path: Path, page: Page, before: bytes | None) -> None:
    from docs_plugins.drift import record  # noqa: PLC0415

    computations = list(page.computations.values())
    if not computations:
        path.unlink(missing_ok=True)
        print(f"{_shown(path)}: deleted, as the page computes nothing")
        return
    try:
        old = None if before is None else record.parse(record.decode(before))
    except record.RecordError:
        old = None
    files.write_record(docs, path, record.merge(old, computations))
    print(f"{_shown(path)}: {'written' if before is None else 'updated'}")


def _shown(path: Path) -> str:
    try:
        return path.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()


# --- verify ---


def run_verify(options: argparse.Namespace) -> int:
    """Check built pages from their HTML alone, and with their records where asked."""
    from docs_plugins.drift.verify import verify_site  # noqa: PLC0415

    docs = None if options.against is None else Path(options.against)
    for path in [*map(Path, options.site), *([docs] if docs else [])]:
        if not path.exists():
            raise UsageError(f"there is no {path}")
    code = FINE
    for path in map(Path, options.site):
        verdict = verify_site(path, docs, options.left_out)
        for line in (*map(str, verdict.problems), *verdict.notes):
            print(line)
        counts = (
            f"{verdict.pages} pages, {verdict.blocks} blocks, {verdict.numbers} numbers, "
            f"{verdict.views} views, {len(verdict.offered)} files"
        )
        if not verdict.blocks:
            print(f"{path}: no computed block found, so nothing was verified")
        elif verdict.problems:
            print(f"{path}: {len(verdict.problems)} differences in {counts}")
        else:
            print(f"{path}: all as computed: {counts}")
        if verdict.problems or not verdict.blocks:
            code = WRONG
    return code


# --- style ---


def run_style(_options: argparse.Namespace) -> int:
    """Print the style sheet that MkDocs' plugin brings by itself."""
    print(package_files("docs_plugins").joinpath("assets/minigrad.css").read_text("utf-8"), end="")
    return FINE


if __name__ == "__main__":
    sys.exit(main())
