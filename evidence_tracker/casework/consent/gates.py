"""The gate: what of a person may be used, by whom, for what, and how the person is named.

Everything here is a pure function of the events. Doubt closes the gate:

* No event, no permission. What is not covered is not allowed.
* A limit never allows anything; it lowers the level of what is allowed.
* Later and earlier follow the order of the custody log (``number``), not the clock. A
  permission that was certainly obtained before a denial does not lift it, even when the
  paper was recorded later.
* A denial wipes away every earlier permission in the cells it speaks of, however narrow; a
  limit lowers every earlier one.
* Both also hold against a later permission wherever they are the narrower: a named refusal
  against a permission for the whole class, a refusal of one item against a permission for
  all. A later permission that is at least as narrow in both respects (recipient, items)
  lifts them, for the cells it names and no others.
* Of the permissions that were not wiped away the narrowest decides, and of equally narrow
  ones the later. Where none is narrower in every respect, all of them must allow it, at the
  lowest of their levels.
* What was said of a thing was said of whatever is made from it: of the redacted copy of a
  photograph, of the recording of an interview. What names the copy itself is the narrower.
* An expired permission does not uncover a broader one: it has to be renewed, or given anew.
* A permission counts for a named recipient only while that party has the class it had then.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access.policy import now
from evidence_tracker.casework.consent.models import (
    ConsentEvent,
    ConsentKind,
    IdentityLevel,
    Said,
    Scope,
    Use,
)
from evidence_tracker.casework.parties.models import Party, RecipientClass

_CHUNK = 5000


class Reason(StrEnum):
    """Why a decision is what it is."""

    ALLOWED = "allowed"
    LIMITED = "limited"
    NEVER_ASKED = "never-asked"
    NOT_COVERED = "not-covered"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    NOT_YET = "not-yet"
    NO_RECIPIENT = "no-recipient"


@dataclass(frozen=True)
class Decision:
    """Yes or no, how the person may be named, why, and by which events.

    ``identity_level`` is the most that may be told; it is ``none`` wherever the answer is
    no. ``conditions`` are the person's own words, for whoever hands something over to read.
    """

    allowed: bool
    identity_level: IdentityLevel
    reason: Reason
    events: tuple[UUID, ...] = ()
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recipient:
    """A class of recipients, or one named party of that class."""

    recipient_class: RecipientClass
    party_id: UUID | None = None


@dataclass(frozen=True)
class Matrix:
    """All that one person has said, folded: ask it cell by cell."""

    events: tuple[Said, ...]
    at: datetime

    @property
    def recipients(self) -> list[Recipient]:
        """Return the classes and parties that any event names, in the order of the list of classes."""
        found = {
            Recipient(event.recipient_class, party_id)
            for event in self.events
            if event.recipient_class is not None
            for party_id in {None, event.party_id}
        }
        order = list(RecipientClass)
        return sorted(found, key=lambda item: (order.index(item.recipient_class), str(item.party_id or "")))

    @property
    def uses(self) -> list[Use]:
        """Return the uses that any event names, in the order of the list of uses."""
        named = {event.use for event in self.events}
        return [use for use in Use if use in named]

    @property
    def items(self) -> list[UUID]:
        """Return the items that any event names."""
        return sorted({UUID(item) for event in self.events for item in event.items})

    def decide(self, recipient: Recipient, use: Use, item_id: UUID | None = None) -> Decision:
        """Return the decision for one cell; without an item, where no item is in question."""
        return decide(
            self.events,
            recipient_class=recipient.recipient_class,
            party_id=recipient.party_id,
            use=use,
            item_id=item_id,
            at=self.at,
        )

    def cells(self) -> Iterator[tuple[Recipient, Use, UUID | None, Decision]]:
        """Yield every cell that any event touches: without an item, then for each item named."""
        for recipient in self.recipients:
            for use in self.uses:
                for item_id in (None, *self.items):
                    yield recipient, use, item_id, self.decide(recipient, use, item_id)


def fold(events: Iterable[Said], at: datetime) -> Matrix:
    """Return the state that one person's events amount to at ``at``."""
    return Matrix(tuple(_in_order(events)), at)


