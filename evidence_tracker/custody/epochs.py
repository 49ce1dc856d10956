"""Epochs: a log never signs two inconsistent checkpoints; recovery starts a new one.

The first leaf of epoch N+1 commits the last known checkpoint of N, the size that was
restored and the reason, so that verifiers can walk from one epoch to the next.
"""

from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy.orm import Session

from evidence_tracker.custody.checkpoints import LogSigner, head
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.custody.ledger import record
from evidence_tracker.custody.models import LogEpoch
from evidence_tracker.errors import InvalidInput


def log_subject(domain_and_instance: str) -> UUID:
    """Return the subject of events about the log itself."""
    return uuid5(NAMESPACE_URL, f"evidence-tracker/log/{domain_and_instance}")


def open_first(session: Session, *, base: str, compartment_id: UUID, actor: Actor) -> LogEpoch:
    """Open epoch 1 of a new instance; ``base`` is ``<domain>/<instance>``."""
    row = LogEpoch(epoch=1, origin=f"{base}/1", size=0, frontier=[])
    session.add(row)
    session.flush()
    record(
        session,
        CustodyVerb.EPOCH_OPENED,
        log_subject(base),
        compartment_id=compartment_id,
        actor=actor,
        facts={"epoch": 1, "previous_checkpoint": None, "restored_size": 0, "reason": "new instance"},
    )
    return row


def open_next(
    session: Session, *, reason: str, compartment_id: UUID, actor: Actor, signer: LogSigner
) -> LogEpoch:
    """Close the current epoch where it stands and open the next one.

    The last *signed* checkpoint is committed even when it is newer than what was
    restored: that is how a rollback stays visible for ever.
    """
    if not reason.strip():
        raise InvalidInput(
            "Opening a new epoch needs a reason.", advice="Say what was restored, and from where."
        )
    old = head(session)
    last = signer.last_note()
    base = old.origin.rsplit("/", 1)[0]
    epoch = old.epoch + 1
    row = LogEpoch(epoch=epoch, origin=f"{base}/{epoch}", size=0, frontier=[])
    session.add(row)
    session.flush()
    record(
        session,
        CustodyVerb.EPOCH_OPENED,
        log_subject(base),
        compartment_id=compartment_id,
        actor=actor,
        facts={
            "epoch": epoch,
            "previous_checkpoint": last.decode("utf-8") if last else None,
            "restored_size": old.size,
            "reason": reason.strip(),
        },
    )
    return row
