"""Recording captures: what was taken from online, how, by whom, and that it was lawful.

Nothing is fetched here. A digest and a time prove that bytes did not change since, not that
a site served them; so who controlled the capturing machine is recorded with every capture.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access.models import Compartment
from evidence_tracker.access.policy import Permission, now, require
from evidence_tracker.access.records import Governance, amend, create, needed, next_reference
from evidence_tracker.access.stated import amend_stated
from evidence_tracker.casework.exhibits.digests import state_digest
from evidence_tracker.casework.exhibits.facts import columns
from evidence_tracker.casework.exhibits.intake import home_for
from evidence_tracker.casework.exhibits.models import DigestRole, Exhibit
from evidence_tracker.casework.exhibits.raising import raise_rows
from evidence_tracker.casework.missions.models import Mission
from evidence_tracker.casework.osint import addresses
from evidence_tracker.casework.osint.models import (
    Assessment,
    Availability,
    AvailabilityCheck,
    Capture,
    CaptureFile,
    CaptureMethod,
    CaptureOutcome,
    ControlLevel,
    Egress,
    FileRole,
)
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.errors import InvalidInput
from evidence_tracker.values.moment import Moment

SERIES = "C"
_BY_SERVER = frozenset({CaptureMethod.SERVER_BROWSER, CaptureMethod.SERVER_HTTP})
_BY_HAND = frozenset({CaptureMethod.UPLOAD_ORIGINAL, CaptureMethod.UPLOAD_SCREENSHOT})
_STATUSES = range(100, 600)


@dataclass(frozen=True)
class CaptureFacts:
    """What is stated about a capture; the collector's network facts, never a source's.

    ``captured_at`` and ``requested_at`` are instants of the capturing machine's clock;
    ``clock_note`` says how that clock was set, ``clock_offset_ms`` how far it was off.
    """

    url_requested: str
    captured_at: datetime
    method: CaptureMethod
    control: ControlLevel
    tool: str
    tool_version: str
    collector: str
    legality_attestation: str
    reason: str
    title: str | None = None
    requested_at: datetime | None = None
    url_final: str | None = None
    url_canonical: str | None = None
    redirects: list[str] = field(default_factory=list)
    clock_note: str | None = None
    clock_offset_ms: int | None = None
    outcome: CaptureOutcome = CaptureOutcome.NOT_STATED
    outcome_note: str | None = None
    tool_options: dict[str, Any] = field(default_factory=dict)
    machine_note: str | None = None
    egress: Egress = Egress.UNKNOWN
    egress_ip: str | None = None
    virtual_identity: str | None = None
    discovery: str | None = None
    http_status: int | None = None
    server_ip: str | None = None
    certificate_note: str | None = None
    browser: str | None = None
    user_agent: str | None = None
    viewport: str | None = None
    locale: str | None = None
    time_zone: str | None = None
    resources_total: int | None = None
    resources_missing: int | None = None
    platform: str | None = None
    platform_post_id: str | None = None
    uploader: str | None = None
    uploader_id: str | None = None
    uploader_url: str | None = None
    uploaded: Moment | None = None
    event_stated: Moment | None = None
    first_seen: Moment | None = None
    first_seen_url: str | None = None
    archive_urls: list[str] = field(default_factory=list)
    context_statement: str | None = None
    context_source: str | None = None
    language: str | None = None
    is_graphic: bool = False


def record_capture(
    session: Session,
    facts: CaptureFacts,
    *,
    actor: Actor,
    mission: Mission | None = None,
    compartment: Compartment | None = None,
    governance: Governance | None = None,
) -> Capture:
    """Record that something was captured, or that the attempt failed; failed attempts count too."""
    home = home_for(session, actor=actor, mission=mission, compartment=compartment, governance=governance)
    values = _checked(session, columns(facts))
    reference = next_reference(session, SERIES)
    values["title"] = (facts.title or "").strip() or f"Online capture {reference}"
    values["url_canonical"] = values["url_canonical"] or addresses.canonical(
        values["url_final"] or values["url_requested"]
    )
    return create(
        session,
        Capture,
        compartment_id=home.compartment_id,
        governance=home.governance,
        actor=actor,
        permission=Permission.TAKE_IN,
        occurred=facts.captured_at,
        reference=reference,
        mission_id=home.mission_id,
        **values,
    )


def amend_capture(
    session: Session,
    capture: Capture,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> Capture:
    """Correct what is stated about a capture; a higher level takes along what hangs on it."""
    names = frozenset(CaptureFacts.__dataclass_fields__)
    fixed = sorted(set(changes) - names - {"level", "purpose", "legal_basis"})
    if fixed:
        raise InvalidInput(f"The {', '.join(fixed)} of a capture cannot be changed.")
    whole = _checked(session, {name: getattr(capture, name) for name in names} | dict(changes))
    needed(whole["title"], "The title")
    corrected = {name: whole.get(name, value) for name, value in changes.items()}
    amend_stated(session, capture, corrected, actor=actor, expected_version=expected_version)
    if "level" in corrected:
        for model in (CaptureFile, AvailabilityCheck, Assessment):
            raise_rows(session, model, model.capture_id == capture.id, capture.level, actor=actor)
    return capture


def add_file(
    session: Session,
    capture: Capture,
    exhibit: Exhibit,
    *,
    role: FileRole,
    actor: Actor,
    source_url: str | None = None,
    declared_media_type: str | None = None,
    declared_size_bytes: int | None = None,
    stated_digest: tuple[str, str] | None = None,
    note: str | None = None,
) -> CaptureFile:
    """Say that an exhibit is a file of this capture, and what it is to it.

    ``stated_digest`` is (algorithm, hex) as the capturing tool states it; it becomes a
    digest of the exhibit, stated by a third party, and is compared if it is a SHA-256.
    """
    require(session, actor, Permission.READ, exhibit.compartment_id, level=exhibit.level)
    if exhibit.sha256 is None or exhibit.made_from_id is not None:
        raise InvalidInput(
            f"{exhibit.reference} is not an original with bytes.",
            advice="Take the captured file in as an exhibit first.",
        )
    live = select(CaptureFile.id).where(
        CaptureFile.capture_id == capture.id,
        CaptureFile.exhibit_id == exhibit.id,
        CaptureFile.ended_at.is_(None),
    )
    if session.scalar(live) is not None:
        raise InvalidInput(f"{exhibit.reference} is a file of {capture.reference} already.")
    if declared_size_bytes is not None and declared_size_bytes < 0:
        raise InvalidInput("The declared size cannot be negative.")
    row = create(
        session,
        CaptureFile,
        compartment_id=capture.compartment_id,
        governance=Governance.of(capture),
        actor=actor,
        verb=CustodyVerb.LINKED,
        facts={"sha256": exhibit.sha256},
        capture_id=capture.id,
        exhibit_id=exhibit.id,
        role=role,
        source_url=addresses.checked(source_url) if source_url is not None else None,
        declared_media_type=declared_media_type,
        declared_size_bytes=declared_size_bytes,
        note=note,
    )
    if stated_digest is not None:
        state_digest(
            session,
            exhibit,
            role=DigestRole.STATED_BY_THIRD_PARTY,
            algorithm=stated_digest[0],
            value=stated_digest[1],
            stated_by=f"{capture.tool} {capture.tool_version}, capture {capture.reference}",
            actor=actor,
        )
    return row


def remove_file(session: Session, row: CaptureFile, *, actor: Actor) -> CaptureFile:
    """End the link of a file to a capture; the exhibit and the old link stay on record."""
    if row.ended_at is not None:
        raise InvalidInput("This file was taken out of the capture already.")
    return amend(session, row, {"ended_at": now(session)}, actor=actor, verb=CustodyVerb.UNLINKED)


def check_availability(
    session: Session,
    capture: Capture,
    *,
    availability: Availability,
    checked_at: datetime,
    actor: Actor,
    http_status: int | None = None,
    note: str | None = None,
) -> AvailabilityCheck:
    """Record a later look at the address: is it still there, was it changed or taken down."""
    if checked_at > now(session):
        raise InvalidInput("The look at the address lies in the future.")
    _status(http_status)
    return create(
        session,
        AvailabilityCheck,
        compartment_id=capture.compartment_id,
        governance=Governance.of(capture),
        actor=actor,
        occurred=checked_at,
        capture_id=capture.id,
        checked_at=checked_at,
        availability=availability,
        http_status=http_status,
        note=note,
    )


def _checked(session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values in their one spelling, or refuse what contradicts itself."""
    checked = dict(values)
    for name in ("tool", "tool_version", "collector", "legality_attestation", "reason"):
        checked[name] = needed(checked[name], f"The {name.replace('_', ' ')}")
    for name in ("url_requested", "url_final", "url_canonical", "uploader_url", "first_seen_url"):
        if checked[name] is not None:
            checked[name] = addresses.checked(checked[name], name.replace("_", " "))
    for name in ("redirects", "archive_urls"):
        checked[name] = [addresses.checked(url, name.replace("_", " ")) for url in checked[name]]
    for name in ("egress_ip", "server_ip"):
        if checked[name] is not None:
            checked[name] = addresses.ip(checked[name], name.replace("_", " "))
    _status(checked["http_status"])
    _refuse_times(session, checked)
    _refuse_control(checked)
    _refuse_outcome(checked)
    return checked


