from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence_tracker.casework.exhibits.models import TransferEnd
from evidence_tracker.casework.exhibits.seals import apply_seal, seal_on, seals_of
from evidence_tracker.casework.exhibits.transfers import (
    TransferFacts,
    custodian_of,
    return_item,
    transfer,
    transfers_of,
)
from evidence_tracker.custody.history import events_of
from evidence_tracker.errors import GateClosed, InvalidInput, NotPermitted
from evidence_tracker.values.moment import Moment
from tests.factories.exhibits import exhibit_of, photo, thing

LAB = ("PN-LAB001", "Fictional Forensic Laboratory")
US = ("amina", "Fictional Documentation Centre")
COURT = ("PN-CRT001", "Court of the Vyhadana region")


@pytest.fixture
def exhibit(session, instance, cast):
    """Return a physical exhibit that never left us."""
    return exhibit_of(session, thing(session, instance.vault, cast))


def form(giver=US, taker=LAB, happened="2025-01-10T10:00", **facts):
    stated = {
        "released_by": giver[0],
        "released_organisation": giver[1],
        "received_by": taker[0],
        "received_organisation": taker[1],
        "happened": Moment.parse(happened, zone="Europe/Kyiv"),
        "reason": "metallurgical examination",
        "condition": "dry, wrapped in paper",
    }
    return TransferFacts(**{**stated, **facts})


def lend(session, exhibit, actor, facts=None, **options):
    return transfer(
        session, exhibit, facts or form(), **{"is_return_expected": True, "actor": actor, **options}
    )


def come_back(session, exhibit, actor, returned="2025-02-01T10:00", **facts):
    when = Moment.parse(returned, zone="Europe/Kyiv")
    return return_item(session, exhibit, returned=when, condition="as it left", actor=actor, **facts)


def test_it_refuses_a_second_open_transfer(session, cast, exhibit):
    lend(session, exhibit, cast.amina)

    with pytest.raises(GateClosed, match="second transfer cannot be open"):
        lend(session, exhibit, cast.amina, form(happened="2025-01-12T10:00"))


def test_the_custodian_is_derived_from_the_newest_transfer(session, cast, exhibit):
    assert custodian_of(session, exhibit, actor=cast.amina).organisation == "Fictional Documentation Centre"

    lend(session, exhibit, cast.amina)
    out = custodian_of(session, exhibit, actor=cast.amina)
    come_back(session, exhibit, cast.amina)
    back = custodian_of(session, exhibit, actor=cast.amina)

    assert (out.name, out.organisation, out.is_out) == (*LAB, True)
    assert (back.name, back.is_out) == (None, False)
    assert back.since is not None
    assert back.since.value == "2025-02-01T10:00"


def test_what_is_not_out_cannot_come_back(session, cast, exhibit):
    with pytest.raises(InvalidInput, match="is not out"):
        come_back(session, exhibit, cast.amina)


def test_the_holder_hands_it_on_and_nobody_else(session, cast, exhibit):
    lend(session, exhibit, cast.amina)
    onward = {"is_onward": True}

    with pytest.raises(GateClosed, match="nobody else can release it"):
        lend(session, exhibit, cast.amina, form(COURT, US, "2025-01-12T10:00"), **onward)
    lend(session, exhibit, cast.amina, form(LAB, COURT, "2025-01-12T10:00"), **onward)

    first, second = transfers_of(session, exhibit, actor=cast.amina)
    assert first.ended_as is TransferEnd.HANDED_ON
    assert second.ended_as is None
    assert custodian_of(session, exhibit, actor=cast.amina).name == COURT[0]


def test_what_is_here_is_not_handed_on(session, cast, exhibit):
    with pytest.raises(InvalidInput, match="nobody can hand it on"):
        lend(session, exhibit, cast.amina, is_onward=True)


def test_what_the_receiver_keeps_only_the_receiver_can_release(session, cast, exhibit):
    lend(session, exhibit, cast.amina, form(taker=COURT), is_return_expected=False)

    assert not custodian_of(session, exhibit, actor=cast.amina).is_out
    with pytest.raises(GateClosed, match="nobody else can release it"):
        lend(session, exhibit, cast.amina, form(happened="2025-03-01T10:00"))
    lend(session, exhibit, cast.amina, form(COURT, US, "2025-03-01T10:00"), is_return_expected=False)
    assert custodian_of(session, exhibit, actor=cast.amina).name == "amina"


def test_times_run_forwards(session, cast, exhibit):
    with pytest.raises(InvalidInput, match="future"):
        lend(session, exhibit, cast.amina, form(happened="2031-01-01T10:00"))
    lend(session, exhibit, cast.amina)
    with pytest.raises(InvalidInput, match="lies before"):
        come_back(session, exhibit, cast.amina, returned="2025-01-09T10:00")


