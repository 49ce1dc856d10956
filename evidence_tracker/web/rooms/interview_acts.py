"""The acts that are done to an interview itself: plan, begin, introduce, stop, read back, close, amend."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l

from evidence_tracker.access.records import Governance
from evidence_tracker.access.stated import GOVERNED
from evidence_tracker.casework.interviews import closing, conduct, gates, planning
from evidence_tracker.casework.interviews.declaration import DECLARATIONS, NEWEST
from evidence_tracker.casework.interviews.models import (
    AccountType,
    Interview,
    InterviewState,
    IntroductionPoint,
)
from evidence_tracker.web.fields import (
    Asking,
    Choice,
    Field,
    Long,
    Several,
    Text,
    Tick,
    When,
    Where,
    Word,
    YesNo,
    governance,
)
from evidence_tracker.web.kinds import Action, Deed, Scope
from evidence_tracker.web.rooms import asked, consent, interview_review, interview_words
from evidence_tracker.web.rooms.interview_steps import words_of_declaration
from evidence_tracker.web.rooms.interview_ways import PATH, known, step_of
from evidence_tracker.web.rooms.interview_words import is_going

_WHY = _l("Why, and why now")
_SETTING = _l("Setting")
_REVIEWED = frozenset({InterviewState.REVIEWED, InterviewState.CANCELLED})


def _plan(deed: Deed) -> Any:
    person, mission = deed.took("person"), asked.mission_of(deed)
    governed = {name: value for name in GOVERNED if (value := deed.took(name)) is not None}
    base: Governance = planning.default_governance(person, mission)
    return planning.plan_interview(
        deed.session,
        person,
        known(deed),
        actor=deed.actor,
        mission=mission,
        compartment_id=None if mission is not None else deed.compartment_id,
        governance=replace(base, **governed) if governed else None,
    )


def _amend(deed: Deed) -> Any:
    return planning.amend_interview(
        deed.session, deed.row, deed.stated, actor=deed.actor, expected_version=deed.version
    )


def _cancel(deed: Deed) -> Any:
    return planning.cancel_interview(
        deed.session,
        deed.row,
        reason=deed.took("reason"),
        actor=deed.actor,
        expected_version=deed.version,
    )


def _held(act: Any, *positional: str) -> Any:
    """Return a ``run`` for an act of conduct: the facts in their order, the rest by name."""

    def run(deed: Deed) -> Any:
        first = [deed.took(name) for name in positional]
        return act(
            deed.session, deed.row, *first, actor=deed.actor, expected_version=deed.version, **known(deed)
        )

    return run


def _declared(asking: Asking) -> dict[str, Any]:
    wanted = request.args.get("declared_in") or asking.row.language
    language, words = words_of_declaration(wanted)
    return {"language": language, "declaration": words, "languages": list(DECLARATIONS[NEWEST])}


def _amended(row: Interview) -> Sequence[Field]:
    times = (When(name="started", label=_l("Began")), When(name="ended", label=_l("Ended")))
    return (*PLAN, *(times if row.state in gates.HEARD else ()), *governance())


_MOMENT = _l("By default now.")
PLAN: tuple[Field, ...] = (
    Word(
        name="account_type",
        label=_l("How far it goes"),
        enum=AccountType,
        help=_l(
            "A first account unless stated; with a child or a survivor a screening, more needs an exception."
        ),
    ),
    Text(name="language", label=_l("Language it is held in"), help=_l("A tag: uk, ru, crh-Latn.")),
    Long(name="why_this_person", label=_l("Why this person"), rows=2, group=_WHY),
    Long(name="why_now", label=_l("Why now"), rows=2, group=_WHY),
    Long(name="alternatives", label=_l("What else was considered"), rows=2, group=_WHY),
    Long(name="risk_note", label=_l("What could happen to the person because of it"), rows=2, group=_WHY),
    Text(name="interviewer_preference", label=_l("Whom the person wishes to speak to"), group=_WHY),
    Text(name="purpose_note", label=_l("What it is for"), group=_WHY),
    Where(name="place", label=_l("Place"), group=_SETTING),
    Tick(name="is_remote", label=_l("Held from afar"), group=_SETTING),
    Text(name="platform", label=_l("Platform, where it is held from afar"), group=_SETTING),
    YesNo(name="is_encrypted", label=_l("The line is encrypted"), group=_SETTING),
    YesNo(name="is_private", label=_l("It is held in private: nobody else can listen"), group=_SETTING),
    Text(name="privacy_note", label=_l("Note on privacy"), group=_SETTING),
)

ACTIONS: tuple[Action, ...] = (
    Action(
        name="plan",
        label=_l("Plan an interview"),
        scope=Scope.LIST,
        fields=(
            asked.person(label=_l("Person to be interviewed (code)"), required=True),
            asked.home(),
            *PLAN,
            *governance(),
        ),
        run=_plan,
        then=lambda _row, made: step_of()(made, made),
        done=_l("The interview is planned. Look at what is checked before you begin."),
    ),
    Action(
        name="begin",
        label=_l("Begin"),
        when=lambda row: row.state is InterviewState.PLANNED,
        fields=(When(name="started", label=_l("When it began"), help=_MOMENT),),
        run=_held(conduct.begin_interview),
        is_main=True,
        tab=PATH,
        then=step_of(),
        done=_l("It is under way. Introduce yourselves before the first question."),
    ),
    consent.IN_INTERVIEW,
    Action(
        name="introduce",
        label=_l("Introduction"),
        when=is_going,
        fields=(
            Several(name="points", label=_l("What was explained"), enum=IntroductionPoint, required=True),
            When(name="explained", label=_l("When"), help=_MOMENT),
        ),
        run=_held(conduct.introduce, "points"),
        tab=PATH,
        then=step_of(),
    ),
    *interview_words.ACTIONS,
    Action(
        name="stop",
        label=_l("The person wishes to stop"),
        when=lambda row: is_going(row) and not row.stopped_at_wish,
        fields=(When(name="stopped", label=_l("When"), help=_MOMENT),),
        run=_held(conduct.stop_interview),
        tab=PATH,
        then=step_of("close"),
        help=_l(
            "Nobody is asked why. What was told before may be written down, if it may be kept; nothing more."
        ),
        done=_l("It was stopped. Offer help, then close it."),
    ),
    Action(
        name="read-back",
        label=_l("It was read back"),
        when=is_going,
        fields=(
            YesNo(name="is_signed", label=_l("It was signed under the declaration"), required=True),
            Text(name="unsigned_reason", label=_l("Why it was not signed")),
            Text(
                name="language",
                label=_l("Language it was read back in"),
                default=lambda asking: asking.row.language or "",
            ),
            When(name="read", label=_l("When"), help=_MOMENT),
            Choice(
                name="declaration_version",
                label=_l("Declaration"),
                help=_l("By default the newest."),
                among=lambda _asking: [(one, one) for one in DECLARATIONS],
            ),
        ),
        run=_held(closing.read_back),
        above="rooms/interview_declaration.html",
        look=_declared,
        tab=PATH,
        then=step_of(),
    ),
    Action(
        name="close",
        label=_l("Close the interview"),
        when=is_going,
        fields=(
            When(name="ended", label=_l("When it ended"), help=_MOMENT),
            Text(name="unread_reason", label=_l("Why it was not read back"), help=_l("Only if it was not.")),
        ),
        run=_held(closing.close_interview),
        tab=PATH,
        then=step_of(),
        done=_l("The interview is closed; its words stay as they are."),
    ),
    *interview_review.ACTIONS,
    Action(
        name="amend",
        label=_l("Change plan or setting"),
        when=lambda row: row.state not in _REVIEWED,
        fields=_amended,
        amends=True,
        run=_amend,
        help=_l("The words of the interviewee have acts of their own."),
    ),
    Action(
        name="cancel",
        label=_l("Call off"),
        when=lambda row: row.state is InterviewState.PLANNED,
        fields=(asked.reason(),),
        run=_cancel,
        typed=True,
        warning=_l("An interview that was called off cannot be taken up again; plan another one."),
    ),
)
