"""The process that parses. Started by ``runner``; of no use to anybody else.

::

    runner ──control──▶ nursery              loads the parsers, gives up its rights,
                          │ fork             never reads a byte of a file
                          ▼
    runner ◀─one pipe─▶ worker               closes itself in, then reads and answers

Control messages are five bytes, a letter and a process id: ``W`` with a socket attached
asks for a worker, which the nursery answers with its process id; ``K`` ends that worker.

On a worker's socket all goes in frames, four bytes of length and so many bytes. In: the
question as JSON (what to do, the media type, and how, where there is a choice), the file's bytes
in any number of frames, an empty frame. Out: the answer as JSON and one frame of bytes (text, or a
picture; empty otherwise).
"""

import encodings
import io
import json
import os
import pkgutil
import signal
import socket
import struct
from collections.abc import Callable
from importlib import import_module
from typing import Any, NoReturn

from evidence_tracker.sandbox import confinement, documents, images, previews, readable, recordings
from evidence_tracker.sandbox.failures import BROKEN, in_words
from evidence_tracker.sandbox.kinds import Kind, kind_of
from evidence_tracker.sandbox.media_type import Detector

FRAME = struct.Struct(">I")
CONTROL = struct.Struct(">cI")
Answer = tuple[dict[str, Any], bytes]
Operation = Callable[..., Answer]


def main(settings: str, more_operations: dict[str, Operation] | None = None) -> None:
    """Serve until the runner closes the control socket on standard input."""
    given = json.loads(settings)
    control = socket.socket(fileno=os.dup(0))
    _drop_standard_input()
    try:
        detector = Detector(packaged=given["packaged_libmagic"])
    except (ImportError, OSError) as error:
        _write(control.fileno(), {"failed": str(error)})
        return
    _load_encodings()
    images.warm_up()
    documents.warm_up()
    previews.warm_up()
    rights = confinement.give_up_rights()
    _write(control.fileno(), {"detector": f"{detector.name} {detector.version}", "confinement": rights})
    _tend(control, _operations(detector) | (more_operations or {}), given)


def _load_encodings() -> None:
    """Load all encodings: mail may name any, and no module can be loaded in a worker."""
    for module in pkgutil.iter_modules(encodings.__path__, "encodings."):
        if module.name not in {"encodings.mbcs", "encodings.oem"}:  # Windows only
            import_module(module.name)


def _drop_standard_input() -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.close(nothing)


def _tend(control: socket.socket, operations: dict[str, Operation], given: dict[str, Any]) -> None:
    """Make and end workers as told; end them all with the runner."""
    workers: set[int] = set()
    while True:
        message, pipes, _flags, _address = socket.recv_fds(control, CONTROL.size, 1)
        if len(message) < CONTROL.size:
            break
        order, worker = CONTROL.unpack(message)
        if order == b"W":
            worker = _fork(control, pipes[0], operations, given)
            workers.add(worker)
        elif worker in workers:
            workers.remove(worker)
            _end(worker)
        control.sendall(CONTROL.pack(order, worker))
    for worker in workers:
        _end(worker)


def _fork(control: socket.socket, pipe: int, operations: dict[str, Operation], given: dict[str, Any]) -> int:
    worker = os.fork()
    if worker == 0:
        control.close()
        _work(pipe, operations, given)
    os.close(pipe)
    return worker


def _end(worker: int) -> None:
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)


def _work(pipe: int, operations: dict[str, Operation], given: dict[str, Any]) -> NoReturn:
    """Close in, then answer until the pipe closes; never return into the nursery's code."""
    try:
        limits = confinement.close_in(given["memory_mb"], given["cpu_s"])
        _write(pipe, limits)
        while question := _read(pipe):
            _write(pipe, *_answer(pipe, json.loads(question), operations))
    finally:
        os._exit(0)


