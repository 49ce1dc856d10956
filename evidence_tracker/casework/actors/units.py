"""Acts on units and organisations, and on who stood under whom."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access import records, stated
from evidence_tracker.access.policy import now
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.actors import names
from evidence_tracker.casework.actors.models import (
    Confidence,
    Echelon,
    ParentRelation,
    Unit,
    UnitKind,
    UnitParent,
)
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.errors import InvalidInput
from evidence_tracker.values.moment import Moment
from evidence_tracker.values.place import Place

READERS: Mapping[str, stated.Reader] = {
    **names.READERS,
    "kind": stated.word(UnitKind),
    "echelon": stated.optional(stated.word(Echelon)),
    "country": stated.optional(stated.country),
    "base": stated.optional(stated.place),
    "description": stated.optional_text,
    "source": stated.text,
}
LINK_READERS: Mapping[str, stated.Reader] = {
    "relation": stated.word(ParentRelation),
    "since": stated.optional(stated.moment),
    "until": stated.optional(stated.moment),
    "basis": stated.text,
    "confidence": stated.word(Confidence),
}


def add_unit(
    session: Session,
    *,
    kind: UnitKind | str,
    name: str,
    source: str,
    actor: Actor,
    name_language: str | None = None,
    name_latin: str | None = None,
    echelon: Echelon | str | None = None,
    country: str | None = None,
    base: Place | str | Mapping[str, Any] | None = None,
    description: str | None = None,
    compartment_id: UUID | None = None,
    governance: Governance = Governance(),  # noqa: B008 - frozen
) -> Unit:
    """Record a unit or organisation; in the organisation compartment unless another is named."""
    facts = stated.read(
        {
            "kind": kind,
            "echelon": echelon,
            "country": country,
            "base": base,
            "description": description,
            "source": source,
        },
        READERS,
    )
    return records.create(
        session,
        Unit,
        compartment_id=compartment_id or records.profile(session).organisation_compartment_id,
        governance=governance,
        actor=actor,
        reference=records.next_reference(session, "U"),
        **names.named(name, name_language, name_latin),
        **facts,
    )


def amend_unit(
    session: Session,
    unit: Unit,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> Unit:
    """Change what is known of a unit."""
    read = names.renamed(unit, stated.read(changes, {**READERS, **stated.GOVERNED}))
    return stated.amend_stated(session, unit, read, actor=actor, expected_version=expected_version)


def place_under(
    session: Session,
    unit: Unit,
    parent: Unit,
    *,
    basis: str,
    actor: Actor,
    relation: ParentRelation | str = ParentRelation.COMMAND,
    since: Moment | str | None = None,
    until: Moment | str | None = None,
    confidence: Confidence | str = Confidence.UNVERIFIED,
) -> UnitParent:
    """Say that ``unit`` stood under ``parent`` for a span, on what basis, how surely.

    Refuses a link that would make a unit its own superior at some moment. Contradicting
    links from different sources may stand side by side.
    """
    facts = stated.read(
        {
            "relation": relation,
            "since": since,
            "until": until,
            "basis": basis,
            "confidence": confidence,
        },
        LINK_READERS,
    )
    since_at, until_at = stated.span(facts["since"], facts["until"])
    _no_circle(session, unit, parent, facts["relation"], (since_at, until_at))
    return records.create(
        session,
        UnitParent,
        compartment_id=unit.compartment_id,
        governance=Governance.of(max(unit, parent, key=_rank)),
        actor=actor,
        verb=CustodyVerb.LINKED,
        unit_id=unit.id,
        parent_id=parent.id,
        since_at=since_at,
        until_at=until_at,
        ended_at=None,
        end_reason=None,
        **facts,
    )


def amend_link(
    session: Session,
    link: UnitParent,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> UnitParent:
    """Change the span, basis or confidence of a link; its two units stay."""
    read = stated.read(changes, {**LINK_READERS, **stated.GOVERNED})
    since_at, until_at = stated.span(read.get("since", link.since), read.get("until", link.until))
    unit, parent = session.get_one(Unit, link.unit_id), session.get_one(Unit, link.parent_id)
    _no_circle(session, unit, parent, read.get("relation", link.relation), (since_at, until_at), but=link.id)
    return stated.amend_stated(
        session,
        link,
        {**read, "since_at": since_at, "until_at": until_at},
        actor=actor,
        expected_version=expected_version,
    )


def end_link(session: Session, link: UnitParent, *, reason: str, actor: Actor) -> UnitParent:
    """Withdraw a link as wrong. That a subordination came to its end is its ``until``, not this."""
    if link.ended_at is not None:
        raise InvalidInput("This link was withdrawn already.")
    return records.amend(
        session,
        link,
        {"ended_at": now(session), "end_reason": stated.text(reason, "reason")},
        actor=actor,
        verb=CustodyVerb.UNLINKED,
    )


Span = tuple[datetime | None, datetime | None]


def _no_circle(
    session: Session,
    unit: Unit,
    parent: Unit,
    relation: ParentRelation,
    span: Span,
    *,
    but: UUID | None = None,
) -> None:
    # Walks upwards from the parent, narrowing the span at each link: a circle exists only
    # where all its links hold at one and the same moment. Not filtered by who asks.
    if unit.id == parent.id:
        raise InvalidInput(f"{unit.reference} cannot stand under itself.")
    reached: list[tuple[UUID, Span]] = [(parent.id, span)]
    seen: set[tuple[UUID, Span]] = set()
    while reached:
        here, during = reached.pop()
        if (here, during) in seen:
            continue
        seen.add((here, during))
        for link in _links_above(session, here, relation, but):
            narrowed = _common(during, (link.since_at, link.until_at))
            if narrowed is None:
                continue
            if link.parent_id == unit.id:
                raise InvalidInput(
                    f"{parent.reference} stands under {unit.reference} already in that time, "
                    "directly or through others.",
                    advice="Correct the spans, or withdraw the link that is wrong.",
                )
            reached.append((link.parent_id, narrowed))


def _links_above(
    session: Session, unit_id: UUID, relation: ParentRelation, but: UUID | None
) -> list[UnitParent]:
    query = select(UnitParent).where(
        UnitParent.unit_id == unit_id,
        UnitParent.relation == relation,
        UnitParent.ended_at.is_(None),
    )
    return [link for link in session.scalars(query) if link.id != but]


def _common(one: Span, other: Span) -> Span | None:
    start = max((at for at in (one[0], other[0]) if at is not None), default=None)
    end = min((at for at in (one[1], other[1]) if at is not None), default=None)
    return None if start is not None and end is not None and end < start else (start, end)


def _rank(unit: Unit) -> int:
    return unit.level.rank
