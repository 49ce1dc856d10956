"""Bytes on their way in: from the socket into the vault, once, and nowhere else.

Nothing here spools: a body is read in steps while the vault hashes and encrypts it. A body that breaks
off leaves nothing: the server ends it without a word, so ``Body`` counts.
"""

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO, cast
from urllib.parse import unquote_to_bytes

from flask import current_app, request
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext
from flask_wtf.csrf import CSRFError, validate_csrf
from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header
from wtforms import ValidationError

from evidence_tracker.custody.vault import Deposited
from evidence_tracker.errors import InvalidInput, SystemRefused, TooLarge
from evidence_tracker.web import door
from evidence_tracker.web.formats import size

CSRF_FIELD, CSRF_HEADER, NAME_HEADER = "csrf_token", "X-CSRFToken", "X-File-Name"
STEP = 256 << 10
MOST_FIELDS = 400
MOST_IN_FIELDS = 4 << 20
#: What a form may weigh beside its file, so that a file of just the size that is allowed is let in.
ENVELOPE = MOST_IN_FIELDS + (64 << 10)
_FILENAME = re.compile(r';\s*filename="([^"]*)"')


class Body:
    """The body of a request, read once: whole, or an ``OSError``.

    Where a connection breaks, the server says no more than that there is nothing more. Raises
    ``TooLarge`` before a byte is read where the length says so, else when it shows.
    """

    def __init__(self, most: int | None) -> None:
        self._stream: BinaryIO = request.environ["wsgi.input"]
        self._most = most
        self._left = request.content_length
        self._taken = 0
        if self._left is None and not request.environ.get("wsgi.input_terminated"):
            self._left = 0  # a request that states no length has no body
        if self._left == 0 and "HTTP_TRANSFER_ENCODING" in request.environ:
            raise InvalidInput(
                gettext("The request does not say how long it is."),
                advice=gettext("Send a Content-Length, or the body in chunks."),
            )
        if most is not None and self._left is not None and self._left > most:
            raise _too_large(most)

    def read(self, count: int) -> bytes:
        """Return at most ``count`` bytes, none at the end."""
        data = self._stream.read(count if self._left is None else min(count, self._left))
        if self._left is not None:
            if not data and self._left > 0:
                raise ConnectionResetError(gettext("the connection ended"))
            self._left -= len(data)
        self._taken += len(data)
        if self._most is not None and self._taken > self._most:
            raise _too_large(self._most)
        return data


class Form:
    """A multipart form as it arrives: its fields, then its one file, which is read straight from the socket.

    ``fields`` are those before the file; ``file`` is None where none was chosen.
    """

    def __init__(self, body: Body) -> None:
        self._events = _events(body)
        self.fields: dict[str, str] = {}
        self.file: Part | None = None
        self._read_fields()

    def _read_fields(self) -> None:
        weight = 0
        for segment in self._events:
            if not isinstance(segment, MultipartSegment):
                continue
            if segment.filename:
                self.file = Part(segment, self._events)
                return
            data = bytearray()
            for piece in _pieces(self._events):
                data += piece
                weight += len(piece)
                if weight > MOST_IN_FIELDS:
                    raise _too_large(MOST_IN_FIELDS)
            if segment.filename is None:  # a field for a file in which none was chosen is left out
                self.fields[segment.name or ""] = data.decode("utf-8", "replace").replace("\r\n", "\n")


class Part:
    """The file of a form, as a stream that ends where the form says so and not where the connection does."""

    def __init__(self, segment: MultipartSegment, events: "Events") -> None:
        self.name = _file_name(segment)
        self._pieces = _pieces(events)
        self._rest = memoryview(b"")

    def read(self, count: int) -> bytes:
        """Return at most ``count`` bytes, none at the end."""
        if not self._rest:
            self._rest = memoryview(next(self._pieces, b""))
        taken, self._rest = self._rest[:count], self._rest[count:]
        return bytes(taken)


