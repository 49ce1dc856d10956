"""Every column of every evidential row against the last version in the log."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table, func, literal_column, select
from sqlalchemy.orm import Session

from evidence_tracker.custody.findings import UNREADABLE, Finding, Verification
from evidence_tracker.custody.ledger import RECORD_PREFIX, RECORD_TYPE
from evidence_tracker.custody.models import CustodyEventRow
from evidence_tracker.db import Evidential, as_json, evidential_models
from evidence_tracker.integrity import commitment
from evidence_tracker.integrity.canonical import canonical

_BATCH = 500


class RecordComparison:
    """Compares rows with the last versions of their chains, a batch at a time."""

    def __init__(self, session: Session, report: Verification) -> None:
        self._session = session
        self._report = report
        self._models = {str(model.__tablename__): model for model in evidential_models()}
        self._waiting: dict[str, dict[UUID, tuple[dict[str, Any], tuple[int, int]]]] = {}
        self._seen: dict[str, int] = {}

    def take(self, subject: UUID, last_version: bytes, at: tuple[int, int]) -> None:
        """Take the packed payload of a subject's last saved version, logged at (epoch, index)."""
        values = {item.name: item.value for item in commitment.unpack(last_version)}
        table = str(values.get(RECORD_TYPE))
        if table not in self._models:
            self._report.event(*at, f"names a kind of record that does not exist: {table}")
            return
        version = {
            name.removeprefix(RECORD_PREFIX): value
            for name, value in values.items()
            if name.startswith(RECORD_PREFIX)
        }
        waiting = self._waiting.setdefault(table, {})
        waiting[subject] = (version, at)
        if len(waiting) >= _BATCH:
            self._compare(table)

    def finish(self) -> None:
        """Compare what is left, then look for rows that no event accounts for."""
        for table in list(self._waiting):
            self._compare(table)
        for name, model in self._models.items():
            self._find_unlogged(name, model)

    def _compare(self, name: str) -> None:
        waiting = self._waiting.pop(name)
        model = self._models[name]
        found = raw_rows(self._session, model, list(waiting))
        self._seen[name] = self._seen.get(name, 0) + len(found)
        for subject, (version, (epoch, index)) in waiting.items():
            self._report.records += 1
            raw = found.get(subject.hex)
            if raw is None:
                self._finding(name, subject, "is gone from its table", epoch, index)
                continue
            for column in differing_columns(self._session, model, raw, version):
                self._finding(name, subject, f"column {column} is not what was logged", epoch, index)

    def _finding(self, name: str, subject: UUID, what: str, epoch: int, index: int) -> None:
        self._report.findings.append(Finding("record", f"{name} {subject}", what, epoch, index))

    def _find_unlogged(self, name: str, model: type[Evidential]) -> None:
        table: Any = model.__table__
        if self._session.scalar(select(func.count()).select_from(table)) == self._seen.get(name, 0):
            return
        unlogged: Select[Any] = (
            select(literal_column("id"))
            .select_from(table)
            .where(literal_column("id").not_in(select(CustodyEventRow.subject)))
        )
        for row_id in self._session.execute(unlogged).scalars():
            self._report.add("record", f"{name} {row_id}", "is in its table without any event in the log")


def raw_rows(session: Session, model: type[Evidential], ids: list[UUID]) -> dict[str, dict[str, Any]]:
    """Return rows as the driver gives them, by id in hex: conversions could hide a change."""
    table: Table = model.__table__  # type: ignore[assignment] # declarative tables are Tables
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    marks = ", ".join("?" * len(ids))
    result = session.connection().exec_driver_sql(
        f'SELECT {columns} FROM "{table.name}" WHERE id IN ({marks})',  # noqa: S608 - names come from the models
        tuple(item.hex for item in ids),
    )
    names = [column.name for column in table.columns]
    return {str(row[names.index("id")]): dict(zip(names, row, strict=True)) for row in result}


def differing_columns(
    session: Session, model: type[Evidential], raw: dict[str, Any], version: dict[str, Any]
) -> list[str]:
    """Return the columns whose stored value is not exactly what the logged version says."""
    table: Table = model.__table__  # type: ignore[assignment]
    dialect = session.get_bind().dialect
    differing = sorted(version.keys() - {column.name for column in table.columns})
    for column in table.columns:
        stored = raw[column.name]
        load = column.type.dialect_impl(dialect).result_processor(dialect, None)
        store = column.type.dialect_impl(dialect).bind_processor(dialect)
        try:
            value = load(stored) if load else stored
            again = store(value) if store else value
            if isinstance(again, memoryview):  # how a driver is handed bytes
                again = bytes(again)
            is_same = (
                column.name in version
                and canonical(as_json(value)) == canonical(version[column.name])
                and type(again) is type(stored)
                and again == stored
            )
        except UNREADABLE:
            is_same = False  # what does not even read back is not what was written
        if not is_same:
            differing.append(column.name)
    return differing
