"""The row of an exhibit: the same for a receipt, a derivative and a thing without bytes."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from evidence_tracker import outbox
from evidence_tracker.access.policy import Permission, now
from evidence_tracker.access.records import Governance, create, next_reference
from evidence_tracker.casework.exhibits import particulars
from evidence_tracker.casework.exhibits.facts import ExhibitFacts, columns
from evidence_tracker.casework.exhibits.models import DerivativeKind, Exhibit, ExhibitKind
from evidence_tracker.casework.exhibits.names import kept
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.custody.vault import Deposited, Vault
from evidence_tracker.values.moment import Moment

SERIES = "E"
EXAMINE = "examine_exhibit"
_DOCUMENTS = (
    "text/",
    "message/",
    "application/pdf",
    "application/rtf",
    "application/msword",
    "application/vnd.ms-",
    "application/vnd.openxmlformats-officedocument.",
    "application/vnd.oasis.opendocument.",
)
_BY_FAMILY = {"image": ExhibitKind.PHOTO, "video": ExhibitKind.VIDEO, "audio": ExhibitKind.AUDIO}


@dataclass(frozen=True)
class Home:
    """Where an exhibit is kept and under which rules, and the mission it came from, if any."""

    compartment_id: UUID
    mission_id: UUID | None
    governance: Governance


@dataclass(frozen=True)
class Made:
    """How a working copy was made."""

    original: Exhibit
    kind: DerivativeKind
    how: str
    tool: str


def register(
    session: Session,
    vault: Vault,
    deposited: Deposited,
    *,
    facts: ExhibitFacts,
    home: Home,
    original_name: str | None,
    actor: Actor,
    permission: Permission,
    verb: CustodyVerb,
    made: Made | None = None,
) -> Exhibit:
    """Name deposited bytes by an exhibit and owe their examination; the caller has checked the right."""
    blob = vault.register(session, deposited, compartment_id=home.compartment_id, actor=actor)
    name = kept(original_name) if original_name else None
    exhibit = create(
        session,
        Exhibit,
        compartment_id=home.compartment_id,
        governance=home.governance,
        actor=actor,
        permission=permission,
        verb=verb,
        facts={
            "sha256": blob.sha256,
            "size": blob.size,
            "media_type": deposited.media_type,
            "detector": deposited.detector,
            "detector_version": deposited.detector_version,
            "original_name": name,
        },
        blob_id=blob.id,
        sha256=blob.sha256,
        size_bytes=blob.size,
        media_type=deposited.media_type,
        original_name=name,
        mission_id=home.mission_id,
        **described(session, facts, facts.kind or kind_of(deposited.media_type)),
        **(_origin(made) if made is not None else {}),
    )
    outbox.promise(session, EXAMINE, {"exhibit": str(exhibit.id)}, key=str(exhibit.id))
    return exhibit


def described(session: Session, facts: ExhibitFacts, kind: ExhibitKind) -> dict[str, Any]:
    """Return the columns that facts fill, with a fresh reference and a neutral title.

    The title does not repeat the reference: titles go out, references stay here.
    """
    reference = next_reference(session, SERIES)
    stated = columns(facts)
    stated["kind"] = kind
    stated["title"] = (facts.title or "").strip() or kind.value.replace("-", " ").capitalize()
    stated["particulars"] = particulars.checked(kind, facts.particulars)
    return {"reference": reference, "received_at": now(session), **stated, **bounds_of(facts.collected)}


def bounds_of(collected: Moment | None) -> dict[str, Any]:
    """Return the earliest and latest instant of the collection as columns."""
    earliest, latest = collected.bounds() if collected is not None else (None, None)
    return {"collected_earliest_at": earliest, "collected_latest_at": latest}


def kind_of(media_type: str) -> ExhibitKind:
    """Return the kind of exhibit that bytes of a media type are, if nobody says otherwise."""
    if media_type.startswith(_DOCUMENTS):
        return ExhibitKind.DOCUMENT
    return _BY_FAMILY.get(media_type.split("/", 1)[0], ExhibitKind.DIGITAL)


def _origin(made: Made) -> dict[str, Any]:
    return {
        "made_from_id": made.original.id,
        "derivative_kind": made.kind,
        "made_how": made.how,
        "made_with": made.tool,
    }
