"""The custody log: verify, sign, prove, recover."""

import json
from pathlib import Path
from typing import Any

import click

from evidence_tracker.access import log as access_log
from evidence_tracker.access.policy import Permission, require
from evidence_tracker.access.records import profile
from evidence_tracker.cli.door import Door, group, pass_door
from evidence_tracker.custody import checkpoints
from evidence_tracker.custody.history import events_of, prove
from evidence_tracker.custody.models import CustodyEventRow, LogEpoch
from evidence_tracker.errors import InvalidInput, NotFound
from evidence_tracker.integrity.checkpoint import Checkpoint
from evidence_tracker.integrity.faults import IntegrityFault
from evidence_tracker.integrity.merkle import root_from_nodes
from evidence_tracker.jobs.audit import audit, count_blobs, summary

custody = group("custody", "The custody log: what was done to everything, and proof of it.")


@custody.command("verify")
@click.option("--no-contents", is_flag=True, help="Do not decrypt and rehash the files.")
@click.option(
    "--against", type=click.Path(exists=True, path_type=Path), help="An old checkpoint to compare with."
)
@pass_door
def verify(door: Door, no_contents: bool, against: Path | None) -> int:
    """Verify the log, every record against it and every file. Exit status 1 names what is wrong."""
    instance = door.open_unguarded()
    with door.progress() as bar:
        task = bar.add_task("verifying", total=None)
        report = audit(
            instance,
            contents=not no_contents,
            progress=lambda what, done, total: bar.update(
                task, description=what, completed=done, total=total
            ),
        )
    if against is not None:
        _compare(door, against, report)
    with instance.reading() as session:
        answer = summary(report, 0 if no_contents else count_blobs(session))
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


def _compare(door: Door, file: Path, report: Any) -> None:
    old = _old_checkpoint(door, file)
    with door.instance.reading() as session:
        head = session.query(LogEpoch).filter_by(origin=old.origin).one_or_none()
        if head is None or head.size < old.size:
            report.add(
                "checkpoint", str(file), f"it knows {old.size} events of {old.origin}, more than are here"
            )
        elif root_from_nodes(old.size, checkpoints.node_reader(session, head.epoch)) != old.root:
            report.add(
                "checkpoint", str(file), f"the first {old.size} events of {old.origin} are not the same"
            )


def _old_checkpoint(door: Door, file: Path) -> Checkpoint:
    try:
        return door.instance.signer.open(file.read_bytes()[:1_000_000])
    except (IntegrityFault, UnicodeDecodeError) as error:
        raise InvalidInput(f"{file} is not a checkpoint that this instance signed: {error}") from error


@custody.command("checkpoint")
@click.option("--to", type=click.Path(path_type=Path), help="Write the checkpoint into this file.")
@pass_door
def checkpoint(door: Door, to: Path | None) -> None:
    """Sign the log as it stands. Keep the result outside this machine: it is what detects a rewritten log."""
    with door.acting() as (session, actor):
        require(session, actor, Permission.AUDIT, profile(session).organisation_compartment_id)
        access_log.seal_batch(session, actor=actor)
    note = door.instance.checkpoint()
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
    """Write a proof of one event (tlog-proof) with only the named fields opened."""
    note = door.instance.checkpoint()
    with door.reading() as (session, actor):
        require(session, actor, Permission.AUDIT, profile(session).organisation_compartment_id)
        row = session.get(CustodyEventRow, (epoch, index))
        if row is None:
            raise NotFound(f"There is no event {index} in epoch {epoch}.")
        signed = checkpoints.latest(session, epoch)
        events = events_of(session, door.instance.keyring, row.subject)
        event = next(item for item in events if (item.epoch, item.index) == (epoch, index))
        unknown = set(opened) - event.values.keys()
        if unknown:
            raise InvalidInput(f"This event has no field {min(unknown)!r}.")
        names = opened or ("subject", "seq", "prev")
        proof = prove(session, event, names, note=signed.note, size=signed.size).encode()
    del note
    if to is not None:
        _write_new(to, proof)
    door.say({"proof": proof.decode()}, proof.decode())


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
    try:
        with path.open("xb") as file:
            file.write(data)
    except FileExistsError as error:
        raise InvalidInput(f"{path} exists already; nothing was overwritten.") from error
