"""Rows that have no reference of their own are named by their place in a list."""

from collections.abc import Sequence
from typing import TypeVar

from evidence_tracker.errors import NotFound

AnyRow = TypeVar("AnyRow")


def numbered(rows: Sequence[AnyRow], number: int) -> AnyRow:
    """Return the row with this number, counted from 1 as lists show them, else ``NotFound``."""
    if not 1 <= number <= len(rows):
        raise NotFound(f"There is no number {number} here.", advice="'list' shows the numbers.")
    return rows[number - 1]
