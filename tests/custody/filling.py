"""A row in every evidential table, filled column by column from its type and logged like any other."""

import enum
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Boolean, Date, Enum, Integer, LargeBinary, Text, Uuid, select, text
from sqlalchemy.orm import Session

from evidence_tracker.custody.events import CustodyVerb
from evidence_tracker.custody.ledger import save_version
from evidence_tracker.db import (
    Base,
    Evidential,
    MomentType,
    PlaceType,
    StrictJSON,
    UTCDateTime,
    evidential_models,
)
from evidence_tracker.instance import Instance
from evidence_tracker.values.moment import Moment
from evidence_tracker.values.place import Place
from tests.cast import Cast

WHEN = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)


def fill_every_table(instance: Instance, cast: Cast) -> dict[str, UUID]:
    """Add a row to every evidential table; returns the new row's id by table name.

    Table constraints on values are switched off: what is tested is that every column is
    covered, not that these values make sense. Foreign keys hold.
    """
    made: dict[str, UUID] = {}
    order = [table.name for table in Base.metadata.sorted_tables]
    models = {str(model.__tablename__): model for model in evidential_models()}
    for name in sorted(models, key=order.index):
        with instance.transaction() as session:
            session.execute(text("PRAGMA ignore_check_constraints = ON"))
            row = models[name](**_values(session, models[name], made))
            save_version(session, row, CustodyVerb.RECORDED, compartment_id=cast.home, actor=cast.olena)
            made[name] = row.id
    return made


def _values(session: Session, model: type[Evidential], made: dict[str, UUID]) -> dict[str, Any]:
    values: dict[str, Any] = {"id": uuid4(), "version": 1}
    for column in model.__table__.columns:
        if column.name in values:
            continue
        targets = [key.column.table.name for key in column.foreign_keys]
        if targets:
            values[column.name] = made.get(targets[0]) or _any(session, targets[0])
        else:
            values[column.name] = value_for(column.type)
    return values


def _any(session: Session, table: str) -> UUID | None:
    # A table that points at itself has no row yet.
    return session.scalar(select(Base.metadata.tables[table].c.id).limit(1))


def value_for(kind: Any) -> Any:  # one line a type reads best
    """Return some value of a column's type."""
    if isinstance(kind, Enum):
        members: type[enum.Enum] | None = kind.enum_class
        assert members is not None
        return next(iter(members))
    makers: list[tuple[type, Any]] = [
        (Boolean, True),
        (UTCDateTime, WHEN),
        (MomentType, Moment.parse("2022-03-12T14:30", zone="Europe/Kyiv")),
        (PlaceType, Place("Вигадане", language="uk")),
        (StrictJSON, [{"some": "value"}]),
        (Uuid, uuid4()),
        (Date, date(2026, 3, 2)),
        (LargeBinary, b"bytes"),
        (Integer, 7),
    ]
    for type_, value in makers:
        if isinstance(kind, type_):
            return value
    if isinstance(kind, Text) or kind.python_type is str:
        return f"text {uuid4()}"
    raise TypeError(f"no value for {kind!r}")
