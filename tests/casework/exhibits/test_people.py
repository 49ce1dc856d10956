import pytest

from evidence_tracker.access.accounts import find_account
from evidence_tracker.access.compartments import grant
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Compartment, Role
from evidence_tracker.casework.exhibits.models import LinkBasis, PersonRole
from evidence_tracker.casework.exhibits.people import (
    end_link,
    exhibits_of,
    find_link,
    find_person,
    link_person,
    links_of,
    links_to,
    state_basis,
)
from evidence_tracker.casework.persons.registration import add_person
from evidence_tracker.errors import InvalidInput, NotFound, NotPermitted
from tests.factories.exhibits import receive


@pytest.fixture
def person(session, cast):
    """Return a witness, RESTRICTED as persons are."""
    return add_person(session, compartment_id=cast.mission, facts={"age_band": "25-39"}, actor=cast.amina)


def test_a_link_is_as_restricted_as_the_more_restricted_of_the_two(session, instance, cast, person):
    exhibit = receive(session, instance.vault, cast)

    link = link_person(session, exhibit, person, role=PersonRole.SOURCE, actor=cast.amina)

    assert exhibit.level is Level.CONFIDENTIAL
    assert link.level is Level.RESTRICTED
    assert list(links_of(session, exhibit, actor=cast.amina)) == [link]
    assert list(exhibits_of(session, person, actor=cast.amina)) == [exhibit]
    assert [(one.role, found) for one, found in links_to(session, person, actor=cast.amina, limit=5)] == [
        (PersonRole.SOURCE, exhibit)
    ]
    assert links_to(session, person, actor=cast.amina, limit=0) == []
    assert links_to(session, person, actor=cast.outsider, limit=5) == []


def test_who_may_see_the_exhibit_alone_sees_no_link(session, instance, cast, person):
    exhibit = receive(session, instance.vault, cast)
    link_person(session, exhibit, person, role=PersonRole.DEPICTED, actor=cast.amina)
    mission = session.get_one(Compartment, cast.mission)
    account = find_account(session, "outsider")
    grant(
        session,
        mission,
        account=account,
        role=Role.READER,
        level=Level.CONFIDENTIAL,
        purpose="tests",
        actor=cast.olena,
    )

    assert list(links_of(session, exhibit, actor=cast.outsider)) == []
    with pytest.raises(NotFound):
        find_person(session, person.code, actor=cast.outsider)


def test_the_same_link_is_made_once(session, instance, cast, person):
    exhibit = receive(session, instance.vault, cast)
    link_person(session, exhibit, person, role=PersonRole.SOURCE, actor=cast.amina)
    link_person(session, exhibit, person, role=PersonRole.OWNER, actor=cast.amina)

    with pytest.raises(InvalidInput, match="as source already"):
        link_person(session, exhibit, person, role=PersonRole.SOURCE, actor=cast.amina)


def test_a_wrong_link_ends_with_its_reason_and_may_be_made_again(session, instance, cast, person):
    exhibit = receive(session, instance.vault, cast)
    link = link_person(session, exhibit, person, role=PersonRole.MENTIONED, actor=cast.amina)

    end_link(session, link, reason="Another person of the same name.", actor=cast.amina)

    assert list(links_of(session, exhibit, actor=cast.amina)) == []
    with pytest.raises(InvalidInput, match="has ended"):
        end_link(session, link, reason="again", actor=cast.amina)
    with pytest.raises(NotFound):
        find_link(session, exhibit, person, PersonRole.MENTIONED, actor=cast.amina)
    link_person(session, exhibit, person, role=PersonRole.MENTIONED, actor=cast.amina)


@pytest.mark.parametrize(
    "basis", [LinkBasis.PUBLIC_SOURCE, LinkBasis.NECESSITY, LinkBasis.REDACTED_DERIVATIVE]
)
def test_every_basis_but_consent_is_explained(session, instance, cast, person, basis):
    exhibit = receive(session, instance.vault, cast)

    with pytest.raises(InvalidInput, match="Why the basis"):
        link_person(session, exhibit, person, role=PersonRole.DEPICTED, basis=basis, actor=cast.amina)


def test_a_basis_may_be_stated_later(session, instance, cast, person):
    exhibit = receive(session, instance.vault, cast)
    link = link_person(session, exhibit, person, role=PersonRole.DEPICTED, actor=cast.amina)

    state_basis(
        session, link, basis=LinkBasis.PUBLIC_SOURCE, basis_note="Published by the person.", actor=cast.amina
    )

    assert (
        find_link(session, exhibit, person, PersonRole.DEPICTED, actor=cast.amina).basis
        is LinkBasis.PUBLIC_SOURCE
    )


def test_a_note_without_a_basis_is_refused(session, instance, cast, person):
    exhibit = receive(session, instance.vault, cast)

    with pytest.raises(InvalidInput, match="no basis"):
        link_person(session, exhibit, person, role=PersonRole.OWNER, basis_note="because", actor=cast.amina)


def test_an_outsider_links_nobody(session, instance, cast, person):
    exhibit = receive(session, instance.vault, cast)

    with pytest.raises(NotPermitted):
        link_person(session, exhibit, person, role=PersonRole.SOURCE, actor=cast.outsider)
