"""Reading facts as people state them: words of a list, dates, places, countries, languages.

Doors hand over text or JSON, other rooms hand over values; each reader takes both, keeps
what is exact and refuses the rest with a sentence that names the field.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Record
from evidence_tracker.access.policy import Permission
from evidence_tracker.access.records import amend, cleaned
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.errors import InvalidInput
from evidence_tracker.values.countries import COUNTRIES
from evidence_tracker.values.moment import Moment
from evidence_tracker.values.place import Place

AnyWord = TypeVar("AnyWord", bound=StrEnum)
AnyRecord = TypeVar("AnyRecord", bound=Record)
Reader = Callable[[Any, str], Any]

_LANGUAGE = re.compile(r"([a-z]{2,3})(-[a-z]{4})?(-(?:[a-z]{2}|\d{3}))?", re.IGNORECASE)
_PLACE_FIELDS = frozenset(field.name for field in fields(Place))
_MOMENT_FIELDS = frozenset({"value", "zone", "zone_basis"})
_STORED_MOMENT = frozenset({"value", "precision", "zone", "zone_basis", "approximate"})


def text(value: object, what: str) -> str:
    """Return stripped text; refuses nothing, blanks and anything that is not text."""
    found = optional_text(value, what)
    if found is None:
        raise InvalidInput(f"The {what} is missing.")
    return found


def optional_text(value: object, what: str) -> str | None:
    """Return stripped text, None where nothing was stated."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise InvalidInput(f"The {what} must be text, not {type(value).__name__}.")
    found = cleaned({what: str(value)})[what]
    return str(found) or None


def several(value: object, what: str) -> list[Any]:
    """Return the members of a list, none where nothing was stated; one text is no list of its letters."""
    if value is None:
        return []
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise InvalidInput(f"The {what} must be a list.")
    return list(value)


def texts(value: object, what: str) -> list[str]:
    """Return a list of texts, each stripped, none empty, none twice."""
    return list(dict.fromkeys(text(item, what) for item in several(value, what)))


def word(enum: type[AnyWord]) -> Callable[[object, str], AnyWord]:
    """Return a reader of one word of a list; its error names the words there are."""

    def read(value: object, what: str) -> AnyWord:
        try:
            return enum(str(value).strip().lower()) if not isinstance(value, enum) else value
        except ValueError as error:
            raise InvalidInput(
                f"{value!r} is not a known {what}.", advice=f"Choose one of: {', '.join(enum)}."
            ) from error

    return read


def optional(reader: Reader) -> Reader:
    """Return a reader that lets None pass."""
    return lambda value, what: None if value is None else reader(value, what)


def level(value: object, what: str) -> Level:
    """Return a level from its name in any case."""
    try:
        return Level(str(value).strip().upper())
    except ValueError as error:
        raise InvalidInput(
            f"{value!r} is not a known {what}.", advice=f"Choose one of: {', '.join(Level)}."
        ) from error


