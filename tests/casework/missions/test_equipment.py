"""Devices, and how wrong their clocks are."""

from datetime import timedelta

import pytest

from evidence_tracker.casework.missions.equipment import amend_device, end_device, measure_clock
from evidence_tracker.casework.missions.queries import devices, find_device
from evidence_tracker.custody.history import events_of
from evidence_tracker.errors import Conflict, GateClosed, InvalidInput, NotFound, NotPermitted
from tests.factories.missions import closed, device, mission


def test_a_device_has_a_reference_and_may_know_its_clock_from_the_start(session, cast, clock):
    made = mission(session, cast)
    plain = device(session, cast, made)
    known = device(session, cast, made, clock_offset_seconds=-7200, clock_basis="compared with GPS")
    assert (plain.reference, plain.clock_offset_seconds, plain.clock_checked_at) == ("KYI-D-0001", None, None)
    assert (known.clock_offset_seconds, known.clock_checked_at) == (-7200, clock.at)
    assert devices(session, made, actor=cast.amina) == [plain, known]


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({"label": ""}, "label is missing"),
        ({"kind": "abacus"}, "known kind"),
        ({"clock_offset_seconds": 5}, "needs its basis"),
        ({"clock_offset_seconds": 1.5, "clock_basis": "x"}, "whole number"),
        ({"clock_offset_seconds": True, "clock_basis": "x"}, "whole number"),
        ({"clock_offset_seconds": 4_000_000_000, "clock_basis": "x"}, "century"),
    ],
)
def test_it_refuses_a_device_or_a_clock_that_cannot_be(session, cast, facts, fault):
    with pytest.raises(InvalidInput, match=fault):
        device(session, cast, mission(session, cast), **facts)


def test_every_measurement_stays_in_the_log(instance, cast, clock):
    with instance.transaction() as session:
        camera = device(session, cast, mission(session, cast))
        measure_clock(session, camera, offset_seconds=120, basis="GPS", actor=cast.amina)
    earlier, clock.at = clock.at, clock.at + timedelta(days=5)
    with instance.transaction() as session:
        camera = find_device(session, "KYI-D-0001", actor=cast.amina)
        measure_clock(session, camera, offset_seconds=131, basis="GPS", actor=cast.amina, checked_at=earlier)
    with instance.reading() as session:
        events = events_of(session, instance.keyring, camera.id)
    assert [event.record["clock_offset_seconds"] for event in events if event.record] == [None, 120, 131]
    assert events[-1].values["occurred"] == "2026-03-02T09:15:00.000000Z"


def test_a_clock_is_not_checked_in_the_future_or_without_a_basis(session, cast, clock):
    camera = device(session, cast, mission(session, cast))
    later = clock.at + timedelta(seconds=1)
    with pytest.raises(InvalidInput, match="in the future"):
        measure_clock(session, camera, offset_seconds=0, basis="GPS", actor=cast.amina, checked_at=later)
    with pytest.raises(InvalidInput, match="basis"):
        measure_clock(session, camera, offset_seconds=0, basis="", actor=cast.amina)


def test_a_clock_can_be_measured_after_the_mission_but_nothing_is_added(session, cast):
    made = closed(session, cast)
    with pytest.raises(GateClosed):
        device(session, cast, made)


def test_a_device_is_amended_and_taken_out_of_use_once(session, cast):
    camera = device(session, cast, mission(session, cast))
    amend_device(session, camera, {"serial": "FX-0002"}, actor=cast.amina, expected_version=1)
    with pytest.raises(Conflict):
        amend_device(session, camera, {"serial": "FX-0003"}, actor=cast.amina, expected_version=1)
    with pytest.raises(InvalidInput, match="called clock_offset_seconds"):
        amend_device(session, camera, {"clock_offset_seconds": 1}, actor=cast.amina)
    end_device(session, camera, reason="handed back", actor=cast.amina)
    with pytest.raises(InvalidInput, match="out of use already"):
        end_device(session, camera, reason="again", actor=cast.amina)


def test_the_outsider_sees_and_measures_nothing(session, cast):
    made = mission(session, cast)
    camera = device(session, cast, made)
    assert devices(session, made, actor=cast.outsider) == []
    with pytest.raises(NotFound):
        find_device(session, camera.reference, actor=cast.outsider)
    with pytest.raises(NotPermitted):
        measure_clock(session, camera, offset_seconds=0, basis="guess", actor=cast.outsider)
