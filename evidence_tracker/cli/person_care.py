"""What is done for a person: threats assessed, incidents noted, help offered; links to suspects."""

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar

import click

from evidence_tracker.access.models import Record
from evidence_tracker.access.stated import moment
from evidence_tracker.casework.actors.queries import find_suspect
from evidence_tracker.casework.parties.queries import find_party
from evidence_tracker.casework.persons import links, protection, queries, referrals
from evidence_tracker.casework.persons.models import (
    ActorRelation,
    Need,
    ProtectionIncidentKind,
    ProtectionLevel,
    Referral,
    ReferralOutcome,
    ThreatAssessment,
    ThreatLevel,
)
from evidence_tracker.casework.persons.stating import day
from evidence_tracker.cli.door import Door, group, pass_door
from evidence_tracker.cli.stating import changes, facts, highest, told, version, view, words
from evidence_tracker.errors import NotFound

threat = group("threat", "Threat assessments: from whom, how grave, what is done, when it is reviewed.")
incident = group("incident", "What happened to a person who needs protection, and the answer to it.")
referral = group("referral", "Help offered: medical, psychological, legal, protection, material.")
link = group("link", "Restricted links of a person to named suspects.")
GROUPS = (threat, incident, referral, link)

AnyRow = TypeVar("AnyRow", bound=Record)
_NUMBER = "Rows of a person are numbered from the oldest, 1; 'list' shows the numbers."


@threat.command("add")
@click.argument("code")
@click.option("--threat", "threat_level", type=words(ThreatLevel), help="How likely and how grave harm is.")
@click.option("--threats", help="What threatens.")
@click.option("--from-whom", "threat_actors", help="From whom.")
@click.option("--measures", help="What is done about it.")
@click.option("--anonymous/--named", "wishes_anonymity", default=None, help="What the person wishes.")
@click.option("--contact-every", "contact_interval_days", type=int, help="Days between two contacts.")
@click.option("--review-on", help="Day of the next review.")
@click.option(
    "--protection", "care", type=words(ProtectionLevel), help="Set the person's protection level too."
)
@facts
@pass_door
def add_threat(door: Door, /, code: str, care: str | None, **given: Any) -> None:
    """Assess what threatens a person; the newest assessment is in force."""
    stated = told(door, given.pop("source"), given.pop("settings"), given)
    level = ProtectionLevel(care) if care else None
    with door.acting() as (session, actor):
        row = queries.find_person(session, code, actor=actor)
        made = protection.assess_threat(session, row, stated, actor=actor, protection_level=level)
        answer = view(made, code=row.code)
    door.say(
        answer,
        f"The threat to {row.code} is {answer['threat_level']}; to be reviewed on {answer['review_on']}.",
    )


@threat.command("list")
@click.argument("code")
@pass_door
def list_threats(door: Door, code: str) -> None:
    """List the assessments of a person, newest first."""
    _list(
        door,
        code,
        queries.assessments,
        ["number", "assessed_on", "threat_level", "threats", "measures", "review_on"],
    )


@threat.command("amend", epilog=_NUMBER)
@click.argument("code")
@click.argument("number", type=int)
@changes
@pass_door
def amend_threat(
    door: Door, code: str, number: int, source: str | None, settings: tuple[str, ...], expected: int | None
) -> None:
    """Correct an assessment; a new judgement is a new assessment."""
    stated = told(door, source, settings)
    with door.acting() as (session, actor):
        row = queries.find_person(session, code, actor=actor)
        found = _numbered(queries.assessments(session, row, actor=actor), number)
        answer = view(
            protection.amend_assessment(session, found, stated, actor=actor, expected_version=expected)
        )
    door.say(answer, f"Assessment {number} of {row.code} is at version {answer['version']}.")


@incident.command("add")
@click.argument("code")
@click.option("--kind", type=words(ProtectionIncidentKind), help="What happened.")
@click.option("--happened", help="When, as exactly as is known.")
@click.option("--description", help="In words.")
@click.option("--response", help="What was done about it.")
@click.option("--reported-to", help="To whom it was reported.")
@facts
@pass_door
def add_incident(door: Door, /, code: str, **given: Any) -> None:
    """Note what happened to a person because of, or during, the work."""
    stated = told(door, given.pop("source"), given.pop("settings"), given)
    with door.acting() as (session, actor):
        row = queries.find_person(session, code, actor=actor)
        answer = view(protection.record_protection_incident(session, row, stated, actor=actor), code=row.code)
    door.say(answer, f"Noted for {row.code}: {answer['kind']}.")


