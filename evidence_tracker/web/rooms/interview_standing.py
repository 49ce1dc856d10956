"""How far an interview is, for the steps of its path: what they are made from, and the acts that can be done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from evidence_tracker.casework.interviews import gates, permission, queries
from evidence_tracker.casework.interviews.models import AccountType, Interview, InterviewState
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.custody.events import Actor
from evidence_tracker.web import records
from evidence_tracker.web.kinds import Action, Scope, Section
from evidence_tracker.web.paths import StepState, Way
from evidence_tracker.web.rooms import interview_care, interview_people, interview_review, interview_words
from evidence_tracker.web.rooms.consent_state import Chip, kept_chip

STEPS: Mapping[str, Any] = {
    "plan": _l("Plan"),
    "begin": _l("Who is there"),
    "introduction": _l("Introduction"),
    "consent": _l("Consent"),
    "account": _l("First account"),
    "questions": _l("Questions and answers"),
    "care": _l("Distress, breaks, help"),
    "read-back": _l("Read back"),
    "close": _l("Close"),
    "evaluation": _l("Evaluation and review"),
}
#: What has to be done before an interview can be closed, in this order; the rest may be.
_CHAIN = ("introduction", "consent", "account", "read-back", "close")
_HELD = frozenset({InterviewState.CLOSED, InterviewState.REVIEWED})

_SECTIONS: tuple[Section, ...] = (
    *interview_words.SECTIONS,
    *interview_care.SECTIONS,
    *interview_people.SECTIONS,
    *interview_review.SECTIONS,
)


@dataclass(frozen=True)
class Standing:
    """What the steps are made from; ``person`` None where the interviewee may not be seen."""

    session: Session
    row: Interview
    actor: Actor
    person: Person | None
    questions: int
    is_allowed: bool
    chip: Chip | None
    ways: "Ways"

    @property
    def is_screening(self) -> bool:
        """Say whether it holds no account."""
        return self.row.account_type is AccountType.SCREENING


class Ways:
    """The acts of the room that this person may do now, by name, as ways of a step."""

    def __init__(self, session: Session, row: Interview, actor: Actor, acts: Sequence[Action]) -> None:
        self._row = row
        self._found: dict[str, tuple[Action, str]] = {}
        for one in records.allowed(acts, row, Scope.ROW, session, actor):
            self._found[one.name] = one, url_for("interviews.act", reference=row.reference, action=one.name)
        for section in _SECTIONS:
            for one in records.allowed(section.actions, row, Scope.SECTION, session, actor):
                url = url_for(
                    "interviews.part", reference=row.reference, section=section.name, action=one.name
                )
                self._found[f"{section.name}/{one.name}"] = one, url

    def __call__(self, *names: str, label: Any = None) -> list[Way]:
        """Return those of these acts that can be done now, the first as the main one."""
        found = [self._found[name] for name in names if name in self._found]
        possible = [(action, url) for action, url in found if action.when(self._row)]
        return [
            Way(label=label if label and not at else action.label, url=url, is_main=not at)
            for at, (action, url) in enumerate(possible)
        ]

    def url(self, name: str) -> str | None:
        """Return the address of one act that can be done now."""
        ways = self(name)
        return ways[0].url if ways else None


def standing(session: Session, row: Interview, actor: Actor, ways: Ways) -> Standing:
    """Return how far an interview is, as far as whoever asks may see its interviewee."""
    person = queries.interviewees(session, [row], actor=actor).get(row.id)
    decision = permission.storage_decision(session, row, person) if person is not None else None
    return Standing(
        session,
        row,
        actor,
        person,
        gates.questions_asked(session, row),
        decision is not None and decision.allowed,
        kept_chip(decision) if decision is not None else None,
        ways,
    )


def where(row: Interview, *, is_allowed: bool) -> str:
    """Return the step at which an interview stands."""
    if row.state in {InterviewState.PLANNED, InterviewState.CANCELLED}:
        return "begin" if row.state is InterviewState.PLANNED else "plan"
    if row.state in _HELD:
        return "evaluation"
    is_screening = row.account_type is AccountType.SCREENING
    done = {
        "introduction": not gates.introduction_missing(row) or row.stopped_at_wish,
        "consent": is_allowed or row.stopped_at_wish,
        "account": is_screening or row.first_account is not None or row.stopped_at_wish,
        "read-back": is_screening or row.read_back_at is not None or row.stopped_at_wish,
    }
    return next((name for name in _CHAIN if not done.get(name, False)), "close")


def states_of(at: Standing) -> dict[str, StepState]:
    """Return the state of each step, in their order."""
    here = where(at.row, is_allowed=at.is_allowed)
    order = list(STEPS)
    states: dict[str, StepState] = {}
    for place, name in enumerate(order):
        states[name] = "here" if name == here else "done" if place < order.index(here) else "later"
    if at.row.state is InterviewState.REVIEWED:
        states["evaluation"] = "done"
    if at.row.state is InterviewState.CANCELLED:
        states["plan"] = "stopped"
    if at.row.state is InterviewState.UNDER_WAY:
        states["questions"] = "done" if at.questions else "later"
        states["care"] = "done" if at.row.distress or at.row.breaks else "later"
        states["consent"] = "done" if at.is_allowed else states["consent"]
    return states
