"""What was drawn is kept in memory, within its bounds."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from evidence_tracker.vault import kept
from evidence_tracker.vault.kept import OVERHEAD, Kept


def put(things, key, size=100, **options):
    """Return what was made, and whether it had to be."""
    made = []

    def make():
        made.append(key)
        return f"made of {key}"

    return things.get(key, make, size_of=lambda _made: size - OVERHEAD, **options), bool(made)


def test_what_was_made_is_made_once():
    things = Kept()
    assert [put(things, "a"), put(things, "a")] == [("made of a", True), ("made of a", False)]


def test_what_was_not_used_for_longest_goes_first():
    things = Kept(1_000)
    for key in range(10):
        put(things, key)
    assert put(things, 0) == ("made of 0", False)
    put(things, "new")
    assert put(things, 0)[1] is False
    assert put(things, 1)[1] is True


def test_bytes_are_counted_and_never_more_than_allowed():
    things = Kept(1_000)
    for key in range(100):
        put(things, key % 20, size=key + 1)
        assert things.size <= 1_000
        assert things.size == sum(size for _made, size, _until in things._things.values())


def test_one_large_thing_does_not_drive_out_all_others():
    things = Kept(1_000)
    put(things, "small")
    assert put(things, "large", size=500) == ("made of large", True)
    assert put(things, "large", size=500)[1] is True
    assert put(things, "small")[1] is False


def test_things_are_counted_too(monkeypatch):
    monkeypatch.setattr(kept, "MOST_THINGS", 3)
    things = Kept()
    for key in range(5):
        put(things, key)
    assert len(things._things) == 3


def test_what_lasts_a_while_is_made_again_after_it():
    things = Kept()
    assert put(things, "a", lasts_s=lambda _made: 0.0)[1] is True
    assert put(things, "a", lasts_s=lambda _made: 600.0)[1] is True
    assert put(things, "a")[1] is False


def test_what_could_not_be_made_is_not_kept():
    things = Kept()
    with pytest.raises(ZeroDivisionError):
        things.get("a", lambda: 1 // 0, size_of=int)
    assert put(things, "a")[1] is True


def test_everything_is_dropped_at_once():
    things = Kept()
    put(things, "a")
    things.clear()
    assert things.size == 0
    assert put(things, "a")[1] is True


def test_threads_may_share_it():
    things = Kept(20_000)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda number: put(things, number % 50, size=1_000), range(2_000)))
    assert [made for made, _again in found] == [f"made of {number % 50}" for number in range(2_000)]
    assert things.size == sum(size for _made, size, _until in things._things.values()) <= 20_000
