"""Questions about incidents; what hangs on one is shown as far as both ends exist for the asker."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Text, func, or_, select, true, type_coerce
from sqlalchemy.orm import Session

from evidence_tracker.access.orders import After
from evidence_tracker.access.policy import visible
from evidence_tracker.access.records import PAGE, find, page
from evidence_tracker.casework.actors.models import Company, Suspect, Unit
from evidence_tracker.casework.exhibits.models import Remnant
from evidence_tracker.casework.incidents.evidence import Cited, Evidence, cited, kind_of, pairs, seen
from evidence_tracker.casework.incidents.models import (
    Casualty,
    EvidenceLink,
    Incident,
    IncidentActor,
    IncidentKind,
    IncidentPerson,
    IncidentRemnant,
    TargetStatus,
)
from evidence_tracker.casework.missions.models import Mission
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import NotFound

Hanging = Casualty | IncidentPerson | IncidentActor | EvidenceLink | IncidentRemnant
AnyHanging = TypeVar("AnyHanging", Casualty, IncidentPerson, IncidentActor, EvidenceLink, IncidentRemnant)
_HANGING: tuple[type[Any], ...] = (EvidenceLink, Casualty, IncidentPerson, IncidentActor, IncidentRemnant)
_BEARERS: tuple[tuple[str, type[Any]], ...] = (("unit", Unit), ("suspect", Suspect), ("company", Company))


AnyLink = TypeVar("AnyLink", IncidentPerson, IncidentActor)


@dataclass(frozen=True)
class Part:
    """A unit, suspect or company behind a link to an incident."""

    kind: str
    reference: str
    name: str


def find_incident(session: Session, reference: str, *, actor: Actor) -> Incident:
    """Return the incident with this reference if it exists for this actor, else ``NotFound``."""
    return find(session, Incident, reference, actor=actor)


@dataclass(frozen=True, kw_only=True)
class Sieve:
    """What incidents of a list have in common; None lets everything through.

    ``since`` and ``until`` keep those that may have happened in between: an imprecise date is kept as
    long as it can lie there. ``place`` is a part of the name of the place, as stated or as it is today.
    """

    mission_id: UUID | None = None
    kind: IncidentKind | None = None
    target_status: TargetStatus | None = None
    place: str | None = None
    country: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    compartment_id: UUID | None = None


def list_incidents(
    session: Session,
    *,
    actor: Actor,
    mission: Mission | None = None,
    kind: IncidentKind | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    sieve: Sieve | None = None,
    after: After | None = None,
    limit: int = PAGE,
) -> Sequence[Incident]:
    """Return one page of incidents, newest record first unless ``after`` says another order."""
    chosen = sieve or Sieve(
        mission_id=None if mission is None else mission.id, kind=kind, since=since, until=until
    )
    query = select(Incident).where(*_conditions(chosen))
    return page(session, query, Incident, actor=actor, after=after, limit=limit)


def list_by_time(
    session: Session,
    *,
    actor: Actor,
    sieve: Sieve,
    after: tuple[datetime, UUID] | None = None,
    limit: int = PAGE,
) -> Sequence[Incident]:
    """Return one page of incidents by when each can have begun, latest first.

    ``after`` is the last row's (earliest_at, id).
    """
    query = select(Incident).where(*_conditions(sieve), visible(session, actor, Incident))
    if after is not None:
        moment, row_id = after
        query = query.where(
            or_(
                Incident.earliest_at < moment,
                (Incident.earliest_at == moment) & (Incident.id < row_id),
            )
        )
    return session.scalars(query.order_by(Incident.earliest_at.desc(), Incident.id.desc()).limit(limit)).all()


def _conditions(sieve: Sieve) -> Iterator[ColumnElement[bool]]:
    equal: dict[Any, Any] = {
        Incident.mission_id: sieve.mission_id,
        Incident.kind: sieve.kind,
        Incident.target_status: sieve.target_status,
        Incident.compartment_id: sieve.compartment_id,
    }
    yield from (column == value for column, value in equal.items() if value is not None)
    if sieve.since is not None:
        yield Incident.latest_at >= sieve.since
    if sieve.until is not None:
        yield Incident.earliest_at <= sieve.until
    if sieve.place is not None:
        yield or_(*_named(sieve.place))
    if sieve.country is not None:
        yield _place_like(f'%"country":{_literal(json.dumps(sieve.country))},%')


def _named(sought: str) -> Iterator[ColumnElement[bool]]:
    # A place is one text of JSON with its keys in order, so that each name ends where the next key begins.
    # LIKE of SQLite folds the case of ASCII alone: the usual spellings of a name are tried one by one.
    text = " ".join(sought.split())
    for spelling in dict.fromkeys((text, text.lower(), text.title(), text.capitalize(), text.upper())):
        words = _literal(json.dumps(spelling, ensure_ascii=False)[1:-1])
        yield _place_like(f'%"name":"%{words}%","precision_m":%')
        yield _place_like(f'%"current_name":"%{words}%","gazetteer":%')


def _literal(text: str) -> str:
    return re.sub(r"([%_!])", r"!\1", text)


def _place_like(pattern: str) -> ColumnElement[bool]:
    return type_coerce(Incident.place, Text).like(pattern, escape="!")


def count_incidents(session: Session, *, actor: Actor) -> int:
    """Return how many incidents exist for this actor."""
    return (
        session.scalar(select(func.count()).select_from(Incident).where(visible(session, actor, Incident)))
        or 0
    )


def casualties_of(session: Session, incident: Incident, *, actor: Actor) -> Sequence[Casualty]:
    """Return the standing counts, in the order they were recorded; they are never added up."""
    return session.scalars(
        select(Casualty)
        .where(
            Casualty.incident_id == incident.id,
            Casualty.ended_at.is_(None),
            visible(session, actor, Casualty),
        )
        .order_by(Casualty.recorded_at, Casualty.id)
    ).all()


def evidence_of(
    session: Session, incident: Incident, *, actor: Actor, include_ended: bool = False
) -> list[tuple[EvidenceLink, Cited]]:
    """Return the links to evidence with what they cite, supporting and contradicting alike."""
    query = cited(session, actor, EvidenceLink).where(EvidenceLink.incident_id == incident.id)
    if not include_ended:
        query = query.where(EvidenceLink.ended_at.is_(None))
    return list(pairs(session, query.order_by(EvidenceLink.recorded_at, EvidenceLink.id)))


def persons_of(session: Session, incident: Incident, *, actor: Actor) -> list[tuple[IncidentPerson, str]]:
    """Return the standing links to protected persons, each with the person's code."""
    query = (
        select(IncidentPerson, Person.code)
        .join(Person, Person.id == IncidentPerson.person_id)
        .where(
            IncidentPerson.incident_id == incident.id,
            IncidentPerson.ended_at.is_(None),
            visible(session, actor, IncidentPerson),
            visible(session, actor, Person),
        )
        .order_by(IncidentPerson.recorded_at, IncidentPerson.id)
    )
    return [(link, code) for link, code in session.execute(query)]