@incident.command("list")
@click.argument("code")
@pass_door
def list_incidents(door: Door, code: str) -> None:
    """List what happened to a person, newest first."""
    _list(door, code, queries.incidents, ["number", "when", "kind", "description", "response", "reported_to"])


@incident.command("amend", epilog=_NUMBER)
@click.argument("code")
@click.argument("number", type=int)
@changes
@pass_door
def amend_incident(
    door: Door, code: str, number: int, source: str | None, settings: tuple[str, ...], expected: int | None
) -> None:
    """Correct or complete an incident."""
    stated = told(door, source, settings)
    with door.acting() as (session, actor):
        row = queries.find_person(session, code, actor=actor)
        found = _numbered(queries.incidents(session, row, actor=actor), number)
        answer = view(
            protection.amend_protection_incident(
                session, found, stated, actor=actor, expected_version=expected
            )
        )
    door.say(answer, f"Incident {number} of {row.code} is at version {answer['version']}.")


@referral.command("offer")
@click.argument("code")
@click.option("--need", required=True, type=words(Need), help="For what.")
@click.option("--provider", help="Reference of the party that helps.")
@click.option("--on", "offered", help="When it was offered; by default now.")
@click.option("--follow-up-on", help="Day to ask again.")
@click.option("--note", help="No names, no diagnosis.")
@pass_door
def offer(door: Door, /, code: str, need: str, provider: str | None, **given: Any) -> None:
    """Record that help was offered; nothing is shared by this."""
    with door.acting() as (session, actor):
        row = queries.find_person(session, code, actor=actor)
        made = referrals.offer_referral(
            session,
            row,
            need=Need(need),
            offered=moment(given["offered"] or door.instance.clock.now(), "moment of the offer"),
            provider=find_party(session, provider, actor=actor) if provider else None,
            follow_up_on=_day(given["follow_up_on"]),
            note=given["note"],
            actor=actor,
        )
        answer = view(made, code=row.code)
    door.say(answer, f"{need.capitalize()} help was offered to {row.code}.")


@referral.command("answer", epilog=_NUMBER)
@click.argument("code")
@click.argument("number", type=int)
@click.option(
    "--accepted/--declined", "is_accepted", required=True, default=None, help="What the person said."
)
@click.option("--provider", help="Reference of the party that helps.")
@click.option(
    "--may-share/--may-not-share", "may_share", default=None, help="May the provider be told who comes?"
)
@click.option("--follow-up-on", help="Day to ask again.")
@version
@pass_door
def answer_offer(
    door: Door, /, code: str, number: int, is_accepted: bool, provider: str | None, **given: Any
) -> None:
    """Record what the person said to an offer."""
    with door.acting() as (session, actor):
        row = queries.find_person(session, code, actor=actor)
        found = _numbered(queries.referrals(session, row, actor=actor), number)
        referrals.answer_referral(
            session,
            found,
            ReferralOutcome.ACCEPTED if is_accepted else ReferralOutcome.DECLINED,
            provider=find_party(session, provider, actor=actor) if provider else None,
            consent_to_share=given["may_share"],
            follow_up_on=_day(given["follow_up_on"]),
            expected_version=given["expected"],
            actor=actor,
        )
        answer = view(found, code=row.code)
    door.say(answer, f"Referral {number} of {row.code} is {answer['outcome']}.")


@referral.command("amend", epilog=_NUMBER)
@click.argument("code")
@click.argument("number", type=int)
@changes
@pass_door
def amend_referral(
    door: Door, code: str, number: int, source: str | None, settings: tuple[str, ...], expected: int | None
) -> None:
    """Move the follow-up of a referral, or correct its note."""
    stated = told(door, source, settings)
    with door.acting() as (session, actor):
        row = queries.find_person(session, code, actor=actor)
        found = _numbered(queries.referrals(session, row, actor=actor), number)
        answer = view(
            referrals.amend_referral(session, found, stated, actor=actor, expected_version=expected)
        )
    door.say(answer, f"Referral {number} of {row.code} is at version {answer['version']}.")


