"""Facts as a person or a file states them, read into typed values before any act sees them.

An act takes a frozen dataclass of facts; ``read_facts`` makes one from JSON or TOML and
names every key that is unknown, missing or of the wrong kind. Digest, size and media type
are in none of them: those are ours to say.
"""

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from evidence_tracker.access import stated
from evidence_tracker.casework.exhibits.models import ExhibitKind, Retention, SourceKind
from evidence_tracker.errors import InvalidInput
from evidence_tracker.values.moment import Moment
from evidence_tracker.values.place import Place

AnyFacts = TypeVar("AnyFacts")


@dataclass(frozen=True)
class ExhibitFacts:
    """What is stated about an exhibit when it is taken in; None means not stated.

    ``kind`` and ``title`` are chosen by the system when they are not stated: the kind by
    the media type, the title neutral (never from a file name, which may name a witness).
    """

    kind: ExhibitKind | None = None
    title: str | None = None
    description: str | None = None
    received_from: str | None = None
    source_kind: SourceKind | None = None
    method: str | None = None
    collected: Moment | None = None
    collected_by: str | None = None
    place: Place | None = None
    device: str | None = None
    device_clock_offset_s: int | None = None
    language: str | None = None
    particulars: dict[str, Any] = field(default_factory=dict)
    is_graphic: bool = False
    admissibility_notes: str | None = None
    retention: Retention | None = None


def read_facts(facts: type[AnyFacts], data: Mapping[str, Any]) -> AnyFacts:
    """Return ``data`` as facts of the given dataclass, or refuse it naming every wrong key."""
    values = read_changes(facts, data)
    missing = [name for name in _required(facts) if name not in data]
    if missing:
        raise InvalidInput(f"Missing: {', '.join(missing)}.", advice="State it; nothing is guessed.")
    return facts(**values)


def read_changes(facts: type[Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the stated fields alone, typed, for an amendment: what is not named stays as it is."""
    hints = typing.get_type_hints(facts)
    unknown = sorted(set(data) - set(hints))
    if unknown:
        raise InvalidInput(
            f"Unknown: {', '.join(unknown)}.", advice=f"Known are: {', '.join(sorted(hints))}."
        )
    return {name: read_value(name, hints[name], value) for name, value in data.items()}


def columns(facts: Any) -> dict[str, Any]:
    """Return the fields of a facts dataclass as values of the columns of the same names."""
    return {entry.name: getattr(facts, entry.name) for entry in fields(facts)}


def read_value(name: str, hint: Any, value: Any) -> Any:
    """Return one stated value as the type that ``hint`` names, or refuse it by its name."""
    what = name.replace("_", " ")
    kinds = typing.get_args(hint) if typing.get_origin(hint) in {typing.Union, types.UnionType} else (hint,)
    if value is None:
        if types.NoneType in kinds:
            return None
        raise InvalidInput(f"The {what} is missing.")
    if name == "language":
        return stated.language(value, what)
    read = _read(next(kind for kind in kinds if kind is not types.NoneType), value, what)
    if read is None and types.NoneType not in kinds:
        raise InvalidInput(f"The {what} is missing.")
    return read


def _read(kind: Any, value: Any, what: str) -> Any:
    if typing.get_origin(kind) is list:
        return [_read(typing.get_args(kind)[0], item, what) for item in _list(value, what)]
    if typing.get_origin(kind) is dict:
        return _object(value, what)
    if issubclass(kind, StrEnum):
        return stated.word(kind)(value, what)
    return _READERS[kind](value, what)


def _list(value: Any, what: str) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise InvalidInput(f"The {what} must be a list.")
    return list(value)


def _object(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidInput(f"The {what} must be an object of names and values.")
    return {str(key): _exact(item, what) for key, item in value.items()}


def _exact(value: Any, what: str) -> Any:
    """Refuse decimal numbers anywhere inside: what goes into the log has one exact form."""
    if isinstance(value, float):
        raise InvalidInput(
            f"The {what} holds the decimal number {value}.",
            advice="Write decimal numbers as text, in quotation marks, so that no digit is invented.",
        )
    if isinstance(value, dict):
        return _object(value, what)
    if isinstance(value, list):
        return [_exact(item, what) for item in value]
    return stated.optional_text(value, what) if isinstance(value, str) else value


def _moment(value: Any, what: str) -> Moment:
    # TOML has dates and times of its own; one without an offset stays without a zone.
    if isinstance(value, datetime):
        offset = value.strftime("%z")
        zone = f"{offset[:3]}:{offset[3:5]}" if offset else None
        return Moment.parse(value.strftime("%Y-%m-%dT%H:%M:%S"), zone=zone)
    return stated.moment(value.isoformat() if isinstance(value, date) else value, what)


def _instant(value: Any, what: str) -> datetime:
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        instant = None
    if not isinstance(instant, datetime) or instant.tzinfo is None:
        raise InvalidInput(
            f"The {what} is {value!r}, which is not an instant with its zone.",
            advice="Write it as 2022-03-12T14:30:00+02:00, or with Z for UTC.",
        )
    return instant


_READERS: dict[Any, Callable[[Any, str], Any]] = {
    str: stated.optional_text,
    int: stated.whole,
    bool: stated.yes_or_no,
    datetime: _instant,
    Moment: _moment,
    Place: stated.place,
}


def _required(facts: type[Any]) -> list[str]:
    if not is_dataclass(facts):
        raise TypeError(f"{facts.__name__} is not a dataclass of facts")
    return [
        entry.name for entry in fields(facts) if entry.default is MISSING and entry.default_factory is MISSING
    ]
