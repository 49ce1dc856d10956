"""Reading back, correcting, closing, evaluating, reviewing."""

import pytest

from evidence_tracker.casework.interviews import closing, conduct, statements
from evidence_tracker.casework.interviews.declaration import DECLARATIONS, NEWEST, declaration
from evidence_tracker.casework.interviews.drafting import discard_draft, keep_draft
from evidence_tracker.casework.interviews.models import InterviewState
from evidence_tracker.casework.interviews.planning import plan_interview
from evidence_tracker.casework.interviews.queries import corrections, evaluations
from evidence_tracker.errors import Conflict, GateClosed, InvalidInput, NotPermitted, SecondPersonNeeded
from tests.factories import consent, missions, persons
from tests.factories.interviews import (
    ACCOUNT,
    STORAGE,
    begun,
    closed,
    introduced,
    planned,
    question,
    read,
    told,
)

RATED = {"reliability": "b", "credibility": 2, "next_steps": "Ask the council for its list."}


def close(session, cast, interview, **more):
    return closing.close_interview(session, interview, actor=cast.amina, **more)


def test_the_read_back_says_language_declaration_and_signature(session, cast, clock):
    interview = told(session, cast)
    question(session, cast, interview)
    closing.read_back(session, interview, is_signed=True, language="RU", actor=cast.amina)
    assert (interview.read_back_language, interview.declaration_version) == ("ru", NEWEST)
    assert (interview.is_signed, interview.read_back_questions, interview.read_back_at) == (True, 1, clock.at)
    with pytest.raises(InvalidInput, match="read back before"):
        closing.read_back(session, interview, is_signed=True, actor=cast.amina)


def test_without_a_signature_there_is_the_reason(session, cast):
    interview = told(session, cast)
    for wrong in ({"is_signed": False}, {"is_signed": True, "unsigned_reason": "fears to sign"}):
        with pytest.raises(InvalidInput, match="a signature, or with the reason"):
            closing.read_back(session, interview, actor=cast.amina, **wrong)
    closing.read_back(session, interview, is_signed=False, unsigned_reason="fears to sign", actor=cast.amina)
    assert (interview.unsigned_reason, interview.declaration_version) == ("fears to sign", None)


def test_a_read_back_needs_words_a_language_and_a_declaration_there_is(session, cast):
    with pytest.raises(GateClosed, match="nothing to read back"):
        closing.read_back(session, introduced(session, cast), is_signed=True, actor=cast.amina)
    interview = told(session, cast)
    with pytest.raises(InvalidInput, match="no declaration 'truth-9'"):
        closing.read_back(session, interview, is_signed=True, declaration_version="truth-9", actor=cast.amina)
    with pytest.raises(InvalidInput, match="has not come yet"):
        closing.read_back(session, interview, is_signed=True, read="2027", actor=cast.amina)
    with pytest.raises(Conflict):
        closing.read_back(session, interview, is_signed=True, actor=cast.amina, expected_version=1)


def test_the_declaration_is_there_in_three_languages():
    for version, texts in DECLARATIONS.items():
        assert texts.keys() == {"en", "uk", "ru"}
        assert declaration("uk-UA", version) == texts["uk"]
    with pytest.raises(InvalidInput, match="no words in ka") as refused:
        declaration("ka")
    assert "interpreter" in refused.value.advice


def test_corrections_are_appended_and_the_account_stays(session, cast):
    interview = read(session, cast)
    first = closing.correct(session, interview, passage="три дні", correction="чотири дні", actor=cast.amina)
    close(session, cast, interview)
    second = closing.correct(
        session, interview, passage="забрали брата", correction="забрали двох братів", actor=cast.amina
    )
    assert interview.first_account == ACCOUNT
    assert list(corrections(session, interview, actor=cast.amina)) == sorted(
        [first, second], key=lambda row: row.id
    )
    with pytest.raises(InvalidInput, match="correction is missing"):
        closing.correct(session, interview, passage="x", correction=" ", actor=cast.amina)
    with pytest.raises(GateClosed, match="nothing to correct"):
        closing.correct(session, begun(session, cast), passage="x", correction="y", actor=cast.amina)


