"""Beyond a screening with somebody easily harmed: a ground, a specialist, and another person's approval."""

import pytest

from evidence_tracker.access.notices import Notice, NoticeKind
from evidence_tracker.casework.interviews import conduct, exceptions, statements
from evidence_tracker.casework.interviews.models import AccountType, ExceptionOutcome, InterviewState
from evidence_tracker.casework.interviews.planning import plan_interview
from evidence_tracker.casework.interviews.queries import undecided_exceptions
from evidence_tracker.casework.missions.models import CompetenceCategory
from evidence_tracker.casework.missions.queries import member_of
from evidence_tracker.casework.missions.team import add_member, end_competence, end_member
from evidence_tracker.casework.persons.registration import amend_person
from evidence_tracker.errors import Conflict, GateClosed, InvalidInput, NotPermitted, SecondPersonNeeded
from tests.factories import consent, missions, persons
from tests.factories.interviews import (
    ACCOUNT,
    ASKED,
    STORAGE,
    asked,
    planned,
    specialist,
    trained,
)


@pytest.fixture
def mission(session, cast):
    return missions.mission(session, cast)


def survivor(session, cast, mission):
    return persons.person(session, cast.amina, mission.compartment_id, is_crsv_survivor=True)


def test_a_specialist_a_ground_and_a_second_person_open_the_gate(session, cast, mission):
    who = survivor(session, cast, mission)
    specialist(session, cast, mission, CompetenceCategory.CRSV)
    interview = planned(session, cast, who, mission=mission)
    request = asked(session, cast, interview)
    assert (interview.account_type, request.categories) == (AccountType.SCREENING, ["crsv"])
    assert undecided_exceptions(session, actor=cast.chen) == [(request, interview)]
    assert undecided_exceptions(session, actor=cast.outsider) == []

    exceptions.approve_exception(session, request, note="the authority was asked", actor=cast.chen)

    assert interview.account_type is AccountType.FIRST_ACCOUNT
    assert (request.outcome, request.decided_by) == (ExceptionOutcome.APPROVED, cast.chen.account_id)
    conduct.begin_interview(session, interview, actor=cast.amina)
    conduct.introduce(session, interview, [], actor=cast.amina)
    consent.allow(session, cast.amina, who, STORAGE)
    assert statements.record_account(session, interview, ACCOUNT, actor=cast.amina).account_version == 1


def test_who_may_decide_and_who_asked_are_told(session, cast, mission):
    specialist(session, cast, mission, CompetenceCategory.CRSV)
    interview = planned(session, cast, survivor(session, cast, mission), mission=mission)
    request = asked(session, cast, interview)
    session.flush()
    told = {notice.account_id for notice in session.query(Notice).filter_by(kind=NoticeKind.EXCEPTION_ASKED)}
    assert told == {cast.chen.account_id, cast.olena.account_id}

    exceptions.refuse_exception(session, request, note="the authority can come", actor=cast.chen)
    session.flush()
    (notice,) = session.query(Notice).filter_by(kind=NoticeKind.EXCEPTION_DECIDED)
    assert (notice.account_id, notice.reference) == (cast.amina.account_id, interview.reference)


def test_a_request_opens_nothing_by_itself(session, cast, mission):
    specialist(session, cast, mission, CompetenceCategory.CRSV)
    interview = planned(session, cast, survivor(session, cast, mission), mission=mission)
    asked(session, cast, interview)
    conduct.begin_interview(session, interview, actor=cast.amina)
    with pytest.raises(GateClosed, match="a screening holds no account"):
        statements.record_account(session, interview, ACCOUNT, actor=cast.amina)


def test_whoever_asks_plans_or_interviews_does_not_decide(session, cast, mission):
    specialist(session, cast, mission, CompetenceCategory.CRSV)
    interview = planned(session, cast, survivor(session, cast, mission), mission=mission)
    account = missions.account_of(session, cast.amina)
    facts = {"account_type": "first_account", "ground": "imminent-loss", "justification": "tonight"}
    own = exceptions.ask_exception(session, interview, facts, interviewer=account, actor=cast.olena)
    with pytest.raises(SecondPersonNeeded, match="asked for it"):
        exceptions.approve_exception(session, own, actor=cast.olena)
    exceptions.refuse_exception(session, own, note="ask the investigator", actor=cast.chen)
    for_olena = exceptions.ask_exception(
        session, interview, facts, interviewer=missions.account_of(session, cast.olena), actor=cast.amina
    )
    with pytest.raises(SecondPersonNeeded, match="would hold the interview"):
        exceptions.approve_exception(session, for_olena, actor=cast.olena)
    with pytest.raises(NotPermitted):
        exceptions.approve_exception(session, for_olena, actor=cast.daria)
    with pytest.raises(NotPermitted):
        exceptions.approve_exception(session, for_olena, actor=cast.outsider)


