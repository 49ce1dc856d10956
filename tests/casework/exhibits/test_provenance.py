import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence_tracker.casework.exhibits.models import HolderKind
from evidence_tracker.casework.exhibits.provenance import StepFacts, add_step, amend_step, provenance_of
from evidence_tracker.errors import Conflict, InvalidInput, NotPermitted
from evidence_tracker.values.moment import Moment
from tests.factories.exhibits import receive


def step(holder="a phone", kind=HolderKind.DEVICE, **facts):
    return StepFacts(holder=holder, kind=kind, **{"stated_by": "PN-AAAAAA", **facts})


def test_holders_stand_in_order_from_the_first_to_us(session, instance, cast):
    exhibit = receive(session, instance.vault, cast)
    add_step(session, exhibit, step(), actor=cast.amina)
    add_step(session, exhibit, step("us", HolderKind.US), actor=cast.amina)
    add_step(session, exhibit, step("a messenger channel", HolderKind.CHANNEL), actor=cast.amina, position=2)

    listed = provenance_of(session, exhibit, actor=cast.amina)

    assert [(row.position, row.holder) for row in listed] == [
        (1, "a phone"),
        (2, "a messenger channel"),
        (3, "us"),
    ]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(places=st.lists(st.integers(min_value=0, max_value=8), min_size=1, max_size=8))
def test_places_have_no_gaps_whatever_the_order_they_were_learnt_in(instance, cast, places):
    with instance.transaction() as session:
        exhibit = receive(session, instance.vault, cast)
        expected: list[str] = []
        for number, wanted in enumerate(places):
            place = min(wanted, len(expected))
            expected.insert(place, f"holder {number}")
            add_step(session, exhibit, step(f"holder {number}"), actor=cast.amina, position=place + 1)

        listed = provenance_of(session, exhibit, actor=cast.amina)

        assert [row.holder for row in listed] == expected
        assert [row.position for row in listed] == list(range(1, len(expected) + 1))


@pytest.mark.parametrize("position", [0, 3, -1])
def test_a_place_that_is_not_there_is_refused(session, instance, cast, position):
    exhibit = receive(session, instance.vault, cast)
    add_step(session, exhibit, step(), actor=cast.amina)

    with pytest.raises(InvalidInput, match="no place"):
        add_step(session, exhibit, step(), actor=cast.amina, position=position)


def test_a_holder_did_not_let_go_before_taking_hold(session, instance, cast):
    exhibit = receive(session, instance.vault, cast)
    backwards = step(held_from=Moment.parse("2022-05"), held_until=Moment.parse("2022-01"))

    with pytest.raises(InvalidInput, match="before"):
        add_step(session, exhibit, backwards, actor=cast.amina)


def test_somebody_must_state_it(session, instance, cast):
    exhibit = receive(session, instance.vault, cast)

    with pytest.raises(InvalidInput, match="Who states"):
        add_step(session, exhibit, step(stated_by=" "), actor=cast.amina)


def test_a_correction_needs_the_newest_version(session, instance, cast):
    row = add_step(session, receive(session, instance.vault, cast), step(), actor=cast.amina)
    amend_step(session, row, {"holder": "a tablet"}, actor=cast.amina, expected_version=1)

    with pytest.raises(Conflict):
        amend_step(session, row, {"holder": "a watch"}, actor=cast.amina, expected_version=1)
    with pytest.raises(InvalidInput, match="position"):
        amend_step(session, row, {"position": 9}, actor=cast.amina)
    with pytest.raises(InvalidInput):
        amend_step(session, row, {"stated_by": ""}, actor=cast.amina)


def test_an_outsider_adds_and_sees_nothing(session, instance, cast):
    exhibit = receive(session, instance.vault, cast)
    add_step(session, exhibit, step(), actor=cast.amina)

    with pytest.raises(NotPermitted):
        add_step(session, exhibit, step(), actor=cast.outsider)
    assert list(provenance_of(session, exhibit, actor=cast.outsider)) == []
