"""Sessions in browsers: rows that can be revoked, from the first sign-in on.

The browser holds a random token and nothing else; the row holds its digest. A row is good
until it was ended, was idle for too long, is a working day old, or its account was switched off.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from evidence_tracker.access import log
from evidence_tracker.access.models import AccessKind, Account
from evidence_tracker.access.policy import now
from evidence_tracker.access.preferences import Preference
from evidence_tracker.access.sign_in_models import SessionEnd, WebSession
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import NotFound
from evidence_tracker.settings import SESSION_IDLE, SESSION_LONGEST

TOKEN_BYTES = 32
KEPT_FOR = timedelta(days=30)


def digest_of(token: str) -> str:
    """Return the SHA-256 under which a random token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    """Return 32 random bytes as text for a cookie or a link."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def begin_session(
    session: Session, account: Account, *, content: str, browser: str, actor: Actor, how: str = "secret"
) -> str:
    """Let one browser in for whoever has just proved who they are; returns the token for its cookie.

    The access log gets a line. Rows that ended a month ago are forgotten.
    """
    at = now(session)
    session.execute(delete(WebSession).where(WebSession.expires_at < at - KEPT_FOR))
    token = new_token()
    session.add(
        WebSession(
            id=uuid4(),
            account_id=account.id,
            token_digest=digest_of(token),
            content=content,
            browser=browser,
            created_at=at,
            last_seen_at=at,
            expires_at=at + SESSION_LONGEST,
        )
    )
    log.note(session, AccessKind.SIGN_IN, f"signed in ({how}) with {browser}", actor=actor)
    return token


def resume_session(session: Session, token: str) -> tuple[WebSession, Account, str | None] | None:
    """Return the live session of a token, its active account and the language that this one chose.

    None for any other token.
    """
    row = session.execute(
        select(WebSession, Account, Preference.language)
        .join(Account, Account.id == WebSession.account_id)
        .outerjoin(Preference, Preference.account_id == Account.id)
        .where(WebSession.token_digest == digest_of(token), Account.is_active, _is_live(session))
    ).first()
    return None if row is None else (row[0], row[1], row[2])


def keep_session(session: Session, session_id: UUID, *, content: str) -> None:
    """Note that a session is in use, and what Flask keeps in it; one that has ended stays as it is."""
    session.execute(
        update(WebSession)
        .where(WebSession.id == session_id, WebSession.ended_at.is_(None))
        .values(content=content, last_seen_at=now(session))
    )


def end_session(session: Session, session_id: UUID, reason: SessionEnd) -> None:
    """End one session now; what it held is forgotten."""
    _end(session, WebSession.id == session_id, reason=reason)


def end_sessions_of(session: Session, account_id: UUID, reason: SessionEnd) -> None:
    """End every session of an account: for acts that change with what it signs in."""
    _end(session, WebSession.account_id == account_id, reason=reason)


def sessions_of(session: Session, *, actor: Actor) -> Sequence[WebSession]:
    """Return the actor's own live sessions, the one used last first."""
    return session.scalars(
        select(WebSession)
        .where(WebSession.account_id == actor.account_id, _is_live(session))
        .order_by(WebSession.last_seen_at.desc(), WebSession.id)
    ).all()


def revoke_session(session: Session, session_id: UUID, *, actor: Actor) -> None:
    """End one of the actor's own sessions, else ``NotFound``."""
    if session_id not in {row.id for row in sessions_of(session, actor=actor)}:
        raise NotFound("There is no such session of yours any more.", advice="Reload the list.")
    end_session(session, session_id, SessionEnd.REVOKED)
    log.note(session, AccessKind.SIGN_IN, "ended one of their sessions", actor=actor)


def revoke_others(session: Session, kept: UUID, *, actor: Actor) -> None:
    """End every session of the actor but the one they use."""
    _end(
        session,
        WebSession.account_id == actor.account_id,
        WebSession.id != kept,
        reason=SessionEnd.REVOKED,
    )
    log.note(session, AccessKind.SIGN_IN, "ended all their other sessions", actor=actor)


def _end(session: Session, *which: ColumnElement[bool], reason: SessionEnd) -> None:
    session.execute(
        update(WebSession)
        .where(WebSession.ended_at.is_(None), *which)
        .values(ended_at=now(session), ended_reason=reason, content="{}")
    )


def _is_live(session: Session) -> ColumnElement[bool]:
    at = now(session)
    return (
        WebSession.ended_at.is_(None)
        & (WebSession.expires_at > at)
        & (WebSession.last_seen_at > at - SESSION_IDLE)
    )
