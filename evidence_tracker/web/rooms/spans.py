"""The timeline of incidents: each as wide as its date is imprecise, so that no point is shown that nobody stated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import format_date, gettext, ngettext
from sqlalchemy.orm import Session

from evidence_tracker.casework.incidents.models import Incident
from evidence_tracker.custody.events import Actor
from evidence_tracker.values.moment import Precision

WIDTH = 1000
#: What is exact to the minute is still drawn wide enough to be seen.
LEAST = 4
_OPEN_BEFORE, _OPEN_AFTER = 1, 9999
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Bar:
    """Where a span lies on the scale of the page (0 to ``WIDTH``), and in words how exact it is."""

    x: int
    width: int
    says: str


@dataclass(frozen=True)
class Scale:
    """The scale of one page: its ends in words, and the bar of each incident."""

    begins: str
    ends: str
    bars: dict[UUID, Bar]


def bars(_session: Session, rows: Sequence[Incident], _actor: Actor) -> Scale | None:
    """Return the scale of a page of incidents, None where there is nothing to draw."""
    finite = [one for row in rows for one in (row.earliest_at, row.latest_at) if not _is_open(one)]
    if not finite:
        return None
    first, last = min(finite), max(finite)
    whole = max(last - first, DAY)
    return Scale(
        format_date(first.date(), "d MMM y"),
        format_date(last.date(), "d MMM y"),
        {row.id: _bar(row, first, whole) for row in rows},
    )


def _is_open(instant: datetime) -> bool:
    return instant.year in {_OPEN_BEFORE, _OPEN_AFTER}


def _bar(row: Incident, first: datetime, whole: timedelta) -> Bar:
    # A span without a beginning or an end reaches the edge of the scale.
    start = 0 if _is_open(row.earliest_at) else int((row.earliest_at - first) / whole * WIDTH)
    end = WIDTH if _is_open(row.latest_at) else int((row.latest_at - first) / whole * WIDTH)
    start = min(start, WIDTH - LEAST)
    return Bar(start, max(end - start, LEAST), _exactness(row))


def _exactness(row: Incident) -> str:
    precision = row.happened.precision
    if precision is Precision.BEFORE:
        return str(gettext("nothing is known of its beginning"))
    if precision is Precision.AFTER:
        return str(gettext("nothing is known of its end"))
    said: dict[Precision, Any] = {
        Precision.SECOND: gettext("stated to the second"),
        Precision.MINUTE: gettext("stated to the minute"),
        Precision.HOUR: gettext("stated to the hour"),
        Precision.DAY: gettext("stated to the day"),
    }
    if precision in said:
        words = str(said[precision])
        return words if row.happened.zone else str(gettext("%(words)s, no time zone stated", words=words))
    days = max(round((row.latest_at - row.earliest_at) / DAY), 1)
    return str(ngettext("some time within %(num)s day", "some time within %(num)s days", days))
