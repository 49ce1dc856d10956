"""Fields that several rooms ask for: where a record is kept, and other records by reference."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import current_app, url_for
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access.accounts import find_account
from evidence_tracker.access.calling import call
from evidence_tracker.access.models import Account, Compartment
from evidence_tracker.access.policy import Permission, visible
from evidence_tracker.access.records import find
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.exhibits.people import find_person
from evidence_tracker.casework.exhibits.queries import find_exhibit
from evidence_tracker.casework.missions.models import Mission
from evidence_tracker.casework.parties.models import Party
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import InvalidInput
from evidence_tracker.web import door, frame
from evidence_tracker.web.fields import Asking, Field, Ref, Text
from evidence_tracker.web.kinds import Deed

#: How many records are suggested while a reference is typed; the rest is found by typing it.
MOST = 50


def compartment(reference: str, session: Session, actor: Actor) -> Compartment:
    """Return a compartment that exists for this person, by its reference."""
    for one in frame.compartments(session, actor):
        if one.reference == reference.strip().upper():
            return one
    raise InvalidInput(
        f"There is no compartment {reference} here, or you may not see it.",
        advice="Choose one of those that are offered.",
    )


@dataclass(frozen=True, kw_only=True)
class Home(Field):
    """Where a new record is kept: one of the compartments in which this person may do it."""

    permission: Permission = Permission.RECORD

    def read(self, text: str, asking: Asking) -> Compartment:
        """Return the compartment."""
        return compartment(text, asking.session, asking.actor)

    def choices(self, asking: Asking) -> Sequence[tuple[str, Any]]:
        """Return the compartments in which this person may do it."""
        return [(one.reference, f"{one.reference} · {one.title}") for one in self.places(asking)]

    def places(self, asking: Asking) -> list[Compartment]:
        """Return these compartments themselves."""
        allowed = frame.held(asking.session, asking.actor).where(self.permission)
        return [one for one in frame.compartments(asking.session, asking.actor) if one.id in allowed]

    def first(self, asking: Asking) -> str:
        """Return the one that is offered first: the scope of work, or the only one; none is guessed."""
        offered = [one.reference for one in self.places(asking)]
        scope = frame.scope()
        return scope if scope in offered else offered[0] if len(offered) == 1 else ""


def home(permission: Permission = Permission.RECORD, **more: Any) -> Home:
    """Return the field that says where a new record is kept; the scope of work is offered first."""
    return Home(
        name="home",
        label=_l("Kept in"),
        help=_l("Its compartment says who may see it. It can not be changed later."),
        required=True,
        widget="choice",
        default=lambda asking: Home(name="home", label="", permission=permission).first(asking),
        permission=permission,
        **more,
    )


def mission_of(deed: Deed) -> Mission | None:
    """Return the mission whose compartment a new record goes into, None where it is no mission's."""
    return mission_in(deed.session, deed.compartment_id, deed.actor)


def mission_in(session: Session, compartment_id: UUID | None, actor: Actor) -> Mission | None:
    """Return the mission of a compartment, None where it is no mission's, or for somebody who may not see it."""
    here = (Mission.compartment_id == compartment_id, visible(session, actor, Mission))
    return session.scalars(select(Mission).where(*here)).first()


def mission_link(session: Session, mission_id: UUID | None, actor: Actor) -> Markup | None:
    """Return the reference of a mission as a link, None for somebody who may not see it."""
    here = (Mission.id == mission_id, visible(session, actor, Mission))
    found = None if mission_id is None else session.scalars(select(Mission.reference).where(*here)).first()
    return None if found is None else _ref_link("missions", found)


def exhibit_link(session: Session, exhibit_id: UUID | None, actor: Actor) -> Markup | None:
    """Return the reference of an evidence item as a link, None for somebody who may not see it."""
    here = (Exhibit.id == exhibit_id, visible(session, actor, Exhibit))
    found = None if exhibit_id is None else session.scalars(select(Exhibit.reference).where(*here)).first()
    return None if found is None else _ref_link("evidence", found)


