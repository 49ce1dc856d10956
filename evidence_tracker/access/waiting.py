"""What waits for somebody: questions of many rooms, asked in few queries, each answered within rights.

A room states its questions (``casework/<room>/waiting.py``) with an ``Asking``; a door asks all of
them at once. Each question names what it finds in the same columns, is bounded, and leaves out what
the actor may not see, or could do nothing about. Who asks, and when, are parameters: the queries
are made once for each set of permissions, since to make them takes longer than to answer them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    Text,
    bindparam,
    literal,
    null,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from evidence_tracker.access.models import Account
from evidence_tracker.access.policy import Permission, Rights, now, reach_of, within
from evidence_tracker.custody.events import Actor
from evidence_tracker.db import UTCDateTime

Question = Select[*tuple[Any, ...]]
AT_ONCE = 16  # questions in one query: enough to be few, and short enough to be planned quickly


@dataclass(frozen=True)
class Waiting:
    """One thing that waits.

    ``kind`` (the table) and ``reference`` name the record to open, ``title`` says which it is, in
    words of the record or a word of a list. ``since`` when it began to wait; ``due`` the day it is
    due, where there is one.
    """

    kind: str
    reference: str
    title: str
    since: datetime
    due: date | None


@dataclass
class Asking:
    """What questions share: who asks and when, as parameters, and the conditions of their rights."""

    permissions: frozenset[Permission]
    _reached: dict[Permission, CTE] = field(default_factory=dict)
    _days: set[int] = field(default_factory=set)

    @property
    def me(self) -> BindParameter[UUID]:
        """Return the account of whoever asks."""
        return bindparam("me", type_=Account.id.type)

    @property
    def me_as_text(self) -> BindParameter[str]:
        """Return the account of whoever asks as lists of accounts hold it."""
        return bindparam("me_as_text", type_=Text())

    def day(self, after: int = 0) -> BindParameter[date]:
        """Return the day of the question in UTC, or so many days after it."""
        self._days.add(after)
        return bindparam(f"day_{after}".replace("-", "minus_"), type_=Date())

    def instant(self, after: int = 0) -> BindParameter[datetime]:
        """Return the instant of the question, or so many days after it."""
        self._days.add(after)
        return bindparam(f"instant_{after}".replace("-", "minus_"), type_=UTCDateTime())

    def may(self, *permissions: Permission) -> bool:
        """Say whether there is a compartment in which the actor may do one of these: else do not ask."""
        return not self.permissions.isdisjoint(permissions)

    def within(self, model: Any, permission: Permission = Permission.READ) -> ColumnElement[bool]:
        """Return the condition under which rows of ``model`` are there for the actor to do this with.

        It filters what a question found by other conditions, in their order: to begin with all rows
        of a compartment, and sort them, would take the longer the more there are.
        """
        return within(self.reached(permission), model, is_filter=True)

    def reached(self, permission: Permission = Permission.READ) -> CTE:
        """Return the compartments and levels in which the actor may do this, the same table each time."""
        if permission not in self._reached:
            self._reached[permission] = reach_of(self.me, self.instant(), permission)
        return self._reached[permission]

    def question(
        self,
        group: str,
        kind: Any,
        *where: Any,
        since: Any,
        reference: Any = None,
        title: Any = None,
        due: Any = None,
        source: Any = None,
        is_newest_first: bool = False,
    ) -> Question:
        """Return a question about records of the model ``kind``, those that are due or began first, first.

        ``source`` is what to select from where that is more than ``kind``. Columns may be of any
        type that is stored as text. ``is_newest_first`` where nearly nothing that is old waits.
        """
        stated = {
            "grouped": literal(group, String),
            "kind": literal(str(kind.__tablename__), String),
            "reference": kind.reference if reference is None else reference,
            "title": null() if title is None else title,
            "since": since,
            "due": null() if due is None else due,
        }
        columns = [type_coerce(column, Text).label(name) for name, column in stated.items()]
        query = select(*columns).select_from(kind if source is None else source).where(*where)
        if is_newest_first:
            query = query.order_by(since.desc())
        else:
            query = query.order_by(*((since,) if due is None else (due.is_(None), due, since)))
        return query.limit(bindparam("most", type_=Integer()))

    def values(self, session: Session, actor: Actor, most: int = 0) -> dict[str, Any]:
        """Return the parameters of one question: who asks, and at most how many of each."""
        at = now(session)
        days: dict[str, Any] = {}
        for after in self._days:
            name, moment = str(after).replace("-", "minus_"), at + timedelta(days=after)
            days |= {f"instant_{name}": moment, f"day_{name}": moment.astimezone(UTC).date()}
        return {"me": actor.account_id, "me_as_text": str(actor.account_id), "most": most, **days}


@dataclass(frozen=True)
class Prepared:
    """The questions of some rooms for one set of permissions, made once."""

    asking: Asking
    queries: Sequence[Any]

    @classmethod
    def of(
        cls, permissions: frozenset[Permission], *rooms: Callable[[Asking], Iterable[Question]]
    ) -> "Prepared":
        """Ask every room for its questions, and join them into few queries."""
        asking = Asking(permissions)
        every = [question for room in rooms for question in room(asking)]
        return cls(
            asking,
            [
                union_all(*(select(question.subquery()) for question in every[start : start + AT_ONCE]))
                for start in range(0, len(every), AT_ONCE)
            ],
        )

    def ask(self, session: Session, actor: Actor, most: int) -> dict[str, list[Waiting]]:
        """Return what waits, by group; at most ``most`` to each question."""
        found: dict[str, list[Waiting]] = {}
        values = self.asking.values(session, actor, most)
        for query in self.queries:
            for group, kind, reference, title, since, due in session.execute(query, values):
                found.setdefault(group, []).append(
                    Waiting(
                        kind,
                        reference,
                        title or "",
                        datetime.fromisoformat(since),
                        date.fromisoformat(due[:10]) if due else None,
                    )
                )
        return found


def permissions_of(held: Rights) -> frozenset[Permission]:
    """Return what somebody may do anywhere."""
    return frozenset(permission for permission in Permission if held.anywhere(permission))
