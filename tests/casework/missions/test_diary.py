"""The daily log: written on the day or later, never changed."""

import pytest

from evidence_tracker.access.records import amend
from evidence_tracker.casework.missions.diary import write_entry
from evidence_tracker.casework.missions.queries import page_log
from evidence_tracker.casework.missions.states import call_off_mission
from evidence_tracker.errors import GateClosed, InvalidInput, NotPermitted, Refused
from tests.factories.missions import closed, mission


def entry(session, cast, made, **facts):
    stated = {"day": "2026-03-01", "text": "Road closed; waited."}
    return write_entry(session, made, actor=cast.amina, **{**stated, **facts})


def test_an_entry_says_what_happened_on_a_day_and_where(session, cast):
    made = mission(session, cast)
    row = entry(
        session, cast, made, place={"name": "Стара Вигадана", "language": "uk"}, is_security_incident=True
    )
    assert (str(row.day), row.place.name, row.is_security_incident) == ("2026-03-01", "Стара Вигадана", True)
    assert page_log(session, made, actor=cast.daria) == [row]


def test_an_entry_is_never_changed(instance, cast):
    with instance.transaction() as session:
        made = mission(session, cast)
        row = entry(session, cast, made)

    def rewrite():
        with instance.transaction() as session:
            session.add(row)
            amend(session, row, {"text": "Nothing happened."}, actor=cast.amina)

    with pytest.raises(Refused, match="never changed"):
        rewrite()
    with instance.reading() as session:
        assert [found.text for found in page_log(session, made, actor=cast.amina)] == ["Road closed; waited."]


def test_a_correction_is_a_new_entry_that_names_the_old_one(session, cast):
    made = mission(session, cast)
    first = entry(session, cast, made)
    second = entry(session, cast, made, text="The road was open after all.", corrects=first)
    assert second.corrects_id == first.id
    other = mission(session, cast, reference="KYI-2026-03")
    with pytest.raises(InvalidInput, match="another mission"):
        entry(session, cast, other, corrects=first)


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({"text": " "}, "entry is missing"),
        ({"day": "2026-03"}, "about one day"),
        ({"day": "before 2026-03-01"}, "about one day"),
        ({"day": "2026-03-09"}, "not come yet"),
        ({"day": "yesterday"}, "not a date"),
        ({"is_security_incident": "no"}, "true or false"),
    ],
)
def test_it_refuses_an_entry_about_no_day_or_about_the_future(session, cast, facts, fault):
    with pytest.raises(InvalidInput, match=fault):
        entry(session, cast, mission(session, cast), **facts)


def test_a_late_entry_is_welcome_and_one_about_what_never_was_is_not(session, cast):
    entry(session, cast, closed(session, cast))
    off = mission(session, cast, reference="KYI-2026-03")
    call_off_mission(session, off, reason="weather", actor=cast.amina)
    with pytest.raises(GateClosed, match="called off"):
        entry(session, cast, off)


def test_the_outsider_reads_and_writes_nothing(session, cast):
    made = mission(session, cast)
    entry(session, cast, made)
    assert page_log(session, made, actor=cast.outsider) == []
    with pytest.raises(NotPermitted):
        write_entry(session, made, day="2026-03-01", text="I was here.", actor=cast.outsider)
