"""Copies that leave the instance: never over anything, whole or not at all, for their owner alone."""

import os
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from evidence_tracker.errors import InvalidInput, SystemRefused

_PIECE = 1 << 20


def refuse_existing(*targets: Path) -> None:
    """Refuse names that are taken."""
    for target in targets:
        if target.exists():
            raise InvalidInput(
                f"{target} exists already; nothing was overwritten.", advice="Name another place."
            )


def copy_out(files: Sequence[Path], folder: Path) -> None:
    """Copy files into a folder; if one fails, none is left there and the message says where they lie."""
    with ExitStack() as undo:
        try:
            for file in files:
                _copy(file, folder / file.name, undo)
        except OSError as error:
            where = ", ".join(str(file) for file in files)
            raise SystemRefused(
                f"The copy in {folder} failed: {error.strerror or error}.",
                advice=f"Everything else is done; copy these files yourself: {where}.",
            ) from error
        undo.pop_all()


def _copy(source: Path, target: Path, undo: ExitStack) -> None:
    with source.open("rb") as reading:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        undo.callback(target.unlink, missing_ok=True)
        with os.fdopen(descriptor, "wb") as writing:
            while piece := reading.read(_PIECE):
                writing.write(piece)
            writing.flush()
            os.fsync(writing.fileno())
