"""``demo``: a fictional half-year, handed over, verified, tampered with, told on one screen."""

import json
from pathlib import Path

import click

from evidence_tracker.cli.demonstration.course import run
from evidence_tracker.cli.demonstration.story import Telling, screen
from evidence_tracker.cli.door import Door, DoorCommand, pass_door

DEFAULT_FOLDER = Path("instance/demo")


@click.command("demo", cls=DoorCommand)
@click.option(
    "--evidence",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Take in this folder of real files as well; by default the demonstration's own.",
)
@click.option(
    "--no-serve", is_flag=True, help="End after the story; until there is a web face it always does."
)
@pass_door
def demo(door: Door, evidence: Path | None, no_serve: bool) -> int:
    """Live through a fictional half-year, hand it over, verify it and tamper with it.

    Builds a fresh instance of the kind demo in --instance (instance/demo), in place of an
    earlier demonstration; anything else there is left alone. Exit status 0 means that
    everything held that the demonstration promises, 1 that something did not.
    """
    del no_serve
    path = (door.instance_path or DEFAULT_FOLDER).absolute()
    with door.progress() as bar:
        facts = run(path, evidence, Telling(is_quiet=door.is_json), bar)
    if door.is_json:
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(screen(facts)))
    return 1 if facts["broken"] else 0
