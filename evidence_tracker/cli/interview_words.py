"""What is said in an interview, at the command line: account, questions, translations, corrections, drafts."""

from typing import Any

import click

from evidence_tracker.casework.interviews import closing, drafting, queries, statements, wording
from evidence_tracker.casework.interviews.models import QuestionType
from evidence_tracker.cli.asking import bytes_of
from evidence_tracker.cli.door import Door, DoorCommand, group, pass_door
from evidence_tracker.cli.interview_view import with_missing
from evidence_tracker.cli.numbered import numbered
from evidence_tracker.cli.stating import changes, facts, highest, options, told, version, view, words
from evidence_tracker.errors import InvalidInput, NotFound

question = group("question", "Questions and answers, verbatim, in the language they were spoken in.")
draft = group("draft", "Half-typed words: encrypted, outside the log, seen by their author only.")

text_options = options(
    click.option("--from", "source", help="Text file in UTF-8; '-' reads standard input."),
    click.option("--text", help="The words themselves; they stay in the history of your shell."),
)
asked = options(
    click.option("--question", help="The question, verbatim."),
    click.option("--type", "question_type", type=words(QuestionType), help="How it was put."),
    click.option("--answer", help="The answer, verbatim."),
    click.option("--language", help="Language; by default the interview's."),
    click.option("--timecode", help="Place in the recording: 00:02:14."),
)
translated = options(
    click.option("--language", required=True, help="Language it is translated into."),
    click.option("--translator", required=True, help="Translator, by a code or a firm."),
    click.option("--certificate", help="Certificate of the translation."),
)


@click.command("account", cls=DoorCommand)
@click.argument("reference")
@text_options
@click.option("--from-draft", is_flag=True, help="Save what your draft holds.")
@click.option("--language", help="Language it is written in; by default the interview's.")
@version
@pass_door
def account(
    door: Door,
    reference: str,
    source: str | None,
    text: str | None,
    from_draft: bool,
    language: str | None,
    expected: int | None,
) -> None:
    """Save a wording of the account, in the words of the person."""
    stated = None if from_draft and not (source or text) else spoken(source, text)
    with door.acting() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        said = stated if stated is not None else _drafted(drafting.read_draft(session, row, actor=actor))
        statements.record_account(
            session, row, said, language=language, actor=actor, expected_version=expected
        )
        answer = with_missing(session, row, actor)
    for sentence in wording.of_account(said, row.language or "", row.account_type):
        door.warn(f"Note: the account {sentence}.")
    door.say(answer, f"Version {row.account_version} of the account of {row.reference} is saved.")


@click.command("leads", cls=DoorCommand)
@click.argument("reference")
@text_options
@version
@pass_door
def leads(door: Door, reference: str, source: str | None, text: str | None, expected: int | None) -> None:
    """Save where to look next: other witnesses, documents, whom the person already told."""
    said = spoken(source, text)
    with door.acting() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        statements.record_leads(session, row, said, actor=actor, expected_version=expected)
        answer = view(row)
    door.say(answer, f"The leads of {row.reference} are saved.")


@click.command("translate", cls=DoorCommand)
@click.argument("reference")
@text_options
@translated
@pass_door
def translate(door: Door, /, reference: str, source: str | None, text: str | None, **given: Any) -> None:
    """Add a translation of the account as it is worded now."""
    said = spoken(source, text)
    with door.acting() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        answer = view(statements.translate_account(session, row, said, given, actor=actor))
    door.say(answer, f"Version {answer['account_version']} is translated into {answer['language']}.")


@click.command("correct", cls=DoorCommand)
@click.argument("reference")
@click.option("--passage", required=True, help="Which words.")
@click.option("--correction", required=True, help="What the person says instead.")
@pass_door
def correct(door: Door, reference: str, passage: str, correction: str) -> None:
    """Add what the person corrected; the account stays as it was read back."""
    with door.acting() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        answer = view(closing.correct(session, row, passage=passage, correction=correction, actor=actor))
    door.say(answer, f"The correction stands beside the account of {row.reference}.")


@question.command("add")
@click.argument("reference")
@asked
@facts
@pass_door
def add_question(door: Door, /, reference: str, **given: Any) -> None:
    """Record the next question and its answer; the wording is looked at."""
    stated = told(door, given.pop("source"), given.pop("settings"), given)
    with door.acting() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        made = statements.record_question(session, row, stated, actor=actor)
        answer = view(made)
    _warn(door, made.position, made.warnings)
    door.say(answer, f"Question {made.position} of {row.reference} is recorded.")


