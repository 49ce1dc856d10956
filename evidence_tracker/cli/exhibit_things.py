"""What is done with exhibits as things: seals, transfers, items taken, remains, holders, digests."""

from typing import Any

import click
from sqlalchemy.orm import Session

from evidence_tracker.casework.exhibits import digests, intake, physical, provenance, queries, seals
from evidence_tracker.casework.exhibits import transfers as transfers_room
from evidence_tracker.casework.exhibits.facts import ExhibitFacts, read_changes, read_facts
from evidence_tracker.casework.exhibits.models import (
    DigestRole,
    Exhibit,
    HolderKind,
    ProvenanceStep,
)
from evidence_tracker.casework.exhibits.transfers import TransferFacts
from evidence_tracker.cli.door import Door, DoorGroup, group, pass_door
from evidence_tracker.cli.exhibit_facts import (
    about,
    destination,
    facts_file,
    facts_of,
    home,
    moment,
    photo_views,
    photos_stated,
    shown,
    split_home,
)
from evidence_tracker.cli.stating import options, words
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import InvalidInput
from evidence_tracker.vault.models import Blob

_things = DoorGroup("things")
_ZONE = click.option("--zone", help="Time zone of the stated time (Europe/Kyiv, +03:00).")
_NOTE_INTACT = click.option(
    "--intact/--not-intact",
    "is_intact",
    default=None,
    help="Whether the seal was intact when it was looked at.",
)


@_things.command("seal")
@click.argument("reference")
@click.argument("number")
@click.option("--when", help="When it was sealed; by default now.")
@_ZONE
@click.option("--container", help="Bag or box that the seal closes.")
@click.option("--witness", help="Who saw it (a code).")
@pass_door
def seal(door: Door, /, reference: str, number: str, when: str | None, zone: str | None, **told: Any) -> None:
    """Seal an exhibit's packaging; a number in use is refused, and so is a second seal."""
    with door.acting() as (session, actor):
        row = queries.find_exhibit(session, reference, actor=actor)
        applied = seals.apply_seal(session, row, number, applied=moment(when, zone), actor=actor, **told)
        answer = {"reference": row.reference, "seal": applied.number}
    door.say(answer, f"{row.reference} bears the seal {applied.number}.")


@_things.command("unseal")
@click.argument("reference")
@click.option("--reason", required=True, help="Why the seal is opened.")
@click.option("--intact/--not-intact", "was_intact", required=True, help="Whether the seal was intact.")
@click.option("--when", help="When it was opened; by default now.")
@_ZONE
@pass_door
def unseal(
    door: Door, reference: str, reason: str, was_intact: bool, when: str | None, zone: str | None
) -> None:
    """Open the seal an exhibit bears."""
    with door.acting() as (session, actor):
        row = queries.find_exhibit(session, reference, actor=actor)
        opened = seals.open_seal(
            session, row, reason=reason, was_intact=was_intact, opened=moment(when, zone), actor=actor
        )
        answer = {"reference": row.reference, "seal": opened.number, "was_intact": was_intact}
    door.say(answer, f"The seal {opened.number} on {row.reference} is open.")


_handing_over = options(
    click.option("--released-by", help="Who gives it away (name or code)."),
    click.option("--released-organisation", help="The giver's organisation."),
    click.option("--received-by", help="Who takes it (name or code)."),
    click.option("--received-organisation", help="The taker's organisation."),
    click.option("--when", "happened", help="When it changed hands."),
    _ZONE,
    click.option("--reason", help="What for."),
    click.option("--condition", help="The condition it is in."),
    click.option("--transport", help="How it travels, with the tracking number."),
    click.option("--container", help="What it travels in."),
    click.option("--authority", help="On whose authority, or on which legal basis."),
    click.option("--witness", help="Who saw it."),
    click.option("--remarks", help="What needs explaining."),
    click.option("--seal-old", help="Number of the seal that was seen."),
    click.option("--seal-new", help="Number of the seal put on instead."),
    _NOTE_INTACT,
    facts_file,
)


