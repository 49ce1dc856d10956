"""Stated facts meet the acts: whatever a file holds, there is a record or a sentence, never a crash."""

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence_tracker.access.calling import NEVER_FACTS
from evidence_tracker.access.levels import Level
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.actors.companies import add_company
from evidence_tracker.casework.actors.names import add_identifier, add_name
from evidence_tracker.casework.actors.suspects import add_suspect, record_position
from evidence_tracker.casework.actors.units import add_unit, place_under
from evidence_tracker.casework.missions.debrief import hold_debrief
from evidence_tracker.casework.missions.diary import write_entry
from evidence_tracker.casework.missions.equipment import add_device
from evidence_tracker.casework.missions.liaison import add_contact, note_deconfliction
from evidence_tracker.casework.missions.planning import open_mission
from evidence_tracker.casework.parties.agreements import record_agreement
from evidence_tracker.casework.parties.directory import add_party
from evidence_tracker.casework.parties.instructions import record_instruction
from evidence_tracker.cli.stating import state, view
from evidence_tracker.errors import InvalidInput, Refused
from tests.factories.actors import suspect, unit
from tests.factories.missions import closed, mission
from tests.factories.parties import partner, prosecutor

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.text(max_size=20),
    st.sampled_from(
        ["2022-03-12", "before 2022", "uk", "UA", "media", "camera", "clear", "other", "\x00", "٣"]
    ),
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["name", "value", "zone", "precision_m", "latitude", "x"]), inner, max_size=3
        ),
    ),
    max_leaves=6,
)
Act = Callable[..., Any]
ACTS: dict[str, tuple[Act, dict[str, Any]]] = {
    "party": (
        add_party,
        {
            "kind": "media",
            "name": "X",
            "name_latin": "X",
            "recipient_class": None,
            "country": "UA",
            "language": "uk",
            "contact": "x",
            "age_recipients": [],
            "level": "INTERNAL",
        },
    ),
    "agreement": (
        record_agreement,
        {"subject": "X", "scope": "X", "signed_on": "2026", "valid_until": None, "exhibit_reference": "X"},
    ),
    "instruction": (
        record_instruction,
        {
            "kind": "do-not-visit",
            "person_code": None,
            "area": "X",
            "incident": None,
            "wording": "X",
            "source": "X",
            "since": "2026",
            "until": None,
        },
    ),
    "mission": (
        open_mission,
        {
            "reference": "X1",
            "title": "X",
            "mandate": None,
            "area": None,
            "places": ["X"],
            "country": "UA",
            "starts_on": "2026",
            "ends_on": None,
            "level": "INTERNAL",
            "legal_basis": None,
        },
    ),
    "device": (
        add_device,
        {
            "label": "X",
            "kind": "camera",
            "serial": None,
            "clock_offset_seconds": 1,
            "clock_basis": "X",
        },
    ),
    "entry": (write_entry, {"day": "2026-03-01", "text": "X", "place": "X", "is_security_incident": False}),
    "contact": (
        add_contact,
        {"name": "X", "how_to_reach": "X", "function": None, "languages": [], "notes": None},
    ),
    "note": (
        note_deconfliction,
        {
            "asked_on": "2026",
            "channel": "X",
            "question": "X",
            "outcome": "nobody-to-ask",
            "answer": None,
        },
    ),
    "debrief": (
        hold_debrief,
        {
            "held_on": "2026",
            "lessons": "X",
            "outcome": "X",
            "interviews_held": 1,
            "exhibits_taken": None,
        },
    ),
    "unit": (
        add_unit,
        {
            "kind": "police",
            "name": "X",
            "name_latin": "X",
            "name_language": "uk",
            "echelon": None,
            "country": "UA",
            "base": None,
            "source": "X",
        },
    ),
    "suspect": (
        add_suspect,
        {
            "name": "X",
            "name_latin": "X",
            "source": "X",
            "offence_basis": "gdpr-does-not-apply",
            "legal_basis": "X",
            "nationalities": [],
            "born_on": None,
            "birthplace": None,
        },
    ),
    "company": (
        add_company,
        {
            "name": "X",
            "name_latin": "X",
            "source": "X",
            "registration_country": "NL",
            "headquarters_country": None,
        },
    ),
    "name": (add_name, {"text": "X", "kind": "alias", "language": None, "source": None}),
    "identifier": (add_identifier, {"value": "X", "kind": "other", "issuer": None, "source": None}),
    "position": (
        record_position,
        {"title": "X", "source": "X", "rank": None, "since": None, "until": None, "confidence": "possible"},
    ),
    "link": (
        place_under,
        {"basis": "X", "relation": "command", "since": None, "until": None, "confidence": "possible"},
    ),
}


