"""The installation that this process serves: locked until somebody opens it, and locked again on request.

One process serves one instance. The keys of the organisation are in it while it is open; the root of the
identities only while a custodian lends it, for a time that they see on every page.
"""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from evidence_tracker.errors import Locked
from evidence_tracker.instance import Instance, open_instance
from evidence_tracker.keys.roots import PrivateKey
from evidence_tracker.keys.unlockers import Unlocker
from evidence_tracker.settings import Kind, Settings

LENT_FOR = timedelta(minutes=15)


@dataclass(frozen=True)
class Lent:
    """The identity root, lent by a custodian until a moment."""

    private: PrivateKey
    by: UUID
    login: str
    until: datetime


class House:
    """The instance of this process, and the identity root while it is lent; safe to share between threads."""

    def __init__(self, path: Path, settings: Settings | None = None) -> None:
        self.path = path
        self.settings = settings or Settings.load(path)
        self._lock = threading.Lock()
        self._instance: Instance | None = None
        self._lent: Lent | None = None

    @classmethod
    def of(cls, instance: Instance) -> "House":
        """Return the house of an instance that is open already."""
        house = cls(instance.settings.path, instance.settings)
        house._instance = instance
        return house

    @property
    def kind(self) -> Kind:
        """Return what the instance is for; known while it is locked, too."""
        return self.settings.kind

    @property
    def is_open(self) -> bool:
        """Say whether the instance is unlocked."""
        return self._instance is not None

    @property
    def instance(self) -> Instance:
        """Return the open instance; raises Locked."""
        if self._instance is None:
            raise Locked("This instance is locked.", advice="Ask whoever holds its passphrase to unlock it.")
        return self._instance

    def unlock(self, unlocker: Unlocker) -> None:
        """Open the instance; raises Locked where the passphrase is wrong. Opening twice changes nothing."""
        with self._lock:
            if self._instance is None:
                self._instance = open_instance(self.path, unlocker, settings=self.settings)

    def lock(self) -> None:
        """Forget every key."""
        with self._lock:
            instance, self._instance, self._lent = self._instance, None, None
        if instance is not None:
            instance.close()

    def lend_identities(self, private: PrivateKey, *, by: UUID, login: str) -> Lent:
        """Hold the identity root for a while; whoever lends it again lends it anew."""
        lent = Lent(private, by, login, self.instance.clock.now() + LENT_FOR)
        with self._lock:
            self._lent = lent
        return lent

    def take_identities_back(self) -> None:
        """Forget the identity root."""
        with self._lock:
            self._lent = None

    @property
    def lent(self) -> Lent | None:
        """Return who lends the identity root until when, None while nobody does."""
        with self._lock:
            if self._lent is not None and self._lent.until <= self.instance.clock.now():
                self._lent = None
            return self._lent

    def identities(self) -> PrivateKey:
        """Return the identity root; raises Locked while no custodian lends it."""
        lent = self.lent
        if lent is None:
            raise Locked(
                "The identity vault is locked.",
                advice="Ask a custodian of identities to unlock it with their own secret: Custody, Identity vault.",
            )
        return lent.private
