"""Links that work once: how somebody comes to a secret that nobody else has ever known."""

from uuid import uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from evidence_tracker.access.accounts import set_secret
from evidence_tracker.access.models import Account, Profile
from evidence_tracker.access.policy import Permission, now, require
from evidence_tracker.access.sessions import digest_of, new_token
from evidence_tracker.access.sign_in_models import Invitation
from evidence_tracker.custody.events import Actor, CustodyVerb, Door
from evidence_tracker.custody.ledger import record
from evidence_tracker.errors import NotFound
from evidence_tracker.keys.unlockers import STRONG, Cost
from evidence_tracker.settings import INVITATION_GOOD_FOR


def invite(session: Session, account: Account, *, actor: Actor) -> str:
    """Return the token of a link with which its owner sets the secret of an account, once, within two days.

    An earlier link of the same account is void. Only the digest of the token is stored.
    """
    organisation = session.scalars(select(Profile.organisation_compartment_id)).one()
    require(session, actor, Permission.MANAGE_ACCOUNTS, organisation)
    session.execute(
        delete(Invitation).where(Invitation.account_id == account.id, Invitation.used_at.is_(None))
    )
    token, at = new_token(), now(session)
    session.add(
        Invitation(
            id=uuid4(),
            account_id=account.id,
            token_digest=digest_of(token),
            invited_by=actor.account_id,
            created_at=at,
            expires_at=at + INVITATION_GOOD_FOR,
        )
    )
    record(
        session,
        CustodyVerb.ACCOUNT_CHANGED,
        account.id,
        compartment_id=organisation,
        actor=actor,
        facts={"reason": "invited to set a secret"},
    )
    return token


def path_of(token: str) -> str:
    """Return the address of a link below that of the instance."""
    return f"/welcome/{token}"


def find_invited(session: Session, token: str) -> tuple[Invitation, Account]:
    """Return the invitation of a token that is still good and its account, else ``NotFound``."""
    found = session.execute(
        select(Invitation, Account)
        .join(Account, Account.id == Invitation.account_id)
        .where(
            Invitation.token_digest == digest_of(token),
            Invitation.used_at.is_(None),
            Invitation.expires_at > now(session),
            Account.is_active,
        )
    ).first()
    if found is None:
        raise NotFound(
            "This link is no longer good: it works once, for two days.", advice="Ask for a new one."
        )
    return found[0], found[1]


def accept_invitation(
    session: Session, token: str, secret: str, *, door: Door, cost: Cost = STRONG
) -> Account:
    """Set the secret of whoever holds the link, and use the link up; returns their account."""
    invitation, account = find_invited(session, token)
    invitation.used_at = now(session)
    set_secret(session, account, secret, actor=Actor(account.id, account.login, door), cost=cost)
    return account
