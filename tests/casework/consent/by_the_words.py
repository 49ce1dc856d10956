"""The gate a second time, written as somebody would do it by hand with paper slips.

Slips are laid down in the order of the log. A "no" sweeps the table, a limit is written onto
the slips that lie there; both are kept in sight. A permission is laid down with whatever is
in sight and still holds against it written on it. What lies there at the end decides.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from evidence_tracker.casework.consent.gates import Recipient
from evidence_tracker.casework.consent.models import ConsentKind, IdentityLevel, Use
from tests.casework.consent.said import Word

LADDER = [
    IdentityLevel.NONE,
    IdentityLevel.ANONYMOUS,
    IdentityLevel.PSEUDONYM,
    IdentityLevel.CODE,
    IdentityLevel.FULL,
]
NO = {ConsentKind.REFUSED, ConsentKind.WITHDRAWN}
YES = {ConsentKind.GIVEN, ConsentKind.RENEWED}


@dataclass
class Slip:
    word: Word
    step: int


def level_by_hand(
    words: list[Word],
    recipient: Recipient,
    use: Use,
    item: UUID | None,
    at: datetime,
    made_from: Collection[UUID] = (),
) -> IdentityLevel | None:
    """Return the level at which the use is allowed, None where it is not.

    A slip about a thing lies on the table of everything ``made_from`` it.
    """
    origins = {str(origin) for origin in made_from}
    table: list[Slip] = []
    standing_orders: list[Word] = []
    for word in sorted(words, key=lambda slip: slip.number):
        if not concerns(word, recipient, use, item, origins):
            continue
        if word.kind in NO:
            table.clear()
            standing_orders.append(word)
        elif word.kind is ConsentKind.LIMITED:
            for slip in table:
                slip.step = min(slip.step, step_of(word))
            standing_orders.append(word)
        elif has_begun(word, at):
            against = [order for order in standing_orders if holds_against(order, word, item)]
            table.append(Slip(word, min([step_of(word), *map(step_of, against)])))
    voices = [slip for slip in table if not any(speaks_for(o.word, slip.word, item) for o in table)]
    if not voices or any(is_over(slip.word, at) for slip in voices):
        return None
    step = min(slip.step for slip in voices)
    return LADDER[step] if step else None


def concerns(word: Word, recipient: Recipient, use: Use, item: UUID | None, origins: set[str]) -> bool:
    if word.party_id:
        same = word.party_id == recipient.party_id
        if word.kind in YES:
            same = same and word.recipient_class == recipient.recipient_class
    else:
        same = word.recipient_class in {None, recipient.recipient_class}
    return (
        same
        and word.use in {None, use}
        and (not word.items or names(word, item) or any(thing in origins for thing in word.items))
    )


def names(word: Word, item: UUID | None) -> bool:
    """Say whether a slip lists this very thing."""
    return item is not None and str(item) in word.items


def has_begun(word: Word, at: datetime) -> bool:
    return max(word.recorded_at, word.obtained_earliest_at) <= at


def is_over(word: Word, at: datetime) -> bool:
    if word.expires_on is None:
        return False
    midnight = datetime(word.expires_on.year, word.expires_on.month, word.expires_on.day, tzinfo=UTC)
    return at >= midnight + timedelta(hours=24 + 12)


def holds_against(order: Word, permission: Word, item: UUID | None) -> bool:
    """An order that lies there already holds if it is finer somewhere, or surely newer on paper."""
    if permission.obtained_latest_at < order.obtained_earliest_at:
        return True
    finer_recipient = (order.party_id is not None and permission.party_id is None) or (
        order.recipient_class is not None and permission.recipient_class is None
    )
    finer_use = order.use is not None and permission.use is None
    finer_items = (bool(order.items) and not permission.items) or (
        names(order, item) and not names(permission, item)
    )
    return finer_recipient or finer_use or finer_items


def speaks_for(one: Word, other: Word, item: UUID | None) -> bool:
    """One permission speaks in place of another: finer, or as fine and newer both in log and on paper."""
    if one is other:
        return False
    mine = (one.party_id is not None) + 0, fineness(one, item)
    theirs = (other.party_id is not None) + 0, fineness(other, item)
    coarser = mine[0] < theirs[0] or mine[1] < theirs[1]
    finer = mine[0] > theirs[0] or mine[1] > theirs[1]
    if coarser:
        return False
    return finer or (one.number > other.number and not one.obtained_latest_at < other.obtained_earliest_at)


def fineness(word: Word, item: UUID | None) -> int:
    """0 everything the person gave, 1 what the thing was made from, 2 the very thing."""
    return 2 if names(word, item) else int(bool(word.items))


def step_of(word: Word) -> int:
    return LADDER.index(word.identity_level or IdentityLevel.NONE)
