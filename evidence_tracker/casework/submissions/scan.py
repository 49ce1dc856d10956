"""The scan for names: nothing leaves that would name a person who did not allow it.

Every word of a bundle (records, statement, index, opened custody fields, file names) and
the text, metadata and document properties of every exhibit are searched for everything in
the identity vault. The scan fails closed; what no machine could read is handed to the
approver by number.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access.policy import now
from evidence_tracker.access.records import profile
from evidence_tracker.casework.consent.gates import live_by_item
from evidence_tracker.casework.consent.models import IdentityLevel
from evidence_tracker.casework.exhibits.models import DerivativeKind, Exhibit
from evidence_tracker.casework.parties.models import Party
from evidence_tracker.casework.persons.identities import planted_names
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.casework.persons.names import fold, planted_in
from evidence_tracker.casework.submissions.gates import Gate, GateCode
from evidence_tracker.casework.submissions.models import Submission
from evidence_tracker.custody.events import Actor
from evidence_tracker.custody.vault import Vault
from evidence_tracker.errors import EvidenceTrackerError
from evidence_tracker.keys.roots import PrivateKey
from evidence_tracker.sandbox.answers import Examination
from evidence_tracker.vault.models import Blob

#: Properties that say how the copy itself was made, and nothing of who or what is in it.
_HARMLESS = re.compile(
    r"exif\.(orientation|software)|pdf\.(producer|creator|creationdate|moddate)|recording\.(duration_s|encoder)"
    r"|office\.(application|generator|created|modified|creation_date|date|pages|page_count)|zip\.entries"
)
_UNSEEN = {
    "image": "What is shown in a picture is not read.",
    "video": "What is shown and said in a film is not heard or seen.",
    "audio": "What is said in a recording is not heard.",
}


@dataclass(frozen=True)
class Names:
    """What would name whom, and where that is allowed: kept in memory for one scan."""

    planted: Mapping[UUID, list[str]]
    free: Mapping[UUID, frozenset[str]]
    own_numbers: re.Pattern[str]

    def own_number_in(self, text: str) -> str | None:
        """Return the first reference of this instance or code of a person in ``text``."""
        found = self.own_numbers.search(fold(text))
        return None if found is None else found[0].upper()

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
    made_from: Mapping[UUID, Collection[UUID]],
    *,
    actor: Actor,
) -> Names:
    """Open the names of every person of this instance, and where each may be named.

    A person may be named in an item only if a live consent allows this recipient and use
    the full identity for exactly that item (``made_from`` says what each was made from).
    """
    person_ids = list(session.scalars(select(Person.id)))
    planted = planted_names(session, private, person_ids, submission=submission, actor=actor)
    recipient = session.get_one(Party, submission.party_id)
    free: dict[UUID, set[str]] = {}
    named = [person for person, strings in planted.items() if strings]
    numbers = {subject: number for number, subject in items.items()}
    decisions = live_by_item(
        session,
        named,
        recipient=recipient,
        use=submission.use,
        items={subject: made_from.get(subject, ()) for subject in numbers},
        at=now(session),
    )
    for (person, subject), decision in decisions.items():
        if subject is not None and decision.allowed and decision.identity_level is IdentityLevel.FULL:
            free.setdefault(person, set()).add(numbers[subject])
    return Names(
        planted, {person: frozenset(numbers) for person, numbers in free.items()}, _own_numbers(session)
    )


def _own_numbers(session: Session) -> re.Pattern[str]:
    """Return how references of this instance and codes of persons look in folded text.

    They mean something here and travel nowhere.
    """
    prefix = re.escape(fold(profile(session).prefix))
    return re.compile(
        rf"(?<![^\W_])(?:{prefix}[-_ ]?[a-z]{{1,2}}[-_ ]\d{{4,}}|pn[-_ ][0-9a-hj-km-np-tv-z]{{6}})(?![^\W_])"
    )


def scan_texts(names: Names, texts: Iterable[tuple[str, str, str]]) -> list[Gate]:
    """Search (number, where, text); returns a gate for each place that names somebody, or an own number."""
    found = []
    for number, where, text in texts:
        if names.found_in(number, text):
            found.append(_named(number, where))
        if (own := names.own_number_in(text)) is not None:
            found.append(_own_number(number, where, own))
    return found


def scan_exhibits(
    session: Session,
    vault: Vault,
    names: Names,
    exhibits: Mapping[str, Exhibit],
    tell: Callable[[int], None],
) -> list[Gate]:
    """Search the text and the properties of each exhibit, in the sandbox; ``tell`` hears each one's bytes."""
    found: list[Gate] = []
    for number, exhibit in exhibits.items():
        if exhibit.blob_id is None:
            continue
        found.extend(_scan_exhibit(session, vault, names, number, exhibit))
        tell(exhibit.size_bytes or 0)
    return found


def _scan_exhibit(session: Session, vault: Vault, names: Names, number: str, exhibit: Exhibit) -> list[Gate]:
    blob = session.get_one(Blob, exhibit.blob_id)
    try:
        text = vault.sandbox.text(vault.chunks(session, blob), blob.media_type)
        examined = vault.sandbox.examine(vault.chunks(session, blob), blob.media_type)
    except EvidenceTrackerError as error:
        return [_unreadable(number, str(error))]
    gates = []
    properties = _properties(examined)
    if names.found_in(number, text.text):
        gates.append(_named(number, "its text"))
    if names.found_in(number, properties):
        gates.append(_named(number, "its metadata"))
    if exhibit.derivative_kind is DerivativeKind.IDENTIFIERS_REMOVED:
        gates.extend(_left_in(number, examined, names.own_number_in(f"{text.text}\n{properties}")))
    unread = [reason for reason in (text.failed, examined.failed, _unseen(blob.media_type)) if reason]
    if unread:
        gates.append(_unreadable(number, " ".join(unread)))
    return gates


def _properties(examined: Examination) -> str:
    said = [f"{name} {value}" for name, value in examined.properties.items()]
    return " \n ".join([*said, examined.make or "", examined.model or ""])


def _unseen(media_type: str) -> str | None:
    """Say what no machine here perceives: a name may be shown or spoken."""
    return _UNSEEN.get(media_type.split("/", 1)[0])


def _left_in(number: str, examined: Examination, own: str | None) -> list[Gate]:
    """Return a gate if a working copy without identifiers still says where, when, by whom or with what."""
    left = {
        "where it was made": examined.latitude or examined.longitude,
        "when it was made": examined.taken_text,
        "with which device": examined.make or examined.model,
        "data that could not be read": examined.failed,
        "a number of this instance": own,
    }
    said = [what for what, value in left.items() if value]
    said += [examined.also_holds] if examined.also_holds else []
    said += sorted(name for name in examined.properties if not _HARMLESS.fullmatch(name))
    if not said:
        return []
    return [
        Gate(
            GateCode.IDENTIFIERS_LEFT,
            number,
            f"it is said to be without identifiers, but its file still holds: {', '.join(said)}",
            "an analyst: make the copy again without metadata, and have it checked",
        )
    ]


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
