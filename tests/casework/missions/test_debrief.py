"""The debrief: what a mission taught and brought home."""

import pytest

from evidence_tracker.casework.missions.debrief import amend_debrief, hold_debrief
from evidence_tracker.casework.missions.models import MissionState
from evidence_tracker.casework.missions.queries import debrief_of
from evidence_tracker.errors import Conflict, GateClosed, InvalidInput, NotPermitted
from tests.factories.missions import closed


def debrief(session, cast, made, **facts):
    stated = {
        "held_on": "2026-03-02",
        "lessons": "Two interpreters are needed.",
        "outcome": "Nine first accounts, forty photographs.",
        "interviews_held": 9,
        "exhibits_taken": 40,
        "care_offered": "an hour with the counsellor for each",
    }
    return hold_debrief(session, made, **{**stated, "actor": cast.amina, **facts})


def test_a_debrief_closes_the_circle_once(session, cast):
    made = closed(session, cast)
    held = debrief(session, cast, made)
    assert (made.state, held.interviews_held) == (MissionState.DEBRIEFED, 9)
    assert debrief_of(session, made, actor=cast.chen) is held
    with pytest.raises(GateClosed, match="is debriefed"):
        debrief(session, cast, made)


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({"lessons": ""}, "lessons is missing"),
        ({"outcome": None}, "outcome is missing"),
        ({"interviews_held": -1}, "0 or more"),
        ({"exhibits_taken": "forty"}, "whole number"),
    ],
)
def test_it_refuses_a_debrief_that_teaches_nothing(session, cast, facts, fault):
    made = closed(session, cast)
    with pytest.raises(InvalidInput, match=fault):
        debrief(session, cast, made, **facts)
    assert made.state is MissionState.CLOSED


def test_it_is_added_to_later_and_a_stale_edit_is_refused(session, cast):
    held = debrief(session, cast, closed(session, cast))
    amend_debrief(session, held, {"exhibits_taken": 41}, actor=cast.amina, expected_version=1)
    with pytest.raises(Conflict):
        amend_debrief(session, held, {"exhibits_taken": 42}, actor=cast.amina, expected_version=1)


def test_the_outsider_neither_reads_nor_holds_it(session, cast):
    made = closed(session, cast)
    with pytest.raises(NotPermitted):
        debrief(session, cast, made, actor=cast.outsider)
    held = debrief(session, cast, made)
    assert debrief_of(session, made, actor=cast.outsider) is None
    with pytest.raises(NotPermitted):
        amend_debrief(session, held, {"lessons": "none"}, actor=cast.outsider)
