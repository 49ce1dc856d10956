"""What hangs on an incident: the harm, who had a part, and what shows it; each link with who says so."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy.orm import Session

from evidence_tracker.casework.incidents import harm, links, queries
from evidence_tracker.casework.incidents.models import Incident, Stance
from evidence_tracker.custody.events import Actor
from evidence_tracker.web.kinds import Action, Column, Deed, Pair, Scope, Section
from evidence_tracker.web.rooms import asked
from evidence_tracker.web.rooms.incident_facts import ACTOR, CASUALTIES, PERSON, REMNANT, SHOWN
from evidence_tracker.web.words import said

#: The rooms in which the evidence and the actors of a link are opened.
OPENED_IN = {
    "exhibit": "evidence",
    "interview": "interviews",
    "capture": "captures",
    "unit": "units",
    "suspect": "suspects",
    "company": "companies",
}


#: A stance looks like the bearing that it would be.
_LOOKS = {
    Stance.SUPPORTS: "inculpatory",
    Stance.CONTRADICTS: "exculpatory",
    Stance.CONTEXT: "context",
}


def _pairs(question: Any) -> Any:
    def rows(session: Session, row: Incident, actor: Actor) -> Sequence[Pair]:
        return [Pair(item, other) for item, other in question(session, row, actor=actor)]

    return rows


def opened(pair: Pair) -> str | None:
    """Return the address of the evidence, unit, suspect or company behind a link."""
    return asked.way(OPENED_IN[str(pair.other.kind)], pair.other.reference)


def _named(pair: Pair) -> str:
    return str(pair.other.reference)


def _passage(pair: Pair) -> Markup:
    passage = Markup("{}").format(pair.item.citation)
    if pair.other.version == pair.item.evidence_version:
        return passage
    return passage + Markup(' <span class="also">{}</span>').format(gettext("changed since it was cited"))


def _stance(pair: Pair) -> Markup:
    stance = pair.item.stance
    return Markup('<span class="bearing bearing-{}">{}</span>').format(_LOOKS[stance], said(stance))


def _count(deed: Deed) -> Any:
    facts = {name: value for name, value in deed.stated.items() if value is not None}
    return harm.count_casualties(deed.session, deed.row, facts, actor=deed.actor)


def _number(row: Any) -> str:
    if row.count_max is None:
        return f"≥ {row.count_min}"
    return str(row.count_min) if row.count_min == row.count_max else f"{row.count_min}–{row.count_max}"


def _linking(act: Any, name: str) -> Any:
    def run(deed: Deed) -> Any:
        other = deed.took(name)
        facts = {key: value for key, value in deed.stated.items() if value is not None}
        return act(deed.session, deed.row, other, actor=deed.actor, **facts)

    return run


def _end(deed: Deed) -> Any:
    return links.end_link(
        deed.session,
        deed.item,
        reason=deed.stated["reason"],
        actor=deed.actor,
        expected_version=deed.version,
    )


END = Action(
    name="end",
    label=_l("End"),
    scope=Scope.ITEM,
    fields=(asked.reason(),),
    run=_end,
    help=_l("What does not hold is ended with a reason and stays on record; what is right is recorded anew."),
)


def _adding(name: str, label: Any, fields: Any, run: Any, **more: Any) -> Action:
    return Action(name=name, label=label, scope=Scope.SECTION, fields=fields, run=run, **more)


CASUALTIES_OF = Section(
    name="casualties",
    title=_l("Harm, as each source counts it"),
    rows=lambda session, row, actor: queries.casualties_of(session, row, actor=actor),
    columns=(
        Column(label=_l("What became of them"), cell=lambda row: row.harm),
        Column(label=_l("How many"), cell=_number),
        Column(label=_l("What they were"), cell=lambda row: row.category),
        Column(label=_l("Sex"), cell=lambda row: row.sex),
        Column(label=_l("Age"), cell=lambda row: row.age_band),
        Column(label=_l("Source"), cell=lambda row: row.basis),
    ),
    empty=_l("Nobody counted yet. Counts of different sources stand side by side and are never added up."),
    actions=(_adding("count", _l("Add a count"), CASUALTIES, _count),),
    item_actions=(END,),
)
ACTORS = Section(
    name="actors",
    title=_l("Said to have had a part"),
    rows=_pairs(queries.actors_of),
    link=opened,
    template="rooms/parties_to_it.html",
    is_aside=True,
    empty=_l("Nobody named."),
    actions=(_adding("link", _l("Name one"), ACTOR, _linking(links.link_actor, "bearer")),),
    item_actions=(END,),
)
PERSONS = Section(
    name="persons",
    title=_l("Persons"),
    rows=_pairs(queries.persons_of),
    columns=(Column(label=_l("Person"), cell=lambda pair: asked.person_link(pair.other)),),
    template="rooms/persons_in_it.html",
    is_aside=True,
    empty=_l("Nobody linked, or nobody whom you may see."),
    actions=(
        _adding(
            "link",
            _l("Link a person"),
            PERSON,
            _linking(links.link_person, "person"),
            help=_l("By code. The link is RESTRICTED or higher, whatever the incident is."),
        ),
    ),
    item_actions=(END,),
)
EVIDENCE = Section(
    name="evidence",
    title=_l("What shows it, and what contradicts it"),
    tab="evidence",
    rows=_pairs(queries.evidence_of),
    link=opened,
    columns=(
        Column(label=_l("Evidence"), cell=_named, kind="ref"),
        Column(label=_l("Shows"), cell=lambda pair: pair.item.shows),
        Column(label=_l("Passage"), cell=_passage),
        Column(label=_l("Stance"), cell=_stance),
        Column(label=_l("Asserted by"), cell=lambda pair: pair.item.asserted_by),
    ),
    empty=_l("No evidence linked yet."),
    actions=(
        _adding(
            "link",
            _l("Cite evidence"),
            SHOWN,
            _linking(links.link_evidence, "evidence"),
            help=_l("An exhibit, an interview or a capture: which passage, and what it shows."),
        ),
    ),
    item_actions=(END,),
)
REMNANTS = Section(
    name="remnants",
    title=_l("Remains of munitions"),
    tab="evidence",
    rows=_pairs(queries.remnants_of),
    columns=(
        Column(label=_l("Reference"), cell=_named, kind="ref"),
        Column(label=_l("What it is thought to be"), cell=lambda pair: pair.other.munition),
        Column(label=_l("Confidence"), cell=lambda pair: pair.other.confidence),
        Column(label=_l("Why it belongs here"), cell=lambda pair: pair.item.attribution),
    ),
    empty=_l("None attributed to it."),
    actions=(
        _adding("attribute", _l("Attribute remains"), REMNANT, _linking(links.link_remnant, "remnant")),
    ),
    item_actions=(END,),
)
SECTIONS = (CASUALTIES_OF, ACTORS, PERSONS, EVIDENCE, REMNANTS)
