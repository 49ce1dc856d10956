"""What a second person looks at: exceptions asked for and decided, evaluation, review."""

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from evidence_tracker.access.policy import Permission
from evidence_tracker.casework.interviews import closing, exceptions, queries
from evidence_tracker.casework.interviews.models import (
    AccountType,
    ExceptionGround,
    ExceptionOutcome,
    Interview,
    InterviewException,
    InterviewState,
)
from evidence_tracker.custody.events import Actor
from evidence_tracker.web.fields import Choice, Field, Long, Text, Word
from evidence_tracker.web.kinds import Action, Column, Deed, Pair, Scope, Section, Tab
from evidence_tracker.web.rooms import asked
from evidence_tracker.web.rooms.interview_care import EXPENSES
from evidence_tracker.web.rooms.interview_ways import PATH, known, step_of

AFTER = "after"
_RELIABILITY = (
    ("A", _l("A · completely reliable")),
    ("B", _l("B · usually reliable")),
    ("C", _l("C · fairly reliable")),
    ("D", _l("D · not usually reliable")),
    ("E", _l("E · unreliable")),
    ("F", _l("F · cannot be judged")),
)
_CREDIBILITY = (
    ("1", _l("1 · confirmed")),
    ("2", _l("2 · probably true")),
    ("3", _l("3 · possibly true")),
    ("4", _l("4 · doubtful")),
    ("5", _l("5 · improbable")),
    ("6", _l("6 · cannot be judged")),
)
_STEP = step_of("evaluation")


def is_closed(row: Interview) -> bool:
    """Say whether an interview is closed and not reviewed yet."""
    return row.state is InterviewState.CLOSED


def _waits(row: InterviewException) -> bool:
    return row.outcome is ExceptionOutcome.ASKED


def _exceptions(session: Session, row: Interview, actor: Actor) -> Sequence[Pair]:
    rows = queries.exceptions(session, row, actor=actor)
    logins = asked.logins(session, [one.interviewer_id for one in rows])
    return [Pair(one, logins.get(one.interviewer_id, "")) for one in rows]


def _ask(deed: Deed) -> Any:
    interviewer = deed.took("interviewer")
    return exceptions.ask_exception(
        deed.session, deed.row, known(deed), interviewer=interviewer, actor=deed.actor
    )


def _decide(act: Callable[..., Any]) -> Callable[[Deed], Any]:
    def run(deed: Deed) -> Any:
        return act(
            deed.session,
            deed.item,
            note=deed.took("note"),
            actor=deed.actor,
            expected_version=deed.version,
        )

    return run


def _evaluate(deed: Deed) -> Any:
    return closing.evaluate(deed.session, deed.row, known(deed), actor=deed.actor)


def _amend_evaluation(deed: Deed) -> Any:
    return closing.amend_evaluation(
        deed.session, deed.item, deed.stated, actor=deed.actor, expected_version=deed.version
    )


def _review(deed: Deed) -> Any:
    return closing.review_interview(
        deed.session,
        deed.row,
        quality_review=deed.took("quality_review"),
        actor=deed.actor,
        expected_version=deed.version,
    )


EVALUATION: tuple[Field, ...] = (
    Choice(
        name="reliability",
        label=_l("Reliability of the source"),
        among=lambda _asking: _RELIABILITY,
        required=True,
    ),
    Choice(
        name="credibility",
        label=_l("Credibility of the information"),
        among=lambda _asking: _CREDIBILITY,
        read_as=int,
        required=True,
    ),
    Long(name="contradictions", label=_l("What speaks against it"), rows=3),
    Long(name="corroboration", label=_l("What supports it"), rows=3),
    Long(name="next_steps", label=_l("What to do next"), rows=3),
)

ACTIONS = (
    Action(
        name="review",
        label=_l("Review"),
        permission=Permission.SUPERVISE,
        when=is_closed,
        fields=(
            Long(name="quality_review", label=_l("How the interview was held, in words"), required=True),
        ),
        run=_review,
        is_confirmed=True,
        tab=PATH,
        then=_STEP,
        help=_l("By somebody who neither planned, held nor evaluated it. The words go to its evaluation."),
        done=_l("The interview is reviewed."),
    ),
)

