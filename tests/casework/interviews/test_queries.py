"""Questions about interviews: pages, filters, and nothing and no count for the outsider."""

import pytest

from evidence_tracker.access.levels import Level
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.interviews import closing, conduct, exceptions, queries, statements
from evidence_tracker.casework.interviews.models import AccountType, InterviewState
from evidence_tracker.casework.interviews.planning import amend_interview
from evidence_tracker.errors import GateClosed, NotFound
from tests.factories import missions, persons
from tests.factories.interviews import (
    asked,
    begun,
    closed,
    introduced,
    lowered,
    planned,
    question,
    read,
    told,
)


def test_an_interview_is_found_by_its_reference_in_any_case(session, cast):
    interview = planned(session, cast)
    assert queries.find_interview(session, " kyi-i-0001 ", actor=cast.amina) is interview
    for who, reference in ((cast.outsider, "KYI-I-0001"), (cast.amina, "KYI-I-0009")):
        with pytest.raises(NotFound):
            queries.find_interview(session, reference, actor=who)


def test_pages_follow_each_other_without_gaps_or_doubles(session, cast, clock):
    made = {planned(session, cast).id for _ in range(7)}
    seen, after = [], None
    while rows := queries.list_interviews(session, actor=cast.amina, after=after, limit=3):
        seen += [row.id for row in rows]
        after = (rows[-1].recorded_at, rows[-1].id)
    assert (len(seen), set(seen)) == (7, made)


def test_they_are_filtered_by_mission_state_depth_and_person(session, cast):
    mission = missions.mission(session, cast)
    there = planned(session, cast, mission=mission)
    witness = persons.person(session, cast.amina, cast.mission)
    first, screening = begun(session, cast, witness), planned(session, cast, account_type="screening")

    def listed(**filters):
        return {row.id for row in queries.list_interviews(session, actor=cast.amina, **filters)}

    assert listed() == {there.id, first.id, screening.id}
    assert listed(mission=mission) == {there.id}
    assert listed(compartment_id=cast.mission) == {first.id, screening.id}
    assert listed(state=InterviewState.UNDER_WAY) == {first.id}
    assert listed(account_type=AccountType.SCREENING) == {screening.id}
    assert listed(person=witness) == {first.id}


def test_plans_are_not_counted_as_interviews_that_were_held(session, cast):
    planned(session, cast)
    begun(session, cast)
    closed(session, cast)
    assert queries.count_interviews(session, actor=cast.amina) == 2
    assert queries.count_interviews(session, actor=cast.outsider) == 0


def test_the_outsider_sees_nothing_of_an_interview(session, cast):
    witness = persons.person(session, cast.amina, cast.mission)
    interview = read(session, cast, witness)
    question(session, cast, interview)
    closing.correct(session, interview, passage="x", correction="y", actor=cast.amina)
    facts = {"language": "en", "translator": "TR-02"}
    statements.translate_account(session, interview, "We sat.", facts, actor=cast.amina)
    empty = [
        query(session, interview, actor=cast.outsider)
        for query in (
            queries.persons_of,
            queries.exhibits_of,
            queries.present_at,
            queries.questions_of,
            queries.answer_translations,
            queries.account_translations,
            queries.prior_accounts,
            queries.corrections,
            queries.expenses,
            queries.evaluations,
            queries.exceptions,
        )
    ]
    assert not any(empty)
    assert queries.list_interviews(session, actor=cast.outsider) == []
    assert queries.list_interviews(session, actor=cast.outsider, person=witness) == []
    assert queries.links_to(session, witness, actor=cast.outsider, limit=9) == []
    [(link, found)] = queries.links_to(session, witness, actor=cast.amina, limit=9)
    assert (link.person_id, found) == (witness.id, interview)
    assert queries.interviewees(session, [interview], actor=cast.outsider) == {}


def test_whoever_may_read_the_interview_may_still_not_learn_who_was_interviewed(session, cast):
    witness = persons.person(session, cast.amina, cast.mission)
    interview = begun(session, cast, witness)
    lowered(session, cast, Level.CONFIDENTIAL, cast.mission)
    queries.find_interview(session, interview.reference, actor=cast.amina)
    assert queries.interviewees(session, [interview], actor=cast.amina) == {}
    assert queries.persons_of(session, interview, actor=cast.amina) == []
    assert queries.list_interviews(session, actor=cast.amina, person=witness) == []


