"""What the benchmarks share: interleaved rounds, medians, ratios, a furnished instance."""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from evidence_tracker import tables  # noqa: F401 - every model must be known
from evidence_tracker.access.models import Account
from evidence_tracker.custody.events import Actor, Door
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


class Cost(NamedTuple):
    """What one way takes: seconds by the clock, and seconds of processors (ours and our programs')."""

    seconds: float
    processor: float


def medians(ways: Mapping[str, Way], rounds: int, tidy: Callable[[], None] = lambda: None) -> dict[str, Cost]:
    """Return the median cost of each way over interleaved rounds; ``tidy`` runs after each, untimed."""
    taken: dict[str, list[Cost]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            began, busy = time.perf_counter(), processor_seconds()
            way()
            taken[name].append(Cost(time.perf_counter() - began, processor_seconds() - busy))
            tidy()
    return {name: Cost(*map(statistics.median, zip(*costs, strict=True))) for name, costs in taken.items()}


def processor_seconds() -> float:
    """Return the seconds of processor that this process and its ended children have used."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def peak_mib() -> int:
    """Return the most memory this process has held, in MiB.

    ``getrusage`` would count what the process held that started this one.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) >> 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 20


def judge(ours: str, found: Mapping[str, Cost], limits: Mapping[str, float]) -> int:
    """Print each ratio beside its limit; return 1 if one is beyond.

    Judged by the clock, as the limits are. The ratio of processor seconds stands beside it: on a
    machine that is busy with other things it is the one that means something.
    """
    status = 0
    for name, cost in found.items():
        ratio = found[ours].seconds / cost.seconds
        busy = found[ours].processor / max(cost.processor, 0.001)
        limit = limits.get(name)
        verdict = "" if limit is None else f"limit {limit:.2f}: {'within' if ratio <= limit else 'BEYOND'}"
        print(
            f"  {name:28} {cost.seconds:8.3f} s (processor {cost.processor:7.3f} s)"
            f"   ours is {ratio:5.2f} of it (processor {busy:5.2f})   {verdict}"
        )
        status |= limit is not None and ratio > limit
    return int(status)
