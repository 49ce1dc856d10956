"""Interviews: planned, held, read back, closed; what is linked to them."""

from typing import Any

import click

from evidence_tracker.access.compartments import find_compartment
from evidence_tracker.access.records import Governance
from evidence_tracker.access.stated import GOVERNED, read
from evidence_tracker.casework.exhibits.queries import find_exhibit
from evidence_tracker.casework.interviews import closing, conduct, links, planning, queries
from evidence_tracker.casework.interviews.declaration import NEWEST, declaration
from evidence_tracker.casework.interviews.models import (
    AccountType,
    ExhibitRole,
    InterviewRole,
    InterviewState,
    IntroductionPoint,
)
from evidence_tracker.casework.missions.models import Mission
from evidence_tracker.casework.missions.queries import find_mission
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.casework.persons.queries import find_person
from evidence_tracker.cli import interview_care, interview_review, interview_view, interview_words
from evidence_tracker.cli.door import Door, group, pass_door
from evidence_tracker.cli.stating import (
    changes,
    every,
    facts,
    governance,
    highest,
    options,
    reason,
    told,
    version,
    view,
    words,
)
from evidence_tracker.errors import InvalidInput

interview = group("interview", "Interviews: an account taken from one person, and how it was taken.")
for _part in (*interview_words.COMMANDS, *interview_care.COMMANDS, *interview_review.COMMANDS):
    interview.add_command(_part)

about = options(
    click.option("--type", "account_type", type=words(AccountType), help="How far it goes."),
    click.option("--language", help="Language it is held in (uk, ru, crh-Latn)."),
    click.option("--why-person", "why_this_person", help="Why this person."),
    click.option("--why-now", help="Why now."),
    click.option("--alternatives", help="What else was considered."),
    click.option("--risk", "risk_note", help="What could happen to the person because of it."),
    click.option("--preference", "interviewer_preference", help="Whom the person wishes to speak to."),
    click.option("--place", help="Name of the place, as stated."),
    click.option("--platform", help="Platform, where it is held from afar."),
    click.option("--remote/--in-person", "is_remote", default=None, help="Held from afar, or not."),
    click.option(
        "--encrypted/--open-line", "is_encrypted", default=None, help="Whether the line is encrypted."
    ),
    click.option("--private/--not-private", "is_private", default=None, help="Whether others could listen."),
)
when = click.option("--at", "at", help="When (2026-03-02T14:30); by default now.")


@interview.command("add")
@click.option("--person", "code", required=True, help="Code of the person to be interviewed.")
@click.option("--mission", help="Reference of the mission.")
@click.option("--compartment", help="Reference of the compartment, where there is no mission.")
@about
@governance
@facts
@pass_door
def add(door: Door, /, code: str, mission: str | None, compartment: str | None, **given: Any) -> None:
    """Plan an interview with one person; a first account unless said otherwise."""
    stated = told(door, given.pop("source"), given.pop("settings"), given)
    governed = {name: stated.pop(name) for name in GOVERNED if name in stated}
    with door.acting() as (session, actor):
        person = find_person(session, code, actor=actor)
        under = find_mission(session, mission, actor=actor) if mission else None
        home = find_compartment(session, compartment, actor=actor).id if compartment else None
        base = _governed(person, under, governed)
        row = planning.plan_interview(
            session, person, stated, actor=actor, mission=under, compartment_id=home, governance=base
        )
        answer = interview_view.with_warnings(session, row, actor)
    interview_view.warn(door, answer)
    door.say(answer, f"{row.reference} is planned: {row.account_type.value} with {person.code}.")


@interview.command("show")
@click.argument("reference")
@pass_door
def show(door: Door, reference: str) -> None:
    """Show an interview: setting, words, who was there, what is missing before the next step."""
    with door.reading() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        answer, shown = interview_view.whole(session, row, actor)
    door.note_reading(f"interview {row.reference}", highest(shown))
    door.show(answer)


