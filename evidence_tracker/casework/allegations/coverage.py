"""Coverage: of many allegations at once, which elements have something that speaks for them.

Three database queries, however many allegations and bearings there are. A bearing whose evidence one may
not see is not counted. A count of elements says how far the work is, never how strong a case is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Subquery, case, distinct, func, or_, select
from sqlalchemy.orm import Session, aliased

from evidence_tracker.access.policy import visible
from evidence_tracker.casework.allegations.alleging import pinned
from evidence_tracker.casework.allegations.categories import WHOLE, CrimeCategory
from evidence_tracker.casework.allegations.matrix import WHOLE_TEXT, ElementMatrix
from evidence_tracker.casework.allegations.models import (
    Allegation,
    AllegationSuspect,
    Bearing,
    Direction,
    ElementFinding,
    FindingState,
)
from evidence_tracker.casework.allegations.queries import naming_query, part_of
from evidence_tracker.casework.incidents.evidence import seen
from evidence_tracker.casework.incidents.queries import Part
from evidence_tracker.custody.events import Actor

#: Allegation and element.
Where = tuple[UUID, int]


@dataclass(frozen=True)
class ElementCoverage:
    """What there is on one element; ``strongest`` is that of what speaks for it, 0 where nothing does."""

    n: int
    text: str
    state: FindingState
    counts: Mapping[Direction, int]
    strongest: int

    @property
    def is_gap(self) -> bool:
        """Say whether nothing inculpatory bears on this element."""
        return self.counts.get(Direction.INCULPATORY, 0) == 0


@dataclass(frozen=True)
class Coverage:
    """How far the elements of one allegation are covered; ``against``: all that speaks against it."""

    allegation: Allegation
    category: CrimeCategory
    elements: tuple[ElementCoverage, ...]
    against: int

    @property
    def covered(self) -> int:
        """Return on how many elements something inculpatory bears."""
        return sum(not element.is_gap for element in self.elements)

    @property
    def met(self) -> int:
        """Return how many elements were found to be met."""
        return sum(element.state is FindingState.MET for element in self.elements)


@dataclass(frozen=True)
class Naming:
    """A suspect or unit under one allegation, and how far that allegation is covered."""

    link: AllegationSuspect
    allegation: str
    covered: int
    elements: int


@dataclass(frozen=True)
class NamedCoverage:
    """A suspect or unit with every naming that the one who asks may see, under whatever allegation."""

    part: Part
    namings: tuple[Naming, ...]

    @property
    def elements(self) -> int:
        """Return how many elements the allegations that name them have in all."""
        return sum(naming.elements for naming in self._each())

    @property
    def covered(self) -> int:
        """Return on how many of them something inculpatory bears."""
        return sum(naming.covered for naming in self._each())

    @property
    def allegations(self) -> int:
        """Return how many allegations name them."""
        return len(self._each())

    def _each(self) -> list[Naming]:
        # Somebody may be named twice under one allegation, in two modes of liability.
        return list({naming.link.allegation_id: naming for naming in self.namings}.values())


def coverage_of(session: Session, allegations: Sequence[Allegation], *, actor: Actor) -> list[Coverage]:
    """Return how far each of these allegations is covered, as far as this actor sees the evidence."""
    ids = [allegation.id for allegation in allegations]
    counts, strongest = _counts(session, ids, actor)
    states = _states(session, ids, actor)
    found = []
    for allegation in allegations:
        category = pinned(allegation)[1]
        listed = [(element.n, element.text) for element in category.elements] or [(WHOLE, WHOLE_TEXT)]
        elements = tuple(
            ElementCoverage(
                n,
                text,
                states.get((allegation.id, n), FindingState.OPEN),
                counts.get((allegation.id, n), {}),
                strongest.get((allegation.id, n), 0),
            )
            for n, text in listed
        )
        against = sum(
            by_direction.get(Direction.EXCULPATORY, 0)
            for (allegation_id, _n), by_direction in counts.items()
            if allegation_id == allegation.id
        )
        found.append(Coverage(allegation, category, elements, against))
    return found


def coverage_in(matrix: ElementMatrix) -> Coverage:
    """Return how far an allegation is covered whose matrix was read already; asks nothing."""
    rows = [row for row in matrix.rows if row.n != WHOLE or not matrix.category.elements]
    elements = tuple(
        ElementCoverage(
            row.n,
            row.text,
            row.state,
            {direction: row.count(direction) for direction in Direction},
            max(
                (
                    borne.bearing.strength
                    for borne in row.bearings
                    if borne.bearing.direction is Direction.INCULPATORY
                ),
                default=0,
            ),
        )
        for row in rows
    )
    return Coverage(matrix.allegation, matrix.category, elements, matrix.count(Direction.EXCULPATORY))


def coverage_by_named(
    session: Session, allegations: Sequence[Allegation], *, actor: Actor
) -> list[NamedCoverage]:
    """Return who is named under these allegations, each with all allegations that name them; one query.

    In the order in which they were named first.
    """
    covered = _covered(session, actor)
    query = (
        naming_query(session, actor)
        .add_columns(Allegation, covered.c.listed, covered.c.whole)
        .join(Allegation, Allegation.id == AllegationSuspect.allegation_id)
        .outerjoin(covered, covered.c.allegation_id == Allegation.id)
        .where(visible(session, actor, Allegation), _named_under(session, allegations, actor))
    )
    found: dict[str, tuple[Part, list[Naming]]] = {}
    for link, reference, name, allegation, listed, whole in session.execute(query):
        elements = len(pinned(allegation)[1].elements)
        naming = Naming(link, allegation.reference, (listed if elements else whole) or 0, elements or 1)
        found.setdefault(reference, (part_of(link, reference, name), []))[1].append(naming)
    return [NamedCoverage(part, tuple(namings)) for part, namings in found.values()]


def _named_under(session: Session, allegations: Sequence[Allegation], actor: Actor) -> ColumnElement[bool]:
    ids = [allegation.id for allegation in allegations]
    here = aliased(AllegationSuspect)
    return or_(
        *(
            getattr(AllegationSuspect, name).in_(
                select(getattr(here, name)).where(
                    here.allegation_id.in_(ids), here.ended_at.is_(None), visible(session, actor, here)
                )
            )
            for name in ("suspect_id", "unit_id")
        )
    )


def _covered(session: Session, actor: Actor) -> Subquery:
    """Return of each allegation how many elements, and whether the category as a whole, is spoken for."""
    listed = case((Bearing.element_n != WHOLE, Bearing.element_n))
    return (
        select(
            Bearing.allegation_id,
            func.count(distinct(listed)).label("listed"),
            func.max(case((Bearing.element_n == WHOLE, 1), else_=0)).label("whole"),
        )
        .where(*_standing(session, actor), Bearing.direction == Direction.INCULPATORY)
        .group_by(Bearing.allegation_id)
        .subquery()
    )


def _standing(session: Session, actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (Bearing.ended_at.is_(None), visible(session, actor, Bearing), seen(session, actor, Bearing))


def _counts(
    session: Session, ids: Sequence[UUID], actor: Actor
) -> tuple[dict[Where, dict[Direction, int]], dict[Where, int]]:
    query = (
        select(
            Bearing.allegation_id,
            Bearing.element_n,
            Bearing.direction,
            func.count().label("number"),
            func.max(Bearing.strength).label("strongest"),
        )
        .where(Bearing.allegation_id.in_(ids), *_standing(session, actor))
        .group_by(Bearing.allegation_id, Bearing.element_n, Bearing.direction)
    )
    counts: dict[Where, dict[Direction, int]] = {}
    strongest: dict[Where, int] = {}
    for row in session.execute(query):
        where = (row.allegation_id, row.element_n)
        counts.setdefault(where, {})[row.direction] = row.number
        if row.direction is Direction.INCULPATORY:
            strongest[where] = row.strongest
    return counts, strongest


def _states(session: Session, ids: Sequence[UUID], actor: Actor) -> dict[Where, FindingState]:
    query = select(ElementFinding.allegation_id, ElementFinding.element_n, ElementFinding.state).where(
        ElementFinding.allegation_id.in_(ids), visible(session, actor, ElementFinding)
    )
    return {(row.allegation_id, row.element_n): row.state for row in session.execute(query)}
