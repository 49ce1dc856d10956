"""What was read in an exhibit's bytes, as a record: the camera's claims stay claims."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker import __version__
from evidence_tracker.access.policy import now, visible
from evidence_tracker.access.records import Governance, create
from evidence_tracker.casework.exhibits.chain import note
from evidence_tracker.casework.exhibits.models import Exhibit, ExhibitMetadata
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.sandbox.answers import Examination

EXAMINER = f"evidence_tracker {__version__}"


def record_examination(
    session: Session,
    exhibit: Exhibit,
    examination: Examination,
    *,
    actor: Actor,
    examiner: str = EXAMINER,
) -> ExhibitMetadata:
    """Record what the sandbox found; a second examination is a second record, never a correction.

    Nothing of it is copied into the exhibit: a position or a time that a file claims is not
    where and when it was taken until a person says so.
    """
    note(
        session,
        exhibit,
        CustodyVerb.EXAMINED,
        actor=actor,
        facts={"sha256": exhibit.sha256, "examiner": examiner},
    )
    return create(
        session,
        ExhibitMetadata,
        compartment_id=exhibit.compartment_id,
        governance=Governance.of(exhibit),
        actor=actor,
        exhibit_id=exhibit.id,
        examined_at=now(session),
        examiner=examiner,
        width_px=examination.width,
        height_px=examination.height,
        pages=examination.pages,
        claimed_taken=examination.taken_text,
        claimed_offset=examination.taken_offset,
        claimed_latitude=examination.latitude,
        claimed_longitude=examination.longitude,
        camera_make=examination.make,
        camera_model=examination.model,
        properties=dict(examination.properties),
        failed=examination.failed,
    )


def examinations_of(session: Session, exhibit: Exhibit, *, actor: Actor) -> Sequence[ExhibitMetadata]:
    """Return what examinations found, the newest first."""
    return session.scalars(
        select(ExhibitMetadata)
        .where(ExhibitMetadata.exhibit_id == exhibit.id, visible(session, actor, ExhibitMetadata))
        .order_by(ExhibitMetadata.examined_at.desc(), ExhibitMetadata.id)
    ).all()
