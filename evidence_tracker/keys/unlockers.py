"""What a person holds to open a root key: a passphrase or a key file.

Passphrases go through Argon2id (RFC 9106); a key file holds 32 random bytes or more,
which HKDF turns into the wrapping key.
"""

import base64
import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from evidence_tracker.errors import IntegrityFailure, InvalidInput, Locked, NotReady
from evidence_tracker.keys.wraps import KEY_BYTES, Wrap, decode, seal, unseal

PASSPHRASE_ALGORITHM = "argon2id-A256GCM"  # noqa: S105 - the name of an algorithm
KEY_FILE_ALGORITHM = "keyfile-hkdf-A256GCM"
MIN_PASSPHRASE = 8
MIN_KEY_FILE = 32
MAX_KEY_FILE = 1 << 20
_SALT_BYTES = 16
_HEADER = struct.Struct(">16sIII")


@dataclass(frozen=True)
class Cost:
    """Argon2id parameters: passes, lanes, memory in KiB (RFC 9106 second recommendation)."""

    iterations: int = 3
    lanes: int = 4
    memory_kib: int = 64 * 1024


#: For demo and test instances only, whose secrets protect nothing.
CHEAP = Cost(iterations=1, lanes=1, memory_kib=8 * 1024)
STRONG = Cost()
#: What a wrap may ask for: a key file that somebody changed must not take all memory there is.
MAX_COST = Cost(iterations=1000, lanes=256, memory_kib=4 << 20)


@dataclass(frozen=True)
class Passphrase:
    """A passphrase somebody typed, or that came through a file descriptor."""

    text: str
    cost: Cost = STRONG

    def __post_init__(self) -> None:
        """Refuse what is too short to resist guessing."""
        if len(self.text) < MIN_PASSPHRASE:
            raise InvalidInput(
                f"A passphrase needs at least {MIN_PASSPHRASE} characters.",
                advice="Five or more random words are best.",
            )

    def __repr__(self) -> str:
        """Never show the secret."""
        return "Passphrase(…)"

    def wrap(self, key: bytes, purpose: str) -> Wrap:
        """Wrap ``key`` under this passphrase."""
        salt = os.urandom(_SALT_BYTES)
        header = _HEADER.pack(salt, self.cost.iterations, self.cost.lanes, self.cost.memory_kib)
        blob = header + seal(_stretch(self.text, salt, self.cost), key, f"root/{purpose}")
        return Wrap(
            alg=PASSPHRASE_ALGORITHM, recipient="passphrase", blob=base64.b64encode(blob).decode("ascii")
        )

    def unwrap(self, wraps: Sequence[Wrap], purpose: str) -> bytes:
        """Return the key, or raise ``Locked`` when the passphrase opens none of the wraps."""
        for item in wraps:
            if item["alg"] != PASSPHRASE_ALGORITHM:
                continue
            blob = decode(item)
            salt, iterations, lanes, memory = _HEADER.unpack(blob[: _HEADER.size])
            if iterations > MAX_COST.iterations or lanes > MAX_COST.lanes or memory > MAX_COST.memory_kib:
                continue
            under = _stretch(self.text, salt, Cost(iterations, lanes, memory))
            try:
                return unseal(under, blob[_HEADER.size :], f"root/{purpose}")
            except IntegrityFailure:  # a wrong passphrase and a damaged wrap look alike
                continue
        raise Locked("The passphrase does not open this instance.", advice="Try again, or use the key file.")


@dataclass(frozen=True)
class KeyFile:
    """A file of random bytes on a device that is kept apart from the vault."""

    path: Path

    def wrap(self, key: bytes, purpose: str) -> Wrap:
        """Wrap ``key`` under the content of this file."""
        blob = seal(self._under(purpose), key, f"root/{purpose}")
        return Wrap(alg=KEY_FILE_ALGORITHM, recipient="key-file", blob=base64.b64encode(blob).decode("ascii"))

    def unwrap(self, wraps: Sequence[Wrap], purpose: str) -> bytes:
        """Return the key, or raise ``Locked`` when the file opens none of the wraps."""
        for item in wraps:
            if item["alg"] == KEY_FILE_ALGORITHM:
                try:
                    return unseal(self._under(purpose), decode(item), f"root/{purpose}")
                except IntegrityFailure:
                    continue
        raise Locked(
            "The key file does not open this instance.", advice="Use the key file made for this instance."
        )

    def _under(self, purpose: str) -> bytes:
        try:
            with self.path.open("rb") as file:
                content = file.read(MAX_KEY_FILE + 1)
        except OSError as error:
            raise Locked(
                f"The key file {self.path} cannot be read: {error.strerror}.",
                advice="Connect the device that holds it.",
            ) from error
        if not MIN_KEY_FILE <= len(content) <= MAX_KEY_FILE:
            raise Locked(
                f"The key file {self.path} is not a key file: it holds {len(content)} bytes.",
                advice=f"A key file holds {MIN_KEY_FILE} random bytes or more; make one with 'init --key-file'.",
            )
        return HKDF(
            hashes.SHA256(), KEY_BYTES, None, f"evidence-tracker/key-file/{purpose}/v1".encode()
        ).derive(content)


Unlocker = Passphrase | KeyFile


def make_key_file(path: Path) -> None:
    """Write a new key file, readable by its owner only; an existing file is left as it is."""
    if path.exists():
        return
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    try:
        os.write(descriptor, os.urandom(KEY_BYTES))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def refuse_same_filesystem(key_file: Path, vault: Path) -> None:
    """Refuse a key file that would be seized together with the vault."""
    if key_file.stat().st_dev == vault.stat().st_dev:
        raise NotReady(
            f"The key file {key_file} lies on the same filesystem as the vault.",
            advice="Keep it on a removable device, or use a passphrase.",
        )


def _stretch(text: str, salt: bytes, cost: Cost) -> bytes:
    return Argon2id(
        salt=salt, length=KEY_BYTES, iterations=cost.iterations, lanes=cost.lanes, memory_cost=cost.memory_kib
    ).derive(text.encode())
