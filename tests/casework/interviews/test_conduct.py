"""Holding an interview: beginning, introduction, who is there, distress, breaks, stopping, help."""

from datetime import UTC, datetime, timedelta

import pytest

from evidence_tracker.access.levels import Level
from evidence_tracker.casework.interviews import conduct, queries
from evidence_tracker.casework.interviews.models import InterviewState, IntroductionPoint, PresentRole
from evidence_tracker.casework.interviews.planning import amend_interview
from evidence_tracker.casework.missions.models import CompetenceCategory
from evidence_tracker.casework.persons.models import Need, ReferralOutcome
from evidence_tracker.casework.persons.registration import amend_person
from evidence_tracker.errors import Conflict, GateClosed, InvalidInput, NotPermitted
from evidence_tracker.values.moment import Moment
from tests.factories import missions, parties, persons
from tests.factories.interviews import begun, closed, introduced, planned, trained

INTERPRETER = {"qualification": "court interpreter", "is_independent": True, "confidentiality_signed": True}


def test_whoever_begins_is_the_interviewer(session, cast):
    interview = conduct.begin_interview(session, planned(session, cast), actor=cast.amina)
    assert (interview.state, str(interview.started)) == (
        InterviewState.UNDER_WAY,
        "2026-03-02T09:15:00 (UTC)",
    )
    [present] = queries.present_at(session, interview, actor=cast.amina)
    assert (present.role, present.account_id) == (PresentRole.INTERVIEWER, cast.amina.account_id)
    with pytest.raises(GateClosed, match="is under way"):
        conduct.begin_interview(session, interview, actor=cast.amina)


def test_interviewers_recorded_before_stay_the_interviewers(session, cast):
    interview = planned(session, cast)
    account = missions.account_of(session, cast.bohdan)
    conduct.add_present(session, interview, "interviewer", account=account, actor=cast.amina)
    conduct.begin_interview(session, interview, actor=cast.amina)
    [present] = queries.present_at(session, interview, actor=cast.amina)
    assert present.account_id == cast.bohdan.account_id


def test_it_begins_when_it_is_said_to_have_begun_but_not_in_the_future(session, cast):
    told = Moment.parse("2026-03-01T14:00", zone="Europe/Kyiv")
    interview = conduct.begin_interview(session, planned(session, cast), started=told, actor=cast.amina)
    assert interview.started_earliest_at == datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    with pytest.raises(InvalidInput, match="has not come yet"):
        conduct.begin_interview(session, planned(session, cast), started="2026-04-01", actor=cast.amina)


def test_an_instruction_that_came_after_the_plan_closes_the_beginning(session, cast):
    witness = persons.person(session, cast.amina, cast.mission)
    interview = planned(session, cast, witness)
    parties.instruction(
        session, cast.amina, parties.prosecutor(session, cast.amina), person_code=witness.code
    )
    with pytest.raises(GateClosed, match="asked us not to interview"):
        conduct.begin_interview(session, interview, actor=cast.amina)
    assert interview.state is InterviewState.PLANNED


def test_over_a_platform_it_begins_only_when_the_platform_is_named(session, cast):
    interview = planned(session, cast, is_remote=True)
    with pytest.raises(GateClosed, match="platform is not stated"):
        conduct.begin_interview(session, interview, actor=cast.amina)
    amend_interview(session, interview, {"platform": "Signal", "is_encrypted": True}, actor=cast.amina)
    conduct.begin_interview(session, interview, actor=cast.amina)


def test_whoever_is_found_to_be_a_survivor_meets_the_gate_at_the_beginning(session, cast):
    witness = persons.person(session, cast.amina, cast.mission)
    interview = planned(session, cast, witness)
    amend_person(session, witness, {"is_crsv_survivor": True}, actor=cast.amina)
    with pytest.raises(GateClosed, match="no approved exception") as closed_gate:
        conduct.begin_interview(session, interview, actor=cast.amina)
    assert "only a screening and a referral" in closed_gate.value.advice
    amend_interview(session, interview, {"account_type": "screening"}, actor=cast.amina)
    conduct.begin_interview(session, interview, actor=cast.amina)
    assert interview.level is Level.RESTRICTED, "it was planned at CONFIDENTIAL"


