"""``serve``: the web face of one instance, and its first start."""

import contextlib
import ipaddress
import socket
from dataclasses import dataclass

import click

from evidence_tracker.access import accounts, invitations
from evidence_tracker.cli.asking import ask, ask_secret, system_user
from evidence_tracker.cli.door import Door, DoorCommand, pass_door
from evidence_tracker.cli.set_up import login_from
from evidence_tracker.custody.events import Actor
from evidence_tracker.custody.events import Door as DoorName
from evidence_tracker.errors import Defect, InvalidInput, SystemRefused
from evidence_tracker.instance import Instance, cost_for, create
from evidence_tracker.keys.unlockers import KeyFile, Passphrase, Unlocker
from evidence_tracker.settings import CONFIG, Kind, Settings

DEFAULT_BIND = "127.0.0.1:8043"
DEFAULT_THREADS = 8


@dataclass(frozen=True)
class Address:
    """Where a process listens: a host and a port."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Read ``127.0.0.1:8043`` or ``[::1]:8043``."""
        host, _colon, port = text.rpartition(":")
        host = host.removeprefix("[").removesuffix("]")
        if not host or not port.isdecimal() or not 0 < int(port) < 65536:
            raise InvalidInput(f"{text!r} is no address.", advice=f"Write HOST:PORT, as in {DEFAULT_BIND}.")
        return cls(host, int(port))

    @property
    def is_of_this_machine(self) -> bool:
        """Say whether only this machine can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def url(self) -> str:
        """Return how a browser on this machine reaches it."""
        return f"http://{self}"

    def __str__(self) -> str:
        """Return it as it was written."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@click.command("serve", cls=DoorCommand)
@click.option("--bind", default=DEFAULT_BIND, show_default=True, help="Address to listen at, HOST:PORT.")
@click.option(
    "--threads",
    type=click.IntRange(1, 64),
    default=DEFAULT_THREADS,
    show_default=True,
    help="How many requests are answered at the same time.",
)
@click.option(
    "--behind-proxy", is_flag=True, help="Believe X-Forwarded-For and -Proto: a proxy in front sets them."
)
@pass_door
def serve(door: Door, bind: str, threads: int, behind_proxy: bool) -> None:
    """Serve the instance to browsers; where there is none yet, ask for what it needs and set it up.

    It starts locked: whoever holds the passphrase opens it in the browser. With --key-file or
    --passphrase-fd it is open from the start.
    """
    address = Address.parse(bind)
    refuse_taken(address)
    unlocker = _first_start(door, address) if not (door.path / CONFIG).exists() else None
    kind = Settings.load(door.path).kind
    refuse_strangers(kind, address)
    if unlocker is None:
        unlocker = _given(door)
    if not address.is_of_this_machine and not behind_proxy:
        door.warn("Other machines can reach this address: put TLS in front, and start with --behind-proxy.")
    state = "open" if unlocker else "locked"
    door.warn(f"Serving the {kind} instance in {door.path}, {state}, at {address.url} (Ctrl-C ends it).")
    start(door, unlocker, address, threads=threads, behind_proxy=behind_proxy)


def start(
    door: Door, unlocker: Unlocker | None, address: Address, *, threads: int, behind_proxy: bool = False
) -> None:
    """Serve until a signal."""
    if door.run_web is None:
        raise Defect("This program was started without its web face.")
    door.close()
    door.run_web(door.path, unlocker, bind=str(address), threads=threads, behind_proxy=behind_proxy)


def refuse_strangers(kind: Kind, address: Address) -> None:
    """Refuse to show an instance whose secrets everybody knows to other machines."""
    if kind.is_play and not address.is_of_this_machine:
        raise InvalidInput(
            f"A {kind} instance is served to this machine only: its secrets protect nothing.",
            advice="Bind to 127.0.0.1, or set up an instance of the kind field or headquarters.",
        )


def refuse_taken(address: Address) -> None:
    """Say at once that somebody else listens there."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    try:
        with contextlib.closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address.host, address.port))
    except OSError as error:
        raise SystemRefused(
            f"Nothing can listen at {address}: {error.strerror}.",
            advice=f"Another program may be using it; choose another port, such as {address.port + 1}.",
        ) from error


def _given(door: Door) -> Unlocker | None:
    """Return what opens the instance at the start, after trying it; None where nothing was given."""
    settings = Settings.load(door.path)
    if door.key_file is None and door.passphrase_fd is None and settings.passphrase is None:
        return None
    unlocker = door.unlocker(settings)
    door.open_unguarded(guard=True)  # what is wrong is said here, and not by a process that ends at once
    return unlocker


def _first_start(door: Door, address: Address) -> Unlocker:
    """Ask for what a new instance needs, set it up and print the link of its first account."""
    door.warn(f"There is no instance in {door.path} yet. Some questions, and it is set up.")
    organisation = ask("Name of the organisation that keeps the evidence")
    origin = ask("Origin of the custody log, DOMAIN/INSTANCE (it cannot be changed later)")
    kind = Kind(ask("What it is for", choices=list(Kind), default=Kind.HEADQUARTERS.value))
    refuse_strangers(kind, address)
    user = system_user()
    login = ask("Login of the first account", default=login_from(user))
    unlocker = KeyFile(door.key_file) if door.key_file is not None else _new_passphrase(kind)
    instance = create(
        door.path,
        organisation=organisation,
        origin=origin,
        kind=kind,
        unlocker=unlocker,
        login=login,
        system_user=user,
        display_name=login,
    )
    try:
        link = address.url + _first_link(instance, login)
    finally:
        instance.close()
    click.echo(
        f"The instance in {door.path} is ready. Set the secret of {login} within two days, once, at:\n  {link}"
    )
    click.echo(
        f"Back up the folder {door.path / 'keys'} and the passphrase apart: without both nothing opens."
    )
    return unlocker


def _new_passphrase(kind: Kind) -> Passphrase:
    value = ask_secret("New passphrase of the instance")
    if value != ask_secret("The same again"):
        raise InvalidInput("The two passphrases differ; nothing was set up.")
    return Passphrase(value, cost_for(kind))


def _first_link(instance: Instance, login: str) -> str:
    with instance.transaction() as session:
        account = accounts.find_account(session, login)
        actor = Actor(account.id, login, DoorName.COMMAND_LINE, account.system_user)
        return invitations.path_of(invitations.invite(session, account, actor=actor))
