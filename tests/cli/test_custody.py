"""The custody log at the command line: verified, signed, proved, and continued after a loss."""

import io
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from evidence_tracker.access import log as access_log
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import AccessEntry, AccessKind
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.parties.models import Party
from evidence_tracker.clock import FrozenClock
from evidence_tracker.custody.models import CustodyEventRow, SignedCheckpoint
from evidence_tracker.instance import create
from evidence_tracker.integrity.checkpoint import open_checkpoint
from evidence_tracker.integrity.faults import IntegrityFault
from evidence_tracker.integrity.note import Verifier
from evidence_tracker.integrity.proof import InclusionProof, verify_disclosure
from evidence_tracker.keys.unlockers import CHEAP, Passphrase
from evidence_tracker.settings import Kind
from tests.cast import HOME, PASSPHRASE, gather
from tests.cli.running import CommandLine
from tests.conftest import START
from tests.custody.tampering import burglar, reopened
from tests.factories import parties

ORIGIN = "evidence.example/kyiv"
DATABASE = ("database.sqlite", "database.sqlite-wal", "database.sqlite-shm")


@pytest.fixture(scope="module")
def furnished(template, tmp_path_factory):
    """Return an instance with two files, a party that is RESTRICTED, a sealed access log and three checkpoints."""
    path = tmp_path_factory.mktemp("custody") / "instance"
    shutil.copytree(template, path)
    instance = reopened(path)
    with instance.reading() as session:
        cast = gather(session)
    for content in (b"first file", b"second file" * 5000):
        deposited = instance.vault.deposit(io.BytesIO(content))
        with instance.transaction() as session:
            instance.vault.register(session, deposited, compartment_id=cast.mission, actor=cast.amina)
    instance.checkpoint()
    with instance.transaction() as session:
        parties.partner(session, cast.olena, governance=Governance(Level.RESTRICTED, "tests", "tests"))
        access_log.note(session, AccessKind.READ, "KYI-E-0001", actor=cast.chen)
    with instance.transaction() as session:
        access_log.seal_batch(session, actor=cast.olena)
    instance.checkpoint()
    instance.close()
    return path


@pytest.fixture
def path(furnished, tmp_path):
    copy = tmp_path / "instance"
    shutil.copytree(furnished, copy)
    return copy


@pytest.fixture
def cli(path, capsys, monkeypatch):
    return CommandLine(path, capsys, monkeypatch)


def spoil(path, statement):
    instance = reopened(path)
    with burglar(instance) as database:
        database.execute(statement)
    instance.close()


def asked(path, question):
    """Return the answer to a question about the database, whatever state it is in."""
    instance = reopened(path)
    with instance.reading() as session:
        answer = question(session)
    instance.close()
    return answer


def found(cli, *more):
    """Verify what is spoilt; returns the report after checking what a person is told."""
    status, out, err = cli.run("olena", "custody", "verify", *more)
    assert (status, err) == (1, ""), (out, err)
    assert out.startswith("INTEGRITY FAILURE. ")
    assert out.endswith("call the security officer.\n")
    status, told, _ = cli.run("olena", "custody", "verify", "--json", *more)
    report = json.loads(told)
    assert (status, report["ok"]) == (1, False)
    assert report["first_bad"] == report["findings"][0]
    for finding in report["findings"]:
        assert f"  {finding['where']}: {finding['what']}" in out
    return report


def intact(cli, *more):
    report = cli.ask("olena", "custody", "verify", *more)
    assert report["ok"], report
    return report


# --------------------------------------------------------------------------- verify


def test_an_untouched_instance_passes_and_says_what_was_looked_at(cli):
    report = intact(cli)
    assert (report["blobs"], report["checkpoints"], report["findings"]) == (2, 3, [])
    status, out, err = cli.run("olena", "custody", "verify")
    assert (status, err) == (0, "")
    assert out == (
        f"Everything is as it was recorded. {report['events']} events, 3 checkpoints, "
        f"{report['records']} records and 2 files were checked.\n"
    )


