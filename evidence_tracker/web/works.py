"""Long work that goes on when the page is closed: sealing, building, looking for names.

It is kept in memory: what it does is in the log and in the rows, so that a restart loses the sight of it
and nothing else.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from evidence_tracker.clock import Clock
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import Defect, EvidenceTrackerError, NotFound

Progress = Callable[[str, int, int], None]
Function = Callable[[Progress], Any]
AT_ONCE = 2
MOST_KEPT = 200

_log = logging.getLogger(__name__)


class WorkState(StrEnum):
    """How far a piece of work is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass
class Work:
    """One piece of work, as its owner sees it."""

    kind: str
    reference: str
    account_id: UUID
    started_at: datetime
    back: str
    id: UUID = field(default_factory=uuid4)
    state: WorkState = WorkState.RUNNING
    what: str = ""
    done: int = 0
    total: int = 0
    result: Any = None
    error: EvidenceTrackerError | None = None
    is_looked_at: bool = False

    def tell(self, what: str, done: int, total: int) -> None:
        """Note how far it is."""
        self.what, self.done, self.total = what, done, total


class Works:
    """Everything that is being worked on in this process."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="work")
        self._lock = threading.Lock()
        self._kept: OrderedDict[UUID, Work] = OrderedDict()

    def start(
        self, function: Function, *, kind: str, reference: str, actor: Actor, clock: Clock, back: str
    ) -> Work:
        """Begin a piece of work; ``back`` is the address its owner is led to when it is done."""
        work = Work(kind, reference, actor.account_id, clock.now(), back)
        with self._lock:
            self._kept[work.id] = work
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        future = self._threads.submit(function, work.tell)
        future.add_done_callback(partial(_ended, work))
        return work

    def find(self, work_id: UUID, actor: Actor) -> Work:
        """Return one's own work; raises NotFound for anybody else's."""
        with self._lock:
            work = self._kept.get(work_id)
        if work is None or work.account_id != actor.account_id:
            raise NotFound(
                "There is no such work of yours in this process.",
                advice="Look at the record: it says how far it has come.",
            )
        return work

    def look_at(self, works: Iterable[Work]) -> None:
        """Note that their owner saw how those ended that have ended."""
        for one in works:
            one.is_looked_at = one.state is not WorkState.RUNNING

    def tray(self, actor: Actor) -> tuple[int, int]:
        """Return how many works of one's own are running, and how many ended that one has not looked at."""
        mine = self.of(actor)
        running = sum(one.state is WorkState.RUNNING for one in mine)
        return running, sum(not one.is_looked_at for one in mine) - running

    def of(self, actor: Actor) -> list[Work]:
        """Return one's own works, the newest first."""
        with self._lock:
            return [one for one in reversed(self._kept.values()) if one.account_id == actor.account_id]

    def close(self) -> None:
        """Let what runs come to its end."""
        self._threads.shutdown(wait=True)


def _ended(work: Work, future: Future[Any]) -> None:
    error = future.exception()
    if error is None:
        work.result = future.result()
        work.state = WorkState.DONE
        return
    if not isinstance(error, EvidenceTrackerError):
        # Its kind alone: words and trace may hold names.
        _log.error("a piece of work failed: %s", type(error).__name__)
        error = Defect(f"The work stopped: {type(error).__name__}.")
    work.error = error
    work.state = WorkState.FAILED
