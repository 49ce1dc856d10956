"""How identities reach the command line without staying on it.

An option on a command line stays in the shell's history and is seen by every process of the
machine. So names come by prompt (``--ask``), from a file descriptor or from a file; as
options only in demo and test instances.
"""

import json
import sys
from collections.abc import Mapping
from typing import Any

import click

from evidence_tracker.casework.persons.identities import SINGLE, Values
from evidence_tracker.casework.persons.models import IdentityName
from evidence_tracker.cli.asking import read_secret
from evidence_tracker.cli.door import Door
from evidence_tracker.cli.stating import options, words
from evidence_tracker.errors import InvalidInput

_WORDS = {name: f"--{name.value.replace('_', '-')}" for name in IdentityName}
_WORDS[IdentityName.LEGAL_NAME] = "--name"
_SOURCES = ("ask", "identity_fd", "identity_from")

identity_options = options(
    click.option("--ask", multiple=True, type=words(IdentityName), help="Ask for this at the terminal."),
    click.option(
        "--identity-fd", type=int, help="Read a JSON object of identity values from this descriptor."
    ),
    click.option("--identity-from", help="Read them from this JSON or TOML file ('-': standard input)."),
    *(
        click.option(
            option,
            f"identity_{name.value}",
            multiple=name not in SINGLE,
            help=f"{name.value.replace('_', ' ').capitalize()} (demo and test instances only).",
        )
        for name, option in _WORDS.items()
    ),
)


def take_identity(door: Door, given: dict[str, Any]) -> dict[str, Values]:
    """Take the identity values out of a command's options; returns them by the words of the vault."""
    typed = {
        name.value: value
        for name in IdentityName
        if (value := given.pop(f"identity_{name.value}")) not in (None, ())
    }
    if typed and not door.instance.settings.kind.is_play:
        used = ", ".join(_WORDS[IdentityName(name)] for name in typed)
        raise InvalidInput(
            f"{used} would stay in the history of the shell.",
            advice="Use --ask, --identity-fd or --identity-from; on the command line only in demo and test instances.",
        )
    ask, descriptor, file = (given.pop(name) for name in _SOURCES)
    found: dict[str, Values] = dict(door.facts(file)) if file is not None else {}
    if descriptor is not None:
        found |= _from_descriptor(descriptor)
    return {**found, **typed, **_asked(ask)}


def _from_descriptor(descriptor: int) -> Mapping[str, Any]:
    try:
        found = json.loads(read_secret(descriptor))
    except ValueError as error:
        raise InvalidInput(
            f"What came from descriptor {descriptor} is not JSON.",
            advice='Write {"legal_name": "…"} on one line.',
        ) from error
    if not isinstance(found, dict):
        raise InvalidInput(f"What came from descriptor {descriptor} is no object of names and values.")
    return found


def _asked(names: tuple[str, ...]) -> dict[str, Values]:
    if names and not sys.stdin.isatty():
        raise InvalidInput("There is no terminal to ask at.", advice="Use --identity-fd or --identity-from.")
    return {name: str(click.prompt(name.replace("_", " ").capitalize(), err=True)) for name in names}
