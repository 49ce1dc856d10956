"""The files of ``instance/keys/``: wraps of the two roots, custodians, the log's signing key.

Every file is JSON with lists of ``{alg, recipient, blob}``, written whole and synced.
"""

import json
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evidence_tracker.errors import IntegrityFailure, Locked, NotReady
from evidence_tracker.keys.roots import OrganisationRoot, PrivateKey, PublicKey
from evidence_tracker.keys.unlockers import Unlocker
from evidence_tracker.keys.wraps import Wrap, new_key, seal, unseal

ORGANISATION = "organisation.json"
IDENTITY = "identity.json"
LOG = "log.json"
LAST_SIGNED = "last-signed"
_SEED_PURPOSE = "log-signing-key"


@dataclass(frozen=True)
class KeyFolder:
    """``instance/keys/``: nothing in it opens without a passphrase or key file."""

    path: Path

    def create(self, unlocker: Unlocker, custodian: str) -> tuple[OrganisationRoot, PrivateKey]:
        """Make both roots and the log key; ``custodian`` (an account id) holds the identity root first."""
        self.path.mkdir(mode=0o700)
        root, identity = OrganisationRoot.generate(), PrivateKey.generate()
        self._write(ORGANISATION, {"wraps": [unlocker.wrap(root.secret, "organisation")]})
        self._write(IDENTITY, {"public": identity.public().to_text(), "wraps": [], "custodians": {}})
        self.name_custodian(custodian, unlocker, identity)
        self._write(LOG, {"seed": seal(root.derive("log-key"), new_key(), _SEED_PURPOSE).hex()})
        return root, identity

    def unlock(self, unlocker: Unlocker) -> OrganisationRoot:
        """Open the organisation root, or raise ``Locked``."""
        with _damage_named(ORGANISATION):
            return OrganisationRoot(unlocker.unwrap(self._read(ORGANISATION)["wraps"], "organisation"))

    def add_unlocker(self, root: OrganisationRoot, unlocker: Unlocker) -> None:
        """Let one more passphrase or key file open the organisation root."""
        data = self._read(ORGANISATION)
        data["wraps"].append(unlocker.wrap(root.secret, "organisation"))
        self._write(ORGANISATION, data)

    def identity_public(self) -> PublicKey:
        """Return the key to which identities are sealed."""
        with _damage_named(IDENTITY):
            return PublicKey.from_text(self._read(IDENTITY)["public"])

    def name_custodian(self, account_id: str, unlocker: Unlocker, identity: PrivateKey) -> None:
        """Wrap the identity root to a key pair of the named custodian, which their own secret opens."""
        own = PrivateKey.generate()
        data = self._read(IDENTITY)
        data["custodians"][account_id] = {
            "public": own.public().to_text(),
            "wraps": [unlocker.wrap(own.raw, _custodian(account_id))],
        }
        blob = own.public().seal(identity.raw, f"identity-root/{account_id}")
        data["wraps"] = [item for item in data["wraps"] if item["recipient"] != account_id]
        data["wraps"].append(Wrap(alg="hpke-mlkem768x25519", recipient=account_id, blob=blob.hex()))
        self._write(IDENTITY, data)

    def change_secret(self, account_id: str, old: Unlocker, new: Unlocker) -> bool:
        """Wrap a custodian's key pair under their new secret where the old one opened it; says whether it did."""
        data = self._read(IDENTITY)
        entry = data["custodians"].get(account_id)
        if entry is None:
            return False
        try:
            own = old.unwrap(entry["wraps"], _custodian(account_id))
        except Locked:
            return False
        entry["wraps"] = [new.wrap(own, _custodian(account_id))]
        self._write(IDENTITY, data)
        return True

    def drop_custodian(self, account_id: str) -> None:
        """Remove a custodian's wrap; the last one cannot be removed."""
        data = self._read(IDENTITY)
        if set(data["custodians"]) == {account_id}:
            raise NotReady("The last custodian cannot be removed.", advice="Name another custodian first.")
        data["custodians"].pop(account_id, None)
        data["wraps"] = [item for item in data["wraps"] if item["recipient"] != account_id]
        self._write(IDENTITY, data)

    def custodians(self) -> list[str]:
        """Return the account ids of the custodians."""
        with _damage_named(IDENTITY):
            return sorted(self._read(IDENTITY)["custodians"].keys())

    def unlock_identity(self, account_id: str, unlocker: Unlocker) -> PrivateKey:
        """Open the identity root with a custodian's own secret, or raise ``Locked``."""
        with _damage_named(IDENTITY):
            return self._unlock_identity(account_id, unlocker)

    def _unlock_identity(self, account_id: str, unlocker: Unlocker) -> PrivateKey:
        data = self._read(IDENTITY)
        entry = data["custodians"].get(account_id)
        if entry is None:
            raise Locked(
                "This account is not a custodian of identities.",
                advice="Ask a custodian, or be named one with 'custodian add'.",
            )
        own = PrivateKey(unlocker.unwrap(entry["wraps"], _custodian(account_id)))
        for item in data["wraps"]:
            if item["recipient"] == account_id:
                return PrivateKey(own.unseal(bytes.fromhex(item["blob"]), f"identity-root/{account_id}"))
        raise IntegrityFailure("The identity root is not wrapped for this custodian.")

    def log_seed(self, root: OrganisationRoot) -> bytes:
        """Return the Ed25519 seed of the log's signing key."""
        with _damage_named(LOG):
            sealed = bytes.fromhex(self._read(LOG)["seed"])
        return unseal(root.derive("log-key"), sealed, _SEED_PURPOSE)

    def _read(self, name: str) -> dict[str, Any]:
        try:
            data: dict[str, Any] = json.loads((self.path / name).read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise NotReady(
                f"The key file {name} of this instance cannot be read.",
                advice="Restore instance/keys from its backup; without it nothing opens.",
            ) from error
        return data

    def _write(self, name: str, data: dict[str, Any]) -> None:
        target = self.path / name
        temporary = target.with_suffix(".new")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(descriptor, json.dumps({"v": 1, **data}, indent=1).encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        temporary.replace(target)
        folder = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextmanager
def _damage_named(name: str) -> Iterator[None]:
    """Raise ``NotReady`` with the name of a key file that holds something else than it should."""
    try:
        yield
    except (AttributeError, LookupError, TypeError, ValueError, struct.error) as error:
        raise NotReady(
            f"The key file {name} of this instance is damaged.",
            advice="Restore instance/keys from its backup; without it nothing opens.",
        ) from error


def _custodian(account_id: str) -> str:
    return f"custodian/{account_id}"
