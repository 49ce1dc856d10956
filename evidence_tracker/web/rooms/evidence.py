"""Evidence: registered originals and the working copies made from them."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint
from flask_babel import format_decimal, gettext
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy.orm import Session

from evidence_tracker.access.models import Compartment
from evidence_tracker.access.policy import Permission
from evidence_tracker.casework.exhibits import derivatives, extraction, intake, physical, queries
from evidence_tracker.casework.exhibits.facts import ExhibitFacts
from evidence_tracker.casework.exhibits.models import Exhibit, Hazard
from evidence_tracker.casework.exhibits.reading import OpenExhibit, open_exhibit
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import IntegrityFailure
from evidence_tracker.jobs.fixity import check_blob
from evidence_tracker.web import door, originals
from evidence_tracker.web.fields import Field, Long, Text, When, Word, governance
from evidence_tracker.web.formats import STEP, plain_json, size
from evidence_tracker.web.forms import amender
from evidence_tracker.web.kinds import Action, Deed, Facts, Room, Scope, Tab
from evidence_tracker.web.rooms import (
    asked,
    assessments,
    evidence_copies,
    evidence_in,
    evidence_links,
    evidence_view,
)
from evidence_tracker.web.rooms.evidence_facts import DEVICE, KEEPING, ORIGIN, WORDS, of_one, rules
from evidence_tracker.web.rooms.evidence_list import LISTING
from evidence_tracker.web.rooms.evidence_parts import PARTS
from evidence_tracker.web.rooms.evidence_things import THINGS
from evidence_tracker.web.rooms.remnant_facts import photos_of, photos_stated
from evidence_tracker.web.words import column, said
from evidence_tracker.web.works import Progress

_WHY, _DANGER, _STATE = _l("Why it was taken"), _l("What it could do"), _l("The thing itself")
THING: tuple[Field, ...] = (
    Long(name="exception_reason", label=_l("Why it had to be taken"), rows=2, group=_WHY),
    Long(name="imminent_loss", label=_l("Why it would have been lost"), rows=2, group=_WHY),
    Text(name="lawful_basis", label=_l("Why taking it was lawful"), group=_WHY),
    Text(name="authority_notified", label=_l("The authority that was notified"), group=_WHY),
    When(name="notified", label=_l("When it was notified"), group=_WHY),
    Text(name="authority_answer", label=_l("What it answered"), group=_WHY),
    Word(
        name="hazard",
        label=_l("Hazard"),
        enum=Hazard,
        required=True,
        default=Hazard.UNKNOWN.value,
        group=_DANGER,
    ),
    Text(
        name="cleared_by",
        label=_l("Who cleared it"),
        help=_l("Needed of whatever is not known to be harmless."),
        group=_DANGER,
    ),
    Text(name="protective_equipment", label=_l("What to wear when it is handled"), group=_DANGER),
    Text(name="dimensions", label=_l("Dimensions"), group=_STATE),
    Text(name="markings", label=_l("Markings, letter by letter"), group=_STATE),
    Text(name="packaging", label=_l("Packaging"), group=_STATE),
    Text(name="storage_location", label=_l("Where it is kept"), group=_STATE),
    Text(name="storage_temperature", label=_l("Temperature it is kept at"), group=_STATE),
)


def _extract(deed: Deed) -> OpenExhibit:
    """Log that the bytes leave, and open them: they leave when that is committed."""
    extraction.note_extraction(deed.session, deed.row, purpose=deed.stated["purpose"], actor=deed.actor)
    return open_exhibit(deed.session, door.instance().vault, deed.row, actor=deed.actor)


def _check_bytes(deed: Deed) -> Callable[[Progress], Any]:
    instance, blob_id, reference = door.instance(), deed.row.blob_id, deed.row.reference

    def work(progress: Progress) -> str:
        fault = check_blob(instance, blob_id, progress)
        if fault is not None:
            raise IntegrityFailure(f"The bytes of {reference} are damaged: {fault}.")
        return str(reference)

    return work


def _sign_off(deed: Deed) -> Exhibit:
    return derivatives.check_derivative(
        deed.session, deed.row, actor=deed.actor, expected_version=deed.version
    )


def _take_thing(deed: Deed) -> Exhibit:
    stated = deed.stated
    shots = photos_stated(stated)
    facts = {
        name: value
        for name in physical.PhysicalFacts.__dataclass_fields__
        if (value := stated.pop(name, None))
    }
    mission = asked.mission_of(deed)
    home = intake.home_for(
        deed.session,
        actor=deed.actor,
        mission=mission,
        compartment=deed.session.get(Compartment, deed.compartment_id) if mission is None else None,
        governance=rules(mission, stated),
    )
    thing = physical.take_in_item(
        deed.session,
        facts=physical.PhysicalFacts(**facts),
        about=ExhibitFacts(**{name: value for name, value in stated.items() if value is not None}),
        photos=shots,
        home=home,
        actor=deed.actor,
    )
    return deed.session.get_one(Exhibit, thing.exhibit_id)


def _size(_session: Session, row: Exhibit, _actor: Actor) -> str | None:
    if row.size_bytes is None or row.size_bytes < STEP:
        return None if row.size_bytes is None else size(row.size_bytes)
    return str(
        gettext("%(size)s (%(count)s bytes)", size=size(row.size_bytes), count=format_decimal(row.size_bytes))
    )


def _particulars(_session: Session, row: Exhibit, _actor: Actor) -> Markup | None:
    lines = [
        Markup('{}: <span class="bidi">{}</span>').format(column(name), plain_json(value))
        for name, value in row.particulars.items()
    ]
    return Markup("<br>").join(lines) or None


def _status(row: Exhibit) -> str | None:
    """Return what a working copy is, and whether a second person has looked at it."""
    if row.derivative_kind is None:
        return None
    checked = gettext("checked") if row.checked_at else gettext("not checked yet")
    return f"{said(row.derivative_kind)}, {checked}"


def _is_unchecked_copy(row: Exhibit) -> bool:
    return row.made_from_id is not None and row.checked_at is None


def _has_bytes(row: Exhibit) -> bool:
    return row.blob_id is not None


def _routes(made: Blueprint) -> None:
    for part in (evidence_in, evidence_copies, evidence_view):
        part.routes(made)


ROOM = Room(
    name="evidence",
    icon="archive",
    one=_l("evidence item"),
    many=_l("Evidence"),
    model=Exhibit,
    find=queries.find_exhibit,
    title=lambda row: str(row.title),
    status=_status,
    template="rooms/evidence.html",
    data=evidence_view.data,
    listing=LISTING,
    facts=(
        Facts(
            title=_l("What it is"),
            names=(
                "kind",
                "description",
                "media_type",
                "size_bytes",
                "original_name",
                "language",
                "is_graphic",
            ),
        ),
        Facts(
            title=_l("Where it comes from"),
            names=(
                *("source_kind", "received_from", "received_at", "collected", "collected_by"),
                *("place", "method", "device", "device_clock_offset_s"),
            ),
        ),
        Facts(
            title=_l("As a working copy"),
            names=("derivative_kind", "made_how", "made_with", "checked_at"),
            when=lambda row: row.made_from_id is not None,
        ),
        Facts(
            title=_l("Particulars and keeping"),
            names=("particulars", "retention", "admissibility_notes"),
        ),
    ),
    show={"size_bytes": _size, "particulars": _particulars},
    tabs=(
        Tab(
            name="words",
            title=_l("Text"),
            template="rooms/evidence_text.html",
            data=evidence_view.words,
            when=evidence_view.has_words,
        ),
        Tab(name="origin", title=_l("Origin and digests")),
        Tab(name="examination", title=_l("Examination"), when=_has_bytes),
        Tab(
            name="keeping",
            title=_l("Keeping"),
            template="rooms/evidence_keeping.html",
            data=evidence_view.keeper,
        ),
        Tab(name="links", title=_l("Links")),
        assessments.TAB,
    ),
    sections=(*PARTS, *THINGS, *evidence_links.LINKS, assessments.section(assessments.NAME)),
    actions=(
        Action(
            name="receive",
            label=_l("Take in"),
            scope=Scope.LIST,
            permission=Permission.TAKE_IN,
            icon="upload",
            run=evidence_in.has_a_form_of_its_own,
        ),
        Action(
            name="thing",
            label=_l("Take in a thing"),
            scope=Scope.LIST,
            permission=Permission.TAKE_IN,
            icon="hand-stop",
            fields=(
                asked.home(Permission.TAKE_IN),
                *THING,
                *photos_of(),
                *WORDS,
                *ORIGIN,
                *DEVICE[:1],
                *KEEPING,
                *governance(),
            ),
            run=_take_thing,
            help=_l(
                "The rule is to photograph a thing where it lies, note its position, tell the authority and leave "
                "it there. Taking it is the exception, and says why."
            ),
            done=_l("The thing is registered, with its photos."),
        ),
        Action(
            name="amend",
            label=_l("Change what is stated"),
            fields=of_one,
            amends=True,
            run=amender(intake.amend_exhibit),
            icon="pencil",
        ),
        Action(
            name="check",
            label=_l("Check this working copy"),
            permission=Permission.READ,
            when=_is_unchecked_copy,
            run=_sign_off,
            is_confirmed=True,
            is_main=True,
            help=_l(
                "You have compared it with its original. Whoever made it cannot check it: a second person looks."
            ),
        ),
        Action(
            name="extract",
            label=_l("Original file"),
            permission=Permission.EXTRACT,
            when=_has_bytes,
            fields=(
                Text(
                    name="purpose",
                    label=_l("What the copy is for"),
                    help=_l("It goes into the custody log before the first byte leaves."),
                    required=True,
                ),
            ),
            run=_extract,
            shows=lambda _reference, opened: originals.attachment(opened),
            is_drafted=False,
            is_main=True,
            help=_l(
                "The download begins when you press the button. Outside this house nobody guards it but you."
            ),
        ),
        Action(
            name="verify",
            label=_l("Compare its bytes now"),
            permission=Permission.READ,
            when=_has_bytes,
            run=_check_bytes,
            is_long=True,
            help=_l("Every byte is read and compared with the digest of the day on which it came."),
        ),
    ),
    more_routes=_routes,
)
