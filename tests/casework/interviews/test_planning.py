"""Planning: who, why now, at which level; instructions and prior accounts close the way already here."""

from datetime import UTC, datetime

import pytest

from evidence_tracker.access.levels import Level
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.interviews.models import AccountType, InterviewRole, InterviewState
from evidence_tracker.casework.interviews.planning import (
    amend_interview,
    cancel_interview,
    plan_interview,
)
from evidence_tracker.casework.interviews.prior import record_prior_account
from evidence_tracker.casework.interviews.queries import persons_of
from evidence_tracker.casework.parties.instructions import lift_instruction
from evidence_tracker.errors import Conflict, GateClosed, InvalidInput, NotPermitted
from evidence_tracker.values.place import Place
from tests.factories import missions, parties, persons
from tests.factories.interviews import begun, closed, lowered, planned, told


def test_an_interview_is_planned_as_a_first_account_with_one_interviewee(session, cast):
    witness = persons.person(session, cast.amina, cast.mission)
    interview = planned(session, cast, witness, why_now="The family leaves in May.", language="UK")
    assert interview.reference == "KYI-I-0001"
    assert (interview.account_type, interview.state) == (AccountType.FIRST_ACCOUNT, InterviewState.PLANNED)
    assert (interview.language, interview.level, interview.legal_basis) == ("uk", Level.CONFIDENTIAL, None)
    [(link, person)] = persons_of(session, interview, actor=cast.amina)
    assert (link.role, person) == (InterviewRole.INTERVIEWEE, witness)
    assert link.level is Level.RESTRICTED, "the link is as restricted as the person"


def test_it_inherits_level_purpose_and_basis_from_the_mission(session, cast):
    made = missions.mission(
        session, cast, purpose="documentation", legal_basis="art. 6(1)(f)", level="RESTRICTED"
    )
    interview = planned(session, cast, mission=made)
    assert (interview.mission_id, interview.compartment_id) == (made.id, made.compartment_id)
    assert (interview.level, interview.purpose, interview.legal_basis) == (
        Level.RESTRICTED,
        "documentation",
        "art. 6(1)(f)",
    )


@pytest.mark.parametrize("flag", ["is_crsv_survivor", "is_child"])
def test_a_child_and_a_survivor_are_screened_and_never_below_restricted(session, cast, flag):
    facts = {"age_band": "12-15"} if flag == "is_child" else {flag: True}
    person = persons.person(session, cast.amina, cast.mission, **facts)
    interview = planned(session, cast, person)
    assert (interview.account_type, interview.level) == (AccountType.SCREENING, Level.RESTRICTED)
    with pytest.raises(InvalidInput, match="child or a survivor is never below RESTRICTED"):
        planned(session, cast, person, governance=Governance(Level.CONFIDENTIAL))
    with pytest.raises(InvalidInput, match="never below RESTRICTED"):
        amend_interview(session, interview, {"level": "CONFIDENTIAL"}, actor=cast.chen)


def test_a_severely_traumatised_person_is_screened_too(session, cast):
    person = persons.person(session, cast.amina, cast.mission, is_severely_traumatised=True)
    assert planned(session, cast, person).account_type is AccountType.SCREENING


@pytest.mark.parametrize("depth", [one for one in AccountType if one is not AccountType.SCREENING])
def test_no_depth_but_a_screening_can_be_planned_with_a_child(session, cast, depth):
    child = persons.child(session, cast.amina, cast.mission)
    with pytest.raises(GateClosed, match="only be screened") as closed_gate:
        planned(session, cast, child, account_type=depth)
    assert "ask for an exception" in closed_gate.value.advice
    interview = planned(session, cast, child)
    with pytest.raises(GateClosed, match="only be screened"):
        amend_interview(session, interview, {"account_type": depth}, actor=cast.chen)


def test_a_statement_is_never_below_confidential(session, cast):
    with pytest.raises(InvalidInput, match="never below CONFIDENTIAL"):
        planned(session, cast, governance=Governance(Level.INTERNAL))
    assert planned(session, cast, governance=Governance(Level.SEALED)).level is Level.SEALED


