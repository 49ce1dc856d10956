"""Around the words of an interview: distress, breaks, help, accounts given before, expenses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from evidence_tracker.access.levels import Level
from evidence_tracker.casework.interviews import conduct, expenses, prior, queries
from evidence_tracker.casework.interviews.models import ExpenseKind, Interview, InterviewState, PriorAccount
from evidence_tracker.casework.persons.models import Need, Referral
from evidence_tracker.casework.persons.queries import referrals
from evidence_tracker.custody.events import Actor
from evidence_tracker.values.moment import Moment
from evidence_tracker.web.fields import Day, Field, Long, Number, Text, Tick, When, Word, YesNo
from evidence_tracker.web.kinds import Action, Column, Deed, Scope, Section, Tab
from evidence_tracker.web.rooms import asked
from evidence_tracker.web.rooms.interview_ways import PATH, known, step_of
from evidence_tracker.web.rooms.interview_words import is_going

CARE = "care"
_STEP = step_of("care")


@dataclass(frozen=True)
class Noted:
    """One entry of a list that is kept on the interview itself."""

    entry: Mapping[str, Any]
    level: Level

    def moment(self, name: str) -> Moment | None:
        """Return a moment of the entry."""
        value = self.entry.get(name)
        return None if value is None else Moment.from_json(value)


def is_not_cancelled(row: Interview) -> bool:
    """Say whether an interview was not called off."""
    return row.state is not InterviewState.CANCELLED


def _distress(_session: Session, row: Interview, _actor: Actor) -> Sequence[Noted]:
    return [Noted(entry, row.level) for entry in row.distress]


def _breaks(_session: Session, row: Interview, _actor: Actor) -> Sequence[Noted]:
    return [Noted(entry, row.level) for entry in row.breaks]


def _referrals(session: Session, row: Interview, actor: Actor) -> Sequence[Referral]:
    person = queries.interviewees(session, [row], actor=actor).get(row.id)
    return [] if person is None else referrals(session, person, actor=actor)


def _observe(deed: Deed) -> Any:
    return conduct.observe_distress(
        deed.session,
        deed.row,
        deed.took("observed"),
        seen=deed.took("seen"),
        actor=deed.actor,
        expected_version=deed.version,
    )


def _pause(deed: Deed) -> Any:
    return conduct.record_break(
        deed.session, deed.row, actor=deed.actor, expected_version=deed.version, **known(deed)
    )


def _refer(deed: Deed) -> Any:
    return conduct.refer(deed.session, deed.row, deed.took("need"), actor=deed.actor, **known(deed))


def _prior(deed: Deed) -> Any:
    party = deed.took("party")
    return prior.record_prior_account(deed.session, deed.row, known(deed), party=party, actor=deed.actor)


def _amend_prior(deed: Deed) -> Any:
    return prior.amend_prior_account(
        deed.session, deed.item, deed.stated, actor=deed.actor, expected_version=deed.version
    )


def _spend(deed: Deed) -> Any:
    receipt = deed.took("receipt")
    return expenses.record_expense(deed.session, deed.row, known(deed), receipt=receipt, actor=deed.actor)


def _priors(session: Session, row: Interview, actor: Actor) -> Sequence[PriorAccount]:
    return queries.prior_accounts(session, row, actor=actor)


PRIOR: tuple[Field, ...] = (
    Text(name="body", label=_l("Who has the account"), required=True),
    When(name="given", label=_l("When it was given")),
    Text(name="body_reference", label=_l("Their reference number")),
    YesNo(name="is_signed", label=_l("It was signed")),
    YesNo(name="is_copy_held", label=_l("We hold a copy")),
    YesNo(name="may_contact_body", label=_l("The person allows us to ask that body")),
    Tick(name="is_do_not_interview", label=_l("That body told us not to interview the person")),
    Text(
        name="instruction_note",
        label=_l("How they told us"),
        help=_l("The letter, call or message, and its date. It is needed with the mark above."),
    ),
)
EXPENSE: tuple[Field, ...] = (
    Word(name="kind", label=_l("Kind of cost"), enum=ExpenseKind, required=True),
    Text(name="what", label=_l("What it was"), required=True),
    Number(
        name="amount_minor",
        label=_l("Amount in the smallest unit"),
        help=_l("Kopiykas, cents: 15000 for 150.00."),
        required=True,
    ),
    Text(name="currency", label=_l("Currency (three letters)"), required=True, default="UAH"),
    When(name="paid", label=_l("When it was paid"), required=True),
    asked.exhibit("receipt", _l("Evidence item of the receipt")),
    Text(name="no_receipt_reason", label=_l("Why there is no receipt")),
)

SECTIONS = (
    Section(
        name="distress",
        title=_l("Distress seen or heard"),
        tab=CARE,
        rows=_distress,
        columns=(
            Column(label=_l("What was seen"), cell=lambda one: one.entry["observed"], kind="words"),
            Column(label=_l("When"), cell=lambda one: one.moment("seen")),
        ),
        empty=_l("None was noted."),
        actions=(
            Action(
                name="add",
                label=_l("Note distress"),
                scope=Scope.SECTION,
                when=is_going,
                fields=(
                    Long(
                        name="observed",
                        label=_l("What was seen or heard"),
                        help=_l("Behaviour: wept, asked for water. No diagnosis."),
                        required=True,
                        rows=3,
                    ),
                    When(name="seen", label=_l("When"), help=_l("By default now.")),
                ),
                run=_observe,
                tab=PATH,
                then=_STEP,
            ),
        ),
    ),
    Section(
        name="breaks",
        title=_l("Breaks"),
        tab=CARE,
        rows=_breaks,
        columns=(
            Column(label=_l("Began"), cell=lambda one: one.moment("began")),
            Column(label=_l("Ended"), cell=lambda one: one.moment("ended")),
            Column(label=_l("Why"), cell=lambda one: one.entry.get("reason")),
        ),
        empty=_l("There was none."),
        actions=(
            Action(
                name="add",
                label=_l("Record a break"),
                scope=Scope.SECTION,
                when=is_going,
                fields=(
                    When(name="began", label=_l("Began"), required=True),
                    When(name="ended", label=_l("Ended")),
                    Text(name="reason", label=_l("Why")),
                ),
                run=_pause,
                tab=PATH,
                then=_STEP,
            ),
        ),
    ),
    Section(
        name="referrals",
        title=_l("Help offered to the interviewee"),
        tab=CARE,
        rows=_referrals,
        columns=(
            Column(label=_l("Help"), cell=lambda one: one.need),
            Column(label=_l("Offered"), cell=lambda one: one.offered),
            Column(label=_l("Answer"), cell=lambda one: one.outcome, kind="state"),
            Column(label=_l("Ask again"), cell=lambda one: one.follow_up_on),
            Column(label=_l("Note"), cell=lambda one: one.note),
        ),
        empty=_l("None was offered."),
        actions=(
            Action(
                name="add",
                label=_l("Offer help"),
                scope=Scope.SECTION,
                when=is_not_cancelled,
                fields=(
                    Word(name="need", label=_l("Which help"), enum=Need, required=True),
                    When(name="offered", label=_l("When"), help=_l("By default now.")),
                    asked.party("provider", label=_l("Who would help")),
                    Day(name="follow_up_on", label=_l("Day to ask again")),
                    Long(name="note", label=_l("Note"), rows=2),
                ),
                run=_refer,
                help=_l("Nothing is shared by this. What the person answers is recorded with the person."),
                tab=PATH,
                then=_STEP,
            ),
        ),
    ),
    Section(
        name="prior",
        title=_l("Accounts given to others before"),
        tab=CARE,
        rows=_priors,
        columns=(
            Column(label=_l("Who has it"), cell=lambda one: one.body),
            Column(label=_l("Given"), cell=lambda one: one.given),
            Column(label=_l("Their number"), cell=lambda one: one.body_reference),
            Column(label=_l("We may ask them"), cell=lambda one: one.may_contact_body),
            Column(
                label=_l("Do not interview"),
                cell=lambda one: one.instruction_note if one.is_do_not_interview else None,
            ),
        ),
        empty=_l("None is known. One full account, by the authority that will use it, is enough."),
        actions=(
            Action(
                name="add",
                label=_l("Record an account given before"),
                scope=Scope.SECTION,
                when=is_not_cancelled,
                fields=(*PRIOR, asked.party(label=_l("Party, where it is in the directory"))),
                run=_prior,
                tab=PATH,
                then=_STEP,
                help=_l("An account elsewhere warns; an instruction not to interview closes the way."),
            ),
        ),
        item_actions=(
            Action(
                name="amend",
                label=_l("Change"),
                scope=Scope.ITEM,
                fields=PRIOR,
                amends=True,
                run=_amend_prior,
                help=_l("Only a supervisor takes the mark 'do not interview' back."),
            ),
        ),
    ),
)

EXPENSES = Section(
    name="expenses",
    title=_l("Costs that were reimbursed"),
    tab="after",
    rows=lambda session, row, actor: queries.expenses(session, row, actor=actor),
    columns=(
        Column(label=_l("What"), cell=lambda one: one.what),
        Column(label=_l("Kind"), cell=lambda one: one.kind),
        Column(label=_l("Amount (smallest unit)"), cell=lambda one: f"{one.amount_minor} {one.currency}"),
        Column(label=_l("Paid"), cell=lambda one: one.paid),
        Column(label=_l("No receipt because"), cell=lambda one: one.no_receipt_reason),
    ),
    empty=_l("None. Nothing is ever paid or promised for an account."),
    actions=(
        Action(
            name="add",
            label=_l("Record a cost"),
            scope=Scope.SECTION,
            when=is_not_cancelled,
            fields=EXPENSE,
            run=_spend,
            help=_l("Only costs that arose are reimbursed, with a receipt or the reason for none."),
        ),
    ),
)

TAB = Tab(name=CARE, title=_l("Care"))
