"""Signing the log as it stands, and comparing it with a checkpoint that was kept elsewhere."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access import log as access_log
from evidence_tracker.access.policy import Permission, require
from evidence_tracker.access.records import profile
from evidence_tracker.custody import checkpoints
from evidence_tracker.custody.events import Actor
from evidence_tracker.custody.models import LogEpoch
from evidence_tracker.errors import InvalidInput
from evidence_tracker.instance import Instance
from evidence_tracker.integrity.checkpoint import Checkpoint
from evidence_tracker.integrity.faults import IntegrityFault
from evidence_tracker.integrity.merkle import root_from_nodes

#: No checkpoint is longer, however many have cosigned it.
MAX_CHECKPOINT = 1_000_000


def sign(instance: Instance, *, actor: Actor) -> bytes:
    """Seal the access log and sign the log as it stands; returns the signed note."""
    with instance.transaction() as session:
        require(session, actor, Permission.AUDIT, profile(session).organisation_compartment_id)
        access_log.seal_batch(session, actor=actor)
    return instance.checkpoint()


def read_old(instance: Instance, note: bytes, name: str) -> Checkpoint:
    """Return a checkpoint that this instance signed once; ``name`` says in the error which file it was."""
    try:
        return instance.signer.open(note[:MAX_CHECKPOINT])
    except (IntegrityFault, UnicodeDecodeError) as error:
        raise InvalidInput(f"{name} is not a checkpoint that this instance signed: {error}") from error


def contradiction(session: Session, old: Checkpoint) -> str | None:
    """Return how the log contradicts an old checkpoint, None where it continues it."""
    head = session.scalars(select(LogEpoch).where(LogEpoch.origin == old.origin)).one_or_none()
    if head is None or head.size < old.size:
        return f"it knows {old.size} events of {old.origin}, more than are here"
    if root_from_nodes(old.size, checkpoints.node_reader(session, head.epoch)) != old.root:
        return f"the first {old.size} events of {old.origin} are not the same"
    return None
