"""Acts on many exhibits: the same is stated of all, or of none."""

import pytest
from sqlalchemy import func, select

from evidence_tracker.access.levels import Level
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.exhibits.many import amend_exhibits
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.custody.models import CustodyEventRow
from evidence_tracker.errors import Conflict, InvalidInput, NotPermitted
from evidence_tracker.instance import Instance
from tests.cast import Cast
from tests.factories.exhibits import receive
from tests.factories.interviews import lowered


def furnish(instance: Instance, cast: Cast) -> None:
    with instance.transaction() as session:
        for number in range(3):
            receive(session, instance.vault, cast, bytes([number]))


def stored(instance: Instance) -> list[tuple[int, str | None, bool]]:
    with instance.reading() as session:
        rows = session.scalars(select(Exhibit).order_by(Exhibit.reference)).all()
        return [(row.version, row.language, row.is_graphic) for row in rows]


def amend(
    instance: Instance, cast: Cast, changes: dict[str, object], who: str = "amina", version: int | None = None
) -> int:
    """Return how many exhibits were changed."""
    with instance.transaction() as session:
        rows = session.scalars(select(Exhibit).order_by(Exhibit.reference)).all()
        versions = {row.id: version or row.version for row in rows[2:]}
        changed = amend_exhibits(
            session,
            rows,
            changes,
            actor=getattr(cast, who),
            expected_versions=versions,
        )
        return len(changed)


def events(instance: Instance) -> int:
    with instance.reading() as session:
        return session.scalar(select(func.count()).select_from(CustodyEventRow)) or 0


def test_each_that_says_otherwise_is_changed_with_one_event_of_its_own(instance: Instance, cast: Cast):
    furnish(instance, cast)
    before = events(instance)
    assert amend(instance, cast, {"language": "uk", "is_graphic": True}) == 3
    assert stored(instance) == [(2, "uk", True)] * 3
    assert events(instance) == before + 3
    with pytest.raises(InvalidInput, match="recorded already"):
        amend(instance, cast, {"language": "uk"})
    assert events(instance) == before + 3


def test_one_stale_version_stops_all(instance: Instance, cast: Cast):
    furnish(instance, cast)
    before = events(instance)
    with pytest.raises(Conflict):
        amend(instance, cast, {"language": "uk"}, version=9)
    assert stored(instance) == [(1, None, False)] * 3
    assert events(instance) == before


@pytest.mark.parametrize("name", ["title", "description", "particulars", "kind", "sha256", "received_at"])
def test_what_is_an_items_own_is_stated_of_many_by_nobody(instance: Instance, cast: Cast, name: str):
    furnish(instance, cast)
    with pytest.raises(InvalidInput, match="for many at once"):
        amend(instance, cast, {name: "x"})
    assert stored(instance) == [(1, None, False)] * 3


def test_one_that_somebody_may_not_change_stops_all(instance: Instance, cast: Cast):
    furnish(instance, cast)
    with instance.transaction() as session:
        receive(session, instance.vault, cast, b"x", governance=Governance(Level.SEALED, None, None))
        lowered(session, cast, Level.CONFIDENTIAL, cast.mission)
    for who in ("amina", "outsider"):
        with pytest.raises(NotPermitted):
            amend(instance, cast, {"language": "uk"}, who=who)
    assert stored(instance) == [(1, None, False)] * 4
