"""What the door asks for: who sits there, a secret, a file of facts."""

import json
import math
import os
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from evidence_tracker.errors import InvalidInput

if sys.platform != "win32":
    import pwd

MAX_FACTS = 4 << 20
MAX_DEPTH = 32
MAX_SECRET = 64 << 10


def system_user() -> str:
    """Return the user of the operating system, as the system knows them.

    Never as the environment has it: whoever set LOGNAME would be somebody else. A user
    without a name (in a container, say) is called by number: ``uid1234``.
    """
    if sys.platform == "win32":
        return os.getlogin()
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid{os.getuid()}"


def read_secret(descriptor: int) -> str:
    """Read a secret from a file descriptor: one line, without its end; the next line is left for the next.

    Raises InvalidInput where nothing can be read, or no text, or no end of 64 KiB.
    """
    line = bytearray()
    try:
        # One byte at a time: what a buffer took too much would be lost to whoever reads the next line.
        while len(line) <= MAX_SECRET and (byte := os.read(descriptor, 1)) not in {b"", b"\n"}:
            line += byte
        text = line.decode("utf-8").rstrip("\r")
    except (OSError, OverflowError, UnicodeDecodeError) as error:
        why = "it is no text in UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        raise InvalidInput(
            f"The secret cannot be read from descriptor {descriptor}: {why}.",
            advice="Open the descriptor for the program, as in: --passphrase-fd 3 3< FILE.",
        ) from error
    if len(line) > MAX_SECRET:
        raise InvalidInput(f"Descriptor {descriptor} holds no line of at most {MAX_SECRET >> 10} KiB.")
    return text


def ask_secret(prompt: str) -> str:
    """Ask for a secret at the terminal; refuse when there is none."""
    if not sys.stdin.isatty():
        raise InvalidInput(
            f"{prompt} is needed, but there is no terminal to ask at.",
            advice="Use --passphrase-fd or --key-file (in demo and test instances EVIDENCE_TRACKER_PASSPHRASE).",
        )
    answer: str = click.prompt(prompt, hide_input=True, err=True)
    return answer


def ask(prompt: str, *, choices: Sequence[str] = (), default: str | None = None) -> str:
    """Ask for a word or a line at the terminal; refuse when there is none."""
    if not sys.stdin.isatty():
        raise InvalidInput(
            f"{prompt}: this is needed, but there is no terminal to ask at.",
            advice="Set the instance up with 'init', then start this again.",
        )
    kind = click.Choice([str(choice) for choice in choices]) if choices else click.STRING
    answer: str = click.prompt(prompt, default=default, type=kind, err=True)
    refuse_broken_text(answer, prompt)
    return answer


def read_facts(source: str) -> dict[str, Any]:
    """Read facts from a JSON or TOML file, ``-`` for standard input; refuses anything else."""
    name = "standard input" if source == "-" else source
    try:
        raw = bytes_of(source)
        if len(raw) > MAX_FACTS:
            raise InvalidInput(
                f"{name} is larger than {MAX_FACTS >> 20} MiB.", advice="Take it in as an exhibit."
            )
        text = raw.decode("utf-8-sig")
        data = tomllib.loads(text) if source.endswith(".toml") else json.loads(text)
    except (OSError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise InvalidInput(
            f"{name} cannot be read as facts: {error}.", advice="Write JSON or TOML in UTF-8."
        ) from error
    if not isinstance(data, dict):
        raise InvalidInput(f"{name} holds no object.", advice='Write {"field": "value", …}.')
    refuse_odd_values(data, name)
    return data


def refuse_odd_values(data: Any, name: str) -> None:
    """Refuse what no record can hold: values nested too deeply, numbers that are none, broken text."""
    waiting = [(data, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise InvalidInput(
                f"{name} is nested more than {MAX_DEPTH} deep.", advice="Take it in as an exhibit."
            )
        if isinstance(value, dict):
            waiting += [(item, depth + 1) for pair in value.items() for item in pair]
        elif isinstance(value, list):
            waiting += [(item, depth + 1) for item in value]
        elif isinstance(value, float) and not math.isfinite(value):
            raise InvalidInput(f"{name} holds a number that is none: {value}.")
        elif isinstance(value, str):
            refuse_broken_text(value, name)


def refuse_broken_text(text: str, name: str) -> None:
    """Refuse text that is no Unicode (bytes that are not UTF-8 arrive as halves of characters), or holds NUL."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise InvalidInput(f"{name} holds bytes that are no text.", advice="Write it in UTF-8.")


def bytes_of(source: str) -> bytes:
    """Read a file, ``-`` for standard input, up to one byte more than facts may have: it may have no end."""
    if source == "-":
        return sys.stdin.buffer.read(MAX_FACTS + 1)
    with Path(source).open("rb") as file:
        return file.read(MAX_FACTS + 1)
