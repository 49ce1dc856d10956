"""What is said: nothing before introduction and consent, nothing rewritten after the read-back."""

from datetime import timedelta

import pytest

from evidence_tracker.access.levels import Level
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.consent.models import IdentityLevel, Use
from evidence_tracker.casework.consent.statements import Cell, give
from evidence_tracker.casework.interviews import conduct, prior, statements
from evidence_tracker.casework.interviews.closing import correct, read_back
from evidence_tracker.casework.interviews.exceptions import approve_exception
from evidence_tracker.casework.interviews.models import IntroductionPoint, QuestionType
from evidence_tracker.casework.interviews.permission import storage_decision
from evidence_tracker.casework.interviews.planning import amend_interview
from evidence_tracker.casework.missions.models import CompetenceCategory
from evidence_tracker.casework.parties.models import PartyKind, RecipientClass
from evidence_tracker.casework.persons.registration import amend_person
from evidence_tracker.custody.history import events_of
from evidence_tracker.errors import Conflict, GateClosed, InvalidInput, NotPermitted
from tests.factories import consent, missions, parties, persons
from tests.factories.interviews import (
    ACCOUNT,
    STORAGE,
    asked,
    begun,
    closed,
    introduced,
    lowered,
    planned,
    question,
    read,
    specialist,
    told,
    trained,
)

OWN = RecipientClass.OWN_ORGANISATION


def save(session, cast, interview, text=ACCOUNT, **more):
    return statements.record_account(session, interview, text, actor=cast.amina, **more)


def test_a_first_account_is_kept_in_its_words_and_every_wording_in_the_log(session, cast, instance):
    interview = introduced(session, cast)
    save(session, cast, interview)
    save(session, cast, interview, ACCOUNT + "\n\nІ сестру.", expected_version=interview.version)
    assert (interview.account_version, interview.language) == (2, "uk")
    with pytest.raises(InvalidInput, match="saved already"):
        save(session, cast, interview, interview.first_account)
    with pytest.raises(Conflict):
        save(session, cast, interview, "other", expected_version=2)
    instance_keyring = session.info["keyring"]
    session.info["ledger"].append(session)
    worded = [
        (event.values["account_version"], event.values["record.first_account"])
        for event in events_of(session, instance_keyring, interview.id)
        if "account_version" in event.values
    ]
    assert worded == [(1, ACCOUNT), (2, ACCOUNT + "\n\nІ сестру.")]


def test_before_the_introduction_is_complete_nothing_is_kept(session, cast):
    interview = begun(session, cast)
    conduct.introduce(session, interview, list(IntroductionPoint)[:-1], actor=cast.amina)
    with pytest.raises(GateClosed, match="not explained yet: complaint channel") as closed_gate:
        save(session, cast, interview)
    assert "interviewer explains it" in closed_gate.value.advice


def test_everything_that_is_missing_is_said_at_once(session, cast):
    witness = persons.person(session, cast.amina, cast.mission)
    with pytest.raises(GateClosed) as closed_gate:
        save(session, cast, begun(session, cast, witness))
    said = str(closed_gate.value)
    assert "not explained yet: who we are, mandate" in said
    assert "the interviewee has not allowed us to keep the account (never-asked)" in said
    assert witness.code not in said
    assert "The person alone can give it" in closed_gate.value.advice


@pytest.mark.parametrize(
    "cell",
    [
        Cell(RecipientClass.UA_OPG, Use.STORAGE, IdentityLevel.FULL),
        Cell(OWN, Use.ANALYSIS, IdentityLevel.FULL),
    ],
)
def test_another_consent_than_storage_by_us_does_not_open_the_gate(session, cast, cell):
    witness = persons.person(session, cast.amina, cast.mission)
    interview = begun(session, cast, witness)
    conduct.introduce(session, interview, [], actor=cast.amina)
    consent.allow(session, cast.amina, witness, cell)
    with pytest.raises(GateClosed, match="not-covered"):
        save(session, cast, interview)


def test_a_withdrawal_closes_the_gate_and_nobody_may_press(session, cast):
    witness = persons.person(session, cast.amina, cast.mission)
    interview = introduced(session, cast, witness)
    consent.take_back(session, cast.amina, witness)
    with pytest.raises(GateClosed, match="withdrawn") as closed_gate:
        save(session, cast, interview)
    assert "nobody may press" in closed_gate.value.advice