@question.command("amend")
@click.argument("reference")
@click.argument("number", type=int)
@asked
@changes
@pass_door
def amend_question(door: Door, /, reference: str, number: int, expected: int | None, **given: Any) -> None:
    """Put a slip right in a question that was not read back yet."""
    stated = told(door, given.pop("source"), given.pop("settings"), given)
    with door.acting() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        found = numbered(queries.questions_of(session, row, actor=actor), number)
        made = statements.amend_question(session, found, stated, actor=actor, expected_version=expected)
        answer = view(made)
    _warn(door, made.position, made.warnings)
    door.say(answer, f"Question {made.position} is at version {made.version}.")


@question.command("translate")
@click.argument("reference")
@click.argument("number", type=int)
@click.option("--question", "translated_question", required=True, help="The question, translated.")
@click.option("--answer", "translated_answer", help="The answer, translated.")
@translated
@pass_door
def translate_question(
    door: Door,
    /,
    reference: str,
    number: int,
    translated_question: str,
    translated_answer: str | None,
    **given: Any,
) -> None:
    """Add a translation of a question and its answer."""
    with door.acting() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        found = numbered(queries.questions_of(session, row, actor=actor), number)
        made = statements.translate_answer(
            session,
            found,
            translated_question=translated_question,
            translated_answer=translated_answer,
            facts=given,
            actor=actor,
        )
        answer = view(made)
    door.say(answer, f"Question {number} is translated into {made.language}.")


@question.command("list")
@click.argument("reference")
@pass_door
def list_questions(door: Door, reference: str) -> None:
    """List the questions and answers with their translations."""
    with door.reading() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        rows = queries.questions_of(session, row, actor=actor)
        translations = queries.answer_translations(session, row, actor=actor)
        answer = [
            view(
                one, translations=[f"{item.language}: {item.answer}" for item in translations.get(one.id, [])]
            )
            for one in rows
        ]
    door.note_reading(f"questions of {row.reference}", highest(rows))
    door.table(answer, ["position", "question_type", "question", "answer", "warnings", "translations"])


@draft.command("keep")
@click.argument("reference")
@text_options
@pass_door
def keep(door: Door, reference: str, source: str | None, text: str | None) -> None:
    """Keep half-typed words, over what was kept before."""
    said = spoken(source, text)
    with door.acting() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        drafting.keep_draft(session, row, {"text": said}, actor=actor)
    door.say({"reference": row.reference, "kept": True}, f"Your draft of {row.reference} is kept.")


@draft.command("show")
@click.argument("reference")
@pass_door
def show_draft(door: Door, reference: str) -> None:
    """Show your own draft."""
    with door.reading() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        said = _drafted(drafting.read_draft(session, row, actor=actor))
    door.note_reading(f"draft of {row.reference}", row.level)
    door.say({"reference": row.reference, "text": said}, said)


@draft.command("discard")
@click.argument("reference")
@pass_door
def discard(door: Door, reference: str) -> None:
    """Throw your own draft away; nothing of it stays."""
    with door.acting() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        drafting.discard_draft(session, row, actor=actor)
    door.say({"reference": row.reference, "kept": False}, f"Your draft of {row.reference} is gone.")


COMMANDS: tuple[click.Command, ...] = (account, leads, translate, correct, question, draft)


def spoken(source: str | None, text: str | None) -> str:
    """Return words from a UTF-8 text file, from standard input, or as they stand on the command line."""
    if (source is None) == (text is None):
        raise InvalidInput("The words come from one place.", advice="Use --from FILE, --from - or --text.")
    if source is None:
        return str(text)
    name = "standard input" if source == "-" else source
    try:
        said = bytes_of(source).decode("utf-8-sig")
    except (OSError, ValueError) as error:
        raise InvalidInput(f"{name} cannot be read as text: {error}", advice="Save it as UTF-8.") from error
    return said.replace("\r\n", "\n")


def _drafted(content: dict[str, Any] | None) -> str:
    if content is None or not isinstance(content.get("text"), str):
        raise NotFound("You have no draft here.", advice="Keep one with 'interview draft keep'.")
    return str(content["text"])


def _warn(door: Door, number: int, warnings: list[str]) -> None:
    for sentence in warnings:
        door.warn(f"Question {number} {sentence}.")
