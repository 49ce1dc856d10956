"""The custody chain of one exhibit: what happened to it, beside the versions of its record.

Seals, transfers and examinations are records with chains of their own; each also leaves an
event here, so that the chain handed over with an exhibit tells the whole of its keeping.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.custody.ledger import record
from evidence_tracker.values.moment import Moment


def note(
    session: Session,
    exhibit: Exhibit,
    verb: CustodyVerb,
    *,
    actor: Actor,
    occurred: Moment | None = None,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Note one thing done to an exhibit; the caller has checked the right to do it."""
    record(
        session,
        verb,
        exhibit.id,
        compartment_id=exhibit.compartment_id,
        actor=actor,
        occurred=occurred,
        facts=facts,
    )
