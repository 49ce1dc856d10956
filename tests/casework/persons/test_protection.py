"""Threats, what is done about them, and what happened all the same."""

from datetime import date, datetime

import pytest

from evidence_tracker.casework.persons.models import ProtectionLevel, ThreatLevel
from evidence_tracker.casework.persons.protection import (
    amend_assessment,
    amend_protection_incident,
    assess_threat,
    record_protection_incident,
)
from evidence_tracker.casework.persons.queries import assessments, incidents, reviews_due
from evidence_tracker.custody.history import events_of
from evidence_tracker.errors import Conflict, InvalidInput, NotPermitted
from tests.factories.persons import person

FACTS = {
    "threat_level": "high",
    "threats": "Calls at night from a hidden number since the visit.",
    "threat_actors": "unknown callers",
    "measures": "New number; contact only through the sister.",
    "wishes_anonymity": True,
    "contact_interval_days": 14,
    "review_on": "2026-04-01",
}
INCIDENT = {
    "kind": "surveillance",
    "happened": {"value": "2026-02-27T21:30", "zone": "Europe/Kyiv", "zone_basis": "stated by the person"},
    "description": "The same car stood before the house on three evenings.",
}


def test_an_assessment_is_of_today_and_sets_the_care_a_person_needs(session, cast):
    somebody = person(session, cast.amina, cast.mission)
    made = assess_threat(
        session, somebody, FACTS, actor=cast.amina, protection_level=ProtectionLevel.CRITICAL
    )
    assert (made.assessed_on, made.review_on) == (date(2026, 3, 2), date(2026, 4, 1))
    assert made.threat_level is ThreatLevel.HIGH
    assert (made.level, made.compartment_id) == (somebody.level, somebody.compartment_id)
    assert somebody.protection_level is ProtectionLevel.CRITICAL


@pytest.mark.parametrize("missing", ["threat_level", "threats", "review_on"])
def test_an_assessment_without_its_core_is_refused_by_name(session, cast, missing):
    somebody = person(session, cast.amina, cast.mission)
    facts = {name: value for name, value in FACTS.items() if name != missing}
    with pytest.raises(InvalidInput, match=missing.replace("_", " ")):
        assess_threat(session, somebody, facts, actor=cast.amina)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"review_on": "2026-03-01"}, "before the assessment"),
        ({"review_on": "soon"}, "not a day"),
        ({"review_on": datetime(2026, 4, 1, 12, 0)}, "must be text"),  # noqa: DTZ001 - a time is no day
        ({"threat_level": "extreme"}, "not a known threat level"),
        ({"contact_interval_days": -1}, "0 or more"),
        ({"contact_interval_days": 1.5}, "whole number"),
        ({"severity": 3}, "nothing here called severity"),
    ],
)
def test_facts_that_make_no_sense_are_refused(session, cast, change, match):
    somebody = person(session, cast.amina, cast.mission)
    with pytest.raises(InvalidInput, match=match):
        assess_threat(session, somebody, {**FACTS, **change}, actor=cast.amina)


def test_the_newest_assessment_stands_first_and_earlier_ones_stay(session, cast, clock):
    somebody = person(session, cast.amina, cast.mission)
    first = assess_threat(session, somebody, FACTS, actor=cast.amina)
    clock.at = datetime(2026, 4, 1, 8, 0, tzinfo=clock.at.tzinfo)
    second = assess_threat(
        session, somebody, {**FACTS, "threat_level": "low", "review_on": "2026-07-01"}, actor=cast.amina
    )
    assert assessments(session, somebody, actor=cast.chen) == [second, first]
    assert assessments(session, somebody, actor=cast.outsider) == []


def test_only_the_assessment_in_force_falls_due(session, cast, clock):
    calm, worried = (person(session, cast.amina, cast.mission) for _ in range(2))
    assess_threat(session, calm, FACTS, actor=cast.amina)
    due = assess_threat(session, worried, {**FACTS, "review_on": "2026-03-20"}, actor=cast.amina)
    clock.at = datetime(2026, 3, 10, 8, 0, tzinfo=clock.at.tzinfo)
    assess_threat(session, calm, {**FACTS, "review_on": "2026-09-01"}, actor=cast.amina)
    assert reviews_due(session, on=date(2026, 4, 1), actor=cast.amina) == [due]
    assert reviews_due(session, on=date(2026, 3, 19), actor=cast.amina) == []
    assert reviews_due(session, on=date(2026, 4, 1), actor=cast.outsider) == []


def test_a_correction_is_checked_and_counted(session, cast):
    somebody = person(session, cast.amina, cast.mission)
    made = assess_threat(session, somebody, FACTS, actor=cast.amina)
    amend_assessment(session, made, {"measures": "Moved."}, actor=cast.amina, expected_version=1)
    with pytest.raises(InvalidInput, match="before the assessment"):
        amend_assessment(session, made, {"review_on": date(2025, 1, 1)}, actor=cast.amina)
    with pytest.raises(Conflict):
        amend_assessment(session, made, {"measures": "Stayed."}, actor=cast.amina, expected_version=1)
    assert (made.measures, made.version) == ("Moved.", 2)


def test_the_outsider_assesses_nobody_and_records_nothing(session, cast):
    somebody = person(session, cast.amina, cast.mission)
    with pytest.raises(NotPermitted):
        assess_threat(session, somebody, FACTS, actor=cast.outsider)
    with pytest.raises(NotPermitted):
        record_protection_incident(session, somebody, INCIDENT, actor=cast.outsider)


def test_an_incident_keeps_the_hour_as_stated_and_its_bounds_in_utc(instance, cast):
    with instance.transaction() as session:
        somebody = person(session, cast.amina, cast.mission)
        made = record_protection_incident(session, somebody, INCIDENT, actor=cast.amina)
        assert made.happened.value == "2026-02-27T21:30"
        assert made.earliest_at.isoformat() == "2026-02-27T19:30:00+00:00"
        assert made.latest_at.isoformat() == "2026-02-27T19:30:59+00:00"
        assert incidents(session, somebody, actor=cast.daria) == [made]
        assert incidents(session, somebody, actor=cast.outsider) == []
    with instance.reading() as session:
        (event,) = events_of(session, instance.keyring, made.id)
    assert event.values["occurred"]["zone"] == "Europe/Kyiv"


def test_a_corrected_date_moves_its_bounds(session, cast):
    somebody = person(session, cast.amina, cast.mission)
    made = record_protection_incident(session, somebody, INCIDENT, actor=cast.amina)
    amend_protection_incident(
        session, made, {"happened": "2026-02", "reported_to": "police"}, actor=cast.amina
    )
    assert (made.earliest_at.month, made.latest_at.day, made.reported_to) == (1, 1, "police")
    with pytest.raises(InvalidInput, match="nothing here called person id"):
        amend_protection_incident(session, made, {"person id": "x"}, actor=cast.amina)


@pytest.mark.parametrize("missing", ["kind", "happened", "description"])
def test_an_incident_without_its_core_is_refused_by_name(session, cast, missing):
    somebody = person(session, cast.amina, cast.mission)
    facts = {name: value for name, value in INCIDENT.items() if name != missing}
    with pytest.raises(InvalidInput, match=missing):
        record_protection_incident(session, somebody, facts, actor=cast.amina)
