"""Parties, agreements with them, and instructions of other investigating bodies."""

from typing import Any

import click

from evidence_tracker.casework.parties import agreements, directory, instructions, queries
from evidence_tracker.casework.parties.models import (
    DataProtectionRole,
    InstructionKind,
    PartyKind,
    RecipientClass,
)
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
from evidence_tracker.errors import InvalidInput

party = group("party", "Parties: recipients, partners, service providers, other investigating bodies.")
agreement = group("agreement", "Agreements with parties: what is shared for what, until when.")
instruction = group("instruction", "Instructions of other bodies: what to leave to them.")
party.add_command(agreement)
party.add_command(instruction)


@party.command("add")
@click.option("--kind", type=words(PartyKind), help="What the party is.")
@click.option("--name", help="Name in its original script.")
@click.option("--name-latin", help="Name in Latin letters, where the original is not.")
@click.option("--class", "recipient_class", type=words(RecipientClass), help="As whom it receives.")
@click.option("--country", help="Country, two letters of ISO 3166.")
@click.option("--language", help="Language to write to it in (uk, en-GB).")
@click.option("--contact", help="How to reach it.")
@click.option("--age-recipient", "age_recipients", multiple=True, help="Public key age1…; can be repeated.")
@click.option("--keys-checked-how", help="How the party confirmed its keys.")
@governance
@facts
@pass_door
def add(door: Door, /, source: str | None, settings: tuple[str, ...], **given: Any) -> None:
    """Enter a party in the directory."""
    stated = told(door, source, settings, given)
    with door.acting() as (session, actor):
        row = state(directory.add_party, session, actor=actor, stated=stated)
        answer = view(row)
    door.say(answer, f"{answer['reference']} is in the directory: {answer['name_latin']}.")


@party.command("show")
@click.argument("reference")
@pass_door
def show(door: Door, reference: str) -> None:
    """Show a party with its agreements in force and its instructions that stand."""
    with door.reading() as (session, actor):
        row = queries.find_party(session, reference, actor=actor)
        at = door.instance.clock.now()
        agreed = every(queries.page_agreements, session, actor=actor, party=row, in_force_at=at)
        standing = every(queries.page_instructions, session, actor=actor, party=row, standing_at=at)
        answer = view(
            row,
            agreements=[one.reference for one in agreed],
            instructions=[one.reference for one in standing],
        )
    door.note_reading(f"party {reference}", highest([row, *agreed, *standing]))
    door.show(answer)


@party.command("list")
@click.option("--kind", type=words(PartyKind), help="Only parties of this kind.")
@click.option("--class", "recipient_class", type=words(RecipientClass), help="Only who receives as this.")
@click.option("--ended", is_flag=True, help="Also those with whom the contact has ended.")
@pass_door
def list_parties(door: Door, kind: str | None, recipient_class: str | None, ended: bool) -> None:
    """List the parties, newest first."""
    with door.reading() as (session, actor):
        rows = every(
            queries.page_parties,
            session,
            actor=actor,
            kind=PartyKind(kind) if kind else None,
            recipient_class=RecipientClass(recipient_class) if recipient_class else None,
            include_ended=ended,
        )
    door.note_reading("list of parties", highest(rows))
    door.table([view(row) for row in rows], ["reference", "kind", "recipient_class", "name_latin", "country"])


@party.command("amend")
@click.argument("reference")
@changes
@pass_door
def amend(
    door: Door, reference: str, source: str | None, settings: tuple[str, ...], expected: int | None
) -> None:
    """Change what is known of a party."""
    stated = told(door, source, settings)
    with door.acting() as (session, actor):
        row = queries.find_party(session, reference, actor=actor)
        directory.amend_party(session, row, stated, actor=actor, expected_version=expected)
        answer = view(row)
    door.say(answer, f"{reference} is at version {answer['version']}.")


@party.command("keys")
@click.argument("reference")
@click.argument("age_recipients", nargs=-1)
@click.option("--checked-how", required=True, help="How the party itself confirmed these keys.")
@version
@pass_door
def keys(
    door: Door, reference: str, age_recipients: tuple[str, ...], checked_how: str, expected: int | None
) -> None:
    """Replace the public keys of a party (none given: take them away)."""
    with door.acting(confirmed=True) as (session, actor):
        row = queries.find_party(session, reference, actor=actor)
        directory.replace_keys(
            session, row, age_recipients, checked_how=checked_how, actor=actor, expected_version=expected
        )
        answer = view(row)
    door.say(answer, f"{reference} has {len(answer['age_recipients'])} public key(s).")


