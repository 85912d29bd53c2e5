"""The built site on 127.0.0.1, under /deepnotes/ and compressed, as GitHub Pages serves it."""

from __future__ import annotations

import gzip
import mimetypes
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Self
from urllib.parse import unquote, urlsplit

BASE = "/deepnotes/"
PUBLISHED = b"https://ganindu7.github.io"
COMPRESSED = {".html", ".css", ".js", ".json", ".svg", ".xml", ".txt", ".csv", ".map"}
TYPES = {".woff2": "font/woff2", ".js": "text/javascript", ".html": "text/html; charset=utf-8"}


class Served:
    """A server for as long as it is entered."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        site = self

        class Handler(BaseHTTPRequestHandler):
            """Answers from the folder."""

            def do_GET(self) -> None:
                path = unquote(urlsplit(self.path).path)
                status, headers, body = site.answer(path)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.origin = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def address(self, page: str) -> str:
        """Return the address of a page such as `backpropagation/`."""
        return f"{self.origin}{BASE}{page}"

    def pages(self) -> list[str]:
        """Every page of the site."""
        found = sorted(self.folder.rglob("index.html"))
        return [
            f"{p.parent.relative_to(self.folder).as_posix()}/".removeprefix("./") for p in found
        ]

    @cache  # noqa: B019  one server for a whole run
    def answer(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body for a path; outside of the base there is nothing."""
        if not path.startswith(BASE):
            return 404, {"Content-Length": "0"}, b""
        file = self.folder / path.removeprefix(BASE)
        file = file / "index.html" if file.is_dir() else file
        status = 200
        if not file.is_file():
            status, file = 404, self.folder / "404.html"
        body = file.read_bytes()
        if file.name == "sitemap.xml":  # the theme looks pages up by their published addresses
            body = body.replace(PUBLISHED, self.origin.encode())
        kind = TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0]
        headers = {
            "Content-Type": kind or "application/octet-stream",
            "Cache-Control": "max-age=600",
        }
        if file.suffix in COMPRESSED:
            body = gzip.compress(body, 6, mtime=0)
            headers["Content-Encoding"] = "gzip"
        return status, {**headers, "Content-Length": str(len(body))}, body
