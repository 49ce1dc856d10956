"""Named persons and their posts, at the command line."""

from typing import Any
from uuid import UUID

import click

from evidence_tracker.access import records
from evidence_tracker.access.stated import moment
from evidence_tracker.casework.actors import queries, suspects
from evidence_tracker.casework.actors.models import OffenceBasis, Position, SuspectCapacity
from evidence_tracker.cli.actor_names import called, confidence, said_by, when
from evidence_tracker.cli.door import Door, group, pass_door
from evidence_tracker.cli.stating import (
    changes,
    every,
    facts,
    governance,
    highest,
    reason,
    state,
    told,
    view,
    words,
)

suspect = group("suspect", "Named persons: suspects, commanders, officials.")


@suspect.command("add")
@called
@click.option("--capacity", type=words(SuspectCapacity), help="As what; by default suspect.")
@click.option("--offence-basis", type=words(OffenceBasis), help="What allows it (GDPR 10).")
@click.option("--nationality", "nationalities", multiple=True, help="Country code; can be repeated.")
@click.option("--born", "born_on", help="Date of birth, as exactly as is known.")
@click.option("--birthplace", help="Place of birth, as stated.")
@said_by
@governance
@facts
@pass_door
def add_suspect(
    door: Door, /, said_by: str | None, source: str | None, settings: tuple[str, ...], **given: Any
) -> None:
    """Record a named person; nothing is stored without --legal-basis."""
    stated = told(door, source, settings, {**given, "source": said_by})
    with door.acting() as (session, acting):
        answer = view(state(suspects.add_suspect, session, actor=acting, stated=stated))
    door.say(answer, f"{answer['reference']} is recorded at level {answer['level']}.")


@suspect.command("list")
@click.option("--capacity", type=words(SuspectCapacity), help="Only those recorded as this.")
@pass_door
def list_suspects(door: Door, capacity: str | None) -> None:
    """List the named persons, newest first."""
    with door.reading() as (session, acting):
        wanted = SuspectCapacity(capacity) if capacity else None
        rows = every(queries.page_suspects, session, actor=acting, capacity=wanted)
    door.note_reading("list of suspects", highest(rows))
    door.table([view(row) for row in rows], ["reference", "capacity", "name_latin", "name", "level"])


@suspect.command("amend")
@click.argument("reference")
@changes
@pass_door
def amend_suspect(
    door: Door, reference: str, source: str | None, settings: tuple[str, ...], expected: int | None
) -> None:
    """Change what is known of a named person."""
    stated = told(door, source, settings)
    with door.acting() as (session, acting):
        row = queries.find_suspect(session, reference, actor=acting)
        answer = view(suspects.amend_suspect(session, row, stated, actor=acting, expected_version=expected))
    door.say(answer, f"{reference} is at version {answer['version']}.")


@suspect.command("post")
@click.argument("reference")
@click.option("--unit", "unit_reference", help="Reference of the unit.")
@click.option("--company", "company_reference", help="Reference of the company, instead of a unit.")
@click.option("--title", help="Title of the post.")
@click.option("--rank", help="Rank.")
@when
@said_by
@confidence
@facts
@pass_door
def record_position(
    door: Door,
    /,
    reference: str,
    unit_reference: str | None,
    company_reference: str | None,
    said_by: str | None,
    source: str | None,
    settings: tuple[str, ...],
    **given: Any,
) -> None:
    """Say that a named person held a post in a unit or a company for a span."""
    stated = told(door, source, settings, {**given, "source": said_by})
    with door.acting() as (session, acting):
        person = queries.find_suspect(session, reference, actor=acting)
        place: dict[str, Any] = {}
        if unit_reference:
            place["unit"] = queries.find_unit(session, unit_reference, actor=acting)
        if company_reference:
            place["company"] = queries.find_company(session, company_reference, actor=acting)
        answer = view(state(suspects.record_position, session, person, actor=acting, stated=stated, **place))
    door.say(answer, f"{reference} held the post {answer['title']}.")


@suspect.command("posts")
@click.argument("reference")
@click.option("--at", help="At this moment; by default at any time.")
@pass_door
def list_positions(door: Door, reference: str, at: str | None) -> None:
    """List the posts of a named person."""
    with door.reading() as (session, acting):
        person = queries.find_suspect(session, reference, actor=acting)
        found = queries.positions_of(session, person, actor=acting, at=moment(at, "moment") if at else None)
        rows = [
            view(post, in_unit=f"{place.reference} {place.name_latin}", span=f"{post.since} to {post.until}")
            for post, place in found
        ]
    door.note_reading(f"posts of {reference}", person.level)
    door.table(rows, ["id", "title", "rank", "in_unit", "span", "confidence", "source"])


@suspect.command("amend-post")
@click.argument("position_id", type=click.UUID)
@changes
@pass_door
def amend_position(
    door: Door, position_id: UUID, source: str | None, settings: tuple[str, ...], expected: int | None
) -> None:
    """Change the title, span, source or confidence of a post."""
    stated = told(door, source, settings)
    with door.acting() as (session, acting):
        row = records.get(session, Position, position_id, actor=acting)
        answer = view(suspects.amend_position(session, row, stated, actor=acting, expected_version=expected))
    door.say(answer, f"The post is at version {answer['version']}.")


@suspect.command("end-post")
@click.argument("position_id", type=click.UUID)
@reason
@pass_door
def end_position(door: Door, position_id: UUID, reason: str) -> None:
    """Withdraw a post as wrong."""
    with door.acting() as (session, acting):
        row = records.get(session, Position, position_id, actor=acting)
        answer = view(suspects.end_position(session, row, reason=reason, actor=acting))
    door.say(answer, "The post is withdrawn.")
