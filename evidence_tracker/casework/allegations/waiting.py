"""What waits in the allegations room: elements on which nothing inculpatory bears."""

from functools import cache
from uuid import UUID

from sqlalchemy import Select, Subquery, case, distinct, func, or_, select
from sqlalchemy.orm import Session

from evidence_tracker.access.policy import Permission
from evidence_tracker.access.waiting import Asking, Question, Waiting
from evidence_tracker.casework.allegations.alleging import pinned
from evidence_tracker.casework.allegations.categories import WHOLE
from evidence_tracker.casework.allegations.models import Allegation, AllegationStatus, Bearing, Direction
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.interviews.models import Interview
from evidence_tracker.casework.osint.models import Capture
from evidence_tracker.custody.events import Actor

#: How many elements a category has stands in its pack, not in the database: so many allegations are looked at.
LOOKED_AT = 200
_STANDING = (AllegationStatus.CLAIMED, AllegationStatus.SUPPORTED, AllegationStatus.CONTESTED)
_EVIDENCE = (
    (Bearing.exhibit_id, Exhibit),
    (Bearing.interview_id, Interview),
    (Bearing.capture_id, Capture),
)


def elements_without_evidence(session: Session, *, actor: Actor, limit: int) -> list[Waiting]:
    """Return the standing allegations with such an element, of the newest 200, the oldest first; one query.

    ``title`` is the code and how many of its elements are covered. A bearing whose evidence the
    actor may not see does not exist for them, as in the matrix.
    """
    asking, query = _newest()
    found = []
    for allegation, listed, whole in session.execute(query, asking.values(session, actor)):
        elements = len(pinned(allegation)[1].elements)
        have, need = (listed, elements) if elements else (whole, 1)
        if have < need:
            title = f"{allegation.code} · {have}/{need}"
            found.append(Waiting("allegation", allegation.reference, title, allegation.recorded_at, None))
    return found[::-1][:limit]


@cache
def _newest() -> tuple[Asking, Question]:
    asking = Asking(frozenset({Permission.RECORD}))
    covered = _covered(asking)
    query = (
        select(Allegation, func.coalesce(covered.c.listed, 0), func.coalesce(covered.c.whole, 0))
        .outerjoin(covered, covered.c.allegation_id == Allegation.id)
        .where(Allegation.status.in_(_STANDING), asking.within(Allegation, Permission.RECORD))
        .order_by(Allegation.recorded_at.desc(), Allegation.id.desc())
        .limit(LOOKED_AT)
    )
    return asking, query


def complete(session: Session, *, actor: Actor) -> dict[AllegationStatus, tuple[int, int]]:
    """Return how many allegations of each status there are, and on how many of them every element is covered.

    Two queries, grouped by category and by how many elements are covered: few rows, whatever the number.
    """
    asking, query = _by_coverage()
    rows = session.execute(query, asking.values(session, actor)).all()
    standing = {row.id: row for row in session.scalars(_with_ids([row[1] for row in rows]))}
    found: dict[AllegationStatus, tuple[int, int]] = {}
    for status, one, have_listed, have_whole, number in rows:
        elements = len(pinned(standing[one])[1].elements)
        is_whole = have_listed >= elements if elements else bool(have_whole)
        every, whole_ones = found.get(status, (0, 0))
        found[status] = (every + number, whole_ones + (number if is_whole else 0))
    return found


def _with_ids(ids: list[UUID]) -> Select[Allegation]:
    return select(Allegation).where(Allegation.id.in_(ids))


@cache
def _by_coverage() -> tuple[Asking, Question]:
    asking = Asking(frozenset({Permission.READ}))
    covered = _covered(asking)
    listed, whole = func.coalesce(covered.c.listed, 0), func.coalesce(covered.c.whole, 0)
    # One allegation of each group stands for its category.
    query = (
        select(Allegation.status, func.min(Allegation.id), listed, whole, func.count())
        .outerjoin(covered, covered.c.allegation_id == Allegation.id)
        .where(asking.within(Allegation))
        .group_by(
            Allegation.status,
            Allegation.pack_id,
            Allegation.pack_version,
            Allegation.pack_sha256,
            Allegation.code,
            listed,
            whole,
        )
    )
    return asking, query


def _covered(asking: Asking) -> Subquery:
    seen = or_(*(pointer.in_(select(model.id).where(asking.within(model))) for pointer, model in _EVIDENCE))
    return (
        select(
            Bearing.allegation_id,
            func.count(distinct(case((Bearing.element_n != WHOLE, Bearing.element_n)))).label("listed"),
            func.max(case((Bearing.element_n == WHOLE, 1), else_=0)).label("whole"),
        )
        .where(
            Bearing.ended_at.is_(None),
            Bearing.direction == Direction.INCULPATORY,
            asking.within(Bearing),
            seen,
        )
        .group_by(Bearing.allegation_id)
        .subquery()
    )
