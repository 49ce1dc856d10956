"""What stands around every page: who is signed in, what they may open, which instance this is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Flask, current_app, g, url_for
from flask import session as browser
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access import notices
from evidence_tracker.access.models import Compartment
from evidence_tracker.access.policy import Permission, Rights, rights, visible_compartments
from evidence_tracker.access.records import profile
from evidence_tracker.custody.events import Actor
from evidence_tracker.web import door


@dataclass(frozen=True)
class Way:
    """One entry of the navigation; whoever holds none of its permissions anywhere does not see it."""

    endpoint: str
    name: LazyString
    icon: str
    needs: tuple[Permission, ...]
    is_below: bool = False

    def is_for(self, held: Rights) -> bool:
        """Say whether somebody with these rights finds anything behind it."""
        return not self.needs or any(held.anywhere(permission) for permission in self.needs)


@dataclass(frozen=True)
class Beginning:
    """Something new that can be begun from every page."""

    label: Any
    endpoint: str
    action: str
    needs: Permission | None


NEW = "evidence_tracker.new"
_READ = (Permission.READ,)
WAYS: Sequence[Way] = (
    Way("start.show", _l("Start"), "start", ()),
    Way("missions.list_page", _l("Missions"), "missions", _READ),
    Way("people.list_page", _l("People"), "people", _READ),
    Way("interviews.list_page", _l("Interviews"), "interviews", _READ),
    Way("captures.list_page", _l("Captures"), "captures", _READ),
    Way("evidence.list_page", _l("Evidence"), "evidence", _READ),
    Way("incidents.list_page", _l("Incidents"), "incidents", _READ),
    Way("allegations.list_page", _l("Allegations"), "allegations", _READ),
    Way("submissions.list_page", _l("Submissions"), "submissions", _READ),
    Way("custody.show", _l("Custody"), "custody", (Permission.AUDIT, Permission.READ)),
    Way("tasks.list_page", _l("Tasks"), "checklist", (), is_below=True),
    Way("parties.list_page", _l("Parties"), "parties", _READ, is_below=True),
    Way("units.list_page", _l("Units"), "actors", _READ, is_below=True),
    Way("suspects.list_page", _l("Suspects"), "user-x", _READ, is_below=True),
    Way("companies.list_page", _l("Companies"), "building", _READ, is_below=True),
    Way("figures.show", _l("Figures"), "figures", _READ, is_below=True),
    Way("compartments.list_page", _l("Compartments"), "lock", _READ, is_below=True),
    Way("team.list_page", _l("Team"), "team", (Permission.MANAGE_ACCOUNTS,), is_below=True),
)


def held(session: Session, actor: Actor) -> Rights:
    """Return the rights of whoever asks, read once a request."""
    if "rights" not in g:
        g.rights = rights(session, actor)
    return g.rights  # type: ignore[no-any-return] # g holds anything


def scope() -> str | None:
    """Return the reference of the compartment that is being worked in, None for all of them."""
    return browser.get("scope")


def scope_id(session: Session, actor: Actor) -> UUID | None:
    """Return the id of the compartment that is being worked in, None for all of them."""
    return next((one.id for one in compartments(session, actor) if one.reference == scope()), None)


def endpoints() -> set[str]:
    """Return the names of all pages there are."""
    return set(current_app.view_functions)


def compartments(session: Session, actor: Actor) -> list[Compartment]:
    """Return every compartment that exists for whoever asks, read once a session."""
    # With the session and not the request: after a refusal the form is asked again in another one.
    if "compartments" not in session.info:
        query = select(Compartment).where(visible_compartments(session, actor))
        session.info["compartments"] = list(session.scalars(query.order_by(Compartment.reference)))
    return session.info["compartments"]  # type: ignore[no-any-return] # it holds anything


def prepare(session: Session, actor: Actor) -> None:
    """Read what the frame needs while the page's own session is open: the layout asks nothing itself."""
    own = profile(session)
    running, ended = door.works().tray(actor)
    g.frame = {
        "organisation": own.organisation,
        "rights": held(session, actor),
        "ways": [way for way in WAYS if way.is_for(held(session, actor))],
        "compartments": compartments(session, actor),
        "scope": scope(),
        "unseen": notices.unseen(session, actor),
        "running": running,
        "ended": ended,
        "new": [
            (one.label, url_for(one.endpoint, action=one.action))
            for one in current_app.extensions.get(NEW, ())
            if one.needs is None or held(session, actor).anywhere(one.needs)
        ],
    }


def install(app: Flask) -> None:
    """Give every template the frame; without one (signed out, an error) it is bare."""

    @app.context_processor
    def _frame() -> dict[str, Any]:
        house = door.house()
        known = [way for way in g.get("frame", {}).get("ways", ()) if way.endpoint in app.view_functions]
        return {
            "frame": {**g.get("frame", {}), "ways": known},
            "house_kind": house.kind,
            "is_open": house.is_open,
            "me": current_user if current_user and current_user.is_authenticated else None,
            "lent": house.lent if house.is_open else None,
        }
