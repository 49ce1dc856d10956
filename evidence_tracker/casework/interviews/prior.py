"""Accounts that the interviewee gave to others before: they warn, and with an instruction they close the way."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from evidence_tracker.access import stated
from evidence_tracker.access.policy import Permission, require, visible
from evidence_tracker.access.records import Governance, create
from evidence_tracker.casework.interviews import gates
from evidence_tracker.casework.interviews.models import (
    Interview,
    InterviewPerson,
    InterviewRole,
    InterviewState,
    PriorAccount,
)
from evidence_tracker.casework.interviews.planning import past, require_state
from evidence_tracker.casework.parties.models import Party
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import InvalidInput

READERS: Mapping[str, stated.Reader] = {
    "body": stated.text,
    "given": stated.optional(stated.moment),
    "body_reference": stated.optional_text,
    "is_signed": stated.optional(stated.yes_or_no),
    "is_copy_held": stated.optional(stated.yes_or_no),
    "may_contact_body": stated.optional(stated.yes_or_no),
    "is_do_not_interview": stated.yes_or_no,
    "instruction_note": stated.optional_text,
}


def record_prior_account(
    session: Session,
    interview: Interview,
    facts: Mapping[str, Any],
    *,
    actor: Actor,
    party: Party | None = None,
) -> PriorAccount:
    """Record an account given to another body; ``facts`` are the names of ``READERS``.

    ``may_contact_body`` is the person's consent to our asking that body. With
    ``is_do_not_interview`` and how we know of it, no interview with the person begins or goes on.
    """
    require(session, actor, Permission.RECORD, interview.compartment_id, level=interview.level)
    require_state(interview, set(InterviewState) - {InterviewState.CANCELLED}, "a prior account")
    read = {**dict.fromkeys(READERS), "is_do_not_interview": False, **stated.read(facts, READERS)}
    if read["body"] is None:
        raise InvalidInput("It is not said who has the prior account.", advice="Name the body.")
    _check(session, read)
    return create(
        session,
        PriorAccount,
        compartment_id=interview.compartment_id,
        governance=Governance.of(interview),
        actor=actor,
        occurred=read["given"],
        interview_id=interview.id,
        party_id=None if party is None else party.id,
        **read,
    )


def amend_prior_account(
    session: Session,
    row: PriorAccount,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> PriorAccount:
    """Correct or complete a prior account; only a supervisor takes the mark "do not interview" back."""
    read = stated.read(changes, READERS)
    _check(session, {name: read.get(name, getattr(row, name)) for name in READERS})
    supervised = ("is_do_not_interview", "instruction_note") if row.is_do_not_interview else ()
    return stated.amend_stated(
        session, row, read, actor=actor, expected_version=expected_version, supervised=supervised
    )


def warnings(
    session: Session, person: Person, *, actor: Actor, besides: Interview | None = None
) -> list[str]:
    """Return a sentence for every account of a person that is known: theirs, and our own interviews.

    One full account by the authority that will use it is enough. What the actor may not
    read is told as one sentence without source or number: a person must not be asked to
    tell it all again because a colleague may not know.
    """
    elsewhere = gates.accounts_elsewhere(person).add_columns(visible(session, actor, PriorAccount))
    earlier = _interviews(person, besides).add_columns(visible(session, actor, Interview))
    theirs, ours = session.execute(elsewhere).all(), session.execute(earlier).all()
    found = [
        f"{person.code} gave an account to {row.body} before{f' ({row.given})' if row.given else ''}."
        for row, is_readable in theirs
        if is_readable
    ]
    found += [
        f"{person.code} was interviewed here before: {row.reference}."
        for row, is_readable in ours
        if is_readable
    ]
    known = len(theirs) + len(ours)
    if known > len(found):
        found.append(
            f"There is an account of {person.code} that you may not read; ask the lead before going on."
        )
    return found


def _interviews(person: Person, besides: Interview | None) -> Select[Interview]:
    query = (
        select(Interview)
        .join(InterviewPerson, InterviewPerson.interview_id == Interview.id)
        .where(
            InterviewPerson.person_id == person.id,
            InterviewPerson.role == InterviewRole.INTERVIEWEE,
            InterviewPerson.ended_at.is_(None),
            Interview.state.in_(gates.HEARD),
        )
        .order_by(Interview.recorded_at, Interview.id)
    )
    return query if besides is None else query.where(Interview.id != besides.id)


def _check(session: Session, read: Mapping[str, Any]) -> None:
    if read["given"] is not None:
        past(session, read["given"], "time of the prior account")
    if read["is_do_not_interview"] and read["instruction_note"] is None:
        raise InvalidInput(
            "The mark 'do not interview' needs a note on how that body told us.",
            advice="State the letter, call or message, and its date.",
        )
