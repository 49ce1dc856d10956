"""Takes files in, one act each, and dies at one of the eight points of a write (run as a program).

Arguments: instance folder, write point, at which file. Prints the digest of each file that
was acknowledged, flushed, as a door would.
"""

import io
import os
import sys
from pathlib import Path

from evidence_tracker import tables  # noqa: F401 - all models
from evidence_tracker.access.models import Compartment
from evidence_tracker.casework.exhibits.facts import ExhibitFacts
from evidence_tracker.casework.exhibits.intake import receive_exhibit
from evidence_tracker.casework.exhibits.models import SourceKind
from evidence_tracker.instance import open_instance
from evidence_tracker.keys.unlockers import CHEAP, Passphrase
from evidence_tracker.writepoints import WritePoint, observe, reached
from tests.cast import PASSPHRASE, gather


def content(number: int) -> bytes:
    """Return the bytes of one file, larger than a chunk."""
    return bytes([number]) * 40_000 + b"fictional"


def main(path: Path, point: WritePoint, at: int) -> None:
    """Take five files in and die on the way."""
    instance = open_instance(path, Passphrase(PASSPHRASE, CHEAP))
    with instance.reading() as session:
        cast = gather(session)
    current = 0

    def die(reached_point: WritePoint) -> None:
        if reached_point is point and current == at:
            os._exit(9)

    observe(die)
    for current in range(1, 6):
        deposited = instance.vault.deposit(io.BytesIO(content(current)))
        with instance.transaction() as session:
            receive_exhibit(
                session,
                instance.vault,
                deposited,
                facts=ExhibitFacts(source_kind=SourceKind.OWN),
                compartment=session.get_one(Compartment, cast.mission),
                actor=cast.amina,
            )
        sys.stdout.write(f"{deposited.sha256}\n")
        sys.stdout.flush()
        reached(WritePoint.ANSWERED)


if __name__ == "__main__":
    main(Path(sys.argv[1]), WritePoint(sys.argv[2]), int(sys.argv[3]))