def test_a_clinical_account_begins_with_a_clinician_who_has_a_live_licence(session, cast):
    interview = planned(session, cast, account_type="clinical")
    with pytest.raises(GateClosed, match="taken by clinicians only"):
        conduct.begin_interview(session, interview, actor=cast.amina)
    account = missions.account_of(session, cast.bohdan)
    conduct.add_present(session, interview, "clinician", account=account, actor=cast.amina)
    with pytest.raises(GateClosed, match="taken by clinicians only"):
        conduct.begin_interview(session, interview, actor=cast.amina)
    trained(session, cast, cast.bohdan, CompetenceCategory.CLINICIAN)
    conduct.begin_interview(session, interview, actor=cast.amina)


def test_each_point_of_the_introduction_keeps_the_time_it_was_explained(session, cast, clock):
    interview = begun(session, cast)
    conduct.introduce(session, interview, ["who-we-are", IntroductionPoint.VOLUNTARY], actor=cast.amina)
    clock.at += timedelta(minutes=5)
    conduct.introduce(session, interview, [], actor=cast.amina)
    times = {name: value["value"] for name, value in interview.introduction.items()}
    assert times["voluntary"] == "2026-03-02T09:15:00"
    assert times["complaint-channel"] == "2026-03-02T09:20:00"
    assert times.keys() == {point.value for point in IntroductionPoint}
    with pytest.raises(InvalidInput, match="explained already"):
        conduct.introduce(session, interview, ["voluntary"], actor=cast.amina)


def test_an_introduction_needs_an_interview_that_is_under_way_and_known_points(session, cast):
    with pytest.raises(GateClosed, match="is planned"):
        conduct.introduce(session, planned(session, cast), [], actor=cast.amina)
    interview = begun(session, cast)
    with pytest.raises(InvalidInput, match="not a known point"):
        conduct.introduce(session, interview, ["we-pay"], actor=cast.amina)
    with pytest.raises(Conflict):
        conduct.introduce(session, interview, [], actor=cast.amina, expected_version=1)
    with pytest.raises(InvalidInput, match="has not come yet"):
        conduct.introduce(session, interview, [], explained="2027", actor=cast.amina)


def test_who_was_there_is_recorded_by_account_or_code_and_never_by_name(session, cast):
    interview = begun(session, cast)
    row = conduct.add_present(session, interview, "support-person", code=" sup-03 ", actor=cast.amina)
    assert row.code == "SUP-03"
    account = missions.account_of(session, cast.bohdan)
    for name in ("Petro Vyhadanenko", "Petro", "Петро7", "P 7", "", "A" * 40 + "1"):
        with pytest.raises(InvalidInput):
            conduct.add_present(session, interview, "lawyer", code=name, actor=cast.amina)
    with pytest.raises(InvalidInput, match="by an account or by a code"):
        conduct.add_present(session, interview, "lawyer", actor=cast.amina)
    with pytest.raises(InvalidInput, match="by an account or by a code"):
        conduct.add_present(session, interview, "lawyer", code="L-1", account=account, actor=cast.amina)
    with pytest.raises(InvalidInput, match="present already"):
        conduct.add_present(session, interview, "support-person", code="SUP-03", actor=cast.amina)
    with pytest.raises(InvalidInput, match="not a known role"):
        conduct.add_present(session, interview, "interviewee", code="X-1", actor=cast.amina)


def test_nobody_interprets_without_an_undertaking_of_confidentiality(session, cast):
    interview = begun(session, cast)

    def interpreter(**facts):
        return conduct.add_present(
            session, interview, "interpreter", code="INT-07", facts=facts, actor=cast.amina
        )

    with pytest.raises(InvalidInput, match="qualification, is independent, confidentiality signed"):
        interpreter()
    with pytest.raises(GateClosed, match="keep confidential"):
        interpreter(**{**INTERPRETER, "confidentiality_signed": False})
    row = interpreter(**INTERPRETER)
    with pytest.raises(GateClosed, match="keep confidential"):
        conduct.amend_present(session, row, {"confidentiality_signed": False}, actor=cast.amina)
    conduct.amend_present(session, row, {"has_signed": True}, actor=cast.amina, expected_version=1)
    with pytest.raises(Conflict):
        conduct.amend_present(session, row, {"has_signed": False}, actor=cast.amina, expected_version=1)


def test_an_entry_of_presence_is_ended_not_removed(session, cast):
    interview = begun(session, cast)
    row = conduct.add_present(session, interview, "guardian", code="PN-7KQ2MX", actor=cast.amina)
    conduct.end_present(session, row, reason="left before the account", actor=cast.amina)
    assert row not in queries.present_at(session, interview, actor=cast.amina)
    with pytest.raises(InvalidInput, match="ended before"):
        conduct.end_present(session, row, reason="again", actor=cast.amina)


