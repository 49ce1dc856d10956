"""The gates of a submission: what must hold before anything may leave, and who can lift what.

Every gate is asked again at approval, sealing, building, release and each later hand-over.
A gate that cannot be answered is closed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Record
from evidence_tracker.access.policy import now
from evidence_tracker.casework.consent.gates import live
from evidence_tracker.casework.consent.models import IdentityLevel, Use
from evidence_tracker.casework.exhibits.models import DerivativeKind, Exhibit, LinkBasis, SourceKind
from evidence_tracker.casework.parties.models import Party
from evidence_tracker.casework.submissions.sources import Leaning, lineage


class GateCode(StrEnum):
    """Which gate."""

    EMPTY = "empty"
    STATEMENT = "statement"
    LEGAL_BASIS = "legal-basis"
    LEVEL = "level"
    SOURCE_UNKNOWN = "source-unknown"
    CONSENT = "consent"
    IDENTITY = "identity"
    OUTSIDE = "outside"
    BASIS = "basis"
    UNCHECKED = "unchecked"
    NO_CONTENT = "no-content"
    NAME_FOUND = "name-found"
    OWN_NUMBER = "own-number"
    UNREADABLE = "unreadable"
    EXCULPATORY = "exculpatory"
    JURISDICTION = "jurisdiction"


#: Gates that inform but do not close the way.
ADVISORY = frozenset({GateCode.EXCULPATORY, GateCode.JURISDICTION, GateCode.UNREADABLE})


@dataclass(frozen=True)
class Gate:
    """One gate that is not open: where, why, and who can lift it. Never a name."""

    code: GateCode
    where: str
    says: str
    lifted_by: str

    @property
    def is_closed(self) -> bool:
        """Say whether it stops the submission (else it is a warning)."""
        return self.code not in ADVISORY

    def to_json(self) -> dict[str, Any]:
        """Return the gate as JSON values."""
        return {
            "code": self.code.value,
            "where": self.where,
            "says": self.says,
            "lifted_by": self.lifted_by,
            "closed": self.is_closed,
        }


@dataclass(frozen=True)
class Permitted:
    """At which identity level an item may go, and on which consents that rests."""

    level: IdentityLevel | None
    consents: tuple[dict[str, Any], ...]
    people: tuple[UUID, ...]


def governance_gates(record: Record, number: str) -> list[Gate]:
    """Return the gates every record has: a stated legal basis, a level that may leave."""
    gates = []
    if not record.legal_basis:
        gates.append(
            Gate(
                GateCode.LEGAL_BASIS,
                number,
                "nobody has stated the legal basis for processing it",
                "whoever may record it: amend it with --legal-basis",
            )
        )
    if record.level is Level.SEALED:
        gates.append(
            Gate(
                GateCode.LEVEL,
                number,
                "it is SEALED, which never leaves",
                "the lead, who can lower its level after asking the source again",
            )
        )
    return gates


def consent_gates(
    session: Session, leanings: Sequence[Leaning], number: str, *, recipient: Party, use: Use
) -> tuple[Permitted, list[Gate]]:
    """Ask for everybody an item rests on; the lowest identity level among them counts."""
    gates: list[Gate] = []
    levels: list[IdentityLevel] = []
    consents: list[dict[str, Any]] = []
    people: list[UUID] = []
    for leaning in leanings:
        if not leaning.needs_consent:
            gates.extend(_basis_gate(leaning, number))
            continue
        decision = live(
            session,
            [leaning.person_id],
            recipient=recipient,
            use=use,
            item_id=leaning.through,
            at=now(session),
        )[leaning.person_id]
        if not decision.allowed or decision.identity_level in {IdentityLevel.NONE, IdentityLevel.ANONYMOUS}:
            gates.append(_refusal(leaning, number, recipient, use, decision.reason))
            continue
        levels.append(decision.identity_level)
        people.append(leaning.person_id)
        consents.append({"person": str(leaning.person_id), "events": [str(item) for item in decision.events]})
    lowest = min(levels, key=lambda level: level.rank) if levels else None
    return Permitted(lowest, tuple(consents), tuple(people)), gates


def _refusal(leaning: Leaning, number: str, recipient: Party, use: Use, reason: object) -> Gate:
    return Gate(
        GateCode.CONSENT,
        number,
        f"its {leaning.role} has no live consent for {recipient.recipient_class} and {use} ({reason})",
        "the person alone; otherwise take the item out",
    )


def _basis_gate(leaning: Leaning, number: str) -> list[Gate]:
    if leaning.role not in {"depicted", "mentioned"}:
        return []
    if leaning.basis is None:
        return [
            Gate(
                GateCode.BASIS,
                number,
                f"a person is {leaning.role} in it and no basis for that is documented",
                "an analyst: state consent, public source, redacted derivative or necessity on the link",
            )
        ]
    if leaning.basis is LinkBasis.NECESSITY and not leaning.basis_note:
        return [
            Gate(
                GateCode.BASIS,
                number,
                "necessity is claimed without its reasons",
                "an analyst: note them on the link",
            )
        ]
    return []


def exhibit_gates(
    session: Session, exhibit: Exhibit, leanings: Sequence[Leaning], permitted: Permitted, number: str
) -> list[Gate]:
    """Return the gates of an exhibit: content, known source, derivative where identity is withheld."""
    gates: list[Gate] = []
    if exhibit.blob_id is None:
        gates.append(
            Gate(
                GateCode.NO_CONTENT,
                number,
                "a physical item cannot go in a bundle",
                "take in its photographs and add those; hand the item itself over with 'exhibit transfer'",
            )
        )
    gates.extend(_source_gate(session, exhibit, leanings, number))
    withheld = permitted.level is not None and permitted.level is not IdentityLevel.FULL
    redacted_links = [item for item in leanings if item.basis is LinkBasis.REDACTED_DERIVATIVE]
    if withheld or redacted_links:
        gates.extend(_derivative_gate(exhibit, number))
    return gates


def _source_gate(session: Session, exhibit: Exhibit, leanings: Sequence[Leaning], number: str) -> list[Gate]:
    has_source = any(item.role in {"source", "interviewee"} for item in leanings)
    kinds = {item.source_kind for item in lineage(session, exhibit)} - {None}
    if has_source:
        return []
    if SourceKind.PERSON in kinds:
        says = "it came from a person, but nobody is linked as its source"
    elif not kinds:
        says = "nobody has stated where it came from"
    else:
        return []
    return [
        Gate(
            GateCode.SOURCE_UNKNOWN,
            number,
            says,
            "whoever took it in: link the source, or state own work, public source or partner",
        )
    ]


def _derivative_gate(exhibit: Exhibit, number: str) -> list[Gate]:
    if exhibit.derivative_kind not in {DerivativeKind.IDENTIFIERS_REMOVED, DerivativeKind.REDACTION}:
        return [
            Gate(
                GateCode.IDENTITY,
                number,
                "the identity of a person in it is withheld from this recipient; the original shows it",
                "an analyst: make a derivative with identifiers removed and add that instead",
            )
        ]
    if exhibit.checked_by is None:
        return [
            Gate(
                GateCode.UNCHECKED,
                number,
                "no second person has checked that identifiers are removed",
                "a second person: 'exhibit check'",
            )
        ]
    return []
