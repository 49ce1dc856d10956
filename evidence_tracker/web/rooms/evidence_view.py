"""Looking at an evidence item: its preview, its seal, what it stands with, and who holds it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from flask import Blueprint, redirect, request
from flask import session as browser
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from evidence_tracker.access.policy import Permission
from evidence_tracker.casework.exhibits import previews, queries, transfers
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.custody.events import Actor
from evidence_tracker.custody.standing import Standing, standing_of
from evidence_tracker.web import door, frame, media, paths_back
from evidence_tracker.web.rooms import asked

#: After so long, nobody relies on a look any more.
FRESH_FOR = timedelta(days=90)
SHOWN, MOST_SHOWN = "shown_graphic", 200


class SealState(StrEnum):
    """What a reader sees first of what is proved."""

    SEALED = "sealed"
    WAITING = "waiting"
    UNCHECKED = "unchecked"
    DAMAGED = "damaged"


@dataclass(frozen=True)
class SealShown:
    """The seal of an item: a state, the word for it, the time that goes with it, and what stands behind it."""

    state: SealState
    word: LazyString
    when: datetime | None
    standing: Standing


def seal_of(row: Exhibit, standing: Standing, at: datetime) -> SealShown:
    """Return the seal of an item, as it is now."""
    checked = standing.checked_at
    if standing.fault is not None:
        return SealShown(SealState.DAMAGED, _l("damaged: see what happened"), checked, standing)
    if standing.signed_size is None:
        return SealShown(SealState.WAITING, _l("waiting for the next signed checkpoint"), None, standing)
    if row.blob_id is None:
        return SealShown(SealState.SEALED, _l("recorded and signed"), None, standing)
    since = checked or row.received_at  # they were read to their end when they came, too
    if at - since > FRESH_FOR:
        return SealShown(SealState.UNCHECKED, _l("not checked since"), since, standing)
    word = _l("sealed, checked") if checked else _l("sealed, as received")
    return SealShown(SealState.SEALED, word, since, standing)


@dataclass(frozen=True)
class Look:
    """How an item is looked at: ``kind`` is picture, pages, sound, film, text, thing or none; ``why`` says why none.

    ``page`` and ``pages`` count from 1; ``is_hidden``: it is graphic, and nobody asked to see it yet.
    """

    kind: str
    is_hidden: bool
    page: int = 1
    pages: int = 1
    why: str = ""


def look_at(row: Exhibit, beside: queries.Beside) -> Look:
    """Return how an item is looked at, without opening it."""
    looks, hidden = previews.looks_of(row.media_type), is_hidden(row)
    if row.media_type is None:
        return Look("thing", hidden)
    if looks.picture and beside.failed:
        return Look("none", hidden, why=beside.failed)
    if looks.pages and (beside.pages or 1) > 1:
        pages = beside.pages or 1
        return Look("pages", hidden, min(max(request.args.get("page", 1, int), 1), pages), pages)
    if looks.picture:
        return Look("picture", hidden)
    if media.is_played(row.media_type):
        return Look("film" if media.PLAYED[row.media_type].startswith("video/") else "sound", hidden)
    if looks.text:
        return Look("text", hidden)
    why = gettext("Files of the type %(kind)s are not shown here.", kind=row.media_type)
    return Look("none", hidden, why=why)


def data(session: Session, row: Exhibit, actor: Actor) -> dict[str, Any]:
    """Return what the overview shows beside the facts."""
    kin = queries.kin_of(session, row, actor=actor)
    beside = queries.beside(session, row, actor=actor)
    standing = standing_of(session, row.id, row.blob_id)
    may_copy = frame.held(session, actor).may(Permission.RECORD, row.compartment_id)
    return {
        "kin": kin,
        "noted": [*kin.derivatives, *kin.same_bytes],
        "seal": None if standing is None else seal_of(row, standing, asked.now()),
        "look": look_at(row, beside),
        "mission": beside.mission,
        "may_copy": may_copy and row.blob_id is not None,
    }


def words(session: Session, row: Exhibit, actor: Actor) -> dict[str, Any]:
    """Return the words of an item, as the sandbox read them."""
    if is_hidden(row):
        return {"text": None, "is_hidden": True}
    return {"text": previews.text_of(session, door.instance().vault, row, actor=actor), "is_hidden": False}


def has_words(row: Exhibit) -> bool:
    """Say whether words can be read in it."""
    return previews.looks_of(row.media_type).text


def keeper(session: Session, row: Exhibit, actor: Actor) -> dict[str, Any]:
    """Return who holds the item now."""
    return {"holder": transfers.custodian_of(session, row, actor=actor)}


def is_hidden(row: Exhibit) -> bool:
    """Say whether an item is graphic and was not asked for in this session."""
    return row.is_graphic and row.id.hex not in browser.get(SHOWN, ())


@dataclass(frozen=True)
class Tile:
    """How a row of the gallery looks: whether there is a picture of it, and whether it is hidden yet."""

    has_picture: bool
    is_hidden: bool


def tiles(_session: Session, rows: Sequence[Exhibit], _actor: Actor) -> dict[str, Tile]:
    """Return how the rows of a list look, by their references."""
    return {row.reference: Tile(previews.looks_of(row.media_type).picture, is_hidden(row)) for row in rows}


def routes(made: Blueprint) -> None:
    """Add what shows and hides a graphic item."""
    made.add_url_rule("/<reference>/show", "show_graphic", show_graphic, methods=["POST"])


def show_graphic(reference: str) -> ResponseReturnValue:
    """Show a graphic item for the rest of this session, or hide it again; nothing stays in the browser."""
    with door.reading() as (session, actor):
        row = queries.find_exhibit(session, reference, actor=actor)
    others = [one for one in browser.get(SHOWN, ()) if one != row.id.hex]
    is_wanted = request.form.get("hide") != "yes"
    browser[SHOWN] = [*others, row.id.hex][-MOST_SHOWN:] if is_wanted else others
    return redirect(paths_back.safe(request.form.get("back")), 303)
