"""Persons who need protection: a code, what a gate must know, and a sealed identity."""

from typing import Any

import click

from evidence_tracker.access.compartments import find_compartment
from evidence_tracker.access.records import Governance
from evidence_tracker.access.stated import GOVERNED, read
from evidence_tracker.casework.missions.queries import find_mission
from evidence_tracker.casework.persons import identities, queries, registration
from evidence_tracker.casework.persons.models import (
    AgeBand,
    CivilStatus,
    IdentityName,
    ProtectionLevel,
    RoleInEvents,
    Vulnerability,
)
from evidence_tracker.cli import person_care
from evidence_tracker.cli.door import Door, group, pass_door
from evidence_tracker.cli.identity_input import identity_options, take_identity
from evidence_tracker.cli.stating import changes, facts, governance, highest, told, view, words
from evidence_tracker.errors import InvalidInput

person = group("person", "Persons: who needs protection, under codes that mean nothing.")
for _part in person_care.GROUPS:
    person.add_command(_part)

BESIDE = "Keep the earlier values of these fields current too."


@person.command("add")
@click.option("--mission", help="Mission in whose compartment the person is registered.")
@click.option("--compartment", help="Compartment, where it is not a mission's.")
@click.option(
    "--protection", "protection_level", type=words(ProtectionLevel), help="Care that every step needs."
)
@click.option(
    "--role", "roles", multiple=True, type=words(RoleInEvents), help="What the person is to the events."
)
@click.option("--status", "civil_status", type=words(CivilStatus), help="What the person was at the time.")
@click.option("--age-band", type=words(AgeBand), help="Age in years.")
@click.option("--child/--adult", "is_child", default=None, help="Under 18 or not, where the age is unknown.")
@click.option(
    "--crsv-survivor", "is_crsv_survivor", is_flag=True, default=None, help="Survivor of sexual violence."
)
@click.option(
    "--traumatised", "is_severely_traumatised", is_flag=True, default=None, help="Severely traumatised."
)
@click.option(
    "--vulnerability", "vulnerabilities", multiple=True, type=words(Vulnerability), help="Can be repeated."
)
@click.option(
    "--language", "languages", multiple=True, help="Language spoken (uk, crh-Latn); can be repeated."
)
@identity_options
@governance
@facts
@pass_door
def add(door: Door, /, mission: str | None, compartment: str | None, **given: Any) -> None:
    """Register a person under a new random code; the person is RESTRICTED unless said otherwise."""
    identity = take_identity(door, given)
    stated = told(door, given.pop("source"), given.pop("settings"), given)
    governed = {name: stated.pop(name) for name in GOVERNED if name in stated}
    with door.acting() as (session, actor):
        home, base = _home(session, actor, mission, compartment)
        made = registration.add_person(
            session,
            compartment_id=home,
            facts=stated,
            actor=actor,
            governance=_governed(base, governed),
            identity=identity,
        )
        answer = view(made, identity=queries.recorded_fields(session, made, actor=actor))
    door.say(
        answer, f"{made.code} is registered; {len(answer['identity'])} part(s) of the identity are sealed."
    )


@person.command("show")
@click.argument("code")
@pass_door
def show(door: Door, code: str) -> None:
    """Show a person: what gates need to know, and which parts of the identity are on record."""
    with door.reading() as (session, actor):
        row = queries.find_person(session, code, actor=actor)
        newest = queries.assessments(session, row, actor=actor)[:1]
        answer = view(
            row,
            identity=[name.value for name in queries.recorded_fields(session, row, actor=actor)],
            threat=newest[0].threat_level.value if newest else None,
            review_on=newest[0].review_on.isoformat() if newest else None,
            referrals=[person_care.summary(one) for one in queries.referrals(session, row, actor=actor)],
        )
    door.note_reading(f"person {row.code}", row.level)
    door.show(answer)


