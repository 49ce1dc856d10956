"""One interview from plan to review; then every row is held against the custody log."""

from evidence_tracker.casework.interviews import (
    closing,
    conduct,
    exceptions,
    expenses,
    links,
    prior,
    statements,
)
from evidence_tracker.casework.interviews.drafting import keep_draft
from evidence_tracker.casework.interviews.models import InterviewState
from evidence_tracker.casework.missions.models import CompetenceCategory
from evidence_tracker.custody.history import events_of
from evidence_tracker.jobs.audit import audit
from tests.factories import consent, exhibits, missions, persons
from tests.factories.interviews import ACCOUNT, STORAGE, asked, planned, question, specialist


def test_an_interview_with_a_survivor_from_plan_to_review_and_the_log_agrees(instance, cast, clock):
    with instance.transaction() as session:
        mission = missions.mission(session, cast, purpose="documentation", legal_basis="art. 9(2)(a)")
        specialist(session, cast, mission, CompetenceCategory.CRSV)
        who = persons.person(session, cast.amina, mission.compartment_id, is_crsv_survivor=True)
        consent.allow(session, cast.amina, who, STORAGE)
        interview = planned(session, cast, who, mission=mission, place="Стара Вигадана", is_private=True)
        exceptions.approve_exception(session, asked(session, cast, interview), actor=cast.chen)
        conduct.begin_interview(session, interview, actor=cast.amina)
        conduct.introduce(session, interview, [], actor=cast.amina)
        conduct.add_present(session, interview, "support-person", code="SUP-03", actor=cast.amina)
        prior.record_prior_account(session, interview, {"body": "HRMMU"}, actor=cast.amina)
        keep_draft(session, interview, {"text": "Ми"}, actor=cast.amina)
        statements.record_account(session, interview, ACCOUNT, actor=cast.amina)
        statements.record_leads(session, interview, "сусідка", actor=cast.amina)
        row = question(session, cast, interview)
        facts = {"language": "en", "translator": "TR-02"}
        statements.translate_account(session, interview, "We sat.", facts, actor=cast.amina)
        statements.translate_answer(
            session, row, translated_question="Then?", translated_answer="No.", facts=facts, actor=cast.amina
        )
        conduct.observe_distress(session, interview, "Wept.", actor=cast.amina)
        conduct.record_break(session, interview, began="2026-03-02", actor=cast.amina)
        conduct.refer(session, interview, "medical", actor=cast.amina)
        audio = exhibits.receive(session, instance.vault, cast, b"sound")
        links.link_exhibit(session, interview, audio, "recording", actor=cast.amina)
        expenses.record_expense(
            session,
            interview,
            {
                "kind": "travel",
                "what": "bus",
                "amount_minor": 9_000,
                "currency": "UAH",
                "paid": "2026-03-02",
                "no_receipt_reason": "no tickets",
            },
            actor=cast.amina,
        )
        closing.read_back(session, interview, is_signed=True, actor=cast.amina)
        closing.correct(session, interview, passage="три", correction="чотири", actor=cast.amina)
        closing.close_interview(session, interview, actor=cast.amina)
        closing.evaluate(session, interview, {"reliability": "B", "credibility": 2}, actor=cast.amina)
        closing.review_interview(session, interview, quality_review="Careful.", actor=cast.chen)
        assert interview.state is InterviewState.REVIEWED
    report = audit(instance)
    assert report.findings == []
    with instance.reading() as session:
        acts = [event.values["act"] for event in events_of(session, instance.keyring, interview.id)]
    assert acts[0] == "recorded"
    assert acts[-1] == "signed_off"
    assert acts.count("state_changed") == 3, "approved depth, begun, closed"
