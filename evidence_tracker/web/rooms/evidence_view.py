"""Looking at an evidence item: its preview, its seal, what it stands with, and who holds it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from flask import Blueprint, redirect, request
from flask import session as browser
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from evidence_tracker.access.policy import Permission
from evidence_tracker.casework.exhibits import queries, transfers
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.custody.events import Actor
from evidence_tracker.custody.standing import Standing, standing_of
from evidence_tracker.web import door, frame, paths_back
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
    if checked is None or at - checked > FRESH_FOR:
        since = checked or row.received_at
        return SealShown(SealState.UNCHECKED, _l("not checked since"), since, standing)
    return SealShown(SealState.SEALED, _l("sealed, checked"), checked, standing)


def data(session: Session, row: Exhibit, actor: Actor) -> dict[str, Any]:
    """Return what the overview shows beside the facts."""
    kin = queries.kin_of(session, row, actor=actor)
    standing = standing_of(session, row.id, row.blob_id)
    may_copy = frame.held(session, actor).may(Permission.RECORD, row.compartment_id)
    return {
        "kin": kin,
        "noted": [*kin.derivatives, *kin.same_bytes],
        "seal": None if standing is None else seal_of(row, standing, asked.now()),
        "is_hidden": is_hidden(row),
        "may_copy": may_copy and row.blob_id is not None,
    }


def keeper(session: Session, row: Exhibit, actor: Actor) -> dict[str, Any]:
    """Return who holds the item now."""
    return {"holder": transfers.custodian_of(session, row, actor=actor)}


def is_hidden(row: Exhibit) -> bool:
    """Say whether an item is graphic and was not asked for in this session."""
    return row.is_graphic and row.id.hex not in browser.get(SHOWN, ())


def shown_graphic(_session: Session, rows: Sequence[Exhibit], _actor: Actor) -> set[str]:
    """Return the references of the rows of a list that are not to be seen yet."""
    return {row.reference for row in rows if is_hidden(row)}


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
