"""A record on paper: one PDF with its facts, what hangs on it, and its custody (typst, PDF/A and PDF/UA).

A copy that leaves the page is an act: it stands in the custody log of the record.
"""

import json
from pathlib import Path
from typing import Any

import typst
from flask import Response
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from markupsafe import Markup
from sqlalchemy.orm import Session

from evidence_tracker.access.models import Compartment
from evidence_tracker.access.records import note_copy, profile
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import InvalidInput
from evidence_tracker.web import door, events, records
from evidence_tracker.web.formats import iso_instant, plain, plain_json
from evidence_tracker.web.kinds import Room
from evidence_tracker.web.words import column, said

TEMPLATE = Path(__file__).with_name("record.typ")
STANDARDS: list[Any] = ["a-3a", "ua-1"]


def record_pdf(room: Room, reference: str) -> ResponseReturnValue:
    """Answer a record as PDF, and note in the custody log that a copy was made."""
    with door.acting() as (session, actor):
        row = room.find(session, reference, actor=actor)
        note_copy(session, row, how="PDF", actor=actor)
        content = content_of(room, row, session, actor)
    door.note_reading(f"{room.one} {room.reference(row)}", row.level)
    name = f"{room.reference(row)}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(compiled(content), mimetype="application/pdf", headers=headers)


def compiled(content: dict[str, Any]) -> bytes:
    """Return the PDF of some content; the same content gives the same bytes."""
    try:
        pdf = typst.compile(
            TEMPLATE,
            sys_inputs={"data": json.dumps(content, ensure_ascii=False)},
            pdf_standards=STANDARDS,
            ignore_system_fonts=True,
        )
    except typst.TypstError as error:
        raise InvalidInput(
            gettext("The record cannot be set as PDF: %(why)s.", why=str(error).splitlines()[0]),
            advice=gettext("Print the page from the browser instead."),
        ) from error
    return bytes(pdf)


def content_of(room: Room, row: Any, session: Session, actor: Actor) -> dict[str, Any]:
    """Return everything that stands on the paper, as text alone."""
    tabs = [records.OVERVIEW, *(tab.name for tab in room.tabs)]
    sections = [
        shown for tab in tabs for shown in records.sections_for(room, row, tab, session, actor) if shown.rows
    ]
    told = events.told(session, row, room.model, actor, newest_first=False)
    shown = {name: make(session, row, actor) for name, make in room.show.items()}
    return {
        "language": str(get_locale() or "en").split("_")[0],
        "organisation": profile(session).organisation,
        "kind": door.house().kind.value if door.house().kind.is_play else "",
        "level": row.level.value,
        "reference": room.reference(row),
        "title": _text(room.title(row)),
        "noun": str(room.one),
        "made": _text(gettext("Copy made by %(who)s", who=actor.login)),
        "facts": [
            {
                "title": str(group.title),
                "rows": [
                    [column(name), _text(plain(shown.get(name, getattr(row, name, None))))]
                    for name in group.names
                ],
            }
            for group in room.facts
        ],
        "kept": _kept(session, row),
        "sections": [_section(one) for one in sections if one.section.columns],
        "events": [_event(done, told["naming"]) for done in told["log"]],
        "words": {
            "custody": gettext("Custody"),
            "kept": gettext("Responsibility"),
            "page": gettext("Page"),
            "of": gettext("of"),
            "play": gettext("Demonstration or test: everything here is invented."),
        },
    }


def _kept(session: Session, row: Any) -> list[list[str]]:
    home = session.get_one(Compartment, row.compartment_id)
    return [
        [gettext("Kept in"), f"{home.reference} · {home.title}"],
        [gettext("Recorded"), _text(plain(row.recorded_at))],
        [gettext("Purpose"), _text(plain(row.purpose))],
        [gettext("Legal basis"), _text(plain(row.legal_basis))],
        [gettext("Version"), str(row.version)],
    ]


def _section(shown: records.Shown) -> dict[str, Any]:
    return {
        "title": str(shown.section.title),
        "head": [str(one.label) for one in shown.section.columns],
        "rows": [[_cell(one.cell(item), one.kind) for one in shown.section.columns] for item in shown.rows],
    }


def _cell(value: Any, kind: str) -> str:
    if kind == "link":
        return _text(value[0]) if value else ""
    return _text(plain(value))


def _event(done: events.Done, naming: Any) -> dict[str, str]:
    facts = [
        f"{column(name)}: {_text(naming.shown(value))}"
        for name, value in done.facts.items()
        if not isinstance(value, list | dict)
    ]
    occurred = done.values.get("occurred")
    return {
        "when": _text(iso_instant(done.values["logged_at"])),
        "what": said(done.values["act"]),
        "who": done.who,
        "occurred": _text(plain_json(occurred)) if occurred else "",
        "facts": "; ".join(facts),
        "place": f"{done.event.epoch}/{done.event.index}",
    }


def _text(value: Any) -> str:
    return value.striptags() if isinstance(value, Markup) else str(value)
