"""What is done for a person: threats assessed, incidents noted, help offered; and who is linked to whom."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from evidence_tracker.casework.actors.models import Suspect
from evidence_tracker.casework.parties.queries import parties_by_id
from evidence_tracker.casework.persons import links, protection, queries, referrals
from evidence_tracker.casework.persons.models import (
    ActorRelation,
    Need,
    Person,
    ProtectionIncidentKind,
    ProtectionLevel,
    ReferralOutcome,
    ThreatLevel,
)
from evidence_tracker.custody.events import Actor
from evidence_tracker.values.moment import Moment
from evidence_tracker.web.fields import Day, Field, Long, Number, Text, When, Word, YesNo
from evidence_tracker.web.forms import amender
from evidence_tracker.web.kinds import Action, Beside, Column, Deed, Pair, Scope, Section, Tab, ongoing
from evidence_tracker.web.rooms import asked

PROTECTION = Tab(name="protection", title=_l("Protection"))

THREAT: tuple[Field, ...] = (
    Word(name="threat_level", label=_l("How likely and how grave harm is"), enum=ThreatLevel, required=True),
    Long(name="threats", label=_l("What threatens the person"), required=True, rows=4),
    Text(name="threat_actors", label=_l("From whom")),
    Long(name="measures", label=_l("What is done about it"), rows=3),
    YesNo(name="wishes_anonymity", label=_l("The person wishes to stay anonymous")),
    Number(name="contact_interval_days", label=_l("Days between two contacts")),
    Day(name="assessed_on", label=_l("Assessed on"), help=_l("Without a day: today.")),
    Day(name="review_on", label=_l("To be looked at again on"), required=True),
)
INCIDENT: tuple[Field, ...] = (
    Word(name="kind", label=_l("What happened"), enum=ProtectionIncidentKind, required=True),
    When(name="happened", label=_l("When"), required=True),
    Long(name="description", label=_l("In words"), help=_l("No names."), required=True, rows=3),
    Long(name="response", label=_l("What was done about it"), rows=2),
    Text(name="reported_to", label=_l("To whom it was reported")),
)
_FOLLOW_UP = Day(name="follow_up_on", label=_l("Ask again on"))
_NOTE = Text(name="note", label=_l("Note"), help=_l("No names, no diagnosis."))
_PROVIDER = asked.party("provider", label=_l("Who helps (reference of a party)"))


def _facts(deed: Deed) -> dict[str, Any]:
    return {name: value for name, value in deed.stated.items() if value is not None}


def _assess(deed: Deed) -> Any:
    care = deed.took("protection_level")
    return protection.assess_threat(
        deed.session, deed.row, _facts(deed), actor=deed.actor, protection_level=care
    )


def _note_incident(deed: Deed) -> Any:
    return protection.record_protection_incident(deed.session, deed.row, _facts(deed), actor=deed.actor)


def _offer(deed: Deed) -> Any:
    offered = deed.took("offered") or Moment.at(asked.now())
    return referrals.offer_referral(deed.session, deed.row, offered=offered, actor=deed.actor, **_facts(deed))


def _answer(deed: Deed) -> Any:
    outcome = deed.took("outcome")
    return referrals.answer_referral(
        deed.session, deed.item, outcome, actor=deed.actor, expected_version=deed.version, **_facts(deed)
    )


def _link(deed: Deed) -> Any:
    return links.link_suspect(deed.session, deed.row, deed.took("suspect"), actor=deed.actor, **_facts(deed))


def _end_link(deed: Deed) -> Any:
    return links.end_link(
        deed.session,
        deed.item,
        reason=deed.stated["reason"],
        actor=deed.actor,
        expected_version=deed.version,
    )


def _assessments(session: Session, row: Person, actor: Actor) -> Sequence[Any]:
    return queries.assessments(session, row, actor=actor)


def _incidents(session: Session, row: Person, actor: Actor) -> Sequence[Any]:
    return queries.incidents(session, row, actor=actor)


def _referrals(session: Session, row: Person, actor: Actor) -> Sequence[Beside]:
    found = queries.referrals(session, row, actor=actor)
    helping = parties_by_id(session, {one.provider_id for one in found if one.provider_id}, actor=actor)
    return [Beside(one, helping.get(one.provider_id) if one.provider_id else None) for one in found]


def _suspects(session: Session, row: Person, actor: Actor) -> Sequence[Pair]:
    return [Pair(link, suspect) for link, suspect in queries.linked_suspects(session, row, actor=actor)]


def is_due(day: Any) -> bool:
    """Say whether a day of review or follow-up has come."""
    return day is not None and day <= asked.now().date()


THREATS = Section(
    name="threats",
    title=_l("What threatens the person"),
    tab=PROTECTION.name,
    rows=_assessments,
    template="rooms/people_threats.html",
    empty=_l("Nobody has assessed yet what threatens the person."),
    actions=(
        Action(
            name="assess",
            label=_l("Assess the threat"),
            scope=Scope.SECTION,
            fields=(
                *THREAT,
                Word(
                    name="protection_level",
                    label=_l("Care that every step needs from now on"),
                    enum=ProtectionLevel,
                    help=_l("Without a word it stays as it is."),
                ),
            ),
            run=_assess,
            help=_l("Earlier assessments stay on record; the newest is the one in force."),
        ),
    ),
    item_actions=(
        Action(
            name="amend",
            label=_l("Correct"),
            scope=Scope.ITEM,
            fields=THREAT,
            amends=True,
            run=amender(protection.amend_assessment),
            help=_l("Only what was written down wrongly. A new judgement is a new assessment."),
        ),
    ),
)
INCIDENTS = Section(
    name="happened",
    title=_l("What happened to the person because of the work"),
    tab=PROTECTION.name,
    rows=_incidents,
    columns=(
        Column(label=_l("What"), cell=lambda row: row.kind),
        Column(label=_l("When"), cell=lambda row: row.happened),
        Column(label=_l("In words"), cell=lambda row: row.description, kind="words"),
        Column(label=_l("What was done"), cell=lambda row: row.response),
        Column(label=_l("Reported to"), cell=lambda row: row.reported_to),
    ),
    empty=_l("Nothing is known to have happened."),
    actions=(
        Action(
            name="note",
            label=_l("Note what happened"),
            scope=Scope.SECTION,
            fields=INCIDENT,
            run=_note_incident,
        ),
    ),
    item_actions=(
        Action(
            name="amend",
            label=_l("Complete or correct"),
            scope=Scope.ITEM,
            fields=INCIDENT,
            amends=True,
            run=amender(protection.amend_protection_incident),
        ),
    ),
)
REFERRALS = Section(
    name="referrals",
    title=_l("Help offered"),
    tab=PROTECTION.name,
    rows=_referrals,
    columns=(
        Column(label=_l("For"), cell=lambda row: row.need),
        Column(label=_l("Offered"), cell=lambda row: row.offered),
        Column(label=_l("Answer"), cell=lambda row: row.outcome, kind="state"),
        Column(label=_l("Who helps"), cell=lambda row: row.beside.name_latin if row.beside else None),
        Column(label=_l("May be told who comes"), cell=lambda row: row.consent_to_share),
        Column(label=_l("Ask again on"), cell=lambda row: row.follow_up_on),
        Column(label=_l("Note"), cell=lambda row: row.note),
    ),
    empty=_l("No help was offered yet."),
    actions=(
        Action(
            name="offer",
            label=_l("Record an offer of help"),
            scope=Scope.SECTION,
            fields=(
                Word(name="need", label=_l("For what"), enum=Need, required=True),
                _PROVIDER,
                When(name="offered", label=_l("Offered on"), help=_l("Without a day: now.")),
                _FOLLOW_UP,
                _NOTE,
            ),
            run=_offer,
            help=_l("Nothing is shared by this. Sharing anything with who helps needs consent of its own."),
        ),
    ),
    item_actions=(
        Action(
            name="answer",
            label=_l("Record the answer"),
            scope=Scope.ITEM,
            fields=(
                Word(
                    name="outcome",
                    label=_l("What the person said"),
                    enum=ReferralOutcome,
                    only=(ReferralOutcome.ACCEPTED, ReferralOutcome.DECLINED),
                    required=True,
                    widget="radio",
                ),
                _PROVIDER,
                YesNo(
                    name="consent_to_share",
                    label=_l("Who helps may be told who comes"),
                    help=_l("Only with an acceptance, and only this one party."),
                ),
                _FOLLOW_UP,
            ),
            run=_answer,
        ),
        Action(
            name="amend",
            label=_l("Move or note"),
            scope=Scope.ITEM,
            fields=(_FOLLOW_UP, _NOTE),
            amends=True,
            run=amender(referrals.amend_referral),
        ),
    ),
)
SUSPECTS = Section(
    name="suspects",
    title=_l("Links to named suspects"),
    tab="links",
    rows=_suspects,
    columns=(
        Column(label=_l("Suspect"), cell=lambda row: row.other.reference, kind="ref"),
        Column(label=_l("Name"), cell=lambda row: row.other.name_latin),
        Column(label=_l("Tie"), cell=lambda row: row.item.relation),
        Column(label=_l("How it is known"), cell=lambda row: row.item.basis),
        Column(label=_l("Level"), cell=lambda row: row.item.level, kind="level"),
        Column(label=_l("Ended"), cell=lambda row: row.item.ended_at),
    ),
    link=lambda row: asked.way("suspects", row.other.reference),
    empty=_l("No link to a suspect that you may see."),
    actions=(
        Action(
            name="add",
            label=_l("Link to a suspect"),
            scope=Scope.SECTION,
            fields=(
                asked.ref("suspect", _l("Suspect"), Suspect, lambda row: row.name_latin, required=True),
                Word(name="relation", label=_l("What ties the two"), enum=ActorRelation, required=True),
                Text(name="basis", label=_l("How this is known"), required=True),
            ),
            run=_link,
            help=_l("The link is RESTRICTED or higher, since it can unmask both."),
        ),
    ),
    item_actions=(
        Action(
            name="end",
            label=_l("End"),
            scope=Scope.ITEM,
            when=ongoing,
            fields=(asked.reason(),),
            run=_end_link,
            help=_l("It stays on record with the reason."),
        ),
    ),
)
