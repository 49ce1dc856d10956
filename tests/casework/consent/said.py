"""Consent events without a database, and the small world they speak of."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from evidence_tracker.casework.consent.gates import Decision, Recipient, decide
from evidence_tracker.casework.consent.models import ConsentKind, IdentityLevel, Scope, Use
from evidence_tracker.casework.parties.models import RecipientClass

PERSON = UUID(int=1)
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NOW = START + timedelta(days=100)

OTP = RecipientClass.ICC_OTP
PROSECUTOR = RecipientClass.NATIONAL_PROSECUTOR
HERE = UUID(int=101)  # one national prosecutor
THERE = UUID(int=102)  # another one
LETTER = UUID(int=201)
PHOTO = UUID(int=202)
RECIPIENTS = [
    Recipient(PROSECUTOR),
    Recipient(PROSECUTOR, HERE),
    Recipient(PROSECUTOR, THERE),
    Recipient(OTP),
]
USES = [Use.COURT, Use.PUBLIC_REPORT]
ITEMS = [None, LETTER, PHOTO]
CELLS = [(recipient, use, item) for recipient in RECIPIENTS for use in USES for item in ITEMS]


@dataclass(frozen=True)
class Word:
    """One event as ``gates.Said`` reads it."""

    number: int
    kind: ConsentKind
    recipient_class: RecipientClass | None = None
    party_id: UUID | None = None
    use: Use | None = None
    identity_level: IdentityLevel | None = None
    items: list[str] = field(default_factory=list)
    expires_on: date | None = None
    conditions: str | None = None
    person_id: UUID = PERSON
    obtained_earliest_at: datetime = START
    obtained_latest_at: datetime = START

    @property
    def id(self) -> UUID:
        return UUID(int=1000 + self.number)

    @property
    def scope(self) -> Scope:
        return Scope.ITEMS if self.items else Scope.ALL

    @property
    def recorded_at(self) -> datetime:
        return START + timedelta(minutes=self.number)


def ask(
    words: list[Word],
    recipient: Recipient,
    use: Use = Use.COURT,
    item: UUID | None = None,
    at: datetime = NOW,
    made_from: Collection[UUID] = (),
) -> Decision:
    """Return the decision of the gate for one cell."""
    return decide(
        words,
        recipient_class=recipient.recipient_class,
        party_id=recipient.party_id,
        use=use,
        item_id=item,
        at=at,
        made_from=made_from,
    )
