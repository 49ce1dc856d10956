from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Grant
from evidence_tracker.casework.allegations import queries
from evidence_tracker.casework.allegations.alleging import change_status, name_suspect
from evidence_tracker.casework.allegations.bearings import (
    amend_bearing,
    end_bearing,
    record_finding,
)
from evidence_tracker.casework.allegations.matrix import matrix
from evidence_tracker.casework.allegations.models import Bearing, Direction, FindingState
from evidence_tracker.casework.exhibits.intake import amend_exhibit
from evidence_tracker.errors import Conflict, GateClosed, InvalidInput, NotFound, NotPermitted
from tests.factories import allegations as make
from tests.factories import exhibits, incidents
from tests.statements import counted


@pytest.fixture
def allegation(session, cast):
    return make.allegation(session, cast)


@pytest.fixture
def exhibit(session, instance, cast):
    return exhibits.receive(session, instance.vault, cast)


class TestBearing:
    def test_a_passage_bears_on_an_element(self, session, cast, allegation, exhibit):
        row = make.bearing(session, cast, allegation, 1, exhibit, citation="pp. 3–4", strength=3)

        assert (row.element_n, row.direction, row.strength) == (1, Direction.INCULPATORY, 3)
        assert str(row.citation) == "pp. 3-4"
        assert row.asserted_by == "daria"
        assert row.evidence_version == exhibit.version

    def test_it_is_as_restricted_as_the_evidence(self, session, cast, allegation):
        assert (
            make.bearing(session, cast, allegation, 1, incidents.interview(session, cast)).level
            is Level.RESTRICTED
        )

    def test_a_faulty_bearing_is_refused(self, session, cast, allegation, exhibit):
        faults: list[tuple[dict[str, Any], str]] = [
            ({"direction": "guilty"}, "direction"),
            ({"strength": 0}, "strength"),
            ({"strength": 4}, "strength"),
            ({"strength": "2"}, "whole number"),
            ({"strength": True}, "whole number"),
            ({"citation": "the end"}, "passage"),
            ({"note": ""}, "note"),
        ]
        for facts, reason in faults:
            with pytest.raises(InvalidInput, match=reason):
                make.bearing(session, cast, allegation, 1, exhibit, **facts)
        nonsense: tuple[Any, ...] = (-1, 6, "1", None, 1.0)
        for element in nonsense:
            with pytest.raises(InvalidInput, match="element"):
                make.bearing(session, cast, allegation, element, exhibit)

    def test_whoever_may_not_record_or_not_see_is_refused(self, session, cast, allegation, exhibit):
        hidden = incidents.capture(session, cast, compartment=incidents.closed_compartment(session, cast))

        with pytest.raises(NotPermitted):
            make.bearing(session, cast, allegation, 1, exhibit, actor=cast.outsider)
        with pytest.raises(NotPermitted):
            make.bearing(session, cast, allegation, 1, hidden, actor=cast.daria)

    def test_nothing_is_added_to_a_withdrawn_allegation(self, session, cast, allegation, exhibit):
        change_status(session, allegation, "withdrawn", reason="Double.", actor=cast.daria)

        with pytest.raises(GateClosed):
            make.bearing(session, cast, allegation, 1, exhibit)
        with pytest.raises(GateClosed):
            record_finding(session, allegation, 1, state="met", reasoning="x", actor=cast.daria)

    def test_strength_note_and_passage_change_and_nothing_else(self, session, cast, allegation, exhibit):
        row = make.bearing(session, cast, allegation, 1, exhibit)

        amend_bearing(session, row, {"strength": 1, "citation": "p. 9", "note": "Less."}, actor=cast.daria)
        assert (row.strength, str(row.citation), row.note, row.version) == (1, "p. 9", "Less.", 2)
        for changes in (
            {"direction": "context"},
            {"element_n": 2},
            {"exhibit_id": None},
            {"level": "PUBLIC"},
        ):
            with pytest.raises(InvalidInput):
                amend_bearing(session, row, changes, actor=cast.daria)
        with pytest.raises(Conflict):
            amend_bearing(session, row, {"note": "x"}, actor=cast.daria, expected_version=1)

    def test_the_database_refuses_a_bearing_on_nothing_and_a_strength_off_the_scale(self, instance, cast):
        with instance.transaction() as session:
            row = make.bearing(
                session, cast, make.allegation(session, cast), 1, incidents.capture(session, cast)
            )
            row_id = row.id

        for values, name in (({"capture_id": None}, "one_evidence"), ({"strength": 4}, "strength_scale")):
            change = update(Bearing).where(Bearing.id == row_id).values(values)
            with instance.reading() as session, pytest.raises(IntegrityError, match=name):
                session.execute(change)


