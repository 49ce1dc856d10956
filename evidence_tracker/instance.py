"""One installation, opened and unlocked: the composition root, handed down and never global."""

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from uuid import UUID, uuid4

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from evidence_tracker.access import founding
from evidence_tracker.access.accounts import hash_secret
from evidence_tracker.access.indexing import Index
from evidence_tracker.access.models import Profile
from evidence_tracker.access.records import cleaned
from evidence_tracker.clock import Clock, SystemClock
from evidence_tracker.custody import checkpoints, epochs
from evidence_tracker.custody.checkpoints import LogSigner
from evidence_tracker.custody.events import Actor
from evidence_tracker.custody.ledger import Ledger
from evidence_tracker.custody.vault import Vault
from evidence_tracker.db import changing_schema, open_sqlite, reading, transaction
from evidence_tracker.errors import InvalidInput, NotReady
from evidence_tracker.keys.rings import LAST_SIGNED, KeyFolder
from evidence_tracker.keys.roots import OrganisationRoot, PublicKey
from evidence_tracker.keys.unlockers import (
    CHEAP,
    STRONG,
    Cost,
    KeyFile,
    Passphrase,
    Unlocker,
    refuse_same_filesystem,
)
from evidence_tracker.sandbox.runner import Sandbox
from evidence_tracker.settings import CONFIG, Kind, Settings
from evidence_tracker.vault.keyring import Keyring
from evidence_tracker.vault.local import LocalStore

TRIGGERS = frozenset(
    f"{table}_{what}"
    for table in ("custody_event", "log_node", "checkpoint", "access_entry", "consent_event")
    for what in ("no_update", "no_delete", "no_replace")
) | {"custody_event_dense"}


@dataclass(frozen=True)
class Instance:
    """An unlocked installation."""

    settings: Settings
    engine: Engine
    keys: KeyFolder
    keyring: Keyring
    vault: Vault
    signer: LogSigner
    identity_public: PublicKey
    clock: Clock = field(default_factory=SystemClock)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open the one transaction of an act, with the search and, last, the custody log attached."""
        with transaction(self.engine, self._info()) as session:
            Index().attach(session)
            Ledger(self.keyring, self.clock).attach(session)
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session for queries."""
        with reading(self.engine, self._info()) as session:
            yield session

    def checkpoint(self) -> bytes:
        """Sign the log as it stands; the signed state is remembered outside the database."""
        with self.transaction() as session:
            note = checkpoints.sign(session, self.signer)
        self.signer.remember(note)
        return note

    def open_epoch(self, reason: str, *, actor: Actor, home: UUID) -> str:
        """Close the current epoch and open the next; returns its origin.

        The caller has checked the right. Where nothing was lost the old epoch is signed to
        its end first; after a rollback that would contradict what was signed before.
        """
        with self.reading() as session:
            was_rolled_back = not checkpoints.continues(session, self.signer)
        if not was_rolled_back:
            self.checkpoint()
        with self.transaction() as session:
            origin = epochs.open_next(
                session, reason=reason, compartment_id=home, actor=actor, signer=self.signer
            ).origin
        with self.transaction() as session:
            note = checkpoints.sign_new_epoch(session, self.signer)
        self.signer.remember(note)
        return origin

    def close(self) -> None:
        """Forget the keys and what was looked at, and close the database."""
        self.keyring.forget()
        self.vault.forget()
        self.vault.sandbox.close()
        self.engine.dispose()

    def _info(self) -> dict[str, object]:
        return {"clock": self.clock, "keyring": self.keyring, "identity_public": self.identity_public}


