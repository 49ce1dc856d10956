"""Telling whoever prepared a submission that a consent it rests on was taken back."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from evidence_tracker.casework.consent.statements import TELL_PREPARERS
from evidence_tracker.casework.submissions.withdrawals import tell_preparers
from evidence_tracker.instance import Instance
from evidence_tracker.jobs.worker import Record


def tell_of_withdrawal(_instance: Instance, payload: dict[str, Any]) -> Record:
    """Find what the withdrawal touches; returns the act that tells."""

    def record(session: Session) -> None:
        tell_preparers(session, UUID(str(payload["person_id"])))

    return record


JOBS = {TELL_PREPARERS: tell_of_withdrawal}
