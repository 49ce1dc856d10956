"""Citing: which evidence, and which passage of it. Of a recording the position of a player can be taken.

The player shows what its room shows (``/evidence/<reference>/media``): nothing here opens bytes.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import request
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from evidence_tracker.access.policy import visible
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.incidents.citations import Citation, CitationKind
from evidence_tracker.casework.incidents.evidence import Cited, find_evidence
from evidence_tracker.casework.interviews.models import ExhibitRole, Interview, InterviewExhibit
from evidence_tracker.custody.events import Actor
from evidence_tracker.web.fields import Asking, Field, Typed
from evidence_tracker.web.media import PLAYED

#: How many pieces of evidence are offered for one click; any other is named by its reference.
MOST = 24


@dataclass(frozen=True)
class Playable:
    """A recording that can be played; ``is_graphic``: only when it is asked for."""

    reference: str
    is_video: bool
    is_graphic: bool

    @property
    def url(self) -> str:
        """Return the address at which its room serves it."""
        return f"/evidence/{self.reference}/media"

    def at(self, citation: Citation) -> str:
        """Return the address of a cited passage, as a fragment of the recording (W3C Media Fragments)."""
        if citation.kind is not CitationKind.TIMECODE:
            return self.url
        spans = [str(_seconds(clock)) for clock in citation.anchor.split("-")]
        return f"{self.url}#t={','.join(spans)}"


def _seconds(clock: str) -> int:
    hours, minutes, seconds = clock.partition(".")[0].split(":")
    return (int(hours) * 60 + int(minutes)) * 60 + int(seconds)


@dataclass(frozen=True, kw_only=True)
class Cites(Field):
    """A piece of evidence: chosen among some that are at hand, or any other by its reference."""

    among: Callable[[Asking], Sequence[Cited]]
    widget: str = "radio"
    template: str = "kinds/cites.html"

    @property
    def other(self) -> str:
        """Return the name of the input for any other reference."""
        return f"{self.name}-other"

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the names of the choice and of the other reference."""
        return (self.name, self.other)

    def state(self, typed: Typed, asking: Asking) -> Any:
        """Return the exhibit, interview or capture; what was typed goes before what was chosen."""
        return super().state({self.name: chosen(typed, self.name)}, asking)

    def read(self, text: str, asking: Asking) -> Any:
        """Return the evidence with this reference; what is not visible is not found."""
        return find_evidence(asking.session, text.split(maxsplit=1)[0], actor=asking.actor)

    def choices(self, asking: Asking) -> Sequence[tuple[str, Any]]:
        """Return the evidence at hand, each once, with its title."""
        known = {one.reference: one.title or "" for one in self.among(asking)}
        return list(known.items())[:MOST]

    def show(self, value: Any) -> dict[str, str]:
        """Return the reference."""
        return {self.name: "" if value is None else value.reference, self.other: ""}


@dataclass(frozen=True, kw_only=True)
class Passage(Field):
    """A passage of the evidence that the field ``of`` names, or that is cited already."""

    of: str = "evidence"
    template: str = "kinds/passage.html"

    def state(self, typed: Typed, asking: Asking) -> Citation:  # noqa: ARG002 - a passage is one anywhere
        """Return the passage; nothing is the whole."""
        return Citation.parse(typed.get(self.name, ""))

    def show(self, value: Any) -> dict[str, str]:
        """Return the passage as it is written."""
        return {self.name: value.anchor if isinstance(value, Citation) else ""}

    def choices(self, asking: Asking) -> Sequence[tuple[str, Playable]]:
        """Return the recordings of the evidence in question: where a position can be taken from."""
        reference = chosen(request.values, self.of)
        if reference:
            found = playable_by_reference(asking.session, reference, actor=asking.actor)
        elif asking.item is not None:
            found = playable_by_id(asking.session, [asking.item.exhibit_id], actor=asking.actor).values()
        else:
            found = ()
        return [(one.reference, one) for one in found]


def passage(**more: Any) -> Passage:
    """Return the field for the passage that is cited."""
    return Passage(
        name="citation",
        label=_l("Passage"),
        help=_l(
            "p. 3 · 02:14 · 00:02:14-00:02:40 · para. 12 · xywh=120,80,300,200. Nothing: the whole of it."
        ),
        **more,
    )


def chosen(typed: Typed, name: str) -> str:
    """Return the reference that a field for evidence names."""
    return typed.get(f"{name}-other", "").strip() or typed.get(name, "").strip()


def playable_by_id(session: Session, ids: Iterable[UUID | None], *, actor: Actor) -> dict[UUID, Playable]:
    """Return which of these exhibits can be played, as far as they exist for this actor; one query."""
    wanted = {one for one in ids if one is not None}
    return dict(_playable(session, Exhibit.id.in_(wanted), actor)) if wanted else {}


def playable_by_reference(session: Session, reference: str, *, actor: Actor) -> Iterable[Playable]:
    """Return what can be played of an exhibit, or of the recordings of an interview; one query."""
    recorded = (
        select(InterviewExhibit.exhibit_id)
        .join(Interview, Interview.id == InterviewExhibit.interview_id)
        .where(
            Interview.reference == reference.upper(),
            InterviewExhibit.role == ExhibitRole.RECORDING,
            InterviewExhibit.ended_at.is_(None),
            visible(session, actor, Interview),
            visible(session, actor, InterviewExhibit),
        )
    )
    is_meant = (Exhibit.reference == reference.upper()) | Exhibit.id.in_(recorded)
    return [one for _id, one in _playable(session, is_meant, actor)]


def _playable(session: Session, which: ColumnElement[bool], actor: Actor) -> Iterable[tuple[UUID, Playable]]:
    query = select(Exhibit.id, Exhibit.reference, Exhibit.media_type, Exhibit.is_graphic).where(
        which, visible(session, actor, Exhibit), Exhibit.media_type.is_not(None)
    )
    for row in session.execute(query.order_by(Exhibit.reference)):
        if row.media_type in PLAYED:
            is_video = PLAYED[row.media_type].startswith("video/")
            yield row.id, Playable(row.reference, is_video, row.is_graphic)
