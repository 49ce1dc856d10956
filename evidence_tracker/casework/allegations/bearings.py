"""Acts on elements: how evidence bears on them, and what is found of them.

Evidence against an allegation is recorded like evidence for it (modelled on Rome Statute
54(1)(a)). A bearing's direction is never changed: it can only be ended, with a reason, and
stays readable, so that nothing exculpatory is turned or dropped in silence.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access import records, stated
from evidence_tracker.access.policy import Permission, now, require
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.allegations.alleging import pinned
from evidence_tracker.casework.allegations.models import (
    Allegation,
    AllegationStatus,
    Bearing,
    Direction,
    ElementFinding,
    FindingState,
)
from evidence_tracker.casework.incidents.citations import Citation
from evidence_tracker.casework.incidents.evidence import Evidence, asserter, citing, governance_of
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.errors import Conflict, GateClosed, InvalidInput

STRENGTHS = range(1, 4)


def strength(value: object, what: str) -> int:
    """Return 1 (weak), 2 or 3 (strong)."""
    number = stated.whole(value, what)
    if number not in STRENGTHS:
        raise InvalidInput(f"The {what} goes from 1 (weak) to 3 (strong); {number} does not.")
    return number


def passage(value: object, what: str) -> Citation:
    """Return a cited passage from text, or as it is."""
    return value if isinstance(value, Citation) else Citation.parse(stated.optional_text(value, what) or "")


AMENDABLE: Mapping[str, stated.Reader] = {"strength": strength, "note": stated.text, "citation": passage}


def bear(
    session: Session,
    allegation: Allegation,
    element_n: int,
    evidence: Evidence,
    *,
    direction: Direction | str,
    note: str,
    actor: Actor,
    strength: int = 1,
    citation: Citation | str = "",
    asserted_by: str | None = None,
) -> Bearing:
    """Record how a passage of a piece of evidence bears on an element; 0 is the category as a whole.

    The bearing is as restricted as the more restricted of allegation and evidence, and does
    not exist for those who may not see the evidence.
    """
    _refuse_withdrawn(allegation)
    number = _element(allegation, element_n)
    require(session, actor, Permission.READ, evidence.compartment_id, level=evidence.level)
    cited = passage(citation, "citation")
    return records.create(
        session,
        Bearing,
        compartment_id=allegation.compartment_id,
        governance=governance_of(allegation, evidence),
        actor=actor,
        verb=CustodyVerb.LINKED,
        allegation_id=allegation.id,
        element_n=number,
        direction=stated.word(Direction)(direction, "direction"),
        strength=_strength(strength),
        **citing(evidence),
        citation_kind=cited.kind,
        anchor=cited.anchor,
        note=stated.text(note, "note"),
        asserted_by=asserter(asserted_by, actor),
        ended_at=None,
        ended_reason=None,
    )


def amend_bearing(
    session: Session,
    bearing: Bearing,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> Bearing:
    """Correct the strength, the note or the passage; never the direction, the element or the evidence."""
    if bearing.ended_at is not None:
        raise Conflict("This bearing was ended.", advice="Record a new one.")
    read = stated.read(changes, AMENDABLE)
    cited = read.pop("citation", None)
    if cited is not None:
        read |= {"citation_kind": cited.kind, "anchor": cited.anchor}
    return stated.amend_stated(session, bearing, read, actor=actor, expected_version=expected_version)


def end_bearing(
    session: Session, bearing: Bearing, *, reason: str, actor: Actor, expected_version: int | None = None
) -> Bearing:
    """End a bearing that does not hold; it stays in the matrix as ended, with the reason.

    Ending an exculpatory one asks for the right to approve exceptions.
    """
    if bearing.ended_at is not None:
        raise Conflict("This bearing was ended before.", advice="Read it again.")
    is_against = bearing.direction is Direction.EXCULPATORY
    return records.amend(
        session,
        bearing,
        {"ended_at": now(session), "ended_reason": stated.text(reason, "reason")},
        actor=actor,
        expected_version=expected_version,
        permission=Permission.SUPERVISE if is_against else Permission.RECORD,
        verb=CustodyVerb.UNLINKED,
    )


def record_finding(
    session: Session,
    allegation: Allegation,
    element_n: int,
    *,
    state: FindingState | str,
    reasoning: str,
    actor: Actor,
    found_by: str | None = None,
    expected_version: int | None = None,
) -> ElementFinding:
    """Record what is found of an element so far; a later finding replaces it and the log keeps both.

    ``expected_version`` None means that there should be none yet.
    """
    _refuse_withdrawn(allegation)
    number = _element(allegation, element_n)
    values: dict[str, Any] = {
        "state": stated.word(FindingState)(state, "state"),
        "reasoning": stated.text(reasoning, "reasoning"),
        "found_by": asserter(found_by, actor),
    }
    standing = session.scalars(
        select(ElementFinding).where(
            ElementFinding.allegation_id == allegation.id, ElementFinding.element_n == number
        )
    ).first()
    if standing is None:
        return records.create(
            session,
            ElementFinding,
            compartment_id=allegation.compartment_id,
            governance=Governance.of(allegation),
            actor=actor,
            allegation_id=allegation.id,
            element_n=number,
            **values,
        )
    require(session, actor, Permission.RECORD, standing.compartment_id, level=standing.level)
    if expected_version is None:
        raise Conflict(
            f"Element {number} has a finding already (version {standing.version}).",
            advice="Read it, then give its version with the new one.",
        )
    return records.amend(session, standing, values, actor=actor, expected_version=expected_version)


def _element(allegation: Allegation, element_n: object) -> int:
    number = stated.whole(element_n, "element")
    pinned(allegation)[1].check_element(number)
    return number


def _strength(value: object) -> int:
    return strength(value, "strength")


def _refuse_withdrawn(allegation: Allegation) -> None:
    if allegation.status is AllegationStatus.WITHDRAWN:
        raise GateClosed(
            f"{allegation.reference} was withdrawn; nothing is added to it.",
            advice="Record a new allegation.",
        )
