"""The migrations and the models say the same; the ground goes up and down."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, text

from evidence_tracker.db import changing_schema, open_sqlite
from evidence_tracker.instance import Instance, alembic_config, migrate
from evidence_tracker.tables import metadata

KEY = bytes(range(32))


def database(folder: Path) -> Engine:
    return open_sqlite(folder / "empty.sqlite", KEY)


def is_modelled(_thing: Any, name: str | None, _kind: str, _reflected: bool, _other: Any) -> bool:
    # The words of the search lie in a virtual table, which keeps tables of its own.
    return not (name or "").startswith("search_text")


def test_the_tables_of_all_migrations_are_those_of_the_models(instance: Instance):
    with instance.engine.connect().execution_options(is_reading=True) as connection:
        options = {"compare_type": True, "include_object": is_modelled}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_the_ground_comes_up_with_its_triggers_and_goes_down_without_a_trace(tmp_path: Path):
    engine = database(tmp_path)
    migrate(engine, "ground")
    with engine.connect() as connection:
        names = set(connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")))
        assert {"custody_event_no_update", "custody_event_dense", "access_entry_no_delete"} <= names
    config = alembic_config()
    with changing_schema(engine) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    with engine.connect() as connection:
        left = set(
            connection.scalars(text("SELECT name FROM sqlite_master WHERE type IN ('table', 'trigger')"))
        )
    assert left == {"alembic_version"}
    engine.dispose()


def test_all_migrations_go_up_and_down_again(tmp_path: Path):
    engine = database(tmp_path)
    migrate(engine)
    config = alembic_config()
    with changing_schema(engine) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    migrate(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM sqlite_master WHERE name = 'bundle'")) == 1
    engine.dispose()
