"""Questions about actors: who is called that, who commanded whom and when, who held which post."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from evidence_tracker.access import records
from evidence_tracker.access.policy import visible
from evidence_tracker.access.stated import fold
from evidence_tracker.casework.actors.models import (
    ActorIdentifier,
    ActorName,
    Company,
    IdentifierKind,
    ParentRelation,
    Position,
    Suspect,
    SuspectCapacity,
    Unit,
    UnitKind,
    UnitParent,
)
from evidence_tracker.casework.actors.names import Bearer
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import NotFound
from evidence_tracker.values.moment import Moment

After = tuple[datetime, UUID]
When = Moment | datetime | None
AnyBearer = TypeVar("AnyBearer", Unit, Suspect, Company)
MAX_DEPTH = 20
SEARCH_LIMIT = 50


@dataclass(frozen=True)
class ChainLink:
    """One step of a chain of command: how far from the unit asked about, the link, the unit reached."""

    depth: int
    link: UnitParent
    unit: Unit


def find_unit(session: Session, reference: str, *, actor: Actor) -> Unit:
    """Return a unit by reference, else ``NotFound``."""
    return records.find(session, Unit, reference, actor=actor)


def find_suspect(session: Session, reference: str, *, actor: Actor) -> Suspect:
    """Return a named person by reference, else ``NotFound``."""
    return records.find(session, Suspect, reference, actor=actor)


def find_company(session: Session, reference: str, *, actor: Actor) -> Company:
    """Return a company by reference, else ``NotFound``."""
    return records.find(session, Company, reference, actor=actor)


def find_actor(session: Session, reference: str, *, actor: Actor) -> Bearer:
    """Return the unit, named person or company with a reference (they share one series)."""
    for model in (Unit, Suspect, Company):
        query = select(model).where(model.reference == reference.strip(), visible(session, actor, model))
        found = session.scalars(query).first()
        if isinstance(found, Unit | Suspect | Company):
            return found
    raise NotFound(f"There is no actor {reference!r} here, or you may not see it.")


def page_units(
    session: Session,
    *,
    actor: Actor,
    kind: UnitKind | None = None,
    country: str | None = None,
    after: After | None = None,
    limit: int = records.PAGE,
) -> Sequence[Unit]:
    """Return one page of units, newest first."""
    query = select(Unit)
    if kind is not None:
        query = query.where(Unit.kind == kind)
    if country is not None:
        query = query.where(Unit.country == country)
    return records.page(session, query, Unit, actor=actor, after=after, limit=limit)


def page_suspects(
    session: Session,
    *,
    actor: Actor,
    capacity: SuspectCapacity | None = None,
    after: After | None = None,
    limit: int = records.PAGE,
) -> Sequence[Suspect]:
    """Return one page of named persons, newest first."""
    query = select(Suspect)
    if capacity is not None:
        query = query.where(Suspect.capacity == capacity)
    return records.page(session, query, Suspect, actor=actor, after=after, limit=limit)


def page_companies(
    session: Session,
    *,
    actor: Actor,
    headquarters_country: str | None = None,
    after: After | None = None,
    limit: int = records.PAGE,
) -> Sequence[Company]:
    """Return one page of companies, newest first."""
    query = select(Company)
    if headquarters_country is not None:
        query = query.where(Company.headquarters_country == headquarters_country)
    return records.page(session, query, Company, actor=actor, after=after, limit=limit)


def search_units(session: Session, words: str, *, actor: Actor) -> Sequence[Unit]:
    """Return up to 50 units that bear a name with these words in it, in any script or case."""
    return _search(session, Unit, ActorName.unit_id, words, actor)


def search_suspects(session: Session, words: str, *, actor: Actor) -> Sequence[Suspect]:
    """Return up to 50 named persons that bear a name with these words in it."""
    return _search(session, Suspect, ActorName.suspect_id, words, actor)


def search_companies(session: Session, words: str, *, actor: Actor) -> Sequence[Company]:
    """Return up to 50 companies that bear a name with these words in it."""
    return _search(session, Company, ActorName.company_id, words, actor)


def identified(session: Session, kind: IdentifierKind, value: str, *, actor: Actor) -> Sequence[Bearer]:
    """Return who bears an identifier, exactly as written."""
    query = select(ActorIdentifier).where(
        ActorIdentifier.kind == kind,
        ActorIdentifier.value == value.strip(),
        ActorIdentifier.ended_at.is_(None),
        visible(session, actor, ActorIdentifier),
    )
    rows = session.scalars(query).all()
    return [
        *_by_ids(session, Unit, [row.unit_id for row in rows if row.unit_id], actor),
        *_by_ids(session, Suspect, [row.suspect_id for row in rows if row.suspect_id], actor),
        *_by_ids(session, Company, [row.company_id for row in rows if row.company_id], actor),
    ]


def names_of(session: Session, bearer: Bearer, *, actor: Actor) -> Sequence[ActorName]:
    """Return the further names of an actor, by kind and text."""
    query = select(ActorName).where(
        _borne(ActorName, bearer), ActorName.ended_at.is_(None), visible(session, actor, ActorName)
    )
    return session.scalars(query.order_by(ActorName.kind, ActorName.text, ActorName.id)).all()


def identifiers_of(session: Session, bearer: Bearer, *, actor: Actor) -> Sequence[ActorIdentifier]:
    """Return the identifiers of an actor, by kind and value."""
    query = select(ActorIdentifier).where(
        _borne(ActorIdentifier, bearer),
        ActorIdentifier.ended_at.is_(None),
        visible(session, actor, ActorIdentifier),
    )
    return session.scalars(query.order_by(ActorIdentifier.kind, ActorIdentifier.value)).all()


def chain_of_command(
    session: Session,
    unit: Unit,
    *,
    actor: Actor,
    at: When = None,
    relation: ParentRelation | None = ParentRelation.COMMAND,
) -> Sequence[ChainLink]:
    """Return who stood above a unit, nearest first, at a moment (None: at any time).

    Every link that may have held then is there, with its confidence; contradicting
    sources give several. ``relation`` None follows links of all kinds. It goes at most
    ``MAX_DEPTH`` steps, twice what a real chain has.
    """
    return _climb(session, unit, actor, at, relation, is_upwards=True)


def subordinates(
    session: Session,
    unit: Unit,
    *,
    actor: Actor,
    at: When = None,
    relation: ParentRelation | None = ParentRelation.COMMAND,
) -> Sequence[ChainLink]:
    """Return who stood below a unit, nearest first, at a moment (None: at any time)."""
    return _climb(session, unit, actor, at, relation, is_upwards=False)


def positions_of(
    session: Session, suspect: Suspect, *, actor: Actor, at: When = None
) -> Sequence[tuple[Position, Unit | Company]]:
    """Return the posts of a named person and where they were, earliest first."""
    query = (
        select(Position, Unit, Company)
        .select_from(Position)
        .outerjoin(Unit, and_(Unit.id == Position.unit_id, visible(session, actor, Unit)))
        .outerjoin(Company, and_(Company.id == Position.company_id, visible(session, actor, Company)))
        .where(
            Position.suspect_id == suspect.id,
            Position.ended_at.is_(None),
            _during(Position, at),
            visible(session, actor, Position),
        )
        .order_by(Position.since_at.nulls_first(), Position.recorded_at, Position.id)
    )
    found: list[tuple[Position, Unit | Company]] = []
    for post, unit, company in session.execute(query):
        place: Unit | Company | None = unit if post.unit_id is not None else company
        if place is not None:
            found.append((post, place))
    return found


def holders(
    session: Session, unit: Unit, *, actor: Actor, at: When = None
) -> Sequence[tuple[Position, Suspect]]:
    """Return who is said to have held a post in a unit at a moment (None: at any time)."""
    query = (
        select(Position, Suspect)
        .join(Suspect, Suspect.id == Position.suspect_id)
        .where(
            Position.unit_id == unit.id,
            Position.ended_at.is_(None),
            _during(Position, at),
            visible(session, actor, Position),
            visible(session, actor, Suspect),
        )
        .order_by(Position.since_at.nulls_first(), Position.recorded_at, Position.id)
    )
    return [(post, suspect) for post, suspect in session.execute(query)]


def _climb(
    session: Session,
    unit: Unit,
    actor: Actor,
    at: When,
    relation: ParentRelation | None,
    *,
    is_upwards: bool,
) -> list[ChainLink]:
    # One query a level; a real chain has about ten. A link is followed once, so that two
    # sources for one subordination do not double everything above it.
    near, far = ("unit_id", "parent_id") if is_upwards else ("parent_id", "unit_id")
    chain: list[ChainLink] = []
    level, seen = {unit.id}, {unit.id}
    for depth in range(1, MAX_DEPTH + 1):
        query = (
            select(UnitParent, Unit)
            .join(Unit, Unit.id == getattr(UnitParent, far))
            .where(
                getattr(UnitParent, near).in_(level),
                UnitParent.ended_at.is_(None),
                _during(UnitParent, at),
                visible(session, actor, UnitParent),
                visible(session, actor, Unit),
            )
            .order_by(UnitParent.since_at.nulls_first(), UnitParent.recorded_at, UnitParent.id)
        )
        if relation is not None:
            query = query.where(UnitParent.relation == relation)
        found = [ChainLink(depth, link, reached) for link, reached in session.execute(query)]
        chain.extend(found)
        level = {step.unit.id for step in found} - seen
        seen |= level
        if not level:
            break
    return chain


def _during(model: type[UnitParent] | type[Position], at: When) -> ColumnElement[bool]:
    if at is None:
        return model.id.is_not(None)
    earliest, latest = at.bounds() if isinstance(at, Moment) else (at, at)
    return and_(
        or_(model.since_at.is_(None), model.since_at <= latest),
        or_(model.until_at.is_(None), model.until_at >= earliest),
    )


def _search(
    session: Session, model: type[AnyBearer], bearer_column: Any, words: str, actor: Actor
) -> Sequence[AnyBearer]:
    sought = fold(words)
    if not sought:
        return []
    others = select(bearer_column).where(
        ActorName.folded.contains(sought, autoescape=True),
        ActorName.ended_at.is_(None),
        visible(session, actor, ActorName),
    )
    query = select(model).where(
        or_(model.folded.contains(sought, autoescape=True), model.id.in_(others)),
        visible(session, actor, model),
    )
    return session.scalars(query.order_by(model.name_latin, model.id).limit(SEARCH_LIMIT)).all()


def _by_ids(
    session: Session, model: type[AnyBearer], ids: Iterable[UUID], actor: Actor
) -> Sequence[AnyBearer]:
    wanted = set(ids)
    if not wanted:
        return []
    query = select(model).where(model.id.in_(wanted), visible(session, actor, model))
    return session.scalars(query.order_by(model.reference)).all()


def _borne(model: type[ActorName] | type[ActorIdentifier], bearer: Bearer) -> ColumnElement[bool]:
    if isinstance(bearer, Unit):
        return model.unit_id == bearer.id
    if isinstance(bearer, Suspect):
        return model.suspect_id == bearer.id
    return model.company_id == bearer.id
