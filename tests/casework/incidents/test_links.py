from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from evidence_tracker.access.levels import Level
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.incidents import queries
from evidence_tracker.casework.incidents.evidence import find_evidence
from evidence_tracker.casework.incidents.harm import count_casualties
from evidence_tracker.casework.incidents.links import (
    end_link,
    link_actor,
    link_evidence,
    link_person,
    link_remnant,
)
from evidence_tracker.casework.incidents.models import ActorRole, EvidenceLink, IncidentRole, Stance
from evidence_tracker.errors import Conflict, InvalidInput, NotFound, NotPermitted
from tests.factories import exhibits
from tests.factories import incidents as make
from tests.statements import counted

FAULTS_OF_A_LINK: list[tuple[dict[str, Any], str]] = [
    ({"shows": " "}, "what it shows"),
    ({"stance": "proves"}, "stance"),
    ({"citation": "somewhere"}, "passage"),
    ({"asserted_by": 7}, "asserted by"),
]
FAULTS_OF_AN_ASSERTION: list[tuple[dict[str, Any], str]] = [
    ({"role": "guilty"}, "role"),
    ({"confidence": "sure"}, "confidence"),
    ({"basis": ""}, "basis"),
]
FAULTS_OF_A_COUNT: list[tuple[dict[str, Any], str]] = [
    ({"count_min": -1}, "0 or more"),
    ({"count_min": 5, "count_max": 3}, "no count"),
    ({"count_min": 0, "count_max": 0}, "no count"),
    ({"count_min": 2.5}, "whole number"),
    ({"count_min": True}, "whole number"),
    ({"count_min": 10**12}, "0 or more"),
    ({"harm": "annoyed"}, "harm"),
    ({"age_band": "17"}, "age band"),
    ({"sex": "f"}, "sex"),
    ({"basis": ""}, "basis"),
    ({"harm": None}, "harm"),
    ({"sum": 9}, "sum"),
]


@pytest.fixture
def incident(session, cast):
    return make.incident(session, cast)


@pytest.fixture
def exhibit(session, instance, cast):
    return exhibits.receive(session, instance.vault, cast)


def link(session, incident, evidence, actor, **facts):
    stated = {"shows": "The cellar door with writing on it.", "stance": "supports"}
    return link_evidence(session, incident, evidence, actor=actor, **(stated | facts))


