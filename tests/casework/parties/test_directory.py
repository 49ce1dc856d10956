"""Parties: who can be entered, how a key is checked, what takes a second right."""

import pyrage
import pytest

from evidence_tracker.access.levels import Level
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.parties.directory import (
    age_keys,
    amend_party,
    end_party,
    latin,
    replace_keys,
)
from evidence_tracker.casework.parties.models import CLASSES, PartyKind, RecipientClass
from evidence_tracker.errors import Conflict, InvalidInput, NotPermitted
from tests.factories.parties import partner, prosecutor

KEY = "age1xw4u22jlksfesw7p3p2usy7s68jx2yyqsya7tmjf3hm4ywdmpusq2st2zz"


def new_key() -> str:
    return str(pyrage.x25519.Identity.generate().to_public())


def test_a_party_gets_a_reference_and_lives_in_the_organisation_compartment(session, cast):
    party = prosecutor(session, cast.amina)
    assert party.reference == "KYI-P-0001"
    assert party.compartment_id == cast.home
    assert (party.level, party.purpose, party.legal_basis) == (Level.INTERNAL, None, None)
    assert party.recorded_by == cast.amina.account_id
    assert partner(session, cast.amina).reference == "KYI-P-0002"


def test_a_name_in_another_script_needs_its_latin_form(session, cast):
    with pytest.raises(InvalidInput, match="form in Latin letters"):
        prosecutor(session, cast.amina, name_latin=None)
    assert partner(session, cast.amina, name="Słowo & Ḥaqq 2").name_latin == "Słowo & Ḥaqq 2"


@pytest.mark.parametrize(
    "name", ["Прокуратура", "Դատախազություն", "პროკურატურა", "Pаrtner with а Cyrillic а"]
)
def test_letters_of_other_scripts_are_seen(name):
    with pytest.raises(InvalidInput):
        latin(name)


def test_the_outsider_cannot_enter_a_party(session, cast):
    with pytest.raises(NotPermitted):
        partner(session, cast.outsider)


def test_every_recipient_class_belongs_to_some_kind_of_party():
    assert set().union(*CLASSES.values()) == set(RecipientClass)
    assert set(CLASSES) == set(PartyKind)


def test_a_newsroom_cannot_receive_as_a_prosecutor(session, cast):
    with pytest.raises(InvalidInput, match="A media cannot receive as icc-otp"):
        partner(session, cast.amina, kind="media", recipient_class="icc-otp")


def test_what_a_party_receives_as_takes_a_supervisor(session, cast):
    party = partner(session, cast.amina)
    with pytest.raises(NotPermitted, match="approve exceptions"):
        amend_party(session, party, {"recipient_class": "coalition"}, actor=cast.amina)
    amend_party(session, party, {"contact": "desk@partner.example"}, actor=cast.amina)
    assert amend_party(session, party, {"recipient_class": "coalition"}, actor=cast.olena).version == 3


def test_an_amendment_cannot_break_kind_and_class_apart(session, cast):
    party = partner(session, cast.amina)
    with pytest.raises(InvalidInput, match="cannot receive"):
        amend_party(session, party, {"kind": "media"}, actor=cast.olena)


def test_a_lower_level_takes_a_supervisor_and_a_higher_one_does_not(session, cast):
    party = partner(session, cast.amina, governance=Governance(Level.RESTRICTED))
    with pytest.raises(NotPermitted):
        amend_party(session, party, {"level": "INTERNAL"}, actor=cast.amina)
    assert amend_party(session, party, {"level": "SEALED"}, actor=cast.amina).level is Level.SEALED


def test_it_refuses_an_unknown_fact_a_stale_edit_and_an_edit_of_nothing(session, cast):
    party = partner(session, cast.amina)
    with pytest.raises(InvalidInput, match="called reference"):
        amend_party(session, party, {"reference": "X"}, actor=cast.amina)
    amend_party(session, party, {"notes": "met in Vienna"}, actor=cast.amina, expected_version=1)
    with pytest.raises(Conflict, match="you changed version 1, the current one is 2"):
        amend_party(session, party, {"notes": "met in Warsaw"}, actor=cast.chen, expected_version=1)
    with pytest.raises(InvalidInput, match="recorded already"):
        amend_party(session, party, {"notes": "met in Vienna"}, actor=cast.amina)
    assert party.notes == "met in Vienna"


def test_keys_are_kept_in_their_one_form_and_once(session, cast):
    key = new_key()
    party = partner(session, cast.amina, age_recipients=[f" {key} ", key], keys_checked_how="by telephone")
    assert party.age_recipients == [key]
    assert party.keys_changed_by == cast.amina.account_id


@pytest.mark.parametrize(
    "key",
    [
        "",
        "age1",
        "AGE1" + "Q" * 58,
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN",
        "age1" + "q" * 58,
        KEY[:-1],
        KEY + "x",
        KEY + "\n" + KEY,
    ],
)
def test_what_is_no_public_key_is_refused(key):
    with pytest.raises(InvalidInput):
        age_keys([key])


def test_one_wrong_letter_in_a_key_is_seen():
    key = new_key()
    for position in range(4, len(key)):
        letter = "q" if key[position] != "q" else "p"
        with pytest.raises(InvalidInput, match="not a public age key"):
            age_keys([key[:position] + letter + key[position + 1 :]])


def test_a_private_key_is_refused_and_never_repeated():
    secret = str(pyrage.x25519.Identity.generate())
    for written in (secret, secret.lower(), f"# created: today\n{secret}"):
        with pytest.raises(InvalidInput, match="private key") as refused:
            age_keys([written])
        assert secret[20:40].lower() not in f"{refused.value} {refused.value.advice}".lower()


def test_one_key_instead_of_a_list_is_refused():
    with pytest.raises(InvalidInput, match="must be a list"):
        age_keys(new_key())


def test_replacing_keys_takes_a_supervisor_and_how_they_were_checked(session, cast):
    party = partner(session, cast.amina)
    key = new_key()
    with pytest.raises(NotPermitted):
        replace_keys(session, party, [key], checked_how="by telephone", actor=cast.amina)
    with pytest.raises(InvalidInput, match="check of the keys"):
        replace_keys(session, party, [key], checked_how=" ", actor=cast.chen)
    replace_keys(session, party, [key], checked_how="read aloud by telephone", actor=cast.chen)
    assert (party.age_recipients, party.keys_changed_by) == ([key], cast.chen.account_id)
    replace_keys(session, party, [], checked_how="the party lost its key", actor=cast.chen)
    assert party.age_recipients == []


def test_the_contact_with_a_party_ends_once_and_with_a_reason(session, cast, clock):
    party = partner(session, cast.amina)
    with pytest.raises(InvalidInput, match="reason"):
        end_party(session, party, reason="", actor=cast.amina)
    assert end_party(session, party, reason="closed its office", actor=cast.amina).ended_at == clock.at
    with pytest.raises(InvalidInput, match="already ended"):
        end_party(session, party, reason="again", actor=cast.amina)
