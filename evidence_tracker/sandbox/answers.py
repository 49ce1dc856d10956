"""What the sandbox says of a file, and the check that it says no more than that.

The child is not trusted once it has read a stranger's bytes: each field is held
against its type, range and length here, in the calling process.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from evidence_tracker.sandbox.plain import plain_picture

LONGEST_VALUE = 2_000
LONGEST_TEXT = 8 * 1024 * 1024
LONGEST_SHOWN = 500_000
MOST_PAGES = 100_000
MOST_PROPERTIES = 100
UNREADABLE_ANSWER = "The answer of the parser was not understood."

# Control characters, lone surrogates, and the marks that reverse the reading direction, with
# which a file name or an author can be made to look like another. Joiners stay: Persian needs them.
UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,90}")
PROPERTY_NAME = re.compile(r"[a-z][a-z0-9_.:-]{0,63}")
EXIF_OFFSET = re.compile(r"[+-]\d\d:\d\d|Z")
DECIMAL_DEGREES = re.compile(r"-?\d{1,3}(\.\d{1,8})?")
UNKNOWN_TYPE = "application/octet-stream"

Value = TypeVar("Value")


@dataclass(frozen=True)
class MediaType:
    """A media type and who says so; ``failed`` says in words why nobody could."""

    value: str
    detector: str
    detector_version: str
    failed: str | None = None


@dataclass(frozen=True)
class Examination:
    """What a file says of itself; None and empty where it says nothing.

    ``taken_text`` is the time as the camera wrote it (EXIF: ``2009:08:11 09:09:45``; recordings:
    ISO 8601), ``taken_offset`` its stated offset from UTC (``+03:00``), None if not stated.
    ``latitude`` and ``longitude`` are decimal degrees, WGS 84, as text. ``width`` and ``height``
    are pixels as stored. ``also_holds`` names what a picture file holds beside its pixels
    (``EXIF, a thumbnail``), None if nothing is known to be there. ``failed`` says in words what
    could not be read: the file is broken, encrypted or too large; what could be read is there all
    the same.
    """

    width: int | None = None
    height: int | None = None
    taken_text: str | None = None
    taken_offset: str | None = None
    latitude: str | None = None
    longitude: str | None = None
    make: str | None = None
    model: str | None = None
    pages: int | None = None
    properties: dict[str, str] = field(default_factory=dict)
    also_holds: str | None = None
    failed: str | None = None


@dataclass(frozen=True)
class Text:
    """Words found in a file, for the scan of names.

    ``failed`` says in words which part was not read; a gate must not take
    such a text for the whole.
    """

    text: str
    failed: str | None = None


@dataclass(frozen=True)
class Preview:
    """A picture of a file made anew for looking at, or in ``failed`` the reason why there is none.

    ``content`` is a JPEG or PNG (``media_type``) with nothing beside its pixels; ``width`` and
    ``height`` are its pixels. ``pages``: how many the file has, None if that is not known.
    ``omitted`` says in words what is not in the picture.
    """

    content: bytes = field(default=b"", repr=False)
    media_type: str | None = None
    width: int = 0
    height: int = 0
    pages: int | None = None
    omitted: str | None = None
    failed: str | None = None


@dataclass(frozen=True)
class Readable:
    """The text of a file as a person reads it, at most 500,000 characters.

    ``encoding`` is the one that was guessed, None where the bytes say it. ``omitted`` says in words
    what is not in the text, ``failed`` why there is none.
    """

    text: str = field(default="", repr=False)
    encoding: str | None = None
    omitted: str | None = None
    failed: str | None = None


@dataclass(frozen=True)
class Confinement:
    """What holds the parsers in on this machine.

    ``system_calls``: all but a short list are refused (Linux on x86-64 and ARM64).
    ``network``: a network of its own, without interfaces. ``user``: runs as a user without
    rights (only where the instance runs as root). ``memory``: the limit is enforced.
    """

    system_calls: bool
    network: bool
    user: bool
    memory: bool
    detector: str

    def __str__(self) -> str:
        """One line for ``doctor``."""
        measures = (
            "few system calls" if self.system_calls else "ALL system calls",
            "no network" if self.network or self.system_calls else "network OPEN",
            "a user without rights" if self.user else "the user of the instance",
            "limited memory" if self.memory else "UNLIMITED memory",
        )
        return f"{', '.join(measures)}; types by {self.detector}"


def clean(text: str, longest: int = LONGEST_VALUE) -> str:
    """Return ``text`` without control and direction characters, at most ``longest`` characters."""
    return UNWANTED.sub(" ", text[: 2 * longest])[:longest]


def media_type_from(answer: Any) -> MediaType:
    """Check an answer about the media type."""
    fields = answer if isinstance(answer, Mapping) else {}
    value, detector, version = (_text(fields.get(name)) for name in ("value", "detector", "version"))
    if value and detector and version and MEDIA_TYPE.fullmatch(value):
        return MediaType(value, detector, version)
    return unknown_type(_text(fields.get("failed")) or UNREADABLE_ANSWER)


def unknown_type(failed: str) -> MediaType:
    """Return what is recorded when no detector could answer."""
    return MediaType(UNKNOWN_TYPE, "none", "none", failed)


def examination_from(answer: Any) -> Examination:
    """Check an answer about a file; whatever does not fit is dropped, and that is said."""
    if not isinstance(answer, Mapping):
        return Examination(failed=UNREADABLE_ANSWER)
    checks: dict[str, Callable[[Any], Any]] = {
        "width": _count,
        "height": _count,
        "pages": _count,
        "taken_text": _short,
        "taken_offset": _matching(EXIF_OFFSET),
        "latitude": _degrees(90),
        "longitude": _degrees(180),
        "make": _short,
        "model": _short,
        "properties": _properties,
        "also_holds": _text,
        "failed": _text,
    }
    given = {name: value for name, value in answer.items() if value is not None and value != ""}
    kept = {name: check(given[name]) for name, check in checks.items() if name in given}
    complete = given.keys() <= kept.keys() and None not in kept.values()
    kept = {name: value for name, value in kept.items() if value is not None}
    return Examination(**kept if complete else {"failed": UNREADABLE_ANSWER} | kept)


def text_from(answer: Any, body: bytes) -> Text:
    """Check an answer with extracted text."""
    if not isinstance(answer, Mapping):
        return Text("", UNREADABLE_ANSWER)
    return Text(clean(body.decode("utf-8", "replace"), LONGEST_TEXT), _text(answer.get("failed")))


def preview_from(answer: Any, body: bytes, edge: int) -> Preview:
    """Check an answer with a picture: it must be what the child writes, and no larger than asked."""
    fields = answer if isinstance(answer, Mapping) else {}
    pages = _count(fields.get("pages"))
    pages = pages if pages is not None and 1 <= pages <= MOST_PAGES else None
    picture = plain_picture(body)
    if picture is None or not max(picture.width, picture.height) <= edge:
        return Preview(pages=pages, failed=_text(fields.get("failed")) or UNREADABLE_ANSWER)
    omitted = _text(fields.get("omitted"))
    return Preview(body, picture.media_type, picture.width, picture.height, pages, omitted)


def readable_from(answer: Any, body: bytes) -> Readable:
    """Check an answer with text for a person."""
    if not isinstance(answer, Mapping):
        return Readable(failed=UNREADABLE_ANSWER)
    text = clean(body.decode("utf-8", "replace"), LONGEST_SHOWN)
    encoding, omitted, failed = (_text(answer.get(name)) for name in ("encoding", "omitted", "failed"))
    if not text.strip():
        failed = failed or omitted or "There is no text in it."
    return Readable(text, encoding, omitted, failed)


def _text(value: Any) -> str | None:
    cleaned = clean(value).strip() if isinstance(value, str) else None
    return cleaned or None


def _short(value: Any) -> str | None:
    return _text(value[:100]) if isinstance(value, str) else None


def _count(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value < 2**31 else None


def _matching(pattern: re.Pattern[str]) -> Callable[[Any], str | None]:
    return lambda value: value if isinstance(value, str) and pattern.fullmatch(value) else None


def _degrees(limit: int) -> Callable[[Any], str | None]:
    def check(value: Any) -> str | None:
        text = _matching(DECIMAL_DEGREES)(value)
        return text if text is not None and abs(float(text)) <= limit else None

    return check


def _properties(value: Any) -> dict[str, str] | None:
    if not isinstance(value, Mapping) or len(value) > MOST_PROPERTIES:
        return None
    cleaned = {name: _text(text) for name, text in value.items() if PROPERTY_NAME.fullmatch(name)}
    return {name: text for name, text in cleaned.items() if text is not None}
