import io

import pytest

from evidence_tracker.access.levels import Level
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.exhibits.derivatives import check_derivative, derive
from evidence_tracker.casework.exhibits.facts import ExhibitFacts
from evidence_tracker.casework.exhibits.models import DerivativeKind, ExhibitKind
from evidence_tracker.casework.exhibits.queries import Sieve, derivatives_of, list_exhibits, original_of
from evidence_tracker.custody.history import events_of
from evidence_tracker.errors import InvalidInput, NotPermitted, SecondPersonNeeded
from tests.factories.exhibits import receive


def make(session, vault, original, actor, **facts):
    return derive(
        session,
        vault,
        original,
        vault.deposit(io.BytesIO(b"a note, with [name] taken out\n")),
        actor=actor,
        **{"kind": DerivativeKind.REDACTION, "how": "two names blackened", "tool": "editor 4.2", **facts},
    )


def test_a_derivative_stays_with_its_original_and_inherits_its_rules(session, instance, cast):
    original = receive(
        session, instance.vault, cast, governance=Governance(Level.RESTRICTED, "case", "basis")
    )

    copy = make(session, instance.vault, original, cast.amina)

    assert copy.made_from_id == original.id
    assert copy.compartment_id == original.compartment_id
    assert (copy.level, copy.purpose, copy.legal_basis) == (Level.RESTRICTED, "case", "basis")
    assert copy.title == "Redaction"
    assert copy.sha256 != original.sha256


def test_it_says_how_and_with_what_it_was_made(session, instance, cast):
    original = receive(session, instance.vault, cast)

    with pytest.raises(InvalidInput, match="tool"):
        make(session, instance.vault, original, cast.amina, tool=" ")
    with pytest.raises(InvalidInput, match="What was done"):
        make(session, instance.vault, original, cast.amina, how="")


def test_its_maker_does_not_check_it(session, instance, cast):
    copy = make(session, instance.vault, receive(session, instance.vault, cast), cast.amina)

    with pytest.raises(SecondPersonNeeded):
        check_derivative(session, copy, actor=cast.amina)


def test_a_second_person_checks_it_once(session, instance, cast):
    copy = make(session, instance.vault, receive(session, instance.vault, cast), cast.amina)

    check_derivative(session, copy, actor=cast.chen)

    assert copy.checked_by == cast.chen.account_id
    with pytest.raises(InvalidInput, match="checked already"):
        check_derivative(session, copy, actor=cast.chen)


def test_an_original_is_not_checked(session, instance, cast):
    with pytest.raises(InvalidInput, match="is an original"):
        check_derivative(session, receive(session, instance.vault, cast), actor=cast.chen)


def test_an_outsider_neither_makes_nor_checks(session, instance, cast):
    original = receive(session, instance.vault, cast)
    copy = make(session, instance.vault, original, cast.amina)

    with pytest.raises(NotPermitted):
        make(session, instance.vault, original, cast.outsider)
    with pytest.raises(NotPermitted):
        check_derivative(session, copy, actor=cast.outsider)


def test_the_chain_of_the_original_names_its_copies(instance, cast):
    with instance.transaction() as session:
        original = receive(session, instance.vault, cast)
        copy = make(session, instance.vault, original, cast.amina, kind=DerivativeKind.TRANSLATION)
    with instance.reading() as session:
        acts = [event.values for event in events_of(session, instance.keyring, original.id)]
        made = [event.values for event in events_of(session, instance.keyring, copy.id)]

    assert [act["act"] for act in acts] == ["exhibit_received", "copied"]
    assert acts[1]["derivative"] == copy.reference
    assert [act["act"] for act in made] == ["derivative_made"]


def test_both_ways_are_found_within_rights(session, instance, cast):
    original = receive(session, instance.vault, cast)
    copy = make(session, instance.vault, original, cast.amina)

    assert list(derivatives_of(session, original, actor=cast.amina)) == [copy]
    assert original_of(session, copy, actor=cast.amina) is original
    assert list(list_exhibits(session, actor=cast.amina, sieve=Sieve(is_original=True))) == [original]
    assert list(derivatives_of(session, original, actor=cast.outsider)) == []
    assert original_of(session, copy, actor=cast.outsider) is None


def test_a_title_may_be_given_and_a_copy_keeps_the_kind(session, instance, cast):
    original = receive(session, instance.vault, cast, kind=ExhibitKind.RECORDING)

    copy = make(session, instance.vault, original, cast.amina, kind=DerivativeKind.COPY)
    named = make(session, instance.vault, original, cast.amina, facts=ExhibitFacts(title="For the court"))

    assert copy.kind is ExhibitKind.RECORDING
    assert named.title == "For the court"
