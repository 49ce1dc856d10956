import hashlib

import pytest

from evidence_tracker.casework.exhibits.digests import LENGTHS, compute, digests_of, normal, state_digest
from evidence_tracker.casework.exhibits.models import DigestRole, Exhibit
from evidence_tracker.errors import InvalidInput, NotPermitted
from evidence_tracker.vault.models import Blob
from tests.factories.exhibits import exhibit_of, receive, thing

DATA = b"bytes of a phone"


def state(session, exhibit, actor, value, algorithm="sha256", **facts):
    return state_digest(
        session,
        exhibit,
        algorithm=algorithm,
        value=value,
        actor=actor,
        **{"role": DigestRole.STATED_BY_THIRD_PARTY, "stated_by": "the partner's list", **facts},
    )


def test_a_stated_digest_that_agrees_says_so(session, instance, cast):
    exhibit = receive(session, instance.vault, cast, DATA)

    row = state(session, exhibit, cast.amina, hashlib.sha256(DATA).hexdigest().upper())

    assert row.is_match is True


def test_a_stated_digest_that_differs_is_recorded_and_corrects_nothing(session, instance, cast):
    exhibit = receive(session, instance.vault, cast, DATA)
    before = exhibit.sha256

    row = state(session, exhibit, cast.amina, "0" * 64)

    assert row.is_match is False
    assert session.get_one(Exhibit, exhibit.id).sha256 == before


def test_another_algorithm_is_compared_with_what_was_computed(session, instance, cast):
    exhibit = receive(session, instance.vault, cast, DATA)
    blob = session.get_one(Blob, exhibit.blob_id)
    stated = hashlib.sha512(DATA).hexdigest()

    alone = state(session, exhibit, cast.amina, stated, "SHA-512")
    found = compute(instance.vault.chunks(session, blob), "sha512")
    compared = state(session, exhibit, cast.amina, stated, "sha512", computed=found)

    assert alone.is_match is None
    assert compared.is_match is True


@pytest.mark.parametrize("role", [DigestRole.AS_RECEIVED, DigestRole.AS_STORED])
def test_nobody_states_the_digests_that_are_ours(session, instance, cast, role):
    exhibit = receive(session, instance.vault, cast, DATA)

    with pytest.raises(InvalidInput, match="never stated by a person"):
        state(session, exhibit, cast.amina, "0" * 64, role=role)


@pytest.mark.parametrize(
    ("algorithm", "value"), [("sha256", "ab"), ("sha256", "g" * 64), ("crc32", "00000000"), ("sha256", "")]
)
def test_what_is_no_digest_is_refused(algorithm, value):
    with pytest.raises(InvalidInput):
        normal(algorithm, value)


@pytest.mark.parametrize("algorithm", LENGTHS)
def test_every_known_digest_can_be_computed(algorithm):
    assert len(compute(iter([DATA]), algorithm)) == LENGTHS[algorithm]


def test_all_four_roles_are_listed(session, instance, cast):
    exhibit = receive(session, instance.vault, cast, DATA)
    state(session, exhibit, cast.amina, exhibit.sha256, role=DigestRole.CLAIMED_BY_CAMERA)
    state(session, exhibit, cast.amina, exhibit.sha256)

    listed = digests_of(session, exhibit, actor=cast.amina)

    assert {digest.role for digest in listed} == set(DigestRole)
    assert [digest.value for digest in listed if digest.role is DigestRole.AS_RECEIVED] == [exhibit.sha256]


def test_a_thing_has_no_digest(session, instance, cast):
    with pytest.raises(InvalidInput, match="no bytes"):
        state(session, exhibit_of(session, thing(session, instance.vault, cast)), cast.amina, "0" * 64)


def test_an_outsider_neither_states_nor_reads_digests(session, instance, cast):
    exhibit = receive(session, instance.vault, cast, DATA)

    with pytest.raises(NotPermitted):
        state(session, exhibit, cast.outsider, "0" * 64)
    with pytest.raises(NotPermitted):
        digests_of(session, exhibit, actor=cast.outsider)
