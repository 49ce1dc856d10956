"""Where one comes back to after a step of an interview, and what its acts are handed."""

from collections.abc import Callable
from typing import Any

from flask import url_for

from evidence_tracker.web.kinds import Deed

PATH = "path"


def address(reference: str, step: str | None = None) -> str:
    """Return the address of the guided path of an interview, at a step or where it stands."""
    names: dict[str, Any] = {} if step is None else {"step": step}
    return url_for("interviews.tab_page", reference=reference, tab=PATH, **names)


def step_of(name: str | None = None) -> Callable[[Any, Any], str]:
    """Return a ``then`` that leads to a step of the path, or to where the interview stands."""
    return lambda row, _made: address(row.reference, name)


def known(deed: Deed) -> dict[str, Any]:
    """Return what was stated, without what was not."""
    return {name: value for name, value in deed.stated.items() if value is not None}
