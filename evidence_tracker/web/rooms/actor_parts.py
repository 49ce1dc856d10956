"""What units, suspects and companies have in common: names in any script, identifiers, and where they stand."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy.orm import Session

from evidence_tracker.casework.actors import names, queries
from evidence_tracker.casework.actors.models import Confidence, IdentifierKind, NameKind
from evidence_tracker.casework.allegations import queries as allegations
from evidence_tracker.casework.incidents import queries as incidents
from evidence_tracker.custody.events import Actor
from evidence_tracker.web.fields import Field, Text, When, Word
from evidence_tracker.web.formats import moment
from evidence_tracker.web.forms import runner
from evidence_tracker.web.kinds import Action, Column, Filter, Pair, Scope, Section, Tab
from evidence_tracker.web.rooms import asked

MOST = 50

SOURCE = Text(
    name="source",
    label=_l("According to"),
    help=_l("Who or what says so: a document, an account, a register. Each statement has its own source."),
    required=True,
)
NAMED: tuple[Field, ...] = (
    Text(name="name", label=_l("Name, in its own script"), required=True),
    Text(
        name="name_latin",
        label=_l("Name in Latin letters"),
        help=_l("Needed where the name is not written in them."),
    ),
    Text(
        name="name_language",
        label=_l("Language of the name"),
        help=_l("A language tag: uk, ru, ka, kk-Cyrl."),
    ),
)
SPAN: tuple[Field, ...] = (
    When(name="since", label=_l("Since"), help=_l("As exactly as it is known. Nothing: not stated.")),
    When(name="until", label=_l("Until")),
)
CONFIDENCE = Word(
    name="confidence",
    label=_l("How well it is supported"),
    enum=Confidence,
    help=_l("Without a word it is unverified."),
)
LINKS = Tab(name="links", title=_l("Incidents and allegations"))
CALLED = Filter(name="called", label=_l("Name or number"), says=_l("called “%(words)s”"))


def called(row: Any) -> Markup:
    """Return both forms of a name, the one in Latin letters first."""
    if row.name == row.name_latin:
        return Markup("{}").format(row.name)
    return Markup('{} <span class="also" dir="auto">{}</span>').format(row.name_latin, row.name)


def span(row: Any) -> Any:
    """Return since when and until when, as far as either is stated."""
    if row.since is None and row.until is None:
        return None
    return Markup("{} – {}").format(moment(row.since) or "…", moment(row.until) or "…")


def _names(session: Session, row: Any, actor: Actor) -> Sequence[Any]:
    return queries.names_of(session, row, actor=actor)


def _identifiers(session: Session, row: Any, actor: Actor) -> Sequence[Any]:
    return queries.identifiers_of(session, row, actor=actor)


def _incidents(session: Session, row: Any, actor: Actor) -> Sequence[Pair]:
    found = incidents.links_of_actor(session, row, actor=actor, limit=MOST + 1)
    return [Pair(link, incident) for link, incident in found]


def _allegations(session: Session, row: Any, actor: Actor) -> Sequence[Pair]:
    found = allegations.namings_of(session, row, actor=actor, limit=MOST + 1)
    return [Pair(link, allegation) for link, allegation in found]


def asserted(row: Pair) -> Markup:
    """Return what a relation rests on and who asserted it."""
    by = _l("asserted by %(who)s", who=row.item.asserted_by)
    return Markup('{} <span class="also" dir="auto">{}</span>').format(row.item.basis, by)


NAMES = Section(
    name="names",
    title=_l("Further names"),
    rows=_names,
    columns=(
        Column(label=_l("Name"), cell=lambda row: row.text),
        Column(label=_l("Kind"), cell=lambda row: row.kind),
        Column(label=_l("Language"), cell=lambda row: row.language),
        Column(label=_l("According to"), cell=lambda row: row.source),
    ),
    empty=_l("No other name is known. Searches find each of them, in any script and case."),
    actions=(
        Action(
            name="add",
            label=_l("Add a name"),
            scope=Scope.SECTION,
            fields=(
                Text(name="text", label=_l("Name"), required=True),
                Word(name="kind", label=_l("In what sense it is a name"), enum=NameKind, required=True),
                Text(name="language", label=_l("Language"), help=_l("A language tag: uk, ru, ka, kk-Cyrl.")),
                Text(name="source", label=_l("According to")),
            ),
            run=runner(names.add_name),
        ),
    ),
    item_actions=(
        Action(
            name="end",
            label=_l("Withdraw"),
            scope=Scope.ITEM,
            fields=(asked.reason(),),
            run=runner(names.end_name),
            help=_l("Only a name that was recorded wrongly; one that was given up is a former name."),
        ),
    ),
)
IDENTIFIERS = Section(
    name="identifiers",
    title=_l("Numbers and handles"),
    rows=_identifiers,
    columns=(
        Column(label=_l("Value"), cell=lambda row: row.value),
        Column(label=_l("Kind"), cell=lambda row: row.kind),
        Column(label=_l("Issued by"), cell=lambda row: row.issuer),
        Column(label=_l("According to"), cell=lambda row: row.source),
    ),
    empty=_l("No number or handle is known."),
    actions=(
        Action(
            name="add",
            label=_l("Add a number"),
            scope=Scope.SECTION,
            fields=(
                Text(name="value", label=_l("Number or handle"), required=True),
                Word(name="kind", label=_l("What sort of number it is"), enum=IdentifierKind, required=True),
                Text(name="issuer", label=_l("Issued by")),
                Text(name="source", label=_l("According to")),
            ),
            run=runner(names.add_identifier),
        ),
    ),
    item_actions=(
        Action(
            name="end",
            label=_l("Withdraw"),
            scope=Scope.ITEM,
            fields=(asked.reason(),),
            run=runner(names.end_identifier),
            help=_l("Only a number that was recorded wrongly."),
        ),
    ),
)
INCIDENTS = Section(
    name="incidents",
    title=_l("Said to have had a part in"),
    tab=LINKS.name,
    rows=_incidents,
    most=MOST,
    columns=(
        Column(label=_l("Reference"), cell=lambda row: row.other.reference, kind="ref"),
        Column(label=_l("Incident"), cell=lambda row: row.other.title),
        Column(label=_l("When"), cell=lambda row: row.other.occurred),
        Column(label=_l("Part"), cell=lambda row: row.item.role),
        Column(label=_l("Basis"), cell=asserted),
        Column(label=_l("Support"), cell=lambda row: row.item.confidence, kind="state"),
    ),
    link=lambda row: asked.way("incidents", row.other.reference),
    empty=_l("Linked to no incident that you may see."),
)
ALLEGATIONS = Section(
    name="allegations",
    title=_l("Named under"),
    tab=LINKS.name,
    rows=_allegations,
    most=MOST,
    columns=(
        Column(label=_l("Reference"), cell=lambda row: row.other.reference, kind="ref"),
        Column(label=_l("Basis"), cell=asserted),
        Column(label=_l("Crime category"), cell=lambda row: row.other.code),
        Column(label=_l("Mode of liability"), cell=lambda row: row.item.mode_code),
        Column(label=_l("Support"), cell=lambda row: row.item.confidence, kind="state"),
        Column(label=_l("State"), cell=lambda row: row.other.status, kind="state"),
    ),
    link=lambda row: asked.way("allegations", row.other.reference),
    empty=_l("Named under no allegation that you may see."),
)
