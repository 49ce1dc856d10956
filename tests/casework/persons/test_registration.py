"""Registering persons: what must be said, what nobody may take back alone."""

import pytest

from evidence_tracker.access.levels import Level
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.persons.models import AgeBand, ProtectionLevel
from evidence_tracker.casework.persons.registration import FACTS, add_person, amend_person
from evidence_tracker.custody.findings import Verification
from evidence_tracker.custody.history import events_of
from evidence_tracker.custody.verify import verify_payloads
from evidence_tracker.errors import Conflict, InvalidInput, NotPermitted
from tests.factories.persons import OKSANA, child, person


def test_a_person_is_restricted_and_needs_standard_care_unless_said_otherwise(session, cast):
    somebody = person(session, cast.amina, cast.mission)
    assert somebody.level is Level.RESTRICTED
    assert somebody.protection_level is ProtectionLevel.STANDARD
    assert (somebody.is_child, somebody.is_crsv_survivor, somebody.is_severely_traumatised) == (
        False,
        False,
        False,
    )
    assert somebody.legal_basis is None


def test_facts_are_read_from_plain_words(session, cast):
    somebody = person(
        session,
        cast.amina,
        cast.mission,
        protection_level="critical",
        roles=["survivor", "witness", "survivor"],
        civil_status="detainee",
        vulnerabilities=["disability", "displaced"],
        languages=["UK", "ru"],
    )
    assert somebody.roles == ["witness", "survivor"]
    assert somebody.vulnerabilities == ["displaced", "disability"]
    assert somebody.languages == ["uk", "ru"]


@pytest.mark.parametrize("band", [band for band in AgeBand if band is not AgeBand.UNKNOWN])
def test_the_age_band_says_who_is_a_child(session, cast, band):
    somebody = add_person(session, compartment_id=cast.mission, facts={"age_band": band}, actor=cast.amina)
    assert somebody.is_child is (band.value in {"0-5", "6-11", "12-15", "16-17"})


def test_an_unknown_age_must_be_decided_by_a_person(session, cast):
    with pytest.raises(InvalidInput, match="not said whether the person is a child"):
        add_person(session, compartment_id=cast.mission, facts={"roles": ["victim"]}, actor=cast.amina)
    said = add_person(session, compartment_id=cast.mission, facts={"is_child": True}, actor=cast.amina)
    assert (said.age_band, said.is_child) == (AgeBand.UNKNOWN, True)


@pytest.mark.parametrize(("band", "said"), [("12-15", False), ("25-39", True)])
def test_a_flag_that_contradicts_the_age_is_refused(session, cast, band, said):
    with pytest.raises(InvalidInput, match="contradicts"):
        person(session, cast.amina, cast.mission, age_band=band, is_child=said)


@pytest.mark.parametrize("facts", [{"age_band": "6-11", "roles": []}, {"is_crsv_survivor": True}])
def test_a_child_or_a_survivor_is_never_below_restricted(session, cast, facts):
    low = Governance(Level.CONFIDENTIAL, "documentation", "Article 6(1)(f) GDPR")
    with pytest.raises(InvalidInput, match="never below RESTRICTED"):
        person(session, cast.amina, cast.mission, governance=low, **facts)


def test_an_adult_may_be_confidential_when_somebody_decides_so(session, cast):
    low = Governance(Level.CONFIDENTIAL, "documentation", "Article 6(1)(f) GDPR")
    assert person(session, cast.amina, cast.mission, governance=low).level is Level.CONFIDENTIAL


@pytest.mark.parametrize(
    ("facts", "match"),
    [
        ({"name": "Oksana"}, "nothing here called name"),
        ({"code": "PN-WITNES"}, "nothing here called code"),
        ({"roles": ["hero"]}, "not a known roles"),
        ({"roles": "witness"}, "must be a list"),
        ({"is_child": "no"}, "true or false"),
        ({"protection_level": "very"}, "not a known protection level"),
        ({"languages": ["Ukrainian"]}, "not a language tag"),
    ],
)
def test_what_is_not_a_fact_of_a_person_is_refused_by_name(session, cast, facts, match):
    with pytest.raises(InvalidInput, match=match):
        person(session, cast.amina, cast.mission, **facts)