def _answer(pipe: int, question: dict[str, Any], operations: dict[str, Operation]) -> Answer:
    """Take the file's bytes and do what is asked; that a file is broken is an answer too."""
    media_type = question["media_type"]
    try:
        content = _content(pipe, media_type)
        return operations[question["do"]](content, media_type, **question.get("how", {}))
    except BROKEN as error:
        return {"failed": f"The file could not be read: {in_words(error)}."}, b""


def _content(pipe: int, media_type: str) -> io.BytesIO:
    """Hold the file in this process's own memory; of films only the descriptions.

    All frames are taken before anything fails, so that the next question begins at a frame.
    """
    content = recordings.Descriptions() if kind_of(media_type) == Kind.FILM else io.BytesIO()
    failure: MemoryError | ValueError | None = None
    while data := _read(pipe):
        try:
            if failure is None:
                content.write(data)
        except (MemoryError, ValueError) as error:
            failure = error
    if failure is not None:
        raise failure
    return content


def _read(pipe: int) -> bytes:
    """Return the next frame, empty at an empty one and at the end."""
    return _exactly(pipe, FRAME.unpack(_exactly(pipe, FRAME.size) or bytes(FRAME.size))[0])


def _exactly(pipe: int, length: int) -> bytes:
    parts = []
    while length:
        part = os.read(pipe, min(length, 1024 * 1024))
        if not part:
            return b""
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _write(pipe: int, answer: dict[str, Any], body: bytes = b"") -> None:
    said = json.dumps(answer).encode()
    data = memoryview(FRAME.pack(len(said)) + said + FRAME.pack(len(body)) + body)
    while data:
        data = data[os.write(pipe, data) :]


def _operations(detector: Detector) -> dict[str, Operation]:
    return {
        "inspect": lambda content, _media_type: (detector.detect(content.getvalue()), b""),
        "examine": examine,
        "text": text,
        "strip": strip,
        "draw": previews.draw,
        "read": readable.read,
    }


def examine(content: io.BytesIO, media_type: str) -> Answer:
    """Answer what the file says of itself."""
    by_kind: dict[Kind, Callable[[], dict[str, Any]]] = {
        Kind.PICTURE: lambda: images.examine(content, media_type),
        Kind.FILM: lambda: recordings.examine_film(content.getbuffer()),
        Kind.PDF: lambda: documents.examine_pdf(content),
        Kind.OFFICE: lambda: documents.examine_office(content),
        Kind.MAIL: lambda: documents.examine_mail(content),
        Kind.ARCHIVE: lambda: documents.examine_zip(content),
    }
    read = by_kind.get(kind_of(media_type))
    return (read() if read else {}), b""


def text(content: io.BytesIO, media_type: str) -> Answer:
    """Answer the words in the file, as the body, and what of it was not read."""
    words = documents.Words()
    by_kind: dict[Kind, Callable[[], object]] = {
        Kind.PICTURE: lambda: words.add(images.words(content, media_type)),
        Kind.FILM: lambda: words.add("\n".join(_said(recordings.examine_film(content.getbuffer())))),
        Kind.PDF: lambda: documents.words_of_pdf(content, words),
        Kind.OFFICE: lambda: documents.words_of_office(content, words),
        Kind.MAIL: lambda: documents.words_of_mail(content, words),
        Kind.MAILBOX: lambda: documents.words_of_mailbox(content, words),
        Kind.ARCHIVE: lambda: documents.words_of_zip(content, words),
        Kind.TEXT: lambda: documents.words_of_text(content, words),
        Kind.OTHER: lambda: documents.words_of_unknown(content, words),
    }
    by_kind[kind_of(media_type)]()
    return {"failed": words.missing()}, words.text().encode("utf-8", "replace")


def _said(facts: dict[str, Any]) -> list[str]:
    named = [
        facts.get("make"),
        facts.get("model"),
        facts.get("failed"),
        *facts.get("properties", {}).values(),
    ]
    return [value for value in named if value]


def strip(content: io.BytesIO, media_type: str) -> Answer:
    """Answer the picture without anything beside its pixels, as the body."""
    bare = images.strip(content, media_type) if kind_of(media_type) == Kind.PICTURE else None
    return {}, bare or b""
