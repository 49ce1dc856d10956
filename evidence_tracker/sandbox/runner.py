"""The house's side of the sandbox: ask about a file, get facts or the reason why not.

The parsers run in ``child``. Types are told by one worker that is kept for many
files, since intake asks for each file and looks at 64 KiB only. Everything else gets a
worker of its own, so that a file which takes its parser over can lie about nothing but itself.
A broken or hostile file is never an error here: it is an answer with ``failed`` set.
"""

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock
from typing import Any, Self

from evidence_tracker.errors import NotReady
from evidence_tracker.sandbox.answers import (
    LONGEST_SHOWN,
    LONGEST_TEXT,
    Confinement,
    Examination,
    MediaType,
    Preview,
    Readable,
    Text,
    examination_from,
    media_type_from,
    preview_from,
    readable_from,
    text_from,
    unknown_type,
)
from evidence_tracker.sandbox.kinds import DRAWN, READ, Kind, kind_of
from evidence_tracker.sandbox.workers import NoAnswer, Nursery, Worker

HEAD = 64 * 1024
MOST_BYTES = 256 * 1024 * 1024
FILES_PER_INSPECTOR = 500
INSPECT_S = 10

DRAWN_AT_ONCE = 3

NOT_EXAMINED = {Kind.TEXT, Kind.MAILBOX, Kind.OTHER}
READ_FROM_THE_START = {Kind.TEXT, Kind.MAILBOX}
NOT_DRAWN = "There is no picture to be shown of a file of this type."
NOT_READ = "There is no text to be shown of a file of this type."
BUSY = "Too many files are being looked into at the moment; try again."
TOO_LARGE = f"The file is larger than {MOST_BYTES // 1024**2} MiB and was not looked into."


