"""Questions about parties: pages by key, filters, and nothing for the outsider."""

from datetime import timedelta

import pytest

from evidence_tracker.casework.parties.agreements import end_agreement, join_agreement, leave_agreement
from evidence_tracker.casework.parties.directory import end_party
from evidence_tracker.casework.parties.instructions import lift_instruction
from evidence_tracker.casework.parties.models import (
    AgreementState,
    DataProtectionRole,
    InstructionKind,
    PartyKind,
    RecipientClass,
)
from evidence_tracker.casework.parties.queries import (
    find_party,
    memberships,
    page_agreements,
    page_instructions,
    page_parties,
    parties_by_id,
    parties_of,
)
from evidence_tracker.errors import NotFound
from tests.factories.parties import agreement, instruction, partner, prosecutor


def test_pages_follow_each_other_without_gaps_or_doubles(session, cast, clock):
    made = []
    for number in range(7):
        made.append(partner(session, cast.amina, name=f"Partner {number}"))
        clock.at += timedelta(seconds=number % 2)  # some share one moment
    pages, after = [], None
    while page := page_parties(session, actor=cast.chen, after=after, limit=3):
        pages.append(len(page))
        after = (page[-1].recorded_at, page[-1].id)
        made = [party for party in made if party not in page]
    assert (pages, made) == ([3, 3, 1], [])


def test_parties_are_filtered_by_kind_and_class_and_ended_ones_left_out(session, cast):
    one, two = partner(session, cast.amina), prosecutor(session, cast.amina)
    assert page_parties(session, actor=cast.amina, kind=PartyKind.PARTNER) == [one]
    national = RecipientClass.NATIONAL_PROSECUTOR
    assert page_parties(session, actor=cast.amina, recipient_class=national) == [two]
    end_party(session, one, reason="closed", actor=cast.amina)
    assert page_parties(session, actor=cast.amina) == [two]
    assert len(page_parties(session, actor=cast.amina, include_ended=True)) == 2


def test_the_outsider_sees_no_party(session, cast):
    party = partner(session, cast.amina)
    assert page_parties(session, actor=cast.outsider) == []
    assert parties_by_id(session, [party.id], actor=cast.outsider) == {}
    with pytest.raises(NotFound):
        find_party(session, party.reference, actor=cast.outsider)
    assert find_party(session, f" {party.reference} ", actor=cast.daria) is party
    assert parties_by_id(session, [party.id], actor=cast.daria) == {party.id: party}


def test_a_party_shows_its_agreements_with_its_role_in_each(session, cast):
    one, two = partner(session, cast.amina), prosecutor(session, cast.amina)
    shared = agreement(session, cast.amina, one, subject="Shared")
    join_agreement(session, shared, two, role="recipient", actor=cast.amina)
    left = agreement(session, cast.amina, one, subject="Left")
    leave_agreement(session, left, one, actor=cast.amina)
    assert [(link.role, row.subject) for link, row in memberships(session, one, actor=cast.chen)] == [
        (DataProtectionRole.JOINT_CONTROLLER, "Shared")
    ]
    assert memberships(session, one, actor=cast.chen, limit=0) == []
    assert memberships(session, one, actor=cast.outsider) == []
    assert parties_of(session, [shared.id, left.id], actor=cast.chen) == {shared.id: [one, two]}
    assert parties_of(session, [shared.id], actor=cast.outsider) == {}


def test_instructions_are_filtered_by_what_they_ask(session, cast):
    body = prosecutor(session, cast.amina)
    instruction(session, cast.amina, body)
    visit = instruction(session, cast.amina, body, kind="do-not-visit", person_code=None, area="Vyhadane")
    asked = {"actor": cast.amina, "kind": InstructionKind.DO_NOT_VISIT}
    assert page_instructions(session, **asked) == [visit]
    assert page_instructions(session, **{**asked, "actor": cast.outsider}) == []


@pytest.mark.parametrize("days", [-30, 0, 1, 29, 30, 31, 400])
def test_a_record_says_of_itself_what_the_questions_say_of_it(session, cast, clock, days):
    # The day that an agreement is signed and the last one of it count as a whole.
    body = prosecutor(session, cast.amina)
    span = {"signed_on": "2026-03-02", "valid_until": "2026-04-01"}
    signed = [agreement(session, cast.amina, body, **span), agreement(session, cast.amina, body)]
    agreement(session, cast.amina, body, signed_on=None)
    end_agreement(session, signed[1], reason="closed", actor=cast.amina)
    told = [
        instruction(session, cast.amina, body, since="2026-03-02", until="2026-04-01"),
        instruction(session, cast.amina, body, since="2025"),
    ]
    lift_instruction(session, told[1], source="letter", actor=cast.chen)
    at = clock.at + timedelta(days=days)
    binding = page_agreements(session, actor=cast.amina, in_force_at=at)
    standing = page_instructions(session, actor=cast.amina, standing_at=at)
    assert [row in binding for row in signed] == [row.state_at(at) == "in-force" for row in signed]
    assert [row in standing for row in told] == [row.state_at(at) == "stands" for row in told]


def test_the_state_is_said_in_one_word(session, cast, clock):
    body = prosecutor(session, cast.amina)
    unsigned = agreement(session, cast.amina, body, signed_on=None)
    bound = agreement(session, cast.amina, body, signed_on="2026-03-02", valid_until="2026-04")
    told = instruction(session, cast.amina, body, since="2026-03-02", until="2026-04")
    near, far = clock.at, clock.at + timedelta(days=100)
    early = clock.at - timedelta(days=9)
    assert unsigned.state_at(near) is AgreementState.UNSIGNED
    assert [bound.state_at(at) for at in (early, near, far)] == ["not-yet-in-force", "in-force", "expired"]
    assert [told.state_at(at) for at in (early, near, far)] == ["not-yet", "stands", "expired"]
    end_agreement(session, bound, reason="closed", actor=cast.amina)
    lift_instruction(session, told, source="letter", actor=cast.chen)
    assert (bound.state_at(far), told.state_at(far)) == ("ended", "lifted")
