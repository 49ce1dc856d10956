"""The first rows of a new instance: its organisation, that one's compartment, the first account and its grants."""

import re
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from evidence_tracker.access.accounts import make_account
from evidence_tracker.access.compartments import make_compartment, make_grant
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import CompartmentKind, Profile, Role
from evidence_tracker.access.policy import now
from evidence_tracker.custody import epochs
from evidence_tracker.custody.events import Actor, CustodyVerb, Door
from evidence_tracker.custody.ledger import save_version
from evidence_tracker.errors import InvalidInput

_ORIGIN = re.compile(r"[a-z0-9][a-z0-9.-]*\.[a-z0-9-]+/[a-z0-9][a-z0-9-]*")
# The codes of persons begin with PN in every instance.
_PREFIX = re.compile(r"(?!PN$)[A-Z0-9]{2,8}")
FIRST_ROLES = (Role.LEAD, Role.OPERATOR, Role.SECURITY_OFFICER, Role.CUSTODIAN)


def refuse_odd_names(origin: str, prefix: str | None) -> None:
    """Refuse an origin that no log can have, or a prefix that no reference can."""
    if not _ORIGIN.fullmatch(origin):
        raise InvalidInput(
            f"{origin!r} cannot be the origin of a custody log.",
            advice="Use your domain and a name for this instance, such as example.org/kyiv.",
        )
    if prefix is not None and not _PREFIX.fullmatch(prefix):
        raise InvalidInput(
            f"{prefix!r} cannot be the prefix of references.",
            advice="Use two to eight letters A to Z and digits, such as KYI; PN is that of persons.",
        )


def default_prefix(origin: str) -> str:
    """Return three capitals from the instance's name: ``example.org/kyiv`` → ``KYI``."""
    letters = re.sub(r"[^A-Z0-9]", "", origin.rsplit("/", 1)[1].upper())
    return (letters + "XXX")[:3]


def furnish(
    session: Session,
    *,
    account_id: UUID,
    organisation: str,
    origin: str,
    prefix: str,
    kind: str,
    login: str,
    system_user: str | None,
    display_name: str,
    secret_hash: str | None,
) -> None:
    """Open the log and make the first rows; nobody could yet have the right to do it."""
    actor = Actor(account_id, login, Door.COMMAND_LINE, system_user)
    home = uuid4()
    epochs.open_first(session, base=origin, compartment_id=home, actor=actor)
    account = make_account(
        session,
        login=login,
        display_name=display_name,
        system_user=system_user,
        secret_hash=secret_hash,
    )
    account.id = account_id
    compartment = make_compartment(
        session,
        kind=CompartmentKind.ORGANISATION,
        reference=prefix,
        title=organisation,
        actor=actor,
        compartment_id=home,
    )
    save_version(session, account, CustodyVerb.ACCOUNT_ADDED, compartment_id=home, actor=actor)
    for role in FIRST_ROLES:
        make_grant(
            session,
            compartment,
            account_id=account_id,
            role=role,
            level=Level.SEALED,
            purpose="set up this instance",
            actor=actor,
        )
    profile = Profile(
        id=uuid4(),
        version=1,
        organisation=organisation,
        origin=origin,
        prefix=prefix,
        kind=kind,
        organisation_compartment_id=home,
    )
    save_version(
        session, profile, CustodyVerb.RECORDED, compartment_id=home, actor=actor, occurred=now(session)
    )
