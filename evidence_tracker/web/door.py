"""The door for people: who asks, one transaction, one answer.

Everything here belongs to the request that is being answered. Pages call ``reading`` or ``acting`` once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from flask import current_app
from flask_login import current_user
from sqlalchemy.orm import Session

from evidence_tracker.access import log
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import AccessKind
from evidence_tracker.custody.events import Actor, Door
from evidence_tracker.errors import NotPermitted
from evidence_tracker.instance import Instance
from evidence_tracker.web.house import House
from evidence_tracker.web.works import Function, Progress, Works

HOUSE = "evidence_tracker.house"
WORKS = "evidence_tracker.works"


def house() -> House:
    """Return what this process serves."""
    return cast("House", current_app.extensions[HOUSE])


def instance() -> Instance:
    """Return the open instance; raises Locked."""
    return house().instance


def works() -> Works:
    """Return the long work of this process."""
    return cast("Works", current_app.extensions[WORKS])


def actor() -> Actor:
    """Return who asks; raises NotPermitted where nobody is signed in."""
    if not current_user.is_authenticated:
        raise NotPermitted("You are not signed in.", advice="Sign in and try again.")
    return Actor(current_user.account_id, current_user.login, Door.WEB)


@contextmanager
def acting() -> Iterator[tuple[Session, Actor]]:
    """Open the one transaction of a request, as whoever is signed in."""
    with noting_denials(), instance().transaction() as session:
        yield session, actor()


@contextmanager
def reading() -> Iterator[tuple[Session, Actor]]:
    """Open a session for queries, as whoever is signed in."""
    with noting_denials(), instance().reading() as session:
        yield session, actor()


def note_reading(what: str, level: Level) -> None:
    """Write a line of the access log for a reading of RESTRICTED or above."""
    if level.rank < Level.RESTRICTED.rank:
        return
    with instance().transaction() as session:
        log.note(session, AccessKind.READ, what, actor=actor(), level=level)


def noted(function: Function, who: Actor) -> Function:
    """Return a function for work beside the pages, whose denial is a line of the access log too."""
    opened = instance()

    def run(progress: Progress) -> Any:
        try:
            return function(progress)
        except NotPermitted as error:
            with opened.transaction() as session:
                log.note(session, AccessKind.DENIED, str(error), actor=who)
            raise

    return run


@contextmanager
def noting_denials() -> Iterator[None]:
    """Write a line of the access log when what is inside is denied."""
    # In a transaction of its own: the denial must outlive the act that is rolled back.
    try:
        yield
    except NotPermitted as error:
        if current_user.is_authenticated:
            with instance().transaction() as session:
                log.note(session, AccessKind.DENIED, str(error), actor=actor())
        raise