def _ref_link(room: str, reference: str) -> Markup:
    url = way(room, reference)
    if url is None:
        return Markup('<span class="ref">{}</span>').format(reference)
    return Markup('<a class="ref" href="{}">{}</a>').format(url, reference)


def recent(
    model: type[Any], words: Callable[[Any], str], key: Callable[[Any], str] = lambda row: str(row.reference)
) -> Callable[[Asking], Sequence[tuple[str, Any]]]:
    """Return a question for the newest records of a kind, to be offered while a reference is typed."""

    def ask(asking: Asking) -> Sequence[tuple[str, Any]]:
        query = select(model).where(visible(asking.session, asking.actor, model))
        rows = asking.session.scalars(query.order_by(model.recorded_at.desc(), model.id.desc()).limit(MOST))
        return [(key(row), words(row)) for row in rows]

    return ask


def ref(name: str, label: Any, model: type[Any], words: Callable[[Any], str], **more: Any) -> Ref:
    """Return a field for another record with a reference."""

    def by_reference(session: Session, reference: str, /, *, actor: Actor) -> Any:
        return find(session, model, reference.upper(), actor=actor)

    return Ref(name=name, label=label, find=by_reference, suggestions=recent(model, words), **more)


def party(name: str = "party", **more: Any) -> Ref:
    """Return a field for a party."""
    label = more.pop("label", _l("Party"))
    return ref(name, label, Party, lambda row: row.name_latin or row.name, **more)


def exhibit(name: str, label: Any, **more: Any) -> Ref:
    """Return a field for an evidence item."""
    return Ref(
        name=name, label=label, find=find_exhibit, suggestions=recent(Exhibit, lambda row: row.title), **more
    )


def person(name: str = "person", **more: Any) -> Ref:
    """Return a field for a person, named by code; no list is offered: codes are not for browsing in forms."""
    label = more.pop("label", _l("Person (code)"))
    return Ref(name=name, label=label, find=find_person, **more)


def account(name: str = "account", **more: Any) -> Ref:
    """Return a field for a colleague, named by login."""

    def by_login(session: Session, reference: str, /, *, actor: Actor) -> Account:  # noqa: ARG001 - as every find
        return find_account(session, reference.lower())

    label = more.pop("label", _l("Account"))
    return Ref(name=name, label=label, find=by_login, **more)


def now() -> datetime:
    """Return the present of the instance."""
    return door.instance().clock.now()


def stating(act: Callable[..., Any], *found: str) -> Callable[[Deed], Any]:
    """Return a ``run`` that states facts to an act as the command line does.

    Level, purpose and legal basis become its governance, as the act's own default has it where they are
    not stated. ``found`` are fields that hold records, which are no facts.
    """
    is_homed = "compartment_id" in inspect.signature(act).parameters

    def run(deed: Deed) -> Any:
        subjects = [one for one in (deed.item or deed.row,) if one is not None]
        records: dict[str, Any] = {name: deed.took(name) for name in found}
        if is_homed:
            records["compartment_id"] = deed.compartment_id
        facts = {name: value for name, value in deed.stated.items() if value is not None}
        return call(act, deed.session, *subjects, actor=deed.actor, stated=facts, **records)

    return run


def way(room: str, reference: str | None, tab: str | None = None) -> str | None:
    """Return the address of a record of another room, None where there is no such room here."""
    endpoint = f"{room}.{'tab_page' if tab else 'record_page'}"
    if reference is None or endpoint not in current_app.view_functions:
        return None
    names: dict[str, Any] = {"reference": reference, "tab": tab} if tab else {"reference": reference}
    return url_for(endpoint, **names)


def person_link(code: str | None) -> Markup:
    """Return the code of a person, as the link to their record; the record says no where it must."""
    if not code:
        return Markup("")
    url = way("people", code)
    text = Markup('<span class="person">{}</span>').format(code)
    return Markup('<a href="{}">{}</a>').format(url, text) if url else text


def reason(**more: Any) -> Text:
    """Return the field that asks why."""
    return Text(name="reason", label=_l("Why"), required=True, **more)


def logins(session: Session, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the logins of accounts."""
    query = select(Account.id, Account.login).where(Account.id.in_(ids))
    return {row.id: row.login for row in session.execute(query)} if ids else {}
