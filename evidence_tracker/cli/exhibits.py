"""Exhibits: taking in, showing, extracting, working copies, links of persons."""

import time
from pathlib import Path
from typing import Any

import click
from rich.progress import Progress, TaskID
from sqlalchemy.orm import Session

from evidence_tracker.access.records import Governance
from evidence_tracker.casework.exhibits import derivatives, extraction, folders, intake, people, queries
from evidence_tracker.casework.exhibits.facts import ExhibitFacts, read_changes, read_facts
from evidence_tracker.casework.exhibits.models import (
    DerivativeKind,
    Exhibit,
    ExhibitKind,
    LinkBasis,
    PersonRole,
)
from evidence_tracker.casework.exhibits.names import kept
from evidence_tracker.casework.missions.queries import find_mission
from evidence_tracker.cli import exhibit_things, exhibit_view, remnants
from evidence_tracker.cli.door import Door, group, pass_door
from evidence_tracker.cli.exhibit_facts import (
    about,
    destination,
    facts_of,
    governance,
    governed,
    home,
    rules,
    split_home,
)
from evidence_tracker.cli.stating import words
from evidence_tracker.custody.events import Actor
from evidence_tracker.custody.vault import Deposited
from evidence_tracker.jobs.examinations import JOBS
from evidence_tracker.jobs.worker import run_owed

BAR_AFTER_S = 1.0

exhibit = group("exhibit", "Exhibits: registered originals and what was made from them.")
for _command in (*exhibit_things.COMMANDS, *remnants.COMMANDS):
    exhibit.add_command(_command)

version = click.option(
    "--version", "expected", type=int, help="Version you read; a newer one is not overwritten."
)
person_role = click.option(
    "--role", required=True, type=words(PersonRole), help="What the person is to the exhibit."
)


@exhibit.command("receive")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--source", help="Code of the person who is the source.")
@home
@about
@click.option(
    "--examine/--no-examine", default=True, help="Examine the bytes now, or leave it to the worker."
)
@pass_door
def receive(door: Door, /, paths: tuple[Path, ...], source: str | None, examine: bool, **told: Any) -> int:
    """Take in files and whole folders; every file becomes an exhibit, each in its own transaction.

    What cannot be taken in is reported with its reason, the rest goes on, and the exit
    status is 1. With --json each file is one line.
    """
    goes_to, told = split_home(told)
    facts = read_facts(ExhibitFacts, facts_of(door, told.pop("source_file"), told))
    with door.reading() as (session, actor):
        intake.home_for(session, actor=actor, **destination(session, actor, goes_to))
        if source is not None:
            people.find_person(session, source, actor=actor)

    def take(session: Session, actor: Actor, deposited: Deposited, name: str) -> Exhibit:
        place = destination(session, actor, goes_to)
        vault = door.instance.vault
        row = intake.receive_exhibit(
            session, vault, deposited, facts=facts, actor=actor, original_name=name, **place
        )
        if source is not None:
            person = people.find_person(session, source, actor=actor)
            people.link_person(session, row, person, role=PersonRole.SOURCE, actor=actor)
        return row

    taken, failed = _receive_all(door, paths, take)
    if examine:
        # As many as were taken in, not all that others left to the worker.
        run_owed(door.instance, JOBS, limit=taken)
    return 1 if failed else 0


def _receive_all(door: Door, paths: tuple[Path, ...], take: folders.Receive) -> tuple[int, int]:
    """Take everything in, saying what became of each; returns how many were taken and how many not."""
    taken = failed = 0
    with door.progress() as progress:
        for result in folders.receive_paths(
            paths,
            vault=door.instance.vault,
            acting=door.acting,
            receive=take,
            keep_out=[door.instance.settings.path],
            progress=Bar(progress),
        ):
            is_failure = _report(door, result)
            failed += is_failure
            taken += not is_failure
    return taken, failed


def _report(door: Door, result: folders.Taken | folders.NotTaken) -> bool:
    """Say what became of one file; returns whether it failed."""
    if isinstance(result, folders.Taken):
        row = result.exhibit
        answer = {
            "reference": row.reference,
            "sha256": row.sha256,
            "size": row.size_bytes,
            "media_type": row.media_type,
            "path": result.path,
        }
        door.say(answer, f"{row.reference}  {row.sha256}  {result.path}")
        return False
    if door.is_json:
        door.say({"path": result.path, "error": result.error, "advice": result.advice}, "")
    else:
        door.warn(f"{result.path}: {result.error} {result.advice}")
    return True