@interview.command("list")
@click.option("--mission", help="Only those of this mission.")
@click.option("--person", "code", help="Only those this person is linked to.")
@click.option("--state", "state_word", type=words(InterviewState), help="Only those in this state.")
@click.option("--type", "account_type", type=words(AccountType), help="Only those of this depth.")
@pass_door
def list_interviews(
    door: Door, mission: str | None, code: str | None, state_word: str | None, account_type: str | None
) -> None:
    """List the interviews, newest first."""
    with door.reading() as (session, actor):
        rows = every(
            queries.list_interviews,
            session,
            actor=actor,
            mission=find_mission(session, mission, actor=actor) if mission else None,
            person=find_person(session, code, actor=actor) if code else None,
            state=InterviewState(state_word) if state_word else None,
            account_type=AccountType(account_type) if account_type else None,
        )
        answer = interview_view.lines(session, rows, actor)
    door.note_reading("list of interviews", highest(rows))
    door.table(answer, ["reference", "person", "account_type", "state", "started", "language", "level"])


@interview.command("amend")
@click.argument("reference")
@about
@governance
@changes
@pass_door
def amend(door: Door, /, reference: str, expected: int | None, **given: Any) -> None:
    """Correct what was planned, or the setting; the words have commands of their own."""
    stated = told(door, given.pop("source"), given.pop("settings"), given)
    with door.acting() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        planning.amend_interview(session, row, stated, actor=actor, expected_version=expected)
        answer = view(row)
    door.say(answer, f"{row.reference} is at version {row.version}.")


@interview.command("cancel")
@click.argument("reference")
@reason
@version
@pass_door
def cancel(door: Door, reference: str, reason: str, expected: int | None) -> None:
    """Call off an interview that has not begun."""
    with door.acting() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        planning.cancel_interview(session, row, reason=reason, actor=actor, expected_version=expected)
        answer = view(row)
    door.say(answer, f"{row.reference} is called off.")


@interview.command("begin")
@click.argument("reference")
@when
@version
@pass_door
def begin(door: Door, reference: str, at: str | None, expected: int | None) -> None:
    """Begin; you are the interviewer unless others were recorded as such."""
    with door.acting() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        conduct.begin_interview(session, row, started=at, actor=actor, expected_version=expected)
        answer = interview_view.with_warnings(session, row, actor)
    interview_view.warn(door, answer)
    door.say(answer, f"{row.reference} is under way. Introduce yourselves before the first question.")


@interview.command("introduce")
@click.argument("reference")
@click.option(
    "--point", "points", multiple=True, type=words(IntroductionPoint), help="Explained; can be repeated."
)
@click.option("--all", "everything", is_flag=True, help="All that is still missing was explained.")
@when
@version
@pass_door
def introduce(
    door: Door,
    reference: str,
    points: tuple[str, ...],
    everything: bool,
    at: str | None,
    expected: int | None,
) -> None:
    """Record what was explained before the account, and when."""
    if bool(points) == everything:
        raise InvalidInput("Name the points that were explained, or --all.")
    with door.acting() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        conduct.introduce(session, row, points, explained=at, actor=actor, expected_version=expected)
        answer = interview_view.with_missing(session, row, actor)
    door.say(answer, f"{len(row.introduction)} of {len(IntroductionPoint)} points are explained.")


@interview.command("stop")
@click.argument("reference")
@when
@version
@pass_door
def stop(door: Door, reference: str, at: str | None, expected: int | None) -> None:
    """Record that the person wished to stop. Nobody is asked why."""
    with door.acting() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        conduct.stop_interview(session, row, stopped=at, actor=actor, expected_version=expected)
        answer = view(row)
    door.say(answer, f"{row.reference} was stopped; offer help, then close it.")


@interview.command("declaration")
@click.option("--language", default="en", show_default=True, help="Language to read it in: en, uk, ru.")
@click.option("--declaration", "wanted", default=NEWEST, show_default=True, help="Which declaration.")
@pass_door
def show_declaration(door: Door, language: str, wanted: str) -> None:
    """Show the words under which an account is signed."""
    text = declaration(language, wanted)
    door.say({"declaration": wanted, "language": language, "text": text}, text)


@interview.command("read-back")
@click.argument("reference")
@click.option("--language", help="Language it was read back in; by default the interview's.")
@click.option("--signed", "is_signed", is_flag=True, help="It was signed under the declaration.")
@click.option("--unsigned-reason", help="Why it was not signed.")
@click.option(
    "--declaration", "declaration_version", help="Declaration that was read; by default the newest."
)
@when
@version
@pass_door
def read_back(door: Door, /, reference: str, at: str | None, expected: int | None, **given: Any) -> None:
    """Record that the account was read back, and signed or why not."""
    with door.acting() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        closing.read_back(session, row, read=at, actor=actor, expected_version=expected, **given)
        answer = interview_view.with_missing(session, row, actor)
    signed = "signed" if row.is_signed else f"not signed: {row.unsigned_reason}"
    door.say(answer, f"{row.reference} was read back in {row.read_back_language} and {signed}.")


