"""Units, services and other organisations; who stood under whom, and who held which post."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import request
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from evidence_tracker.access import records
from evidence_tracker.access.calling import call
from evidence_tracker.access.stated import moment
from evidence_tracker.casework.actors import queries, units
from evidence_tracker.casework.actors.models import Echelon, ParentRelation, Unit, UnitKind, UnitParent
from evidence_tracker.custody.events import Actor
from evidence_tracker.values.moment import Moment
from evidence_tracker.web.fields import Field, Long, Text, Where, Word, governance
from evidence_tracker.web.forms import amender, runner
from evidence_tracker.web.kinds import (
    Action,
    Column,
    Deed,
    Facts,
    Filter,
    Listing,
    Pair,
    Room,
    Scope,
    Section,
    Tab,
    entered,
    titled,
)
from evidence_tracker.web.rooms import actor_parts, asked
from evidence_tracker.web.tongues import country

UNIT: tuple[Field, ...] = (
    Word(name="kind", label=_l("What it is"), enum=UnitKind, required=True),
    Word(name="echelon", label=_l("Its level"), enum=Echelon),
    *actor_parts.NAMED,
    Text(name="country", label=_l("Country"), help=_l("Two letters: UA, RU, AM.")),
    Where(name="base", label=_l("Where it is based")),
    Long(name="description", label=_l("What is known of it"), rows=4),
    actor_parts.SOURCE,
)
LINK: tuple[Field, ...] = (
    Word(
        name="relation",
        label=_l("In what sense"),
        enum=ParentRelation,
        required=True,
        default=ParentRelation.COMMAND.value,
    ),
    *actor_parts.SPAN,
    Text(name="basis", label=_l("What the statement rests on"), required=True),
    actor_parts.CONFIDENCE,
)


@dataclass(frozen=True)
class Step:
    """One statement of a chain: who stood under whom. ``rank``: how many steps its far end is away at most."""

    rank: int
    item: UnitParent
    lower: Unit
    upper: Unit
    is_above: bool

    @property
    def other(self) -> Unit:
        """Return the end that is further away."""
        return self.upper if self.is_above else self.lower


@dataclass(frozen=True)
class AskedChain:
    """What of a chain was asked for: at which moment, in which sense (None: in any)."""

    at: Moment | None
    relation: ParentRelation | None


def asked_chain() -> AskedChain:
    """Read the moment and the sense from the address; raises InvalidInput where they are none."""
    at, relation = request.args.get("at", "").strip(), request.args.get("relation", "")
    known = relation if relation in {member.value for member in ParentRelation} else None
    return AskedChain(moment(at, "moment") if at else None, ParentRelation(known) if known else None)


def chain(session: Session, row: Unit, actor: Actor) -> Sequence[Step]:
    """Return who stood above a unit, the highest first, and below it, the nearest first."""
    asking = asked_chain()
    above, below = (
        question(session, row, actor=actor, at=asking.at, relation=asking.relation)
        for question in (queries.chain_of_command, queries.subordinates)
    )
    return [*_steps(row, above, is_above=True)[::-1], *_steps(row, below, is_above=False)]


def _steps(row: Unit, links: Sequence[queries.ChainLink], *, is_above: bool) -> list[Step]:
    known = {row.id: row} | {link.unit.id: link.unit for link in links}
    climbed = [(one.link.unit_id, one.link.parent_id) for one in links]
    ranks = _ranks(row.id, climbed if is_above else [(far, near) for near, far in climbed])
    steps = [
        Step(ranks[one.unit.id], one.link, known[one.link.unit_id], known[one.link.parent_id], is_above)
        for one in links
    ]
    return sorted(steps, key=lambda step: (step.rank, step.other.reference))


def _ranks(start: UUID, ends: Sequence[tuple[UUID, UUID]]) -> dict[UUID, int]:
    """Return how far each unit is at most, so that it stands above everything that stood under it."""
    ranks = {start: 0}
    # Statements that contradict each other may go round in a circle: so many rounds, and no more.
    for _round in range(queries.MAX_DEPTH):
        before = dict(ranks)
        for near, far in ends:
            if near in ranks and far != start:
                ranks[far] = min(max(ranks.get(far, 0), ranks[near] + 1), queries.MAX_DEPTH)
        if ranks == before:
            break
    return ranks | {start: 0}


def _find_link(session: Session, _row: Unit, link_id: UUID, actor: Actor) -> UnitParent:
    return records.get(session, UnitParent, link_id, actor=actor)


def _place_under(deed: Deed) -> Any:
    return _place(deed, deed.row, deed.took("unit"))


def _place_over(deed: Deed) -> Any:
    return _place(deed, deed.took("unit"), deed.row)


def _place(deed: Deed, lower: Unit, upper: Unit) -> Any:
    facts = {name: value for name, value in deed.stated.items() if value is not None}
    return call(units.place_under, deed.session, lower, upper, actor=deed.actor, stated=facts)


def _holders(session: Session, row: Unit, actor: Actor) -> Sequence[Pair]:
    held = queries.holders(session, row, actor=actor, at=asked_chain().at)
    return [Pair(post, suspect) for post, suspect in held]


def unit_ref(label: Any, **more: Any) -> Field:
    """Return a field for a unit."""
    return asked.ref("unit", label, Unit, lambda row: row.name_latin, **more)


ROOM = Room(
    name="units",
    icon="hierarchy-2",
    one=_l("unit"),
    many=_l("Units"),
    intro=_l("Units, services and administrations that are said to have acted. Nothing here is a finding."),
    model=Unit,
    find=queries.find_unit,
    title=lambda row: str(row.name),
    status=lambda _row: None,
    listing=Listing(
        page=queries.page_units,
        sorts=(*entered(), *titled("name")),
        columns=(
            Column(name="name", label=_l("Name"), cell=actor_parts.called),
            Column(name="kind", label=_l("What it is"), cell=lambda row: row.kind),
            Column(name="echelon", label=_l("Its level"), cell=lambda row: row.echelon, is_narrow=True),
            Column(
                name="country", label=_l("Country"), cell=lambda row: country(row.country), is_narrow=True
            ),
        ),
        filters=(
            actor_parts.CALLED,
            Filter(name="kind", label=_l("What it is"), says="%(words)s", enum=UnitKind, read=UnitKind),
            Filter(name="country", label=_l("Country"), says=_l("of %(words)s"), read=str.upper),
        ),
        is_scoped=True,
        empty=_l("No unit yet. A chain of command is made of units and of who stood under whom, when."),
    ),
    facts=(
        Facts(
            title=_l("What it is"),
            names=(
                "name_latin",
                "name_language",
                "kind",
                "echelon",
                "country",
                "base",
                "description",
                "source",
            ),
        ),
    ),
    tabs=(
        Tab(name="chain", title=_l("Chain of command")),
        actor_parts.LINKS,
    ),
    sections=(
        actor_parts.NAMES,
        actor_parts.IDENTIFIERS,
        Section(
            name="links",
            title=_l("Who stood above it, and below it"),
            tab="chain",
            rows=chain,
            template="rooms/units_chain.html",
            find=_find_link,
            actions=(
                Action(
                    name="under",
                    label=_l("It stood under another unit"),
                    scope=Scope.SECTION,
                    fields=(unit_ref(_l("Unit above it"), required=True), *LINK),
                    run=_place_under,
                    help=_l(
                        "Statements that contradict each other may stand side by side, each with its basis."
                    ),
                ),
                Action(
                    name="over",
                    label=_l("Another unit stood under it"),
                    scope=Scope.SECTION,
                    fields=(unit_ref(_l("Unit below it"), required=True), *LINK),
                    run=_place_over,
                    help=_l(
                        "Statements that contradict each other may stand side by side, each with its basis."
                    ),
                ),
            ),
            item_actions=(
                Action(
                    name="amend",
                    label=_l("Change"),
                    scope=Scope.ITEM,
                    fields=(*LINK, *governance(is_amended=True)),
                    amends=True,
                    run=amender(units.amend_link),
                    help=_l("Span, basis or confidence; the two units stay."),
                ),
                Action(
                    name="end",
                    label=_l("Withdraw"),
                    scope=Scope.ITEM,
                    fields=(asked.reason(),),
                    run=runner(units.end_link),
                    help=_l("Only what was wrong. That it came to an end is its last day."),
                ),
            ),
        ),
        Section(
            name="holders",
            title=_l("Who held which post"),
            tab="chain",
            rows=_holders,
            columns=(
                Column(label=_l("Person"), cell=lambda row: row.other.reference, kind="ref"),
                Column(label=_l("Name"), cell=lambda row: actor_parts.called(row.other)),
                Column(label=_l("Post"), cell=lambda row: row.item.title),
                Column(label=_l("Rank"), cell=lambda row: row.item.rank),
                Column(label=_l("When"), cell=lambda row: actor_parts.span(row.item)),
                Column(label=_l("Support"), cell=lambda row: row.item.confidence, kind="state"),
            ),
            link=lambda row: asked.way("suspects", row.other.reference),
            empty=_l("No post is recorded. Posts are recorded on the page of the person who held them."),
        ),
        actor_parts.INCIDENTS,
        actor_parts.ALLEGATIONS,
    ),
    actions=(
        Action(
            name="add",
            label=_l("Record a unit"),
            scope=Scope.LIST,
            fields=(asked.home(), *UNIT, *governance()),
            run=asked.stating(units.add_unit),
        ),
        Action(
            name="amend",
            label=_l("Change"),
            fields=(*UNIT, *governance(is_amended=True)),
            amends=True,
            run=amender(units.amend_unit),
            is_main=True,
        ),
    ),
)