class TestEvidence:
    def test_a_passage_of_each_kind_of_evidence_is_linked(self, session, cast, incident, exhibit, clock):
        interview, capture = make.interview(session, cast), make.capture(session, cast)

        for evidence, passage in ((exhibit, "p. 3"), (interview, "para. 12"), (capture, "00:02:14–00:02:40")):
            link(session, incident, evidence, cast.amina, citation=passage)
            clock.at += timedelta(seconds=1)

        found = queries.evidence_of(session, incident, actor=cast.amina)
        assert [(cited.kind, cited.reference, str(row.citation)) for row, cited in found] == [
            ("exhibit", exhibit.reference, "p. 3"),
            ("interview", interview.reference, "para. 12"),
            ("capture", capture.reference, "00:02:14-00:02:40"),
        ]
        assert all(cited.version == row.evidence_version == 1 for row, cited in found)

    def test_contradiction_is_kept_like_support(self, session, cast, incident, exhibit):
        link(session, incident, exhibit, cast.amina, stance="contradicts", shows="The cellar was flooded.")

        ((row, _cited),) = queries.evidence_of(session, incident, actor=cast.amina)
        assert row.stance is Stance.CONTRADICTS

    def test_the_link_is_as_restricted_as_the_evidence(self, session, cast, incident):
        row = link(session, incident, make.interview(session, cast), cast.amina)

        assert (incident.level, row.level) == (Level.CONFIDENTIAL, Level.RESTRICTED)
        assert (row.purpose, row.legal_basis) == (incident.purpose, incident.legal_basis)

    def test_who_asserts_it_is_the_one_who_records_unless_stated(self, session, cast, incident, exhibit):
        assert link(session, incident, exhibit, cast.amina).asserted_by == "amina"
        assert (
            link(session, incident, exhibit, cast.amina, asserted_by="expert R.").asserted_by == "expert R."
        )

    def test_a_faulty_link_is_refused(self, session, cast, incident, exhibit):
        for facts, reason in FAULTS_OF_A_LINK:
            with pytest.raises(InvalidInput, match=reason):
                link(session, incident, exhibit, cast.amina, **facts)

    def test_evidence_one_may_not_see_cannot_be_linked(self, session, instance, cast, incident):
        compartment = make.closed_compartment(session, cast)
        hidden = make.capture(session, cast, compartment=compartment)

        with pytest.raises(NotPermitted):
            link(session, incident, hidden, cast.daria)
        with pytest.raises(NotFound):
            find_evidence(session, hidden.reference, actor=cast.daria)

    def test_a_link_to_evidence_one_may_not_see_does_not_exist(self, session, cast, incident):
        hidden = make.capture(session, cast, compartment=make.closed_compartment(session, cast))
        row = link(session, incident, hidden, cast.amina)

        assert len(queries.evidence_of(session, incident, actor=cast.amina)) == 1
        assert queries.evidence_of(session, incident, actor=cast.daria) == []
        assert queries.for_evidence(session, hidden, actor=cast.daria) == []
        with pytest.raises(NotFound):
            queries.find_hanging(session, row.id, actor=cast.daria)

    def test_an_outsider_links_nothing(self, session, cast, incident, exhibit):
        with pytest.raises(NotPermitted):
            link(session, incident, exhibit, cast.outsider)

    def test_a_reference_of_something_else_is_refused(self, session, cast):
        for reference in ["KYI-N-0001", "KYI-0001", "E", "", "KYI-X-0001", "; DROP"]:
            with pytest.raises(InvalidInput, match="neither"):
                find_evidence(session, reference, actor=cast.amina)

    def test_evidence_is_found_by_its_reference(self, session, cast, exhibit):
        assert find_evidence(session, f" {exhibit.reference.lower()} ", actor=cast.amina) is exhibit

    def test_the_database_refuses_a_link_to_two_things(self, instance, cast):
        with instance.transaction() as session:
            exhibit = exhibits.receive(session, instance.vault, cast)
            row_id = link(session, make.incident(session, cast), exhibit, cast.amina).id
            capture_id = make.capture(session, cast).id

        change = update(EvidenceLink).where(EvidenceLink.id == row_id).values(capture_id=capture_id)
        with instance.reading() as session, pytest.raises(IntegrityError, match="one_evidence"):
            session.execute(change)


class TestPersons:
    def test_a_person_is_linked_in_a_role_and_never_below_restricted(self, session, cast, incident):
        person = make.person(session, cast)

        row = link_person(session, incident, person, role="witness", actor=cast.amina)

        assert (row.role, row.level) == (IncidentRole.WITNESS, Level.RESTRICTED)
        assert queries.persons_of(session, incident, actor=cast.amina) == [(row, person.code)]
        assert queries.for_person(session, person, actor=cast.amina) == [incident]
        (link, found), *_more = queries.links_of_person(session, person, actor=cast.amina, limit=9)
        assert (link.person_id, found) == (person.id, incident)
        assert queries.links_of_person(session, person, actor=cast.outsider, limit=9) == []

    def test_one_person_may_have_two_roles_but_none_twice(self, session, cast, incident):
        person = make.person(session, cast)
        link_person(session, incident, person, role="witness", actor=cast.amina)
        link_person(session, incident, person, role="victim", actor=cast.amina)

        with pytest.raises(InvalidInput, match="already"):
            link_person(session, incident, person, role="witness", actor=cast.amina)

    def test_an_ended_role_can_be_given_again(self, session, cast, incident):
        person = make.person(session, cast)
        row = link_person(session, incident, person, role="witness", actor=cast.amina)
        end_link(session, row, reason="mistaken", actor=cast.amina)

        link_person(session, incident, person, role="witness", actor=cast.amina)
        assert len(queries.persons_of(session, incident, actor=cast.amina)) == 1

    def test_a_sealed_person_seals_the_link(self, session, cast, incident):
        person = make.person(session, cast, governance=Governance(Level.SEALED))

        assert link_person(session, incident, person, role="victim", actor=cast.amina).level is Level.SEALED

    def test_an_outsider_sees_no_person(self, session, cast, incident):
        link_person(session, incident, make.person(session, cast), role="witness", actor=cast.amina)

        assert queries.persons_of(session, incident, actor=cast.outsider) == []


