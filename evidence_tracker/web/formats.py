"""How values are shown: dates as imprecise as the fact, sizes, levels, and who is behind an id."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import Flask, request, url_for
from flask_babel import format_date, format_datetime, format_decimal, get_timezone, gettext
from markupsafe import Markup

from evidence_tracker.access.levels import Level
from evidence_tracker.values.moment import Moment, Precision
from evidence_tracker.values.place import Place
from evidence_tracker.web import script_words
from evidence_tracker.web.sentences import told
from evidence_tracker.web.tongues import decoded
from evidence_tracker.web.words import column, is_word, said

STEP = 1024
_MONTH = re.compile(r"\d{4}-\d{2}")
_UNITS = ("KiB", "MiB", "GiB", "TiB")


def install(app: Flask) -> None:
    """Give the templates their filters."""
    app.jinja_env.filters |= {
        "said": said,
        "told": told,
        "column": column,
        "size": size,
        "instant": instant,
        "moment": moment,
        "decoded": decoded,
        "month_or_text": month_or_text,
        "word_or_text": word_or_text,
        "plain": plain,
        "digest": digest,
        "iso_instant": iso_instant,
        "plain_json": plain_json,
        "groupby_order": groups,
        "is_touched": is_touched,
    }
    app.jinja_env.globals |= {"url_without": url_without, "script_words": script_words.attributes}
    app.jinja_env.tests["level"] = lambda value: isinstance(value, Level)
    app.jinja_env.tests["moment"] = lambda value: isinstance(value, Moment)
    app.jinja_env.tests["instant"] = lambda value: isinstance(value, datetime)


def size(count: int | None) -> str:
    """Return a number of bytes for people: 3.1 MiB."""
    if count is None:
        return ""
    if count < STEP:
        return str(gettext("%(count)s\u00a0bytes", count=count))
    value = Decimal(count)
    for unit in _UNITS:
        value /= STEP
        if value < STEP or unit == _UNITS[-1]:
            return f"{format_decimal(value, '0.0')}\u00a0{unit}"
    raise ValueError("a size without a unit")


def instant(when: datetime | None) -> Markup:
    """Return an instant in the reader's zone, with UTC on hover and for machines."""
    if when is None:
        return Markup("")
    exact = when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    shown = format_datetime(when, "d MMM y, HH:mm")
    zone = when.astimezone(get_timezone() or ZoneInfo("UTC")).tzname() or "UTC"
    return Markup('<time datetime="{0}" title="{0}">{1} {2}</time>').format(exact, shown, zone)


def iso_instant(text: str) -> Markup:
    """Return an instant that stands as text in the custody log."""
    return instant(datetime.fromisoformat(text))


def plain_json(value: Any) -> Any:
    """Return a value of the custody log: a moment, an instant, or what it says."""
    if isinstance(value, Mapping) and set(value) == {
        "value",
        "precision",
        "zone",
        "zone_basis",
        "approximate",
    }:
        return moment(Moment.from_json(dict(value)))
    if isinstance(value, str) and value.endswith("Z") and value[4:5] == "-":
        return iso_instant(value)
    return plain(value)


def groups(fields: Iterable[Any], name: str) -> list[dict[str, Any]]:
    """Return fields in groups of equal ``name``, in their order."""
    return [
        {"name": key, "fields": list(some)} for key, some in groupby(fields, lambda one: getattr(one, name))
    ]


def is_touched(fields: Iterable[Any], filled: Any) -> bool:
    """Say whether anything was typed into some fields, or is wrong with them: then they are not folded away."""
    return any(
        one.name in filled.wrong
        or one.name in filled.theirs
        or any(filled.typed.get(part) for part in one.parts)
        for one in fields
    )


def url_without(name: str) -> str:
    """Return the address of this list without one of its filters."""
    rest: dict[str, Any] = {key: text for key, text in request.args.items() if key not in {name, "after"}}
    return url_for(str(request.endpoint), **rest)


