"""Calling an act with facts that a person stated, whichever door they came through."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from evidence_tracker.access.records import Governance
from evidence_tracker.access.stated import GOVERNED, read
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import InvalidInput

# What nobody can state as a fact: it is found by reference, or follows from who acts.
NEVER_FACTS = frozenset(
    {
        "actor",
        "governance",
        "compartment_id",
        "expected_version",
        "party",
        "parties",
        "unit",
        "company",
        "corrects",
        "instruction",
    }
)


def call(
    act: Callable[..., Any],
    session: Session,
    *subjects: Any,
    actor: Actor,
    stated: Mapping[str, Any],
    advice: str | None = None,
    **found: Any,
) -> Any:
    """Call an act with stated facts; refuses unknown and missing ones by name.

    ``found`` are records that were found by reference; those that are None are left out.
    ``advice`` says how a missing fact is stated at this door.
    """
    taken = inspect.signature(act).parameters
    rest = dict(stated)
    known = {name: value for name, value in found.items() if value is not None}
    if "governance" in taken:
        known |= _governance(taken["governance"].default, subjects, rest)
    possible = {name for name, one in taken.items() if one.kind is one.KEYWORD_ONLY} - NEVER_FACTS
    unknown = sorted(rest.keys() - possible)
    if unknown:
        raise InvalidInput(
            f"There is nothing here called {', '.join(unknown)}.",
            advice=f"These can be stated: {', '.join(sorted(possible))}.",
        )
    needed = {name for name in possible if taken[name].default is inspect.Parameter.empty}
    missing = sorted(name for name in needed if rest.get(name) is None and name not in known)
    if missing:
        raise InvalidInput(f"Still missing: {', '.join(missing)}.", advice=advice)
    return act(session, *subjects, actor=actor, **rest, **known)


def _governance(default: Any, subjects: tuple[Any, ...], stated: dict[str, Any]) -> dict[str, Governance]:
    # What is not stated follows the parent where the act has one, else the act's own default.
    governed = {name: stated.pop(name) for name in GOVERNED if name in stated}
    if not governed and default is not inspect.Parameter.empty:
        return {}
    base = default if isinstance(default, Governance) else Governance()
    if default is None and subjects:
        base = Governance.of(subjects[0])
    whole = {"level": base.level, "purpose": base.purpose, "legal_basis": base.legal_basis, **governed}
    return {"governance": Governance(**read(whole, GOVERNED))}