@party.command("end")
@click.argument("reference")
@reason
@pass_door
def end(door: Door, reference: str, reason: str) -> None:
    """End the contact with a party; it receives nothing more."""
    with door.acting() as (session, actor):
        row = queries.find_party(session, reference, actor=actor)
        answer = view(directory.end_party(session, row, reason=reason, actor=actor))
    door.say(answer, f"The contact with {reference} has ended.")


@agreement.command("add")
@click.option("--subject", help="What it is about.")
@click.option("--scope", help="What may be shared, by whom, for what.")
@click.option("--with", "members", multiple=True, required=True, help="REFERENCE=ROLE; can be repeated.")
@click.option("--signed-on", help="Day of the signature; without it the agreement is not in force.")
@click.option("--valid-until", help="Last day.")
@click.option("--exhibit", "exhibit_reference", help="Reference of the signed document.")
@governance
@facts
@pass_door
def add_agreement(
    door: Door, /, members: tuple[str, ...], source: str | None, settings: tuple[str, ...], **given: Any
) -> None:
    """Record an agreement and its parties (--with KYI-P-0001=joint-controller)."""
    stated = told(door, source, settings, given)
    with door.acting() as (session, actor):
        named = [_member(text) for text in members]
        joined = [(queries.find_party(session, reference, actor=actor), role) for reference, role in named]
        row = state(agreements.record_agreement, session, actor=actor, stated=stated, parties=joined)
        answer = view(row, parties=[reference for reference, _ in named])
    door.say(answer, f"{answer['reference']} is recorded: {answer['subject']}.")


@agreement.command("show")
@click.argument("reference")
@pass_door
def show_agreement(door: Door, reference: str) -> None:
    """Show an agreement with its parties."""
    with door.reading() as (session, actor):
        row = queries.find_agreement(session, reference, actor=actor)
        members = queries.parties_to(session, row, actor=actor)
        answer = view(row, parties=[f"{one.reference} ({link.role.value})" for link, one in members])
    door.note_reading(f"agreement {reference}", row.level)
    door.show(answer)


@agreement.command("list")
@click.option("--party", "party_reference", help="Only those with this party.")
@click.option("--in-force", is_flag=True, help="Only those in force now.")
@pass_door
def list_agreements(door: Door, party_reference: str | None, in_force: bool) -> None:
    """List the agreements, newest first."""
    with door.reading() as (session, actor):
        rows = every(
            queries.page_agreements,
            session,
            actor=actor,
            party=queries.find_party(session, party_reference, actor=actor) if party_reference else None,
            in_force_at=door.instance.clock.now() if in_force else None,
        )
    door.note_reading("list of agreements", highest(rows))
    shown = [
        view(row, signed=str(row.signed_on or "not yet"), until=str(row.valid_until or "open"))
        for row in rows
    ]
    door.table(shown, ["reference", "subject", "signed", "until", "ended_at"])


@agreement.command("amend")
@click.argument("reference")
@changes
@pass_door
def amend_agreement(
    door: Door, reference: str, source: str | None, settings: tuple[str, ...], expected: int | None
) -> None:
    """Change what is known of an agreement, its signature and end included."""
    stated = told(door, source, settings)
    with door.acting() as (session, actor):
        row = queries.find_agreement(session, reference, actor=actor)
        agreements.amend_agreement(session, row, stated, actor=actor, expected_version=expected)
        answer = view(row)
    door.say(answer, f"{reference} is at version {answer['version']}.")


@agreement.command("join")
@click.argument("reference")
@click.argument("party_reference")
@click.option("--role", required=True, type=words(DataProtectionRole), help="Role in data protection law.")
@pass_door
def join(door: Door, reference: str, party_reference: str, role: str) -> None:
    """Add a party to an agreement."""
    with door.acting() as (session, actor):
        row = queries.find_agreement(session, reference, actor=actor)
        member = queries.find_party(session, party_reference, actor=actor)
        answer = view(agreements.join_agreement(session, row, member, role=role, actor=actor))
    door.say(answer, f"{party_reference} is part of {reference} as {role}.")