class TestActors:
    def test_a_unit_and_a_suspect_are_said_to_have_had_a_part(self, session, cast, incident, clock):
        unit, suspect = make.unit(session, cast), make.suspect(session, cast)
        link_actor(
            session,
            incident,
            unit,
            role="carried-out",
            confidence="possible",
            basis="patch seen",
            actor=cast.amina,
        )
        clock.at += timedelta(seconds=1)
        row = link_actor(
            session,
            incident,
            suspect,
            role="ordered",
            confidence="unverified",
            basis="hearsay",
            actor=cast.amina,
        )

        assert (row.role, row.level) == (ActorRole.ORDERED, suspect.level)
        parts = [part for _link, part in queries.actors_of(session, incident, actor=cast.amina)]
        assert [(part.kind, part.name) for part in parts] == [
            ("unit", "999th Fictional Regiment"),
            ("suspect", "Ivan Vyhadanyi"),
        ]
        assert queries.for_actor(session, unit, actor=cast.amina) == [incident]
        (link, found), *_more = queries.links_of_actor(session, unit, actor=cast.amina, limit=9)
        assert (link.unit_id, found) == (unit.id, incident)
        assert queries.links_of_actor(session, unit, actor=cast.outsider, limit=9) == []
        assert queries.actors_of(session, incident, actor=cast.outsider) == []

    def test_an_assertion_needs_role_confidence_and_basis(self, session, cast, incident):
        for facts, reason in FAULTS_OF_AN_ASSERTION:
            stated = {"role": "present", "confidence": "possible", "basis": "patch seen"} | facts
            with pytest.raises(InvalidInput, match=reason):
                link_actor(session, incident, make.unit(session, cast), actor=cast.amina, **stated)


class TestRemnants:
    def test_remains_are_attributed_once_with_a_reason(self, session, instance, cast, incident):
        remnant = exhibits.remnant(session, instance.vault, cast)

        row = link_remnant(session, incident, remnant, attribution="In the crater.", actor=cast.amina)

        assert queries.remnants_of(session, incident, actor=cast.amina) == [(row, remnant)]
        with pytest.raises(InvalidInput, match="already"):
            link_remnant(session, incident, remnant, attribution="In the crater.", actor=cast.amina)
        with pytest.raises(InvalidInput, match="attribution"):
            link_remnant(session, make.incident(session, cast), remnant, attribution="", actor=cast.amina)


COUNT = {
    "harm": "killed",
    "count_min": 3,
    "count_max": 5,
    "category": "civilian",
    "basis": "village list",
}


class TestCasualties:
    def test_two_sources_are_two_rows_that_are_never_added(self, session, cast, incident, clock):
        count_casualties(session, incident, COUNT, actor=cast.amina)
        clock.at += timedelta(seconds=1)
        count_casualties(session, incident, COUNT | {"basis": "morgue", "count_max": None}, actor=cast.amina)

        rows = queries.casualties_of(session, incident, actor=cast.amina)
        assert [(row.count_min, row.count_max, row.basis) for row in rows] == [
            (3, 5, "village list"),
            (3, None, "morgue"),
        ]
        assert queries.casualties_of(session, incident, actor=cast.outsider) == []

    def test_a_faulty_count_is_refused(self, session, cast, incident):
        for facts, reason in FAULTS_OF_A_COUNT:
            with pytest.raises(InvalidInput, match=reason):
                count_casualties(session, incident, COUNT | facts, actor=cast.amina)

    def test_an_outsider_counts_nobody(self, session, cast, incident):
        with pytest.raises(NotPermitted):
            count_casualties(session, incident, COUNT, actor=cast.outsider)


