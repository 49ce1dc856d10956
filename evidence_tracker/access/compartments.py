"""Opening compartments and giving grants."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account, Compartment, CompartmentKind, Grant, Profile, Role
from evidence_tracker.access.policy import Permission, now, require, visible_compartments
from evidence_tracker.access.records import cleaned, needed
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.custody.ledger import next_version, save_version
from evidence_tracker.errors import DuplicateReference, InvalidInput, NotFound
from evidence_tracker.vault.keyring import Keyring

MAX_REFERENCE = 64


def open_compartment(
    session: Session,
    *,
    kind: CompartmentKind,
    reference: str,
    title: str,
    actor: Actor,
    level_ceiling: Level = Level.SEALED,
) -> Compartment:
    """Open a compartment with a key of its own; its opener becomes its lead."""
    organisation = session.scalars(select(Profile.organisation_compartment_id)).one()
    require(session, actor, Permission.OPEN_COMPARTMENT, organisation)
    compartment = make_compartment(
        session, kind=kind, reference=reference, title=title, actor=actor, level_ceiling=level_ceiling
    )
    make_grant(
        session,
        compartment,
        account_id=actor.account_id,
        role=Role.LEAD,
        level=level_ceiling,
        purpose="opened this compartment",
        actor=actor,
    )
    return compartment


def make_compartment(
    session: Session,
    *,
    kind: CompartmentKind,
    reference: str,
    title: str,
    actor: Actor,
    level_ceiling: Level = Level.SEALED,
    compartment_id: UUID | None = None,
) -> Compartment:
    """Make the rows without asking for a right: for ``open_compartment`` and a new instance."""
    said = cleaned({"reference": reference, "title": title})
    reference = needed(said["reference"], "The reference of the compartment")
    if len(reference) > MAX_REFERENCE or not reference.isprintable():
        raise InvalidInput(f"A reference has at most {MAX_REFERENCE} characters, all of them printable.")
    if session.scalar(select(Compartment.id).where(Compartment.reference == reference)) is not None:
        raise DuplicateReference(f"The reference {reference} is taken.")
    key_id = compartment_id or uuid4()
    keyring: Keyring = session.info["keyring"]
    keyring.create(session, key_id)
    compartment = Compartment(
        id=key_id,
        key_id=key_id,
        version=1,
        kind=kind,
        reference=reference,
        title=needed(said["title"], "The title of the compartment"),
        level_ceiling=level_ceiling,
        opened_at=now(session),
    )
    save_version(session, compartment, CustodyVerb.COMPARTMENT_OPENED, compartment_id=key_id, actor=actor)
    return compartment


def grant(
    session: Session,
    compartment: Compartment,
    *,
    role: Role,
    level: Level,
    purpose: str,
    actor: Actor,
    account: Account | None = None,
    partner_id: UUID | None = None,
    expires_at: datetime | None = None,
) -> Grant:
    """Give a role in a compartment to one account or one partner, for a stated purpose."""
    require(session, actor, Permission.GRANT, compartment.id)
    if (account is None) == (partner_id is None):
        raise InvalidInput("A grant goes to one account or to one partner.")
    if level.rank > compartment.level_ceiling.rank:
        raise InvalidInput(f"This compartment holds nothing above {compartment.level_ceiling}.")
    if expires_at is not None and expires_at <= now(session):
        raise InvalidInput("The grant would end before it begins.")
    return make_grant(
        session,
        compartment,
        account_id=account.id if account else None,
        partner_id=partner_id,
        role=role,
        level=level,
        purpose=purpose,
        actor=actor,
        expires_at=expires_at,
    )


def make_grant(
    session: Session,
    compartment: Compartment,
    *,
    role: Role,
    level: Level,
    purpose: str,
    actor: Actor,
    account_id: UUID | None = None,
    partner_id: UUID | None = None,
    expires_at: datetime | None = None,
) -> Grant:
    """Make the row without asking for a right: for ``grant`` and for openers."""
    said = cleaned({"purpose": purpose})["purpose"]
    if not said:
        raise InvalidInput("A grant needs its purpose.", advice="Say what the access is for.")
    row = Grant(
        id=uuid4(),
        version=1,
        compartment_id=compartment.id,
        account_id=account_id,
        partner_id=partner_id,
        role=role,
        level=level,
        purpose=said,
        granted_by=actor.account_id,
        granted_at=now(session),
        expires_at=expires_at,
        ended_at=None,
    )
    save_version(session, row, CustodyVerb.GRANTED, compartment_id=compartment.id, actor=actor)
    return row


def end_grant(session: Session, row: Grant, *, reason: str, actor: Actor) -> Grant:
    """End a grant now; it stays on record."""
    require(session, actor, Permission.GRANT, row.compartment_id)
    if row.ended_at is not None:
        raise InvalidInput("This grant has already ended.")
    said = needed(cleaned({"reason": reason})["reason"], "The reason")
    next_version(row, None)
    row.ended_at = now(session)
    save_version(
        session,
        row,
        CustodyVerb.GRANT_ENDED,
        compartment_id=row.compartment_id,
        actor=actor,
        facts={"reason": said},
    )
    return row


def find_grant(session: Session, grant_id: UUID, *, actor: Actor) -> Grant:
    """Return a grant in a compartment that exists for the actor, else ``NotFound``."""
    found = session.scalars(
        select(Grant)
        .join(Compartment, Compartment.id == Grant.compartment_id)
        .where(Grant.id == grant_id, visible_compartments(session, actor))
    ).first()
    if found is None:
        raise NotFound("There is no such grant here, or you may not see it.", advice="See 'grant list'.")
    return found


def find_compartment(session: Session, reference: str, *, actor: Actor) -> Compartment:
    """Return a compartment in which the actor holds any live grant, else ``NotFound``."""
    found = session.scalars(
        select(Compartment).where(
            Compartment.reference == reference.strip(), visible_compartments(session, actor)
        )
    ).first()
    if found is None:
        raise NotFound(f"There is no compartment {reference!r} here, or you may not see it.")
    return found
