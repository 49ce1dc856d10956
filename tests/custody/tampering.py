"""An attacker with the SQLCipher key: opens the database file, drops the triggers, edits."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

from evidence_tracker.custody.findings import Verification
from evidence_tracker.db import evidential_models
from evidence_tracker.instance import Instance, open_instance
from evidence_tracker.jobs.audit import audit
from evidence_tracker.keys.unlockers import CHEAP, Passphrase
from tests.cast import PASSPHRASE


@contextmanager
def burglar(instance: Instance, *, keep_triggers: bool = False) -> Iterator[Any]:
    """Open the database below the application, foreign keys off, and commit on leaving."""
    connection = sqlcipher.connect(str(instance.settings.database_path), isolation_level=None)
    connection.execute(f"PRAGMA key = \"x'{instance.keyring.root.derive('database').hex()}'\"")
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("PRAGMA ignore_check_constraints = ON")
    if not keep_triggers:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
    yield connection
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def reopened(path: Path) -> Instance:
    """Open an instance as it lies there, without the guard that would refuse a damaged one."""
    return open_instance(path, Passphrase(PASSPHRASE, CHEAP), guard=False)


def copied(instance: Instance, to: Path) -> Instance:
    """Return an opened copy of an instance, for spoiling."""
    shutil.copytree(instance.settings.path, to)
    return reopened(to)


def look(instance: Instance) -> Verification:
    """Verify an instance after forgetting what it had in memory."""
    instance.keyring.forget()
    instance.engine.dispose()
    return audit(instance)


#: Tables whose content is not evidence: overwritten by design, or rebuilt from nothing.
NOT_EVIDENCE = {
    *("draft", "promise", "reference_counter", "alembic_version", "sqlite_sequence", "sqlite_stat1"),
    *(
        "web_session",
        "invitation",
        "second_factor",
        "notice",
        "blob_check",
    ),  # who is at work, and what they are told
    "search_entry",  # made from the records, as is every table of search_text
}


def spoil_every_column(instance: Instance) -> tuple[list[str], int]:
    """Change one value of each column of the log, its keys and the access log in turn, and put it back.

    The records of the rooms are changed all at once in test_every_column. Returns the columns whose change verification did not name, and how many were changed.
    """
    missed, changed = [], 0
    with burglar(instance) as database:
        names = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        records = {str(model.__tablename__) for model in evidential_models()}
        names = [name for name in names if not name.startswith("search_text")]
        for table in sorted(set(names) - NOT_EVIDENCE - records):
            columns = [row[1] for row in database.execute(f'PRAGMA table_info("{table}")')]
            row = database.execute(f'SELECT rowid, * FROM "{table}" ORDER BY rowid DESC LIMIT 1').fetchone()
            for position, column in enumerate(columns if row else [], start=1):
                key = row[0]
                update = f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?'
                database.execute(update, (other_value(row[position]), key))
                # An integer primary key is the rowid itself.
                moved = (
                    database.execute(f'SELECT 1 FROM "{table}" WHERE rowid = ?', (key,)).fetchone() is None
                )
                if not look(instance).findings:
                    missed.append(f"{table}.{column}")
                database.execute(update, (row[position], other_value(key) if moved else key))
                changed += 1
    return missed, changed


def other_value(value: object) -> object:
    """Return something of the same type that differs as little as possible."""
    if value is None:
        return "0"
    if isinstance(value, bool | int):
        return int(value) + 1
    if isinstance(value, bytes):
        return bytes([value[0] ^ 1, *value[1:]]) if value else b"\x00"
    text = str(value)
    if not text:
        return " "
    last = text[-1]
    return text[:-1] + ("1" if last == "0" else "0" if last.isdigit() else "x" if last != "x" else "y")
