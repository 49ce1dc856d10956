"""What a person allowed, as it is shown: chips for each recipient, and everything they said, in order."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from flask_babel import format_date, gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from evidence_tracker.access.levels import Level
from evidence_tracker.access.policy import visible
from evidence_tracker.casework.consent import queries
from evidence_tracker.casework.consent.gates import Decision, Matrix, Reason, Recipient, fold
from evidence_tracker.casework.consent.models import ConsentEvent, IdentityLevel, Said, Scope, Use
from evidence_tracker.casework.consent.packages import find_package
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.interviews.models import Interview
from evidence_tracker.casework.osint.models import Capture
from evidence_tracker.casework.parties.models import Party, RecipientClass
from evidence_tracker.casework.parties.queries import parties_by_id
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.custody.events import Actor
from evidence_tracker.web.words import said

#: How a person may be named, in the words of a chip.
NAMED = {
    IdentityLevel.FULL: _l("with name"),
    IdentityLevel.CODE: _l("under a code"),
    IdentityLevel.PSEUDONYM: _l("identity withheld"),
    IdentityLevel.ANONYMOUS: _l("only in aggregates"),
    IdentityLevel.NONE: _l("not at all"),
}
_NO = {
    Reason.NEVER_ASKED: _l("was never asked"),
    Reason.NOT_COVERED: _l("no consent"),
    Reason.REFUSED: _l("refused"),
    Reason.WITHDRAWN: _l("withdrawn"),
    Reason.EXPIRED: _l("expired"),
    Reason.NOT_YET: _l("does not hold yet"),
    Reason.NO_RECIPIENT: _l("is no recipient"),
    Reason.LIMITED: _l("limited to nothing"),
}
#: What an event of consent may name, and by which words it is known.
NAMES: tuple[tuple[type[Any], Any], ...] = (
    (Exhibit, Exhibit.reference),
    (Interview, Interview.reference),
    (Capture, Capture.reference),
    (Person, Person.code),
)
_SILENT = frozenset({Reason.NOT_COVERED, Reason.NEVER_ASKED})


@dataclass(frozen=True)
class Chip:
    """One decision in words: may be used · identity withheld · until 2027."""

    kind: str
    says: str
    notes: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Granted:
    """The uses that are decided alike."""

    uses: tuple[str, ...]
    chip: Chip


@dataclass(frozen=True)
class Line:
    """Everything that is decided for one recipient, of everything given or of one item."""

    who: str
    reference: str | None
    item: str | None
    granted: tuple[Granted, ...]

    @property
    def conditions(self) -> tuple[str, ...]:
        """Return what the person asks for, each once."""
        return tuple(dict.fromkeys(words for some in self.granted for words in some.chip.conditions))


@dataclass(frozen=True)
class State:
    """What all events of a person amount to; ``everybody`` is said where no recipient is named."""

    lines: tuple[Line, ...]
    everybody: Chip


@dataclass(frozen=True)
class Heard:
    """Everything a person said, with what its events name: references, codes and parties, as far as seen."""

    events: Sequence[ConsentEvent]
    references: Mapping[UUID, str]
    parties: Mapping[UUID, Party]


@dataclass(frozen=True)
class Statement:
    """One act of consent: the events that were recorded together."""

    events: tuple[ConsentEvent, ...]
    heard: Heard

    @property
    def first(self) -> ConsentEvent:
        """Return the event that stands for what all of them share."""
        return self.events[0]

    @property
    def level(self) -> Level:
        """Return the level at which it is read."""
        return self.first.level

    @property
    def evidence(self) -> str | None:
        """Return the reference of the evidence item that shows it."""
        return self.heard.references.get(self.first.evidence_id) if self.first.evidence_id else None

    @property
    def guardian(self) -> str | None:
        """Return the code of the guardian."""
        return self.heard.references.get(self.first.guardian_id) if self.first.guardian_id else None

    @property
    def items(self) -> list[str]:
        """Return the references of the items it is limited to, as far as they exist for whoever reads."""
        found = (self.heard.references.get(UUID(item)) for item in self.first.items)
        return [reference for reference in found if reference]

    @property
    def package(self) -> str | None:
        """Return the title of the package that was chosen."""
        key, version = self.first.package, self.first.package_version
        return None if key is None else find_package(key, version).title

    @property
    def cells(self) -> list[str]:
        """Return what it is about, uses with the same recipient and level together."""
        keys = groupby(self.events, lambda one: (one.recipient_class, one.party_id, one.identity_level))
        return [self._cell(*key, [one.use for one in some]) for key, some in keys]

    def _cell(
        self,
        recipient: RecipientClass | None,
        party_id: UUID | None,
        level: IdentityLevel | None,
        uses: Sequence[Use | None],
    ) -> str:
        who, reference = named(recipient, party_id, self.heard.parties)
        what = gettext("every use") if None in uses else ", ".join(said(use) for use in uses).lower()
        return f"{reference or who}: {what}" + (f" · {NAMED[level]}" if level is not None else "")


def hear(session: Session, person: Person, actor: Actor) -> Heard:
    """Return everything a person said, read once a session; raises NotPermitted where part is hidden."""
    kept: dict[UUID, Heard] = session.info.setdefault("consent of persons", {})
    if person.id not in kept:
        events = queries.history(session, person, actor=actor)
        parties = {one.party_id for one in events if one.party_id is not None}
        kept[person.id] = Heard(
            events,
            _references(session, events, actor),
            parties_by_id(session, parties, actor=actor) if parties else {},
        )
    return kept[person.id]


def statements_of(session: Session, person: Person, actor: Actor) -> list[Statement]:
    """Return what a person said, the newest first, each act as one."""
    heard = hear(session, person, actor)
    groups = [tuple(some) for _, some in groupby(heard.events, lambda event: event.group_id)]
    return [Statement(some, heard) for some in reversed(groups)]


def state_of(heard: Heard, at: datetime, *, is_as_known: bool = False) -> State:
    """Return what a person allows at ``at``; ``is_as_known``: by what was recorded until then alone."""
    known = [event for event in heard.events if event.recorded_at <= at or not is_as_known]
    found = fold(known, at)
    return State(tuple(_lines(found, heard)), _everybody(found))


def chip_of(decision: Decision, events: Iterable[Said] = ()) -> Chip:
    """Return a decision as a chip; ``events`` are those that it may rest on, for the day on which it ends."""
    if not decision.allowed:
        kind = "unknown" if decision.reason is Reason.NEVER_ASKED else "no"
        return Chip(kind, str(_NO[decision.reason]))
    ends = [one.expires_on for one in events if one.id in decision.events and one.expires_on is not None]
    notes = [str(NAMED[decision.identity_level]), *([_until(min(ends))] if ends else [])]
    kind = "yes" if decision.identity_level is IdentityLevel.FULL else "limited"
    return Chip(kind, gettext("may be used"), tuple(notes), decision.conditions)


def kept_chip(decision: Decision) -> Chip:
    """Return whether this organisation may keep what somebody tells it, as a chip."""
    if decision.allowed:
        return Chip("yes", gettext("may be kept"))
    kind = "unknown" if decision.reason is Reason.NEVER_ASKED else "no"
    return Chip(kind, gettext("no consent to keep it"), (str(_NO[decision.reason]),))


def _lines(found: Matrix, heard: Heard) -> Iterator[Line]:
    seen = [item_id for item_id in found.items if item_id in heard.references]
    for recipient in found.recipients:
        for item_id in (None, *seen):
            granted = _granted(found, recipient, item_id)
            if granted:
                who, reference = named(recipient.recipient_class, recipient.party_id, heard.parties)
                item = None if item_id is None else heard.references[item_id]
                yield Line(who, reference, item, granted)


def named(
    recipient: RecipientClass | None, party_id: UUID | None, parties: Mapping[UUID, Party]
) -> tuple[str, str | None]:
    """Return who a recipient is, and the reference of one that is named."""
    if recipient is None:
        return gettext("everybody"), None
    if party_id is None:
        return said(recipient), None
    party = parties.get(party_id)
    if party is None:
        return gettext("%(who)s: one that you may not see", who=said(recipient)), None
    return party.name_latin or party.name, party.reference


def _granted(found: Matrix, recipient: Recipient, item_id: UUID | None) -> tuple[Granted, ...]:
    merged: dict[Chip, list[str]] = {}
    for use in found.uses or list(Use):
        decision = found.decide(recipient, use, item_id)
        # Of an item only what differs from what holds for everything is worth a line.
        if decision.reason in _SILENT or (item_id and decision == found.decide(recipient, use, None)):
            continue
        merged.setdefault(chip_of(decision, found.events), []).append(said(use).lower())
    whole = len(found.uses or list(Use))
    return tuple(
        Granted((gettext("every use"),) if chip.kind == "no" and len(uses) == whole else tuple(uses), chip)
        for chip, uses in merged.items()
    )


def _everybody(found: Matrix) -> Chip:
    if not found.events:
        return Chip("unknown", gettext("was never asked"))
    broad = [
        one
        for one in found.events
        if one.recipient_class is None and one.use is None and one.scope is Scope.ALL
    ]
    return Chip("no", gettext("no consent") if not broad else said(broad[-1].kind).lower())


def _until(day: date) -> str:
    is_year = (day.month, day.day) == (12, 31)
    return str(gettext("until %(day)s", day=day.year if is_year else format_date(day, "d MMM y")))


def _references(session: Session, events: Iterable[ConsentEvent], actor: Actor) -> dict[UUID, str]:
    """Return the references of evidence, guardians and items that exist for whoever asks, in one query."""
    wanted = {UUID(item) for event in events for item in event.items}
    wanted |= {one for event in events for one in (event.evidence_id, event.guardian_id) if one is not None}
    if not wanted:
        return {}
    named = [
        select(model.id, name.label("reference")).where(model.id.in_(wanted), visible(session, actor, model))
        for model, name in NAMES
    ]
    return {row.id: row.reference for row in session.execute(union_all(*named))}
