"""What is typed and not saved yet: kept with its author, encrypted, outside the log.

A form whose act has drafts of its own (the words of an interview) names them (``kinds.Drafting``); all
others keep what is typed with ``access.drafts``.
"""

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from flask import request
from sqlalchemy.orm import Session

from evidence_tracker.access import drafts
from evidence_tracker.access.policy import Permission
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import NotPermitted
from evidence_tracker.web import frame
from evidence_tracker.web.about import About
from evidence_tracker.web.fields import Asking, Typed

#: The hidden input that says which version of the record was read.
VERSION = "_version"


def version_of(typed: Mapping[str, str]) -> int | None:
    """Return the version of the record that was read when the form was opened."""
    text = typed.get(VERSION, "")
    return int(text) if text.isdecimal() else None


def keep(about: About, asking: Asking, names: set[str], typed: Typed) -> None:
    """Keep what was typed into the inputs of these names, over what was kept before."""
    content = {name: text for name, text in typed.items() if name in names | {VERSION}}
    session, actor, drafting = asking.session, asking.actor, about.action.drafting
    if drafting is not None:
        drafting.keep(session, asking.item or asking.row, content, actor)
        return
    drafts.keep(
        session,
        kind=about.kind,
        subject_id=_subject(about, asking),
        compartment_id=_home(asking, typed),
        content=content,
        actor=actor,
        based_on_version=version_of(typed),
    )


def read(about: About, asking: Asking) -> dict[str, str] | None:
    """Return what was kept, None where nothing was."""
    session, actor, drafting = asking.session, asking.actor, about.action.drafting
    if drafting is not None:
        return drafting.read(session, asking.item or asking.row, actor)
    return drafts.read(session, kind=about.kind, subject_id=_subject(about, asking), actor=actor)


def discard(about: About, asking: Asking) -> None:
    """Forget what was kept: it was saved, or thrown away."""
    session, actor, drafting = asking.session, asking.actor, about.action.drafting
    if drafting is not None:
        drafting.discard(session, asking.item or asking.row, actor)
        return
    drafts.discard(session, kind=about.kind, subject_id=_subject(about, asking), actor=actor)


def may_keep(asking: Asking) -> bool:
    """Say whether this person may have a draft here."""
    rights, row = frame.held(asking.session, asking.actor), asking.row
    if row is None:
        return rights.anywhere(Permission.RECORD)
    return rights.may(Permission.RECORD, row.compartment_id)


def _subject(about: About, asking: Asking) -> UUID:
    about_what = asking.item or asking.row
    subject = (
        uuid5(NAMESPACE_URL, f"evidence-tracker/new/{about.kind}")
        if about_what is None
        else UUID(str(about_what.id))
    )
    if not about.action.apart:
        return subject
    return uuid5(subject, "/".join(request.values.get(name, "") for name in about.action.apart))


def _home(asking: Asking, typed: Typed) -> UUID:
    """Return where a draft is kept: with its record, or in a compartment where one may record."""
    if asking.row is not None:
        return UUID(str(asking.row.compartment_id))
    places = _places(asking.session, asking.actor)
    chosen = [one.id for one in places if typed.get("home") in {None, "", one.reference}]
    if not chosen:
        raise NotPermitted("You may not record anything here.")
    return UUID(str(chosen[0]))


def _places(session: Session, actor: Actor) -> list[Any]:
    held = frame.held(session, actor).where(Permission.RECORD)
    return [one for one in frame.compartments(session, actor) if one.id in held]