def decide(
    events: Iterable[Said],
    *,
    recipient_class: RecipientClass,
    party_id: UUID | None,
    use: Use,
    item_id: UUID | None,
    at: datetime,
    made_from: Collection[UUID] = (),
) -> Decision:
    """Say whether one person's events allow one use of one item at ``at``.

    ``item_id`` None: no item is in question (statistics, contacting the person again);
    whatever is handed over is asked for item by item. ``made_from`` are the things the item
    was made from or records, whose permissions and denials are its own too. ``at`` decides
    which permissions have begun and which have expired. Denials and limits count whenever they
    are known, whatever their date: hand in only what was known to ask about the past.
    """
    cell = _Cell(recipient_class, party_id, use, item_id, frozenset(str(origin) for origin in made_from))
    return _weigh(_in_order(events), cell, at, is_lasting=False)


def level_to_renew(
    events: Iterable[Said], *, recipient: Recipient, use: Use, item_id: UUID | None, at: datetime
) -> IdentityLevel | None:
    """Return the level that stands in a cell when expiry is left aside; None if nothing stands."""
    cell = _Cell(recipient.recipient_class, recipient.party_id, use, item_id)
    decision = _weigh(_in_order(events), cell, at, is_lasting=True)
    return decision.identity_level if decision.allowed else None


@dataclass(frozen=True)
class _Cell:
    recipient_class: RecipientClass
    party_id: UUID | None
    use: Use
    item_id: UUID | None
    made_from: frozenset[str] = frozenset()

    def is_meant_by(self, event: Said) -> bool:
        """Say whether an event speaks of this cell."""
        if event.use is not None and event.use is not self.use:
            return False
        if event.scope is Scope.ITEMS and not self._lists(event):
            return False  # no item in question: none is listed
        if event.party_id is None:
            return event.recipient_class is None or event.recipient_class is self.recipient_class
        if event.party_id != self.party_id:
            return False
        return not event.kind.is_permission or event.recipient_class is self.recipient_class

    def _lists(self, event: Said) -> bool:
        return str(self.item_id) in event.items or not self.made_from.isdisjoint(event.items)

    def narrowness(self, event: Said) -> tuple[bool, bool, bool]:
        """Return whether an event names one party, whether it names items, and whether this very item.

        Every permission names its class and its use, so nothing is narrower than it in those.
        """
        return event.party_id is not None, event.scope is Scope.ITEMS, str(self.item_id) in event.items


def _weigh(known: Sequence[Said], cell: _Cell, at: datetime, *, is_lasting: bool) -> Decision:
    # (1) What speaks of this cell.
    speaking = [event for event in known if cell.is_meant_by(event)]
    denials = [event for event in speaking if event.kind.is_denial]
    permissions = [event for event in speaking if event.kind.is_permission]
    # (2) The permissions that have begun and that nothing said later has wiped away.
    begun = [event for event in permissions if event.recorded_at <= at and event.obtained_earliest_at <= at]
    standing = [event for event in begun if not any(denial.number > event.number for denial in denials)]
    if not standing:
        return _closed(known, speaking, denials, permissions)
    # (3) The narrowest of them; one that an earlier denial holds against, or that expired, closes.
    deciding = [event for event in standing if not any(_outranks(other, event, cell) for other in standing)]
    holding = [denial for denial in denials if any(_holds_against(denial, event, cell) for event in deciding)]
    if holding:
        return _denied(holding)
    expired = [event for event in deciding if not is_lasting and has_expired(event.expires_on, at)]
    if expired:
        return _no(Reason.EXPIRED, expired)
    # (4) The lowest of their levels, each under the limits that apply to it.
    limits = [event for event in speaking if event.kind is ConsentKind.LIMITED]
    applied = [limit for limit in limits if any(_holds_against(limit, event, cell) for event in deciding)]
    return _open(deciding, applied)


def has_expired(expires_on: date | None, at: datetime) -> bool:
    """Say whether a permission ends before ``at``: the day has ended everywhere on earth (UTC-12)."""
    if expires_on is None or expires_on == date.max:
        return False
    end = datetime.combine(expires_on + timedelta(days=1), time(hour=12), UTC)
    return at >= end


def live(
    session: Session,
    person_ids: Collection[UUID],
    *,
    recipient: Party,
    use: Use,
    item_id: UUID | None,
    made_from: Collection[UUID] = (),
    at: datetime | None = None,
) -> Mapping[UUID, Decision]:
    """Return the decision for each of these persons, in one query; ``at`` is now where not stated.

    A gate sees every event, whatever the actor may read: a hidden withdrawal would open it.
    Only decisions leave this function. A party that is no recipient, or no longer, is denied.
    """
    items = {item_id: made_from}
    found = live_by_item(session, person_ids, recipient=recipient, use=use, items=items, at=at)
    return {person_id: decision for (person_id, _), decision in found.items()}


