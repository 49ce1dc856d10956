"""Allegations: an incident read under a crime category, element by element, for and against."""

from typing import Any
from uuid import UUID

import click

from evidence_tracker.casework.actors.models import Confidence
from evidence_tracker.casework.allegations import alleging, bearings, queries
from evidence_tracker.casework.allegations.matrix import Borne, matrix
from evidence_tracker.casework.allegations.models import Allegation, AllegationStatus, Direction, FindingState
from evidence_tracker.casework.incidents.evidence import find_evidence
from evidence_tracker.casework.incidents.queries import find_incident
from evidence_tracker.cli.crimes import crime
from evidence_tracker.cli.door import Door, group, pass_door
from evidence_tracker.cli.incidents import asserted_by, passage
from evidence_tracker.cli.matrix_view import readable
from evidence_tracker.cli.stating import changes, governance, highest, reason, told, version, view, words

__all__ = ["allegation", "crime"]

LINE = ("reference", "incident", "category", "label", "status", "level")

allegation = group("allegation", "Allegations: an incident read under a crime category, for and against.")


@allegation.command("add")
@click.argument("incident")
@click.argument("category")
@click.option("--rationale", required=True, help="Why the incident may be read so.")
@click.option(
    "--ihl", "ihl_basis", multiple=True, help="Treaty article violated: 'GC IV art 49'. May be repeated."
)
@pass_door
def add(door: Door, incident: str, category: str, rationale: str, ihl_basis: tuple[str, ...]) -> None:
    """Read an incident under a category (PACK:CODE, such as rome-statute:8(2)(a)(vii)-2)."""
    with door.acting() as (session, actor):
        row = find_incident(session, incident, actor=actor)
        made = alleging.allege(session, row, category, rationale=rationale, ihl_basis=ihl_basis, actor=actor)
        cautions = [caution.text for caution in queries.cautions(session, made, actor=actor)]
        answer = view(made, cautions=cautions)
    for text in cautions:
        door.warn(f"For counsel: {text}")
    door.say(answer, f"{answer['reference']} is claimed.")


@allegation.command("show")
@click.argument("reference")
@pass_door
def show(door: Door, reference: str) -> None:
    """Show an allegation with the suspects named under it and what counsel should look at."""
    with door.reading() as (session, actor):
        row = queries.find_allegation(session, reference, actor=actor)
        suspects = queries.suspects_of(session, row, actor=actor)
        named = [view(link, suspect=part.reference, name=part.name) for link, part in suspects]
        cautions = [caution.text for caution in queries.cautions(session, row, actor=actor)]
        answer = view(row, suspects=named, cautions=cautions)
    door.note_reading(f"allegation {row.reference}", highest([row, *(link for link, _part in suspects)]))
    door.show(answer)


