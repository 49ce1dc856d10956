"""What a second person looks at: exceptions asked for and decided, evaluation, review."""

from typing import Any

import click

from evidence_tracker.access.accounts import find_account
from evidence_tracker.casework.interviews import closing, exceptions, queries
from evidence_tracker.casework.interviews.models import AccountType, ExceptionGround
from evidence_tracker.cli.door import Door, DoorCommand, group, pass_door
from evidence_tracker.cli.numbered import numbered
from evidence_tracker.cli.stating import changes, facts, highest, told, version, view, words

exception = group("exception", "Beyond a screening with somebody easily harmed: asked for and decided.")
evaluation = group("evaluation", "What we think of an account, kept apart from it.")


@exception.command("ask")
@click.argument("reference")
@click.option("--type", "account_type", type=words(AccountType), help="How far it would go.")
@click.option("--ground", type=words(ExceptionGround), help="Why the authority cannot do it.")
@click.option("--justification", help="In words.")
@click.option("--interviewer", "login", required=True, help="Login of the specialist who would hold it.")
@facts
@pass_door
def ask(door: Door, /, reference: str, login: str, **given: Any) -> None:
    """Ask to go beyond a screening; somebody else decides."""
    stated = told(door, given.pop("source"), given.pop("settings"), given)
    with door.acting() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        account = find_account(session, login)
        answer = view(exceptions.ask_exception(session, row, stated, interviewer=account, actor=actor))
    door.say(answer, f"Asked. {row.reference} stays a screening until somebody else approves.")


@exception.command("list")
@pass_door
def list_exceptions(door: Door) -> None:
    """List the requests that wait for a decision, the oldest first."""
    with door.reading() as (session, actor):
        found = queries.undecided_exceptions(session, actor=actor, limit=1000)
        answer = [view(one, reference=row.reference) for one, row in found]
    door.note_reading("requests for exceptions", highest(one for one, _ in found))
    door.table(answer, ["reference", "account_type", "categories", "ground", "justification"])


@exception.command("approve")
@click.argument("reference")
@click.option("--note", help="Note.")
@version
@pass_door
def approve(door: Door, reference: str, note: str | None, expected: int | None) -> None:
    """Approve the request that waits for an interview."""
    _decide(door, reference, note=note, expected=expected, approves=True)


@exception.command("refuse")
@click.argument("reference")
@click.option("--note", required=True, help="Why.")
@version
@pass_door
def refuse(door: Door, reference: str, note: str, expected: int | None) -> None:
    """Refuse the request that waits for an interview."""
    _decide(door, reference, note=note, expected=expected, approves=False)


@evaluation.command("add")
@click.argument("reference")
@click.option("--reliability", help="Of the source: A to F.")
@click.option("--credibility", type=int, help="Of the information: 1 to 6.")
@click.option("--contradictions", help="What speaks against it.")
@click.option("--corroboration", help="What supports it.")
@click.option("--next-steps", help="What to do next.")
@facts
@pass_door
def add_evaluation(door: Door, /, reference: str, **given: Any) -> None:
    """Evaluate a closed interview."""
    stated = told(door, given.pop("source"), given.pop("settings"), given)
    with door.acting() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        answer = view(closing.evaluate(session, row, stated, actor=actor))
    door.say(answer, f"{row.reference} is evaluated {answer['reliability']}{answer['credibility']}.")


@evaluation.command("list")
@click.argument("reference")
@pass_door
def list_evaluations(door: Door, reference: str) -> None:
    """List the evaluations of an interview, the newest last."""
    with door.reading() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        rows = queries.evaluations(session, row, actor=actor)
        answer = [view(one, number=place) for place, one in enumerate(rows, start=1)]
    door.note_reading(f"evaluations of {row.reference}", highest(rows))
    door.table(
        answer, ["number", "reliability", "credibility", "contradictions", "next_steps", "quality_review"]
    )


@evaluation.command("amend")
@click.argument("reference")
@click.argument("number", type=int)
@changes
@pass_door
def amend_evaluation(
    door: Door,
    reference: str,
    number: int,
    source: str | None,
    settings: tuple[str, ...],
    expected: int | None,
) -> None:
    """Change an evaluation that nobody has reviewed yet."""
    stated = told(door, source, settings)
    with door.acting() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        found = numbered(queries.evaluations(session, row, actor=actor), number)
        made = closing.amend_evaluation(session, found, stated, actor=actor, expected_version=expected)
        answer = view(made)
    door.say(answer, f"Evaluation {number} is at version {made.version}.")


@click.command("review", cls=DoorCommand)
@click.argument("reference")
@click.option("--quality", "quality_review", required=True, help="How the interview was held, in words.")
@version
@pass_door
def review(door: Door, reference: str, quality_review: str, expected: int | None) -> None:
    """Review how a closed interview was held; somebody else than its interviewers does that."""
    with door.acting(confirmed=True) as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        closing.review_interview(
            session, row, quality_review=quality_review, actor=actor, expected_version=expected
        )
        answer = view(row)
    door.say(answer, f"{row.reference} is reviewed.")


COMMANDS: tuple[click.Command, ...] = (exception, evaluation, review)


def _decide(door: Door, reference: str, *, note: str | None, expected: int | None, approves: bool) -> None:
    with door.acting(confirmed=True) as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        waiting = queries.waiting_exception(session, row, actor=actor)
        if approves:
            made = exceptions.approve_exception(
                session, waiting, note=note, actor=actor, expected_version=expected
            )
        else:
            made = exceptions.refuse_exception(
                session, waiting, note=note or "", actor=actor, expected_version=expected
            )
        answer = view(made, reference=row.reference)
    door.say(answer, f"The exception for {row.reference} is {made.outcome.value}.")
