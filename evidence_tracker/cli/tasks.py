"""Tasks: what one person asks of another."""

from collections.abc import Mapping
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access import tasks
from evidence_tracker.access.accounts import find_account
from evidence_tracker.access.compartments import find_compartment
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account
from evidence_tracker.access.search import find_record
from evidence_tracker.access.tasks import Task, TaskState
from evidence_tracker.cli.door import Door, group, pass_door
from evidence_tracker.cli.stating import version, words

LINE = ("reference", "title", "about", "due_on", "state", "to", "by")

task = group("task", "Tasks: what one person asks of another, until when, about which record.")


@task.command("add")
@click.argument("title")
@click.option("--to", required=True, help="Login of whoever shall do it.")
@click.option("--about", help="Reference of the record it is about, or code of a person.")
@click.option("--compartment", help="Compartment of a task about no record; else the organisation's.")
@click.option("--due-on", help="Last day for it (2026-03-31).")
@click.option("--note", help="What else is to be known.")
@click.option("--level", type=words(Level), help="Level, if higher than that of the record.")
@pass_door
def add(door: Door, /, to: str, about: str | None, compartment: str | None, **told: Any) -> None:
    """Ask somebody to do something; they are told, and must be able to read what it is about."""
    with door.acting() as (session, actor):
        place = find_compartment(session, compartment, actor=actor) if compartment else None
        row = tasks.give_task(
            session,
            find_account(session, to),
            facts={name: value for name, value in told.items() if value is not None},
            about=find_record(session, about, actor=actor) if about else None,
            compartment_id=place.id if place else None,
            actor=actor,
        )
        answer = _shown(row, _logins(session, [row]))
    door.say(answer, f"{answer['reference']} is with {to}.")


@task.command("list")
@click.option("--given", is_flag=True, help="Those you gave to others, instead of your own.")
@click.option(
    "--state", type=words(TaskState), default="open", show_default=True, help="Only those in this state."
)
@click.option("--all", "is_all", is_flag=True, help="Those of every state.")
@pass_door
def list_all(door: Door, given: bool, state: str, is_all: bool) -> None:
    """List your tasks, the soonest due first."""
    rows: list[Task] = []
    with door.reading() as (session, actor):
        wanted, after = None if is_all else TaskState(state.lower()), None
        while page := tasks.tasks_for(session, actor=actor, state=wanted, given=given, after=after):
            rows += page
            after = (page[-1].due_on, page[-1].recorded_at, page[-1].id)
        logins = _logins(session, rows)
    door.table([_shown(row, logins) for row in rows], LINE, empty="No such tasks.")


@task.command("show")
@click.argument("reference")
@pass_door
def show(door: Door, reference: str) -> None:
    """Show a task."""
    with door.reading() as (session, actor):
        row = tasks.find_task(session, reference, actor=actor)
        answer = _shown(row, _logins(session, [row]))
    door.note_reading(f"task {row.reference}", row.level)
    door.show({**answer, "note": row.note, "level": row.level.value, "ended_reason": row.ended_reason})


@task.command("finish")
@click.argument("reference")
@click.option("--outcome", help="How it was done, or what came of it.")
@version
@pass_door
def finish(door: Door, reference: str, outcome: str | None, expected: int | None) -> None:
    """Say that a task is done; whoever gave it is told."""
    with door.acting() as (session, actor):
        row = tasks.find_task(session, reference, actor=actor)
        tasks.finish_task(session, row, outcome=outcome, actor=actor, expected_version=expected)
        answer = _shown(row, _logins(session, [row]))
    door.say(answer, f"{row.reference} is done.")


@task.command("drop")
@click.argument("reference")
@click.option("--reason", required=True, help="Why it will not be done.")
@version
@pass_door
def drop(door: Door, reference: str, reason: str, expected: int | None) -> None:
    """Say that a task will not be done, and why; the other side is told."""
    with door.acting() as (session, actor):
        row = tasks.find_task(session, reference, actor=actor)
        tasks.drop_task(session, row, reason=reason, actor=actor, expected_version=expected)
        answer = _shown(row, _logins(session, [row]))
    door.say(answer, f"{row.reference} is dropped.")


def _logins(session: Session, rows: list[Task]) -> dict[Any, str]:
    wanted = {row.assigned_to for row in rows} | {row.owner_id for row in rows}
    found = session.execute(select(Account.id, Account.login).where(Account.id.in_(wanted)))
    return {row.id: row.login for row in found}


def _shown(row: Task, logins: Mapping[Any, str]) -> dict[str, Any]:
    return {
        "reference": row.reference,
        "title": row.title,
        "about": row.about_reference,
        "due_on": row.due_on.isoformat() if row.due_on else None,
        "state": row.state.value,
        "to": logins[row.assigned_to],
        "by": logins[row.owner_id],
        "version": row.version,
    }
