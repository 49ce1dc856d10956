"""Captures and assessments, made through the acts. All fictional."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from evidence_tracker.access.models import Compartment
from evidence_tracker.casework.osint.assessments import AssessmentFacts, assess
from evidence_tracker.casework.osint.captures import CaptureFacts, record_capture
from evidence_tracker.casework.osint.models import (
    Assessment,
    AssessmentMethod,
    Capture,
    CaptureMethod,
    ControlLevel,
    Finding,
)
from tests.cast import Cast

CAPTURED_AT = datetime(2026, 2, 1, 10, 0, tzinfo=UTC)
POST = "https://social.example/channel/4711"


def capture(session: Session, cast: Cast, *, actor: Any = None, **facts: Any) -> Capture:
    """Return a capture of a fictional post, imported by amina."""
    stated: dict[str, Any] = {
        "url_requested": POST,
        "captured_at": CAPTURED_AT,
        "method": CaptureMethod.IMPORT_WACZ,
        "control": ControlLevel.CONTROLLED_CLIENT,
        "tool": "archiver",
        "tool_version": "1.2.7",
        "collector": "amina",
        "legality_attestation": "Publicly readable without an account; the platform's terms were respected.",
        "reason": "Named in KYI-N-0001.",
    }
    return record_capture(
        session,
        CaptureFacts(**{**stated, **facts}),
        actor=actor or cast.amina,
        compartment=session.get_one(Compartment, cast.mission),
    )


def assessment(
    session: Session, subject: Any, actor: Any, *, supersedes: Any = None, **facts: Any
) -> Assessment:
    """Return a draft of the actor's on the content of a capture or an exhibit."""
    stated: dict[str, Any] = {
        "claim": "Shows the school of the invented village.",
        "method": AssessmentMethod.CONTENT,
        "reference_material": "Photos of the school from 2019.",
        "finding": Finding.PROBABLE,
        "reasoning": "Roof line and fence agree.",
    }
    return assess(
        session, subject, AssessmentFacts(**{**stated, **facts}), supersedes=supersedes, actor=actor
    )
