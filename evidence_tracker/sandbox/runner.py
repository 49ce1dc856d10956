"""The house's side of the sandbox: ask about a file, get facts or the reason why not.

The parsers run in ``child``. Types are told by one worker that is kept for many
files, since intake asks for each file and looks at 64 KiB only. Everything else gets a
worker of its own, so that a file which takes its parser over can lie about nothing but itself.
A broken or hostile file is never an error here: it is an answer with ``failed`` set.
"""

import json
import os
import socket
import struct
import subprocess
import sys
import time
import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any, Self

from evidence_tracker.errors import NotReady
from evidence_tracker.sandbox.answers import (
    LONGEST_TEXT,
    Confinement,
    Examination,
    MediaType,
    Text,
    examination_from,
    media_type_from,
    text_from,
    unknown_type,
)
from evidence_tracker.sandbox.kinds import Kind, kind_of

HEAD = 64 * 1024
STEP = 1024 * 1024
LONGEST_ANSWER = 1024 * 1024
MOST_BYTES = 256 * 1024 * 1024
FILES_PER_INSPECTOR = 500
INSPECT_S = 10
START_S = 60
FRAME = struct.Struct(">I")
CONTROL = struct.Struct(">cI")

NOT_EXAMINED = {Kind.TEXT, Kind.MAILBOX, Kind.OTHER}
TOO_LARGE = f"The file is larger than {MOST_BYTES // 1024**2} MiB and was not looked into."
# -I leaves out the current folder and the user's packages; this package is named by its place.
START = (
    "import importlib, sys; sys.path.insert(0, sys.argv[1]);"
    "importlib.import_module(sys.argv[2]).main(sys.argv[3])"
)
PACKAGE_PLACE = str(Path(__file__).resolve().parents[2])


class NoAnswer(Exception):
    """The worker died, or took too long; the message says which."""


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
        self._nursery: _Nursery | None = None
        self._inspector: _Worker | None = None
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
            answer, _body = self._kept_worker().ask("inspect", "", [head[:HEAD]], self._inspect_timeout)
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
        self, what: str, chunks: Iterable[bytes], media_type: str, *, longest_body: int = 0
    ) -> tuple[Any, bytes]:
        with self._worker() as worker:
            most = None if kind_of(media_type) == Kind.FILM else MOST_BYTES
            return worker.ask(what, media_type, _limited(chunks, most), self._timeout, longest_body)

    @contextmanager
    def _worker(self) -> "Iterator[_Worker]":
        worker = self._started().worker(self._timeout)
        try:
            yield worker
        finally:
            worker.end()

    def _kept_worker(self) -> "_Worker":
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

    def _started(self) -> "_Nursery":
        """Return the living nursery of this process; one that a fork left us is not ours."""
        with self._lock:
            if self._nursery is None or not self._nursery.is_ours():
                self._nursery = _Nursery(self._module, self._settings)
            return self._nursery


class _Nursery:
    """The child with the loaded parsers, from which workers are forked."""

    def __init__(self, module: str, settings: str) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter and this package
                [sys.executable, "-I", "-B", "-X", "utf8", "-c", START, PACKAGE_PLACE, module, settings],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={"LC_ALL": "C.UTF-8"},
                cwd="/",
                start_new_session=True,
            )
        self._control = ours
        self._lock = Lock()
        self._pid = os.getpid()
        self._finalizer = weakref.finalize(self, _stop, self._process, ours, self._pid)
        self.rights = self._greeting()

    def _greeting(self) -> dict[str, Any]:
        try:
            greeting, _body = _answer(self._control, time.monotonic() + START_S, 0)
        except NoAnswer as failure:
            greeting = {"failed": str(failure)}
        if "failed" in greeting:
            self.close()
            raise NotReady(
                f"The sandbox for files did not start: {greeting['failed']}",
                advice="Install libmagic, or the package pylibmagic, and run 'evidence-tracker doctor'.",
            )
        return {"detector": greeting["detector"], **greeting["confinement"]}

    def is_ours(self) -> bool:
        """Say whether it lives and was started by this process."""
        return self._pid == os.getpid() and self._process.poll() is None

    def worker(self, timeout: float) -> "_Worker":
        """Fork a worker that has read nothing yet."""
        ours, theirs = socket.socketpair()
        with theirs:
            number = self._order(b"W", 0, [theirs.fileno()])
        return _Worker(self, number, ours, timeout)

    def end(self, worker: int) -> None:
        """End a worker for good."""
        with suppress(NoAnswer):
            self._order(b"K", worker, [])

    def _order(self, order: bytes, number: int, descriptors: list[int]) -> int:
        with self._lock:
            try:
                socket.send_fds(self._control, [CONTROL.pack(order, number)], descriptors)
                reply = _exactly(self._control, CONTROL.size, time.monotonic() + START_S)
            except OSError as error:
                raise NoAnswer("The sandbox ended by itself.") from error
        return int(CONTROL.unpack(reply)[1])

    def close(self) -> None:
        """End it and all its workers."""
        self._finalizer()


