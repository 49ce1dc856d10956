"""A mission in the field, at the command line: devices, log, contacts, who else is there."""

from typing import Any
from uuid import UUID

import click

from evidence_tracker.access import records
from evidence_tracker.access.stated import moment
from evidence_tracker.casework.missions import diary, equipment, liaison, queries
from evidence_tracker.casework.missions.models import (
    DeconflictionOutcome,
    DeviceKind,
    MissionContact,
    MissionLogEntry,
    MissionPartner,
)
from evidence_tracker.casework.parties.queries import find_instruction, find_party
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
    version,
    view,
    words,
)

device = group("device", "Devices, and how wrong their clocks are.")
log = group("log", "The daily log: entries are never changed.")
contact = group("contact", "Contacts on the ground.")
partner = group("partner", "Parties that take part.")
deconfliction = group("deconfliction", "Whether somebody else investigates there.")
GROUPS = (device, log, contact, partner, deconfliction)


@device.command("add")
@click.argument("reference")
@click.option("--label", required=True, help="What the team calls it.")
@click.option("--kind", required=True, type=words(DeviceKind), help="What it is.")
@click.option("--serial", help="Serial number.")
@click.option("--offset", "clock_offset_seconds", type=int, help="Its clock minus true time, in seconds.")
@click.option("--basis", "clock_basis", help="How the offset was found, or why it cannot be.")
@pass_door
def add_device(door: Door, /, reference: str, **given: Any) -> None:
    """Register a device of a mission."""
    with door.acting() as (session, actor):
        mission = queries.find_mission(session, reference, actor=actor)
        answer = view(state(equipment.add_device, session, mission, actor=actor, stated=given))
    door.say(answer, f"{answer['reference']} goes on {mission.reference}: {answer['label']}.")


@device.command("show")
@click.argument("reference")
@pass_door
def show_device(door: Door, reference: str) -> None:
    """Show a device and what its clock is worth."""
    with door.reading() as (session, actor):
        row = queries.find_device(session, reference, actor=actor)
    door.note_reading(f"device {reference}", row.level)
    door.show(view(row))


@device.command("list")
@click.argument("reference")
@pass_door
def list_devices(door: Door, reference: str) -> None:
    """List the devices of a mission."""
    with door.reading() as (session, actor):
        mission = queries.find_mission(session, reference, actor=actor)
        rows = queries.devices(session, mission, actor=actor)
    door.note_reading(f"devices of {mission.reference}", highest(rows))
    door.table(
        [view(row) for row in rows],
        ["reference", "label", "kind", "serial", "clock_offset_seconds", "clock_basis", "ended_at"],
    )


@device.command("amend")
@click.argument("reference")
@changes
@pass_door
def amend_device(
    door: Door, reference: str, source: str | None, settings: tuple[str, ...], expected: int | None
) -> None:
    """Change the label, kind or serial number of a device."""
    stated = told(door, source, settings)
    with door.acting() as (session, actor):
        row = queries.find_device(session, reference, actor=actor)
        answer = view(equipment.amend_device(session, row, stated, actor=actor, expected_version=expected))
    door.say(answer, f"{reference} is at version {answer['version']}.")


@device.command("clock")
@click.argument("reference")
@click.option("--offset", type=int, help="Its clock minus true time, in seconds; without it: not measurable.")
@click.option("--basis", required=True, help="How it was found, or why it cannot be.")
@version
@pass_door
def measure_clock(door: Door, reference: str, offset: int | None, basis: str, expected: int | None) -> None:
    """Record how far a device's clock is from true time."""
    with door.acting() as (session, actor):
        row = queries.find_device(session, reference, actor=actor)
        equipment.measure_clock(
            session, row, offset_seconds=offset, basis=basis, actor=actor, expected_version=expected
        )
        answer = view(row)
    door.say(answer, f"The clock of {reference}: {'not measured' if offset is None else f'{offset:+d} s'}.")


