"""Packages: what people mostly mean, in plain words, and the cells that it stands for.

``packages.yaml`` holds every version that was ever offered; a version that was used is
never edited, since events name it. ``packages.schema.json`` is checked at every load.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import jsonschema
import yaml

from evidence_tracker.casework.consent.models import IdentityLevel, Use
from evidence_tracker.casework.parties.models import RecipientClass
from evidence_tracker.errors import InvalidInput

_FOLDER = "evidence_tracker.casework.consent"


@dataclass(frozen=True)
class PackageCell:
    """One recipient, one use, one level."""

    recipient_class: RecipientClass
    use: Use
    identity_level: IdentityLevel


@dataclass(frozen=True)
class Package:
    """One version of a package; ``texts`` are the words for the person, by language."""

    key: str
    version: int
    title: str
    texts: Mapping[str, str]
    cells: tuple[PackageCell, ...]

    @property
    def text_version(self) -> str:
        """Return how an event names the words that were read to the person."""
        return f"package {self.key} {self.version}"


def packages() -> list[Package]:
    """Return the newest version of each package, in the order they are offered."""
    newest: dict[str, Package] = {}
    for package in every_version():
        if package.key not in newest or package.version > newest[package.key].version:
            newest[package.key] = package
    return list(newest.values())


def find_package(key: str, version: int | None = None) -> Package:
    """Return a package by its key, the newest version where none is stated."""
    offered = packages() if version is None else every_version()
    for package in offered:
        if package.key == key and version in {None, package.version}:
            return package
    raise InvalidInput(
        f"There is no package {key!r}{'' if version is None else f' of version {version}'}.",
        advice=f"Choose one of: {', '.join(package.key for package in packages())}.",
    )


@cache
def every_version() -> tuple[Package, ...]:
    """Return every version of every package, as the file lists them."""
    folder = resources.files(_FOLDER)
    data = yaml.safe_load(folder.joinpath("packages.yaml").read_text("utf-8"))
    schema = json.loads(folder.joinpath("packages.schema.json").read_text("utf-8"))
    return read_packages(data, schema)


def read_packages(data: Any, schema: Mapping[str, Any]) -> tuple[Package, ...]:
    """Return the packages of a parsed file; refuses one that does not follow the schema."""
    try:
        jsonschema.validate(data, schema, cls=jsonschema.Draft202012Validator)
    except jsonschema.ValidationError as error:
        raise InvalidInput(
            f"The list of consent packages is wrong at {error.json_path}: {error.message}"
        ) from error
    found = tuple(_package(entry) for entry in data["packages"])
    if len({(package.key, package.version) for package in found}) != len(found):
        raise InvalidInput("The list of consent packages has one version of a package twice.")
    return found


def _package(entry: Mapping[str, Any]) -> Package:
    cells = [
        PackageCell(RecipientClass(recipient), Use(use), IdentityLevel(block["identity_level"]))
        for block in entry["cells"]
        for recipient in block["recipients"]
        for use in block["uses"]
    ]
    if len({(cell.recipient_class, cell.use) for cell in cells}) != len(cells):
        raise InvalidInput(f"The package {entry['key']!r} speaks twice of one recipient and use.")
    return Package(entry["key"], entry["version"], entry["title"], dict(entry["texts"]), tuple(cells))
