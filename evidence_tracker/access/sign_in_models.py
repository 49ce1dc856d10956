"""What signing in needs: sessions that can be revoked, links that work once, second factors.

None of these rows is evidence. They change and go without an event in the log; what the log keeps
is that a secret or a second factor was set, and what the access log keeps is who signed in.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from evidence_tracker.access.models import words
from evidence_tracker.db import Base


class SessionEnd(StrEnum):
    """Why a session in a browser ended before its time."""

    SIGNED_OUT = "signed-out"
    RENEWED = "renewed"
    REVOKED = "revoked"
    SECRET_SET = "secret-set"  # noqa: S105 - a reason, no secret
    SECOND_FACTOR_RESET = "second-factor-reset"
    SWITCHED_OFF = "switched-off"


class WebSession(Base):
    """One browser in which somebody is signed in.

    ``token_digest`` is the SHA-256 of the random value in the cookie: who reads this table
    can sign in as nobody. ``content`` is the JSON that Flask keeps for a session.
    """

    __tablename__ = "web_session"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    token_digest: Mapped[str] = mapped_column(unique=True)
    content: Mapped[str]
    browser: Mapped[str]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[SessionEnd | None] = mapped_column(words(SessionEnd))


class Invitation(Base):
    """A link that lets one person set their own secret, once, until ``expires_at``."""

    __tablename__ = "invitation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    token_digest: Mapped[str] = mapped_column(unique=True)
    invited_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SecondFactor(Base):
    """What an authenticator of one account shares with us, and the codes for the day it is lost.

    ``sealed`` opens with a key derived from the organisation root; ``recovery_digests`` are keyed
    with another. ``last_counter`` is the time step of the last code: none is accepted twice.
    """

    __tablename__ = "second_factor"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    sealed: Mapped[bytes]
    recovery_digests: Mapped[list[str]]
    last_counter: Mapped[int | None]
    set_at: Mapped[datetime]
