"""Accounts, compartments, grants and custodians."""

from datetime import timedelta
from uuid import UUID

import click
from sqlalchemy import select

from evidence_tracker.access import accounts, compartments, invitations, second_factor
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account, Compartment, CompartmentKind, Grant, Role
from evidence_tracker.access.policy import Permission, require, visible_compartments
from evidence_tracker.access.records import profile
from evidence_tracker.cli.asking import ask_secret, read_secret
from evidence_tracker.cli.door import Door, group, pass_door
from evidence_tracker.custody.events import CustodyVerb
from evidence_tracker.custody.ledger import record
from evidence_tracker.errors import InvalidInput
from evidence_tracker.instance import cost_for
from evidence_tracker.keys.unlockers import Passphrase

account = group("account", "Accounts: who works here.")
compartment = group("compartment", "Compartments: the fences around records, each with a key of its own.")
grant = group("grant", "Grants: who may do what in which compartment, until when, for what.")
custodian = group("custodian", "Custodians: who can open the identity vault.")

LEVEL = click.Choice([level.value for level in Level], case_sensitive=False)
ROLE = click.Choice([role.value for role in Role])


@account.command("add")
@click.argument("login")
@click.option("--name", "display_name", help="Name to show; by default the login.")
@click.option("--system-user", help="User of this machine's system that acts as this account.")
@click.option("--secret-fd", type=int, help="Read the account's own secret from this descriptor.")
@pass_door
def add_account(
    door: Door, login: str, display_name: str | None, system_user: str | None, secret_fd: int | None
) -> None:
    """Add an account; it may do nothing until it is granted something."""
    secret = read_secret(secret_fd) if secret_fd is not None else None
    with door.acting() as (session, actor):
        row = accounts.add_account(
            session,
            login=login,
            display_name=display_name or login,
            system_user=system_user,
            secret=secret,
            actor=actor,
            cost=cost_for(door.instance.settings.kind),
        )
        answer = _account(row)
    door.say(answer, f"{login} has an account; grant it a role with 'grant add'.")


@account.command("list")
@pass_door
def list_accounts(door: Door) -> None:
    """List the accounts."""
    with door.reading() as (session, actor):
        require(session, actor, Permission.MANAGE_ACCOUNTS, profile(session).organisation_compartment_id)
        rows = [_account(row) for row in session.scalars(select(Account).order_by(Account.login))]
    door.table(rows, ["login", "name", "system_user", "active", "has_secret"])


@account.command("secret")
@click.argument("login")
@click.option("--secret-fd", type=int, help="Read the new secret from this descriptor.")
@pass_door
def set_secret(door: Door, login: str, secret_fd: int | None) -> None:
    """Set the secret with which an account confirms approvals and reveals."""
    with door.reading() as (session, actor):
        accounts.find_managed(session, login, actor=actor)
        has_own = accounts.find_account(session, actor.login).secret_hash is not None
    secret = read_secret(secret_fd) if secret_fd is not None else ask_secret(f"New secret of {login}")
    # The first secret of one's own is the only one that cannot be confirmed with another.
    with door.acting(confirmed=has_own) as (session, actor):
        row = accounts.find_managed(session, login, actor=actor)
        accounts.set_secret(session, row, secret, actor=actor, cost=cost_for(door.instance.settings.kind))
        answer = _account(row)
    door.say(answer, f"The secret of {login} is set.")


@account.command("invite")
@click.argument("login")
@pass_door
def invite(door: Door, login: str) -> None:
    """Make a link with which its owner sets the secret of an account, once, within two days."""
    with door.acting(confirmed=True) as (session, actor):
        row = accounts.find_managed(session, login, actor=actor)
        path = invitations.path_of(invitations.invite(session, row, actor=actor))
    door.say(
        {"login": login, "path": path},
        f"Give {login} this address below that of the instance, by a way that only they read:\n  {path}\n"
        "It works once, for two days; an earlier one is void.",
    )


@account.command("reset-second-factor")
@click.argument("login")
@click.option("--reason", required=True, help="Why, and how you know that it is they who ask.")
@pass_door
def reset_second_factor(door: Door, login: str, reason: str) -> None:
    """Take a lost second factor away: they set a new one at their next sign-in."""
    with door.acting(confirmed=True) as (session, actor):
        row = accounts.find_managed(session, login, actor=actor)
        second_factor.reset_second_factor(session, row, reason=reason, actor=actor)
    door.say({"login": login}, f"{login} is signed out and sets a second factor at the next sign-in.")


@account.command("switch-off")
@click.argument("login")
@click.option("--reason", required=True, help="Why the account ends.")
@pass_door
def switch_off(door: Door, login: str, reason: str) -> None:
    """Switch an account off; its work stays."""
    with door.acting() as (session, actor):
        row = accounts.find_managed(session, login, actor=actor)
        accounts.switch_off(session, row, reason=reason, actor=actor)
        answer = _account(row)
    door.say(answer, f"{login} is switched off; what they did stays on record.")


@compartment.command("add")
@click.argument("reference")
@click.option("--title", required=True, help="What it is drawn around.")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in CompartmentKind]),
    default="project",
    show_default=True,
    help="What kind of thing that is.",
)
@click.option("--ceiling", type=LEVEL, default="SEALED", show_default=True, help="Highest level it may hold.")
@pass_door
def add_compartment(door: Door, reference: str, title: str, kind: str, ceiling: str) -> None:
    """Open a compartment; you become its lead."""
    with door.acting() as (session, actor):
        row = compartments.open_compartment(
            session,
            kind=CompartmentKind(kind),
            reference=reference,
            title=title,
            level_ceiling=Level(ceiling.upper()),
            actor=actor,
        )
        answer = _compartment(row)
    door.say(answer, f"The compartment {reference} is open; you lead it.")