def _status(http_status: int | None) -> None:
    if http_status is not None and http_status not in _STATUSES:
        raise InvalidInput(f"{http_status} is not an HTTP status.", advice="It lies from 100 to 599.")


def _refuse_times(session: Session, values: Mapping[str, Any]) -> None:
    captured, requested = values["captured_at"], values["requested_at"]
    if captured > now(session):
        raise InvalidInput(
            "The capture lies in the future.", advice="State how far that clock was off and correct the time."
        )
    if requested is not None and requested > captured:
        raise InvalidInput("The capture ended before it was requested.")


def _refuse_control(values: Mapping[str, Any]) -> None:
    is_server = values["control"] is ControlLevel.CONTROLLED_SERVER
    if values["method"] in _BY_SERVER and not is_server:
        raise InvalidInput("A capture by our server is under the control of our server.")
    if values["method"] in _BY_HAND and is_server:
        raise InvalidInput("What somebody uploaded was not captured under the control of our server.")


def _refuse_outcome(values: Mapping[str, Any]) -> None:
    total, missing = values["resources_total"], values["resources_missing"]
    if any(count is not None and count < 0 for count in (total, missing)):
        raise InvalidInput("A number of resources cannot be negative.")
    if total is not None and missing is not None and missing > total:
        raise InvalidInput(f"{missing} of {total} resources cannot be missing.")
    if missing and values["outcome"] is CaptureOutcome.COMPLETE:
        raise InvalidInput(
            f"A capture with {missing} missing resources is not complete.",
            advice="Its outcome is complete-with-gaps.",
        )
    if values["context_statement"] is not None:
        needed(values["context_source"], "Who made the context statement (context_source)")
