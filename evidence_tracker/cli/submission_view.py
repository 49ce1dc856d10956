"""How submissions are shown at the command line: their lines, their items, their gates."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access.policy import visible
from evidence_tracker.casework.allegations.models import Allegation
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.incidents.models import Incident
from evidence_tracker.casework.interviews.models import Interview
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.casework.submissions.models import ItemKind, Submission, SubmissionItem
from evidence_tracker.custody.events import Actor

_KINDS: dict[ItemKind, type[Any]] = {
    ItemKind.EXHIBIT: Exhibit,
    ItemKind.INTERVIEW: Interview,
    ItemKind.INCIDENT: Incident,
    ItemKind.ALLEGATION: Allegation,
    ItemKind.PERSON: Person,
}


def line(row: Submission) -> dict[str, Any]:
    """Return one line of a list."""
    return {
        "reference": row.reference,
        "kind": row.kind.value,
        "title": row.title,
        "use": row.use.value,
        "version": row.version,
        "closed": row.closed_reason,
    }


def item_of(session: Session, item: SubmissionItem, actor: Actor) -> str:
    """Return an item's number, what it is here (where that may be seen), and whether it was taken out."""
    kind = _KINDS[item.kind]
    subject = getattr(item, f"{item.kind.value}_id")
    found = session.scalars(select(kind).where(kind.id == subject, visible(session, actor, kind))).first()
    name = "" if found is None else f" {found.code if isinstance(found, Person) else found.reference}"
    return f"{item.number}{name}{' (out)' if item.ended_at else ''}"


def grouped(gates: list[dict[str, Any]]) -> list[str]:
    """Return the gates as lines: what is said of many items is said once, with their numbers."""
    places: dict[tuple[bool, str, str], list[str]] = {}
    for gate in gates:
        places.setdefault((gate["closed"], gate["says"], gate["lifted_by"]), []).append(gate["where"])
    lines = []
    for (is_closed, says, lifted_by), where in places.items():
        lines.append(f"{'CLOSED' if is_closed else 'look  '}  {_ranges(where)}: {says}")
        lines.append(f"        lifted by {lifted_by}")
    return lines


def _ranges(numbers: list[str]) -> str:
    """Return EX-0001–EX-0004, EX-0009 for the numbers of a run and one alone."""
    runs: list[list[str]] = []
    for number in dict.fromkeys(numbers):
        kind, _, count = number.rpartition("-")
        before = f"{kind}-{int(count) - 1:04d}" if count.isdecimal() else ""
        if runs and runs[-1][-1] == before:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
