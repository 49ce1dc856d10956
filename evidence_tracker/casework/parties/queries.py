"""Questions about parties: who they are, what was agreed, what we were asked to leave alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from evidence_tracker.access import records
from evidence_tracker.access.orders import After
from evidence_tracker.access.policy import now, visible
from evidence_tracker.access.stated import same_words
from evidence_tracker.casework.parties.models import (
    Agreement,
    AgreementParty,
    Instruction,
    InstructionKind,
    Party,
    PartyKind,
    RecipientClass,
)
from evidence_tracker.custody.events import Actor


@dataclass(frozen=True)
class Standing:
    """Whether instructions stand against something, and those of them the asker may read.

    ``is_blocked`` counts all of them: a gate must close for people who may not know why.
    """

    is_blocked: bool
    shown: tuple[Instruction, ...]


def find_party(session: Session, reference: str, *, actor: Actor) -> Party:
    """Return a party by reference, else ``NotFound``."""
    return records.find(session, Party, reference, actor=actor)


def find_agreement(session: Session, reference: str, *, actor: Actor) -> Agreement:
    """Return an agreement by reference, else ``NotFound``."""
    return records.find(session, Agreement, reference, actor=actor)


def find_instruction(session: Session, reference: str, *, actor: Actor) -> Instruction:
    """Return an instruction by reference, else ``NotFound``."""
    return records.find(session, Instruction, reference, actor=actor)


def page_parties(
    session: Session,
    *,
    actor: Actor,
    kind: PartyKind | None = None,
    recipient_class: RecipientClass | None = None,
    include_ended: bool = False,
    after: After | None = None,
    limit: int = records.PAGE,
) -> Sequence[Party]:
    """Return one page of parties, newest first."""
    query = select(Party)
    if kind is not None:
        query = query.where(Party.kind == kind)
    if recipient_class is not None:
        query = query.where(Party.recipient_class == recipient_class)
    if not include_ended:
        query = query.where(Party.ended_at.is_(None))
    return records.page(session, query, Party, actor=actor, after=after, limit=limit)


def parties_by_id(session: Session, ids: Iterable[UUID], *, actor: Actor) -> dict[UUID, Party]:
    """Return those of the named parties that exist for this actor, by id, in one query."""
    found = session.scalars(select(Party).where(Party.id.in_(set(ids)), visible(session, actor, Party)))
    return {party.id: party for party in found}


def page_agreements(
    session: Session,
    *,
    actor: Actor,
    party: Party | None = None,
    in_force_at: datetime | None = None,
    after: After | None = None,
    limit: int = records.PAGE,
) -> Sequence[Agreement]:
    """Return one page of agreements, newest first; of one party, or in force at one instant, if asked."""
    query = select(Agreement)
    if party is not None:
        query = query.where(Agreement.id.in_(_agreements_of(party, in_force_at)))
    if in_force_at is not None:
        query = query.where(_in_force(in_force_at))
    return records.page(session, query, Agreement, actor=actor, after=after, limit=limit)


def parties_to(
    session: Session, agreement: Agreement, *, actor: Actor
) -> Sequence[tuple[AgreementParty, Party]]:
    """Return who is part of an agreement, with each one's role, by name."""
    query = (
        select(AgreementParty, Party)
        .join(Party, Party.id == AgreementParty.party_id)
        .where(
            AgreementParty.agreement_id == agreement.id,
            AgreementParty.ended_at.is_(None),
            visible(session, actor, AgreementParty),
            visible(session, actor, Party),
        )
        .order_by(Party.name_latin, Party.id)
    )
    return [(link, party) for link, party in session.execute(query)]


def memberships(
    session: Session, party: Party, *, actor: Actor, limit: int = records.PAGE
) -> Sequence[tuple[AgreementParty, Agreement]]:
    """Return the agreements that a party is part of and its role in each, the newest first."""
    query = (
        select(AgreementParty, Agreement)
        .join(Agreement, Agreement.id == AgreementParty.agreement_id)
        .where(
            AgreementParty.party_id == party.id,
            AgreementParty.ended_at.is_(None),
            visible(session, actor, AgreementParty),
            visible(session, actor, Agreement),
        )
        .order_by(Agreement.recorded_at.desc(), Agreement.id.desc())
        .limit(limit)
    )
    return [(link, agreement) for link, agreement in session.execute(query)]