class TestExculpatory:
    def test_it_stands_first_and_is_counted_apart(self, session, cast, allegation, exhibit):
        make.bearing(session, cast, allegation, 1, exhibit, strength=3)
        against = make.bearing(session, cast, allegation, 1, exhibit, direction="exculpatory", strength=1)

        found = matrix(session, allegation, cast.daria)

        assert found.rows[0].bearings[0].bearing is against
        assert [borne.bearing for borne in found.exculpatory] == [against]
        assert (found.count(Direction.INCULPATORY), found.count(Direction.EXCULPATORY)) == (1, 1)

    def test_only_a_supervisor_ends_it_and_it_stays_in_the_matrix(self, session, cast, allegation, exhibit):
        row = make.bearing(session, cast, allegation, 2, exhibit, direction="exculpatory")

        with pytest.raises(NotPermitted):
            end_bearing(session, row, reason="It does not suit.", actor=cast.daria)
        end_bearing(session, row, reason="The log was of another day.", actor=cast.chen)

        found = matrix(session, allegation, cast.daria)
        assert found.exculpatory == ()
        assert [(borne.bearing, borne.bearing.ended_reason) for borne in found.ended] == [
            (row, "The log was of another day.")
        ]
        with pytest.raises(Conflict):
            end_bearing(session, row, reason="Again.", actor=cast.chen)
        with pytest.raises(Conflict):
            amend_bearing(session, row, {"note": "x"}, actor=cast.daria)

    def test_an_inculpatory_one_is_ended_by_who_recorded_it(self, session, cast, allegation, exhibit):
        row = make.bearing(session, cast, allegation, 2, exhibit)

        end_bearing(session, row, reason="Misread.", actor=cast.daria)
        assert matrix(session, allegation, cast.daria).count(Direction.INCULPATORY) == 0

    def test_all_of_it_is_found_by_incident_allegation_and_suspect(self, session, cast, allegation, exhibit):
        other = make.allegation(session, cast, "rome-statute:7(1)(e)")
        suspect = incidents.suspect(session, cast)
        name_suspect(session, other, suspect, confidence="possible", basis="seen", actor=cast.daria)
        one = make.bearing(session, cast, allegation, 1, exhibit, direction="exculpatory")
        two = make.bearing(session, cast, other, 0, exhibit, direction="exculpatory")
        make.bearing(session, cast, other, 1, exhibit)

        def found(**filters):
            return {
                (against.allegation, against.bearing)
                for against in queries.exculpatory(session, actor=cast.daria, **filters)
            }

        assert found() == {(allegation.reference, one), (other.reference, two)}
        assert found(allegation=allegation) == {(allegation.reference, one)}
        assert found(suspect=suspect) == {(other.reference, two)}
        assert queries.exculpatory(session, actor=cast.outsider) == []


