"""Acts on many exhibits at once: all or nothing, each with a custody event of its own."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from evidence_tracker.casework.exhibits.intake import AMENDABLE, amend_exhibit
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import InvalidInput

#: What can be stated of many at once: what an item is called and shows is its own.
OF_MANY = AMENDABLE - {"title", "description", "particulars"}


def amend_exhibits(
    session: Session,
    exhibits: Sequence[Exhibit],
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_versions: Mapping[UUID, int] | None = None,
) -> Sequence[Exhibit]:
    """State the same facts of many exhibits; returns those that said otherwise before.

    One that says all of it already stays as it is, without an event; where all do, it is refused. The
    first that cannot be changed stops all: the transaction is to be given up.
    """
    own = sorted(set(changes) - OF_MANY)
    if own:
        raise InvalidInput(
            f"The {', '.join(own)} of an exhibit cannot be changed for many at once.",
            advice=f"What can be: {', '.join(sorted(OF_MANY))}.",
        )
    versions = expected_versions or {}
    changed = []
    for exhibit in exhibits:
        differing = {name: value for name, value in changes.items() if getattr(exhibit, name) != value}
        if differing:
            changed.append(
                amend_exhibit(
                    session, exhibit, differing, actor=actor, expected_version=versions.get(exhibit.id)
                )
            )
    if not changed:
        raise InvalidInput(
            "All of this is recorded already; nothing was changed.", advice="State what should differ."
        )
    return changed
