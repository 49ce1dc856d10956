"""Who takes part, whom one can turn to, who else investigates there."""

import pytest

from evidence_tracker.casework.missions.liaison import (
    add_contact,
    add_partner,
    amend_contact,
    end_contact,
    end_partner,
    note_deconfliction,
)
from evidence_tracker.casework.missions.queries import contacts, deconfliction_notes, partners
from evidence_tracker.errors import Conflict, InvalidInput, NotPermitted
from tests.factories.missions import mission
from tests.factories.parties import instruction, partner, prosecutor


def note(session, cast, made, **facts):
    stated = {
        "asked_on": "2026-03-01",
        "channel": "telephone",
        "question": "Do you work there?",
        "outcome": "clear",
        "actor": cast.amina,
    }
    return note_deconfliction(session, made, **{**stated, **facts})


def test_a_partner_takes_part_once_at_a_time(session, cast):
    made, party = mission(session, cast), partner(session, cast.amina)
    link = add_partner(session, made, party, part="interprets", actor=cast.amina)
    with pytest.raises(InvalidInput, match="takes part in KYI-2026-02 already"):
        add_partner(session, made, party, part="drives", actor=cast.amina)
    assert partners(session, made, actor=cast.amina) == [(link, party)]
    end_partner(session, link, actor=cast.amina)
    with pytest.raises(InvalidInput, match="ended already"):
        end_partner(session, link, actor=cast.amina)
    assert partners(session, made, actor=cast.amina) == []
    add_partner(session, made, party, part="drives", actor=cast.amina)


def test_a_contact_can_be_reached_or_is_none(session, cast):
    made = mission(session, cast)
    with pytest.raises(InvalidInput, match="how to reach"):
        add_contact(session, made, name="District clinic", how_to_reach="", actor=cast.amina)
    clinic = add_contact(
        session, made, name="District clinic", how_to_reach="reception", languages=["UK"], actor=cast.amina
    )
    amend_contact(session, clinic, {"function": "first aid"}, actor=cast.amina, expected_version=1)
    with pytest.raises(Conflict):
        amend_contact(session, clinic, {"function": "none"}, actor=cast.amina, expected_version=1)
    assert contacts(session, made, actor=cast.daria) == [clinic]
    end_contact(session, clinic, actor=cast.amina)
    assert contacts(session, made, actor=cast.daria) == []


def test_a_note_names_whom_we_asked_or_says_that_there_was_nobody(session, cast):
    made, body = mission(session, cast), prosecutor(session, cast.amina)
    told = instruction(session, cast.amina, body)
    first = note(session, cast, made, outcome="nobody-to-ask", asked_on="2026-02-27")
    second = note(session, cast, made, party=body, instruction=told, answer="One person is ours.")
    assert deconfliction_notes(session, made, actor=cast.amina) == [first, second]
    assert second.instruction_id == told.id
    with pytest.raises(InvalidInput, match="nobody to ask"):
        note(session, cast, made)
    with pytest.raises(InvalidInput, match="nobody to ask"):
        note(session, cast, made, party=body, outcome="nobody-to-ask")


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({"outcome": "maybe"}, "known outcome"),
        ({"question": ""}, "question is missing"),
        ({"channel": None}, "channel is missing"),
        ({"asked_on": "2026-04-01"}, "not come yet"),
    ],
)
def test_it_refuses_a_note_that_says_nothing(session, cast, facts, fault):
    body = prosecutor(session, cast.amina)
    with pytest.raises(InvalidInput, match=fault):
        note(session, cast, mission(session, cast), party=body, **facts)


def test_the_outsider_learns_nothing_and_adds_nothing(session, cast):
    made, party = mission(session, cast), partner(session, cast.amina)
    add_partner(session, made, party, part="interprets", actor=cast.amina)
    add_contact(session, made, name="Clinic", how_to_reach="desk", actor=cast.amina)
    note(session, cast, made, outcome="nobody-to-ask")
    for question in (partners, contacts, deconfliction_notes):
        assert question(session, made, actor=cast.outsider) == []
    with pytest.raises(NotPermitted):
        add_partner(session, made, prosecutor(session, cast.amina), part="spies", actor=cast.outsider)
    with pytest.raises(NotPermitted):
        add_contact(session, made, name="Me", how_to_reach="here", actor=cast.outsider)
    with pytest.raises(NotPermitted):
        note(session, cast, made, outcome="nobody-to-ask", actor=cast.outsider)