def test_an_account_is_read_back_before_closing_or_the_reason_is_stated(session, cast):
    interview = told(session, cast)
    with pytest.raises(GateClosed, match="not read back") as closed_gate:
        close(session, cast, interview)
    assert "states the reason" in closed_gate.value.advice
    close(session, cast, interview, unread_reason="shelling began")
    assert (interview.state, interview.unread_reason) == (InterviewState.CLOSED, "shelling began")
    assert interview.ended is not None
    with pytest.raises(InvalidInput, match="no reason why it was not"):
        close(session, cast, read(session, cast), unread_reason="x")


def test_questions_after_the_read_back_are_read_back_too(session, cast):
    interview = read(session, cast)
    question(session, cast, interview)
    with pytest.raises(GateClosed, match="added since the read-back"):
        close(session, cast, interview)
    closing.read_back(session, interview, is_signed=True, actor=cast.amina)
    assert close(session, cast, interview).read_back_questions == 1


def test_without_an_account_or_an_introduction_it_is_not_closed(session, cast):
    with pytest.raises(GateClosed) as closed_gate:
        close(session, cast, begun(session, cast))
    assert "not explained yet" in str(closed_gate.value)
    assert "no account was recorded" in str(closed_gate.value)


def test_an_interview_that_was_stopped_is_closed_without_pressing(session, cast):
    interview = begun(session, cast)
    conduct.stop_interview(session, interview, stopped="2026-03-02", actor=cast.amina)
    close(session, cast, interview)
    assert (interview.unread_reason, str(interview.ended)) == (
        "stopped at the wish of the interviewee",
        "2026-03-02",
    )


def test_of_a_child_a_screening_is_closed_with_an_offer_of_help(session, cast):
    child = persons.child(session, cast.amina, cast.mission)
    interview = begun(session, cast, child)
    conduct.introduce(session, interview, [], actor=cast.amina)
    with pytest.raises(GateClosed, match="no help was offered"):
        close(session, cast, interview)
    conduct.refer(session, interview, "psychological", actor=cast.amina)
    assert close(session, cast, interview).state is InterviewState.CLOSED


def test_half_typed_words_are_saved_or_discarded_before_closing(session, cast):
    interview = read(session, cast)
    keep_draft(session, interview, {"text": "І ще"}, actor=cast.amina)
    with pytest.raises(GateClosed, match="neither saved nor discarded"):
        close(session, cast, interview)
    discard_draft(session, interview, actor=cast.amina)
    assert close(session, cast, interview)


def test_it_ends_after_it_began_and_not_in_the_future(session, cast):
    interview = read(session, cast)
    with pytest.raises(InvalidInput, match="ends before it begins"):
        close(session, cast, interview, ended="2026-02-01")
    with pytest.raises(InvalidInput, match="has not come yet"):
        close(session, cast, interview, ended="2026-06")
    with pytest.raises(Conflict):
        close(session, cast, interview, expected_version=1)
    with pytest.raises(GateClosed, match="is planned"):
        close(session, cast, planned(session, cast))


def test_evaluation_stands_apart_and_a_second_person_reviews_it(session, cast):
    interview = closed(session, cast)
    row = closing.evaluate(session, interview, RATED, actor=cast.amina)
    assert (row.reliability, row.credibility) == ("B", 2)
    closing.amend_evaluation(session, row, {"credibility": 3}, actor=cast.amina, expected_version=1)
    with pytest.raises(Conflict):
        closing.amend_evaluation(session, row, {"credibility": 4}, actor=cast.amina, expected_version=1)
    before = interview.first_account
    closing.review_interview(session, interview, quality_review="Open questions.", actor=cast.chen)
    assert (interview.state, interview.reviewed_by) == (InterviewState.REVIEWED, cast.chen.account_id)
    assert (row.quality_review, interview.first_account) == ("Open questions.", before)
    with pytest.raises(GateClosed, match="was reviewed"):
        closing.amend_evaluation(session, row, {"credibility": 1}, actor=cast.amina)
    with pytest.raises(GateClosed, match="is reviewed"):
        closing.evaluate(session, interview, RATED, actor=cast.amina)


