"""What a form is about, and how it stands: the words that were typed, and what is wrong with them."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import EvidenceTrackerError, NotFound, Refused
from evidence_tracker.web.kinds import Action, Room, Scope, Section

_ENDPOINTS = {Scope.LIST: "new", Scope.ROW: "act", Scope.SECTION: "part", Scope.ITEM: "item"}


@dataclass(frozen=True)
class About:
    """What a form is about, as its address names it."""

    room: Room
    action: Action
    reference: str | None = None
    section: Section | None = None
    item_id: UUID | None = None

    @property
    def kind(self) -> str:
        """Return the kind under which its draft is kept."""
        return f"{self.room.name}/{self.section.name if self.section else ''}/{self.action.name}"

    def find(self, session: Session, actor: Actor) -> tuple[Any, Any]:
        """Return the record and the row of its section that the form is about; raises NotFound."""
        if self.reference is None:
            return None, None
        row = self.room.find(session, self.reference, actor=actor)
        if self.section is None or self.item_id is None:
            return row, None
        if self.section.find is not None:
            return row, self.section.find(session, row, self.item_id, actor)
        for item in self.section.rows(session, row, actor):
            item = getattr(item, "item", item)  # noqa: PLW2901 - a row may carry the record beside what is shown
            if item.id == self.item_id:
                return row, item
        raise NotFound(gettext("There is no such part of this record, or you may not see it."))

    def address(self, ending: str = "") -> str:
        """Return the address of the form."""
        names: dict[str, Any] = {"action": self.action.name}
        if self.reference is not None:
            names["reference"] = self.reference
        if self.section is not None:
            names["section"] = self.section.name
        if self.item_id is not None:
            names["item_id"] = self.item_id
        return url_for(f"{self.room.name}.{_ENDPOINTS[self.action.scope]}{ending}", **names)


@dataclass
class Filled:
    """A form as it stands: what was typed, and what is wrong with it."""

    typed: dict[str, str]
    version: int | None = None
    wrong: dict[str, EvidenceTrackerError] = field(default_factory=dict)
    error: EvidenceTrackerError | None = None
    theirs: dict[str, dict[str, str]] = field(default_factory=dict)
    saved: dict[str, Any] = field(default_factory=dict)
    draft_of: Any = None


class Wrong(Refused):
    """Some fields of a form cannot be read; each says why."""

    def __init__(self, wrong: dict[str, EvidenceTrackerError]) -> None:
        super().__init__(
            gettext("Nothing was saved: %(count)s of the fields need another look.", count=len(wrong)),
            advice=gettext("Each says what is missing or wrong."),
        )
        self.wrong = wrong