class TestFindings:
    def test_a_finding_has_a_state_and_reasons(self, session, cast, allegation):
        record_finding(
            session, allegation, 1, state="met", reasoning="Both accounts agree.", actor=cast.daria
        )

        row = matrix(session, allegation, cast.daria).rows[0]
        assert (row.n, row.state) == (1, FindingState.MET)
        assert row.finding is not None
        assert row.finding.found_by == "daria"

    def test_a_later_finding_needs_the_version_of_the_one_before(self, session, cast, allegation):
        record_finding(session, allegation, 1, state="met", reasoning="Agreed.", actor=cast.daria)

        with pytest.raises(Conflict, match="version 1"):
            record_finding(session, allegation, 1, state="not-met", reasoning="No.", actor=cast.chen)
        with pytest.raises(Conflict):
            record_finding(
                session, allegation, 1, state="not-met", reasoning="No.", actor=cast.chen, expected_version=3
            )
        row = record_finding(
            session, allegation, 1, state="contested", reasoning="Doubt.", actor=cast.chen, expected_version=1
        )
        assert (row.version, row.found_by) == (2, "chen")

    def test_a_faulty_finding_is_refused(self, session, cast, allegation):
        for state, reasoning, element in (("proven", "x", 1), ("met", " ", 1), ("met", "x", 6)):
            with pytest.raises(InvalidInput):
                record_finding(
                    session, allegation, element, state=state, reasoning=reasoning, actor=cast.daria
                )
        with pytest.raises(NotPermitted):
            record_finding(session, allegation, 1, state="met", reasoning="x", actor=cast.outsider)


