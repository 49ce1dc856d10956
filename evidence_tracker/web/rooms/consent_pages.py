"""Pages of consent that belong to no one person: what ends soon, and the packages to read out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from evidence_tracker.casework.consent import queries
from evidence_tracker.casework.consent.models import ConsentEvent
from evidence_tracker.casework.consent.packages import packages
from evidence_tracker.casework.parties.models import Party
from evidence_tracker.casework.parties.queries import parties_by_id
from evidence_tracker.casework.persons.queries import codes_of
from evidence_tracker.casework.persons.stating import day
from evidence_tracker.web import door, frame
from evidence_tracker.web.lists import highest
from evidence_tracker.web.rooms.asked import now, person_link
from evidence_tracker.web.rooms.consent_forms import Offered
from evidence_tracker.web.rooms.consent_state import NAMED, named
from evidence_tracker.web.words import said

SOON = timedelta(days=90)
MOST = 1000


@dataclass(frozen=True)
class Ending:
    """What one person allowed one recipient until a day."""

    day: date
    code: str | None
    who: str
    reference: str | None
    uses: str
    named: str


def blueprint() -> Blueprint:
    """Return the two pages."""
    made = Blueprint("consent", __name__, url_prefix="/consent")

    @made.get("/expiring")
    def expiring_page() -> ResponseReturnValue:
        return _expiring(request.args.get("until", "").strip())

    @made.get("/packages")
    def packages_page() -> ResponseReturnValue:
        return _packages(request.args.get("language", "en").strip())

    return made


def _expiring(until: str) -> ResponseReturnValue:
    last: date = day(until, "day") if until else (now() + SOON).date()
    with door.reading() as (session, actor):
        frame.prepare(session, actor)
        found = queries.expiring(session, until=last, actor=actor, limit=MOST)
        codes = codes_of(session, {one.person_id for one in found}, actor=actor)
        parties = parties_by_id(session, {one.party_id for one in found if one.party_id}, actor=actor)
        rows = list(_ending(found, codes, parties))
        door.note_reading(gettext("expiring consent"), highest(found))
        return render_template(
            "rooms/consent_expiring.html", rows=rows, until=last.isoformat(), person_link=person_link
        )


def _ending(
    events: Sequence[ConsentEvent], codes: Mapping[UUID, str], parties: Mapping[UUID, Party]
) -> Iterator[Ending]:
    """Yield what ends, the uses with the same person, day, recipient and level as one line."""
    lines: dict[tuple[Any, ...], list[str]] = {}
    for one in events:
        who, reference = named(one.recipient_class, one.party_id, parties)
        key = (one.expires_on, codes.get(one.person_id), who, reference, one.identity_level)
        lines.setdefault(key, []).append(said(one.use).lower())
    for (last, code, who, reference, level), uses in lines.items():
        yield Ending(last, code, who, reference, ", ".join(sorted(uses)), str(NAMED[level]))


def _packages(language: str) -> ResponseReturnValue:
    with door.reading() as (session, actor):
        frame.prepare(session, actor)
    languages = sorted({tongue for one in packages() for tongue in one.texts})
    return render_template(
        "rooms/consent_offered.html",
        packages=[(one, Offered.of(one, [language])) for one in packages()],
        languages=languages,
        language=language if language in languages else "en",
    )
