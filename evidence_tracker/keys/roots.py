"""The two roots of an instance.

The *organisation root* opens the database, the vault and the log. The *identity root*
is a key pair of its own: anyone who works here can seal an identity to its public
half, only named custodians can open the private half. Neither derives from the other.
"""

import base64
from dataclasses import dataclass, field
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from evidence_tracker.errors import IntegrityFailure
from evidence_tracker.keys.wraps import KEY_BYTES, new_key

# Hybrid: what is seized today may be attacked with tomorrow's machines.
_SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
_MLKEM_SEED = 64
_MLKEM_PUBLIC = 1184


@dataclass(frozen=True)
class OrganisationRoot:
    """32 random bytes from which the instance's working keys derive."""

    secret: bytes = field(repr=False)

    @classmethod
    def generate(cls) -> Self:
        """Return a new root."""
        return cls(new_key())

    def derive(self, purpose: str) -> bytes:
        """Return the 32-byte key for ``purpose`` (HKDF-SHA256)."""
        return HKDF(hashes.SHA256(), KEY_BYTES, None, f"evidence-tracker/{purpose}/v1".encode()).derive(
            self.secret
        )


@dataclass(frozen=True)
class PublicKey:
    """Where identities are sealed to: ML-KEM-768 and X25519 halves, 1216 bytes."""

    raw: bytes

    def seal(self, plaintext: bytes, purpose: str) -> bytes:
        """Encrypt so that only the private half opens it (HPKE, RFC 9180, base mode)."""
        key = hpke.MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(self.raw[:_MLKEM_PUBLIC]),
            X25519PublicKey.from_public_bytes(self.raw[_MLKEM_PUBLIC:]),
        )
        return _SUITE.encrypt(plaintext, key, info=purpose.encode())

    def to_text(self) -> str:
        """Return the key as base64."""
        return base64.b64encode(self.raw).decode("ascii")

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read a key from base64."""
        return cls(base64.b64decode(text, validate=True))


@dataclass(frozen=True)
class PrivateKey:
    """The private half: an ML-KEM-768 seed and an X25519 key, 96 bytes."""

    raw: bytes = field(repr=False)

    @classmethod
    def generate(cls) -> Self:
        """Return a new key pair's private half."""
        return cls(
            MLKEM768PrivateKey.generate().private_bytes_raw()
            + X25519PrivateKey.generate().private_bytes_raw()
        )

    def public(self) -> PublicKey:
        """Return the public half."""
        mlkem, x25519 = self._halves()
        return PublicKey(mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw())

    def unseal(self, sealed: bytes, purpose: str) -> bytes:
        """Open what ``PublicKey.seal`` made; raises ``IntegrityFailure`` for anything else."""
        key = hpke.MLKEM768X25519PrivateKey(*self._halves())
        try:
            return _SUITE.decrypt(sealed, key, info=purpose.encode())
        except (InvalidTag, ValueError) as error:
            raise IntegrityFailure(f"Sealed data does not open: {purpose}.") from error

    def _halves(self) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
        return (
            MLKEM768PrivateKey.from_seed_bytes(self.raw[:_MLKEM_SEED]),
            X25519PrivateKey.from_private_bytes(self.raw[_MLKEM_SEED:]),
        )