@referral.command("list")
@click.argument("code")
@pass_door
def list_referrals(door: Door, code: str) -> None:
    """List the help offered to a person, newest first."""
    _list(
        door,
        code,
        queries.referrals,
        ["number", "when", "need", "outcome", "consent_to_share", "follow_up_on"],
    )


@link.command("add")
@click.argument("code")
@click.argument("suspect")
@click.option("--relation", required=True, type=words(ActorRelation), help="What ties the two.")
@click.option("--basis", required=True, help="How this is known.")
@pass_door
def add_link(door: Door, code: str, suspect: str, relation: str, basis: str) -> None:
    """Join a person to a named suspect; the link is RESTRICTED or higher."""
    with door.acting() as (session, actor):
        row = queries.find_person(session, code, actor=actor)
        found = find_suspect(session, suspect, actor=actor)
        made = links.link_suspect(
            session, row, found, relation=ActorRelation(relation), basis=basis, actor=actor
        )
        answer = view(made, code=row.code, suspect=found.reference)
    door.say(answer, f"{row.code} is linked to {found.reference}: {relation}.")


@link.command("list")
@click.argument("code")
@pass_door
def list_links(door: Door, code: str) -> None:
    """List the links of a person to suspects, ended ones too."""
    _list(door, code, queries.suspect_links, ["number", "relation", "suspect_id", "basis", "ended_at"])


@link.command("end", epilog=_NUMBER)
@click.argument("code")
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Why it does not hold.")
@pass_door
def end_link(door: Door, code: str, number: int, reason: str) -> None:
    """End a link that does not hold (any more); it stays on record."""
    with door.acting() as (session, actor):
        row = queries.find_person(session, code, actor=actor)
        found = _numbered(queries.suspect_links(session, row, actor=actor), number)
        answer = view(links.end_link(session, found, reason=reason, actor=actor), code=row.code)
    door.say(answer, f"Link {number} of {row.code} has ended.")


def show_due(door: Door, until: str | None) -> None:
    """List reviews and follow-ups that are due on or before a day."""
    on = _day(until) or door.instance.clock.now().date()
    with door.reading() as (session, actor):
        reviews = queries.reviews_due(session, on=on, actor=actor, limit=1000)
        follow_ups = queries.follow_ups_due(session, on=on, actor=actor, limit=1000)
        found: list[tuple[date | None, str, ThreatAssessment | Referral]] = [
            *((row.review_on, "review", row) for row in reviews),
            *((row.follow_up_on, "follow up", row) for row in follow_ups),
        ]
        codes = queries.codes_of(session, {row.person_id for _, _, row in found}, actor=actor)
    door.note_reading("what is due for persons", highest([row for _, _, row in found]))
    shown = [
        {"due_on": str(on_day), "code": codes.get(row.person_id), "what": what}
        for on_day, what, row in sorted(found, key=lambda one: str(one[0]))
    ]
    door.table(shown, ["due_on", "code", "what"], empty="Nothing is due.")


def summary(row: Referral) -> str:
    """Return a referral in three words."""
    return f"{row.need.value}: {row.outcome.value}"


def _list(door: Door, code: str, question: Any, columns: list[str]) -> None:
    with door.reading() as (session, actor):
        row = queries.find_person(session, code, actor=actor)
        found: Sequence[Any] = question(session, row, actor=actor)
    door.note_reading(f"person {row.code}", highest([row, *found]))
    shown = [view(one, number=len(found) - at, when=_when(one)) for at, one in enumerate(found)]
    door.table(shown, columns)


def _when(row: Any) -> str | None:
    stated = getattr(row, "happened", None) or getattr(row, "offered", None)
    return str(stated) if stated else None


def _numbered(rows: Sequence[AnyRow], number: int) -> AnyRow:
    if not 1 <= number <= len(rows):
        raise NotFound(f"There is no number {number} here.", advice=_NUMBER)
    return rows[len(rows) - number]


def _day(stated: str | None) -> date | None:
    return None if stated is None else day(stated, "day")