@allegation.command("list")
@click.option("--incident", help="Only those of this incident.")
@click.option("--pack", "pack_id", help="Only those under this pack.")
@click.option("--code", help="Only those under this code or below it.")
@click.option("--status", type=words(AllegationStatus), help="Only those with this status.")
@click.option("--after", help="Reference of the last allegation of the page before.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="Rows of a page.")
@pass_door
def list_all(
    door: Door,
    incident: str | None,
    pack_id: str | None,
    code: str | None,
    status: str | None,
    after: str | None,
    limit: int,
) -> None:
    """List allegations, newest first."""
    with door.reading() as (session, actor):
        last = queries.find_allegation(session, after, actor=actor) if after else None
        rows = queries.list_allegations(
            session,
            actor=actor,
            incident=find_incident(session, incident, actor=actor) if incident else None,
            pack_id=pack_id,
            code=code,
            status=AllegationStatus(status) if status else None,
            after=(last.recorded_at, last.id) if last else None,
            limit=limit,
        )
        incidents = queries.incident_references(session, rows, actor=actor)
        answer = [_line(row, incidents.get(row.incident_id)) for row in rows]
    door.table(answer, LINE)


@allegation.command("amend")
@click.argument("reference")
@click.option("--rationale", help="Why the incident may be read so.")
@click.option("--ihl", "ihl_basis", multiple=True, help="Treaty article violated; all of them anew.")
@changes
@governance
@pass_door
def amend(door: Door, /, reference: str, expected: int | None, **given: Any) -> None:
    """Change the rationale or the treaty articles; never the incident or the category."""
    stated = told(door, given.pop("source"), given.pop("settings"), given)
    with door.acting() as (session, actor):
        row = queries.find_allegation(session, reference, actor=actor)
        alleging.amend_allegation(session, row, stated, actor=actor, expected_version=expected)
        answer = view(row)
    door.say(answer, f"{answer['reference']} is amended; this is version {answer['version']}.")


@allegation.command("status")
@click.argument("reference")
@click.argument("status", type=words(AllegationStatus))
@reason
@version
@pass_door
def status_(door: Door, reference: str, status: str, reason: str, expected: int | None) -> None:
    """Move an allegation on: supported, contested, rejected, withdrawn."""
    with door.acting() as (session, actor):
        row = queries.find_allegation(session, reference, actor=actor)
        alleging.change_status(session, row, status, reason=reason, actor=actor, expected_version=expected)
        answer = view(row)
    door.say(answer, f"{answer['reference']} is {answer['status']}.")


@allegation.command("suspect")
@click.argument("reference")
@click.argument("suspect")
@click.option("--mode", help="Mode of liability: 28(a), or PACK:CODE ('crime modes' lists them).")
@click.option("--confidence", type=words(Confidence), required=True, help="How well that is supported.")
@click.option("--basis", required=True, help="On what it rests.")
@asserted_by
@pass_door
def suspect_(door: Door, /, reference: str, suspect: str, **stated: Any) -> None:
    """Name a suspect or unit under an allegation."""
    with door.acting() as (session, actor):
        row = queries.find_allegation(session, reference, actor=actor)
        named = queries.find_nameable(session, suspect, actor=actor)
        answer = view(alleging.name_suspect(session, row, named, actor=actor, **stated))
    door.say(answer, f"{suspect} is named under {reference} (naming {answer['id']}).")


@allegation.command("release")
@click.argument("naming_id", type=click.UUID)
@reason
@version
@pass_door
def release(door: Door, naming_id: UUID, reason: str, expected: int | None) -> None:
    """End the naming of a suspect or unit; it stays on record with the reason."""
    with door.acting() as (session, actor):
        link = queries.find_naming(session, naming_id, actor=actor)
        row = alleging.release_suspect(session, link, reason=reason, actor=actor, expected_version=expected)
        answer = view(row)
    door.say(answer, "The naming has ended; it stays on record.")


@allegation.command("bear")
@click.argument("reference")
@click.argument("element", type=int)
@click.argument("evidence")
@click.option(
    "--direction", type=words(Direction), required=True, help="Which way it points; record both ways."
)
@click.option("--strength", type=click.IntRange(1, 3), default=1, show_default=True, help="1 weak, 3 strong.")
@click.option("--note", required=True, help="What the passage says about the element.")
@passage
@asserted_by
@pass_door
def bear(door: Door, /, reference: str, element: int, evidence: str, **stated: Any) -> None:
    """Record how a passage bears on ELEMENT (0: the category as a whole)."""
    with door.acting() as (session, actor):
        row = queries.find_allegation(session, reference, actor=actor)
        cited = find_evidence(session, evidence, actor=actor)
        answer = view(bearings.bear(session, row, element, cited, actor=actor, **stated))
    door.say(answer, f"{evidence} bears on element {element} of {reference} (bearing {answer['id']}).")


@allegation.command("amend-bearing")
@click.argument("bearing_id", type=click.UUID)
@click.option("--strength", type=click.IntRange(1, 3), help="1 weak, 3 strong.")
@click.option("--note", help="What the passage says about the element.")
@click.option("--at", "citation", help="Passage; 'whole' for all of it.")
@version
@pass_door
def amend_bearing(door: Door, /, bearing_id: UUID, expected: int | None, **given: Any) -> None:
    """Correct strength, note or passage; the direction never changes."""
    stated = {name: value for name, value in given.items() if value is not None}
    with door.acting() as (session, actor):
        row = queries.find_bearing(session, bearing_id, actor=actor)
        bearings.amend_bearing(session, row, stated, actor=actor, expected_version=expected)
        answer = view(row)
    door.say(answer, f"The bearing is amended; this is version {answer['version']}.")


@allegation.command("end-bearing")
@click.argument("bearing_id", type=click.UUID)
@reason
@version
@pass_door
def end_bearing(door: Door, bearing_id: UUID, reason: str, expected: int | None) -> None:
    """End a bearing that does not hold; for an exculpatory one a supervisor is needed."""
    with door.acting() as (session, actor):
        row = queries.find_bearing(session, bearing_id, actor=actor)
        bearings.end_bearing(session, row, reason=reason, actor=actor, expected_version=expected)
        answer = view(row)
    door.say(answer, "The bearing has ended; the matrix shows it as taken back.")


@allegation.command("finding")
@click.argument("reference")
@click.argument("element", type=int)
@click.option("--state", type=words(FindingState), required=True, help="What is found of the element.")
@click.option("--reasoning", required=True, help="Why.")
@click.option("--found-by", help="Who finds so; by default you.")
@version
@pass_door
def finding(door: Door, /, reference: str, element: int, expected: int | None, **stated: Any) -> None:
    """Record what is found of ELEMENT; --version replaces a finding that you have read."""
    with door.acting() as (session, actor):
        row = queries.find_allegation(session, reference, actor=actor)
        made = bearings.record_finding(
            session, row, element, actor=actor, expected_version=expected, **stated
        )
        answer = view(made)
    door.say(answer, f"Element {element} of {reference} is found {answer['state']}.")


@allegation.command("matrix")
@click.argument("reference")
@pass_door
def matrix_(door: Door, reference: str) -> None:
    """Print the element matrix: what bears on each element, for and against, and the gaps."""
    with door.reading() as (session, actor):
        found = matrix(session, queries.find_allegation(session, reference, actor=actor), actor)
    shown = [found.allegation, *(one.bearing for row in found.rows for one in row.bearings)]
    door.note_reading(f"matrix of {found.allegation.reference}", highest(shown))
    if door.is_json:
        door.show(found.to_json())
        return
    for line in readable(found):
        click.echo(line)


@allegation.command("against")
@click.option("--incident", help="Only what speaks against allegations of this incident.")
@click.option("--allegation", "reference", help="Only what speaks against this allegation.")
@click.option("--suspect", help="Only what speaks against allegations that name this suspect or unit.")
@pass_door
def against(door: Door, incident: str | None, reference: str | None, suspect: str | None) -> None:
    """List all exculpatory evidence: what must go along wherever the rest goes."""
    with door.reading() as (session, actor):
        found = queries.exculpatory(
            session,
            actor=actor,
            incident=find_incident(session, incident, actor=actor) if incident else None,
            allegation=queries.find_allegation(session, reference, actor=actor) if reference else None,
            suspect=queries.find_nameable(session, suspect, actor=actor) if suspect else None,
        )
        rows = [
            {
                "allegation": one.allegation,
                "element": one.bearing.element_n,
                **Borne(one.bearing, one.evidence).to_json(),
            }
            for one in found
        ]
    door.note_reading("exculpatory evidence", highest([one.bearing for one in found]))
    door.table(rows, ("allegation", "element", "evidence", "citation", "strength", "note", "asserted_by"))


def _line(row: Allegation, incident: str | None) -> dict[str, Any]:
    category = alleging.pinned(row)[1]
    return {
        "reference": row.reference,
        "incident": incident,
        "category": f"{row.pack_id}:{row.code}",
        "label": category.label.get("en") or next(iter(category.label.values())),
        "caution": category.certainty.caution,
        "status": row.status.value,
        "level": row.level.value,
        "version": row.version,
    }
