"""The power fails after each single file operation: what was acknowledged is there, whole, and verifies."""

import io
import shutil
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select

from evidence_tracker.access.models import Compartment
from evidence_tracker.casework.exhibits.facts import ExhibitFacts
from evidence_tracker.casework.exhibits.intake import receive_exhibit
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.instance import Instance, open_instance
from evidence_tracker.jobs.audit import audit
from evidence_tracker.keys.unlockers import CHEAP, Passphrase
from evidence_tracker.vault.local import LocalStore
from tests.cast import PASSPHRASE, Cast
from tests.vault.losing_files import LosingFiles


def take_in(instance: Instance, cast: Cast, content: bytes) -> str:
    """Take a file in as a door does; returns what is acknowledged."""
    deposited = instance.vault.deposit(io.BytesIO(content))
    with instance.transaction() as session:
        receive_exhibit(
            session,
            instance.vault,
            deposited,
            facts=ExhibitFacts(),
            compartment=session.get_one(Compartment, cast.mission),
            actor=cast.amina,
        )
    return deposited.sha256


def after_the_cut(instance: Instance, losing: LosingFiles, to: Path) -> Path:
    """Return the instance as it would be found: the disk's vault, and the database as far as it was synced.

    SQLite syncs its log at every commit (``synchronous=FULL``), so the files as they stand between
    two acts hold exactly what was committed.
    """
    shutil.copytree(instance.settings.path, to, ignore=shutil.ignore_patterns("vault"))
    losing.disk_after_power_cut(to / "vault")
    return to


def test_nothing_acknowledged_is_lost_whenever_the_power_fails(
    instance: Instance, cast: Cast, tmp_path: Path
):
    losing = LosingFiles(instance.settings.vault_path)
    vault = replace(instance.vault, store=LocalStore(instance.settings.vault_path, losing))
    working = replace(instance, vault=vault)
    acknowledged: list[str] = []
    cuts: list[tuple[Path, list[str]]] = []

    def cut(operation: str) -> None:
        folder = tmp_path / f"after-{len(cuts)}-{operation}"
        cuts.append((after_the_cut(working, losing, folder), list(acknowledged)))

    losing.after_each = cut
    for content in (b"one", b"two" * 30_000, b""):
        acknowledged.append(take_in(working, cast, content))  # noqa: PERF401 - the cuts read it meanwhile
    cut("end")
    assert len(cuts) > 12
    for path, expected in cuts:
        (path / "vault").chmod(0o700)
        found = open_instance(path, Passphrase(PASSPHRASE, CHEAP))
        with found.reading() as session:
            digests = list(session.scalars(select(Exhibit.sha256).order_by(Exhibit.reference)))
        assert digests == expected, path.name
        assert audit(found).findings == [], path.name
        found.close()
