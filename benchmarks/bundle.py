"""A bundle (SHA-256 and SHA-512 of every file, proofs, ZIP) beside ``zip -0`` of the plain files.

    python benchmarks/bundle.py [--mib 1024] [--files 500] [--rounds 3] [--in FOLDER]

One file of ``--mib`` and ``--files`` files of 64 KiB, in clear, synced. ``zip -0`` reads plain files and
is synced too; the bundle is decrypted from the vault. Limit 0.8.
"""

import os
import sys
from pathlib import Path
from uuid import uuid4

from ways import fill, furnished, judge, medians, options, place, run

from evidence_tracker.access.models import Compartment
from evidence_tracker.casework.submissions.building import entries
from evidence_tracker.casework.submissions.sealing import Prepared, exhibit_file
from evidence_tracker.casework.submissions.writing import write
from evidence_tracker.custody.events import Actor
from evidence_tracker.instance import Instance
from evidence_tracker.vault.models import Blob


def main() -> int:
    """Measure and print."""
    chosen = options(__doc__, mib=1024, files=500, rounds=3)
    with place(chosen.folder) as folder:
        plain = folder / "plain"
        plain.mkdir()
        fill(plain / "large", chosen.mib)
        for number in range(chosen.files):
            (plain / f"{number:06}").write_bytes(os.urandom(64 * 1024))
        os.sync()
        instance, actor = furnished(folder / "instance")
        take_in(instance, actor, plain)

        def ours() -> None:
            with instance.reading() as session:
                files = {}
                for number, blob in enumerate(session.query(Blob).all(), start=1):
                    item = {"blob": str(blob.id), "sha256": blob.sha256, "size": blob.size, "number": number}
                    files[f"data/exhibits/EX-{number:04d}/EX-{number:04d}.bin"] = exhibit_file(
                        session, instance.vault, item, lambda _size: None
                    )
                prepared = Prepared({}, "", files)
                tags = {
                    "manifest-sha256.txt": prepared.manifest_sha256,
                    "manifest-sha512.txt": prepared.manifest_sha512,
                }
                write(folder / "bundles", uuid4().hex, entries(prepared, tags), [])

        def by_zip() -> None:
            target = folder / f"{uuid4().hex}.zip"
            run("zip", "-0", "-q", "-r", target, plain)
            run("sync", target)

        found = medians({"bundle": ours, "zip -0; sync": by_zip}, chosen.rounds)
        print(f"{chosen.mib} MiB and {chosen.files} files of 64 KiB, median of {chosen.rounds}")
        status = judge("bundle", found, {"zip -0; sync": 0.8})
        instance.close()
        return status


def take_in(instance: Instance, actor: Actor, plain: Path) -> None:
    """Put every file into the vault."""
    for file in sorted(plain.iterdir()):
        with file.open("rb", buffering=0) as stream:
            deposited = instance.vault.deposit(stream)
        with instance.transaction() as session:
            home = session.query(Compartment).first()
            instance.vault.register(session, deposited, compartment_id=home.id, actor=actor)


if __name__ == "__main__":
    sys.exit(main())
