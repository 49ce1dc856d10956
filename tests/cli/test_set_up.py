"""Setting up, asking after the health of an instance, and bringing it up to date."""

import base64
import json
import os
import shutil
import stat
import struct
import sys
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from evidence_tracker.cli import main
from evidence_tracker.cli.asking import system_user
from evidence_tracker.cli.set_up import login_from
from evidence_tracker.db import open_sqlite
from evidence_tracker.instance import alembic_config, open_instance
from evidence_tracker.keys.unlockers import CHEAP, Passphrase
from tests.cast import PASSPHRASE
from tests.cli.running import CommandLine, descriptor
from tests.cli.terminal import at_terminal
from tests.custody.tampering import burglar, reopened
from tests.migrations.steps import down

ORGANISATION = "Fictional Documentation Centre"
ORIGIN = "evidence.example/kyiv"


@pytest.fixture(autouse=True)
def no_secret_in_the_environment(monkeypatch):
    monkeypatch.delenv("EVIDENCE_TRACKER_PASSPHRASE", raising=False)
    monkeypatch.delenv("EVIDENCE_TRACKER_INSTANCE", raising=False)


@pytest.fixture
def run(tmp_path, capsys):
    """Return the program on the instance in tmp_path/one: exit status, answer, what was said beside."""

    def typed(*words, instance=tmp_path / "one"):
        capsys.readouterr()
        status = main([*words, "--instance", str(instance)])
        return (status, *capsys.readouterr())

    return typed


def init(run, *more, kind="test", secret=PASSPHRASE, **changed):
    stated = {"--organisation": ORGANISATION, "--origin": ORIGIN, "--kind": kind, **changed}
    with descriptor(secret) as number:
        given_by = () if secret is None else ("--passphrase-fd", str(number))
        return run("init", *(word for pair in stated.items() for word in pair), *given_by, *more)


def refusal(answer):
    status, _, err = answer
    assert status == 1, answer
    assert len(err.strip().splitlines()) >= 2, "an error says what happened and what to do next"
    assert "Traceback" not in err
    return err


def opened_with(secret, run, *words):
    with descriptor(secret) as number:
        return run(*words, "--passphrase-fd", str(number))


# --------------------------------------------------------------------------- init


def test_it_answers_with_where_what_and_the_key_for_recipients(run, tmp_path):
    status, out, err = init(run, "--json")
    assert status == 0, err
    answer = json.loads(out)
    assert answer.pop("vkey").startswith(f"{ORIGIN}/1+")
    assert answer == {"instance": str(tmp_path / "one"), "kind": "test", "origin": f"{ORIGIN}/1"}


def test_it_says_what_to_keep_apart_and_whom_to_name_next(run):
    _, out, _ = init(run)
    for words in ("on another way than the bundles", "name a second custodian", "back both up apart"):
        assert words in out


@pytest.mark.parametrize("kind", ["demo", "test", "field", "headquarters"])
def test_each_kind_opens_again_with_its_passphrase_alone(run, kind):
    assert init(run, kind=kind)[0] == 0
    status, out, err = opened_with(PASSPHRASE, run, "doctor")
    assert (status, f"kind {kind}" in out) == (0, True), (out, err)
    status, out, _ = opened_with("another passphrase", run, "doctor")
    assert status == 1
    assert "does not open this instance" in out


def test_whoever_sets_it_up_is_its_first_account_under_their_own_name(run):
    init(run, "--login", "olena", "--prefix", "HQ2")
    rows = json.loads(opened_with(PASSPHRASE, run, "account", "list", "--json")[1])
    assert rows == [
        {
            "login": "olena",
            "name": system_user(),
            "system_user": system_user(),
            "active": True,
            "has_secret": True,
        }
    ]
    status, out, err = opened_with(
        PASSPHRASE, run, "party", "add", "--kind", "court", "--name", "Fictional Court", "--json"
    )
    assert (status, json.loads(out)["reference"]) == (0, "HQ2-P-0001"), err


def test_without_prefix_and_login_both_follow_from_what_is_known(run):
    init(run)
    assert (
        json.loads(opened_with(PASSPHRASE, run, "compartment", "list", "--json")[1])[0]["reference"] == "KYI"
    )
    rows = json.loads(opened_with(PASSPHRASE, run, "account", "list", "--json")[1])
    assert rows[0]["login"] == login_from(system_user())


@pytest.mark.parametrize(
    ("user", "login"),
    [
        ("olena", "olena"),
        ("Olena.K", "olenak"),
        ("DOMAIN\\o'brien", "domainobrien"),
        ("1st", "user1st"),
        ("x", "userx"),
        ("олена", "user"),
        ("", "user"),
        ("a" * 300, "a" * 32),
        ("9" * 300, "user" + "9" * 28),
    ],
)
def test_a_login_is_made_from_any_system_user(user, login):
    assert login_from(user) == login


