"""Accounts given to others: they warn everybody, close the way with an instruction, and tell no secret."""

import pytest

from evidence_tracker.access.levels import Level
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.interviews import prior, queries
from evidence_tracker.casework.interviews.links import end_person_link
from evidence_tracker.casework.interviews.planning import cancel_interview, plan_interview
from evidence_tracker.errors import Conflict, GateClosed, InvalidInput, NotPermitted
from tests.factories import parties, persons
from tests.factories.interviews import closed, lowered, planned

POLICE = {"body": "Police of the Invented District", "given": "2022-05", "is_signed": True}


def record(session, cast, interview, actor=None, **facts):
    return prior.record_prior_account(session, interview, {**POLICE, **facts}, actor=actor or cast.amina)


def test_a_prior_account_is_recorded_and_warns(session, cast):
    witness = persons.person(session, cast.amina, cast.mission)
    interview = planned(session, cast, witness)
    assert prior.warnings(session, witness, actor=cast.amina, besides=interview) == []
    party = parties.prosecutor(session, cast.amina)
    row = prior.record_prior_account(session, interview, POLICE, party=party, actor=cast.amina)
    assert (row.party_id, str(row.given)) == (party.id, "2022-05")
    assert prior.warnings(session, witness, actor=cast.amina, besides=interview) == [
        f"{witness.code} gave an account to Police of the Invented District before (2022-05)."
    ]
    assert queries.prior_accounts(session, interview, actor=cast.amina) == [row]


def test_an_earlier_interview_of_our_own_warns_and_a_plan_does_not(session, cast):
    witness = persons.person(session, cast.amina, cast.mission)
    done = closed(session, cast, witness)
    cancel_interview(session, planned(session, cast, witness), reason="not needed", actor=cast.amina)
    new = planned(session, cast, witness)
    assert queries.warnings(session, new, actor=cast.amina) == [
        f"{witness.code} was interviewed here before: {done.reference}."
    ]


def test_what_may_not_be_read_warns_without_source_or_number(session, cast):
    witness = persons.person(session, cast.amina, cast.mission)
    secret = plan_interview(
        session,
        witness,
        {},
        actor=cast.olena,
        compartment_id=cast.mission,
        governance=Governance(Level.SEALED),
    )
    for body in ("Ministry of Secrets", "Another Ministry"):
        record(session, cast, secret, actor=cast.olena, body=body)
    lowered(session, cast, Level.RESTRICTED, cast.mission)
    [said] = prior.warnings(session, witness, actor=cast.amina)
    assert (
        said == f"There is an account of {witness.code} that you may not read; ask the lead before going on."
    )


def test_the_mark_is_set_by_anybody_and_taken_back_by_a_supervisor(session, cast):
    interview = planned(session, cast)
    row = record(session, cast, interview)
    with pytest.raises(InvalidInput, match="needs a note"):
        prior.amend_prior_account(session, row, {"is_do_not_interview": True}, actor=cast.amina)
    marked = {"is_do_not_interview": True, "instruction_note": "letter 12"}
    prior.amend_prior_account(session, row, marked, actor=cast.amina)
    for change in ({"is_do_not_interview": False}, {"instruction_note": "none really"}):
        with pytest.raises(NotPermitted):
            prior.amend_prior_account(session, row, change, actor=cast.amina)
    prior.amend_prior_account(session, row, {"is_copy_held": True}, actor=cast.amina)
    lifted = {"is_do_not_interview": False, "instruction_note": "lifted by letter 40"}
    prior.amend_prior_account(session, row, lifted, actor=cast.chen, expected_version=3)
    with pytest.raises(Conflict):
        prior.amend_prior_account(session, row, {"is_signed": False}, actor=cast.amina, expected_version=3)


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({"body": " "}, "body is missing"),
        ({"given": "2030"}, "has not come yet"),
        ({"given": "soon"}, "not a date"),
        ({"is_do_not_interview": True}, "needs a note"),
        ({"is_signed": "yes"}, "true or false"),
        ({"text": "what they said"}, "nothing here called text"),
    ],
)
def test_it_refuses_an_account_of_nobody_or_of_tomorrow(session, cast, facts, fault):
    with pytest.raises(InvalidInput, match=fault):
        record(session, cast, planned(session, cast), **facts)


def test_the_outsider_records_none_and_a_cancelled_interview_takes_none(session, cast):
    interview = planned(session, cast)
    row = record(session, cast, interview)
    with pytest.raises(NotPermitted):
        record(session, cast, interview, actor=cast.outsider)
    with pytest.raises(NotPermitted):
        prior.amend_prior_account(session, row, {"is_signed": False}, actor=cast.outsider)
    assert queries.prior_accounts(session, interview, actor=cast.outsider) == []
    cancel_interview(session, interview, reason="x", actor=cast.amina)
    with pytest.raises(GateClosed, match="is cancelled"):
        record(session, cast, interview)


def test_a_mark_noted_of_another_person_by_mistake_does_not_stay_with_them(session, cast):
    mistaken = persons.person(session, cast.amina, cast.mission)
    interview = planned(session, cast, mistaken)
    record(session, cast, interview, is_do_not_interview=True, instruction_note="letter 12")
    with pytest.raises(GateClosed, match="asked us not to interview them"):
        planned(session, cast, mistaken)
    [(link, _)] = queries.persons_of(session, interview, actor=cast.amina)
    end_person_link(session, link, reason="the sister", actor=cast.amina)
    assert planned(session, cast, mistaken).state.value == "planned"
