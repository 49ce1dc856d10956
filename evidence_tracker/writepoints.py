"""The eight points of one write, where tests pull the plug.

The order is fixed (docs/spec/custody-log.md, "Order of a write"): the bytes are
safe before a row names them, the log is appended last, and nothing is
acknowledged before the commit.
"""

from collections.abc import Callable
from enum import StrEnum


class WritePoint(StrEnum):
    """A moment after which a crash must lose nothing acknowledged."""

    TEMP_WRITTEN = "temp-written"
    FILE_SYNCED = "file-synced"
    RENAMED = "renamed"
    FOLDER_SYNCED = "folder-synced"
    ROWS_WRITTEN = "rows-written"
    LEDGER_APPENDED = "ledger-appended"
    COMMITTED = "committed"
    ANSWERED = "answered"


_observers: list[Callable[[WritePoint], None]] = []


def observe(observer: Callable[[WritePoint], None]) -> None:
    """Call ``observer`` at each point from now on (tests only)."""
    _observers.append(observer)


def reached(point: WritePoint) -> None:
    """Say that a write has come this far."""
    for observer in _observers:
        observer(point)
