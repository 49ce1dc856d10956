"""What can be held: the thing itself, its photos, seals and transfers, and the remains that an item documents."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy.orm import Session

from evidence_tracker.casework.exhibits import physical, queries, remnants, seals, transfers
from evidence_tracker.casework.exhibits.models import Exhibit, ExhibitKind, PhotoView, PhysicalItem, Transfer
from evidence_tracker.custody.events import Actor
from evidence_tracker.web.fields import Asking, Field, Long, Text, Tick, When, Where, Word, YesNo
from evidence_tracker.web.formats import moment
from evidence_tracker.web.kinds import Action, Column, Deed, Scope, Section
from evidence_tracker.web.rooms import asked
from evidence_tracker.web.rooms.remnant_facts import REMNANT, photos_of, photos_stated
from evidence_tracker.web.words import said

SEAL: tuple[Field, ...] = (
    Text(name="number", label=_l("Number of the seal"), required=True),
    When(name="applied", label=_l("Sealed"), help=_l("Left empty: now.")),
    Text(name="container", label=_l("Bag or box that it closes")),
    Text(name="witness", label=_l("Who saw it (a code)")),
)
OPENING: tuple[Field, ...] = (
    Text(name="reason", label=_l("Why it is opened"), required=True),
    YesNo(
        name="was_intact",
        label=_l("Was it intact?"),
        required=True,
        help=_l("Look at it before it is opened."),
    ),
    When(name="opened", label=_l("Opened"), help=_l("Left empty: now.")),
)
_FROM, _TO, _HOW = _l("From whom"), _l("To whom"), _l("How, and in which condition")


def _held_by(name: str) -> Callable[[Asking], str]:
    """Return a default: who gives it away is whoever received it last."""
    return lambda asking: getattr(asking.item, name, "") or ""


TRANSFER: tuple[Field, ...] = (
    Text(
        name="released_by",
        label=_l("Who gives it away (name or code)"),
        required=True,
        default=_held_by("received_by"),
        group=_FROM,
    ),
    Text(
        name="released_organisation",
        label=_l("Their organisation"),
        required=True,
        default=_held_by("received_organisation"),
        group=_FROM,
    ),
    Text(name="received_by", label=_l("Who takes it (name or code)"), required=True, group=_TO),
    Text(name="received_organisation", label=_l("Their organisation"), required=True, group=_TO),
    When(name="happened", label=_l("When it changed hands"), required=True, group=_HOW),
    Where(name="place", label=_l("Where"), group=_HOW),
    Text(name="reason", label=_l("What for"), required=True, group=_HOW),
    Text(name="condition", label=_l("The condition it is in"), required=True, group=_HOW),
    Text(name="authority", label=_l("On whose authority, or on which legal basis"), group=_HOW),
    Text(name="transport", label=_l("How it travels, with the tracking number"), group=_HOW),
    Text(name="container", label=_l("What it travels in"), group=_HOW),
    Text(name="media_serial", label=_l("Serial number of the data carrier"), group=_HOW),
    Text(name="seal_old", label=_l("Number of the seal that was seen"), group=_l("Seals")),
    YesNo(name="is_seal_intact", label=_l("Was that seal intact?"), group=_l("Seals")),
    Text(name="seal_new", label=_l("Number of the seal put on instead"), group=_l("Seals")),
    Text(name="witness", label=_l("Who saw it"), group=_l("Proof")),
    asked.exhibit("signature", _l("The signed form (evidence item)"), group=_l("Proof")),
    Long(name="remarks", label=_l("What needs explaining"), rows=2, group=_l("Proof")),
    Tick(name="kept", label=_l("The receiver keeps it: no return is expected"), group=_l("Proof")),
)
RETURN: tuple[Field, ...] = (
    When(name="returned", label=_l("When it came back"), required=True),
    Text(name="condition", label=_l("The condition it came back in"), required=True),
    YesNo(name="is_seal_intact", label=_l("Was its seal intact?")),
    Long(name="remarks", label=_l("What needs explaining"), rows=2),
)


def _known(deed: Deed) -> dict[str, Any]:
    return {name: value for name, value in deed.stated.items() if value is not None}


def _seal(deed: Deed) -> Any:
    return seals.apply_seal(deed.session, deed.row, deed.took("number"), actor=deed.actor, **_known(deed))


def _open_seal(deed: Deed) -> Any:
    return seals.open_seal(deed.session, deed.row, actor=deed.actor, **_known(deed))


def _hand_over(*, is_onward: bool) -> Callable[[Deed], Any]:
    def run(deed: Deed) -> Any:
        signature, is_kept = deed.took("signature"), deed.took("kept")
        return transfers.transfer(
            deed.session,
            deed.row,
            transfers.TransferFacts(**_known(deed)),
            is_return_expected=not is_kept,
            is_onward=is_onward,
            signature=signature,
            actor=deed.actor,
        )

    return run


def _return(deed: Deed) -> Any:
    return transfers.return_item(deed.session, deed.row, actor=deed.actor, **_known(deed))


def _add_photo(deed: Deed) -> Any:
    item = physical.item_of(deed.session, deed.row, actor=deed.actor)
    photo = physical.Photo(deed.stated["photo"], deed.stated["view"])
    return None if item is None else physical.add_photo(deed.session, item, photo, actor=deed.actor)


def _add_remnant(deed: Deed) -> Any:
    shots = photos_stated(deed.stated)
    facts = remnants.RemnantFacts(**_known(deed))
    remnant = remnants.add_remnant(deed.session, deed.row, facts, actor=deed.actor)
    for photo in shots:
        remnants.add_remnant_photo(deed.session, remnant, photo, actor=deed.actor)
    return remnant


@dataclass(frozen=True)
class Shown:
    """The physical side of an item, with its photos."""

    item: PhysicalItem
    photos: list[physical.Photo]


def _thing(session: Session, row: Exhibit, actor: Actor) -> Sequence[Shown]:
    found = physical.thing_with_photos(session, row, actor=actor)
    return [] if found is None else [Shown(*found)]


def _is_thing(row: Exhibit) -> bool:
    return row.kind is ExhibitKind.PHYSICAL


def _ended(row: Transfer) -> Markup:
    if row.ended_as is None:
        return Markup("<b>{}</b>").format(_l("is out, and expected back"))
    more = [moment(row.ended), row.end_condition, row.end_remarks]
    return Markup(", ").join([said(row.ended_as), *(one for one in more if one)])


THING = Section(
    name="thing",
    title=_l("The thing, and why it was taken"),
    tab="keeping",
    when=_is_thing,
    rows=_thing,
    template="rooms/evidence_thing.html",
    actions=(
        Action(
            name="photo",
            label=_l("Add a photo"),
            scope=Scope.SECTION,
            fields=(
                asked.exhibit("photo", _l("Photo (evidence item)"), required=True),
                Word(name="view", label=_l("What it shows"), enum=PhotoView, required=True),
            ),
            run=_add_photo,
        ),
    ),
)

SEALS = Section(
    name="seals",
    title=_l("Seals"),
    tab="keeping",
    rows=lambda session, row, actor: seals.seals_of(session, row, actor=actor),
    columns=(
        Column(label=_l("Number"), cell=lambda row: row.number, kind="ref"),
        Column(label=_l("Closes"), cell=lambda row: row.container),
        Column(label=_l("Applied"), cell=lambda row: row.applied),
        Column(label=_l("Opened"), cell=lambda row: row.opened),
        Column(label=_l("Was intact"), cell=lambda row: row.was_intact),
        Column(label=_l("Why opened"), cell=lambda row: row.opened_reason),
    ),
    empty=_l("It never bore a seal."),
    actions=(Action(name="apply", label=_l("Seal it"), scope=Scope.SECTION, fields=SEAL, run=_seal),),
    item_actions=(
        Action(
            name="open",
            label=_l("Open"),
            scope=Scope.ITEM,
            fields=OPENING,
            run=_open_seal,
            when=lambda seal: seal.opened is None,
        ),
    ),
)

TRANSFERS = Section(
    name="transfers",
    title=_l("Transfers"),
    tab="keeping",
    rows=lambda session, row, actor: transfers.transfers_of(session, row, actor=actor),
    columns=(
        Column(label=_l("Reference"), cell=lambda row: row.reference, kind="ref"),
        Column(label=_l("When"), cell=lambda row: row.happened),
        Column(label=_l("From"), cell=lambda row: f"{row.released_by}, {row.released_organisation}"),
        Column(label=_l("To"), cell=lambda row: f"{row.received_by}, {row.received_organisation}"),
        Column(label=_l("What for"), cell=lambda row: row.reason),
        Column(label=_l("Condition"), cell=lambda row: row.condition),
        Column(label=_l("Now"), cell=_ended),
    ),
    empty=_l("It never changed hands since it came here."),
    actions=(
        Action(
            name="hand-over",
            label=_l("Hand it over"),
            scope=Scope.SECTION,
            fields=TRANSFER,
            run=_hand_over(is_onward=False),
            help=_l("The fields are those of the custody form. While it is out, no second transfer begins."),
        ),
    ),
    item_actions=(
        Action(
            name="return",
            label=_l("It came back"),
            scope=Scope.ITEM,
            fields=RETURN,
            run=_return,
            when=lambda row: row.ended_as is None,
        ),
        Action(
            name="onward",
            label=_l("Handed on"),
            scope=Scope.ITEM,
            fields=TRANSFER,
            run=_hand_over(is_onward=True),
            when=lambda row: row.ended_as is None,
            help=_l("Whoever holds it gave it to somebody else."),
        ),
    ),
)

REMNANTS = Section(
    name="remnants",
    title=_l("Remains of munitions that it documents"),
    tab="keeping",
    rows=lambda session, row, actor: queries.remnants_on(session, row, actor=actor),
    columns=(
        Column(label=_l("Reference"), cell=lambda row: row.reference, kind="ref"),
        Column(label=_l("Munition, as a hypothesis"), cell=lambda row: row.munition),
        Column(label=_l("Confidence"), cell=lambda row: row.confidence),
        Column(label=_l("Found"), cell=lambda row: row.found),
    ),
    link=lambda row: asked.way("remnants", row.reference),
    empty=_l("None."),
    actions=(
        Action(
            name="add",
            label=_l("Record remains"),
            scope=Scope.SECTION,
            fields=(*REMNANT, *photos_of()),
            run=_add_remnant,
            then=lambda _row, made: asked.way("remnants", made.reference),
        ),
    ),
)

THINGS = (THING, SEALS, TRANSFERS, REMNANTS)
