"""The scan for names: nothing leaves that would name a person who did not allow it.

Every word of a bundle (records, statement, index, opened custody fields, file names) and
the text, metadata and document properties of every exhibit are searched for everything in
the identity vault. The scan fails closed; what no machine could read is handed to the
approver by number.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access.policy import now
from evidence_tracker.access.records import profile
from evidence_tracker.casework.consent.gates import live_by_item
from evidence_tracker.casework.consent.models import IdentityLevel
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.parties.models import Party
from evidence_tracker.casework.persons.identities import planted_names
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.casework.persons.names import planted_in
from evidence_tracker.casework.submissions.gates import Gate, GateCode
from evidence_tracker.casework.submissions.models import Submission
from evidence_tracker.custody.events import Actor
from evidence_tracker.custody.vault import Vault
from evidence_tracker.errors import EvidenceTrackerError
from evidence_tracker.keys.roots import PrivateKey
from evidence_tracker.vault.models import Blob


@dataclass(frozen=True)
class Names:
    """What would name whom, and where that is allowed: kept in memory for one scan."""

    planted: Mapping[UUID, list[str]]
    free: Mapping[UUID, frozenset[str]]
    own_numbers: re.Pattern[str]

    def found_in(self, number: str, text: str) -> bool:
        """Say whether ``text`` of item ``number`` names somebody who did not allow it there."""
        return any(
            planted_in(text, strings)
            for person, strings in self.planted.items()
            if strings and number not in self.free.get(person, frozenset())
        )


def names_of_everybody(
    session: Session,
    private: PrivateKey,
    submission: Submission,
    items: Mapping[str, UUID],
    *,
    actor: Actor,
) -> Names:
    """Open the names of every person of this instance, and where each may be named.

    A person may be named in an item only if a live consent allows this recipient and use
    the full identity for exactly that item.
    """
    person_ids = list(session.scalars(select(Person.id)))
    planted = planted_names(session, private, person_ids, submission=submission, actor=actor)
    recipient = session.get_one(Party, submission.party_id)
    free: dict[UUID, set[str]] = {}
    named = [person for person, strings in planted.items() if strings]
    numbers = {subject: number for number, subject in items.items()}
    decisions = live_by_item(
        session, named, recipient=recipient, use=submission.use, item_ids=numbers, at=now(session)
    )
    for (person, subject), decision in decisions.items():
        if subject is not None and decision.allowed and decision.identity_level is IdentityLevel.FULL:
            free.setdefault(person, set()).add(numbers[subject])
    prefix = re.escape(profile(session).prefix)
    # References of this instance and codes of persons mean something here and travel nowhere.
    own = re.compile(rf"\b(?:{prefix}-[A-Z]{{1,2}}-\d{{4,}}|PN-[0-9A-Z]{{6}})\b")
    return Names(planted, {person: frozenset(numbers) for person, numbers in free.items()}, own)


def scan_texts(names: Names, texts: Iterable[tuple[str, str, str]]) -> list[Gate]:
    """Search (number, where, text); returns a gate for each place that names somebody, or an own number."""
    found = []
    for number, where, text in texts:
        if names.found_in(number, text):
            found.append(_named(number, where))
        if (own := names.own_numbers.search(text)) is not None:
            found.append(_own_number(number, where, own[0]))
    return found


def scan_exhibits(
    session: Session, vault: Vault, names: Names, exhibits: Mapping[str, Exhibit]
) -> list[Gate]:
    """Search the text and the properties of each exhibit, in the sandbox."""
    found: list[Gate] = []
    for number, exhibit in exhibits.items():
        if exhibit.blob_id is None:
            continue
        blob = session.get_one(Blob, exhibit.blob_id)
        found.extend(_scan_blob(session, vault, names, number, blob))
    return found


def _scan_blob(session: Session, vault: Vault, names: Names, number: str, blob: Blob) -> list[Gate]:
    try:
        text = vault.sandbox.text(vault.chunks(session, blob), blob.media_type)
        examined = vault.sandbox.examine(vault.chunks(session, blob), blob.media_type)
    except EvidenceTrackerError as error:
        return [_unreadable(number, str(error))]
    gates = []
    if names.found_in(number, text.text):
        gates.append(_named(number, "its text"))
    properties = " \n ".join(f"{name} {value}" for name, value in examined.properties.items())
    if names.found_in(number, f"{properties} \n {examined.make or ''} {examined.model or ''}"):
        gates.append(_named(number, "its metadata"))
    if text.failed:
        gates.append(_unreadable(number, text.failed))
    return gates


def _named(number: str, where: str) -> Gate:
    return Gate(
        GateCode.NAME_FOUND,
        number or "the submission",
        f"{where} would name a person who did not allow that to this recipient",
        "an analyst: amend the record, or make a derivative with identifiers removed",
    )


def _own_number(number: str, where: str, stated: str) -> Gate:
    return Gate(
        GateCode.OWN_NUMBER,
        number or "the submission",
        f"{where} holds a number that is valid in this instance alone, such as {stated[:3]}… or a person's code",
        "whoever may amend the record: say it without the number, or by its number in this submission",
    )


def _unreadable(number: str, reason: str) -> Gate:
    return Gate(
        GateCode.UNREADABLE,
        number,
        f"no machine could read it for names ({reason})",
        "the approver: look at it and say so with --looked-at",
    )
