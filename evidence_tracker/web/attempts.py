"""Wrong secrets cost time: per login, per address, and per browser that has signed in before.

Kept in memory: one process serves an instance. Nobody is locked out: the waits grow to a bound. Whoever
tries secrets of somebody else slows down strangers and themselves; a browser in which that person has
signed in before is counted apart, so that they come in all the same.
"""

import hashlib
import hmac
import math
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import cast
from uuid import UUID

from flask import Flask, Response, current_app, request

from evidence_tracker.access import log
from evidence_tracker.access.models import AccessKind, Account
from evidence_tracker.custody.events import Actor, Door
from evidence_tracker.errors import NotPermitted
from evidence_tracker.web import door

FREE = 5
LONGEST_S = 60
FORGOTTEN_AFTER_S = 15 * 60
MOST_KEYS = 10_000
ATTEMPTS = "evidence_tracker.attempts"
KNOWN = "evidence-known"
KNOWN_FOR_S = 90 * 24 * 3600
ADDRESS = "address"

Key = tuple[str, str]


@dataclass
class Attempts:
    """How often something was tried in vain, by key; safe to share between threads, bounded."""

    time: Callable[[], float] = time.monotonic
    most: int = MOST_KEYS
    _failed: OrderedDict[Key, tuple[int, float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait_s(self, keys: Sequence[Key]) -> int:
        """Return how many seconds have to pass before the next try; 0 for go on."""
        with self._lock:
            return max((self._wait(key) for key in keys), default=0)

    def failed(self, keys: Sequence[Key]) -> None:
        """Count one failure under each key."""
        with self._lock:
            for key in keys:
                count, at = self._failed.pop(key, (0, 0.0))
                is_old = self.time() - at > FORGOTTEN_AFTER_S
                self._failed[key] = (1 if is_old else count + 1, self.time())
            while len(self._failed) > self.most:
                self._failed.popitem(last=False)

    def succeeded(self, keys: Sequence[Key]) -> None:
        """Forget the failures under these keys, but not those of an address: its owner may try others' logins."""
        with self._lock:
            for key in keys:
                if not key[0].endswith(ADDRESS):
                    self._failed.pop(key, None)

    def _wait(self, key: Key) -> int:
        count, at = self._failed.get(key, (0, 0.0))
        passed = self.time() - at
        if count < FREE or passed > FORGOTTEN_AFTER_S:
            return 0
        return max(0, math.ceil(min(2.0 ** (count - FREE), LONGEST_S) - passed))


def install(app: Flask) -> None:
    """Begin to count."""
    app.extensions[ATTEMPTS] = Attempts()


def counted() -> Attempts:
    """Return what this process has counted."""
    return cast("Attempts", current_app.extensions[ATTEMPTS])


def keys_for(what: str, login: str, account: Account | None = None) -> list[Key]:
    """Return under which keys a try counts: those of the browser it is known in, else of login and address."""
    known = None if account is None else _known_browser(account.id)
    if known is not None:
        return [(f"{what} browser", known)]
    # A digest: what somebody typed into the wrong field does not stay in memory.
    return [
        (f"{what} login", hashlib.sha256(login.encode()).hexdigest()),
        (f"{what} {ADDRESS}", request.remote_addr or ""),
    ]


def refuse_haste(keys: Sequence[Key]) -> None:
    """Raise ``NotPermitted`` where one has to wait; the sentence is the same for everybody."""
    wait = counted().wait_s(keys)
    if wait:
        raise NotPermitted("Too many tries.", advice=f"Wait {wait} seconds and try again.")


def note_failure(account: Account | None, what: str) -> None:
    """Write a line of the access log: never what was typed, it may be a secret in the wrong field."""
    who = None if account is None else Actor(account.id, account.login, Door.WEB)
    said = f"sign-in refused: {what}" if account else "sign-in refused: there is no such login"
    with door.instance().transaction() as session:
        log.note(session, AccessKind.SIGN_IN, said, actor=who)


def remember_browser(response: Response, account_id: UUID) -> None:
    """Mark the browser as one in which this person has signed in; the mark lets nobody in."""
    if _known_browser(account_id) is None:
        number = secrets.token_urlsafe(16)
        response.set_cookie(
            _named(),
            f"{number}.{_mark(account_id, number)}",
            max_age=KNOWN_FOR_S,
            path="/",
            secure=request.is_secure,
            httponly=True,
            samesite="Strict",
        )


def _known_browser(account_id: UUID) -> str | None:
    number, _dot, mark = request.cookies.get(_named(), "").partition(".")
    if not number or not hmac.compare_digest(mark.encode(), _mark(account_id, number).encode()):
        return None
    return number


def _mark(account_id: UUID, number: str) -> str:
    key = door.instance().keyring.root.derive("known-browsers")
    return hmac.digest(key, f"{account_id}/{number}".encode(), "sha256").hex()


def _named() -> str:
    return f"__Host-{KNOWN}" if request.is_secure else KNOWN
