"""Long work goes on when the page is closed, is seen by its owner only, and says how it ended."""

import threading

import pytest

from evidence_tracker.clock import FrozenClock
from evidence_tracker.errors import Defect, NotFound, Refused
from evidence_tracker.web import door
from evidence_tracker.web.works import MOST_KEPT, Progress, Work, Works, WorkState
from tests.cast import Cast
from tests.conftest import START


@pytest.fixture
def works():
    made = Works()
    yield made
    made.close()


@pytest.fixture
def begin(works: Works, cast: Cast):
    """Return what begins a piece of work of amina's."""

    def start(function, actor=None) -> Work:
        return works.start(
            function,
            kind="build",
            reference="KYI-S-0001",
            actor=actor or cast.amina,
            clock=FrozenClock(START),
            back="/submissions/KYI-S-0001",
        )

    return start


def wait_for(works: Works) -> None:
    works.close()


def test_it_says_how_far_it_is_and_what_came_of_it(works, begin):
    told, go_on = threading.Event(), threading.Event()

    def build(progress: Progress) -> str:
        progress("reading", 3, 10)
        told.set()
        go_on.wait(20)
        return "written"

    work = begin(build)
    assert told.wait(20)
    assert (work.state, work.what, work.done, work.total) == (WorkState.RUNNING, "reading", 3, 10)
    go_on.set()
    wait_for(works)

    assert (work.state, work.result) == (WorkState.DONE, "written")


def test_what_ended_stays_in_the_tray_until_its_owner_has_looked(app, client_of, cast, begin, works):
    app.extensions[door.WORKS] = works
    go_on = threading.Event()
    begin(lambda _progress: go_on.wait(20))
    amina, tray = client_of("amina"), "Long work has ended"
    running = amina.get("/missions/").text
    assert "works running" in running
    assert tray not in running
    go_on.set()
    wait_for(works)

    assert tray in amina.get("/missions/").text
    assert tray not in client_of("chen").get("/missions/").text
    assert tray not in amina.get("/works/").text
    assert tray not in amina.get("/missions/").text


def test_a_refusal_keeps_its_sentence_and_its_advice(works, begin):
    def refuse(_progress: Progress) -> None:
        raise Refused("A gate is closed.", advice="Ask whoever can lift it.")

    work = begin(refuse)
    wait_for(works)

    assert work.state == WorkState.FAILED
    assert (str(work.error), work.error.advice) == ("A gate is closed.", "Ask whoever can lift it.")


def test_what_nobody_foresaw_is_told_without_its_words(works, begin, caplog):
    def fail(_progress: Progress) -> None:
        raise ValueError("Oksana Nebuvalko")

    work = begin(fail)
    wait_for(works)

    assert isinstance(work.error, Defect)
    assert "ValueError" in str(work.error)
    assert "Oksana" not in str(work.error) + caplog.text


def test_nobody_sees_the_work_of_somebody_else(works, begin, cast):
    work = begin(lambda _progress: None)
    wait_for(works)

    assert works.of(cast.amina) == [work]
    assert works.find(work.id, cast.amina) is work
    assert works.of(cast.chen) == []
    with pytest.raises(NotFound):
        works.find(work.id, cast.chen)


def test_what_is_kept_is_bounded(works, begin, cast):
    for _ in range(MOST_KEPT + 5):
        begin(lambda _progress: None)

    assert len(works.of(cast.amina)) == MOST_KEPT
