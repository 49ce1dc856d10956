"""Captures: what was taken from online, and how far it was verified."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Compartment
from evidence_tracker.access.orders import After
from evidence_tracker.access.policy import Permission
from evidence_tracker.access.records import PAGE, Governance
from evidence_tracker.access.stated import GOVERNED
from evidence_tracker.casework.exhibits.facts import read_changes, read_facts
from evidence_tracker.casework.missions.queries import find_mission, page_missions
from evidence_tracker.casework.osint import captures, queries
from evidence_tracker.casework.osint.captures import CaptureFacts
from evidence_tracker.casework.osint.models import (
    Assessment,
    Availability,
    AvailabilityCheck,
    Capture,
    CaptureMethod,
    CaptureOutcome,
    FileRole,
    ReviewState,
)
from evidence_tracker.casework.osint.queries import Verification
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import InvalidInput
from evidence_tracker.web.fields import Field, Made, Number, Text, Word, governance
from evidence_tracker.web.instants import Instant
from evidence_tracker.web.kinds import (
    Action,
    Column,
    Deed,
    Facts,
    Filter,
    Listing,
    Pair,
    Room,
    Scope,
    Section,
    Tab,
    entered,
    titled,
)
from evidence_tracker.web.rooms import asked, assessments
from evidence_tracker.web.rooms.capture_facts import FACTS, WORDS
from evidence_tracker.web.rooms.consent_forms import facts_of
from evidence_tracker.web.words import said


@dataclass(frozen=True)
class Line:
    """A capture in a list, with what the last look found and how far its verification has come."""

    row: Capture
    availability: Availability | None
    assessed: Sequence[Assessment]

    @property
    def id(self) -> UUID:
        """Return the id of the capture."""
        return self.row.id

    @property
    def reference(self) -> str:
        """Return the reference of the capture."""
        return self.row.reference

    @property
    def level(self) -> Level:
        """Return the level of the capture."""
        return self.row.level

    @property
    def recorded_at(self) -> datetime:
        """Return when it was entered."""
        return self.row.recorded_at

    @property
    def verification(self) -> str:
        """Return what of it was reviewed with which finding, and how much is on its way."""
        reviewed = [one for one in self.assessed if one.state is ReviewState.PEER_REVIEWED]
        parts = [f"{said(one.method)}: {said(one.finding).lower()}" for one in reviewed]
        waiting = len(self.assessed) - len(reviewed)
        return "; ".join([*parts, *([gettext("%(count)s not reviewed", count=waiting)] if waiting else [])])


def _page(
    session: Session,
    *,
    actor: Actor,
    mission: str | None = None,
    after: After | None = None,
    limit: int = PAGE,
    **by: Any,
) -> Sequence[Line]:
    under = find_mission(session, mission, actor=actor) if mission else None
    rows = queries.list_captures(session, actor=actor, mission=under, after=after, limit=limit, **by)
    looks = queries.last_looks(session, rows, actor=actor)
    states = queries.assessment_states(session, rows, actor=actor)
    return [Line(row, looks.get(row.id), states.get(row.id, ())) for row in rows]


def _missions(session: Session, actor: Actor) -> Sequence[tuple[str, Any]]:
    return [(one.reference, one.title) for one in page_missions(session, actor=actor, limit=PAGE)]


def _data(session: Session, row: Capture, actor: Actor) -> dict[str, Any]:
    """Return between which looks it went away, and the other captures of the same post and address."""
    gone = queries.went_away(row, _looks(session, row, actor))
    return {"gone": gone, "same": queries.alike(session, row, actor=actor)}


def _looks(session: Session, row: Capture, actor: Actor) -> Sequence[AvailabilityCheck]:
    """Return the later looks, read once a session: the head of the page says what they amount to."""
    kept: dict[UUID, Sequence[AvailabilityCheck]] = session.info.setdefault("looks at captures", {})
    if row.id not in kept:
        kept[row.id] = queries.checks_of(session, row, actor=actor)
    return kept[row.id]


def _files(session: Session, row: Capture, actor: Actor) -> Sequence[Pair]:
    return [Pair(file, exhibit) for file, exhibit in queries.files_of(session, row, actor=actor)]


def _record(deed: Deed) -> Any:
    mission = asked.mission_of(deed)
    base = Governance.of(mission) if mission is not None else Governance()
    governed = {name: deed.took(name) for name in GOVERNED}
    given = Governance(
        governed["level"] or base.level,
        governed["purpose"] or base.purpose,
        governed["legal_basis"] or base.legal_basis,
    )
    home = None if mission is not None else deed.session.get_one(Compartment, deed.compartment_id)
    return captures.record_capture(
        deed.session,
        read_facts(CaptureFacts, facts_of(deed)),
        actor=deed.actor,
        mission=mission,
        compartment=home,
        governance=given,
    )


def _amend(deed: Deed) -> Any:
    governed = {name: deed.took(name) for name in tuple(GOVERNED) if name in deed.stated}
    changes = read_changes(CaptureFacts, deed.stated) | governed
    return captures.amend_capture(
        deed.session, deed.row, changes, actor=deed.actor, expected_version=deed.version
    )


def _add_file(deed: Deed) -> Any:
    exhibit, role, digest = deed.took("exhibit"), deed.took("role"), deed.took("digest")
    return captures.add_file(
        deed.session, deed.row, exhibit, role=role, stated_digest=digest, actor=deed.actor, **facts_of(deed)
    )


def _remove_file(deed: Deed) -> Any:
    return captures.remove_file(deed.session, deed.item, actor=deed.actor)


def _look(deed: Deed) -> Any:
    at = deed.took("checked_at") or asked.now()
    return captures.check_availability(
        deed.session, deed.row, checked_at=at, actor=deed.actor, **facts_of(deed)
    )


def _digest(text: str, _asking: Any) -> tuple[str, str]:
    algorithm, separator, digits = text.partition(":")
    if not separator or not algorithm.strip() or not digits.strip():
        raise InvalidInput(
            gettext("This is no digest of a tool."),
            advice=gettext("Write ALGORITHM:HEX, such as sha-256:9f86…"),
        )
    return algorithm.strip(), digits.strip()


FILE: tuple[Field, ...] = (
    asked.exhibit("exhibit", _l("Evidence item"), required=True),
    Word(name="role", label=_l("What it is to the capture"), enum=FileRole, required=True),
    Text(name="source_url", label=_l("Address the file itself came from")),
    Text(name="declared_media_type", label=_l("Media type, as the server declared it")),
    Number(name="declared_size_bytes", label=_l("Size in bytes, as the server declared it")),
    Made(
        name="digest",
        label=_l("Digest that the tool states"),
        help=_l("ALGORITHM:HEX. It is compared where it is a SHA-256, and never taken for ours."),
        reading=_digest,
    ),
    Text(name="note", label=_l("What else is known")),
)

SECTIONS: tuple[Section, ...] = (
    Section(
        name="files",
        title=_l("Files"),
        rows=_files,
        columns=(
            Column(label=_l("Reference"), cell=lambda row: row.other.reference, kind="ref"),
            Column(label=_l("Title"), cell=lambda row: row.other.title),
            Column(label=_l("Is its"), cell=lambda row: row.item.role),
            Column(label=_l("Size"), cell=lambda row: row.other.size_bytes, kind="size"),
            Column(label=_l("From"), cell=lambda row: row.item.source_url),
        ),
        link=lambda row: asked.way("evidence", row.other.reference),
        empty=_l("No file yet. Take the captured files in under Evidence, then add them here."),
        actions=(
            Action(
                name="add",
                label=_l("Add a file"),
                scope=Scope.SECTION,
                fields=FILE,
                run=_add_file,
                help=_l("An evidence item that this capture brought, and what it is to it."),
            ),
        ),
        item_actions=(
            Action(
                name="remove",
                label=_l("Take out"),
                scope=Scope.ITEM,
                run=_remove_file,
                help=_l("The evidence item stays, and so does the old link, on record."),
            ),
        ),
    ),
    Section(
        name="looks",
        title=_l("Later looks at the address"),
        rows=_looks,
        columns=(
            Column(label=_l("Found"), cell=lambda one: one.availability, kind="state"),
            Column(label=_l("When"), cell=lambda one: one.checked_at),
            Column(label=_l("Status"), cell=lambda one: one.http_status),
            Column(label=_l("Note"), cell=lambda one: one.note),
        ),
        empty=_l("Nobody looked again since. What is taken down stays taken down: look in time."),
        actions=(
            Action(
                name="add",
                label=_l("Record a look"),
                scope=Scope.SECTION,
                fields=(
                    Word(name="availability", label=_l("What was found"), enum=Availability, required=True),
                    Instant(name="checked_at", label=_l("When"), help=_l("By default now.")),
                    Number(name="http_status", label=_l("Status that the server answered")),
                    Text(name="note", label=_l("What else was seen")),
                ),
                run=_look,
            ),
        ),
    ),
    assessments.section(assessments.TAB.name),
)

#: What others say of what was captured; left out where nobody says anything.
OTHERS = (
    "platform",
    "platform_post_id",
    "uploader",
    "uploader_id",
    "uploader_url",
    "uploaded",
    "event_stated",
    "first_seen",
    "first_seen_url",
    "archive_urls",
    "language",
    "context_statement",
    "context_source",
)

ROOM = Room(
    name="captures",
    icon="world-search",
    one=_l("capture"),
    many=_l("Captures"),
    model=Capture,
    find=lambda session, reference, *, actor: queries.find_capture(
        session, reference.strip().upper(), actor=actor
    ),
    status=lambda row: row.outcome,
    listing=Listing(
        page=_page,
        sorts=(*entered(), *titled()),
        columns=(
            Column(name="title", label=_l("Title"), cell=lambda line: line.row.title),
            Column(
                name="platform", label=_l("Platform"), cell=lambda line: line.row.platform, is_narrow=True
            ),
            Column(name="captured", label=_l("Captured"), cell=lambda line: line.row.captured_at),
            Column(name="outcome", label=_l("Ended"), cell=lambda line: line.row.outcome, kind="state"),
            Column(
                name="availability", label=_l("Last look"), cell=lambda line: line.availability, kind="state"
            ),
            Column(name="verification", label=_l("Verification"), cell=lambda line: line.verification),
        ),
        filters=(
            Filter(
                name="verification",
                label=_l("Verification"),
                enum=Verification,
                read=Verification,
            ),
            Filter(name="availability", label=_l("Last look"), enum=Availability, read=Availability),
            Filter(name="method", label=_l("How captured"), enum=CaptureMethod, read=CaptureMethod),
            Filter(name="outcome", label=_l("Ended"), enum=CaptureOutcome, read=CaptureOutcome),
            Filter(name="platform", label=_l("Platform")),
            Filter(name="url", label=_l("Address")),
            Filter(name="mission", label=_l("Mission"), choices=_missions),
        ),
        empty=_l(
            "No capture yet. A capture says what was taken from online, how, by whom, and that it was lawful."
        ),
        is_scoped=True,
    ),
    facts=(
        Facts(
            title=_l("What was captured"),
            names=(
                "url_requested",
                "captured_at",
                "method",
                "control",
                "outcome",
                "outcome_note",
                "is_graphic",
            ),
        ),
        Facts(
            title=_l("By whom, with what"),
            names=("collector", "tool", "tool_version", "reason", "legality_attestation", "discovery"),
        ),
        Facts(
            title=_l("What the platform and others say of it"),
            names=OTHERS,
            when=lambda row: any(getattr(row, name) for name in OTHERS),
        ),
    ),
    tabs=(
        assessments.TAB,
        Tab(name="machine", title=_l("Machine and server"), template="rooms/capture_machine.html"),
    ),
    sections=SECTIONS,
    actions=(
        Action(
            name="record",
            label=_l("Record a capture"),
            scope=Scope.LIST,
            permission=Permission.TAKE_IN,
            fields=(asked.home(Permission.TAKE_IN), *FACTS, *governance()),
            run=_record,
            help=_l("Nothing is fetched by this. It says what was taken, and the files are added to it."),
            done=_l("The capture is recorded; add its files."),
        ),
        Action(
            name="amend",
            label=_l("Correct what is stated"),
            fields=(*FACTS, *governance()),
            amends=True,
            run=_amend,
            help=_l("Earlier versions stay in the custody log."),
        ),
    ),
    words=WORDS,
    template="rooms/captures.html",
    data=_data,
)
