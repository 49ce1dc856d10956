"""Captures of online material, their files, later looks at the address, and their verification."""

from datetime import datetime
from typing import Any
from uuid import UUID

import click
from sqlalchemy.orm import Session

from evidence_tracker.access.policy import now
from evidence_tracker.access.records import get
from evidence_tracker.casework.exhibits.facts import read_changes, read_facts, read_value
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.exhibits.queries import find_exhibit
from evidence_tracker.casework.missions.queries import find_mission
from evidence_tracker.casework.osint import assessments, captures, queries
from evidence_tracker.casework.osint.assessments import AssessmentFacts
from evidence_tracker.casework.osint.captures import CaptureFacts
from evidence_tracker.casework.osint.models import (
    Assessment,
    Availability,
    Capture,
    CaptureMethod,
    CaptureOutcome,
    ControlLevel,
    FileRole,
)
from evidence_tracker.cli.door import Door, group, pass_door
from evidence_tracker.cli.exhibit_facts import (
    destination,
    facts_file,
    facts_of,
    governance,
    governed,
    home,
    shown,
    split_home,
)
from evidence_tracker.cli.stating import options, words
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import InvalidInput

LINE = ("reference", "title", "url_requested", "captured_at", "outcome", "level")
FIELDS = (*CaptureFacts.__dataclass_fields__,)
ASSESSED = (
    "id",
    "method",
    "claim",
    "finding",
    "state",
    "reasoning",
    "counter_evidence",
    "review_note",
    "version",
)

capture = group("capture", "Captures: what was taken from online, and how far it was verified.")

version = click.option(
    "--version", "expected", type=int, help="Version you read; a newer one is not overwritten."
)
stated = options(
    click.option("--url", "url_requested", help="Address as it was entered."),
    click.option("--captured-at", help="When, with its zone (2026-02-01T10:00:00+02:00)."),
    click.option("--method", type=words(CaptureMethod), help="How it was captured."),
    click.option("--control", type=words(ControlLevel), help="Who controlled the capturing machine."),
    click.option("--outcome", type=words(CaptureOutcome), help="How the attempt ended."),
    click.option("--tool", help="Tool that captured it."),
    click.option("--tool-version", help="Version of the tool."),
    click.option("--collector", help="Who captured it (code or login)."),
    click.option(
        "--legality",
        "legality_attestation",
        help="Why the access was lawful and within the platform's rules.",
    ),
    click.option("--reason", help="Why it was captured."),
    click.option("--title", help="Neutral title; by default the reference."),
    click.option("--platform", help="Name of the platform."),
    click.option("--post-id", "platform_post_id", help="The platform's own id of the post."),
    click.option("--uploader", help="Name of the uploading account as shown."),
    click.option("--uploaded", help="When it was uploaded, as the platform says."),
    facts_file,
)


@capture.command("add")
@home
@stated
@pass_door
def add(door: Door, /, **told: Any) -> None:
    """Record a capture, or an attempt that failed; nothing is fetched. More facts with --from."""
    goes_to, told = split_home(told)
    facts = read_facts(CaptureFacts, facts_of(door, told.pop("source_file"), told))
    with door.acting() as (session, actor):
        row = captures.record_capture(session, facts, actor=actor, **destination(session, actor, goes_to))
        earlier = [
            one for one in queries.same_address(session, row.url_requested, actor=actor) if one is not row
        ]
        answer = {"reference": row.reference, "same_address": [one.reference for one in earlier]}
    hint = f" The same address: {', '.join(answer['same_address'])}." if earlier else ""
    door.say(answer, f"{row.reference} is recorded; add its files with 'capture add-file'.{hint}")