def test_nobody_reviews_what_they_planned_held_or_evaluated(session, cast):
    interview = closed(session, cast)
    with pytest.raises(GateClosed, match="no evaluation yet"):
        closing.review_interview(session, interview, quality_review="x", actor=cast.chen)
    closing.evaluate(session, interview, RATED, actor=cast.chen)
    with pytest.raises(SecondPersonNeeded, match="chen evaluated"):
        closing.review_interview(session, interview, quality_review="x", actor=cast.chen)
    account = missions.account_of(session, cast.olena)
    conduct.add_present(session, interview, "interviewer", account=account, actor=cast.chen)
    with pytest.raises(SecondPersonNeeded, match="olena held"):
        closing.review_interview(session, interview, quality_review="x", actor=cast.olena)
    for nobody in (cast.amina, cast.daria, cast.outsider):
        with pytest.raises(NotPermitted):
            closing.review_interview(session, interview, quality_review="x", actor=nobody)


def test_whoever_planned_it_does_not_review_it_even_as_supervisor(session, cast):
    witness = persons.person(session, cast.olena, cast.mission)
    interview = plan_interview(
        session, witness, {"language": "uk"}, actor=cast.olena, compartment_id=cast.mission
    )
    conduct.begin_interview(session, interview, actor=cast.amina)
    conduct.introduce(session, interview, [], actor=cast.amina)
    consent.allow(session, cast.amina, witness, STORAGE)
    statements.record_account(session, interview, ACCOUNT, actor=cast.amina)
    close(session, cast, interview, unread_reason="x")
    closing.evaluate(session, interview, RATED, actor=cast.amina)
    with pytest.raises(SecondPersonNeeded, match="olena planned"):
        closing.review_interview(session, interview, quality_review="x", actor=cast.olena)


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({"reliability": "G"}, "no reliability"),
        ({"reliability": "AB"}, "no reliability"),
        ({"credibility": 0}, "no credibility"),
        ({"credibility": 7}, "no credibility"),
        ({"credibility": True}, "whole number"),
        ({"credibility": "2"}, "whole number"),
        ({"reliability": None}, "missing"),
        ({"quality_review": "fine"}, "nothing here called quality_review"),
    ],
)
def test_an_evaluation_off_the_scale_is_refused(session, cast, facts, fault):
    with pytest.raises(InvalidInput, match=fault):
        closing.evaluate(session, closed(session, cast), {**RATED, **facts}, actor=cast.amina)


def test_an_evaluation_needs_both_scales_and_a_closed_interview(session, cast):
    with pytest.raises(InvalidInput, match="reliability and credibility"):
        closing.evaluate(session, closed(session, cast), {"reliability": "A"}, actor=cast.amina)
    with pytest.raises(GateClosed, match="is under way"):
        closing.evaluate(session, told(session, cast), RATED, actor=cast.amina)


def test_the_outsider_closes_nothing(session, cast):
    interview, done = told(session, cast), closed(session, cast)
    row = closing.evaluate(session, done, RATED, actor=cast.amina)
    for act in (
        lambda: closing.read_back(session, interview, is_signed=True, actor=cast.outsider),
        lambda: closing.correct(session, interview, passage="x", correction="y", actor=cast.outsider),
        lambda: closing.close_interview(session, interview, actor=cast.outsider),
        lambda: closing.evaluate(session, done, RATED, actor=cast.outsider),
        lambda: closing.amend_evaluation(session, row, {"credibility": 1}, actor=cast.outsider),
    ):
        with pytest.raises(NotPermitted):
            act()
    assert len(evaluations(session, done, actor=cast.outsider)) == 0
