"""Work beside the work: the same bytes in the same order, bounded memory, no error lost."""

import hashlib
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence_tracker.integrity.beside import HAND_ON, IN_FLIGHT, SMALL, Beside

SIZES = st.one_of(
    st.integers(0, 50),
    st.integers(SMALL - 2, SMALL + 2),
    st.integers(HAND_ON - 2, HAND_ON + 2),
)


@settings(deadline=None, max_examples=60)
@given(sizes=st.lists(SIZES, max_size=12))
def test_however_the_stream_is_cut_the_bytes_arrive_in_order(sizes):
    pieces = [hashlib.shake_128(bytes([number])).digest(size) for number, size in enumerate(sizes)]
    arrived = bytearray()

    with Beside(arrived.extend) as beside:
        for piece in pieces:
            beside.put(piece)
        beside.finish()

    assert arrived == b"".join(pieces)


def test_it_can_be_finished_and_go_on():
    digest = hashlib.sha256()

    with Beside(digest.update) as beside:
        beside.put(b"first")
        beside.finish()
        assert digest.hexdigest() == hashlib.sha256(b"first").hexdigest()
        beside.put(bytes(HAND_ON))
        beside.finish()
        beside.finish()

    assert digest.hexdigest() == hashlib.sha256(b"first" + bytes(HAND_ON)).hexdigest()


def test_what_fits_one_step_needs_no_thread():
    threads = []

    with Beside(lambda _piece: threads.append(threading.current_thread())) as beside:
        beside.put(bytes(HAND_ON - 1))
        beside.finish()

    assert threads == [threading.current_thread()]


def test_a_slow_taker_holds_the_giver_back():
    may_go_on = threading.Semaphore(0)
    given_so_far = 0

    def give(beside):
        nonlocal given_so_far
        for _ in range(20):
            beside.put(bytes(HAND_ON))
            given_so_far += 1

    with Beside(lambda _piece: may_go_on.acquire()) as beside:
        giver = threading.Thread(target=give, args=(beside,))
        giver.start()
        giver.join(0.3)
        waiting = given_so_far
        may_go_on.release(20)
        giver.join()
        beside.finish()

    assert waiting <= IN_FLIGHT
    assert given_so_far == 20


@pytest.mark.parametrize("pieces", [1, 2, 10])
def test_what_goes_wrong_there_comes_out_here(pieces):
    def fail(_piece):
        raise OSError("the device is full")

    with pytest.raises(OSError, match="device is full"), Beside(fail) as beside:
        for _ in range(pieces):
            beside.put(bytes(HAND_ON))
        beside.finish()


def test_an_error_here_ends_the_thread_there():
    before = threading.active_count()

    with pytest.raises(KeyError), Beside(len) as beside:
        beside.put(bytes(3 * HAND_ON))
        raise KeyError

    assert threading.active_count() == before