SECTIONS = (
    Section(
        name="evaluations",
        title=_l("What we think of the account"),
        tab=AFTER,
        rows=lambda session, row, actor: queries.evaluations(session, row, actor=actor),
        columns=(
            Column(label=_l("Source, information"), cell=lambda one: f"{one.reliability}{one.credibility}"),
            Column(label=_l("Against it"), cell=lambda one: one.contradictions, kind="words"),
            Column(label=_l("For it"), cell=lambda one: one.corroboration, kind="words"),
            Column(label=_l("Next"), cell=lambda one: one.next_steps),
            Column(label=_l("Review"), cell=lambda one: one.quality_review, kind="words"),
        ),
        empty=_l("Not evaluated yet. It is kept apart from the statement."),
        actions=(
            Action(
                name="add",
                label=_l("Evaluate"),
                scope=Scope.SECTION,
                when=is_closed,
                fields=EVALUATION,
                run=_evaluate,
                tab=PATH,
                then=_STEP,
            ),
        ),
        item_actions=(
            Action(
                name="amend",
                label=_l("Change"),
                scope=Scope.ITEM,
                when=lambda one: one.quality_review is None,
                fields=EVALUATION,
                amends=True,
                run=_amend_evaluation,
            ),
        ),
    ),
    Section(
        name="exceptions",
        title=_l("Exceptions: beyond a screening with somebody easily harmed"),
        tab=AFTER,
        rows=_exceptions,
        columns=(
            Column(label=_l("Asked for"), cell=lambda row: row.item.account_type),
            Column(label=_l("Ground"), cell=lambda row: row.item.ground),
            Column(label=_l("In words"), cell=lambda row: row.item.justification, kind="words"),
            Column(label=_l("Specialist"), cell=lambda row: row.other),
            Column(label=_l("Outcome"), cell=lambda row: row.item.outcome, kind="state"),
            Column(label=_l("Note"), cell=lambda row: row.item.decision_note),
        ),
        empty=_l("None was asked for."),
        actions=(
            Action(
                name="ask",
                label=_l("Ask for an exception"),
                scope=Scope.SECTION,
                when=lambda row: row.state in {InterviewState.PLANNED, InterviewState.UNDER_WAY},
                fields=(
                    Word(
                        name="account_type",
                        label=_l("How far it would go"),
                        enum=AccountType,
                        only=tuple(one for one in AccountType if one is not AccountType.SCREENING),
                        required=True,
                    ),
                    Word(
                        name="ground",
                        label=_l("Why the authority cannot do it"),
                        enum=ExceptionGround,
                        required=True,
                    ),
                    Long(name="justification", label=_l("In words"), required=True),
                    asked.account(
                        "interviewer", label=_l("Specialist who would hold it (login)"), required=True
                    ),
                ),
                run=_ask,
                tab=PATH,
                then=step_of(),
                help=_l("Somebody else decides; until then it stays a screening."),
            ),
        ),
        item_actions=(
            Action(
                name="approve",
                label=_l("Approve"),
                scope=Scope.ITEM,
                permission=Permission.SUPERVISE,
                when=_waits,
                fields=(Text(name="note", label=_l("Note")),),
                run=_decide(exceptions.approve_exception),
                is_confirmed=True,
                help=_l("By somebody who neither asked, planned nor interviews."),
            ),
            Action(
                name="refuse",
                label=_l("Refuse"),
                scope=Scope.ITEM,
                permission=Permission.SUPERVISE,
                when=_waits,
                fields=(Text(name="note", label=_l("Why"), required=True),),
                run=_decide(exceptions.refuse_exception),
                is_confirmed=True,
            ),
        ),
    ),
    EXPENSES,
)

TAB = Tab(name=AFTER, title=_l("Evaluation and exceptions"))