#: What a burglar with every key does, what kind of finding names it, and where.
DAMAGE = {
    "a payload": ("UPDATE custody_event SET payload = zeroblob(90) WHERE idx = 7", "event", "event 7 of epoch 1"),
    "a leaf": ("UPDATE custody_event SET leaf = zeroblob(125) WHERE idx = 9", "event", "event 9 of epoch 1"),
    "a verb": ("UPDATE custody_event SET verb = 'erased' WHERE idx = 4", "event", "event 4 of epoch 1"),
    "an event less": ("DELETE FROM custody_event WHERE idx = 7", "event", "event 7 of epoch 1"),
    "the last event less": (
        "DELETE FROM custody_event WHERE idx = (SELECT max(idx) FROM custody_event)", "head", "epoch 1"
    ),
    "a node": ("UPDATE log_node SET hash = zeroblob(32) WHERE level = 1 AND idx = 2", "event", "event 5 of epoch 1"),
    "the head": ("UPDATE log_epoch SET size = size + 1", "head", "epoch 1"),
    "no head": ("DELETE FROM log_epoch", "head", "evidence.example/kyiv/1"),
    "a checkpoint": ("UPDATE checkpoint SET note = zeroblob(200)", "checkpoint", "checkpoint "),
    "a record": ("UPDATE account SET display_name = 'Aminа' WHERE login = 'amina'", "record", "account"),
    "a grant raised": ("UPDATE access_grant SET role = 'lead' WHERE role = 'analyst'", "record", "access_grant"),
    "a record less": ("DELETE FROM party", "record", "party"),
    "a record more": (
        "INSERT INTO account SELECT 'evil', 'Evil', NULL, NULL, NULL, 1, added_at, '" + "1" * 32 + "', 1 "
        "FROM account LIMIT 1", "record", "account"
    ),
    "a subject's key less": (
        "DELETE FROM subject_key WHERE subject = (SELECT id FROM blob LIMIT 1)", "key", "subject key"
    ),
    "a compartment's key": ("UPDATE compartment_key SET wraps = '[]'", "key", "compartment key"),
    "the access log": ("UPDATE access_entry SET what = 'KYI-E-0009'", "access-log", "the access log"),
    "a file's digest": ("UPDATE blob SET sha256 = 'x' || substr(sha256, 2)", "blob", "blob "),
    "no files": ("DROP TABLE blob", "table", "the files"),
    "no log": ("DROP TABLE custody_event", "table", "the log"),
    "no tree": ("DROP TABLE log_node", "table", "the log"),
    "no keys": ("DROP TABLE compartment_key", "table", "the keys"),
    "no access log": ("DROP TABLE access_entry", "table", "the access log"),
    "no parties": ("DROP TABLE party", None, "party"),
}  # fmt: skip


@pytest.mark.parametrize("damage", list(DAMAGE))
def test_every_kind_of_damage_is_named(cli, path, damage):
    statement, kind, where = DAMAGE[damage]
    spoil(path, statement)
    named = [
        finding
        for finding in found(cli)["findings"]
        if where in f"{finding['where']}: {finding['what']}" and kind in {finding["kind"], None}
    ]
    assert named


def blobs_of(path):
    return sorted(
        (file for file in (path / "vault").rglob("*") if file.is_file()), key=lambda file: file.stat().st_size
    )


