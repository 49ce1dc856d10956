"""Half-typed words: encrypted, overwritable, outside the log, seen by their author only.

They meet the gates of an account: without consent nothing is kept, not even as a draft.
Saving the account discards the draft; an interview is not closed over one.
"""

from typing import Any

from sqlalchemy.orm import Session

from evidence_tracker.access import drafts
from evidence_tracker.access.policy import Permission, require
from evidence_tracker.casework.interviews import gates
from evidence_tracker.casework.interviews.models import Interview, InterviewState
from evidence_tracker.casework.interviews.planning import require_state
from evidence_tracker.custody.events import Actor


def keep_draft(session: Session, interview: Interview, content: dict[str, Any], *, actor: Actor) -> None:
    """Keep what was typed so far, over what was kept before; ``content`` is the author's own form."""
    require(session, actor, Permission.RECORD, interview.compartment_id, level=interview.level)
    require_state(interview, {InterviewState.UNDER_WAY}, "a draft")
    gates.refuse(interview.reference, "a draft", gates.for_account(session, interview, actor=actor))
    drafts.keep(
        session,
        kind=gates.DRAFT,
        subject_id=interview.id,
        compartment_id=interview.compartment_id,
        content=content,
        actor=actor,
        based_on_version=interview.version,
    )


def read_draft(session: Session, interview: Interview, *, actor: Actor) -> dict[str, Any] | None:
    """Return the actor's own draft, None if there is none."""
    require(session, actor, Permission.RECORD, interview.compartment_id, level=interview.level)
    return drafts.read(session, kind=gates.DRAFT, subject_id=interview.id, actor=actor)


def discard_draft(session: Session, interview: Interview, *, actor: Actor) -> None:
    """Remove the actor's own draft, if there is one."""
    drafts.discard(session, kind=gates.DRAFT, subject_id=interview.id, actor=actor)