def test_an_imprecise_date_is_not_held_against_an_exact_one(session, cast, exhibit):
    lend(session, exhibit, cast.amina)

    come_back(session, exhibit, cast.amina, returned="2025-01")


def test_a_seal_is_looked_at_when_it_changes_hands(session, cast, exhibit):
    apply_seal(session, exhibit, "A001", applied=Moment.parse("2024-12"), actor=cast.amina)

    with pytest.raises(GateClosed, match="nobody said whether it was intact"):
        lend(session, exhibit, cast.amina)
    with pytest.raises(GateClosed, match="nothing explains it"):
        lend(session, exhibit, cast.amina, form(is_seal_intact=False))
    row = lend(session, exhibit, cast.amina, form(is_seal_intact=False, remarks="Torn in the car."))
    assert row.seal_old == "A001"
    with pytest.raises(GateClosed, match="nobody said"):
        come_back(session, exhibit, cast.amina)


def test_another_number_than_the_recorded_one_must_be_explained(session, cast, exhibit):
    apply_seal(session, exhibit, "A001", applied=Moment.parse("2024-12"), actor=cast.amina)

    with pytest.raises(GateClosed, match="the seal on record is A001"):
        lend(session, exhibit, cast.amina, form(seal_old="B9", is_seal_intact=True))


def test_a_new_seal_replaces_the_old_one_in_the_same_act(session, cast, exhibit):
    apply_seal(session, exhibit, "A001", applied=Moment.parse("2024-12"), actor=cast.amina)

    row = lend(session, exhibit, cast.amina, form(seal_new="b 002", is_seal_intact=True))

    assert (row.seal_old, row.seal_new) == ("A001", "B002")
    assert seal_on(session, exhibit, actor=cast.amina).number == "B002"
    assert row.reference in str(seals_of(session, exhibit, actor=cast.amina)[0].opened_reason)


def test_the_signed_form_is_an_exhibit(session, instance, cast, exhibit):
    signed = photo(session, instance.vault, cast, 30)

    assert lend(session, exhibit, cast.amina, signature=signed).signature_id == signed.id


def test_the_chain_of_the_exhibit_tells_who_had_it(instance, cast):
    with instance.transaction() as session:
        exhibit = exhibit_of(session, thing(session, instance.vault, cast))
        lend(session, exhibit, cast.amina)
        come_back(session, exhibit, cast.amina)
    with instance.reading() as session:
        events = [event.values for event in events_of(session, instance.keyring, exhibit.id)]

    assert [event["act"] for event in events] == ["exhibit_received", "transferred", "returned"]
    assert events[1]["received_by"] == LAB[0]
    assert events[1]["occurred"]["zone"] == "Europe/Kyiv"


def test_an_outsider_transfers_and_sees_nothing(session, cast, exhibit):
    lend(session, exhibit, cast.amina)

    with pytest.raises(NotPermitted):
        lend(session, exhibit, cast.outsider)
    with pytest.raises(NotPermitted):
        come_back(session, exhibit, cast.outsider)
    assert list(transfers_of(session, exhibit, actor=cast.outsider)) == []


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.sampled_from(["lend", "keep", "on", "back"]), max_size=6))
def test_whatever_is_tried_there_is_one_holder_and_no_gap(instance, cast, clock, moves):
    people = [("PN-%06d" % number, "Holder") for number in range(8)]  # noqa: UP031 - one spelling each
    with instance.transaction() as session:
        exhibit = exhibit_of(session, thing(session, instance.vault, cast))
        holder, is_out = None, False
        for number, move in enumerate(moves):
            clock.at += timedelta(hours=1)
            at = clock.now().strftime("%Y-%m-%dT%H:%M")
            facts = form(holder or US, people[number], at)
            facts = TransferFacts(**{**vars(facts), "happened": Moment.parse(at, zone="UTC")})
            allowed = {"lend": not is_out, "keep": not is_out, "on": is_out, "back": is_out}[move]
            try:
                if move == "back":
                    when = Moment.parse(at, zone="UTC")
                    return_item(session, exhibit, returned=when, condition="good", actor=cast.amina)
                else:
                    options = {"is_return_expected": move != "keep", "is_onward": move == "on"}
                    transfer(session, exhibit, facts, actor=cast.amina, **options)
            except (GateClosed, InvalidInput):
                assert not allowed
                continue
            assert allowed
            holder = None if move == "back" else people[number]
            is_out = move in {"lend", "on"}
        found = custodian_of(session, exhibit, actor=cast.amina)
        assert (found.name, found.is_out) == (holder[0] if holder else None, is_out)
        rows = transfers_of(session, exhibit, actor=cast.amina)
        assert sum(row.ended_as is None for row in rows) == int(is_out)
        assert [row.position for row in rows] == list(range(1, len(rows) + 1))