def test_it_is_approved_only_with_a_specialist_of_the_mission(session, cast, mission):
    interview = planned(session, cast, survivor(session, cast, mission), mission=mission)
    request = asked(session, cast, interview)
    with pytest.raises(GateClosed, match="not competent for crsv, or not on the team"):
        exceptions.approve_exception(session, request, actor=cast.chen)
    trained(session, cast, cast.amina, CompetenceCategory.CRSV)
    with pytest.raises(GateClosed, match="not on the team"):
        exceptions.approve_exception(session, request, actor=cast.chen)
    specialist(session, cast, mission, CompetenceCategory.CHILD)
    exceptions.approve_exception(session, request, actor=cast.chen)


def test_every_flag_asks_for_its_own_competence(session, cast, mission):
    who = persons.child(
        session, cast.amina, mission.compartment_id, is_crsv_survivor=True, is_severely_traumatised=True
    )
    specialist(session, cast, mission, CompetenceCategory.CHILD, CompetenceCategory.CRSV)
    request = asked(session, cast, planned(session, cast, who, mission=mission))
    assert request.categories == ["child", "crsv", "trauma"]
    with pytest.raises(GateClosed, match="not competent for trauma"):
        exceptions.approve_exception(session, request, actor=cast.chen)


def test_a_competence_that_ends_closes_the_gate_again(session, cast, mission):
    specialist(session, cast, mission)
    training = trained(session, cast, cast.amina, CompetenceCategory.CRSV)
    interview = planned(session, cast, survivor(session, cast, mission), mission=mission)
    exceptions.approve_exception(session, asked(session, cast, interview), actor=cast.chen)
    end_competence(session, training, reason="certificate withdrawn", actor=cast.chen)
    with pytest.raises(GateClosed, match="no longer competent for all of: crsv"):
        conduct.begin_interview(session, interview, actor=cast.amina)


def test_leaving_the_team_closes_the_gate_again(session, cast, mission):
    specialist(session, cast, mission, CompetenceCategory.CRSV)
    interview = planned(session, cast, survivor(session, cast, mission), mission=mission)
    exceptions.approve_exception(session, asked(session, cast, interview), actor=cast.chen)
    row = member_of(session, mission, cast.amina.account_id, actor=cast.olena)
    end_member(session, row, reason="ill", actor=cast.olena)
    with pytest.raises(GateClosed, match="no longer competent"):
        conduct.begin_interview(session, interview, actor=cast.amina)


def test_the_exception_is_for_the_named_specialist_alone(session, cast, mission):
    specialist(session, cast, mission, CompetenceCategory.CRSV)
    interview = planned(session, cast, survivor(session, cast, mission), mission=mission)
    exceptions.approve_exception(session, asked(session, cast, interview), actor=cast.chen)
    account = missions.account_of(session, cast.daria)
    conduct.add_present(session, interview, "interviewer", account=account, actor=cast.amina)
    with pytest.raises(GateClosed, match="named in the exception is not there"):
        conduct.begin_interview(session, interview, actor=cast.amina)


def test_a_flag_found_later_needs_another_exception(session, cast, mission):
    who = survivor(session, cast, mission)
    specialist(session, cast, mission, CompetenceCategory.CRSV, CompetenceCategory.TRAUMA)
    interview = planned(session, cast, who, mission=mission)
    waiting = asked(session, cast, interview)
    amend_person(session, who, {"is_severely_traumatised": True}, actor=cast.amina)
    with pytest.raises(GateClosed, match="more easily harmed than the request says"):
        exceptions.approve_exception(session, waiting, actor=cast.chen)
    exceptions.refuse_exception(session, waiting, note="ask again", actor=cast.chen)
    exceptions.approve_exception(session, asked(session, cast, interview), actor=cast.chen)
    amend_person(session, who, {"is_child": True, "age_band": "16-17"}, actor=cast.amina)
    with pytest.raises(GateClosed, match="no approved exception"):
        conduct.begin_interview(session, interview, actor=cast.amina)


def test_without_a_mission_the_competence_of_the_interviewer_counts(session, cast):
    who = persons.person(session, cast.amina, cast.mission, is_crsv_survivor=True)
    interview = planned(session, cast, who)
    request = asked(session, cast, interview)
    with pytest.raises(GateClosed, match="not competent for crsv"):
        exceptions.approve_exception(session, request, actor=cast.chen)
    trained(session, cast, cast.amina, CompetenceCategory.CRSV)
    exceptions.approve_exception(session, request, actor=cast.chen, expected_version=1)
    with pytest.raises(GateClosed, match="approved already"):
        exceptions.approve_exception(session, request, actor=cast.chen)


