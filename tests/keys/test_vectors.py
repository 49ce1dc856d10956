"""The format of keys and identities, held fast: opened from docs/spec alone, and by the program.

What stands above the first test is written from docs/spec/keys.md and identity.md and uses
nothing of the program: an HKDF, an AES-GCM, an Argon2id, ML-KEM-768 and X25519.
"""

import base64
import hashlib
import hmac
import json
import struct
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from evidence_tracker.casework.persons.codes import pseudonym
from evidence_tracker.errors import Locked
from evidence_tracker.integrity.note import Signer
from evidence_tracker.keys.rings import KeyFolder
from evidence_tracker.keys.roots import OrganisationRoot, PrivateKey
from evidence_tracker.keys.unlockers import KeyFile, Passphrase
from evidence_tracker.keys.wraps import unwrap

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text("utf-8"))
SPEC = Path(__file__).parents[2] / "docs" / "spec"
ROOT = bytes.fromhex(VECTORS["organisation_root"])
XWING, HKDF_SHA256, AES_256_GCM = 0x647A, 0x0001, 0x0002


def extract(salt, secret):
    return hmac.digest(salt, secret, "sha256")


def expand(key, info, length):
    """HKDF-Expand of RFC 5869, one block at most: nothing here is longer."""
    return hmac.digest(key, info + b"\x01", "sha256")[:length]


def derive(secret, info):
    return expand(extract(bytes(32), secret), info.encode(), 32)


def unseal(key, sealed, purpose):
    return AESGCM(key).decrypt(sealed[:12], sealed[12:], purpose.encode())


def open_passphrase_wrap(item, text, purpose):
    assert item["alg"] == "argon2id-A256GCM"
    blob = base64.b64decode(item["blob"])
    salt, passes, lanes, memory = struct.unpack(">16sIII", blob[:28])
    key = Argon2id(salt=salt, length=32, iterations=passes, lanes=lanes, memory_cost=memory)
    return unseal(key.derive(text.encode()), blob[28:], f"root/{purpose}")


def decapsulate(private, encapsulated):
    """X-Wing: ML-KEM-768 and X25519, joined by SHA3-256."""
    mlkem = MLKEM768PrivateKey.from_seed_bytes(private[:64])
    x25519 = X25519PrivateKey.from_private_bytes(private[64:])
    first, second = encapsulated[:1088], encapsulated[1088:]
    shared = x25519.exchange(X25519PublicKey.from_public_bytes(second))
    joined = mlkem.decapsulate(first) + shared + second + x25519.public_key().public_bytes_raw()
    return hashlib.sha3_256(joined + b"\x5c.//^\x5c").digest()


def hpke_open(private, sealed, info):
    """RFC 9180, base mode, first message, no associated data."""
    secret = decapsulate(private, sealed[:1120])
    suite = b"HPKE" + struct.pack(">HHH", XWING, HKDF_SHA256, AES_256_GCM)

    def labelled_extract(salt, label, key):
        return extract(salt, b"HPKE-v1" + suite + label + key)

    def labelled_expand(key, label, context, length):
        return expand(key, struct.pack(">H", length) + b"HPKE-v1" + suite + label + context, length)

    context = (
        b"\x00"
        + labelled_extract(b"", b"psk_id_hash", b"")
        + labelled_extract(b"", b"info_hash", info.encode())
    )
    scheduled = labelled_extract(secret, b"secret", b"")
    key = labelled_expand(scheduled, b"key", context, 32)
    nonce = labelled_expand(scheduled, b"base_nonce", context, 12)
    return AESGCM(key).decrypt(nonce, sealed[1120:], b"")


@pytest.mark.parametrize("vector", VECTORS["derivations"], ids=lambda vector: vector["purpose"].split("/")[0])
def test_working_keys_are_derived_as_the_page_says(vector):
    assert vector["info"] == f"evidence-tracker/{vector['purpose']}/v1"
    assert derive(ROOT, vector["info"]).hex() == vector["key"]
    assert OrganisationRoot(ROOT).derive(vector["purpose"]).hex() == vector["key"]


def test_the_instance_id_is_cut_from_its_derivation():
    derived = bytearray(derive(ROOT, "evidence-tracker/instance-id/v1")[:16])
    derived[6] = derived[6] & 0x0F | 0x40
    derived[8] = derived[8] & 0x3F | 0x80

    assert str(UUID(bytes=bytes(derived))) == VECTORS["instance_id"]


