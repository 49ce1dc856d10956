"""Who goes, and who is trained for what."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from evidence_tracker.access.policy import Permission, may
from evidence_tracker.casework.missions.models import CompetenceCategory, MissionRole
from evidence_tracker.casework.missions.queries import (
    competence,
    competent_members,
    is_on_team,
    member_of,
    missions_of,
    page_competences,
    team,
)
from evidence_tracker.casework.missions.team import (
    add_member,
    amend_member,
    end_competence,
    end_member,
    record_competence,
)
from evidence_tracker.errors import (
    Conflict,
    GateClosed,
    InvalidInput,
    NotFound,
    NotPermitted,
    SecondPersonNeeded,
)
from tests.factories.missions import account_of, closed, member, mission

CHILD = CompetenceCategory.CHILD


def trained(session, cast, **facts):
    stated = {
        "category": "child",
        "basis": "course of the fictional institute",
        "awarded_on": "2025-06-01",
        "expires_on": "2026-06-01",
    }
    return record_competence(session, account_of(session, cast.amina), actor=cast.chen, **{**stated, **facts})


def test_a_member_has_a_role_and_languages_and_gets_no_access_by_it(session, cast):
    made = mission(session, cast)
    bohdan = account_of(session, cast.bohdan)
    joined = add_member(
        session, made, bohdan, role="interpreter", languages=["UK", "uz-cyrl", "uk"], actor=cast.olena
    )
    assert (joined.role, joined.languages) == (MissionRole.INTERPRETER, ["uk", "uz-Cyrl"])
    assert joined.compartment_id == made.compartment_id
    assert not may(session, cast.bohdan, Permission.READ, made.compartment_id)


def test_the_same_person_in_the_same_role_is_refused_and_in_another_is_not(session, cast):
    made = mission(session, cast)
    first = member(session, cast, made)
    with pytest.raises(InvalidInput, match="amina is on the team of KYI-2026-02 as interviewer already"):
        member(session, cast, made)
    member(session, cast, made, role="photographer")
    end_member(session, first, reason="changed places", actor=cast.olena)
    member(session, cast, made)
    assert [row.role for row, _ in team(session, made, actor=cast.olena)].count(MissionRole.INTERVIEWER) == 1
    assert len(team(session, made, actor=cast.olena, include_ended=True)) == 3


@pytest.mark.parametrize(
    ("facts", "fault"), [({"role": "spy"}, "known role"), ({"languages": ["?"]}, "language")]
)
def test_it_refuses_an_unknown_role_or_language(session, cast, facts, fault):
    with pytest.raises(InvalidInput, match=fault):
        member(session, cast, mission(session, cast), **facts)


def test_an_account_that_is_switched_off_cannot_go(session, cast):
    made = mission(session, cast)
    account = account_of(session, cast.bohdan)
    account.is_active = False
    with session.no_autoflush, pytest.raises(InvalidInput, match="switched off"):
        add_member(session, made, account, role="driver", actor=cast.olena)
    session.refresh(account)


def test_a_member_is_amended_and_taken_off_once(session, cast):
    made = mission(session, cast)
    joined = member(session, cast, made)
    amend_member(session, joined, {"languages": ["en"]}, actor=cast.olena, expected_version=1)
    with pytest.raises(Conflict):
        amend_member(session, joined, {"languages": ["fr"]}, actor=cast.olena, expected_version=1)
    end_member(session, joined, reason="went home", actor=cast.olena)
    with pytest.raises(InvalidInput, match="left the team already"):
        end_member(session, joined, reason="again", actor=cast.olena)
    with pytest.raises(NotFound):
        member_of(session, made, cast.amina.account_id, actor=cast.olena)


def test_nobody_joins_a_mission_that_is_over(session, cast):
    with pytest.raises(GateClosed):
        member(session, cast, closed(session, cast), role="observer")


def test_the_outsider_sees_no_team_and_joins_none(session, cast):
    made = mission(session, cast)
    joined = member(session, cast, made)
    assert team(session, made, actor=cast.outsider) == []
    assert missions_of(session, cast.amina.account_id, actor=cast.outsider) == []
    assert missions_of(session, cast.amina.account_id, actor=cast.olena) == [made]
    assert member_of(session, made, cast.amina.account_id, actor=cast.amina) is joined
    with pytest.raises(NotPermitted):
        add_member(session, made, account_of(session, cast.outsider), role="observer", actor=cast.outsider)
    with pytest.raises(NotPermitted):
        end_member(session, joined, reason="no", actor=cast.outsider)


def test_a_competence_opens_gates_from_its_award_to_its_expiry(session, cast):
    row = trained(session, cast)
    who = cast.amina.account_id

    def held(year, month):
        return competence(session, who, CHILD, at=datetime(year, month, 1, tzinfo=UTC))

    assert held(2026, 3) is row
    assert held(2025, 5) is None
    assert held(2026, 6) is None
    assert competence(session, who, CHILD) is row
    assert competence(session, who, CompetenceCategory.CRSV) is None
    assert competence(session, cast.bohdan.account_id, CHILD) is None


def test_a_vague_expiry_is_read_as_the_earliest_day(session, cast):
    row = trained(session, cast, expires_on="2026")
    assert row.expires_at < datetime(2026, 1, 1, tzinfo=UTC)
    assert competence(session, cast.amina.account_id, CHILD) is None


def test_nobody_certifies_themselves_and_it_takes_a_supervisor(session, cast):
    chen = account_of(session, cast.chen)
    facts: dict[str, Any] = {
        "category": "crsv",
        "basis": "x",
        "awarded_on": "2025",
        "expires_on": "2027",
    }
    with pytest.raises(SecondPersonNeeded, match="own competence"):
        record_competence(session, chen, actor=cast.chen, **facts)
    for login in ("amina", "outsider"):
        with pytest.raises(NotPermitted):
            record_competence(session, chen, actor=getattr(cast, login), **facts)


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({"category": "elder"}, "known category"),
        ({"basis": ""}, "training or licence"),
        ({"expires_on": "2025-06-01"}, "expire before"),
        ({"expires_on": None}, "day of expiry"),
    ],
)
def test_it_refuses_a_competence_without_category_basis_or_end(session, cast, facts, fault):
    with pytest.raises(InvalidInput, match=fault):
        trained(session, cast, **facts)


def test_a_withdrawn_competence_closes_the_gate_from_then_on(session, cast, clock):
    row = trained(session, cast)
    before, clock.at = clock.at, clock.at + timedelta(days=1)
    end_competence(session, row, reason="certificate was forged", actor=cast.amina)
    assert competence(session, cast.amina.account_id, CHILD) is None
    assert competence(session, cast.amina.account_id, CHILD, at=before) == row
    with pytest.raises(InvalidInput, match="ended already"):
        end_competence(session, row, reason="again", actor=cast.amina)


def test_it_says_who_on_the_team_is_competent(session, cast, clock):
    made = mission(session, cast)
    joined = member(session, cast, made)
    assert competent_members(session, made, CHILD) == []
    trained(session, cast)
    assert competent_members(session, made, CHILD) == [cast.amina.account_id]
    assert is_on_team(session, made, cast.amina.account_id)
    clock.at += timedelta(days=1)
    end_member(session, joined, reason="left", actor=cast.olena)
    clock.at += timedelta(days=1)
    assert competent_members(session, made, CHILD) == []
    assert not is_on_team(session, made, cast.amina.account_id)


def test_competences_are_listed_within_rights(session, cast):
    row = trained(session, cast)
    assert page_competences(session, actor=cast.daria, account_id=cast.amina.account_id) == [row]
    assert page_competences(session, actor=cast.daria, live_at=datetime(2027, 1, 1, tzinfo=UTC)) == []
    assert page_competences(session, actor=cast.outsider) == []
