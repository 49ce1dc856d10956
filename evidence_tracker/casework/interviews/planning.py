"""Planning an interview, amending what was planned, and calling it off.

Who is interviewed, why this person, why now, and what else was considered come before the
first call; other bodies' instructions and prior accounts close the way already here.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from evidence_tracker.access import stated
from evidence_tracker.access.levels import Level
from evidence_tracker.access.policy import Permission, now, require
from evidence_tracker.access.records import Governance, amend, create, next_reference
from evidence_tracker.casework.interviews import gates
from evidence_tracker.casework.interviews.models import (
    AccountType,
    Interview,
    InterviewPerson,
    InterviewRole,
    InterviewState,
)
from evidence_tracker.casework.missions.models import Mission
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.errors import GateClosed, InvalidInput
from evidence_tracker.values.moment import Moment

SERIES = "I"
READERS: Mapping[str, stated.Reader] = {
    "account_type": stated.word(AccountType),
    "purpose_note": stated.optional_text,
    "why_this_person": stated.optional_text,
    "why_now": stated.optional_text,
    "alternatives": stated.optional_text,
    "risk_note": stated.optional_text,
    "interviewer_preference": stated.optional_text,
    "place": stated.optional(stated.place),
    "is_remote": stated.yes_or_no,
    "platform": stated.optional_text,
    "is_encrypted": stated.optional(stated.yes_or_no),
    "is_private": stated.optional(stated.yes_or_no),
    "privacy_note": stated.optional_text,
    "language": stated.optional(stated.language),
}
AMENDABLE: Mapping[str, stated.Reader] = {
    **READERS,
    **stated.GOVERNED,
    "started": stated.moment,
    "ended": stated.moment,
}
OVER = frozenset({InterviewState.CLOSED, InterviewState.REVIEWED, InterviewState.CANCELLED})


def plan_interview(
    session: Session,
    person: Person,
    facts: Mapping[str, Any],
    *,
    actor: Actor,
    mission: Mission | None = None,
    compartment_id: UUID | None = None,
    governance: Governance | None = None,
) -> Interview:
    """Plan an interview with one person; returns it, with the person linked as interviewee.

    ``facts`` are the names of ``READERS``. Without an account type it is a first account;
    for a child, a survivor of sexual violence or a severely traumatised person it is a
    screening, and more needs an exception (``exceptions``). The level is at least
    CONFIDENTIAL, for a child or a survivor RESTRICTED.
    """
    home = compartment_id or (mission.compartment_id if mission is not None else None)
    if home is None:
        raise InvalidInput("An interview needs a home.", advice="Name its mission or its compartment.")
    read = {"is_remote": False, **stated.read(facts, READERS)}
    given = governance or default_governance(person, mission)
    _check_level(person, given.level)
    require(session, actor, Permission.RECORD, home, level=given.level)
    require(session, actor, Permission.READ, person.compartment_id, level=person.level)
    if mission is not None:
        require(session, actor, Permission.READ, mission.compartment_id, level=mission.level)
    unmet = gates.for_planning(session, person, mission=mission, place=read.get("place"), actor=actor)
    gates.refuse(person.code, "planning an interview", unmet)
    interview = create(
        session,
        Interview,
        compartment_id=home,
        governance=given,
        actor=actor,
        reference=next_reference(session, SERIES),
        mission_id=None if mission is None else mission.id,
        state=InterviewState.PLANNED,
        **{**dict.fromkeys(READERS), **read, "account_type": _depth(person, read.get("account_type"))},
    )
    link_interviewee(session, interview, person, actor=actor)
    return interview


def link_interviewee(
    session: Session, interview: Interview, person: Person, *, actor: Actor
) -> InterviewPerson:
    """Make a person the interviewee; the link is as restricted as the more restricted of the two."""
    level = max(interview.level, person.level, key=lambda item: item.rank)
    return create(
        session,
        InterviewPerson,
        compartment_id=interview.compartment_id,
        governance=Governance(level, interview.purpose, interview.legal_basis),
        actor=actor,
        verb=CustodyVerb.LINKED,
        interview_id=interview.id,
        person_id=person.id,
        role=InterviewRole.INTERVIEWEE,
    )


def amend_interview(
    session: Session,
    interview: Interview,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> Interview:
    """Correct what was planned or stated of the setting; returns the interview.

    The words of the interviewee have acts of their own. Of an interview that is over, only
    a supervisor changes anything. A deeper account type meets the gates again.
    """
    require(session, actor, Permission.RECORD, interview.compartment_id, level=interview.level)
    read = stated.read(changes, AMENDABLE)
    if "account_type" in read and read["account_type"] is not interview.account_type:
        _check_depth(session, interview, read["account_type"])
    if "level" in read:
        _check_level(gates.interviewee_of(session, interview), read["level"])
    read |= _times(session, interview, read)
    return stated.amend_stated(
        session,
        interview,
        read,
        actor=actor,
        expected_version=expected_version,
        supervised=tuple(AMENDABLE) if interview.state in OVER else (),
    )


def cancel_interview(
    session: Session, interview: Interview, *, reason: str, actor: Actor, expected_version: int | None = None
) -> Interview:
    """Call off an interview that has not begun, saying why."""
    require(session, actor, Permission.RECORD, interview.compartment_id, level=interview.level)
    require_state(interview, {InterviewState.PLANNED}, "calling it off")
    return amend(
        session,
        interview,
        {"state": InterviewState.CANCELLED, "state_reason": stated.text(reason, "reason")},
        actor=actor,
        expected_version=expected_version,
        verb=CustodyVerb.STATE_CHANGED,
    )


def default_governance(person: Person, mission: Mission | None) -> Governance:
    """Return what an interview with this person is kept under where nobody states it otherwise."""
    lowest = gates.floor(person)
    if mission is None:
        return Governance(lowest)
    level = max(lowest, mission.level, key=lambda item: item.rank)
    return Governance(level, mission.purpose, mission.legal_basis)


def require_state(interview: Interview, allowed: set[InterviewState], doing: str) -> None:
    """Refuse an act in a state of the interview that does not allow it, by name."""
    if interview.state not in allowed:
        is_now, *wanted = (
            state.value.replace("-", " ")
            for state in (interview.state, *(one for one in InterviewState if one in allowed))
        )
        raise GateClosed(
            f"{interview.reference} is {is_now}; {doing} needs an interview that is {' or '.join(wanted)}.",
            advice="Take the steps in their order.",
        )


def past(session: Session, stated_moment: Moment | str | None, what: str) -> Moment:
    """Return a stated moment, now where none is stated; refuses the future."""
    if stated_moment is None:
        return Moment.at(now(session))
    moment = stated.moment(stated_moment, what)
    if moment.bounds()[0] > now(session):
        raise InvalidInput(f"The {what} {moment} has not come yet.", advice="Check the date and its zone.")
    return moment


def _depth(person: Person, asked: AccountType | None) -> AccountType:
    categories = gates.categories_of(person)
    if not categories:
        return asked or AccountType.FIRST_ACCOUNT
    if asked in {None, AccountType.SCREENING}:
        return AccountType.SCREENING
    raise GateClosed(
        f"{person.code} ({', '.join(categories)}) can only be screened and referred without an exception.",
        advice="Plan a screening, then ask for an exception, which somebody else decides.",
    )


def _check_depth(session: Session, interview: Interview, asked: AccountType) -> None:
    require_state(interview, {InterviewState.PLANNED, InterviewState.UNDER_WAY}, "another type of account")
    person = gates.interviewee_of(session, interview)
    if person is not None:
        _depth(person, asked)
    if asked is AccountType.SCREENING and interview.first_account is not None:
        raise GateClosed(
            f"{interview.reference} holds an account; it is no screening any more.",
            advice="What was recorded stays; close the interview as it is.",
        )


def _check_level(person: Person | None, level: Level) -> None:
    lowest = Level.CONFIDENTIAL if person is None else gates.floor(person)
    if level.rank < lowest.rank:
        whose = "of a child or a survivor " if lowest is Level.RESTRICTED else ""
        raise InvalidInput(
            f"An interview {whose}is never below {lowest}.", advice=f"Record it at {lowest} or higher."
        )


def _times(session: Session, interview: Interview, read: Mapping[str, Any]) -> dict[str, Any]:
    for name in {"started", "ended"} & read.keys():
        require_state(interview, set(gates.HEARD), f"correcting when it {name}")
        past(session, read[name], name)
    started, ended = read.get("started", interview.started), read.get("ended", interview.ended)
    earliest, _ = stated.span(started, ended)
    return {"started_earliest_at": earliest} if "started" in read else {}
