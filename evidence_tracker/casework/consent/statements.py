"""What a person says about consent, recorded: give, refuse, limit, renew, withdraw.

One act is a group of events, one for each cell. Nothing here changes an earlier event;
``gates`` says what all of them amount to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evidence_tracker import outbox
from evidence_tracker.access import stated
from evidence_tracker.access.policy import Permission, now, require
from evidence_tracker.access.records import Governance, create
from evidence_tracker.casework.consent import gates
from evidence_tracker.casework.consent.gates import Recipient
from evidence_tracker.casework.consent.models import (
    ConsentEvent,
    ConsentForm,
    ConsentKind,
    IdentityLevel,
    Scope,
    Use,
)
from evidence_tracker.casework.consent.packages import Package
from evidence_tracker.casework.consent.safeguards import check_capacity, check_dates, check_witness
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.parties.models import Party, RecipientClass
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.casework.persons.stating import day
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.errors import GateClosed, InvalidInput

NOTIFY_WITHDRAWAL = "notify-withdrawal"
TELL_PREPARERS = "tell-preparers"

FACTS: Mapping[str, stated.Reader] = {
    "form": stated.word(ConsentForm),
    "language": stated.language,
    "interpreter": stated.optional_text,
    "witness": stated.optional_text,
    "text_version": stated.optional_text,
    "obtained_by": stated.text,
    "obtained": stated.moment,
    "capacity_ok": stated.optional(stated.yes_or_no),
    "is_guardian_conflict_checked": stated.yes_or_no,
    "child_assent": stated.optional(stated.yes_or_no),
    "best_interest": stated.optional_text,
    "conditions": stated.optional_text,
    "expires_on": stated.optional(day),
    "reason": stated.optional_text,
}
_NEEDED = ("form", "language", "obtained_by", "obtained")
_VERBS = {
    ConsentKind.GIVEN: CustodyVerb.CONSENT_GIVEN,
    ConsentKind.REFUSED: CustodyVerb.CONSENT_REFUSED,
    ConsentKind.LIMITED: CustodyVerb.CONSENT_LIMITED,
    ConsentKind.RENEWED: CustodyVerb.CONSENT_RENEWED,
    ConsentKind.WITHDRAWN: CustodyVerb.CONSENT_WITHDRAWN,
}


@dataclass(frozen=True)
class Cell:
    """What one statement is about.

    ``recipient`` a class, a named party or None for every recipient; ``use`` None for every
    use; ``items`` the ids it is restricted to, empty for everything the person gave.
    """

    recipient: RecipientClass | Party | None = None
    use: Use | None = None
    identity_level: IdentityLevel | None = None
    items: tuple[UUID, ...] = ()

    @property
    def recipient_class(self) -> RecipientClass | None:
        """Return the class, a party's own for a named party."""
        return self.recipient.recipient_class if isinstance(self.recipient, Party) else self.recipient

    @property
    def party_id(self) -> UUID | None:
        """Return the id of a named party."""
        return self.recipient.id if isinstance(self.recipient, Party) else None

    def __str__(self) -> str:
        """Return the cell as a person reads it."""
        who = self.recipient.reference if isinstance(self.recipient, Party) else self.recipient
        return f"{self.use or 'every use'} by {who or 'every recipient'}"


EVERYTHING = Cell()


def give(
    session: Session,
    person: Person,
    what: Package | Sequence[Cell],
    *,
    facts: Mapping[str, Any],
    actor: Actor,
    items: Sequence[UUID] = (),
    guardian: Person | None = None,
    evidence: Exhibit | None = None,
) -> list[ConsentEvent]:
    """Record that a person allows something: a package, or cell by cell; returns the events.

    ``facts`` are the names of ``FACTS``. A child's consent is the guardian's together with
    the child's own assent; what is missing is named. ``items`` restricts a package.
    """
    read = _read(facts)
    cells = _of_package(what, items) if isinstance(what, Package) else list(what)
    _check_named(cells)
    _check_permission(person, read, guardian)
    if isinstance(what, Package):
        read |= {"package": what.key, "package_version": what.version}
        read["text_version"] = read.get("text_version") or what.text_version
    return _record(
        session, person, ConsentKind.GIVEN, cells, read, actor=actor, guardian=guardian, evidence=evidence
    )


def refuse(
    session: Session,
    person: Person,
    cells: Sequence[Cell] = (EVERYTHING,),
    *,
    facts: Mapping[str, Any],
    actor: Actor,
    evidence: Exhibit | None = None,
) -> list[ConsentEvent]:
    """Record that a person does not allow something; returns the events.

    No safeguard stands in the way of a "no". Where it takes back what was allowed before,
    those who received something are owed the news, as after a withdrawal.
    """
    return _restrict(session, person, ConsentKind.REFUSED, cells, facts, actor=actor, evidence=evidence)