def test_a_request_states_its_reasons_and_waits_alone(session, cast):
    who = persons.person(session, cast.amina, cast.mission, is_crsv_survivor=True)
    interview = planned(session, cast, who)
    for facts, fault in (
        ({"ground": "curiosity"}, "not a known ground"),
        ({"justification": " "}, "justification is missing"),
        ({"account_type": "screening"}, "needs no exception"),
        ({"approved": True}, "nothing here called approved"),
    ):
        with pytest.raises(InvalidInput, match=fault):
            asked(session, cast, interview, **facts)
    account = missions.account_of(session, cast.amina)
    with pytest.raises(InvalidInput, match="needs its account_type, ground, justification"):
        exceptions.ask_exception(session, interview, {}, interviewer=account, actor=cast.amina)
    with pytest.raises(NotPermitted):
        exceptions.ask_exception(session, interview, {}, interviewer=account, actor=cast.outsider)
    request = asked(session, cast, interview)
    with pytest.raises(InvalidInput, match="waits for its decision"):
        asked(session, cast, interview)
    with pytest.raises(InvalidInput, match="reason is missing"):
        exceptions.refuse_exception(session, request, note="", actor=cast.chen)
    with pytest.raises(Conflict):
        exceptions.refuse_exception(session, request, note="no", actor=cast.chen, expected_version=7)
    exceptions.refuse_exception(session, request, note="the authority is there", actor=cast.chen)
    assert request.outcome is ExceptionOutcome.REFUSED
    assert interview.account_type is AccountType.SCREENING


def test_an_adult_without_flags_needs_none(session, cast):
    with pytest.raises(InvalidInput, match="needs no exception"):
        asked(session, cast, planned(session, cast))


def test_any_approved_exception_that_covers_the_flags_counts_whichever_came_first(session, cast, mission):
    who = survivor(session, cast, mission)
    specialist(session, cast, mission, CompetenceCategory.CRSV, CompetenceCategory.TRAUMA)
    interview = planned(session, cast, who, mission=mission)
    for is_traumatised in (False, True, False):
        if who.is_severely_traumatised != is_traumatised:
            flag = {"is_severely_traumatised": is_traumatised}
            amend_person(session, who, flag, actor=cast.olena)
        exceptions.approve_exception(session, asked(session, cast, interview), actor=cast.chen)
    amend_person(session, who, {"is_severely_traumatised": True}, actor=cast.olena)
    conduct.begin_interview(session, interview, actor=cast.amina)
    assert interview.state is InterviewState.UNDER_WAY


def test_a_specialist_who_went_away_is_not_there(session, cast, mission):
    specialist(session, cast, mission, CompetenceCategory.CRSV)
    interview = planned(session, cast, survivor(session, cast, mission), mission=mission)
    exceptions.approve_exception(session, asked(session, cast, interview), actor=cast.chen)
    amina, daria = (missions.account_of(session, who) for who in (cast.amina, cast.daria))
    row = conduct.add_present(session, interview, "interviewer", account=amina, actor=cast.amina)
    conduct.add_present(session, interview, "interviewer", account=daria, actor=cast.amina)
    conduct.end_present(session, row, reason="called away", actor=cast.amina)
    with pytest.raises(GateClosed, match="named in the exception is not there"):
        conduct.begin_interview(session, interview, actor=cast.amina)


def test_an_exception_for_a_first_account_does_not_cover_a_full_statement(session, cast, mission):
    specialist(session, cast, mission, CompetenceCategory.CRSV)
    trained(session, cast, cast.daria, CompetenceCategory.CRSV)
    daria = missions.account_of(session, cast.daria)
    add_member(session, mission, daria, role="interviewer", actor=cast.olena)
    interview = planned(session, cast, survivor(session, cast, mission), mission=mission)
    exceptions.approve_exception(session, asked(session, cast, interview), actor=cast.chen)
    facts = {**ASKED, "account_type": "full_statement"}
    deeper = exceptions.ask_exception(session, interview, facts, interviewer=daria, actor=cast.amina)
    exceptions.approve_exception(session, deeper, actor=cast.chen)
    assert interview.account_type is AccountType.FULL_STATEMENT
    with pytest.raises(GateClosed, match="named in the exception is not there"):
        conduct.begin_interview(session, interview, actor=cast.amina)


def test_whoever_planned_the_interview_does_not_decide(session, cast, mission):
    specialist(session, cast, mission, CompetenceCategory.CRSV)
    who = survivor(session, cast, mission)
    interview = plan_interview(session, who, {"language": "uk"}, actor=cast.olena, mission=mission)
    request = asked(session, cast, interview)
    with pytest.raises(SecondPersonNeeded, match="olena planned the interview"):
        exceptions.approve_exception(session, request, actor=cast.olena)


def test_whoever_interviews_beside_the_specialist_does_not_decide(session, cast, mission):
    specialist(session, cast, mission, CompetenceCategory.CRSV)
    interview = planned(session, cast, survivor(session, cast, mission), mission=mission)
    olena = missions.account_of(session, cast.olena)
    conduct.add_present(session, interview, "interviewer", account=olena, actor=cast.amina)
    request = asked(session, cast, interview)
    with pytest.raises(SecondPersonNeeded, match="olena interviews"):
        exceptions.approve_exception(session, request, actor=cast.olena)
