"""Interviews: an account taken from one person, and how it was taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from evidence_tracker.access.levels import Level
from evidence_tracker.access.orders import After
from evidence_tracker.access.records import PAGE
from evidence_tracker.casework.interviews import gates, permission, queries
from evidence_tracker.casework.interviews.models import (
    AccountType,
    Interview,
    InterviewRole,
    InterviewState,
)
from evidence_tracker.casework.missions.queries import find_mission, page_missions
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.casework.persons.queries import find_person
from evidence_tracker.custody.events import Actor
from evidence_tracker.web.kinds import (
    Column,
    Facts,
    Filter,
    Listing,
    Room,
    Tab,
)
from evidence_tracker.web.rooms import (
    interview_care,
    interview_path,
    interview_people,
    interview_review,
    interview_words,
)
from evidence_tracker.web.rooms.consent_state import kept_chip
from evidence_tracker.web.rooms.interview_acts import ACTIONS
from evidence_tracker.web.rooms.interview_standing import STEPS, where
from evidence_tracker.web.rooms.interview_ways import PATH
from evidence_tracker.web.tongues import tongue
from evidence_tracker.web.words import said


@dataclass(frozen=True)
class Line:
    """An interview in a list, with the code of its interviewee where that person may be seen."""

    row: Interview
    person: str | None

    @property
    def id(self) -> UUID:
        """Return the id of the interview."""
        return self.row.id

    @property
    def reference(self) -> str:
        """Return the reference of the interview."""
        return self.row.reference

    @property
    def level(self) -> Level:
        """Return the level of the interview."""
        return self.row.level

    @property
    def recorded_at(self) -> datetime:
        """Return when it was entered."""
        return self.row.recorded_at


def _page(
    session: Session,
    *,
    actor: Actor,
    mission: str | None = None,
    person: str | None = None,
    mine: str | None = None,
    exception: str | None = None,
    state: InterviewState | None = None,
    account_type: AccountType | None = None,
    compartment_id: UUID | None = None,
    after: After | None = None,
    limit: int = PAGE,
) -> Sequence[Line]:
    rows = queries.list_interviews(
        session,
        actor=actor,
        mission=find_mission(session, mission, actor=actor) if mission else None,
        person=find_person(session, person, actor=actor) if person else None,
        account_id=actor.account_id if mine else None,
        is_exception_asked=bool(exception),
        state=state,
        account_type=account_type,
        compartment_id=compartment_id,
        after=after,
        limit=limit,
    )
    people = queries.interviewees(session, rows, actor=actor)
    return [Line(row, people[row.id].code if row.id in people else None) for row in rows]


def _missions(session: Session, actor: Actor) -> Sequence[tuple[str, Any]]:
    return [(one.reference, one.title) for one in page_missions(session, actor=actor, limit=PAGE)]


def _data(session: Session, row: Interview, actor: Actor) -> dict[str, Any]:
    """Return whose account it is, whether it may be kept, and at which step it stands."""
    person = _interviewee(session, row, actor)
    decision = permission.storage_decision(session, row, person) if person is not None else None
    is_allowed = decision is not None and decision.allowed
    step = where(row, is_allowed=is_allowed)
    return {
        "person": person,
        "chip": kept_chip(decision) if decision is not None else None,
        "step": step,
        "step_title": STEPS[step],
    }


def _interviewee(session: Session, row: Interview, actor: Actor) -> Person | None:
    for pair in interview_people.persons(session, row, actor):
        if pair.item.role is InterviewRole.INTERVIEWEE:
            return pair.other  # type: ignore[no-any-return] # a pair holds anything
    return None


WORDS = {
    "account_type": _l("How far it goes"),
    "language": _l("Language it is held in"),
    "alternatives": _l("What else was considered"),
    "risk_note": _l("What could happen to the person"),
    "interviewer_preference": _l("Whom the person wishes to speak to"),
    "purpose_note": _l("What it is for"),
    "is_remote": _l("Held from afar"),
    "is_encrypted": _l("Line encrypted"),
    "is_private": _l("Held in private"),
    "privacy_note": _l("Note on privacy"),
    "started": _l("Began"),
    "stopped_at_wish": _l("Stopped at the wish of the person"),
    "closed_at": _l("Closed"),
    "reviewed_at": _l("Reviewed"),
    "read_back_language": _l("Read back in"),
    "read_back_questions": _l("Questions that were read back"),
    "declaration_version": _l("Declaration"),
    "unread_reason": _l("Not read back because"),
    "unsigned_reason": _l("Not signed because"),
    "state_reason": _l("Called off because"),
}

ROOM = Room(
    name="interviews",
    icon="messages",
    one=_l("interview"),
    many=_l("Interviews"),
    model=Interview,
    find=queries.find_interview,
    title=lambda row: said(row.account_type),
    listing=Listing(
        page=_page,
        columns=(
            Column(name="interviewee", label=_l("Interviewee"), cell=lambda line: line.person, kind="person"),
            Column(name="account_type", label=_l("How far"), cell=lambda line: line.row.account_type),
            Column(name="state", label=_l("State"), cell=lambda line: line.row.state, kind="state"),
            Column(name="began", label=_l("Began"), cell=lambda line: line.row.started),
            Column(
                name="language",
                label=_l("Language"),
                cell=lambda line: tongue(line.row.language),
                is_narrow=True,
            ),
        ),
        filters=(
            Filter(name="state", label=_l("State"), enum=InterviewState, read=InterviewState),
            Filter(name="account_type", label=_l("How far"), enum=AccountType, read=AccountType),
            Filter(
                name="mine", label=_l("Mine"), choices=lambda _s, _a: [("yes", _l("planned or held by me"))]
            ),
            Filter(
                name="exception",
                label=_l("Exception"),
                choices=lambda _s, _a: [("asked", _l("waits for a decision"))],
            ),
            Filter(name="mission", label=_l("Mission"), choices=_missions),
            Filter(name="person", label=_l("Person (code)")),
        ),
        empty=_l(
            "No interview yet. It begins with a plan: why this person, why now, what else was considered."
        ),
        is_scoped=True,
    ),
    facts=(
        Facts(
            title=_l("Plan"),
            names=(
                "account_type",
                "language",
                "why_this_person",
                "why_now",
                "alternatives",
                "risk_note",
                "interviewer_preference",
                "purpose_note",
            ),
        ),
        Facts(
            title=_l("Setting"),
            names=("place", "is_remote", "platform", "is_encrypted", "is_private", "privacy_note"),
        ),
        Facts(
            title=_l("Course"),
            names=("started", "ended", "stopped_at_wish", "closed_at", "reviewed_at"),
            when=lambda row: row.state in gates.HEARD,
        ),
        Facts(
            title=_l("Read-back"),
            names=(
                "read_back",
                "read_back_language",
                "read_back_questions",
                "is_signed",
                "unsigned_reason",
                "declaration_version",
                "unread_reason",
            ),
            when=lambda row: row.read_back_at is not None or row.unread_reason is not None,
        ),
        Facts(
            title=_l("Called off"),
            names=("state_reason",),
            when=lambda row: row.state is InterviewState.CANCELLED,
        ),
    ),
    tabs=(
        Tab(
            name=PATH,
            title=_l("Step by step"),
            template="rooms/interview_path.html",
            data=interview_path.data_of(ACTIONS),
        ),
        interview_words.TAB,
        interview_people.TAB,
        interview_care.TAB,
        interview_review.TAB,
    ),
    sections=(
        *interview_words.SECTIONS,
        *interview_people.SECTIONS,
        *interview_care.SECTIONS,
        *interview_review.SECTIONS,
    ),
    actions=ACTIONS,
    words=WORDS,
    template="rooms/interviews.html",
    data=_data,
)
