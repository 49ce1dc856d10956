"""A real folder taken in: every file an exhibit, each digest held against one computed apart from the vault."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.progress import Progress
from sqlalchemy.orm import Session

from evidence_tracker.access.compartments import open_compartment
from evidence_tracker.access.models import Compartment, CompartmentKind, Role
from evidence_tracker.casework.exhibits import folders
from evidence_tracker.casework.exhibits.facts import ExhibitFacts
from evidence_tracker.casework.exhibits.intake import receive_exhibit
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.exhibits.names import kept
from evidence_tracker.cli.demonstration.world import LAWFUL, World
from evidence_tracker.custody.events import Actor
from evidence_tracker.custody.vault import Deposited


@dataclass(frozen=True)
class Folder:
    """The folder that is taken in, and whether it is the demonstration's own."""

    path: Path
    is_own: bool


def take_in(world: World, folder: Folder, bar: Progress) -> dict[str, Any]:
    """Take every file of a folder in; returns how many, what was not taken and whether all digests agree."""
    keep_out = [] if folder.is_own else [world.path]
    expected = dict(_digests(folder.path, keep_out))
    with world.acting("halyna") as (session, actor):
        place = open_compartment(
            session,
            kind=CompartmentKind.PROJECT,
            reference="KYI-PROJECT-1",
            title="A folder as it came",
            actor=actor,
        )
        world.homes["folder"] = place.id
    world.let_in("folder", {"marko": [Role.INVESTIGATOR]}, purpose="intake of a folder")
    taken, not_taken = _receive(world, folder.path, keep_out, bar, sum(size for _, size in expected.values()))
    world.examine()
    wrong = [path for path, digest in taken.items() if expected.get(path, ("", 0))[0] != digest]
    missing = [path for path in expected if path not in taken]
    world.expect.that(not wrong, f"The digest of {wrong[:1]} is not the one that hashlib gives.")
    world.expect.that(not missing, f"Not taken in: {missing[:1]}.")
    return {
        "path": str(folder.path),
        "name": "its own folder" if folder.is_own else f"{kept(folder.path.name)}/",
        "files": len(expected),
        "taken": len(taken),
        "bytes": sum(size for _, size in expected.values()),
        "agreed": not wrong and not missing,
        "not_taken": not_taken,
    }


def _digests(folder: Path, keep_out: Sequence[Path]) -> Iterator[tuple[str, tuple[str, int]]]:
    """Yield SHA-256 and size of each regular file by its path, computed without the vault."""
    for root, inner, names in os.walk(folder.resolve()):
        inner[:] = [name for name in inner if Path(root) / name not in keep_out]
        for name in names:
            path = Path(root) / name
            if path.is_symlink() or not path.is_file():
                continue
            with suppress(OSError), path.open("rb") as file:  # the intake says what cannot be read
                yield kept(path), (hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size)


def _receive(
    world: World, folder: Path, keep_out: Sequence[Path], bar: Progress, total: int
) -> tuple[dict[str, str], list[str]]:
    def take(session: Session, actor: Actor, deposited: Deposited, original: str) -> Exhibit:
        return receive_exhibit(
            session,
            world.instance.vault,
            deposited,
            facts=ExhibitFacts(received_from="a folder of this computer"),
            actor=actor,
            compartment=session.get_one(Compartment, world.homes["folder"]),
            governance=LAWFUL,
            original_name=original,
        )

    taken: dict[str, str] = {}
    not_taken: list[str] = []
    task, before = bar.add_task("taking in", total=total), [0]

    def count(_name: str, read: int, _size: int) -> None:
        bar.update(task, completed=before[0] + read)

    for result in folders.receive_paths(
        [folder],
        vault=world.instance.vault,
        acting=lambda: world.acting("marko"),
        receive=take,
        keep_out=keep_out,
        progress=count,
    ):
        if isinstance(result, folders.Taken):
            taken[result.path] = str(result.exhibit.sha256)
            before[0] += result.exhibit.size_bytes or 0
        else:
            not_taken.append(f"{result.path}: {result.error}")
            world.telling.now(not_taken[-1])
    return taken, not_taken
