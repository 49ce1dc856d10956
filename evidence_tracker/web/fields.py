"""One kind of field for each kind of fact: how it is asked, kept as typed, and stated.

A field never decides whether a fact is allowed: it turns what was typed into the value that the act
reads, or says in a sentence that the words are not of that kind. What was not typed is None: not stated.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from evidence_tracker.access import stated
from evidence_tracker.db import as_json
from evidence_tracker.errors import InvalidInput
from evidence_tracker.values.moment import Moment
from evidence_tracker.values.place import Place
from evidence_tracker.web.asking import Asking, Choices, Field, Find, Typed
from evidence_tracker.web.words import said

__all__ = [
    "Asking",
    "Choice",
    "Choices",
    "Day",
    "Field",
    "Find",
    "Lines",
    "Long",
    "Made",
    "Number",
    "Ref",
    "Secret",
    "Several",
    "Tags",
    "Text",
    "Tick",
    "Typed",
    "When",
    "Where",
    "Word",
    "YesNo",
    "governance",
    "level",
    "parts_of",
]

_ZONES = ("Europe/Kyiv", "Europe/Moscow", "Asia/Tbilisi", "Asia/Yerevan", "Asia/Baku", "Asia/Almaty", "UTC")


@dataclass(frozen=True, kw_only=True)
class Text(Field):
    """One line of text."""


@dataclass(frozen=True, kw_only=True)
class Long(Field):
    """Text of many lines."""

    widget: str = "long"
    rows: int = 5


def not_offered(what: LazyString | str) -> InvalidInput:
    """Return the refusal of a choice that was not offered."""
    return InvalidInput(
        _l("%(what)s: this is not one of the choices.", what=what),
        advice=str(_l("Choose one of those that are offered.")),
    )


@dataclass(frozen=True, kw_only=True)
class Word(Field):
    """One word of a list."""

    enum: type[StrEnum]
    only: tuple[StrEnum, ...] | None = None
    widget: str = "choice"

    def read(self, text: str, asking: Asking) -> StrEnum:  # noqa: ARG002 - a word is a word anywhere
        """Return the member; refuses a word that was not offered."""
        for member in self.only or tuple(self.enum):
            if text == member.value:
                return member
        raise not_offered(self.label)

    def choices(self, asking: Asking) -> Sequence[tuple[str, Any]]:  # noqa: ARG002
        """Return the words of the list."""
        return [(member.value, said(member)) for member in self.only or tuple(self.enum)]


@dataclass(frozen=True, kw_only=True)
class Several(Word):
    """Any number of words of a list, as boxes to tick."""

    widget: str = "boxes"

    def state(self, typed: Typed, asking: Asking) -> list[StrEnum] | None:  # noqa: ARG002
        """Return the members whose boxes were ticked."""
        ticked = [member for member in tuple(self.enum) if typed.get(f"{self.name}-{member.value}")]
        if not ticked:
            self._nothing()
        return ticked

    @property
    def parts(self) -> tuple[str, ...]:
        """Return a name for each box."""
        return tuple(f"{self.name}-{member.value}" for member in self.enum)

    def show(self, value: Any) -> dict[str, str]:
        """Return every box, ticked or not: in a conflict a box that was cleared is a difference, too."""
        ticked = {str(member) for member in value or ()}
        return {f"{self.name}-{member.value}": "on" if member.value in ticked else "" for member in self.enum}


@dataclass(frozen=True, kw_only=True)
class Choice(Field):
    """One of what exists for this person; ``read_as`` turns the chosen text into the value."""

    among: Choices
    read_as: Callable[[str], Any] = str
    widget: str = "choice"

    def choices(self, asking: Asking) -> Sequence[tuple[str, Any]]:
        """Return what there is for this person."""
        return self.among(asking)

    def read(self, text: str, asking: Asking) -> Any:
        """Return the chosen value; refuses what was not offered."""
        if text not in {str(value) for value, _ in self.choices(asking)}:
            raise not_offered(self.label)
        return self.read_as(text)


@dataclass(frozen=True, kw_only=True)
class YesNo(Field):
    """Yes, no or not stated."""

    widget: str = "yesno"

    def read(self, text: str, asking: Asking) -> bool:  # noqa: ARG002
        """Return the answer."""
        return {"yes": True, "no": False}[text]

    def state(self, typed: Typed, asking: Asking) -> bool | None:
        """Return the answer; other words than yes and no are none."""
        text = typed.get(self.name, "")
        return self.read(text, asking) if text in {"yes", "no"} else self._nothing()

    def show(self, value: Any) -> dict[str, str]:
        """Return the answer in words."""
        return {self.name: {True: "yes", False: "no"}.get(value, "")}


@dataclass(frozen=True, kw_only=True)
class Tick(Field):
    """A box: ticked is true, not ticked is false."""

    widget: str = "tick"

    def state(self, typed: Typed, asking: Asking) -> bool:  # noqa: ARG002
        """Return whether it is ticked."""
        ticked = bool(typed.get(self.name))
        if self.required and not ticked:
            self._nothing()
        return ticked

    def show(self, value: Any) -> dict[str, str]:
        """Return the box."""
        return {self.name: "on" if value else ""}


@dataclass(frozen=True, kw_only=True)
class Number(Field):
    """A whole number."""

    widget: str = "number"
    least: int | None = 0

    def read(self, text: str, asking: Asking) -> int:  # noqa: ARG002
        """Return the number."""
        try:
            return int(text.replace(" ", "").replace("\u00a0", ""))
        except ValueError as error:
            raise InvalidInput(
                _l("%(what)s: %(text)s is not a whole number.", what=self.label, text=text)
            ) from error


@dataclass(frozen=True, kw_only=True)
class Day(Field):
    """A calendar day that is known exactly, such as a day of review."""

    widget: str = "day"

    def read(self, text: str, asking: Asking) -> date:  # noqa: ARG002
        """Return the day."""
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise InvalidInput(
                _l("%(what)s: %(text)s is not a day.", what=self.label, text=text),
                advice=str(_l("Write it as 2026-03-31.")),
            ) from error


@dataclass(frozen=True, kw_only=True)
class When(Field):
    """A moment, as imprecise as the fact, with its zone and why that zone."""

    widget: str = "when"

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the names of value, zone and basis."""
        return (self.name, f"{self.name}-zone", f"{self.name}-basis")

    def state(self, typed: Typed, asking: Asking) -> Moment | None:  # noqa: ARG002
        """Return the moment with its zone."""
        text = typed.get(self.name, "").strip()
        if not text:
            self._nothing()
            return None
        return Moment.parse(
            text.replace(" ", "T") if text[:4].isdigit() and "/" not in text else text,
            zone=typed.get(f"{self.name}-zone", "").strip() or None,
            zone_basis=typed.get(f"{self.name}-basis", "").strip() or None,
        )

    def show(self, value: Any) -> dict[str, str]:
        """Return value, zone and basis."""
        if not isinstance(value, Moment):
            return dict.fromkeys(self.parts, "")
        words = f"c. {value.value}" if value.is_approximate else value.value
        return dict(zip(self.parts, (words, value.zone or "", value.zone_basis or ""), strict=True))

    def choices(self, asking: Asking) -> Sequence[tuple[str, Any]]:  # noqa: ARG002
        """Return the zones that are suggested."""
        return [(zone, zone) for zone in _ZONES]


