"""Acts on names and identifiers: how an actor is called, in which script, by whom."""

from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access import records, stated
from evidence_tracker.access.policy import now
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.actors.models import (
    ActorIdentifier,
    ActorName,
    Company,
    IdentifierKind,
    NameKind,
    Suspect,
    Unit,
)
from evidence_tracker.casework.parties.directory import latin
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.errors import InvalidInput

Bearer = Unit | Suspect | Company
AnyEntry = TypeVar("AnyEntry", ActorName, ActorIdentifier)

READERS: dict[str, stated.Reader] = {
    "name": stated.text,
    "name_language": stated.optional(stated.language),
    "name_latin": stated.text,
}


def add_name(
    session: Session,
    bearer: Bearer,
    *,
    text: str,
    kind: NameKind | str,
    actor: Actor,
    language: str | None = None,
    source: str | None = None,
) -> ActorName:
    """Record a further name of a unit, a named person or a company."""
    name = stated.text(text, "name")
    return records.create(
        session,
        ActorName,
        compartment_id=bearer.compartment_id,
        governance=Governance.of(bearer),
        actor=actor,
        verb=CustodyVerb.LINKED,
        kind=stated.word(NameKind)(kind, "kind of name"),
        text=name,
        language=None if language is None else stated.language(language, "language"),
        folded=stated.fold(name),
        source=stated.optional_text(source, "source"),
        ended_at=None,
        **_borne_by(bearer),
    )


def add_identifier(
    session: Session,
    bearer: Bearer,
    *,
    value: str,
    kind: IdentifierKind | str,
    actor: Actor,
    issuer: str | None = None,
    source: str | None = None,
) -> ActorIdentifier:
    """Record a number or handle that identifies a unit, a named person or a company."""
    number = stated.text(value, "identifier")
    sort = stated.word(IdentifierKind)(kind, "kind of identifier")
    _not_twice(session, bearer, sort, number)
    return records.create(
        session,
        ActorIdentifier,
        compartment_id=bearer.compartment_id,
        governance=Governance.of(bearer),
        actor=actor,
        verb=CustodyVerb.LINKED,
        kind=sort,
        value=number,
        issuer=stated.optional_text(issuer, "issuer"),
        source=stated.optional_text(source, "source"),
        ended_at=None,
        **_borne_by(bearer),
    )


def end_name(session: Session, name: ActorName, *, reason: str, actor: Actor) -> ActorName:
    """Withdraw a name that was recorded wrongly (a former name is a kind, not an end)."""
    return _end(session, name, reason, actor)


def end_identifier(
    session: Session, identifier: ActorIdentifier, *, reason: str, actor: Actor
) -> ActorIdentifier:
    """Withdraw an identifier that was recorded wrongly."""
    return _end(session, identifier, reason, actor)


def named(name: str, name_language: str | None, name_latin: str | None) -> dict[str, Any]:
    """Return the name columns of a new actor; a name in another script needs its Latin form."""
    facts = stated.read(
        {
            "name": name,
            "name_language": name_language,
            "name_latin": name_latin or latin(stated.text(name, "name")),
        },
        READERS,
    )
    return {**facts, "folded": folded(facts["name"], facts["name_latin"])}


def renamed(bearer: Bearer, read: dict[str, Any]) -> dict[str, Any]:
    """Return the changes with ``folded`` kept in step with the names."""
    if not read.keys() & {"name", "name_latin"}:
        return read
    return {
        **read,
        "folded": folded(read.get("name", bearer.name), read.get("name_latin", bearer.name_latin)),
    }


def folded(name: str, name_latin: str) -> str:
    """Return both forms of a name as searches compare them."""
    return "\n".join(dict.fromkeys((stated.fold(name), stated.fold(name_latin))))


def _borne_by(bearer: Bearer) -> dict[str, Any]:
    return {
        "unit_id": bearer.id if isinstance(bearer, Unit) else None,
        "suspect_id": bearer.id if isinstance(bearer, Suspect) else None,
        "company_id": bearer.id if isinstance(bearer, Company) else None,
    }


def _not_twice(session: Session, bearer: Bearer, kind: IdentifierKind, value: str) -> None:
    there = select(ActorIdentifier.id).where(
        ActorIdentifier.kind == kind, ActorIdentifier.value == value, ActorIdentifier.ended_at.is_(None)
    )
    for column, bearer_id in _borne_by(bearer).items():
        there = there.where(getattr(ActorIdentifier, column) == bearer_id)
    if session.scalar(there) is not None:
        raise InvalidInput(f"{bearer.reference} has the {kind} {value} already.")


def _end(session: Session, entry: AnyEntry, reason: str, actor: Actor) -> AnyEntry:
    if entry.ended_at is not None:
        raise InvalidInput("This was withdrawn already.")
    return records.amend(
        session,
        entry,
        {"ended_at": now(session)},
        actor=actor,
        verb=CustodyVerb.UNLINKED,
        facts={"reason": stated.text(reason, "reason")},
    )
