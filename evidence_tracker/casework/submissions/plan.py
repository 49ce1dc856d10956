"""The plan of a submission: all that its bundle is a function of, beside the log itself.

A plan is JSON without floats. Its *digest* covers what a reader of the bundle could
notice: items, their saved versions, the fields shown, levels, statement, recipient, the
keys it is encrypted to, and use; and the conditions under which persons allowed it. Approval binds this digest; the number of events and the consents relied on are left
out, since a viewing of an exhibit must not void an approval and a consent that changes
what may go changes the level, which is in.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access.levels import Level
from evidence_tracker.access.records import get
from evidence_tracker.casework.allegations.models import Allegation
from evidence_tracker.casework.consent.models import IdentityLevel
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.incidents.models import Incident
from evidence_tracker.casework.interviews.models import Interview
from evidence_tracker.casework.parties.models import Party
from evidence_tracker.casework.persons.codes import pseudonym
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.casework.submissions import gates, sources
from evidence_tracker.casework.submissions.analysis import allegation_annotations, incident_annotations
from evidence_tracker.casework.submissions.gates import Asked, Gate, GateCode, Permitted
from evidence_tracker.casework.submissions.models import ItemKind, Submission, SubmissionItem
from evidence_tracker.casework.submissions.preparation import live_items
from evidence_tracker.casework.submissions.sources import Standing
from evidence_tracker.custody.events import Actor
from evidence_tracker.custody.models import CustodyEventRow
from evidence_tracker.integrity.canonical import canonical
from evidence_tracker.vault.keyring import Keyring

EXHIBIT_FIELDS = (
    "kind",
    "title",
    "description",
    "received_at",
    "collected",
    "place",
    "device",
    "device_clock_offset_s",
    "language",
    "media_type",
    "size_bytes",
    "sha256",
    "derivative_kind",
    "is_graphic",
)
DERIVATIVE_FIELDS = (
    "kind",
    "title",
    "description",
    "language",
    "media_type",
    "size_bytes",
    "sha256",
    "derivative_kind",
    "is_graphic",
)
INTERVIEW_FIELDS_FULL = ("account_type", "state", "started", "ended", "language", "first_account")
#: Not even the language: some are spoken by few.
INTERVIEW_FIELDS_WITHHELD = ("account_type", "state")
#: Without ``basis``: it counts accounts, those that stay here too.
INCIDENT_FIELDS = (
    "title",
    "kind",
    "occurred",
    "place",
    "narrative",
    "target_object",
    "target_status",
    "military_presence",
    "warning_given",
    "weapon_system",
    "launch_direction",
    "damage",
    "reverberating_effects",
    "undefended_status",
    "advantage_notes",
)
ALLEGATION_FIELDS = ("pack_id", "pack_version", "pack_sha256", "code", "status", "rationale", "ihl_basis")
_UNDIGESTED = frozenset({"events", "consents", "sha512"})

EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/tiff": "tif",
    "image/heic": "heic",
    "image/heif": "heif",
    "application/pdf": "pdf",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "video/x-matroska": "mkv",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/x-wav": "wav",
    "audio/wav": "wav",
    "audio/flac": "flac",
    "audio/amr": "amr",
    "text/plain": "txt",
    "text/csv": "csv",
    "message/rfc822": "eml",
    "application/zip": "zip",
    "application/gzip": "gz",
    "application/json": "json",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "video/x-msvideo": "avi",
}


@dataclass
class Plan:
    """What would go, at which level, and every gate that is not open.

    ``people`` are those who allowed something in it, with the levels they allowed;
    ``made_from`` says what each item was made from, ``homes`` in which compartments and at which
    levels the items are kept.
    """

    document: dict[str, Any]
    gates: list[Gate] = field(default_factory=list)
    people: dict[UUID, set[IdentityLevel]] = field(default_factory=dict)
    made_from: dict[UUID, tuple[UUID, ...]] = field(default_factory=dict)
    homes: set[tuple[UUID, Level]] = field(default_factory=set)

    @property
    def digest(self) -> str:
        """Return the SHA-256 that an approval binds."""
        return digest_of(self.document)

    @property
    def closed(self) -> list[Gate]:
        """Return the gates that stop the submission."""
        return [gate for gate in self.gates if gate.is_closed]


def digest_of(document: Mapping[str, Any]) -> str:
    """Return the digest of a plan's approved part."""
    items = [
        {name: value for name, value in item.items() if name not in _UNDIGESTED} for item in document["items"]
    ]
    approved: dict[str, Any] = {**document, "items": items}
    return hashlib.sha256(canonical(approved)).hexdigest()