@dataclass(frozen=True, kw_only=True)
class Where(Field):
    """A place: its name as stated, and what is known of it."""

    widget: str = "where"
    MORE = (
        "language",
        "current_name",
        "country",
        "gazetteer",
        "code",
        "latitude",
        "longitude",
        "precision_m",
        "how_known",
    )

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the names of all inputs."""
        return (self.name, *(f"{self.name}-{part}" for part in self.MORE))

    def state(self, typed: Typed, asking: Asking) -> Place | None:
        """Return the place; refuses half a coordinate."""
        more = {part: typed.get(f"{self.name}-{part}", "").strip() or None for part in self.MORE}
        name = typed.get(self.name, "").strip()
        if not name and not any(more.values()):
            self._nothing()
            return None
        known: dict[str, Any] = {part: text for part, text in more.items() if text}
        if "precision_m" in known:
            radius = Number(name="precision_m", label=_l("Radius in metres"))
            known["precision_m"] = radius.read(known["precision_m"], asking)
        return stated.place({"name": name, **known}, str(self.label))

    def show(self, value: Any) -> dict[str, str]:
        """Return name and what is known of it."""
        if not isinstance(value, Place):
            return dict.fromkeys(self.parts, "")
        known = value.to_json()
        words = [known[part] for part in ("name", *self.MORE)]
        return {part: "" if word is None else str(word) for part, word in zip(self.parts, words, strict=True)}


@dataclass(frozen=True, kw_only=True)
class Lines(Field):
    """Several short texts, one a line."""

    widget: str = "lines"
    read_line: Callable[[str], Any] = str

    def read(self, text: str, asking: Asking) -> list[Any]:  # noqa: ARG002
        """Return the lines that are not empty."""
        return [self.read_line(line.strip()) for line in text.splitlines() if line.strip()]

    def show(self, value: Any) -> dict[str, str]:
        """Return one line for each member."""
        return {self.name: "\n".join(_line(one) for one in value or ())}


def _line(value: Any) -> str:
    return str(value.get("name", "")) if isinstance(value, Mapping) else str(as_json(value))


@dataclass(frozen=True, kw_only=True)
class Tags(Field):
    """Language tags or country codes, with commas or spaces between them."""

    def read(self, text: str, asking: Asking) -> list[str]:  # noqa: ARG002
        """Return the tags."""
        return text.replace(",", " ").split()

    def show(self, value: Any) -> dict[str, str]:
        """Return the tags with commas."""
        return {self.name: ", ".join(value or ())}


@dataclass(frozen=True, kw_only=True)
class Ref(Field):
    """Another record, named by its reference; what is not visible is not found."""

    find: Find
    suggestions: Choices | None = None
    widget: str = "ref"

    def read(self, text: str, asking: Asking) -> Any:
        """Return the record."""
        return self.find(asking.session, text.split(" ", 1)[0], actor=asking.actor)

    def show(self, value: Any) -> dict[str, str]:
        """Return its reference."""
        return {self.name: "" if value is None else str(getattr(value, "reference", value))}


@dataclass(frozen=True, kw_only=True)
class Secret(Field):
    """A secret: never shown again, never kept in a draft."""

    widget: str = "secret"
    is_kept: bool = False

    def state(self, typed: Typed, asking: Asking) -> str | None:  # noqa: ARG002
        """Return the secret exactly as typed."""
        return typed.get(self.name) or self._nothing()

    def show(self, value: Any) -> dict[str, str]:  # noqa: ARG002
        """Return nothing."""
        return {self.name: ""}


@dataclass(frozen=True, kw_only=True)
class Made(Field):
    """A value of its own shape, read and shown by functions of its room (a citation, a package, cells)."""

    reading: Callable[[str, Asking], Any]
    showing: Callable[[Any], str] = str

    def read(self, text: str, asking: Asking) -> Any:
        """Return what the room reads in the text."""
        return self.reading(text, asking)

    def show(self, value: Any) -> dict[str, str]:
        """Return the text."""
        return {self.name: "" if value is None else self.showing(value)}


def level(**more: Any) -> Word:
    """Return the field for the level of confidentiality."""
    from evidence_tracker.access.levels import Level  # noqa: PLC0415 - a name of a field here

    return Word(
        name="level", label=_l("Level"), enum=Level, help=_l("How far the record may travel."), **more
    )


def governance(*, is_amended: bool = False) -> tuple[Field, ...]:
    """Return the fields that every record has: level, purpose, legal basis; a stored level cannot be taken away."""
    group = _l("Protection and lawfulness")
    return (
        level(group=group, required=is_amended),
        Text(name="purpose", label=_l("Purpose of the processing"), group=group),
        Text(
            name="legal_basis",
            label=_l("Legal basis of the processing"),
            help=_l("There is no default. Without it the record cannot go into a submission."),
            group=group,
        ),
    )


def parts_of(fields: Iterable[Field]) -> list[str]:
    """Return the names of all inputs of some fields."""
    return [part for field in fields for part in field.parts]