@agreement.command("leave")
@click.argument("reference")
@click.argument("party_reference")
@pass_door
def leave(door: Door, reference: str, party_reference: str) -> None:
    """Take a party out of an agreement."""
    with door.acting() as (session, actor):
        row = queries.find_agreement(session, reference, actor=actor)
        member = queries.find_party(session, party_reference, actor=actor)
        answer = view(agreements.leave_agreement(session, row, member, actor=actor))
    door.say(answer, f"{party_reference} has left {reference}.")


@agreement.command("end")
@click.argument("reference")
@reason
@pass_door
def end_agreement(door: Door, reference: str, reason: str) -> None:
    """End an agreement now."""
    with door.acting() as (session, actor):
        row = queries.find_agreement(session, reference, actor=actor)
        answer = view(agreements.end_agreement(session, row, reason=reason, actor=actor))
    door.say(answer, f"{reference} has ended.")


@instruction.command("add")
@click.argument("party_reference")
@click.option("--kind", type=words(InstructionKind), help="What is asked; by default not to interview.")
@click.option("--person", "person_code", help="Code of the person it is about.")
@click.option("--area", help="Area it is about.")
@click.option("--incident", help="Incident it is about.")
@click.option("--wording", help="What they wrote or said.")
@click.option("--how", "source_text", help="How it reached us.")
@click.option("--since", help="Since when; by default now.")
@click.option("--until", help="Until when; by default until lifted.")
@governance
@facts
@pass_door
def add_instruction(
    door: Door,
    /,
    party_reference: str,
    source_text: str | None,
    source: str | None,
    settings: tuple[str, ...],
    **given: Any,
) -> None:
    """Record what another investigating body asks us to leave to it; it closes gates at once."""
    stated = told(door, source, settings, {**given, "source": source_text})
    with door.acting() as (session, actor):
        body = queries.find_party(session, party_reference, actor=actor)
        answer = view(state(instructions.record_instruction, session, body, actor=actor, stated=stated))
    door.say(answer, f"{answer['reference']} stands since {answer['since_at']}.")


@instruction.command("show")
@click.argument("reference")
@pass_door
def show_instruction(door: Door, reference: str) -> None:
    """Show an instruction."""
    with door.reading() as (session, actor):
        row = queries.find_instruction(session, reference, actor=actor)
    door.note_reading(f"instruction {reference}", row.level)
    door.show(view(row))


@instruction.command("list")
@click.option("--party", "party_reference", help="Only those of this body.")
@click.option("--standing", is_flag=True, help="Only those that stand now.")
@pass_door
def list_instructions(door: Door, party_reference: str | None, standing: bool) -> None:
    """List the instructions, newest first."""
    with door.reading() as (session, actor):
        rows = every(
            queries.page_instructions,
            session,
            actor=actor,
            party=queries.find_party(session, party_reference, actor=actor) if party_reference else None,
            standing_at=door.instance.clock.now() if standing else None,
        )
    door.note_reading("list of instructions", highest(rows))
    door.table(
        [view(row) for row in rows], ["reference", "kind", "person_code", "area", "incident", "lifted_at"]
    )


@instruction.command("amend")
@click.argument("reference")
@changes
@pass_door
def amend_instruction(
    door: Door, reference: str, source: str | None, settings: tuple[str, ...], expected: int | None
) -> None:
    """Correct an instruction that was entered wrongly."""
    stated = told(door, source, settings)
    with door.acting(confirmed=True) as (session, actor):
        row = queries.find_instruction(session, reference, actor=actor)
        instructions.correct_instruction(session, row, stated, actor=actor, expected_version=expected)
        answer = view(row)
    door.say(answer, f"{reference} is at version {answer['version']}.")


@instruction.command("lift")
@click.argument("reference")
@click.option("--how", "source", required=True, help="How we know that it was lifted.")
@version
@pass_door
def lift(door: Door, reference: str, source: str, expected: int | None) -> None:
    """Record that an instruction was lifted."""
    with door.acting(confirmed=True) as (session, actor):
        row = queries.find_instruction(session, reference, actor=actor)
        instructions.lift_instruction(session, row, source=source, actor=actor, expected_version=expected)
        answer = view(row)
    door.say(answer, f"{reference} is lifted.")


def _member(text: str) -> tuple[str, str]:
    reference, sign, role = text.partition("=")
    if not sign:
        raise InvalidInput(
            f"{text!r} names no role.",
            advice=f"Write REFERENCE=ROLE; roles: {', '.join(DataProtectionRole)}.",
        )
    return reference.strip(), role