def test_the_folder_opens_by_the_page_alone():
    folder, text = VECTORS["folder"], VECTORS["passphrase"]
    account = VECTORS["custodian"]
    identity = folder["identity.json"]

    root = open_passphrase_wrap(folder["organisation.json"]["wraps"][0], text, "organisation")
    own = open_passphrase_wrap(identity["custodians"][account]["wraps"][0], text, f"custodian/{account}")
    wrapped = bytes.fromhex(identity["wraps"][0]["blob"])
    seed = unseal(
        derive(root, "evidence-tracker/log-key/v1"),
        bytes.fromhex(folder["log.json"]["seed"]),
        "log-signing-key",
    )

    assert root == ROOT
    assert hpke_open(own, wrapped, f"identity-root/{account}").hex() == VECTORS["identity_root"]
    assert seed.hex() == VECTORS["log_seed"]


def test_the_program_opens_the_folder(tmp_path):
    for name, content in VECTORS["folder"].items():
        (tmp_path / name).write_text(json.dumps(content), "utf-8")
    keys, unlocker = KeyFolder(tmp_path), Passphrase(VECTORS["passphrase"])

    root = keys.unlock(unlocker)

    assert root.secret == ROOT
    assert keys.unlock_identity(VECTORS["custodian"], unlocker).raw.hex() == VECTORS["identity_root"]
    assert keys.log_seed(root).hex() == VECTORS["log_seed"]
    with pytest.raises(Locked):
        keys.unlock(Passphrase("incorrect horse battery staple"))


def test_a_key_file_opens_by_the_page_and_by_the_program(tmp_path):
    vector = VECTORS["key_file"]
    content = bytes.fromhex(vector["content"])
    (tmp_path / "key").write_bytes(content)

    assert derive(content, vector["info"]).hex() == vector["key"]
    blob = base64.b64decode(vector["wrap"]["blob"])
    assert unseal(bytes.fromhex(vector["key"]), blob, "root/organisation") == ROOT
    assert KeyFile(tmp_path / "key").unwrap([vector["wrap"]], "organisation") == ROOT


def test_a_compartment_key_opens_by_the_page_and_by_the_program():
    vector = VECTORS["compartment"]
    purpose, under = f"compartment/{vector['id']}", derive(ROOT, "evidence-tracker/compartment-keys/v1")
    blob = base64.b64decode(vector["wrap"]["blob"])

    assert unseal(under, blob, f"wrap/organisation/{purpose}").hex() == vector["key"]
    assert unwrap([vector["wrap"]], under, recipient="organisation", purpose=purpose).hex() == vector["key"]


def test_an_identity_opens_by_the_page_and_by_the_program():
    vector = VECTORS["identity_field"]
    private, sealed = bytes.fromhex(VECTORS["identity_root"]), bytes.fromhex(vector["sealed"])
    assert vector["purpose"] == f"identity/{vector['person_id']}/{vector['name']}/{vector['number']}"

    plain = hpke_open(private, sealed, vector["purpose"])

    assert len(plain) == 256
    assert json.loads(plain) == vector["value"]
    assert PrivateKey(private).unseal(sealed, vector["purpose"]) == plain


def test_a_pseudonym_is_computed_as_the_page_says():
    vector = VECTORS["pseudonym"]
    key = derive(ROOT, f"evidence-tracker/recipient-pseudonyms/{vector['party_id']}/v1")
    person = UUID(vector["person_id"])
    bits = int.from_bytes(
        hmac.digest(key, b"evidence-tracker/pseudonym/v1\0" + person.bytes, "sha256")[:4], "big"
    )
    letters = ["0123456789ABCDEFGHJKMNPQRSTVWXYZ"[bits >> shift & 31] for shift in (27, 22, 17, 12, 7, 2)]

    assert "W-" + "".join(letters) == vector["pseudonym"] == pseudonym(key, person)


def test_the_pages_show_the_vectors():
    keys, identity = (SPEC / "keys.md").read_text("utf-8"), (SPEC / "identity.md").read_text("utf-8")
    vkey = Signer("evidence.example/kyiv/1", bytes.fromhex(VECTORS["log_seed"])).vkey

    assert all(vector["key"] in keys and vector["info"] in keys for vector in VECTORS["derivations"])
    assert VECTORS["instance_id"] in keys
    assert vkey in keys
    assert VECTORS["identity_field"]["purpose"] in identity
    assert VECTORS["pseudonym"]["pseudonym"] in identity
