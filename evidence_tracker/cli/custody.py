"""The custody log: verify, sign, prove, recover."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from sqlalchemy.orm import Session

from evidence_tracker.access.levels import Level
from evidence_tracker.access.policy import Permission, require
from evidence_tracker.access.records import profile
from evidence_tracker.cli.copying import refuse_existing
from evidence_tracker.cli.door import Door, group, pass_door
from evidence_tracker.custody import checkpoints
from evidence_tracker.custody.events import Actor
from evidence_tracker.custody.findings import UNREADABLE, Verification, told
from evidence_tracker.custody.history import CustodyEvent, events_of, prove
from evidence_tracker.custody.ledger import RECORD_PREFIX
from evidence_tracker.custody.models import CustodyEventRow, SubjectKey
from evidence_tracker.errors import InvalidInput, NotFound
from evidence_tracker.integrity.checkpoint import MAX_SIZE, Checkpoint
from evidence_tracker.jobs.audit import audit, summary
from evidence_tracker.jobs.checkpoints import MAX_CHECKPOINT, contradiction, read_old, sign

#: What every proof opens: where the event stands in the life of its subject, nothing of what it was.
BARE = ("subject", "seq", "prev")

custody = group("custody", "The custody log: what was done to everything, and proof of it.")


@custody.command("verify")
@click.option("--no-contents", is_flag=True, help="Do not decrypt and rehash the files.")
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An old checkpoint to compare with.",
)
@pass_door
def verify(door: Door, no_contents: bool, against: Path | None) -> int:
    """Verify the log, every record against it and every file. Exit status 1 names what is wrong."""
    instance = door.open_unguarded()
    old = None if against is None else _old_checkpoint(door, against)
    with door.progress() as bar:
        task = bar.add_task("verifying", total=None)
        report = audit(
            instance,
            contents=not no_contents,
            progress=lambda what, done, total: bar.update(
                task, description=what, completed=done, total=total or None
            ),
        )
    if old is not None:
        _compare(door, old, str(against), report)
    answer = summary(report)
    if door.is_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        _print(answer)
    return 0 if answer["ok"] else 1


def _print(answer: dict[str, Any]) -> None:
    checked = (
        f"{answer['events']} events, {answer['checkpoints']} checkpoints, {answer['records']} records "
        f"and {answer['blobs']} files were checked."
    )
    if answer["ok"]:
        click.echo(f"Everything is as it was recorded. {checked}")
        return
    click.echo(f"INTEGRITY FAILURE. {checked} {len(answer['findings'])} are not as they were recorded:")
    for finding in answer["findings"]:
        click.echo(f"  {finding['where']}: {finding['what']}")
    click.echo("Stop working on this instance, keep it as it is and call the security officer.")


def _compare(door: Door, old: Checkpoint, name: str, report: Verification) -> None:
    with door.instance.reading() as session:
        try:
            found = contradiction(session, old)
        except UNREADABLE as error:
            found = f"it cannot be compared: {told(error)}"
    if found:
        report.add("checkpoint", name, found)


def _old_checkpoint(door: Door, file: Path) -> Checkpoint:
    with file.open("rb") as source:
        return read_old(door.instance, source.read(MAX_CHECKPOINT), str(file))


@custody.command("checkpoint")
@click.option("--to", type=click.Path(path_type=Path), help="Write the checkpoint into this file.")
@pass_door
def checkpoint(door: Door, to: Path | None) -> None:
    """Sign the log as it stands. Keep the result outside this machine: it is what detects a rewritten log."""
    if to is not None:
        refuse_existing(to)
    with door.reading() as (_session, actor):
        pass
    with door.noting_denials():
        note = sign(door.instance, actor=actor)
    if to is not None:
        _write_new(to, note)
    lines = note.decode().split("\n")
    door.say(
        {"origin": lines[0], "size": int(lines[1]), "root": lines[2], "note": note.decode()}, note.decode()
    )


@custody.command("key")
@pass_door
def key(door: Door) -> None:
    """Print the key (vkey) that recipients verify with; give it to them apart from the bundles."""
    with door.reading() as (session, _actor):
        origin = checkpoints.head(session).origin
    vkey = door.instance.signer.signer(origin).vkey
    door.say({"vkey": vkey, "origin": origin}, vkey)


@custody.command("prove")
@click.argument("epoch", type=int)
@click.argument("index", type=int)
@click.option(
    "--open", "opened", multiple=True, help="Field to open; repeat. By default subject, seq and prev."
)
@click.option("--to", type=click.Path(path_type=Path), help="Write the proof into this file.")
@pass_door
def prove_event(door: Door, epoch: int, index: int, opened: tuple[str, ...], to: Path | None) -> None:
    """Write a proof of one event (tlog-proof) with only the named fields opened.

    Values of a record are opened only by who may read that record.
    """
    if to is not None:
        refuse_existing(to)
    with door.reading() as (session, actor):
        require(session, actor, Permission.AUDIT, profile(session).organisation_compartment_id)
        event = _event(door, session, epoch, index)
        level = _may_open(session, actor, event, opened)
    door.note_reading(f"fields of event {index} of epoch {epoch}", level)
    door.instance.checkpoint()
    with door.reading() as (session, _actor):
        signed = checkpoints.latest(session, epoch)
        names = opened or BARE
        proof = prove(session, event, names, note=signed.note, size=signed.size).encode()
    if to is not None:
        _write_new(to, proof)
    door.say({"proof": proof.decode()}, proof.decode())


def _event(door: Door, session: Session, epoch: int, index: int) -> CustodyEvent:
    row = None
    if max(abs(epoch), abs(index)) <= MAX_SIZE:
        row = session.get(CustodyEventRow, (epoch, index))
    if row is None:
        raise NotFound(
            f"There is no event {index} in epoch {epoch}.",
            advice="Epochs are counted from 1, the events of each from 0.",
        )
    events = events_of(session, door.instance.keyring, row.subject)
    return next(item for item in events if (item.epoch, item.index) == (epoch, index))


def _may_open(session: Session, actor: Actor, event: CustodyEvent, names: tuple[str, ...]) -> Level:
    """Refuse what this actor may not open of an event; returns the level of what will be opened."""
    values = event.values
    unknown = set(names) - values.keys()
    if unknown:
        raise InvalidInput(
            f"This event has no field {min(unknown)!r}.", advice=f"It has: {', '.join(sorted(values))}."
        )
    home = session.get_one(SubjectKey, UUID(values["subject"])).compartment_id
    if set(names) - set(BARE):
        require(session, actor, Permission.AUDIT, home)
    if not any(name.startswith(RECORD_PREFIX) for name in names):
        return Level.PUBLIC
    level = Level((event.record or {}).get("level", Level.INTERNAL))
    require(session, actor, Permission.READ, home, level=level)
    return level


@custody.command("open-epoch")
@click.option("--reason", required=True, help="What was restored, from where, and why.")
@pass_door
def open_epoch(door: Door, reason: str) -> None:
    """After a restore from a backup: continue in a new epoch that says so for ever."""
    instance = door.open_unguarded()
    with door.reading() as (session, actor):
        home = profile(session).organisation_compartment_id
        require(session, actor, Permission.MANAGE_ACCOUNTS, home)
    door.confirm()
    origin = instance.open_epoch(reason, actor=actor, home=home)
    door.say({"origin": origin}, f"The log continues as {origin}. Tell your recipients why.")


def _write_new(path: Path, data: bytes) -> None:
    refuse_existing(path)
    with path.open("xb") as file:
        file.write(data)