@device.command("end")
@click.argument("reference")
@reason
@pass_door
def end_device(door: Door, reference: str, reason: str) -> None:
    """Take a device out of use."""
    with door.acting() as (session, actor):
        row = queries.find_device(session, reference, actor=actor)
        answer = view(equipment.end_device(session, row, reason=reason, actor=actor))
    door.say(answer, f"{reference} is out of use.")


@log.command("add")
@click.argument("reference")
@click.option("--day", required=True, help="The day, 2026-03-02 or with the hour.")
@click.option("--zone", help="Time zone of the day (Europe/Kyiv).")
@click.option("--text", required=True, help="What happened.")
@click.option("--place", help="Where, as it was stated.")
@click.option("--security-incident", "is_security_incident", is_flag=True, help="It touched safety.")
@click.option("--corrects", "corrects_id", type=click.UUID, help="Id of the entry it corrects.")
@pass_door
def add_entry(
    door: Door, /, reference: str, day: str, zone: str | None, corrects_id: UUID | None, **given: Any
) -> None:
    """Write an entry of the daily log."""
    with door.acting() as (session, actor):
        mission = queries.find_mission(session, reference, actor=actor)
        wrong = records.get(session, MissionLogEntry, corrects_id, actor=actor) if corrects_id else None
        when = moment({"value": day, "zone": zone}, "day")
        row = diary.write_entry(session, mission, day=when, corrects=wrong, actor=actor, **given)
        answer = view(row)
    door.say(answer, f"The log of {mission.reference} has an entry for {when}.")


@log.command("list")
@click.argument("reference")
@pass_door
def list_entries(door: Door, reference: str) -> None:
    """List the daily log, newest first."""
    with door.reading() as (session, actor):
        mission = queries.find_mission(session, reference, actor=actor)
        rows = every(queries.page_log, session, mission, actor=actor)
    door.note_reading(f"log of {mission.reference}", highest(rows))
    shown = [
        view(row, on=str(row.day), at_place=str(row.place or "–"), security=row.is_security_incident)
        for row in rows
    ]
    door.table(shown, ["id", "on", "at_place", "security", "text", "corrects_id"])


@contact.command("add")
@click.argument("reference")
@click.option("--name", help="Name or office.")
@click.option("--function", help="What they do.")
@click.option("--reach", "how_to_reach", help="How to reach them.")
@click.option("--language", "languages", multiple=True, help="Language; can be repeated.")
@click.option("--party", "party_reference", help="Reference of the party they belong to.")
@governance
@facts
@pass_door
def add_contact(
    door: Door,
    /,
    reference: str,
    party_reference: str | None,
    source: str | None,
    settings: tuple[str, ...],
    **given: Any,
) -> None:
    """Note whom the team can turn to (nobody who needs protection)."""
    stated = told(door, source, settings, given)
    with door.acting() as (session, actor):
        mission = queries.find_mission(session, reference, actor=actor)
        body = find_party(session, party_reference, actor=actor) if party_reference else None
        answer = view(state(liaison.add_contact, session, mission, actor=actor, stated=stated, party=body))
    door.say(answer, f"{answer['name']} is a contact of {mission.reference}.")


@contact.command("list")
@click.argument("reference")
@pass_door
def list_contacts(door: Door, reference: str) -> None:
    """List the contacts of a mission."""
    with door.reading() as (session, actor):
        mission = queries.find_mission(session, reference, actor=actor)
        rows = queries.contacts(session, mission, actor=actor)
    door.note_reading(f"contacts of {mission.reference}", highest(rows))
    door.table([view(row) for row in rows], ["id", "name", "function", "how_to_reach", "languages"])


@contact.command("amend")
@click.argument("contact_id", type=click.UUID)
@changes
@pass_door
def amend_contact(
    door: Door, contact_id: UUID, source: str | None, settings: tuple[str, ...], expected: int | None
) -> None:
    """Change what is known of a contact."""
    stated = told(door, source, settings)
    with door.acting() as (session, actor):
        row = records.get(session, MissionContact, contact_id, actor=actor)
        answer = view(liaison.amend_contact(session, row, stated, actor=actor, expected_version=expected))
    door.say(answer, f"{answer['name']} is at version {answer['version']}.")


