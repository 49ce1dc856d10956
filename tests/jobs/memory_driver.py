"""Takes a file in, or writes a bundle of all that was taken in, and says what memory it took at most.

Run as a program, since a peak is never forgotten: ``intake`` or ``bundle``, the folder of an instance,
the file or the folder for the bundles. Prints MiB.
"""

import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyrage
from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker import tables  # noqa: F401 - all models
from evidence_tracker.access.models import Compartment
from evidence_tracker.casework.exhibits.facts import ExhibitFacts
from evidence_tracker.casework.exhibits.folders import receive_file
from evidence_tracker.casework.exhibits.intake import receive_exhibit
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.submissions.building import entries
from evidence_tracker.casework.submissions.sealing import Prepared, exhibit_file
from evidence_tracker.casework.submissions.writing import write
from evidence_tracker.custody.events import Actor
from evidence_tracker.custody.vault import Deposited
from evidence_tracker.instance import Instance, open_instance
from evidence_tracker.keys.unlockers import CHEAP, Passphrase
from tests.cast import PASSPHRASE, gather


def intake(instance: Instance, file: Path) -> None:
    """Take one file in, as a door does."""
    with instance.reading() as session:
        cast = gather(session)

    @contextmanager
    def acting() -> Iterator[tuple[Session, Actor]]:
        with instance.transaction() as session:
            yield session, cast.amina

    def receive(session: Session, actor: Actor, deposited: Deposited, name: str) -> Exhibit:
        return receive_exhibit(
            session,
            instance.vault,
            deposited,
            facts=ExhibitFacts(),
            actor=actor,
            compartment=session.get_one(Compartment, cast.mission),
            original_name=name,
        )

    receive_file(file, vault=instance.vault, acting=acting, receive=receive)


def bundle(instance: Instance, folder: Path) -> None:
    """Compute the payload and write it, encrypted and in clear."""
    key = str(pyrage.x25519.Identity.generate().to_public())
    with instance.reading() as session:
        files = {}
        for number, exhibit in enumerate(session.scalars(select(Exhibit)), start=1):
            item = {
                "blob": str(exhibit.blob_id),
                "sha256": exhibit.sha256,
                "size": exhibit.size_bytes,
                "number": f"EX-{number:04d}",
            }
            files[f"data/exhibits/EX-{number:04d}.bin"] = exhibit_file(
                session, instance.vault, item, lambda _size: None
            )
        listed = entries(Prepared({}, "", files), {})
        for recipients in ([key], []):
            write(folder, "KYI-B-MEMORY", listed, recipients).path.unlink()


def peak_mib() -> int:
    """Return the most memory this process has held.

    ``getrusage`` would count what the process held that started this one.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) >> 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 20


def main(what: str, path: Path, target: Path) -> None:
    """Do one of the two and print the peak."""
    instance = open_instance(path, Passphrase(PASSPHRASE, CHEAP))
    {"intake": intake, "bundle": bundle}[what](instance, target)
    instance.close()
    sys.stdout.write(f"{peak_mib()}\n")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
