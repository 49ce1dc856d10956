"""Working copies: a file that was made from an item, sent with how it was made, straight into the vault."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from evidence_tracker.access.levels import Level
from evidence_tracker.access.policy import Permission, require
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.exhibits import derivatives, intake, queries
from evidence_tracker.casework.exhibits.facts import ExhibitFacts
from evidence_tracker.casework.exhibits.models import DerivativeKind, Exhibit
from evidence_tracker.custody.events import Actor
from evidence_tracker.custody.vault import Deposited
from evidence_tracker.errors import EvidenceTrackerError, InvalidInput, NotFound
from evidence_tracker.web import door, errors, fields, forms, frame, uploads, worker
from evidence_tracker.web.about import Filled, Wrong
from evidence_tracker.web.fields import Asking, Field, Long, Text, Word, parts_of
from evidence_tracker.web.rooms.evidence_facts import language

FIELDS: tuple[Field, ...] = (
    Word(
        name="kind",
        label=_l("What the copy is to its original"),
        enum=DerivativeKind,
        help=_l("A redaction and a copy without identifiers show less, and may be less restricted."),
        required=True,
    ),
    Long(name="how", label=_l("What was done to make it"), rows=2, required=True),
    Text(
        name="tool",
        label=_l("Program and version it was made with"),
        help=_l("Or: by hand."),
        required=True,
    ),
    Text(
        name="title", label=_l("Title"), help=_l("Neutral, without names. Left empty, it is what it is of.")
    ),
    language(label=_l("Language of the copy")),
    *fields.governance(),
)
PARTS = parts_of(FIELDS)


def routes(made: Blueprint) -> None:
    """Add the form of a working copy."""
    made.record_once(uploads.checks_itself(receive_copy))
    made.add_url_rule("/<reference>/copy", "copy", show)
    made.add_url_rule("/<reference>/copy", "receive_copy", receive_copy, methods=["POST"])


def show(reference: str) -> ResponseReturnValue:
    """Answer the form."""
    return _page(reference, Filled(dict.fromkeys(PARTS, "")))


def receive_copy(reference: str) -> ResponseReturnValue:
    """Register the file of the form as a working copy, or answer the form again."""
    form = uploads.form()
    uploads.refuse_forged(form.fields.get(uploads.CSRF_FIELD))
    typed = dict.fromkeys(PARTS, "") | {name: text for name, text in form.fields.items() if name in PARTS}
    try:
        with door.reading() as (session, actor):
            _original(session, reference, actor)
            _facts(Asking(session, actor), typed)
        if form.file is None:
            raise InvalidInput(
                gettext("No file was chosen."), advice=gettext("Choose one, and send it again.")
            )
        made = _take(reference, form.file, typed)
    except NotFound:
        raise
    except EvidenceTrackerError as error:
        filled = Filled(typed, error=error)
        if isinstance(error, Wrong):
            filled.wrong = error.wrong
        return _page(reference, filled), errors.status_of(error)
    flash(gettext("%(reference)s is registered. Somebody else checks it now.", reference=made), "done")
    return redirect(url_for("evidence.record_page", reference=made), 303)


def _take(reference: str, part: uploads.Part, typed: dict[str, str]) -> str:
    instance = door.instance()

    def act(session: Session, actor: Actor, deposited: Deposited) -> Exhibit:
        original = _original(session, reference, actor)
        stated = _facts(Asking(session, actor), typed)
        facts = {name: stated.pop(name) for name in ("title", "language") if stated[name] is not None}
        rules = _rules(original, stated)
        return derivatives.derive(
            session,
            instance.vault,
            original,
            deposited,
            kind=stated["kind"],
            how=stated["how"],
            tool=stated["tool"],
            actor=actor,
            facts=ExhibitFacts(**facts) if facts else None,
            governance=rules,
            original_name=part.name,
        )

    row = intake.name_deposited(uploads.deposit(part), vault=instance.vault, acting=door.acting, act=act)
    worker.wake()
    return row.reference


def _original(session: Session, reference: str, actor: Actor) -> Exhibit:
    """Return what a copy is made of; refuses whoever may not, before bytes are read."""
    original = queries.find_exhibit(session, reference, actor=actor)
    require(session, actor, Permission.RECORD, original.compartment_id, level=Level.PUBLIC)
    return original


def _facts(asking: Asking, typed: dict[str, str]) -> dict[str, Any]:
    return forms.state_all(FIELDS, typed, asking)


def _rules(original: Exhibit, stated: dict[str, Any]) -> Governance:
    base = Governance.of(original)
    return Governance(
        stated["level"] or base.level,
        stated["purpose"] or base.purpose,
        stated["legal_basis"] or base.legal_basis,
    )


def _page(reference: str, filled: Filled) -> str:
    with door.reading() as (session, actor):
        frame.prepare(session, actor)
        row = _original(session, reference, actor)
        asking = Asking(session, actor)
        return render_template(
            "rooms/evidence_copy.html",
            row=row,
            reference=row.reference,
            fields=FIELDS,
            choices={one.name: one.choices(asking) for one in FIELDS},
            filled=filled,
        )
