"""The steps of a mission: each with all its conditions, none out of order."""

import pytest

from evidence_tracker.casework.missions.debrief import hold_debrief
from evidence_tracker.casework.missions.diary import write_entry
from evidence_tracker.casework.missions.equipment import measure_clock
from evidence_tracker.casework.missions.liaison import note_deconfliction
from evidence_tracker.casework.missions.models import MissionRole, MissionState
from evidence_tracker.casework.missions.risk import write_security_plan
from evidence_tracker.casework.missions.states import (
    BEFORE,
    approve_mission,
    call_off_mission,
    close_mission,
    start_mission,
)
from evidence_tracker.casework.missions.team import end_member, record_competence
from evidence_tracker.custody.history import events_of
from evidence_tracker.errors import Conflict, GateClosed, InvalidInput, NotPermitted, SecondPersonNeeded
from tests.factories.missions import (
    account_of,
    approved,
    closed,
    device,
    member,
    mission,
    plan,
    under_way,
)
from tests.factories.parties import instruction, prosecutor


def asked(session, cast, made, party, outcome, day="2026-03-01"):
    return note_deconfliction(
        session,
        made,
        asked_on=day,
        channel="telephone",
        question="Do you work in Nova Vyhadana?",
        outcome=outcome,
        party=party,
        actor=cast.amina,
    )


def test_a_mission_goes_all_the_way(session, cast):
    made = closed(session, cast)
    hold_debrief(
        session,
        made,
        held_on="2026-03-02",
        lessons="Bring more batteries.",
        outcome="Nine accounts.",
        actor=cast.amina,
    )
    assert (made.state, made.approved_by) == (MissionState.DEBRIEFED, cast.chen.account_id)


def test_approval_names_everything_that_is_missing_at_once(session, cast):
    made = mission(session, cast, mandate=None, area=None, starts_on=None)
    with pytest.raises(GateClosed) as refused:
        approve_mission(session, made, actor=cast.chen)
    for missing in ("no mandate", "no area", "first and last day", "no security plan", "no team"):
        assert missing in str(refused.value)
    assert (made.state, made.version) == (MissionState.PLANNED, 1)


def test_approval_takes_somebody_else_than_the_opener_with_the_right(session, cast):
    made = mission(session, cast)
    member(session, cast, made)
    plan(session, cast, made)
    with pytest.raises(SecondPersonNeeded, match="olena opened mission"):
        approve_mission(session, made, actor=cast.olena)
    for login in ("amina", "daria", "outsider"):
        with pytest.raises(NotPermitted):
            approve_mission(session, made, actor=getattr(cast, login))
    with pytest.raises(Conflict):
        approve_mission(session, made, actor=cast.chen, expected_version=7)


def test_a_plan_that_changed_after_its_signature_stops_approval_and_start(session, cast):
    made = approved(session, cast)
    asked(session, cast, made, prosecutor(session, cast.amina), "clear")
    write_security_plan(session, made, "One car.", actor=cast.amina)
    with pytest.raises(GateClosed, match="not signed off as it stands"):
        start_mission(session, made, actor=cast.amina)


@pytest.mark.parametrize("area", [{"area": "Nova Vyhadana"}, {"area": None, "places": ["Nova Vyhadana"]}])
def test_a_body_that_asked_us_to_stay_away_stops_the_approval(session, cast, area):
    made = mission(session, cast, **area)
    member(session, cast, made)
    plan(session, cast, made)
    body = prosecutor(session, cast.amina)
    instruction(session, cast.amina, body, kind="do-not-visit", person_code=None, area="nova vyhadana")
    with pytest.raises(GateClosed, match="stay away from its area"):
        approve_mission(session, made, actor=cast.chen)


def test_a_clinician_goes_only_with_a_licence_on_record(session, cast):
    made = mission(session, cast)
    member(session, cast, made, role=MissionRole.CLINICIAN)
    plan(session, cast, made)
    with pytest.raises(GateClosed, match="no licence on record"):
        approve_mission(session, made, actor=cast.chen)
    record_competence(
        session,
        account_of(session, cast.amina),
        category="clinician",
        basis="medical licence 5",
        awarded_on="2020",
        expires_on="2028",
        actor=cast.chen,
    )
    assert approve_mission(session, made, actor=cast.chen).state is MissionState.APPROVED


