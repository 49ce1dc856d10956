"""Views of lists: kept under a name by one person, for that person alone."""

from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evidence_tracker.access.saved_views import (
    LONGEST_NAME,
    LONGEST_QUERY,
    MOST,
    forget_view,
    save_view,
    views_of,
)
from evidence_tracker.custody.models import CustodyEventRow
from evidence_tracker.errors import DuplicateReference, InvalidInput, NotFound
from evidence_tracker.instance import Instance
from tests.cast import Cast


def names(session: Session, cast: Cast, who: str = "amina", room: str = "evidence") -> list[str]:
    return [row.name for row in views_of(session, room, actor=getattr(cast, who))]


def test_a_view_is_there_for_who_kept_it_and_nobody_else(session: Session, cast: Cast):
    view = save_view(session, "evidence", "  Відео\n без оцінки ", "kind=video", actor=cast.amina)
    save_view(session, "tasks", "Given", "whose=given", actor=cast.amina)

    assert names(session, cast) == ["Відео без оцінки"]
    assert names(session, cast, room="tasks") == ["Given"]
    for other in ("bohdan", "chen", "olena", "outsider"):
        assert names(session, cast, who=other) == []
        with pytest.raises(NotFound):
            forget_view(session, "evidence", view.id, actor=getattr(cast, other))
    assert names(session, cast) == ["Відео без оцінки"]


def test_a_name_is_replaced_only_after_it_was_said(session: Session, cast: Cast):
    first = save_view(session, "evidence", "Videos", "kind=video", actor=cast.amina)
    with pytest.raises(DuplicateReference, match="called Videos already"):
        save_view(session, "evidence", "VIDEOS", "kind=audio", actor=cast.amina)
    assert views_of(session, "evidence", actor=cast.amina)[0].query == "kind=video"

    again = save_view(session, "evidence", "VIDEOS", "kind=audio", actor=cast.amina, is_replacing=True)

    assert again.id == first.id
    assert [(row.name, row.query) for row in views_of(session, "evidence", actor=cast.amina)] == [
        ("VIDEOS", "kind=audio")
    ]
    save_view(session, "evidence", "Videos", "kind=video", actor=cast.bohdan)  # another person's name is free


@pytest.mark.parametrize("name", ["", " \n ", "x" * (LONGEST_NAME + 1), "a\x00b", "a\ud800b"])
def test_a_name_that_is_none_is_refused(session: Session, cast: Cast, name: str):
    with pytest.raises(InvalidInput):
        save_view(session, "evidence", name, "kind=video", actor=cast.amina)
    assert names(session, cast) == []


def test_there_is_an_end_to_how_long_and_how_many(session: Session, cast: Cast):
    with pytest.raises(InvalidInput, match="too long"):
        save_view(session, "evidence", "long", "x" * (LONGEST_QUERY + 1), actor=cast.amina)
    for number in range(MOST):
        save_view(session, "evidence", f"view {number:02}", f"kind={number}", actor=cast.amina)
    with pytest.raises(InvalidInput, match="as many as there can be"):
        save_view(session, "evidence", "one more", "kind=video", actor=cast.amina)
    save_view(session, "evidence", "view 03", "kind=video", actor=cast.amina, is_replacing=True)
    assert len(names(session, cast)) == MOST


def test_a_view_that_was_forgotten_is_gone(session: Session, cast: Cast):
    view = save_view(session, "evidence", "Videos", "kind=video", actor=cast.amina)
    session.flush()
    assert forget_view(session, "evidence", view.id, actor=cast.amina) == "Videos"
    session.flush()
    assert names(session, cast) == []
    for gone in (view.id, uuid4()):
        with pytest.raises(NotFound):
            forget_view(session, "evidence", gone, actor=cast.amina)


def test_nothing_of_it_is_in_the_custody_log(instance: Instance, cast: Cast):
    def events() -> int:
        with instance.reading() as session:
            return session.scalar(select(func.count()).select_from(CustodyEventRow)) or 0

    before = events()
    with instance.transaction() as session:
        view = save_view(session, "evidence", "Videos", "kind=video", actor=cast.amina)
    with instance.transaction() as session:
        forget_view(session, "evidence", view.id, actor=cast.amina)
    assert events() == before