@compartment.command("list")
@pass_door
def list_compartments(door: Door) -> None:
    """List the compartments in which you hold a grant."""
    with door.reading() as (session, actor):
        query = (
            select(Compartment).where(visible_compartments(session, actor)).order_by(Compartment.reference)
        )
        rows = [_compartment(row) for row in session.scalars(query)]
    door.table(rows, ["reference", "kind", "title", "ceiling"])


@grant.command("add")
@click.argument("login")
@click.option("--compartment", "reference", required=True, help="Reference of the compartment.")
@click.option("--role", type=ROLE, required=True, help="What the account may do there.")
@click.option(
    "--level", type=LEVEL, default="CONFIDENTIAL", show_default=True, help="Highest level it may see."
)
@click.option("--purpose", required=True, help="What the access is for.")
@click.option("--days", type=click.IntRange(1, 3650), help="End the grant after so many days.")
@pass_door
def add_grant(
    door: Door, login: str, reference: str, role: str, level: str, purpose: str, days: int | None
) -> None:
    """Give an account a role in a compartment."""
    with door.acting(confirmed=True) as (session, actor):
        row = compartments.grant(
            session,
            compartments.find_compartment(session, reference, actor=actor),
            account=accounts.find_account(session, login),
            role=Role(role),
            level=Level(level.upper()),
            purpose=purpose,
            expires_at=door.instance.clock.now() + timedelta(days=days) if days else None,
            actor=actor,
        )
        answer = _grant(row, login, reference)
    door.say(answer, f"{login} is {role} in {reference} up to {level.upper()}.")


@grant.command("list")
@click.option("--compartment", "reference", required=True, help="Reference of the compartment.")
@pass_door
def list_grants(door: Door, reference: str) -> None:
    """List who may do what in a compartment."""
    with door.reading() as (session, actor):
        place = compartments.find_compartment(session, reference, actor=actor)
        require(session, actor, Permission.GRANT, place.id)
        query = (
            select(Grant, Account.login)
            .outerjoin(Account, Grant.account_id == Account.id)
            .where(Grant.compartment_id == place.id)
            .order_by(Grant.granted_at)
        )
        rows = [_grant(row, login, reference) for row, login in session.execute(query)]
    door.table(rows, ["id", "login", "role", "level", "purpose", "expires_at", "ended_at"])


@grant.command("end")
@click.argument("grant_id", type=click.UUID)
@click.option("--reason", required=True, help="Why it ends.")
@pass_door
def end_grant(door: Door, grant_id: UUID, reason: str) -> None:
    """End a grant now."""
    with door.acting(confirmed=True) as (session, actor):
        row = compartments.find_grant(session, grant_id, actor=actor)
        compartments.end_grant(session, row, reason=reason, actor=actor)
    door.say({"id": str(grant_id), "ended": True}, "The grant has ended.")


@custodian.command("add")
@click.argument("login")
@click.option("--secret-fd", type=int, help="Read the custodian's own secret from this descriptor.")
@pass_door
def add_custodian(door: Door, login: str, secret_fd: int | None) -> None:
    """Name a second custodian of identities; a custodian in office has to unlock."""
    keys = door.instance.keys
    with door.reading() as (session, actor):
        home = profile(session).organisation_compartment_id
        require(session, actor, Permission.GRANT, home)
        holder = accounts.find_account(session, login).id
    if str(holder) in keys.custodians():
        raise InvalidInput(f"{login} is a custodian already.")
    identity = door.identity_key()
    secret = read_secret(secret_fd) if secret_fd is not None else ask_secret(f"Own secret of {login}")
    unlocker = Passphrase(secret, cost_for(door.instance.settings.kind))
    with door.acting() as (session, actor):
        require(session, actor, Permission.GRANT, home)
        record(session, CustodyVerb.CUSTODIAN_NAMED, holder, compartment_id=home, actor=actor)
    # After the commit: a wrap that the log does not know would be the worse half of an interruption.
    keys.name_custodian(str(holder), unlocker, identity)
    door.say(
        {"custodian": login},
        f"{login} is a custodian of identities; the role 'custodian' says where they may reveal them.",
    )


def _account(row: Account) -> dict[str, object]:
    return {
        "login": row.login,
        "name": row.display_name,
        "system_user": row.system_user,
        "active": row.is_active,
        "has_secret": row.secret_hash is not None,
    }


def _compartment(row: Compartment) -> dict[str, object]:
    return {
        "reference": row.reference,
        "kind": row.kind.value,
        "title": row.title,
        "ceiling": row.level_ceiling.value,
    }


def _grant(row: Grant, login: str | None, reference: str) -> dict[str, object]:
    return {
        "id": str(row.id),
        "login": login or f"partner {row.partner_id}",
        "compartment": reference,
        "role": row.role.value,
        "level": row.level.value,
        "purpose": row.purpose,
        "expires_at": row.expires_at.isoformat() if row.expires_at else None,
        "ended_at": row.ended_at.isoformat() if row.ended_at else None,
    }
