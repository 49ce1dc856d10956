"""``demo``: a fictional half-year, handed over, verified, tampered with, told on one screen."""

import json
from pathlib import Path

import click

from evidence_tracker.cli.demonstration.course import run
from evidence_tracker.cli.demonstration.people import STAFF
from evidence_tracker.cli.demonstration.story import Telling, screen
from evidence_tracker.cli.demonstration.world import PASSPHRASE
from evidence_tracker.cli.door import Door, DoorCommand, pass_door
from evidence_tracker.cli.serve import DEFAULT_THREADS, Address, refuse_taken, start
from evidence_tracker.instance import cost_for
from evidence_tracker.keys.unlockers import Passphrase
from evidence_tracker.settings import Kind

DEFAULT_FOLDER = Path("instance/demo")


@click.command("demo", cls=DoorCommand)
@click.option(
    "--evidence",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Take in this folder of real files as well; by default the demonstration's own.",
)
@click.option("--no-serve", is_flag=True, help="End after the story, with the status that it gives.")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8044, show_default=True, help="Port to serve it at."
)
@pass_door
def demo(door: Door, evidence: Path | None, no_serve: bool, port: int) -> int:
    """Live through a fictional half-year, hand it over, verify it, tamper with it, and serve it to a browser.

    Builds a fresh instance of the kind demo in --instance (instance/demo), in place of an
    earlier demonstration; anything else there is left alone. Exit status 0 means that
    everything held that the demonstration promises, 1 that something did not. With --json
    or --no-serve it ends after the story; else it is served to this machine until Ctrl-C.
    """
    path = (door.instance_path or DEFAULT_FOLDER).absolute()
    address = Address("127.0.0.1", port)
    is_served = not (no_serve or door.is_json)
    if is_served:
        refuse_taken(address)
    with door.progress() as bar:
        facts = run(path, evidence, Telling(is_quiet=door.is_json), bar)
    if door.is_json:
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(screen(facts)))
    if is_served and not facts["broken"]:
        click.echo("\n".join(["", *sign_ins(address.url)]))
        door.instance_path = path
        start(door, Passphrase(PASSPHRASE, cost_for(Kind.DEMO)), address, threads=DEFAULT_THREADS)
    return 1 if facts["broken"] else 0


def sign_ins(url: str) -> list[str]:
    """Return who can sign in where, and with what."""
    told = [f"In a browser, until Ctrl-C: {url}", f"Sign in as one of them, with the secret: {PASSPHRASE}"]
    told.append("  halyna   Halyna Vydumana        lead, operator, security officer, first custodian")
    for login, (name, roles) in STAFF.items():
        shown = name.split(" (", 1)[0]
        told.append(f"  {login:<8} {shown:<22} {', '.join(str(role) for role in roles)}")
    return told
