"""``verify BUNDLE``: the offline verifier, the same as ``python -m evidence_tracker.integrity``."""

import click

from evidence_tracker.cli.door import Door, pass_door
from evidence_tracker.integrity.__main__ import main as verify_main


@click.command("verify", context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.argument(
    "arguments", nargs=-1, type=click.UNPROCESSED, metavar="BUNDLE [--key VKEY] [--receipt FILE] [--json]"
)
@pass_door
def verify(door: Door, arguments: tuple[str, ...]) -> int:
    """Verify a bundle offline, without any instance. Exit status 0, 1, 2 or 3."""
    return verify_main([*arguments, *(["--json"] if door.is_json else [])])
