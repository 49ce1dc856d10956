"""How an interview is shown at the command line: its parts, what is missing, what to think of."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from evidence_tracker.access.models import Record
from evidence_tracker.casework.interviews import queries
from evidence_tracker.casework.interviews.models import Interview
from evidence_tracker.cli.door import Door
from evidence_tracker.cli.stating import view
from evidence_tracker.custody.events import Actor


def whole(session: Session, row: Interview, actor: Actor) -> tuple[dict[str, Any], list[Record]]:
    """Return an interview with everything that belongs to the record of it, and the rows that were read.

    What we think of it is not among them: it is kept apart from the statement.
    """
    persons = queries.persons_of(session, row, actor=actor)
    exhibits = queries.exhibits_of(session, row, actor=actor)
    present = queries.present_at(session, row, actor=actor)
    questions = queries.questions_of(session, row, actor=actor)
    corrections = queries.corrections(session, row, actor=actor)
    prior = queries.prior_accounts(session, row, actor=actor)
    translations = queries.account_translations(session, row, actor=actor)
    names = queries.bearers(session, present)
    answer = with_missing(session, row, actor) | {
        "persons": [f"{person.code} ({link.role.value})" for link, person in persons],
        "present": [f"{names[one.id]} ({one.role.value})" for one in present],
        "exhibits": [f"{exhibit.reference} ({link.role.value})" for link, exhibit in exhibits],
        "questions": len(questions),
        "translations": [f"{one.language} of version {one.account_version}" for one in translations],
        "corrections": [f"{one.passage} → {one.correction}" for one in corrections],
        "prior_accounts": [one.body for one in prior],
        "warnings": queries.warnings(session, row, actor=actor),
    }
    links: list[Record] = [link for link, _ in persons]
    return answer, [row, *links, *present, *questions, *corrections, *prior, *translations]


def lines(session: Session, rows: Sequence[Interview], actor: Actor) -> list[dict[str, Any]]:
    """Return interviews as lines of a list, with the code of the interviewee where it may be seen."""
    people = queries.interviewees(session, rows, actor=actor)
    return [
        {
            "reference": row.reference,
            "person": people[row.id].code if row.id in people else None,
            "account_type": row.account_type.value,
            "state": row.state.value,
            "started": None if row.started is None else str(row.started),
            "language": row.language,
            "level": row.level.value,
        }
        for row in rows
    ]


def with_missing(session: Session, row: Interview, actor: Actor) -> dict[str, Any]:
    """Return an interview with what stands before its next step."""
    return view(row, missing=[item.what for item in queries.missing(session, row, actor=actor)])


def with_warnings(session: Session, row: Interview, actor: Actor) -> dict[str, Any]:
    """Return an interview with what stands before its next step and what is to be thought of."""
    return with_missing(session, row, actor) | {"warnings": queries.warnings(session, row, actor=actor)}


def warn(door: Door, answer: dict[str, Any]) -> None:
    """Say the warnings of an answer beside it."""
    for sentence in answer["warnings"]:
        door.warn(f"Note: {sentence}")