class Sandbox:
    """Parsers behind bars; safe to share between threads, starts at the first question.

    ``timeout_s`` is what one file may take, ``memory_mb`` what it may take beside the loaded
    parsers. ``packaged_libmagic`` prefers the packaged library to the system's.
    Raises NotReady where the parsers cannot be loaded at all.
    """

    _module = "evidence_tracker.sandbox.child"

    def __init__(
        self, *, timeout_s: float = 30, memory_mb: int = 1024, packaged_libmagic: bool = False
    ) -> None:
        self._timeout = timeout_s
        self._inspect_timeout = min(timeout_s, INSPECT_S)
        self._settings = json.dumps(
            {"memory_mb": memory_mb, "cpu_s": int(2 * timeout_s) + 2, "packaged_libmagic": packaged_libmagic}
        )
        self._lock = Lock()
        self._inspecting = Lock()
        self._drawing = BoundedSemaphore(DRAWN_AT_ONCE)
        self._nursery: Nursery | None = None
        self._inspector: Worker | None = None
        self._inspected = 0

    def inspect(self, head: bytes) -> MediaType:
        """Tell the media type from the first bytes (64 KiB are looked at)."""
        with self._inspecting:
            was_fresh = self._inspector is None
            said = self._inspect_once(head)
            if said.failed is not None and not was_fresh:  # the file before may have broken the worker
                said = self._inspect_once(head)
            return said

    def _inspect_once(self, head: bytes) -> MediaType:
        try:
            answer, _body = self._kept_worker().ask(
                {"do": "inspect", "media_type": ""}, [head[:HEAD]], self._inspect_timeout
            )
        except NoAnswer as failure:
            self._retire_inspector()
            return unknown_type(str(failure))
        return media_type_from(answer)

    def examine(self, chunks: Iterable[bytes], media_type: str) -> Examination:
        """Read what the file says of itself: size, time, place, device, pages, properties."""
        if kind_of(media_type) in NOT_EXAMINED:
            return Examination()
        try:
            answer, _body = self._ask("examine", chunks, media_type)
        except NoAnswer as failure:
            return Examination(failed=str(failure))
        return examination_from(answer)

    def text(self, chunks: Iterable[bytes], media_type: str) -> Text:
        """Read the words in a file, at most 8 Mi characters, for the scan of names."""
        try:
            answer, body = self._ask("text", chunks, media_type, longest_body=4 * LONGEST_TEXT)
        except NoAnswer as failure:
            return Text("", str(failure))
        return text_from(answer, body)

    def strip_metadata(self, chunks: Iterable[bytes], media_type: str) -> bytes | None:
        """Return the picture encoded anew in the same format, upright, without EXIF, XMP or comments.

        The first page or frame only. None if it is no picture, is broken or cannot be written.
        """
        if kind_of(media_type) != Kind.PICTURE:
            return None
        try:
            _answer, body = self._ask("strip", chunks, media_type, longest_body=MOST_BYTES)
        except NoAnswer:
            return None
        return body or None

    def preview(
        self, chunks: Iterable[bytes], media_type: str, *, edge: int, page: int | None = None
    ) -> Preview:
        """Draw a picture or the first page as JPEG, or page ``page`` (from 1) as PNG, anew.

        No side is longer than ``edge`` pixels. Takes no longer than ``timeout_s`` in all.
        """
        if kind_of(media_type) not in DRAWN:
            return Preview(failed=NOT_DRAWN)
        try:
            how = {"edge": edge, "page": page}
            answer, body = self._look("draw", chunks, media_type, 3 * edge * edge + 100_000, how)
        except NoAnswer as failure:
            return Preview(failed=str(failure))
        return preview_from(answer, body, edge)

    def readable(self, chunks: Iterable[bytes], media_type: str) -> Readable:
        """Read the text of a file for a person, its beginning if it is long."""
        kind = kind_of(media_type)
        if kind not in READ:
            return Readable(failed=NOT_READ)
        try:
            enough = _beginning(chunks) if kind in READ_FROM_THE_START else chunks
            answer, body = self._look("read", enough, media_type, 4 * LONGEST_SHOWN)
        except NoAnswer as failure:
            return Readable(failed=str(failure))
        return readable_from(answer, body)

    def _look(
        self,
        what: str,
        chunks: Iterable[bytes],
        media_type: str,
        longest_body: int,
        how: Mapping[str, Any] | None = None,
    ) -> tuple[Any, bytes]:
        """Ask for somebody who waits: never many at once, since each may take its memory."""
        if not self._drawing.acquire(timeout=self._timeout):
            raise NoAnswer(BUSY)
        try:
            return self._ask(
                what, chunks, media_type, longest_body=longest_body, how=how, whole_s=self._timeout
            )
        finally:
            self._drawing.release()

    @property
    def confinement(self) -> Confinement:
        """What holds the parsers in on this machine, as found by starting one."""
        try:
            with self._worker() as worker:
                return Confinement(**worker.nursery.rights, **worker.limits)
        except NoAnswer as failure:
            raise NotReady(f"The sandbox for files does not work: {failure}") from failure

    def close(self) -> None:
        """End the child; the next question would start another."""
        with self._inspecting, self._lock:
            self._retire_inspector()
            nursery, self._nursery = self._nursery, None
        if nursery is not None:
            nursery.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def _ask(
        self,
        what: str,
        chunks: Iterable[bytes],
        media_type: str,
        *,
        longest_body: int = 0,
        how: Mapping[str, Any] | None = None,
        whole_s: float = math.inf,
    ) -> tuple[Any, bytes]:
        question = {"do": what, "media_type": media_type, "how": how or {}}
        with self._worker() as worker:
            most = None if kind_of(media_type) == Kind.FILM else MOST_BYTES
            return worker.ask(question, _limited(chunks, most), self._timeout, longest_body, whole_s)

    @contextmanager
    def _worker(self) -> "Iterator[Worker]":
        worker = self._started().worker(self._timeout)
        try:
            yield worker
        finally:
            worker.end()

    def _kept_worker(self) -> "Worker":
        """Return the inspector; after so many files or so much time it is replaced."""
        nursery = self._started()
        worker = self._inspector
        used_up = self._inspected >= FILES_PER_INSPECTOR or (worker and worker.busy_s > self._timeout)
        if worker is None or used_up or worker.nursery is not nursery:
            self._retire_inspector()
            self._inspector = worker = nursery.worker(self._timeout)
        self._inspected += 1
        return worker

    def _retire_inspector(self) -> None:
        worker, self._inspector, self._inspected = self._inspector, None, 0
        if worker is not None:
            worker.end()

    def _started(self) -> "Nursery":
        """Return the living nursery of this process; one that a fork left us is not ours."""
        with self._lock:
            if self._nursery is None or not self._nursery.is_ours():
                self._nursery = Nursery(self._module, self._settings)
            return self._nursery


def _beginning(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Return no more than can be shown; no character takes more than four bytes."""
    left = 4 * LONGEST_SHOWN + 1
    for chunk in chunks:
        yield chunk[:left]
        left -= len(chunk)
        if left <= 0:
            return


def _limited(chunks: Iterable[bytes], most: int | None) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if most is not None and size > most:
            raise NoAnswer(TOO_LARGE)
        yield chunk
