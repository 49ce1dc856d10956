"""Numbered seals: applied, looked at, opened with a reason."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evidence_tracker.access.policy import Permission, now, require, visible
from evidence_tracker.access.records import Governance, amend, create, needed
from evidence_tracker.casework.exhibits.chain import note
from evidence_tracker.casework.exhibits.models import Exhibit, Seal
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.errors import GateClosed, InvalidInput, NotFound
from evidence_tracker.values.moment import Moment


def apply_seal(
    session: Session,
    exhibit: Exhibit,
    number: str,
    *,
    actor: Actor,
    applied: Moment | None = None,
    container: str | None = None,
    witness: str | None = None,
) -> Seal:
    """Close an exhibit's packaging with a numbered seal; the number is in use until it is opened.

    An exhibit bears one seal at a time. Numbers compare without case and spaces.
    """
    require(session, actor, Permission.RECORD, exhibit.compartment_id, level=exhibit.level)
    digits = normal(number)
    on_it = seal_in_use(session, exhibit)
    if on_it is not None:
        raise GateClosed(
            f"{exhibit.reference} bears the seal {on_it.number} already.",
            advice="Open that seal with its reason first.",
        )
    if session.scalar(select(Seal.id).where(Seal.number == digits, Seal.opened.is_(None))) is not None:
        raise GateClosed(
            f"The seal {digits} is in use on another exhibit.",
            advice="Read the number again; if both are right, one of the seals is not what it seems.",
        )
    when = _past(session, applied)
    earlier = session.scalar(select(func.count()).select_from(Seal).where(Seal.exhibit_id == exhibit.id)) or 0
    seal = create(
        session,
        Seal,
        compartment_id=exhibit.compartment_id,
        governance=Governance.of(exhibit),
        actor=actor,
        occurred=when,
        exhibit_id=exhibit.id,
        position=earlier + 1,
        number=digits,
        container=container,
        applied=when,
        witness=witness,
    )
    note(session, exhibit, CustodyVerb.SEALED, actor=actor, occurred=when, facts={"seal": digits})
    return seal


def open_seal(
    session: Session,
    exhibit: Exhibit,
    *,
    reason: str,
    was_intact: bool,
    actor: Actor,
    opened: Moment | None = None,
) -> Seal:
    """Open the seal an exhibit bears, saying why and whether it was intact when it was looked at."""
    require(session, actor, Permission.RECORD, exhibit.compartment_id, level=exhibit.level)
    why = needed(reason, "The reason for opening the seal")
    seal = seal_in_use(session, exhibit)
    if seal is None:
        raise InvalidInput(f"{exhibit.reference} bears no seal.")
    when = _past(session, opened)
    if when.bounds()[1] < seal.applied.bounds()[0]:
        raise InvalidInput(f"The seal {seal.number} was applied {seal.applied}; it cannot be opened {when}.")
    amend(
        session,
        seal,
        {"opened": when, "opened_reason": why, "was_intact": was_intact},
        actor=actor,
        occurred=when,
    )
    note(
        session,
        exhibit,
        CustodyVerb.UNSEALED,
        actor=actor,
        occurred=when,
        facts={"seal": seal.number, "reason": why, "was_intact": was_intact},
    )
    return seal


def seal_on(session: Session, exhibit: Exhibit, *, actor: Actor) -> Seal:
    """Return the seal an exhibit bears, else ``NotFound``."""
    seal = seal_in_use(session, exhibit)
    if seal is None or seal not in seals_of(session, exhibit, actor=actor):
        raise NotFound(f"{exhibit.reference} bears no seal, or you may not see it.")
    return seal


def seals_of(session: Session, exhibit: Exhibit, *, actor: Actor) -> Sequence[Seal]:
    """Return every seal an exhibit ever bore, the first one first."""
    return session.scalars(
        select(Seal)
        .where(Seal.exhibit_id == exhibit.id, visible(session, actor, Seal))
        .order_by(Seal.position)
    ).all()


def normal(number: str) -> str:
    """Return a seal's number in its one spelling: capitals, no spaces."""
    digits = "".join(needed(number, "The number of the seal").split()).upper()
    if not digits.isprintable():
        raise InvalidInput("The number of the seal contains characters that cannot be printed.")
    return digits


def seal_in_use(session: Session, exhibit: Exhibit) -> Seal | None:
    """Return the seal an exhibit bears, whoever asks: for rules, which hold over what is not seen too."""
    return session.scalars(select(Seal).where(Seal.exhibit_id == exhibit.id, Seal.opened.is_(None))).first()


def _past(session: Session, stated: Moment | None) -> Moment:
    present = now(session)
    when = stated or Moment.at(present)
    if when.bounds()[0] > present:
        raise InvalidInput(f"{when} lies in the future.")
    return when
