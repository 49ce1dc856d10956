"""The whole intake of one file (SHA-256, cipher, fsync, rows, events) beside doing it by hand.

    python benchmarks/intake.py [--mib 4096] [--rounds 3] [--in FOLDER]

Yardsticks in the same run: ``cp; sync`` (limit 2.5) and ``openssl dgst -sha256; age -r`` (limit 0.8).
Memory: how much more a file of ``--mib`` takes than one of 64 MiB, each in a process of its own
(limit 64 MiB). Exit status 0 within the limits, 1 beyond.
"""

import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

from ways import PASSPHRASE, fill, furnished, judge, medians, options, peak_mib, place, run

from evidence_tracker.access.models import Account, Compartment
from evidence_tracker.casework.exhibits.facts import ExhibitFacts
from evidence_tracker.casework.exhibits.intake import receive_exhibit
from evidence_tracker.custody.events import Actor, Door
from evidence_tracker.instance import Instance, open_instance
from evidence_tracker.keys.unlockers import CHEAP, Passphrase

SMALL_MIB = 64
MOST_MEMORY_MIB = 64


def take_in(instance: Instance, actor: Actor, file: Path) -> None:
    """Do what the door does for one file."""
    with file.open("rb", buffering=0) as stream:
        deposited = instance.vault.deposit(stream)
    with instance.transaction() as session:
        receive_exhibit(
            session,
            instance.vault,
            deposited,
            facts=ExhibitFacts(),
            compartment=session.query(Compartment).first(),
            actor=actor,
        )


def main() -> int:
    """Measure and print."""
    if sys.argv[1:2] == ["--once"]:
        return once(Path(sys.argv[2]), Path(sys.argv[3]))
    chosen = options(__doc__, mib=4096, rounds=3)
    with place(chosen.folder) as folder:
        large = fill(folder / "large", chosen.mib)
        run("age-keygen", "-o", folder / "key")
        recipient = subprocess.run(
            ["age-keygen", "-y", str(folder / "key")], check=True, capture_output=True, text=True
        ).stdout.strip()
        instance, actor = furnished(folder / "instance")

        def ours() -> None:
            # A file of its own each round: equal bytes would be shared and thrown away again.
            with large.open("r+b") as stream:
                stream.write(uuid4().bytes)
            take_in(instance, actor, large)

        def copy() -> None:
            target = folder / f"copy-{uuid4().hex}"
            run("cp", large, target)
            run("sync", target)

        def by_hand() -> None:
            run("openssl", "dgst", "-sha256", large)
            run("age", "-r", recipient, "-o", folder / f"age-{uuid4().hex}", large)

        def tidy() -> None:
            # Gigabytes of each round; what is in the vault stays.
            for made in (*folder.glob("copy-*"), *folder.glob("age-*")):
                made.unlink()
            os.sync()

        ways = {"intake": ours, "cp; sync": copy, "openssl dgst; age": by_hand}
        found = medians(ways, chosen.rounds, tidy)
        print(f"one file of {chosen.mib} MiB, median of {chosen.rounds}")
        status = judge("intake", found, {"cp; sync": 2.5, "openssl dgst; age": 0.8})
        instance.close()
        slope = memory(folder, large) - memory(folder, fill(folder / "small", SMALL_MIB))
        print(
            f"  memory: {slope} MiB more for {chosen.mib} MiB than for {SMALL_MIB} MiB (limit {MOST_MEMORY_MIB})"
        )
        return status | int(slope > MOST_MEMORY_MIB)


def memory(folder: Path, file: Path) -> int:
    """Return the peak memory, in MiB, of a process that takes one file in."""
    done = subprocess.run(
        [sys.executable, __file__, "--once", str(folder / "instance"), str(file)],
        check=True,
        capture_output=True,
        text=True,
    )
    return int(done.stdout)


def once(path: Path, file: Path) -> int:
    """Take one file in and print the peak memory of this process."""
    instance = open_instance(path, Passphrase(PASSPHRASE, CHEAP))
    with instance.reading() as session:
        account = session.query(Account).filter_by(login="bench").one()
    take_in(instance, Actor(account.id, "bench", Door.COMMAND_LINE), file)
    print(peak_mib())
    return 0


if __name__ == "__main__":
    sys.exit(main())
