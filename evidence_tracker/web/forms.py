"""A form: the facts an act asks for, kept while typing, refused in sentences, never a lost word."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from evidence_tracker.access import drafts
from evidence_tracker.access.models import Compartment
from evidence_tracker.access.policy import Permission
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import (
    Conflict,
    EvidenceTrackerError,
    InvalidInput,
    NotFound,
    NotPermitted,
    Refused,
)
from evidence_tracker.web import door, errors, frame, records
from evidence_tracker.web.fields import Asking, Field, Secret, Typed
from evidence_tracker.web.kinds import Action, Deed, Room, Scope, Section
from evidence_tracker.web.sign_in import confirm_own_secret

VERSION, TYPED, OWN_SECRET, CHOOSE = "_version", "_typed", "_own_secret", "_choose"
SAVED = 303


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


_ENDPOINTS = {Scope.LIST: "new", Scope.ROW: "act", Scope.SECTION: "part", Scope.ITEM: "item"}


@dataclass
class Filled:
    """A form as it stands: what was typed, and what is wrong with it."""

    typed: dict[str, str]
    version: int | None = None
    wrong: dict[str, EvidenceTrackerError] = field(default_factory=dict)
    error: EvidenceTrackerError | None = None
    theirs: dict[str, dict[str, str]] = field(default_factory=dict)
    draft_of: Any = None


class Wrong(Refused):
    """Some fields of a form cannot be read; each says why."""

    def __init__(self, wrong: dict[str, EvidenceTrackerError]) -> None:
        super().__init__(
            gettext("Nothing was saved: %(count)s of the fields need another look.", count=len(wrong)),
            advice=gettext("Each says what is missing or wrong."),
        )
        self.wrong = wrong


def show(about: About) -> ResponseReturnValue:
    """Answer the form, with what the record says now, or with what was typed and not saved yet."""
    with door.reading() as (session, actor):
        frame.prepare(session, actor)
        row, item = _permitted(about, session, actor)
        asking = Asking(session, actor, row, item)
        filled = _prefilled(about, asking)
        return _page(about, asking, filled)


def submit(about: About) -> ResponseReturnValue:
    """Do the act, or answer the form again with every word that was typed."""
    typed = _typed()
    try:
        if about.action.is_confirmed:
            confirm_own_secret(typed.get(OWN_SECRET, ""))
        with door.acting() as (session, actor):
            row, item = _permitted(about, session, actor)
            target = _do(about, Asking(session, actor, row, item), typed)
    except NotFound:
        raise
    except EvidenceTrackerError as error:
        return _again(about, typed, error)
    flash(str(about.action.done or gettext("Saved, and recorded in the custody log.")), "done")
    return redirect(target, SAVED)


def keep_draft(about: About) -> ResponseReturnValue:
    """Keep what was typed so far, encrypted and outside the log."""
    typed = _typed()
    with door.acting() as (session, actor):
        row, item = _permitted(about, session, actor)
        fields = about.action.fields_for(item or row)
        names = {part for one in fields if not isinstance(one, Secret) for part in one.parts}
        drafts.keep(
            session,
            kind=about.kind,
            subject_id=_subject(about, row, item),
            compartment_id=_home(session, actor, row, typed),
            content={name: text for name, text in typed.items() if name in names},
            actor=actor,
            based_on_version=_version(typed),
        )
    return {"kept": True}


def throw_away(about: About) -> ResponseReturnValue:
    """Throw the draft away, and begin the form anew."""
    with door.acting() as (session, actor):
        row, item = _permitted(about, session, actor)
        drafts.discard(session, kind=about.kind, subject_id=_subject(about, row, item), actor=actor)
    return redirect(about.address(), SAVED)


def _do(about: About, asking: Asking, typed: dict[str, str]) -> str:
    action, subject = about.action, asking.item or asking.row
    _refuse_untyped(about, typed)
    stated = _stated(action.fields_for(subject), typed, asking)
    if action.amends:
        stated = {name: value for name, value in stated.items() if value != getattr(subject, name)}
    home = stated.pop("home", None)
    deed = Deed(
        asking.session,
        asking.actor,
        asking.row,
        asking.item,
        stated,
        _version(typed),
        home.id if isinstance(home, Compartment) else getattr(asking.row, "compartment_id", None),
    )
    made = action.run(deed)
    drafts.discard(
        asking.session,
        kind=about.kind,
        subject_id=_subject(about, asking.row, asking.item),
        actor=asking.actor,
    )
    return _target(about, asking.row, made)


def _target(about: About, row: Any, made: Any) -> str:
    if about.action.then is not None and (target := about.action.then(row, made)) is not None:
        return target
    if row is None:
        return records.address(about.room, made)
    tab = about.section.tab if about.section else records.OVERVIEW
    return records.address(about.room, row, tab)


def _stated(fields: Sequence[Field], typed: Typed, asking: Asking) -> dict[str, Any]:
    stated: dict[str, Any] = {}
    wrong: dict[str, EvidenceTrackerError] = {}
    for one in fields:
        try:
            stated[one.name] = one.state(typed, asking)
        except (Refused, NotFound) as error:
            wrong[one.name] = error
    if wrong:
        raise Wrong(wrong)
    return stated


def _again(about: About, typed: dict[str, str], error: EvidenceTrackerError) -> ResponseReturnValue:
    """Answer the form once more: the words as typed, the error beside what it is about."""
    if isinstance(error, NotPermitted) and not about.action.is_confirmed:
        raise error
    filled = Filled(typed, _version(typed), error=error)
    if isinstance(error, Wrong):
        filled.wrong = error.wrong
    with door.reading() as (session, actor):
        frame.prepare(session, actor)
        row, item = _permitted(about, session, actor)
        asking = Asking(session, actor, row, item)
        if isinstance(error, Conflict) and about.action.amends:
            subject = item or row
            filled.theirs = _theirs(about.action.fields_for(subject), subject, typed)
            filled.version = subject.version
        return _page(about, asking, filled), errors.status_of(error)


def _theirs(fields: Sequence[Field], subject: Any, typed: Typed) -> dict[str, dict[str, str]]:
    """Return the saved words of each field that differ from what was typed."""
    found = {}
    for one in fields:
        saved = one.show(getattr(subject, one.name, None))
        if any(typed.get(part, "") != text for part, text in saved.items()):
            found[one.name] = saved
    return found


def _page(about: About, asking: Asking, filled: Filled) -> str:
    action, subject = about.action, asking.item or asking.row
    fields = action.fields_for(subject)
    return render_template(
        "kinds/form.html",
        about=about,
        room=about.room,
        action=action,
        row=asking.row,
        item=asking.item,
        fields=fields,
        choices={one.name: one.choices(asking) for one in fields},
        filled=filled,
        back=records.address(about.room, asking.row, about.section.tab if about.section else records.OVERVIEW)
        if asking.row is not None
        else url_for(f"{about.room.name}.list_page"),
    )


def _prefilled(about: About, asking: Asking) -> Filled:
    subject = asking.item or asking.row
    fields = about.action.fields_for(subject)
    typed: dict[str, str] = {}
    for one in fields:
        typed |= _first_words(one, about.action, subject, asking)
    typed |= {name: text for name, text in request.args.items() if name in typed}
    version = getattr(subject, "version", None)
    kept = drafts.read(
        asking.session,
        kind=about.kind,
        subject_id=_subject(about, asking.row, asking.item),
        actor=asking.actor,
    )
    if kept is None:
        return Filled(typed, version)
    base = kept.pop(VERSION, None)
    return Filled(typed | kept, int(base) if base else version, draft_of=True)


def _first_words(one: Field, action: Action, subject: Any, asking: Asking) -> dict[str, str]:
    if action.amends:
        return one.show(getattr(subject, one.name, None))
    words = one.show(None)
    default = one.default(asking) if callable(one.default) else one.default
    return words | {one.name: str(default)} if default else words


def _permitted(about: About, session: Session, actor: Actor) -> tuple[Any, Any]:
    """Find what the form is about; refuses whoever may not do this, before anything is asked."""
    row, item = about.find(session, actor)
    action, rights = about.action, frame.held(session, actor)
    needs = action.permission
    if needs is not None:
        may = rights.anywhere(needs) if row is None else rights.may(needs, row.compartment_id, row.level)
        if not may:
            raise NotPermitted(
                gettext("%(login)s may not %(what)s here.", login=actor.login, what=needs.value)
            )
    if not action.when(item or row):
        raise Refused(
            gettext("This cannot be done to the record as it stands now."),
            advice=gettext("Go back to it: somebody may have changed it meanwhile."),
        )
    return row, item


def _refuse_untyped(about: About, typed: Typed) -> None:
    if about.action.typed and typed.get(TYPED, "").strip().upper() != (about.reference or "").upper():
        raise InvalidInput(
            gettext("The reference was not typed as it is: %(reference)s.", reference=about.reference),
            advice=gettext("Type it to say that you mean this record; this cannot be undone."),
        )


def _typed() -> dict[str, str]:
    """Return what was typed, with what was chosen in a conflict put in its place."""
    form = {name: text.replace("\r\n", "\n") for name, text in request.form.items()}
    for name, text in tuple(form.items()):
        if name.startswith(f"{CHOOSE}-") and text == "theirs":
            field_name = name.removeprefix(f"{CHOOSE}-")
            form |= {
                part.removeprefix("_theirs-"): saved
                for part, saved in form.items()
                if part == f"_theirs-{field_name}" or part.startswith(f"_theirs-{field_name}-")
            }
    return form


def _version(typed: Mapping[str, str]) -> int | None:
    text = typed.get(VERSION, "")
    return int(text) if text.isdecimal() else None


def _subject(about: About, row: Any, item: Any) -> UUID:
    about_what = item or row
    if about_what is not None:
        return UUID(str(about_what.id))
    return uuid5(NAMESPACE_URL, f"evidence-tracker/new/{about.kind}")


def _home(session: Session, actor: Actor, row: Any, typed: Typed) -> UUID:
    """Return where a draft is kept: with its record, or in a compartment where one may record."""
    if row is not None:
        return UUID(str(row.compartment_id))
    places = frame.held(session, actor).where(Permission.RECORD)
    chosen = [
        one.id
        for one in frame.compartments(session, actor)
        if one.id in places and typed.get("home") in {None, "", one.reference}
    ]
    if not chosen:
        raise NotPermitted(gettext("You may not record anything here."))
    return UUID(str(chosen[0]))


def runner(act: Callable[..., Any]) -> Callable[[Deed], Any]:
    """Return a ``run`` that hands the record and the stated facts to an act as keywords."""

    def run(deed: Deed) -> Any:
        subject = [one for one in (deed.item or deed.row,) if one is not None]
        facts = {name: value for name, value in deed.stated.items() if value is not None}
        return act(deed.session, *subject, actor=deed.actor, **facts)

    return run


def amender(act: Callable[..., Any]) -> Callable[[Deed], Any]:
    """Return a ``run`` that hands the changed facts and the version that was read to an act."""

    def run(deed: Deed) -> Any:
        return act(
            deed.session, deed.item or deed.row, deed.stated, actor=deed.actor, expected_version=deed.version
        )

    return run
