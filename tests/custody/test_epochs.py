"""Recovery opens a new epoch that says so for ever, and bundles still prove what came before."""

import io
import shutil
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import func, select

from evidence_tracker.access.compartments import open_compartment
from evidence_tracker.access.models import CompartmentKind
from evidence_tracker.custody.models import CustodyEventRow, LogEpoch
from evidence_tracker.errors import InvalidInput, LedgerOlderThanSigned
from evidence_tracker.instance import Instance, open_instance
from evidence_tracker.integrity.bundle import verify_bundle
from evidence_tracker.jobs import bundles
from evidence_tracker.jobs.audit import audit
from evidence_tracker.keys.unlockers import CHEAP, Passphrase
from tests.casework.submissions.scene import Scene, desk, stage
from tests.cast import PASSPHRASE, Cast

DATABASE = ("database.sqlite", "database.sqlite-wal", "database.sqlite-shm")


def back_up(instance: Instance, to: Path) -> None:
    to.mkdir()
    instance.engine.dispose()
    for name in DATABASE:
        source = instance.settings.path / name
        if source.exists():
            shutil.copy(source, to / name)


def restore(instance: Instance, backup: Path) -> Instance:
    instance.close()
    for name in DATABASE:
        (instance.settings.path / name).unlink(missing_ok=True)
        if (backup / name).exists():
            shutil.copy(backup / name, instance.settings.path / name)
    return open_instance(
        instance.settings.path, Passphrase(PASSPHRASE, CHEAP), clock=instance.clock, guard=False
    )


def more(instance: Instance, cast: Cast, reference: str) -> None:
    with instance.transaction() as session:
        open_compartment(
            session, kind=CompartmentKind.PROJECT, reference=reference, title="x", actor=cast.olena
        )


def bundle_of(instance: Instance, cast: Cast, scene: Scene) -> Path:
    bundles.approve(desk(instance, cast.chen), scene.submission, looked_at=("all",), note=None)
    bundles.seal(desk(instance, cast.daria), scene.submission, unencrypted_reason="fictional test data")
    return bundles.build(desk(instance, cast.daria), scene.submission).path


def test_a_new_epoch_commits_the_end_of_the_old_one(instance: Instance, cast: Cast):
    origin = instance.open_epoch("moved to a new server", actor=cast.olena, home=cast.home)
    assert origin == "evidence.example/kyiv/2"
    assert audit(instance).findings == []
    with instance.reading() as session:
        sizes = dict(session.execute(select(LogEpoch.epoch, LogEpoch.size)).all())
        count = session.scalar(select(func.count()).select_from(CustodyEventRow))
    assert sizes[2] == 1
    assert sum(sizes.values()) == count


def test_a_reason_is_needed(instance: Instance, cast: Cast):
    with pytest.raises(InvalidInput, match="needs a reason"):
        instance.open_epoch("  ", actor=cast.olena, home=cast.home)


def test_events_of_both_epochs_are_proved_in_one_bundle(instance: Instance, cast: Cast):
    scene = stage(instance, cast)
    instance.open_epoch("moved to a new server", actor=cast.olena, home=cast.home)
    path = bundle_of(instance, cast, scene)
    vkey = instance.signer.signer("evidence.example/kyiv/2").vkey
    report = verify_bundle(path, vkey=vkey)
    assert report.status == 0, report.text()


def test_after_a_rollback_the_start_is_refused_and_recovery_is_visible_for_ever(
    instance: Instance, cast: Cast, tmp_path: Path
):
    scene = stage(instance, cast)
    instance.checkpoint()
    back_up(instance, tmp_path / "backup")
    more(instance, cast, "LOST-1")
    lost = instance.checkpoint()
    restored = restore(instance, tmp_path / "backup")
    with pytest.raises(LedgerOlderThanSigned):
        open_instance(instance.settings.path, Passphrase(PASSPHRASE, CHEAP))
    with pytest.raises(LedgerOlderThanSigned):
        restored.checkpoint()
    restored.open_epoch("disk failure; restored last night's backup", actor=cast.olena, home=cast.home)
    restored.close()
    opened = open_instance(instance.settings.path, Passphrase(PASSPHRASE, CHEAP), clock=instance.clock)
    assert audit(opened).findings == []
    path = bundle_of(opened, cast, scene)
    report = verify_bundle(path, vkey=opened.signer.signer("evidence.example/kyiv/2").vkey)
    assert report.status == 0, report.text()
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        assert archive.read("proof/epochs/1/checkpoint") == lost
        assert "proof/epochs/1/kept-checkpoint" in archive.namelist()
    opened.close()