@capture.command("list")
@click.option("--mission", help="Only those of this mission.")
@click.option("--platform", help="Only those from this platform.")
@click.option("--after", help="Reference of the last capture of the page before.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="Rows of a page.")
@pass_door
def list_all(door: Door, mission: str | None, platform: str | None, after: str | None, limit: int) -> None:
    """List captures, newest first."""
    with door.reading() as (session, actor):
        last = queries.find_capture(session, after, actor=actor) if after is not None else None
        rows = queries.list_captures(
            session,
            actor=actor,
            mission=find_mission(session, mission, actor=actor) if mission is not None else None,
            platform=platform,
            after=(last.recorded_at, last.id) if last is not None else None,
            limit=limit,
        )
        answer = [shown(door, row, LINE) for row in rows]
    door.table(answer, LINE)


@capture.command("show")
@click.argument("reference")
@pass_door
def show(door: Door, reference: str) -> None:
    """Show a capture: its facts, files, later looks and how far its verification has come."""
    with door.reading() as (session, actor):
        row = queries.find_capture(session, reference, actor=actor)
        answer = _whole(door, session, row, actor)
    door.note_reading(f"capture {row.reference}", row.level)
    door.show(answer)


def _whole(door: Door, session: Session, row: Capture, actor: Actor) -> dict[str, Any]:
    gone = queries.take_down(session, row, actor=actor)
    looks = queries.checks_of(session, row, actor=actor)
    standing = queries.standing(session, row, actor=actor)
    same = queries.same_post(session, row, actor=actor)
    return {
        **shown(door, row, ("reference", *FIELDS, "level", "purpose", "legal_basis", "version")),
        "files": [
            {"reference": exhibit.reference, "role": file.role.value, "sha256": exhibit.sha256}
            for file, exhibit in queries.files_of(session, row, actor=actor)
        ],
        "looks": [shown(door, look, ("checked_at", "availability", "http_status", "note")) for look in looks],
        "taken_down": (
            {"last_there_at": gone.last_there_at.isoformat(), "first_gone_at": gone.first_gone_at.isoformat()}
            if gone is not None
            else None
        ),
        "same_post": [one.reference for one in same],
        "assessments": [
            shown(door, one, ASSESSED) for one in queries.assessments_of(session, row, actor=actor)
        ],
        "not_reviewed_yet": [method.value for method in standing.lacking],
    }


@capture.command("amend")
@click.argument("reference")
@stated
@governance
@version
@pass_door
def amend(door: Door, /, reference: str, expected: int | None, **told: Any) -> None:
    """Correct what is stated about a capture."""
    rules_told, told = split_home(told)
    changes = read_changes(CaptureFacts, facts_of(door, told.pop("source_file"), told)) | governed(rules_told)
    with door.acting() as (session, actor):
        row = queries.find_capture(session, reference, actor=actor)
        captures.amend_capture(session, row, changes, actor=actor, expected_version=expected)
        answer = {"reference": row.reference, "version": row.version}
    door.say(answer, f"{row.reference} is amended; this is version {row.version}.")


@capture.command("same")
@click.argument("url")
@pass_door
def same(door: Door, url: str) -> None:
    """List the captures of an address, however it was spelt."""
    with door.reading() as (session, actor):
        answer = [shown(door, row, LINE) for row in queries.same_address(session, url, actor=actor)]
    door.table(answer, LINE, empty="No capture of this address that you may see.")


@capture.command("add-file")
@click.argument("reference")
@click.argument("exhibit")
@click.option("--role", required=True, type=words(FileRole), help="What the file is to the capture.")
@click.option("--source-url", help="Address the file itself came from.")
@click.option("--declared-media-type", help="Media type as the server declared it.")
@click.option(
    "--declared-size", "declared_size_bytes", type=int, help="Size in bytes as the server declared it."
)
@click.option("--digest", metavar="ALGORITHM:HEX", help="Digest that the capturing tool states.")
@click.option("--note", help="What else is known.")
@pass_door
def add_file(door: Door, /, reference: str, exhibit: str, role: str, digest: str | None, **told: Any) -> None:
    """Say that an exhibit is a file of a capture."""
    algorithm, _, digits = (digest or "").partition(":")
    with door.acting() as (session, actor):
        row = queries.find_capture(session, reference, actor=actor)
        file = find_exhibit(session, exhibit, actor=actor)
        digest_told = (algorithm, digits) if digest is not None else None
        captures.add_file(
            session, row, file, role=FileRole(role), stated_digest=digest_told, actor=actor, **told
        )
        answer = {"reference": row.reference, "exhibit": file.reference, "role": role}
    door.say(answer, f"{file.reference} is the {role} of {row.reference}.")


@capture.command("remove-file")
@click.argument("reference")
@click.argument("exhibit")
@pass_door
def remove_file(door: Door, reference: str, exhibit: str) -> None:
    """Take a file out of a capture; the exhibit stays."""
    with door.acting() as (session, actor):
        row = queries.find_capture(session, reference, actor=actor)
        for file, found in queries.files_of(session, row, actor=actor):
            if found.reference == exhibit.strip():
                captures.remove_file(session, file, actor=actor)
                break
        else:
            raise InvalidInput(f"{exhibit} is not a file of {reference}.")
    door.say({"reference": reference, "exhibit": exhibit}, f"{exhibit} is no longer a file of {reference}.")


@capture.command("look")
@click.argument("reference")
@click.option(
    "--found", "availability", required=True, type=words(Availability), help="What was found at the address."
)
@click.option("--at", "checked_at", help="When, with its zone; by default now.")
@click.option("--http-status", type=int, help="Status that the server answered.")
@click.option("--note", help="What else was seen.")
@pass_door
def look(
    door: Door,
    reference: str,
    availability: str,
    checked_at: str | None,
    http_status: int | None,
    note: str | None,
) -> None:
    """Record a later look at the address: still there, changed or taken down."""
    with door.acting() as (session, actor):
        row = queries.find_capture(session, reference, actor=actor)
        at: datetime = read_value("at", datetime, checked_at) if checked_at is not None else now(session)
        captures.check_availability(
            session,
            row,
            availability=Availability(availability),
            checked_at=at,
            http_status=http_status,
            note=note,
            actor=actor,
        )
    door.say({"reference": reference, "found": availability}, f"{reference} was {availability} then.")


@capture.command("assess")
@click.argument("reference")
@click.option("--supersedes", help="Id of the earlier assessment that this one replaces.")
@click.option(
    "--from", "source_file", required=True, help="Facts of the assessment: JSON or TOML file, or '-'."
)
@pass_door
def assess(door: Door, reference: str, supersedes: str | None, source_file: str) -> None:
    """Test a claim about a capture or an exhibit; the result is a draft of yours."""
    facts = read_facts(AssessmentFacts, door.facts(source_file))
    with door.acting() as (session, actor):
        subject = _subject(session, reference, actor)
        earlier = _assessment(session, supersedes, actor) if supersedes is not None else None
        row = assessments.assess(session, subject, facts, supersedes=earlier, actor=actor)
        answer = {"id": str(row.id), "reference": reference, "finding": row.finding.value}
    door.say(answer, f"Assessment {row.id}: {row.finding.value}. Hand it in with 'capture submit'.")


@capture.command("amend-assessment")
@click.argument("assessment_id", metavar="ID")
@click.option("--from", "source_file", required=True, help="Changed facts: JSON or TOML file, or '-'.")
@version
@pass_door
def amend_assessment(door: Door, assessment_id: str, source_file: str, expected: int | None) -> None:
    """Change an assessment that is still a draft, or that was returned to you."""
    changes = read_changes(AssessmentFacts, door.facts(source_file))
    with door.acting() as (session, actor):
        row = _assessment(session, assessment_id, actor)
        assessments.amend_assessment(session, row, changes, actor=actor, expected_version=expected)
        answer = {"id": str(row.id), "version": row.version}
    door.say(answer, f"The assessment is amended; this is version {row.version}.")


@capture.command("submit")
@click.argument("assessment_id", metavar="ID")
@pass_door
def submit(door: Door, assessment_id: str) -> None:
    """Hand an assessment to a second person."""
    with door.acting() as (session, actor):
        row = assessments.submit_assessment(session, _assessment(session, assessment_id, actor), actor=actor)
        answer = {"id": str(row.id), "state": row.state.value}
    door.say(answer, "The assessment is submitted; somebody else reviews it with 'capture review'.")


@capture.command("review")
@click.argument("assessment_id", metavar="ID")
@click.option(
    "--accept/--return", "is_accepted", required=True, help="Accept it, or return it to its analyst."
)
@click.option("--note", required=True, help="What you found.")
@version
@pass_door
def review(door: Door, assessment_id: str, is_accepted: bool, note: str, expected: int | None) -> None:
    """Review an assessment, as somebody other than its analyst."""
    with door.acting(confirmed=True) as (session, actor):
        row = _assessment(session, assessment_id, actor)
        assessments.review_assessment(
            session, row, is_accepted=is_accepted, note=note, actor=actor, expected_version=expected
        )
        answer = {"id": str(row.id), "state": row.state.value}
    door.say(answer, f"The assessment is {row.state.value}.")


@capture.command("assessments")
@click.argument("reference")
@pass_door
def list_assessments(door: Door, reference: str) -> None:
    """List the assessments of a capture or an exhibit, the oldest first."""
    with door.reading() as (session, actor):
        subject = _subject(session, reference, actor)
        answer = [shown(door, row, ASSESSED) for row in queries.assessments_of(session, subject, actor=actor)]
    door.table(answer, ("id", "method", "claim", "finding", "state"))


def _subject(session: Session, reference: str, actor: Actor) -> Capture | Exhibit:
    is_capture = reference.strip().split("-")[-2:-1] == [captures.SERIES]
    find = queries.find_capture if is_capture else find_exhibit
    return find(session, reference, actor=actor)


def _assessment(session: Session, text: str, actor: Actor) -> Assessment:
    try:
        found = UUID(text)
    except ValueError as error:
        raise InvalidInput(
            f"{text!r} is not the id of an assessment.", advice="Copy it from the list."
        ) from error
    return get(session, Assessment, found, actor=actor)