def test_nobody_goes_before_others_were_asked(session, cast):
    made = approved(session, cast)
    with pytest.raises(GateClosed, match="nobody was asked"):
        start_mission(session, made, actor=cast.amina)


@pytest.mark.parametrize("outcome", ["wait", "do-not-go"])
def test_the_latest_answer_of_each_body_counts(session, cast, outcome):
    made = approved(session, cast)
    one, two = prosecutor(session, cast.amina), prosecutor(session, cast.amina)
    asked(session, cast, made, one, outcome, "2026-02-01")
    asked(session, cast, made, two, "no-answer", "2026-02-20")
    with pytest.raises(GateClosed, match="asked us to wait or not to go"):
        start_mission(session, made, actor=cast.amina)
    asked(session, cast, made, one, "clear", "2026-02-10")
    assert start_mission(session, made, actor=cast.amina).state is MissionState.UNDER_WAY


def test_a_team_that_left_cannot_start(session, cast):
    made = mission(session, cast)
    alone = member(session, cast, made)
    plan(session, cast, made)
    approve_mission(session, made, actor=cast.chen)
    asked(session, cast, made, prosecutor(session, cast.amina), "clear")
    end_member(session, alone, reason="fell ill", actor=cast.olena)
    with pytest.raises(GateClosed, match="it has no team"):
        start_mission(session, made, actor=cast.amina)


def test_closing_needs_a_log_and_the_truth_about_every_clock(session, cast):
    made = under_way(session, cast)
    camera = device(session, cast, made)
    with pytest.raises(
        GateClosed, match=r"daily log is empty; nobody said how wrong the clock of KYI-D-0001"
    ):
        close_mission(session, made, actor=cast.amina)
    write_entry(session, made, day="2026-03-02", text="Arrived.", actor=cast.amina)
    measure_clock(session, camera, offset_seconds=None, basis="stolen before it was read", actor=cast.amina)
    assert close_mission(session, made, actor=cast.amina).state is MissionState.CLOSED


def test_a_planned_or_approved_mission_is_called_off_with_a_reason(session, cast):
    made = approved(session, cast)
    with pytest.raises(InvalidInput, match="reason"):
        call_off_mission(session, made, reason=" ", actor=cast.amina)
    call_off_mission(session, made, reason="shelling on the road", actor=cast.amina)
    assert (made.state, made.state_reason) == (MissionState.CALLED_OFF, "shelling on the road")
    with pytest.raises(GateClosed, match="Mission KYI-2026-02 is called off"):
        approve_mission(session, made, actor=cast.chen)


def test_no_step_is_taken_out_of_order(session, cast):
    made = mission(session, cast)
    with pytest.raises(GateClosed, match="only a mission that is approved can become under way"):
        start_mission(session, made, actor=cast.amina)
    with pytest.raises(GateClosed, match="only a mission that is under way can become closed"):
        close_mission(session, made, actor=cast.amina)
    with pytest.raises(GateClosed, match="only a mission that is closed can become debriefed"):
        hold_debrief(session, made, held_on="2026-03-02", lessons="x", outcome="x", actor=cast.amina)
    going = under_way(session, cast, reference="KYI-2026-03")
    with pytest.raises(GateClosed, match="approved or planned can become called off"):
        call_off_mission(session, going, reason="too late", actor=cast.amina)


def test_every_state_but_the_first_can_be_reached():
    assert set(BEFORE) == set(MissionState) - {MissionState.PLANNED}


def test_the_log_of_a_step_says_when_it_happened_in_the_world(instance, cast):
    with instance.transaction() as session:
        made = approved(session, cast)
        asked(session, cast, made, prosecutor(session, cast.amina), "clear")
        start_mission(session, made, actor=cast.amina, on="2026-03-01")
    with instance.reading() as session:
        *_, last = events_of(session, instance.keyring, made.id)
    assert last.values["act"] == "state_changed"
    assert last.values["occurred"]["value"] == "2026-03-01"
    assert last.record is not None
    assert last.record["state"] == "under-way"
