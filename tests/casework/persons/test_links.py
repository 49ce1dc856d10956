"""The restricted link between a protected person and a named suspect."""

import pytest

from evidence_tracker.access.levels import Level
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.persons.links import end_link, link_suspect
from evidence_tracker.casework.persons.models import ActorRelation
from evidence_tracker.casework.persons.queries import suspect_links
from evidence_tracker.custody.history import events_of
from evidence_tracker.errors import Conflict, InvalidInput, NotPermitted
from tests.factories.actors import suspect
from tests.factories.persons import person


@pytest.fixture
def scene(session, cast):
    low = Governance(Level.CONFIDENTIAL, "documentation", "Article 6(1)(f) GDPR")
    return person(session, cast.amina, cast.mission, governance=low), suspect(session, cast.amina)


def test_a_link_is_restricted_even_between_two_that_are_not(session, cast, scene):
    made = link_suspect(
        session, *scene, relation=ActorRelation.SUBORDINATE, basis="first account", actor=cast.amina
    )
    assert made.level is Level.RESTRICTED
    assert (made.compartment_id, made.legal_basis) == (scene[0].compartment_id, scene[0].legal_basis)
    assert suspect_links(session, scene[0], actor=cast.daria) == [made]
    assert suspect_links(session, scene[0], actor=cast.outsider) == []


def test_a_link_needs_a_basis_and_the_right_to_record(session, cast, scene):
    with pytest.raises(InvalidInput, match="basis"):
        link_suspect(session, *scene, relation=ActorRelation.RELATIVE, basis=" ", actor=cast.amina)
    with pytest.raises(NotPermitted):
        link_suspect(session, *scene, relation=ActorRelation.RELATIVE, basis="said so", actor=cast.outsider)


def test_a_link_ends_once_with_a_reason_and_stays_on_record(instance, cast):
    with instance.transaction() as session:
        somebody, commander = person(session, cast.amina, cast.mission), suspect(session, cast.amina)
        made = link_suspect(
            session,
            somebody,
            commander,
            relation=ActorRelation.HELD_BY,
            basis="first account",
            actor=cast.amina,
        )
        with pytest.raises(InvalidInput, match="reason"):
            end_link(session, made, reason="", actor=cast.amina)
        with pytest.raises(Conflict):
            end_link(session, made, reason="another man", actor=cast.amina, expected_version=9)
        end_link(session, made, reason="another man", actor=cast.amina, expected_version=1)
        with pytest.raises(Conflict, match="ended before"):
            end_link(session, made, reason="again", actor=cast.amina)
    with instance.reading() as session:
        acts = [event.values["act"] for event in events_of(session, instance.keyring, made.id)]
    assert acts == ["linked", "unlinked"]
