"""What other rooms say of an evidence item: where it was captured, shown, cited."""

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from evidence_tracker.casework.allegations import queries as allegations
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.incidents import queries as incidents
from evidence_tracker.casework.interviews import queries as interviews
from evidence_tracker.casework.osint import queries as osint
from evidence_tracker.casework.submissions import queries as submissions
from evidence_tracker.custody.events import Actor
from evidence_tracker.web.kinds import Column, Section
from evidence_tracker.web.rooms import asked

Question = Callable[..., Sequence[Any]]


def _linked(name: str, title: Any, question: Question, room: str, words: Callable[[Any], Any]) -> Section:
    """Return the section of the records of one room."""

    def rows(session: Session, row: Exhibit, actor: Actor) -> Sequence[Any]:
        return question(session, row, actor=actor)

    return Section(
        name=name,
        title=title,
        tab="links",
        rows=rows,
        columns=(
            Column(label=_l("Reference"), cell=lambda one: one.reference, kind="ref"),
            Column(label=_l("What"), cell=words),
            Column(
                label=_l("State"),
                cell=lambda one: getattr(one, "state", getattr(one, "status", None)),
                kind="state",
            ),
        ),
        link=lambda one: asked.way(room, one.reference),
        empty=_l("None that you may see."),
    )


LINKS = (
    _linked("interviews", _l("Interviews"), interviews.interviews_with, "interviews", lambda _one: None),
    _linked("captures", _l("Captures"), osint.captures_of, "captures", lambda one: one.title),
    _linked("incidents", _l("Incidents"), incidents.for_evidence, "incidents", lambda one: one.title),
    _linked("allegations", _l("Allegations"), allegations.for_evidence, "allegations", lambda one: one.code),
    _linked("submissions", _l("Submissions"), submissions.for_exhibit, "submissions", lambda one: one.title),
)