def test_consent_for_this_interview_alone_opens_this_one_alone(session, cast):
    witness = persons.person(session, cast.amina, cast.mission)
    first, second = begun(session, cast, witness), begun(session, cast, witness)
    for interview in (first, second):
        conduct.introduce(session, interview, [], actor=cast.amina)
    only = Cell(OWN, Use.STORAGE, IdentityLevel.FULL, (first.id,))
    consent.allow(session, cast.amina, witness, only)
    assert save(session, cast, first)
    with pytest.raises(GateClosed, match="has not allowed us to keep"):
        save(session, cast, second)


def test_an_expired_consent_keeps_nothing(session, cast, clock):
    witness = persons.person(session, cast.amina, cast.mission)
    interview = begun(session, cast, witness)
    conduct.introduce(session, interview, [], actor=cast.amina)
    consent.allow(session, cast.amina, witness, STORAGE, expires_on="2026-03-05")
    assert storage_decision(session, interview, witness).allowed
    clock.at += timedelta(days=10)
    with pytest.raises(GateClosed, match="expired"):
        save(session, cast, interview)


def test_what_was_refused_to_our_organisation_by_name_counts(session, cast):
    witness = persons.person(session, cast.amina, cast.mission)
    interview = introduced(session, cast, witness)
    us = parties.partner(
        session, cast.amina, kind=PartyKind.OWN, recipient_class=OWN, name="Fictional Centre"
    )
    assert storage_decision(session, interview, witness).allowed
    consent.take_back(session, cast.amina, witness, Cell(us, Use.STORAGE))
    with pytest.raises(GateClosed, match="withdrawn"):
        save(session, cast, interview)


def test_of_a_child_guardian_and_assent_come_from_the_consent(session, cast):
    mission = missions.mission(session, cast)
    specialist(session, cast, mission, CompetenceCategory.CHILD)
    child = persons.child(session, cast.amina, mission.compartment_id)
    guardian = persons.person(session, cast.amina, mission.compartment_id, roles=["guardian"])
    interview = planned(session, cast, child, mission=mission)
    approve_exception(session, asked(session, cast, interview), actor=cast.chen)
    conduct.begin_interview(session, interview, actor=cast.amina)
    conduct.introduce(session, interview, [], actor=cast.amina)
    with pytest.raises(GateClosed, match="has not allowed us to keep"):
        save(session, cast, interview)
    give(
        session,
        child,
        [STORAGE],
        facts={
            **consent.TAKEN,
            "is_guardian_conflict_checked": True,
            "child_assent": True,
            "best_interest": "The child wishes to tell it once.",
        },
        guardian=guardian,
        actor=cast.amina,
    )
    assert save(session, cast, interview).level is Level.RESTRICTED


def test_a_consent_given_as_an_adult_does_not_hold_for_whoever_turns_out_to_be_a_child(session, cast):
    mission = missions.mission(session, cast)
    specialist(session, cast, mission, CompetenceCategory.CHILD)
    witness = persons.person(session, cast.amina, mission.compartment_id)
    consent.allow(session, cast.amina, witness, STORAGE)
    amend_person(session, witness, {"age_band": "16-17"}, actor=cast.amina)
    interview = planned(session, cast, witness, mission=mission)
    approve_exception(session, asked(session, cast, interview), actor=cast.chen)
    conduct.begin_interview(session, interview, actor=cast.amina)
    conduct.introduce(session, interview, [], actor=cast.amina)
    with pytest.raises(GateClosed, match="lacks the guardian or the child's own assent"):
        save(session, cast, interview)


def test_an_instruction_or_a_prior_mark_stops_an_interview_that_is_under_way(session, cast):
    witness = persons.person(session, cast.amina, cast.mission)
    interview = introduced(session, cast, witness)
    row = prior.record_prior_account(
        session,
        interview,
        {"body": "OPG", "is_do_not_interview": True, "instruction_note": "letter 3"},
        actor=cast.amina,
    )
    with pytest.raises(GateClosed, match="asked us not to interview them"):
        save(session, cast, interview)
    prior.amend_prior_account(session, row, {"is_do_not_interview": False}, actor=cast.chen)
    parties.instruction(
        session, cast.amina, parties.prosecutor(session, cast.amina), person_code=witness.code
    )
    with pytest.raises(GateClosed, match="an investigating body asked us"):
        save(session, cast, interview)


def test_a_screening_keeps_leads_and_no_account(session, cast):
    interview = introduced(session, cast, account_type="screening")
    for act in (
        lambda: save(session, cast, interview),
        lambda: question(session, cast, interview),
    ):
        with pytest.raises(GateClosed, match="a screening holds no account"):
            act()
    statements.record_leads(session, interview, "A neighbour filmed it.", actor=cast.amina)
    assert interview.leads == "A neighbour filmed it."
    with pytest.raises(GateClosed, match="has not allowed us to keep"):
        statements.record_leads(
            session, begun(session, cast, account_type="screening"), "x", actor=cast.amina
        )