def _stop(process: subprocess.Popen[bytes], control: socket.socket, started_by: int) -> None:
    """Close the control socket, at which the child ends; in a fork of the starter leave it alone."""
    control.close()
    if os.getpid() != started_by:
        process.returncode = 0  # another process waits for it
        return
    with suppress(ProcessLookupError):
        os.killpg(process.pid, 9)
    process.wait()


class _Worker:
    """One confined process and the socket to it."""

    def __init__(self, nursery: _Nursery, number: int, pipe: socket.socket, timeout: float) -> None:
        self.nursery = nursery
        self._number = number
        self._pipe = pipe
        self._finalizer = weakref.finalize(self, pipe.close)
        self.busy_s = 0.0
        try:
            self.limits, _body = _answer(pipe, time.monotonic() + timeout, 0)
        except NoAnswer:
            self.end()
            raise

    def ask(
        self, what: str, media_type: str, chunks: Iterable[bytes], timeout: float, longest_body: int = 0
    ) -> tuple[Any, bytes]:
        """Send a file and return the answer; raises NoAnswer, and whatever reading ``chunks`` raises."""
        began = time.monotonic()
        try:
            self._send(_frame(json.dumps({"do": what, "media_type": media_type}).encode()), timeout)
            for chunk in chunks:
                for start in range(0, len(chunk), STEP):
                    self._send(_frame(chunk[start : start + STEP]), timeout)
            self._send(_frame(b""), timeout)
            return _answer(self._pipe, time.monotonic() + timeout, longest_body)
        finally:
            self.busy_s += time.monotonic() - began

    def _send(self, data: bytes, timeout: float) -> None:
        self._pipe.settimeout(timeout)
        try:
            self._pipe.sendall(data)
        except TimeoutError as error:
            raise NoAnswer(_took_too_long()) from error
        except OSError as error:
            raise NoAnswer(_broke_off()) from error

    def end(self) -> None:
        """End the process and let go of the socket."""
        self._finalizer()
        self.nursery.end(self._number)


def _limited(chunks: Iterable[bytes], most: int | None) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if most is not None and size > most:
            raise NoAnswer(TOO_LARGE)
        yield chunk


def _frame(data: bytes) -> bytes:
    return FRAME.pack(len(data)) + data


def _answer(pipe: socket.socket, until: float, longest_body: int) -> tuple[Any, bytes]:
    """Receive an answer and its body, neither longer than agreed."""
    said, body = (_framed(pipe, until, longest) for longest in (LONGEST_ANSWER, longest_body))
    try:
        return json.loads(said), body
    except (ValueError, RecursionError) as error:
        raise NoAnswer("The answer of the parser was not understood.") from error


def _framed(pipe: socket.socket, until: float, longest: int) -> bytes:
    (length,) = FRAME.unpack(_exactly(pipe, FRAME.size, until))
    if length > longest:
        raise NoAnswer("The answer of the parser was longer than it may be.")
    return _exactly(pipe, length, until)


def _exactly(pipe: socket.socket, length: int, until: float) -> bytes:
    parts = []
    while length:
        pipe.settimeout(max(until - time.monotonic(), 0.001))
        try:
            part = pipe.recv(min(length, STEP))
        except TimeoutError as error:
            raise NoAnswer(_took_too_long()) from error
        except OSError as error:
            raise NoAnswer(_broke_off()) from error
        if not part:
            raise NoAnswer(_broke_off())
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _took_too_long() -> str:
    return "Looking into the file took too long and was ended."


def _broke_off() -> str:
    return "The parser broke off while looking into the file."
