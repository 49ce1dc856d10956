"""Acts on others: who takes part, whom the team can turn to, who else investigates there."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access import records, stated
from evidence_tracker.access.policy import now
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.missions.models import (
    DeconflictionNote,
    DeconflictionOutcome,
    Mission,
    MissionContact,
    MissionPartner,
)
from evidence_tracker.casework.missions.states import require_open
from evidence_tracker.casework.parties.models import Instruction, Party
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.errors import InvalidInput
from evidence_tracker.values.moment import Moment

AnyLink = TypeVar("AnyLink", MissionPartner, MissionContact)

CONTACT_READERS: Mapping[str, stated.Reader] = {
    "name": stated.text,
    "function": stated.optional_text,
    "how_to_reach": stated.text,
    "languages": stated.languages,
    "notes": stated.optional_text,
}


def add_partner(
    session: Session, mission: Mission, party: Party, *, part: str, actor: Actor
) -> MissionPartner:
    """Say that a party takes part in a mission, and how."""
    require_open(mission)
    there = select(MissionPartner.id).where(
        MissionPartner.mission_id == mission.id,
        MissionPartner.party_id == party.id,
        MissionPartner.ended_at.is_(None),
    )
    if session.scalar(there) is not None:
        raise InvalidInput(f"{party.reference} takes part in {mission.reference} already.")
    return records.create(
        session,
        MissionPartner,
        compartment_id=mission.compartment_id,
        governance=Governance.of(mission),
        actor=actor,
        verb=CustodyVerb.LINKED,
        mission_id=mission.id,
        party_id=party.id,
        part=stated.text(part, "part"),
        ended_at=None,
    )


def end_partner(session: Session, link: MissionPartner, *, actor: Actor) -> MissionPartner:
    """Say that a party no longer takes part."""
    return _end(session, link, actor)


def add_contact(
    session: Session,
    mission: Mission,
    *,
    name: str,
    how_to_reach: str,
    actor: Actor,
    function: str | None = None,
    languages: Iterable[str] = (),
    notes: str | None = None,
    party: Party | None = None,
    governance: Governance | None = None,
) -> MissionContact:
    """Note whom the team can turn to. Nobody who needs protection belongs here (use persons)."""
    require_open(mission)
    facts = stated.read(
        {
            "name": name,
            "function": function,
            "how_to_reach": how_to_reach,
            "languages": languages,
            "notes": notes,
        },
        CONTACT_READERS,
    )
    return records.create(
        session,
        MissionContact,
        compartment_id=mission.compartment_id,
        governance=governance or Governance.of(mission),
        actor=actor,
        mission_id=mission.id,
        party_id=party.id if party is not None else None,
        ended_at=None,
        **facts,
    )


def amend_contact(
    session: Session,
    contact: MissionContact,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> MissionContact:
    """Change what is known of a contact."""
    read = stated.read(changes, {**CONTACT_READERS, **stated.GOVERNED})
    return stated.amend_stated(session, contact, read, actor=actor, expected_version=expected_version)


def end_contact(session: Session, contact: MissionContact, *, actor: Actor) -> MissionContact:
    """Say that a contact is no longer to be used."""
    return _end(session, contact, actor)


def note_deconfliction(
    session: Session,
    mission: Mission,
    *,
    asked_on: Moment | str,
    channel: str,
    question: str,
    outcome: DeconflictionOutcome | str,
    actor: Actor,
    answer: str | None = None,
    party: Party | None = None,
    instruction: Instruction | None = None,
) -> DeconflictionNote:
    """Note that another body was asked whether it investigates there, and what came of it.

    The latest note of each body counts; ``party`` is left out only where there was nobody
    to ask. A note is not changed: a new answer is a new note.
    """
    require_open(mission)
    result = stated.word(DeconflictionOutcome)(outcome, "outcome")
    if (party is None) != (result is DeconflictionOutcome.NOBODY_TO_ASK):
        raise InvalidInput(
            "A deconfliction note names the body that was asked, or says that there was nobody to ask.",
            advice="Name the party, or choose the outcome 'nobody-to-ask'.",
        )
    when = stated.moment(asked_on, "day of asking")
    if when.bounds()[0] > now(session):
        raise InvalidInput(f"{when} has not come yet; a note says what was asked.")
    return records.create(
        session,
        DeconflictionNote,
        compartment_id=mission.compartment_id,
        governance=Governance.of(mission),
        actor=actor,
        occurred=when,
        mission_id=mission.id,
        party_id=party.id if party is not None else None,
        instruction_id=instruction.id if instruction is not None else None,
        asked_on=when,
        asked_at=when.bounds()[0],
        channel=stated.text(channel, "channel"),
        question=stated.text(question, "question"),
        answer=stated.optional_text(answer, "answer"),
        outcome=result,
    )


def _end(session: Session, row: AnyLink, actor: Actor) -> AnyLink:
    if row.ended_at is not None:
        raise InvalidInput("This has ended already.")
    return records.amend(session, row, {"ended_at": now(session)}, actor=actor, verb=CustodyVerb.UNLINKED)
