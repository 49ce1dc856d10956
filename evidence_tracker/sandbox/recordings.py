"""Films of phones and cameras: what their descriptions say. Child only.

Sound and picture are never decoded. Sources: ISO/IEC 14496-12 (movie and track headers),
Apple's QuickTime File Format (``keys``/``ilst``, ``©xyz``), ISO 6709 (a place as text).
"""

import io
import re
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from evidence_tracker.sandbox.boxes import boxes, find, inside_meta

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

EPOCH_1904 = datetime(1904, 1, 1, tzinfo=UTC)
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # before, it is the zero of a recorder without a clock
MOST_DESCRIPTION = 64 * 1024 * 1024
CONTENT_BOXES = {b"mdat", b"free", b"skip", b"wide"}
PLACE = re.compile(r"([+-]\d{2}(?:\.\d{1,8})?)([+-]\d{3}(?:\.\d{1,8})?)([+-]\d+(?:\.\d+)?)?")
STATED_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(Z|[+-]\d\d:?\d\d)?")
APPLE = "com.apple.quicktime."
SHORT_NAMES = {
    b"\xa9nam": "title",
    b"\xa9ART": "artist",
    b"\xa9aut": "author",
    b"\xa9cmt": "comment",
    b"\xa9cpy": "copyright",
    b"\xa9mak": "make",
    b"\xa9mod": "model",
    b"\xa9swr": "software",
    b"\xa9day": "creationdate",
    b"\xa9xyz": "location.iso6709",
    b"desc": "description",
}


class Descriptions(io.BytesIO):
    """Takes a film in order and keeps all boxes but those with sound and picture."""

    def __init__(self) -> None:
        super().__init__()
        self._header = b""
        self._left = 0
        self._keep = False

    def write(self, film: "ReadableBuffer", /) -> int:
        """Take the next bytes of the film; ValueError if its descriptions are too long."""
        data = memoryview(film).cast("B")
        taken = len(data)
        while data:
            if not self._left:
                data = self._take_header(data)
                continue
            part, data = data[: self._left], data[self._left :]
            self._left -= len(part)
            if self._keep:
                super().write(part)
        return taken

    def _take_header(self, data: memoryview) -> memoryview:
        missing = (16 if self._header[:4] == b"\0\0\0\1" else 8) - len(self._header)
        self._header += bytes(data[:missing])
        is_long = self._header[:4] == b"\0\0\0\1"
        if len(self._header) == (16 if is_long else 8):
            self._enter(int.from_bytes(self._header[8:] if is_long else self._header[:4], "big"))
        return data[missing:]

    def _enter(self, size: int) -> None:
        self._keep = self._header[4:8] not in CONTENT_BOXES
        self._left = size - len(self._header) if size else 2**63
        if self._left < 0 or (self._keep and size and self.tell() + size > MOST_DESCRIPTION):
            raise ValueError("its descriptions are broken or too long")
        if self._keep:
            super().write(self._header)
        self._header = b""


def examine_film(content: memoryview) -> dict[str, Any]:
    """Return the facts of a film from its descriptions."""
    movie = find(content, b"moov")
    if movie is None:
        return {"failed": "The recording has no description (it may have been cut off)."}
    said = _descriptions(movie)
    facts: dict[str, Any] = _size(movie) | place(said.get("location.iso6709", ""))
    facts |= {name: said.pop(name) for name in ("make", "model") if name in said}
    created, duration = _header_facts(movie)
    facts |= _stated_time(said.get("creationdate", "")) or _utc_time(created)
    if duration:
        said["duration_s"] = duration
    return facts | {"properties": {f"recording.{name}": value for name, value in said.items()}}


def place(text: str) -> dict[str, str]:
    """Read ISO 6709, ``+48.4500+035.0200+100/``."""
    match = PLACE.match(text)
    if not match:
        return {}
    return {"latitude": _degrees(match[1]), "longitude": _degrees(match[2])}


def _degrees(text: str) -> str:
    sign = "-" if text[0] == "-" else ""
    whole, _, fraction = text[1:].partition(".")
    return f"{sign}{int(whole)}" + (f".{fraction}" if fraction else "")


def _stated_time(text: str) -> dict[str, str]:
    match = STATED_TIME.match(text)
    if not match:
        return {}
    offset = match[2] or ""
    with_colon = offset if ":" in offset or len(offset) < 5 else f"{offset[:3]}:{offset[3:]}"
    return {"taken_text": match[1]} | ({"taken_offset": with_colon} if offset else {})


def _utc_time(created: datetime | None) -> dict[str, str]:
    """Take the movie header's time for UTC, which by the standard it is."""
    if created is None:
        return {}
    return {"taken_text": created.strftime("%Y-%m-%dT%H:%M:%S"), "taken_offset": "+00:00"}


def _header_facts(movie: memoryview) -> tuple[datetime | None, str | None]:
    """Return creation time and duration in seconds, as the movie header gives them."""
    header = find(movie, b"mvhd")
    if header is None or len(header) < 32:
        return None, None
    wide = header[0] == 1
    width = 8 if wide else 4
    created, scale, duration = (
        int.from_bytes(header[start : start + length], "big")
        for start, length in ((4, width), (4 + 2 * width, 4), (8 + 2 * width, width))
    )
    seconds = f"{float(Fraction(duration, scale)):.3f}" if scale and duration < 2**53 else None
    moment = EPOCH_1904 + timedelta(seconds=created) if created < 2**33 else EPOCH_1904
    return moment if moment >= EARLIEST else None, seconds


def _size(movie: memoryview) -> dict[str, int]:
    """Return the pixels of the largest track."""
    headers = (find(box.body, b"tkhd") for box in boxes(movie) if box.kind == b"trak")
    sizes = [
        (int.from_bytes(header[-8:-6], "big"), int.from_bytes(header[-4:-2], "big"))
        for header in headers
        if header is not None and len(header) >= 84
    ]
    width, height = max(sizes, default=(0, 0))
    return {"width": width, "height": height} if width and height else {}


def _descriptions(movie: memoryview) -> dict[str, str]:
    """Collect what the recorder and its owner wrote, by the three ways there are to write it."""
    said: dict[str, str] = {}
    for home in (movie, find(movie, b"udta")):
        if home is None:
            continue
        for kind, body in boxes(home):
            if kind in SHORT_NAMES and len(body) > 4:
                said[SHORT_NAMES[kind]] = _decode(body[4:])
            elif kind == b"meta":
                said |= _metadata(inside_meta(body))
    return said


def _metadata(meta: memoryview) -> dict[str, str]:
    keys, items = find(meta, b"keys"), find(meta, b"ilst")
    if items is None:
        return {}
    names = (
        [_decode(box.body).removeprefix(APPLE).lower() for box in boxes(keys[8:])] if keys is not None else []
    )
    said = {}
    for kind, body in boxes(items):
        number = int.from_bytes(kind, "big")
        name = SHORT_NAMES.get(kind) or (names[number - 1] if 0 < number <= len(names) else None)
        value = find(body, b"data")
        if name and value is not None and int.from_bytes(value[:4], "big") == 1:
            said[name] = _decode(value[8:])
    return said


def _decode(data: memoryview) -> str:
    return bytes(data[:4_000]).decode("utf-8", "replace")
