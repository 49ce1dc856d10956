"""What waits in the incidents room: incidents without any evidence."""

from collections.abc import Iterator

from sqlalchemy import select

from evidence_tracker.access.policy import Permission
from evidence_tracker.access.waiting import Asking, Question
from evidence_tracker.casework.incidents.models import EvidenceLink, Incident


def questions(asking: Asking) -> Iterator[Question]:
    """Yield the questions of this room that mean something to the actor."""
    if asking.may(Permission.RECORD):
        linked = select(EvidenceLink.id).where(
            EvidenceLink.incident_id == Incident.id, EvidenceLink.ended_at.is_(None)
        )
        yield asking.question(
            "incidents-without-evidence",
            Incident,
            ~linked.exists(),
            asking.within(Incident, Permission.RECORD),
            title=Incident.title,
            since=Incident.recorded_at,
        )
