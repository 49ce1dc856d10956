"""Who held an exhibit before us, in order, each as somebody states it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access.policy import visible
from evidence_tracker.access.records import Governance, amend, create, needed
from evidence_tracker.casework.exhibits.models import Exhibit, HolderKind, ProvenanceStep
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import InvalidInput
from evidence_tracker.values.moment import Moment

AMENDABLE = frozenset({"holder", "kind", "held_from", "held_until", "stated_by", "note"})


@dataclass(frozen=True)
class StepFacts:
    """One holder: a device, a channel, a partner, a person's code, or us; and who says so."""

    holder: str
    kind: HolderKind
    stated_by: str
    held_from: Moment | None = None
    held_until: Moment | None = None
    note: str | None = None


def add_step(
    session: Session, exhibit: Exhibit, facts: StepFacts, *, actor: Actor, position: int | None = None
) -> ProvenanceStep:
    """Add a holder at ``position`` (from 1), or at the end; those behind it move one further."""
    _refuse_backwards(facts.held_from, facts.held_until)
    steps = _all(session, exhibit)
    place = len(steps) + 1 if position is None else position
    if not 1 <= place <= len(steps) + 1:
        raise InvalidInput(
            f"{exhibit.reference} has {len(steps)} holders; there is no place {place}.",
            advice=f"Choose a place from 1 to {len(steps) + 1}.",
        )
    for step in reversed(steps[place - 1 :]):  # from the last, so that no two ever share a place
        amend(session, step, {"position": step.position + 1}, actor=actor)
    return create(
        session,
        ProvenanceStep,
        compartment_id=exhibit.compartment_id,
        governance=Governance.of(exhibit),
        actor=actor,
        exhibit_id=exhibit.id,
        position=place,
        holder=needed(facts.holder, "The holder"),
        kind=facts.kind,
        held_from=facts.held_from,
        held_until=facts.held_until,
        stated_by=needed(facts.stated_by, "Who states this holder"),
        note=facts.note,
    )


def amend_step(
    session: Session,
    step: ProvenanceStep,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> ProvenanceStep:
    """Correct what is stated about a holder; its place changes only by adding others."""
    fixed = sorted(set(changes) - AMENDABLE)
    if fixed:
        raise InvalidInput(f"The {', '.join(fixed)} of a holder cannot be changed.")
    _refuse_backwards(changes.get("held_from", step.held_from), changes.get("held_until", step.held_until))
    for name in ("holder", "stated_by"):
        if name in changes:
            needed(changes[name], name.replace("_", " ").capitalize())
    return amend(session, step, changes, actor=actor, expected_version=expected_version)


def provenance_of(session: Session, exhibit: Exhibit, *, actor: Actor) -> Sequence[ProvenanceStep]:
    """Return the holders from the first to us."""
    return session.scalars(
        select(ProvenanceStep)
        .where(ProvenanceStep.exhibit_id == exhibit.id, visible(session, actor, ProvenanceStep))
        .order_by(ProvenanceStep.position)
    ).all()


def _all(session: Session, exhibit: Exhibit) -> Sequence[ProvenanceStep]:
    # Places count over all steps, seen or not: two steps never share one.
    return session.scalars(
        select(ProvenanceStep)
        .where(ProvenanceStep.exhibit_id == exhibit.id)
        .order_by(ProvenanceStep.position)
    ).all()


def _refuse_backwards(held_from: Moment | None, held_until: Moment | None) -> None:
    if held_from is not None and held_until is not None and held_until.bounds()[1] < held_from.bounds()[0]:
        raise InvalidInput(f"The holder had it until {held_until}, which is before {held_from}.")
