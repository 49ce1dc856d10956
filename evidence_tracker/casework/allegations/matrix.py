"""The element matrix: each element of a category, what bears on it for and against, what is missing.

Three database queries, however many bearings there are. Whoever may not see a piece of
evidence gets a matrix in which its bearings do not exist and are not counted.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from evidence_tracker.casework.allegations.alleging import pinned
from evidence_tracker.casework.allegations.categories import WHOLE, Certainty, CrimeCategory
from evidence_tracker.casework.allegations.models import (
    Allegation,
    Bearing,
    Direction,
    ElementFinding,
    FindingState,
)
from evidence_tracker.casework.allegations.queries import bearings_of, findings_of, with_incident
from evidence_tracker.casework.incidents.evidence import Cited
from evidence_tracker.casework.incidents.models import Incident
from evidence_tracker.custody.events import Actor

WHOLE_TEXT = "The category as a whole"
_FIRST = {Direction.EXCULPATORY: 0, Direction.INCULPATORY: 1, Direction.CONTEXT: 2}


@dataclass(frozen=True)
class Borne:
    """One bearing with its evidence; ``is_evidence_changed``: the cited record was saved again since."""

    bearing: Bearing
    evidence: Cited

    @property
    def is_evidence_changed(self) -> bool:
        """Say whether the cited record has a newer version than the one this bearing was written on."""
        return self.evidence.version != self.bearing.evidence_version

    def to_json(self) -> dict[str, Any]:
        """Return the bearing as JSON values."""
        row = self.bearing
        return {
            "id": str(row.id),
            "version": row.version,
            "evidence": self.evidence.reference,
            "kind": self.evidence.kind.value,
            "direction": row.direction.value,
            "strength": row.strength,
            "citation": str(row.citation),
            "note": row.note,
            "asserted_by": row.asserted_by,
            "evidence_version": row.evidence_version,
            "evidence_changed": self.is_evidence_changed,
            "ended_reason": row.ended_reason,
        }


@dataclass(frozen=True)
class ElementRow:
    """One element (0: the category as a whole) with what bears on it, exculpatory first."""

    n: int
    kind: str | None
    text: str
    finding: ElementFinding | None
    bearings: tuple[Borne, ...]

    def count(self, direction: Direction) -> int:
        """Return how many bearings point this way."""
        return sum(borne.bearing.direction is direction for borne in self.bearings)

    @property
    def state(self) -> FindingState:
        """Return what is found so far; an element nobody has found anything of is open."""
        return FindingState.OPEN if self.finding is None else self.finding.state

    @property
    def is_gap(self) -> bool:
        """Say whether nothing inculpatory bears on this element."""
        return self.count(Direction.INCULPATORY) == 0

    def to_json(self) -> dict[str, Any]:
        """Return the row as JSON values."""
        return {
            "n": self.n,
            "kind": self.kind,
            "text": self.text,
            "state": self.state.value,
            "reasoning": self.finding.reasoning if self.finding else None,
            "found_by": self.finding.found_by if self.finding else None,
            "finding_version": self.finding.version if self.finding else None,
            "for": self.count(Direction.INCULPATORY),
            "against": self.count(Direction.EXCULPATORY),
            "context": self.count(Direction.CONTEXT),
            "bearings": [borne.to_json() for borne in self.bearings],
        }


@dataclass(frozen=True)
class ElementMatrix:
    """What one allegation rests on, as far as one actor may see it.

    ``rows`` are in the order of the elements, the category as a whole first where anything
    bears on it or where no elements are listed. ``ended`` are bearings that were taken back.
    """

    allegation: Allegation
    incident: Incident
    category: CrimeCategory
    rows: tuple[ElementRow, ...]
    ended: tuple[Borne, ...]

    @property
    def certainty(self) -> Certainty:
        """Return how sure the pack is of the category."""
        return self.category.certainty

    @property
    def gaps(self) -> tuple[int, ...]:
        """Return the numbers of the elements on which nothing inculpatory bears."""
        return tuple(row.n for row in self.rows if row.is_gap and (row.n != WHOLE or len(self.rows) == 1))

    @property
    def exculpatory(self) -> tuple[Borne, ...]:
        """Return everything that speaks against the allegation, in the order of the elements."""
        return tuple(
            borne
            for row in self.rows
            for borne in row.bearings
            if borne.bearing.direction is Direction.EXCULPATORY
        )

    def count(self, direction: Direction) -> int:
        """Return how many standing bearings point this way."""
        return sum(row.count(direction) for row in self.rows)

    def to_json(self) -> dict[str, Any]:
        """Return the matrix as JSON values."""
        row = self.allegation
        return {
            "allegation": row.reference,
            "incident": self.incident.reference,
            "pack": f"{row.pack_id}@{row.pack_version}",
            "pack_sha256": row.pack_sha256,
            "code": row.code,
            "label": dict(self.category.label),
            "caution": self.certainty.caution,
            "status": row.status.value,
            "for": self.count(Direction.INCULPATORY),
            "against": self.count(Direction.EXCULPATORY),
            "context": self.count(Direction.CONTEXT),
            "gaps": list(self.gaps),
            "elements": [element.to_json() for element in self.rows],
            "ended": [borne.to_json() for borne in self.ended],
        }


def matrix(session: Session, allegation: Allegation, actor: Actor) -> ElementMatrix:
    """Return the element matrix of an allegation for one actor; ``NotFound`` if it is not for them."""
    shown, incident = with_incident(session, allegation, actor=actor)
    category = pinned(shown)[1]
    borne = [Borne(bearing, evidence) for bearing, evidence in bearings_of(session, shown, actor=actor)]
    findings = findings_of(session, shown, actor=actor)
    standing: dict[int, list[Borne]] = {}
    for item in borne:
        if item.bearing.ended_at is None:
            standing.setdefault(item.bearing.element_n, []).append(item)
    rows = [
        ElementRow(n, kind, text, findings.get(n), tuple(sorted(standing.get(n, []), key=_against_first)))
        for n, kind, text in _elements(category)
        if n != WHOLE or not category.elements or n in standing or n in findings
    ]
    ended = tuple(sorted((item for item in borne if item.bearing.ended_at is not None), key=_against_first))
    return ElementMatrix(shown, incident, category, tuple(rows), ended)


def _elements(category: CrimeCategory) -> list[tuple[int, str | None, str]]:
    listed = [(element.n, element.kind.value, element.text) for element in category.elements]
    return [(WHOLE, None, WHOLE_TEXT), *listed]


def _against_first(item: Borne) -> tuple[int, int]:
    # What speaks against stands at the top of its element; within a direction the strongest first.
    return _FIRST[item.bearing.direction], -item.bearing.strength
