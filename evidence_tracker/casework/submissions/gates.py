"""The gates of a submission: what must hold before anything may leave, and who can lift what.

Every gate is asked again at approval, sealing, building, release and each later hand-over.
A gate that cannot be answered is closed.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Record
from evidence_tracker.access.policy import now
from evidence_tracker.casework.consent.gates import Decision, live
from evidence_tracker.casework.consent.models import IdentityLevel, Use
from evidence_tracker.casework.exhibits.models import (
    DerivativeKind,
    Exhibit,
    ExhibitKind,
    LinkBasis,
    SourceKind,
)
from evidence_tracker.casework.exhibits.queries import same_bytes
from evidence_tracker.casework.parties.models import Party
from evidence_tracker.casework.submissions.sources import Leaning, Standing, lineage, of_exhibit
from evidence_tracker.custody.events import Actor


class GateCode(StrEnum):
    """Which gate."""

    EMPTY = "empty"
    RECIPIENT = "recipient"
    STATEMENT = "statement"
    LEGAL_BASIS = "legal-basis"
    LEVEL = "level"
    SOURCE_UNKNOWN = "source-unknown"
    CONSENT = "consent"
    IDENTITY = "identity"
    IDENTIFIERS_LEFT = "identifiers-left"
    OUTSIDE = "outside"
    BASIS = "basis"
    UNCHECKED = "unchecked"
    NO_CONTENT = "no-content"
    NAME_FOUND = "name-found"
    OWN_NUMBER = "own-number"
    UNREADABLE = "unreadable"
    CONDITION = "condition"
    UNLINKED = "unlinked"
    TWIN = "twin"
    RESTS_OUTSIDE = "rests-outside"
    EXCULPATORY = "exculpatory"
    JURISDICTION = "jurisdiction"


#: Gates that a person opens by looking: the approver names the items and stands for it.
LOOK = frozenset({GateCode.UNREADABLE, GateCode.CONDITION, GateCode.UNLINKED, GateCode.TWIN})
#: Gates that inform but do not close the way.
ADVISORY = LOOK | {GateCode.RESTS_OUTSIDE, GateCode.EXCULPATORY, GateCode.JURISDICTION}


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

    @property
    def needs_a_look(self) -> bool:
        """Say whether the approver has to look at the item and say so."""
        return self.code in LOOK

    def to_json(self) -> dict[str, Any]:
        """Return the gate as JSON values."""
        return {
            "code": self.code.value,
            "where": self.where,
            "says": self.says,
            "lifted_by": self.lifted_by,
            "closed": self.is_closed,
            "look": self.needs_a_look,
        }


@dataclass(frozen=True)
class Permitted:
    """At which identity level an item may go, on which consents that rests, and under which conditions.

    ``people`` maps each person who must have allowed it to the level they allowed.
    """

    level: IdentityLevel | None
    consents: tuple[dict[str, Any], ...]
    people: dict[UUID, IdentityLevel]
    conditions: tuple[str, ...] = ()

    @property
    def is_withheld(self) -> bool:
        """Say whether somebody's identity is kept from the recipient."""
        return self.level is not None and self.level is not IdentityLevel.FULL


@dataclass(frozen=True)
class Asked:
    """What consent is asked for: one item of one submission, and what it was made from."""

    number: str
    item_id: UUID
    recipient: Party
    use: Use
    made_from: tuple[UUID, ...] = ()

    def decide(self, session: Session, person_id: UUID) -> Decision:
        """Return what one person's consent says of it now."""
        return live(
            session,
            [person_id],
            recipient=self.recipient,
            use=self.use,
            item_id=self.item_id,
            made_from=self.made_from,
            at=now(session),
        )[person_id]


def twin_gates(session: Session, exhibit: Exhibit, asked: Asked, *, actor: Actor) -> list[Gate]:
    """Return a gate if the same bytes are here as another exhibit that may not go to this recipient.

    Two sources are two consents, so it does not close; but what was taken in twice, the second
    time without its source, would otherwise slip through.
    """
    kin = {one.id for one in lineage(session, exhibit)}
    twins = [twin for twin in same_bytes(session, exhibit, actor=actor) if twin.id not in kin]
    if not any(_may_not_go(session, twin, asked) for twin in twins):
        return []
    return [
        Gate(
            GateCode.TWIN,
            asked.number,
            "the same bytes are here a second time, as an exhibit that may not go to this recipient",
            "the approver: compare where the two came from, and say so with --looked-at",
        )
    ]


def _may_not_go(session: Session, twin: Exhibit, asked: Asked) -> bool:
    standing = of_exhibit(session, twin)
    other = replace(asked, item_id=twin.id, made_from=standing.made_from)
    people = {leaning.person_id for leaning in standing.leanings if leaning.needs_consent}
    return twin.level is Level.SEALED or not all(other.decide(session, one).allowed for one in people)


def recipient_gates(recipient: Party, number: str) -> list[Gate]:
    """Return the gate of a party that is no recipient, or no longer."""
    if recipient.recipient_class is not None and recipient.ended_at is None:
        return []
    return [
        Gate(
            GateCode.RECIPIENT,
            number,
            "the party it goes to is no recipient, or no longer",
            "whoever prepares it: open a submission to a live recipient",
        )
    ]


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
        gates.append(_sealed(number, "it is SEALED, which never leaves"))
    return gates