def create(
    path: Path,
    *,
    organisation: str,
    origin: str,
    kind: Kind,
    unlocker: Unlocker,
    login: str,
    system_user: str | None,
    display_name: str,
    prefix: str | None = None,
    clock: Clock | None = None,
) -> Instance:
    """Set up a new instance in ``path`` and return it unlocked; an instance that is there is left alone."""
    name: str = cleaned({"organisation": organisation})["organisation"]
    if not name:
        raise InvalidInput("The organisation needs a name.")
    founding.refuse_odd_names(origin, prefix)
    _refuse_taken(path)
    with _undone_on_failure(path) as undo:
        settings = _make_folders(path, kind)
        _check_key_file(settings, unlocker)
        account_id = uuid4()
        root, _identity = settings_keys(settings).create(unlocker, str(account_id))
        instance = _assemble(settings, root, clock or SystemClock())
        undo.callback(instance.close)
        migrate(instance.engine)
        with instance.transaction() as session:
            founding.furnish(
                session,
                account_id=account_id,
                organisation=name,
                origin=origin,
                prefix=founding.default_prefix(origin) if prefix is None else prefix,
                kind=kind.value,
                login=login,
                system_user=system_user,
                display_name=display_name,
                secret_hash=_first_secret(unlocker, kind),
            )
        settings.write()
        instance.checkpoint()
    return instance


def _first_secret(unlocker: Unlocker, kind: Kind) -> str | None:
    # Whoever sets it up confirms with what they opened it with, until they set a secret of their own.
    return hash_secret(unlocker.text, cost_for(kind)) if isinstance(unlocker, Passphrase) else None


def _refuse_taken(path: Path) -> None:
    if path.exists() and not path.is_dir():
        raise NotReady(f"{path} is not a folder.", advice="Choose a new folder.")
    if path.exists() and any(path.iterdir()):
        raise NotReady(f"{path} is not empty.", advice="Choose a new folder; nothing is ever overwritten.")


def _make_folders(path: Path, kind: Kind) -> Settings:
    path.mkdir(parents=True, mode=0o700, exist_ok=True)
    path.chmod(0o700)
    settings = Settings(path=path, kind=kind)
    settings.vault_path.mkdir(mode=0o700)
    return settings


@contextmanager
def _undone_on_failure(path: Path) -> Iterator[ExitStack]:
    """Leave the folder as it was, missing or empty, when setting up fails; half an instance opens for nobody."""
    existed = path.exists()
    with ExitStack() as undo:
        undo.callback(_remove_made, path, also_folder=not existed)
        yield undo
        undo.pop_all()


def _remove_made(path: Path, *, also_folder: bool) -> None:
    for child in path.iterdir() if path.exists() else ():
        shutil.rmtree(child) if child.is_dir() else child.unlink()
    if also_folder and path.exists():
        path.rmdir()


def open_instance(
    path: Path,
    unlocker: Unlocker,
    *,
    clock: Clock | None = None,
    settings: Settings | None = None,
    guard: bool = True,
) -> Instance:
    """Open and unlock an instance, or refuse with the reason.

    ``guard=False`` skips the comparison with the last signed checkpoint: only for
    recovery (``custody open-epoch``) and for looking at the damage (``custody verify``).
    """
    settings = settings or Settings.load(path)
    _check_parts(settings)
    _check_key_file(settings, unlocker)
    root = settings_keys(settings).unlock(unlocker)
    instance = _assemble(settings, root, clock or SystemClock())
    try:
        check_schema(instance.engine)
        if guard:
            _check_triggers(instance.engine)
            with instance.reading() as session:
                checkpoints.guard(session, instance.signer)
                _check_kind(session, settings)
    except BaseException:
        instance.close()
        raise
    return instance


def _check_kind(session: Session, settings: Settings) -> None:
    # The file can be edited by whoever can write it; "test" in it would switch off the questions
    # for a second person's secret.
    kind = session.scalars(select(Profile.kind)).one()
    if kind != settings.kind.value:
        raise NotReady(
            f"{CONFIG} says that this is a {settings.kind} instance, but it was set up as {kind}.",
            advice=f'Write kind = "{kind}" into it again, and ask who changed it.',
        )


