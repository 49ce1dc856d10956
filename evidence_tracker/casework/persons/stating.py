"""Reading what is stated of a person; beside the readers that every room shares."""

from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum

from evidence_tracker.access import stated
from evidence_tracker.errors import InvalidInput


def words(enum: type[StrEnum]) -> Callable[[object, str], list[str]]:
    """Return a reader of several words of one list, each once, in the order of the list."""
    read = stated.word(enum)

    def read_all(value: object, what: str) -> list[str]:
        if value is None:
            return []
        if isinstance(value, str) or not isinstance(value, list | tuple | set | frozenset):
            raise InvalidInput(
                f"The {what} must be a list of words.", advice=f"Choose from: {', '.join(enum)}."
            )
        chosen = {read(item, what) for item in value}
        return [member.value for member in enum if member in chosen]

    return read_all


def day(value: object, what: str) -> date:
    """Return a calendar day from ``2026-05-31`` or a date; refuses times and anything else."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(stated.text(value, what))
    except ValueError as error:
        raise InvalidInput(f"{value!r} is not a day.", advice="Write the {what} as 2026-05-31.") from error