Events = Iterator[MultipartSegment | bytes | bytearray | None]


def most_bytes() -> int | None:
    """Return how many bytes a file may have here, None where nothing says so."""
    return door.house().settings.max_upload_bytes


def refuse_size(count: int) -> None:
    """Refuse a file of so many bytes where that is too many; raises ``TooLarge``."""
    most = most_bytes()
    if most is not None and count > most:
        raise _too_large(most)


def body() -> Body:
    """Return the body of a request that is a file and nothing else."""
    return Body(most_bytes())


def form() -> Form:
    """Return the multipart form of a request, with its fields read and its file not."""
    most = most_bytes()
    return Form(Body(None if most is None else most + ENVELOPE))


def deposit(stream: Body | Part) -> Deposited:
    """Put a stream into the vault; raises Refused where it breaks off, and then nothing is kept."""
    try:
        return door.instance().vault.deposit(cast("BinaryIO", stream), progress=refuse_size)
    except OSError as error:  # of the vault's device: those of the stream are Refused already
        raise SystemRefused(
            gettext(
                "The vault cannot keep this: %(why)s. Nothing was kept.", why=error.strerror or str(error)
            ),
            advice=gettext("Check the vault's device and the space on it, and take it in again."),
        ) from error


def told_name() -> str | None:
    """Return the name of the file that a header tells: its path below the folder that was chosen."""
    # Percent-encoded UTF-8; what is no UTF-8 stays as the bytes it is, and is shown as such.
    raw = request.headers.get(NAME_HEADER, "").encode("latin-1", "replace")
    return unquote_to_bytes(raw).decode("utf-8", "surrogateescape") or None


def refuse_forged(token: str | None) -> None:
    """Refuse what another site sent: the token is in the session, and in this request."""
    if not current_app.config.get("WTF_CSRF_ENABLED", True):
        return
    try:
        validate_csrf(token)
    except ValidationError as error:
        raise CSRFError(str(error)) from error


def checks_itself(view: Callable[..., object]) -> Callable[[BlueprintSetupState], None]:
    """Return what tells CSRFProtect that ``view`` calls ``refuse_forged``: looking for the token in a body reads it."""

    def told(state: BlueprintSetupState) -> None:
        state.app.extensions["csrf"].exempt(view)

    return told


def _events(source: Body) -> Events:
    kind, options = parse_options_header(request.content_type or "")
    if kind != "multipart/form-data" or not options.get("boundary"):
        raise InvalidInput(
            gettext("This is not a form with a file."), advice=gettext("Go back and choose a file there.")
        )
    try:
        with PushMultipartParser(options["boundary"], max_segment_count=MOST_FIELDS) as parser:
            while not parser.closed:
                yield from parser.parse(source.read(STEP))
    except MultipartError as error:
        raise InvalidInput(
            gettext("The form could not be read to its end. Nothing was kept."),
            advice=gettext("Go back, reload the page and send it again."),
        ) from error


def _pieces(events: Events) -> Iterator[bytes]:
    """Return the bytes of the part that is being read, up to its end."""
    for piece in events:
        if piece is None or isinstance(piece, MultipartSegment):
            return
        yield bytes(piece)


def _file_name(segment: MultipartSegment) -> str | None:
    """Return the name as the browser sent it; the library would shorten one that looks like a path."""
    found = _FILENAME.search(segment.header("Content-Disposition", ""))
    if found is None:
        return segment.filename or None
    name = found[1]
    for sign, encoded in (("\r", "%0D"), ("\n", "%0A"), ('"', "%22")):
        name = name.replace(encoded, sign)
    return name or None


def _too_large(most: int) -> TooLarge:
    return TooLarge(
        gettext(
            "This is more than %(size)s, which is the most this instance takes in at once.", size=size(most)
        ),
        advice=gettext(
            "Take it in on the command line, or ask whoever runs this instance for a higher limit."
        ),
    )