class TestEnding:
    def test_an_ended_link_is_gone_from_lists_and_stays_on_record(
        self, session, cast, incident, exhibit, clock
    ):
        row = link(session, incident, exhibit, cast.amina)

        end_link(session, row, reason="another school", actor=cast.amina, expected_version=1)

        assert (row.ended_at, row.ended_reason, row.version) == (clock.at, "another school", 2)
        assert queries.evidence_of(session, incident, actor=cast.amina) == []
        assert len(queries.evidence_of(session, incident, actor=cast.amina, include_ended=True)) == 1
        assert queries.for_evidence(session, exhibit, actor=cast.amina) == []

    def test_it_ends_once_with_a_reason_by_somebody_who_may(self, session, cast, incident, exhibit):
        row = link(session, incident, exhibit, cast.amina)

        with pytest.raises(InvalidInput, match="reason"):
            end_link(session, row, reason=" ", actor=cast.amina)
        with pytest.raises(NotPermitted):
            end_link(session, row, reason="no", actor=cast.outsider)
        with pytest.raises(Conflict):
            end_link(session, row, reason="stale", actor=cast.amina, expected_version=7)
        end_link(session, row, reason="mistaken", actor=cast.amina)
        with pytest.raises(Conflict, match="ended before"):
            end_link(session, row, reason="again", actor=cast.amina)

    def test_every_kind_of_link_is_found_by_its_id(self, session, instance, cast, incident, exhibit):
        rows = [
            link(session, incident, exhibit, cast.amina),
            link_person(session, incident, make.person(session, cast), role="witness", actor=cast.amina),
            link_actor(
                session,
                incident,
                make.unit(session, cast),
                role="present",
                confidence="possible",
                basis="seen",
                actor=cast.amina,
            ),
            link_remnant(
                session,
                incident,
                exhibits.remnant(session, instance.vault, cast),
                attribution="crater",
                actor=cast.amina,
            ),
            count_casualties(session, incident, COUNT, actor=cast.amina),
        ]

        for row in rows:
            assert queries.find_hanging(session, row.id, actor=cast.amina) is row
            with pytest.raises(NotFound):
                queries.find_hanging(session, row.id, actor=cast.outsider)
        with pytest.raises(NotFound):
            queries.find_hanging(session, incident.id, actor=cast.amina)


class TestLists:
    def test_incidents_are_found_by_kind_and_by_when_they_may_have_happened(self, session, cast):
        first = make.incident(session, cast, occurred="2022-03")
        second = make.incident(session, cast, kind="killing", occurred="2022-06-01")
        begin, end = second.earliest_at, second.latest_at

        def listed(**filters):
            return set(queries.list_incidents(session, actor=cast.amina, **filters))

        assert listed() == {first, second}
        assert listed(kind=second.kind) == {second}
        assert listed(since=begin) == {second}
        assert listed(until=first.latest_at) == {first}
        assert listed(since=end, until=end) == {second}
        assert queries.count_incidents(session, actor=cast.amina) == 2

    def test_an_outsider_gets_neither_rows_nor_a_count(self, session, cast, incident):
        assert queries.list_incidents(session, actor=cast.outsider) == []
        assert queries.count_incidents(session, actor=cast.outsider) == 0
        with pytest.raises(NotFound):
            queries.find_incident(session, incident.reference, actor=cast.outsider)

    def test_pages_follow_one_another_by_key(self, session, cast):
        made = {make.incident(session, cast).reference for _ in range(5)}
        seen, after = [], None
        while rows := queries.list_incidents(session, actor=cast.amina, after=after, limit=2):
            seen += [row.reference for row in rows]
            after = (rows[-1].recorded_at, rows[-1].id)

        assert len(seen) == len(set(seen)) == 5
        assert set(seen) == made

    def test_evidence_of_an_incident_is_one_query_however_much_there_is(self, session, cast, incident):
        few = make.capture(session, cast)
        link(session, incident, few, cast.amina)
        with counted(session) as one:
            queries.evidence_of(session, incident, actor=cast.amina)
        for number in range(10):
            link(
                session,
                incident,
                make.capture(session, cast, url_requested=f"https://example.org/{number}"),
                cast.amina,
            )
        with counted(session) as many:
            found = queries.evidence_of(session, incident, actor=cast.amina)

        assert len(found) == 11
        assert len(one) == len(many) == 1
