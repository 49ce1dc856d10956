"""Opening a mission and changing what it is about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Compartment, CompartmentKind
from evidence_tracker.access.policy import Permission, may
from evidence_tracker.casework.missions.models import MissionState
from evidence_tracker.casework.missions.planning import amend_mission, mission_reference, open_mission
from evidence_tracker.casework.missions.queries import find_mission
from evidence_tracker.errors import (
    Conflict,
    DuplicateReference,
    GateClosed,
    InvalidInput,
    NotFound,
    NotPermitted,
)
from evidence_tracker.values.moment import Moment
from evidence_tracker.values.place import Place
from tests.factories.missions import approved, closed, mission, under_way


def test_a_mission_needs_no_more_than_a_reference_and_a_title(session, cast):
    made = open_mission(session, reference="kyi-2026-07", title=" Autumn ", actor=cast.olena)
    assert (made.reference, made.title, made.state) == ("KYI-2026-07", "Autumn", MissionState.PLANNED)
    assert (made.purpose, made.legal_basis, made.level) == (None, None, Level.CONFIDENTIAL)
    assert (made.places, made.starts_at, made.country) == ([], None, None)


def test_it_opens_a_compartment_of_its_own_that_its_opener_leads(session, cast):
    made = mission(session, cast)
    compartment = session.get_one(Compartment, made.compartment_id)
    assert (compartment.kind, compartment.reference) == (CompartmentKind.MISSION, "KYI-2026-02")
    assert may(session, cast.olena, Permission.SUPERVISE, compartment.id, level=Level.SEALED)
    assert not may(session, cast.bohdan, Permission.READ, compartment.id)


def test_it_keeps_what_was_stated_of_place_and_time(session, cast):
    made = mission(
        session,
        cast,
        places=[Place("Нова Вигадана", "uk"), {"name": "Stara Vyhadana", "country": "UA"}, "Mala Vyhadana"],
        starts_on="2026-03",
        purpose="documentation",
        legal_basis="legitimate interests",
        level="RESTRICTED",
    )
    assert [place["name"] for place in made.places] == ["Нова Вигадана", "Stara Vyhadana", "Mala Vyhadana"]
    assert str(made.starts_on) == "2026-03"
    assert made.starts_at == Moment.parse("2026-03").bounds()[0]
    assert made.ends_at == Moment.parse("2026-03-09").bounds()[1]
    assert (made.level, made.legal_basis) == (Level.RESTRICTED, "legitimate interests")


@pytest.mark.parametrize("again", ["KYI-2026-02", " kyi-2026-02 "])
def test_it_refuses_a_reference_that_is_taken(session, cast, again):
    mission(session, cast)
    with pytest.raises(DuplicateReference, match="There is a mission KYI-2026-02 already"):
        open_mission(session, reference=again, title="Again", actor=cast.olena)


def test_it_refuses_a_reference_that_another_compartment_has(session, cast):
    with pytest.raises(DuplicateReference):
        open_mission(session, reference="KYI", title="The organisation's own", actor=cast.olena)


@pytest.mark.parametrize("reference", ["A", "-A1", "A B", "A_B", "A" * 33, "КИЇВ-1", "ß1", "A/1", "A١"])
def test_it_says_the_rule_for_references(reference):
    with pytest.raises(InvalidInput, match="cannot be the reference") as refused:
        mission_reference(reference)
    assert "letters A to Z" in refused.value.advice


@given(st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9-]{1,31}\Z"))
def test_every_reference_that_follows_the_rule_is_kept_in_upper_case(text):
    assert mission_reference(f" {text} ") == text.upper()
    assert mission_reference(text.upper()) == text.upper()


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({"title": " "}, "title is missing"),
        ({"starts_on": "2026-03-09", "ends_on": "2026-03-01"}, "ends before it begins"),
        ({"starts_on": "next spring"}, "not a date"),
        ({"country": "UK"}, "not a country code"),
        ({"places": [{"lat": "1"}]}, "needs a name"),
        ({"level": "SECRET"}, "not a known level"),
    ],
)
def test_it_refuses_what_cannot_be_and_opens_no_compartment(session, cast, facts, fault):
    with pytest.raises(InvalidInput, match=fault):
        mission(session, cast, **facts)
    assert session.query(Compartment).filter_by(reference="KYI-2026-02").first() is None


@pytest.mark.parametrize("login", ["amina", "outsider"])
def test_only_who_may_open_compartments_opens_a_mission(session, cast, login):
    with pytest.raises(NotPermitted, match="open compartments"):
        open_mission(session, reference="X1", title="X", actor=getattr(cast, login))


def test_the_outsider_cannot_tell_a_mission_from_none(session, cast):
    mission(session, cast)
    messages = []
    for reference in ("KYI-2026-02", "KYI-2026-99"):
        with pytest.raises(NotFound) as refused:
            find_mission(session, reference, actor=cast.outsider)
        messages.append(str(refused.value).replace(reference, "X"))
    assert messages[0] == messages[1]


def test_a_planned_mission_is_changed_and_its_bounds_follow(session, cast):
    made = mission(session, cast)
    amend_mission(session, made, {"ends_on": "2026-04", "title": "Longer"}, actor=cast.amina)
    assert (made.title, made.ends_at) == ("Longer", Moment.parse("2026-04").bounds()[1])
    assert made.starts_at == Moment.parse("2026-03-02").bounds()[0]
    with pytest.raises(InvalidInput, match="ends before it begins"):
        amend_mission(session, made, {"starts_on": "2026-06"}, actor=cast.amina)
    with pytest.raises(InvalidInput, match="called state"):
        amend_mission(session, made, {"state": "approved"}, actor=cast.olena)


def test_a_stale_edit_and_a_stranger_change_nothing(session, cast):
    made = mission(session, cast)
    amend_mission(session, made, {"title": "First"}, actor=cast.amina, expected_version=1)
    with pytest.raises(Conflict):
        amend_mission(session, made, {"title": "Second"}, actor=cast.daria, expected_version=1)
    with pytest.raises(NotPermitted):
        amend_mission(session, made, {"title": "Third"}, actor=cast.outsider)
    assert (made.title, made.version) == ("First", 2)


def test_a_change_of_what_was_approved_asks_for_a_new_approval(session, cast):
    made = approved(session, cast)
    amend_mission(session, made, {"title": "A better title"}, actor=cast.amina)
    assert made.state is MissionState.APPROVED
    amend_mission(session, made, {"area": "another valley"}, actor=cast.amina)
    assert (made.state, made.approved_by) == (MissionState.PLANNED, None)


def test_a_mission_under_way_is_extended_by_a_supervisor(session, cast):
    made = under_way(session, cast)
    with pytest.raises(NotPermitted):
        amend_mission(session, made, {"ends_on": "2026-03-12"}, actor=cast.amina)
    amend_mission(session, made, {"ends_on": "2026-03-12"}, actor=cast.olena)
    assert made.state is MissionState.UNDER_WAY


def test_what_is_over_stays_as_it_was_but_its_governance_can_be_stated(session, cast):
    made = closed(session, cast)
    with pytest.raises(GateClosed, match="is closed"):
        amend_mission(session, made, {"area": "elsewhere"}, actor=cast.olena)
    assert amend_mission(session, made, {"legal_basis": "Act 12"}, actor=cast.daria).legal_basis == "Act 12"
