"""Views of lists that somebody keeps under a name: filters, order and columns, for their own eyes.

No evidence, and no event in the log, as with drafts: a view says how somebody likes to look, and
whoever opens it sees what they may see then.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from evidence_tracker.access import stated
from evidence_tracker.access.policy import now
from evidence_tracker.custody.events import Actor
from evidence_tracker.db import Base
from evidence_tracker.errors import DuplicateReference, InvalidInput, NotFound

LONGEST_NAME = 60
LONGEST_QUERY = 2_000
MOST = 30


class SavedView(Base):
    """One view of the list of a room. ``query`` is the query of its address, of names the list knows."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("account_id", "room", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    room: Mapped[str]
    name: Mapped[str]
    query: Mapped[str]
    saved_at: Mapped[datetime]


def save_view(
    session: Session, room: str, name: str, query: str, *, actor: Actor, is_replacing: bool = False
) -> SavedView:
    """Keep a view of a list under a name; returns it.

    A name that one has given already (case and accents aside) raises ``DuplicateReference``, unless
    ``is_replacing``: then the new view takes the place of the old one. What ``query`` may say is the
    list's to check.
    """
    called = _name(name)
    if len(query) > LONGEST_QUERY:
        raise InvalidInput(
            "What was chosen is too long to be kept as a view.", advice="Take some of the filters away."
        )
    mine = views_of(session, room, actor=actor)
    row = next((one for one in mine if stated.fold(one.name) == stated.fold(called)), None)
    if row is not None and not is_replacing:
        raise DuplicateReference(
            f"You have a view called {row.name} already.",
            advice="Give it another name, or put this one in its place.",
        )
    if row is None:
        if len(mine) >= MOST:
            raise InvalidInput(
                f"You have {MOST} views of this list, which is as many as there can be.",
                advice="Forget one that you do not use.",
            )
        row = SavedView(account_id=actor.account_id, room=room)
        session.add(row)
    row.name, row.query, row.saved_at = called, query, now(session)
    return row


def forget_view(session: Session, room: str, view_id: UUID, *, actor: Actor) -> str:
    """Forget one of one's own views; returns what it was called. Another person's is not found."""
    for row in views_of(session, room, actor=actor):
        if row.id == view_id:
            session.delete(row)
            return row.name
    raise NotFound("There is no such view of yours.", advice="It may have been forgotten already.")


def views_of(session: Session, room: str, *, actor: Actor) -> Sequence[SavedView]:
    """Return one's own views of the list of a room, by their names."""
    query = select(SavedView).where(SavedView.account_id == actor.account_id, SavedView.room == room)
    rows = session.scalars(query).all()
    return sorted(rows, key=lambda row: stated.fold(row.name))


def _name(name: str) -> str:
    called = " ".join(stated.text(name, "name of the view").split())
    if len(called) > LONGEST_NAME:
        raise InvalidInput(
            f"The name of a view has at most {LONGEST_NAME} letters.", advice="Say it in fewer words."
        )
    return called
