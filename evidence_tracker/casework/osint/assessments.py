"""Testing a claim about online material: one method, one finding, looked at by another person.

A finding says "confirmed for this claim, by this method, by whom", never "authentic". What
was reviewed is not changed any more: a later conclusion supersedes it and leaves it standing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from evidence_tracker.access.policy import Permission, now, require
from evidence_tracker.access.records import Governance, amend, create, needed
from evidence_tracker.access.stated import amend_stated
from evidence_tracker.casework.exhibits.facts import columns
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.osint.models import (
    Assessment,
    AssessmentMethod,
    Capture,
    Finding,
    ReviewState,
)
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.errors import InvalidInput, NotPermitted, SecondPersonNeeded
from evidence_tracker.values.moment import Moment
from evidence_tracker.values.place import Place

POSITIVE = frozenset({Finding.CONFIRMED, Finding.PROBABLE})
OPEN = frozenset({ReviewState.DRAFT, ReviewState.RETURNED})


@dataclass(frozen=True)
class AssessmentFacts:
    """One claim, how it was tested and what was found; ``counter_evidence`` may say that none was found."""

    claim: str
    method: AssessmentMethod
    reference_material: str
    finding: Finding
    reasoning: str
    tools: str | None = None
    counter_evidence: str | None = None
    place: Place | None = None
    occurred: Moment | None = None


def assess(
    session: Session,
    subject: Capture | Exhibit,
    facts: AssessmentFacts,
    *,
    actor: Actor,
    supersedes: Assessment | None = None,
) -> Assessment:
    """Record an assessment of a capture or an exhibit as a draft of its analyst.

    ``supersedes`` names the earlier assessment, of the same subject by the same method,
    whose conclusion this one replaces.
    """
    require(session, actor, Permission.READ, subject.compartment_id, level=subject.level)
    values = columns(facts)
    _refuse_bare(values)
    if supersedes is not None:
        _supersede(session, supersedes, subject, facts.method, actor)
    return create(
        session,
        Assessment,
        compartment_id=subject.compartment_id,
        governance=Governance.of(subject),
        actor=actor,
        capture_id=subject.id if isinstance(subject, Capture) else None,
        exhibit_id=subject.id if isinstance(subject, Exhibit) else None,
        supersedes_id=supersedes.id if supersedes is not None else None,
        done_at=now(session),
        state=ReviewState.DRAFT,
        **values,
        **_bounds(facts.occurred),
    )


def amend_assessment(
    session: Session,
    assessment: Assessment,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> Assessment:
    """Change an assessment that is still its analyst's: a draft, or one that was returned."""
    _refuse_other_analyst(assessment, actor)
    if assessment.state not in OPEN:
        raise InvalidInput(
            f"This assessment is {assessment.state.value} and is not changed any more.",
            advice="Record a new assessment that supersedes it.",
        )
    names = frozenset(AssessmentFacts.__dataclass_fields__)
    fixed = sorted(set(changes) - names)
    if fixed:
        raise InvalidInput(f"The {', '.join(fixed)} of an assessment cannot be changed.")
    values = dict(changes)
    _refuse_bare({name: getattr(assessment, name) for name in names} | values)
    if "occurred" in values:
        values |= _bounds(values["occurred"])
    return amend_stated(session, assessment, values, actor=actor, expected_version=expected_version)


def submit_assessment(
    session: Session, assessment: Assessment, *, actor: Actor, expected_version: int | None = None
) -> Assessment:
    """Hand an assessment to a second person for review."""
    _refuse_other_analyst(assessment, actor)
    if assessment.state not in OPEN:
        raise InvalidInput(f"This assessment is {assessment.state.value} and cannot be submitted.")
    return _move(session, assessment, {"state": ReviewState.SUBMITTED}, actor, expected_version)


def review_assessment(
    session: Session,
    assessment: Assessment,
    *,
    is_accepted: bool,
    note: str,
    actor: Actor,
    expected_version: int | None = None,
) -> Assessment:
    """Accept or return a submitted assessment, as somebody other than its analyst, saying why."""
    if assessment.state is not ReviewState.SUBMITTED:
        raise InvalidInput(f"This assessment is {assessment.state.value}; only a submitted one is reviewed.")
    if assessment.recorded_by == actor.account_id:
        raise SecondPersonNeeded(
            f"{actor.login} made this assessment, so somebody else has to review it.",
            advice="Ask another analyst who may see the same material.",
        )
    changes = {
        "state": ReviewState.PEER_REVIEWED if is_accepted else ReviewState.RETURNED,
        "reviewed_by": actor.account_id,
        "reviewed_at": now(session),
        "review_note": needed(note, "What the reviewer found"),
    }
    return _move(session, assessment, changes, actor, expected_version)


def _move(
    session: Session,
    assessment: Assessment,
    changes: Mapping[str, Any],
    actor: Actor,
    expected_version: int | None,
) -> Assessment:
    facts = {"from": assessment.state, "to": changes["state"]}
    return amend(
        session,
        assessment,
        changes,
        actor=actor,
        expected_version=expected_version,
        verb=CustodyVerb.STATE_CHANGED,
        facts=facts,
    )


def _supersede(
    session: Session, earlier: Assessment, subject: Capture | Exhibit, method: AssessmentMethod, actor: Actor
) -> None:
    if subject.id not in {earlier.capture_id, earlier.exhibit_id} or earlier.method is not method:
        raise InvalidInput("An assessment supersedes only one of the same material by the same method.")
    if earlier.state is ReviewState.SUPERSEDED:
        raise InvalidInput("That assessment is superseded already.", advice="Supersede the newest one.")
    if earlier.state in OPEN:
        raise InvalidInput("That assessment is still a draft.", advice="Change the draft itself.")
    _move(session, earlier, {"state": ReviewState.SUPERSEDED}, actor, None)


def _refuse_other_analyst(assessment: Assessment, actor: Actor) -> None:
    if assessment.recorded_by != actor.account_id:
        raise NotPermitted(
            "Only its analyst changes an assessment.", advice="Review it, or record one of your own."
        )


def _refuse_bare(values: Mapping[str, Any]) -> None:
    """Refuse a conclusion without what it rests on."""
    needed(values["claim"], "The claim that was tested")
    needed(values["reference_material"], "The reference material (maps, images, weather, earlier copies)")
    needed(values["reasoning"], "The reasoning")
    finding, method = values["finding"], values["method"]
    if finding is Finding.CONFIRMED:
        needed(
            values["counter_evidence"], "What speaks against it, or that nothing was found (counter_evidence)"
        )
    place = values["place"]
    if (
        method is AssessmentMethod.GEOLOCATION
        and finding in POSITIVE
        and (place is None or place.latitude is None)
    ):
        raise InvalidInput("A geolocation that was found needs its place with coordinates.")
    if method is AssessmentMethod.CHRONOLOCATION and finding in POSITIVE and values["occurred"] is None:
        raise InvalidInput("A chronolocation that was found needs the date or time it found (occurred).")


def _bounds(occurred: Moment | None) -> dict[str, Any]:
    earliest, latest = occurred.bounds() if occurred is not None else (None, None)
    return {"occurred_earliest_at": earliest, "occurred_latest_at": latest}
