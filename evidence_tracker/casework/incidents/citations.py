"""Which passage of a piece of evidence is meant: a page, a timecode, a region, a paragraph, the whole.

One written form each, so that equal passages are equal text:

=========  =================================================================
page       ``p. 3``, ``pp. 3-5``
timecode   ``00:02:14``, ``00:02:14-00:02:40``, fractions as ``00:02:14.250``;
           minutes and seconds alone, as players show them, are read too
paragraph  ``para. 12``, ``paras. 12-14``
region     ``xywh=120,80,300,200``: pixels from the top left, as in W3C Media
           Fragments; behind a page or a timecode where there are several pictures
whole      nothing
=========  =================================================================
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from evidence_tracker.errors import InvalidInput

ADVICE = (
    "Write 'p. 3', 'pp. 3-5', '02:14', '00:02:14-00:02:40', 'para. 12', 'xywh=120,80,300,200' "
    "(behind a page or timecode where needed), or 'whole'."
)
MAX_NUMBER = 1_000_000

_DASH = re.compile(r"\s*[-\u2010-\u2015\u2212]\s*")
_NUMBERS = r"(\d{1,7})(?:-(\d{1,7}))?"
_PAGE = re.compile(rf"pp?\.? ?{_NUMBERS}", re.ASCII)
_PARAGRAPH = re.compile(rf"paras?\.? ?{_NUMBERS}", re.ASCII)
_CLOCK = r"(?:(\d{1,3}):)?([0-5]?\d):([0-5]\d)(?:\.(\d{1,3}))?"
_TIMECODE = re.compile(rf"{_CLOCK}(?:-{_CLOCK})?", re.ASCII)
_REGION = re.compile(r"(?:(.+) )?xywh=(\d{1,7}),(\d{1,7}),(\d{1,7}),(\d{1,7})", re.ASCII)


class CitationKind(StrEnum):
    """What the anchor of a citation counts."""

    PAGE = "page"
    TIMECODE = "timecode"
    REGION = "region"
    PARAGRAPH = "paragraph"
    WHOLE = "whole"


@dataclass(frozen=True)
class Citation:
    """A passage: its kind and its anchor in the one written form; the whole has an empty anchor."""

    kind: CitationKind
    anchor: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a passage as a person writes it; raises ``InvalidInput`` with the accepted forms."""
        stated = _DASH.sub("-", " ".join(text.split()))
        if stated in ("", "whole"):
            return cls(CitationKind.WHOLE)
        kind, anchor = _read(stated)
        return cls(kind, anchor)

    def __str__(self) -> str:
        """Return the anchor, or ``whole``."""
        return self.anchor or self.kind.value


def _read(stated: str) -> tuple[CitationKind, str]:
    if match := _PAGE.fullmatch(stated):
        return CitationKind.PAGE, _numbered(match, "p.", "pp.")
    if match := _PARAGRAPH.fullmatch(stated):
        return CitationKind.PARAGRAPH, _numbered(match, "para.", "paras.")
    if match := _TIMECODE.fullmatch(stated):
        return CitationKind.TIMECODE, _timed(match)
    if match := _REGION.fullmatch(stated):
        return CitationKind.REGION, _framed(match)
    raise InvalidInput(f"{stated[:80]!r} is not a passage this system understands.", advice=ADVICE)


def _numbered(match: re.Match[str], one: str, several: str) -> str:
    first, last = int(match[1]), int(match[2] or match[1])
    if not 1 <= first <= last <= MAX_NUMBER:
        raise InvalidInput(f"{match[0]!r} does not count upwards from 1.", advice=ADVICE)
    return f"{one} {first}" if first == last else f"{several} {first}-{last}"


def _timed(match: re.Match[str]) -> str:
    start = _clock(*match.groups()[:4])
    if match[6] is None:
        return start
    end = _clock(*match.groups()[4:])
    if _milliseconds(end) <= _milliseconds(start):
        raise InvalidInput(f"The passage {match[0]!r} ends before it begins.", advice=ADVICE)
    return f"{start}-{end}"


def _clock(hours: str | None, minutes: str, seconds: str, fraction: str | None) -> str:
    text = f"{int(hours or 0):02d}:{int(minutes):02d}:{seconds}"
    return f"{text}.{fraction.ljust(3, '0')}" if fraction else text


def _milliseconds(clock: str) -> int:
    whole, _, fraction = clock.partition(".")
    hours, minutes, seconds = (int(part) for part in whole.split(":"))
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + int(fraction or 0)


def _framed(match: re.Match[str]) -> str:
    x, y, width, height = (int(number) for number in match.groups()[1:])
    if width == 0 or height == 0:
        raise InvalidInput("A region is at least one pixel wide and high.", advice=ADVICE)
    region = f"xywh={x},{y},{width},{height}"
    if match[1] is None:
        return region
    kind, anchor = _read(match[1])
    if kind not in (CitationKind.PAGE, CitationKind.TIMECODE) or "-" in anchor:
        raise InvalidInput("In front of a region stands one page or one timecode.", advice=ADVICE)
    return f"{anchor} {region}"
