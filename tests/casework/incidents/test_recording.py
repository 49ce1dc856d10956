from itertools import product
from typing import Any

import pytest

from evidence_tracker.access.levels import Level
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.incidents.models import Answer, Incident, IncidentKind, TargetStatus
from evidence_tracker.casework.incidents.recording import READERS, amend_incident, record_incident
from evidence_tracker.casework.missions.planning import open_mission
from evidence_tracker.custody.history import events_of
from evidence_tracker.errors import Conflict, InvalidInput, NotPermitted
from tests.factories import incidents as make

ATTACK: dict[str, Any] = {
    "kind": "attack",
    "title": "Strike on the bakery, Vyhadane",
    "target_object": "bakery with a queue in front",
    "target_status": "civilian",
    "military_presence": "none seen within 500 m by two residents",
    "warning_given": "no",
    "weapon_system": "122 mm rocket, as the remnant suggests",
    "launch_direction": "from the north-east, by the crater",
    "damage": "roof and front wall gone",
    "reverberating_effects": "no bread in the village for two weeks",
    "undefended_status": "unknown",
    "advantage_notes": "none apparent from open sources",
}


FAULTS_OF_AN_INCIDENT: list[tuple[dict[str, Any], str]] = [
    ({"kind": "war crime"}, "kind"),
    ({"crime": "7(1)(f)"}, "crime"),
    ({"title": "   "}, "title"),
    ({"title": "a\x00b"}, "control characters"),
    ({"narrative": "x" * 1_000_001}, "longer"),
    ({"narrative": "\ud800"}, "Unicode"),
    ({"narrative": 7}, "text"),
    ({"occurred": "last spring"}, "date"),
    ({"occurred": "2022-02-30"}, "real date"),
    ({"occurred": "2026-03-04"}, "future"),
    ({"occurred": {"value": "2022-03-12", "zone": "Mars/Olympus"}}, "time zone"),
    ({"place": {"name": "Вигадане", "country": "Ukraine"}}, "country"),
    ({"place": {"name": "Вигадане", "latitude": "91"}}, "latitude"),
    ({"place": {"name": ""}}, "place is missing"),
    ({"target_status": "maybe"}, "target status"),
    ({"warning_given": True}, "warning given"),
]


def test_an_incident_has_a_reference_a_span_and_no_law(session, cast):
    row = make.incident(session, cast)

    assert row.reference == "KYI-N-0001"
    assert row.kind is IncidentKind.CONFINEMENT
    assert (row.earliest_at.isoformat(), row.latest_at.isoformat()) == (
        "2022-03-12T12:30:00+00:00",
        "2022-03-12T12:30:59+00:00",
    )
    assert (row.place and row.place.country) == "UA"
    assert not any("code" in name or "crime" in name for name in READERS)


def test_the_facts_of_an_attack_are_kept_as_stated(session, cast):
    row = make.incident(session, cast, **ATTACK)

    assert row.target_status is TargetStatus.CIVILIAN
    assert (row.warning_given, row.undefended_status) == (Answer.NO, Answer.UNKNOWN)
    for name in ATTACK.keys() - {"kind", "target_status", "warning_given", "undefended_status"}:
        assert getattr(row, name) == ATTACK[name]


def test_what_was_not_asked_stays_unstated(session, cast):
    row = make.incident(session, cast)

    assert [getattr(row, name) for name in ATTACK if name not in {"kind", "title"}] == [None] * 10


def test_it_lives_with_its_mission_and_inherits_its_basis(session, cast):
    mission = open_mission(
        session,
        reference="KYI-2026-07",
        title="Spring",
        actor=cast.olena,
        purpose="documentation",
        legal_basis="fictional act, article 1",
        level=Level.RESTRICTED,
    )

    row = record_incident(session, make.CONFINEMENT, actor=cast.olena, mission=mission)

    assert (row.compartment_id, row.mission_id) == (mission.compartment_id, mission.id)
    assert (row.level, row.purpose, row.legal_basis) == (
        Level.RESTRICTED,
        "documentation",
        "fictional act, article 1",
    )


