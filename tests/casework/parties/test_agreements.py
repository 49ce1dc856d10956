"""Agreements: between whom, for what, until when."""

from datetime import UTC, datetime

import pytest

from evidence_tracker.access.records import Governance
from evidence_tracker.casework.parties.agreements import (
    amend_agreement,
    end_agreement,
    join_agreement,
    leave_agreement,
)
from evidence_tracker.casework.parties.models import DataProtectionRole
from evidence_tracker.casework.parties.queries import find_agreement, page_agreements, parties_to
from evidence_tracker.errors import Conflict, InvalidInput, NotFound, NotPermitted
from tests.factories.parties import agreement, partner, prosecutor

MAY = datetime(2026, 5, 1, tzinfo=UTC)


def test_an_agreement_names_its_parties_with_their_roles(session, cast):
    party = partner(session, cast.amina)
    signed = agreement(session, cast.amina, party, governance=Governance(purpose="joint work"))
    assert signed.reference == "KYI-PA-0001"
    [(link, found)] = parties_to(session, signed, actor=cast.amina)
    assert (found, link.role, link.purpose) == (party, DataProtectionRole.JOINT_CONTROLLER, "joint work")
    assert find_agreement(session, signed.reference, actor=cast.daria) is signed


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({"subject": ""}, "subject is missing"),
        ({"scope": None}, "scope is missing"),
        ({"parties": []}, "at least one party"),
        ({"signed_on": "2026-13"}, "not a real date"),
        ({"signed_on": "2026-05", "valid_until": "2026-01"}, "ends before it begins"),
    ],
)
def test_it_refuses_an_agreement_that_says_too_little(session, cast, facts, fault):
    with pytest.raises(InvalidInput, match=fault):
        agreement(session, cast.amina, partner(session, cast.amina), **facts)


def test_it_refuses_a_party_twice_and_an_unknown_role_before_writing_anything(session, cast):
    party = partner(session, cast.amina)
    with pytest.raises(InvalidInput, match="named twice"):
        agreement(session, cast.amina, party, parties=[(party, "processor"), (party, "recipient")])
    with pytest.raises(InvalidInput, match="'friend' is not a known role"):
        agreement(session, cast.amina, party, parties=[(party, "friend")])
    assert page_agreements(session, actor=cast.amina) == []


def test_an_agreement_is_in_force_between_signature_and_end(session, cast):
    party = partner(session, cast.amina)
    signed = agreement(session, cast.amina, party)
    agreement(session, cast.amina, party, subject="Still being negotiated", signed_on=None)
    agreement(session, cast.amina, party, subject="Ran out", valid_until="2026-03")

    def in_force(at):
        return page_agreements(session, actor=cast.amina, party=party, in_force_at=at)

    assert in_force(MAY) == [signed]
    assert in_force(datetime(2026, 1, 1, tzinfo=UTC)) == []
    assert in_force(datetime(2027, 1, 2, tzinfo=UTC)) == []


def test_an_ended_agreement_is_in_force_no_more(session, cast, clock):
    party = partner(session, cast.amina)
    signed = agreement(session, cast.amina, party)
    end_agreement(session, signed, reason="terminated in writing", actor=cast.amina)
    assert page_agreements(session, actor=cast.amina, in_force_at=MAY) == []
    assert page_agreements(session, actor=cast.amina, in_force_at=datetime(2026, 2, 1, tzinfo=UTC)) == [
        signed
    ]
    with pytest.raises(InvalidInput, match="already ended"):
        end_agreement(session, signed, reason="again", actor=cast.amina)
    with pytest.raises(InvalidInput, match="already ended"):
        join_agreement(session, signed, party, role="recipient", actor=cast.amina)


def test_a_party_joins_once_and_can_leave(session, cast):
    first, second = partner(session, cast.amina), prosecutor(session, cast.amina)
    signed = agreement(session, cast.amina, first)
    join_agreement(session, signed, second, role="recipient", actor=cast.amina)
    with pytest.raises(InvalidInput, match="is part of"):
        join_agreement(session, signed, second, role="recipient", actor=cast.amina)
    leave_agreement(session, signed, second, actor=cast.amina)
    assert [party for _, party in parties_to(session, signed, actor=cast.amina)] == [first]
    assert page_agreements(session, actor=cast.amina, party=second, in_force_at=MAY) == []
    with pytest.raises(InvalidInput, match="is not part of"):
        leave_agreement(session, signed, second, actor=cast.amina)


def test_an_amended_end_moves_the_bounds_and_a_stale_one_does_not(session, cast):
    signed = agreement(session, cast.amina, partner(session, cast.amina))
    amend_agreement(session, signed, {"valid_until": "2030"}, actor=cast.amina, expected_version=1)
    assert signed.valid_until_at is not None
    assert signed.valid_until_at.year == 2031  # the end of 2030 in the westernmost zone
    with pytest.raises(Conflict):
        amend_agreement(session, signed, {"valid_until": None}, actor=cast.amina, expected_version=1)


def test_the_outsider_sees_and_signs_nothing(session, cast):
    party = partner(session, cast.amina)
    signed = agreement(session, cast.amina, party)
    with pytest.raises(NotPermitted):
        agreement(session, cast.outsider, party)
    with pytest.raises(NotPermitted):
        amend_agreement(session, signed, {"scope": "everything"}, actor=cast.outsider)
    with pytest.raises(NotFound):
        find_agreement(session, signed.reference, actor=cast.outsider)
    assert page_agreements(session, actor=cast.outsider) == []
    assert parties_to(session, signed, actor=cast.outsider) == []
