"""One migration at a time, on a real encrypted database with rows in it."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from evidence_tracker.db import changing_schema, open_sqlite
from evidence_tracker.instance import alembic_config, migrate
from evidence_tracker.tables import metadata

KEY = bytes(32)
SOMEBODY = UUID(int=1)
SOMEWHERE = UUID(int=2)
WHEN = "2026-03-02T09:15:00.000000Z"
RECORD = {
    "version": 1,
    "compartment_id": SOMEWHERE,
    "level": "INTERNAL",
    "owner_id": SOMEBODY,
    "purpose": None,
    "legal_basis": None,
    "recorded_at": WHEN,
    "recorded_by": SOMEBODY,
}


def database(folder: Path, revision: str) -> Engine:
    """Return a new database at a revision, with one account and one compartment in it."""
    path = folder / "steps.db"
    path.write_bytes(_at(revision))
    return open_sqlite(path, KEY)


@cache
def _at(revision: str) -> bytes:
    """Return the file of such a database; to come up to a revision takes longer than most tests."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "steps.db"
        engine = open_sqlite(path, KEY)
        migrate(engine, revision)
        _people(engine)
        engine.dispose()  # whoever closes last takes the write-ahead log into the file
        return path.read_bytes()


def _people(engine: Engine) -> None:
    here, me = SOMEWHERE.hex, SOMEBODY.hex
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO compartment_key (id, wraps) VALUES (:here, '[]')"), {"here": here}
        )
        connection.execute(
            text(
                "INSERT INTO compartment"
                " (id, version, key_id, kind, reference, title, level_ceiling, opened_at)"
                " VALUES (:here, 1, :here, 'organisation', 'KYI', 'home', 'SEALED', :at)"
            ),
            {"here": here, "at": WHEN},
        )
        connection.execute(
            text(
                "INSERT INTO account (id, version, login, display_name, is_active, added_at)"
                " VALUES (:me, 1, 'amina', 'Amina', 1, :at)"
            ),
            {"me": me, "at": WHEN},
        )


def down(engine: Engine, revision: str) -> None:
    """Take the tables back to a revision."""
    config = alembic_config()
    with changing_schema(engine) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def put(engine: Engine, table: str, **values: Any) -> None:
    """Insert a row as the database sees it: what every record carries, and these values."""
    row = {**RECORD, **values}
    row = {name: value.hex if isinstance(value, UUID) else value for name, value in row.items()}
    columns = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join(f":{name}" for name in row)
    with engine.begin() as connection:
        connection.execute(text(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})'), row)


def count(engine: Engine, table: str) -> int:
    """Return the number of rows of a table."""
    with engine.connect() as connection:
        return int(connection.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one())


def _made_after(revision: str | None) -> set[str]:
    scripts = ScriptDirectory.from_config(alembic_config())
    there = {script.revision for script in scripts.walk_revisions("base", revision or "base")}
    return {
        name
        for script in scripts.walk_revisions()
        if script.revision not in there
        for kind in ("INDEXES", "COLUMNS")
        for name in getattr(script.module, kind, ())
    }


def tables(engine: Engine) -> set[str]:
    """Return the names of the tables there are."""
    return set(inspect(engine).get_table_names())


def differences(engine: Engine, names: Iterable[str]) -> list[Any]:
    """Return in what the named tables differ from the models, but for indexes and columns that later revisions make."""
    wanted = set(names)

    def is_wanted(thing: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
        if kind == "table":
            return name in wanted
        return thing.table.name in wanted and not {name, f"{thing.table.name}.{name}"} & later

    with engine.connect() as connection:
        later = _made_after(MigrationContext.configure(connection).get_current_revision())
        options = {"compare_type": True, "include_object": is_wanted}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))