def make_plan(session: Session, submission: Submission, *, actor: Actor) -> Plan:
    """Look at everything that is in and return the plan with its gates.

    An item that the actor may not see raises ``NotFound``: nobody prepares, approves or
    releases what they cannot read.
    """
    recipient = session.get_one(Party, submission.party_id)
    items = live_items(session, submission)
    plan = Plan(_frame(submission, recipient))
    if not items:
        plan.gates.append(Gate(GateCode.EMPTY, submission.reference, "nothing is in it", "add items"))
    if not submission.statement.strip():
        plan.gates.append(
            Gate(
                GateCode.STATEMENT,
                submission.reference,
                "the statement on what is in and what is not is empty",
                "whoever prepares it: 'submission amend --statement'",
            )
        )
    plan.gates.extend(gates.recipient_gates(recipient, submission.reference))
    plan.gates.extend(gates.governance_gates(submission, submission.reference))
    names = {item.subject: item.number for item in items}
    for item in items:
        entry = _Entry(session, submission, recipient, item, names, actor)
        plan.document["items"].append(entry.document())
        plan.gates.extend(entry.gates)
        plan.made_from[item.subject] = entry.standing.made_from
        plan.homes |= entry.homes
        for person, level in entry.permitted.people.items():
            plan.people.setdefault(person, set()).add(level)
    return plan


def _frame(submission: Submission, recipient: Party) -> dict[str, Any]:
    return {
        "v": 1,
        "submission": str(submission.id),
        "kind": submission.kind.value,
        "title": submission.title,
        "version": submission.version,
        "recipient": str(recipient.id),
        "recipient_name": recipient.name,
        "recipient_class": recipient.recipient_class.value if recipient.recipient_class else None,
        "recipient_keys": sorted(recipient.age_recipients),
        "use": submission.use.value,
        "statement": submission.statement,
        "language": submission.language,
        "items": [],
    }


