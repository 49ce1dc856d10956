"""The worker of the serving process keeps what is owed while the house is open, and ends when it is told to."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker import outbox
from evidence_tracker.errors import Refused
from evidence_tracker.instance import Instance
from evidence_tracker.outbox import Promise, PromiseState
from evidence_tracker.web.house import House
from evidence_tracker.web.worker import WORKER, Worker, wake

KIND = "try-something"


def promise(instance: Instance, key: str) -> None:
    with instance.transaction() as session:
        outbox.promise(session, KIND, {"key": key}, key=key)


def states(instance: Instance) -> list[str]:
    with instance.reading() as session:
        return sorted(session.scalars(select(Promise.state).where(Promise.kind == KIND)))


def until(holds: Callable[[], bool], within_s: float = 20) -> bool:
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.02)
    return holds()


def keep(_instance: Instance, _payload: dict[str, Any]) -> Callable[[Session], None]:
    return lambda _session: None


@pytest.fixture
def worker(house: House):
    made = Worker(house, {KIND: keep}, every_s=60)
    made.start()
    yield made
    made.stop()


def test_it_keeps_what_is_owed_when_it_is_woken(worker, instance):
    for key in "abc":
        promise(instance, key)
    worker.wake()

    assert until(lambda: states(instance) == [PromiseState.KEPT.value] * 3)


def test_it_looks_by_itself_every_so_often(house, instance):
    promise(instance, "a")
    worker = Worker(house, {KIND: keep}, every_s=0.05)
    worker.start()
    try:
        assert until(lambda: states(instance) == [PromiseState.KEPT.value])
    finally:
        worker.stop()


def test_a_job_that_fails_does_not_stop_it(house, instance):
    def fail_once(_instance: Instance, payload: dict[str, Any]) -> Callable[[Session], None]:
        if payload["key"] == "bad":
            raise Refused("This one cannot be done.")
        return lambda _session: None

    worker = Worker(house, {KIND: fail_once}, every_s=0.05)
    promise(instance, "bad")
    promise(instance, "good")
    worker.start()
    try:
        assert until(lambda: PromiseState.KEPT.value in states(instance))
    finally:
        worker.stop()


def test_it_waits_while_the_house_is_locked(instance_path):
    house = House(instance_path)
    worker = Worker(house, {KIND: keep}, every_s=0.01)
    worker.start()
    time.sleep(0.1)
    worker.stop()

    assert not worker._thread.is_alive()


def test_stopping_waits_for_the_job_that_runs(house, instance):
    began, may_end = threading.Event(), threading.Event()

    def slow(_instance: Instance, _payload: dict[str, Any]) -> Callable[[Session], None]:
        began.set()
        may_end.wait(20)
        return lambda _session: None

    promise(instance, "a")
    promise(instance, "b")
    worker = Worker(house, {KIND: slow}, every_s=0.01)
    worker.start()
    assert began.wait(20)
    threading.Timer(0.2, may_end.set).start()
    worker.stop()

    assert not worker._thread.is_alive()
    assert states(instance) == [PromiseState.KEPT.value, PromiseState.OWED.value]


def test_a_page_wakes_it_where_there_is_one(app, worker, instance):
    with app.app_context():
        wake()
        app.extensions[WORKER] = worker
        promise(instance, "a")
        wake()

    assert until(lambda: states(instance) == [PromiseState.KEPT.value])
