"""What waits in the exhibits room: what is damaged, stated by nobody, not examined, out of the house."""

from collections.abc import Iterator

from sqlalchemy import Text, literal_column, select, type_coerce

from evidence_tracker.access.policy import Permission, aside
from evidence_tracker.access.waiting import Asking, Question
from evidence_tracker.casework.exhibits.models import (
    DerivativeKind,
    Exhibit,
    ExhibitMetadata,
    ExhibitPerson,
    PersonRole,
    SourceKind,
    Transfer,
)
from evidence_tracker.vault.models import BlobCheck

_SHOWS_LESS = (DerivativeKind.REDACTION, DerivativeKind.IDENTIFIERS_REMOVED)


def questions(asking: Asking) -> Iterator[Question]:
    """Yield the questions of this room that mean something to the actor."""
    if asking.may(Permission.READ):
        yield _damaged(asking)
    if asking.may(Permission.RECORD):
        yield from _without_source(asking)
        yield _without_basis(asking)
        yield _not_examined(asking)
        yield _unchecked(asking)
        yield _out(asking)


def _damaged(asking: Asking) -> Question:
    return asking.question(
        "exhibits-damaged",
        Exhibit,
        BlobCheck.fault.is_not(None),
        asking.within(Exhibit),
        title=BlobCheck.fault,
        since=BlobCheck.checked_at,
        source=BlobCheck.__table__.join(Exhibit.__table__, Exhibit.blob_id == BlobCheck.blob_id),
    )


def _without_source(asking: Asking) -> Iterator[Question]:
    linked = select(ExhibitPerson.id).where(
        ExhibitPerson.exhibit_id == Exhibit.id,
        ExhibitPerson.role == PersonRole.SOURCE,
        ExhibitPerson.ended_at.is_(None),
    )
    # Spelt out, as the index spells it: a parameter could be any word.
    from_a_person = type_coerce(Exhibit.source_kind, Text) == literal_column(f"'{SourceKind.PERSON}'")
    for conditions in ((Exhibit.source_kind.is_(None),), (from_a_person, ~linked.exists())):
        yield asking.question(
            "exhibits-without-source",
            Exhibit,
            aside(Exhibit.made_from_id).is_(None),
            *conditions,
            asking.within(Exhibit, Permission.RECORD),
            title=Exhibit.title,
            since=Exhibit.recorded_at,
        )


def _without_basis(asking: Asking) -> Question:
    return asking.question(
        "exhibits-without-basis",
        Exhibit,
        Exhibit.legal_basis.is_(None),
        asking.within(Exhibit, Permission.RECORD),
        title=Exhibit.title,
        since=Exhibit.recorded_at,
    )


def _not_examined(asking: Asking) -> Question:
    return asking.question(
        "exhibits-not-examined",
        Exhibit,
        ExhibitMetadata.failed.is_not(None),
        asking.within(Exhibit, Permission.RECORD),
        asking.within(ExhibitMetadata),
        title=ExhibitMetadata.failed,
        since=ExhibitMetadata.recorded_at,
        source=ExhibitMetadata.__table__.join(Exhibit.__table__, Exhibit.id == ExhibitMetadata.exhibit_id),
    )


def _unchecked(asking: Asking) -> Question:
    return asking.question(
        "derivatives-to-check",
        Exhibit,
        Exhibit.derivative_kind.in_(_SHOWS_LESS),
        Exhibit.checked_by.is_(None),
        Exhibit.recorded_by != asking.me,
        asking.within(Exhibit, Permission.RECORD),
        title=Exhibit.title,
        since=Exhibit.recorded_at,
    )


def _out(asking: Asking) -> Question:
    return asking.question(
        "items-out",
        Exhibit,
        Transfer.ended_as.is_(None),
        asking.within(Transfer),
        asking.within(Exhibit, Permission.RECORD),
        title=Transfer.received_organisation,
        since=Transfer.recorded_at,
        source=Transfer.__table__.join(Exhibit.__table__, Exhibit.id == Transfer.exhibit_id),
    )
