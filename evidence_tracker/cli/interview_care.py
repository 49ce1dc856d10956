"""Around the words of an interview: who was there, distress, breaks, help, prior accounts, expenses."""

from typing import Any

import click

from evidence_tracker.access.accounts import find_account
from evidence_tracker.casework.exhibits.queries import find_exhibit
from evidence_tracker.casework.interviews import conduct, expenses, prior, queries
from evidence_tracker.casework.interviews.models import ExpenseKind, PresentRole
from evidence_tracker.casework.parties.queries import find_party
from evidence_tracker.casework.persons.models import Need
from evidence_tracker.casework.persons.stating import day
from evidence_tracker.cli.door import Door, DoorCommand, group, pass_door
from evidence_tracker.cli.interview_view import warn, with_warnings
from evidence_tracker.cli.numbered import numbered
from evidence_tracker.cli.stating import changes, facts, highest, reason, told, version, view, words

present = group("present", "Who was there beside the interviewee, by account or code, never by name.")
prior_account = group("prior", "Accounts given to others before: they warn, or close the way.")
expense = group("expense", "Costs of the interviewee that were reimbursed; nothing is ever promised.")


@present.command("add")
@click.argument("reference")
@click.option("--role", required=True, type=words(PresentRole), help="What they did there.")
@click.option("--account", "login", help="Login of a colleague.")
@click.option("--code", help="Code of anybody else (INT-07).")
@click.option("--qualification", help="Qualification, of an interpreter.")
@click.option("--independent/--not-independent", "is_independent", default=None, help="Of the parties.")
@click.option(
    "--confidential/--not-confidential", "confidentiality_signed", default=None, help="Undertaken in writing."
)
@click.option("--signed/--not-signed", "has_signed", default=None, help="Signed the record.")
@pass_door
def add_present(
    door: Door, /, reference: str, role: str, login: str | None, code: str | None, **given: Any
) -> None:
    """Record somebody who was there."""
    stated = {name: value for name, value in given.items() if value is not None}
    with door.acting() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        found = find_account(session, login) if login else None
        made = conduct.add_present(session, row, role, account=found, code=code, facts=stated, actor=actor)
        answer = view(made, login=login)
    door.say(answer, f"{login or made.code} was there as {role}.")


@present.command("list")
@click.argument("reference")
@pass_door
def list_present(door: Door, reference: str) -> None:
    """List who was there."""
    with door.reading() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        rows = queries.present_at(session, row, actor=actor)
        names = queries.bearers(session, rows)
        answer = [view(one, number=place, who=names[one.id]) for place, one in enumerate(rows, start=1)]
    door.note_reading(f"who was at {row.reference}", highest(rows))
    door.table(answer, ["number", "role", "who", "qualification", "confidentiality_signed", "has_signed"])


@present.command("amend")
@click.argument("reference")
@click.argument("number", type=int)
@changes
@pass_door
def amend_present(
    door: Door,
    reference: str,
    number: int,
    source: str | None,
    settings: tuple[str, ...],
    expected: int | None,
) -> None:
    """Complete an entry, such as a signature given later."""
    stated = told(door, source, settings)
    with door.acting() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        found = numbered(queries.present_at(session, row, actor=actor), number)
        made = conduct.amend_present(session, found, stated, actor=actor, expected_version=expected)
        answer = view(made)
    door.say(answer, f"Entry {number} of {row.reference} is at version {made.version}.")


@present.command("end")
@click.argument("reference")
@click.argument("number", type=int)
@reason
@pass_door
def end_present(door: Door, reference: str, number: int, reason: str) -> None:
    """Say that somebody was not there after all, or went away."""
    with door.acting() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        found = numbered(queries.present_at(session, row, actor=actor), number)
        answer = view(conduct.end_present(session, found, reason=reason, actor=actor))
    door.say(answer, f"Entry {number} of {row.reference} has ended.")


@click.command("distress", cls=DoorCommand)
@click.argument("reference")
@click.argument("observed")
@click.option("--at", "seen", help="When; by default now.")
@version
@pass_door
def distress(door: Door, reference: str, observed: str, seen: str | None, expected: int | None) -> None:
    """Add what was seen or heard of distress: behaviour, no diagnosis."""
    with door.acting() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        conduct.observe_distress(session, row, observed, seen=seen, actor=actor, expected_version=expected)
        answer = view(row)
    door.say(answer, f"Noted. {row.reference} can be stopped at any time.")


@click.command("break", cls=DoorCommand)
@click.argument("reference")
@click.option("--began", required=True, help="When it began.")
@click.option("--ended", help="When it ended.")
@click.option("--why", help="Why.")
@version
@pass_door
def pause(
    door: Door, reference: str, began: str, ended: str | None, why: str | None, expected: int | None
) -> None:
    """Add a break."""
    with door.acting() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        conduct.record_break(
            session, row, began=began, ended=ended, reason=why, actor=actor, expected_version=expected
        )
        answer = view(row)
    door.say(answer, f"Break {len(row.breaks)} of {row.reference} is recorded.")