@pytest.mark.parametrize("who", ["outsider", "chen_as_approver"])
def test_whoever_may_not_record_registers_nobody(session, cast, who):
    actor = cast.outsider if who == "outsider" else cast.daria
    if actor is cast.daria:
        person(session, actor, cast.mission)  # a legal officer may record, but not seal identities
        with pytest.raises(NotPermitted):
            person(session, actor, cast.mission, identity=OKSANA)
        return
    with pytest.raises(NotPermitted):
        person(session, actor, cast.mission)


def test_a_correction_keeps_the_code_and_counts_versions(session, cast):
    somebody = person(session, cast.amina, cast.mission)
    code = somebody.code
    amend_person(session, somebody, {"protection_level": "heightened"}, actor=cast.amina, expected_version=1)
    assert (somebody.code, somebody.version, somebody.protection_level) == (
        code,
        2,
        ProtectionLevel.HEIGHTENED,
    )
    with pytest.raises(InvalidInput, match="nothing here called code"):
        amend_person(session, somebody, {"code": "PN-000000"}, actor=cast.amina)


def test_a_stale_correction_changes_nothing(session, cast):
    somebody = person(session, cast.amina, cast.mission)
    amend_person(session, somebody, {"roles": ["victim"]}, actor=cast.amina, expected_version=1)
    with pytest.raises(Conflict):
        amend_person(session, somebody, {"roles": ["expert"]}, actor=cast.amina, expected_version=1)
    assert somebody.roles == ["victim"]


@pytest.mark.parametrize("flag", ["is_crsv_survivor", "is_severely_traumatised"])
def test_a_flag_is_set_by_anyone_and_taken_back_only_with_the_right_to_approve_exceptions(
    session, cast, flag
):
    somebody = person(session, cast.amina, cast.mission)
    amend_person(session, somebody, {flag: True}, actor=cast.amina)
    with pytest.raises(NotPermitted):
        amend_person(session, somebody, {flag: False}, actor=cast.amina)
    amend_person(session, somebody, {flag: False}, actor=cast.chen)
    assert getattr(somebody, flag) is False


def test_a_child_becomes_an_adult_only_with_the_right_to_approve_exceptions(session, cast):
    somebody = child(session, cast.amina, cast.mission)
    for change in ({"age_band": "18-24"}, {"age_band": "unknown", "is_child": False}):
        with pytest.raises(NotPermitted):
            amend_person(session, somebody, change, actor=cast.amina)
    amend_person(session, somebody, {"age_band": "18-24"}, actor=cast.chen)
    assert (somebody.is_child, somebody.age_band) == (False, AgeBand.UNDER_25)


def test_a_forgotten_age_does_not_make_a_child_an_adult(session, cast):
    somebody = child(session, cast.amina, cast.mission)
    amend_person(session, somebody, {"age_band": "unknown"}, actor=cast.amina)
    assert somebody.is_child is True


def test_lowering_the_level_needs_the_right_to_approve_exceptions(session, cast):
    somebody = person(session, cast.amina, cast.mission)
    with pytest.raises(NotPermitted):
        amend_person(session, somebody, {"level": "CONFIDENTIAL"}, actor=cast.amina)
    amend_person(session, somebody, {"level": "CONFIDENTIAL"}, actor=cast.chen)
    assert somebody.level is Level.CONFIDENTIAL
    with pytest.raises(InvalidInput, match="never below RESTRICTED"):
        amend_person(session, somebody, {"is_crsv_survivor": True}, actor=cast.chen)


def test_no_fact_of_a_person_can_hold_a_name():
    assert not any("name" in fact or fact in {"note", "description", "remarks"} for fact in FACTS)


def test_every_version_is_in_the_log(instance, cast):
    with instance.transaction() as session:
        somebody = person(session, cast.amina, cast.mission, identity=OKSANA)
        amend_person(session, somebody, {"protection_level": "critical"}, actor=cast.amina)
        person_id = somebody.id
    with instance.reading() as session:
        versions = [event.record for event in events_of(session, instance.keyring, person_id)]
        report = Verification()
        verify_payloads(session, instance.keyring, report)
    assert [version["protection_level"] for version in versions if version] == ["standard", "critical"]
    assert not report.findings
