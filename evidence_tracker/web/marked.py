"""What is done to the marked records of a list: shown first, then done to all of them or to none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from evidence_tracker.access.records import find_many
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import (
    Conflict,
    EvidenceTrackerError,
    GateClosed,
    InvalidInput,
    NotFound,
    NotPermitted,
    Refused,
)
from evidence_tracker.web import door, errors, forms, frame, lists
from evidence_tracker.web.about import Filled, Wrong
from evidence_tracker.web.fields import Asking
from evidence_tracker.web.kinds import Bulk, Many, Room
from evidence_tracker.web.listed import Args, args_of, asked_for, read_filters

#: So many at once: an act holds the lock of the log as long as it lasts, and an address has an end.
MOST = 200
MARK, BACK, VERSION, TAKEN = "ref", "back", "_version", 303


@dataclass(frozen=True)
class Marked:
    """One marked record, and what will become of it. ``why_not`` empty: nothing stops it."""

    row: Any
    reference: str
    title: str
    is_so: bool = False
    why_not: str = ""
    is_changed: bool = False


@dataclass(frozen=True)
class Doing:
    """An act on marked records as it stands before it is done."""

    room: Room
    bulk: Bulk
    marked: Sequence[Marked]
    back: str

    @property
    def count(self) -> int:
        """Return how many records it changes."""
        return sum(not one.is_so for one in self.marked)

    @property
    def stopped(self) -> list[Marked]:
        """Return the records that it cannot be done to: as long as there are any, it is done to none."""
        return [one for one in self.marked if one.why_not]

    @property
    def is_possible(self) -> bool:
        """Say whether it can be done now."""
        return self.count > 0 and not self.stopped

    def address(self, *without: str) -> str:
        """Return the address of this page without some of the records."""
        rest = [one.reference for one in self.marked if one.reference not in without]
        return url_for(f"{self.room.name}.marked", action=self.bulk.name, ref=rest, back=self.back or None)

    def without_stopped(self) -> str:
        """Return the address of this page without the records that stop it."""
        return self.address(*(one.reference for one in self.stopped))

    def list_address(self) -> str:
        """Return the address of the list as it was when the records were marked."""
        try:
            listed = asked_for(self.room, args_of(self.back))
            read_filters(listed)
        except InvalidInput:
            return url_for(f"{self.room.name}.list_page")
        return listed.address()


def show(room: Room, name: str) -> ResponseReturnValue:
    """Answer what will be done to what, and ask what has to be known for it."""
    bulk = _bulk(room, name)
    with door.reading() as (session, actor):
        frame.prepare(session, actor)
        doing = _doing(room, bulk, session, actor, request.args)
        door.note_reading(gettext("list of %(what)s", what=room.many), lists.highest(_rows(doing)))
        return _page(doing, Asking(session, actor), Filled(_prefilled(bulk)))


def submit(room: Room, name: str) -> ResponseReturnValue:
    """Do it to all of them in one transaction, or answer the form again with every word that was typed."""
    bulk, typed = _bulk(room, name), {key: text for key, text in request.form.items() if key != MARK}
    try:
        with door.acting() as (session, actor):
            doing = _doing(room, bulk, session, actor, request.form)
            changed = _do(doing, Asking(session, actor), typed)
    except (Conflict, Refused, NotFound) as error:
        # A fact that was not found is asked again; a marked record that is not there raises there anew.
        return _again(room, bulk, typed, error)
    flash(_told(doing, changed), "done")
    return redirect(doing.list_address(), TAKEN)


def _do(doing: Doing, asking: Asking, typed: dict[str, str]) -> int:
    """Do it; returns how many records it changed."""
    _refuse_stopped(doing)
    rows = [one.row for one in doing.marked if not one.is_so]
    if not rows:
        raise InvalidInput(
            gettext("There is nothing to do: all of them are so already."),
            advice=gettext("Go back to the list."),
        )
    versions = dict(_versions(doing, typed))
    stated = forms.state_all(doing.bulk.fields, typed, asking)
    many = Many(asking.session, asking.actor, rows, versions, stated)
    return len(doing.bulk.run(many))


def _told(doing: Doing, changed: int) -> str:
    sentence = doing.bulk.done(changed)
    if left := len(doing.marked) - changed:
        return f"{sentence} {gettext('%(count)s stayed as they were.', count=left)}"
    return sentence


def _refuse_stopped(doing: Doing) -> None:
    for one in doing.stopped:
        raise GateClosed(
            f"{one.reference}: {one.why_not}", advice=gettext("Take it out; until then none is changed.")
        )


def _versions(doing: Doing, typed: dict[str, str]) -> Iterator[tuple[UUID, int]]:
    """Yield the version in which each record was shown."""
    for one in doing.marked:
        text = typed.get(f"{VERSION}-{one.reference}", "")
        if not text.isdecimal():
            raise InvalidInput(
                gettext(
                    "The form does not say in which version %(reference)s was read.", reference=one.reference
                ),
                advice=gettext("Begin again at the list."),
            )
        yield one.row.id, int(text)


def _again(room: Room, bulk: Bulk, typed: dict[str, str], error: EvidenceTrackerError) -> ResponseReturnValue:
    """Answer the form once more: the words as typed, the error above, and what was changed meanwhile."""
    filled = Filled(typed, error=error)
    if isinstance(error, Wrong):
        filled.wrong = error.wrong
    with door.reading() as (session, actor):
        frame.prepare(session, actor)
        doing = _doing(room, bulk, session, actor, request.form)
        status = forms.UNREAD if isinstance(error, NotFound) else errors.status_of(error)
        return _page(doing, Asking(session, actor), filled), status


def _page(doing: Doing, asking: Asking, filled: Filled) -> str:
    fields = doing.bulk.fields
    return render_template(
        "kinds/marked.html",
        room=doing.room,
        bulk=doing.bulk,
        doing=doing,
        fields=fields,
        choices={one.name: one.choices(asking) for one in fields},
        filled=filled,
        unstated=gettext("leave as it is"),
    )


def _prefilled(bulk: Bulk) -> dict[str, str]:
    """Return the words that fields have by themselves; what depends on a record is not asked of many."""
    typed: dict[str, str] = {}
    for one in bulk.fields:
        typed |= one.show(None) | ({one.name: one.default} if isinstance(one.default, str) else {})
    return typed


def _bulk(room: Room, name: str) -> Bulk:
    for one in room.listing.bulk:
        if one.name == name:
            return one
    raise NotFound(
        gettext("There is no such page, or you may not see it."),
        advice=gettext("Check the address, or begin at the start page."),
    )


def _doing(room: Room, bulk: Bulk, session: Session, actor: Actor, said: Args) -> Doing:
    """Find what is marked, within rights; raises NotFound where one of them is not there."""
    if bulk.permission is not None and not frame.held(session, actor).anywhere(bulk.permission):
        raise NotPermitted(f"{actor.login} may not {bulk.permission.value} here.")
    references = list(dict.fromkeys(text.strip().upper() for text in said.getlist(MARK) if text.strip()))
    if not references:
        raise InvalidInput(
            gettext("Nothing is marked."), advice=gettext("Go back to the list and mark what you mean.")
        )
    if len(references) > MOST:
        raise InvalidInput(
            gettext("%(count)s are marked; at most %(most)s at once.", count=len(references), most=MOST),
            advice=gettext("Mark fewer, and do the rest after."),
        )
    rows = _found(room, references, session, actor)
    marked = [_one(room, bulk, row, session, actor, said) for row in rows]
    return Doing(room, bulk, marked, said.get(BACK, ""))


def _found(room: Room, references: Sequence[str], session: Session, actor: Actor) -> Sequence[Any]:
    if room.listing.find_marked is not None:
        return room.listing.find_marked(session, references, actor=actor)
    return find_many(session, room.model, references, actor=actor)


def _one(room: Room, bulk: Bulk, row: Any, session: Session, actor: Actor, said: Args) -> Marked:
    held, reference = frame.held(session, actor), room.reference(row)
    why_not = ""
    needs = bulk.permission if bulk.is_of_each else None
    if needs is not None and not held.may(needs, row.compartment_id, row.level):
        why_not = gettext("you may not do this to it.")
    elif not bulk.when(row):
        why_not = str(bulk.why_not)
    read = said.get(f"{VERSION}-{reference}", "")
    is_changed = read.isdecimal() and int(read) != row.version
    return Marked(row, reference, room.title(row), bulk.is_so(row), why_not, is_changed)


def _rows(doing: Doing) -> list[Any]:
    return [one.row for one in doing.marked]