@click.command("refer", cls=DoorCommand)
@click.argument("reference")
@click.option("--need", required=True, type=words(Need), help="What the person was offered help with.")
@click.option("--provider", help="Reference of the party that would help.")
@click.option("--at", "offered", help="When it was offered; by default now.")
@click.option("--follow-up-on", help="Day to ask again.")
@click.option("--note", help="Note.")
@pass_door
def refer(
    door: Door,
    reference: str,
    need: str,
    provider: str | None,
    offered: str | None,
    follow_up_on: str | None,
    note: str | None,
) -> None:
    """Record that help was offered; nothing is shared by this."""
    with door.acting() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        made = conduct.refer(
            session,
            row,
            need,
            offered=offered,
            provider=find_party(session, provider, actor=actor) if provider else None,
            follow_up_on=day(follow_up_on, "day of the follow-up") if follow_up_on else None,
            note=note,
            actor=actor,
        )
        answer = view(made)
    door.say(answer, f"{need.capitalize()} help was offered.")


@prior_account.command("add")
@click.argument("reference")
@click.option("--body", help="Who has the account.")
@click.option("--party", help="Reference of the party, where it is in the directory.")
@click.option("--given", "given_on", help="When it was given, as exactly as is known.")
@click.option("--body-reference", help="Their reference number.")
@click.option(
    "--may-contact/--may-not-contact", "may_contact_body", default=None, help="What the person allows."
)
@click.option(
    "--do-not-interview", "is_do_not_interview", is_flag=True, default=None, help="They told us not to."
)
@click.option("--instruction", "instruction_note", help="How they told us.")
@facts
@pass_door
def add_prior(door: Door, /, reference: str, party: str | None, given_on: str | None, **given: Any) -> None:
    """Record an account given to another body."""
    stated = told(door, given.pop("source"), given.pop("settings"), {**given, "given": given_on})
    with door.acting() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        found = find_party(session, party, actor=actor) if party else None
        made = prior.record_prior_account(session, row, stated, party=found, actor=actor)
        answer = view(made) | {"warnings": with_warnings(session, row, actor)["warnings"]}
    warn(door, answer)
    door.say(answer, f"The account given to {made.body} is recorded.")


@prior_account.command("list")
@click.argument("reference")
@pass_door
def list_prior(door: Door, reference: str) -> None:
    """List the accounts given to others that this interview noted."""
    with door.reading() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        rows = queries.prior_accounts(session, row, actor=actor)
        answer = [view(one, number=place) for place, one in enumerate(rows, start=1)]
    door.note_reading(f"prior accounts of {row.reference}", highest(rows))
    door.table(
        answer, ["number", "body", "given", "body_reference", "is_do_not_interview", "may_contact_body"]
    )


@prior_account.command("amend")
@click.argument("reference")
@click.argument("number", type=int)
@changes
@pass_door
def amend_prior(
    door: Door,
    reference: str,
    number: int,
    source: str | None,
    settings: tuple[str, ...],
    expected: int | None,
) -> None:
    """Correct a prior account; only a supervisor takes 'do not interview' back."""
    stated = told(door, source, settings)
    with door.acting() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        found = numbered(queries.prior_accounts(session, row, actor=actor), number)
        made = prior.amend_prior_account(session, found, stated, actor=actor, expected_version=expected)
        answer = view(made)
    door.say(answer, f"Prior account {number} is at version {made.version}.")


@expense.command("add")
@click.argument("reference")
@click.option("--kind", type=words(ExpenseKind), help="What kind of cost.")
@click.option("--what", help="What it was.")
@click.option("--amount-minor", type=int, help="Amount in the smallest unit (kopiykas, cents).")
@click.option("--currency", help="Currency, three letters.")
@click.option("--paid", help="When it was paid.")
@click.option("--receipt", help="Reference of the exhibit of the receipt.")
@click.option("--no-receipt-reason", help="Why there is no receipt.")
@facts
@pass_door
def add_expense(door: Door, /, reference: str, receipt: str | None, **given: Any) -> None:
    """Record a reimbursement that was paid."""
    stated = told(door, given.pop("source"), given.pop("settings"), given)
    with door.acting() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        found = find_exhibit(session, receipt, actor=actor) if receipt else None
        answer = view(expenses.record_expense(session, row, stated, receipt=found, actor=actor))
    door.say(answer, f"A cost of {answer['amount_minor']} {answer['currency']} (smallest units) is recorded.")


@expense.command("list")
@click.argument("reference")
@pass_door
def list_expenses(door: Door, reference: str) -> None:
    """List what was reimbursed."""
    with door.reading() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        rows = queries.expenses(session, row, actor=actor)
        answer = [view(one) for one in rows]
    door.note_reading(f"expenses of {row.reference}", highest(rows))
    door.table(answer, ["kind", "what", "amount_minor", "currency", "no_receipt_reason"])


COMMANDS: tuple[click.Command, ...] = (present, distress, pause, refer, prior_account, expense)
