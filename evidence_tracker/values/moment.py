"""When something is said to have happened: as imprecise as the fact.

A ``Moment`` keeps what was stated (value, precision, zone and why that zone) and
derives the earliest and the latest instant in UTC for queries. It never invents
precision: "March 2022" stays March 2022.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from enum import StrEnum
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from evidence_tracker.errors import InvalidInput

ADVICE = (
    "Write a date as 2022, 2022-03, 2022-03-12, 2022-03-12T14 or 2022-03-12T14:30, "
    "with 'before ', 'after ' or 'c. ' in front where needed, or two dates with '/' between them."
)

# Without a stated zone a clock time may lie anywhere on earth: the bounds say so.
_EASTMOST = timezone(timedelta(hours=14))
_WESTMOST = timezone(timedelta(hours=-12))
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2})(?::(\d{2})(?::(\d{2}))?)?)?)?)?")
_OFFSET = re.compile(r"([+-])(\d{2}):(\d{2})")
_FLOOR = datetime(1, 1, 2, tzinfo=UTC)
_CEILING = datetime(9999, 12, 30, tzinfo=UTC)


class Precision(StrEnum):
    """How exact the stated moment is."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    BEFORE = "before"
    AFTER = "after"
    BETWEEN = "between"


@dataclass(frozen=True)
class Moment:
    """A stated moment.

    ``value`` is the text after normalisation (``2022-03-12T14:30``, ``before 2022-03``,
    ``2022-03-01/2022-03-09``); ``zone`` an IANA name or ``+02:00`` as stated, None if not;
    ``zone_basis`` says why that zone (occupied areas kept Moscow time).
    """

    value: str
    precision: Precision
    zone: str | None = None
    zone_basis: str | None = None
    is_approximate: bool = False

    @classmethod
    def parse(cls, text: str, *, zone: str | None = None, zone_basis: str | None = None) -> Self:
        """Read a moment as a person writes it; raises ``InvalidInput`` with the accepted forms."""
        stated = " ".join(text.split())
        approximate = stated.startswith("c. ")
        body = stated.removeprefix("c. ")
        if zone is not None:
            _zone(zone)
        moment = cls(body, _precision(body), zone, zone_basis, approximate)
        earliest, latest = moment.bounds()
        if earliest > latest:
            raise InvalidInput(f"The period {body!r} ends before it begins.", advice=ADVICE)
        return moment

    @classmethod
    def at(cls, instant: datetime) -> Self:
        """Return the moment of an exact instant, in UTC."""
        text = instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        return cls(text, Precision.SECOND, "UTC", "recorded by the system")

    @classmethod
    def from_json(cls, data: dict[str, object]) -> Self:
        """Rebuild a moment from ``to_json``; refuses anything else."""
        if set(data) != {"value", "precision", "zone", "zone_basis", "approximate"}:
            raise InvalidInput("A stored date has the wrong fields.")
        return cls(
            str(data["value"]),
            Precision(str(data["precision"])),
            _text_or_none(data["zone"]),
            _text_or_none(data["zone_basis"]),
            bool(data["approximate"]),
        )

    def to_json(self) -> dict[str, str | bool | None]:
        """Return the fields as JSON values."""
        return {
            "value": self.value,
            "precision": self.precision.value,
            "zone": self.zone,
            "zone_basis": self.zone_basis,
            "approximate": self.is_approximate,
        }

    def bounds(self) -> tuple[datetime, datetime]:
        """Return the earliest and the latest instant in UTC that the statement allows."""
        if self.precision is Precision.BETWEEN:
            first, last = self.value.split("/")
            return self._span(first)[0], self._span(last)[1]
        if self.precision is Precision.BEFORE:
            return _FLOOR, self._span(self.value.removeprefix("before "))[0]
        if self.precision is Precision.AFTER:
            return self._span(self.value.removeprefix("after "))[1], _CEILING
        return self._span(self.value)

    def _span(self, text: str) -> tuple[datetime, datetime]:
        start, end = _naive_span(text)
        early = late = _zone(self.zone) if self.zone else None
        earliest = start.replace(tzinfo=early or _EASTMOST)
        latest = end.replace(tzinfo=late or _WESTMOST)
        return _in_utc(earliest), _in_utc(latest)

    def __str__(self) -> str:
        """Return the statement as a person reads it."""
        text = f"c. {self.value}" if self.is_approximate else self.value
        return f"{text} ({self.zone})" if self.zone and "T" in self.value else text


def _in_utc(instant: datetime) -> datetime:
    if instant.year <= 1:
        return _FLOOR
    if instant.year >= _CEILING.year:
        return min(_CEILING, instant.replace(tzinfo=UTC))
    return instant.astimezone(UTC)


def _text_or_none(value: object) -> str | None:
    return None if value is None else str(value)


def _precision(body: str) -> Precision:
    if body.startswith("before "):
        _naive_span(body.removeprefix("before "))
        return Precision.BEFORE
    if body.startswith("after "):
        _naive_span(body.removeprefix("after "))
        return Precision.AFTER
    if "/" in body:
        parts = body.split("/")
        if len(parts) != 2:
            raise InvalidInput(f"{body!r} is not a period.", advice=ADVICE)
        for part in parts:
            _naive_span(part)
        return Precision.BETWEEN
    _naive_span(body)
    parts_given = sum(group is not None for group in _match(body).groups())
    return (
        Precision.YEAR,
        Precision.MONTH,
        Precision.DAY,
        Precision.HOUR,
        Precision.MINUTE,
        Precision.SECOND,
    )[parts_given - 1]


def _match(text: str) -> re.Match[str]:
    match = _DATE.fullmatch(text)
    if match is None or not text.isascii():
        raise InvalidInput(f"{text!r} is not a date this system understands.", advice=ADVICE)
    return match


def _naive_span(text: str) -> tuple[datetime, datetime]:
    year, month, day, hour, minute, second = _match(text).groups()
    try:
        start = datetime(  # noqa: DTZ001 - the zone is applied by the caller, which knows it
            int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0)
        )
        last_day = int(day) if day else monthrange(int(year), int(month or 12))[1]
        end = datetime(  # noqa: DTZ001
            int(year),
            int(month or 12),
            last_day,
            int(hour or 23),
            int(minute or 59),
            int(second or 59),
        )
    except ValueError as error:
        raise InvalidInput(f"{text!r} is not a real date.", advice=ADVICE) from error
    return start, end


def _zone(name: str) -> tzinfo:
    offset = _OFFSET.fullmatch(name)
    if offset:
        sign = 1 if offset[1] == "+" else -1
        delta = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        if delta > timedelta(hours=14):
            raise InvalidInput(
                f"{name!r} is not an offset from UTC.", advice="Offsets go from -12:00 to +14:00."
            )
        return timezone(sign * delta)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInput(
            f"{name!r} is not a time zone.",
            advice="Use a name such as Europe/Kyiv or an offset such as +03:00.",
        ) from error
