"""What goes beside an incident or an allegation: links and bearings on items that are in.

A link to something that is not in the submission is left out whole: that it exists would
tell the recipient that something was withheld. What is left out against a suspect's guilt
is said to those who prepare, so that they decide and do not forget (Rome Statute 54(1)(a)
is the model; it binds prosecutors).
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access.policy import visible
from evidence_tracker.casework.allegations.models import (
    Allegation,
    AllegationSuspect,
    Bearing,
    Direction,
    ElementFinding,
)
from evidence_tracker.casework.allegations.packs import library
from evidence_tracker.casework.incidents.models import EvidenceLink, Incident
from evidence_tracker.casework.submissions.gates import Gate, GateCode
from evidence_tracker.custody.events import Actor

_WAYS = {
    Direction.INCULPATORY: "for",
    Direction.EXCULPATORY: "against",
    Direction.CONTEXT: "context",
}


def incident_annotations(
    session: Session, incident: Incident, numbers: Mapping[UUID, str], number: str, *, actor: Actor
) -> tuple[dict[str, Any], list[Gate]]:
    """Return the incident's links to items that are in, with what each shows; and what to look at."""
    links = session.scalars(
        select(EvidenceLink)
        .where(EvidenceLink.incident_id == incident.id, EvidenceLink.ended_at.is_(None))
        .order_by(EvidenceLink.recorded_at, EvidenceLink.id)
    ).all()
    seen = _seen(session, EvidenceLink, links, actor=actor)
    shown = [
        {
            "item": numbers[cited],
            "passage": str(link.citation),
            "shows": link.shows,
            "stance": link.stance.value,
        }
        for link in seen
        if (cited := _cited(link)) is not None and cited in numbers
    ]
    return {"evidence": shown} if shown else {}, _rests_outside(links, numbers, number)


def allegation_annotations(
    session: Session, allegation: Allegation, numbers: Mapping[UUID, str], number: str, *, actor: Actor
) -> tuple[dict[str, Any], list[Gate]]:
    """Return label, elements, findings and bearings on items that are in; and what is left out against."""
    pack = library().pack(allegation.pack_id, allegation.pack_version)
    category = pack.category(allegation.code)
    every = session.scalars(
        select(Bearing)
        .where(Bearing.allegation_id == allegation.id, Bearing.ended_at.is_(None))
        .order_by(Bearing.element_n, Bearing.recorded_at, Bearing.id)
    ).all()
    bearings = _seen(session, Bearing, every, actor=actor)
    findings = {
        row.element_n: row
        for row in session.scalars(
            select(ElementFinding).where(
                ElementFinding.allegation_id == allegation.id, visible(session, actor, ElementFinding)
            )
        )
    }
    annotations: dict[str, Any] = {
        "label": dict(category.label),
        "pack_title": dict(pack.title),
        "caution": category.certainty.caution,
        "elements": [
            _element(element.n, element.kind.value, element.text, findings.get(element.n), bearings, numbers)
            for element in category.elements
        ],
        "whole": _bearings(0, bearings, numbers),
    }
    if allegation.incident_id in numbers:
        annotations["incident"] = numbers[allegation.incident_id]
    modes = _modes(session, allegation, actor=actor)
    if modes:
        annotations["modes"] = modes
    return annotations, [*_left_out(every, numbers, number), *_rests_outside(every, numbers, number)]


def _element(
    n: int,
    kind: str,
    text: str,
    finding: ElementFinding | None,
    bearings: Any,
    numbers: Mapping[UUID, str],
) -> dict[str, Any]:
    return {
        "n": n,
        "kind": kind,
        "text": text,
        "finding": finding.state.value if finding else "open",
        "reasoning": finding.reasoning if finding else None,
        "bearings": _bearings(n, bearings, numbers),
    }


def _bearings(n: int, bearings: Any, numbers: Mapping[UUID, str]) -> list[dict[str, Any]]:
    return [
        {
            "item": numbers[cited],
            "passage": str(row.citation),
            "way": _WAYS[row.direction],
            "strength": row.strength,
            "note": row.note,
        }
        for row in bearings
        if row.element_n == n and (cited := _cited(row)) is not None and cited in numbers
    ]


def _modes(session: Session, allegation: Allegation, *, actor: Actor) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(AllegationSuspect)
        .where(
            AllegationSuspect.allegation_id == allegation.id,
            AllegationSuspect.ended_at.is_(None),
            AllegationSuspect.mode_code.is_not(None),
            visible(session, actor, AllegationSuspect),
        )
        .order_by(AllegationSuspect.recorded_at, AllegationSuspect.id)
    )
    return [{"mode": row.mode_code, "confidence": row.confidence.value} for row in rows]


def _seen(session: Session, model: type[Any], rows: Sequence[Any], *, actor: Actor) -> list[Any]:
    ids = [row.id for row in rows]
    seen = set(session.scalars(select(model.id).where(model.id.in_(ids), visible(session, actor, model))))
    return [row for row in rows if row.id in seen]


# The two warnings speak of all evidence, also of what this actor may not see: neither says how much.
def _left_out(bearings: Sequence[Bearing], numbers: Mapping[UUID, str], number: str) -> list[Gate]:
    if not any(row.direction is Direction.EXCULPATORY and _cited(row) not in numbers for row in bearings):
        return []
    return [
        Gate(
            GateCode.EXCULPATORY,
            number,
            "evidence that bears against it is not in this submission",
            "whoever prepares it: add that evidence, or decide knowingly that it stays out",
        )
    ]


def _rests_outside(
    rows: Sequence[EvidenceLink | Bearing], numbers: Mapping[UUID, str], number: str
) -> list[Gate]:
    if all(_cited(row) in numbers for row in rows):
        return []
    return [
        Gate(
            GateCode.RESTS_OUTSIDE,
            number,
            "it rests on evidence that is not in this submission; its words must not tell of that",
            "the approver: read its words as the recipient will",
        )
    ]


def _cited(row: EvidenceLink | Bearing) -> UUID | None:
    return row.exhibit_id or row.interview_id or row.capture_id
