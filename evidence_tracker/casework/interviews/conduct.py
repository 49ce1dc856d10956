"""Holding an interview: begin, introduce, who is there, what is seen, breaks, stopping, help.

The introduction comes before the first account. Whoever is interviewed may stop at any
time; a stop is recorded and asks nobody for a reason.
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access import stated
from evidence_tracker.access.models import Account
from evidence_tracker.access.policy import Permission, now, require
from evidence_tracker.access.records import Governance, amend, create, needed
from evidence_tracker.casework.interviews import gates
from evidence_tracker.casework.interviews.models import (
    Interview,
    InterviewState,
    IntroductionPoint,
    Present,
    PresentRole,
)
from evidence_tracker.casework.interviews.planning import past, require_state
from evidence_tracker.casework.parties.models import Party
from evidence_tracker.casework.persons.models import Need, Referral
from evidence_tracker.casework.persons.referrals import offer_referral
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.errors import GateClosed, InvalidInput
from evidence_tracker.values.moment import Moment

PRESENT: Mapping[str, stated.Reader] = {
    "qualification": stated.optional_text,
    "is_independent": stated.optional(stated.yes_or_no),
    "confidentiality_signed": stated.optional(stated.yes_or_no),
    "has_signed": stated.optional(stated.yes_or_no),
}
_GOING = {InterviewState.UNDER_WAY}
_OPEN = {InterviewState.PLANNED, InterviewState.UNDER_WAY}


def begin_interview(
    session: Session,
    interview: Interview,
    *,
    actor: Actor,
    started: Moment | str | None = None,
    expected_version: int | None = None,
) -> Interview:
    """Say that the interview has begun (None: now); returns it.

    Whoever begins it is its interviewer, unless interviewers were recorded before.
    """
    _may(session, interview, actor)
    require_state(interview, {InterviewState.PLANNED}, "beginning")
    moment = past(session, started, "beginning")
    recorded = gates.interviewers_of(session, interview)
    unmet = gates.for_beginning(session, interview, interviewers=recorded or {actor.account_id}, actor=actor)
    gates.refuse(interview.reference, "beginning", unmet)
    amend(
        session,
        interview,
        {
            "state": InterviewState.UNDER_WAY,
            "started": moment,
            "started_earliest_at": moment.bounds()[0],
            **_raised(session, interview),
        },
        actor=actor,
        expected_version=expected_version,
        verb=CustodyVerb.STATE_CHANGED,
        occurred=moment,
    )
    if not recorded:
        account = session.get_one(Account, actor.account_id)
        add_present(session, interview, PresentRole.INTERVIEWER, actor=actor, account=account)
    return interview


def introduce(
    session: Session,
    interview: Interview,
    points: Collection[IntroductionPoint | str],
    *,
    actor: Actor,
    explained: Moment | str | None = None,
    expected_version: int | None = None,
) -> Interview:
    """Record which points of the introduction were explained, and when (None: now).

    ``points`` empty means all that are missing. What was explained before keeps its time.
    """
    _may(session, interview, actor)
    require_state(interview, _GOING, "the introduction")
    moment = past(session, explained, "time of the introduction")
    read = [stated.word(IntroductionPoint)(point, "point of the introduction") for point in points]
    new = [point for point in read or IntroductionPoint if point.value not in interview.introduction]
    if not new:
        raise InvalidInput("All of this was explained already.", advice="Go on with the interview.")
    introduction = {**interview.introduction, **{point.value: moment.to_json() for point in new}}
    return amend(
        session,
        interview,
        {"introduction": introduction},
        actor=actor,
        expected_version=expected_version,
        occurred=moment,
        facts={"explained": sorted(point.value for point in new)},
    )


def add_present(
    session: Session,
    interview: Interview,
    role: PresentRole | str,
    *,
    actor: Actor,
    account: Account | None = None,
    code: str | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Present:
    """Record somebody who was there, by account or by code; ``facts`` are the names of ``PRESENT``.

    An interpreter's qualification, independence and undertaking of confidentiality are
    stated, and without the undertaking nobody interprets. Once the interview is closed, a
    supervisor alone says who was there.
    """
    permission = _who_was_there(interview)
    require(session, actor, permission, interview.compartment_id, level=interview.level)
    require_state(interview, set(InterviewState) - {InterviewState.CANCELLED}, "who was there")
    read = {**dict.fromkeys(PRESENT), **stated.read(facts or {}, PRESENT)}
    who = stated.word(PresentRole)(role, "role")
    if (account is None) == (code is None):
        raise InvalidInput("Somebody who was there is named by an account or by a code.")
    if who is PresentRole.INTERPRETER:
        _check_interpreter(read)
    bearer = None if code is None else staff_code(code)
    _not_twice(session, interview, who, account, bearer)
    return create(
        session,
        Present,
        compartment_id=interview.compartment_id,
        governance=Governance.of(interview),
        actor=actor,
        permission=permission,
        verb=CustodyVerb.LINKED,
        interview_id=interview.id,
        role=who,
        account_id=None if account is None else account.id,
        code=bearer,
        **read,
    )


def amend_present(
    session: Session,
    row: Present,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> Present:
    """Complete what is known of somebody who was there, such as a signature given later."""
    read = stated.read(changes, PRESENT)
    if row.role is PresentRole.INTERPRETER:
        _check_interpreter({name: read.get(name, getattr(row, name)) for name in PRESENT})
    return stated.amend_stated(session, row, read, actor=actor, expected_version=expected_version)


def end_present(session: Session, row: Present, *, reason: str, actor: Actor) -> Present:
    """Say that somebody was not there after all, or went away; the entry stays on record."""
    if row.ended_at is not None:
        raise InvalidInput("This entry was ended before.")
    changes = {"ended_at": now(session), "ended_reason": needed(reason, "The reason")}
    permission = _who_was_there(session.get_one(Interview, row.interview_id))
    return amend(session, row, changes, actor=actor, permission=permission, verb=CustodyVerb.UNLINKED)


def observe_distress(
    session: Session,
    interview: Interview,
    observed: str,
    *,
    actor: Actor,
    seen: Moment | str | None = None,
    expected_version: int | None = None,
) -> Interview:
    """Add what was seen and heard of distress: behaviour ("wept, asked for water"), no diagnosis."""
    _may(session, interview, actor)
    require_state(interview, _GOING, "an observation")
    moment = past(session, seen, "time of the observation")
    entry = {"seen": moment.to_json(), "observed": stated.text(observed, "observation")}
    return amend(
        session,
        interview,
        {"distress": [*interview.distress, entry]},
        actor=actor,
        expected_version=expected_version,
        occurred=moment,
    )


def record_break(
    session: Session,
    interview: Interview,
    *,
    began: Moment | str,
    actor: Actor,
    ended: Moment | str | None = None,
    reason: str | None = None,
    expected_version: int | None = None,
) -> Interview:
    """Add a break; ``ended`` None: the interview did not go on after it, or it is not known."""
    _may(session, interview, actor)
    require_state(interview, _GOING, "a break")
    start = past(session, began, "beginning of the break")
    end = None if ended is None else past(session, ended, "end of the break")
    stated.span(start, end)
    entry = {
        "began": start.to_json(),
        "ended": None if end is None else end.to_json(),
        "reason": stated.optional_text(reason, "reason of the break"),
    }
    return amend(
        session,
        interview,
        {"breaks": [*interview.breaks, entry]},
        actor=actor,
        expected_version=expected_version,
        occurred=start,
    )


def stop_interview(
    session: Session,
    interview: Interview,
    *,
    actor: Actor,
    stopped: Moment | str | None = None,
    expected_version: int | None = None,
) -> Interview:
    """Record that the interviewee wished to stop (None: now). No reason is asked, and none recorded.

    What was told before may be written down, if its storage is allowed; nothing more is asked.
    """
    _may(session, interview, actor)
    require_state(interview, _GOING, "stopping")
    if interview.stopped_at_wish:
        raise InvalidInput(f"{interview.reference} was stopped before.")
    moment = past(session, stopped, "time of the stop")
    stated.span(interview.started, moment)
    return amend(
        session,
        interview,
        {"stopped_at_wish": True, "ended": moment},
        actor=actor,
        expected_version=expected_version,
        verb=CustodyVerb.STATE_CHANGED,
        occurred=moment,
    )


def refer(
    session: Session,
    interview: Interview,
    need: Need | str,
    *,
    actor: Actor,
    offered: Moment | str | None = None,
    provider: Party | None = None,
    follow_up_on: date | None = None,
    note: str | None = None,
) -> Referral:
    """Record that help was offered to the interviewee; returns the referral of the persons room."""
    _may(session, interview, actor)
    person = gates.interviewee_of(session, interview)
    if person is None:
        raise GateClosed(f"{interview.reference} has no interviewee.", advice="Link the person first.")
    return offer_referral(
        session,
        person,
        need=stated.word(Need)(need, "need"),
        offered=past(session, offered, "time of the offer"),
        actor=actor,
        provider=provider,
        follow_up_on=follow_up_on,
        note=note,
    )


def staff_code(value: str) -> str:
    """Return a code in capitals; refuses what looks like a name (a code has a digit and no blank)."""
    code = stated.text(value, "code").upper()
    plain = code.isascii() and code.replace("-", "").isalnum()
    if not plain or not any(character.isdigit() for character in code) or len(code) > 32:
        raise InvalidInput(
            "Somebody who was there is recorded under a code, never by name.",
            advice="Use a code with a digit, such as INT-07; the name belongs into the staff list.",
        )
    return code


def _who_was_there(interview: Interview) -> Permission:
    return Permission.RECORD if interview.state in _OPEN else Permission.SUPERVISE


def _check_interpreter(read: Mapping[str, Any]) -> None:
    missing = [
        name.replace("_", " ")
        for name in ("qualification", "is_independent", "confidentiality_signed")
        if read[name] is None
    ]
    if missing:
        raise InvalidInput(
            f"Of an interpreter is missing: {', '.join(missing)}.", advice="State each of them."
        )
    if not read["confidentiality_signed"]:
        raise GateClosed(
            "The interpreter has not undertaken to keep confidential what is said.",
            advice="The interpreter signs first, or another one interprets.",
        )


def _not_twice(
    session: Session, interview: Interview, role: PresentRole, account: Account | None, code: str | None
) -> None:
    there = select(Present.id).where(
        Present.interview_id == interview.id,
        Present.role == role,
        Present.code == code if account is None else Present.account_id == account.id,
        Present.ended_at.is_(None),
    )
    if session.scalar(there) is not None:
        raise InvalidInput(f"This {role.value} is recorded as present already.")


def _raised(session: Session, interview: Interview) -> dict[str, Any]:
    # The person may have been found to be a child or a survivor since the interview was planned.
    person = gates.interviewee_of(session, interview)
    if person is None or gates.floor(person).rank <= interview.level.rank:
        return {}
    return {"level": gates.floor(person)}


def _may(session: Session, interview: Interview, actor: Actor) -> None:
    require(session, actor, Permission.RECORD, interview.compartment_id, level=interview.level)
