"""Instructions of other investigating bodies: whom, where or what to leave to them."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy.orm import Session

from evidence_tracker.access.calling import call
from evidence_tracker.access.orders import After
from evidence_tracker.access.policy import Permission
from evidence_tracker.casework.parties import instructions, queries
from evidence_tracker.casework.parties.models import Instruction, InstructionKind, InstructionState
from evidence_tracker.custody.events import Actor
from evidence_tracker.web.fields import Field, Long, Text, When, Word, governance
from evidence_tracker.web.forms import amender
from evidence_tracker.web.kinds import Action, Beside, Column, Deed, Facts, Filter, Listing, Room, Scope
from evidence_tracker.web.rooms import asked
from evidence_tracker.web.words import said

_ABOUT = _l("What it is about: at least one of these")
_DEFAULT = InstructionKind.DO_NOT_INTERVIEW.value

WORDING: tuple[Field, ...] = (
    Word(name="kind", label=_l("What it asks of us"), enum=InstructionKind, required=True, default=_DEFAULT),
    Text(name="person_code", label=_l("A person (code)"), group=_ABOUT),
    Text(
        name="area",
        label=_l("An area"),
        help=_l("As they call it. It meets every place whose name holds these words."),
        group=_ABOUT,
    ),
    Text(name="incident", label=_l("An incident"), group=_ABOUT),
    Long(
        name="wording",
        label=_l("What they wrote or said"),
        required=True,
        rows=4,
        group=_l("Wording and time"),
    ),
    Text(
        name="source",
        label=_l("How it reached us"),
        help=_l("Letter, call, meeting; who received it."),
        required=True,
        group=_l("Wording and time"),
    ),
    When(
        name="since",
        label=_l("Since when"),
        help=_l("Without a day: since now."),
        group=_l("Wording and time"),
    ),
    When(
        name="until",
        label=_l("Until when"),
        help=_l("Without a day: until it is lifted."),
        group=_l("Wording and time"),
    ),
)


def about(row: Instruction) -> Markup:
    """Return what an instruction is about: a person by code, an area, an incident."""
    parts = [Markup("{}").format(text) for text in (row.area, row.incident) if text]
    person = [asked.person_link(row.person_code)] if row.person_code else []
    return Markup(", ").join([*person, *parts])


def _page(
    session: Session,
    *,
    actor: Actor,
    after: After | None,
    limit: int,
    party: str | None = None,
    kind: InstructionKind | None = None,
    standing: bool = False,
) -> Sequence[Beside]:
    rows = queries.page_instructions(
        session,
        actor=actor,
        party=queries.find_party(session, party, actor=actor) if party else None,
        kind=kind,
        standing_at=asked.now() if standing else None,
        after=after,
        limit=limit,
    )
    bodies = queries.parties_by_id(session, [row.party_id for row in rows], actor=actor)
    return [Beside(row, bodies.get(row.party_id)) for row in rows]


def _body(session: Session, row: Instruction, actor: Actor) -> Markup | None:
    party = queries.parties_by_id(session, [row.party_id], actor=actor).get(row.party_id)
    if party is None:
        return None
    url = asked.way("parties", party.reference)
    return Markup('<a href="{}"><span class="ref">{}</span> {}</a>').format(
        url, party.reference, party.name_latin
    )


def _record(deed: Deed) -> Instruction:
    body = deed.took("party")
    facts = {name: value for name, value in deed.stated.items() if value is not None}
    made: Instruction = call(
        instructions.record_instruction, deed.session, body, actor=deed.actor, stated=facts
    )
    return made


def _lift(deed: Deed) -> Any:
    return instructions.lift_instruction(
        deed.session,
        deed.row,
        source=deed.stated["how"],
        actor=deed.actor,
        expected_version=deed.version,
    )


def _state(row: Instruction) -> InstructionState:
    return row.state_at(asked.now())


def _title(row: Instruction) -> str:
    about_what = [text for text in (row.person_code, row.area, row.incident) if text]
    return f"{said(row.kind)}: {', '.join(about_what)}"


ROOM = Room(
    name="instructions",
    icon="hand-stop",
    within=("parties", _l("Parties")),
    one=_l("instruction"),
    many=_l("Instructions of other bodies"),
    intro=_l(
        "What other investigating bodies asked us to leave to them. They close the gates of interviews."
    ),
    model=Instruction,
    find=queries.find_instruction,
    title=_title,
    status=_state,
    template="rooms/instructions.html",
    listing=Listing(
        page=_page,
        columns=(
            Column(name="kind", label=_l("It asks"), cell=lambda row: row.kind),
            Column(name="about", label=_l("About"), cell=about),
            Column(
                name="body", label=_l("Body"), cell=lambda row: row.beside.name_latin if row.beside else None
            ),
            Column(name="since", label=_l("Since"), cell=lambda row: row.since, is_narrow=True),
            Column(name="state", label=_l("State"), cell=_state, kind="state"),
        ),
        filters=(
            Filter(
                name="standing",
                label=_l("Standing"),
                says="%(words)s",
                choices=lambda _session, _actor: [("yes", _l("standing now"))],
                read=lambda text: text == "yes",
            ),
            Filter(
                name="kind", label=_l("It asks"), says="%(words)s", enum=InstructionKind, read=InstructionKind
            ),
            Filter(name="party", label=_l("Body (reference)"), says=_l("of %(words)s"), read=str.upper),
        ),
        empty=_l("No instruction: no other body asked us to leave anything to it."),
    ),
    facts=(
        Facts(title=_l("Instruction"), names=("wording", "source", "party_id", "kind")),
        Facts(title=_l("What it is about"), names=("person_code", "area", "incident")),
        Facts(title=_l("Time"), names=("since", "until")),
        Facts(
            title=_l("Lifting"),
            names=("lifted_at", "lifted_source"),
            when=lambda row: row.lifted_at is not None,
        ),
    ),
    show={
        "party_id": _body,
        "person_code": lambda _session, row, _actor: asked.person_link(row.person_code) or None,
    },
    actions=(
        Action(
            name="add",
            label=_l("Record an instruction"),
            scope=Scope.LIST,
            fields=(asked.party(required=True, label=_l("Which body")), *WORDING, *governance()),
            run=_record,
            help=_l("It closes the gates of interviews at once, for everybody."),
        ),
        Action(
            name="amend",
            label=_l("Correct it"),
            permission=Permission.SUPERVISE,
            fields=(*WORDING, *governance(is_amended=True)),
            amends=True,
            run=amender(instructions.correct_instruction),
            is_confirmed=True,
            help=_l("Only what was entered wrongly. A correction may open a gate that is closed now."),
        ),
        Action(
            name="lift",
            label=_l("It was lifted"),
            permission=Permission.SUPERVISE,
            when=lambda row: row.lifted_at is None,
            fields=(
                Text(
                    name="how",
                    label=_l("How we know that it was lifted"),
                    help=_l("Letter, call, meeting; who received it."),
                    required=True,
                ),
            ),
            run=_lift,
            is_confirmed=True,
            is_main=True,
            help=_l("The gates that it closed open again."),
        ),
    ),
)