def test_translations_of_answers_come_by_question(session, cast):
    interview = told(session, cast)
    first, second = question(session, cast, interview), question(session, cast, interview)
    facts = {"language": "en", "translator": "TR-02"}
    row = statements.translate_answer(
        session,
        second,
        translated_question="What then?",
        translated_answer="I do not know.",
        facts=facts,
        actor=cast.amina,
    )
    found = queries.answer_translations(session, interview, actor=cast.amina)
    assert found == {second.id: [row]}
    assert queries.questions_of(session, interview, actor=cast.amina) == [first, second]


def test_what_is_missing_follows_the_steps(session, cast):
    def said(interview):
        return [item.what for item in queries.missing(session, interview, actor=cast.amina)]

    assert said(planned(session, cast)) == []
    [explain, allow] = said(begun(session, cast))
    assert explain.startswith("not explained yet")
    assert "has not allowed us to keep" in allow
    interview = introduced(session, cast)
    assert said(interview) == []
    assert said(told(session, cast)) == ["the account was not read back"]
    assert said(read(session, cast)) == []
    assert said(closed(session, cast)) == []
    remote = planned(session, cast, is_remote=True)
    assert said(remote) == ["the platform is not stated"]
    stopped = begun(session, cast)
    conduct.stop_interview(session, stopped, actor=cast.amina)
    assert said(stopped) == []


def test_warnings_name_what_a_record_of_questioning_lacks(session, cast):
    interview = introduced(session, cast)
    assert queries.warnings(session, interview, actor=cast.amina) == [
        "Its place is not recorded.",
        "It is not recorded whether it was held in private.",
    ]
    setting = {"is_remote": True, "platform": "telephone", "is_encrypted": False, "is_private": True}
    amend_interview(session, interview, setting, actor=cast.amina)
    [said] = queries.warnings(session, interview, actor=cast.amina)
    assert "not said to be encrypted" in said
    amend_interview(session, interview, {"is_encrypted": True}, actor=cast.amina)
    question(session, cast, interview)
    question(session, cast, interview, question="Ви ж бачили?", question_type="closed")
    statements.record_account(session, interview, "Це був геноцид.", actor=cast.amina)
    law, flagged = queries.warnings(session, interview, actor=cast.amina)
    assert "legal conclusion" in law
    assert flagged.endswith("looked at: 2.")


def test_the_level_of_parts_follows_the_interview(session, cast):
    interview = planned(session, cast, governance=Governance(Level.SEALED))
    conduct.begin_interview(session, interview, actor=cast.amina)
    [present] = queries.present_at(session, interview, actor=cast.amina)
    assert present.level is Level.SEALED


def test_whoever_may_not_see_the_interviewee_is_told_nothing_of_that_person(session, cast):
    witness = persons.person(session, cast.amina, cast.mission)
    closed(session, cast, witness)
    interview = begun(session, cast, witness)
    lowered(session, cast, Level.CONFIDENTIAL, cast.mission)
    assert queries.missing(session, interview, actor=cast.amina) == []
    assert not any(witness.code in said for said in queries.warnings(session, interview, actor=cast.amina))
    with pytest.raises(GateClosed) as closed_gate:
        statements.record_account(session, interview, "x", actor=cast.amina)
    assert witness.code not in f"{closed_gate.value}{closed_gate.value.advice}"


def test_mine_are_those_i_planned_or_was_at(session, cast):
    mine, other = planned(session, cast), planned(session, cast)
    conduct.add_present(
        session, other, "note-taker", account=missions.account_of(session, cast.bohdan), actor=cast.amina
    )

    def of(who):
        rows = queries.list_interviews(session, actor=cast.amina, account_id=who.account_id)
        return {row.id for row in rows}

    assert of(cast.amina) == {mine.id, other.id}
    assert of(cast.bohdan) == {other.id}
    assert of(cast.chen) == set()


def test_those_of_which_an_exception_waits_are_found_until_it_is_decided(session, cast):
    planned(session, cast)
    child = planned(session, cast, persons.child(session, cast.amina, cast.mission))
    request = asked(session, cast, child)

    def waiting(who):
        rows = queries.list_interviews(session, actor=who, is_exception_asked=True)
        return [row.id for row in rows]

    assert waiting(cast.chen) == [child.id]
    assert waiting(cast.outsider) == []
    exceptions.refuse_exception(session, request, note="The authority is on its way.", actor=cast.chen)
    assert waiting(cast.chen) == []
