"""The whole audit of an instance: log, payloads, records, keys, access log and every blob."""

import hashlib
import zlib
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from evidence_tracker import tables  # noqa: F401 - every model must be known before rows are compared
from evidence_tracker.access import log as access_log
from evidence_tracker.custody.findings import UNREADABLE, Finding, Verification, told
from evidence_tracker.custody.verify import (
    verify_keys,
    verify_log,
    verify_payloads,
)
from evidence_tracker.errors import RecordAltered
from evidence_tracker.instance import Instance
from evidence_tracker.vault.models import Blob

Progress = Callable[[str, int, int], None]


def audit(instance: Instance, *, contents: bool = True, progress: Progress | None = None) -> Verification:
    """Verify everything; ``contents`` also decrypts and rehashes every blob.

    ``progress`` is told (what, bytes done, bytes in all), of the log (what, 0, 0). Findings are named, nothing is repaired.
    """
    report = Verification()
    tell = progress or (lambda _what, _done, _total: None)
    with instance.reading() as session:
        steps: list[tuple[str, Callable[[], None]]] = [
            ("log", lambda: verify_log(session, instance.signer, report)),
            ("keys", lambda: verify_keys(session, instance.keyring, report)),
            ("records", lambda: verify_payloads(session, instance.keyring, report)),
            ("access log", lambda: access_log.check(session, instance.keyring)),
        ]
        if contents:
            steps.append(("files", lambda: _blobs(session, instance, report, tell)))
        for what, step in steps:
            tell(what, 0, 0)
            _verify(what, step, report)
    return report


def _verify(what: str, step: Callable[[], None], report: Verification) -> None:
    """Take one step; whatever stops it (a table that is gone, say) is a finding, and the next steps follow."""
    try:
        step()
    except RecordAltered as error:
        report.add("access-log", f"the {what}", str(error))
    except UNREADABLE as error:
        report.add("table", f"the {what}", f"cannot be verified: {told(error)}")


def summary(report: Verification, blobs: int | None = None) -> dict[str, Any]:
    """Return the report as JSON values; ``first_bad`` is the finding to look at first.

    ``blobs`` is how many files were looked at, where the report itself does not know.
    """
    findings = [finding.to_json() for finding in sorted(report.findings, key=_order)]
    return {
        "ok": not findings,
        "events": report.events,
        "records": report.records,
        "checkpoints": report.checkpoints,
        "blobs": report.blobs if blobs is None else blobs,
        "first_bad": findings[0] if findings else None,
        "findings": findings,
    }


def _order(finding: Finding) -> tuple[int, int, int]:
    # Events come first, in log order: the first broken place is where to begin looking.
    place = (finding.epoch or 0, finding.index if finding.index is not None else 0)
    return (0 if finding.index is not None else 1, *place)


def _blobs(session: Session, instance: Instance, report: Verification, tell: Progress) -> None:
    # What stands in the row may be anything by now; here it only says how long it will take.
    query = "SELECT id, coalesce(CAST(size AS INTEGER), 0) FROM blob ORDER BY id"
    rows = session.connection().exec_driver_sql(query).all()
    done, total = 0, sum(size for _, size in rows)
    for stored, size in rows:
        try:
            blob = session.get_one(Blob, UUID(hex=stored))
            chunks = instance.vault.chunks(session, blob, as_stored=True)
            fault = fault_of(blob, _telling(chunks, tell, done, total))
        except UNREADABLE as error:
            fault = told(error)
        done += size
        report.blobs += 1
        if fault:
            report.add("blob", f"blob {stored}", fault)
        session.expunge_all()


def _telling(chunks: Iterator[bytes], tell: Progress, done: int, total: int) -> Iterator[bytes]:
    for chunk in chunks:
        yield chunk
        done += len(chunk)
        tell("files", done, total)


def fault_of(blob: Blob, chunks: Iterator[bytes]) -> str | None:
    """Return what is wrong with bytes that were read to their end, None where they are those received."""
    digest, crc, size = hashlib.sha256(), 0, 0
    for chunk in chunks:
        digest.update(chunk)
        crc = zlib.crc32(chunk, crc)
        size += len(chunk)
    if (digest.hexdigest(), size, crc) != (blob.sha256, blob.size, blob.crc32):
        return "its bytes are not the ones that were received"
    return None
