"""The people of the tests. All fictional.

amina investigates, bohdan keeps identities, chen approves, daria is the legal officer,
olena set the instance up, and the outsider has an account and nothing else.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from evidence_tracker.access.accounts import add_account
from evidence_tracker.access.compartments import grant, open_compartment
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account, Compartment, CompartmentKind, Profile, Role
from evidence_tracker.custody.events import Actor, Door
from evidence_tracker.instance import Instance
from evidence_tracker.keys.unlockers import CHEAP

PASSPHRASE = "correct horse battery"
HOME = "KYI"
MISSION = "KYI-2026-01"
ROLES = {
    "amina": (Role.INVESTIGATOR,),
    "bohdan": (Role.CUSTODIAN, Role.INVESTIGATOR),
    "chen": (Role.APPROVER, Role.ANALYST),
    "daria": (Role.LEGAL_OFFICER,),
    "outsider": (),
}


@dataclass(frozen=True)
class Cast:
    """Who is who, and the compartment they share."""

    olena: Actor
    amina: Actor
    bohdan: Actor
    chen: Actor
    daria: Actor
    outsider: Actor
    home: UUID
    mission: UUID


def engage(instance: Instance) -> None:
    """Give the cast their accounts and grants in a new instance (and one mission compartment)."""
    with instance.transaction() as session:
        olena = actor(session, "olena")
        home = session.query(Compartment).filter_by(reference=HOME).one()
        mission = open_compartment(
            session,
            kind=CompartmentKind.MISSION,
            reference=f"{MISSION}-C",
            title="Fictional mission of the tests",
            actor=olena,
        )
        for login, roles in ROLES.items():
            account = add_account(
                session,
                login=login,
                display_name=login.title(),
                actor=olena,
                secret=f"secret of {login}",
                cost=CHEAP,
            )
            for role in roles:
                for place in (mission, home):
                    grant(
                        session,
                        place,
                        role=role,
                        level=Level.SEALED,
                        purpose="tests",
                        actor=olena,
                        account=account,
                    )


def actor(session: Session, login: str) -> Actor:
    """Return one of the cast as an actor at the command line."""
    account = session.query(Account).filter_by(login=login).one()
    return Actor(account.id, login, Door.COMMAND_LINE, login)


def gather(session: Session) -> Cast:
    """Return the whole cast of an instance."""
    people = {login: actor(session, login) for login in ("olena", *ROLES)}
    mission = session.query(Compartment).filter_by(reference=f"{MISSION}-C").one()
    home = session.query(Profile).one().organisation_compartment_id
    return Cast(**people, home=home, mission=mission.id)
