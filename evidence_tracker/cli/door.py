"""The door for operators: who is acting, one transaction, one answer.

Every command gets ``--instance``, ``--json`` and ``--as`` by itself. The command line acts
as the account bound to the system user; ``--as`` works only in demo and test instances.
"""

import contextlib
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Table
from sqlalchemy.orm import Session

from evidence_tracker import settings as settings_module
from evidence_tracker.access import log
from evidence_tracker.access.accounts import actor_for_system_user, confirm_secret, find_account
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import AccessKind
from evidence_tracker.cli.asking import (
    ask_secret,
    read_facts,
    read_secret,
    refuse_broken_text,
    system_user,
)
from evidence_tracker.custody.events import Actor
from evidence_tracker.custody.events import Door as DoorName
from evidence_tracker.errors import EvidenceTrackerError, Locked, NotPermitted
from evidence_tracker.instance import Instance, cost_for, open_instance, settings_keys
from evidence_tracker.keys.rings import KeyFolder
from evidence_tracker.keys.roots import PrivateKey
from evidence_tracker.keys.unlockers import KeyFile, Passphrase, Unlocker
from evidence_tracker.settings import Settings

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


class RunWeb(Protocol):
    """Serves one installation to browsers; handed in from above, since doors do not know each other."""

    def __call__(
        self, path: Path, unlocker: Unlocker | None, *, bind: str, threads: int, behind_proxy: bool
    ) -> None:
        """Serve until a signal; locked, unless there is an unlocker."""


