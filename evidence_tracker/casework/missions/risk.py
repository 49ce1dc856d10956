"""Acts on the security plan: written by some, signed off by somebody else."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access import records, stated
from evidence_tracker.access.policy import Permission, now, require
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.missions.models import Mission, SecurityPlan
from evidence_tracker.casework.missions.states import require_open
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.errors import Conflict, InvalidInput, SecondPersonNeeded


def write_security_plan(
    session: Session,
    mission: Mission,
    text: str,
    *,
    actor: Actor,
    expected_version: int | None = None,
    governance: Governance | None = None,
) -> SecurityPlan:
    """Write the security plan of a mission, or write it anew; either voids its sign-off."""
    require_open(mission)
    wording = stated.text(text, "security plan")
    plan = session.scalars(select(SecurityPlan).where(SecurityPlan.mission_id == mission.id)).first()
    if plan is None:
        return _first_plan(session, mission, wording, actor=actor, governance=governance)
    changes = {
        "text": wording,
        "authors": _authors(plan, actor),
        "signed_off_by": None,
        "signed_off_at": None,
    }
    return records.amend(session, plan, changes, actor=actor, expected_version=expected_version)


def sign_off_security_plan(
    session: Session, plan: SecurityPlan, *, actor: Actor, expected_version: int
) -> SecurityPlan:
    """Sign off the version of the plan one has read; none of its authors can.

    ``expected_version`` is that version: a plan that changed meanwhile raises ``Conflict``.
    """
    # Asked again by amend below; first here, so that a stranger learns nothing of the authors.
    require(session, actor, Permission.SUPERVISE, plan.compartment_id, level=plan.level)
    if expected_version != plan.version:
        raise Conflict(
            f"The security plan is at version {plan.version}; you have read version {expected_version}.",
            advice="Read the present plan, then sign it off.",
        )
    if plan.signed_off_by is not None:
        raise InvalidInput("This version of the security plan is signed off already.")
    if str(actor.account_id) in plan.authors:
        raise SecondPersonNeeded(f"{actor.login} wrote on this security plan and cannot sign it off.")
    return records.amend(
        session,
        plan,
        {"signed_off_by": actor.account_id, "signed_off_at": now(session)},
        actor=actor,
        expected_version=expected_version,
        permission=Permission.SUPERVISE,
        verb=CustodyVerb.SIGNED_OFF,
        facts={"version_read": expected_version},
    )


def _first_plan(
    session: Session, mission: Mission, wording: str, *, actor: Actor, governance: Governance | None
) -> SecurityPlan:
    return records.create(
        session,
        SecurityPlan,
        compartment_id=mission.compartment_id,
        governance=governance or Governance.of(mission),
        actor=actor,
        mission_id=mission.id,
        text=wording,
        authors=[str(actor.account_id)],
        signed_off_by=None,
        signed_off_at=None,
    )


def _authors(plan: SecurityPlan, actor: Actor) -> list[str]:
    # What was signed off had a second pair of eyes; authorship counts from there.
    before = [] if plan.signed_off_by is not None else plan.authors
    return list(dict.fromkeys([*before, str(actor.account_id)]))
