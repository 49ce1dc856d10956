"""Evidence as it is looked at, listened to and taken out: pictures, pages, words, recordings, bytes.

Pictures and words are made anew in the sandbox. Recordings go to the browser's player as they are,
decrypted piece by piece; of their types only those that a player takes and nothing that can run.
Everything else leaves as a file to be kept, once the log says so.
"""

import re
import time
from collections import OrderedDict
from collections.abc import Iterator
from threading import Lock
from typing import BinaryIO
from uuid import UUID

from flask import Blueprint, Response, current_app, request
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext

from evidence_tracker.casework.exhibits import extraction
from evidence_tracker.casework.exhibits.previews import Edge, draw, read
from evidence_tracker.casework.exhibits.queries import find_exhibit
from evidence_tracker.casework.exhibits.reading import OpenExhibit, open_exhibit
from evidence_tracker.errors import NotFound, Refused
from evidence_tracker.sandbox.answers import Preview
from evidence_tracker.web import door, originals
from evidence_tracker.web.sentences import told

SEEN = "evidence_tracker.seen"
SIZES = {"thumbnail": Edge.THUMBNAIL, "view": Edge.VIEW}
HEADERS = {
    **originals.SAFE,
    # A browser that shows a picture or a text alone puts it into a page with styles of its own.
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
#: What a player may be given, and under which name: players know fewer names than detectors.
PLAYED = {
    **{name: name for name in ("audio/aac", "audio/flac", "audio/mp4", "audio/mpeg", "audio/ogg")},
    **{name: name for name in ("audio/wav", "audio/webm", "video/3gpp", "video/mp4", "video/ogg")},
    **{name: name for name in ("video/quicktime", "video/webm", "video/x-matroska")},
    "audio/vnd.wave": "audio/wav",
    "audio/x-flac": "audio/flac",
    "audio/x-hx-aac-adts": "audio/aac",
    "audio/x-m4a": "audio/mp4",
    "audio/x-wav": "audio/wav",
    "application/ogg": "video/ogg",
    "video/x-m4v": "video/mp4",
}
PART = re.compile(r"bytes=([0-9]{0,40})-([0-9]{0,40})")
STEP = 256 << 10
#: A player asks for the rest of an hour and then waits. Answered in parts, it asks again, and no
#: thread of the server waits with it.
MOST_AT_ONCE = 2 << 20
NOTED_AGAIN_AFTER_S = 15 * 60
MOST_NOTED = 10_000


def blueprint() -> Blueprint:
    """Return the addresses below ``/evidence/<reference>/`` that answer with something of its bytes."""
    made = Blueprint("media", __name__, url_prefix="/evidence/<reference>")
    made.record_once(_install)
    made.add_url_rule("/preview/<size>", "preview", _preview)
    made.add_url_rule("/page/<int:number>", "page", _page)
    made.add_url_rule("/text", "text", _text)
    made.add_url_rule("/media", "media", _media)
    made.add_url_rule("/bytes", "bytes", _bytes, methods=["POST"])
    return made


def _install(state: BlueprintSetupState) -> None:
    state.app.extensions[SEEN] = Seen()


def is_played(media_type: str | None) -> bool:
    """Say whether ``…/media`` gives files of this type to a player."""
    return media_type in PLAYED


def _preview(reference: str, size: str) -> Response:
    """Answer a small (``thumbnail``) or a large (``view``) picture of an item."""
    if size not in SIZES:
        raise NotFound(gettext("There is no such size."), advice=gettext("Sizes are thumbnail and view."))
    opened = _opened(reference, "picture")
    return _drawn(draw(door.instance().vault, opened, edge=SIZES[size]))


def _page(reference: str, number: int) -> Response:
    """Answer one page of an item, the first being 1."""
    opened = _opened(reference, "picture")
    return _drawn(draw(door.instance().vault, opened, edge=Edge.VIEW, page=number))


def _drawn(preview: Preview) -> Response:
    if preview.failed is not None:
        return _no_look(preview.failed)
    return Response(preview.content, mimetype=preview.media_type, headers=HEADERS)


def _no_look(why: str) -> Response:
    """Say why there is nothing to be seen; in place of a picture a page would be of no use."""
    return Response(told(why), 422, mimetype="text/plain", headers=HEADERS)


def _text(reference: str) -> Response:
    """Answer the words of an item, as plain text whatever it is."""
    found = read(door.instance().vault, _opened(reference, "words"))
    if found.failed is not None:
        return _no_look(found.failed)
    return Response(found.text, mimetype="text/plain", headers=HEADERS)


def _bytes(reference: str) -> Response:
    """Answer the original as a file to be kept; the log says so before the first byte leaves."""
    with door.acting() as (session, actor):
        row = find_exhibit(session, reference, actor=actor)
        extraction.note_extraction(session, row, purpose=request.form.get("purpose", ""), actor=actor)
        opened = open_exhibit(session, door.instance().vault, row, actor=actor)
    return originals.attachment(opened)


def _media(reference: str) -> Response:
    """Answer a recording, or the part of it that the player asks for."""
    opened = _opened(reference, "recording")
    if opened.media_type not in PLAYED:
        raise Refused(
            gettext("%(reference)s is nothing that a browser plays.", reference=opened.reference),
            advice=gettext("Take the original out and open it with a program for files of its type."),
        )
    whole = range(opened.size)
    part = _asked_for(whole, f'"{opened.tag}"')
    headers = {**HEADERS, "Cache-Control": "private, no-store", "Accept-Ranges": "bytes"}
    if part is None:
        return Response(status=416, headers={**headers, "Content-Range": f"bytes */{opened.size}"})
    headers |= {"ETag": f'"{opened.tag}"', "Content-Length": str(len(part))}
    if part is not whole:
        headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{opened.size}"
    reader = opened.reader()
    answer = Response(
        _pieces(reader, part),
        200 if part is whole else 206,
        mimetype=PLAYED[opened.media_type],
        headers=headers,
    )
    answer.call_on_close(reader.close)
    return answer


def _asked_for(whole: range, tag: str) -> range | None:
    """Return the bytes to be answered: ``whole`` itself, a part of it, or None where there are none.

    More than one part at once is answered as a whole, and so is a part of what has changed.
    """
    asked = PART.fullmatch(request.headers.get("Range", ""))
    if asked is None or request.headers.get("If-Range", tag) != tag:
        return whole
    first, last = asked.groups()
    if not (first or last) or (first and last and int(last) < int(first)):
        return whole
    start = int(first) if first else max(len(whole) - int(last), 0)
    stop = min(int(last) + 1, len(whole)) if first and last else len(whole)
    return range(start, min(stop, start + MOST_AT_ONCE)) if start < len(whole) else None


def _pieces(reader: BinaryIO, part: range) -> Iterator[bytes]:
    reader.seek(part.start)
    left = len(part)
    while left and (piece := reader.read(min(left, STEP))):
        left -= len(piece)
        yield piece


def _opened(reference: str, what: str) -> OpenExhibit:
    """Open an item for whoever asks; what is restricted is noted once in a while, not for each piece."""
    with door.reading() as (session, actor):
        row = find_exhibit(session, reference, actor=actor)
        opened = open_exhibit(session, door.instance().vault, row, actor=actor)
    seen: Seen = current_app.extensions[SEEN]
    if seen.is_new(actor.account_id, opened.exhibit_id, what):
        door.note_reading(f"{what} of evidence item {opened.reference}", opened.level)
    return opened


class Seen:
    """Who looked at what a little while ago; safe to share between threads.

    A player asks for a film in hundreds of pieces; that somebody watched it is one line of the log.
    """

    def __init__(self) -> None:
        self._at: OrderedDict[tuple[UUID, UUID, str], float] = OrderedDict()
        self._lock = Lock()

    def is_new(self, account_id: UUID, exhibit_id: UUID, what: str) -> bool:
        """Say whether this is to be noted, and take it as noted."""
        key, now = (account_id, exhibit_id, what), time.monotonic()
        with self._lock:
            if now - self._at.get(key, -NOTED_AGAIN_AFTER_S) < NOTED_AGAIN_AFTER_S:
                return False
            self._at[key] = now
            self._at.move_to_end(key)
            while len(self._at) > MOST_NOTED:
                self._at.popitem(last=False)
        return True
