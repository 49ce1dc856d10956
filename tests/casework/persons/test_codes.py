"""Codes and pseudonyms: random, meaningless, never the same for two."""

import hashlib
import hmac
import secrets
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_tracker.casework.persons import codes
from evidence_tracker.casework.persons.codes import CROCKFORD, new_code, pseudonym, pseudonyms, read_code
from evidence_tracker.errors import InvalidInput
from tests.factories.persons import person

KEY = bytes(range(32))


def test_a_code_is_six_random_characters_behind_a_neutral_prefix(session):
    made = [new_code(session) for _ in range(200)]
    assert len(set(made)) == 200
    assert all(code[:3] == "PN-" and len(code) == 9 and set(code[3:]) <= set(CROCKFORD) for code in made)


def test_a_taken_code_is_not_given_again(session, cast, monkeypatch):
    taken = person(session, cast.amina, cast.mission).code
    drawn = iter(taken[3:] + "7KQ2MX")
    monkeypatch.setattr(secrets, "choice", lambda _alphabet: next(drawn))
    assert new_code(session) == "PN-7KQ2MX"


@pytest.mark.parametrize("typed", ["PN-1O0ABC", "pn-loOabc", " 100abc ", "PN-IO0ABC"])
def test_a_code_is_read_as_crockford_reads_handwriting(typed):
    assert read_code(typed) == "PN-100ABC"


@pytest.mark.parametrize(
    "typed", ["", "PN-", "PN-ABCDE", "PN-ABCDEFG", "PN-ABCDEU", "PN-АВСЕНК", "KYI-E-0001"]
)
def test_what_cannot_be_a_code_is_refused(typed):
    with pytest.raises(InvalidInput, match="not the code of a person"):
        read_code(typed)


def test_a_pseudonym_is_the_hmac_in_crockford_base32():
    somebody = UUID("0b0e7d4e-6a54-4f6e-9d56-6c2f1f0f0a11")
    digest = hmac.new(KEY, b"evidence-tracker/pseudonym/v1\0" + somebody.bytes, hashlib.sha256).digest()
    bits = "".join(f"{byte:08b}" for byte in digest)[:30]
    by_hand = "".join(CROCKFORD[int(bits[start : start + 5], 2)] for start in range(0, 30, 5))
    assert pseudonym(KEY, somebody) == f"W-{by_hand}"


@given(st.uuids(), st.binary(min_size=32, max_size=64), st.integers(1, codes.LONGEST - 1))
def test_a_longer_pseudonym_continues_the_shorter_one(somebody, key, length):
    assert pseudonym(key, somebody, length=length + 1).startswith(pseudonym(key, somebody, length=length))


def test_two_recipients_know_a_person_by_different_names():
    somebody = uuid4()
    assert pseudonym(KEY, somebody) != pseudonym(bytes(32), somebody)


def test_a_short_key_is_refused():
    with pytest.raises(InvalidInput, match="32 bytes"):
        pseudonym(b"guessable", uuid4())


def test_only_those_who_collide_are_lengthened_and_only_as_far_as_needed(monkeypatch):
    first, second, third, other = (UUID(int=number) for number in range(4))
    full = {first: "AAAAAAAB", second: "AAAAAAAC", third: "AAAAAAZZ", other: "BBBBBBBB"}
    monkeypatch.setattr(codes, "pseudonym", lambda _key, person_id, length=6: f"W-{full[person_id][:length]}")
    assert pseudonyms(KEY, [first, second, third, other]) == {
        first: "W-AAAAAAAB",
        second: "W-AAAAAAAC",
        third: "W-AAAAAAZ",
        other: "W-BBBBBB",
    }


@given(st.sets(st.uuids(), max_size=40))
def test_no_two_persons_of_a_bundle_share_a_pseudonym(persons):
    given_names = pseudonyms(KEY, persons)
    assert set(given_names) == persons
    assert len(set(given_names.values())) == len(persons)
