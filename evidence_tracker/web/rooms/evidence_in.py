"""Taking in evidence: a form that says what is known of all files, and the files, sent one by one.

What the form says is kept under a ticket (a draft: encrypted, of one account, good for a day), so that
each file can be sent as nothing but its bytes.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access import drafts
from evidence_tracker.access.policy import Permission, now, visible
from evidence_tracker.casework.exhibits import intake, people, queries
from evidence_tracker.casework.exhibits.facts import ExhibitFacts
from evidence_tracker.casework.exhibits.models import Exhibit, PersonRole
from evidence_tracker.casework.missions.models import Mission
from evidence_tracker.custody.events import Actor
from evidence_tracker.custody.vault import Deposited
from evidence_tracker.errors import EvidenceTrackerError, InvalidInput, NotFound, NotPermitted
from evidence_tracker.web import door, errors, fields, forms, frame, uploads, worker
from evidence_tracker.web.about import Filled, Wrong
from evidence_tracker.web.fields import Asking, Field, parts_of
from evidence_tracker.web.kinds import Deed
from evidence_tracker.web.rooms import asked
from evidence_tracker.web.rooms.evidence_facts import DEVICE, KEEPING, KIND, ORIGIN, SOURCE, WORDS, rules
from evidence_tracker.web.sentences import told

KIND_OF_DRAFT = "evidence/receive"
GOOD_FOR = timedelta(hours=24)
HOME = asked.home(Permission.TAKE_IN)
FIRST: tuple[Field, ...] = (HOME, *ORIGIN[:4])
MORE: tuple[Field, ...] = (SOURCE, *ORIGIN[4:], *WORDS, KIND, *DEVICE, *KEEPING)
RULES: tuple[Field, ...] = tuple(
    replace(one, help=_l("Left empty, that of the mission.")) for one in fields.governance()
)
FIELDS = (*FIRST, *MORE, *RULES)
PARTS = frozenset(parts_of(FIELDS))


def routes(made: Blueprint) -> None:
    """Add the pages of taking in."""
    for view in (receive_file, receive_form):
        made.record_once(uploads.checks_itself(view))
    made.add_url_rule("/receive", "receive", begin)
    # The list and the menu of new things lead to it as to any action.
    made.add_url_rule("/new/receive", "new_receive", begin, methods=["GET", "POST", "PUT"])
    made.add_url_rule("/receive/<uuid:ticket>", "receiving", show)
    made.add_url_rule("/receive/<uuid:ticket>", "receive_file", receive_file, methods=["PUT"])
    made.add_url_rule("/receive/<uuid:ticket>", "receive_form", receive_form, methods=["POST"])
    made.add_url_rule("/receive/<uuid:ticket>/facts", "receive_facts", keep_facts, methods=["PUT"])
    made.add_url_rule("/receive/<uuid:ticket>/may", "receive_may", say_whether)


def has_a_form_of_its_own(_deed: Deed) -> None:
    """Refuse: what is taken in is sent to a ticket."""
    raise InvalidInput(
        gettext("Files are not taken in like this."), advice=gettext("Begin with Evidence, Take in.")
    )


def begin() -> ResponseReturnValue:
    """Open a ticket, and lead to its form; a reload of that keeps what was typed."""
    with door.acting() as (session, actor):
        asking = Asking(session, actor)
        if not HOME.places(asking):
            raise NotPermitted(f"{actor.login} may not take in exhibits anywhere.")
        drafts.discard_older(session, kind=KIND_OF_DRAFT, before=now(session) - GOOD_FOR, actor=actor)
        ticket = uuid4()
        _keep(asking, ticket, {HOME.name: HOME.first(asking)} | _asked_for(), now(session) + GOOD_FOR)
    return redirect(url_for("evidence.receiving", ticket=ticket), 303)


def show(ticket: UUID) -> ResponseReturnValue:
    """Answer the form of a ticket, with what was typed into it."""
    return _page(ticket)


def keep_facts(ticket: UUID) -> ResponseReturnValue:
    """Keep what was typed: the files that are sent from now on follow it."""
    with door.acting() as (session, actor):
        _typed, until = _read(session, actor, ticket)
        typed = {name: text.replace("\r\n", "\n") for name, text in request.form.items() if name in PARTS}
        _keep(Asking(session, actor), ticket, typed, until)
    return {"kept": True}


def receive_file(ticket: UUID) -> ResponseReturnValue:
    """Take in one file, whose bytes are the body; answers JSON, whatever comes of it."""
    try:
        uploads.refuse_forged(request.headers.get(uploads.CSRF_HEADER))
        with door.reading() as (session, actor):
            typed, _until = _read(session, actor, ticket)
            _refuse_early(Asking(session, actor), typed)
        answer = _take(uploads.body(), typed, uploads.told_name())
    except EvidenceTrackerError as error:
        return _in_json(error)
    return jsonify(answer), 201


def say_whether(ticket: UUID) -> ResponseReturnValue:
    """Say whether a file of ``?size=`` bytes would be taken in now: a browser whose body is not read sees no answer."""
    try:
        uploads.refuse_size(request.args.get("size", 0, int))
        with door.reading() as (session, actor):
            typed, _until = _read(session, actor, ticket)
            _refuse_early(Asking(session, actor), typed)
    except EvidenceTrackerError as error:
        return _in_json(error)
    return {"may": True}


def receive_form(ticket: UUID) -> ResponseReturnValue:
    """Take in the one file of a form that was sent without script, or answer the form again."""
    form = uploads.form()
    uploads.refuse_forged(form.fields.get(uploads.CSRF_FIELD))
    typed = {name: text for name, text in form.fields.items() if name in PARTS}
    try:
        with door.acting() as (session, actor):
            _typed, until = _read(session, actor, ticket)
            _keep(Asking(session, actor), ticket, typed, until)
        with door.reading() as (session, actor):
            _refuse_early(Asking(session, actor), typed)
        if form.file is None:
            raise InvalidInput(
                gettext("No file was chosen."), advice=gettext("Choose one, and send it again.")
            )
        answer = _take(form.file, typed, form.file.name)
    except NotFound:
        raise
    except EvidenceTrackerError as error:
        return _page(ticket, error), errors.status_of(error)
    flash(gettext("Received as %(reference)s.", reference=answer["reference"]), "done")
    return redirect(answer["url"], 303)


def _in_json(error: EvidenceTrackerError) -> ResponseReturnValue:
    """Answer an error; of a form in which several fields are wrong, the first."""
    named = next(iter(error.wrong.values())) if isinstance(error, Wrong) else error
    return jsonify(error=told(named), advice=told(named.advice)), errors.status_of(error)


def _take(stream: uploads.Body | uploads.Part, typed: Mapping[str, str], name: str | None) -> dict[str, Any]:
    """Put the bytes into the vault, and name them in one transaction; returns what is said of them."""
    answer: dict[str, Any] = {}

    def act(session: Session, actor: Actor, deposited: Deposited) -> Exhibit:
        exhibit = _receive(Asking(session, actor), typed, deposited, name)
        answer.update(_said(session, exhibit, actor))
        return exhibit

    instance = door.instance()
    intake.name_deposited(uploads.deposit(stream), vault=instance.vault, acting=door.acting, act=act)
    worker.wake()
    return answer


def _receive(asking: Asking, typed: Mapping[str, str], deposited: Deposited, name: str | None) -> Exhibit:
    stated, place = _stated(asking, typed)
    source = stated.pop(SOURCE.name)
    exhibit = intake.receive_exhibit(
        asking.session,
        door.instance().vault,
        deposited,
        facts=ExhibitFacts(**{name: value for name, value in stated.items() if value is not None}),
        actor=asking.actor,
        original_name=name,
        **place,
    )
    if source is not None:
        people.link_person(asking.session, exhibit, source, role=PersonRole.SOURCE, actor=asking.actor)
    return exhibit


def _stated(asking: Asking, typed: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the facts that were typed, and where the file goes with its rules."""
    stated = forms.state_all(FIELDS, typed, asking)
    home = stated.pop(HOME.name)
    mission = asked.mission_in(asking.session, home.id, asking.actor)
    return stated, {
        "mission": mission,
        "compartment": home if mission is None else None,
        "governance": rules(mission, stated),
    }


