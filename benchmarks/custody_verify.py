"""Verification of the custody log beside the least that any verification must do.

    python benchmarks/custody_verify.py [--events 100000] [--rounds 3]

The yardstick, on the same encrypted database in the same run: SELECT of every event and one SHA-256
a row (limit 4 for the log: leaves, tree, head, checkpoints). Rebuilding every payload's commitment
and comparing every record, which ``custody verify`` does too, is shown beside it.
"""

import hashlib
import sys
from uuid import uuid4

from ways import furnished, judge, medians, options, place

from evidence_tracker.access.models import Compartment
from evidence_tracker.custody.events import CustodyVerb
from evidence_tracker.custody.findings import Verification
from evidence_tracker.custody.ledger import record
from evidence_tracker.custody.verify import verify_log, verify_payloads

BATCH = 5000


def main() -> int:
    """Measure and print."""
    chosen = options(__doc__, events=100_000, rounds=3)
    with place(chosen.folder) as folder:
        instance, actor = furnished(folder / "instance")
        with instance.reading() as session:
            home = session.query(Compartment).first().id
        for start in range(0, chosen.events, BATCH):
            with instance.transaction() as session:
                for _ in range(min(BATCH, chosen.events - start)):
                    record(session, CustodyVerb.EXAMINED, uuid4(), compartment_id=home, actor=actor)
        instance.checkpoint()

        def least() -> None:
            with instance.reading() as session:
                rows = session.connection().exec_driver_sql("SELECT * FROM custody_event ORDER BY idx")
                for row in rows:
                    hashlib.sha256(row[6]).digest()

        def log() -> None:
            report = Verification()
            with instance.reading() as session:
                verify_log(session, instance.signer, report)
            if report.findings or report.events < chosen.events:
                raise SystemExit(f"verification went wrong: {report.findings[:3]}")

        def payloads() -> None:
            report = Verification()
            with instance.reading() as session:
                verify_payloads(session, instance.keyring, report)
            if report.findings:
                raise SystemExit(f"verification went wrong: {report.findings[:3]}")

        found = medians({"the log": log, "SELECT, one SHA-256 a row": least}, chosen.rounds)
        print(f"{chosen.events} events, median of {chosen.rounds}")
        status = judge("the log", found, {"SELECT, one SHA-256 a row": 4.0})
        judge("payloads and records", {**medians({"payloads and records": payloads}, 1), **found}, {})
        instance.close()
        return status


if __name__ == "__main__":
    sys.exit(main())
