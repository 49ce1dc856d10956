"""Examining the bytes of exhibits in the sandbox, as promised when they were taken in."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access.models import Account
from evidence_tracker.casework.exhibits.examination import record_examination
from evidence_tracker.casework.exhibits.models import Exhibit, ExhibitMetadata
from evidence_tracker.casework.exhibits.registration import EXAMINE
from evidence_tracker.custody.events import Actor, Door
from evidence_tracker.instance import Instance
from evidence_tracker.jobs.worker import Record
from evidence_tracker.vault.models import Blob


def examine_exhibit(instance: Instance, payload: dict[str, Any]) -> Record:
    """Examine one exhibit; returns the act that records what was found, or nothing if it was already.

    The bytes are read outside the transaction of that act. It acts for whoever took the
    exhibit in, with that person's rights.
    """
    exhibit_id = UUID(str(payload["exhibit"]))
    with instance.reading() as session:
        exhibit = session.get_one(Exhibit, exhibit_id)
        is_done = session.scalar(select(ExhibitMetadata.id).where(ExhibitMetadata.exhibit_id == exhibit_id))
        if is_done is not None or exhibit.blob_id is None:
            return _nothing
        blob = session.get_one(Blob, exhibit.blob_id)
        account = session.get_one(Account, exhibit.recorded_by)
        chunks = instance.vault.chunks(session, blob)
        found = instance.vault.sandbox.examine(chunks, exhibit.media_type or blob.media_type)

    def record(session: Session) -> None:
        actor = Actor(account.id, account.login, Door.JOB)
        record_examination(session, session.get_one(Exhibit, exhibit_id), found, actor=actor)

    return record


def _nothing(_session: Session) -> None:
    """Record nothing: there is nothing new to say."""


JOBS = {EXAMINE: examine_exhibit}