@_things.command("transfer")
@click.argument("reference")
@_handing_over
@click.option("--signature", help="Exhibit of the signed form.")
@click.option("--kept", is_flag=True, help="The receiver keeps it; no return is expected.")
@click.option("--onward", is_flag=True, help="Its present holder hands it on.")
@pass_door
def transfer(
    door: Door,
    /,
    reference: str,
    signature: str | None,
    kept: bool,
    onward: bool,
    zone: str | None,
    **told: Any,
) -> None:
    """Record that an exhibit changed hands; while it is out, no second transfer begins."""
    facts = _transfer_facts(door, told, zone)
    with door.acting() as (session, actor):
        row = queries.find_exhibit(session, reference, actor=actor)
        signed = queries.find_exhibit(session, signature, actor=actor) if signature is not None else None
        moved = transfers_room.transfer(
            session, row, facts, is_return_expected=not kept, is_onward=onward, signature=signed, actor=actor
        )
        answer = {"reference": row.reference, "transfer": moved.reference, "received_by": moved.received_by}
    door.say(answer, f"{row.reference} is with {moved.received_by}, transfer {moved.reference}.")


def _transfer_facts(door: Door, told: dict[str, Any], zone: str | None) -> TransferFacts:
    told["is_seal_intact"] = told.pop("is_intact")
    if told["happened"] is not None:
        told["happened"] = {"value": told["happened"], "zone": zone}
    return read_facts(TransferFacts, facts_of(door, told.pop("source_file"), told))


@_things.command("return")
@click.argument("reference")
@click.option("--when", required=True, help="When it came back.")
@_ZONE
@click.option("--condition", required=True, help="The condition it came back in.")
@_NOTE_INTACT
@click.option("--remarks", help="What needs explaining.")
@pass_door
def give_back(
    door: Door,
    reference: str,
    when: str,
    zone: str | None,
    condition: str,
    is_intact: bool | None,
    remarks: str | None,
) -> None:
    """Record that an exhibit came back."""
    returned = moment(when, zone)
    if returned is None:
        raise InvalidInput("The time of the return is missing.")
    with door.acting() as (session, actor):
        row = queries.find_exhibit(session, reference, actor=actor)
        ended = transfers_room.return_item(
            session,
            row,
            returned=returned,
            condition=condition,
            is_seal_intact=is_intact,
            remarks=remarks,
            actor=actor,
        )
        answer = {"reference": row.reference, "transfer": ended.reference}
    door.say(answer, f"{row.reference} is back; transfer {ended.reference} has ended.")


@_things.command("physical")
@home
@about
@photo_views
@click.option("--item", "item_file", required=True, help="Facts of the thing: JSON or TOML file, or '-'.")
@pass_door
def take_thing(door: Door, /, photos: tuple[str, ...], item_file: str, **told: Any) -> None:
    """Register a thing that had to be taken; the gate names everything that is missing.

    At least three different photos in situ, why it had to be taken, why it would have been
    lost, why that was lawful, who was notified and when.
    """
    goes_to, told = split_home(told)
    facts = read_facts(ExhibitFacts, facts_of(door, told.pop("source_file"), told))
    item = read_facts(physical.PhysicalFacts, door.facts(item_file))
    with door.acting() as (session, actor):
        place = intake.home_for(session, actor=actor, **destination(session, actor, goes_to))
        shots = photos_stated(session, photos, actor)
        thing = physical.take_in_item(session, facts=item, about=facts, photos=shots, home=place, actor=actor)
        row = session.get_one(Exhibit, thing.exhibit_id)
        answer = {"reference": row.reference, "photos": len(photos)}
    door.say(answer, f"{row.reference} is registered.")


