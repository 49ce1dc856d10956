"""Sealing what names a person, and opening it again with a custodian's key and a reason.

Whoever may record identities seals them to the public half of the identity root
(``keys.roots``); the private half is handed in by the door, which had a custodian unlock
it. Opening leaves an event in the log with the reason and the names of the fields, never
a value.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evidence_tracker.access import stated
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Record
from evidence_tracker.access.policy import Permission, now, require
from evidence_tracker.access.records import Governance, amend, create, needed
from evidence_tracker.casework.persons import names
from evidence_tracker.casework.persons.models import IdentityField, IdentityName, Person
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.custody.ledger import record
from evidence_tracker.errors import IntegrityFailure, InvalidInput, NotFound
from evidence_tracker.keys.roots import PrivateKey, PublicKey

Values = str | Sequence[str]

# A person has one of these; of the others several may be true at the same time.
SINGLE = frozenset({IdentityName.LEGAL_NAME, IdentityName.LATIN_NAME, IdentityName.DATE_OF_BIRTH})
MAX_BYTES = 16_384
# The length of a name is no secret worth keeping, but it need not be told either.
_BLOCK = 256
_CHUNK = 500
SCAN = "bundle scan"


def seal_identity(
    session: Session, person: Person, identity: Mapping[str, Values], *, actor: Actor, beside: bool = False
) -> list[IdentityField]:
    """Seal values, by the words of ``IdentityName``; returns the new fields.

    A new value supersedes the earlier ones of its name. ``beside=True`` keeps those current,
    since whoever adds a second telephone number may not be allowed to read the first.
    """
    read = {
        stated.word(IdentityName)(name, "part of an identity"): values for name, values in identity.items()
    }
    texts = {name: _texts(name, values, beside=beside) for name, values in read.items()}
    require(session, actor, Permission.SEAL_IDENTITY, person.compartment_id, level=person.level)
    if not beside:
        _supersede(session, person, texts, actor=actor)
    number = (
        session.scalar(select(func.max(IdentityField.number)).where(IdentityField.person_id == person.id))
        or 0
    )
    made = []
    for name, values in texts.items():
        for value in values:
            number += 1
            made.append(_seal_one(session, person, name, value, number=number, actor=actor))
    return made


def reveal(
    session: Session,
    person: Person,
    private: PrivateKey,
    *,
    reason: str,
    actor: Actor,
    only: Collection[str] | None = None,
    with_superseded: bool = False,
) -> dict[IdentityName, list[str]]:
    """Open a person's identity, or ``only`` some of its fields; returns the values by name.

    The act is in the log once the transaction commits: show nothing before.
    """
    needed(reason, "The reason for opening an identity")
    require(
        session,
        actor,
        Permission.REVEAL,
        person.compartment_id,
        level=max(person.level, Level.RESTRICTED, key=_rank),
    )
    wanted = (
        None if only is None else {stated.word(IdentityName)(name, "part of an identity") for name in only}
    )
    rows = [
        row
        for row in _fields(session, [person.id])
        if (wanted is None or row.name in wanted) and (with_superseded or row.superseded_at is None)
    ]
    opened: dict[IdentityName, list[str]] = {}
    for row in rows:
        opened.setdefault(row.name, []).append(_open(row, private))
    record(
        session,
        CustodyVerb.IDENTITY_REVEALED,
        person.id,
        compartment_id=person.compartment_id,
        actor=actor,
        facts={
            "reason": reason.strip(),
            "fields": sorted(name.value for name in opened),
            "with_superseded": with_superseded,
        },
    )
    return opened


def planted_names(
    session: Session, private: PrivateKey, person_ids: Collection[UUID], *, submission: Record, actor: Actor
) -> dict[UUID, list[str]]:
    """Return every string that would give one of these persons away, for the scan of a bundle.

    Folded by ``names.fold`` and sorted; superseded values are among them, because an old
    name still names. Look for them with ``names.planted_in``. The answer is for the scan
    alone and never reaches a door; that is why the right to read this submission is
    enough, wherever the persons are recorded: preparers, approvers and releasers all scan.
    Each person's log notes the use.
    """
    require(session, actor, Permission.READ, submission.compartment_id, level=submission.level)
    persons = _persons(session, person_ids)
    found: dict[UUID, set[str]] = {person.id: set() for person in persons}
    opened: dict[UUID, set[str]] = {person.id: set() for person in persons}
    for row in _fields(session, list(found)):
        if row.name in _NAMING:
            found[row.person_id] |= _NAMING[row.name](_open(row, private))
            opened[row.person_id].add(row.name.value)
    for person in persons:
        if opened[person.id]:
            record(
                session,
                CustodyVerb.IDENTITY_REVEALED,
                person.id,
                compartment_id=person.compartment_id,
                actor=actor,
                facts={"use": SCAN, "submission": str(submission.id), "fields": sorted(opened[person.id])},
            )
    return {person_id: sorted(strings) for person_id, strings in found.items()}


# Names of relatives and places of living are not here: they stand in half of all accounts
# without naming this person, and a scan that always cries is switched off.
_NAMING = {
    IdentityName.LEGAL_NAME: names.of_name,
    IdentityName.LATIN_NAME: names.of_name,
    IdentityName.ALIAS: names.of_name,
    IdentityName.PHONE: names.of_phone,
    IdentityName.ID_SEEN: names.of_contact,
    IdentityName.SAFE_CONTACT: names.of_contact,
}


def _texts(name: IdentityName, values: Values, *, beside: bool) -> list[str]:
    what = name.value.replace("_", " ")
    texts = [stated.text(values, what)] if isinstance(values, str) else stated.texts(list(values), what)
    if not texts:
        raise InvalidInput(f"The {what} is missing.")
    if name in SINGLE and (beside or len(texts) > 1):
        raise InvalidInput(f"A person has one {what}.", advice="Record other names as an alias.")
    for text in texts:
        if len(text.encode("utf-8")) > MAX_BYTES:
            raise InvalidInput(f"The {what} is longer than {MAX_BYTES} bytes.")
    return texts


def _supersede(session: Session, person: Person, texts: Collection[IdentityName], *, actor: Actor) -> None:
    for row in _fields(session, [person.id]):
        if row.name in texts and row.superseded_at is None:
            amend(
                session,
                row,
                {"superseded_at": now(session)},
                actor=actor,
                permission=Permission.SEAL_IDENTITY,
            )


def _seal_one(
    session: Session, person: Person, name: IdentityName, value: str, *, number: int, actor: Actor
) -> IdentityField:
    public: PublicKey = session.info["identity_public"]
    return create(
        session,
        IdentityField,
        compartment_id=person.compartment_id,
        governance=Governance.of(person),
        actor=actor,
        permission=Permission.SEAL_IDENTITY,
        verb=CustodyVerb.IDENTITY_SEALED,
        facts={"person": str(person.id)},
        person_id=person.id,
        number=number,
        name=name,
        sealed=public.seal(_padded(value), _purpose(person.id, name, number)),
    )


def _open(row: IdentityField, private: PrivateKey) -> str:
    plain = private.unseal(row.sealed, _purpose(row.person_id, row.name, row.number))
    value = json.loads(plain)
    if not isinstance(value, str):
        raise IntegrityFailure(f"A sealed {row.name.value} does not hold text.")
    return value


def _padded(value: str) -> bytes:
    # JSON may end in spaces, so that the padding needs no mark of its own.
    plain = json.dumps(value, ensure_ascii=False).encode("utf-8")
    return plain.ljust(-(-len(plain) // _BLOCK) * _BLOCK)


def _purpose(person_id: UUID, name: IdentityName, number: int) -> str:
    return f"identity/{person_id}/{name.value}/{number}"


def _fields(session: Session, person_ids: Sequence[UUID]) -> list[IdentityField]:
    rows: list[IdentityField] = []
    for start in range(0, len(person_ids), _CHUNK):
        query = select(IdentityField).where(IdentityField.person_id.in_(person_ids[start : start + _CHUNK]))
        rows += session.scalars(query.order_by(IdentityField.person_id, IdentityField.number))
    return rows


def _persons(session: Session, person_ids: Collection[UUID]) -> list[Person]:
    wanted = sorted(set(person_ids))
    rows: list[Person] = []
    for start in range(0, len(wanted), _CHUNK):
        rows += session.scalars(select(Person).where(Person.id.in_(wanted[start : start + _CHUNK])))
    if len(rows) != len(wanted):
        raise NotFound(
            "A person to be looked for does not exist here.", advice="The bundle is not built without them."
        )
    return rows


def _rank(level: Level) -> int:
    return level.rank