def test_distress_and_breaks_are_added_one_by_one(session, cast):
    interview = begun(session, cast)
    conduct.observe_distress(session, interview, "Wept, asked for water.", actor=cast.amina)
    conduct.observe_distress(session, interview, "Fell silent.", seen="2026-03-02T09:10", actor=cast.amina)
    assert [entry["observed"] for entry in interview.distress] == ["Wept, asked for water.", "Fell silent."]
    began, ended = (Moment.parse(f"2026-03-02T09:{minute}", zone="UTC") for minute in ("05", "12"))
    conduct.record_break(session, interview, began=began, ended=ended, reason="tea", actor=cast.amina)
    assert interview.breaks[0]["reason"] == "tea"
    with pytest.raises(InvalidInput, match="ends before it begins"):
        conduct.record_break(session, interview, began=ended, ended=began, actor=cast.amina)
    with pytest.raises(InvalidInput, match="observation is missing"):
        conduct.observe_distress(session, interview, "  ", actor=cast.amina)
    with pytest.raises(Conflict):
        conduct.observe_distress(session, interview, "x", actor=cast.amina, expected_version=1)


def test_the_interviewee_stops_at_will_and_nobody_asks_why(session, cast):
    interview = introduced(session, cast)
    conduct.stop_interview(session, interview, actor=cast.amina)
    assert interview.stopped_at_wish
    assert interview.ended is not None
    with pytest.raises(InvalidInput, match="stopped before"):
        conduct.stop_interview(session, interview, actor=cast.amina)
    with pytest.raises(InvalidInput, match="ends before it begins"):
        conduct.stop_interview(session, begun(session, cast), stopped="2026-02-01", actor=cast.amina)


def test_help_is_offered_to_the_interviewee_in_the_persons_room(session, cast):
    witness = persons.person(session, cast.amina, cast.mission)
    interview = begun(session, cast, witness)
    row = conduct.refer(session, interview, "psychological", note="asked to be called", actor=cast.amina)
    assert (row.person_id, row.need, row.outcome) == (
        witness.id,
        Need.PSYCHOLOGICAL,
        ReferralOutcome.OFFERED,
    )
    with pytest.raises(InvalidInput, match="not a known need"):
        conduct.refer(session, interview, "money", actor=cast.amina)


def test_the_outsider_holds_nothing(session, cast):
    ready, going = planned(session, cast), begun(session, cast)
    acts = [
        lambda: conduct.begin_interview(session, ready, actor=cast.outsider),
        lambda: conduct.introduce(session, going, [], actor=cast.outsider),
        lambda: conduct.add_present(session, going, "lawyer", code="L-1", actor=cast.outsider),
        lambda: conduct.observe_distress(session, going, "wept", actor=cast.outsider),
        lambda: conduct.record_break(session, going, began="2026-03-02", actor=cast.outsider),
        lambda: conduct.stop_interview(session, going, actor=cast.outsider),
        lambda: conduct.refer(session, going, "medical", actor=cast.outsider),
    ]
    before = going.version
    for act in acts:
        with pytest.raises(NotPermitted):
            act()
    assert (going.version, ready.version) == (before, 1)


def test_a_closed_interview_is_not_held_any_more(session, cast):
    interview = closed(session, cast)
    for act in (
        lambda: conduct.introduce(session, interview, [], actor=cast.amina),
        lambda: conduct.observe_distress(session, interview, "wept", actor=cast.amina),
        lambda: conduct.stop_interview(session, interview, actor=cast.amina),
    ):
        with pytest.raises(GateClosed, match="is closed"):
            act()


def test_once_closed_a_supervisor_alone_says_who_was_there(session, cast):
    interview = closed(session, cast)
    [row] = queries.present_at(session, interview, actor=cast.amina)
    with pytest.raises(NotPermitted):
        conduct.add_present(session, interview, "lawyer", code="L-1", actor=cast.amina)
    with pytest.raises(NotPermitted):
        conduct.end_present(session, row, reason="was not there", actor=cast.amina)
    conduct.amend_present(session, row, {"has_signed": True}, actor=cast.amina)
    added = conduct.add_present(session, interview, "lawyer", code="L-1", actor=cast.chen)
    conduct.end_present(session, added, reason="mistaken", actor=cast.chen)
