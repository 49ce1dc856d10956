"""Roots, unlockers and wraps: what opens what, and nothing else."""

import json
from pathlib import Path

import pytest

from evidence_tracker.errors import IntegrityFailure, InvalidInput, Locked, NotReady
from evidence_tracker.instance import Instance, open_instance
from evidence_tracker.keys.rings import IDENTITY, ORGANISATION, KeyFolder
from evidence_tracker.keys.roots import OrganisationRoot, PrivateKey
from evidence_tracker.keys.unlockers import CHEAP, KeyFile, Passphrase, make_key_file, refuse_same_filesystem
from evidence_tracker.keys.wraps import new_key, seal, unseal, unwrap, wrap
from tests.cast import PASSPHRASE


def test_a_wrap_opens_for_its_recipient_and_purpose_only():
    key, under = new_key(), new_key()
    wraps = [wrap(key, under, recipient="a", purpose="blob/1")]
    assert unwrap(wraps, under, recipient="a", purpose="blob/1") == key
    for recipient, purpose, other in (
        ("b", "blob/1", under),
        ("a", "blob/2", under),
        ("a", "blob/1", new_key()),
    ):
        with pytest.raises(IntegrityFailure):
            unwrap(wraps, other, recipient=recipient, purpose=purpose)


def test_a_flipped_bit_anywhere_does_not_open():
    key = new_key()
    sealed = seal(key, b"secret", "p")
    for position in range(len(sealed) * 8):
        spoilt = bytearray(sealed)
        spoilt[position // 8] ^= 1 << position % 8
        with pytest.raises(IntegrityFailure):
            unseal(key, bytes(spoilt), "p")


def test_keys_of_different_purposes_are_unrelated():
    root = OrganisationRoot.generate()
    assert len({root.derive(purpose) for purpose in ("database", "log-key", "instance-id")}) == 3


def test_an_identity_sealed_to_the_public_half_opens_with_the_private_one():
    private = PrivateKey.generate()
    sealed = private.public().seal("Оксана".encode(), "identity/1")
    assert private.unseal(sealed, "identity/1").decode() == "Оксана"
    for key, purpose in ((private, "identity/2"), (PrivateKey.generate(), "identity/1")):
        with pytest.raises(IntegrityFailure):
            key.unseal(sealed, purpose)


def test_the_organisation_key_does_not_open_the_identity_root(instance: Instance):
    data = json.loads((instance.settings.keys_path / IDENTITY).read_text())
    custodian = instance.keys.custodians()[0]
    with pytest.raises(Locked):
        instance.keys.unlock_identity(custodian, Passphrase("another passphrase", CHEAP))
    secret = instance.keyring.root.secret.hex()
    assert secret not in json.dumps(data)


def test_who_is_no_custodian_cannot_unlock(instance: Instance):
    with pytest.raises(Locked, match="not a custodian"):
        instance.keys.unlock_identity("somebody", Passphrase(PASSPHRASE, CHEAP))


def test_a_second_custodian_opens_the_same_root_with_their_own_secret(instance: Instance):
    first = instance.keys.custodians()[0]
    identity = instance.keys.unlock_identity(first, Passphrase(PASSPHRASE, CHEAP))
    instance.keys.name_custodian("bohdan", Passphrase("secret of bohdan", CHEAP), identity)
    opened = instance.keys.unlock_identity("bohdan", Passphrase("secret of bohdan", CHEAP))
    assert opened.raw == identity.raw
    instance.keys.drop_custodian(first)
    with pytest.raises(NotReady, match="last custodian"):
        instance.keys.drop_custodian("bohdan")


def test_a_wrong_passphrase_opens_nothing(instance: Instance):
    instance.close()
    with pytest.raises(Locked, match="does not open this instance"):
        open_instance(instance.settings.path, Passphrase("wrong horse battery", CHEAP))


def test_a_short_passphrase_is_refused():
    with pytest.raises(InvalidInput, match="at least 8"):
        Passphrase("short")


def test_a_key_file_opens_what_it_closed(tmp_path: Path):
    path = tmp_path / "key"
    make_key_file(path)
    assert path.stat().st_mode & 0o777 == 0o400
    folder = KeyFolder(tmp_path / "keys")
    root, _ = folder.create(KeyFile(path), "olena")
    assert folder.unlock(KeyFile(path)).secret == root.secret
    other = tmp_path / "other"
    make_key_file(other)
    with pytest.raises(Locked, match="does not open"):
        folder.unlock(KeyFile(other))


@pytest.mark.parametrize(
    ("content", "says"), [(b"", "0 bytes"), (b"x" * 31, "31 bytes"), (None, "cannot be read")]
)
def test_what_is_no_key_file_is_named(tmp_path: Path, content: bytes | None, says: str):
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Locked, match=says):
        KeyFile(path).unwrap([{"alg": "keyfile-hkdf-A256GCM", "recipient": "key-file", "blob": "AAAA"}], "x")


def test_a_key_file_beside_the_vault_is_refused(tmp_path: Path):
    path = tmp_path / "key"
    make_key_file(path)
    with pytest.raises(NotReady, match="same filesystem"):
        refuse_same_filesystem(path, tmp_path)


def test_damaged_key_files_are_said_in_a_sentence(instance: Instance):
    instance.close()
    (instance.settings.keys_path / ORGANISATION).write_text("{")
    with pytest.raises(NotReady, match=r"organisation\.json"):
        open_instance(instance.settings.path, Passphrase(PASSPHRASE, CHEAP))


def test_no_secret_shows_in_a_representation(instance: Instance):
    text = f"{instance!r} {Passphrase(PASSPHRASE)!r} {PrivateKey.generate()!r}"
    assert PASSPHRASE not in text
    assert repr(instance.signer.seed) not in text
    assert repr(instance.keyring.root.secret) not in text
