"""What verification found: each fault named by its place in the log, its record or its key."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from evidence_tracker.errors import EvidenceTrackerError
from evidence_tracker.integrity.faults import IntegrityFault

#: What reading a spoilt row or key may raise.
UNREADABLE = (
    EvidenceTrackerError,
    IntegrityFault,
    SQLAlchemyError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
)


def told(error: Exception) -> str:
    """Return what an error of ``UNREADABLE`` says, without the statement and the values of a database error."""
    return str(error.orig) if isinstance(error, DBAPIError) else str(error)


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it was recorded.

    ``kind`` is event, tree, checkpoint, head, key, record, blob, access-log or table; ``where`` names it;
    ``epoch`` and ``index`` point into the log where that makes sense.
    """

    kind: str
    where: str
    what: str
    epoch: int | None = None
    index: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the finding as JSON values."""
        return {
            "kind": self.kind,
            "where": self.where,
            "what": self.what,
            "epoch": self.epoch,
            "index": self.index,
        }

    def __str__(self) -> str:
        """Return the finding as a sentence."""
        return f"{self.where}: {self.what}"


@dataclass
class Verification:
    """What was looked at, and everything that was found."""

    events: int = 0
    records: int = 0
    checkpoints: int = 0
    blobs: int = 0
    findings: list[Finding] = field(default_factory=list)

    def event(self, epoch: int, index: int, what: str) -> None:
        """Note a fault of one event."""
        self.findings.append(Finding("event", f"event {index} of epoch {epoch}", what, epoch, index))

    def add(self, kind: str, where: str, what: str) -> None:
        """Note any other fault."""
        self.findings.append(Finding(kind, where, what))
