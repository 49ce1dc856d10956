"""Asking for an approval: whoever may give one, and took no part in the submission, is told."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access import notices
from evidence_tracker.access.models import Account
from evidence_tracker.access.notices import NoticeKind
from evidence_tracker.access.policy import Permission, require
from evidence_tracker.casework.submissions.checking import look, preparers, refuse_closed
from evidence_tracker.casework.submissions.models import Submission
from evidence_tracker.casework.submissions.preparation import refuse_fixed
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import GateClosed


def ask_approval(session: Session, submission: Submission, *, actor: Actor) -> list[Account]:
    """Tell everybody who may approve a submission that it waits; returns them by login.

    Every gate is asked first but the scan for names, so that nobody is called to what cannot go.
    The right to approve is needed wherever an item is at home, as ``approve`` needs it.
    """
    require(session, actor, Permission.PREPARE, submission.compartment_id, level=submission.level)
    refuse_fixed(session, submission)
    plan = look(session, submission, actor=actor)
    refuse_closed(plan)
    homes = {(submission.compartment_id, submission.level), *plan.homes}
    able = [notices.holders(session, Permission.APPROVE, home, level=level) for home, level in homes]
    asked = set.intersection(*able) - preparers(session, submission)
    if not asked:
        raise GateClosed(
            f"Nobody may approve {submission.reference} who took no part in it.",
            advice="Ask a lead to grant somebody else the role approver wherever its items are at home.",
        )
    notices.tell(session, asked, NoticeKind.APPROVAL_ASKED, submission, by=actor)
    return list(session.scalars(select(Account).where(Account.id.in_(asked)).order_by(Account.login)))