def parties_of(session: Session, agreements: Iterable[UUID], *, actor: Actor) -> dict[UUID, list[Party]]:
    """Return who is part of each of these agreements, by name, in one query."""
    query = (
        select(AgreementParty.agreement_id, Party)
        .join(Party, Party.id == AgreementParty.party_id)
        .where(
            AgreementParty.agreement_id.in_(set(agreements)),
            AgreementParty.ended_at.is_(None),
            visible(session, actor, AgreementParty),
            visible(session, actor, Party),
        )
        .order_by(Party.name_latin, Party.id)
    )
    found: dict[UUID, list[Party]] = {}
    for agreement_id, party in session.execute(query):
        found.setdefault(agreement_id, []).append(party)
    return found


def page_instructions(
    session: Session,
    *,
    actor: Actor,
    party: Party | None = None,
    kind: InstructionKind | None = None,
    standing_at: datetime | None = None,
    after: After | None = None,
    limit: int = records.PAGE,
) -> Sequence[Instruction]:
    """Return one page of instructions, newest first; of one body, kind, or standing at an instant, if asked."""
    query = select(Instruction)
    if party is not None:
        query = query.where(Instruction.party_id == party.id)
    if kind is not None:
        query = query.where(Instruction.kind == kind)
    if standing_at is not None:
        query = query.where(_stands(standing_at))
    return records.page(session, query, Instruction, actor=actor, after=after, limit=limit)


def instructions_against(
    session: Session,
    *,
    kinds: Iterable[InstructionKind],
    actor: Actor,
    person_code: str | None = None,
    areas: Iterable[str] = (),
    incident: str | None = None,
    at: datetime | None = None,
) -> Standing:
    """Say whether instructions of these kinds stand against a person, an area or an incident.

    Areas and incidents are compared by their words ("Kamianka" meets "Kamianka, north
    bank"): too many matches are looked at by a person, a missed one is not.
    """
    moment = at if at is not None else now(session)
    query = select(Instruction).where(
        Instruction.kind.in_(list(kinds)),
        _stands(moment),
        or_(
            Instruction.person_code == person_code,
            Instruction.area.is_not(None),
            Instruction.incident.is_not(None),
        ),
    )
    named = [place for place in areas if place.strip()]
    matching = [
        instruction
        for instruction in session.scalars(query.order_by(Instruction.recorded_at))
        if _meets(instruction, person_code, named, incident)
    ]
    return Standing(bool(matching), _shown(session, matching, actor))


def _meets(instruction: Instruction, person_code: str | None, areas: list[str], incident: str | None) -> bool:
    if person_code is not None and instruction.person_code == person_code:
        return True
    if instruction.area is not None and any(same_words(instruction.area, place) for place in areas):
        return True
    stated = instruction.incident
    return stated is not None and incident is not None and same_words(stated, incident)


def _shown(session: Session, matching: list[Instruction], actor: Actor) -> tuple[Instruction, ...]:
    if not matching:
        return ()
    query = select(Instruction.id).where(
        Instruction.id.in_([row.id for row in matching]), visible(session, actor, Instruction)
    )
    readable = set(session.scalars(query))
    return tuple(row for row in matching if row.id in readable)


def _stands(moment: datetime) -> ColumnElement[bool]:
    return and_(
        Instruction.since_at <= moment,
        or_(Instruction.until_at.is_(None), Instruction.until_at >= moment),
        or_(Instruction.lifted_at.is_(None), Instruction.lifted_at > moment),
    )


def _in_force(moment: datetime) -> ColumnElement[bool]:
    return and_(
        Agreement.signed_at <= moment,
        or_(Agreement.valid_until_at.is_(None), Agreement.valid_until_at >= moment),
        or_(Agreement.ended_at.is_(None), Agreement.ended_at > moment),
    )


def _agreements_of(party: Party, moment: datetime | None) -> Select[UUID]:
    query = select(AgreementParty.agreement_id).where(AgreementParty.party_id == party.id)
    if moment is None:
        return query
    return query.where(or_(AgreementParty.ended_at.is_(None), AgreementParty.ended_at > moment))