def actors_of(session: Session, incident: Incident, *, actor: Actor) -> list[tuple[IncidentActor, Part]]:
    """Return the standing assertions of who had a part, each with the unit, suspect or company."""
    query = (
        select(
            IncidentActor,
            func.coalesce(*(bearer.reference for _kind, bearer in _BEARERS)),
            func.coalesce(*(bearer.name_latin for _kind, bearer in _BEARERS)),
        )
        .where(
            IncidentActor.incident_id == incident.id,
            IncidentActor.ended_at.is_(None),
            visible(session, actor, IncidentActor),
            _other_end(session, actor, IncidentActor),
        )
        .order_by(IncidentActor.recorded_at, IncidentActor.id)
    )
    for kind, bearer in _BEARERS:
        query = query.outerjoin(bearer, bearer.id == getattr(IncidentActor, f"{kind}_id"))
    return [
        (link, Part(_bearer_of(link), reference, name)) for link, reference, name in session.execute(query)
    ]


def _bearer_of(link: IncidentActor) -> str:
    return next(kind for kind, _bearer in _BEARERS if getattr(link, f"{kind}_id") is not None)


def remnants_of(
    session: Session, incident: Incident, *, actor: Actor
) -> list[tuple[IncidentRemnant, Remnant]]:
    """Return the remains attributed to the incident."""
    query = (
        select(IncidentRemnant, Remnant)
        .join(Remnant, Remnant.id == IncidentRemnant.remnant_id)
        .where(
            IncidentRemnant.incident_id == incident.id,
            IncidentRemnant.ended_at.is_(None),
            visible(session, actor, IncidentRemnant),
            visible(session, actor, Remnant),
        )
        .order_by(IncidentRemnant.recorded_at, IncidentRemnant.id)
    )
    return [(link, remnant) for link, remnant in session.execute(query)]


