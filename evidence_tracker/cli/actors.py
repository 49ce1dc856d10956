"""Actors: units and their chains of command, named persons and their posts, companies."""

from typing import Any
from uuid import UUID

import click

from evidence_tracker.access import records
from evidence_tracker.access.stated import moment
from evidence_tracker.casework.actors import companies, queries, units
from evidence_tracker.casework.actors.models import Echelon, ParentRelation, UnitKind, UnitParent
from evidence_tracker.cli.actor_names import called, confidence, identifier, name, said_by, when
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
from evidence_tracker.cli.suspects import suspect

actor = group("actor", "Actors: who is said to have acted, or made the part.")
unit = group("unit", "Units, services, administrations and other organisations.")
company = group("company", "Companies that made, sold, shipped or own.")
for _group in (unit, suspect, company, name, identifier):
    actor.add_command(_group)


@actor.command("show")
@click.argument("reference")
@pass_door
def show(door: Door, reference: str) -> None:
    """Show a unit, named person or company with its names and identifiers."""
    with door.reading() as (session, acting):
        row = queries.find_actor(session, reference, actor=acting)
        called_too = queries.names_of(session, row, actor=acting)
        numbers = queries.identifiers_of(session, row, actor=acting)
        answer = view(
            row,
            names=[f"{one.text} ({one.kind.value})" for one in called_too],
            identifiers=[f"{one.kind.value} {one.value}" for one in numbers],
        )
    door.note_reading(f"actor {reference}", row.level)
    door.show(answer)


@actor.command("search")
@click.argument("words_sought")
@pass_door
def search(door: Door, words_sought: str) -> None:
    """Find actors by words of any of their names, in any script."""
    with door.reading() as (session, acting):
        found = [
            queries.search_units(session, words_sought, actor=acting),
            queries.search_suspects(session, words_sought, actor=acting),
            queries.search_companies(session, words_sought, actor=acting),
        ]
        rows = [row for kind in found for row in kind]
        shown = [view(row, is_a=row.__tablename__) for row in rows]
    if any(len(kind) == queries.SEARCH_LIMIT for kind in found):
        door.warn(f"At most {queries.SEARCH_LIMIT} of each kind are shown; search for more words.")
    door.note_reading("search of actors", highest(rows))
    door.table(shown, ["reference", "is_a", "name_latin", "name"])


@unit.command("add")
@called
@click.option("--kind", type=words(UnitKind), help="What it is.")
@click.option("--echelon", type=words(Echelon), help="Its level.")
@click.option("--country", help="Country, two letters of ISO 3166.")
@click.option("--base", help="Where it is based, as stated.")
@click.option("--description", help="What is known of it.")
@said_by
@governance
@facts
@pass_door
def add_unit(
    door: Door, /, said_by: str | None, source: str | None, settings: tuple[str, ...], **given: Any
) -> None:
    """Record a unit or organisation."""
    stated = told(door, source, settings, {**given, "source": said_by})
    with door.acting() as (session, acting):
        answer = view(state(units.add_unit, session, actor=acting, stated=stated))
    door.say(answer, f"{answer['reference']} is recorded: {answer['name_latin']}.")


@unit.command("list")
@click.option("--kind", type=words(UnitKind), help="Only units of this kind.")
@click.option("--country", help="Only units of this country.")
@pass_door
def list_units(door: Door, kind: str | None, country: str | None) -> None:
    """List the units, newest first."""
    with door.reading() as (session, acting):
        rows = every(
            queries.page_units,
            session,
            actor=acting,
            kind=UnitKind(kind) if kind else None,
            country=country.upper() if country else None,
        )
    door.note_reading("list of units", highest(rows))
    door.table([view(row) for row in rows], ["reference", "kind", "echelon", "name_latin", "country"])


@unit.command("amend")
@click.argument("reference")
@changes
@pass_door
def amend_unit(
    door: Door, reference: str, source: str | None, settings: tuple[str, ...], expected: int | None
) -> None:
    """Change what is known of a unit."""
    stated = told(door, source, settings)
    with door.acting() as (session, acting):
        row = queries.find_unit(session, reference, actor=acting)
        answer = view(units.amend_unit(session, row, stated, actor=acting, expected_version=expected))
    door.say(answer, f"{reference} is at version {answer['version']}.")