def open_database(settings: Settings, unlocker: Unlocker) -> Engine:
    """Open the database alone, whatever revision its tables have: for ``upgrade``."""
    _check_parts(settings)
    _check_modes(settings)
    root = settings_keys(settings).unlock(unlocker)
    return open_sqlite(settings.database_path, root.derive("database"))


def settings_keys(settings: Settings) -> KeyFolder:
    """Return the key folder of an installation."""
    return KeyFolder(settings.keys_path)


def cost_for(kind: Kind) -> Cost:
    """Return how hard a passphrase of this kind of instance is to try."""
    return CHEAP if kind.is_play else STRONG


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the tables up to ``revision``; tables of a newer program are left alone."""
    config = alembic_config()
    _refuse_newer(_revision_of(engine))
    with changing_schema(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def alembic_config() -> Config:
    """Return Alembic's configuration without a file and without an address."""
    config = Config()
    config.set_main_option("script_location", "evidence_tracker:migrations")
    return config


def check_schema(engine: Engine) -> None:
    """Raise ``NotReady`` unless the database has the tables of this version."""
    found, wanted = _revision_of(engine), _revisions()[0]
    if found != wanted:
        _refuse_newer(found)
        raise NotReady(
            f"The database has revision {found}, this program needs {wanted}.",
            advice="Make a backup, then run 'evidence-tracker upgrade'.",
        )


def _revision_of(engine: Engine) -> str | None:
    with engine.connect().execution_options(is_reading=True) as connection:
        return MigrationContext.configure(connection).get_current_revision()


@cache
def _revisions() -> tuple[str, ...]:
    """Return every revision that this program knows, the newest first."""
    scripts = ScriptDirectory.from_config(alembic_config()).walk_revisions()
    return tuple(script.revision for script in scripts)


def _refuse_newer(found: str | None) -> None:
    if found is not None and found not in _revisions():
        raise NotReady(
            f"The database has revision {found}, which this program does not know.",
            advice="It was upgraded by a newer version of the program: use that one.",
        )


def _check_triggers(engine: Engine) -> None:
    with engine.connect().execution_options(is_reading=True) as connection:
        names = set(connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")))
    missing = TRIGGERS - names
    if missing:
        raise NotReady(
            f"The database lost the triggers that protect the custody log: {', '.join(sorted(missing))}.",
            advice="Somebody changed the database by hand. Run 'evidence-tracker custody verify' and call the security officer.",
        )


def _check_key_file(settings: Settings, unlocker: Unlocker) -> None:
    if isinstance(unlocker, KeyFile) and not settings.kind.is_play and unlocker.path.exists():
        refuse_same_filesystem(unlocker.path, settings.vault_path)


def _assemble(settings: Settings, root: OrganisationRoot, clock: Clock) -> Instance:
    _check_modes(settings)
    engine = open_sqlite(settings.database_path, root.derive("database"))
    keys = settings_keys(settings)
    keyring = Keyring(root)
    instance_id = UUID(bytes=root.derive("instance-id")[:16], version=4)
    vault = Vault(LocalStore(settings.vault_path), keyring, instance_id, Sandbox(), clock)
    signer = LogSigner(keys.log_seed(root), root.derive("last-signed"), settings.keys_path / LAST_SIGNED)
    return Instance(settings, engine, keys, keyring, vault, signer, keys.identity_public(), clock)


def _check_parts(settings: Settings) -> None:
    # SQLite would quietly begin an empty database where the file is missing.
    for part in (settings.keys_path, settings.database_path, settings.vault_path):
        if not part.exists():
            raise NotReady(
                f"{part} is missing.",
                advice="Restore it from the backup; do not set up a new instance over what is left.",
            )


def _check_modes(settings: Settings) -> None:
    for folder in (settings.path, settings.vault_path, settings.keys_path):
        if os.name == "posix" and stat.S_IMODE(folder.stat().st_mode) & 0o077:
            raise NotReady(
                f"{folder} can be read by other users of this machine.",
                advice=f"Close it: chmod 700 {folder}",
            )
