"""The processes of the sandbox, as the house holds them: the nursery, its workers, the socket to each.

All goes in frames, four bytes of length and so many bytes; ``child`` says which.
"""

import json
import math
import os
import socket
import struct
import subprocess
import sys
import time
import weakref
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

from evidence_tracker.errors import NotReady

STEP = 1024 * 1024
LONGEST_ANSWER = 1024 * 1024
START_S = 60
FRAME = struct.Struct(">I")
CONTROL = struct.Struct(">cI")
# -I leaves out the current folder and the user's packages; this package is named by its place.
START = (
    "import importlib, sys; sys.path.insert(0, sys.argv[1]);"
    "importlib.import_module(sys.argv[2]).main(sys.argv[3])"
)
PACKAGE_PLACE = str(Path(__file__).resolve().parents[2])


class NoAnswer(Exception):
    """The worker died, or took too long; the message says which."""


class Nursery:
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

    def worker(self, timeout: float) -> "Worker":
        """Fork a worker that has read nothing yet."""
        ours, theirs = socket.socketpair()
        with theirs:
            number = self._order(b"W", 0, [theirs.fileno()])
        return Worker(self, number, ours, timeout)

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


class Worker:
    """One confined process and the socket to it."""

    def __init__(self, nursery: Nursery, number: int, pipe: socket.socket, timeout: float) -> None:
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
        self,
        question: Mapping[str, Any],
        chunks: Iterable[bytes],
        timeout: float,
        longest_body: int = 0,
        whole_s: float = math.inf,
    ) -> tuple[Any, bytes]:
        """Send a file and return the answer; raises NoAnswer, and whatever reading ``chunks`` raises.

        ``timeout`` is for each step, ``whole_s`` for all of it.
        """
        began = time.monotonic()
        until = began + whole_s
        try:
            self._send(json.dumps(question).encode(), timeout, until)
            for chunk in chunks:
                for start in range(0, len(chunk), STEP):
                    self._send(chunk[start : start + STEP], timeout, until)
            self._send(b"", timeout, until)
            return _answer(self._pipe, min(time.monotonic() + timeout, until), longest_body)
        finally:
            self.busy_s += time.monotonic() - began

    def _send(self, data: bytes, timeout: float, until: float) -> None:
        left = min(timeout, until - time.monotonic())
        if left <= 0:
            raise NoAnswer(_took_too_long())
        self._pipe.settimeout(left)
        try:
            self._pipe.sendall(_frame(data))
        except TimeoutError as error:
            raise NoAnswer(_took_too_long()) from error
        except OSError as error:
            raise NoAnswer(_broke_off()) from error

    def end(self) -> None:
        """End the process and let go of the socket."""
        self._finalizer()
        self.nursery.end(self._number)


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
