"""What waits in the osint room: captures nobody assessed, assessments that ask for a second person."""

from collections.abc import Iterator

from sqlalchemy import select

from evidence_tracker.access.policy import Permission
from evidence_tracker.access.waiting import Asking, Question
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.osint.models import Assessment, Capture, ReviewState


def questions(asking: Asking) -> Iterator[Question]:
    """Yield the questions of this room that mean something to the actor."""
    if asking.may(Permission.RECORD):
        yield _unassessed(asking)
        for kind, model in (("capture_id", Capture), ("exhibit_id", Exhibit)):
            yield _to_review(asking, kind, model)
            yield _returned(asking, kind, model)


def _unassessed(asking: Asking) -> Question:
    assessed = select(Assessment.id).where(Assessment.capture_id == Capture.id)
    return asking.question(
        "captures-to-assess",
        Capture,
        ~assessed.exists(),
        asking.within(Capture, Permission.RECORD),
        title=Capture.title,
        since=Capture.recorded_at,
    )


def _to_review(asking: Asking, column: str, model: type[Capture] | type[Exhibit]) -> Question:
    return asking.question(
        "assessments-to-review",
        model,
        Assessment.state == ReviewState.SUBMITTED,
        Assessment.recorded_by != asking.me,
        asking.within(Assessment, Permission.RECORD),
        asking.within(model),
        title=Assessment.claim,
        since=Assessment.done_at,
        source=Assessment.__table__.join(model.__table__, model.id == getattr(Assessment, column)),
    )


def _returned(asking: Asking, column: str, model: type[Capture] | type[Exhibit]) -> Question:
    return asking.question(
        "assessments-returned",
        model,
        Assessment.state == ReviewState.RETURNED,
        Assessment.recorded_by == asking.me,
        asking.within(Assessment),
        asking.within(model),
        title=Assessment.claim,
        since=Assessment.done_at,
        source=Assessment.__table__.join(model.__table__, model.id == getattr(Assessment, column)),
    )