@contact.command("end")
@click.argument("contact_id", type=click.UUID)
@pass_door
def end_contact(door: Door, contact_id: UUID) -> None:
    """Say that a contact is no longer to be used."""
    with door.acting() as (session, actor):
        row = records.get(session, MissionContact, contact_id, actor=actor)
        answer = view(liaison.end_contact(session, row, actor=actor))
    door.say(answer, f"{answer['name']} is no longer a contact.")


@partner.command("add")
@click.argument("reference")
@click.argument("party_reference")
@click.option("--part", required=True, help="How it takes part.")
@pass_door
def add_partner(door: Door, reference: str, party_reference: str, part: str) -> None:
    """Say that a party takes part in a mission."""
    with door.acting() as (session, actor):
        mission = queries.find_mission(session, reference, actor=actor)
        body = find_party(session, party_reference, actor=actor)
        answer = view(liaison.add_partner(session, mission, body, part=part, actor=actor))
    door.say(answer, f"{party_reference} takes part in {mission.reference}.")


@partner.command("list")
@click.argument("reference")
@pass_door
def list_partners(door: Door, reference: str) -> None:
    """List the parties that take part."""
    with door.reading() as (session, actor):
        mission = queries.find_mission(session, reference, actor=actor)
        found = queries.partners(session, mission, actor=actor)
        rows = [view(link, party=one.reference, name=one.name_latin) for link, one in found]
    door.note_reading(f"partners of {mission.reference}", highest(link for link, _ in found))
    door.table(rows, ["id", "party", "name", "part"])


@partner.command("end")
@click.argument("link_id", type=click.UUID)
@pass_door
def end_partner(door: Door, link_id: UUID) -> None:
    """Say that a party no longer takes part (the id is in 'partner list')."""
    with door.acting() as (session, actor):
        link = records.get(session, MissionPartner, link_id, actor=actor)
        answer = view(liaison.end_partner(session, link, actor=actor))
    door.say(answer, "The party no longer takes part.")


@deconfliction.command("add")
@click.argument("reference")
@click.option("--party", "party_reference", help="Reference of the body that was asked.")
@click.option("--on", "asked_on", required=True, help="Day of asking.")
@click.option("--channel", required=True, help="How it was asked.")
@click.option("--question", required=True, help="What was asked.")
@click.option("--answer", help="What was answered.")
@click.option("--outcome", required=True, type=words(DeconflictionOutcome), help="What came of it.")
@click.option("--instruction", "instruction_reference", help="Reference of the instruction it led to.")
@pass_door
def note_deconfliction(
    door: Door,
    /,
    reference: str,
    party_reference: str | None,
    instruction_reference: str | None,
    **given: Any,
) -> None:
    """Note that another body was asked whether it investigates there."""
    with door.acting() as (session, actor):
        mission = queries.find_mission(session, reference, actor=actor)
        body = find_party(session, party_reference, actor=actor) if party_reference else None
        led_to = instruction_reference and find_instruction(session, instruction_reference, actor=actor)
        row = liaison.note_deconfliction(
            session, mission, party=body, instruction=led_to or None, actor=actor, **given
        )
        answer = view(row)
    door.say(answer, f"Noted for {mission.reference}: {answer['outcome']}.")


@deconfliction.command("list")
@click.argument("reference")
@pass_door
def list_deconfliction(door: Door, reference: str) -> None:
    """List what other bodies were asked and said, oldest first."""
    with door.reading() as (session, actor):
        mission = queries.find_mission(session, reference, actor=actor)
        rows = queries.deconfliction_notes(session, mission, actor=actor)
    door.note_reading(f"deconfliction of {mission.reference}", highest(rows))
    shown = [view(row, on=str(row.asked_on)) for row in rows]
    door.table(shown, ["on", "party_id", "channel", "question", "answer", "outcome"])
