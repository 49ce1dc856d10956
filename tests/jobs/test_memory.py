"""Memory does not grow with the evidence: judged by its slope, so that the machine does not matter."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
SMALL_MIB, LARGE_MIB = 64, 512
MOST_MIB = 64


@pytest.fixture
def place(template: Path, tmp_path: Path) -> Iterator[Path]:
    """Return a folder that is emptied at once: pytest would keep a gigabyte of it for three runs."""
    yield tmp_path
    shutil.rmtree(tmp_path)


def peak(what: str, instance: Path, target: Path) -> int:
    """Return what a process of its own took at most, in MiB."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.jobs.memory_driver", what, str(instance), str(target)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def peaks(template: Path, folder: Path, mib: int) -> tuple[int, int]:
    """Return the peaks of taking in, and of bundling, one file of ``mib`` (a hole in the file system)."""
    instance = folder / f"instance-{mib}"
    shutil.copytree(template, instance)
    file = folder / f"{mib}.bin"
    file.touch()
    os.truncate(file, mib << 20)
    return peak("intake", instance, file), peak("bundle", instance, folder / f"bundles-{mib}")


def test_memory_does_not_grow_with_the_size_of_a_file(template: Path, place: Path):
    small_intake, small_bundle = peaks(template, place, SMALL_MIB)
    large_intake, large_bundle = peaks(template, place, LARGE_MIB)

    assert large_intake - small_intake <= MOST_MIB
    assert large_bundle - small_bundle <= MOST_MIB


def test_the_measure_sees_memory_that_does_grow():
    """A measure that says 0 whatever happens would pass the test above."""
    code = "import tests.jobs.memory_driver as m; before = m.peak_mib(); held = b'x' * (200 << 20); print(m.peak_mib() - before)"

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, timeout=300, check=True
    )

    assert int(done.stdout) >= 190