def withdraw(
    session: Session,
    person: Person,
    cells: Sequence[Cell] = (EVERYTHING,),
    *,
    facts: Mapping[str, Any],
    actor: Actor,
    evidence: Exhibit | None = None,
) -> list[ConsentEvent]:
    """Record that a person takes consent back, wholly or by cell; returns the events.

    Nobody has to justify it. It holds from this moment on, and the instance owes it to the
    person to tell everyone who received something (an outbox promise).
    """
    return _restrict(session, person, ConsentKind.WITHDRAWN, cells, facts, actor=actor, evidence=evidence)


def limit(
    session: Session,
    person: Person,
    cells: Sequence[Cell],
    *,
    facts: Mapping[str, Any],
    actor: Actor,
    evidence: Exhibit | None = None,
) -> list[ConsentEvent]:
    """Record that a person may be named less than they allowed; returns the events.

    A limit allows nothing by itself, so there must be a permission that it narrows.
    """
    _check_named(cells)
    events = _known(session, person)
    for cell in cells:
        if not any(event.kind.is_permission and _touches(event, cell) for event in events):
            raise GateClosed(
                f"{person.code} has not allowed {cell}: there is nothing to limit.",
                advice="If the person allows it at this level, record it as given.",
            )
    return _restrict(session, person, ConsentKind.LIMITED, cells, facts, actor=actor, evidence=evidence)


def renew(
    session: Session,
    person: Person,
    cells: Sequence[Cell] = (),
    *,
    facts: Mapping[str, Any],
    actor: Actor,
    guardian: Person | None = None,
    evidence: Exhibit | None = None,
) -> list[ConsentEvent]:
    """Record that a person confirms what they allowed, as it stands; returns the events.

    Without cells everything that stands, or stood until it expired, is renewed at its own
    level. What was withdrawn, and a higher level than before, must be given anew.
    """
    read = _read(facts)
    _check_permission(person, read, guardian)
    events = _known(session, person)
    wanted = list(cells) or _permitted(session, events)
    renewed = [_renewable(session, person, events, cell) for cell in wanted]
    found = [cell for cell in renewed if cell is not None]
    missing = [str(cell) for cell, new in zip(wanted, renewed, strict=True) if new is None]
    if not found or (cells and missing):
        raise GateClosed(
            f"{person.code} has no consent to renew{': ' + ', '.join(missing) if missing else ''}.",
            advice="Record it as given: what was never allowed or was withdrawn cannot be renewed.",
        )
    return _record(
        session, person, ConsentKind.RENEWED, found, read, actor=actor, guardian=guardian, evidence=evidence
    )


def _restrict(
    session: Session,
    person: Person,
    kind: ConsentKind,
    cells: Sequence[Cell],
    facts: Mapping[str, Any],
    *,
    actor: Actor,
    evidence: Exhibit | None,
) -> list[ConsentEvent]:
    read = _read(facts)
    before = _known(session, person)
    takes_back = any(event.kind.is_permission and _touches(event, cell) for event in before for cell in cells)
    events = _record(session, person, kind, cells, read, actor=actor, evidence=evidence)
    if takes_back or kind is ConsentKind.WITHDRAWN:
        group_id = str(events[0].group_id)
        payload = {"person_id": str(person.id), "group_id": group_id, "kind": kind.value}
        outbox.promise(session, NOTIFY_WITHDRAWAL, payload, key=group_id)
        # What rests on this person is known in a later room, and so told after the commit.
        outbox.promise(session, TELL_PREPARERS, payload, key=group_id)
    return events


def _read(facts: Mapping[str, Any]) -> dict[str, Any]:
    read = stated.read(facts, FACTS)
    missing = [name.replace("_", " ") for name in _NEEDED if read.get(name) is None]
    if missing:
        raise InvalidInput(
            f"Not stated: {', '.join(missing)}.", advice="Say how, when and by whom it was taken."
        )
    return read


def _of_package(package: Package, items: Sequence[UUID]) -> list[Cell]:
    return [Cell(cell.recipient_class, cell.use, cell.identity_level, tuple(items)) for cell in package.cells]


def _check_named(cells: Sequence[Cell]) -> None:
    for cell in cells:
        if cell.recipient is None or cell.use is None or cell.identity_level is None:
            raise InvalidInput(
                "Consent names the recipient, the use and how the person is named.",
                advice="Only a refusal or a withdrawal may speak of every recipient or every use.",
            )
        if cell.identity_level is IdentityLevel.NONE:
            raise InvalidInput(
                "The level 'none' allows nothing.", advice="Record a refusal or a withdrawal instead."
            )


