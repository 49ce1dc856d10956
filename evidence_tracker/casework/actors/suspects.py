"""Acts on named persons who are said to have acted or commanded, and on their posts."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from evidence_tracker.access import records, stated
from evidence_tracker.access.policy import now
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.actors import names
from evidence_tracker.casework.actors.models import (
    Company,
    Confidence,
    OffenceBasis,
    Position,
    Suspect,
    SuspectCapacity,
    Unit,
)
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.errors import GateClosed, InvalidInput
from evidence_tracker.values.moment import Moment
from evidence_tracker.values.place import Place

READERS: Mapping[str, stated.Reader] = {
    **names.READERS,
    "capacity": stated.word(SuspectCapacity),
    "nationalities": stated.countries,
    "gender": stated.optional_text,
    "born_on": stated.optional(stated.moment),
    "birthplace": stated.optional(stated.place),
    "address": stated.optional_text,
    "description": stated.optional_text,
    "offence_basis": stated.word(OffenceBasis),
    "source": stated.text,
}
POSITION_READERS: Mapping[str, stated.Reader] = {
    "title": stated.text,
    "rank": stated.optional_text,
    "since": stated.optional(stated.moment),
    "until": stated.optional(stated.moment),
    "source": stated.text,
    "confidence": stated.word(Confidence),
}


def add_suspect(
    session: Session,
    *,
    name: str,
    source: str,
    offence_basis: OffenceBasis | str,
    governance: Governance,
    actor: Actor,
    capacity: SuspectCapacity | str = SuspectCapacity.SUSPECT,
    name_language: str | None = None,
    name_latin: str | None = None,
    nationalities: Iterable[str] = (),
    gender: str | None = None,
    born_on: Moment | str | None = None,
    birthplace: Place | str | Mapping[str, Any] | None = None,
    address: str | None = None,
    description: str | None = None,
    compartment_id: UUID | None = None,
) -> Suspect:
    """Record a named person in connection with alleged offences.

    ``governance`` has no default: it must state the level and, as ``legal_basis``, the
    provision that allows this (GDPR 10); without one nothing is stored (``GateClosed``).
    """
    _lawful(governance.legal_basis)
    facts = stated.read(
        {
            "capacity": capacity,
            "nationalities": nationalities,
            "gender": gender,
            "born_on": born_on,
            "birthplace": birthplace,
            "address": address,
            "description": description,
            "offence_basis": offence_basis,
            "source": source,
        },
        READERS,
    )
    return records.create(
        session,
        Suspect,
        compartment_id=compartment_id or records.profile(session).organisation_compartment_id,
        governance=governance,
        actor=actor,
        reference=records.next_reference(session, "U"),
        **names.named(name, name_language, name_latin),
        **facts,
    )


def amend_suspect(
    session: Session,
    suspect: Suspect,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> Suspect:
    """Change what is known of a named person; the legal basis can be corrected, not removed."""
    read = names.renamed(suspect, stated.read(changes, {**READERS, **stated.GOVERNED}))
    _lawful(read.get("legal_basis", suspect.legal_basis))
    return stated.amend_stated(session, suspect, read, actor=actor, expected_version=expected_version)


def record_position(
    session: Session,
    suspect: Suspect,
    *,
    title: str,
    source: str,
    actor: Actor,
    unit: Unit | None = None,
    company: Company | None = None,
    rank: str | None = None,
    since: Moment | str | None = None,
    until: Moment | str | None = None,
    confidence: Confidence | str = Confidence.UNVERIFIED,
) -> Position:
    """Say that a named person held a post in a unit or a company (one of them) for a span."""
    if (unit is None) == (company is None):
        raise InvalidInput("A position is held in one unit or in one company.")
    facts = stated.read(
        {
            "title": title,
            "rank": rank,
            "since": since,
            "until": until,
            "source": source,
            "confidence": confidence,
        },
        POSITION_READERS,
    )
    since_at, until_at = stated.span(facts["since"], facts["until"])
    return records.create(
        session,
        Position,
        compartment_id=suspect.compartment_id,
        governance=Governance.of(suspect),
        actor=actor,
        verb=CustodyVerb.LINKED,
        suspect_id=suspect.id,
        unit_id=unit.id if unit is not None else None,
        company_id=company.id if company is not None else None,
        since_at=since_at,
        until_at=until_at,
        ended_at=None,
        end_reason=None,
        **facts,
    )


def amend_position(
    session: Session,
    position: Position,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> Position:
    """Change the title, span, source or confidence of a position."""
    read = stated.read(changes, {**POSITION_READERS, **stated.GOVERNED})
    since_at, until_at = stated.span(read.get("since", position.since), read.get("until", position.until))
    return stated.amend_stated(
        session,
        position,
        {**read, "since_at": since_at, "until_at": until_at},
        actor=actor,
        expected_version=expected_version,
    )


def end_position(session: Session, position: Position, *, reason: str, actor: Actor) -> Position:
    """Withdraw a position as wrong. That somebody left a post is its ``until``, not this."""
    if position.ended_at is not None:
        raise InvalidInput("This position was withdrawn already.")
    return records.amend(
        session,
        position,
        {"ended_at": now(session), "end_reason": stated.text(reason, "reason")},
        actor=actor,
        verb=CustodyVerb.UNLINKED,
    )


def _lawful(legal_basis: str | None) -> None:
    if not (legal_basis or "").strip():
        raise GateClosed(
            "Nobody stated the legal basis for holding data on alleged offences of a named person.",
            advice="Ask the legal officer which provision allows it (GDPR 10), and state that.",
        )
