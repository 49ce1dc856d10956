"""Acts on instructions: another investigating body asks us to leave something to it."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from evidence_tracker.access import records, stated
from evidence_tracker.access.policy import Permission, now
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.parties.models import Instruction, InstructionKind, Party, PartyKind
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.errors import InvalidInput
from evidence_tracker.values.moment import Moment

PERSON_CODE = re.compile(r"PN-[0-9A-HJKMNP-TV-Z]{6}")
INSTRUCTING = (PartyKind.PROSECUTOR, PartyKind.COURT, PartyKind.INVESTIGATING_BODY, PartyKind.UN_BODY)


def person_code(value: object, what: str) -> str:
    """Return a person code in its one written form, ``PN-7KQ2MX``."""
    code = stated.text(value, what).upper()
    if PERSON_CODE.fullmatch(code) is None:
        raise InvalidInput(f"{code!r} is not a person code.", advice="It looks like PN-7KQ2MX.")
    return code


READERS: Mapping[str, stated.Reader] = {
    "kind": stated.word(InstructionKind),
    "person_code": stated.optional(person_code),
    "area": stated.optional_text,
    "incident": stated.optional_text,
    "wording": stated.text,
    "source": stated.text,
    "since": stated.moment,
    "until": stated.optional(stated.moment),
}


def record_instruction(
    session: Session,
    party: Party,
    *,
    wording: str,
    source: str,
    actor: Actor,
    kind: InstructionKind | str = InstructionKind.DO_NOT_INTERVIEW,
    person_code: str | None = None,
    area: str | None = None,
    incident: str | None = None,
    since: Moment | str | None = None,
    until: Moment | str | None = None,
    governance: Governance = Governance(),  # noqa: B008 - frozen
) -> Instruction:
    """Record what ``party`` asked of us and how it reached us; it closes gates from ``since`` on.

    It names a person code, an area or an incident, at least one; ``since`` defaults to now.
    """
    if party.kind not in INSTRUCTING:
        raise InvalidInput(
            f"{party.reference} is a {party.kind}; only an investigating body can give instructions.",
            advice=f"Record it as a note, or correct the kind to one of: {', '.join(INSTRUCTING)}.",
        )
    facts = stated.read(
        {
            "kind": kind,
            "person_code": person_code,
            "area": area,
            "incident": incident,
            "wording": wording,
            "source": source,
            "since": since if since is not None else Moment.at(now(session)),
            "until": until,
        },
        READERS,
    )
    _names_something(facts)
    return records.create(
        session,
        Instruction,
        compartment_id=records.profile(session).organisation_compartment_id,
        governance=governance,
        actor=actor,
        reference=records.next_reference(session, "PI"),
        party_id=party.id,
        lifted_at=None,
        lifted_source=None,
        **facts,
        **_bounds(facts["since"], facts["until"]),
    )


def correct_instruction(
    session: Session,
    instruction: Instruction,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> Instruction:
    """Correct an instruction that was entered wrongly; asks for a supervisor, as it may open a gate."""
    read = stated.read(changes, {**READERS, **stated.GOVERNED})
    final = {name: read.get(name, getattr(instruction, name)) for name in READERS}
    _names_something(final)
    return stated.amend_stated(
        session,
        instruction,
        read | _bounds(final["since"], final["until"]),
        actor=actor,
        expected_version=expected_version,
        supervised=(*READERS, "since_at", "until_at"),
    )


def lift_instruction(
    session: Session,
    instruction: Instruction,
    *,
    source: str,
    actor: Actor,
    expected_version: int | None = None,
) -> Instruction:
    """Record that the instruction was lifted, and how we know; asks for a supervisor."""
    if instruction.lifted_at is not None:
        raise InvalidInput(f"The instruction {instruction.reference} was lifted already.")
    return records.amend(
        session,
        instruction,
        {"lifted_at": now(session), "lifted_source": stated.text(source, "source of the lifting")},
        actor=actor,
        expected_version=expected_version,
        permission=Permission.SUPERVISE,
        verb=CustodyVerb.STATE_CHANGED,
    )


def _names_something(facts: Mapping[str, Any]) -> None:
    if not any(facts[name] for name in ("person_code", "area", "incident")):
        raise InvalidInput("An instruction names a person code, an area or an incident; this one names none.")


def _bounds(since: Moment, until: Moment | None) -> dict[str, Any]:
    since_at, until_at = stated.span(since, until)
    return {"since_at": since_at, "until_at": until_at}