def _check_permission(person: Person, read: Mapping[str, Any], guardian: Person | None) -> None:
    check_witness(read)
    check_capacity(person, read, guardian)


def _record(
    session: Session,
    person: Person,
    kind: ConsentKind,
    cells: Sequence[Cell],
    read: Mapping[str, Any],
    *,
    actor: Actor,
    guardian: Person | None = None,
    evidence: Exhibit | None = None,
) -> list[ConsentEvent]:
    require(session, actor, Permission.CONSENT, person.compartment_id, level=person.level)
    _check_cells(cells)
    check_dates(read, now(session), may_expire=kind.is_permission)
    number = (
        session.scalar(select(func.max(ConsentEvent.number)).where(ConsentEvent.person_id == person.id)) or 0
    )
    earliest, latest = read["obtained"].bounds()
    group = {
        **dict.fromkeys(FACTS),
        "is_guardian_conflict_checked": False,
        "package": None,
        "package_version": None,
        **read,
        "group_id": uuid4(),
        "obtained_earliest_at": earliest,
        "obtained_latest_at": latest,
        "guardian_id": None if guardian is None else guardian.id,
        "evidence_id": None if evidence is None else evidence.id,
    }
    return [
        create(
            session,
            ConsentEvent,
            compartment_id=person.compartment_id,
            governance=Governance.of(person),
            actor=actor,
            permission=Permission.CONSENT,
            verb=_VERBS[kind],
            occurred=read["obtained"],
            person_id=person.id,
            number=number + position,
            kind=kind,
            recipient_class=cell.recipient_class,
            party_id=cell.party_id,
            use=cell.use,
            identity_level=None if kind.is_denial else cell.identity_level,
            scope=Scope.ITEMS if cell.items else Scope.ALL,
            items=sorted(str(item) for item in cell.items),
            **group,
        )
        for position, cell in enumerate(cells, start=1)
    ]


def _check_cells(cells: Sequence[Cell]) -> None:
    if not cells:
        raise InvalidInput("It is not said what is allowed, refused, limited or withdrawn.")
    for cell in cells:
        if isinstance(cell.recipient, Party) and cell.recipient.recipient_class is None:
            raise InvalidInput(f"{cell.recipient.reference} is never a recipient.")
    named = {(cell.recipient_class, cell.party_id, cell.use, tuple(sorted(cell.items))) for cell in cells}
    if len(named) != len(cells):
        raise InvalidInput("One act speaks twice of the same recipient and use.")


def _known(session: Session, person: Person) -> list[ConsentEvent]:
    query = select(ConsentEvent).where(ConsentEvent.person_id == person.id).order_by(ConsentEvent.number)
    return list(session.scalars(query))


def _touches(event: ConsentEvent, cell: Cell) -> bool:
    """Say whether an event and a cell have anything in common."""
    if cell.use is not None and event.use is not cell.use:
        return False
    if cell.items and event.items and not {str(item) for item in cell.items} & set(event.items):
        return False
    if cell.party_id is not None and event.party_id is not None:
        return event.party_id == cell.party_id
    return cell.recipient_class is None or event.recipient_class is cell.recipient_class


def _permitted(session: Session, events: Sequence[ConsentEvent]) -> list[Cell]:
    """Return the cells of all permissions, each once, at the level that each was given."""
    found: dict[tuple[Any, ...], Cell] = {}
    for event in events:
        if event.kind.is_permission:
            party = None if event.party_id is None else session.get_one(Party, event.party_id)
            items = tuple(UUID(item) for item in event.items)
            cell = Cell(party or event.recipient_class, event.use, None, items)
            found[cell.recipient_class, cell.party_id, cell.use, items] = cell
    return list(found.values())


def _renewable(session: Session, person: Person, events: Sequence[ConsentEvent], cell: Cell) -> Cell | None:
    """Return the cell at the level that stands in it, expiry aside; None where nothing stands."""
    if cell.recipient_class is None or cell.use is None:
        raise InvalidInput("A renewal names the recipient and the use, or renews everything.")
    recipient = Recipient(cell.recipient_class, cell.party_id)
    levels = [
        gates.level_to_renew(events, recipient=recipient, use=cell.use, item_id=item_id, at=now(session))
        for item_id in (cell.items or (None,))
    ]
    standing = [level for level in levels if level is not None]
    if len(standing) != len(levels):
        return None
    level = min(standing, key=lambda item: item.rank)
    if cell.identity_level is not None and cell.identity_level.rank > level.rank:
        raise GateClosed(
            f"{person.code} allowed {cell} at the level {level}, which a renewal cannot raise.",
            advice="Record the higher level as given.",
        )
    return replace(cell, identity_level=cell.identity_level or level)
