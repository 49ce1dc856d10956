"""How fast evidence is taken in, beside what an operator would do by hand.

    python benchmarks/intake_pipeline.py [--mib 1024] [--files 2000] [--rounds 3] [--in FOLDER]

Each round runs every way once, in turn, into fresh folders; nothing is deleted between rounds, since
freeing blocks slows the file systems measured. Ratios are of medians. The yardsticks:

* ``cp; sync``: the bytes on the device, with no digest and no cipher. Intake may take 2.5 times that.
* ``openssl dgst -sha256; age -r``: digest and cipher by two good programs, the result not yet synced.
  Intake, synced, may take 0.8 of that. (``sha256sum`` is no yardstick: it is often built without the
  processor's instructions.)

Exit status: 0 within the limits, 1 beyond.
"""

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from evidence_tracker.sandbox.runner import Sandbox
from evidence_tracker.vault.blobs import Receiver, chunks, deposit
from evidence_tracker.vault.local import LocalStore

MOST_OF_COPY = 2.5
MOST_OF_BY_HAND = 0.8
SMALL = 64 * 1024
BATCH = 500
INSTANCE = uuid4()


def main() -> int:
    """Measure and print; return the exit status."""
    options = parse()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder, Sandbox() as sandbox:
        sandbox.inspect(b"")
        place = Path(folder)
        print(f"processor: {os.cpu_count()} × {processor()}; Python {sys.version.split()[0]}")
        large, mb = make_large(place / "large", options.mib), options.mib * 1.048576
        ways = large_ways(large, place, sandbox)
        medians = show(f"one file of {options.mib} MiB", measure(ways, options.rounds), mb, "MB/s")
        small = make_small(place / "small", options.files)
        ways = small_ways(small, place, sandbox)
        show(f"{options.files} files of 64 KiB", measure(ways, options.rounds), options.files, "files/s")
        print(f"largest memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")
        return judge(medians)


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mib", type=int, default=1024, help="size of the large file")
    parser.add_argument("--files", type=int, default=2000, help="number of small files")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--in", dest="folder", help="a folder on the device to measure")
    return parser.parse_args()


def processor() -> str:
    """Return the name of the processor, where the system tells it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "unknown")


def make_large(path: Path, mib: int) -> Path:
    """Write a file that no compression helps with."""
    with path.open("wb") as stream:
        for _ in range(mib):
            stream.write(os.urandom(2**20))
    sync(path)
    return path


def make_small(folder: Path, count: int) -> Path:
    """Write the small files."""
    folder.mkdir()
    for number in range(count):
        (folder / f"{number:06}").write_bytes(os.urandom(SMALL))
    os.sync()
    return folder


def large_ways(large: Path, place: Path, sandbox: Sandbox) -> dict[str, Callable[[], None]]:
    """Return the ways to take one large file in."""

    def intake() -> None:
        take_in([large], fresh(place), sandbox)

    def copy() -> None:
        target = fresh(place) / "copy"
        run("cp", large, target)
        run("sync", target)

    def by_hand() -> None:
        run("openssl", "dgst", "-sha256", large)
        run("age", "-r", recipient, "-o", fresh(place) / "age", large)

    ways: dict[str, Callable[[], None]] = {"intake": intake, "cp; sync": copy}
    if all(map(shutil.which, ("openssl", "age", "age-keygen"))):
        recipient = age_recipient(place)
        ways["openssl; age"] = by_hand
    ways["reading back"] = reading_back(large, fresh(place))
    return ways


def small_ways(small: Path, place: Path, sandbox: Sandbox) -> dict[str, Callable[[], None]]:
    """Return the ways to take many small files in."""

    def intake() -> None:
        take_in(sorted(small.iterdir()), fresh(place), sandbox)

    def copy() -> None:
        target = fresh(place)
        run("cp", "-r", small, target)
        run("sync", "-f", target)

    def types_only() -> None:
        for path in sorted(small.iterdir()):
            sandbox.inspect(path.read_bytes())

    def batches() -> None:
        store, paths = LocalStore(fresh(place) / "vault"), sorted(small.iterdir())
        for start in range(0, len(paths), BATCH):
            with store.batch() as batch:
                take_into(batch, paths[start : start + BATCH], sandbox)

    return {
        f"intake, {BATCH} at once": batches,
        "cp -r; sync": copy,
        "intake, one by one": intake,
        "types only": types_only,
    }


def take_in(paths: list[Path], folder: Path, sandbox: Sandbox) -> None:
    """Deposit files and tell their types, as intake does before its transaction."""
    take_into(LocalStore(folder / "vault"), paths, sandbox)


def take_into(store: Receiver, paths: list[Path], sandbox: Sandbox) -> None:
    """Deposit files and tell their types."""
    for path in paths:
        with path.open("rb", buffering=0) as stream:
            sandbox.inspect(deposit(store, stream, instance_id=INSTANCE).head)


def reading_back(large: Path, folder: Path) -> Callable[[], None]:
    """Return the way that verifies: decrypt, and digest the ciphertext."""
    store = LocalStore(folder / "vault")
    with large.open("rb", buffering=0) as stream:
        kept = deposit(store, stream, instance_id=INSTANCE)

    def read() -> None:
        size = sum(map(len, chunks(store, kept.blob_id, kept.key, instance_id=INSTANCE)))
        if size != kept.size:
            raise SystemExit("what was read back is not what was taken in")

    return read


def measure(ways: dict[str, Callable[[], None]], rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each way in each of the interleaved rounds."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            began = time.perf_counter()
            way()
            taken[name].append(time.perf_counter() - began)
    return taken


def show(what: str, taken: dict[str, list[float]], amount: float, unit: str) -> dict[str, float]:
    """Print a table and return the medians; on a busy machine the best round says more than they do."""
    medians = {name: statistics.median(seconds) for name, seconds in taken.items()}
    first = next(iter(taken))
    print(f"\n{what:24}  median    best    at the median   {first} is of it, median and best")
    for name, seconds in taken.items():
        ratios = f"{medians[first] / medians[name]:5.2f} {min(taken[first]) / min(seconds):5.2f}"
        rate = f"{amount / medians[name]:8.0f} {unit}"
        print(f"  {name:22} {medians[name]:7.2f} {min(seconds):7.2f} s {rate:>16}   {ratios}")
    return medians


def judge(medians: dict[str, float]) -> int:
    """Compare with the limits."""
    limits = {"cp; sync": MOST_OF_COPY, "openssl; age": MOST_OF_BY_HAND}
    beyond = [
        f"intake takes {medians['intake'] / medians[name]:.2f} of '{name}', the limit is {most}"
        for name, most in limits.items()
        if name in medians and medians["intake"] / medians[name] > most
    ]
    print("\n" + ("\n".join(beyond) or "within the limits"))
    return 1 if beyond else 0


def fresh(place: Path) -> Path:
    """Return a new folder."""
    return Path(tempfile.mkdtemp(dir=place))


def age_recipient(place: Path) -> str:
    """Return the public key of a new age identity."""
    run("age-keygen", "-o", place / "identity")
    lines = (place / "identity").read_text(encoding="utf-8").splitlines()
    return next(line.rpartition(" ")[2] for line in lines if line.startswith("# public key"))


def sync(path: Path) -> None:
    """Wait until the file is on the device."""
    run("sync", path)


def run(*command: str | Path) -> None:
    """Run a program quietly; CalledProcessError if it fails."""
    subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    sys.exit(main())
