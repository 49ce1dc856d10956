"""Sessions of browsers: what Flask keeps between two requests of one person.

Before anybody signed in a session is sealed into its cookie, under a key of this process:
strangers cannot fill the database, and the form that unlocks the instance has a session too.
With the sign-in it becomes a row (``access.sessions``) and the cookie a random token.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from flask import Flask, Request, Response, g, request
from flask import session as flask_session
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SessionInterface, SessionMixin
from flask_login import user_logged_in
from werkzeug.datastructures import CallbackDict

from evidence_tracker.access import sessions
from evidence_tracker.access.models import Account
from evidence_tracker.access.sign_in_models import SessionEnd
from evidence_tracker.clock import SystemClock
from evidence_tracker.custody.events import Actor, Door
from evidence_tracker.errors import IntegrityFailure
from evidence_tracker.keys.wraps import new_key, seal, unseal
from evidence_tracker.web import door
from evidence_tracker.web.browsers import family

SIGNED_IN = "evidence-session"
BEFORE = "evidence-before"
USER = "_user_id"
LONGEST_COOKIE = 4000
BEFORE_GOOD_FOR = timedelta(hours=1)
SEEN_EVERY = timedelta(minutes=1)
_PURPOSE = "session before sign-in"
_content = TaggedJSONSerializer()


class BrowserSession(CallbackDict[str, Any], SessionMixin):
    """The session of one browser. ``row_id`` is None until somebody signed in with it."""

    def __init__(
        self,
        content: dict[str, Any] | None = None,
        *,
        row_id: UUID | None = None,
        seen_at: datetime | None = None,
    ) -> None:
        def changed(of: "BrowserSession") -> None:
            of.modified = True

        super().__init__(content or {}, changed)
        self.modified = False
        self.new = not content
        self.row_id = row_id
        self.seen_at = seen_at
        self.is_fresh_sign_in = False


class Sessions(SessionInterface):
    """Flask's sessions over ``access.sessions``, and sealed cookies for those who are not signed in."""

    def __init__(self) -> None:
        self._key = new_key()

    def open_session(self, app: Flask, request: Request) -> BrowserSession:  # noqa: ARG002 - as Flask calls it
        """Return the session of a request; an unknown, ended or altered one is as none."""
        token = request.cookies.get(_named(request, SIGNED_IN))
        if token and door.house().is_open and request.endpoint != "static":
            found = _resume(token)
            if found is not None:
                return found
        return BrowserSession(self._unsealed(request.cookies.get(_named(request, BEFORE), "")))

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:  # noqa: ARG002 - as Flask calls it
        """Keep the session: a row for whoever is signed in, a sealed cookie for anybody else."""
        if not isinstance(session, BrowserSession):
            return
        response.vary.add("Cookie")
        if session.get(USER) is None:
            self._keep_before(session, response)
        elif door.house().is_open:  # it may have been locked by this very request
            _keep(session, response)

    def _keep_before(self, session: BrowserSession, response: Response) -> None:
        if session.row_id is not None and door.house().is_open:
            with door.instance().transaction() as database:
                sessions.end_session(database, session.row_id, SessionEnd.SIGNED_OUT)
            _forget(response, SIGNED_IN)
        if session.modified:
            sealed = self._sealed(session) if session else ""
            if sealed and len(sealed) <= LONGEST_COOKIE:
                _set(response, BEFORE, sealed)
            else:
                _forget(response, BEFORE)

    def _sealed(self, session: BrowserSession) -> str:
        until = int((_now() + BEFORE_GOOD_FOR).timestamp())
        text = json.dumps({"until": until, "content": _content.dumps(dict(session))})
        return urlsafe_b64encode(seal(self._key, text.encode(), _PURPOSE)).decode("ascii")

    def _unsealed(self, cookie: str) -> dict[str, Any]:
        try:
            data = json.loads(unseal(self._key, urlsafe_b64decode(cookie.encode()), _PURPOSE))
        except (IntegrityFailure, ValueError):  # an older process sealed it, or nobody did
            return {}
        if data["until"] < _now().timestamp():
            return {}
        content: dict[str, Any] = _content.loads(data["content"])
        content.pop(USER, None)  # nobody is signed in by a cookie
        return content


def install(app: Flask) -> None:
    """Keep the sessions of this application in the instance that it serves."""
    app.session_interface = Sessions()
    user_logged_in.connect(_renew, app)


def current() -> BrowserSession:
    """Return the session of the request that is being answered."""
    return cast("BrowserSession", flask_session._get_current_object())  # type: ignore[attr-defined] # noqa: SLF001 - how a proxy of Werkzeug is opened


def set_token(response: Response, token: str) -> None:
    """Give a browser the token of its session."""
    _set(response, SIGNED_IN, token)


def content_for(account: Account) -> str:
    """Return what a session holds from the moment its owner has proved who they are."""
    return _content.dumps({USER: str(account.id), "_fresh": True})


def _renew(_app: Flask, **_said: object) -> None:
    # Whoever planted a session before the sign-in shall not hold it after it.
    current().is_fresh_sign_in = True


def _resume(token: str) -> BrowserSession | None:
    with door.instance().reading() as database:
        found = sessions.resume_session(database, token)
    if found is None:
        return None
    row, account, language = found
    content: dict[str, Any] = _content.loads(row.content)
    if content.get(USER) != str(account.id):
        return None
    g.account, g.language = account, language
    return BrowserSession(content, row_id=row.id, seen_at=row.last_seen_at)


def _keep(session: BrowserSession, response: Response) -> None:
    if session.row_id is None or session.is_fresh_sign_in:
        set_token(response, _begin(session))
        _forget(response, BEFORE)
        return
    instance = door.instance()
    was_long_ago = session.seen_at is None or instance.clock.now() - session.seen_at >= SEEN_EVERY
    if session.modified or was_long_ago:
        with instance.transaction() as database:
            sessions.keep_session(database, session.row_id, content=_content.dumps(dict(session)))


def _begin(session: BrowserSession) -> str:
    with door.instance().transaction() as database:
        if session.row_id is not None:
            sessions.end_session(database, session.row_id, SessionEnd.RENEWED)
        account = database.get_one(Account, UUID(session[USER]))
        return sessions.begin_session(
            database,
            account,
            content=_content.dumps(dict(session)),
            browser=family(request.user_agent.string),
            actor=Actor(account.id, account.login, Door.WEB),
        )


def _now() -> datetime:
    house = door.house()
    return house.instance.clock.now() if house.is_open else SystemClock().now()


def _named(asked: Request, name: str) -> str:
    return f"__Host-{name}" if asked.is_secure else name


def _set(response: Response, name: str, value: str) -> None:
    # Lax: a link in a message of a colleague opens the page, and no other site can post as somebody here.
    response.set_cookie(
        _named(request, name), value, path="/", secure=request.is_secure, httponly=True, samesite="Lax"
    )


def _forget(response: Response, name: str) -> None:
    response.delete_cookie(
        _named(request, name), path="/", secure=request.is_secure, httponly=True, samesite="Lax"
    )