class Bar:
    """Shows how far one file is, once it has taken longer than a second."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._name = ""
        self._since = 0.0
        self._task: TaskID | None = None

    def __call__(self, name: str, done: int, size: int) -> None:
        """Note that ``done`` of ``size`` bytes are taken."""
        if name != self._name or done < size == 0:
            self._begin(name)
        if self._task is None and time.monotonic() - self._since > BAR_AFTER_S:
            self._task = self._progress.add_task(kept(name)[-40:], total=size)
        if self._task is not None:
            self._progress.update(self._task, completed=done)
            if done >= size:
                self._begin("")

    def _begin(self, name: str) -> None:
        if self._task is not None:
            self._progress.remove_task(self._task)
        self._name, self._since, self._task = name, time.monotonic(), None


@exhibit.command("list")
@click.option("--mission", help="Only those of this mission.")
@click.option("--kind", type=words(ExhibitKind), help="Only those of this kind.")
@click.option(
    "--originals/--derivatives", "is_original", default=None, help="Only originals, or only working copies."
)
@click.option("--after", help="Reference of the last exhibit of the page before.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="Rows of a page.")
@pass_door
def list_all(
    door: Door, mission: str | None, kind: str | None, is_original: bool | None, after: str | None, limit: int
) -> None:
    """List exhibits, newest first."""
    with door.reading() as (session, actor):
        last = queries.find_exhibit(session, after, actor=actor) if after is not None else None
        sieve = queries.Sieve(
            mission_id=find_mission(session, mission, actor=actor).id if mission is not None else None,
            kind=ExhibitKind(kind) if kind is not None else None,
            is_original=is_original,
        )
        rows = queries.list_exhibits(
            session,
            actor=actor,
            sieve=sieve,
            after=(last.recorded_at, last.id) if last is not None else None,
            limit=limit,
        )
        answer = [exhibit_view.line(door, row) for row in rows]
    door.table(answer, exhibit_view.LINE)


@exhibit.command("show")
@click.argument("reference")
@pass_door
def show(door: Door, reference: str) -> None:
    """Show an exhibit: what is stated, its digests, holders, persons, copies and what was examined."""
    with door.reading() as (session, actor):
        row = queries.find_exhibit(session, reference, actor=actor)
        answer = exhibit_view.whole(door, session, row, actor)
    door.note_reading(f"exhibit {row.reference}", row.level)
    door.show(answer)


@exhibit.command("amend")
@click.argument("references", nargs=-1, required=True)
@about
@governance
@version
@pass_door
def amend(door: Door, /, references: tuple[str, ...], expected: int | None, **told: Any) -> None:
    """Correct what is stated about exhibits, all or none; bytes and receipts never change."""
    rules_told, told = split_home(told)
    changes = read_changes(ExhibitFacts, facts_of(door, told.pop("source_file"), told))
    with door.acting() as (session, actor):
        changes |= governed(rules_told)
        rows = [queries.find_exhibit(session, reference, actor=actor) for reference in references]
        for row in rows:
            intake.amend_exhibit(session, row, changes, actor=actor, expected_version=expected)
        answer = [{"reference": row.reference, "version": row.version} for row in rows]
    if len(answer) == 1:
        door.say(answer[0], f"{answer[0]['reference']} is amended; this is version {answer[0]['version']}.")
    else:
        door.table(answer, ["reference", "version"])


@exhibit.command("same")
@click.argument("reference")
@pass_door
def same(door: Door, reference: str) -> None:
    """List the other exhibits of the same bytes, as far as you may see them."""
    with door.reading() as (session, actor):
        row = queries.find_exhibit(session, reference, actor=actor)
        answer = [exhibit_view.line(door, one) for one in queries.same_bytes(session, row, actor=actor)]
    door.table(answer, exhibit_view.LINE, empty="No other exhibit that you may see has the same bytes.")


@exhibit.command("extract")
@click.argument("reference")
@click.option("--to", "target", required=True, type=click.Path(path_type=Path), help="New file, or a folder.")
@click.option("--purpose", required=True, help="What the copy is for; it goes into the custody log.")
@pass_door
def extract(door: Door, reference: str, target: Path, purpose: str) -> None:
    """Write the original to a new file that only you can read, comparing its digest on the way.

    The log is written first. Nothing is overwritten, and a file whose bytes differ is
    removed again.
    """
    with door.acting() as (session, actor):
        row = queries.find_exhibit(session, reference, actor=actor)
        path = extraction.target_for(row, target)
        extraction.note_extraction(session, row, purpose=purpose, actor=actor)
    with door.reading() as (session, actor), door.progress() as progress:
        bar = Bar(progress)
        extraction.write_original(
            session,
            door.instance.vault,
            row,
            path,
            actor=actor,
            progress=lambda done: bar(row.reference, done, row.size_bytes or 0),
        )
    answer = {"reference": row.reference, "sha256": row.sha256, "size": row.size_bytes, "path": str(path)}
    door.say(answer, f"{row.reference} is in {path}, its digest is right.")


@exhibit.command("derive")
@click.argument("reference")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--as-kind", "kind", required=True, type=words(DerivativeKind), help="What the copy is to its original."
)
@click.option("--how", required=True, help="What was done to make it.")
@click.option("--tool", required=True, help="Program and version it was made with, or 'by hand'.")
@click.option("--title", help="Neutral title; by default what it is of.")
@click.option("--language", help="Language of the copy (of a translation, say).")
@governance
@pass_door
def derive(door: Door, /, reference: str, file: Path, kind: str, how: str, tool: str, **told: Any) -> None:
    """Register a working copy of an exhibit; a second person checks it."""
    rules_told, told = split_home(told)
    facts = read_facts(ExhibitFacts, facts_of(door, None, told)) if any(told.values()) else None

    def take(session: Session, actor: Actor, deposited: Deposited, name: str) -> Exhibit:
        original = queries.find_exhibit(session, reference, actor=actor)
        stated = rules(Governance.of(original), **rules_told)
        return derivatives.derive(
            session,
            door.instance.vault,
            original,
            deposited,
            kind=DerivativeKind(kind),
            how=how,
            tool=tool,
            actor=actor,
            facts=facts,
            governance=stated,
            original_name=name,
        )

    row = folders.receive_file(file, vault=door.instance.vault, acting=door.acting, receive=take)
    run_owed(door.instance, JOBS, limit=1)
    answer = {"reference": row.reference, "made_from": reference, "sha256": row.sha256}
    door.say(
        answer, f"{row.reference} is a {kind} of {reference}; somebody else checks it with 'exhibit check'."
    )


@exhibit.command("check")
@click.argument("reference")
@version
@pass_door
def check(door: Door, reference: str, expected: int | None) -> None:
    """Sign a working copy off, as somebody other than its maker."""
    with door.acting(confirmed=True) as (session, actor):
        row = queries.find_exhibit(session, reference, actor=actor)
        derivatives.check_derivative(session, row, actor=actor, expected_version=expected)
        answer = {"reference": row.reference, "checked_by": actor.login, "version": row.version}
    door.say(answer, f"{reference} is checked by {actor.login}.")


@exhibit.command("link-person")
@click.argument("reference")
@click.argument("code")
@person_role
@click.option("--basis", type=words(LinkBasis), help="Why it may be used although the person is in it.")
@click.option("--note", "basis_note", help="The reasons for that basis.")
@pass_door
def link_person(
    door: Door, reference: str, code: str, role: str, basis: str | None, basis_note: str | None
) -> None:
    """Link a person to an exhibit."""
    with door.acting() as (session, actor):
        row = queries.find_exhibit(session, reference, actor=actor)
        person = people.find_person(session, code, actor=actor)
        stated = LinkBasis(basis) if basis is not None else None
        people.link_person(
            session, row, person, role=PersonRole(role), basis=stated, basis_note=basis_note, actor=actor
        )
    door.say(
        {"reference": reference, "person": person.code, "role": role, "basis": basis},
        f"{person.code} is linked to {reference} as {role}.",
    )


@exhibit.command("state-basis")
@click.argument("reference")
@click.argument("code")
@person_role
@click.option("--basis", required=True, type=words(LinkBasis), help="Why it may be used.")
@click.option("--note", "basis_note", required=True, help="The reasons for that basis.")
@pass_door
def state_basis(door: Door, reference: str, code: str, role: str, basis: str, basis_note: str) -> None:
    """Say why an exhibit may be used although this person is in it."""
    with door.acting() as (session, actor):
        row = queries.find_exhibit(session, reference, actor=actor)
        person = people.find_person(session, code, actor=actor)
        link = people.find_link(session, row, person, PersonRole(role), actor=actor)
        people.state_basis(session, link, basis=LinkBasis(basis), basis_note=basis_note, actor=actor)
    answer = {"reference": reference, "person": person.code, "role": role, "basis": basis}
    door.say(answer, f"The basis for {person.code} as {role} in {reference} is {basis}.")


@exhibit.command("unlink-person")
@click.argument("reference")
@click.argument("code")
@person_role
@click.option("--reason", required=True, help="Why the link is wrong.")
@pass_door
def unlink_person(door: Door, reference: str, code: str, role: str, reason: str) -> None:
    """End a wrong link; it stays on record."""
    with door.acting() as (session, actor):
        row = queries.find_exhibit(session, reference, actor=actor)
        person = people.find_person(session, code, actor=actor)
        link = people.find_link(session, row, person, PersonRole(role), actor=actor)
        people.end_link(session, link, reason=reason, actor=actor)
    answer = {"reference": reference, "person": person.code, "role": role}
    door.say(answer, f"{person.code} is no longer linked to {reference} as {role}.")