def _sealed(number: str, says: str) -> Gate:
    return Gate(
        GateCode.LEVEL,
        number,
        says,
        "the lead, who can lower its level after asking the source again",
    )


def consent_gates(
    session: Session, leanings: Sequence[Leaning], asked: Asked
) -> tuple[Permitted, list[Gate]]:
    """Ask for everybody an item rests on; the lowest identity level among them counts."""
    gates: list[Gate] = []
    consents: list[dict[str, Any]] = []
    people: dict[UUID, IdentityLevel] = {}
    conditions: list[str] = []
    for leaning in leanings:
        if not leaning.needs_consent:
            gates.extend(_basis_gate(leaning, asked.number))
            continue
        if leaning.person_id in people:
            continue
        decision = asked.decide(session, leaning.person_id)
        if not decision.allowed or decision.identity_level in {IdentityLevel.NONE, IdentityLevel.ANONYMOUS}:
            gates.append(_refusal(leaning, asked.number, asked.recipient, asked.use, decision.reason))
            continue
        people[leaning.person_id] = decision.identity_level
        conditions.extend(decision.conditions)
        consents.append({"person": str(leaning.person_id), "events": [str(item) for item in decision.events]})
    gates.extend(_condition(asked.number, words) for words in dict.fromkeys(conditions))
    lowest = min(people.values(), key=lambda level: level.rank) if people else None
    return Permitted(lowest, tuple(consents), people, tuple(dict.fromkeys(conditions))), gates


def _condition(number: str, words: str) -> Gate:
    return Gate(
        GateCode.CONDITION,
        number,
        f"it was allowed under a condition, in the person's own words: {words}",
        "the approver: see that the condition is kept and say so with --looked-at",
    )


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


def mention_gates(session: Session, leanings: Sequence[Leaning], asked: Asked) -> list[Gate]:
    """Return a gate if an account that is shown mentions somebody who did not allow it in full.

    The link of a person to an interview has no field for another basis than consent.
    """
    mentioned = [leaning.person_id for leaning in leanings if leaning.role == "mentioned"]
    decisions = [asked.decide(session, person_id) for person_id in mentioned]
    if all(one.allowed and one.identity_level is IdentityLevel.FULL for one in decisions):
        return []
    return [
        Gate(
            GateCode.BASIS,
            asked.number,
            "a person is mentioned in the account who did not allow that to this recipient",
            "that person; otherwise take the statement in as an exhibit and state the basis there, or redact it",
        )
    ]


def exhibit_gates(
    session: Session, exhibit: Exhibit, standing: Standing, permitted: Permitted, number: str
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
    generations = lineage(session, exhibit)
    gates.extend(_source_gate(generations, standing, number))
    gates.extend(_lineage_level(generations, number))
    if permitted.is_withheld:
        gates.extend(_derivative_gate(exhibit, {DerivativeKind.IDENTIFIERS_REMOVED}, number))
    elif any(item.basis is LinkBasis.REDACTED_DERIVATIVE for item in standing.leanings):
        gates.extend(_derivative_gate(exhibit, _REDUCED, number))
    return gates


#: Working copies that show less than what they were made from; all others show the same.
_REDUCED = frozenset({DerivativeKind.IDENTIFIERS_REMOVED, DerivativeKind.REDACTION})


def _source_gate(generations: Sequence[Exhibit], standing: Standing, number: str) -> list[Gate]:
    if standing.is_orphaned:
        return [_unknown(number, "it is part of an interview that has no interviewee")]
    if standing.has_origin:
        return []
    gates = []
    if standing.was_unlinked:
        gates.append(
            Gate(
                GateCode.UNLINKED,
                number,
                "a person was linked as its source and was unlinked; nobody is linked now",
                "the approver: read why, and say so with --looked-at",
            )
        )
    if any(one.source_kind is SourceKind.PERSON for one in generations):
        gates.append(_unknown(number, "it came from a person, but nobody is linked as its source"))
    elif any(one.kind is ExhibitKind.RECORDING for one in generations):
        gates.append(_unknown(number, "it is a recording of somebody, but nobody is linked to it"))
    elif generations[-1].source_kind is None:
        gates.append(_unknown(number, "nobody has stated where it came from"))
    return gates


def _unknown(number: str, says: str) -> Gate:
    return Gate(
        GateCode.SOURCE_UNKNOWN,
        number,
        says,
        "whoever took it in: link the source, or state own work, public source or partner",
    )


def _lineage_level(generations: Sequence[Exhibit], number: str) -> list[Gate]:
    """Return a gate if what a working copy shows is SEALED; one that shows less may be less restricted."""
    for copy, origin in pairwise(generations):
        if copy.derivative_kind in _REDUCED and copy.checked_by is not None:
            return []
        if origin.level is Level.SEALED:
            return [_sealed(number, "it is a copy of something SEALED, which never leaves")]
    return []


def _derivative_gate(exhibit: Exhibit, kinds: Collection[DerivativeKind], number: str) -> list[Gate]:
    if exhibit.derivative_kind not in kinds:
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
