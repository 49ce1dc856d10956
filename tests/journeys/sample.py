"""A house of cards for the islands of script: the sample page, and the few answers that they wait for."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote

from frontend import build

Answer = tuple[int, dict[str, Any] | None]


@dataclass(frozen=True)
class Put:
    """A request that changed something: where, with which headers, what."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def name(self) -> str:
        """The path of a file that was sent."""
        return unquote(self.headers.get("X-File-Name", ""))

    @property
    def fields(self) -> dict[str, list[str]]:
        """The fields of a draft that was sent."""
        return parse_qs(self.body.decode("utf-8"))


@dataclass
class Sample:
    """The server: what it was sent, and what it answers."""

    address: str
    puts: list[Put] = field(default_factory=list)
    posts: list[Put] = field(default_factory=list)
    answers: Callable[[Put], Answer | None] = lambda _put: None
    held: threading.Event = field(default_factory=threading.Event)

    def drafts(self) -> list[Put]:
        """Return what was kept while somebody typed."""
        return [put for put in self.puts if put.path.startswith("/drafts/")]

    def files(self) -> list[Put]:
        """Return what was taken in."""
        return [put for put in self.puts if put.path.startswith("/evidence/")]


class Handler(build.Sample):
    """Serves the sample page as build.py does, and answers the islands."""

    sample: ClassVar[Sample]
    pages: ClassVar[dict[str, str]]

    def do_GET(self) -> None:  # noqa: N802 - http.server looks for this name
        """Serve a page of the test, or else a file."""
        if self.path == "/favicon.ico":
            self._answer(204, b"", "image/x-icon")
        elif self.path in self.pages:
            self._answer(200, self.pages[self.path].encode(), "text/html; charset=utf-8")
        else:
            super().do_GET()

    def do_HEAD(self) -> None:  # noqa: N802 - http.server looks for this name
        """Say that the server is there."""
        self._answer(200, b"", "text/plain")

    def do_POST(self) -> None:  # noqa: N802 - http.server looks for this name
        """Take a form, and show the start."""
        self.sample.posts.append(self._received())
        self.send_response(303)
        self.send_header("Location", "/done")
        self.end_headers()

    def do_PUT(self) -> None:  # noqa: N802 - http.server looks for this name
        """Take a file or a draft, as the test wants it: ``None`` breaks the connection off."""
        put = self._received()
        status, said = self.sample.answers(put) or (200, taken(put))
        self.sample.held.wait(timeout=20)
        if said is None:
            self.close_connection = True
            return
        if status == 200:
            self.sample.puts.append(put)
        self._answer(status, json.dumps(said).encode(), "application/json")

    def _received(self) -> Put:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        return Put(self.path, dict(self.headers.items()), body)

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


def taken(put: Put) -> dict[str, Any]:
    """Return what the house says of a file that it took in."""
    digest = hashlib.sha256(put.body).hexdigest()
    reference = f"KYI-E-{int(digest[:3], 16):04d}"
    same = ["KYI-E-0001"] if b"twice" in put.body else []
    return {
        "reference": reference,
        "sha256": digest,
        "size": len(put.body),
        "media_type": "text/plain",
        "same_bytes": same,
        "url": f"/evidence/{reference}",
    }


@contextmanager
def served(pages: dict[str, str]) -> Iterator[Sample]:
    """Serve the sample page and ``pages`` on loopback."""
    handler = type("Bound", (Handler,), {"pages": {"/done": "<!doctype html><title>Done</title>"} | pages})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    handler.sample = sample = Sample(f"http://127.0.0.1:{server.server_port}")  # type: ignore[attr-defined]  # type() makes it
    sample.held.set()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield sample
    sample.held.set()
    server.shutdown()
    server.server_close()
    thread.join()
