"""Missions: planning them, seeing them off, bringing them home."""

from collections.abc import Callable
from typing import Any

import click

from evidence_tracker.casework.missions import debrief, planning, queries, states
from evidence_tracker.casework.missions.models import Mission, MissionState
from evidence_tracker.cli import mission_field, mission_people
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
from evidence_tracker.errors import NotFound

mission = group("mission", "Missions: a mandate, a team, a place, a period.")
for _part in (*mission_people.GROUPS, *mission_field.GROUPS):
    mission.add_command(_part)


@mission.command("add")
@click.option("--reference", help="Reference: letters A to Z, digits and hyphens (KYI-2026-01).")
@click.option("--title", help="Title.")
@click.option("--mandate", help="By whose mandate, to do what.")
@click.option("--objectives", help="What it is to find out.")
@click.option("--area", help="Area in words.")
@click.option("--place", "places", multiple=True, help="Name of a place; can be repeated.")
@click.option("--country", help="Country, two letters of ISO 3166.")
@click.option("--starts", "starts_on", help="First day, as exactly as is known.")
@click.option("--ends", "ends_on", help="Last day.")
@governance
@facts
@pass_door
def add(door: Door, /, source: str | None, settings: tuple[str, ...], **given: Any) -> None:
    """Plan a mission and open its compartment; you lead it."""
    stated = told(door, source, settings, given)
    with door.acting() as (session, actor):
        answer = view(state(planning.open_mission, session, actor=actor, stated=stated))
    door.say(answer, f"Mission {answer['reference']} is planned; its compartment is open and you lead it.")


@mission.command("show")
@click.argument("reference")
@pass_door
def show(door: Door, reference: str) -> None:
    """Show a mission with its team, equipment and partners."""
    with door.reading() as (session, actor):
        row = queries.find_mission(session, reference, actor=actor)
        people = queries.team(session, row, actor=actor)
        gear = queries.devices(session, row, actor=actor)
        others = queries.partners(session, row, actor=actor)
        answer = view(
            row,
            team=[f"{account.login} ({member.role.value})" for member, account in people],
            devices=[f"{one.reference} {one.label}" for one in gear],
            partners=[one.name_latin for _, one in others],
        )
    door.note_reading(f"mission {row.reference}", highest([row, *gear]))
    door.show(answer)


@mission.command("list")
@click.option("--state", "state_word", type=words(MissionState), help="Only missions in this state.")
@click.option("--country", help="Only missions to this country.")
@pass_door
def list_missions(door: Door, state_word: str | None, country: str | None) -> None:
    """List the missions, newest first."""
    with door.reading() as (session, actor):
        rows = every(
            queries.page_missions,
            session,
            actor=actor,
            state=MissionState(state_word) if state_word else None,
            country=country.upper() if country else None,
        )
    door.note_reading("list of missions", highest(rows))
    shown = [view(row, first=str(row.starts_on or "–"), last=str(row.ends_on or "–")) for row in rows]
    door.table(shown, ["reference", "title", "state", "country", "first", "last"])


@mission.command("amend")
@click.argument("reference")
@changes
@pass_door
def amend(
    door: Door, reference: str, source: str | None, settings: tuple[str, ...], expected: int | None
) -> None:
    """Change what a mission is about; an approval of it is then asked for again."""
    stated = told(door, source, settings)
    with door.acting() as (session, actor):
        row = queries.find_mission(session, reference, actor=actor)
        planning.amend_mission(session, row, stated, actor=actor, expected_version=expected)
        answer = view(row)
    door.say(answer, f"Mission {row.reference} is {row.state.value}, version {row.version}.")


@mission.command("approve")
@click.argument("reference")
@version
@pass_door
def approve(door: Door, reference: str, expected: int | None) -> None:
    """Approve a planned mission (somebody else than its opener, with their own secret)."""
    with door.acting(confirmed=True) as (session, actor):
        row = queries.find_mission(session, reference, actor=actor)
        states.approve_mission(session, row, actor=actor, expected_version=expected)
        answer = view(row)
    door.say(answer, f"Mission {row.reference} is approved.")


@mission.command("start")
@click.argument("reference")
@click.option("--on", help="Since when; by default now.")
@version
@pass_door
def start(door: Door, reference: str, on: str | None, expected: int | None) -> None:
    """Say that an approved mission is under way."""
    _step(door, reference, states.start_mission, "is under way", on=on, expected_version=expected)


@mission.command("close")
@click.argument("reference")
@click.option("--on", help="Since when; by default now.")
@version
@pass_door
def close(door: Door, reference: str, on: str | None, expected: int | None) -> None:
    """Say that the team is back."""
    _step(door, reference, states.close_mission, "is closed", on=on, expected_version=expected)


@mission.command("call-off")
@click.argument("reference")
@reason
@version
@pass_door
def call_off(door: Door, reference: str, reason: str, expected: int | None) -> None:
    """Call off a mission that has not begun."""
    _step(door, reference, states.call_off_mission, "is called off", reason=reason, expected_version=expected)


@mission.group("debrief")
def debriefing() -> None:
    """Debriefs: what a mission taught and brought home."""


@debriefing.command("add")
@click.argument("reference")
@click.option("--on", "held_on", help="Day on which it was held.")
@click.option("--lessons", help="What was learnt.")
@click.option("--outcome", help="What was brought home, in words.")
@click.option("--interviews", "interviews_held", type=int, help="Interviews held, as the team says.")
@click.option("--exhibits", "exhibits_taken", type=int, help="Exhibits taken, as the team says.")
@click.option("--care", "care_offered", help="What was offered to the team.")
@governance
@facts
@pass_door
def hold_debrief(
    door: Door, /, reference: str, source: str | None, settings: tuple[str, ...], **given: Any
) -> None:
    """Record the debrief of a closed mission; it is then debriefed."""
    stated = told(door, source, settings, given)
    with door.acting() as (session, actor):
        row = queries.find_mission(session, reference, actor=actor)
        answer = view(state(debrief.hold_debrief, session, row, actor=actor, stated=stated))
    door.say(answer, f"Mission {row.reference} is debriefed.")


@debriefing.command("show")
@click.argument("reference")
@pass_door
def show_debrief(door: Door, reference: str) -> None:
    """Show the debrief of a mission."""
    with door.reading() as (session, actor):
        row = queries.find_mission(session, reference, actor=actor)
        held = queries.debrief_of(session, row, actor=actor)
    if held is None:
        raise NotFound(f"Mission {row.reference} has no debrief, or you may not see it.")
    door.note_reading(f"debrief of {row.reference}", held.level)
    door.show(view(held))


@debriefing.command("amend")
@click.argument("reference")
@changes
@pass_door
def amend_debrief(
    door: Door, reference: str, source: str | None, settings: tuple[str, ...], expected: int | None
) -> None:
    """Add to a debrief what came to light later."""
    stated = told(door, source, settings)
    with door.acting() as (session, actor):
        row = queries.find_mission(session, reference, actor=actor)
        held = queries.debrief_of(session, row, actor=actor)
        if held is None:
            raise NotFound(f"Mission {row.reference} has no debrief, or you may not see it.")
        debrief.amend_debrief(session, held, stated, actor=actor, expected_version=expected)
        answer = view(held)
    door.say(answer, f"The debrief of {row.reference} is at version {answer['version']}.")


def _step(door: Door, reference: str, act: Callable[..., Mission], done: str, **told: Any) -> None:
    with door.acting() as (session, actor):
        row = queries.find_mission(session, reference, actor=actor)
        answer = view(act(session, row, actor=actor, **told))
    door.say(answer, f"Mission {row.reference} {done}.")
