from datetime import timedelta

import pytest

from evidence_tracker.casework.actors.companies import add_company
from evidence_tracker.casework.allegations import queries
from evidence_tracker.casework.allegations.alleging import change_status, name_suspect, release_suspect
from evidence_tracker.casework.allegations.bearings import end_bearing, record_finding
from evidence_tracker.casework.allegations.coverage import coverage_by_named, coverage_in, coverage_of
from evidence_tracker.casework.allegations.matrix import matrix
from evidence_tracker.casework.allegations.models import AllegationStatus, Direction, FindingState
from evidence_tracker.errors import InvalidInput, NotFound
from tests.factories import allegations as make
from tests.factories import exhibits, incidents
from tests.statements import counted

KILLING = "rome-statute:8(2)(a)(i)"


@pytest.fixture
def exhibit(session, instance, cast):
    return exhibits.receive(session, instance.vault, cast)


@pytest.fixture
def two(session, cast, exhibit):
    """Return two allegations on one incident: one with bearings and a finding, one with nothing."""
    row = incidents.incident(session, cast)
    first = make.allegation(session, cast, incident=row)
    second = make.allegation(session, cast, KILLING, incident=row)
    make.bearing(session, cast, first, 1, exhibit, strength=1)
    make.bearing(session, cast, first, 1, exhibit, strength=3)
    make.bearing(session, cast, first, 2, exhibit, direction="exculpatory")
    make.bearing(session, cast, first, 0, exhibit, direction="exculpatory")
    record_finding(session, first, 1, state="met", reasoning="Two accounts.", actor=cast.daria)
    return first, second


def test_it_counts_elements_that_something_speaks_for(session, cast, two):
    first, second = coverage_of(session, two, actor=cast.daria)

    assert (first.covered, len(first.elements), first.met, first.against) == (1, 5, 1, 2)
    assert (second.covered, second.met, second.against) == (0, 0, 0)
    assert [element.is_gap for element in first.elements] == [False, True, True, True, True]
    assert first.elements[0].strongest == 3
    assert first.elements[0].state is FindingState.MET


def test_it_says_of_one_allegation_what_its_matrix_says(session, cast, two):
    def told(coverage):
        return [
            (one.n, one.text, one.state, one.strongest, [one.counts.get(way, 0) for way in Direction])
            for one in coverage.elements
        ]

    for row, coverage in zip(two, coverage_of(session, two, actor=cast.daria), strict=True):
        alone = coverage_in(matrix(session, row, cast.daria))
        assert told(alone) == told(coverage)
        assert alone.against == coverage.against


def test_what_one_may_not_see_is_not_counted(session, cast, two):
    hidden = incidents.capture(session, cast, compartment=incidents.closed_compartment(session, cast))
    make.bearing(session, cast, two[1], 1, hidden, actor=cast.amina)

    assert coverage_of(session, two, actor=cast.amina)[1].covered == 1
    assert coverage_of(session, two, actor=cast.daria)[1].covered == 0
    assert coverage_of(session, two, actor=cast.outsider)[0].covered == 0


def test_an_ended_bearing_counts_no_more(session, cast, two, exhibit):
    bearing = make.bearing(session, cast, two[1], 1, exhibit)
    end_bearing(session, bearing, reason="Another cellar.", actor=cast.daria)

    assert coverage_of(session, two, actor=cast.daria)[1].covered == 0


def test_a_category_without_elements_is_covered_as_a_whole(session, cast, exhibit):
    row = make.allegation(session, cast, "ua-cc:438(1)/2024", ihl_basis=["GC IV art 49"])
    make.bearing(session, cast, row, 0, exhibit)

    assert (coverage_of(session, [row], actor=cast.daria)[0].covered,) == (1,)
    assert coverage_in(matrix(session, row, cast.daria)).covered == 1


def test_somebody_named_is_covered_by_all_that_names_them_once(session, cast, two, exhibit, clock):
    suspect, unit = incidents.suspect(session, cast), incidents.unit(session, cast)
    whole = make.allegation(session, cast, "ua-cc:438(1)/2024", ihl_basis=["GC IV art 49"])
    make.bearing(session, cast, whole, 0, exhibit)
    for row, bearer, mode in (
        (two[0], suspect, "28(a)"),
        (two[0], suspect, "25(3)(a)"),
        (two[1], unit, None),
        (whole, suspect, None),
    ):
        clock.at += timedelta(minutes=1)
        name_suspect(
            session, row, bearer, mode=mode, confidence="possible", basis="an order", actor=cast.daria
        )

    with counted(session) as statements:
        named = coverage_by_named(session, [two[0]], actor=cast.daria)
    every = coverage_by_named(session, two, actor=cast.daria)

    assert len(statements) == 1
    assert [(one.part.reference, len(one.namings)) for one in named] == [(suspect.reference, 3)]
    assert (named[0].covered, named[0].elements, named[0].allegations) == (2, 6, 2)
    assert [one.part.kind for one in every] == ["suspect", "unit"]
    assert (every[1].covered, every[1].elements) == (0, 5)
    assert coverage_by_named(session, two, actor=cast.outsider) == []


def test_a_released_suspect_is_named_no_more(session, cast, two):
    suspect = incidents.suspect(session, cast)
    link = name_suspect(session, two[0], suspect, confidence="possible", basis="an order", actor=cast.daria)
    release_suspect(session, link, reason="Another man.", actor=cast.daria)

    assert coverage_by_named(session, two, actor=cast.daria) == []


def test_a_list_is_narrowed_by_status_person_and_place(session, cast, two):
    first, second = two
    change_status(session, first, "supported", reason="Element 1 is met.", actor=cast.daria)
    own = make.allegation(session, cast, actor=cast.amina)

    def listed(**chosen):
        return set(queries.list_allegations(session, actor=cast.daria, **chosen))

    assert listed(status=AllegationStatus.SUPPORTED) == {first}
    assert listed(recorded_by=cast.amina.account_id) == {own}
    assert listed(compartment_id=cast.home) == set()
    assert listed(compartment_id=cast.mission) == {first, second, own}


def test_the_categories_in_use_are_those_of_what_one_may_see(session, cast, two):
    assert queries.categories_used(session, actor=cast.daria) == [
        ("rome-statute", "8(2)(a)(i)"),
        ("rome-statute", "8(2)(a)(vii)-2"),
    ]
    assert queries.categories_used(session, actor=cast.outsider) == []


def test_a_suspect_or_unit_can_be_named_and_a_company_cannot(session, cast):
    unit, suspect = incidents.unit(session, cast), incidents.suspect(session, cast)
    company = add_company(session, name="Fictional Optics", source="an invented list", actor=cast.amina)

    assert queries.find_nameable(session, unit.reference, actor=cast.amina) is unit
    assert queries.find_nameable(session, suspect.reference, actor=cast.amina) is suspect
    with pytest.raises(InvalidInput, match="company"):
        queries.find_nameable(session, company.reference, actor=cast.amina)
    with pytest.raises(NotFound):
        queries.find_nameable(session, suspect.reference, actor=cast.outsider)
