"""Names and identifiers of actors at the command line, and the options that all actors share."""

from typing import Any
from uuid import UUID

import click

from evidence_tracker.access import records
from evidence_tracker.casework.actors import names, queries
from evidence_tracker.casework.actors.models import (
    ActorIdentifier,
    ActorName,
    Confidence,
    IdentifierKind,
    NameKind,
)
from evidence_tracker.cli.door import Door, group, pass_door
from evidence_tracker.cli.stating import highest, options, reason, view, words

name = group("name", "Further names of an actor, in any script.")
identifier = group("identifier", "Numbers and handles that identify an actor.")

called = options(
    click.option("--name", help="Name in its original script."),
    click.option("--name-language", help="Language of the name (uk, ru, kk-Cyrl)."),
    click.option("--name-latin", help="Name in Latin letters, where the original is not."),
)
said_by = click.option("--according-to", "said_by", help="Who or what says so.")
when = options(
    click.option("--since", help="Since when, as exactly as is known."),
    click.option("--until", help="Until when."),
)
confidence = click.option("--confidence", type=words(Confidence), help="How well it is supported.")


@name.command("add")
@click.argument("reference")
@click.argument("text")
@click.option("--kind", required=True, type=words(NameKind), help="In what sense it is a name.")
@click.option("--language", help="Language of the name.")
@said_by
@pass_door
def add_name(door: Door, /, reference: str, said_by: str | None, **given: Any) -> None:
    """Record a further name of an actor."""
    with door.acting() as (session, acting):
        bearer = queries.find_actor(session, reference, actor=acting)
        answer = view(names.add_name(session, bearer, source=said_by, actor=acting, **given))
    door.say(answer, f"{reference} is also called {answer['text']}.")


@name.command("list")
@click.argument("reference")
@pass_door
def list_names(door: Door, reference: str) -> None:
    """List the further names of an actor."""
    with door.reading() as (session, acting):
        bearer = queries.find_actor(session, reference, actor=acting)
        rows = queries.names_of(session, bearer, actor=acting)
    door.note_reading(f"names of {reference}", highest([bearer, *rows]))
    door.table([view(row) for row in rows], ["id", "kind", "text", "language", "source"])


@name.command("end")
@click.argument("name_id", type=click.UUID)
@reason
@pass_door
def end_name(door: Door, name_id: UUID, reason: str) -> None:
    """Withdraw a name that was recorded wrongly."""
    with door.acting() as (session, acting):
        row = records.get(session, ActorName, name_id, actor=acting)
        answer = view(names.end_name(session, row, reason=reason, actor=acting))
    door.say(answer, "The name is withdrawn.")


@identifier.command("add")
@click.argument("reference")
@click.argument("value")
@click.option("--kind", required=True, type=words(IdentifierKind), help="What sort of number it is.")
@click.option("--issuer", help="Who issued it.")
@said_by
@pass_door
def add_identifier(door: Door, /, reference: str, said_by: str | None, **given: Any) -> None:
    """Record a number or handle that identifies an actor."""
    with door.acting() as (session, acting):
        bearer = queries.find_actor(session, reference, actor=acting)
        answer = view(names.add_identifier(session, bearer, source=said_by, actor=acting, **given))
    door.say(answer, f"{reference} has the {answer['kind']} {answer['value']}.")


@identifier.command("list")
@click.argument("reference")
@pass_door
def list_identifiers(door: Door, reference: str) -> None:
    """List the identifiers of an actor."""
    with door.reading() as (session, acting):
        bearer = queries.find_actor(session, reference, actor=acting)
        rows = queries.identifiers_of(session, bearer, actor=acting)
    door.note_reading(f"identifiers of {reference}", highest([bearer, *rows]))
    door.table([view(row) for row in rows], ["id", "kind", "value", "issuer", "source"])


@identifier.command("end")
@click.argument("identifier_id", type=click.UUID)
@reason
@pass_door
def end_identifier(door: Door, identifier_id: UUID, reason: str) -> None:
    """Withdraw an identifier that was recorded wrongly."""
    with door.acting() as (session, acting):
        row = records.get(session, ActorIdentifier, identifier_id, actor=acting)
        answer = view(names.end_identifier(session, row, reason=reason, actor=acting))
    door.say(answer, "The identifier is withdrawn.")
