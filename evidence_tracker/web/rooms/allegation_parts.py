"""What hangs on an allegation: who is named, what bears on its elements, what is found of them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from evidence_tracker.access.policy import Permission
from evidence_tracker.casework.actors.models import Confidence, Suspect, Unit
from evidence_tracker.casework.allegations import alleging, bearings, queries
from evidence_tracker.casework.allegations.alleging import pinned
from evidence_tracker.casework.allegations.categories import WHOLE
from evidence_tracker.casework.allegations.matrix import WHOLE_TEXT
from evidence_tracker.casework.allegations.models import (
    Allegation,
    AllegationStatus,
    Bearing,
    Direction,
    ElementFinding,
    FindingState,
)
from evidence_tracker.casework.incidents.evidence import Cited, recent_evidence
from evidence_tracker.casework.incidents.models import Incident
from evidence_tracker.casework.incidents.queries import evidence_of
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import NotFound
from evidence_tracker.web import matrix
from evidence_tracker.web.citing import MOST, Cites, passage
from evidence_tracker.web.fields import Asking, Choice, Field, Long, Ref, Text, Word
from evidence_tracker.web.kinds import Action, Deed, Pair, Scope, Section, ongoing
from evidence_tracker.web.rooms import asked
from evidence_tracker.web.rooms.categories import mode_choices
from evidence_tracker.web.rooms.incident_facts import asserted_by
from evidence_tracker.web.rooms.incident_parts import opened


def is_standing(row: Allegation) -> bool:
    """Say whether anything can still be added to an allegation."""
    return row.status is not AllegationStatus.WITHDRAWN


def _find_nameable(session: Session, reference: str, /, *, actor: Actor) -> Any:
    return queries.find_nameable(session, reference.upper(), actor=actor)


def _nameable(asking: Asking) -> list[tuple[str, Any]]:
    return [
        one
        for kind in (Suspect, Unit)
        for one in asked.recent(kind, lambda row: row.name_latin or row.name)(asking)
    ]


def _elements(asking: Asking) -> list[tuple[str, Any]]:
    category = pinned(asking.row)[1]
    listed = [(str(element.n), f"{element.n}. {element.text}") for element in category.elements]
    return [*listed, (str(WHOLE), f"{WHOLE}. {WHOLE_TEXT}")]


def _at_hand(asking: Asking) -> list[Cited]:
    """Return what is linked to the incident already, else what was recorded last where it lies."""
    incident = asking.session.get(Incident, asking.row.incident_id)
    linked = [] if incident is None else evidence_of(asking.session, incident, actor=asking.actor)
    newest = recent_evidence(
        asking.session, actor=asking.actor, compartment_id=asking.row.compartment_id, limit=MOST
    )
    return [*(cited for _link, cited in linked), *newest]


def _element() -> Choice:
    return Choice(name="element", label=_l("Element"), among=_elements, read_as=int, required=True)


_STRENGTH = Choice(
    name="strength",
    label=_l("How strong"),
    among=lambda _asking: [("1", _l("1, weak")), ("2", _l("2, middle")), ("3", _l("3, strong"))],
    read_as=int,
    widget="radio",
    required=True,
    default="1",
)
_NOTE = Long(name="note", label=_l("What the passage says about the element"), required=True, rows=3)
_PASSAGE = passage()
BEARING: tuple[Field, ...] = (
    _element(),
    Word(
        name="direction",
        label=_l("Which way it points"),
        help=_l("What exonerates is recorded like what incriminates. The direction is never changed later."),
        source="Rome Statute, article 54(1)(a), as a model",
        enum=Direction,
        widget="radio",
        required=True,
    ),
    Cites(name="evidence", label=_l("Evidence"), among=_at_hand, required=True),
    _PASSAGE,
    _NOTE,
    _STRENGTH,
    asserted_by(),
)
_FOUND: tuple[Field, ...] = (
    Word(name="state", label=_l("What is found"), enum=FindingState, widget="radio", required=True),
    Long(name="reasoning", label=_l("Why"), required=True, rows=4),
)
NAMING: tuple[Field, ...] = (
    Ref(
        name="suspect",
        label=_l("Suspect or unit (reference)"),
        find=_find_nameable,
        suggestions=_nameable,
        required=True,
    ),
    Text(
        name="mode",
        label=_l("Mode of liability"),
        help=_l(
            "28(a), or a code of another pack with its name: rome-statute:28(a). Nothing: not stated yet."
        ),
        suggestions=mode_choices,
    ),
    Word(name="confidence", label=_l("How well that is supported"), enum=Confidence, required=True),
    Long(name="basis", label=_l("On what it rests"), required=True, rows=2),
    asserted_by(),
)


def _stated(deed: Deed) -> dict[str, Any]:
    return {name: value for name, value in deed.stated.items() if value is not None}


def _name(deed: Deed) -> Any:
    suspect = deed.took("suspect")
    return alleging.name_suspect(deed.session, deed.row, suspect, actor=deed.actor, **_stated(deed))


def _release(deed: Deed) -> Any:
    return alleging.release_suspect(
        deed.session,
        deed.item,
        reason=deed.stated["reason"],
        actor=deed.actor,
        expected_version=deed.version,
    )


def _bear(deed: Deed) -> Any:
    element, evidence = deed.took("element"), deed.took("evidence")
    return bearings.bear(deed.session, deed.row, element, evidence, actor=deed.actor, **_stated(deed))


def _amend_bearing(deed: Deed) -> Any:
    return bearings.amend_bearing(
        deed.session, deed.item, deed.stated, actor=deed.actor, expected_version=deed.version
    )


def _end_bearing(deed: Deed) -> Any:
    return bearings.end_bearing(
        deed.session,
        deed.item,
        reason=deed.stated["reason"],
        actor=deed.actor,
        expected_version=deed.version,
    )


def _find(deed: Deed) -> Any:
    element = deed.took("element")
    return bearings.record_finding(deed.session, deed.row, element, actor=deed.actor, **_stated(deed))


def _find_anew(deed: Deed) -> Any:
    standing: ElementFinding = deed.item
    return bearings.record_finding(
        deed.session,
        deed.row,
        standing.element_n,
        state=deed.stated.get("state") or standing.state,
        reasoning=deed.stated.get("reasoning") or standing.reasoning,
        found_by=deed.stated.get("finder"),
        actor=deed.actor,
        expected_version=deed.version or standing.version,
    )


def _at_element(row: Allegation, made: Bearing | ElementFinding) -> str:
    return matrix.address(row.reference, made.element_n)


def _is_against(row: Bearing) -> bool:
    return row.direction is Direction.EXCULPATORY and ongoing(row)


def _is_not_against(row: Bearing) -> bool:
    return row.direction is not Direction.EXCULPATORY and ongoing(row)


def _namings(session: Session, row: Allegation, actor: Actor) -> Sequence[Pair]:
    return [Pair(link, part) for link, part in queries.suspects_of(session, row, actor=actor)]


def _borne(session: Session, row: Allegation, actor: Actor) -> Sequence[Pair]:
    return [Pair(borne.bearing, borne.evidence) for borne in matrix.bearings_of(session, row, actor)]


def _bearing(session: Session, row: Allegation, bearing_id: UUID, actor: Actor) -> Bearing:
    found = queries.find_bearing(session, bearing_id, actor=actor)
    if found.allegation_id != row.id:
        raise NotFound(f"There is no bearing {bearing_id} here, or you may not see it.")
    return found


def _found(session: Session, row: Allegation, actor: Actor) -> Sequence[ElementFinding]:
    findings = queries.findings_of(session, row, actor=actor)
    return [findings[n] for n in sorted(findings)]


NAMED = Section(
    name="named",
    title=_l("Suspects and units named under it"),
    rows=_namings,
    link=opened,
    template="rooms/parties_to_it.html",
    is_aside=True,
    empty=_l("Nobody is named yet."),
    actions=(Action(name="name", label=_l("Name one"), scope=Scope.SECTION, fields=NAMING, run=_name),),
    item_actions=(
        Action(
            name="release",
            label=_l("End"),
            scope=Scope.ITEM,
            fields=(asked.reason(),),
            run=_release,
            help=_l("The naming ends with a reason and stays on record."),
        ),
    ),
)
BEARINGS = Section(
    name="bearings",
    title=_l("Passages"),
    tab=matrix.TAB,
    rows=_borne,
    find=_bearing,
    actions=(
        Action(
            name="bear",
            label=_l("Cite evidence for an element"),
            scope=Scope.SECTION,
            fields=BEARING,
            when=is_standing,
            apart=("element", "direction"),
            button=_l("Cite it"),
            run=_bear,
            then=_at_element,
        ),
    ),
    item_actions=(
        Action(
            name="amend",
            label=_l("Correct"),
            scope=Scope.ITEM,
            fields=(_PASSAGE, _NOTE, _STRENGTH),
            when=ongoing,
            amends=True,
            run=_amend_bearing,
            then=_at_element,
            help=_l("Strength, note and passage. Never the direction, the element or the evidence."),
        ),
        Action(
            name="end",
            label=_l("Take back"),
            scope=Scope.ITEM,
            fields=(asked.reason(),),
            when=_is_not_against,
            run=_end_bearing,
            then=_at_element,
            help=_l("It stays in the matrix as taken back, with the reason."),
        ),
        Action(
            name="end-against",
            label=_l("Take back what speaks against"),
            scope=Scope.ITEM,
            permission=Permission.SUPERVISE,
            fields=(asked.reason(),),
            when=_is_against,
            run=_end_bearing,
            then=_at_element,
            help=_l("Only whoever approves exceptions may. It stays in the matrix, with the reason."),
        ),
    ),
)
FINDINGS = Section(
    name="findings",
    title=_l("Findings"),
    tab=matrix.TAB,
    rows=_found,
    actions=(
        Action(
            name="find",
            label=_l("Record a finding"),
            scope=Scope.SECTION,
            fields=(_element(), *_FOUND, asserted_by("found_by")),
            when=is_standing,
            apart=("element",),
            run=_find,
            then=_at_element,
        ),
    ),
    item_actions=(
        Action(
            name="replace",
            label=_l("Find anew"),
            scope=Scope.ITEM,
            fields=(*_FOUND, asserted_by("finder")),
            amends=True,
            run=_find_anew,
            then=_at_element,
            help=_l("The new finding replaces this one; the custody log keeps both."),
        ),
    ),
)
SECTIONS = (NAMED, BEARINGS, FINDINGS)
