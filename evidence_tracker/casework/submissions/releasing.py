"""Release: the gates once more, the disclosure log, and what the recipient answered."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from evidence_tracker.access import notices
from evidence_tracker.access.notices import NoticeKind
from evidence_tracker.access.policy import Permission, now, require, visible
from evidence_tracker.access.records import PAGE, Governance, amend, create, needed
from evidence_tracker.casework.consent.models import IdentityLevel, Use
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.parties.models import Party
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.casework.submissions.checking import Looking, check, fitting_approval, refuse_closed
from evidence_tracker.casework.submissions.models import (
    Bundle,
    BundleState,
    Disclosure,
    ItemKind,
    Receipt,
    Submission,
)
from evidence_tracker.casework.submissions.plan import Plan
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.custody.ledger import record
from evidence_tracker.errors import GateClosed, InvalidInput
from evidence_tracker.values.moment import Moment


def release(
    session: Session,
    submission: Submission,
    bundle: Bundle,
    looking: Looking,
    *,
    channel: str,
    actor: Actor,
) -> Bundle:
    """Let a written bundle go to its recipient; also every later hand-over of the same bundle.

    Asks every gate again: what was withdrawn since the sealing keeps the bundle here.
    """
    require(session, actor, Permission.RELEASE, submission.compartment_id, level=submission.level)
    if submission.closed_at is not None:
        raise GateClosed(f"{submission.reference} is closed.", advice="Open a new submission.")
    if bundle.state not in {BundleState.WRITTEN, BundleState.RELEASED}:
        raise GateClosed(
            f"The bundle {bundle.name} is {bundle.state}.", advice="Build it first: 'submission build'."
        )
    plan = check(session, submission, looking, actor=actor)
    refuse_closed(plan)
    if plan.digest != bundle.plan_digest:
        raise GateClosed(
            f"{submission.reference} was changed after {bundle.name} was sealed.",
            advice="Give the bundle up, have the submission approved as it is now, and seal again.",
        )
    approval = fitting_approval(session, submission, plan, actor=actor)
    _disclose(session, submission, bundle, plan, channel=needed(channel, "The channel"), actor=actor)
    record(
        session,
        CustodyVerb.BUNDLE_RELEASED,
        submission.id,
        compartment_id=submission.compartment_id,
        actor=actor,
        facts={"bundle": str(bundle.id), "recipient": str(submission.party_id), "channel": channel.strip()},
    )
    involved = {submission.owner_id, bundle.recorded_by, approval.approver_id}
    notices.tell(session, involved, NoticeKind.BUNDLE_RELEASED, submission, by=actor)
    return amend(
        session,
        bundle,
        {"state": BundleState.RELEASED, "released_at": now(session)},
        actor=actor,
        permission=Permission.RELEASE,
        verb=CustodyVerb.STATE_CHANGED,
    )


def _disclose(
    session: Session,
    submission: Submission,
    bundle: Bundle,
    plan: Plan,
    *,
    channel: str,
    actor: Actor,
) -> None:
    # On the chain of each disclosure, never on that of the item: the next recipient gets the whole
    # chain of the item, and would count to how many it went before.
    asked = {item["number"]: item for item in plan.document["items"]}
    for item in bundle.plan["items"]:
        stands = asked[item["number"]]
        create(
            session,
            Disclosure,
            compartment_id=bundle.compartment_id,
            governance=Governance.of(submission),
            actor=actor,
            permission=Permission.RELEASE,
            verb=CustodyVerb.DISCLOSED,
            bundle_id=bundle.id,
            party_id=submission.party_id,
            subject=UUID(item["subject"]),
            item_kind=ItemKind(item["kind"]),
            number=item["number"],
            events=item["events"],
            use=Use(bundle.plan["use"]),
            identity_level=IdentityLevel(stands["level"]) if stands["level"] else None,
            consents=stands["consents"],
            channel=channel,
            disclosed_at=now(session),
        )


def record_receipt(
    session: Session,
    bundle: Bundle,
    *,
    received: Moment,
    received_by: str,
    actor: Actor,
    recipient_reference: str | None = None,
    stated_sha256: str | None = None,
    exhibit: Exhibit | None = None,
    note: str | None = None,
) -> Receipt:
    """Record the recipient's acknowledgement; a digest they state is compared, never adopted."""
    if bundle.state is not BundleState.RELEASED:
        raise InvalidInput(f"The bundle {bundle.name} was not released.")
    known = {bundle.zip_sha256, bundle.encrypted_sha256} - {None, ""}
    return create(
        session,
        Receipt,
        compartment_id=bundle.compartment_id,
        governance=Governance.of(bundle),
        actor=actor,
        permission=Permission.RELEASE,
        verb=CustodyVerb.RECEIPT_RECORDED,
        bundle_id=bundle.id,
        received=received,
        received_by=needed(received_by, "Who received it"),
        recipient_reference=recipient_reference,
        stated_sha256=stated_sha256.lower() if stated_sha256 else None,
        is_match=(stated_sha256.lower() in known) if stated_sha256 else None,
        exhibit_id=exhibit.id if exhibit else None,
        note=note,
    )


def disclosures_of(session: Session, subject: UUID, *, actor: Actor) -> list[Mapping[str, Any]]:
    """Return who was given a record, when, at which level and on which consents, newest first."""
    rows = session.execute(
        select(Disclosure, Bundle.name, Party.name)
        .join(Bundle, Bundle.id == Disclosure.bundle_id)
        .join(Party, Party.id == Disclosure.party_id)
        .where(Disclosure.subject == subject, visible(session, actor, Disclosure))
        .order_by(Disclosure.disclosed_at.desc(), Disclosure.id)
    )
    return [
        {
            "bundle": bundle,
            "recipient": party,
            "number": row.number,
            "use": row.use.value,
            "identity_level": row.identity_level.value if row.identity_level else None,
            "consents": row.consents,
            "channel": row.channel,
            "disclosed_at": row.disclosed_at.isoformat(),
        }
        for row, bundle, party in rows
    ]


def disclosures_resting_on(
    session: Session, person: Person, *, actor: Actor, limit: int = PAGE
) -> Sequence[tuple[Disclosure, str, Party]]:
    """Return what was handed over on a person's consent, with the bundle's name and the recipient, newest first."""
    # The ids of persons stand in a list of objects; an id is no part of any other text there.
    rests_on = cast(Disclosure.consents, Text).contains(str(person.id))
    rows = session.execute(
        select(Disclosure, Bundle.name, Party)
        .join(Bundle, Bundle.id == Disclosure.bundle_id)
        .join(Party, Party.id == Disclosure.party_id)
        .where(rests_on, visible(session, actor, Disclosure), visible(session, actor, Party))
        .order_by(Disclosure.disclosed_at.desc(), Disclosure.id)
        .limit(limit)
    )
    return [(row, bundle, party) for row, bundle, party in rows]
