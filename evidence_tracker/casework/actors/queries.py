"""Questions about actors: who is called that, who commanded whom and when, who held which post."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, or_, select
from sqlalchemy.orm import Session

from evidence_tracker.access import records
from evidence_tracker.access.orders import After
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
    called: str | None = None,
    compartment_id: UUID | None = None,
    after: After | None = None,
    limit: int = records.PAGE,
) -> Sequence[Unit]:
    """Return one page of units, newest first; ``called``: by words of any name or by an identifier."""
    query = _within(select(Unit), Unit, compartment_id)
    if called is not None:
        query = query.where(_is_called(session, Unit, called, actor))
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
    called: str | None = None,
    compartment_id: UUID | None = None,
    after: After | None = None,
    limit: int = records.PAGE,
) -> Sequence[Suspect]:
    """Return one page of named persons, newest first; ``called`` as for units."""
    query = _within(select(Suspect), Suspect, compartment_id)
    if called is not None:
        query = query.where(_is_called(session, Suspect, called, actor))
    if capacity is not None:
        query = query.where(Suspect.capacity == capacity)
    return records.page(session, query, Suspect, actor=actor, after=after, limit=limit)


def page_companies(
    session: Session,
    *,
    actor: Actor,
    headquarters_country: str | None = None,
    called: str | None = None,
    compartment_id: UUID | None = None,
    after: After | None = None,
    limit: int = records.PAGE,
) -> Sequence[Company]:
    """Return one page of companies, newest first; ``called`` as for units."""
    query = _within(select(Company), Company, compartment_id)
    if called is not None:
        query = query.where(_is_called(session, Company, called, actor))
    if headquarters_country is not None:
        query = query.where(Company.headquarters_country == headquarters_country)
    return records.page(session, query, Company, actor=actor, after=after, limit=limit)


def search_units(session: Session, words: str, *, actor: Actor) -> Sequence[Unit]:
    """Return up to 50 units that bear a name with these words in it, in any script or case."""
    return _search(session, Unit, words, actor)


def search_suspects(session: Session, words: str, *, actor: Actor) -> Sequence[Suspect]:
    """Return up to 50 named persons that bear a name with these words in it."""
    return _search(session, Suspect, words, actor)


def search_companies(session: Session, words: str, *, actor: Actor) -> Sequence[Company]:
    """Return up to 50 companies that bear a name with these words in it."""
    return _search(session, Company, words, actor)


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
    session: Session, place: Unit | Company, *, actor: Actor, at: When = None
) -> Sequence[tuple[Position, Suspect]]:
    """Return who is said to have held a post in a unit or company at a moment (None: at any time)."""
    query = (
        select(Position, Suspect)
        .join(Suspect, Suspect.id == Position.suspect_id)
        .where(
            (Position.unit_id if isinstance(place, Unit) else Position.company_id) == place.id,
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
    # One query, whatever the depth. A link is followed once, so that two sources for one
    # subordination do not double everything above it.
    upper, lower = UnitParent.parent_id, UnitParent.unit_id
    near, far = (lower, upper) if is_upwards else (upper, lower)
    holds = [
        UnitParent.ended_at.is_(None),
        _during(UnitParent, at),
        visible(session, actor, UnitParent),
        visible(session, actor, Unit),
    ]
    if relation is not None:
        holds.append(UnitParent.relation == relation)
    start = select(literal(unit.id, near.type).label("unit_id"), literal(0).label("depth"))
    reached = start.cte("reached", recursive=True)
    further = (
        select(far, reached.c.depth + 1)
        .select_from(reached)
        .join(UnitParent, near == reached.c.unit_id)
        .join(Unit, Unit.id == far)
        .where(reached.c.depth < MAX_DEPTH - 1, *holds)
    )
    reached = reached.union(further)
    nearest = (
        select(reached.c.unit_id, func.min(reached.c.depth).label("depth"))
        .group_by(reached.c.unit_id)
        .subquery()
    )
    query = (
        select(nearest.c.depth + 1, UnitParent, Unit)
        .select_from(nearest)
        .join(UnitParent, near == nearest.c.unit_id)
        .join(Unit, Unit.id == far)
        .where(*holds)
        .order_by(nearest.c.depth, UnitParent.since_at.nulls_first(), UnitParent.recorded_at, UnitParent.id)
    )
    return [ChainLink(depth, link, found) for depth, link, found in session.execute(query)]


def _during(model: type[UnitParent] | type[Position], at: When) -> ColumnElement[bool]:
    if at is None:
        return model.id.is_not(None)
    earliest, latest = at.bounds() if isinstance(at, Moment) else (at, at)
    return and_(
        or_(model.since_at.is_(None), model.since_at <= latest),
        or_(model.until_at.is_(None), model.until_at >= earliest),
    )


def _search(session: Session, model: type[AnyBearer], words: str, actor: Actor) -> Sequence[AnyBearer]:
    query = select(model).where(_bears_name(session, model, words, actor), visible(session, actor, model))
    return session.scalars(query.order_by(model.name_latin, model.id).limit(SEARCH_LIMIT)).all()


def _is_called(session: Session, model: type[Any], words: str, actor: Actor) -> ColumnElement[bool]:
    numbered = select(_bearer_column(ActorIdentifier, model)).where(
        ActorIdentifier.value == words.strip(),
        ActorIdentifier.ended_at.is_(None),
        visible(session, actor, ActorIdentifier),
    )
    return or_(_bears_name(session, model, words, actor), model.id.in_(numbered))


def _bears_name(session: Session, model: type[Any], words: str, actor: Actor) -> ColumnElement[bool]:
    sought = fold(words)
    if not sought:
        return false()
    others = select(_bearer_column(ActorName, model)).where(
        ActorName.folded.contains(sought, autoescape=True),
        ActorName.ended_at.is_(None),
        visible(session, actor, ActorName),
    )
    return or_(model.folded.contains(sought, autoescape=True), model.id.in_(others))


def _bearer_column(entry: type[ActorName] | type[ActorIdentifier], model: type[Any]) -> Any:
    return getattr(entry, f"{model.__tablename__}_id")


def _within(query: Select[AnyBearer], model: type[Any], compartment_id: UUID | None) -> Select[AnyBearer]:
    return query if compartment_id is None else query.where(model.compartment_id == compartment_id)


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
