"""The migration of the interviews room, up and down again with rows in the database."""

from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError

from evidence_tracker.instance import migrate
from tests.migrations.steps import SOMEBODY, WHEN, count, database, differences, down, put, tables

NAMES = {
    "interview",
    "interview_person",
    "interview_exhibit",
    "interview_present",
    "interview_question",
    "account_translation",
    "answer_translation",
    "prior_account",
    "interview_correction",
    "interview_exception",
    "interview_expense",
    "interview_evaluation",
}
INTERVIEW, PERSON, OTHER, SECOND = (UUID(int=number) for number in (20, 21, 22, 23))
MOMENT = '{"approximate":false,"precision":"day","value":"2026-03-02","zone":null,"zone_basis":null}'


def person(engine, row_id, code):
    put(
        engine,
        "person",
        id=row_id,
        code=code,
        protection_level="standard",
        roles="[]",
        civil_status="civilian",
        age_band="25-39",
        is_child=0,
        is_crsv_survivor=0,
        is_severely_traumatised=0,
        vulnerabilities="[]",
        languages="[]",
    )


def interview(engine, row_id=INTERVIEW, reference="KYI-I-0001", **values):
    row = {
        "account_type": "first_account",
        "state": "planned",
        "breaks": "[]",
        "distress": "[]",
        "introduction": "{}",
        "is_remote": 0,
        "stopped_at_wish": 0,
        **values,
    }
    put(engine, "interview", id=row_id, reference=reference, **row)


@pytest.fixture
def engine(tmp_path):
    made = database(tmp_path, "consent")
    person(made, PERSON, "PN-7KQ2MX")
    person(made, OTHER, "PN-000000")
    yield made
    made.dispose()


def test_upgrading_makes_the_tables_as_the_models_have_them(engine):
    assert not NAMES & tables(engine)

    migrate(engine, "interviews")

    assert tables(engine) >= NAMES
    assert differences(engine, NAMES) == []


def test_going_back_drops_them_and_leaves_what_was_there(engine):
    migrate(engine, "interviews")
    interview(engine)
    put(
        engine,
        "interview_person",
        id=UUID(int=30),
        interview_id=INTERVIEW,
        person_id=PERSON,
        role="interviewee",
    )

    down(engine, "consent")

    assert not NAMES & tables(engine)
    assert count(engine, "person") == 2
    migrate(engine, "interviews")
    assert count(engine, "interview") == 0


def test_the_database_keeps_one_interviewee_and_one_link_a_role(engine):
    migrate(engine, "interviews")
    interview(engine)
    link = {"interview_id": INTERVIEW, "role": "interviewee"}
    put(
        engine,
        "interview_person",
        id=UUID(int=30),
        person_id=OTHER,
        ended_at=WHEN,
        ended_reason="mistaken",
        **link,
    )
    put(engine, "interview_person", id=UUID(int=31), person_id=PERSON, **link)
    guardian = {"interview_id": INTERVIEW, "person_id": OTHER, "role": "guardian"}
    put(engine, "interview_person", id=UUID(int=32), **guardian)

    with pytest.raises(IntegrityError, match=r"interview_person\.interview_id"):
        put(engine, "interview_person", id=UUID(int=33), person_id=OTHER, **link)
    with pytest.raises(IntegrityError, match="UNIQUE"):
        put(engine, "interview_person", id=UUID(int=34), **guardian)


def test_the_database_keeps_what_the_acts_promise(engine):
    migrate(engine, "interviews")
    interview(engine, first_account="words", account_version=1)
    of = {"interview_id": INTERVIEW}
    request = {
        **of,
        "account_type": "first_account",
        "ground": "imminent-loss",
        "justification": "tonight",
        "categories": "[]",
        "interviewer_id": SOMEBODY,
    }
    expense = {**of, "kind": "travel", "what": "bus", "currency": "UAH", "paid": MOMENT}
    put(engine, "interview_exception", id=UUID(int=40), outcome="asked", **request)
    put(engine, "interview_expense", id=UUID(int=41), amount_minor=1, no_receipt_reason="none", **expense)

    faults = [
        (
            "not_the_interviewer",
            "interview_exception",
            {**request, "outcome": "approved", "decided_by": SOMEBODY},
        ),
        ("decision_whole", "interview_exception", {**request, "outcome": "approved"}),
        ("amount_positive", "interview_expense", {**expense, "amount_minor": 0, "no_receipt_reason": "n"}),
        ("receipt_or_reason", "interview_expense", {**expense, "amount_minor": 1}),
        ("one_bearer", "interview_present", {**of, "role": "lawyer"}),
        ("one_bearer", "interview_present", {**of, "role": "lawyer", "code": "L-1", "account_id": SOMEBODY}),
        ("instruction_whole", "prior_account", {**of, "body": "OPG", "is_do_not_interview": 1}),
        ("credibility_scale", "interview_evaluation", {**of, "reliability": "A", "credibility": 7}),
        ("reliability_scale", "interview_evaluation", {**of, "reliability": "G", "credibility": 1}),
    ]
    for number, (constraint, table, values) in enumerate(faults):
        with pytest.raises(IntegrityError, match=constraint):
            put(engine, table, id=UUID(int=50 + number), **values)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("account_whole", {"first_account": "words"}),
        ("read_back_whole", {"read_back_at": WHEN}),
        (
            "read_or_not",
            {
                "read_back_at": WHEN,
                "read_back_language": "uk",
                "read_back_questions": 0,
                "unread_reason": "x",
            },
        ),
        ("review_whole", {"reviewed_at": WHEN}),
        ("second_person", {"reviewed_at": WHEN, "reviewed_by": SOMEBODY}),
    ],
)
def test_half_a_fact_is_none(engine, constraint, values):
    migrate(engine, "interviews")
    with pytest.raises(IntegrityError, match=constraint):
        interview(engine, SECOND, **values)
