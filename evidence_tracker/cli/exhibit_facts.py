"""Options that several commands about exhibits share, and how they become facts."""

from typing import Any

import click
from sqlalchemy.orm import Session

from evidence_tracker.access.compartments import find_compartment
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Compartment
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.exhibits.models import ExhibitKind, PhotoView, Retention, SourceKind
from evidence_tracker.casework.exhibits.physical import Photo
from evidence_tracker.casework.exhibits.queries import find_exhibit
from evidence_tracker.casework.missions.models import Mission
from evidence_tracker.casework.missions.queries import find_mission
from evidence_tracker.cli.door import Door
from evidence_tracker.cli.stating import options, words
from evidence_tracker.custody.events import Actor
from evidence_tracker.db import as_json
from evidence_tracker.errors import InvalidInput
from evidence_tracker.values.moment import Moment
from evidence_tracker.values.place import Place

PLACE = ("latitude", "longitude", "precision_m", "how_known")
LEVEL = click.Choice([level.value for level in Level], case_sensitive=False)


facts_file = click.option(
    "--from", "source_file", help="Read facts from this JSON or TOML file ('-': standard input)."
)
governance = options(
    click.option("--level", type=LEVEL, help="Level of confidentiality; by default the parent's."),
    click.option("--purpose", help="Purpose of the processing; by default the parent's."),
    click.option("--legal-basis", help="Legal basis of the processing; by default the parent's."),
)
home = options(
    click.option("--mission", help="Reference of the mission it comes from."),
    click.option("--compartment", help="Reference of the compartment, where there is no mission."),
    governance,
)
where_and_when = options(
    click.option(
        "--collected", help="When it was collected, as exactly as is known (2022-03-12T14:30, 2022-03)."
    ),
    click.option("--zone", help="Time zone of --collected (Europe/Kyiv, +03:00)."),
    click.option("--zone-basis", help="Why that zone (whose clock)."),
    click.option("--place", help="Name of the place as it was stated."),
    click.option("--latitude", help="WGS84 latitude in decimal degrees."),
    click.option("--longitude", help="WGS84 longitude in decimal degrees."),
    click.option("--precision-m", type=int, help="Radius of the position in metres."),
    click.option("--how-known", help="How the position is known (GPS of the camera, geolocated)."),
)
about = options(
    click.option("--kind", type=words(ExhibitKind), help="Kind of exhibit; by default from the media type."),
    click.option("--title", help="Neutral title, without names; by default its kind."),
    click.option("--description", help="What it is."),
    click.option("--received-from", help="Who handed it over (a code or an organisation)."),
    click.option("--source-kind", type=words(SourceKind), help="What kind of source it came from."),
    click.option("--method", help="How it was collected."),
    where_and_when,
    click.option("--collected-by", help="Who collected it (code or login)."),
    click.option("--device", help="Device it was made or collected with."),
    click.option("--device-clock-offset-s", type=int, help="Seconds the device's clock was ahead."),
    click.option("--language", help="Language of its content (BCP 47: uk, kk-Cyrl)."),
    click.option("--retention", type=words(Retention), help="Retention class."),
    click.option("--graphic", "is_graphic", is_flag=True, default=None, help="It shows what may disturb."),
    facts_file,
)


photo_views = click.option(
    "--photo",
    "photos",
    multiple=True,
    metavar="VIEW=REFERENCE",
    help="A photo and what it shows (in-situ=KYI-E-0004).",
)


def facts_of(door: Door, source_file: str | None, told: dict[str, Any]) -> dict[str, Any]:
    """Return the facts of a file with those of the options put over them; unset options say nothing."""
    said = {name: value for name, value in told.items() if value is not None and value != ()}
    facts = door.facts(source_file) if source_file is not None else {}
    if "collected" in said:
        facts["collected"] = {"value": said.pop("collected"), **_zone(said)}
    position = {name: said.pop(name) for name in PLACE if name in said}
    if "place" in said or position:
        facts["place"] = {"name": said.pop("place", ""), **position}
    return facts | said


def _zone(said: dict[str, Any]) -> dict[str, Any]:
    return {name: said.pop(name) for name in ("zone", "zone_basis") if name in said}


def moment(text: str | None, zone: str | None = None) -> Moment | None:
    """Return an option's date, None where it was not given."""
    return Moment.parse(text, zone=zone) if text is not None else None


def rules(base: Governance, level: str | None, purpose: str | None, legal_basis: str | None) -> Governance:
    """Return ``base`` with what the options state instead."""
    return Governance(
        Level(level.upper()) if level is not None else base.level,
        purpose if purpose is not None else base.purpose,
        legal_basis if legal_basis is not None else base.legal_basis,
    )


def destination(session: Session, actor: Actor, told: dict[str, Any]) -> dict[str, Any]:
    """Return where the options of ``home`` put a new record: mission or compartment, and governance."""
    mission: Mission | None = None
    compartment: Compartment | None = None
    if told.get("mission") is not None:
        mission = find_mission(session, told["mission"], actor=actor)
    if told.get("compartment") is not None:
        compartment = find_compartment(session, told["compartment"], actor=actor)
    base = Governance.of(mission) if mission is not None else Governance()
    stated = rules(base, told.get("level"), told.get("purpose"), told.get("legal_basis"))
    return {"mission": mission, "compartment": compartment, "governance": stated}


HOME = ("mission", "compartment", "level", "purpose", "legal_basis")


def split_home(told: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the options of ``home`` and the rest."""
    return (
        {name: told[name] for name in HOME if name in told},
        {name: value for name, value in told.items() if name not in HOME},
    )


def shown(door: Door, row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """Return fields of a record: exact values in JSON, readable ones in text."""
    return {name: as_shown(door, getattr(row, name)) for name in names}


def as_shown(door: Door, value: Any) -> Any:
    """Return one value as JSON, or as a person reads it."""
    if not door.is_json and isinstance(value, Moment | Place):
        return str(value)
    return as_json(value)


def photos_stated(session: Session, stated: tuple[str, ...], actor: Actor) -> list[Photo]:
    """Return the photos that ``--photo VIEW=REFERENCE`` names."""
    found = []
    for text in stated:
        view, separator, reference = text.partition("=")
        if not separator or view not in set(PhotoView):
            raise InvalidInput(
                f"{text!r} is not VIEW=REFERENCE.", advice=f"Views are: {', '.join(PhotoView)}."
            )
        found.append(Photo(find_exhibit(session, reference, actor=actor), PhotoView(view)))
    return found


def governed(told: dict[str, Any]) -> dict[str, Any]:
    """Return the stated level, purpose and legal basis as changes."""
    changes = {name: told[name] for name in ("purpose", "legal_basis") if told.get(name) is not None}
    if told.get("level") is not None:
        changes["level"] = Level(told["level"].upper())
    return changes
