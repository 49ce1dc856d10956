"""What a record may cite: an exhibit, an interview or a capture, as far as it exists for somebody.

A link to evidence that an actor may not see does not exist for that actor, whatever they
may see of the record it hangs on: ``seen`` is the condition, ``cited`` the query that uses it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, null, or_, select, union_all
from sqlalchemy.orm import Session

from evidence_tracker.access import stated
from evidence_tracker.access.policy import visible
from evidence_tracker.access.records import Governance, find
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.incidents.models import CitesEvidence
from evidence_tracker.casework.interviews.models import Interview
from evidence_tracker.casework.osint.models import Capture
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import InvalidInput

Evidence = Exhibit | Interview | Capture
Citing = TypeVar("Citing", bound=CitesEvidence)


class EvidenceKind(StrEnum):
    """Which of the three is cited."""

    EXHIBIT = "exhibit"
    INTERVIEW = "interview"
    CAPTURE = "capture"


_MODELS: dict[EvidenceKind, type[Exhibit] | type[Interview] | type[Capture]] = {
    EvidenceKind.EXHIBIT: Exhibit,
    EvidenceKind.INTERVIEW: Interview,
    EvidenceKind.CAPTURE: Capture,
}
_SERIES = {"E": EvidenceKind.EXHIBIT, "I": EvidenceKind.INTERVIEW, "C": EvidenceKind.CAPTURE}


@dataclass(frozen=True)
class Cited:
    """The evidence behind a link, as a list shows it; ``version`` is the one saved last."""

    kind: EvidenceKind
    id: UUID
    reference: str
    title: str | None
    version: int


def find_evidence(session: Session, reference: str, *, actor: Actor) -> Evidence:
    """Return the exhibit, interview or capture with this reference, else ``NotFound``."""
    stated_reference = reference.strip().upper()
    kind = _SERIES.get(stated_reference.rpartition("-")[0].rpartition("-")[2])
    if kind is None:
        raise InvalidInput(
            f"{reference[:60]!r} names neither an exhibit nor an interview nor a capture.",
            advice="Their references have an E, an I or a C before the number: KYI-E-0031.",
        )
    return find(session, _MODELS[kind], stated_reference, actor=actor)


def recent_evidence(
    session: Session, *, actor: Actor, compartment_id: UUID | None = None, limit: int
) -> Sequence[Cited]:
    """Return the evidence recorded last, of a compartment or of all, in one query; for choosing from."""
    parts = []
    for kind, model in _MODELS.items():
        titled: Any = getattr(model, "title", null())
        newest = select(
            literal(kind.value).label("kind"),
            model.id,
            model.reference,
            titled.label("title"),
            model.version,
            model.recorded_at,
        ).where(visible(session, actor, model))
        if compartment_id is not None:
            newest = newest.where(model.compartment_id == compartment_id)
        parts.append(select(newest.order_by(model.recorded_at.desc()).limit(limit).subquery()))
    every = union_all(*parts).subquery()
    rows = session.execute(select(every).order_by(every.c.recorded_at.desc(), every.c.id.desc()).limit(limit))
    return [Cited(EvidenceKind(row.kind), row.id, row.reference, row.title, row.version) for row in rows]


def kind_of(evidence: Evidence) -> EvidenceKind:
    """Return which of the three a record is."""
    return next(kind for kind, model in _MODELS.items() if isinstance(evidence, model))


def citing(evidence: Evidence) -> dict[str, Any]:
    """Return the columns by which a record cites this evidence as it stands now."""
    columns: dict[str, Any] = {f"{kind}_id": None for kind in EvidenceKind}
    return {**columns, f"{kind_of(evidence)}_id": evidence.id, "evidence_version": evidence.version}


def governance_of(parent: Any, evidence: Evidence) -> Governance:
    """Return what a link inherits: purpose and basis of its parent, the higher of the two levels."""
    level = max(parent.level, evidence.level, key=lambda item: item.rank)
    return Governance(level, parent.purpose, parent.legal_basis)


def seen(session: Session, actor: Actor, model: type[CitesEvidence]) -> ColumnElement[bool]:
    """Return the SQL condition under which the cited evidence exists for this actor."""
    return or_(
        *(
            getattr(model, f"{kind}_id").in_(select(other.id).where(visible(session, actor, other)))
            for kind, other in _MODELS.items()
        )
    )


def cited(session: Session, actor: Actor, model: type[Citing]) -> Select[*tuple[Any, ...]]:
    """Return a query of ``model`` with the evidence it cites, both as far as they exist for this actor.

    Its rows go through ``pairs``; narrow it with ``where`` and order it.
    """
    title = func.coalesce(Exhibit.title, Capture.title).label("title")
    reference = func.coalesce(Exhibit.reference, Interview.reference, Capture.reference).label("reference")
    version = func.coalesce(Exhibit.version, Interview.version, Capture.version).label("version")
    return (
        select(model, reference, title, version)
        .outerjoin(Exhibit, Exhibit.id == model.exhibit_id)
        .outerjoin(Interview, Interview.id == model.interview_id)
        .outerjoin(Capture, Capture.id == model.capture_id)
        .where(visible(session, actor, model), seen(session, actor, model))
    )


def pairs(session: Session, query: Select[*tuple[Any, ...]]) -> Iterator[tuple[Any, Cited]]:
    """Yield each row of a ``cited`` query with its evidence."""
    for row, reference, title, version in session.execute(query):
        kind = next(kind for kind in EvidenceKind if getattr(row, f"{kind}_id") is not None)
        yield row, Cited(kind, getattr(row, f"{kind}_id"), reference, title, version)


def asserter(value: object, actor: Actor) -> str:
    """Return who asserts something: as stated, else the one who records it."""
    return stated.optional_text(value, "asserted by") or actor.login