@pytest.mark.parametrize("what", ["flip", "truncate", "empty", "delete", "swap"])
def test_a_spoilt_file_is_named_unless_nobody_looks_into_files(cli, path, what):
    small, large = blobs_of(path)
    for file in (small, large):
        file.chmod(0o600)
    data = bytearray(large.read_bytes())
    data[len(data) // 2] ^= 1
    if what == "delete":
        large.unlink()
    else:
        large.write_bytes(
            {"flip": bytes(data), "truncate": bytes(data[:-1]), "empty": b"", "swap": small.read_bytes()}[
                what
            ]
        )
    [finding] = found(cli)["findings"]
    assert (finding["kind"], finding["where"]) == ("blob", f"blob {large.name}")
    assert intact(cli, "--no-contents")["blobs"] == 0


def test_without_contents_records_are_still_compared(cli, path):
    spoil(path, "UPDATE account SET display_name = 'x' WHERE login = 'amina'")
    assert found(cli, "--no-contents")["findings"][0]["kind"] == "record"


def test_the_first_broken_place_in_the_log_comes_first(cli, path):
    spoil(path, "UPDATE account SET display_name = 'x' WHERE login = 'amina'")
    spoil(path, "UPDATE custody_event SET payload = zeroblob(90) WHERE idx IN (5, 12)")
    assert found(cli)["first_bad"]["index"] == 5


def test_a_remembered_checkpoint_that_was_altered_is_named(cli, path):
    file = path / "keys" / "last-signed"
    file.write_bytes(bytes([file.read_bytes()[0] ^ 1]) + file.read_bytes()[1:])
    assert "keys/last-signed" in {finding["where"] for finding in found(cli)["findings"]}


def test_with_the_wrong_passphrase_nothing_is_said_of_what_is_inside(cli, monkeypatch):
    monkeypatch.setenv("EVIDENCE_TRACKER_PASSPHRASE", "another passphrase")
    status, out, err = cli.run("olena", "custody", "verify")
    assert (status, out) == (1, "")
    assert err.startswith("The passphrase does not open this instance.\n")


# --------------------------------------------------------------------------- verify --against


@pytest.fixture
def kept(cli, tmp_path):
    """Return the file of a checkpoint that was taken out of the house."""
    file = tmp_path / "kept"
    cli.ask("olena", "custody", "checkpoint", "--to", str(file))
    return file


def more(cli, name="Fictional Court"):
    return cli.ask("olena", "party", "add", "--kind", "court", "--name", name)


def test_a_log_that_only_grew_agrees_with_an_old_checkpoint(cli, kept):
    more(cli)
    intact(cli, "--against", str(kept))


def back_up(path: Path, to: Path) -> None:
    to.mkdir()
    for name in DATABASE:
        if (path / name).exists():
            shutil.copy(path / name, to / name)


def restore(backup: Path, path: Path) -> None:
    for name in DATABASE:
        (path / name).unlink(missing_ok=True)
        if (backup / name).exists():
            shutil.copy(backup / name, path / name)


def test_a_log_that_was_rolled_back_knows_less_than_the_checkpoint(cli, path, tmp_path):
    back_up(path, tmp_path / "backup")
    shutil.copy(path / "keys" / "last-signed", tmp_path / "backup" / "last-signed")
    more(cli)
    kept = tmp_path / "kept"
    cli.ask("olena", "custody", "checkpoint", "--to", str(kept))
    restore(tmp_path / "backup", path)
    shutil.copy(tmp_path / "backup" / "last-signed", path / "keys" / "last-signed")
    intact(cli)  # from inside nothing shows: everything was put back
    [finding] = found(cli, "--against", str(kept))["findings"]
    assert finding["where"] == str(kept)
    assert "more than are here" in finding["what"]


def test_a_history_that_was_written_anew_is_not_the_one_that_was_signed(
    cli, path, tmp_path, capsys, monkeypatch
):
    other = tmp_path / "other"
    shutil.copytree(path, other)
    more(cli)
    kept = tmp_path / "kept"
    cli.ask("olena", "custody", "checkpoint", "--to", str(kept))
    forked = CommandLine(other, capsys, monkeypatch)
    more(forked, "Another Court")
    more(forked, "A Third Court")
    intact(forked)
    [finding] = found(forked, "--against", str(kept))["findings"]
    assert "are not the same" in finding["what"]


def test_a_log_with_a_hole_cannot_be_compared_and_says_so(cli, path, kept):
    spoil(path, "DELETE FROM log_node")
    [compared] = [
        finding for finding in found(cli, "--against", str(kept))["findings"] if finding["where"] == str(kept)
    ]
    assert "cannot be compared: Node " in compared["what"]


def test_a_checkpoint_of_another_instance_says_nothing_of_this_one(cli, tmp_path, capsys, monkeypatch):
    stranger = create(
        tmp_path / "stranger",
        organisation="Fictional Other Centre",
        origin=ORIGIN,
        kind=Kind.TEST,
        unlocker=Passphrase(PASSPHRASE, CHEAP),
        login="olena",
        system_user=None,
        display_name="Olena",
        clock=FrozenClock(START),
    )
    (tmp_path / "note").write_bytes(stranger.checkpoint())
    stranger.close()
    assert "is not a checkpoint that this instance signed" in cli.refused(
        "olena", "custody", "verify", "--against", str(tmp_path / "note")
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"\x00" * 64,
        bytes(range(256)) * 4,
        b"a" * (2 << 20),
        "не чекпойнт\n".encode(),
        b"evidence.example/kyiv/1\n12\n\n",
        b"a b+c\n1\n2\n\n\xe2\x80\x94 x y\n",
        b'{"size": 12}',
    ],
)
def test_what_is_no_checkpoint_is_refused_before_anything_is_verified(cli, tmp_path, content):
    (tmp_path / "note").write_bytes(content)
    err = cli.refused("olena", "custody", "verify", "--against", str(tmp_path / "note"))
    assert "is not a checkpoint that this instance signed" in err


