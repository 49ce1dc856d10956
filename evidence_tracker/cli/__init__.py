"""The door for operators: ``evidence-tracker NOUN VERB``."""

import importlib
import sys
from collections.abc import Sequence

import click

from evidence_tracker import __version__
from evidence_tracker.cli.door import Door, DoorGroup, RunWeb, shared_options
from evidence_tracker.cli.errors import answer

#: Each noun, the module of its commands, and what the list of commands says of it. A module
#: is loaded when one of its commands is asked for: a door that opens slowly is used less.
NOUNS: dict[str, tuple[str, str]] = {
    "init": ("set_up", "Set up a new instance."),
    "upgrade": ("set_up", "Bring the tables up to this version of the program."),
    "doctor": ("set_up", "Say what is well and what is not."),
    "account": ("accounts", "Accounts: who works here."),
    "compartment": ("accounts", "Compartments: the fences around records."),
    "grant": ("accounts", "Grants: who may do what, where, until when."),
    "custodian": ("accounts", "Custodians: who can open the identity vault."),
    "party": ("parties", "Parties: recipients, partners, other bodies."),
    "mission": ("missions", "Missions: a mandate, a team, a place, a period."),
    "actor": ("actors", "Actors: who is said to have acted, or made the part."),
    "person": ("persons", "Persons: who needs protection."),
    "exhibit": ("exhibits", "Exhibits: registered originals and derivatives."),
    "consent": ("consent", "Consent: who allowed what, to whom, how named."),
    "interview": ("interviews", "Interviews: an account taken."),
    "capture": ("osint", "Captures: what was taken from online."),
    "incident": ("incidents", "Incidents: what is said to have happened."),
    "allegation": ("allegations", "Allegations: incident, category, element."),
    "crime": ("crimes", "Crime categories: versioned packs of codes."),
    "submission": ("submissions", "Submissions: what is handed to whom."),
    "task": ("tasks", "Tasks: what one asks of another."),
    "custody": ("custody", "The custody log: verify, sign, prove."),
    "verify": ("verify", "Verify a bundle offline."),
    "serve": ("serve", "Serve the instance to browsers."),
    "demo": ("demo", "Build the demonstration instance."),
}


class Nouns(DoorGroup):
    """The top of the command line: nouns, loaded when they are named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the nouns in the order of an exhibit's life."""
        del ctx
        return list(NOUNS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the commands of one noun."""
        del ctx
        if cmd_name not in NOUNS:
            return None
        module = importlib.import_module(f"evidence_tracker.cli.{NOUNS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the nouns without loading them."""
        del ctx
        with formatter.section("Nouns"):
            formatter.write_dl([(noun, says) for noun, (_, says) in NOUNS.items()])


@click.group(
    cls=Nouns, params=list(shared_options()), context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__)
@click.pass_context
def main_group(context: click.Context) -> None:
    """Document international crimes so that the evidence holds up in court."""
    door = context.ensure_object(Door)
    context.call_on_close(door.close)


def main(arguments: Sequence[str] | None = None, *, run_web: RunWeb | None = None) -> int:
    """Run the command line; every error is a sentence with what to do next.

    ``run_web`` is what ``serve`` and ``demo`` call when everything else is done.
    Returns 0, 1 (refused, or verification failed), 2 (usage) or 3 (origin not verified).
    """
    typed = list(sys.argv[1:] if arguments is None else arguments)
    return answer(
        lambda: main_group.main(
            args=typed, prog_name="evidence-tracker", standalone_mode=False, obj=Door(run_web=run_web)
        ),
        asked_json="--json" in typed,
    )
