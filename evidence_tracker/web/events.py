"""What the custody log says of one record: its events, and what each saved version changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access.indexing import SearchEntry
from evidence_tracker.access.models import Account
from evidence_tracker.access.policy import visible
from evidence_tracker.custody.events import Actor
from evidence_tracker.custody.history import CustodyEvent, events_of
from evidence_tracker.vault.keyring import Keyring
from evidence_tracker.web import naming

#: Of an event, what every event has, or what only the machine reads.
_COMMON = frozenset(
    {
        *("act", "act_id", "subject", "seq", "prev", "actor", "door", "occurred", "logged_at"),
        *("record_type", "system_user", "clock"),
    }
)
#: Of a version, what the machine counts.
_INNER = frozenset({"id", "version", "recorded_at", "recorded_by", "compartment_id"})


@dataclass(frozen=True)
class Done:
    """One custody event as a person reads it."""

    event: CustodyEvent
    who: str

    @property
    def values(self) -> dict[str, Any]:
        """Return every field of the event."""
        return self.event.values

    @property
    def clock(self) -> dict[str, Any]:
        """Return what was known of the clock of the instance when the event was logged."""
        return self.values.get("clock") or {}

    @property
    def facts(self) -> dict[str, Any]:
        """Return what this act adds to what every event says, without the record itself."""
        own = self.event.record or {}
        return {
            name: value
            for name, value in self.values.items()
            if name not in _COMMON
            and not name.startswith("record.")
            and name not in own
            and value is not None
        }


@dataclass(frozen=True)
class Change:
    """What one saved version changed against the one before; the first one changed everything."""

    done: Done
    version: int
    changes: list[tuple[str, Any, Any]]


def told(session: Session, row: Any, model: Any, actor: Actor, *, newest_first: bool) -> dict[str, Any]:
    """Return the events of a record and its versions, with what is known of the ids in them.

    The caller has found the record for this person.
    """
    log = log_of(session, row.id)
    history = changes_in(log)
    values = [value for done in log for value in done.facts.values()]
    values += [value for change in history for _, *both in change.changes for value in both]
    return {
        "log": log[::-1] if newest_first else log,
        "history": history,
        "naming": naming.names_in(session, values, actor=actor),
        "columns": {column.key: column for column in model.__table__.columns},
    }


def recent(session: Session, actor: Actor, limit: int = 8) -> list[SearchEntry]:
    """Return the newest records that somebody recorded and that may be seen, for the start page."""
    query = (
        select(SearchEntry)
        .where(
            SearchEntry.record_id == SearchEntry.home_id,
            SearchEntry.reference.is_not(None),
            visible(session, actor, SearchEntry),
        )
        .order_by(SearchEntry.id.desc())
        .limit(limit)
    )
    return list(session.scalars(query))


def log_of(session: Session, subject: UUID) -> list[Done]:
    """Return every custody event of a record, oldest first; the caller has found it for this person."""
    keyring: Keyring = session.info["keyring"]
    events = events_of(session, keyring, subject)
    actors = {UUID(event.values["actor"]) for event in events}
    query = select(Account.id, Account.display_name).where(Account.id.in_(actors))
    names = {str(one.id): str(one.display_name) for one in session.execute(query)}
    return [Done(event, names.get(event.values["actor"], "")) for event in events]


def changes_in(log: Sequence[Done]) -> list[Change]:
    """Return what each saved version changed, newest first."""
    found: list[Change] = []
    before: dict[str, Any] = {}
    for done in log:
        now = done.event.record
        if now is None:
            continue
        changes = [
            (name, before.get(name), value)
            for name, value in now.items()
            if name not in _INNER and value != before.get(name) and value not in (None, [], {}, "")
        ]
        changes += [
            (name, value, None)
            for name, value in before.items()
            if name not in _INNER and value not in (None, [], {}, "") and now.get(name) in (None, [], {}, "")
        ]
        found.append(Change(done, int(now["version"]), changes))
        before = now
    return found[::-1]