def test_any_flipped_byte_of_a_kept_checkpoint_is_refused(cli, kept):
    note = kept.read_bytes()
    for place in (0, note.index(b"\n") + 1, len(note) // 2, len(note) - 3):
        kept.write_bytes(note[:place] + bytes([note[place] ^ 1]) + note[place + 1 :])
        cli.refused("olena", "custody", "verify", "--against", str(kept))


def test_a_file_that_is_not_there_or_a_folder_is_usage(cli, tmp_path):
    for name in ("nothing", "."):
        assert cli.run("olena", "custody", "verify", "--against", str(tmp_path / name))[0] == 2


# --------------------------------------------------------------------------- checkpoint and key


def test_a_checkpoint_is_written_once_and_opens_with_the_key(cli, tmp_path):
    file = tmp_path / "kept"
    answer = cli.ask("olena", "custody", "checkpoint", "--to", str(file))
    assert file.read_bytes().decode() == answer["note"]
    key = cli.ask("olena", "custody", "key")
    opened = open_checkpoint(file.read_bytes(), [Verifier.parse(key["vkey"])])
    assert (opened.origin, opened.size) == (key["origin"], answer["size"]) == (f"{ORIGIN}/1", answer["size"])
    _, out, _ = cli.run("olena", "custody", "key")
    assert out == f"{key['vkey']}\n"


def test_what_was_not_changed_is_not_signed_again(cli, path):
    notes = {cli.ask("olena", "custody", "checkpoint")["note"] for _ in range(2)}
    assert len(notes) == 1
    count = asked(path, lambda session: session.scalar(select(func.count()).select_from(SignedCheckpoint)))
    assert count == 3


@pytest.mark.parametrize("words", [("checkpoint",), ("prove", "1", "3")])
def test_nothing_is_ever_overwritten(cli, path, tmp_path, words):
    file = tmp_path / "kept"
    file.write_text("a letter", "utf-8")
    more(cli)
    signed = asked(path, lambda session: session.scalar(select(func.max(SignedCheckpoint.size))))
    assert "nothing was overwritten" in cli.refused("olena", "custody", *words, "--to", str(file))
    assert file.read_text("utf-8") == "a letter"
    assert asked(path, lambda session: session.scalar(select(func.max(SignedCheckpoint.size)))) == signed
    assert "nothing was overwritten" in cli.refused("olena", "custody", *words, "--to", str(tmp_path))
    err = cli.refused("olena", "custody", *words, "--to", str(tmp_path / "no" / "folder"))
    assert "No such file or directory" in err


def test_the_access_log_is_sealed_with_each_checkpoint(cli, path):
    cli.refused("amina", "account", "list")
    cli.ask("olena", "custody", "checkpoint")
    intact(cli)
    spoil(path, "UPDATE access_entry SET what = 'nothing happened' WHERE kind = 'denied'")
    assert "access-log" in {finding["kind"] for finding in found(cli)["findings"]}


@pytest.mark.parametrize("login", ["amina", "outsider"])
def test_whoever_may_not_audit_signs_and_proves_nothing(cli, path, login):
    before = asked(path, lambda session: session.scalar(select(func.max(SignedCheckpoint.size))))
    more(cli)
    for words in (("checkpoint",), ("prove", "1", "3"), ("prove", "9", "9")):
        assert f"{login} may not read custody and access logs here" in cli.refused(login, "custody", *words)
    assert asked(path, lambda session: session.scalar(select(func.max(SignedCheckpoint.size)))) == before


# --------------------------------------------------------------------------- prove


def event_of(path, record):
    """Return the place of the first event of the only record of a kind."""
    return asked(
        path,
        lambda session: session.execute(
            select(CustodyEventRow.epoch, CustodyEventRow.idx).where(
                CustodyEventRow.subject == session.scalars(select(record)).one().id, CustodyEventRow.seq == 1
            )
        ).one(),
    )


def proved(cli, place, *opened):
    words = [word for name in opened for word in ("--open", name)]
    answer = cli.ask("olena", "custody", "prove", str(place[0]), str(place[1]), *words)
    proof = InclusionProof.decode(answer["proof"].encode())
    return proof, verify_disclosure(proof, [Verifier.parse(cli.ask("olena", "custody", "key")["vkey"])])


def test_a_proof_is_verified_and_opens_only_what_was_asked_for(cli, path):
    place = event_of(path, Party)
    proof, (checkpoint, disclosure) = proved(cli, place, "act", "record.name")
    opened = {field.name: field.value for field in disclosure.opened}
    assert opened == {"act": "recorded", "record.name": "Fictional Legal Aid"}
    assert (checkpoint.origin, proof.index) == (f"{ORIGIN}/1", place[1])
    assert b"record.country" not in (proof.extra or b"")
    assert b'"NL"' not in (proof.extra or b"")
    assert len(disclosure.digests) > 20


def test_by_default_only_the_place_in_the_life_of_the_subject_is_opened(cli, path):
    _, (_, disclosure) = proved(cli, event_of(path, Party))
    opened = {field.name: field.value for field in disclosure.opened}
    assert set(opened) == {"subject", "seq", "prev"}
    assert (opened["seq"], opened["prev"]) == (1, "")


def test_a_proof_goes_into_a_file_as_it_is_shown(cli, tmp_path, path):
    place = event_of(path, Party)
    file = tmp_path / "event.tlog-proof"
    answer = cli.ask("olena", "custody", "prove", str(place[0]), str(place[1]), "--to", str(file))
    assert file.read_text("utf-8") == answer["proof"]


def test_a_proof_against_another_key_or_with_another_extra_is_refused(cli, path):
    proof, _ = proved(cli, event_of(path, Party))
    other, _ = proved(cli, (1, 0))
    key = Verifier.parse(cli.ask("olena", "custody", "key")["vkey"])
    for spoilt in (replace(proof, extra=other.extra), replace(proof, index=proof.index - 1)):
        with pytest.raises(IntegrityFault):
            verify_disclosure(spoilt, [key])


@pytest.mark.parametrize(
    ("epoch", "index"), [("1", "999"), ("2", "0"), ("0", "0"), ("1", "9" * 30), ("9" * 30, "0")]
)
def test_an_event_that_is_not_there_is_said(cli, epoch, index):
    assert "There is no event" in cli.refused("olena", "custody", "prove", epoch, index)


def test_a_field_that_is_not_there_is_said_with_those_that_are(cli):
    err = cli.refused("olena", "custody", "prove", "1", "3", "--open", "colour")
    assert "no field 'colour'" in err
    assert "logged_at" in err
    assert cli.run("olena", "custody", "prove", "one", "two")[0] == 2


def test_an_auditor_proves_where_but_opens_no_record_they_may_not_read(cli, path):
    cli.ask(
        "olena", "grant", "add", "outsider", "--compartment", HOME, "--role", "auditor", "--purpose", "audit"
    )
    epoch, index = map(str, event_of(path, Party))
    bare = cli.ask("outsider", "custody", "prove", epoch, index, "--open", "act", "--open", "logged_at")
    assert bare["proof"]
    err = cli.refused("outsider", "custody", "prove", epoch, index, "--open", "record.name")
    assert "outsider may not read here" in err


def test_opening_a_restricted_record_is_written_down(cli, path):
    epoch, index = map(str, event_of(path, Party))
    cli.ask("olena", "custody", "prove", epoch, index, "--open", "record.name")
    cli.ask("olena", "custody", "prove", epoch, index)
    lines = asked(path, lambda session: session.scalars(select(AccessEntry).order_by(AccessEntry.id)).all())
    assert [(row.kind, row.what, row.level) for row in lines[1:]] == [
        (AccessKind.READ, f"fields of event {index} of epoch 1", Level.RESTRICTED)
    ]


# --------------------------------------------------------------------------- open-epoch


def test_a_move_is_a_new_epoch_that_agrees_with_the_old_one(cli, kept):
    answer = cli.ask("olena", "custody", "open-epoch", "--reason", "moved to a new server")
    assert answer == {"origin": f"{ORIGIN}/2"}
    assert cli.ask("olena", "custody", "key")["origin"] == f"{ORIGIN}/2"
    more(cli)
    intact(cli, "--against", str(kept))
    assert cli.ask("olena", "custody", "prove", "2", "0", "--open", "reason")["proof"]


def test_after_a_rollback_work_stops_until_a_new_epoch_says_why(cli, path, tmp_path):
    back_up(path, tmp_path / "backup")
    more(cli)
    lost = tmp_path / "lost"
    cli.ask("olena", "custody", "checkpoint", "--to", str(lost))
    restore(tmp_path / "backup", path)
    err = cli.refused("olena", "party", "list")
    assert "but the database holds" in err
    assert "open-epoch" in err
    assert cli.run("olena", "doctor")[0] == 1
    assert {finding["kind"] for finding in found(cli)["findings"]} == {"head"}
    cli.ask("olena", "custody", "open-epoch", "--reason", "disk failure; restored last night's backup")
    more(cli)
    intact(cli)
    # What was lost stays lost, and whoever holds the checkpoint can say so for ever.
    assert "more than are here" in found(cli, "--against", str(lost))["first_bad"]["what"]


def test_a_new_epoch_needs_a_reason_and_the_right(cli, path):
    assert "needs a reason" in cli.refused("olena", "custody", "open-epoch", "--reason", "  ")
    assert cli.run("olena", "custody", "open-epoch")[0] == 2
    for login in ("amina", "outsider"):
        err = cli.refused(login, "custody", "open-epoch", "--reason", "x")
        assert f"{login} may not manage accounts here" in err
    assert cli.ask("olena", "custody", "key")["origin"] == f"{ORIGIN}/1"
    kinds = asked(path, lambda session: session.scalars(select(AccessEntry.kind)).all())
    assert kinds.count(AccessKind.DENIED) == 2