def test_a_clinical_account_is_written_by_a_clinician(session, cast):
    witness = persons.person(session, cast.amina, cast.mission)
    interview = planned(session, cast, witness, account_type="clinical")
    trained(session, cast, cast.bohdan, CompetenceCategory.CLINICIAN)
    account = missions.account_of(session, cast.bohdan)
    conduct.add_present(session, interview, "clinician", account=account, actor=cast.amina)
    conduct.begin_interview(session, interview, actor=cast.amina)
    conduct.introduce(session, interview, [], actor=cast.amina)
    consent.allow(session, cast.amina, witness, STORAGE)
    with pytest.raises(GateClosed, match="amina is no clinician"):
        save(session, cast, interview)
    statements.record_account(session, interview, "Findings.", actor=cast.bohdan)


def test_an_account_needs_words_and_a_language(session, cast):
    interview = introduced(session, cast, language=None)
    with pytest.raises(InvalidInput, match="language of the account"):
        save(session, cast, interview)
    for text, fault in (
        ("  ", "account is missing"),
        ("a\x00b", "control characters"),
        ("\ud800", "Unicode"),
    ):
        with pytest.raises(InvalidInput, match=fault):
            save(session, cast, interview, text, language="uk")
    with pytest.raises(InvalidInput, match="longer than 1000000"):
        save(session, cast, interview, "а" * 1_000_001, language="uk")
    assert save(session, cast, interview, "а" * 1_000_000, language="uk")


def test_a_level_found_too_low_is_raised_with_the_account(session, cast):
    mission = missions.mission(session, cast)
    specialist(session, cast, mission, CompetenceCategory.TRAUMA, CompetenceCategory.CRSV)
    witness = persons.person(session, cast.amina, mission.compartment_id, is_severely_traumatised=True)
    interview = planned(session, cast, witness, mission=mission)
    approve_exception(session, asked(session, cast, interview), actor=cast.chen)
    conduct.begin_interview(session, interview, actor=cast.amina)
    conduct.introduce(session, interview, [], actor=cast.amina)
    consent.allow(session, cast.amina, witness, STORAGE)
    assert interview.level is Level.CONFIDENTIAL
    amend_person(session, witness, {"is_crsv_survivor": True}, actor=cast.amina)
    with pytest.raises(GateClosed, match="no approved exception"):
        save(session, cast, interview)
    approve_exception(session, asked(session, cast, interview), actor=cast.chen)
    assert save(session, cast, interview).level is Level.RESTRICTED


def test_questions_are_numbered_and_their_wording_is_looked_at_once(session, cast):
    interview = told(session, cast)
    plain = question(session, cast, interview, timecode="00:02:14")
    leading = question(
        session, cast, interview, question="Ви ж бачили солдатів, чи не так?", question_type="open"
    )
    assert [plain.position, leading.position] == [1, 2]
    assert plain.warnings == []
    assert any("чи не так" in warning for warning in leading.warnings)
    statements.amend_question(session, leading, {"question_type": "leading"}, actor=cast.amina)
    assert (leading.question_type, leading.warnings) == (QuestionType.LEADING, [])
    with pytest.raises(Conflict):
        statements.amend_question(session, plain, {"answer": "Так."}, actor=cast.amina, expected_version=4)


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({"question": " "}, "question is missing"),
        ({"question_type": "closing"}, "not a known question type"),
        ({"timecode": "2:14"}, "not a timecode"),
        ({"timecode": "00:99:00"}, "not a timecode"),
        ({"language": "!"}, "not a language"),
        ({"position": 7}, "nothing here called position"),
        ({"warnings": []}, "nothing here called warnings"),
        ({"question_type": None}, "not a known question type"),
    ],
)
def test_a_question_that_says_too_little_is_refused(session, cast, facts, fault):
    with pytest.raises(InvalidInput, match=fault):
        question(session, cast, introduced(session, cast), **facts)


def test_questions_meet_the_gates_of_the_account(session, cast):
    with pytest.raises(GateClosed, match="not explained yet"):
        question(session, cast, begun(session, cast))


def test_what_was_read_back_stays_and_more_can_be_asked(session, cast):
    interview = told(session, cast)
    first = question(session, cast, interview)
    read_back(session, interview, is_signed=True, actor=cast.amina)
    with pytest.raises(GateClosed, match="was read back") as closed_gate:
        save(session, cast, interview, "another story")
    assert "as a correction" in closed_gate.value.advice
    with pytest.raises(GateClosed, match="was read back"):
        statements.amend_question(session, first, {"answer": "Так."}, actor=cast.amina)
    second = question(session, cast, interview)
    statements.amend_question(session, second, {"answer": "Так."}, actor=cast.amina)


