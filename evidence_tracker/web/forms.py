"""A form: the facts an act asks for, kept while typing, refused in sentences, never a lost word."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from evidence_tracker.access.models import Compartment
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import (
    Conflict,
    EvidenceTrackerError,
    InvalidInput,
    NotFound,
    NotPermitted,
    Refused,
)
from evidence_tracker.web import door, drafted, errors, frame, records
from evidence_tracker.web.about import About, Filled, Wrong
from evidence_tracker.web.fields import Asking, Field, Typed
from evidence_tracker.web.kinds import Action, Deed
from evidence_tracker.web.sign_in import confirm_own_secret

TYPED, OWN_SECRET, CHOOSE = "_typed", "_own_secret", "_choose"
SAVED, UNREAD = 303, 422


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
        return redirect(_begin(about, typed), SAVED) if about.action.is_long else _act(about, typed)
    except EvidenceTrackerError as error:
        # What the form is about may be gone: then this says so. Else it is a fact that was not found.
        if isinstance(error, NotFound) and not _is_offered(about):
            raise
        return _again(about, typed, error)


def _act(about: About, typed: dict[str, str]) -> ResponseReturnValue:
    """Do the act in the one transaction of this request; leads on, or shows what it was done for."""
    with door.acting() as (session, actor):
        row, item = _permitted(about, session, actor)
        made = _do(about, Asking(session, actor, row, item), typed)
        target = _target(about, row, made)
    if about.action.shows is not None:
        return about.action.shows(about.reference or "", made)
    flash(str(about.action.done or gettext("Saved, and recorded in the custody log.")), "done")
    return redirect(target, SAVED)


def _begin(about: About, typed: dict[str, str]) -> str:
    """Begin long work, and lead to the page that shows how far it is."""
    with door.reading() as (session, actor):
        row, item = _permitted(about, session, actor)
        _refuse_untyped(about, typed)
        asking = Asking(session, actor, row, item)
        stated = state_all(_fields(about, asking), typed, asking)
        function = about.action.run(_deed(asking, stated, typed))
        back = _target(about, row, None)
    work = door.works().start(
        door.noted(function, actor),
        kind=str(about.action.label),
        reference=about.reference or "",
        actor=actor,
        clock=door.instance().clock,
        back=back,
    )
    return url_for("works.show", work_id=work.id)


def keep_draft(about: About) -> ResponseReturnValue:
    """Keep what was typed so far, encrypted and outside the log."""
    typed = _typed()
    with door.acting() as (session, actor):
        asking = Asking(session, actor, *_permitted(about, session, actor))
        if not about.action.is_drafted:
            return {"kept": False}
        drafted.keep(about, asking, _kept(_fields(about, asking)), typed)
    return {"kept": True}


def throw_away(about: About) -> ResponseReturnValue:
    """Throw the draft away, and begin the form anew."""
    with door.acting() as (session, actor):
        drafted.discard(about, Asking(session, actor, *_permitted(about, session, actor)))
    return redirect(about.address(), SAVED)


def _do(about: About, asking: Asking, typed: dict[str, str]) -> Any:
    action, subject = about.action, asking.item or asking.row
    _refuse_untyped(about, typed)
    fields = _fields(about, asking)
    stated = state_all(fields, typed, asking)
    if action.amends:
        _refuse_emptied(fields, stated, subject)
        stated = {name: value for name, value in stated.items() if value != getattr(subject, name, None)}
    made = action.run(_deed(asking, stated, typed))
    drafted.discard(about, asking)
    return made


def _refuse_emptied(fields: Iterable[Field], stated: dict[str, Any], subject: Any) -> None:
    """Refuse in a sentence to take away what a record must have; a list may become empty."""
    table = getattr(subject, "__table__", None)
    columns = {} if table is None else {column.name: column for column in table.columns}
    wrong: dict[str, EvidenceTrackerError] = {
        one.name: InvalidInput(
            gettext("%(what)s is missing.", what=one.label),
            advice=gettext("It can be changed, but not taken away."),
        )
        for one in fields
        if stated.get(one.name) is None
        and one.name in columns
        and not columns[one.name].nullable
        and not isinstance(getattr(subject, one.name), list | dict)
    }
    if wrong:
        raise Wrong(wrong)


def _deed(asking: Asking, stated: dict[str, Any], typed: Typed) -> Deed:
    home = stated.pop("home", None)
    return Deed(
        asking.session,
        asking.actor,
        asking.row,
        asking.item,
        stated,
        drafted.version_of(typed),
        home.id if isinstance(home, Compartment) else getattr(asking.row, "compartment_id", None),
    )


def _target(about: About, row: Any, made: Any) -> str:
    if about.action.then is not None and (target := about.action.then(row, made)) is not None:
        return target
    if row is None:
        return records.address(about.room, made)
    return records.address(about.room, row, _tab(about))


def _tab(about: About) -> str:
    """Return the tab of the record that one comes from and goes back to."""
    return about.action.tab or (about.section.tab if about.section else records.OVERVIEW)


def state_all(fields: Iterable[Field], typed: Typed, asking: Asking) -> dict[str, Any]:
    """Return what was typed into fields as facts; raises Wrong, which says of each field what is wrong."""
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
    if isinstance(error, NotPermitted) and not _is_offered(about):
        raise error
    filled = Filled(typed, drafted.version_of(typed), error=error)
    if isinstance(error, Wrong):
        filled.wrong = error.wrong
    with door.reading() as (session, actor):
        frame.prepare(session, actor)
        row, item = _permitted(about, session, actor)
        asking = Asking(session, actor, row, item)
        if isinstance(error, Conflict) and about.action.amends:
            subject = item or row
            filled.theirs = _theirs(_fields(about, asking), subject, typed)
            filled.saved = {name: getattr(subject, name, None) for name in filled.theirs}
            filled.version = subject.version
        status = UNREAD if isinstance(error, NotFound) else errors.status_of(error)
        return _page(about, asking, filled), status


def _theirs(fields: Sequence[Field], subject: Any, typed: Typed) -> dict[str, dict[str, str]]:
    """Return the saved words of each field that differ from what was typed."""
    found = {}
    for one in fields:
        saved = one.show(getattr(subject, one.name, None))
        if any(typed.get(part, "") != text for part, text in saved.items()):
            found[one.name] = saved
    return found


def _page(about: About, asking: Asking, filled: Filled) -> str:
    action = about.action
    fields = _fields(about, asking)
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
        is_drafted=action.is_drafted and not action.typed and bool(fields) and drafted.may_keep(asking),
        look=action.look(asking) if action.look else {},
        back=records.address(about.room, asking.row, _tab(about))
        if asking.row is not None
        else url_for(f"{about.room.name}.list_page"),
    )


def _prefilled(about: About, asking: Asking) -> Filled:
    subject = asking.item or asking.row
    fields = _fields(about, asking)
    typed: dict[str, str] = {}
    for one in fields:
        typed |= _first_words(one, about.action, subject, asking)
    kept_names = _kept(fields)
    typed |= {name: text for name, text in request.args.items() if name in kept_names}
    version = getattr(subject, "version", None)
    kept = drafted.read(about, asking)
    if kept is None:
        return Filled(typed, version)
    base = kept.pop(drafted.VERSION, None)
    # A box that was cleared is not in the draft: what a draft may hold and does not is empty.
    words = typed | dict.fromkeys(kept_names, "") | kept
    return Filled(words, int(base) if base else version, draft_of=True)


def _first_words(one: Field, action: Action, subject: Any, asking: Asking) -> dict[str, str]:
    if action.amends:
        return one.show(getattr(subject, one.name, None))
    words = one.show(None)
    default = one.default(asking) if callable(one.default) else one.default
    return words | {one.name: str(default)} if default else words


def _fields(about: About, asking: Asking) -> list[Field]:
    """Return the fields of a form that this person is asked."""
    rights, row = frame.held(asking.session, asking.actor), asking.row
    return [
        one
        for one in about.action.fields_for(asking)
        if one.needs is None
        or (
            rights.anywhere(one.needs)
            if row is None
            else rights.may(one.needs, row.compartment_id, row.level)
        )
    ]


def _kept(fields: Iterable[Field]) -> set[str]:
    """Return the names of the inputs that a draft may hold."""
    return {part for one in fields if one.is_kept for part in one.parts}


def _is_offered(about: About) -> bool:
    """Say whether the form itself is open to whoever asks: then what was denied is one of its facts."""
    # Not through ``door.reading``: the denial was noted when it happened.
    with door.instance().reading() as session:
        try:
            _permitted(about, session, door.actor())
        except NotPermitted:
            return False
    return True


def _permitted(about: About, session: Session, actor: Actor) -> tuple[Any, Any]:
    """Find what the form is about; refuses whoever may not do this, before anything is asked."""
    row, item = about.find(session, actor)
    action, rights = about.action, frame.held(session, actor)
    needs = action.permission
    if needs is not None:
        may = rights.anywhere(needs) if row is None else rights.may(needs, row.compartment_id, row.level)
        if not may:
            raise NotPermitted(f"{actor.login} may not {needs.value} here.")
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
