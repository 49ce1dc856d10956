"""Finding and listing persons: what the outsider sees is nothing, and no count."""

from datetime import timedelta

import pytest

from evidence_tracker.access.compartments import grant
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account, Compartment, Role
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.actors.suspects import amend_suspect
from evidence_tracker.casework.persons.links import link_suspect
from evidence_tracker.casework.persons.models import ActorRelation, AgeBand, ProtectionLevel, RoleInEvents
from evidence_tracker.casework.persons.queries import find_person, linked_suspects, list_persons
from evidence_tracker.errors import InvalidInput, NotFound
from tests.factories.actors import suspect
from tests.factories.persons import child, person


def test_a_person_is_found_by_the_code_as_it_is_spoken(session, cast):
    somebody = person(session, cast.amina, cast.mission)
    assert find_person(session, somebody.code[3:].lower(), actor=cast.chen) is somebody


def test_not_there_and_not_for_you_are_the_same_answer(session, cast):
    somebody = person(session, cast.amina, cast.mission)
    messages = []
    for code, actor in ((somebody.code, cast.outsider), ("PN-000000", cast.amina)):
        with pytest.raises(NotFound) as caught:
            find_person(session, code, actor=actor)
        messages.append(str(caught.value).replace(code, ""))
    assert messages[0] == messages[1]
    with pytest.raises(InvalidInput):
        find_person(session, "Marusya", actor=cast.amina)


def test_a_list_is_filtered_and_shows_the_outsider_nothing(session, cast):
    adult = person(session, cast.amina, cast.mission, protection_level="critical")
    young = child(session, cast.amina, cast.mission)
    elsewhere = person(session, cast.amina, cast.home)
    assert {item.id for item in list_persons(session, actor=cast.amina)} == {adult.id, young.id, elsewhere.id}
    assert list_persons(session, actor=cast.amina, is_child=True) == [young]
    assert list_persons(session, actor=cast.amina, is_child=False, compartment_id=cast.mission) == [adult]
    assert list_persons(session, actor=cast.amina, protection_level=ProtectionLevel.CRITICAL) == [adult]
    assert list_persons(session, actor=cast.outsider) == []


def test_a_list_is_filtered_by_role_age_and_what_was_survived(session, cast):
    insider = person(session, cast.amina, cast.mission, roles=["witness", "insider"], age_band="40-59")
    survivor = person(session, cast.amina, cast.mission, roles=["suspect-contact"], is_crsv_survivor=True)
    asked = {"actor": cast.amina}
    assert list_persons(session, role=RoleInEvents.INSIDER, **asked) == [insider]
    assert list_persons(session, role=RoleInEvents.WITNESS, **asked) == [insider]
    assert list_persons(session, role=RoleInEvents.SUSPECT_CONTACT, **asked) == [survivor]
    assert list_persons(session, role=RoleInEvents.VICTIM, **asked) == []
    assert list_persons(session, age_band=AgeBand.UNDER_60, **asked) == [insider]
    assert list_persons(session, is_crsv_survivor=True, **asked) == [survivor]
    assert list_persons(session, is_crsv_survivor=False, **asked) == [insider]


def test_a_suspect_that_one_may_not_see_is_not_shown_beside_a_person(session, cast):
    somebody = person(session, cast.amina, cast.mission)
    known, hidden = (suspect(session, cast.amina, name_latin=name) for name in ("Known", "Hidden"))
    facts = {"relation": ActorRelation.HELD_BY, "basis": "account", "actor": cast.amina}
    link, _other = (link_suspect(session, somebody, named, **facts) for named in (known, hidden))
    assert {named for _, named in linked_suspects(session, somebody, actor=cast.chen)} == {known, hidden}
    amend_suspect(session, hidden, {"level": "SEALED"}, actor=cast.amina)
    _read_only(session, cast, Level.RESTRICTED)
    assert linked_suspects(session, somebody, actor=cast.outsider) == [(link, known)]


def _read_only(session, cast, level):
    account = session.get_one(Account, cast.outsider.account_id)
    for place in (cast.mission, cast.home):
        compartment = session.get_one(Compartment, place)
        reading = {"role": Role.READER, "level": level, "purpose": "tests"}
        grant(session, compartment, actor=cast.olena, account=account, **reading)


def test_whoever_may_read_confidential_does_not_see_restricted_persons(session, cast):
    low = Governance(Level.CONFIDENTIAL)
    seen = person(session, cast.amina, cast.mission, governance=low)
    person(session, cast.amina, cast.mission)
    account = session.get_one(Account, cast.outsider.account_id)
    compartment = session.get_one(Compartment, cast.mission)
    grant(
        session,
        compartment,
        role=Role.READER,
        level=Level.CONFIDENTIAL,
        purpose="tests",
        actor=cast.olena,
        account=account,
    )
    assert list_persons(session, actor=cast.outsider) == [seen]


def test_pages_follow_each_other_without_gap_or_overlap(session, cast, clock):
    made = []
    for number in range(7):
        clock.at += timedelta(seconds=number % 2)  # some share their moment
        made.append(person(session, cast.amina, cast.mission).id)
    seen, after = [], None
    while rows := list_persons(session, actor=cast.amina, after=after, limit=3):
        seen += [row.id for row in rows]
        after = (rows[-1].recorded_at, rows[-1].id)
    assert len(seen) == 7
    assert set(seen) == set(made)
