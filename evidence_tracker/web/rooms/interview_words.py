"""What is said in an interview, in the browser: the account, questions, translations, corrections, leads."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from evidence_tracker.casework.interviews import closing, drafting, gates, queries, statements
from evidence_tracker.casework.interviews.models import Interview, InterviewState, Question, QuestionType
from evidence_tracker.custody.events import Actor
from evidence_tracker.web.fields import Asking, Field, Long, Text, Word
from evidence_tracker.web.kinds import Action, Column, Deed, Drafting, Scope, Section, Tab
from evidence_tracker.web.rooms.interview_ways import PATH, known, step_of

WORDS = "words"
_TIMECODE = _l("Place in the recording: 00:02:14.")
_LANGUAGE = _l("A tag: uk, ru, crh-Latn. By default the language of the interview.")


def is_going(row: Interview) -> bool:
    """Say whether an interview is under way."""
    return row.state is InterviewState.UNDER_WAY


def _has_words(row: Interview) -> bool:
    return is_going(row) or row.state in {InterviewState.CLOSED, InterviewState.REVIEWED}


def _keep(session: Session, row: Interview, content: dict[str, Any], actor: Actor) -> None:
    # Under the name by which the command line saves a draft as well.
    words = {"text" if name == "first_account" else name: text for name, text in content.items()}
    drafting.keep_draft(session, row, words, actor=actor)


def _read(session: Session, row: Interview, actor: Actor) -> dict[str, Any] | None:
    content = drafting.read_draft(session, row, actor=actor)
    if content is None:
        return None
    return {"first_account" if name == "text" else name: text for name, text in content.items()}


def _discard(session: Session, row: Interview, actor: Actor) -> None:
    drafting.discard_draft(session, row, actor=actor)


def _save(deed: Deed) -> Any:
    text = deed.stated.get("first_account", deed.row.first_account)
    return statements.record_account(
        deed.session,
        deed.row,
        text or "",
        language=deed.stated.get("language"),
        actor=deed.actor,
        expected_version=deed.version,
    )


def _leads(deed: Deed) -> Any:
    text = deed.stated.get("leads", deed.row.leads)
    return statements.record_leads(
        deed.session, deed.row, text or "", actor=deed.actor, expected_version=deed.version
    )


def _translate(deed: Deed) -> Any:
    text = deed.took("text")
    return statements.translate_account(deed.session, deed.row, text, known(deed), actor=deed.actor)


def _correct(deed: Deed) -> Any:
    return closing.correct(deed.session, deed.row, actor=deed.actor, **known(deed))


def _ask(deed: Deed) -> Any:
    return statements.record_question(deed.session, deed.row, known(deed), actor=deed.actor)


def _amend_question(deed: Deed) -> Any:
    return statements.amend_question(
        deed.session, deed.item, deed.stated, actor=deed.actor, expected_version=deed.version
    )


def _translate_question(deed: Deed) -> Any:
    return statements.translate_answer(
        deed.session,
        deed.item,
        translated_question=deed.took("translated_question"),
        translated_answer=deed.took("translated_answer"),
        facts=known(deed),
        actor=deed.actor,
    )


def _missing(asking: Asking) -> dict[str, Any]:
    """Return what stands before the account, for whoever may see the interviewee: not even a draft is kept yet."""
    session, row, actor = asking.session, asking.row, asking.actor
    is_told = bool(queries.interviewees(session, [row], actor=actor))
    return {"unmet": gates.for_account(session, row, actor=actor) if is_told else []}


def _last_questions(asking: Asking) -> dict[str, Any]:
    """Return what was asked last, so that one sees where one is."""
    rows = queries.questions_of(asking.session, asking.row, actor=asking.actor)
    return {"questions": rows[-3:], "next": len(rows) + 1}


def _original(asking: Asking) -> dict[str, Any]:
    """Return the words that are translated."""
    question: Question | None = asking.item
    if question is not None:
        return {"language": question.language, "originals": [question.question, question.answer]}
    return {"language": asking.row.language, "originals": [asking.row.first_account]}


def _questions(session: Session, row: Interview, actor: Actor) -> Sequence[Question]:
    return queries.questions_of(session, row, actor=actor)


def data(session: Session, row: Interview, actor: Actor) -> dict[str, Any]:
    """Return the translations of the answers, by the question's id."""
    found = queries.answer_translations(session, row, actor=actor)
    return {"translations": found, "noted": [one for some in found.values() for one in some]}


ASKED: tuple[Field, ...] = (
    Long(name="question", label=_l("Question, word for word"), required=True, rows=2),
    Word(
        name="question_type",
        label=_l("How it was put"),
        enum=QuestionType,
        required=True,
        default=QuestionType.OPEN.value,
        help=_l("A leading question is recorded as one; nothing is hidden."),
    ),
    Long(name="answer", label=_l("Answer, word for word"), rows=5),
    Text(name="language", label=_l("Language"), help=_LANGUAGE),
    Text(name="timecode", label=_l("Timecode"), help=_TIMECODE),
)
_BY: tuple[Field, ...] = (
    Text(name="language", label=_l("Language it is translated into"), required=True),
    Text(
        name="translator",
        label=_l("Translator"),
        help=_l("A code or a firm, never a name."),
        required=True,
    ),
    Text(name="certificate", label=_l("Certificate of the translation")),
)