@dataclass
class Door:
    """One run of the command line."""

    instance_path: Path | None = None
    is_json: bool = False
    acting_as: str | None = None
    passphrase_fd: int | None = None
    key_file: Path | None = None
    custodian: str | None = None
    custodian_fd: int | None = None
    by: str | None = None
    by_fd: int | None = None
    run_web: "RunWeb | None" = None
    _is_confirmed: bool = False
    _instance: Instance | None = None
    _unlocker: Unlocker | None = None
    _noted: NotPermitted | None = None

    @property
    def path(self) -> Path:
        """Return the folder of the instance."""
        return self.instance_path or settings_module.instance_from_environment()

    @property
    def instance(self) -> Instance:
        """Return the instance, opened and unlocked on first use."""
        if self._instance is None:
            self._instance = self.open_unguarded(guard=True)
        return self._instance

    def open_unguarded(self, *, guard: bool = False) -> Instance:
        """Open the instance; without the guard only to look at damage or to recover from it."""
        settings = Settings.load(self.path)
        self._instance = open_instance(self.path, self.unlocker(settings), settings=settings, guard=guard)
        return self._instance

    def unlocker(self, settings: Settings) -> Unlocker:
        """Return what opens the roots: key file, descriptor, environment (demo, test), else the prompt."""
        if self._unlocker is None:
            if self.key_file is not None:
                self._unlocker = KeyFile(self.key_file)
            else:
                text = self._passphrase(settings)
                self._unlocker = Passphrase(text, cost_for(settings.kind))
        return self._unlocker

    def _passphrase(self, settings: Settings) -> str:
        if self.passphrase_fd is not None:
            return read_secret(self.passphrase_fd)
        if settings.passphrase is not None:
            return settings.passphrase
        return ask_secret("Passphrase of this instance")

    @contextmanager
    def acting(self, *, confirmed: bool = False) -> Iterator[tuple[Session, Actor]]:
        """Open the one transaction of a command, as the person at the keyboard.

        ``confirmed`` asks for their own secret first: an approval, a grant or a key act needs it.
        """
        if confirmed:
            self.confirm()
        with self.noting_denials(), self.instance.transaction() as session:
            yield session, self.actor(session)

    @contextmanager
    def reading(self) -> Iterator[tuple[Session, Actor]]:
        """Open a session for queries, as the person at the keyboard."""
        with self.noting_denials(), self.instance.reading() as session:
            yield session, self.actor(session)

    def actor(self, session: Session) -> Actor:
        """Return who acts: the account of the system user, or of ``--as`` in a demo or test instance.

        After ``confirm`` it is the person whom ``--by`` names and whose own secret was typed.
        """
        if self.by is not None:
            return self._the_other(session)
        if self.acting_as is not None:
            if not self.instance.settings.kind.is_play:
                raise NotPermitted(
                    "--as works only in demo and test instances.",
                    advice="Sign in to the system as that person.",
                )
            account = find_account(session, self.acting_as)
            return Actor(account.id, account.login, DoorName.COMMAND_LINE, system_user())
        return actor_for_system_user(session, system_user())

    def _the_other(self, session: Session) -> Actor:
        if not (self._is_confirmed or self.instance.settings.kind.is_play):
            raise NotPermitted(
                "--by works only where the other person's own secret is asked.",
                advice="Leave it out: this is done by the account of the system user.",
            )
        account = find_account(session, self.by or "")
        return Actor(account.id, account.login, DoorName.COMMAND_LINE, system_user())

    def confirm(self) -> None:
        """Ask for the actor's own secret before an approval, a reveal, a grant or a key act.

        Outside the transaction of the act: nobody else has to wait while somebody types. In demo
        and test instances ``--as`` stands for the person and nothing is asked.
        """
        if self.instance.settings.kind.is_play:
            return
        with self.noting_denials(), self.instance.reading() as session:
            account = find_account(session, self.by or self.actor(session).login)
        with self.noting_denials():
            prompt = f"Own secret of {account.login}"
            confirm_secret(account, ask_secret(prompt) if self.by_fd is None else read_secret(self.by_fd))
        self._is_confirmed = True

    def identity_key(self) -> PrivateKey:
        """Unlock the identity root with a custodian's own secret.

        The custodian is the actor, or whoever ``--custodian`` names: they sit at this keyboard
        and type. In demo and test instances the instance's passphrase stands for the first.
        """
        settings = self.instance.settings
        keys = settings_keys(settings)
        with self.reading() as (session, actor):
            named = find_account(session, self.custodian or actor.login)
        if settings.kind.is_play and self.custodian is None:
            return self._first_that_opens(keys.custodians(), keys, settings)
        try:
            if self.custodian is None:
                return keys.unlock_identity(str(named.id), self.unlocker(settings))
        except Locked:
            if str(named.id) not in keys.custodians():
                raise
        secret = (
            read_secret(self.custodian_fd)
            if self.custodian_fd is not None
            else ask_secret(f"Own secret of the custodian {named.login}")
        )
        return keys.unlock_identity(str(named.id), Passphrase(secret, cost_for(settings.kind)))

    def _first_that_opens(self, custodians: list[str], keys: KeyFolder, settings: Settings) -> PrivateKey:
        for holder in custodians:
            with contextlib.suppress(Locked):
                return keys.unlock_identity(holder, self.unlocker(settings))
        raise Locked(
            "The passphrase opens the identity vault for no custodian.", advice="Name one with --custodian."
        )

    def note_reading(self, what: str, level: Level) -> None:
        """Write a line of the access log for a reading of RESTRICTED or above."""
        if level.rank < Level.RESTRICTED.rank:
            return
        with self.instance.transaction() as session:
            log.note(session, AccessKind.READ, what, actor=self.actor(session), level=level)

    @contextmanager
    def noting_denials(self) -> Iterator[None]:
        """Write a line of the access log when the act inside is denied."""
        # In a transaction of its own: the denial must outlive the act that is rolled back.
        try:
            yield
        except NotPermitted as error:
            if error is not self._noted:  # doors within doors: one denial is one line
                self._noted = error
                self._note_denial(error)
            raise

    def _note_denial(self, error: NotPermitted) -> None:
        who = system_user() if self.acting_as is None else f"{system_user()} as {self.acting_as}"
        with self.instance.transaction() as session:
            log.note(session, AccessKind.DENIED, f"{who}: {error}", actor=self._actor_or_none(session))

    def _actor_or_none(self, session: Session) -> Actor | None:
        try:
            return self.actor(session)
        except EvidenceTrackerError:  # nobody we know: the line says the name that was tried
            return None

    def say(self, data: dict[str, Any], sentence: str) -> None:
        """Answer: the data as JSON, or the sentence."""
        click.echo(json.dumps(data, ensure_ascii=False) if self.is_json else sentence)

    def show(self, data: dict[str, Any]) -> None:
        """Show one record, field by field."""
        if self.is_json:
            click.echo(json.dumps(data, ensure_ascii=False, indent=2))
            return
        width = max((len(name) for name in data), default=0)
        for name, value in data.items():
            click.echo(f"{name.replace('_', ' '):<{width}}  {_plain(value)}")

    def table(
        self, rows: Sequence[dict[str, Any]], columns: Sequence[str], *, empty: str = "Nothing here yet."
    ) -> None:
        """Show a list: a JSON array, or a table, or the sentence that says it is empty."""
        if self.is_json:
            click.echo(json.dumps(list(rows), ensure_ascii=False))
            return
        if not rows:
            click.echo(empty)
            return
        table = Table(box=None, pad_edge=False)
        for column in columns:
            table.add_column(column.replace("_", " "))
        for row in rows:
            table.add_row(*(_plain(row.get(column)) for column in columns))
        Console(width=None if sys.stdout.isatty() else 160, markup=False, highlight=False).print(table)

    def warn(self, sentence: str) -> None:
        """Say something on standard error that is not the answer."""
        click.echo(sentence, err=True)

    def facts(self, source: str) -> dict[str, Any]:
        """Read facts from a JSON or TOML file, ``-`` for standard input; refuses anything else."""
        return read_facts(source)

    def progress(self) -> Progress:
        """Return a progress display for long work, on standard error."""
        return Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
            disable=self.is_json or not sys.stderr.isatty(),
        )

    def close(self) -> None:
        """Forget the keys."""
        if self._instance is not None:
            self._instance.close()
            self._instance = None