class Undone(Exception):
    """The transaction is rolled back on purpose."""


def subjects(session, cast, noun):
    """Return what an act is done to, and the records it is given beside the facts."""
    if noun in {"device", "entry", "contact", "note"}:
        return [mission(session, cast)], {}
    if noun == "debrief":
        return [closed(session, cast)], {}
    if noun == "instruction":
        return [prosecutor(session, cast.amina)], {}
    if noun == "agreement":
        return [], {"parties": [(partner(session, cast.amina), "recipient")]}
    if noun in {"name", "identifier"}:
        return [unit(session, cast.amina)], {}
    if noun == "position":
        return [suspect(session, cast.amina)], {"unit": unit(session, cast.amina)}
    if noun == "link":
        return [unit(session, cast.amina), unit(session, cast.amina)], {}
    return [], {}


def attempt(instance, cast, noun, stated):
    """Try an act in a transaction of its own that is rolled back; returns how it ended."""
    with contextlib.suppress(Undone), instance.transaction() as session:
        done_to, beside = subjects(session, cast, noun)
        actor = cast.olena if noun == "mission" else cast.amina
        ended = outcome(session, noun, actor, stated, done_to, beside)
        raise Undone
    return ended


def outcome(session, noun, actor, stated, done_to, beside):
    try:
        row = state(ACTS[noun][0], session, *done_to, actor=actor, stated=stated, **beside)
    except Refused as error:
        return f"{error} {error.advice}"
    session.flush()
    return f"version {view(row)['version']}"


@pytest.mark.parametrize("noun", ACTS)
def test_what_is_well_stated_is_recorded(instance, cast, noun):
    assert attempt(instance, cast, noun, ACTS[noun][1]) == "version 1"


@pytest.mark.parametrize("noun", ACTS)
def test_whatever_is_stated_gives_a_record_or_a_sentence(instance, cast, noun):
    well = ACTS[noun][1]

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.dictionaries(st.sampled_from(sorted(well)), JSON, min_size=1, max_size=2))
    def try_it(odd):
        assert attempt(instance, cast, noun, {**well, **odd})

    try_it()


@pytest.mark.parametrize("name", sorted(NEVER_FACTS))
def test_a_file_cannot_name_who_acts_or_where_it_goes(session, cast, name):
    with pytest.raises(InvalidInput, match=f"nothing here called {name}"):
        state(add_unit, session, actor=cast.amina, stated={"kind": "police", name: "x"})


def test_what_is_not_stated_of_governance_follows_the_parent_or_the_act(session, cast):
    made = mission(session, cast, level="RESTRICTED", purpose="documentation", legal_basis="Act 1")
    facts = {"name": "Clinic", "how_to_reach": "desk"}
    plain = state(add_contact, session, made, actor=cast.amina, stated=facts)
    raised = state(add_contact, session, made, actor=cast.amina, stated={**facts, "level": "sealed"})
    assert (plain.level, plain.legal_basis) == (Level.RESTRICTED, "Act 1")
    assert (raised.level, raised.purpose, raised.legal_basis) == (Level.SEALED, "documentation", "Act 1")
    own = state(
        add_party, session, actor=cast.amina, stated={"kind": "media", "name": "X", "purpose": "press"}
    )
    assert (own.level, own.purpose, own.legal_basis) == (Level.INTERNAL, "press", None)
    assert Governance() == Governance(Level.CONFIDENTIAL, None, None)