class TestMatrix:
    def test_every_element_is_there_with_its_gaps(self, session, cast, allegation, exhibit):
        make.bearing(session, cast, allegation, 1, exhibit)
        make.bearing(session, cast, allegation, 2, exhibit, direction="context")

        found = matrix(session, allegation, cast.daria)

        assert [row.n for row in found.rows] == [1, 2, 3, 4, 5]
        assert found.gaps == (2, 3, 4, 5)
        assert {row.state for row in found.rows} == {FindingState.OPEN}

    def test_the_whole_stands_first_once_something_bears_on_it(self, session, cast, allegation, exhibit):
        make.bearing(session, cast, allegation, 0, exhibit)

        found = matrix(session, allegation, cast.daria)
        assert [row.n for row in found.rows] == [0, 1, 2, 3, 4, 5]
        assert 0 not in found.gaps

    def test_a_category_without_elements_is_weighed_as_a_whole(self, session, cast, exhibit):
        row = make.allegation(session, cast, "ua-cc:115")

        assert matrix(session, row, cast.daria).gaps == (0,)
        make.bearing(session, cast, row, 0, exhibit)
        found = matrix(session, row, cast.daria)
        assert [(element.n, element.count(Direction.INCULPATORY)) for element in found.rows] == [(0, 1)]
        assert found.gaps == ()
        with pytest.raises(InvalidInput, match="no elements"):
            make.bearing(session, cast, row, 1, exhibit)

    def test_evidence_one_may_not_see_does_not_exist(self, session, cast, allegation, exhibit):
        hidden = incidents.capture(session, cast, compartment=incidents.closed_compartment(session, cast))
        make.bearing(session, cast, allegation, 1, exhibit)
        make.bearing(session, cast, allegation, 2, hidden, actor=cast.amina)
        row = make.bearing(session, cast, allegation, 2, hidden, direction="exculpatory", actor=cast.amina)

        mine, theirs = matrix(session, allegation, cast.amina), matrix(session, allegation, cast.daria)

        assert (mine.count(Direction.INCULPATORY), mine.gaps) == (2, (3, 4, 5))
        assert (theirs.count(Direction.INCULPATORY), theirs.gaps) == (1, (2, 3, 4, 5))
        assert theirs.exculpatory == ()
        assert hidden.reference not in str(theirs.to_json())
        assert queries.exculpatory(session, actor=cast.daria) == []
        assert queries.for_evidence(session, hidden, actor=cast.daria) == []
        with pytest.raises(NotFound):
            queries.find_bearing(session, row.id, actor=cast.daria)
        assert queries.find_bearing(session, row.id, actor=cast.amina) is row

    def test_evidence_above_ones_level_does_not_exist_either(self, session, cast, allegation):
        sealed = incidents.interview(session, cast)
        make.bearing(session, cast, allegation, 1, sealed)

        assert matrix(session, allegation, cast.daria).count(Direction.INCULPATORY) == 1
        lower_grants(session, cast.daria)
        assert matrix(session, allegation, cast.daria).count(Direction.INCULPATORY) == 0

    def test_an_outsider_gets_no_matrix(self, session, cast, allegation):
        with pytest.raises(NotFound):
            matrix(session, allegation, cast.outsider)

    def test_it_says_when_the_evidence_was_changed_since(self, session, cast, allegation, exhibit):
        make.bearing(session, cast, allegation, 1, exhibit)
        assert not matrix(session, allegation, cast.daria).rows[0].bearings[0].is_evidence_changed

        amend_exhibit(session, exhibit, {"title": "Note, second reading"}, actor=cast.amina)

        assert matrix(session, allegation, cast.daria).rows[0].bearings[0].is_evidence_changed

    def test_it_takes_the_same_few_queries_however_much_there_is(self, session, cast, allegation, exhibit):
        make.bearing(session, cast, allegation, 1, exhibit)
        with counted(session) as few:
            matrix(session, allegation, cast.daria)
        for number in range(30):
            make.bearing(session, cast, allegation, number % 6, exhibit, note=f"note {number}")
        for element in range(1, 6):
            record_finding(session, allegation, element, state="open", reasoning="x", actor=cast.daria)
        session.expire_all()
        with counted(session) as many:
            found = matrix(session, allegation, cast.daria)
            found.to_json()

        assert found.count(Direction.INCULPATORY) == 31
        assert len(few) == 3
        assert len(many) <= 5  # the fifth reads back the allegation that the test expired

    def test_its_json_holds_the_passage_and_the_caution(self, session, cast, exhibit):
        row = make.allegation(session, cast, "ua-cc:438(1)/2024", ihl_basis=["GC IV art 42"])
        make.bearing(session, cast, row, 0, exhibit, citation="p. 7")

        data = matrix(session, row, cast.daria).to_json()
        assert data["caution"] == "to be checked by counsel"
        assert data["elements"][0]["bearings"][0]["citation"] == "p. 7"
        assert data["elements"][0]["bearings"][0]["evidence"] == exhibit.reference

    @settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.lists(
            st.tuples(st.integers(0, 5), st.sampled_from(list(Direction)), st.integers(1, 3), st.booleans()),
            max_size=8,
        )
    )
    def test_whatever_is_recorded_is_counted_once_and_nothing_is_lost(self, session, cast, exhibit, plan):
        row = make.allegation(session, cast)
        made = []
        for element, direction, strength, is_ended in plan:
            item = make.bearing(session, cast, row, element, exhibit, direction=direction, strength=strength)
            if is_ended:
                end_bearing(session, item, reason="x", actor=cast.chen)
            made.append(item)

        found = matrix(session, row, cast.daria)

        shown = [borne.bearing for element in found.rows for borne in element.bearings]
        shown += [borne.bearing for borne in found.ended]
        assert sorted(item.id for item in shown) == sorted(item.id for item in made)
        for direction in Direction:
            standing = [item for item in made if item.direction is direction and item.ended_at is None]
            assert found.count(direction) == len(standing)
        for element in found.rows:
            assert element.is_gap == (element.count(Direction.INCULPATORY) == 0)


def lower_grants(session, actor):
    """Let an actor see no more than CONFIDENTIAL from now on."""
    session.execute(
        update(Grant).where(Grant.account_id == actor.account_id).values(level=Level.CONFIDENTIAL)
    )
    session.info["clock"].at += timedelta(seconds=1)