class _Entry:
    """One item looked at: what would be shown of it, and its gates."""

    def __init__(
        self,
        session: Session,
        submission: Submission,
        recipient: Party,
        item: SubmissionItem,
        numbers: Mapping[UUID, str],
        actor: Actor,
    ) -> None:
        self._session = session
        self._submission = submission
        self._recipient = recipient
        self._item = item
        self._numbers = numbers
        self._actor = actor
        self.gates: list[Gate] = []
        self.permitted = Permitted(None, (), {})
        self.standing = Standing(())
        self.homes: set[tuple[UUID, Level]] = set()

    def document(self) -> dict[str, Any]:
        make = {
            ItemKind.EXHIBIT: self._exhibit,
            ItemKind.INTERVIEW: self._interview,
            ItemKind.INCIDENT: self._incident,
            ItemKind.ALLEGATION: self._allegation,
            ItemKind.PERSON: self._person,
        }[self._item.kind]
        return {
            "number": self._item.number,
            "kind": self._item.kind.value,
            "subject": str(self._item.subject),
            "events": self._count_events(),
            **make(),
            "level": self.permitted.level.value if self.permitted.level else None,
            "conditions": [hashlib.sha256(words.encode()).hexdigest() for words in self.permitted.conditions],
            "consents": list(self.permitted.consents),
        }

    def _exhibit(self) -> dict[str, Any]:
        exhibit = self._see(Exhibit)
        asked = self._ask(sources.of_exhibit(self._session, exhibit))
        self.gates += gates.governance_gates(exhibit, self._item.number)
        self.gates += gates.exhibit_gates(
            self._session, exhibit, self.standing, self.permitted, self._item.number
        )
        self.gates += gates.twin_gates(self._session, exhibit, asked, actor=self._actor)
        shown = DERIVATIVE_FIELDS if exhibit.made_from_id is not None else EXHIBIT_FIELDS
        extension = EXTENSIONS.get((exhibit.media_type or "").split(";")[0], "bin")
        return {
            "record_version": exhibit.version,
            "fields": [name for name in shown if getattr(exhibit, name) is not None],
            "blob": str(exhibit.blob_id) if exhibit.blob_id else None,
            "sha256": exhibit.sha256,
            "size": exhibit.size_bytes,
            "media_type": exhibit.media_type,
            "file": f"{self._item.number}.{extension}",
            "annotations": self._pseudonyms(),
        }

    def _interview(self) -> dict[str, Any]:
        interview = self._see(Interview)
        standing = sources.of_interview(self._session, interview.id)
        heard = [leaning for leaning in standing.leanings if leaning.needs_consent]
        asked = self._ask(replace(standing, leanings=tuple(heard)))
        self.gates += gates.governance_gates(interview, self._item.number)
        if not heard:
            self.gates.append(
                Gate(
                    GateCode.SOURCE_UNKNOWN,
                    self._item.number,
                    "it has no interviewee",
                    "the interviewer: link them",
                )
            )
        is_full = self.permitted.level is IdentityLevel.FULL
        shown = INTERVIEW_FIELDS_FULL if is_full else INTERVIEW_FIELDS_WITHHELD
        if is_full:
            self.gates += gates.mention_gates(self._session, standing.leanings, asked)
        return {
            "record_version": interview.version,
            "fields": [name for name in shown if getattr(interview, name) is not None],
            "annotations": self._pseudonyms(),
        }

    def _incident(self) -> dict[str, Any]:
        return self._read_with_links(Incident, INCIDENT_FIELDS, incident_annotations)

    def _allegation(self) -> dict[str, Any]:
        return self._read_with_links(Allegation, ALLEGATION_FIELDS, allegation_annotations)

    def _read_with_links(
        self, model: type[Any], names: Sequence[str], annotate: Callable[..., Any]
    ) -> dict[str, Any]:
        record, number = self._see(model), self._item.number
        annotations, warnings = annotate(self._session, record, self._numbers, number, actor=self._actor)
        self.gates += [*gates.governance_gates(record, number), *warnings]
        return {
            "record_version": record.version,
            "fields": [name for name in names if getattr(record, name) is not None],
            "annotations": annotations,
        }

    def _person(self) -> dict[str, Any]:
        person = self._see(Person)
        self.gates += gates.governance_gates(person, self._item.number)
        self._ask(Standing((sources.Leaning(person.id, "person", needs_consent=True),)))
        if self.permitted.is_withheld:
            self.gates.append(
                Gate(
                    GateCode.IDENTITY,
                    self._item.number,
                    "this person did not allow their full identity to this recipient",
                    "the person alone; otherwise take them out",
                )
            )
        return {
            "record_version": person.version,
            "fields": [],
            "annotations": {"pseudonym": self._pseudonym(person.id, IdentityLevel.FULL)},
        }

    def _see(self, model: type[Any]) -> Any:
        record = get(self._session, model, self._item.subject, actor=self._actor)
        self.homes.add((record.compartment_id, record.level))
        return record

    def _ask(self, standing: Standing) -> Asked:
        self.standing = standing
        asked = Asked(
            self._item.number,
            self._item.subject,
            self._recipient,
            self._submission.use,
            standing.made_from,
        )
        self.permitted, closed = gates.consent_gates(self._session, standing.leanings, asked)
        self.gates += closed
        return asked

    def _pseudonyms(self) -> dict[str, Any]:
        named = sorted(self._pseudonym(person, level) for person, level in self.permitted.people.items())
        return {"persons": named} if named else {}

    def _pseudonym(self, person_id: UUID, level: IdentityLevel) -> str:
        key = recipient_key(self._session, self._recipient.id, is_withheld=level is not IdentityLevel.FULL)
        return pseudonym(key, person_id)

    def _count_events(self) -> int:
        rows = self._session.scalars(
            select(CustodyEventRow.seq).where(CustodyEventRow.subject == self._item.subject)
        ).all()
        return len(rows)


def recipient_key(session: Session, party_id: UUID, *, is_withheld: bool) -> bytes:
    """Return the key from which a recipient's pseudonyms are made; it never leaves.

    Whoever is named in one item and withheld in another has a pseudonym for each: one for both
    would carry the name from the first to the second.
    """
    keyring: Keyring = session.info["keyring"]
    return keyring.root.derive(f"recipient-pseudonyms/{party_id}{'/withheld' if is_withheld else ''}")


def annex_gates(plan: Plan, evidence: Plan) -> list[Gate]:
    """Return a gate for each person of an annex whom nothing of the submission it belongs to may name.

    Somebody who is in it under a pseudonym alone would be unmasked by standing in its annex.
    """
    return [
        Gate(
            GateCode.OUTSIDE,
            item["number"],
            "nothing of the submission that the annex belongs to may name this person",
            "whoever prepares it: take the person out of the annex",
        )
        for item in plan.document["items"]
        if IdentityLevel.FULL not in evidence.people.get(UUID(item["subject"]), ())
    ]