@_things.command("state-digest")
@click.argument("reference")
@click.option(
    "--role",
    required=True,
    type=click.Choice(["claimed-by-camera", "stated-by-third-party"]),
    help="Whose digest it is.",
)
@click.option(
    "--algorithm", default="sha256", show_default=True, help="Name of the digest (sha256, sha512, md5)."
)
@click.option("--value", required=True, help="Hexadecimal digits.")
@click.option("--stated-by", required=True, help="Who states it.")
@pass_door
def state_digest(door: Door, reference: str, role: str, algorithm: str, value: str, stated_by: str) -> None:
    """Record a digest that somebody else states, and whether it agrees with the bytes here."""
    name, digits = digests.normal(algorithm, value)
    with door.reading() as (session, actor):
        row = queries.find_exhibit(session, reference, actor=actor)
        computed = _computed(door, session, row, name)
    with door.acting() as (session, actor):
        row = queries.find_exhibit(session, reference, actor=actor)
        stated = digests.state_digest(
            session,
            row,
            role=DigestRole(role),
            algorithm=name,
            value=digits,
            stated_by=stated_by,
            computed=computed,
            actor=actor,
        )
    verdict = "agrees with" if stated.is_match else "DIFFERS from"
    door.say(
        {"reference": reference, "algorithm": name, "is_match": stated.is_match},
        f"The stated {name} {verdict} the bytes of {reference}.",
    )


def _computed(door: Door, session: Session, row: Exhibit, algorithm: str) -> str | None:
    if row.blob_id is None or algorithm == digests.OURS:
        return None
    blob = session.get_one(Blob, row.blob_id)
    return digests.compute(door.instance.vault.chunks(session, blob), algorithm)


holders = group("provenance", "Provenance: who held an exhibit before us.")


@holders.command("add")
@click.argument("reference")
@click.option("--holder", help="Device, channel, partner or person's code.")
@click.option("--kind", type=words(HolderKind), help="What kind of holder.")
@click.option("--stated-by", help="Who says so (a code).")
@click.option("--held-from", help="Since when it was held.")
@click.option("--held-until", help="Until when.")
@click.option("--note", help="What else is known.")
@facts_file
@click.option("--position", type=int, help="Place from 1 (the first holder); by default the last.")
@pass_door
def add_holder(door: Door, /, reference: str, position: int | None, **told: Any) -> None:
    """Add a holder in its place."""
    facts = read_facts(provenance.StepFacts, facts_of(door, told.pop("source_file"), told))
    with door.acting() as (session, actor):
        row = queries.find_exhibit(session, reference, actor=actor)
        step = provenance.add_step(session, row, facts, position=position, actor=actor)
        answer = {"reference": reference, "position": step.position, "holder": step.holder}
    door.say(answer, f"{step.holder} is holder {step.position} of {reference}.")


@holders.command("list")
@click.argument("reference")
@pass_door
def list_holders(door: Door, reference: str) -> None:
    """List the holders from the first to us."""
    columns = ("position", "holder", "kind", "held_from", "held_until", "stated_by", "note")
    with door.reading() as (session, actor):
        row = queries.find_exhibit(session, reference, actor=actor)
        answer = [shown(door, step, columns) for step in provenance.provenance_of(session, row, actor=actor)]
    door.table(answer, columns)


@holders.command("amend")
@click.argument("reference")
@click.argument("position", type=int)
@facts_file
@click.option("--version", "expected", type=int, help="Version you read; a newer one is not overwritten.")
@pass_door
def amend_holder(
    door: Door, reference: str, position: int, source_file: str | None, expected: int | None
) -> None:
    """Correct what is stated about a holder."""
    changes = read_changes(provenance.StepFacts, facts_of(door, source_file, {}))
    with door.acting() as (session, actor):
        row = queries.find_exhibit(session, reference, actor=actor)
        step = _step_at(session, row, position, actor)
        provenance.amend_step(session, step, changes, actor=actor, expected_version=expected)
        answer = {"reference": reference, "position": position, "version": step.version}
    door.say(answer, f"Holder {position} of {reference} is amended.")


def _step_at(session: Session, row: Exhibit, position: int, actor: Actor) -> ProvenanceStep:
    for step in provenance.provenance_of(session, row, actor=actor):
        if step.position == position:
            return step
    raise InvalidInput(f"{row.reference} has no holder {position}.")


COMMANDS: tuple[click.Command, ...] = (*_things.commands.values(), holders)