def for_evidence(session: Session, evidence: Evidence, *, actor: Actor) -> Sequence[Incident]:
    """Return the incidents that a piece of evidence is linked to."""
    column = getattr(EvidenceLink, f"{kind_of(evidence)}_id")
    linked = select(EvidenceLink.incident_id).where(
        column == evidence.id,
        EvidenceLink.ended_at.is_(None),
        visible(session, actor, EvidenceLink),
        seen(session, actor, EvidenceLink),
    )
    return _incidents(session, linked, actor)


def for_person(session: Session, person: Person, *, actor: Actor) -> Sequence[Incident]:
    """Return the incidents a protected person is linked to."""
    linked = select(IncidentPerson.incident_id).where(
        IncidentPerson.person_id == person.id,
        IncidentPerson.ended_at.is_(None),
        visible(session, actor, IncidentPerson),
    )
    return _incidents(session, linked, actor)


def for_actor(session: Session, bearer: Unit | Suspect | Company, *, actor: Actor) -> Sequence[Incident]:
    """Return the incidents a unit, suspect or company is said to have had a part in."""
    kind = next(kind for kind, model in _BEARERS if isinstance(bearer, model))
    linked = select(IncidentActor.incident_id).where(
        getattr(IncidentActor, f"{kind}_id") == bearer.id,
        IncidentActor.ended_at.is_(None),
        visible(session, actor, IncidentActor),
    )
    return _incidents(session, linked, actor)


def links_of_person(
    session: Session, person: Person, *, actor: Actor, limit: int
) -> Sequence[tuple[IncidentPerson, Incident]]:
    """Return a protected person's live links to incidents, the earliest incident first."""
    return _links(session, IncidentPerson, IncidentPerson.person_id == person.id, actor, limit)


def links_of_actor(
    session: Session, bearer: Unit | Suspect | Company, *, actor: Actor, limit: int
) -> Sequence[tuple[IncidentActor, Incident]]:
    """Return what a unit, suspect or company is said to have done in which incident, the earliest first."""
    kind = next(kind for kind, model in _BEARERS if isinstance(bearer, model))
    return _links(session, IncidentActor, getattr(IncidentActor, f"{kind}_id") == bearer.id, actor, limit)


def _links(
    session: Session, model: type[AnyLink], which: ColumnElement[bool], actor: Actor, limit: int
) -> Sequence[tuple[AnyLink, Incident]]:
    query = (
        select(model, Incident)
        .join(Incident, Incident.id == model.incident_id)
        .where(
            which, model.ended_at.is_(None), visible(session, actor, model), visible(session, actor, Incident)
        )
        .order_by(Incident.earliest_at, Incident.id, model.id)
        .limit(limit)
    )
    return [(link, incident) for link, incident in session.execute(query)]


def find_hanging(session: Session, row_id: UUID, *, actor: Actor) -> Hanging:
    """Return the link or count with this id if both its ends exist for this actor, else ``NotFound``."""
    for model in _HANGING:
        query = select(model).where(
            model.id == row_id,
            model.incident_id.in_(select(Incident.id).where(visible(session, actor, Incident))),
            visible(session, actor, model),
            _other_end(session, actor, model),
        )
        found: Hanging | None = session.scalars(query).first()
        if found is not None:
            return found
    raise NotFound(f"There is no link or count {row_id} here, or you may not see it.")


def _other_end(session: Session, actor: Actor, model: type[Any]) -> ColumnElement[bool]:
    ends: dict[type[Any], list[tuple[str, type[Any]]]] = {
        IncidentPerson: [("person", Person)],
        IncidentActor: list(_BEARERS),
        IncidentRemnant: [("remnant", Remnant)],
    }
    if model is EvidenceLink:
        return seen(session, actor, EvidenceLink)
    if model not in ends:
        return true()
    return or_(
        *(
            getattr(model, f"{kind}_id").in_(select(other.id).where(visible(session, actor, other)))
            for kind, other in ends[model]
        )
    )


def _incidents(session: Session, linked: Any, actor: Actor) -> Sequence[Incident]:
    query = select(Incident).where(Incident.id.in_(linked), visible(session, actor, Incident))
    return session.scalars(query.order_by(Incident.earliest_at, Incident.id)).all()
