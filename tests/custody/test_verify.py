"""Verification names what a burglar with every key changed, and passes what nobody touched."""

import io
import json
from pathlib import Path

import pytest
from sqlalchemy import select

from evidence_tracker.access import log as access_log
from evidence_tracker.access.models import AccessKind
from evidence_tracker.custody.vault import Deposited
from evidence_tracker.errors import LedgerOlderThanSigned, NotReady
from evidence_tracker.instance import Instance, open_instance
from evidence_tracker.integrity.merkle import Frontier, leaf_hash
from evidence_tracker.keys.unlockers import CHEAP, Passphrase
from evidence_tracker.vault.models import Blob
from tests.cast import PASSPHRASE, Cast
from tests.custody.tampering import burglar, copied, look, spoil_every_column


@pytest.fixture
def furnished(instance: Instance, cast: Cast) -> Instance:
    """Return an instance with files, a sealed access log and two checkpoints."""
    for content in (b"first file", b"second file" * 5000):
        deposited: Deposited = instance.vault.deposit(io.BytesIO(content))
        with instance.transaction() as session:
            instance.vault.register(session, deposited, compartment_id=cast.mission, actor=cast.amina)
    instance.checkpoint()
    with instance.transaction() as session:
        for what in ("KYI-E-0001", "KYI-E-0002"):
            access_log.note(session, AccessKind.READ, what, actor=cast.chen)
    with instance.transaction() as session:
        access_log.seal_batch(session, actor=cast.olena)
    instance.checkpoint()
    return instance


def test_an_untouched_instance_passes(furnished: Instance):
    report = look(furnished)
    assert report.findings == []
    assert report.checkpoints == 3
    assert report.events > 20


def test_every_column_of_the_log_and_its_keys_is_covered(furnished: Instance):
    missed, changed = spoil_every_column(furnished)
    assert missed == []
    assert changed > 25
    assert look(furnished).findings == []


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("DELETE FROM custody_event WHERE idx = 7", "event"),
        ("DELETE FROM custody_event WHERE idx = (SELECT max(idx) FROM custody_event)", "head"),
        ("DELETE FROM checkpoint", None),
        ("DELETE FROM account WHERE login = 'amina'", "record"),
        ("DELETE FROM blob", "record"),
        ("DELETE FROM log_node WHERE level = 2 AND idx = 0", "event"),
        ("DELETE FROM subject_key WHERE subject = (SELECT id FROM blob LIMIT 1)", "key"),
        ("DELETE FROM compartment_key WHERE id = (SELECT compartment_id FROM blob LIMIT 1)", "key"),
        ("DELETE FROM access_entry", "access-log"),
        ("INSERT INTO log_node VALUES (1, 9, 9, x'00')", "tree"),
        (
            (
                "INSERT INTO account SELECT 'evil', 'Evil', NULL, NULL, NULL, 1, added_at, "
                "'00000000000000000000000000000001', 1 FROM account LIMIT 1"
            ),
            "record",
        ),
    ],
)
def test_what_was_taken_out_or_slipped_in_is_named(furnished: Instance, statement: str, kind: str | None):
    with burglar(furnished) as database:
        database.execute(statement)
    report = look(furnished)
    if kind is None:
        # A missing checkpoint row cannot be known from inside; the file beside the keys still holds the last.
        assert report.checkpoints == 0
        return
    assert kind in {finding.kind for finding in report.findings}


def test_swapped_payloads_are_named(furnished: Instance):
    with burglar(furnished) as database:
        (a,), (b,) = database.execute("SELECT payload FROM custody_event WHERE idx IN (3, 4)").fetchall()
        database.execute("UPDATE custody_event SET payload = ? WHERE idx = 3", (b,))
        database.execute("UPDATE custody_event SET payload = ? WHERE idx = 4", (a,))
    named = {finding.index for finding in look(furnished).findings}
    assert {3, 4} <= named


def test_a_rechained_log_differs_from_its_checkpoint(furnished: Instance):
    with burglar(furnished) as database:
        leaf = bytearray(database.execute("SELECT leaf FROM custody_event WHERE idx = 5").fetchone()[0])
        leaf[10] = ord("0") if leaf[10] != ord("0") else ord("1")
        database.execute("UPDATE custody_event SET leaf = ? WHERE idx = 5", (bytes(leaf),))
        frontier = Frontier()
        database.execute("DELETE FROM log_node")
        for (value,) in database.execute("SELECT leaf FROM custody_event ORDER BY idx").fetchall():
            for level, index, node in frontier.append(leaf_hash(value)):
                database.execute("INSERT INTO log_node VALUES (1, ?, ?, ?)", (level, index, node))
        heads = json.dumps([node.hex() for node in frontier.hashes], separators=(",", ":"))
        database.execute("UPDATE log_epoch SET frontier = ?", (heads,))
    findings = look(furnished).findings
    assert any("checkpoint" in finding.what for finding in findings)
    assert any(finding.index == 5 for finding in findings)


@pytest.mark.parametrize("what", ["flip", "truncate", "empty", "delete", "swap"])
def test_a_spoilt_blob_is_named(furnished: Instance, what: str):
    with furnished.reading() as session:
        one, two = session.scalars(select(Blob.id).order_by(Blob.size)).all()
    paths = {file.name: file for file in furnished.settings.vault_path.rglob("*") if file.is_file()}
    first, second = (next(file for name, file in paths.items() if blob.hex in name) for blob in (one, two))
    first.chmod(0o600)
    second.chmod(0o600)
    data = bytearray(second.read_bytes())
    if what == "flip":
        data[len(data) // 2] ^= 1
        second.write_bytes(bytes(data))
    elif what == "truncate":
        second.write_bytes(bytes(data[:-1]))
    elif what == "empty":
        second.write_bytes(b"")
    elif what == "delete":
        second.unlink()
    else:
        second.write_bytes(first.read_bytes())
    findings = look(furnished).findings
    assert [finding.kind for finding in findings] == ["blob"]
    assert two.hex in findings[0].where


def test_a_database_older_than_the_last_signature_is_refused_at_the_start(
    furnished: Instance, cast: Cast, tmp_path: Path
):
    older = copied(furnished, tmp_path / "backup")
    older.close()
    deposited = furnished.vault.deposit(io.BytesIO(b"newer"))
    with furnished.transaction() as session:
        furnished.vault.register(session, deposited, compartment_id=cast.mission, actor=cast.amina)
    furnished.checkpoint()
    furnished.close()
    for name in ("database.sqlite", "database.sqlite-wal", "database.sqlite-shm"):
        target = furnished.settings.path / name
        target.unlink(missing_ok=True)
        source = tmp_path / "backup" / name
        if source.exists():
            target.write_bytes(source.read_bytes())
    with pytest.raises(LedgerOlderThanSigned, match="but the database holds") as caught:
        open_instance(furnished.settings.path, Passphrase(PASSPHRASE, CHEAP))
    assert "open-epoch" in caught.value.advice


def test_a_missing_trigger_is_refused_at_the_start(furnished: Instance):
    with burglar(furnished):
        pass
    furnished.close()
    with pytest.raises(NotReady, match="lost the triggers"):
        open_instance(furnished.settings.path, Passphrase(PASSPHRASE, CHEAP))
