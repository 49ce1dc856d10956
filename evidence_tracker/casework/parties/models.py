"""The nouns: parties, agreements with them, and the instructions of other investigating bodies."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from evidence_tracker.access.models import Record, words
from evidence_tracker.access.searched import Searched
from evidence_tracker.values.moment import Moment


class PartyKind(StrEnum):
    """What a party is."""

    OWN = "own"
    PARTNER = "partner"
    PROSECUTOR = "prosecutor"
    COURT = "court"
    INVESTIGATING_BODY = "investigating-body"
    UN_BODY = "un-body"
    SANCTIONS_BODY = "sanctions-body"
    CLAIMS_BODY = "claims-body"
    COUNSEL = "counsel"
    SERVICE_PROVIDER = "service-provider"
    RESEARCHER = "researcher"
    MEDIA = "media"


class RecipientClass(StrEnum):
    """To whom a person may allow the use of what they gave (standards.md 2.3)."""

    OWN_ORGANISATION = "own-organisation"
    PARTNER = "partner"
    COALITION = "coalition"
    ICC_OTP = "icc-otp"
    ICC_REGISTRY = "icc-registry"
    UA_OPG = "ua-opg"
    NATIONAL_PROSECUTOR = "national-prosecutor"
    EUROJUST = "eurojust"
    UN_COI = "un-coi"
    HRMMU = "hrmmu"
    UN_TREATY_BODY = "un-treaty-body"
    LITIGATION_COUNSEL = "litigation-counsel"
    EU_SANCTIONS = "eu-sanctions"
    UK_US_CA_SANCTIONS = "uk-us-ca-sanctions"
    REGISTER_OF_DAMAGE = "register-of-damage"
    MEDIA_PUBLIC = "media-public"
    RESEARCHER = "researcher"
    SERVICE_PROVIDER = "service-provider"


# A party of one kind must not receive what was allowed for another: a newsroom that was
# entered as a prosecutor's office by a slip would pass every consent gate.
CLASSES: dict[PartyKind, frozenset[RecipientClass]] = {
    PartyKind.OWN: frozenset({RecipientClass.OWN_ORGANISATION}),
    PartyKind.PARTNER: frozenset({RecipientClass.PARTNER, RecipientClass.COALITION}),
    PartyKind.PROSECUTOR: frozenset(
        {
            RecipientClass.ICC_OTP,
            RecipientClass.UA_OPG,
            RecipientClass.NATIONAL_PROSECUTOR,
            RecipientClass.EUROJUST,
        }
    ),
    PartyKind.COURT: frozenset({RecipientClass.ICC_REGISTRY}),
    PartyKind.INVESTIGATING_BODY: frozenset(
        {
            RecipientClass.UA_OPG,
            RecipientClass.NATIONAL_PROSECUTOR,
            RecipientClass.EUROJUST,
            RecipientClass.UN_COI,
        }
    ),
    PartyKind.UN_BODY: frozenset(
        {RecipientClass.UN_COI, RecipientClass.HRMMU, RecipientClass.UN_TREATY_BODY}
    ),
    PartyKind.SANCTIONS_BODY: frozenset({RecipientClass.EU_SANCTIONS, RecipientClass.UK_US_CA_SANCTIONS}),
    PartyKind.CLAIMS_BODY: frozenset({RecipientClass.REGISTER_OF_DAMAGE}),
    PartyKind.COUNSEL: frozenset({RecipientClass.LITIGATION_COUNSEL}),
    PartyKind.SERVICE_PROVIDER: frozenset({RecipientClass.SERVICE_PROVIDER}),
    PartyKind.RESEARCHER: frozenset({RecipientClass.RESEARCHER}),
    PartyKind.MEDIA: frozenset({RecipientClass.MEDIA_PUBLIC}),
}


class DataProtectionRole(StrEnum):
    """What a party to an agreement is under data protection law (GDPR 4(7), 4(8), 26, 28)."""

    CONTROLLER = "controller"
    JOINT_CONTROLLER = "joint-controller"
    PROCESSOR = "processor"
    RECIPIENT = "recipient"
    NO_PERSONAL_DATA = "no-personal-data"


class InstructionKind(StrEnum):
    """What another investigating body asked us not to do."""

    DO_NOT_INTERVIEW = "do-not-interview"
    DO_NOT_CONTACT = "do-not-contact"
    DO_NOT_VISIT = "do-not-visit"
    DO_NOT_COLLECT = "do-not-collect"
    DO_NOT_PUBLISH = "do-not-publish"


class AgreementState(StrEnum):
    """Whether an agreement binds at a moment."""

    UNSIGNED = "not-signed"
    NOT_YET = "not-yet-in-force"
    IN_FORCE = "in-force"
    EXPIRED = "expired"
    ENDED = "ended"


class InstructionState(StrEnum):
    """Whether an instruction closes gates at a moment."""

    NOT_YET = "not-yet"
    STANDS = "stands"
    EXPIRED = "expired"
    LIFTED = "lifted"


class Party(Record):
    """Somebody outside (or our own organisation) with whom material or instructions are exchanged.

    ``name`` is in the original script, ``name_latin`` the form for Latin readers (equal
    where the original is Latin). ``recipient_class`` None: never a recipient.
    ``age_recipients`` are public keys ``age1…``; ``keys_checked_how`` says how they were
    confirmed with the party itself (None: they were not).
    """

    __tablename__ = "party"
    searched = Searched(title=("name", "name_latin"))

    reference: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[PartyKind] = mapped_column(words(PartyKind))
    recipient_class: Mapped[RecipientClass | None] = mapped_column(words(RecipientClass))
    name: Mapped[str]
    name_latin: Mapped[str]
    country: Mapped[str | None]
    language: Mapped[str | None]
    contact: Mapped[str | None]
    notes: Mapped[str | None]
    age_recipients: Mapped[list[str]]
    keys_checked_how: Mapped[str | None]
    keys_changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]


class Agreement(Record):
    """A partner agreement: what is shared for what, by whom, until when.

    ``signed_on`` None: not signed yet, so not in force. ``valid_until_at`` is the latest
    instant ``valid_until`` allows. ``exhibit_reference`` names the signed document.
    """

    __tablename__ = "agreement"
    searched = Searched(title=("subject",), texts=("scope",))

    reference: Mapped[str] = mapped_column(unique=True)
    subject: Mapped[str]
    scope: Mapped[str]
    signed_on: Mapped[Moment | None]
    signed_at: Mapped[datetime | None]
    valid_until: Mapped[Moment | None]
    valid_until_at: Mapped[datetime | None]
    exhibit_reference: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]

    def state_at(self, moment: datetime) -> AgreementState:
        """Say whether it binds at an instant; the latest reading of its end counts."""
        if self.ended_at is not None and self.ended_at <= moment:
            return AgreementState.ENDED
        if self.signed_at is None:
            return AgreementState.UNSIGNED
        if self.signed_at > moment:
            return AgreementState.NOT_YET
        is_over = self.valid_until_at is not None and self.valid_until_at < moment
        return AgreementState.EXPIRED if is_over else AgreementState.IN_FORCE


class AgreementParty(Record):
    """One party to an agreement and its role under data protection law."""

    __tablename__ = "agreement_party"

    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("agreement.id"), index=True)
    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"), index=True)
    role: Mapped[DataProtectionRole] = mapped_column(words(DataProtectionRole))
    ended_at: Mapped[datetime | None]


class Instruction(Record):
    """What another investigating body told us to leave to it: a person, an area or an incident.

    It stands from ``since_at`` (the earliest reading of ``since``) to ``until_at`` (the
    latest reading of ``until``; None: until lifted), so that doubt closes the gate.
    """

    __tablename__ = "instruction"
    searched = Searched(texts=("area", "incident", "wording"))

    reference: Mapped[str] = mapped_column(unique=True)
    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"), index=True)
    kind: Mapped[InstructionKind] = mapped_column(words(InstructionKind))
    person_code: Mapped[str | None] = mapped_column(index=True)
    area: Mapped[str | None]
    incident: Mapped[str | None]
    wording: Mapped[str]
    source: Mapped[str]
    since: Mapped[Moment]
    since_at: Mapped[datetime]
    until: Mapped[Moment | None]
    until_at: Mapped[datetime | None]
    lifted_at: Mapped[datetime | None]
    lifted_source: Mapped[str | None]

    def state_at(self, moment: datetime) -> InstructionState:
        """Say whether it closes gates at an instant."""
        if self.lifted_at is not None and self.lifted_at <= moment:
            return InstructionState.LIFTED
        if self.since_at > moment:
            return InstructionState.NOT_YET
        is_over = self.until_at is not None and self.until_at < moment
        return InstructionState.EXPIRED if is_over else InstructionState.STANDS
