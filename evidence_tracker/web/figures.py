"""The figures page: numbers of what one may see, each with the sentence that says what was counted.

Pure data. What may not be seen is not counted, so two people may see different numbers, and the
page says so. Numbers behind which fewer than five persons stand are not told: among so few, one
is found.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Text,
    and_,
    case,
    distinct,
    func,
    literal,
    null,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from evidence_tracker.access.policy import Permission, Rights, aside, rights
from evidence_tracker.access.records import profile
from evidence_tracker.access.waiting import Asking
from evidence_tracker.casework.allegations.models import AllegationStatus
from evidence_tracker.casework.allegations.waiting import complete
from evidence_tracker.casework.consent.models import ConsentEvent
from evidence_tracker.casework.consent.waiting import PERMITS, is_taken_back
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.incidents.models import Incident
from evidence_tracker.casework.interviews.gates import HEARD
from evidence_tracker.casework.interviews.models import Interview
from evidence_tracker.casework.missions.models import Mission
from evidence_tracker.casework.osint.models import Assessment, Capture, ReviewState
from evidence_tracker.casework.parties.models import Party
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.casework.submissions.models import Bundle, BundleState, Submission
from evidence_tracker.custody.events import Actor
from evidence_tracker.custody.models import LogEpoch, SignedCheckpoint
from evidence_tracker.vault.models import BlobCheck

FEWEST_TOLD = 5
Cell = str | int | None
Counting = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Figure:
    """One table of numbers, with what was counted.

    A cell that is None is a number that is not told, or a name that is not there (a mission one
    may not see, none at all). ``coded`` says which columns hold words of a list, which a page
    puts into the reader's language.
    """

    name: str
    title: LazyString
    definition: LazyString
    columns: tuple[LazyString, ...]
    rows: tuple[tuple[Cell, ...], ...]
    coded: tuple[int, ...] = ()


@dataclass(frozen=True)
class _Spec:
    title: LazyString
    definition: LazyString
    columns: tuple[LazyString, ...]
    count: Callable[[Asking], Sequence[Counting]]
    coded: tuple[int, ...] = ()
    is_of_persons: bool = False
    is_latest_first: bool = field(default=True)


def figures(session: Session, actor: Actor, *, held: Rights | None = None) -> list[Figure]:
    """Return every figure that means something to this person, those without a row too; six queries at most."""
    held = held or rights(session, actor)
    found: list[Figure] = []
    if held.anywhere(Permission.READ):
        found += [*_of_records(session, actor), _of_allegations(session, actor)]
    if held.anywhere(Permission.AUDIT):
        found += _of_the_log(session, held)
    return found


def _of_records(session: Session, actor: Actor) -> Iterator[Figure]:
    asking, query = _prepared()
    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in _SPECS}
    for name, *row in session.execute(query, asking.values(session, actor)):
        rows[name].append(tuple(row))
    for name, spec in _SPECS.items():
        yield _figure(name, spec, rows[name])


@cache
def _prepared() -> tuple[Asking, Any]:
    asking = Asking(frozenset({Permission.READ}))
    parts = [
        select(literal(name, String).label("figure"), part.subquery())
        for name, spec in _SPECS.items()
        for part in spec.count(asking)
    ]
    return asking, union_all(*parts)


def _figure(name: str, spec: _Spec, rows: Sequence[tuple[Any, ...]]) -> Figure:
    told = []
    for *keys, number, persons in rows:
        is_told = not spec.is_of_persons or persons >= FEWEST_TOLD
        shown = keys[: len(spec.columns) - 1]
        told.append((*shown, number if is_told else None))
    ordered = sorted(told, key=lambda row: tuple(str(cell or "") for cell in row[:-1]))
    if spec.is_latest_first:
        ordered.sort(key=lambda row: str(row[0] or ""), reverse=True)
    return Figure(name, spec.title, spec.definition, spec.columns, tuple(ordered), spec.coded)


def _count(
    source: Any, first: Any, second: Any, *where: ColumnElement[bool], persons: Any = None
) -> Counting:
    """Return rows of (first, second, number, persons behind it)."""
    keys = [type_coerce(key, Text) for key in (first, second)]
    people = func.count(distinct(persons)) if persons is not None else literal(0)
    return (
        select(
            keys[0].label("first"),
            keys[1].label("second"),
            func.count().label("number"),
            people.label("people"),
        )
        .select_from(source)
        .where(*where)
        .group_by(*keys)
    )


def _month(moment: Any) -> Any:
    return func.substr(type_coerce(moment, Text), 1, 7)


def _evidence(asking: Asking) -> Sequence[Counting]:
    source = Exhibit.__table__.outerjoin(
        Mission.__table__, and_(Mission.id == Exhibit.mission_id, asking.within(Mission))
    )
    return [
        _count(
            source,
            _month(Exhibit.recorded_at),
            Mission.reference,
            aside(Exhibit.made_from_id).is_(None),
            asking.within(Exhibit),
        )
    ]


def _verification(asking: Asking) -> Sequence[Counting]:
    found = []
    for kind, model, pointer in (
        ("capture", Capture, Assessment.capture_id),
        ("exhibit", Exhibit, Assessment.exhibit_id),
    ):
        mine = select(Assessment.id).where(pointer == model.id, asking.within(Assessment))
        reviewed = mine.where(Assessment.state == ReviewState.PEER_REVIEWED)
        state = case((reviewed.exists(), "reviewed"), (mine.exists(), "not-reviewed"), else_="not-assessed")
        where = [asking.within(model)]
        if model is Exhibit:
            where.append(aside(Exhibit.made_from_id).is_(None))
        found.append(_count(model, literal(kind), state, *where))
    return found


def _interviews(asking: Asking) -> Sequence[Counting]:
    held_in = _month(func.coalesce(Interview.started_earliest_at, Interview.recorded_at))
    return [
        _count(
            Interview, held_in, Interview.account_type, Interview.state.in_(HEARD), asking.within(Interview)
        )
    ]


def _persons(asking: Asking) -> Sequence[Counting]:
    return [_count(Person, Person.protection_level, null(), asking.within(Person), persons=Person.id)]


def _consents(asking: Asking) -> Sequence[Counting]:
    has_expired = and_(ConsentEvent.expires_on.is_not(None), ConsentEvent.expires_on < asking.day())
    state = case((is_taken_back(ConsentEvent), "taken-back"), (has_expired, "expired"), else_="stands")
    return [
        _count(
            ConsentEvent,
            ConsentEvent.recipient_class,
            state,
            ConsentEvent.kind.in_(PERMITS),
            asking.within(ConsentEvent),
            persons=ConsentEvent.person_id,
        )
    ]


def _incidents(asking: Asking) -> Sequence[Counting]:
    return [_count(Incident, _month(Incident.earliest_at), Incident.kind, asking.within(Incident))]


def _submissions(asking: Asking) -> Sequence[Counting]:
    def has(*states: BundleState) -> ColumnElement[bool]:
        return (
            select(Bundle.id).where(Bundle.submission_id == Submission.id, Bundle.state.in_(states)).exists()
        )

    state = case(
        (Submission.closed_at.is_not(None), "closed"),
        (has(BundleState.SEALED), "sealed"),
        (has(BundleState.WRITTEN), "written"),
        (has(BundleState.RELEASED), "released"),
        else_="open",
    )
    source = Submission.__table__.outerjoin(
        Party.__table__, and_(Party.id == Submission.party_id, asking.within(Party))
    )
    return [_count(source, state, Party.kind, asking.within(Submission))]


def _fixity(asking: Asking) -> Sequence[Counting]:
    state = case(
        (BlobCheck.blob_id.is_(None), "never-read"), (BlobCheck.fault.is_(None), "whole"), else_="damaged"
    )
    source = Exhibit.__table__.outerjoin(BlobCheck.__table__, BlobCheck.blob_id == Exhibit.blob_id)
    return [
        _count(
            source, state, _month(BlobCheck.checked_at), Exhibit.blob_id.is_not(None), asking.within(Exhibit)
        )
    ]


_SPECS: dict[str, _Spec] = {
    "evidence": _Spec(
        _l("Evidence taken in"),
        _l(
            "Originals by the month in which they were recorded here and by mission. Working copies are not counted. The same bytes from two sources are two items."
        ),
        (_l("Month"), _l("Mission"), _l("Items")),
        _evidence,
    ),
    "verification": _Spec(
        _l("Verification"),
        _l(
            "Reviewed: at least one assessment was accepted by a second person, whatever it found. Not reviewed: assessed, and no second person has accepted it."
        ),
        (_l("Kind"), _l("State"), _l("Number")),
        _verification,
        coded=(0, 1),
        is_latest_first=False,
    ),
    "interviews": _Spec(
        _l("Interviews held"),
        _l(
            "Interviews under way, closed or reviewed, by the earliest month in which they may have begun. Planned and cancelled ones are not counted."
        ),
        (_l("Month"), _l("Type"), _l("Interviews")),
        _interviews,
        coded=(1,),
    ),
    "persons": _Spec(
        _l("Persons by protection"),
        _l(
            "Registered persons by the care they need. A number below five is not told, so that nobody is singled out."
        ),
        (_l("Protection"), _l("Persons")),
        _persons,
        coded=(0,),
        is_of_persons=True,
        is_latest_first=False,
    ),
    "consents": _Spec(
        _l("Consents"),
        _l(
            "Permissions, one for each recipient and use that a person allowed, renewals counted like new ones. Taken back: the person later denied all of it. What may be done with an item is asked anew each time. Numbers of fewer than five persons are not told."
        ),
        (_l("Recipient"), _l("State"), _l("Permissions")),
        _consents,
        coded=(0, 1),
        is_of_persons=True,
        is_latest_first=False,
    ),
    "incidents": _Spec(
        _l("Incidents"),
        _l(
            "Recorded incidents by the earliest month in which they may have happened, and by kind. One incident may have many victims."
        ),
        (_l("Month"), _l("Kind"), _l("Incidents")),
        _incidents,
        coded=(1,),
    ),
    "submissions": _Spec(
        _l("Submissions"),
        _l(
            "By how far the newest bundle has come that was not given up, and by the kind of recipient. Identity annexes are submissions of their own."
        ),
        (_l("State"), _l("Recipient"), _l("Submissions")),
        _submissions,
        coded=(0, 1),
        is_latest_first=False,
    ),
    "fixity": _Spec(
        _l("Bytes read again"),
        _l(
            "Evidence with bytes by what its last complete reading found, and the month of that reading. Whole: the bytes are those that were received. Never read: not since they were taken in."
        ),
        (_l("State"), _l("Month"), _l("Items")),
        _fixity,
        coded=(0,),
        is_latest_first=False,
    ),
}


def _of_allegations(session: Session, actor: Actor) -> Figure:
    counted = complete(session, actor=actor)
    rows = [(status.value, *counted[status]) for status in AllegationStatus if status in counted]
    return Figure(
        "allegations",
        _l("Allegations"),
        _l(
            "By status, and of these how many have something inculpatory on every element, as far as you may see the evidence. It says how far the work is, never how strong a case is."
        ),
        (_l("Status"), _l("Allegations"), _l("Every element covered")),
        tuple(rows),
        coded=(0,),
    )


def _of_the_log(session: Session, held: Rights) -> Iterator[Figure]:
    """Yield the size of the log to whoever may read it: it counts what others may not see."""
    home = profile(session).organisation_compartment_id
    if not held.may(Permission.AUDIT, home):
        return
    signed = select(func.max(SignedCheckpoint.size)).where(SignedCheckpoint.epoch == LogEpoch.epoch)
    query = select(LogEpoch.epoch, LogEpoch.size, signed.scalar_subquery()).order_by(LogEpoch.epoch.desc())
    rows = [(number, size, done or 0, size - (done or 0)) for number, size, done in session.execute(query)]
    yield Figure(
        "log",
        _l("Custody log"),
        _l(
            "Events of the whole instance in each epoch of its log, how many of them the newest checkpoint signs, and how many wait for the next one."
        ),
        (_l("Epoch"), _l("Events"), _l("Signed"), _l("Waiting")),
        tuple(rows),
    )
