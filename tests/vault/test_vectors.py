"""The format of a blob, held fast: by vectors, and by an encryptor written from the specification alone."""

import hashlib
import hmac
import json
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.cobblestone import Cobblestone256Decryptor
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from evidence_tracker.vault.blobs import BlobReader, blob_context, chunks

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text("utf-8"))


def encrypt(key, salt, context, plaintext):
    """C2SP chunked encryption with AES-256-GCM and HKDF-SHA-512, step by step."""
    info = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0" + salt + context
    first = hmac.digest(key, info + b"\x01", "sha512")
    derived = (first + hmac.digest(key, first + info + b"\x02", "sha512"))[: 32 + 12 + 32]
    aead, nonce, commitment = AESGCM(derived[:32]), derived[32:44], derived[44:]
    sealed = [
        aead.encrypt(
            bytes(a ^ b for a, b in zip(nonce, number.to_bytes(12, "big"), strict=True)),
            plaintext[number * 16_384 : (number + 1) * 16_384],
            None,
        )
        for number in range(len(plaintext) // 16_384 + 1)
    ]
    return salt + commitment + b"".join(sealed)


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_all_readers_agree_on_the_vector(store, vector):
    plaintext = bytes(number % 251 for number in range(vector["size"]))
    instance, blob = UUID(vector["instance_id"]), UUID(vector["blob_id"])
    key, salt = bytes.fromhex(vector["key"]), bytes.fromhex(vector["salt"])
    assert blob_context(instance, blob).hex() == vector["context"]
    sealed = encrypt(key, salt, blob_context(instance, blob), plaintext)
    assert sealed[:56].hex() == vector["header"]
    assert hashlib.sha256(sealed).hexdigest() == vector["ciphertext_sha256"]
    assert len(sealed) == vector["ciphertext_size"]

    library = Cobblestone256Decryptor(key, blob_context(instance, blob))
    assert library.update(sealed) + library.finalize() == plaintext
    with store.write(blob) as writer:
        writer.write(sealed)
    recorded = vector["ciphertext_sha256"]
    assert b"".join(chunks(store, blob, key, instance_id=instance, ciphertext_sha256=recorded)) == plaintext
    with BlobReader(store, blob, key, instance_id=instance) as reader:
        assert reader.read() == plaintext


def test_the_example_of_the_specification_is_a_vector(store):
    page = (Path(__file__).parents[2] / "docs" / "spec" / "blob.md").read_text("utf-8")
    vector = next(vector for vector in VECTORS if vector["name"] == "one byte")
    sealed = encrypt(
        bytes.fromhex(vector["key"]), bytes.fromhex(vector["salt"]), bytes.fromhex(vector["context"]), b"\0"
    )
    for part in (vector["key"], vector["salt"], sealed[24:56].hex(), sealed[56:].hex()):
        assert part in page
