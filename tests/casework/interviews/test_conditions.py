"""Each condition that is missing says which it is, so that a door can show all of them before a step."""

import pytest

from evidence_tracker.casework.interviews import conduct, exceptions, gates
from evidence_tracker.casework.interviews.models import AccountType, InterviewState
from evidence_tracker.casework.interviews.prior import record_prior_account
from evidence_tracker.errors import GateClosed
from tests.factories import missions, persons
from tests.factories.interviews import asked, begun, introduced, planned, specialist, told

Condition = gates.Condition


def about(unmet):
    return [item.about for item in unmet]


def test_before_beginning_a_remote_interview_says_that_its_platform_is_missing(session, cast):
    interview = planned(session, cast, is_remote=True)
    found = gates.for_beginning(session, interview, interviewers={cast.amina.account_id}, actor=cast.amina)
    assert about(found) == [Condition.PLATFORM]


def test_before_the_account_introduction_and_storage_are_told_apart(session, cast):
    interview = begun(session, cast)
    assert about(gates.for_account(session, interview, actor=cast.amina)) == [
        Condition.INTRODUCTION,
        Condition.STORAGE,
    ]
    assert gates.for_account(session, introduced(session, cast), actor=cast.amina) == []


def test_a_screening_and_a_missing_exception_are_told_apart(session, cast):
    child = persons.child(session, cast.amina, cast.mission)
    screening = begun(session, cast, child)
    assert Condition.SCREENING in about(gates.for_account(session, screening, actor=cast.amina))


def test_an_instruction_of_a_body_with_a_prior_account_is_a_condition_of_its_own(session, cast):
    interview = planned(session, cast)
    facts = {"body": "Fictional body", "is_do_not_interview": True, "instruction_note": "Letter of 1 March."}
    record_prior_account(session, interview, facts, actor=cast.amina)
    found = gates.for_beginning(session, interview, interviewers={cast.amina.account_id}, actor=cast.amina)
    assert about(found) == [Condition.PRIOR_ACCOUNT]


def test_before_closing_the_read_back_is_the_condition_that_is_left(session, cast):
    interview = told(session, cast)
    found = gates.for_closing(session, interview, unread_reason=None, actor=cast.amina)
    assert about(found) == [Condition.READ_BACK]


def test_before_closing_a_screening_of_a_child_help_is_missing(session, cast):
    interview = begun(session, cast, persons.child(session, cast.amina, cast.mission))
    conduct.introduce(session, interview, [], actor=cast.amina)
    found = gates.for_closing(session, interview, unread_reason=None, actor=cast.amina)
    assert about(found) == [Condition.HELP]


def test_an_approved_exception_without_its_specialist_is_still_a_missing_exception(session, cast):
    mission = missions.mission(session, cast)
    child = persons.child(session, cast.amina, cast.mission)
    interview = planned(session, cast, child, mission=mission)
    specialist(session, cast, mission, *gates.categories_of(child))
    exceptions.approve_exception(session, asked(session, cast, interview), actor=cast.chen)
    assert interview.account_type is AccountType.FIRST_ACCOUNT
    found = gates.for_beginning(session, interview, interviewers={cast.bohdan.account_id}, actor=cast.amina)
    assert about(found) == [Condition.EXCEPTION]


def test_nothing_that_is_missing_passes_a_gate(session, cast):
    interview = begun(session, cast)
    with pytest.raises(GateClosed, match="a draft is not possible"):
        gates.refuse("KYI-I-0001", "a draft", gates.for_account(session, interview, actor=cast.amina))
    assert interview.state is InterviewState.UNDER_WAY
