"""Packs of crime categories: YAML files in ``packs/``, read once, never changed once published.

What an allegation pins is (pack id, version, code) and the digest of the file.
``packs/published.json`` holds the digest of every published pack; a file that differs from
it is not read. Format and rules: docs/reference/packs.md.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from evidence_tracker.casework.allegations import strict_yaml
from evidence_tracker.casework.allegations.categories import (
    Basis,
    Certainty,
    Correspondence,
    CrimeCategory,
    Element,
    ElementKind,
    Library,
    Mode,
    Pack,
    Relation,
    ihl_provision,
)
from evidence_tracker.errors import DigestMismatch, InvalidInput
from evidence_tracker.values.moment import Moment

FOLDER = Path(__file__).parent / "packs"
REGISTER = "published.json"
ADVICE = strict_yaml.ADVICE

Coded = TypeVar("Coded", CrimeCategory, Mode)


@cache
def library(folder: Path = FOLDER) -> Library:
    """Read every published pack; a file that is not what was published raises ``DigestMismatch``.

    The register lists the versions of a pack from the oldest to the newest.
    """
    packs = {}
    newest = {}
    for row in json.loads((folder / REGISTER).read_text("utf-8")):
        pack = _published(folder, row)
        packs[pack.id, pack.version] = pack
        newest[pack.id] = pack
    for pack in newest.values():
        check_correspondences(pack, newest)
    return Library(packs, newest)


def _published(folder: Path, row: Mapping[str, str]) -> Pack:
    data = (folder / row["file"]).read_bytes()
    if sha256(data).hexdigest() != row["sha256"]:
        raise DigestMismatch(
            f"The pack {row['id']}@{row['version']} is not the one that was published.",
            advice="Install this version of the program again; a changed pack is published as a new version.",
        )
    pack = read_pack(data)
    if (pack.id, pack.version) != (row["id"], row["version"]):
        raise DigestMismatch(f"{row['file']} holds {pack.name}, its register {row['id']}@{row['version']}.")
    return pack


def read_pack(data: bytes) -> Pack:
    """Read and check one pack; raises ``InvalidInput`` with the place and the reason."""
    content = checked(strict_yaml.read(data), "pack.schema.json")
    head = content["pack"]
    categories = _by_code(map(_category, content["entries"]))
    pack = Pack(
        id=head["id"],
        version=head["version"],
        title=head["title"],
        jurisdiction=head["jurisdiction"],
        status=head["status"],
        source=head["source"],
        licence=head["licence"],
        supersedes=head.get("supersedes"),
        sha256=sha256(data).hexdigest(),
        categories=categories,
        modes=_by_code(map(_mode, content.get("modes", []))),
        provisions={row["code"]: row["label"] for row in content.get("provisions", [])},
        ihl_provisions=tuple(ihl_provision(text) for text in content.get("ihl_provisions", [])),
        children=_children(categories),
    )
    _check_modes(pack)
    return pack


def checked(content: Any, schema: str) -> Any:
    """Return the content if it fits the schema, else ``InvalidInput`` that says where it does not."""
    error = best_match(_validator(schema).iter_errors(content))
    if error is not None:
        where = "/".join(str(part) for part in error.absolute_path) or "the file"
        raise InvalidInput(f"{where}: {error.message[:300]}", advice=ADVICE)
    return content


def check_correspondences(pack: Pack, published: Mapping[str, Pack]) -> None:
    """Refuse a correspondence to a category or mode that no published pack has."""
    owners: list[CrimeCategory | Mode] = [*pack.categories.values(), *pack.modes.values()]
    for owner in owners:
        for target in owner.maps_to:
            other = pack if target.pack_id == pack.id else published.get(target.pack_id)
            if other is None or not (target.code in other.categories or target.code in other.modes):
                raise InvalidInput(
                    f"{owner.code} maps to {target.pack_id}:{target.code}, which is not published.",
                    advice=ADVICE,
                )


@cache
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((FOLDER / schema).read_text("utf-8")))


def _by_code(rows: Iterable[Coded]) -> dict[str, Coded]:
    found: dict[str, Coded] = {}
    for row in rows:
        if row.code in found:
            raise InvalidInput(f"The code {row.code} stands twice.", advice=ADVICE)
        found[row.code] = row
    return found


def _children(categories: Mapping[str, CrimeCategory]) -> dict[str, tuple[str, ...]]:
    # A parent stands before its children, which also keeps circles out.
    children: dict[str, tuple[str, ...]] = {}
    seen: set[str] = set()
    for code, category in categories.items():
        if category.parent is not None:
            if category.parent not in seen:
                raise InvalidInput(
                    f"{code}: its parent {category.parent} does not stand before it.", advice=ADVICE
                )
            children[category.parent] = (*children.get(category.parent, ()), code)
        seen.add(code)
    return children


def _check_modes(pack: Pack) -> None:
    known: set[str] = set(pack.categories)
    for mode in pack.modes.values():
        for code in {mode.code, *mode.variants}:
            if code in known:
                raise InvalidInput(f"The code {code} stands twice.", advice=ADVICE)
            known.add(code)
        for code in mode.only_for:
            if code not in pack.categories:
                raise InvalidInput(
                    f"{mode.code} is only for {code}, which is no category here.", advice=ADVICE
                )


def _category(row: Mapping[str, Any]) -> CrimeCategory:
    elements = tuple(
        Element(part["n"], ElementKind(part["kind"]), part["text"]) for part in row.get("elements", [])
    )
    numbers = [element.n for element in elements]
    if numbers != list(range(1, len(numbers) + 1)):
        raise InvalidInput(
            f"{row['code']}: elements are numbered {numbers}, not 1 to {len(numbers)}.", advice=ADVICE
        )
    category = CrimeCategory(
        code=row["code"],
        parent=row["parent"],
        level=row["level"],
        label=row["label"],
        certainty=Certainty(row["confidence"]),
        article=row.get("article"),
        context=row.get("context"),
        adopted=row.get("adopted"),
        valid_from=date_of(row.get("valid_from")),
        valid_to=date_of(row.get("valid_to")),
        topics=tuple(row.get("topics", [])),
        note=row.get("note"),
        needs_ihl_basis=row.get("needs_ihl_basis", False),
        basis=tuple(Basis(part["instrument"], tuple(part["articles"])) for part in row.get("basis", [])),
        maps_to=_correspondences(row),
        elements=elements,
    )
    if is_reversed(category.valid_from, category.valid_to):
        raise InvalidInput(f"{category.code}: valid_to lies before valid_from.", advice=ADVICE)
    return category


def _mode(row: Mapping[str, Any]) -> Mode:
    return Mode(
        code=row["code"],
        label=row["label"],
        certainty=Certainty(row["confidence"]),
        variants=tuple(row.get("variants", [])),
        only_for=tuple(row.get("only_for", [])),
        valid_from=date_of(row.get("valid_from")),
        note=row.get("note"),
        maps_to=_correspondences(row),
    )


def _correspondences(row: Mapping[str, Any]) -> tuple[Correspondence, ...]:
    found = []
    for target in row.get("maps_to", []):
        pack_id, _, code = target["code"].partition(":")
        certainty = Certainty(target.get("confidence", Certainty.FAIR))
        found.append(Correspondence(pack_id, code, Relation(target["relation"]), certainty))
    return tuple(found)


def is_reversed(start: Moment | None, end: Moment | None) -> bool:
    """Say whether a period ends before it begins."""
    return start is not None and end is not None and end.bounds()[1] < start.bounds()[0]


def date_of(text: str | None) -> Moment | None:
    """Return a date of a pack as a span by the clock on the wall (see ``jurisdiction.When``)."""
    return None if text is None else Moment.parse(text, zone="UTC")