def whole(value: object, what: str) -> int:
    """Return a whole number; refuses true, false and anything with a fraction."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidInput(f"The {what} must be a whole number.")
    return value


def count(value: object, what: str) -> int:
    """Return a whole number of things, from 0 to a thousand million."""
    number = whole(value, what)
    if not 0 <= number <= 1_000_000_000:
        raise InvalidInput(f"The {what} must be 0 or more.")
    return number


def moment(value: object, what: str) -> Moment:
    """Return a moment from text, ``{"value", "zone", "zone_basis"}``, or as it is stored."""
    if isinstance(value, Moment):
        return value
    if isinstance(value, str):
        return Moment.parse(value)
    if isinstance(value, datetime):
        return Moment.at(value)
    if isinstance(value, Mapping) and set(value) == _STORED_MOMENT:
        return Moment.from_json(dict(value))
    if isinstance(value, Mapping) and "value" in value and set(value) <= _MOMENT_FIELDS:
        return Moment.parse(
            text(value["value"], what),
            zone=optional_text(value.get("zone"), f"zone of the {what}"),
            zone_basis=optional_text(value.get("zone_basis"), f"basis of the zone of the {what}"),
        )
    raise InvalidInput(f"The {what} is not a date.", advice="Write for example 2022-03-12, or 2022-03.")


def place(value: object, what: str) -> Place:
    """Return a place from its name, from some or all fields of ``Place``, or as it is."""
    if isinstance(value, Place):
        return value
    if isinstance(value, str):
        return Place(text(value, what))
    if not isinstance(value, Mapping) or "name" not in value:
        raise InvalidInput(f"The {what} needs a name.", advice="Write the name as it was stated.")
    unknown = sorted(set(value) - _PLACE_FIELDS)
    if unknown:
        raise InvalidInput(f"A {what} has no {', '.join(map(str, unknown))}.")
    stated: dict[str, Any] = {
        name: optional_text(item, f"{name.replace('_', ' ')} of the {what}")
        for name, item in value.items()
        if name != "precision_m"
    }
    radius = value.get("precision_m")
    precision_m = None if radius is None else count(radius, "precision in metres")
    return Place(**{**stated, "name": text(value["name"], what), "precision_m": precision_m})


def places(value: object, what: str) -> list[dict[str, Any]]:
    """Return a list of places as they are stored in a list column."""
    return [place(item, what).to_json() for item in several(value, what)]


def country(value: object, what: str) -> str:
    """Return an ISO 3166-1 alpha-2 code in upper case (``UA``); also XK, which many bodies use."""
    code = text(value, what).upper()
    if code not in COUNTRIES:
        raise InvalidInput(
            f"{code!r} is not a country code.", advice="Use the two letters of ISO 3166-1, such as UA or GB."
        )
    return code


def countries(value: object, what: str) -> list[str]:
    """Return a list of country codes, none twice."""
    return list(dict.fromkeys(country(item, what) for item in texts(value, what)))


def language(value: object, what: str) -> str:
    """Return a BCP 47 tag of language, script and region in its usual case (``uz-Cyrl``)."""
    stated = text(value, what)
    match = _LANGUAGE.fullmatch(stated)
    if match is None or not stated.isascii():
        raise InvalidInput(f"{stated!r} is not a language tag.", advice="Use BCP 47: uk, ru, kk-Cyrl, en-GB.")
    tongue, script, region = match.groups(default="")
    return tongue.lower() + script.title() + region.upper()


def languages(value: object, what: str) -> list[str]:
    """Return a list of language tags, none twice."""
    return list(dict.fromkeys(language(item, what) for item in texts(value, what)))


def yes_or_no(value: object, what: str) -> bool:
    """Return a boolean that was stated as one."""
    if not isinstance(value, bool):
        raise InvalidInput(f"The {what} must be true or false.")
    return value


def earliest(when: Moment | None) -> datetime | None:
    """Return the earliest instant a stated moment allows."""
    return None if when is None else when.bounds()[0]


def latest(when: Moment | None) -> datetime | None:
    """Return the latest instant a stated moment allows."""
    return None if when is None else when.bounds()[1]


def span(since: Moment | None, until: Moment | None) -> tuple[datetime | None, datetime | None]:
    """Return the widest reading of a span in UTC; refuses one that must end before it begins."""
    start, end = earliest(since), latest(until)
    if start is not None and end is not None and end < start:
        raise InvalidInput(f"The span from {since} to {until} ends before it begins.")
    return start, end


def fold(stated: str) -> str:
    """Return text as searches compare it: compatibility forms, case, accents and spacing aside.

    Control characters count as spaces (a NUL would end a pattern in SQLite); invisible
    joiners and direction marks count as nothing.
    """
    visible = "".join(max(character, " ") for character in stated if _is_shown(character))
    flat = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", visible).casefold())
    bare = "".join(character for character in flat if not unicodedata.combining(character))
    return " ".join(unicodedata.normalize("NFKC", bare).casefold().split())


def _is_shown(character: str) -> bool:
    return unicodedata.category(character) not in {"Cf", "Cs"}


def same_words(one: str, other: str) -> bool:
    """Say whether the words of one text stand together inside the other ("Kamianka", "Kamianka, north")."""
    first, second = _words(one), _words(other)
    short, long = sorted((first, second), key=len)
    width = len(short)
    return width > 0 and any(long[at : at + width] == short for at in range(len(long) - width + 1))


def _words(stated: str) -> list[str]:
    return re.findall(r"\w+", fold(stated))


GOVERNED: Mapping[str, Reader] = {"level": level, "purpose": optional_text, "legal_basis": optional_text}


def read(facts: Mapping[str, Any], readers: Mapping[str, Reader]) -> dict[str, Any]:
    """Read each fact with its reader; refuses facts without one, all by name."""
    unknown = sorted(set(facts) - set(readers))
    if unknown:
        raise InvalidInput(
            f"There is nothing here called {', '.join(unknown)}.",
            advice=f"These can be stated: {', '.join(sorted(readers))}.",
        )
    return {name: readers[name](value, name.replace("_", " ")) for name, value in facts.items()}


def amend_stated(
    session: Session,
    record: AnyRecord,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None,
    supervised: Iterable[str] = (),
    verb: CustodyVerb = CustodyVerb.AMENDED,
    facts: Mapping[str, Any] | None = None,
) -> AnyRecord:
    """Amend a record by facts already read; returns it. Refuses where nothing differs.

    A change of a field in ``supervised``, and a lower level, ask for the right to approve
    exceptions: both can open a gate that others rely on.
    """
    differing = {name: value for name, value in changes.items() if getattr(record, name) != value}
    if not differing:
        raise InvalidInput(
            "All of this is recorded already; nothing was changed.", advice="State what should differ."
        )
    lowered = "level" in differing and differing["level"].rank < record.level.rank
    needs_second_look = lowered or bool(differing.keys() & set(supervised))
    return amend(
        session,
        record,
        differing,
        actor=actor,
        expected_version=expected_version,
        permission=Permission.SUPERVISE if needs_second_look else Permission.RECORD,
        verb=verb,
        facts=facts,
    )
