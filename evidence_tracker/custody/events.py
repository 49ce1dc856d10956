"""What a custody event says: who did what, through which door, when."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Door(StrEnum):
    """Through which entrance an act came."""

    COMMAND_LINE = "command-line"
    WEB = "web"
    API = "api"
    JOB = "job"


@dataclass(frozen=True)
class Actor:
    """The account that acts, the door it came through and, on the command line, the system user."""

    account_id: UUID
    login: str
    door: Door
    system_user: str | None = None


class CustodyVerb(StrEnum):
    """One past-tense thing done. Names end in what was done; the noun in front says to what."""

    # the log itself
    EPOCH_OPENED = "epoch_opened"
    ACCESS_LOG_SEALED = "access_log_sealed"
    # access
    ACCOUNT_ADDED = "account_added"
    ACCOUNT_CHANGED = "account_changed"
    COMPARTMENT_OPENED = "compartment_opened"
    COMPARTMENT_CHANGED = "compartment_changed"
    GRANTED = "granted"
    GRANT_ENDED = "grant_ended"
    CUSTODIAN_NAMED = "custodian_named"
    # records in general
    RECORDED = "recorded"
    AMENDED = "amended"
    LINKED = "linked"
    UNLINKED = "unlinked"
    STATE_CHANGED = "state_changed"
    SIGNED_OFF = "signed_off"
    # blobs and exhibits
    BLOB_STORED = "blob_stored"
    EXHIBIT_RECEIVED = "exhibit_received"
    DERIVATIVE_MADE = "derivative_made"
    EXAMINED = "examined"
    COPIED = "copied"
    SEALED = "sealed"
    UNSEALED = "unsealed"
    RELEASED = "released"
    TRANSFERRED = "transferred"
    RETURNED = "returned"
    EXTRACTED = "extracted"
    # persons and consent
    IDENTITY_SEALED = "identity_sealed"
    IDENTITY_REVEALED = "identity_revealed"
    CONSENT_GIVEN = "consent_given"
    CONSENT_REFUSED = "consent_refused"
    CONSENT_LIMITED = "consent_limited"
    CONSENT_RENEWED = "consent_renewed"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    # submissions
    SUBMISSION_FROZEN = "submission_frozen"
    SUBMISSION_APPROVED = "submission_approved"
    APPROVAL_VOIDED = "approval_voided"
    BUNDLE_SEALED = "bundle_sealed"
    BUNDLE_WRITTEN = "bundle_written"
    BUNDLE_RELEASED = "bundle_released"
    DISCLOSED = "disclosed"
    RECEIPT_RECORDED = "receipt_recorded"
