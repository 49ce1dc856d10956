"""Acts on agreements: recording them, joining and leaving them, ending them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access import records, stated
from evidence_tracker.access.levels import Level
from evidence_tracker.access.policy import now
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.parties.models import Agreement, AgreementParty, DataProtectionRole, Party
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.errors import InvalidInput
from evidence_tracker.values.moment import Moment

READERS: Mapping[str, stated.Reader] = {
    "subject": stated.text,
    "scope": stated.text,
    "signed_on": stated.optional(stated.moment),
    "valid_until": stated.optional(stated.moment),
    "exhibit_reference": stated.optional_text,
}


data_protection_role = stated.word(DataProtectionRole)


def record_agreement(
    session: Session,
    *,
    subject: str,
    scope: str,
    parties: Sequence[tuple[Party, DataProtectionRole | str]],
    actor: Actor,
    signed_on: Moment | str | None = None,
    valid_until: Moment | str | None = None,
    exhibit_reference: str | None = None,
    governance: Governance = Governance(Level.INTERNAL),  # noqa: B008 - frozen
) -> Agreement:
    """Record an agreement and who is part of it in which role; returns it with its reference."""
    if not parties:
        raise InvalidInput("An agreement needs at least one party besides us.")
    if len({party.id for party, _ in parties}) != len(parties):
        raise InvalidInput("A party is named twice in this agreement.")
    roles = [data_protection_role(role, "role under data protection law") for _, role in parties]
    facts = stated.read(
        {
            "subject": subject,
            "scope": scope,
            "signed_on": signed_on,
            "valid_until": valid_until,
            "exhibit_reference": exhibit_reference,
        },
        READERS,
    )
    agreement = records.create(
        session,
        Agreement,
        compartment_id=records.profile(session).organisation_compartment_id,
        governance=governance,
        actor=actor,
        reference=records.next_reference(session, "PA"),
        ended_at=None,
        end_reason=None,
        **facts,
        **_bounds(facts["signed_on"], facts["valid_until"]),
    )
    for (party, _), role in zip(parties, roles, strict=True):
        _join(session, agreement, party, role, actor=actor)
    return agreement


def amend_agreement(
    session: Session,
    agreement: Agreement,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> Agreement:
    """Change what is known of an agreement, its signature and end included."""
    read = stated.read(changes, {**READERS, **stated.GOVERNED})
    signed = read.get("signed_on", agreement.signed_on)
    until = read.get("valid_until", agreement.valid_until)
    return stated.amend_stated(
        session, agreement, read | _bounds(signed, until), actor=actor, expected_version=expected_version
    )


def join_agreement(
    session: Session, agreement: Agreement, party: Party, *, role: DataProtectionRole | str, actor: Actor
) -> AgreementParty:
    """Add a party to an agreement that has not ended."""
    _still_on(agreement)
    if _membership(session, agreement, party) is not None:
        raise InvalidInput(f"{party.reference} is part of {agreement.reference} already.")
    known = data_protection_role(role, "role under data protection law")
    return _join(session, agreement, party, known, actor=actor)


def leave_agreement(session: Session, agreement: Agreement, party: Party, *, actor: Actor) -> AgreementParty:
    """Take a party out of an agreement; that it was part of it stays on record."""
    link = _membership(session, agreement, party)
    if link is None:
        raise InvalidInput(f"{party.reference} is not part of {agreement.reference}.")
    return records.amend(session, link, {"ended_at": now(session)}, actor=actor, verb=CustodyVerb.UNLINKED)


def end_agreement(session: Session, agreement: Agreement, *, reason: str, actor: Actor) -> Agreement:
    """End an agreement now, whatever its stated end."""
    _still_on(agreement)
    return records.amend(
        session,
        agreement,
        {"ended_at": now(session), "end_reason": stated.text(reason, "reason")},
        actor=actor,
        verb=CustodyVerb.STATE_CHANGED,
    )


def _join(
    session: Session, agreement: Agreement, party: Party, role: DataProtectionRole, *, actor: Actor
) -> AgreementParty:
    return records.create(
        session,
        AgreementParty,
        compartment_id=agreement.compartment_id,
        governance=Governance.of(agreement),
        actor=actor,
        verb=CustodyVerb.LINKED,
        agreement_id=agreement.id,
        party_id=party.id,
        role=role,
        ended_at=None,
    )


def _membership(session: Session, agreement: Agreement, party: Party) -> AgreementParty | None:
    return session.scalars(
        select(AgreementParty).where(
            AgreementParty.agreement_id == agreement.id,
            AgreementParty.party_id == party.id,
            AgreementParty.ended_at.is_(None),
        )
    ).first()


def _still_on(agreement: Agreement) -> None:
    if agreement.ended_at is not None:
        raise InvalidInput(f"The agreement {agreement.reference} has already ended.")


def _bounds(signed_on: Moment | None, valid_until: Moment | None) -> dict[str, Any]:
    signed_at, valid_until_at = stated.span(signed_on, valid_until)
    return {"signed_at": signed_at, "valid_until_at": valid_until_at}
