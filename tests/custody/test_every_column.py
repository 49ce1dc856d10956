"""Any change to any column of any evidential table, by somebody with every key, is named.

One column of every table is changed at a time, all tables in one round, below the
application and with the triggers dropped; each change must be named by table, row and column.
"""

from typing import Any

import pytest
from sqlalchemy import inspect

from evidence_tracker.db import evidential_models
from evidence_tracker.instance import Instance
from evidence_tracker.jobs.audit import audit
from tests.cast import Cast
from tests.custody.filling import fill_every_table
from tests.custody.tampering import burglar, look, other_value

ROUNDS = 4


def columns_of(table: str) -> list[str]:
    model = next(model for model in evidential_models() if model.__tablename__ == table)
    return [column.name for column in inspect(model).columns]


def unnamed(instance: Instance, changed: dict[str, tuple[str, str]]) -> list[str]:
    """Return the changes that verification does not name; ``changed`` maps table to (id, column)."""
    found = [(finding.where, finding.what) for finding in look(instance).findings]
    missed = []
    for table, (row_id, column) in changed.items():
        if column == "id":
            named = any(
                where.startswith(f"{table} ") and ("gone" in what or "without any" in what)
                for where, what in found
            )
        else:
            named = any(
                where.replace("-", "") == f"{table} {row_id}" and f"column {column} " in what
                for where, what in found
            )
        if not named:
            missed.append(f"{table}.{column}")
    return missed


@pytest.mark.parametrize("part", range(ROUNDS))
def test_every_change_is_named_by_table_row_and_column(instance: Instance, cast: Cast, part: int):
    made = {table: row_id.hex for table, row_id in fill_every_table(instance, cast).items()}
    assert audit(instance, contents=False).findings == []
    widest = max(len(columns_of(table)) for table in made)
    missed: list[str] = []
    with burglar(instance) as database:
        for position in range(part, widest, ROUNDS):
            changed, before = {}, {}
            for table, row_id in made.items():
                names = columns_of(table)
                if position < len(names):
                    column = names[position]
                    value = database.execute(
                        f'SELECT "{column}" FROM "{table}" WHERE id = ?', (row_id,)
                    ).fetchone()[0]
                    changed[table], before[table] = (row_id, column), value
            spoil(database, changed, before)
            missed += unnamed(instance, changed)
            restore(database, changed, before)
    assert missed == []
    assert [f for f in look(instance).findings if f.kind != "blob"] == []


def test_all_tables_and_many_columns_are_meant(instance: Instance, cast: Cast):
    made = fill_every_table(instance, cast)
    assert set(made) == {model.__tablename__ for model in evidential_models()}
    assert sum(len(columns_of(table)) for table in made) > 1000


def spoil(database: Any, changed: dict[str, tuple[str, str]], before: dict[str, Any]) -> None:
    for table, (row_id, column) in changed.items():
        database.execute(
            f'UPDATE "{table}" SET "{column}" = ? WHERE id = ?', (other_value(before[table]), row_id)
        )


def restore(database: Any, changed: dict[str, tuple[str, str]], before: dict[str, Any]) -> None:
    for table, (row_id, column) in changed.items():
        key = other_value(before[table]) if column == "id" else row_id
        database.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE id = ?', (before[table], key))
