"""What somebody prefers of the pages, and nobody else has to know: no evidence, no event in the log."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from evidence_tracker.custody.events import Actor
from evidence_tracker.db import Base


class Preference(Base):
    """How one account likes its pages. ``language``: as BCP 47 (``uk``); None: as the browser asks."""

    __tablename__ = "preference"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    language: Mapped[str | None]


def choose_language(session: Session, language: str | None, *, actor: Actor) -> None:
    """Keep in which language the actor reads pages; None leaves it to their browser.

    Which languages there are is the door's to say: it has the catalogues.
    """
    row = session.get(Preference, actor.account_id)
    if row is None:
        row = Preference(account_id=actor.account_id)
        session.add(row)
    row.language = language
