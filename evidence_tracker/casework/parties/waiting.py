"""What waits in the parties room: agreements about to end."""

from collections.abc import Iterator

from evidence_tracker.access.policy import Permission
from evidence_tracker.access.waiting import Asking, Question
from evidence_tracker.casework.parties.models import Agreement

EXPIRES_WITHIN = 60  # days


def questions(asking: Asking) -> Iterator[Question]:
    """Yield the questions of this room that mean something to the actor."""
    if asking.may(Permission.RECORD):
        yield asking.question(
            "agreements-expiring",
            Agreement,
            Agreement.ended_at.is_(None),
            Agreement.signed_at.is_not(None),
            Agreement.valid_until_at <= asking.instant(EXPIRES_WITHIN),
            asking.within(Agreement, Permission.RECORD),
            title=Agreement.subject,
            since=Agreement.recorded_at,
            due=Agreement.valid_until_at,
        )
