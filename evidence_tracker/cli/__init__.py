"""The door for operators: ``evidence-tracker NOUN VERB``."""

import importlib
import importlib.util
import json
import sys
from collections.abc import Sequence

import click

from evidence_tracker import __version__
from evidence_tracker.cli.door import Door, DoorGroup, shared_options
from evidence_tracker.errors import EvidenceTrackerError, IntegrityFailure

EXIT_FAILED = 1
EXIT_USAGE = 2


@click.group(
    cls=DoorGroup, params=list(shared_options()), context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__)
@click.pass_context
def main_group(context: click.Context) -> None:
    """Document international crimes so that the evidence holds up in court."""
    door = context.ensure_object(Door)
    context.call_on_close(door.close)


_NOUNS = (
    ("set_up", "init"),
    ("set_up", "upgrade"),
    ("set_up", "doctor"),
    ("accounts", "account"),
    ("accounts", "compartment"),
    ("accounts", "grant"),
    ("accounts", "custodian"),
    ("parties", "party"),
    ("missions", "mission"),
    ("actors", "actor"),
    ("persons", "person"),
    ("consent", "consent"),
    ("interviews", "interview"),
    ("exhibits", "exhibit"),
    ("osint", "capture"),
    ("incidents", "incident"),
    ("allegations", "allegation"),
    ("allegations", "crime"),
    ("submissions", "submission"),
    ("custody", "custody"),
    ("verify", "verify"),
    ("demo", "demo"),
)
for _module, _name in _NOUNS:
    if importlib.util.find_spec(f"evidence_tracker.cli.{_module}") is None:
        continue  # TEMPORARY while the rooms are being built
    main_group.add_command(getattr(importlib.import_module(f"evidence_tracker.cli.{_module}"), _name))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; every error is a sentence with what to do next.

    Returns 0, 1 (refused, or verification failed), 2 (usage) or 3 (origin not verified).
    """
    asked_json = "--json" in (sys.argv[1:] if arguments is None else arguments)
    try:
        result = main_group.main(args=arguments, prog_name="evidence-tracker", standalone_mode=False)
    except click.UsageError as error:
        error.show()
        return EXIT_USAGE
    except click.exceptions.Abort:
        click.echo("Stopped; nothing was saved.", err=True)
        return EXIT_FAILED
    except EvidenceTrackerError as error:
        return _failed(error, asked_json=asked_json)
    return result if isinstance(result, int) else 0


def _failed(error: EvidenceTrackerError, *, asked_json: bool) -> int:
    kind = type(error).__name__
    if asked_json:
        click.echo(
            json.dumps({"error": str(error), "kind": kind, "advice": error.advice}, ensure_ascii=False)
        )
    prefix = "INTEGRITY FAILURE: " if isinstance(error, IntegrityFailure) else ""
    click.echo(f"{prefix}{error}\n{error.advice}", err=True)
    return EXIT_FAILED