@unit.command("under")
@click.argument("reference")
@click.argument("parent_reference")
@click.option("--relation", type=words(ParentRelation), help="In what sense; by default command.")
@click.option("--basis", help="What the statement rests on.")
@when
@confidence
@facts
@pass_door
def place_under(
    door: Door,
    /,
    reference: str,
    parent_reference: str,
    source: str | None,
    settings: tuple[str, ...],
    **given: Any,
) -> None:
    """Say that a unit stood under another for a span."""
    stated = told(door, source, settings, given)
    with door.acting() as (session, acting):
        lower = queries.find_unit(session, reference, actor=acting)
        upper = queries.find_unit(session, parent_reference, actor=acting)
        answer = view(state(units.place_under, session, lower, upper, actor=acting, stated=stated))
    door.say(answer, f"{reference} stood under {parent_reference}: {answer['confidence']}.")


@unit.command("chain")
@click.argument("reference")
@click.option("--at", help="At this moment (2022-03-12, 2022-03); by default at any time.")
@click.option("--down", is_flag=True, help="Who stood below, instead of above.")
@click.option("--relation", type=words(ParentRelation), default="command", show_default=True, help="Sense.")
@pass_door
def chain(door: Door, reference: str, at: str | None, down: bool, relation: str) -> None:
    """Show who stood above a unit, or below it."""
    ask = queries.subordinates if down else queries.chain_of_command
    with door.reading() as (session, acting):
        row = queries.find_unit(session, reference, actor=acting)
        moment_asked = moment(at, "moment") if at else None
        steps = ask(session, row, actor=acting, at=moment_asked, relation=ParentRelation(relation))
        rows = [
            view(step.link, depth=step.depth, reference=step.unit.reference, name=step.unit.name_latin)
            for step in steps
        ]
    door.note_reading(f"chain of {reference}", highest([row, *(step.link for step in steps)]))
    door.table(rows, ["depth", "reference", "name", "relation", "confidence", "basis", "id"])


@unit.command("amend-link")
@click.argument("link_id", type=click.UUID)
@changes
@pass_door
def amend_link(
    door: Door, link_id: UUID, source: str | None, settings: tuple[str, ...], expected: int | None
) -> None:
    """Change the span, basis or confidence of a link (its id is in 'unit chain')."""
    stated = told(door, source, settings)
    with door.acting() as (session, acting):
        link = records.get(session, UnitParent, link_id, actor=acting)
        answer = view(units.amend_link(session, link, stated, actor=acting, expected_version=expected))
    door.say(answer, f"The link is at version {answer['version']}.")


@unit.command("end-link")
@click.argument("link_id", type=click.UUID)
@reason
@pass_door
def end_link(door: Door, link_id: UUID, reason: str) -> None:
    """Withdraw a link as wrong."""
    with door.acting() as (session, acting):
        link = records.get(session, UnitParent, link_id, actor=acting)
        answer = view(units.end_link(session, link, reason=reason, actor=acting))
    door.say(answer, "The link is withdrawn.")


@company.command("add")
@called
@click.option("--registration-number", help="Number in the company register.")
@click.option("--registration-country", help="Country of the register.")
@click.option("--headquarters-country", help="Country it is run from.")
@click.option("--ownership", help="Who owns it.")
@said_by
@governance
@facts
@pass_door
def add_company(
    door: Door, /, said_by: str | None, source: str | None, settings: tuple[str, ...], **given: Any
) -> None:
    """Record a company."""
    stated = told(door, source, settings, {**given, "source": said_by})
    with door.acting() as (session, acting):
        answer = view(state(companies.add_company, session, actor=acting, stated=stated))
    door.say(answer, f"{answer['reference']} is recorded: {answer['name_latin']}.")


@company.command("list")
@click.option("--headquarters-country", help="Only companies run from this country.")
@pass_door
def list_companies(door: Door, headquarters_country: str | None) -> None:
    """List the companies, newest first."""
    with door.reading() as (session, acting):
        wanted = headquarters_country.upper() if headquarters_country else None
        rows = every(queries.page_companies, session, actor=acting, headquarters_country=wanted)
    door.note_reading("list of companies", highest(rows))
    shown = ["reference", "name_latin", "headquarters_country", "registration_number"]
    door.table([view(row) for row in rows], shown)


@company.command("amend")
@click.argument("reference")
@changes
@pass_door
def amend_company(
    door: Door, reference: str, source: str | None, settings: tuple[str, ...], expected: int | None
) -> None:
    """Change what is known of a company."""
    stated = told(door, source, settings)
    with door.acting() as (session, acting):
        row = queries.find_company(session, reference, actor=acting)
        answer = view(companies.amend_company(session, row, stated, actor=acting, expected_version=expected))
    door.say(answer, f"{reference} is at version {answer['version']}.")
