"""How the cells, the items and the circumstances of consent are said on the command line."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import click
from sqlalchemy.orm import Session

from evidence_tracker.access import records
from evidence_tracker.access.models import Record
from evidence_tracker.access.stated import word
from evidence_tracker.casework.consent.models import ConsentForm, IdentityLevel, Use
from evidence_tracker.casework.consent.statements import FACTS, Cell
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.interviews.models import Interview
from evidence_tracker.casework.osint.models import Capture
from evidence_tracker.casework.parties.models import Party, RecipientClass
from evidence_tracker.casework.parties.queries import find_party
from evidence_tracker.casework.persons.queries import find_person
from evidence_tracker.cli.door import Door
from evidence_tracker.cli.stating import facts, options, told, words
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import InvalidInput

# What consent can be limited to, by the letter of the series in its reference.
ITEMS: dict[str, type[Record]] = {"E": Exhibit, "I": Interview, "C": Capture}
ANY = "any"
CELL_ADVICE = "Write RECIPIENT:USE:LEVEL, such as icc-otp:court:full or KYI-P-0001:analysis:pseudonym."

circumstances = options(
    click.option("--form", type=words(ConsentForm), help="How it was expressed."),
    click.option("--language", help="Language in which the person was spoken to (uk, crh-Latn)."),
    click.option("--by", "obtained_by", help="Who obtained it; by default you."),
    click.option("--on", "obtained", help="When, as exactly as is known; by default now."),
    click.option("--interpreter", help="Interpreter, by a staff code."),
    click.option("--witness", help="Witness, by a staff code."),
    click.option("--text-version", help="Version of the words that were read to the person."),
    click.option("--conditions", help="What the person asks for, in their own words."),
    click.option("--evidence", help="Reference of the exhibit that shows it (form, recording)."),
)
permission = options(
    click.option(
        "--capable", "capacity_ok", is_flag=True, default=None, help="The person is able to consent."
    ),
    click.option("--expires-on", help="Last day on which it holds."),
    click.option("--guardian", help="Code of a child's guardian."),
    click.option(
        "--guardian-checked",
        "is_guardian_conflict_checked",
        is_flag=True,
        default=None,
        help="It was checked that the guardian has no conflict with the child.",
    ),
    click.option("--assent/--no-assent", "child_assent", default=None, help="What the child says."),
    click.option("--best-interest", help="Why it is in the child's best interest."),
)
cells = click.option(
    "--cell",
    "cells",
    multiple=True,
    help="RECIPIENT:USE:LEVEL; a class or the reference of a party. Can be repeated.",
)
broad_cells = click.option(
    "--cell",
    "cells",
    multiple=True,
    help="RECIPIENT:USE, 'any' for all; without it, everything. Can be repeated.",
)
items = click.option(
    "--item", "items", multiple=True, help="Only this exhibit, interview or capture. Can be repeated."
)

__all__ = ["broad_cells", "cells", "circumstances", "facts", "items", "permission"]


def said(door: Door, given: dict[str, Any]) -> dict[str, Any]:
    """Return the facts of an act of consent from its options and its file."""
    stated = told(door, given.pop("source"), given.pop("settings"), {name: given.get(name) for name in FACTS})
    return {"obtained": door.instance.clock.now(), **stated}


def by_whom(stated: dict[str, Any], actor: Actor) -> dict[str, Any]:
    """Return the facts with the acting person as the one who obtained it, where nobody is named."""
    return {"obtained_by": actor.login, **stated}


def read_cells(
    session: Session, texts: Sequence[str], item_references: Sequence[str], *, actor: Actor, is_broad: bool
) -> list[Cell]:
    """Return cells from their texts; ``is_broad`` reads "any" and needs no level."""
    only = read_items(session, item_references, actor=actor)
    return [_cell(session, text, only, actor=actor, is_broad=is_broad) for text in texts]


def read_items(session: Session, references: Sequence[str], *, actor: Actor) -> tuple[UUID, ...]:
    """Return the ids of exhibits, interviews and captures that this actor may see."""
    return tuple(_item(session, reference.strip(), actor) for reference in references)


def found_of(session: Session, given: dict[str, Any], *, actor: Actor, with_guardian: bool) -> dict[str, Any]:
    """Return the records that the options name: the evidence, and for a permission the guardian."""
    evidence, guardian = given.get("evidence"), given.get("guardian")
    found: dict[str, Any] = {
        "evidence": records.find(session, Exhibit, evidence, actor=actor) if evidence else None
    }
    if with_guardian:
        found["guardian"] = find_person(session, guardian, actor=actor) if guardian else None
    return found


def _cell(session: Session, text: str, only: tuple[UUID, ...], *, actor: Actor, is_broad: bool) -> Cell:
    parts = [part.strip() for part in text.split(":")]
    if len(parts) != (2 if is_broad else 3) or not all(parts):
        advice = (
            "Write RECIPIENT:USE, such as media-public:any or any:public-report." if is_broad else CELL_ADVICE
        )
        raise InvalidInput(f"{text!r} is no cell of consent.", advice=advice)
    level = None if is_broad else word(IdentityLevel)(parts[2], "identity level")
    return Cell(_recipient(session, parts[0], actor, is_broad), _use(parts[1], is_broad), level, only)


def _recipient(session: Session, text: str, actor: Actor, is_broad: bool) -> RecipientClass | Party | None:
    if is_broad and text.lower() == ANY:
        return None
    if "-P-" in text.upper():
        return find_party(session, text.upper(), actor=actor)
    return word(RecipientClass)(text, "class of recipients")


def _use(text: str, is_broad: bool) -> Use | None:
    return None if is_broad and text.lower() == ANY else word(Use)(text, "use")


def _item(session: Session, reference: str, actor: Actor) -> UUID:
    parts = reference.split("-")
    model = ITEMS.get(parts[-2]) if len(parts) > 2 else None
    if model is None:
        raise InvalidInput(
            f"{reference!r} is no item.", advice="Name exhibits, interviews or captures, such as KYI-E-0031."
        )
    return records.find(session, model, reference, actor=actor).id
