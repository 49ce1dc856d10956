from datetime import UTC, datetime, timedelta

import pytest

from evidence_tracker.casework.actors.companies import add_company
from evidence_tracker.casework.incidents.evidence import recent_evidence
from evidence_tracker.casework.incidents.links import link_actor
from evidence_tracker.casework.incidents.models import IncidentKind, TargetStatus
from evidence_tracker.casework.incidents.queries import Sieve, actors_of, list_by_time, list_incidents
from tests.factories import exhibits
from tests.factories import incidents as make
from tests.statements import counted


@pytest.fixture
def three(session, cast):
    """Return an attack known to the minute, one known to the month, one somewhere else."""
    return (
        make.incident(session, cast, kind="attack", target_status="civilian", occurred="2025-11-03"),
        make.incident(session, cast, occurred="2025-10", place={"name": "Нова Вигадана", "country": "UA"}),
        make.incident(
            session,
            cast,
            occurred="2024-05-01",
            place={"name": "Стара 100%_Вигадана", "current_name": "Horizon", "country": "GE"},
        ),
    )


def listed(session, cast, **chosen):
    return set(list_incidents(session, actor=cast.amina, sieve=Sieve(**chosen)))


def test_a_list_is_narrowed_by_what_was_chosen(session, cast, three):
    exact, monthly, old = three

    assert listed(session, cast, kind=IncidentKind.ATTACK) == {exact}
    assert listed(session, cast, target_status=TargetStatus.CIVILIAN) == {exact}
    assert listed(session, cast, country="GE") == {old}
    assert listed(session, cast, compartment_id=cast.home) == set()
    assert listed(session, cast, compartment_id=cast.mission) == {exact, monthly, old}


def test_an_imprecise_date_is_kept_as_long_as_it_can_lie_there(session, cast, three):
    exact, monthly, old = three
    middle = datetime(2025, 10, 15, tzinfo=UTC)

    assert listed(session, cast, since=middle) == {exact, monthly}
    assert listed(session, cast, until=middle) == {monthly, old}
    assert listed(session, cast, since=middle, until=middle + timedelta(days=1)) == {monthly}


def test_a_place_is_found_by_any_of_its_names_and_by_nothing_else(session, cast, three):
    exact, monthly, old = three

    assert listed(session, cast, place="нова вигадана") == {monthly}
    assert listed(session, cast, place="Вигадан") == {exact, monthly, old}
    assert listed(session, cast, place="horizon") == {old}
    assert listed(session, cast, place="100%_") == {old}
    for nothing in ("country", "precision_m", "null", '","', "%", "_1", "UA", "\\"):
        assert listed(session, cast, place=nothing) <= ({old} if nothing == "%" else set())


def test_by_time_it_pages_by_key_and_knows_no_more_than_the_list(session, cast, three):
    exact, monthly, old = three

    first = list_by_time(session, actor=cast.amina, sieve=Sieve(), limit=2)
    last = first[-1]
    rest = list_by_time(session, actor=cast.amina, sieve=Sieve(), after=(last.earliest_at, last.id))

    assert list(first) == [exact, monthly]
    assert list(rest) == [old]
    assert not list_by_time(session, actor=cast.outsider, sieve=Sieve())
    assert list(list_by_time(session, actor=cast.amina, sieve=Sieve(country="GE"))) == [old]


def test_units_suspects_and_companies_come_in_one_query(session, cast):
    row = make.incident(session, cast)
    company = add_company(session, name="Fictional Optics", source="an invented list", actor=cast.amina)
    for bearer in (make.unit(session, cast), make.suspect(session, cast), company):
        link_actor(
            session, row, bearer, role="present", confidence="possible", basis="a word", actor=cast.amina
        )

    with counted(session) as statements:
        found = actors_of(session, row, actor=cast.amina)

    assert {part.kind for _link, part in found} == {"unit", "suspect", "company"}
    assert len(found) == 3
    assert len(statements) == 1
    assert actors_of(session, row, actor=cast.outsider) == []


def test_evidence_to_choose_from_is_the_newest_that_one_may_see(session, instance, cast):
    exhibit = exhibits.receive(session, instance.vault, cast)
    interview = make.interview(session, cast)
    elsewhere = make.closed_compartment(session, cast)
    hidden = make.capture(session, cast, compartment=elsewhere)

    def chosen(actor, **more):
        return {one.reference for one in recent_evidence(session, actor=actor, limit=9, **more)}

    with counted(session) as statements:
        seen = chosen(cast.amina)
    assert len(statements) == 1
    assert seen == {exhibit.reference, interview.reference, hidden.reference}
    assert chosen(cast.daria) == {exhibit.reference, interview.reference}
    assert chosen(cast.amina, compartment_id=elsewhere.id) == {hidden.reference}
    assert chosen(cast.outsider) == set()
    assert len(recent_evidence(session, actor=cast.amina, limit=2)) == 2
