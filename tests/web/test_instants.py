"""Instants as they are typed: exact, with their zone, and shown again without losing anything."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from evidence_tracker.errors import InvalidInput
from evidence_tracker.web.instants import Instant

FIELD = Instant(name="at", label="When", required=True)
NOBODY: Any = None


@pytest.mark.parametrize(
    ("typed", "stated"),
    [
        ({"at": "2026-02-01 10:00", "at-zone": "UTC"}, datetime(2026, 2, 1, 10, tzinfo=UTC)),
        ({"at": "2026-02-01T10:00:30", "at-zone": "Europe/Kyiv"}, datetime(2026, 2, 1, 8, 0, 30, tzinfo=UTC)),
        (
            {"at": "2026-02-01T10:00:00+03:00", "at-zone": "UTC"},
            datetime(2026, 2, 1, 10, tzinfo=timezone(timedelta(hours=3))),
        ),
        ({"at": "2026-02-01T10:00:00Z"}, datetime(2026, 2, 1, 10, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_with_its_offset_or_its_zone(typed, stated):
    assert FIELD.state(typed, NOBODY) == stated


@pytest.mark.parametrize(
    "typed",
    [
        {"at": "2026-02-01 10:00"},
        {"at": "2026-02-01 10:00", "at-zone": "Mars/Olympus"},
        {"at": "2026-02-01 10:00", "at-zone": "../../etc/passwd"},
        {"at": "soon", "at-zone": "UTC"},
        {},
    ],
)
def test_a_time_without_a_zone_is_refused(typed):
    with pytest.raises(InvalidInput):
        FIELD.state(typed, NOBODY)


def test_what_is_shown_is_the_same_instant_again_to_the_microsecond():
    exact = datetime(2026, 2, 1, 10, 0, 1, 250_000, tzinfo=timezone(timedelta(hours=2)))
    assert FIELD.state(FIELD.show(exact), NOBODY) == exact


def test_nothing_typed_is_not_stated_where_it_is_not_needed():
    assert Instant(name="at", label="When").state({"at": " "}, NOBODY) is None