def test_without_a_home_it_is_refused(session, cast):
    with pytest.raises(InvalidInput, match="home"):
        record_incident(session, make.CONFINEMENT, actor=cast.amina)


def test_the_legal_basis_has_no_default(session, cast):
    row = record_incident(session, make.CONFINEMENT, actor=cast.amina, compartment_id=cast.mission)

    assert row.legal_basis is None
    assert row.level is Level.CONFIDENTIAL


def test_what_is_needed_is_asked_for_by_name(session, cast):
    for name, value in product(("title", "kind", "occurred", "narrative", "basis"), (None, "")):
        facts: dict[str, Any] = {name: value}
        with pytest.raises(InvalidInput, match=name):
            make.incident(session, cast, **facts)


def test_a_faulty_fact_is_refused_by_name(session, cast):
    for facts, reason in FAULTS_OF_AN_INCIDENT:
        with pytest.raises(InvalidInput, match=reason):
            make.incident(session, cast, **facts)


def test_a_country_is_kept_in_capitals(session, cast):
    place = make.incident(session, cast, place={"name": "Вигадане", "country": "ua"}).place

    assert (place and place.country) == "UA"


def test_an_imprecise_date_keeps_its_words_and_gets_wide_bounds(session, cast):
    row = make.incident(session, cast, occurred="after 2022-03-12")

    assert str(row.occurred) == "after 2022-03-12"
    assert row.latest_at.year == 9999


def test_whoever_may_not_record_is_refused(session, cast):
    compartment = make.closed_compartment(session, cast)

    with pytest.raises(NotPermitted):
        make.incident(session, cast, actor=cast.outsider)
    with pytest.raises(NotPermitted):
        make.incident(session, cast, actor=cast.daria, compartment_id=compartment.id)


def test_an_amendment_moves_the_span_and_is_in_the_log(instance, cast):
    with instance.transaction() as session:
        row_id = make.incident(session, cast).id
    with instance.transaction() as session:
        row = session.get_one(Incident, row_id)
        amend_incident(
            session,
            row,
            {"occurred": "2022-03", "damage": "cellar door"},
            actor=cast.amina,
            expected_version=1,
        )
        assert row.version == 2
        assert row.earliest_at.isoformat() == "2022-02-28T10:00:00+00:00"
    with instance.reading() as session:
        events = events_of(session, instance.keyring, row_id)
        verbs = [event.values["act"] for event in events]
    assert verbs == ["recorded", "amended"]


def test_a_stale_edit_changes_nothing(session, cast):
    row = make.incident(session, cast)
    amend_incident(session, row, {"damage": "door"}, actor=cast.amina, expected_version=1)

    with pytest.raises(Conflict):
        amend_incident(session, row, {"damage": "roof"}, actor=cast.amina, expected_version=1)
    assert row.damage == "door"


def test_what_is_fixed_stays_fixed(session, cast):
    row = make.incident(session, cast)

    for changes in ({"reference": "KYI-N-9"}, {"mission_id": None}, {"earliest_at": None}, {"id": 1}):
        with pytest.raises(InvalidInput):
            amend_incident(session, row, changes, actor=cast.amina)


def test_an_outsider_amends_nothing(session, cast):
    row = make.incident(session, cast)

    with pytest.raises(NotPermitted):
        amend_incident(session, row, {"damage": "roof"}, actor=cast.outsider)


def test_a_level_is_lowered_only_by_a_supervisor(session, cast):
    row = make.incident(session, cast, governance=Governance(Level.RESTRICTED))

    with pytest.raises(NotPermitted):
        amend_incident(session, row, {"level": "INTERNAL"}, actor=cast.amina)
    assert amend_incident(session, row, {"level": "INTERNAL"}, actor=cast.chen).level is Level.INTERNAL
