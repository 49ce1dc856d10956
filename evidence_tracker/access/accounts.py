"""Accounts: who works here. On the command line an account is bound to a system user."""

import os
import re
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access.models import Account, Profile
from evidence_tracker.access.policy import Permission, now, require
from evidence_tracker.access.records import cleaned, needed
from evidence_tracker.access.sessions import end_sessions_of
from evidence_tracker.access.sign_in_models import SessionEnd
from evidence_tracker.custody.events import Actor, CustodyVerb, Door
from evidence_tracker.custody.ledger import next_version, save_version
from evidence_tracker.errors import DuplicateReference, InvalidInput, NotFound, NotPermitted
from evidence_tracker.keys.unlockers import MIN_PASSPHRASE, STRONG, Cost

MAX_LOGIN = 32
_LOGIN = re.compile(rf"[a-z][a-z0-9._-]{{1,{MAX_LOGIN - 1}}}")


def add_account(
    session: Session,
    *,
    login: str,
    display_name: str,
    actor: Actor,
    system_user: str | None = None,
    secret: str | None = None,
    partner_id: UUID | None = None,
    cost: Cost = STRONG,
) -> Account:
    """Add an account; it may do nothing until it is granted something."""
    organisation = session.scalars(select(Profile.organisation_compartment_id)).one()
    require(session, actor, Permission.MANAGE_ACCOUNTS, organisation)
    account = make_account(
        session,
        login=login,
        display_name=display_name,
        system_user=system_user,
        secret_hash=hash_secret(secret, cost) if secret is not None else None,
        partner_id=partner_id,
    )
    save_version(session, account, CustodyVerb.ACCOUNT_ADDED, compartment_id=organisation, actor=actor)
    return account


def make_account(
    session: Session,
    *,
    login: str,
    display_name: str,
    system_user: str | None,
    secret_hash: str | None,
    partner_id: UUID | None = None,
) -> Account:
    """Return the row of a new account after checking its login; the caller saves it."""
    if not _LOGIN.fullmatch(login):
        raise InvalidInput(
            f"{login!r} cannot be a login.",
            advice="Use 2 to 32 lower-case letters, digits, dots, hyphens or underscores, beginning with a letter.",
        )
    taken = select(Account.login).where(
        (Account.login == login)
        | ((Account.system_user == system_user) if system_user else (Account.login == login))
    )
    if session.scalars(taken).first() is not None:
        raise DuplicateReference(
            f"The login {login!r} or the system user {system_user!r} already has an account."
        )
    shown = cleaned({"display name": display_name, "system user": system_user})
    if not shown["display name"]:
        raise InvalidInput("An account needs a name to show.")
    return Account(
        id=uuid4(),
        version=1,
        login=login,
        display_name=shown["display name"],
        system_user=shown["system user"] or None,
        secret_hash=secret_hash,
        partner_id=partner_id,
        is_active=True,
        added_at=now(session),
    )


def set_secret(session: Session, account: Account, secret: str, *, actor: Actor, cost: Cost = STRONG) -> None:
    """Set the secret with which an account signs in and confirms; one's own, or as account manager.

    Whoever was signed in with the old one is not any more.
    """
    organisation = session.scalars(select(Profile.organisation_compartment_id)).one()
    if actor.account_id != account.id:
        require(session, actor, Permission.MANAGE_ACCOUNTS, organisation)
    next_version(account, None)
    account.secret_hash = hash_secret(secret, cost)
    save_version(
        session,
        account,
        CustodyVerb.ACCOUNT_CHANGED,
        compartment_id=organisation,
        actor=actor,
        facts={"reason": "secret set"},
    )
    end_sessions_of(session, account.id, SessionEnd.SECRET_SET)


def switch_off(session: Session, account: Account, *, reason: str, actor: Actor) -> None:
    """Switch an account off; its work stays, its grants give nothing any more."""
    organisation = session.scalars(select(Profile.organisation_compartment_id)).one()
    require(session, actor, Permission.MANAGE_ACCOUNTS, organisation)
    said = needed(cleaned({"reason": reason})["reason"], "The reason")
    if account.id == actor.account_id:
        raise InvalidInput("Nobody can switch off their own account.", advice="Ask another account manager.")
    next_version(account, None)
    account.is_active = False
    account.secret_hash = None
    save_version(
        session,
        account,
        CustodyVerb.ACCOUNT_CHANGED,
        compartment_id=organisation,
        actor=actor,
        facts={"reason": said},
    )
    end_sessions_of(session, account.id, SessionEnd.SWITCHED_OFF)


def find_account(session: Session, login: str) -> Account:
    """Return an active account by login, else ``NotFound``."""
    account = session.scalars(select(Account).where(Account.login == login, Account.is_active)).first()
    if account is None:
        raise NotFound(f"There is no active account {login!r}.")
    return account


def find_managed(session: Session, login: str, *, actor: Actor) -> Account:
    """Return one's own account, or any active one to who may manage accounts; nobody else learns which exist."""
    if login != actor.login:
        organisation = session.scalars(select(Profile.organisation_compartment_id)).one()
        require(session, actor, Permission.MANAGE_ACCOUNTS, organisation)
    return find_account(session, login)


def find_managed_ever(session: Session, login: str, *, actor: Actor) -> Account:
    """Return any account by login, switched off or not, to who may manage accounts; else ``NotFound``."""
    organisation = session.scalars(select(Profile.organisation_compartment_id)).one()
    require(session, actor, Permission.MANAGE_ACCOUNTS, organisation)
    account = session.scalars(select(Account).where(Account.login == login)).first()
    if account is None:
        raise NotFound(f"There is no account {login}.")
    return account


def actor_for_system_user(session: Session, system_user: str) -> Actor:
    """Return the actor bound to a user of the operating system (the command line's identity)."""
    account = session.scalars(
        select(Account).where(Account.system_user == system_user, Account.is_active)
    ).first()
    if account is None:
        raise NotPermitted(
            f"The system user {system_user!r} has no account in this instance.",
            advice="Ask the operator to add one with 'account add --system-user'.",
        )
    return Actor(account.id, account.login, Door.COMMAND_LINE, system_user)


def hash_secret(secret: str, cost: Cost = STRONG) -> str:
    """Return an Argon2id PHC string (RFC 9106)."""
    if len(secret) < MIN_PASSPHRASE:
        raise InvalidInput(f"A secret needs at least {MIN_PASSPHRASE} characters.")
    kdf = Argon2id(
        salt=os.urandom(16),
        length=32,
        iterations=cost.iterations,
        lanes=cost.lanes,
        memory_cost=cost.memory_kib,
    )
    return kdf.derive_phc_encoded(secret.encode())


def confirm_secret(account: Account, secret: str) -> None:
    """Raise ``NotPermitted`` unless this is the account's own secret."""
    if account.secret_hash is None:
        raise NotPermitted(
            f"{account.login} has no secret of their own yet.", advice="Set one with 'account secret'."
        )
    try:
        Argon2id.verify_phc_encoded(secret.encode(), account.secret_hash)
    except InvalidKey as error:
        raise NotPermitted(f"That is not the secret of {account.login}.", advice="Try again.") from error


def take_as_long(secret: str, cost: Cost = STRONG) -> None:
    """Spend the time of checking a secret where there is nothing to check: silence must not tell who exists."""
    Argon2id(
        salt=bytes(16), length=32, iterations=cost.iterations, lanes=cost.lanes, memory_cost=cost.memory_kib
    ).derive(secret.encode())
