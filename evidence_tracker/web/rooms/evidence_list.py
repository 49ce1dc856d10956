"""The list of evidence: one question, and filters that read as a sentence."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import not_
from sqlalchemy.orm import Session

from evidence_tracker.access.orders import After, Order
from evidence_tracker.casework.exhibits import queries
from evidence_tracker.casework.exhibits.models import Exhibit, ExhibitKind, SourceKind
from evidence_tracker.casework.exhibits.queries import MediaFamily, Sieve
from evidence_tracker.casework.missions.models import Mission
from evidence_tracker.casework.missions.queries import find_mission
from evidence_tracker.casework.osint.queries import is_reviewed
from evidence_tracker.custody.events import Actor
from evidence_tracker.web.fields import Asking
from evidence_tracker.web.kinds import Column, Filter, Listing, Sort, View, entered, titled
from evidence_tracker.web.rooms import asked, evidence_view
from evidence_tracker.web.rooms.evidence_many import BULK
from evidence_tracker.web.words import said

_ONE_DAY = timedelta(days=1)


def page_evidence(
    session: Session,
    *,
    actor: Actor,
    compartment_id: UUID | None = None,
    mission: str | None = None,
    is_reviewed_by_another: bool | None = None,
    after: After | None = None,
    limit: int,
    **sieve: Any,
) -> Sequence[Exhibit]:
    """Return one page of the list, by what its filters say."""
    if mission is not None:
        sieve["mission_id"] = find_mission(session, mission.upper(), actor=actor).id
    also = None
    if is_reviewed_by_another is not None:
        reviewed = is_reviewed(session, actor)
        also = reviewed if is_reviewed_by_another else not_(reviewed)
    return queries.list_exhibits(
        session,
        actor=actor,
        sieve=Sieve(**sieve),
        also=also,
        compartment_id=compartment_id,
        after=after,
        limit=limit,
    )


def _day(*, end: bool = False) -> Callable[[str], datetime]:
    """Return a reader of a day as an instant: its beginning in UTC, or its end."""
    return lambda text: datetime.combine(
        date.fromisoformat(text) + (_ONE_DAY if end else timedelta()), time(), UTC
    )


def _either(yes: Any, no: Any) -> dict[str, Any]:
    """Return the choices of a filter that asks one of two."""
    return {
        "choices": lambda _session, _actor: [("yes", yes), ("no", no)],
        "read": lambda text: {"yes": True, "no": False}[text],
        "says": "%(words)s",
    }


def _missions(session: Session, actor: Actor) -> Sequence[tuple[str, Any]]:
    return asked.recent(Mission, lambda row: f"{row.reference} · {row.title}")(Asking(session, actor))


FILTERS = (
    Filter(name="kind", label=_l("Kind"), enum=ExhibitKind, read=ExhibitKind, says="%(words)s"),
    Filter(name="media", label=_l("File"), enum=MediaFamily, read=MediaFamily, says=_l("file: %(words)s")),
    Filter(name="mission", label=_l("Mission"), choices=_missions, says=_l("of %(words)s")),
    Filter(
        name="collected_since",
        label=_l("Collected since"),
        read=_day(),
        says=_l("collected since %(words)s"),
        widget="day",
    ),
    Filter(
        name="collected_until",
        label=_l("Collected until"),
        read=_day(end=True),
        says=_l("collected until %(words)s"),
        widget="day",
    ),
    Filter(
        name="received_since",
        label=_l("Received since"),
        read=_day(),
        says=_l("received since %(words)s"),
        widget="day",
    ),
    Filter(
        name="received_until",
        label=_l("Received until"),
        read=_day(end=True),
        says=_l("received until %(words)s"),
        widget="day",
    ),
    Filter(
        name="source_kind",
        label=_l("Kind of source"),
        enum=SourceKind,
        read=SourceKind,
        says=_l("source: %(words)s"),
    ),
    Filter(
        name="has_source",
        label=_l("Source person"),
        **_either(_l("with a source person"), _l("without a source person")),
    ),
    Filter(
        name="has_basis",
        label=_l("Legal basis"),
        **_either(_l("with a legal basis"), _l("without a legal basis")),
    ),
    Filter(
        name="is_reviewed_by_another",
        label=_l("Assessment"),
        **_either(_l("assessed and reviewed"), _l("not reviewed yet")),
    ),
    Filter(
        name="is_original", label=_l("Original or copy"), **_either(_l("originals"), _l("working copies"))
    ),
    Filter(name="is_graphic", label=_l("Graphic"), **_either(_l("graphic"), _l("not graphic"))),
)


def _kind(row: Exhibit) -> str:
    """Return the kind, and what a working copy is."""
    return ", ".join(said(word) for word in (row.kind, row.derivative_kind) if word)


LISTING = Listing(
    page=page_evidence,
    columns=(
        Column(name="title", label=_l("Title"), cell=lambda row: row.title),
        Column(name="kind", label=_l("Kind"), cell=_kind),
        Column(name="collected", label=_l("Collected"), cell=lambda row: row.collected),
        Column(name="received", label=_l("Received"), cell=lambda row: row.received_at, is_narrow=True),
        Column(name="size", label=_l("Size"), cell=lambda row: row.size_bytes, kind="size", is_narrow=True),
        Column(name="file", label=_l("Type of file"), cell=lambda row: row.media_type, is_extra=True),
        Column(name="source", label=_l("Kind of source"), cell=lambda row: row.source_kind, is_extra=True),
        Column(
            name="handed_over", label=_l("Handed over by"), cell=lambda row: row.received_from, is_extra=True
        ),
        Column(name="language", label=_l("Language"), cell=lambda row: row.language, is_extra=True),
        Column(name="graphic", label=_l("Graphic"), cell=lambda row: row.is_graphic or None, is_extra=True),
        Column(name="basis", label=_l("Legal basis"), cell=lambda row: row.legal_basis, is_extra=True),
        Column(name="entered", label=_l("Entered"), cell=lambda row: row.recorded_at, is_extra=True),
    ),
    filters=FILTERS,
    sorts=(
        *entered("entered"),
        *titled(),
        Sort(name="received", label=_l("last received first"), order=Order("received_at"), column="received"),
        Sort(
            name="received-back",
            label=_l("first received first"),
            order=Order("received_at", is_rising=True),
            column="received",
        ),
        Sort(name="size", label=_l("largest first"), order=Order("size_bytes"), column="size"),
        Sort(
            name="size-back",
            label=_l("smallest first"),
            order=Order("size_bytes", is_rising=True),
            column="size",
        ),
    ),
    bulk=BULK,
    empty=_l(
        "No evidence was taken in yet. Take in a card, a download, a folder: each file becomes one item."
    ),
    is_scoped=True,
    template="rooms/evidence_list.html",
    prepare=evidence_view.tiles,
    views=(View(name="gallery", label=_l("Gallery"), rows="rooms/evidence_tiles.html", icon="layout-grid"),),
)
