"""The steps of the path of an interview: what each says, shows, checks and lets one do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from evidence_tracker.casework.interviews import gates, queries, wording
from evidence_tracker.casework.interviews.declaration import NEWEST, declaration
from evidence_tracker.casework.interviews.gates import Condition, Unmet
from evidence_tracker.casework.interviews.models import Interview, InterviewState, IntroductionPoint
from evidence_tracker.casework.persons.queries import referrals
from evidence_tracker.errors import InvalidInput
from evidence_tracker.values.moment import Moment
from evidence_tracker.web.paths import Gate, Step, StepState
from evidence_tracker.web.rooms import asked, consent, interview_people
from evidence_tracker.web.rooms.interview_checks import BEFORE_BEGINNING, BEFORE_CLOSING, BEFORE_WORDS, checks
from evidence_tracker.web.rooms.interview_standing import STEPS, Standing


def _note(name: str, at: Standing) -> str:
    row = at.row
    notes: dict[str, str] = {
        "introduction": f"{len(row.introduction)} / {len(IntroductionPoint)}",
        "consent": at.chip.notes[0] if at.chip and at.chip.notes else at.chip.says if at.chip else "",
        "account": gettext("version %(number)s", number=row.account_version) if row.account_version else "",
        "questions": str(at.questions) if at.questions else gettext("if any"),
        "care": gettext("at any time"),
    }
    return str(notes.get(name, ""))


def light(name: str, state: StepState, at: Standing) -> Step:
    """Return a step that is not looked at: its name, its state and a word on how far it is."""
    return Step(name=name, title=STEPS[name], state=state, note=_note(name, at))


def _step(name: str, state: StepState, at: Standing, gate: Sequence[Gate] = (), **more: Any) -> Step:
    is_stopped = state == "here" and any(one.state == "refused" for one in gate)
    return Step(
        name=name,
        title=STEPS[name],
        state="stopped" if is_stopped else state,
        note=_note(name, at),
        gates=gate,
        **more,
    )


def _plan(at: Standing, state: StepState) -> Step:
    warnings = queries.warnings(at.session, at.row, actor=at.actor)
    return _step(
        "plan",
        state,
        at,
        says=_l("Why this person, why now, and what else was considered: before the first call."),
        template="rooms/interview_plan_step.html",
        data={"row": at.row, "warnings": warnings},
        ways=at.ways("amend", "exceptions/ask", "prior/add", "cancel"),
    )


def _begin(at: Standing, state: StepState) -> Step:
    recorded = gates.interviewers_of(at.session, at.row) or {at.actor.account_id}
    is_planned = at.row.state is InterviewState.PLANNED
    unmet = (
        gates.for_beginning(at.session, at.row, interviewers=recorded, actor=at.actor)
        if is_planned and at.person
        else []
    )
    return _step(
        "begin",
        state,
        at,
        checks(at, BEFORE_BEGINNING, unmet) if is_planned else (),
        says=_l(
            "Record who is there beside the interviewee, then begin. Whoever begins it is the interviewer."
        ),
        template="rooms/interview_present_step.html",
        data={"row": at.row, "present": interview_people.present(at.session, at.row, at.actor)},
        ways=at.ways("begin", "present/add", "present/add-late"),
    )


def _introduction(at: Standing, state: StepState) -> Step:
    explained = {name: Moment.from_json(value) for name, value in at.row.introduction.items()}
    return _step(
        "introduction",
        state,
        at,
        says=_l(
            "Before the first word is written down, all of this is explained, in words that the person understands."
        ),
        template="rooms/interview_introduction_step.html",
        data={
            "points": [(point, explained.get(point.value)) for point in IntroductionPoint],
            "url": at.ways.url("introduce"),
        },
    )


def _consent(at: Standing, state: StepState) -> Step:
    unmet = gates.storage_missing(at.session, at.row, at.person) if at.person else []
    return _step(
        "consent",
        state,
        at,
        [replace(gate, url=None) for gate in checks(at, (Condition.STORAGE,), unmet)],
        says=_l("Nothing is kept, not even a draft, before the person allows it. A no is a good answer too."),
        template="rooms/interview_consent_step.html",
        data={"person": at.person, "chip": at.chip, "url": _all_consent(at)},
        ways=at.ways("record-consent"),
    )


def _all_consent(at: Standing) -> str | None:
    return asked.way("people", at.person.code, consent.NAME) if at.person is not None else None


def _account(at: Standing, state: StepState) -> Step:
    row = at.row
    unmet = _before_words(at)
    looked = (
        wording.of_account(row.first_account, row.language or "", row.account_type)
        if row.first_account
        else []
    )
    return _step(
        "account",
        state,
        at,
        checks(at, BEFORE_WORDS, unmet) if row.state is InterviewState.UNDER_WAY else (),
        says=_l("Free narrative: who, what, when, where, how known. No probing."),
        template="rooms/interview_account_step.html",
        data={"row": row, "warnings": looked},
        ways=at.ways("leads") if at.is_screening else at.ways("account", "leads", label=_account_label(row)),
    )


def _account_label(row: Interview) -> str:
    words = _l("Change the wording") if row.first_account else _l("Write the account down")
    return str(words)


def _questions(at: Standing, state: StepState) -> Step:
    return _step(
        "questions",
        state,
        at,
        [] if at.row.state is not InterviewState.UNDER_WAY else _unmet_only(at),
        says=_l(
            "Verbatim. A first account mostly needs none: one full account, by the authority, is enough."
        ),
        template="rooms/interview_questions_step.html",
        data={"questions": queries.questions_of(at.session, at.row, actor=at.actor)},
        ways=at.ways("questions/add"),
    )


def _unmet_only(at: Standing) -> list[Gate]:
    """Return what stands before a question; it is the same as before the account, so met ones are left out."""
    return [one for one in checks(at, BEFORE_WORDS, _before_words(at)) if one.state != "passed"]


def _before_words(at: Standing) -> list[Unmet]:
    if at.person is None or at.row.state is not InterviewState.UNDER_WAY:
        return []
    return gates.for_account(at.session, at.row, actor=at.actor)


def _care(at: Standing, state: StepState) -> Step:
    return _step(
        "care",
        state,
        at,
        says=_l("What was seen, not what a clinician would call it. Help is offered whatever was said."),
        template="rooms/interview_care_step.html",
        data={
            "row": at.row,
            "moment": Moment.from_json,
            "referrals": referrals(at.session, at.person, actor=at.actor) if at.person else [],
            "prior": queries.prior_accounts(at.session, at.row, actor=at.actor),
        },
        ways=at.ways("referrals/add", "distress/add", "breaks/add", "prior/add", "stop"),
    )


def _read_back(at: Standing, state: StepState) -> Step:
    return _step(
        "read-back",
        state,
        at,
        says=_l(
            "Read it back in a language the person understands. What the person changes is a correction."
        ),
        template="rooms/interview_read_back_step.html",
        data={
            "row": at.row,
            "declaration": words_of_declaration(at.row.language),
            "corrections": queries.corrections(at.session, at.row, actor=at.actor),
        },
        ways=at.ways("read-back", "corrections/add"),
    )


def words_of_declaration(language: str | None, version: str = NEWEST) -> tuple[str, str]:
    """Return the language and the words of a declaration, in English where it has none in that language."""
    try:
        return language or "en", declaration(language or "en", version)
    except InvalidInput:
        return "en", declaration("en", version)


def _close(at: Standing, state: StepState) -> Step:
    is_going = at.row.state is InterviewState.UNDER_WAY
    unmet = (
        gates.for_closing(at.session, at.row, unread_reason=None, actor=at.actor)
        if is_going and at.person
        else []
    )
    return _step(
        "close",
        state,
        at,
        checks(at, BEFORE_CLOSING, unmet) if is_going else (),
        says=_l("Its words stay as they are from then on."),
        template="rooms/interview_close_step.html",
        data={"row": at.row, "warnings": queries.warnings(at.session, at.row, actor=at.actor)},
        ways=at.ways("close", "stop"),
    )


def _evaluation(at: Standing, state: StepState) -> Step:
    return _step(
        "evaluation",
        state,
        at,
        says=_l(
            "What we think of it is kept apart from what was said. Somebody else reviews how it was held."
        ),
        template="rooms/interview_evaluation_step.html",
        data={"row": at.row, "evaluations": queries.evaluations(at.session, at.row, actor=at.actor)},
        ways=at.ways("evaluations/add", "review"),
    )


MAKERS: Mapping[str, Callable[[Standing, StepState], Step]] = {
    "plan": _plan,
    "begin": _begin,
    "introduction": _introduction,
    "consent": _consent,
    "account": _account,
    "questions": _questions,
    "care": _care,
    "read-back": _read_back,
    "close": _close,
    "evaluation": _evaluation,
}
