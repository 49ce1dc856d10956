"""Remains of munitions and the marked parts inside them."""

from uuid import UUID

import click

from evidence_tracker.access.records import get
from evidence_tracker.casework.actors.models import Company
from evidence_tracker.casework.exhibits import queries, remnants
from evidence_tracker.casework.exhibits.facts import read_changes, read_facts
from evidence_tracker.casework.exhibits.models import Component
from evidence_tracker.cli.door import Door, group, pass_door
from evidence_tracker.cli.exhibit_facts import photo_views, photos_stated, shown
from evidence_tracker.errors import InvalidInput

remains = group("remnant", "Remnants: remains of munitions, and the parts inside them.")


@remains.command("add")
@click.argument("exhibit_reference", metavar="EXHIBIT")
@photo_views
@click.option("--from", "source_file", required=True, help="Facts of the remains: JSON or TOML file, or '-'.")
@pass_door
def add_remnant(door: Door, exhibit_reference: str, photos: tuple[str, ...], source_file: str) -> None:
    """Record remains that an exhibit documents; nobody handles what nobody cleared."""
    facts = read_facts(remnants.RemnantFacts, door.facts(source_file))
    with door.acting() as (session, actor):
        row = queries.find_exhibit(session, exhibit_reference, actor=actor)
        remnant = remnants.add_remnant(session, row, facts, actor=actor)
        for photo in photos_stated(session, photos, actor):
            remnants.add_remnant_photo(session, remnant, photo, actor=actor)
        answer = {"reference": remnant.reference, "exhibit": row.reference}
    door.say(answer, f"{remnant.reference} is recorded, documented by {row.reference}.")


REMNANT = (*remnants.RemnantFacts.__dataclass_fields__,)
COMPONENT = (*remnants.ComponentFacts.__dataclass_fields__,)


@remains.command("list")
@pass_door
def list_remnants(door: Door) -> None:
    """List remains, newest first."""
    columns = ("reference", "munition", "confidence", "found", "position", "is_handled")
    with door.reading() as (session, actor):
        answer = [shown(door, row, columns) for row in queries.list_remnants(session, actor=actor)]
    door.table(answer, columns)


@remains.command("show")
@click.argument("reference")
@pass_door
def show_remnant(door: Door, reference: str) -> None:
    """Show remains and their parts."""
    with door.reading() as (session, actor):
        row = queries.find_remnant(session, reference, actor=actor)
        parts = remnants.components_of(session, row, actor=actor)
        answer = shown(door, row, ("reference", *REMNANT, "version"))
        answer["components"] = [shown(door, part, ("id", *COMPONENT, "version")) for part in parts]
    door.note_reading(f"remnant {row.reference}", row.level)
    door.show(answer)


@remains.command("amend")
@click.argument("reference")
@click.option("--from", "source_file", required=True, help="Changed facts: JSON or TOML file, or '-'.")
@click.option("--version", "expected", type=int, help="Version you read; a newer one is not overwritten.")
@pass_door
def amend_remnant(door: Door, reference: str, source_file: str, expected: int | None) -> None:
    """Correct what is stated about remains."""
    changes = read_changes(remnants.RemnantFacts, door.facts(source_file))
    with door.acting() as (session, actor):
        row = queries.find_remnant(session, reference, actor=actor)
        remnants.amend_remnant(session, row, changes, actor=actor, expected_version=expected)
        answer = {"reference": row.reference, "version": row.version}
    door.say(answer, f"{row.reference} is amended; this is version {row.version}.")


parts_of = group("component", "Components: marked parts inside remains.")


@parts_of.command("add")
@click.argument("remnant_reference", metavar="REMNANT")
@click.option("--trademark-image", help="Exhibit that shows the trademark.")
@click.option("--company", help="Id of the company it points to.")
@click.option("--from", "source_file", required=True, help="Facts of the part: JSON or TOML file, or '-'.")
@pass_door
def add_component(
    door: Door, remnant_reference: str, trademark_image: str | None, company: str | None, source_file: str
) -> None:
    """Record a marked part."""
    facts = read_facts(remnants.ComponentFacts, door.facts(source_file))
    with door.acting() as (session, actor):
        row = queries.find_remnant(session, remnant_reference, actor=actor)
        image = queries.find_exhibit(session, trademark_image, actor=actor) if trademark_image else None
        maker = get(session, Company, _uuid(company), actor=actor) if company is not None else None
        part = remnants.add_component(session, row, facts, trademark_image=image, company=maker, actor=actor)
        answer = {"id": str(part.id), "remnant": row.reference, "description": part.description}
    door.say(answer, f"{part.description} is recorded in {row.reference}.")


@parts_of.command("amend")
@click.argument("component_id", metavar="ID")
@click.option("--company", help="Id of the company it points to.")
@click.option("--from", "source_file", required=True, help="Changed facts: JSON or TOML file, or '-'.")
@click.option("--version", "expected", type=int, help="Version you read; a newer one is not overwritten.")
@pass_door
def amend_component(
    door: Door, component_id: str, company: str | None, source_file: str, expected: int | None
) -> None:
    """Correct what is stated about a part."""
    changes = read_changes(remnants.ComponentFacts, door.facts(source_file))
    with door.acting() as (session, actor):
        part = get(session, Component, _uuid(component_id), actor=actor)
        maker = get(session, Company, _uuid(company), actor=actor) if company is not None else None
        remnants.amend_component(
            session, part, changes, company=maker, actor=actor, expected_version=expected
        )
        answer = {"id": str(part.id), "version": part.version}
    door.say(answer, f"The part is amended; this is version {part.version}.")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise InvalidInput(f"{text!r} is not an id.", advice="Copy it from the list.") from error


COMMANDS: tuple[click.Command, ...] = (remains, parts_of)
