"""Questions about allegations; a bearing whose evidence one may not see does not exist for that one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from evidence_tracker.access.orders import After
from evidence_tracker.access.policy import visible
from evidence_tracker.access.records import PAGE, find, get, page
from evidence_tracker.casework.actors.models import Company, Suspect, Unit
from evidence_tracker.casework.actors.queries import find_actor
from evidence_tracker.casework.allegations.alleging import mode_for, pinned
from evidence_tracker.casework.allegations.jurisdiction import Caution, When, cautions_for, mode_cautions
from evidence_tracker.casework.allegations.models import (
    Allegation,
    AllegationStatus,
    AllegationSuspect,
    Bearing,
    Direction,
    ElementFinding,
)
from evidence_tracker.casework.incidents.evidence import Cited, Evidence, cited, kind_of, pairs, seen
from evidence_tracker.casework.incidents.models import Incident
from evidence_tracker.casework.incidents.queries import Part
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import InvalidInput, NotFound

Hanging = TypeVar("Hanging", Bearing, AllegationSuspect)
_NAMED: tuple[tuple[str, type[Any]], ...] = (("suspect", Suspect), ("unit", Unit))


@dataclass(frozen=True)
class Against:
    """An exculpatory bearing with the allegation it speaks against and the evidence it cites."""

    allegation: str
    bearing: Bearing
    evidence: Cited


def find_allegation(session: Session, reference: str, *, actor: Actor) -> Allegation:
    """Return the allegation with this reference if it exists for this actor, else ``NotFound``."""
    return find(session, Allegation, reference, actor=actor)


def list_allegations(
    session: Session,
    *,
    actor: Actor,
    incident: Incident | None = None,
    pack_id: str | None = None,
    code: str | None = None,
    status: AllegationStatus | None = None,
    recorded_by: UUID | None = None,
    compartment_id: UUID | None = None,
    after: After | None = None,
    limit: int = PAGE,
) -> Sequence[Allegation]:
    """Return one page of allegations, newest first; ``code`` finds it and all that lies under it.

    ``recorded_by`` keeps those of one person.
    """
    query = select(Allegation)
    if incident is not None:
        query = query.where(Allegation.incident_id == incident.id)
    if pack_id is not None:
        query = query.where(Allegation.pack_id == pack_id)
    if code is not None:
        below = [Allegation.code.startswith(f"{code}{sign}", autoescape=True) for sign in "(-/"]
        query = query.where(or_(Allegation.code == code, *below))
    equal: dict[Any, Any] = {
        Allegation.status: status,
        Allegation.recorded_by: recorded_by,
        Allegation.compartment_id: compartment_id,
    }
    query = query.where(*(column == value for column, value in equal.items() if value is not None))
    return page(session, query, Allegation, actor=actor, after=after, limit=limit)


def categories_used(session: Session, *, actor: Actor, limit: int = PAGE) -> list[tuple[str, str]]:
    """Return pack and code of the categories under which this actor finds allegations, in order."""
    query = (
        select(Allegation.pack_id, Allegation.code)
        .where(visible(session, actor, Allegation))
        .distinct()
        .order_by(Allegation.pack_id, Allegation.code)
        .limit(limit)
    )
    return [(pack_id, code) for pack_id, code in session.execute(query)]


def count_allegations(session: Session, *, actor: Actor) -> int:
    """Return how many allegations exist for this actor."""
    query = select(func.count()).select_from(Allegation).where(visible(session, actor, Allegation))
    return session.scalar(query) or 0


def incident_references(
    session: Session, allegations: Sequence[Allegation], *, actor: Actor
) -> dict[UUID, str]:
    """Return the references of the incidents behind these allegations, by incident id, in one query."""
    wanted = {allegation.incident_id for allegation in allegations}
    query = select(Incident.id, Incident.reference).where(
        Incident.id.in_(wanted), visible(session, actor, Incident)
    )
    return {row_id: reference for row_id, reference in session.execute(query)}  # noqa: C416 - rows


def with_incident(session: Session, allegation: Allegation, *, actor: Actor) -> tuple[Allegation, Incident]:
    """Return an allegation with its incident, in one query; ``NotFound`` unless both are for this actor."""
    query = (
        select(Allegation, Incident)
        .join(Incident, Incident.id == Allegation.incident_id)
        .where(
            Allegation.id == allegation.id,
            visible(session, actor, Allegation),
            visible(session, actor, Incident),
        )
    )
    found = session.execute(query).first()
    if found is None:
        raise NotFound("There is no such allegation here, or you may not see it.")
    return found[0], found[1]


def bearings_of(session: Session, allegation: Allegation, *, actor: Actor) -> list[tuple[Bearing, Cited]]:
    """Return every bearing on an allegation, ended ones too, by element and then as recorded."""
    query = cited(session, actor, Bearing).where(Bearing.allegation_id == allegation.id)
    return list(pairs(session, query.order_by(Bearing.element_n, Bearing.recorded_at, Bearing.id)))


def findings_of(session: Session, allegation: Allegation, *, actor: Actor) -> dict[int, ElementFinding]:
    """Return what is found of each element so far, by its number."""
    query = select(ElementFinding).where(
        ElementFinding.allegation_id == allegation.id, visible(session, actor, ElementFinding)
    )
    return {finding.element_n: finding for finding in session.scalars(query)}


def exculpatory(
    session: Session,
    *,
    actor: Actor,
    incident: Incident | None = None,
    allegation: Allegation | None = None,
    suspect: Suspect | Unit | None = None,
) -> list[Against]:
    """Return all standing evidence against allegations: of one incident, allegation or suspect, or all.

    This is what must go along wherever the evidence for them goes.
    """
    shown = select(Allegation.id).where(visible(session, actor, Allegation))
    if incident is not None:
        shown = shown.where(Allegation.incident_id == incident.id)
    if allegation is not None:
        shown = shown.where(Allegation.id == allegation.id)
    if suspect is not None:
        shown = shown.where(Allegation.id.in_(_naming(session, suspect, actor)))
    query = cited(session, actor, Bearing).where(
        Bearing.direction == Direction.EXCULPATORY,
        Bearing.ended_at.is_(None),
        Bearing.allegation_id.in_(shown),
    )
    found = list(pairs(session, query.order_by(Bearing.recorded_at, Bearing.id)))
    wanted = {bearing.allegation_id for bearing, _evidence in found}
    referring = select(Allegation.id, Allegation.reference).where(Allegation.id.in_(wanted))
    names = {row_id: reference for row_id, reference in session.execute(referring)}  # noqa: C416 - rows
    return [Against(names[bearing.allegation_id], bearing, evidence) for bearing, evidence in found]


def for_evidence(session: Session, evidence: Evidence, *, actor: Actor) -> Sequence[Allegation]:
    """Return the allegations that a piece of evidence bears on, one way or the other."""
    touched = select(Bearing.allegation_id).where(
        getattr(Bearing, f"{kind_of(evidence)}_id") == evidence.id,
        Bearing.ended_at.is_(None),
        visible(session, actor, Bearing),
        seen(session, actor, Bearing),
    )
    return _allegations(session, touched, actor)


def for_suspect(session: Session, suspect: Suspect | Unit, *, actor: Actor) -> Sequence[Allegation]:
    """Return the allegations under which a suspect or unit is named."""
    return _allegations(session, _naming(session, suspect, actor), actor)


def namings_of(
    session: Session, suspect: Suspect | Unit, *, actor: Actor, limit: int
) -> Sequence[tuple[AllegationSuspect, Allegation]]:
    """Return how a suspect or unit is named under which allegation, the earliest allegation first."""
    kind = next(kind for kind, model in _NAMED if isinstance(suspect, model))
    query = (
        select(AllegationSuspect, Allegation)
        .join(Allegation, Allegation.id == AllegationSuspect.allegation_id)
        .where(
            getattr(AllegationSuspect, f"{kind}_id") == suspect.id,
            AllegationSuspect.ended_at.is_(None),
            visible(session, actor, AllegationSuspect),
            visible(session, actor, Allegation),
        )
        .order_by(Allegation.recorded_at, Allegation.id, AllegationSuspect.id)
        .limit(limit)
    )
    return [(link, allegation) for link, allegation in session.execute(query)]


def suspects_of(
    session: Session, allegation: Allegation, *, actor: Actor
) -> list[tuple[AllegationSuspect, Part]]:
    """Return the suspects and units named under an allegation, as far as both ends exist for this actor."""
    query = naming_query(session, actor).where(AllegationSuspect.allegation_id == allegation.id)
    return [(link, part_of(link, reference, name)) for link, reference, name in session.execute(query)]


def naming_query(session: Session, actor: Actor) -> Select[*tuple[Any, ...]]:
    """Return a query of namings with reference and name of whom they name, as far as both ends exist."""
    query = (
        select(
            AllegationSuspect,
            func.coalesce(*(named.reference for _kind, named in _NAMED)),
            func.coalesce(*(named.name_latin for _kind, named in _NAMED)),
        )
        .where(
            AllegationSuspect.ended_at.is_(None),
            visible(session, actor, AllegationSuspect),
            or_(
                *(
                    getattr(AllegationSuspect, f"{kind}_id").in_(
                        select(named.id).where(visible(session, actor, named))
                    )
                    for kind, named in _NAMED
                )
            ),
        )
        .order_by(AllegationSuspect.recorded_at, AllegationSuspect.id)
    )
    for kind, named in _NAMED:
        query = query.outerjoin(named, named.id == getattr(AllegationSuspect, f"{kind}_id"))
    return query


def part_of(link: AllegationSuspect, reference: str, name: str) -> Part:
    """Return whom a naming names, from a row of ``naming_query``."""
    return Part("suspect" if link.suspect_id is not None else "unit", reference, name)


def find_nameable(session: Session, reference: str, *, actor: Actor) -> Suspect | Unit:
    """Return the suspect or unit with this reference; refuses a company, which no allegation names."""
    found = find_actor(session, reference, actor=actor)
    if isinstance(found, Company):
        raise InvalidInput(
            f"{found.reference} is a company; an allegation names suspects and units.",
            advice="Link the company to the incident instead.",
        )
    return found


def find_bearing(session: Session, bearing_id: UUID, *, actor: Actor) -> Bearing:
    """Return a bearing if it, its evidence and its allegation exist for this actor, else ``NotFound``."""
    query = select(Bearing).where(
        Bearing.id == bearing_id,
        Bearing.allegation_id.in_(select(Allegation.id).where(visible(session, actor, Allegation))),
        visible(session, actor, Bearing),
        seen(session, actor, Bearing),
    )
    found = session.scalars(query).first()
    if found is None:
        raise NotFound(f"There is no bearing {bearing_id} here, or you may not see it.")
    return found


def find_naming(session: Session, link_id: UUID, *, actor: Actor) -> AllegationSuspect:
    """Return the naming of a suspect or unit with this id if both ends exist for this actor."""
    link = get(session, AllegationSuspect, link_id, actor=actor)
    get(session, Allegation, link.allegation_id, actor=actor)
    if link.suspect_id is not None:
        get(session, Suspect, link.suspect_id, actor=actor)
    elif link.unit_id is not None:
        get(session, Unit, link.unit_id, actor=actor)
    return link


def cautions(session: Session, allegation: Allegation, *, actor: Actor) -> list[Caution]:
    """Return what counsel should look at: the date, the forums, what a pack is not sure of."""
    incident = get(session, Incident, allegation.incident_id, actor=actor)
    named = suspects_of(session, allegation, actor=actor)
    return cautions_in(allegation, incident, [link for link, _part in named])


def cautions_in(
    allegation: Allegation, incident: Incident, namings: Iterable[AllegationSuspect]
) -> list[Caution]:
    """Return what counsel should look at, of what was read already; asks nothing."""
    pack, category = pinned(allegation)
    when = When.of(incident.occurred)
    country = incident.place.country if incident.place is not None else None
    found = cautions_for(pack, category, when, country)
    for link in namings:
        if link.mode_code is not None:
            source, mode, _code = mode_for(
                f"{link.mode_pack_id}@{link.mode_pack_version}:{link.mode_code}", pack, category
            )
            found.extend(mode_cautions(mode, source, when))
    return list(dict.fromkeys(found))


def _naming(session: Session, suspect: Suspect | Unit, actor: Actor) -> Any:
    kind = next(kind for kind, model in _NAMED if isinstance(suspect, model))
    return select(AllegationSuspect.allegation_id).where(
        getattr(AllegationSuspect, f"{kind}_id") == suspect.id,
        AllegationSuspect.ended_at.is_(None),
        visible(session, actor, AllegationSuspect),
    )


def _allegations(session: Session, wanted: Any, actor: Actor) -> Sequence[Allegation]:
    query = select(Allegation).where(Allegation.id.in_(wanted), visible(session, actor, Allegation))
    return session.scalars(query.order_by(Allegation.recorded_at, Allegation.id)).all()
