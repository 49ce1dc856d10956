"""One installation, opened and unlocked: the composition root, handed down and never global."""

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from evidence_tracker.access.accounts import hash_secret, make_account
from evidence_tracker.access.compartments import make_compartment, make_grant
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import CompartmentKind, Profile, Role
from evidence_tracker.access.policy import now
from evidence_tracker.clock import Clock, SystemClock
from evidence_tracker.custody import checkpoints, epochs
from evidence_tracker.custody.checkpoints import LogSigner
from evidence_tracker.custody.events import Actor, CustodyVerb, Door
from evidence_tracker.custody.ledger import Ledger, save_version
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
from evidence_tracker.settings import Kind, Settings
from evidence_tracker.vault.keyring import Keyring
from evidence_tracker.vault.local import LocalStore

TRIGGERS = frozenset(
    f"{table}_{what}"
    for table in ("custody_event", "log_node", "checkpoint", "access_entry", "consent_event")
    for what in ("no_update", "no_delete", "no_replace")
) | {"custody_event_dense"}
_ORIGIN = re.compile(r"[a-z0-9][a-z0-9.-]*\.[a-z0-9-]+/[a-z0-9][a-z0-9-]*")


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
        """Open the one transaction of an act, with the custody log attached."""
        with transaction(self.engine, self._info()) as session:
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
        """Forget the keys and close the database."""
        self.keyring.forget()
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
    if not organisation.strip():
        raise InvalidInput("The organisation needs a name.")
    if not _ORIGIN.fullmatch(origin):
        raise InvalidInput(
            f"{origin!r} cannot be the origin of a custody log.",
            advice="Use your domain and a name for this instance, such as example.org/kyiv.",
        )
    if path.exists() and any(path.iterdir()):
        raise NotReady(f"{path} is not empty.", advice="Choose a new folder; nothing is ever overwritten.")
    path.mkdir(parents=True, mode=0o700, exist_ok=True)
    path.chmod(0o700)
    settings = Settings(path=path, kind=kind)
    (path / settings.vault).mkdir(mode=0o700)
    _check_key_file(settings, unlocker)
    account_id = uuid4()
    root, _identity = settings_keys(settings).create(unlocker, str(account_id))
    instance = _assemble(settings, root, clock or SystemClock())
    migrate(instance.engine)
    with instance.transaction() as session:
        _furnish(
            session,
            account_id=account_id,
            organisation=organisation.strip(),
            origin=origin,
            prefix=prefix or default_prefix(origin),
            kind=kind,
            login=login,
            system_user=system_user,
            display_name=display_name,
            secret=unlocker.text if isinstance(unlocker, Passphrase) else None,
        )
    settings.write()
    instance.checkpoint()
    return instance


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
    except BaseException:
        instance.close()
        raise
    return instance


def open_database(settings: Settings, unlocker: Unlocker) -> Engine:
    """Open the database alone, whatever revision its tables have: for ``upgrade``."""
    _check_parts(settings)
    root = settings_keys(settings).unlock(unlocker)
    return open_sqlite(settings.database_path, root.derive("database"))


def settings_keys(settings: Settings) -> KeyFolder:
    """Return the key folder of an installation."""
    return KeyFolder(settings.keys_path)


def default_prefix(origin: str) -> str:
    """Return three capitals from the instance's name: ``example.org/kyiv`` → ``KYI``."""
    letters = re.sub(r"[^A-Z0-9]", "", origin.rsplit("/", 1)[1].upper())
    return (letters + "XXX")[:3]


def cost_for(kind: Kind) -> Cost:
    """Return how hard a passphrase of this kind of instance is to try."""
    return CHEAP if kind.is_play else STRONG


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the tables up to ``revision``."""
    config = alembic_config()
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
    wanted = ScriptDirectory.from_config(alembic_config()).get_current_head()
    with engine.connect().execution_options(is_reading=True) as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found != wanted:
        raise NotReady(
            f"The database has revision {found}, this program needs {wanted}.",
            advice="Make a backup, then run 'evidence-tracker upgrade'.",
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


def _furnish(
    session: Session,
    *,
    account_id: UUID,
    organisation: str,
    origin: str,
    prefix: str,
    kind: Kind,
    login: str,
    system_user: str | None,
    display_name: str,
    secret: str | None,
) -> None:
    actor = Actor(account_id, login, Door.COMMAND_LINE, system_user)
    home = uuid4()
    epochs.open_first(session, base=origin, compartment_id=home, actor=actor)
    account = make_account(
        session,
        login=login,
        display_name=display_name,
        system_user=system_user,
        secret_hash=hash_secret(secret, cost_for(kind)) if secret else None,
    )
    account.id = account_id
    compartment = make_compartment(
        session,
        kind=CompartmentKind.ORGANISATION,
        reference=prefix,
        title=organisation,
        actor=actor,
        compartment_id=home,
    )
    save_version(session, account, CustodyVerb.ACCOUNT_ADDED, compartment_id=home, actor=actor)
    for role in (Role.LEAD, Role.OPERATOR, Role.SECURITY_OFFICER, Role.CUSTODIAN):
        make_grant(
            session,
            compartment,
            account_id=account_id,
            role=role,
            level=Level.SEALED,
            purpose="set up this instance",
            actor=actor,
        )
    profile = Profile(
        id=uuid4(),
        version=1,
        organisation=organisation,
        origin=origin,
        prefix=prefix,
        kind=kind.value,
        organisation_compartment_id=home,
    )
    save_version(
        session, profile, CustodyVerb.RECORDED, compartment_id=home, actor=actor, occurred=now(session)
    )