@person.command("list")
@click.option("--compartment", help="Only persons of this compartment.")
@click.option("--protection", type=words(ProtectionLevel), help="Only persons who need this care.")
@click.option("--child/--adult", "is_child", default=None, help="Only children, or only adults.")
@pass_door
def list_persons(door: Door, compartment: str | None, protection: str | None, is_child: bool | None) -> None:
    """List the persons, newest first."""
    with door.reading() as (session, actor):
        rows = queries.list_persons(
            session,
            actor=actor,
            compartment_id=find_compartment(session, compartment, actor=actor).id if compartment else None,
            protection_level=ProtectionLevel(protection) if protection else None,
            is_child=is_child,
            limit=1000,
        )
    door.note_reading("list of persons", highest(rows))
    door.table(
        [view(row) for row in rows], ["code", "protection_level", "age_band", "is_child", "roles", "level"]
    )


@person.command("amend")
@click.argument("code")
@changes
@pass_door
def amend(door: Door, code: str, source: str | None, settings: tuple[str, ...], expected: int | None) -> None:
    """Correct what was registered; taking back a flag needs the right to approve exceptions."""
    stated = told(door, source, settings)
    with door.acting() as (session, actor):
        row = queries.find_person(session, code, actor=actor)
        answer = view(registration.amend_person(session, row, stated, actor=actor, expected_version=expected))
    door.say(answer, f"{row.code} is at version {row.version}.")


@person.command("seal")
@click.argument("code")
@click.option("--beside", is_flag=True, help=BESIDE)
@identity_options
@pass_door
def seal(door: Door, /, code: str, beside: bool, **given: Any) -> None:
    """Seal parts of an identity; a new value supersedes the old one, which is kept."""
    identity = take_identity(door, given)
    if not identity:
        raise InvalidInput("There is nothing to seal.", advice="Use --ask, --identity-fd or --identity-from.")
    with door.acting() as (session, actor):
        row = queries.find_person(session, code, actor=actor)
        made = identities.seal_identity(session, row, identity, actor=actor, beside=beside)
    answer = {"code": row.code, "sealed": [field.name.value for field in made]}
    door.say(answer, f"Sealed for {row.code}: {', '.join(answer['sealed'])}.")


@person.command("reveal")
@click.argument("code")
@click.option("--reason", required=True, help="Why; it stays in the log for ever.")
@click.option("--field", "only", multiple=True, type=words(IdentityName), help="Only this; can be repeated.")
@click.option("--superseded", is_flag=True, help="Also what was superseded.")
@pass_door
def reveal(door: Door, code: str, reason: str, only: tuple[str, ...], superseded: bool) -> None:
    """Open an identity with a custodian's secret and a reason; the log keeps who, what and why."""
    with door.reading() as (session, actor):
        queries.find_person(session, code, actor=actor)
    private = door.identity_key()
    with door.acting() as (session, actor):
        row = queries.find_person(session, code, actor=actor)
        opened = identities.reveal(
            session, row, private, reason=reason, actor=actor, only=only or None, with_superseded=superseded
        )
    # Shown only now: the transaction that logs the reading is committed.
    door.show({"code": row.code, **{name.value: values for name, values in opened.items()}})


@person.command("due")
@click.option("--until", help="Day; by default today.")
@pass_door
def due(door: Door, until: str | None) -> None:
    """List the threat assessments to be reviewed and the referrals to be followed up."""
    person_care.show_due(door, until)


def _home(session: Any, actor: Any, mission: str | None, compartment: str | None) -> tuple[Any, Governance]:
    if (mission is None) == (compartment is None):
        raise InvalidInput("Name the mission, or the compartment, in which the person is registered.")
    if mission is None:
        return find_compartment(session, str(compartment), actor=actor).id, registration.governance_in(None)
    found = find_mission(session, mission, actor=actor)
    return found.compartment_id, registration.governance_in(found)


def _governed(base: Governance, stated: dict[str, Any]) -> Governance:
    whole = {"level": base.level, "purpose": base.purpose, "legal_basis": base.legal_basis, **stated}
    return Governance(**read(whole, GOVERNED))
