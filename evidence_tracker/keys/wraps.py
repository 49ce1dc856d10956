"""Wrapping one key under another, always as a list of ``{alg, recipient, blob}``.

A list, so that a key can have several recipients and an algorithm can be replaced
with overlap. AES-256-GCM with the purpose as associated data: a wrap copied to
another purpose or another record does not open.
"""

import base64
import os
from collections.abc import Sequence
from typing import TypedDict

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from evidence_tracker.errors import IntegrityFailure

KEY_BYTES = 32
NONCE_BYTES = 12
ALGORITHM = "A256GCM"


class Wrap(TypedDict):
    """One wrapped copy of a key: algorithm, for whom, and the bytes (base64)."""

    alg: str
    recipient: str
    blob: str


def new_key() -> bytes:
    """Return 32 random bytes."""
    return os.urandom(KEY_BYTES)


def seal(key: bytes, plaintext: bytes, purpose: str) -> bytes:
    """Encrypt under AES-256-GCM with a random nonce in front; ``purpose`` is bound in."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, purpose.encode())


def unseal(key: bytes, sealed: bytes, purpose: str) -> bytes:
    """Open what ``seal`` made; raises ``IntegrityFailure`` for any other bytes, key or purpose."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode())
    except (InvalidTag, ValueError) as error:
        raise IntegrityFailure(f"Encrypted data does not open: {purpose}.") from error


def wrap(key: bytes, under: bytes, *, recipient: str, purpose: str) -> Wrap:
    """Wrap ``key`` under the 32-byte key of ``recipient`` for ``purpose``."""
    blob = base64.b64encode(seal(under, key, f"wrap/{recipient}/{purpose}")).decode("ascii")
    return Wrap(alg=ALGORITHM, recipient=recipient, blob=blob)


def unwrap(wraps: Sequence[Wrap], under: bytes, *, recipient: str, purpose: str) -> bytes:
    """Return the key wrapped for ``recipient``; raises ``IntegrityFailure`` if it does not open."""
    for item in wraps:
        if item["recipient"] == recipient and item["alg"] == ALGORITHM:
            return unseal(under, decode(item), f"wrap/{recipient}/{purpose}")
    raise IntegrityFailure(f"No key is wrapped for {recipient}: {purpose}.")


def decode(item: Wrap) -> bytes:
    """Return the bytes of a wrap; raises ``IntegrityFailure`` when they are not base64."""
    try:
        return base64.b64decode(item["blob"], validate=True)
    except ValueError as error:
        raise IntegrityFailure("A key wrap is not base64.") from error
