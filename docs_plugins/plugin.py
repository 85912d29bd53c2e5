"""The MkDocs plugin `minigrad`: hooks only; what they do stands in `site` and `markdown`."""

from __future__ import annotations

import gc
import logging
import os
import time
from importlib import import_module
from pathlib import Path, PurePosixPath
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from mkdocs.config import config_options as options
from mkdocs.config.base import Config
from mkdocs.config.config_options import ExtraScriptValue
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, CombinedEvent, event_priority
from mkdocs.structure.files import File
from mkdocs.utils import get_relative_url

from docs_plugins import braces, font, fresh, packing
from docs_plugins.drift import files as record_files
from docs_plugins.drift import inventory

if TYPE_CHECKING:
    from collections.abc import Collection

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.livereload import LiveReloadServer
    from mkdocs.structure.files import Files
    from mkdocs.structure.nav import Navigation
    from mkdocs.structure.pages import Page
    from mkdocs.utils.templates import TemplateContext

    from docs_plugins import site as site_module

log = logging.getLogger("mkdocs.plugins.minigrad")

ASSETS = Path(__file__).parent / "assets"
VIEWS = Path(__file__).parent / "views"
STYLE = "assets/minigrad.css"
PLAYER = "assets/player.js"
FONTS = "assets/fonts/"
BUILDING_AGAIN = frozenset({"i18n"})  # plugins that build once for each language


class ReadingDone(Exception):  # noqa: N818
    """Every page is read: ends a build that is not to write a site."""


class MinigradOptions(Config):  # type: ignore[no-untyped-call]  # MkDocs' base is untyped here
    """The plugin's options in mkdocs.yml."""

    formulas = options.Type(bool, default=False)
    """Whether $…$ and $$…$$ are mathematics on every page of the site."""


