"""Incidents: what is said to have happened, to whom, by whom, and what shows it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import click
from sqlalchemy.orm import Session

from evidence_tracker.access.compartments import find_compartment
from evidence_tracker.access.models import Record
from evidence_tracker.access.records import Governance
from evidence_tracker.access.stated import GOVERNED, read
from evidence_tracker.casework.actors.models import Confidence
from evidence_tracker.casework.actors.queries import find_actor
from evidence_tracker.casework.exhibits.queries import find_remnant
from evidence_tracker.casework.incidents import harm, links, queries, recording
from evidence_tracker.casework.incidents.evidence import find_evidence
from evidence_tracker.casework.incidents.models import (
    ActorRole,
    CasualtyAge,
    CasualtyCategory,
    Harm,
    Incident,
    IncidentKind,
    IncidentRole,
    Sex,
    Stance,
)
from evidence_tracker.casework.missions.models import Mission
from evidence_tracker.casework.missions.queries import find_mission
from evidence_tracker.casework.persons.queries import find_person
from evidence_tracker.cli.door import Door, group, pass_door
from evidence_tracker.cli.stating import (
    changes,
    facts,
    governance,
    highest,
    options,
    reason,
    told,
    version,
    view,
    words,
)
from evidence_tracker.custody.events import Actor
from evidence_tracker.values.moment import Moment

LINE = ("reference", "kind", "title", "occurred", "place", "level")

incident = group("incident", "Incidents: what is said to have happened; facts, no law.")

about = options(
    click.option("--title", help="Neutral title."),
    click.option("--kind", type=words(IncidentKind), help="What sort of thing, in plain words."),
    click.option(
        "--occurred", help="When: 2022-03, 2022-03-12T14:30, 'after 2022-03-12', 2022-03-01/2022-03-09."
    ),
    click.option("--zone", help="Time zone that was stated: Europe/Kyiv, +03:00."),
    click.option("--zone-basis", help="Why that zone."),
    click.option("--place", help="Name of the place as it was stated."),
    click.option("--country", help="Country of the place, two letters."),
    click.option("--narrative", help="What is said to have happened; facts, no law."),
    click.option("--basis", help="How it is known."),
)
asserted_by = click.option("--asserted-by", help="Who says so; by default you.")
passage = click.option(
    "--at",
    "citation",
    default="",
    help="Passage: 'p. 3', '00:02:14-00:02:40', 'para. 12', 'xywh=10,20,30,40'.",
)


@incident.command("add")
@click.option("--mission", help="Reference of the mission it came from.")
@click.option("--compartment", help="Reference of the compartment, where it is not the mission's.")
@about
@facts
@governance
@pass_door
def add(door: Door, /, mission: str | None, compartment: str | None, **given: Any) -> None:
    """Record an incident."""
    stated = _stated(door, given)
    with door.acting() as (session, actor):
        under = find_mission(session, mission, actor=actor) if mission else None
        home = find_compartment(session, compartment, actor=actor).id if compartment else None
        governed = _governed(stated, under)
        row = recording.record_incident(
            session, stated, actor=actor, mission=under, compartment_id=home, governance=governed
        )
        answer = view(row)
    door.say(answer, f"{answer['reference']} is recorded.")


@incident.command("show")
@click.argument("reference")
@pass_door
def show(door: Door, reference: str) -> None:
    """Show an incident with its casualties, persons, actors, remains and evidence."""
    with door.reading() as (session, actor):
        row = queries.find_incident(session, reference, actor=actor)
        answer, shown = _whole(session, row, actor)
    door.note_reading(f"incident {row.reference}", highest(shown))
    door.show(answer)


@incident.command("list")
@click.option("--mission", help="Only those of this mission.")
@click.option("--kind", type=words(IncidentKind), help="Only those of this kind.")
@click.option("--since", help="Only those that may have happened on or after this date.")
@click.option("--until", help="Only those that may have happened on or before this date.")
@click.option("--after", help="Reference of the last incident of the page before.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="Rows of a page.")
@pass_door
def list_all(
    door: Door,
    mission: str | None,
    kind: str | None,
    since: str | None,
    until: str | None,
    after: str | None,
    limit: int,
) -> None:
    """List incidents, newest first."""
    with door.reading() as (session, actor):
        last = queries.find_incident(session, after, actor=actor) if after else None
        rows = queries.list_incidents(
            session,
            actor=actor,
            mission=find_mission(session, mission, actor=actor) if mission else None,
            kind=IncidentKind(kind) if kind else None,
            since=Moment.parse(since).bounds()[0] if since else None,
            until=Moment.parse(until).bounds()[1] if until else None,
            after=(last.recorded_at, last.id) if last else None,
            limit=limit,
        )
        answer = [_line(row) for row in rows]
    door.table(answer, LINE)


@incident.command("amend")
@click.argument("reference")
@about
@changes
@governance
@pass_door
def amend(door: Door, /, reference: str, expected: int | None, **given: Any) -> None:
    """Correct or add facts; earlier versions stay in the custody log."""
    stated = _stated(door, given)
    with door.acting() as (session, actor):
        row = queries.find_incident(session, reference, actor=actor)
        recording.amend_incident(session, row, stated, actor=actor, expected_version=expected)
        answer = view(row)
    door.say(answer, f"{answer['reference']} is amended; this is version {answer['version']}.")


@incident.command("link")
@click.argument("reference")
@click.argument("evidence")
@click.option("--shows", required=True, help="What the passage shows.")
@click.option("--stance", type=words(Stance), required=True, help="What it does to the recorded facts.")
@passage
@asserted_by
@pass_door
def link(door: Door, /, reference: str, evidence: str, **stated: Any) -> None:
    """Link a passage of an exhibit, an interview or a capture, for or against the facts."""
    with door.acting() as (session, actor):
        row = queries.find_incident(session, reference, actor=actor)
        cited = find_evidence(session, evidence, actor=actor)
        answer = view(links.link_evidence(session, row, cited, actor=actor, **stated))
    door.say(answer, f"{evidence} is linked to {reference} (link {answer['id']}).")


@incident.command("casualty")
@click.argument("reference")
@click.option("--harm", type=words(Harm), help="What became of them.")
@click.option("--min", "count_min", type=int, help="The least that the source counts.")
@click.option("--max", "count_max", type=int, help="The most that the source counts, if it gives a bound.")
@click.option("--category", type=words(CasualtyCategory), help="What they were at the time.")
@click.option("--sex", type=words(Sex), help="Sex, as the source has it.")
@click.option("--age", "age_band", type=words(CasualtyAge), help="Age band.")
@click.option("--basis", help="Which source counts so.")
@facts
@pass_door
def casualty(
    door: Door, /, reference: str, source: str | None, settings: tuple[str, ...], **given: Any
) -> None:
    """Record how many were harmed, as one source counts them."""
    stated = told(door, source, settings, given)
    with door.acting() as (session, actor):
        row = queries.find_incident(session, reference, actor=actor)
        answer = view(harm.count_casualties(session, row, stated, actor=actor))
    door.say(answer, f"Counted for {reference} (count {answer['id']}).")


@incident.command("person")
@click.argument("reference")
@click.argument("code")
@click.option("--role", type=words(IncidentRole), required=True, help="What the person is to the incident.")
@click.option("--note", help="What should be known of it.")
@pass_door
def person(door: Door, reference: str, code: str, role: str, note: str | None) -> None:
    """Link a protected person; the link is RESTRICTED or higher."""
    with door.acting() as (session, actor):
        row = queries.find_incident(session, reference, actor=actor)
        linked = find_person(session, code, actor=actor)
        answer = view(links.link_person(session, row, linked, role=role, note=note, actor=actor))
    door.say(answer, f"{code} is linked to {reference} as {role} (link {answer['id']}).")


@incident.command("actor")
@click.argument("reference")
@click.argument("bearer")
@click.option("--role", type=words(ActorRole), required=True, help="What they are said to have done.")
@click.option("--confidence", type=words(Confidence), required=True, help="How well that is supported.")
@click.option("--basis", required=True, help="On what it rests.")
@asserted_by
@pass_door
def actor_(door: Door, /, reference: str, bearer: str, **stated: Any) -> None:
    """Record that a unit, suspect or company is said to have had a part."""
    with door.acting() as (session, actor):
        row = queries.find_incident(session, reference, actor=actor)
        named = find_actor(session, bearer, actor=actor)
        answer = view(links.link_actor(session, row, named, actor=actor, **stated))
    door.say(answer, f"{bearer} is linked to {reference} (link {answer['id']}).")


@incident.command("remnant")
@click.argument("reference")
@click.argument("remnant")
@click.option("--attribution", required=True, help="Why these remains belong to this incident.")
@pass_door
def remnant_(door: Door, reference: str, remnant: str, attribution: str) -> None:
    """Attribute remains of a munition to an incident."""
    with door.acting() as (session, actor):
        row = queries.find_incident(session, reference, actor=actor)
        found = find_remnant(session, remnant, actor=actor)
        answer = view(links.link_remnant(session, row, found, attribution=attribution, actor=actor))
    door.say(answer, f"{remnant} is attributed to {reference} (link {answer['id']}).")


@incident.command("end")
@click.argument("row_id", type=click.UUID)
@reason
@version
@pass_door
def end(door: Door, row_id: UUID, reason: str, expected: int | None) -> None:
    """End a link or a count that does not hold; it stays on record with the reason."""
    with door.acting() as (session, actor):
        row: Any = queries.find_hanging(session, row_id, actor=actor)
        answer = view(links.end_link(session, row, reason=reason, actor=actor, expected_version=expected))
    door.say(answer, "It has ended; it stays on record.")


def _stated(door: Door, given: dict[str, Any]) -> dict[str, Any]:
    """Return facts of an incident: a date with its zone and a place with its country become one each."""
    stated = told(door, given.pop("source"), given.pop("settings"), given)
    zone = {name: stated.pop(name) for name in ("zone", "zone_basis") if name in stated}
    if zone:
        when = stated.get("occurred")
        stated["occurred"] = {**(when if isinstance(when, dict) else {"value": when}), **zone}
    country = stated.pop("country", None)
    if country is not None:
        where = stated.get("place")
        stated["place"] = {
            **(where if isinstance(where, dict) else {"name": where or ""}),
            "country": country,
        }
    return stated


def _governed(stated: dict[str, Any], parent: Mission | None) -> Governance | None:
    named = {name: stated.pop(name) for name in GOVERNED if name in stated}
    if not named:
        return None
    base = Governance.of(parent) if parent is not None else Governance()
    whole = {"level": base.level, "purpose": base.purpose, "legal_basis": base.legal_basis, **named}
    return Governance(**read(whole, GOVERNED))


def _line(row: Incident) -> dict[str, Any]:
    return {
        "reference": row.reference,
        "kind": row.kind.value,
        "title": row.title,
        "occurred": str(row.occurred),
        "place": str(row.place) if row.place else None,
        "level": row.level.value,
        "version": row.version,
    }


def _whole(session: Session, row: Incident, actor: Actor) -> tuple[dict[str, Any], list[Record]]:
    counts = queries.casualties_of(session, row, actor=actor)
    persons = queries.persons_of(session, row, actor=actor)
    parts = queries.actors_of(session, row, actor=actor)
    remains = queries.remnants_of(session, row, actor=actor)
    evidence = queries.evidence_of(session, row, actor=actor)
    answer = view(
        row,
        casualties=[view(count) for count in counts],
        persons=[
            {"id": str(one.id), "person": code, "role": one.role.value, "note": one.note}
            for one, code in persons
        ],
        actors=[view(one, actor=part.reference, name=part.name) for one, part in parts],
        remnants=[
            {"id": str(one.id), "remnant": found.reference, "why": one.attribution} for one, found in remains
        ],
        evidence=[
            {
                "id": str(one.id),
                "evidence": cited.reference,
                "passage": str(one.citation),
                "stance": one.stance.value,
                "shows": one.shows,
                "asserted_by": one.asserted_by,
                "changed_since": cited.version != one.evidence_version,
            }
            for one, cited in evidence
        ],
    )
    return answer, [row, *counts, *_firsts(persons), *_firsts(parts), *_firsts(remains), *_firsts(evidence)]


def _firsts(pairs: Iterable[tuple[Record, Any]]) -> list[Record]:
    return [first for first, _second in pairs]