@given(st.text())
def test_what_is_made_of_a_system_user_is_always_a_login(user):
    made = login_from(user)
    assert 2 <= len(made) <= 32
    assert made[0].isalpha()
    assert made.isascii()
    assert made.isalnum()
    assert made == made.lower()


def test_a_key_file_is_made_for_its_owner_alone_and_opens_it(run, tmp_path):
    key = tmp_path / "stick" / "key"
    key.parent.mkdir()
    assert init(run, "--key-file", str(key), secret=None)[0] == 0
    assert stat.S_IMODE(key.stat().st_mode) == 0o400
    assert key.stat().st_size == 32
    assert run("doctor", "--key-file", str(key))[0] == 0
    other = tmp_path / "other"
    other.write_bytes(os.urandom(32))
    assert "The key file does not open this instance" in run("doctor", "--key-file", str(other))[1]
    assert "cannot be read" in run("doctor", "--key-file", str(tmp_path / "none"))[1]


def test_a_key_file_that_is_there_is_used_and_never_written(run, tmp_path):
    key = tmp_path / "key"
    key.write_bytes(b"k" * 48)
    assert init(run, "--key-file", str(key), secret=None)[0] == 0
    assert key.read_bytes() == b"k" * 48
    assert run("doctor", "--key-file", str(key))[0] == 0


@pytest.mark.parametrize("content", [b"", b"short", b"x" * ((1 << 20) + 1)])
def test_what_is_no_key_file_is_refused_and_nothing_is_made(run, tmp_path, content):
    key = tmp_path / "key"
    key.write_bytes(content)
    assert "is not a key file" in refusal(init(run, "--key-file", str(key), secret=None))
    assert not (tmp_path / "one").exists()
    assert key.read_bytes() == content


@pytest.mark.parametrize("kind", ["field", "headquarters"])
def test_a_real_instance_refuses_a_key_file_beside_its_vault_and_leaves_nothing(run, tmp_path, kind):
    err = refusal(init(run, "--key-file", str(tmp_path / "key"), kind=kind, secret=None))
    assert "same filesystem as the vault" in err
    assert list(tmp_path.iterdir()) == []


def test_a_real_instance_takes_a_key_file_from_another_filesystem(run, tmp_path):
    elsewhere = Path("/dev/shm")  # noqa: S108 - memory: another filesystem on every Linux
    if not elsewhere.is_dir() or elsewhere.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("this machine has no second filesystem to write on")
    key = elsewhere / f"key-of-a-test-{os.getpid()}"
    try:
        assert init(run, "--key-file", str(key), kind="headquarters", secret=None)[0] == 0
        assert run("doctor", "--key-file", str(key))[0] == 0
    finally:
        key.unlink(missing_ok=True)


def test_a_key_file_and_a_passphrase_at_once_are_refused(run, tmp_path):
    assert "not both" in refusal(init(run, "--key-file", str(tmp_path / "key")))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["field", "headquarters"])
def test_a_real_instance_takes_no_passphrase_from_the_environment(run, tmp_path, monkeypatch, kind):
    monkeypatch.setenv("EVIDENCE_TRACKER_PASSPHRASE", PASSPHRASE)
    err = refusal(init(run, kind=kind, secret=None))
    assert "EVIDENCE_TRACKER_PASSPHRASE" in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["demo", "test"])
def test_an_instance_to_play_with_takes_it_from_the_environment(run, monkeypatch, kind):
    monkeypatch.setenv("EVIDENCE_TRACKER_PASSPHRASE", PASSPHRASE)
    assert init(run, kind=kind, secret=None)[0] == 0
    assert run("doctor")[0] == 0


def test_without_a_terminal_it_says_how_else_to_give_the_passphrase(run, tmp_path):
    assert "--passphrase-fd" in refusal(init(run, kind="headquarters", secret=None))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("secret", ["", "\n", "seven77", b"\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8"])
def test_a_secret_that_is_none_is_refused_and_nothing_is_made(run, tmp_path, secret):
    refusal(init(run, secret=secret))
    assert list(tmp_path.iterdir()) == []