class MinigradPlugin(BasePlugin[MinigradOptions]):  # type: ignore[no-untyped-call]  # likewise
    """Computes blocks while pages are read; fails the build when anything is wrong."""

    site: site_module.Site
    site_module: Any = None
    markdown_module: Any = None
    serving = False
    dirty = False
    reading_only = False
    """Set by the commands check and accept: stop once every page is read, into `read`."""
    font: font.Font | None = None
    text_read = "", ""
    """The page that was read last, and its text."""
    unread = False
    """Whether that page could not be read: nothing is known then of what it computes."""

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Learn whether a server runs; it must outlive every mistake."""
        self.read: list[site_module.Site] = []
        self.serving = command == "serve"
        self.dirty = dirty
        if self.serving:
            fresh.without_byte_code()

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Begin a build: this runs for each one, so all state starts here."""
        broken = self._load()
        if not gc.get_freeze_count():  # once: what is imported now stays, and need not be searched
            gc.freeze()
        self.site = self.site_module.Site(
            serving=self.serving, keeping=self.reading_only, config=_config_option(config)
        )
        self.logged: set[Any] = set()  # problems
        can_pack = packing.unread_by_others(config.plugins.events)
        self.packed = packing.Packed(can_pack, self.site.shelf)
        self.needed: frozenset[str] = frozenset()  # characters of formulas
        if broken:
            where, line, message = broken
            path = _shown_path(config, Path(where))
            remedy = "until it is mended, pages are computed as before the edit"
            self.site.problems.append(self.site_module.Problem(path, line, "", message, remedy))
        self.extension = self.markdown_module.MinigradExtension(formulas=self.config.formulas)
        extensions: list[Any] = [e for e in config.markdown_extensions if e != "minigrad"]
        config.markdown_extensions = [*extensions, self.extension]
        # once: a site may list them itself, a plugin may build anew with the same configuration
        if STYLE not in config.extra_css:
            config.extra_css.append(STYLE)
        if PLAYER not in map(str, config.extra_javascript):
            config.extra_javascript.append(_deferred(PLAYER))
        if self.serving:
            config.watch += [str(folder) for folder in _own_folders()]
        return config

    def _load(self) -> tuple[str, int, str] | None:
        """Import what computes; while serving anew, and as it was where an edit broke it."""
        if not self.serving:
            self.site_module = import_module("docs_plugins.site")
            self.markdown_module = import_module("docs_plugins.markdown")
            return None
        try:
            views = (f"docs_plugins.views.{found.name}" for found in iter_modules([str(VIEWS)]))
            modules = fresh.load("docs_plugins.site", "docs_plugins.markdown", *views)
            self.site_module, self.markdown_module, *_ = modules
        except Exception as error:  # whatever an edit of ours can break
            if self.site_module is None:
                raise
            return fresh.told(error)
        return None

    @event_priority(100)
    def _keep_records_out(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Keep records out of the site, before anybody takes them for the site's files."""
        for file in _named_like_records(files):
            if _is_record(file) or _is_pipe(file):
                files.remove(file)
        if self.dirty:
            _read_where_records_changed(files, Path(config.docs_dir), Path(config.site_dir))
        return files

    @event_priority(-1000)
    def _bring_assets(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Bring our style sheet and script in, once others have read the files from the disk.

        As with a theme's files, one that the site has under the same name stands.
        """
        style = (ASSETS / "minigrad.css").read_text(encoding="utf-8")
        player = self.site_module.extras.tapes.player()
        for name, content in ((STYLE, style), (PLAYER, player)):
            there = files.get_file_from_path(name)
            if there is None:
                files.append(File.generated(config, name, content=content))
            elif there.generated_by is None:
                log.info("minigrad: the site's own %s stands in place of the plugin's", name)
        return files

    on_files = CombinedEvent(_keep_records_out, _bring_assets)

    def on_pre_page(self, page: Page, *, config: MkDocsConfig, files: Files) -> Page:
        """Name a page that cannot be read or is no UTF-8 text, and go on to the others."""
        path = page.file.abs_src_path
        self.text_read, self.unread = ("", ""), False
        if not path:
            return page
        try:
            data = Path(path).read_bytes()
        except OSError as error:
            said = f"the page cannot be read: {error.strerror}"
            self._page_problem(page, config, 1, said, "mend its rights")
            self.unread = True
            page.file.content_string = ""
            return page
        try:
            text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
            self.text_read = page.file.src_uri, text
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            self._page_problem(page, config, line, "the page is not UTF-8 text", "save it as UTF-8")
            page.file.content_string = data.decode("utf-8-sig", errors="replace")
        return page

    def _page_problem(
        self, page: Page, config: MkDocsConfig, line: int, message: str, remedy: str
    ) -> None:
        shown = _shown_path(config, Path(config.docs_dir, page.file.src_uri))
        self.site.problems.append(self.site_module.Problem(shown, line, "", message, remedy))

    @event_priority(100)
    def on_page_markdown(
        self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files
    ) -> str:
        """Say which page comes next, before other plugins read its double braces."""
        uri, text = self.text_read
        if uri != page.file.src_uri or page.file.abs_src_path is None:  # another's text by now
            text = page.file.content_string
        others = braces.names(config.extra, page.meta, config.plugins.values(), markdown)
        self.source = _source(page, config, self.site_module, markdown, text, others)
        if self.unread:
            self.source = self.source._replace(record=None, unreadable="")
        self.extension.page_maker = lambda: self.site.begin(self.source)
        self.started = time.process_time()
        return str(self.site_module.shield(markdown, others))

    @event_priority(100)
    def _give_braces_back(
        self, html: str, *, page: Page, config: MkDocsConfig, files: Files
    ) -> str:
        """Leave the page's text as typed to whoever reads it once it is converted."""
        page.markdown = self.site_module.unshielded(page.markdown or "")
        return html

    def _end_page(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """End the page that was just converted."""
        html = self.site.end(page.file.src_uri, html)
        self.site.spent += time.process_time() - self.started
        return html

    @event_priority(-1000)
    def _pack_page(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Put views aside once everybody has seen the page: for the search index, for memory."""
        self.needed |= font.characters([html])
        known = self.site.pages.get(page.file.src_uri)
        if known is None:
            return html
        drawn, known.drawn = known.drawn, []
        return self.packed.pack(html, drawn, self.site_module.words_of)

    on_page_content = CombinedEvent(_give_braces_back, _end_page, _pack_page)

    @event_priority(100)
    def on_env(self, env: Any, *, config: MkDocsConfig, files: Files) -> Any:
        """Fail once every page is read, before the first file is written: none is left."""
        pages = {file.src_uri for file in files.documentation_pages()}  # not all need be read
        self.site.problems += _orphans(config, self.site, self.site_module, pages)
        if self.reading_only:
            self.read.append(self.site)
            if not BUILDING_AGAIN & {*config.plugins}:
                self.site.shelf.close()
                raise ReadingDone
        for file in _named_like_records(files):  # and is none: what is damaged beside its page
            if PurePosixPath(file.src_uri).with_suffix("") in self.site.computing():
                files.remove(file)
        problems = self._log_problems()
        log.info("minigrad: %s", self.site.summary())
        if problems and not (self.serving or self.reading_only):
            self.site.shelf.close()
            raise PluginError(self.site.verdict())
        packing.publish(self.site.published(), config.site_dir)
        if self.dirty:  # any other build begins with an empty folder
            self._drop_left_over(Path(config.site_dir))
        inventory.write(Path(config.site_dir), self.site.blocks)
        self.font = _publish_font(self.needed, config, files, frozenset(self.site.signs))
        return env

    @event_priority(100)
    def _on_page_context_first(
        self, context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation
    ) -> TemplateContext:
        """Show a search index tables and formulas as words: it would read each of their tags."""
        self.whole = page.content
        page.content = self.site_module.for_search(page.content or "")
        return context

    @event_priority(-100)
    def _on_page_context_last(
        self, context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation
    ) -> TemplateContext:
        """Give the page its own content back once every index has read it."""
        page.content = self.whole
        return context

    on_page_context = CombinedEvent(_on_page_context_first, _on_page_context_last)

    @event_priority(100)
    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """Put views back, and bring the formulas' font to the pages that have formulas."""
        output = self.packed.unpack(output)
        if self.font is None or not font.has_formulas(output):
            return output
        address = get_relative_url(FONTS + self.font.name, page.url)
        return output.replace("</head>", f"{self.font.head(address)}</head>", 1)

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Fail where a text was wrong that another plugin converted once all pages were read."""
        self.site.shelf.close()
        if self._log_problems() and not (self.serving or self.reading_only):
            raise PluginError(self.site.verdict())

    def _drop_left_over(self, folder: Path) -> None:
        """Remove what pages that were built again no longer publish."""
        for path in self.site_module.extras.left_over(folder, self.site.pages, self.site.files):
            path.unlink()

    def _log_problems(self) -> list[Any]:
        """Log what is wrong and has not been logged yet."""
        found = [p for p in self.site.all_problems() if p not in self.logged]
        for problem in found:
            log.log(logging.INFO if self.serving else logging.ERROR, "%s", problem)
        self.logged.update(found)
        return found

    def on_serve(
        self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Any
    ) -> LiveReloadServer:
        """Defined so that MkDocs keeps one plugin while it serves."""
        return server


def _read_where_records_changed(files: Files, docs: Path, site: Path) -> None:
    """Have a build of the pages that were edited read those too whose records were, or are gone."""
    computing = inventory.read(site) or {}
    for file in files.documentation_pages():
        built, record = Path(file.abs_dest_path), record_files.record_path(docs, file.src_uri)
        gone = file.dest_uri in computing and not record.is_file()
        if gone or (built.is_file() and record.is_file() and _edited(built) < _edited(record)):
            file.is_modified = lambda: True  # type: ignore[method-assign]


def _edited(path: Path) -> float:
    return path.stat().st_mtime


def _named_like_records(files: Files) -> list[File]:
    return [file for file in files if file.src_uri.endswith(record_files.SUFFIX)]


def _is_record(file: File) -> bool:
    if file.abs_src_path is not None:
        return record_files.is_record(Path(file.abs_src_path))
    return record_files.begins_as_record(file.content_bytes)


def _is_pipe(file: File) -> bool:
    """Whether a file is none that can be copied into the site."""
    return file.abs_src_path is not None and not Path(file.abs_src_path).is_file()


def _deferred(path: str) -> ExtraScriptValue:
    """A script that nothing waits for."""
    script = ExtraScriptValue(path)
    script.defer = True
    return script


def _own_folders() -> list[Path]:
    """The folders of the engine and the plugin, where they are being worked on."""
    root = Path(__file__).parents[1]
    folders = (root / "minigrad", root / "docs_plugins")
    return [folder for folder in folders if "site-packages" not in folder.parts]


def _publish_font(
    needed: frozenset[str], config: MkDocsConfig, files: Files, spoken: frozenset[str]
) -> font.Font | None:
    """Cut the font for the formulas and spoken signs of all pages; nothing where there are none."""
    needed |= spoken if needed else frozenset()
    if not needed:
        return None
    cut = font.cut(needed)
    files.append(File.generated(config, FONTS + cut.name, content=cut.content))
    files.append(File.generated(config, FONTS + "OFL.txt", content=font.licence()))
    return cut


def _config_option(config: MkDocsConfig) -> str:
    """The configuration as a command takes it; "" where a command finds it by itself.

    What came through a pipe is no file: nobody can give it to a second command.
    """
    path = Path(config.config_file_path or "").absolute()
    if not path.is_file():
        return ""
    if path.parent == Path.cwd() and path.name in {"mkdocs.yml", "mkdocs.yaml"}:
        return ""
    try:
        return os.path.relpath(path)
    except ValueError:  # on another drive
        return str(path)


def _shown_path(config: MkDocsConfig, path: Path) -> str:
    """A path as messages name it: relative to mkdocs.yml's folder."""
    base = Path(config.config_file_path or "mkdocs.yml").absolute().parent
    try:
        return path.relative_to(base).as_posix()
    except ValueError:
        return path.as_posix()


def _source(
    page: Page,
    config: MkDocsConfig,
    site: Any,
    markdown: str,
    text: str,
    others: frozenset[str],
) -> Any:
    file = page.file
    docs = Path(config.docs_dir)
    path, record = docs / file.src_uri, record_files.record_path(docs, file.src_uri)
    recorded, unreadable = None, None
    try:
        recorded = record_files.read_record(docs, file.src_uri)
    except record_files.Unreadable as error:
        unreadable = error
    return site.Source(
        path=_shown_path(config, path),
        page=file.src_uri,
        text=text,
        offset=site.lines_above(text, markdown),
        record_path=_shown_path(config, record),
        record=recorded,
        unreadable=unreadable,
        root=get_relative_url(".", page.url).rstrip("/") or ".",
        link=_sources(page, config),
        built=file.dest_uri,
        others=others,
    )


def _sources(page: Page, config: MkDocsConfig) -> str:
    """The address that a file's path is put behind to read it; "" where unknown."""
    docs = _shown_path(config, Path(config.docs_dir))
    edited = f"{docs}/{page.file.src_uri}"
    if not page.edit_url or not page.edit_url.endswith(edited):
        return ""
    return page.edit_url.removesuffix(edited).replace("/edit/", "/blob/", 1)


def _orphans(
    config: MkDocsConfig, site: site_module.Site, module: Any, pages: Collection[str]
) -> list[Any]:
    """Records beside no page."""
    docs = Path(config.docs_dir)
    known = {record_files.record_path(docs, name) for name in {*site.pages, *pages}}
    site.orphans = tuple(record_files.without_page(docs, known))
    return [
        module.Problem(
            _shown_path(config, path),
            1,
            "",
            "the record belongs to no page",
            f"delete it, as {site.accept()} does",
        )
        for path in site.orphans
    ]