def live_by_item(
    session: Session,
    person_ids: Collection[UUID],
    *,
    recipient: Party,
    use: Use,
    items: Mapping[UUID | None, Collection[UUID]],
    at: datetime | None = None,
) -> Mapping[tuple[UUID, UUID | None], Decision]:
    """Return the decision for each person and item, as ``live`` does, also in one query.

    ``items`` maps each item to what it was made from.
    """
    cells = [(person_id, item_id) for person_id in sorted(set(person_ids)) for item_id in items]
    if recipient.recipient_class is None or recipient.ended_at is not None:
        return dict.fromkeys(cells, _no(Reason.NO_RECIPIENT, ()))
    moment = at or now(session)
    events = _events_of(session, sorted(set(person_ids)))
    return {
        (person_id, item_id): decide(
            events.get(person_id, ()),
            recipient_class=recipient.recipient_class,
            party_id=recipient.id,
            use=use,
            item_id=item_id,
            made_from=items[item_id],
            at=moment,
        )
        for person_id, item_id in cells
    }


# The columns of ``Said``: whole records would take five times as long to load.
_SAID = tuple(getattr(ConsentEvent, name) for name in vars(Said) if isinstance(vars(Said)[name], property))


def _events_of(session: Session, person_ids: Sequence[UUID]) -> dict[UUID, list[Said]]:
    found: dict[UUID, list[Said]] = {}
    for start in range(0, len(person_ids), _CHUNK):
        query = select(*_SAID).where(ConsentEvent.person_id.in_(person_ids[start : start + _CHUNK]))
        for row in session.execute(query):
            found.setdefault(row.person_id, []).append(cast("Said", row))
    return found


def _in_order(events: Iterable[Said]) -> list[Said]:
    ordered = sorted(events, key=lambda event: event.number)
    if len({event.person_id for event in ordered}) > 1:
        raise ValueError("consent is decided for one person at a time")
    return ordered


def _holds_against(restriction: Said, permission: Said, cell: _Cell) -> bool:
    """Say whether a denial or a limit holds against a permission of the same cell."""
    return (
        restriction.number > permission.number
        or permission.obtained_latest_at < restriction.obtained_earliest_at
        or any(a > b for a, b in zip(cell.narrowness(restriction), cell.narrowness(permission), strict=True))
    )


def _outranks(one: Said, other: Said, cell: _Cell) -> bool:
    """Say whether one permission decides instead of another in a cell both speak of."""
    mine, theirs = cell.narrowness(one), cell.narrowness(other)
    if mine == theirs:
        return one.number > other.number and one.obtained_latest_at >= other.obtained_earliest_at
    return all(a >= b for a, b in zip(mine, theirs, strict=True))


def _open(deciding: Sequence[Said], applied: Sequence[Said]) -> Decision:
    unlimited = _lowest(_level(event) for event in deciding)
    level = _lowest([unlimited, *(_level(limit) for limit in applied)])
    used = [*deciding, *applied]
    if level is IdentityLevel.NONE:
        return _no(Reason.LIMITED, used)
    return Decision(
        allowed=True,
        identity_level=level,
        reason=Reason.ALLOWED if level is unlimited else Reason.LIMITED,
        events=_ids(used),
        conditions=tuple(event.conditions for event in used if event.conditions),
    )


def _closed(
    known: Sequence[Said], speaking: Sequence[Said], denials: Sequence[Said], permissions: Sequence[Said]
) -> Decision:
    if denials:
        return _denied(denials)
    if permissions:
        return _no(Reason.NOT_YET, permissions)
    return _no(Reason.NOT_COVERED if known else Reason.NEVER_ASKED, speaking)


def _denied(denials: Sequence[Said]) -> Decision:
    is_withdrawn = denials[-1].kind is ConsentKind.WITHDRAWN
    return _no(Reason.WITHDRAWN if is_withdrawn else Reason.REFUSED, denials)


def _no(reason: Reason, events: Sequence[Said]) -> Decision:
    return Decision(allowed=False, identity_level=IdentityLevel.NONE, reason=reason, events=_ids(events))


def _ids(events: Iterable[Said]) -> tuple[UUID, ...]:
    return tuple(event.id for event in sorted(events, key=lambda event: event.number))


def _level(event: Said) -> IdentityLevel:
    return IdentityLevel.NONE if event.identity_level is None else event.identity_level


def _lowest(levels: Iterable[IdentityLevel]) -> IdentityLevel:
    return min(levels, key=lambda level: level.rank)