def test_a_descriptor_that_is_not_open_is_said(run, tmp_path):
    assert "descriptor 999" in refusal(init(run, "--passphrase-fd", "999", secret=None))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--origin", "", "origin of a custody log"),
        ("--origin", "kyiv", "origin of a custody log"),
        ("--origin", "evidence.example/kyiv\n", "origin of a custody log"),
        ("--origin", "evidence.example/../kyiv", "origin of a custody log"),
        ("--organisation", "  ", "needs a name"),
        ("--organisation", "Centre\x1b[2J", "control characters"),
        ("--prefix", "", "prefix"),
        ("--prefix", "kyi", "prefix"),
        ("--prefix", "K", "prefix"),
        ("--prefix", "KYI-1", "prefix"),
        ("--prefix", "../..", "prefix"),
        ("--prefix", "КИЇ", "prefix"),
        ("--prefix", "A" * 9, "prefix"),
        ("--login", "", "cannot be a login"),
        ("--login", "Olena", "cannot be a login"),
        ("--login", "o" * 33, "cannot be a login"),
        ("--login", "olena\n", "cannot be a login"),
    ],
)
def test_what_no_instance_can_have_is_refused_before_anything_is_made(run, tmp_path, option, value, said):
    assert said in refusal(init(run, **{option: value}))
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_set_up_over_an_instance_or_a_file(run, tmp_path):
    init(run)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "one").rglob("*")}
    assert "is not empty" in refusal(init(run))
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "one").rglob("*")} == before
    (tmp_path / "file").write_text("a letter", "utf-8")
    with descriptor(PASSPHRASE) as number:
        words = ("--organisation", ORGANISATION, "--origin", ORIGIN, "--kind", "test")
        answer = run("init", *words, "--passphrase-fd", str(number), instance=tmp_path / "file")
    assert "is not a folder" in refusal(answer)
    assert (tmp_path / "file").read_text("utf-8") == "a letter"


def test_an_empty_folder_that_was_there_stays_when_it_fails(run, tmp_path):
    (tmp_path / "one").mkdir()
    refusal(init(run, **{"--login": "Olena"}))
    assert list(tmp_path.rglob("*")) == [tmp_path / "one"]
    assert init(run)[0] == 0


@pytest.mark.parametrize("missing", ["--organisation", "--origin"])
def test_what_must_be_said_is_usage(run, tmp_path, missing):
    said = {"--organisation": ORGANISATION, "--origin": ORIGIN}
    del said[missing]
    status, _, err = run("init", *(word for pair in said.items() for word in pair))
    assert status == 2
    assert missing in err
    assert list(tmp_path.iterdir()) == []


def test_at_a_terminal_the_passphrase_is_asked_twice_and_never_shown(tmp_path):
    words = ("init", "--organisation", ORGANISATION, "--origin", ORIGIN, "--kind", "test")
    where = ("--instance", str(tmp_path / "one"))
    differing = at_terminal(*words, *where, answers=[PASSPHRASE, PASSPHRASE + "x"])
    assert differing.status == 1
    assert "The two passphrases differ; nothing was set up." in differing.shown
    assert not (tmp_path / "one").exists()
    made = at_terminal(*words, *where, answers=[PASSPHRASE, PASSPHRASE])
    assert made.status == 0, made.shown
    assert made.asked == ["New passphrase", "The same again"]
    assert PASSPHRASE not in made.shown


# --------------------------------------------------------------------------- doctor


@pytest.fixture
def cli(instance_path, capsys, monkeypatch):
    return CommandLine(instance_path, capsys, monkeypatch)


def found(cli):
    status, out, err = cli.run("olena", "doctor", "--json")
    assert err == ""
    return status, {line["what"]: line for line in json.loads(out)}


def test_a_healthy_instance_is_said_to_be_one(cli):
    status, lines = found(cli)
    assert status == 0
    assert set(lines) == {
        "instance", "triggers", "tables", "promised work", "given up", "search", "custodians", "sandbox", "python"
    }  # fmt: skip
    assert [what for what, line in lines.items() if not line["ok"]] == ["custodians"]
    newest = ScriptDirectory.from_config(alembic_config()).get_current_head()
    assert lines["tables"]["says"] == f"revision {newest}"


def test_a_second_custodian_is_all_that_was_missing(cli):
    with descriptor("secret of bohdan") as number:
        cli.ask("olena", "custodian", "add", "bohdan", "--secret-fd", str(number))
    _, out, _ = cli.run("olena", "doctor")
    assert "LOOK" not in out


def test_work_that_was_given_up_is_shown(cli, instance_path):
    instance = reopened(instance_path)
    with instance.transaction() as session:
        session.execute(
            text(
                "INSERT INTO promise (id, kind, key, payload, state, attempts, promised_at)"
                " VALUES (:id, 'examine', 'examine/1', '{}', 'given-up', 5, '2026-03-02T09:15:00.000000Z')"
            ),
            {"id": "0" * 31 + "1"},
        )
    instance.close()
    status, lines = found(cli)
    assert status == 1
    assert not lines["given up"]["ok"]
    assert "1 jobs" in lines["given up"]["says"]


