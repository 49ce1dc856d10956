"""Named persons who are said to have acted or commanded: with what allows us to hold it, and their posts."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy.orm import Session

from evidence_tracker.access.levels import Level
from evidence_tracker.casework.actors import queries, suspects
from evidence_tracker.casework.actors.models import Company, OffenceBasis, Suspect, SuspectCapacity, Unit
from evidence_tracker.custody.events import Actor
from evidence_tracker.web.fields import Field, Long, Tags, Text, When, Where, Word, governance, level
from evidence_tracker.web.forms import amender, runner
from evidence_tracker.web.kinds import (
    Action,
    Column,
    Facts,
    Filter,
    Listing,
    Pair,
    Room,
    Scope,
    Section,
    entered,
    titled,
)
from evidence_tracker.web.rooms import actor_parts, asked

_LAWFUL = _l("What allows us to hold this")
_ABOUT = _l("What is known of them")

_BASIS = Word(
    name="offence_basis",
    label=_l("Kind of permission"),
    enum=OffenceBasis,
    required=True,
    source="GDPR 10",
    group=_LAWFUL,
)
SUSPECT: tuple[Field, ...] = (
    Word(
        name="capacity",
        label=_l("Recorded as"),
        enum=SuspectCapacity,
        required=True,
        default=SuspectCapacity.SUSPECT.value,
    ),
    *actor_parts.NAMED,
    actor_parts.SOURCE,
    Tags(
        name="nationalities",
        label=_l("Nationalities"),
        help=_l("Two letters each: RU, BY."),
        group=_ABOUT,
    ),
    Text(name="gender", label=_l("Gender"), group=_ABOUT),
    When(name="born_on", label=_l("Date of birth"), group=_ABOUT),
    Where(name="birthplace", label=_l("Place of birth"), group=_ABOUT),
    Text(name="address", label=_l("Address"), group=_ABOUT),
    Long(name="description", label=_l("What else is known"), rows=4, group=_ABOUT),
)
LAWFUL: tuple[Field, ...] = (
    _BASIS,
    Text(
        name="legal_basis",
        label=_l("The provision"),
        help=_l("Ask the legal officer. Nothing is stored without it."),
        required=True,
        group=_LAWFUL,
    ),
    Text(name="purpose", label=_l("Purpose of the processing"), group=_LAWFUL),
)
POSITION: tuple[Field, ...] = (
    Text(name="title", label=_l("Post"), required=True),
    Text(name="rank", label=_l("Rank")),
    *actor_parts.SPAN,
    actor_parts.SOURCE,
    actor_parts.CONFIDENCE,
)


def _positions(session: Session, row: Suspect, actor: Actor) -> Sequence[Pair]:
    return [Pair(post, place) for post, place in queries.positions_of(session, row, actor=actor)]


def _post(row: Pair) -> Markup:
    post = row.item
    named = f"{post.title}, {post.rank}" if post.rank else post.title
    source = _l("according to %(source)s", source=post.source)
    return Markup('{} <span class="also" dir="auto">{}</span>').format(named, source)


def _place_way(row: Pair) -> str | None:
    return asked.way("units" if isinstance(row.other, Unit) else "companies", row.other.reference)


ROOM = Room(
    name="suspects",
    icon="user-question",
    one=_l("suspect"),
    many=_l("Suspects"),
    intro=_l("Named suspects, commanders and officials. A name here is an allegation, not a finding."),
    model=Suspect,
    find=queries.find_suspect,
    title=lambda row: str(row.name),
    status=lambda row: row.capacity,
    template="rooms/suspects.html",
    listing=Listing(
        page=queries.page_suspects,
        sorts=(*entered(), *titled("name")),
        columns=(
            Column(name="name", label=_l("Name"), cell=actor_parts.called),
            Column(name="capacity", label=_l("Recorded as"), cell=lambda row: row.capacity),
            Column(
                name="nationalities",
                label=_l("Nationalities"),
                cell=lambda row: row.nationalities,
                is_narrow=True,
            ),
        ),
        filters=(
            actor_parts.CALLED,
            Filter(
                name="capacity",
                label=_l("Recorded as"),
                says="%(words)s",
                enum=SuspectCapacity,
                read=SuspectCapacity,
            ),
        ),
        is_scoped=True,
        empty=_l("Nobody is recorded. It takes a legal basis to hold a name in connection with an offence."),
    ),
    facts=(
        Facts(
            title=_l("Who it is"),
            names=("name_latin", "name_language", "capacity", "source"),
        ),
        Facts(
            title=_ABOUT,
            names=("nationalities", "gender", "born_on", "birthplace", "address", "description"),
        ),
    ),
    tabs=(actor_parts.LINKS,),
    sections=(
        Section(
            name="positions",
            title=_l("Posts"),
            rows=_positions,
            columns=(
                Column(label=_l("Post"), cell=_post),
                Column(
                    label=_l("In"),
                    cell=lambda row: (f"{row.other.reference} {row.other.name_latin}", _place_way(row)),
                    kind="link",
                ),
                Column(label=_l("When"), cell=lambda row: actor_parts.span(row.item)),
                Column(label=_l("Support"), cell=lambda row: row.item.confidence, kind="state"),
            ),
            empty=_l("No post is recorded."),
            actions=(
                Action(
                    name="add",
                    label=_l("Record a post"),
                    scope=Scope.SECTION,
                    fields=(
                        asked.ref("unit", _l("In this unit"), Unit, lambda row: row.name_latin),
                        asked.ref("company", _l("Or in this company"), Company, lambda row: row.name_latin),
                        *POSITION,
                    ),
                    run=asked.stating(suspects.record_position, "unit", "company"),
                    help=_l("A post is held in one unit or in one company."),
                ),
            ),
            item_actions=(
                Action(
                    name="amend",
                    label=_l("Change"),
                    scope=Scope.ITEM,
                    fields=(*POSITION, *governance(is_amended=True)),
                    amends=True,
                    run=amender(suspects.amend_position),
                ),
                Action(
                    name="end",
                    label=_l("Withdraw"),
                    scope=Scope.ITEM,
                    fields=(asked.reason(),),
                    run=runner(suspects.end_position),
                    help=_l("Only what was wrong. That somebody left a post is its last day."),
                ),
            ),
        ),
        actor_parts.NAMES,
        actor_parts.IDENTIFIERS,
        actor_parts.INCIDENTS,
        actor_parts.ALLEGATIONS,
    ),
    actions=(
        Action(
            name="add",
            label=_l("Record a named person"),
            scope=Scope.LIST,
            fields=(
                asked.home(),
                *LAWFUL,
                level(default=Level.RESTRICTED.value, group=_LAWFUL),
                *SUSPECT,
            ),
            run=asked.stating(suspects.add_suspect),
            help=_l(
                "Somebody who is said to have acted or commanded. People to be protected are under People."
            ),
        ),
        Action(
            name="amend",
            label=_l("Change"),
            fields=(*LAWFUL, level(group=_LAWFUL, required=True), *SUSPECT),
            amends=True,
            run=amender(suspects.amend_suspect),
            is_main=True,
        ),
    ),
)
