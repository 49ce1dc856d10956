"""The worker of the serving process: keeps what the outbox owes, every few seconds or when it is woken."""

import logging
import threading
from collections.abc import Mapping

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from evidence_tracker.errors import EvidenceTrackerError
from evidence_tracker.instance import Instance
from evidence_tracker.jobs.worker import Job, run_owed
from evidence_tracker.outbox import Promise, PromiseState
from evidence_tracker.web.house import House
from evidence_tracker.web.logs import told

WORKER = "evidence_tracker.worker"
EVERY_S = 3.0
STOPS_WITHIN_S = 8.0
_LOG = logging.getLogger(__name__)


class Worker:
    """One thread that runs owed jobs while the house is open; started by ``serve``, not by tests."""

    def __init__(self, house: House, jobs: Mapping[str, Job], *, every_s: float = EVERY_S) -> None:
        self._house = house
        self._jobs = jobs
        self._every_s = every_s
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Look at once: something was promised just now."""
        self._woken.set()

    def stop(self) -> None:
        """End after the job that runs, or leave it to its lease."""
        self._stopping.set()
        self._woken.set()
        self._thread.join(STOPS_WITHIN_S)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.wait(self._every_s)
            self._woken.clear()
            while not self._stopping.is_set() and self._house.is_open and self._keep_one():
                pass

    def _keep_one(self) -> bool:
        """Keep one promise, so that stopping and locking wait for one job at most; False where none is owed."""
        try:
            instance = self._house.instance
            return _is_owed(instance, list(self._jobs)) and run_owed(instance, self._jobs, limit=1) > 0
        except (EvidenceTrackerError, SQLAlchemyError) as error:  # locked meanwhile, or the database is busy
            _LOG.warning("the worker goes on later: %s", told(error))
            return False


def wake() -> None:
    """Wake the worker of this process, where there is one."""
    worker = current_app.extensions.get(WORKER)
    if worker is not None:
        worker.wake()


def _is_owed(instance: Instance, kinds: list[str]) -> bool:
    """Say whether anything of these kinds is owed, without taking the writers' lock."""
    query = select(Promise.id).where(
        Promise.state == PromiseState.OWED.value,
        Promise.kind.in_(kinds),
        Promise.lease_until.is_(None) | (Promise.lease_until < instance.clock.now()),
    )
    with instance.reading() as session:
        return session.scalar(query.limit(1)) is not None