def test_records_that_the_search_does_not_know_are_counted_and_the_upgrade_adds_them(cli, instance_path):
    cli.ask("olena", "party", "add", "--kind", "court", "--name", "Fictional Court")
    instance = reopened(instance_path)
    with instance.transaction() as session:
        session.execute(text("DELETE FROM search_entry"))
        session.execute(text("DELETE FROM search_text"))
    instance.close()
    status, lines = found(cli)
    assert (status, lines["search"]["ok"]) == (0, False)
    assert "1 record(s) are not in it: run 'evidence-tracker upgrade'" in lines["search"]["says"]
    assert cli.ask("olena", "upgrade") == {"upgraded": True, "indexed": 1}
    assert found(cli)[1]["search"]["ok"]


def test_missing_triggers_are_named(cli, instance_path):
    instance = reopened(instance_path)
    with burglar(instance):
        pass
    instance.close()
    status, lines = found(cli)
    assert status == 1
    assert "custody_event_no_update" in lines["instance"]["says"]


@pytest.mark.parametrize("part", ["vault", "keys", "database.sqlite", "config.toml"])
def test_a_missing_part_is_named(cli, instance_path, part):
    target = instance_path / part
    shutil.rmtree(target) if target.is_dir() else target.unlink()
    status, lines = found(cli)
    assert status == 1
    assert part in lines["instance"]["says"] or part == "config.toml"


@pytest.mark.parametrize("name", ["organisation.json", "identity.json", "log.json"])
@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b'{"wraps": 1}', b'{"wraps": [1]}'])
def test_a_spoilt_key_file_is_said_and_not_a_crash(cli, instance_path, name, content):
    (instance_path / "keys" / name).write_bytes(content)
    status, lines = found(cli)
    assert status == 1
    assert not lines["instance"]["ok"]


def test_a_wrap_that_asks_for_all_memory_there_is_opens_nothing(cli, instance_path):
    file = instance_path / "keys" / "organisation.json"
    data = json.loads(file.read_text("utf-8"))
    blob = bytearray(base64.b64decode(data["wraps"][0]["blob"]))
    blob[16:28] = struct.pack(">III", 1, 1, 0xFFFFFFFF)
    data["wraps"][0]["blob"] = base64.b64encode(blob).decode()
    file.write_text(json.dumps(data), "utf-8")
    status, lines = found(cli)
    assert status == 1
    assert "does not open this instance" in lines["instance"]["says"]


def test_where_there_is_no_instance_it_says_how_to_make_one(run):
    status, out, _ = run("doctor")
    assert status == 1
    assert "There is no instance in" in out
    assert "init" in out


# --------------------------------------------------------------------------- upgrade


def at_revision(path, revision):
    instance = open_instance(path, Passphrase(PASSPHRASE, CHEAP))
    key = instance.keyring.root.derive("database")
    instance.close()
    engine = open_sqlite(path / "database.sqlite", key)
    down(engine, revision)
    engine.dispose()


@pytest.mark.parametrize("revision", ["exhibits", "parties"])
def test_an_older_instance_is_upgraded_with_its_rows_and_its_log(cli, instance_path, revision):
    cli.ask("olena", "party", "add", "--kind", "court", "--name", "Fictional Court")
    at_revision(instance_path, revision)
    err = cli.refused("olena", "party", "list")
    assert f"has revision {revision}" in err
    assert "evidence-tracker upgrade" in err
    assert found(cli)[0] == 1
    assert cli.ask("olena", "upgrade") == {"upgraded": True, "indexed": 1}
    assert cli.ask("olena", "party", "show", "KYI-P-0001")["name"] == "Fictional Court"
    assert cli.ask("olena", "custody", "verify")["ok"]
    assert cli.ask("olena", "upgrade") == {"upgraded": True, "indexed": 0}


def test_a_database_of_a_newer_program_is_left_alone(cli, instance_path):
    instance = reopened(instance_path)
    with instance.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'from-the-future'"))
    instance.close()
    for words in (("upgrade",), ("party", "list")):
        err = cli.refused("olena", *words)
        assert "from-the-future" in err
    assert "newer" in cli.refused("olena", "upgrade")


def test_the_wrong_passphrase_upgrades_nothing(cli, monkeypatch):
    monkeypatch.setenv("EVIDENCE_TRACKER_PASSPHRASE", "another passphrase")
    assert "does not open this instance" in cli.refused("olena", "upgrade")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no modes on Windows")
def test_a_folder_that_others_can_read_stops_the_upgrade_too(cli, instance_path):
    (instance_path / "keys").chmod(0o755)
    assert "chmod 700" in cli.refused("olena", "upgrade")
