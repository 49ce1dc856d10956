"""Where an installation lies and how it is to be opened. The only module that reads the environment."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Self

from evidence_tracker.errors import InvalidInput, NotReady

CONFIG = "config.toml"
PASSPHRASE_VARIABLE = "EVIDENCE_TRACKER_PASSPHRASE"  # noqa: S105 - the name of a variable
INSTANCE_VARIABLE = "EVIDENCE_TRACKER_INSTANCE"
DEFAULT_INSTANCE = "instance/main"
CI_VARIABLE = "CI"

#: A session in a browser ends after so long without a request, and in any case after a working day.
SESSION_IDLE = timedelta(minutes=30)
SESSION_LONGEST = timedelta(hours=12)
#: How long a link that lets somebody set their first secret is good for, once.
INVITATION_GOOD_FOR = timedelta(hours=48)


class Kind(StrEnum):
    """What an instance is for; demo and test accept secrets that protect nothing."""

    DEMO = "demo"
    TEST = "test"
    FIELD = "field"
    HEADQUARTERS = "headquarters"

    @property
    def is_play(self) -> bool:
        """Say whether nothing real may be in it."""
        return self in {Kind.DEMO, Kind.TEST}


@dataclass(frozen=True)
class Settings:
    """One installation, as its ``config.toml`` describes it.

    The file names no organisation: what a seized, locked laptop shows is a kind and
    two paths. The organisation's name and the log's origin are in the encrypted database.
    ``max_upload_bytes`` bounds a file that a browser sends, None: the vault's device does.
    """

    path: Path
    kind: Kind
    database: str = "database.sqlite"
    vault: str = "vault"
    max_upload_bytes: int | None = None
    passphrase: str | None = None

    @classmethod
    def load(cls, path: Path, environ: Mapping[str, str] | None = None) -> Self:
        """Read and check ``config.toml`` of the instance at ``path``."""
        environ = os.environ if environ is None else environ
        file = path / CONFIG
        if not file.is_file():
            raise NotReady(
                f"There is no instance in {path}.",
                advice="Create one with 'evidence-tracker init', or name its folder with --instance.",
            )
        try:
            data = tomllib.loads(file.read_text("utf-8"))
            kind = Kind(data.pop("kind"))
            settings = cls(path=path, kind=kind, passphrase=environ.get(PASSPHRASE_VARIABLE), **data)
            _check_limit(settings.max_upload_bytes)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, ValueError, TypeError) as error:
            raise NotReady(f"{file} is not a valid configuration: {error}.") from error
        if settings.passphrase is not None and not kind.is_play:
            raise NotReady(
                f"{PASSPHRASE_VARIABLE} is set, but this is a {kind} instance.",
                advice="Remove the variable: it works only in demo and test instances. Use the prompt or --passphrase-fd.",
            )
        return settings

    def write(self) -> None:
        """Write ``config.toml`` of a new instance."""
        text = f'kind = "{self.kind}"\ndatabase = "{self.database}"\nvault = "{self.vault}"\n'
        (self.path / CONFIG).write_text(text, "utf-8")

    @property
    def keys_path(self) -> Path:
        """Return the folder of the wrapped roots."""
        return self.path / "keys"

    @property
    def database_path(self) -> Path:
        """Return the encrypted database file."""
        return self.path / self.database

    @property
    def vault_path(self) -> Path:
        """Return the folder of the ciphertext."""
        return self.path / self.vault

    @property
    def bundles_path(self) -> Path:
        """Return the folder into which bundles are built."""
        return self.path / "bundles"


def _check_limit(limit: object) -> None:
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit <= 0):
        raise ValueError(f"max_upload_bytes is {limit!r}, not a number of bytes")


def instance_from_environment(environ: Mapping[str, str] | None = None) -> Path:
    """Return the instance folder the environment names, else the default."""
    environ = os.environ if environ is None else environ
    return Path(environ.get(INSTANCE_VARIABLE, DEFAULT_INSTANCE))


def passphrase_from_environment(kind: Kind, environ: Mapping[str, str] | None = None) -> str | None:
    """Return the passphrase variable for a new demo or test instance; refuse it for a real one."""
    environ = os.environ if environ is None else environ
    value = environ.get(PASSPHRASE_VARIABLE)
    if value is not None and not kind.is_play:
        raise InvalidInput(
            f"{PASSPHRASE_VARIABLE} is set, but a {kind} instance does not accept it.",
            advice="Remove the variable and use the prompt, --passphrase-fd or --key-file.",
        )
    return value