def test_translations_stand_beside_the_original_and_name_its_version(session, cast):
    interview = told(session, cast)
    facts = {"language": "en", "translator": "TR-02", "certificate": "no. 12"}
    row = statements.translate_account(session, interview, "We sat in the cellar.", facts, actor=cast.amina)
    assert (row.account_version, row.level) == (1, interview.level)
    asked_of = question(session, cast, interview)
    answer = statements.translate_answer(
        session,
        asked_of,
        translated_question="What happened then?",
        translated_answer="I do not know.",
        facts=facts,
        actor=cast.amina,
    )
    assert (answer.question_version, answer.translator) == (1, "TR-02")
    for wrong, fault in (
        ({"language": "uk", "translator": "TR-02"}, "original is in uk"),
        ({"language": "en"}, "needs its translator"),
        ({"language": "en", "translator": "TR-02", "text": "x"}, "nothing here called text"),
    ):
        with pytest.raises(InvalidInput, match=fault):
            statements.translate_account(session, interview, "words", wrong, actor=cast.amina)
    with pytest.raises(InvalidInput, match="both or neither"):
        statements.translate_answer(
            session, asked_of, translated_question="x", translated_answer=None, facts=facts, actor=cast.amina
        )
    with pytest.raises(GateClosed, match="holds no account"):
        statements.translate_account(session, begun(session, cast), "x", facts, actor=cast.amina)


def test_a_closed_interview_takes_translations_and_no_more_words(session, cast):
    interview = closed(session, cast)
    for act in (
        lambda: save(session, cast, interview, "more"),
        lambda: question(session, cast, interview),
        lambda: statements.record_leads(session, interview, "more", actor=cast.amina),
    ):
        with pytest.raises(GateClosed, match="is closed"):
            act()
    facts = {"language": "en", "translator": "TR-02"}
    statements.translate_account(session, interview, "We sat.", facts, actor=cast.amina)


def test_the_outsider_writes_nothing_and_learns_nothing_of_the_gates(session, cast):
    interview = read(session, cast)
    row = question(session, cast, interview)
    facts = {"language": "en", "translator": "TR-02"}
    for act in (
        lambda: statements.record_account(session, interview, "x", actor=cast.outsider),
        lambda: statements.record_leads(session, interview, "x", actor=cast.outsider),
        lambda: statements.record_question(session, interview, {}, actor=cast.outsider),
        lambda: statements.amend_question(session, row, {"answer": "x"}, actor=cast.outsider),
        lambda: statements.translate_account(session, interview, "x", facts, actor=cast.outsider),
        lambda: statements.record_account(session, begun(session, cast), "x", actor=cast.outsider),
    ):
        with pytest.raises(NotPermitted):
            act()


def test_whoever_may_not_write_at_its_level_does_not(session, cast):
    interview = introduced(session, cast)
    amend_interview(session, interview, {"level": "SEALED"}, actor=cast.amina)
    lowered(session, cast, Level.RESTRICTED, cast.mission)
    with pytest.raises(NotPermitted):
        save(session, cast, interview)


def test_sub_records_inherit_what_the_interview_is_kept_under(session, cast):
    under = Governance(Level.RESTRICTED, "documentation", "art. 6(1)(f)")
    witness = persons.person(session, cast.amina, cast.mission)
    interview = planned(session, cast, witness, governance=under)
    conduct.begin_interview(session, interview, actor=cast.amina)
    conduct.introduce(session, interview, [], actor=cast.amina)
    consent.allow(session, cast.amina, witness, STORAGE)
    save(session, cast, interview)
    row = question(session, cast, interview)
    assert Governance.of(row) == under


def test_after_a_withdrawal_what_is_kept_is_not_worked_on(session, cast):
    witness = persons.person(session, cast.amina, cast.mission)
    interview = told(session, cast, witness)
    row = question(session, cast, interview)
    consent.take_back(session, cast.amina, witness)
    facts = {"language": "en", "translator": "TR-02"}
    for act in (
        lambda: statements.translate_account(session, interview, "We sat.", facts, actor=cast.amina),
        lambda: statements.translate_answer(
            session, row, translated_question="x", translated_answer="y", facts=facts, actor=cast.amina
        ),
        lambda: correct(session, interview, passage="x", correction="y", actor=cast.amina),
        lambda: statements.amend_question(session, row, {"answer": "x"}, actor=cast.amina),
    ):
        with pytest.raises(GateClosed, match="withdrawn"):
            act()
