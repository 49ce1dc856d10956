"""The database: one base, one naming convention, and the only commit.

SQLite is opened through SQLCipher with the raw key handed in, in WAL mode with
``synchronous=FULL`` and ``BEGIN IMMEDIATE`` for writers. Whatever must be the last
thing before COMMIT (the custody log) registers itself with ``before_commit``.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID, uuid4

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import (
    BigInteger,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    Uuid,
    create_engine,
    event,
)
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, object_mapper
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.pool import QueuePool
from sqlalchemy.types import TypeDecorator

from evidence_tracker.errors import InvalidInput, Locked
from evidence_tracker.values.moment import Moment
from evidence_tracker.values.place import Place
from evidence_tracker.writepoints import WritePoint, reached

BUSY_TIMEOUT_MS = 30_000


class UTCDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC, stored as ISO 8601 text with microseconds and ``Z``."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Refuse naive datetimes: a time without a zone is not evidence."""
        return None if value is None else iso(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Read the stored text, strictly."""
        if value is None:
            return None
        return datetime.fromisoformat(value)


class StrictJSON(TypeDecorator[Any]):
    """JSON without floats, stored as one canonical text, so that equal values are equal bytes."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write sorted, compact JSON."""
        if value is None:
            return None
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """Read the stored text."""
        return None if value is None else json.loads(value)


class MomentType(TypeDecorator[Moment]):
    """A ``Moment``, stored as JSON text."""

    impl = StrictJSON
    cache_ok = True

    def process_bind_param(self, value: Moment | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """Hand the fields to the JSON type."""
        return None if value is None else value.to_json()

    def process_result_value(self, value: Any, dialect: Dialect) -> Moment | None:  # noqa: ARG002
        """Rebuild the value."""
        return None if value is None else Moment.from_json(value)


class PlaceType(TypeDecorator[Place]):
    """A ``Place``, stored as JSON text."""

    impl = StrictJSON
    cache_ok = True

    def process_bind_param(self, value: Place | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """Hand the fields to the JSON type."""
        return None if value is None else value.to_json()

    def process_result_value(self, value: Any, dialect: Dialect) -> Place | None:  # noqa: ARG002
        """Rebuild the value."""
        return None if value is None else Place.from_json(value)


class Base(DeclarativeBase):
    """The base of every model."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {
        UUID: Uuid(as_uuid=True, native_uuid=False),
        datetime: UTCDateTime(),
        int: BigInteger().with_variant(Integer(), "sqlite"),
        str: Text(),
        bytes: LargeBinary(),
        Moment: MomentType(),
        Place: PlaceType(),
        dict[str, Any]: StrictJSON(),
        list[Any]: StrictJSON(),
        list[str]: StrictJSON(),
        list[dict[str, Any]]: StrictJSON(),
    }


class Evidential(Base):
    """A record whose every saved version is in the custody log.

    ``id`` is the subject of its custody events; ``version`` counts saved versions from 1
    and guards against stale edits. ``custody verify`` compares each column of each such
    row with the last version in the log, so every new column is covered by itself.
    """

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    version: Mapped[int] = mapped_column(default=1)


def iso(moment: datetime) -> str:
    """Return an aware datetime as UTC text, ``2026-11-23T15:50:12.123456Z``."""
    if moment.tzinfo is None:
        raise ValueError("a naive datetime reached the database")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def as_json(value: Any) -> Any:
    """Return a column's value as JSON without floats; refuses types that have no exact form."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, str):
        return value
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Moment | Place):
        return value.to_json()
    if isinstance(value, list | tuple):
        return [as_json(item) for item in value]
    if isinstance(value, dict):
        return {str(key): as_json(item) for key, item in value.items()}
    raise TypeError(f"{type(value).__name__} has no exact form in the custody log")


def snapshot(row: Evidential) -> dict[str, Any]:
    """Return every column of a row as JSON values: what one saved version consists of."""
    return {prop.key: as_json(getattr(row, prop.key)) for prop in object_mapper(row).column_attrs}


def touch(row: Evidential, name: str) -> None:
    """Say that a list or object inside a JSON column was changed in place."""
    flag_modified(row, name)


def evidential_models() -> list[type[Evidential]]:
    """Return every mapped evidential class, by table name."""
    models = [mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, Evidential)]
    return sorted(models, key=lambda model: str(model.__tablename__))


def open_sqlite(path: Path, key: bytes) -> Engine:
    """Open (or create) the encrypted database file.

    ``key`` is the raw 32-byte SQLCipher key. A wrong key or a file that is not such a
    database raises ``Locked``.
    """
    engine = create_engine(
        "sqlite://",
        module=sqlcipher,
        creator=lambda: _connect(path, key),
        poolclass=QueuePool,
        pool_size=8,
        pool_reset_on_return="rollback",
    )
    event.listen(engine, "begin", _begin)
    return engine


def _connect(path: Path, key: bytes) -> Any:
    connection = sqlcipher.connect(str(path), isolation_level=None, check_same_thread=False)
    cursor = connection.cursor()
    # secure_delete and temp_store keep what was erased, and what is sorted, off the disk.
    try:
        for pragma in (
            f"key = \"x'{key.hex()}'\"",
            "cipher_memory_security = OFF",
            f"busy_timeout = {BUSY_TIMEOUT_MS}",
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "secure_delete = ON",
            "temp_store = MEMORY",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.execute("SELECT count(*) FROM sqlite_master")
        cursor.close()
    except sqlcipher.DatabaseError as error:
        connection.close()
        raise Locked(
            f"The database {path.name} does not open with this key, or it is not a database of this system.",
            advice="Check that the passphrase or key file belongs to this instance.",
        ) from error
    return connection


def _begin(connection: Connection) -> None:
    # Writers take the lock at once: a deferred transaction that upgrades later can deadlock.
    mode = "DEFERRED" if connection.get_execution_options().get("is_reading") else "IMMEDIATE"
    connection.exec_driver_sql(f"BEGIN {mode}")


@contextmanager
def changing_schema(engine: Engine) -> Iterator[Connection]:
    """Open the transaction of a migration; the only commit beside that of an act."""
    with engine.connect() as connection, connection.begin():
        yield connection


def before_commit(session: Session, name: str, act: Callable[[Session], None]) -> None:
    """Run ``act`` once, after everything else and just before COMMIT; ``name`` makes it one."""
    session.info.setdefault("before_commit", {})[name] = act


def after_commit(session: Session, act: Callable[[], None]) -> None:
    """Run ``act`` once the commit has succeeded (removing bytes nobody needs, say)."""
    session.info.setdefault("after_commit", []).append(act)


@contextmanager
def transaction(engine: Engine, info: dict[str, Any] | None = None) -> Iterator[Session]:
    """Open the one transaction of an act; it commits on leaving, or rolls all of it back.

    ``info`` is what the composition root hands down (``session.info``).
    """
    session = Session(engine, expire_on_commit=False, info=info or {})
    try:
        yield session
        session.flush()
        for act in session.info.get("before_commit", {}).values():
            act(session)
        session.commit()
        reached(WritePoint.COMMITTED)
    except BaseException:
        session.rollback()
        raise
    finally:
        session.close()
    for follow_up in session.info.get("after_commit", []):
        follow_up()


@contextmanager
def reading(engine: Engine, info: dict[str, Any] | None = None) -> Iterator[Session]:
    """Open a session that only reads, from one consistent snapshot; nothing is ever committed."""
    with engine.connect().execution_options(is_reading=True) as connection:
        session = Session(connection, expire_on_commit=False, info=info or {})
        try:
            yield session
            if session.new or session.dirty or session.deleted:
                raise InvalidInput("A reading session was asked to change something; this is a defect.")
        finally:
            session.close()  # rolls back without expiring what was read
