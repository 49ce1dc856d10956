"""Companies that made, sold or shipped a part, or own one that did."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from evidence_tracker.casework.actors import companies, queries
from evidence_tracker.casework.actors.models import Company
from evidence_tracker.custody.events import Actor
from evidence_tracker.web.fields import Field, Long, Text, governance
from evidence_tracker.web.forms import amender
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
    Tab,
    entered,
    titled,
)
from evidence_tracker.web.rooms import actor_parts, asked

COMPANY: tuple[Field, ...] = (
    *actor_parts.NAMED,
    Text(name="registration_number", label=_l("Number in the company register")),
    Text(
        name="registration_country", label=_l("Country of the register"), help=_l("Two letters: NL, CN, RU.")
    ),
    Text(
        name="headquarters_country",
        label=_l("Country it is run from"),
        help=_l("Two letters. It says nothing of where a part was made."),
    ),
    Text(name="address", label=_l("Address")),
    Text(name="ownership", label=_l("Who owns it")),
    Long(name="description", label=_l("What else is known"), rows=4),
    actor_parts.SOURCE,
)


def _holders(session: Session, row: Company, actor: Actor) -> Sequence[Pair]:
    return [Pair(post, suspect) for post, suspect in queries.holders(session, row, actor=actor)]


ROOM = Room(
    name="companies",
    icon="building-factory-2",
    one=_l("company"),
    many=_l("Companies"),
    intro=_l("Who made, sold or shipped a part, or owns a company that did."),
    model=Company,
    find=queries.find_company,
    title=lambda row: str(row.name),
    status=lambda _row: None,
    listing=Listing(
        page=queries.page_companies,
        sorts=(*entered(), *titled("name")),
        columns=(
            Column(name="name", label=_l("Name"), cell=actor_parts.called),
            Column(name="headquarters", label=_l("Run from"), cell=lambda row: row.headquarters_country),
            Column(
                name="registered_in",
                label=_l("Registered in"),
                cell=lambda row: row.registration_country,
                is_narrow=True,
            ),
            Column(
                name="register_number",
                label=_l("Register number"),
                cell=lambda row: row.registration_number,
                is_narrow=True,
            ),
        ),
        filters=(
            actor_parts.CALLED,
            Filter(
                name="headquarters_country",
                label=_l("Run from"),
                says=_l("run from %(words)s"),
                read=str.upper,
            ),
        ),
        is_scoped=True,
        empty=_l("No company yet. A part that is found leads to whoever made it."),
    ),
    facts=(
        Facts(
            title=_l("Which company it is"),
            names=(
                *("name_latin", "name_language", "registration_number", "registration_country"),
                *("headquarters_country", "address", "ownership", "description", "source"),
            ),
        ),
    ),
    tabs=(Tab(name="links", title=_l("Incidents")),),
    sections=(
        actor_parts.NAMES,
        actor_parts.IDENTIFIERS,
        Section(
            name="holders",
            title=_l("Who held which post"),
            rows=_holders,
            columns=(
                Column(label=_l("Person"), cell=lambda row: row.other.reference, kind="ref"),
                Column(label=_l("Name"), cell=lambda row: actor_parts.called(row.other)),
                Column(label=_l("Post"), cell=lambda row: row.item.title),
                Column(label=_l("When"), cell=lambda row: actor_parts.span(row.item)),
                Column(label=_l("Support"), cell=lambda row: row.item.confidence, kind="state"),
            ),
            link=lambda row: asked.way("suspects", row.other.reference),
            empty=_l("No post is recorded. Posts are recorded on the page of the person who held them."),
        ),
        actor_parts.INCIDENTS,
    ),
    actions=(
        Action(
            name="add",
            label=_l("Record a company"),
            scope=Scope.LIST,
            fields=(asked.home(), *COMPANY, *governance()),
            run=asked.stating(companies.add_company),
        ),
        Action(
            name="amend",
            label=_l("Change"),
            fields=(*COMPANY, *governance(is_amended=True)),
            amends=True,
            run=amender(companies.amend_company),
            is_main=True,
        ),
    ),
)
