"""Handing over, handing on and returning: who holds a thing is derived from its transfers.

The fields are those of the custody form (standards.md 3.2). A chain has no gaps here: only
whoever holds the thing can release it, and while it is out no second transfer begins.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access.policy import Permission, now, require, visible
from evidence_tracker.access.records import Governance, amend, create, needed, next_reference, profile
from evidence_tracker.casework.exhibits.chain import note
from evidence_tracker.casework.exhibits.facts import columns
from evidence_tracker.casework.exhibits.models import Exhibit, Seal, Transfer, TransferEnd
from evidence_tracker.casework.exhibits.seals import apply_seal, normal, open_seal, seal_in_use
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.errors import GateClosed, InvalidInput
from evidence_tracker.values.moment import Moment
from evidence_tracker.values.place import Place

SERIES = "T"


@dataclass(frozen=True)
class TransferFacts:
    """One handing over as the custody form has it; persons by name or code, with their organisations."""

    released_by: str
    released_organisation: str
    received_by: str
    received_organisation: str
    happened: Moment
    reason: str
    condition: str
    place: Place | None = None
    authority: str | None = None
    transport: str | None = None
    container: str | None = None
    seal_old: str | None = None
    seal_new: str | None = None
    is_seal_intact: bool | None = None
    media_serial: str | None = None
    witness: str | None = None
    remarks: str | None = None


@dataclass(frozen=True)
class Custodian:
    """Who holds an exhibit, since when, by which transfer; ``transfer`` None: it is with us.

    ``is_out``: it is expected back.
    """

    name: str | None
    organisation: str
    since: Moment | None
    transfer: Transfer | None
    is_out: bool


def transfer(
    session: Session,
    exhibit: Exhibit,
    facts: TransferFacts,
    *,
    is_return_expected: bool,
    actor: Actor,
    signature: Exhibit | None = None,
    is_onward: bool = False,
) -> Transfer:
    """Record that a thing changed hands.

    ``is_return_expected``: it is lent, and the transfer stays open until ``return_item``;
    else the receiver keeps it. ``is_onward``: its present holder hands it on, which ends
    the open transfer. ``signature`` is the exhibit of the signed form.
    """
    require(session, actor, Permission.RECORD, exhibit.compartment_id, level=exhibit.level)
    if signature is not None:
        require(session, actor, Permission.READ, signature.compartment_id, level=signature.level)
    earlier = _all(session, exhibit)
    _refuse_gap(session, exhibit, facts, earlier, is_onward=is_onward)
    seal = seal_in_use(session, exhibit)
    stated = columns(facts) | _seals_stated(exhibit, facts, seal)
    if is_onward:
        _hand_on(session, earlier[-1], facts.happened, actor)
    row = create(
        session,
        Transfer,
        compartment_id=exhibit.compartment_id,
        governance=Governance.of(exhibit),
        actor=actor,
        occurred=facts.happened,
        reference=next_reference(session, SERIES),
        exhibit_id=exhibit.id,
        position=len(earlier) + 1,
        signature_id=signature.id if signature is not None else None,
        ended_as=None if is_return_expected else TransferEnd.KEPT,
        ended=None if is_return_expected else facts.happened,
        **stated,
    )
    _note(session, exhibit, row, CustodyVerb.TRANSFERRED, actor)
    if facts.seal_new is not None:
        _change_seal(session, exhibit, facts, seal, row.reference, actor)
    return row


def return_item(
    session: Session,
    exhibit: Exhibit,
    *,
    returned: Moment,
    condition: str,
    actor: Actor,
    is_seal_intact: bool | None = None,
    remarks: str | None = None,
) -> Transfer:
    """Record that a thing came back; a seal that was broken on the way must be explained."""
    require(session, actor, Permission.RECORD, exhibit.compartment_id, level=exhibit.level)
    row = next((one for one in _all(session, exhibit) if one.ended_as is None), None)
    if row is None:
        raise InvalidInput(f"{exhibit.reference} is not out, so it cannot come back.")
    _refuse_order(session, row.happened, returned)
    seal = seal_in_use(session, exhibit)
    _refuse_unseen_seal(exhibit, seal, is_intact=is_seal_intact, remarks=remarks)
    amend(
        session,
        row,
        {
            "ended_as": TransferEnd.RETURNED,
            "ended": returned,
            "end_condition": needed(condition, "The condition it came back in"),
            "end_remarks": remarks,
        },
        actor=actor,
        occurred=returned,
        facts={"is_seal_intact": is_seal_intact},
    )
    _note(session, exhibit, row, CustodyVerb.RETURNED, actor)
    return row


def custodian_of(session: Session, exhibit: Exhibit, *, actor: Actor) -> Custodian:
    """Return who holds the exhibit now."""
    rows = transfers_of(session, exhibit, actor=actor)
    last = rows[-1] if rows else None
    if last is None or last.ended_as is TransferEnd.RETURNED:
        since = last.ended if last is not None else None
        return Custodian(None, profile(session).organisation, since, None, is_out=False)
    is_out = last.ended_as is None
    return Custodian(last.received_by, last.received_organisation, last.happened, last, is_out)


def transfers_of(session: Session, exhibit: Exhibit, *, actor: Actor) -> Sequence[Transfer]:
    """Return the transfers of an exhibit in their order."""
    return session.scalars(
        select(Transfer)
        .where(Transfer.exhibit_id == exhibit.id, visible(session, actor, Transfer))
        .order_by(Transfer.position)
    ).all()


def _all(session: Session, exhibit: Exhibit) -> Sequence[Transfer]:
    # The rules hold over all transfers, seen or not.
    return session.scalars(
        select(Transfer).where(Transfer.exhibit_id == exhibit.id).order_by(Transfer.position)
    ).all()


def _refuse_gap(
    session: Session, exhibit: Exhibit, facts: TransferFacts, earlier: Sequence[Transfer], *, is_onward: bool
) -> None:
    last = earlier[-1] if earlier else None
    is_out = last is not None and last.ended_as is None
    if is_out and last is not None and not is_onward:
        raise GateClosed(
            f"{exhibit.reference} is out with {last.received_by} ({last.received_organisation}) since"
            f" {last.happened}, transfer {last.reference}; a second transfer cannot be open beside it.",
            advice="Record its return first, or that its holder handed it on.",
        )
    if is_onward and not is_out:
        raise InvalidInput(f"{exhibit.reference} is not out, so nobody can hand it on.")
    if last is None:
        _refuse_order(session, None, facts.happened)
        return
    _refuse_order(session, last.ended or last.happened, facts.happened)
    if last.ended_as is not TransferEnd.RETURNED and not _is_holder(last, facts):
        raise GateClosed(
            f"{exhibit.reference} is with {last.received_by} ({last.received_organisation}),"
            " so nobody else can release it.",
            advice="Name the holder as the one who releases it, or record the transfer that is missing.",
        )


def _is_holder(last: Transfer, facts: TransferFacts) -> bool:
    held = (last.received_by, last.received_organisation)
    released = (facts.released_by, facts.released_organisation)
    return [text.strip().casefold() for text in held] == [text.strip().casefold() for text in released]


def _refuse_order(session: Session, before: Moment | None, after: Moment) -> None:
    if after.bounds()[0] > now(session):
        raise InvalidInput(f"{after} lies in the future.")
    if before is not None and after.bounds()[1] < before.bounds()[0]:
        raise InvalidInput(f"{after} lies before {before}, when the exhibit last changed hands.")


def _seals_stated(exhibit: Exhibit, facts: TransferFacts, seal: Seal | None) -> dict[str, str | None]:
    """Return both seal numbers in their one spelling; what differs from the record must be explained."""
    _refuse_unseen_seal(exhibit, seal, is_intact=facts.is_seal_intact, remarks=facts.remarks)
    recorded = seal.number if seal is not None else None
    stated = normal(facts.seal_old) if facts.seal_old is not None else recorded
    if stated != recorded and not facts.remarks:
        raise GateClosed(
            f"The form names the seal {stated}, but the seal on record is {recorded or 'none'}.",
            advice="Read the seal again; if it is so, explain it in the remarks.",
        )
    new = normal(facts.seal_new) if facts.seal_new is not None else None
    return {"seal_old": stated, "seal_new": new}


def _refuse_unseen_seal(
    exhibit: Exhibit, seal: Seal | None, *, is_intact: bool | None, remarks: str | None
) -> None:
    if seal is not None and is_intact is None:
        raise GateClosed(
            f"{exhibit.reference} bears the seal {seal.number}; nobody said whether it was intact.",
            advice="Look at the seal and say whether it was intact.",
        )
    if is_intact is False and not remarks:
        raise GateClosed(
            "The seal was not intact, and nothing explains it.", advice="Explain it in the remarks."
        )


def _hand_on(session: Session, row: Transfer, happened: Moment, actor: Actor) -> None:
    amend(
        session,
        row,
        {"ended_as": TransferEnd.HANDED_ON, "ended": happened},
        actor=actor,
        occurred=happened,
    )


def _change_seal(
    session: Session, exhibit: Exhibit, facts: TransferFacts, seal: Seal | None, reference: str, actor: Actor
) -> None:
    if seal is not None:
        open_seal(
            session,
            exhibit,
            reason=f"Replaced at transfer {reference}",
            was_intact=facts.is_seal_intact is True,
            opened=facts.happened,
            actor=actor,
        )
    apply_seal(
        session,
        exhibit,
        facts.seal_new or "",
        applied=facts.happened,
        container=facts.container,
        witness=facts.witness,
        actor=actor,
    )


def _note(session: Session, exhibit: Exhibit, row: Transfer, verb: CustodyVerb, actor: Actor) -> None:
    occurred = row.ended if verb is CustodyVerb.RETURNED else row.happened
    note(
        session,
        exhibit,
        verb,
        actor=actor,
        occurred=occurred,
        facts={
            "transfer": row.reference,
            "released_by": row.released_by,
            "released_organisation": row.released_organisation,
            "received_by": row.received_by,
            "received_organisation": row.received_organisation,
            "condition": row.end_condition if verb is CustodyVerb.RETURNED else row.condition,
        },
    )