def test_an_instruction_against_the_person_blocks_and_names_who_can_lift_it(session, cast):
    witness = persons.person(session, cast.amina, cast.mission)
    told_by = parties.instruction(
        session, cast.amina, parties.prosecutor(session, cast.amina), person_code=witness.code
    )
    with pytest.raises(GateClosed, match="asked us not to interview this person") as closed_gate:
        planned(session, cast, witness)
    assert told_by.reference in str(closed_gate.value)
    assert "Only that body can lift it" in closed_gate.value.advice
    lift_instruction(session, told_by, source="letter 40/2026", actor=cast.chen)
    planned(session, cast, witness)


def test_an_instruction_that_may_not_be_read_blocks_without_a_word_on_it(session, cast):
    witness = persons.person(session, cast.amina, cast.mission)
    sealed = parties.instruction(
        session,
        cast.olena,
        parties.prosecutor(session, cast.amina),
        person_code=witness.code,
        kind="do-not-contact",
        governance=Governance(Level.SEALED),
    )
    lowered(session, cast, Level.INTERNAL)
    with pytest.raises(GateClosed) as closed_gate:
        planned(session, cast, witness)
    assert sealed.reference not in str(closed_gate.value)


def test_an_instruction_for_the_area_blocks_by_place_and_by_mission(session, cast):
    party = parties.prosecutor(session, cast.amina)
    parties.instruction(session, cast.amina, party, person_code=None, area="Nova Vyhadana")
    with pytest.raises(GateClosed, match="in this area"):
        planned(session, cast, place="Nova Vyhadana, the school")
    made = missions.mission(session, cast)
    with pytest.raises(GateClosed, match="in this area"):
        planned(session, cast, mission=made)
    renamed = Place("Komsomolske", current_name="Nova Vyhadana")
    with pytest.raises(GateClosed, match="in this area"):
        planned(session, cast, place=renamed)
    planned(session, cast, place="Stara Vyhadana")
    planned(session, cast)


def test_an_instruction_of_another_kind_does_not_block(session, cast):
    witness = persons.person(session, cast.amina, cast.mission)
    party = parties.prosecutor(session, cast.amina)
    parties.instruction(session, cast.amina, party, person_code=witness.code, kind="do-not-publish")
    planned(session, cast, witness)


def test_a_prior_account_with_an_instruction_blocks_every_later_interview(session, cast):
    witness = persons.person(session, cast.amina, cast.mission)
    first = planned(session, cast, witness)
    record_prior_account(
        session,
        first,
        {"body": "HRMMU", "is_do_not_interview": True, "instruction_note": "by telephone, 1 March"},
        actor=cast.amina,
    )
    with pytest.raises(GateClosed, match="asked us not to interview them"):
        planned(session, cast, witness)


def test_an_interview_needs_a_home_and_known_facts(session, cast):
    witness = persons.person(session, cast.amina, cast.mission)
    with pytest.raises(InvalidInput, match="needs a home"):
        plan_interview(session, witness, {}, actor=cast.amina)
    for facts, fault in (
        ({"colour": "red"}, "nothing here called colour"),
        ({"account_type": "group"}, "not a known account type"),
        ({"language": "Ukrainian!"}, "not a language tag"),
        ({"is_remote": "yes"}, "must be true or false"),
        ({"first_account": "They came"}, "nothing here called first_account"),
    ):
        with pytest.raises(InvalidInput, match=fault):
            plan_interview(session, witness, facts, actor=cast.amina, compartment_id=cast.mission)


def test_the_outsider_plans_and_changes_nothing(session, cast):
    witness = persons.person(session, cast.amina, cast.mission)
    interview = planned(session, cast, witness)
    with pytest.raises(NotPermitted):
        plan_interview(session, witness, {}, actor=cast.outsider, compartment_id=cast.mission)
    with pytest.raises(NotPermitted):
        amend_interview(session, interview, {"why_now": "x"}, actor=cast.outsider)
    with pytest.raises(NotPermitted):
        cancel_interview(session, interview, reason="x", actor=cast.outsider)


