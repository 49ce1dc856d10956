"""Crime categories: browsing the published packs and checking one that is being written."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from evidence_tracker.access.stated import fold
from evidence_tracker.casework.allegations import strict_yaml
from evidence_tracker.casework.allegations.categories import CrimeCategory, Pack
from evidence_tracker.casework.allegations.jurisdiction import Fit, When
from evidence_tracker.casework.allegations.packs import check_correspondences, library, read_pack
from evidence_tracker.cli.door import Door, group, pass_door
from evidence_tracker.errors import InvalidInput
from evidence_tracker.values.moment import Moment

crime = group("crime", "Crime categories: versioned packs of codes, elements and modes of liability.")
language = click.option(
    "--language", default="en", show_default=True, help="Language of the labels, where there."
)


@crime.command("list")
@click.option("--pack", "pack_id", default="rome-statute", show_default=True, help="Pack, or pack@version.")
@click.option("--under", help="Only this code and what lies below it.")
@click.option("--topic", help="Only categories of this topic: detention, crsv, attack, children ...")
@click.option("--at", "when", help="Only what may have been in force at this date.")
@click.option("--search", help="Only labels with these words, in any language.")
@language
@pass_door
def list_all(
    door: Door,
    pack_id: str,
    under: str | None,
    topic: str | None,
    when: str | None,
    search: str | None,
    language: str,
) -> None:
    """List the categories of a pack."""
    pack = _pack(pack_id)
    rows = list(pack.under(under)) if under else list(pack.categories.values())
    span = When.of(Moment.parse(when)) if when else None
    chosen = [
        row
        for row in rows
        if (topic is None or topic in row.topics)
        and (span is None or span.fit(row.valid_from, row.valid_to) is not Fit.OUTSIDE)
        and (search is None or any(fold(search) in fold(text) for text in row.label.values()))
    ]
    columns = ("code", "label", "elements", "in_force", "caution")
    door.table([_line(row, language) for row in chosen], columns, empty="No category is like that.")


@crime.command("show")
@click.argument("category")
@language
@pass_door
def show(door: Door, category: str, language: str) -> None:
    """Show a category (PACK:CODE): elements, dates, correspondences and what is not certain."""
    pack, code = library().resolve(category)
    row = pack.category(code)
    data = _whole(pack, row)
    if door.is_json:
        door.show(data)
        return
    for line in _readable(pack, row, language):
        click.echo(line)


@crime.command("packs")
@pass_door
def packs(door: Door) -> None:
    """List the published packs with their digests."""
    rows = [
        {
            "pack": pack.name,
            "title": _label(pack.title, "en"),
            "status": pack.status,
            "categories": len(pack.categories),
            "modes": len(pack.modes),
            "sha256": pack.sha256,
        }
        for pack in library().packs.values()
    ]
    door.table(rows, ("pack", "title", "status", "categories", "modes", "sha256"))


@crime.command("modes")
@click.option("--pack", "pack_id", default="rome-statute", show_default=True, help="Pack, or pack@version.")
@language
@pass_door
def modes(door: Door, pack_id: str, language: str) -> None:
    """List the modes of liability of a pack."""
    rows = [
        {
            "code": mode.code,
            "label": _label(mode.label, language),
            "variants": list(mode.variants),
            "only_for": list(mode.only_for),
            "caution": mode.certainty.caution,
        }
        for mode in _pack(pack_id).modes.values()
    ]
    door.table(rows, ("code", "label", "variants", "only_for", "caution"), empty="This pack has no modes.")


@crime.command("validate")
@click.argument("file", type=click.Path(path_type=Path))
@pass_door
def validate(door: Door, file: Path) -> None:
    """Check a pack that is being written; nothing is published by it."""
    try:
        with file.open("rb") as stream:
            data = stream.read(strict_yaml.MAX_BYTES + 1)
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror}.") from error
    pack = read_pack(data)
    check_correspondences(pack, library().newest)
    answer = {
        "pack": pack.name,
        "categories": len(pack.categories),
        "modes": len(pack.modes),
        "sha256": pack.sha256,
    }
    door.say(answer, f"{pack.name} is sound: {len(pack.categories)} categories, {len(pack.modes)} modes.")


def _pack(named: str) -> Pack:
    pack_id, _, version = named.partition("@")
    return library().pack(pack_id, version or None)


def _label(label: Any, language: str) -> str:
    return str(label.get(language) or label.get("en") or next(iter(label.values())))


def _in_force(row: CrimeCategory) -> str | None:
    if row.valid_from is None and row.valid_to is None:
        return None
    return f"{row.valid_from or ''}–{row.valid_to or ''}"


def _line(row: CrimeCategory, language: str) -> dict[str, Any]:
    return {
        "code": row.code,
        "label": _label(row.label, language),
        "level": row.level,
        "elements": len(row.elements),
        "in_force": _in_force(row),
        "caution": row.certainty.caution,
    }


def _whole(pack: Pack, row: CrimeCategory) -> dict[str, Any]:
    return {
        "pack": pack.name,
        "code": row.code,
        "parent": row.parent,
        "level": row.level,
        "label": dict(row.label),
        "confidence": row.certainty.value,
        "caution": row.certainty.caution,
        "valid_from": str(row.valid_from) if row.valid_from else None,
        "valid_to": str(row.valid_to) if row.valid_to else None,
        "topics": list(row.topics),
        "note": row.note,
        "needs_ihl_basis": row.needs_ihl_basis,
        "ihl_provisions": list(pack.ihl_provisions) if row.needs_ihl_basis else [],
        "basis": [{"instrument": part.instrument, "articles": list(part.articles)} for part in row.basis],
        "maps_to": [
            {
                "code": f"{target.pack_id}:{target.code}",
                "relation": target.relation.value,
                "confidence": target.certainty.value,
            }
            for target in row.maps_to
        ],
        "elements": [{"n": one.n, "kind": one.kind.value, "text": one.text} for one in row.elements],
        "below": list(pack.children.get(row.code, ())),
    }


def _readable(pack: Pack, row: CrimeCategory, language: str) -> Iterator[str]:
    yield f"{pack.name}:{row.code}  {_label(row.label, language)}"
    if row.certainty.caution:
        yield f"NOT A FACT TO CITE: {row.certainty.caution}."
    if _in_force(row):
        yield f"In force: {_in_force(row)}"
    if row.note:
        yield f"Note: {row.note}"
    if row.needs_ihl_basis:
        yield f"Name the treaty articles, such as {', '.join(pack.ihl_provisions)}."
    for part in row.basis:
        yield f"{part.instrument} {', '.join(part.articles)}".rstrip()
    for target in row.maps_to:
        caution = f" ({target.certainty.caution})" if target.certainty.caution else ""
        yield f"{target.relation.value}: {target.pack_id}:{target.code}{caution}"
    for one in row.elements:
        yield f"{one.n:>3}  {one.kind.value:<10}  {one.text}"
    below = pack.children.get(row.code, ())
    if below:
        yield f"Below it: {', '.join(below)}"
    if not row.elements and not below:
        yield "This pack lists no elements for it; evidence is weighed against the category as a whole (0)."