def _refuse_early(asking: Asking, typed: Mapping[str, str]) -> None:
    """Refuse before a byte is read what would be refused afterwards."""
    _facts, place = _stated(asking, typed)
    intake.home_for(asking.session, actor=asking.actor, **place)


def _said(session: Session, exhibit: Exhibit, actor: Actor) -> dict[str, Any]:
    return {
        "reference": exhibit.reference,
        "sha256": exhibit.sha256,
        "size": exhibit.size_bytes,
        "media_type": exhibit.media_type,
        "same_bytes": [row.reference for row in queries.same_bytes(session, exhibit, actor=actor)],
        "url": url_for("evidence.record_page", reference=exhibit.reference),
    }


def _page(ticket: UUID, error: EvidenceTrackerError | None = None) -> str:
    with door.reading() as (session, actor):
        frame.prepare(session, actor)
        typed, _until = _read(session, actor, ticket)
        asking = Asking(session, actor)
        filled = Filled(_whole(typed), error=error)
        if isinstance(error, Wrong):
            filled.wrong = error.wrong
        return render_template(
            "rooms/evidence_receive.html",
            ticket=ticket,
            filled=filled,
            first=FIRST,
            more=MORE,
            rules=RULES,
            choices={one.name: one.choices(asking) for one in FIELDS},
            missions=_inherited(asking),
            most=uploads.most_bytes(),
        )


def _inherited(asking: Asking) -> list[Mission]:
    """Return the missions whose rules a file takes over."""
    places = [one.id for one in HOME.places(asking)]
    here = (Mission.compartment_id.in_(places), visible(asking.session, asking.actor, Mission))
    return list(asking.session.scalars(select(Mission).where(*here).order_by(Mission.reference)))


def _asked_for() -> dict[str, str]:
    """Return the facts that the address of the page names: a link may come from a mission or a person."""
    return {name: text for name, text in request.args.items() if name in PARTS}


def _whole(typed: Mapping[str, str]) -> dict[str, str]:
    return {part: typed.get(part, "") for part in PARTS}


def _keep(asking: Asking, ticket: UUID, typed: Mapping[str, str], until: datetime) -> None:
    places = HOME.places(asking)
    chosen = [one for one in places if one.reference == typed.get(HOME.name)] or places
    if not chosen:
        raise NotPermitted("You may not take in exhibits anywhere.")
    drafts.keep(
        asking.session,
        kind=KIND_OF_DRAFT,
        subject_id=ticket,
        compartment_id=chosen[0].id,
        content={"typed": dict(typed), "until": until.isoformat()},
        actor=asking.actor,
    )


def _read(session: Session, actor: Actor, ticket: UUID) -> tuple[dict[str, str], datetime]:
    """Return what was typed into one's own form, and until when it is good; raises NotFound."""
    kept = drafts.read(session, kind=KIND_OF_DRAFT, subject_id=ticket, actor=actor)
    until = None if kept is None else datetime.fromisoformat(kept["until"])
    if kept is None or until is None or until <= now(session):
        raise NotFound(
            gettext("This form of taking in is not yours, or it is older than a day."),
            advice=gettext("Begin a new one: Evidence, Take in."),
        )
    typed: dict[str, str] = kept["typed"]
    return typed, until
