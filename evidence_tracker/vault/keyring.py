"""Compartment keys, opened with the organisation root and kept only in memory."""

from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from sqlalchemy.orm import Session

from evidence_tracker.errors import IntegrityFailure
from evidence_tracker.keys.roots import OrganisationRoot
from evidence_tracker.keys.wraps import Wrap, new_key, unwrap, wrap
from evidence_tracker.vault.models import CompartmentKey

RECIPIENT = "organisation"


@dataclass
class Keyring:
    """Opens and makes the keys below the organisation root.

    Blob and subject keys are wrapped under their compartment's key, compartment keys
    under a key derived from the root. ``forget`` drops what was opened.
    """

    root: OrganisationRoot = field(repr=False)
    _opened: dict[UUID, bytes] = field(default_factory=dict, repr=False)

    def create(self, session: Session, compartment_id: UUID) -> None:
        """Make the key of a new compartment."""
        key = new_key()
        wrapped = wrap(key, self._over(), recipient=RECIPIENT, purpose=f"compartment/{compartment_id}")
        session.add(CompartmentKey(id=compartment_id, wraps=cast("list[dict[str, Any]]", [wrapped])))
        session.flush()

    def compartment(self, session: Session, compartment_id: UUID) -> bytes:
        """Return the key of a compartment; raises ``IntegrityFailure`` if it is gone or altered."""
        if compartment_id not in self._opened:
            row = session.get(CompartmentKey, compartment_id)
            if row is None:
                raise IntegrityFailure(f"The key of compartment {compartment_id} is gone.")
            self._opened[compartment_id] = self.open(row)
        return self._opened[compartment_id]

    def open(self, row: CompartmentKey) -> bytes:
        """Unwrap one row, without the cache."""
        wraps = cast("list[Wrap]", row.wraps)
        return unwrap(wraps, self._over(), recipient=RECIPIENT, purpose=f"compartment/{row.id}")

    def wrap_under(
        self, session: Session, compartment_id: UUID, key: bytes, purpose: str
    ) -> list[dict[str, Any]]:
        """Wrap ``key`` under a compartment's key."""
        under = self.compartment(session, compartment_id)
        return [cast("dict[str, Any]", wrap(key, under, recipient=str(compartment_id), purpose=purpose))]

    def unwrap_under(
        self, session: Session, compartment_id: UUID, wraps: list[dict[str, Any]], purpose: str
    ) -> bytes:
        """Open a key that ``wrap_under`` wrapped."""
        under = self.compartment(session, compartment_id)
        return unwrap(cast("list[Wrap]", wraps), under, recipient=str(compartment_id), purpose=purpose)

    def forget(self) -> None:
        """Drop every opened key."""
        self._opened.clear()

    def _over(self) -> bytes:
        return self.root.derive("compartment-keys")
