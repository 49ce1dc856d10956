"""Who was there, which protected persons and which evidence items belong to an interview."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session, object_session

from evidence_tracker.access.policy import Permission
from evidence_tracker.casework.interviews import conduct, gates, links, queries
from evidence_tracker.casework.interviews.models import (
    ExhibitRole,
    Interview,
    InterviewRole,
    InterviewState,
    Present,
    PresentRole,
)
from evidence_tracker.custody.events import Actor
from evidence_tracker.web.fields import Field, Text, Word, YesNo
from evidence_tracker.web.kinds import Action, Column, Deed, Pair, Scope, Section, Tab
from evidence_tracker.web.rooms import asked
from evidence_tracker.web.rooms.interview_ways import known

PEOPLE = "people"
_OPEN = frozenset({InterviewState.PLANNED, InterviewState.UNDER_WAY})
_OVER = frozenset({InterviewState.CLOSED, InterviewState.REVIEWED})


def _is_open(row: Interview) -> bool:
    return row.state in _OPEN


def _is_over(row: Interview) -> bool:
    return row.state in _OVER


def _of_open(present: Present) -> bool:
    """Say whether the interview of an entry is not over: until then whoever records says who was there."""
    session = object_session(present)
    return session is not None and _is_open(session.get_one(Interview, present.interview_id))


def _of_over(present: Present) -> bool:
    return not _of_open(present)


def present(session: Session, row: Interview, actor: Actor) -> Sequence[Pair]:
    """Return who was there, each with the code or the login."""
    rows = queries.present_at(session, row, actor=actor)
    who = queries.bearers(session, rows)
    return [Pair(one, who[one.id]) for one in rows]


def persons(session: Session, row: Interview, actor: Actor) -> Sequence[Pair]:
    """Return the protected persons, read once a session."""
    kept: dict[Any, Sequence[Pair]] = session.info.setdefault("persons of interviews", {})
    if row.id not in kept:
        kept[row.id] = [Pair(link, person) for link, person in queries.persons_of(session, row, actor=actor)]
    return kept[row.id]


def _exhibits(session: Session, row: Interview, actor: Actor) -> Sequence[Pair]:
    return [Pair(link, exhibit) for link, exhibit in queries.exhibits_of(session, row, actor=actor)]


def _add_present(deed: Deed) -> Any:
    role, account, code = deed.took("role"), deed.took("account"), deed.took("code")
    return conduct.add_present(
        deed.session, deed.row, role, account=account, code=code, facts=known(deed), actor=deed.actor
    )


def _amend_present(deed: Deed) -> Any:
    return conduct.amend_present(
        deed.session, deed.item, deed.stated, actor=deed.actor, expected_version=deed.version
    )


def _end_present(deed: Deed) -> Any:
    return conduct.end_present(deed.session, deed.item, reason=deed.took("reason"), actor=deed.actor)


def _link_person(deed: Deed) -> Any:
    return links.link_person(deed.session, deed.row, deed.took("person"), deed.took("role"), actor=deed.actor)


def _link_exhibit(deed: Deed) -> Any:
    exhibit, role = deed.took("exhibit"), deed.took("role")
    return links.link_exhibit(deed.session, deed.row, exhibit, role, facts=known(deed), actor=deed.actor)


def _end(act: Any) -> Any:
    return lambda deed: act(deed.session, deed.item, reason=deed.took("reason"), actor=deed.actor)


KNOWN: tuple[Field, ...] = (
    Text(name="qualification", label=_l("Qualification"), help=_l("Needed of an interpreter.")),
    YesNo(name="is_independent", label=_l("Independent of the parties")),
    YesNo(
        name="confidentiality_signed",
        label=_l("Undertook in writing to keep it confidential"),
        help=_l("Without it nobody interprets."),
    ),
    YesNo(name="has_signed", label=_l("Signed the record")),
)
WHO: tuple[Field, ...] = (
    Word(name="role", label=_l("What they did there"), enum=PresentRole, required=True),
    asked.account(label=_l("A colleague (login)")),
    Text(name="code", label=_l("Anybody else (code)"), help=_l("Such as INT-07. Never a name.")),
    *KNOWN,
)


def _added(name: str, permission: Permission, when: Any) -> Action:
    return Action(
        name=name,
        label=_l("Add somebody"),
        scope=Scope.SECTION,
        permission=permission,
        when=when,
        fields=WHO,
        run=_add_present,
        help=_l(
            "By account or by code. Once the interview is closed, a supervisor alone says who was there."
        ),
    )


def _ended(name: str, permission: Permission, when: Any) -> Action:
    return Action(
        name=name,
        label=_l("Was not there, or went away"),
        scope=Scope.ITEM,
        permission=permission,
        when=when,
        fields=(asked.reason(),),
        run=_end_present,
    )


SECTIONS = (
    Section(
        name="present",
        title=_l("Who was there"),
        tab=PEOPLE,
        rows=present,
        columns=(
            Column(label=_l("Who"), cell=lambda row: row.other),
            Column(label=_l("As"), cell=lambda row: row.item.role),
            Column(label=_l("Qualification"), cell=lambda row: row.item.qualification),
            Column(label=_l("Confidentiality undertaken"), cell=lambda row: row.item.confidentiality_signed),
            Column(label=_l("Signed"), cell=lambda row: row.item.has_signed),
        ),
        empty=_l("Nobody is recorded yet. Whoever begins the interview is its interviewer."),
        actions=(
            _added("add", Permission.RECORD, _is_open),
            _added("add-late", Permission.SUPERVISE, _is_over),
        ),
        item_actions=(
            Action(
                name="amend",
                label=_l("Complete"),
                scope=Scope.ITEM,
                fields=KNOWN,
                amends=True,
                run=_amend_present,
            ),
            _ended("end", Permission.RECORD, _of_open),
            _ended("end-late", Permission.SUPERVISE, _of_over),
        ),
    ),
    Section(
        name="persons",
        title=_l("Protected persons"),
        tab=PEOPLE,
        rows=persons,
        columns=(
            Column(label=_l("Person"), cell=lambda row: row.other.code, kind="person"),
            Column(label=_l("As"), cell=lambda row: row.item.role),
        ),
        link=lambda row: asked.way("people", row.other.code),
        empty=_l("No person that you may see is linked."),
        actions=(
            Action(
                name="add",
                label=_l("Link a person"),
                scope=Scope.SECTION,
                fields=(
                    asked.person(required=True),
                    Word(
                        name="role", label=_l("What the person is to it"), enum=InterviewRole, required=True
                    ),
                ),
                run=_link_person,
                help=_l("There is one interviewee: several people are never interviewed together."),
            ),
        ),
        item_actions=(
            Action(
                name="end",
                label=_l("This link is wrong"),
                scope=Scope.ITEM,
                fields=(asked.reason(),),
                run=_end(links.end_person_link),
                help=_l("The interviewee stays linked once the interview has begun: consent hangs on it."),
            ),
        ),
    ),
    Section(
        name="exhibits",
        title=_l("Evidence items"),
        tab=PEOPLE,
        rows=_exhibits,
        columns=(
            Column(label=_l("Reference"), cell=lambda row: row.other.reference, kind="ref"),
            Column(label=_l("Title"), cell=lambda row: row.other.title),
            Column(label=_l("Is its"), cell=lambda row: row.item.role),
            Column(label=_l("Start and stop announced"), cell=lambda row: row.item.is_announced),
            Column(label=_l("Gaps, note"), cell=lambda row: row.item.gaps or row.item.note),
        ),
        link=lambda row: asked.way("evidence", row.other.reference),
        empty=_l("No recording, statement or annex is linked."),
        actions=(
            Action(
                name="add",
                label=_l("Link an evidence item"),
                scope=Scope.SECTION,
                when=lambda row: row.state in gates.HEARD,
                fields=(
                    asked.exhibit("exhibit", _l("Evidence item"), required=True),
                    Word(
                        name="role", label=_l("What it is to the interview"), enum=ExhibitRole, required=True
                    ),
                    Text(name="note", label=_l("Note"), help=_l("Of something that was shown: why.")),
                    YesNo(name="is_announced", label=_l("Its start and stop are announced on the recording")),
                    Text(name="gaps", label=_l("Gaps of the recording, explained")),
                    YesNo(name="shows_nobody", label=_l("Nobody is in the picture that was shown")),
                ),
                run=_link_exhibit,
                help=_l("A recording, transcript, signed statement, annex, or something that was shown."),
            ),
        ),
        item_actions=(
            Action(
                name="end",
                label=_l("This link is wrong"),
                scope=Scope.ITEM,
                fields=(asked.reason(),),
                run=_end(links.end_exhibit_link),
            ),
        ),
    ),
)

TAB = Tab(name=PEOPLE, title=_l("People and items"))
