"""Help offered to a person, and what became of the offer."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from evidence_tracker.access import stated
from evidence_tracker.access.records import Governance, create
from evidence_tracker.casework.parties.models import Party
from evidence_tracker.casework.persons.models import Need, Person, Referral, ReferralOutcome
from evidence_tracker.casework.persons.stating import day
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.errors import GateClosed, InvalidInput
from evidence_tracker.values.moment import Moment

DETAILS: Mapping[str, stated.Reader] = {"follow_up_on": stated.optional(day), "note": stated.optional_text}


def offer_referral(
    session: Session,
    person: Person,
    *,
    need: Need,
    offered: Moment,
    actor: Actor,
    provider: Party | None = None,
    follow_up_on: date | None = None,
    note: str | None = None,
) -> Referral:
    """Record that help was offered; returns the referral. Nothing is shared by this."""
    return create(
        session,
        Referral,
        compartment_id=person.compartment_id,
        governance=Governance.of(person),
        actor=actor,
        occurred=offered,
        person_id=person.id,
        need=need,
        provider_id=None if provider is None else provider.id,
        offered=offered,
        offered_earliest_at=offered.bounds()[0],
        outcome=ReferralOutcome.OFFERED,
        consent_to_share=None,
        follow_up_on=follow_up_on,
        note=note,
    )


def answer_referral(
    session: Session,
    referral: Referral,
    outcome: ReferralOutcome,
    *,
    actor: Actor,
    provider: Party | None = None,
    consent_to_share: bool | None = None,
    follow_up_on: date | None = None,
    expected_version: int | None = None,
) -> Referral:
    """Record what the person said to the offer; returns the referral.

    A person who declined may accept later. ``consent_to_share`` may be True only with an
    acceptance and a provider: it is the consent to tell that provider who is coming.
    """
    if outcome is ReferralOutcome.OFFERED:
        raise InvalidInput("An offer is answered by accepting or declining it.")
    provider_id = referral.provider_id if provider is None else provider.id
    if consent_to_share and (outcome is not ReferralOutcome.ACCEPTED or provider_id is None):
        raise GateClosed(
            "Consent to share is consent to share with one provider whose help was accepted.",
            advice="Record the acceptance and name the provider.",
        )
    changes: dict[str, Any] = {
        "outcome": outcome,
        "provider_id": provider_id,
        "consent_to_share": consent_to_share,
    }
    if follow_up_on is not None:
        changes["follow_up_on"] = follow_up_on
    return stated.amend_stated(
        session,
        referral,
        changes,
        actor=actor,
        expected_version=expected_version,
        verb=CustodyVerb.STATE_CHANGED,
        facts={"outcome": outcome.value},
    )


def amend_referral(
    session: Session,
    referral: Referral,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> Referral:
    """Move the follow-up or correct the note; returns the referral."""
    read = stated.read(changes, DETAILS)
    return stated.amend_stated(session, referral, read, actor=actor, expected_version=expected_version)