def test_nobody_plans_with_a_person_they_may_not_read(session, cast):
    witness = persons.person(session, cast.amina, cast.mission, governance=Governance(Level.SEALED))
    lowered(session, cast, Level.RESTRICTED, cast.mission)
    with pytest.raises(NotPermitted):
        planned(session, cast, witness)


def test_what_was_planned_is_amended_and_a_stale_edit_is_refused(session, cast):
    interview = planned(session, cast)
    amend_interview(session, interview, {"place": "Стара Вигадана", "is_private": True}, actor=cast.amina)
    assert (interview.version, str(interview.place)) == (2, "Стара Вигадана")
    with pytest.raises(Conflict):
        amend_interview(session, interview, {"why_now": "x"}, actor=cast.amina, expected_version=1)
    with pytest.raises(InvalidInput, match="nothing was changed"):
        amend_interview(session, interview, {"is_private": True}, actor=cast.amina)
    with pytest.raises(InvalidInput, match="nothing here called state"):
        amend_interview(session, interview, {"state": "closed"}, actor=cast.amina)


def test_lowering_the_level_takes_a_supervisor(session, cast):
    interview = planned(session, cast, governance=Governance(Level.SEALED))
    with pytest.raises(NotPermitted):
        amend_interview(session, interview, {"level": "RESTRICTED"}, actor=cast.amina)
    assert (
        amend_interview(session, interview, {"level": "RESTRICTED"}, actor=cast.chen).level
        is Level.RESTRICTED
    )


def test_times_are_corrected_only_once_it_began_and_in_order(session, cast):
    with pytest.raises(GateClosed, match="correcting when it started"):
        amend_interview(session, planned(session, cast), {"started": "2026-03-02"}, actor=cast.amina)
    interview = begun(session, cast)
    corrected = {"started": {"value": "2026-03-02T08:30", "zone": "UTC"}}
    amend_interview(session, interview, corrected, actor=cast.amina)
    assert interview.started_earliest_at == datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
    with pytest.raises(InvalidInput, match="has not come yet"):
        amend_interview(session, interview, {"started": "2026-03-05"}, actor=cast.amina)
    with pytest.raises(InvalidInput, match="ends before it begins"):
        amend_interview(session, interview, {"ended": "2026-02-01"}, actor=cast.amina)


def test_once_closed_only_a_supervisor_amends_it(session, cast):
    interview = closed(session, cast)
    with pytest.raises(NotPermitted):
        amend_interview(session, interview, {"privacy_note": "a neighbour passed"}, actor=cast.amina)
    amend_interview(session, interview, {"privacy_note": "a neighbour passed"}, actor=cast.chen)
    with pytest.raises(GateClosed, match="another type of account"):
        amend_interview(session, interview, {"account_type": "full_statement"}, actor=cast.chen)


def test_an_account_does_not_become_a_screening(session, cast):
    interview = told(session, cast)
    with pytest.raises(GateClosed, match="no screening any more"):
        amend_interview(session, interview, {"account_type": "screening"}, actor=cast.amina)
    amend_interview(session, interview, {"account_type": "full_statement"}, actor=cast.amina)
    assert interview.account_type is AccountType.FULL_STATEMENT


def test_an_interview_is_called_off_with_a_reason_before_it_begins(session, cast):
    interview = planned(session, cast)
    with pytest.raises(InvalidInput, match="reason is missing"):
        cancel_interview(session, interview, reason=" ", actor=cast.amina)
    cancel_interview(session, interview, reason="the person does not wish it", actor=cast.amina)
    assert interview.state is InterviewState.CANCELLED
    with pytest.raises(GateClosed, match="is cancelled"):
        cancel_interview(session, interview, reason="again", actor=cast.amina)
    with pytest.raises(GateClosed, match="is under way"):
        cancel_interview(session, begun(session, cast), reason="late", actor=cast.amina)