@interview.command("close")
@click.argument("reference")
@click.option("--ended", help="When it ended; by default now.")
@click.option("--unread-reason", help="Why it was not read back.")
@version
@pass_door
def close(door: Door, /, reference: str, expected: int | None, **given: Any) -> None:
    """Close an interview; its words stay as they are from then on."""
    with door.acting() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        closing.close_interview(session, row, actor=actor, expected_version=expected, **given)
        answer = interview_view.with_warnings(session, row, actor)
    interview_view.warn(door, answer)
    door.say(answer, f"{row.reference} is closed.")


@interview.command("link-person")
@click.argument("reference")
@click.argument("code")
@click.option("--role", required=True, type=words(InterviewRole), help="What the person is to it.")
@pass_door
def link_person(door: Door, reference: str, code: str, role: str) -> None:
    """Link a protected person; there is one interviewee."""
    with door.acting() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        person = find_person(session, code, actor=actor)
        answer = view(links.link_person(session, row, person, role, actor=actor), person=person.code)
    door.say(answer, f"{person.code} is linked to {row.reference} as {role}.")


@interview.command("unlink-person")
@click.argument("reference")
@click.argument("code")
@reason
@pass_door
def unlink_person(door: Door, reference: str, code: str, reason: str) -> None:
    """End a link of a person that is wrong."""
    with door.acting() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        person = find_person(session, code, actor=actor)
        link = queries.person_link(session, row, person, actor=actor)
        answer = view(links.end_person_link(session, link, reason=reason, actor=actor), person=person.code)
    door.say(answer, f"{person.code} is no longer linked to {row.reference}.")


@interview.command("link-exhibit")
@click.argument("reference")
@click.argument("exhibit")
@click.option("--role", required=True, type=words(ExhibitRole), help="What the exhibit is to it.")
@click.option("--note", help="Note; of something shown, why.")
@click.option(
    "--announced/--not-announced", "is_announced", default=None, help="Start and stop are on the recording."
)
@click.option("--gaps", help="Gaps of the recording, explained.")
@click.option(
    "--shows-nobody", is_flag=True, default=None, help="No person is in the picture that was shown."
)
@pass_door
def link_exhibit(door: Door, /, reference: str, exhibit: str, role: str, **given: Any) -> None:
    """Link an exhibit: recording, transcript, signed statement, annex, something shown."""
    stated = {name: value for name, value in given.items() if value is not None}
    with door.acting() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        found = find_exhibit(session, exhibit, actor=actor)
        made = links.link_exhibit(session, row, found, role, facts=stated, actor=actor)
        answer = view(made, exhibit=found.reference)
    door.say(answer, f"{found.reference} is linked to {row.reference} as {role}.")


@interview.command("unlink-exhibit")
@click.argument("reference")
@click.argument("exhibit")
@click.option("--role", required=True, type=words(ExhibitRole), help="In which role it was linked.")
@reason
@pass_door
def unlink_exhibit(door: Door, reference: str, exhibit: str, role: str, reason: str) -> None:
    """End a link of an exhibit that is wrong."""
    with door.acting() as (session, actor):
        row = queries.find_interview(session, reference, actor=actor)
        found = find_exhibit(session, exhibit, actor=actor)
        link = queries.exhibit_link(session, row, found, ExhibitRole(role), actor=actor)
        answer = view(
            links.end_exhibit_link(session, link, reason=reason, actor=actor), exhibit=found.reference
        )
    door.say(answer, f"{found.reference} is no longer linked to {row.reference} as {role}.")


def _governed(person: Person, mission: Mission | None, stated: dict[str, Any]) -> Governance | None:
    if not stated:
        return None
    base = planning.default_governance(person, mission)
    whole = {"level": base.level, "purpose": base.purpose, "legal_basis": base.legal_basis, **stated}
    return Governance(**read(whole, GOVERNED))
