"""The whole audit of an instance: log, payloads, records, keys, access log and every blob."""

import hashlib
import zlib
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from evidence_tracker import tables  # noqa: F401 - every model must be known before rows are compared
from evidence_tracker.access import log as access_log
from evidence_tracker.custody.findings import UNREADABLE, Finding, Verification
from evidence_tracker.custody.verify import (
    verify_keys,
    verify_log,
    verify_payloads,
)
from evidence_tracker.instance import Instance
from evidence_tracker.vault.models import Blob

Progress = Callable[[str, int, int], None]


def audit(instance: Instance, *, contents: bool = True, progress: Progress | None = None) -> Verification:
    """Verify everything; ``contents`` also decrypts and rehashes every blob.

    ``progress`` is told (what, done, total). Findings are named, nothing is repaired.
    """
    report = Verification()
    tell = progress or (lambda _what, _done, _total: None)
    with instance.reading() as session:
        tell("log", 0, 4)
        verify_log(session, instance.signer, report)
        tell("keys", 1, 4)
        verify_keys(session, instance.keyring, report)
        tell("records", 2, 4)
        verify_payloads(session, instance.keyring, report)
        tell("access log", 3, 4)
        _access_log(session, instance, report)
        if contents:
            _blobs(session, instance, report, tell)
    return report


def summary(report: Verification, blobs: int) -> dict[str, Any]:
    """Return the report as JSON values; ``first_bad`` is the finding to look at first."""
    findings = [finding.to_json() for finding in sorted(report.findings, key=_order)]
    return {
        "ok": not findings,
        "events": report.events,
        "records": report.records,
        "checkpoints": report.checkpoints,
        "blobs": blobs,
        "first_bad": findings[0] if findings else None,
        "findings": findings,
    }


def count_blobs(session: Session) -> int:
    """Return how many blobs the audit covers."""
    return int(session.connection().exec_driver_sql("SELECT count(*) FROM blob").scalar_one())


def _order(finding: Finding) -> tuple[int, int, int]:
    # Events come first, in log order: the first broken place is where to begin looking.
    place = (finding.epoch or 0, finding.index if finding.index is not None else 0)
    return (0 if finding.index is not None else 1, *place)


def _access_log(session: Session, instance: Instance, report: Verification) -> None:
    try:
        access_log.check(session, instance.keyring)
    except UNREADABLE as error:
        report.add("access-log", "the access log", str(error))


def _blobs(session: Session, instance: Instance, report: Verification, tell: Progress) -> None:
    ids = session.connection().exec_driver_sql("SELECT id FROM blob ORDER BY id").scalars().all()
    for done, stored in enumerate(ids):
        tell("files", done, len(ids))
        try:
            blob = session.get_one(Blob, UUID(hex=stored))
            fault = _fault(blob, instance.vault.chunks(session, blob, as_stored=True))
        except UNREADABLE as error:
            fault = str(error)
        if fault:
            report.add("blob", f"blob {stored}", fault)
        session.expunge_all()


def _fault(blob: Blob, chunks: Iterator[bytes]) -> str | None:
    digest, crc, size = hashlib.sha256(), 0, 0
    for chunk in chunks:
        digest.update(chunk)
        crc = zlib.crc32(chunk, crc)
        size += len(chunk)
    if (digest.hexdigest(), size, crc) != (blob.sha256, blob.size, blob.crc32):
        return "its bytes are not the ones that were received"
    return None
