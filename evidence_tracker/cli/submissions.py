"""Submissions: choose, check, approve, seal, build, release."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access import compartments
from evidence_tracker.access.policy import visible
from evidence_tracker.access.records import Governance, find, page
from evidence_tracker.casework.allegations.models import Allegation
from evidence_tracker.casework.consent.models import Use
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.incidents.models import Incident
from evidence_tracker.casework.interviews.models import Interview
from evidence_tracker.casework.parties.models import Party
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.casework.submissions import asking, preparation, releasing, sealing
from evidence_tracker.casework.submissions.building import unreleased
from evidence_tracker.casework.submissions.models import Bundle, Submission, SubmissionItem
from evidence_tracker.cli.copying import copy_out, refuse_existing
from evidence_tracker.cli.door import Door, group, pass_door
from evidence_tracker.cli.stating import every, highest
from evidence_tracker.cli.submission_view import grouped, item_of, line
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import InvalidInput, NotFound
from evidence_tracker.jobs import bundles
from evidence_tracker.values.moment import Moment

submission = group("submission", "Submissions: what is handed to whom, and proof of it.")
USE = click.Choice([use.value for use in Use])
SERIES: dict[str, type[Any]] = {"E": Exhibit, "I": Interview, "N": Incident, "A": Allegation}


@submission.command("open")
@click.option("--to", "recipient", required=True, help="Reference of the party that receives it.")
@click.option("--use", type=USE, required=True, help="What the recipient will use it for.")
@click.option("--title", required=True, help="Title that the recipient reads.")
@click.option("--compartment", required=True, help="Reference of the mission or compartment it is kept in.")
@click.option(
    "--statement", default="", help="Words for the recipient on what is in and which categories are not."
)
@click.option(
    "--language",
    type=click.Choice(preparation.LANGUAGES),
    default="en",
    show_default=True,
    help="Language of the index.",
)
@click.option("--purpose", help="Purpose of processing.")
@click.option("--legal-basis", help="Legal basis of processing; there is no default.")
@click.option("--annex-of", help="Make it the identity annex of this submission.")
@pass_door
def open_submission(
    door: Door,
    /,
    recipient: str,
    compartment: str,
    annex_of: str | None,
    purpose: str | None,
    legal_basis: str | None,
    use: str,
    **words: str,
) -> None:
    """Open a submission to one recipient for one use."""
    with door.acting() as (session, actor):
        row = preparation.open_submission(
            session,
            compartment_id=compartments.find_compartment(session, compartment, actor=actor).id,
            recipient=find(session, Party, recipient, actor=actor),
            opening=preparation.Opening(use=Use(use), **words),
            governance=Governance(purpose=purpose, legal_basis=legal_basis),
            annex_of=find(session, Submission, annex_of, actor=actor) if annex_of else None,
            actor=actor,
        )
        answer = {"reference": row.reference, "kind": row.kind.value}
    door.say(answer, f"The submission {answer['reference']} is open.")


@submission.command("amend")
@click.argument("reference")
@click.option("--title", help="New title that the recipient reads.")
@click.option("--statement", help="New words for the recipient.")
@click.option("--language", type=click.Choice(preparation.LANGUAGES), help="Language of the index.")
@click.option("--purpose", help="Purpose of processing.")
@click.option("--legal-basis", help="Legal basis of processing.")
@click.option("--version", type=int, help="The version you read; a newer one is not overwritten.")
@pass_door
def amend_submission(door: Door, /, reference: str, version: int | None, **changes: str | None) -> None:
    """Change a submission; an approval given before no longer fits."""
    stated = {name: value for name, value in changes.items() if value is not None}
    if not stated:
        raise InvalidInput("Nothing was said to change.", advice="See 'submission amend --help'.")
    with door.acting() as (session, actor):
        row = find(session, Submission, reference, actor=actor)
        preparation.amend_submission(session, row, stated, expected_version=version, actor=actor)
        answer = {"reference": row.reference, "version": row.version}
    door.say(answer, f"{reference} is saved as version {answer['version']}.")


@submission.command("add")
@click.argument("reference")
@click.argument("items", nargs=-1, required=True)
@pass_door
def add_items(door: Door, reference: str, items: tuple[str, ...]) -> None:
    """Put records into a submission: exhibits, interviews, incidents, allegations by reference (annex: persons by code)."""
    with door.acting() as (session, actor):
        row = find(session, Submission, reference, actor=actor)
        answer = [
            {
                "item": item,
                "number": preparation.add_item(
                    session, row, _subject(session, item, actor), actor=actor
                ).number,
            }
            for item in items
        ]
    door.table(answer, ["number", "item"])


def _subject(session: Session, stated: str, actor: Actor) -> Any:
    reference = stated.strip().upper()
    if reference.startswith("PN-"):
        found = session.scalars(
            select(Person).where(Person.code == reference, visible(session, actor, Person))
        ).first()
        if found is None:
            raise NotFound(f"There is no person {stated!r} here, or you may not see them.")
        return found
    series = reference.split("-")[-2:-1]
    if not series or series[0] not in SERIES:
        raise InvalidInput(
            f"{stated!r} is not the reference of an exhibit, interview, incident or allegation.",
            advice="References look like KYI-E-0031; persons like PN-7KQ2MX.",
        )
    return find(session, SERIES[series[0]], reference, actor=actor)


@submission.command("remove")
@click.argument("reference")
@click.argument("number")
@click.option("--reason", required=True, help="Why it is taken out; stays here.")
@pass_door
def remove_item(door: Door, reference: str, number: str, reason: str) -> None:
    """Take an item out of a submission by its number there (EX-0001); the numbers behind it move up."""
    with door.acting() as (session, actor):
        row = find(session, Submission, reference, actor=actor)
        item = next(
            (item for item in preparation.live_items(session, row) if item.number == number.upper()), None
        )
        if item is None:
            raise NotFound(f"{number} is not in {reference}.")
        preparation.remove_item(session, row, item, reason=reason, actor=actor)
    door.say({"number": number, "removed": True}, f"{number} is out of {reference}.")


@submission.command("list")
@pass_door
def list_submissions(door: Door) -> None:
    """List the submissions you may see, newest first."""
    with door.reading() as (session, actor):
        found = every(_page, session, actor=actor)
    door.note_reading("list of submissions", highest(found))
    door.table([line(row) for row in found], ["reference", "kind", "title", "use", "closed"])


def _page(session: Session, **by: Any) -> Sequence[Submission]:
    return page(session, select(Submission), Submission, **by)


@submission.command("show")
@click.argument("reference")
@pass_door
def show_submission(door: Door, reference: str) -> None:
    """Show a submission, its items and its bundles."""
    with door.reading() as (session, actor):
        row = find(session, Submission, reference, actor=actor)
        items = session.scalars(
            select(SubmissionItem)
            .where(SubmissionItem.submission_id == row.id, visible(session, actor, SubmissionItem))
            .order_by(SubmissionItem.number, SubmissionItem.recorded_at)
        ).all()
        made = session.scalars(
            select(Bundle)
            .where(Bundle.submission_id == row.id, visible(session, actor, Bundle))
            .order_by(Bundle.sealed_at)
        )
        answer = {
            **line(row),
            "statement": row.statement,
            "items": [item_of(session, item, actor) for item in items],
            "bundles": [f"{bundle.name} {bundle.state.value}" for bundle in made],
        }
    door.note_reading(f"submission {row.reference}", highest([row, *items]))
    door.show(answer)


@contextmanager
def desk(door: Door) -> Iterator[bundles.Desk]:
    """Open a desk for who works here on submissions, with the identity root unlocked for the scan for names."""
    private = door.identity_key()
    with door.instance.reading() as session:
        actor = door.actor(session)
    with door.noting_denials(), door.progress() as bar:
        task = bar.add_task("", total=None)
        yield bundles.Desk(
            door.instance,
            actor,
            private,
            lambda what, done, total: bar.update(task, description=what, completed=done, total=total),
        )


@submission.command("check")
@click.argument("reference")
@pass_door
def check(door: Door, reference: str) -> int:
    """Ask every gate: what is closed, why, and who can lift it. Exit status 1 while anything is closed."""
    with desk(door) as at:
        plan = bundles.check(at, reference)
    if door.is_json:
        click.echo(
            json.dumps({"ready": not plan.closed, "digest": plan.digest, "gates": bundles.explain(plan)})
        )
        return 1 if plan.closed else 0
    for sentence in grouped(bundles.explain(plan)):
        click.echo(sentence)
    click.echo(
        f"{len(plan.closed)} gate(s) are closed."
        if plan.closed
        else f"Every gate is open. State {plan.digest[:16]}."
    )
    return 1 if plan.closed else 0


@submission.command("ask-approval")
@click.argument("reference")
@pass_door
def ask_approval(door: Door, reference: str) -> None:
    """Ask every gate but the scan for names, and tell whoever may approve that it waits for them."""
    with door.acting() as (session, actor):
        row = find(session, Submission, reference, actor=actor)
        asked = [account.login for account in asking.ask_approval(session, row, actor=actor)]
    door.say({"reference": reference, "asked": asked}, f"{reference} waits for {' or '.join(asked)}.")


@submission.command("approve")
@click.argument("reference")
@click.option(
    "--looked-at",
    multiple=True,
    help="Number of an item no machine could read, which you looked at; or 'all'.",
)
@click.option("--note", help="A note on the approval.")
@pass_door
def approve(door: Door, reference: str, looked_at: tuple[str, ...], note: str | None) -> None:
    """Approve a submission exactly as it stands. You may not have prepared any of it."""
    door.confirm()
    with desk(door) as at:
        digest = bundles.approve(at, reference, looked_at=looked_at, note=note)
    door.say(
        {"reference": reference, "digest": digest}, f"{reference} is approved as it stands ({digest[:16]})."
    )


@submission.command("seal")
@click.argument("reference")
@click.option("--unencrypted", "reason", help="Let the bundle go in clear, for this reason.")
@pass_door
def seal(door: Door, reference: str, reason: str | None) -> None:
    """Seal an approved submission: its manifest is fixed in the custody log."""
    with desk(door) as at:
        bundle = bundles.seal(at, reference, unencrypted_reason=reason)
    door.say(
        {"bundle": bundle.name, "manifest_sha256": bundle.manifest_sha256},
        f"{reference} is sealed as {bundle.name}.",
    )


@submission.command("build")
@click.argument("reference")
@pass_door
def build(door: Door, reference: str) -> None:
    """Write the sealed bundle and its receipt file."""
    with desk(door) as at:
        written = bundles.build(at, reference)
    answer = {
        "path": str(written.path),
        "zip_sha256": written.zip_sha256,
        "encrypted_sha256": written.encrypted_sha256 or None,
        "size": written.size,
    }
    door.say(answer, f"The bundle is {written.path}; it may leave after 'submission release'.")


@submission.command("release")
@click.argument("reference")
@click.option("--channel", required=True, help="How it is handed over: portal, courier, in person …")
@click.option(
    "--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="Copy bundle and receipt here."
)
@pass_door
def release(door: Door, reference: str, channel: str, folder: Path | None) -> None:
    """Release a built bundle, or hand it over again; every gate is asked once more."""
    door.confirm()
    if folder is not None:
        _refuse_taken(door, reference, folder)
    with desk(door) as at:
        bundle = bundles.release(at, reference, channel=channel)
    path = bundles.bundle_file(door.instance, bundle)
    if folder is not None:
        copy_out([path, _receipt_of(path, bundle)], folder)
    door.say(
        {"bundle": bundle.name, "path": str(path), "channel": channel},
        f"{bundle.name} is released. Give the key (custody key) on another way.",
    )


def _refuse_taken(door: Door, reference: str, folder: Path) -> None:
    """Refuse before anything is released: a bundle that is on record as handed over must be there."""
    with door.reading() as (session, actor):
        bundle = bundles.newest(session, find(session, Submission, reference, actor=actor))
    path = bundles.bundle_file(door.instance, bundle)
    refuse_existing(folder / path.name, folder / _receipt_of(path, bundle).name)
    folder.mkdir(parents=True, exist_ok=True)


def _receipt_of(path: Path, bundle: Bundle) -> Path:
    return path.with_name(f"{bundle.name}.receipt")


@submission.command("abandon")
@click.argument("reference")
@click.option("--reason", required=True, help="Why the bundle is given up.")
@pass_door
def abandon(door: Door, reference: str, reason: str) -> None:
    """Give up a sealed bundle that was not released; its seal stays in the log."""
    with door.acting() as (session, actor):
        row = find(session, Submission, reference, actor=actor)
        bundle = unreleased(session, row.id)
        if bundle is None:
            raise NotFound(f"{reference} has no bundle that could be given up.")
        sealing.abandon(session, bundle, reason=reason, actor=actor)
    door.say({"abandoned": True}, f"The bundle of {reference} is given up; amend and seal again.")


@submission.command("receipt")
@click.argument("reference")
@click.option("--received", required=True, help="When the recipient received it.")
@click.option("--by", "received_by", required=True, help="Who acknowledged it.")
@click.option("--recipient-reference", help="The recipient's own reference.")
@click.option("--stated-sha256", help="Digest that the recipient states; it is compared.")
@click.option("--note", help="A note on the receipt.")
@pass_door
def receipt(door: Door, /, reference: str, received: str, **facts: Any) -> None:
    """Record the recipient's acknowledgement."""
    with door.acting() as (session, actor):
        row = find(session, Submission, reference, actor=actor)
        bundle = bundles.newest(session, row)
        made = releasing.record_receipt(
            session, bundle, received=Moment.parse(received), actor=actor, **facts
        )
        answer = {"bundle": bundle.name, "is_match": made.is_match}
    said = f"The receipt of {answer['bundle']} is recorded."
    if made.is_match is False:
        door.warn(f"The digest they state is NOT that of {answer['bundle']}: ask what they received.")
    door.say(answer, f"{said} The digest they state is right." if made.is_match else said)


@submission.command("disclosures")
@click.argument("item")
@pass_door
def disclosures(door: Door, item: str) -> None:
    """List who was given a record, when, and on whose consent."""
    with door.reading() as (session, actor):
        subject = _subject(session, item, actor)
        rows = [dict(row) for row in releasing.disclosures_of(session, subject.id, actor=actor)]
    door.note_reading(f"disclosures of {item.strip().upper()}", subject.level)
    door.table(rows, ["disclosed_at", "recipient", "use", "identity_level", "bundle", "number", "channel"])
