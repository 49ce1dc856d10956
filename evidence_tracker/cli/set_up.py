"""Setting an instance up, bringing it up to date, asking after its health."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from evidence_tracker import tables  # noqa: F401 - every model must be known before records are counted
from evidence_tracker.access.accounts import MAX_LOGIN
from evidence_tracker.access.indexing import index_lacking, lacking
from evidence_tracker.cli.asking import ask_secret, read_secret, system_user
from evidence_tracker.cli.door import Door, DoorCommand, pass_door
from evidence_tracker.db import transaction
from evidence_tracker.errors import EvidenceTrackerError, InvalidInput
from evidence_tracker.instance import (
    TRIGGERS,
    check_schema,
    cost_for,
    create,
    migrate,
    open_database,
)
from evidence_tracker.keys.unlockers import KeyFile, Passphrase, Unlocker, make_key_file
from evidence_tracker.outbox import owed
from evidence_tracker.settings import Kind, Settings, passphrase_from_environment


@click.command("init", cls=DoorCommand)
@click.option("--organisation", required=True, help="Name of the organisation that keeps the evidence.")
@click.option("--origin", required=True, help="DOMAIN/INSTANCE, the name of the custody log.")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in Kind]),
    default="headquarters",
    show_default=True,
    help="What it is for; nothing real belongs into a demo or test instance.",
)
@click.option("--prefix", help="Prefix of references; by default three letters of the instance's name.")
@click.option("--login", help="Login of the first account; by default the system user.")
@pass_door
def init(
    door: Door, organisation: str, origin: str, kind: str, prefix: str | None, login: str | None
) -> None:
    """Set up a new instance; you become its operator and the first custodian of identities."""
    user = system_user()
    with _new_unlocker(door, Kind(kind)) as unlocker:
        instance = create(
            door.path,
            organisation=organisation,
            origin=origin,
            kind=Kind(kind),
            unlocker=unlocker,
            login=login if login is not None else login_from(user),
            system_user=user,
            display_name=user,
            prefix=prefix,
        )
    with instance.reading() as session:
        origin_line = session.execute(text("SELECT origin FROM log_epoch")).scalar_one()
    vkey = instance.signer.signer(origin_line).vkey
    instance.close()
    answer = {"instance": str(door.path), "kind": kind, "origin": origin_line, "vkey": vkey}
    door.say(
        answer,
        f"The instance in {door.path} is ready. Its custody log is {origin_line}.\n"
        f"Give recipients this key on another way than the bundles:\n  {vkey}\n"
        "You are its operator and the first custodian of identities; name a second custodian soon.\n"
        f"Without the passphrase or key file and the folder {door.path / 'keys'} nothing opens again: back both up apart.",
    )


@contextmanager
def _new_unlocker(door: Door, kind: Kind) -> Iterator[Unlocker]:
    """Hand out what will open the new instance; a key file made for one that failed is removed again."""
    if door.key_file is None:
        yield _new_passphrase(door, kind)
        return
    if door.passphrase_fd is not None:
        raise InvalidInput("Give either a key file or a passphrase descriptor, not both.")
    was_there = door.key_file.exists()
    make_key_file(door.key_file)
    try:
        yield KeyFile(door.key_file)
    except BaseException:
        if not was_there:
            door.key_file.unlink()
        raise


def _new_passphrase(door: Door, kind: Kind) -> Passphrase:
    if door.passphrase_fd is not None:
        return Passphrase(read_secret(door.passphrase_fd), cost_for(kind))
    value = passphrase_from_environment(kind)
    if value is None:
        value = ask_secret("New passphrase")
        if value != ask_secret("The same again"):
            raise InvalidInput("The two passphrases differ; nothing was set up.")
    return Passphrase(value, cost_for(kind))


def login_from(user: str) -> str:
    """Return a login for a system user, whatever that is called: ``Olena.K`` → ``olenak``."""
    kept = "".join(character for character in user.lower() if character.isascii() and character.isalnum())
    return (kept if len(kept) > 1 and kept[0].isalpha() else f"user{kept}")[:MAX_LOGIN]


@click.command("upgrade", cls=DoorCommand)
@pass_door
def upgrade(door: Door) -> None:
    """Bring the tables up to this version of the program (make a backup first)."""
    settings = Settings.load(door.path)
    engine = open_database(settings, door.unlocker(settings))
    try:
        migrate(engine)
        check_schema(engine)
        with transaction(engine) as session:
            indexed = index_lacking(session)
    finally:
        engine.dispose()
    also = f" {indexed} record(s) were added to the search." if indexed else ""
    door.say({"upgraded": True, "indexed": indexed}, f"The tables are up to date.{also}")


@click.command("doctor", cls=DoorCommand)
@pass_door
def doctor(door: Door) -> int:
    """Say what is well and what is not, without changing anything."""
    lines: list[tuple[str, bool, str]] = []
    try:
        instance = door.instance
    except EvidenceTrackerError as error:
        lines.append(("instance", False, f"{error} {error.advice}"))
        return _report(door, lines)
    lines.append(("instance", True, f"{door.path}, kind {instance.settings.kind}"))
    with instance.reading() as session:
        names = set(session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")))
        missing = TRIGGERS - names
        lines.append(
            ("triggers", not missing, "all in place" if not missing else f"missing: {sorted(missing)}")
        )
        revision = MigrationContext.configure(session.connection()).get_current_revision()
        lines.append(("tables", True, f"revision {revision}"))
        waiting = owed(session)
        lines.append(("promised work", True, f"{waiting} owed"))
        given_up = session.execute(text("SELECT count(*) FROM promise WHERE state = 'given-up'")).scalar_one()
        lines.append(("given up", not given_up, f"{given_up} jobs were given up"))
        missing_words = lacking(session)
        lines.append(("search", not missing_words, _of_search(missing_words)))
    known = instance.keys.custodians()
    lines.append(
        ("custodians", len(known) > 1, f"{len(known)} custodian(s) of identities; two are needed to lose one")
    )
    lines.append(("sandbox", True, str(instance.vault.sandbox.confinement)))
    lines.append(("python", sys.version_info >= (3, 11), sys.version.split()[0]))
    return _report(door, lines)


def _of_search(missing: int) -> str:
    if not missing:
        return "every record is in it"
    return f"{missing} record(s) are not in it: run 'evidence-tracker upgrade'"


def _report(door: Door, lines: list[tuple[str, bool, str]]) -> int:
    if door.is_json:
        click.echo(json.dumps([{"what": what, "ok": is_well, "says": says} for what, is_well, says in lines]))
    else:
        for what, is_well, says in lines:
            click.echo(f"{'ok  ' if is_well else 'LOOK'}  {what:<14} {says}")
    hard = {"instance", "triggers", "given up"}
    return 1 if any(not is_well and what in hard for what, is_well, _ in lines) else 0
