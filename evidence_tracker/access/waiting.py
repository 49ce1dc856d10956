"""What waits for somebody: questions of many rooms, asked in one query, each answered within rights.

A room states its questions (``casework/<room>/waiting.py``) with an ``Asking``; a door asks all of
them at once with ``ask``. Each question names what it finds in the same columns, is bounded, and
leaves out what the actor may not see, or could do nothing about.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    String,
    Text,
    literal,
    null,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from evidence_tracker.access.policy import Permission, Rights, now, reach, rights, within
from evidence_tracker.custody.events import Actor

Question = Select[*tuple[Any, ...]]
AT_ONCE = 16  # questions in one query: enough to be few, and short enough to be planned quickly


@dataclass(frozen=True)
class Waiting:
    """One thing that waits.

    ``kind`` (the table) and ``reference`` name the record to open, ``title`` says which it is, in
    words of the record. ``since`` when it began to wait; ``due`` the day it is due, where there is one.
    """

    kind: str
    reference: str
    title: str
    since: datetime
    due: date | None


@dataclass
class Asking:
    """Who asks, when, and for how many of each; hands out the conditions that questions share."""

    session: Session
    actor: Actor
    limit: int
    rights: Rights
    _reached: dict[Permission, CTE] = field(default_factory=dict)

    @classmethod
    def of(cls, session: Session, actor: Actor, limit: int, held: Rights | None = None) -> "Asking":
        """Return somebody's question; ``held`` saves the query for their rights where they are known."""
        return cls(session, actor, limit, held or rights(session, actor))

    @property
    def at(self) -> datetime:
        """Return the instant of the question."""
        return now(self.session)

    @property
    def today(self) -> date:
        """Return the day of the question, in UTC."""
        return self.at.astimezone(UTC).date()

    def may(self, *permissions: Permission) -> bool:
        """Say whether there is a compartment in which the actor may do one of these: else do not ask."""
        return any(self.rights.anywhere(permission) for permission in permissions)

    def within(self, model: Any, permission: Permission = Permission.READ) -> ColumnElement[bool]:
        """Return the condition under which rows of ``model`` are there for the actor to do this with."""
        return within(self.reached(permission), model)

    def reached(self, permission: Permission = Permission.READ) -> CTE:
        """Return the compartments and levels in which the actor may do this, the same table each time."""
        if permission not in self._reached:
            self._reached[permission] = reach(self.session, self.actor, permission)
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
    ) -> Question:
        """Return a question about records of the model ``kind``, those that are due or began first, first.

        ``source`` is what to select from where that is more than ``kind``. Columns may be of any
        type that is stored as text.
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
        order = (since,) if due is None else (due.is_(None), due, since)
        return query.order_by(*order).limit(self.limit + 1)


def ask(asking: Asking, questions: Iterable[Question]) -> dict[str, list[Waiting]]:
    """Return what waits, by group in the order of the questions; ``limit`` + 1 of a group: there are more."""
    found: dict[str, list[Waiting]] = {}
    every = list(questions)
    for start in range(0, len(every), AT_ONCE):
        parts = [select(question.subquery()) for question in every[start : start + AT_ONCE]]
        for group, kind, reference, title, since, due in asking.session.execute(union_all(*parts)):
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
