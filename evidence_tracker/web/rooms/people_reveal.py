"""Opening an identity: for a stated reason, confirmed with one's own secret, shown once and for a minute."""

from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from evidence_tracker.access.policy import Permission
from evidence_tracker.casework.persons import identities, queries
from evidence_tracker.casework.persons.models import IdentityName
from evidence_tracker.web import door, frame
from evidence_tracker.web.fields import Asking, Long, Tick
from evidence_tracker.web.kinds import Action, Deed
from evidence_tracker.web.rooms.people_facts import Recorded

#: Without script the browser leaves the page by itself after as long.
FADE_S = 60

Opened = dict[IdentityName, list[str]]


def _reveal(deed: Deed) -> Opened:
    return identities.reveal(
        deed.session,
        deed.row,
        door.house().identities(),
        reason=deed.stated["reason"],
        actor=deed.actor,
        only=deed.stated["only"] or None,
        with_superseded=deed.stated["with_superseded"],
    )


def _shown(code: str, opened: Opened) -> ResponseReturnValue:
    """Answer the identity in this one answer, and nowhere else; the act is committed already."""
    with door.reading() as (session, actor):
        frame.prepare(session, actor)
        # The code as it is stored: what was typed into the address is not said again.
        code = queries.find_person(session, code, actor=actor).code
        page = render_template("rooms/people_revealed.html", code=code, opened=opened, seconds=FADE_S)
    back = url_for("people.record_page", reference=code)
    return page, 200, {"Cache-Control": "no-store", "Refresh": f"{FADE_S}; url={back}"}


def _vault(asking: Asking) -> dict[str, Any]:
    """Return whether the vault is open, and what of this person is on record."""
    return {
        "lent": door.house().lent,
        "recorded": queries.recorded_fields(asking.session, asking.row, actor=asking.actor),
    }


REVEAL = Action(
    name="reveal",
    label=_l("Reveal the identity"),
    permission=Permission.REVEAL,
    fields=(
        Long(
            name="reason",
            label=_l("Why"),
            help=_l("It stays in the custody log for ever, with your name. Write no name of the person."),
            required=True,
            rows=2,
        ),
        Recorded(
            name="only",
            label=_l("Only these parts"),
            enum=IdentityName,
            help=_l("Open no more than you need. With nothing ticked, all of it."),
        ),
        Tick(name="with_superseded", label=_l("Also what was superseded by newer words")),
    ),
    above="rooms/people_vault.html",
    look=_vault,
    run=_reveal,
    shows=_shown,
    is_confirmed=True,
    is_drafted=False,
    help=_l("It is shown once, on the next page, for a minute."),
)