pass_door = click.make_pass_decorator(Door, ensure=True)


def _shared(name: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def remember(context: click.Context, _parameter: click.Parameter, value: Any) -> None:
        if value is not None and value is not False:
            if isinstance(value, str):
                refuse_broken_text(value, f"--{name.replace('_', '-')}")
            setattr(context.find_root().ensure_object(Door), name, value)

    return remember


def shared_options() -> list[click.Option]:
    """Return the options that every command takes, before or after its name."""
    path = click.Path(path_type=Path)
    options = (
        (("--instance",), "instance_path", {"type": path, "help": "Folder of the instance."}),
        (("--json",), "is_json", {"is_flag": True, "help": "Answer in JSON."}),
        (("--as",), "acting_as", {"help": "Act as this account (demo and test instances only)."}),
        (
            ("--passphrase-fd",),
            "passphrase_fd",
            {"type": int, "help": "Read the passphrase from this descriptor."},
        ),
        (("--key-file",), "key_file", {"type": path, "help": "Unlock with this key file."}),
        (("--by",), "by", {"help": "Login of another person who types their own secret here."}),
        (("--by-fd",), "by_fd", {"type": int, "help": "Read the own secret of whoever confirms from it."}),
        (("--custodian",), "custodian", {"help": "Login of the custodian who unlocks identities here."}),
        (("--custodian-fd",), "custodian_fd", {"type": int, "help": "Read the custodian's secret from it."}),
    )
    return [
        click.Option([*flags, f"shared_{name}"], expose_value=False, callback=_shared(name), **extra)
        for flags, name, extra in options
    ]


class DoorCommand(click.Command):
    """A command that takes the shared options."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken = {option for parameter in self.params for option in parameter.opts}
        self.params.extend(option for option in shared_options() if not taken & set(option.opts))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the arguments; refuse words that are no text (paths may be any bytes)."""
        rest = super().parse_args(ctx, args)
        for name, value in ctx.params.items():
            for word in value if isinstance(value, tuple) else (value,):
                if isinstance(word, str):
                    refuse_broken_text(word, name.replace("_", " "))
        return rest


class DoorGroup(click.Group):
    """A group whose commands take the shared options."""

    command_class = DoorCommand
    group_class = type


def group(name: str, help_text: str) -> DoorGroup:
    """Return a group of commands for one noun."""
    return DoorGroup(name=name, help=help_text)


def _plain(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_plain(item) for item in value) or "–"
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_plain(item)}" for name, item in value.items() if item is not None)
    return str(value)
