"""Consent, taken through the acts."""

from typing import Any

from sqlalchemy.orm import Session

from evidence_tracker.casework.consent.models import ConsentEvent
from evidence_tracker.casework.consent.packages import find_package
from evidence_tracker.casework.consent.statements import Cell, give, withdraw
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.custody.events import Actor

TAKEN: dict[str, Any] = {
    "form": "written",
    "language": "uk",
    "obtained_by": "amina",
    "obtained": "2026-03-01",
    "capacity_ok": True,
}
SAID: dict[str, Any] = {name: value for name, value in TAKEN.items() if name != "capacity_ok"}


def allow(session: Session, actor: Actor, person: Person, *cells: Cell, **facts: Any) -> list[ConsentEvent]:
    """Return the events of a person who allows these cells, in writing, the day before the tests begin."""
    return give(session, person, cells, facts={**TAKEN, **facts}, actor=actor)


def allow_package(
    session: Session,
    actor: Actor,
    person: Person,
    key: str = "icc-and-prosecutors-with-my-name",
    **facts: Any,
) -> list[ConsentEvent]:
    """Return the events of a person who chooses a package."""
    return give(session, person, find_package(key), facts={**TAKEN, **facts}, actor=actor)


def take_back(
    session: Session, actor: Actor, person: Person, *cells: Cell, **facts: Any
) -> list[ConsentEvent]:
    """Return the events of a person who withdraws these cells, or everything."""
    said = {**SAID, "form": "audio", "obtained": "2026-03-02", **facts}
    return withdraw(session, person, *([cells] if cells else []), facts=said, actor=actor)