def moment(when: Moment | None) -> Markup:
    """Return a stated moment as imprecise as it is: c. March 2022; UTC bounds on hover."""
    if when is None:
        return Markup("")
    earliest, latest = when.bounds()
    bounds = f"{earliest:%Y-%m-%dT%H:%MZ} – {latest:%Y-%m-%dT%H:%MZ}"
    words = _worded(when)
    zone = f" {_zone(when.zone, when.value)}" if when.zone and "T" in when.value else ""
    about = gettext("c. ") if when.is_approximate else ""
    return Markup('<time title="{}">{}{}{}</time>').format(bounds, about, words, zone)


def _worded(when: Moment) -> str:
    value = when.value
    if when.precision is Precision.BEFORE:
        return str(gettext("before %(date)s", date=_dated(value.removeprefix("before "))))
    if when.precision is Precision.AFTER:
        return str(gettext("after %(date)s", date=_dated(value.removeprefix("after "))))
    return " – ".join(_dated(part) for part in value.split("/"))


def month_or_text(value: Any) -> Any:
    """Return a month of a figure by its name, 2022-03 → March 2022; anything else as it is."""
    return _dated(value) if isinstance(value, str) and _MONTH.fullmatch(value) else value


def _dated(text: str) -> str:
    """Return a year, month, day or clock time as exact as it is written, and no more."""
    day, _, clock = text.partition("T")
    if len(day) == len("2022"):
        return day
    if len(day) == len("2022-03"):
        return str(format_date(date.fromisoformat(f"{day}-01"), "LLLL y"))
    shown = str(format_date(date.fromisoformat(day), "d MMM y"))
    if not clock:
        return shown
    return f"{shown}, {clock}" if ":" in clock else gettext("%(day)s, %(hour)s h", day=shown, hour=clock)


def _zone(name: str, value: str) -> str:
    """Return a zone as it was on that day: ``EET (UTC+2)``; one stated as an offset as that."""
    clock = next(part for part in reversed(value.split("/")) if "T" in part).split(" ")[-1]
    try:
        at = datetime.fromisoformat(clock).replace(tzinfo=ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError):
        hours, _, rest = name[1:].partition(":")
        return f"UTC{name[0].replace('-', '−')}{int(hours)}" + (f":{rest}" if rest != "00" else "")
    ahead = _offset(at)
    short = at.tzname() or ""
    if name == "UTC" or not short.isalpha():
        return ahead
    return f"{short} ({ahead})"


def _offset(at: datetime) -> str:
    minutes = int((at.utcoffset() or timedelta()).total_seconds()) // 60
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '−'}{hours}" + (f":{rest:02}" if rest else "")


def digest(sha256: str | None) -> Markup:
    """Return a digest in groups, so that two people can read it to each other."""
    if not sha256:
        return Markup("")
    groups = " ".join(sha256[at : at + 8] for at in range(0, len(sha256), 8))
    return Markup('<code class="digest">{}</code>').format(groups)


def plain(value: Any) -> Any:
    """Return any value of a record as a reader sees it."""
    if value is None or value == "":
        return Markup('<span class="text-secondary nothing">–</span>')
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    for kind, show in _SHOWN:
        if isinstance(value, kind):
            return show(value)
    return value


def _mapping(value: Mapping[str, Any]) -> Any:
    if "name" in value and "latitude" in value:
        return str(Place.from_json(dict(value)))
    said_of = [
        Markup("{}: {}").format(column(name), plain(item))
        for name, item in value.items()
        if item not in (None, "")
    ]
    return Markup("; ").join(said_of) if said_of else plain(None)


def _several(value: Any) -> Markup:
    return Markup(", ").join(plain(word_or_text(item)) for item in value) if value else plain(None)


def word_or_text(value: Any) -> Any:
    """Return a text as a person reads it where it is a word of a list, or several with · between; else as it is."""
    if not isinstance(value, str):
        return value
    return " · ".join(said(part) if is_word(part) else part for part in value.split(" · "))


_SHOWN: tuple[tuple[Any, Any], ...] = (
    (Moment, moment),
    (datetime, instant),
    (date, lambda day: format_date(day, "d MMM y")),
    (Place, str),
    (StrEnum, said),
    (Mapping, _mapping),
    (list | tuple, _several),
)