ACTIONS = (
    Action(
        name="account",
        label=_l("First account"),
        button=_l("Save version"),
        when=is_going,
        fields=(
            Long(
                name="first_account",
                label=_l("The account, in the words of the person"),
                help=_l(
                    "What is typed is kept as your draft, encrypted, and nobody else sees it."
                    " Only what you save becomes a version in the custody log."
                ),
                required=True,
                rows=18,
            ),
            Text(name="language", label=_l("Language it is written in"), help=_LANGUAGE),
        ),
        amends=True,
        run=_save,
        drafting=Drafting(keep=_keep, read=_read, discard=_discard),
        above="rooms/interview_missing.html",
        look=_missing,
        tab=PATH,
        then=step_of("account"),
        help=_l(
            "Free narrative: who, what, when, where, how known. Nothing is probed, nothing is concluded."
        ),
        done=_l("This version of the account is saved; earlier ones stay in the custody log."),
    ),
    Action(
        name="leads",
        label=_l("Leads"),
        when=is_going,
        fields=(
            Long(
                name="leads",
                label=_l("Where to look next"),
                help=_l("Other witnesses, documents, whom the person already told."),
                required=True,
            ),
        ),
        amends=True,
        run=_leads,
        tab=PATH,
        then=step_of("account"),
    ),
)

SECTIONS = (
    Section(
        name="questions",
        title=_l("Questions and answers"),
        tab=WORDS,
        rows=_questions,
        template="rooms/interview_questions.html",
        empty=_l("No question was recorded. A first account often needs none."),
        actions=(
            Action(
                name="add",
                label=_l("Next question"),
                button=_l("Save the question"),
                scope=Scope.SECTION,
                when=is_going,
                fields=ASKED,
                run=_ask,
                above="rooms/interview_last_questions.html",
                look=_last_questions,
                tab=PATH,
                then=step_of("questions"),
                help=_l("Verbatim, in the language it was spoken in. The wording is looked at and flagged."),
            ),
        ),
        item_actions=(
            Action(
                name="amend",
                label=_l("Put a slip right"),
                scope=Scope.ITEM,
                fields=ASKED,
                amends=True,
                run=_amend_question,
                help=_l("What was read back is not changed any more: record a correction."),
            ),
            Action(
                name="translate",
                label=_l("Translate"),
                scope=Scope.ITEM,
                fields=(
                    Long(name="translated_question", label=_l("Question, translated"), required=True, rows=2),
                    Long(name="translated_answer", label=_l("Answer, translated")),
                    *_BY,
                ),
                run=_translate_question,
                above="rooms/interview_original.html",
                look=_original,
            ),
        ),
    ),
    Section(
        name="translations",
        title=_l("Translations of the account"),
        tab=WORDS,
        rows=lambda session, row, actor: queries.account_translations(session, row, actor=actor),
        columns=(
            Column(label=_l("Translation"), cell=lambda one: one.text, kind="words"),
            Column(label=_l("Language"), cell=lambda one: one.language),
            Column(label=_l("Of version"), cell=lambda one: one.account_version),
            Column(label=_l("Translator"), cell=lambda one: one.translator),
            Column(label=_l("Certificate"), cell=lambda one: one.certificate),
        ),
        empty=_l("None. The original stays authoritative in any case."),
        actions=(
            Action(
                name="add",
                label=_l("Translate the account"),
                scope=Scope.SECTION,
                when=lambda row: row.first_account is not None,
                fields=(Long(name="text", label=_l("Translation"), required=True, rows=12), *_BY),
                run=_translate,
                above="rooms/interview_original.html",
                look=_original,
            ),
        ),
    ),
    Section(
        name="corrections",
        title=_l("Corrections by the interviewee"),
        tab=WORDS,
        rows=lambda session, row, actor: queries.corrections(session, row, actor=actor),
        columns=(
            Column(label=_l("Said instead"), cell=lambda one: one.correction, kind="words"),
            Column(label=_l("Of these words"), cell=lambda one: one.passage, kind="words"),
            Column(label=_l("When"), cell=lambda one: one.made_at),
        ),
        empty=_l("None. What was read back is never rewritten: a correction stands beside it."),
        actions=(
            Action(
                name="add",
                label=_l("Record a correction"),
                scope=Scope.SECTION,
                when=_has_words,
                fields=(
                    Long(name="passage", label=_l("Which words"), required=True, rows=2),
                    Long(name="correction", label=_l("What the person says instead"), required=True),
                ),
                run=_correct,
                help=_l("The account stays as it was read back; the correction stands beside it."),
            ),
        ),
    ),
)

TAB = Tab(name=WORDS, title=_l("Words"), template="rooms/interview_words.html", data=data)
