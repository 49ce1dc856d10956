"""Named persons: never without a legal basis; posts with spans and sources."""

from datetime import UTC, datetime

import pytest

from evidence_tracker.access.compartments import grant
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account, Compartment, Role
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.actors.models import OffenceBasis, SuspectCapacity
from evidence_tracker.casework.actors.queries import find_suspect, holders, page_suspects, positions_of
from evidence_tracker.casework.actors.suspects import (
    amend_position,
    amend_suspect,
    end_position,
    record_position,
)
from evidence_tracker.errors import Conflict, GateClosed, InvalidInput, NotFound, NotPermitted
from evidence_tracker.values.moment import Moment
from tests.factories.actors import LAWFUL, company, suspect, unit


def post(session, cast, person, **facts):
    stated = {"title": "commander", "source": "award decree", "actor": cast.amina}
    return record_position(session, person, **{**stated, **facts})


def test_a_named_person_has_a_level_and_a_basis_in_law(session, cast):
    person = suspect(
        session, cast.amina, nationalities=["ru", "RU"], born_on="c. 1975", birthplace="Вигадане"
    )
    assert (person.reference, person.capacity) == ("KYI-U-0001", SuspectCapacity.COMMANDER)
    assert (person.level, person.legal_basis) == (Level.RESTRICTED, LAWFUL.legal_basis)
    assert (person.offence_basis, person.nationalities) == (OffenceBasis.NATIONAL_LAW, ["RU"])


@pytest.mark.parametrize("basis", [None, "", "  \n"])
def test_without_a_legal_basis_nothing_is_stored(session, cast, basis):
    with pytest.raises(GateClosed, match="Nobody stated the legal basis") as refused:
        suspect(session, cast.amina, governance=Governance(Level.SEALED, "analysis", basis))
    assert "legal officer" in refused.value.advice
    assert page_suspects(session, actor=cast.amina) == []


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({"offence_basis": None}, "known offence basis"),
        ({"offence_basis": "curiosity"}, "known offence basis"),
        ({"source": ""}, "source is missing"),
        ({"name": ""}, "name is missing"),
        ({"nationalities": ["Russia"]}, "country code"),
        ({"capacity": "witness"}, "known capacity"),
    ],
)
def test_it_refuses_a_person_that_is_half_stated(session, cast, facts, fault):
    with pytest.raises(InvalidInput, match=fault):
        suspect(session, cast.amina, **facts)


def test_the_legal_basis_can_be_corrected_but_not_removed(session, cast):
    person = suspect(session, cast.amina)
    amend_suspect(session, person, {"legal_basis": "Fictional Data Act, article 11"}, actor=cast.daria)
    for nothing in (None, " "):
        with pytest.raises(GateClosed):
            amend_suspect(session, person, {"legal_basis": nothing}, actor=cast.daria)
    with pytest.raises(NotPermitted, match="approve exceptions"):
        amend_suspect(session, person, {"level": "INTERNAL"}, actor=cast.daria)
    with pytest.raises(Conflict):
        amend_suspect(session, person, {"gender": "m"}, actor=cast.amina, expected_version=1)


def test_a_post_is_in_one_unit_or_one_company(session, cast):
    person, regiment, maker = (
        suspect(session, cast.amina),
        unit(session, cast.amina),
        company(session, cast.amina),
    )
    for places in ({}, {"unit": regiment, "company": maker}):
        with pytest.raises(InvalidInput, match="one unit or in one company"):
            post(session, cast, person, **places)
    first = post(session, cast, person, unit=regiment, since="2021", until="2022-05")
    second = post(session, cast, person, company=maker, title="adviser", since="2023")
    assert positions_of(session, person, actor=cast.amina) == [(first, regiment), (second, maker)]
    assert positions_of(session, person, actor=cast.amina, at=Moment.parse("2022-03-12")) == [
        (first, regiment)
    ]


def test_it_says_who_held_a_post_when(session, cast):
    regiment = unit(session, cast.amina)
    before, after = suspect(session, cast.amina), suspect(session, cast.amina, name_latin="Successor")
    first = post(session, cast, before, unit=regiment, until="2022-03-20")
    second = post(session, cast, after, unit=regiment, since="2022-03-18", confidence="confirmed")

    def held(at):
        return holders(session, regiment, actor=cast.amina, at=at)

    assert held(Moment.parse("2022-03-12")) == [(first, before)]
    assert held(Moment.parse("2022-03-19")) == [(first, before), (second, after)]
    assert held(datetime(2022, 4, 1, tzinfo=UTC)) == [(second, after)]
    maker = company(session, cast.amina)
    seat = post(session, cast, after, company=maker)
    assert holders(session, maker, actor=cast.amina) == [(seat, after)]


def test_a_post_is_corrected_or_withdrawn(session, cast):
    regiment = unit(session, cast.amina)
    held = post(session, cast, suspect(session, cast.amina), unit=regiment)
    amend_position(session, held, {"rank": "colonel", "since": "2022"}, actor=cast.amina, expected_version=1)
    assert held.since_at == Moment.parse("2022").bounds()[0]
    with pytest.raises(InvalidInput, match="ends before it begins"):
        amend_position(session, held, {"until": "2019"}, actor=cast.amina)
    with pytest.raises(Conflict):
        amend_position(session, held, {"rank": "major"}, actor=cast.amina, expected_version=1)
    end_position(session, held, reason="a namesake", actor=cast.amina)
    assert holders(session, regiment, actor=cast.amina) == []
    with pytest.raises(InvalidInput, match="withdrawn already"):
        end_position(session, held, reason="again", actor=cast.amina)


def test_the_outsider_finds_nobody(session, cast):
    person, regiment = suspect(session, cast.amina), unit(session, cast.amina)
    post(session, cast, person, unit=regiment)
    assert page_suspects(session, actor=cast.outsider) == []
    assert holders(session, regiment, actor=cast.outsider) == []
    assert positions_of(session, person, actor=cast.outsider) == []
    with pytest.raises(NotFound):
        find_suspect(session, person.reference, actor=cast.outsider)
    with pytest.raises(NotPermitted):
        suspect(session, cast.outsider)
    with pytest.raises(NotPermitted):
        post(session, cast, person, unit=regiment, actor=cast.outsider)


def test_a_post_in_a_unit_that_one_may_not_see_is_not_shown(session, cast):
    elsewhere = unit(session, cast.olena, compartment_id=cast.mission)
    person = suspect(session, cast.amina)
    held = post(session, cast, person, unit=elsewhere)
    grant(
        session,
        session.get_one(Compartment, cast.home),
        role=Role.READER,
        level=Level.SEALED,
        purpose="tests",
        actor=cast.olena,
        account=session.get_one(Account, cast.outsider.account_id),
    )
    assert find_suspect(session, person.reference, actor=cast.outsider) is person
    assert positions_of(session, person, actor=cast.outsider) == []
    assert positions_of(session, person, actor=cast.amina) == [(held, elsewhere)]
