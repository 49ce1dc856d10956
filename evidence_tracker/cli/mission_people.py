"""The people of a mission at the command line: team, competences, the security plan."""

from typing import Any
from uuid import UUID

import click

from evidence_tracker.access import records
from evidence_tracker.access.accounts import find_account
from evidence_tracker.casework.missions import queries, risk, team
from evidence_tracker.casework.missions.models import Competence, CompetenceCategory, MissionRole
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

member = group("member", "The team: who goes, in which role.")
competence = group("competence", "Competences: who was trained for what, until when.")
plan = group("plan", "The security plan: written by some, signed off by somebody else.")
GROUPS = (member, competence, plan)


@member.command("add")
@click.argument("reference")
@click.argument("login")
@click.option("--role", required=True, type=words(MissionRole), help="What they do.")
@click.option("--language", "languages", multiple=True, help="Language they work in; can be repeated.")
@pass_door
def add_member(door: Door, reference: str, login: str, role: str, languages: tuple[str, ...]) -> None:
    """Put somebody on the team; access takes a grant besides."""
    with door.acting() as (session, actor):
        mission = queries.find_mission(session, reference, actor=actor)
        account = find_account(session, login)
        row = team.add_member(session, mission, account, role=role, languages=languages, actor=actor)
        answer = view(row, login=login)
    door.say(answer, f"{login} goes on {mission.reference} as {role}.")


@member.command("list")
@click.argument("reference")
@click.option("--left", is_flag=True, help="Also who has left the team.")
@pass_door
def list_members(door: Door, reference: str, left: bool) -> None:
    """List the team."""
    with door.reading() as (session, actor):
        mission = queries.find_mission(session, reference, actor=actor)
        people = queries.team(session, mission, actor=actor, include_ended=left)
        rows = [view(row, login=account.login, name=account.display_name) for row, account in people]
    door.note_reading(f"team of {mission.reference}", highest(row for row, _ in people))
    door.table(rows, ["login", "name", "role", "languages", "ended_at"])


@member.command("amend")
@click.argument("reference")
@click.argument("login")
@changes
@pass_door
def amend_member(
    door: Door,
    reference: str,
    login: str,
    source: str | None,
    settings: tuple[str, ...],
    expected: int | None,
) -> None:
    """Change somebody's role or languages."""
    stated = told(door, source, settings)
    with door.acting() as (session, actor):
        mission = queries.find_mission(session, reference, actor=actor)
        row = queries.member_of(session, mission, find_account(session, login).id, actor=actor)
        answer = view(team.amend_member(session, row, stated, actor=actor, expected_version=expected))
    door.say(answer, f"{login} is on {mission.reference} as {answer['role']}.")


@member.command("end")
@click.argument("reference")
@click.argument("login")
@reason
@pass_door
def end_member(door: Door, reference: str, login: str, reason: str) -> None:
    """Take somebody off the team."""
    with door.acting() as (session, actor):
        mission = queries.find_mission(session, reference, actor=actor)
        row = queries.member_of(session, mission, find_account(session, login).id, actor=actor)
        answer = view(team.end_member(session, row, reason=reason, actor=actor))
    door.say(answer, f"{login} has left the team of {mission.reference}.")


@competence.command("add")
@click.argument("login")
@click.option("--category", required=True, type=words(CompetenceCategory), help="Trained for what.")
@click.option("--basis", required=True, help="Which training or licence.")
@click.option("--awarded", "awarded_on", required=True, help="Day of the award.")
@click.option("--expires", "expires_on", required=True, help="Day on which it expires.")
@pass_door
def add_competence(door: Door, /, login: str, **given: Any) -> None:
    """Record a training or licence of somebody else; it opens interview gates."""
    with door.acting(confirmed=True) as (session, actor):
        account = find_account(session, login)
        row = state(team.record_competence, session, account, actor=actor, stated=given)
        answer = view(row, login=login)
    door.say(answer, f"{login} is competent for {answer['category']} until {row.expires_on}.")


@competence.command("list")
@click.option("--login", help="Only those of this account.")
@click.option("--live", is_flag=True, help="Only those that hold now.")
@pass_door
def list_competences(door: Door, login: str | None, live: bool) -> None:
    """List trainings and licences."""
    with door.reading() as (session, actor):
        rows = every(
            queries.page_competences,
            session,
            actor=actor,
            account_id=find_account(session, login).id if login else None,
            live_at=door.instance.clock.now() if live else None,
        )
    door.note_reading("list of competences", highest(rows))
    shown = [view(row, expires=str(row.expires_on)) for row in rows]
    door.table(shown, ["id", "account_id", "category", "basis", "expires", "ended_at"])


@competence.command("end")
@click.argument("competence_id", type=click.UUID)
@reason
@pass_door
def end_competence(door: Door, competence_id: UUID, reason: str) -> None:
    """Withdraw a competence."""
    with door.acting() as (session, actor):
        row = records.get(session, Competence, competence_id, actor=actor)
        answer = view(team.end_competence(session, row, reason=reason, actor=actor))
    door.say(answer, "The competence is withdrawn.")


@plan.command("write")
@click.argument("reference")
@click.option("--text", help="The plan; or --from FILE with {text: …}.")
@governance
@facts
@version
@pass_door
def write_plan(
    door: Door,
    /,
    reference: str,
    source: str | None,
    settings: tuple[str, ...],
    expected: int | None,
    **given: Any,
) -> None:
    """Write the security plan, or write it anew; either voids its sign-off."""
    stated = told(door, source, settings, given)
    text = stated.pop("text", None)
    with door.acting() as (session, actor):
        mission = queries.find_mission(session, reference, actor=actor)
        row = state(
            risk.write_security_plan,
            session,
            mission,
            text,
            actor=actor,
            stated=stated,
            expected_version=expected,
        )
        answer = view(row)
    door.say(answer, f"The security plan of {mission.reference} is at version {row.version}, not signed off.")


@plan.command("show")
@click.argument("reference")
@pass_door
def show_plan(door: Door, reference: str) -> None:
    """Show the security plan."""
    with door.reading() as (session, actor):
        mission = queries.find_mission(session, reference, actor=actor)
        row = queries.security_plan(session, mission, actor=actor)
    if row is None:
        raise NotFound(f"Mission {mission.reference} has no security plan, or you may not see it.")
    door.note_reading(f"security plan of {mission.reference}", row.level)
    door.show(view(row))


@plan.command("sign-off")
@click.argument("reference")
@click.option("--version", "expected", type=int, required=True, help="The version you have read.")
@pass_door
def sign_off_plan(door: Door, reference: str, expected: int) -> None:
    """Sign off the plan you have read (none of its authors can; with your own secret)."""
    with door.acting(confirmed=True) as (session, actor):
        mission = queries.find_mission(session, reference, actor=actor)
        row = queries.security_plan(session, mission, actor=actor)
        if row is None:
            raise NotFound(f"Mission {mission.reference} has no security plan, or you may not see it.")
        answer = view(risk.sign_off_security_plan(session, row, actor=actor, expected_version=expected))
    door.say(answer, f"The security plan of {mission.reference} is signed off.")
