"""What the benchmarks share: interleaved rounds, medians, ratios, a furnished instance."""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from evidence_tracker import tables  # noqa: F401 - every model must be known
from evidence_tracker.custody.events import Actor, Door
from evidence_tracker.access.models import Account
from evidence_tracker.instance import Instance, create
from evidence_tracker.keys.unlockers import CHEAP, Passphrase
from evidence_tracker.settings import Kind

PASSPHRASE = "benchmark passphrase"
Way = Callable[[], object]


def options(doc: str, **numbers: int) -> argparse.Namespace:
    """Read the command line: each number as an option, and the folder to measure in."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    for name, default in numbers.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--in", dest="folder", help="a folder on the device to measure")
    return parser.parse_args()


@contextmanager
def place(folder: str | None) -> Iterator[Path]:
    """Return a fresh folder; nothing is deleted in it between rounds."""
    with tempfile.TemporaryDirectory(dir=folder) as made:
        yield Path(made)


def furnished(path: Path) -> tuple[Instance, Actor]:
    """Return a new test instance and its operator."""
    instance = create(
        path,
        organisation="Benchmark (fictional)",
        origin="bench.example/one",
        kind=Kind.TEST,
        unlocker=Passphrase(PASSPHRASE, CHEAP),
        login="bench",
        system_user=None,
        display_name="bench",
    )
    with instance.reading() as session:
        account = session.query(Account).filter_by(login="bench").one()
        return instance, Actor(account.id, "bench", Door.COMMAND_LINE)


def fill(path: Path, mib: int) -> Path:
    """Write a file that no compression helps with."""
    with path.open("wb") as stream:
        for _ in range(mib):
            stream.write(os.urandom(1 << 20))
        stream.flush()
        os.fsync(stream.fileno())
    return path


def run(*command: object) -> None:
    """Run a program quietly; a failure ends the benchmark."""
    subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL)


def medians(ways: Mapping[str, Way], rounds: int) -> dict[str, float]:
    """Return the median seconds of each way over interleaved rounds."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            began = time.perf_counter()
            way()
            taken[name].append(time.perf_counter() - began)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def judge(ours: str, found: Mapping[str, float], limits: Mapping[str, float]) -> int:
    """Print each ratio beside its limit; return 1 if one is beyond."""
    status = 0
    for name, seconds in found.items():
        ratio = found[ours] / seconds
        limit = limits.get(name)
        verdict = "" if limit is None else f"limit {limit:.2f}: {'within' if ratio <= limit else 'BEYOND'}"
        print(f"  {name:28} {seconds:8.3f} s   ours is {ratio:5.2f} of it   {verdict}")
        status |= limit is not None and ratio > limit
    return int(status)
