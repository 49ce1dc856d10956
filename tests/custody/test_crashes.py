"""Pulled plugs: at each of the eight points of a write nothing acknowledged is lost, nothing is half done."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.instance import Instance, open_instance
from evidence_tracker.jobs.audit import audit
from evidence_tracker.keys.unlockers import CHEAP, Passphrase
from evidence_tracker.vault.models import Blob
from evidence_tracker.writepoints import WritePoint
from tests.cast import PASSPHRASE, Cast
from tests.conftest import PROJECT

#: How many files a reader finds when the plug is pulled at the third: from the commit on, three.
FOUND = dict.fromkeys(WritePoint, 2) | {WritePoint.COMMITTED: 3, WritePoint.ANSWERED: 3}


def crash(path: Path, point: WritePoint, at: int = 3) -> list[str]:
    """Run the driver until it dies; return the digests it had acknowledged."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.custody.crash_driver", str(path), point.value, str(at)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 9, done.stderr
    return done.stdout.split()


def digests(instance: Instance) -> list[str]:
    with instance.reading() as session:
        return [value or "" for value in session.scalars(select(Exhibit.sha256).order_by(Exhibit.reference))]


@pytest.mark.parametrize("point", list(WritePoint))
def test_a_kill_loses_nothing_acknowledged_and_shows_nothing_half_done(
    instance_path: Path, point: WritePoint
):
    acknowledged = crash(instance_path, point)
    opened = open_instance(instance_path, Passphrase(PASSPHRASE, CHEAP))
    found = digests(opened)
    assert found[: len(acknowledged)] == acknowledged
    assert len(found) == FOUND[point]
    assert audit(opened).findings == []
    opened.close()


@pytest.mark.parametrize(
    "point", [WritePoint.TEMP_WRITTEN, WritePoint.FOLDER_SYNCED, WritePoint.LEDGER_APPENDED]
)
def test_the_next_run_goes_on_and_the_sweeper_takes_the_orphan(instance_path: Path, point: WritePoint):
    crash(instance_path, point)
    crash(instance_path, WritePoint.ANSWERED, at=2)
    opened = open_instance(instance_path, Passphrase(PASSPHRASE, CHEAP))
    assert len(digests(opened)) == 4
    with opened.reading() as session:
        known = set(session.scalars(select(Blob.id)))
    assert known <= set(opened.vault.store.ids())
    opened.vault.store.sweep(known.__contains__, timedelta(0), opened.clock.now() + timedelta(days=1))
    assert set(opened.vault.store.ids()) == known
    assert audit(opened).findings == []
    opened.close()


def test_a_crash_in_the_middle_of_many_acts_keeps_the_log_dense(instance_path: Path):
    for point in (WritePoint.ROWS_WRITTEN, WritePoint.LEDGER_APPENDED, WritePoint.COMMITTED):
        for at in (1, 4):
            crash(instance_path, point, at)
    opened = open_instance(instance_path, Passphrase(PASSPHRASE, CHEAP))
    report = audit(opened)
    assert report.findings == []
    assert len(digests(opened)) == 0 + 3 + 0 + 3 + 1 + 4
    opened.checkpoint()
    opened.close()


def test_who_did_not_crash_is_the_same_instance(instance: Instance, cast: Cast):
    assert audit(instance).findings == []
