"""Coverage: how far the allegations of an incident are covered, by crime and by who is named."""

from typing import Any

from sqlalchemy.orm import Session

from evidence_tracker.casework.allegations.coverage import coverage_by_named, coverage_of
from evidence_tracker.casework.allegations.queries import list_allegations
from evidence_tracker.casework.incidents.models import Incident
from evidence_tracker.custody.events import Actor

#: More allegations on one incident than anybody reads; the list of allegations shows the rest.
MOST = 100


def of_incident(session: Session, row: Incident, actor: Actor) -> dict[str, Any]:
    """Return the allegations of an incident, each with its elements, and who is named under them."""
    allegations = list_allegations(session, actor=actor, incident=row, limit=MOST + 1)
    shown = allegations[:MOST]
    coverages = coverage_of(session, shown, actor=actor)[::-1]
    named = coverage_by_named(session, shown, actor=actor)
    links = [naming.link for one in named for naming in one.namings]
    return {
        "coverages": coverages,
        "named": named,
        "is_cut": len(allegations) > MOST,
        "noted": [*shown, *links],
    }
