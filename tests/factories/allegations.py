"""Allegations and bearings, made through the acts. All fictional."""

from typing import Any

from sqlalchemy.orm import Session

from evidence_tracker.casework.allegations.alleging import allege
from evidence_tracker.casework.allegations.bearings import bear
from evidence_tracker.casework.allegations.models import Allegation, Bearing
from evidence_tracker.casework.incidents.evidence import Evidence
from evidence_tracker.casework.incidents.models import Incident
from tests.cast import Cast
from tests.factories import incidents

CONFINEMENT = "rome-statute:8(2)(a)(vii)-2"


def allegation(
    session: Session,
    cast: Cast,
    category: str = CONFINEMENT,
    *,
    incident: Incident | None = None,
    **facts: Any,
) -> Allegation:
    """Return an incident read as unlawful confinement, by daria."""
    stated: dict[str, Any] = {"rationale": "Thirty civilians held for twelve days.", "actor": cast.daria}
    return allege(session, incident or incidents.incident(session, cast), category, **{**stated, **facts})


def bearing(
    session: Session, cast: Cast, row: Allegation, element_n: int, evidence: Evidence, **facts: Any
) -> Bearing:
    """Return an inculpatory bearing of middle strength, by daria."""
    stated: dict[str, Any] = {
        "direction": "inculpatory",
        "strength": 2,
        "citation": "p. 1",
        "note": "Names the cellar and the days.",
        "actor": cast.daria,
    }
    return bear(session, row, element_n, evidence, **{**stated, **facts})
