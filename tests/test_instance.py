"""Setting up, opening and refusing to open an installation."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import select

from evidence_tracker.access.founding import default_prefix
from evidence_tracker.access.models import Profile
from evidence_tracker.errors import InvalidInput, Locked, NotReady
from evidence_tracker.instance import Instance, create, open_instance
from evidence_tracker.jobs.audit import audit
from evidence_tracker.keys.unlockers import CHEAP, KeyFile, Passphrase, make_key_file
from evidence_tracker.settings import Kind, Settings
from tests.cast import PASSPHRASE

UNLOCKER = Passphrase(PASSPHRASE, CHEAP)


def new(path: Path, **changes: object) -> Instance:
    facts = {
        "organisation": "Fictional Documentation Centre",
        "origin": "evidence.example/kyiv",
        "kind": Kind.TEST,
        "unlocker": UNLOCKER,
        "login": "olena",
        "system_user": None,
        "display_name": "Olena",
        **changes,
    }
    return create(path, **facts)  # type: ignore[arg-type] # the cases below hand in wrong values on purpose


def test_a_new_instance_verifies_and_opens_again(tmp_path: Path):
    made = new(tmp_path / "one")
    assert audit(made).findings == []
    made.close()
    opened = open_instance(tmp_path / "one", UNLOCKER)
    with opened.reading() as session:
        assert session.scalars(select(Profile.prefix)).one() == "KYI"
    opened.close()


def test_what_is_on_disk_names_neither_the_organisation_nor_its_log(tmp_path: Path):
    new(tmp_path / "one").close()
    everything = b"".join(file.read_bytes() for file in (tmp_path / "one").rglob("*") if file.is_file())
    for word in (b"Fictional Documentation", b"evidence.example", b"olena", b"Olena", PASSPHRASE.encode()):
        assert word not in everything


def test_a_key_file_is_enough(tmp_path: Path):
    make_key_file(tmp_path / "key")
    new(tmp_path / "one", unlocker=KeyFile(tmp_path / "key")).close()
    open_instance(tmp_path / "one", KeyFile(tmp_path / "key")).close()
    with pytest.raises(Locked):
        open_instance(tmp_path / "one", UNLOCKER)


def test_a_real_instance_refuses_a_key_file_beside_its_vault(tmp_path: Path):
    make_key_file(tmp_path / "key")
    with pytest.raises(NotReady, match="same filesystem"):
        new(tmp_path / "one", kind=Kind.FIELD, unlocker=KeyFile(tmp_path / "key"))


@pytest.mark.parametrize(
    ("origin", "prefix"),
    [("a.example/kyiv", "KYI"), ("a.example/x", "XXX"), ("a.example/hq-2", "HQ2")],
)
def test_the_prefix_comes_from_the_name(origin: str, prefix: str):
    assert default_prefix(origin) == prefix


@pytest.mark.parametrize(
    "origin",
    ["", "kyiv", "example.org", "example.org/", "EXAMPLE.org/kyiv", "a b.example/x", "a.example/x/y"],
)
def test_an_origin_that_no_log_can_have_is_refused(tmp_path: Path, origin: str):
    with pytest.raises(InvalidInput, match="origin"):
        new(tmp_path / "one", origin=origin)
    assert not (tmp_path / "one").exists()


def test_nothing_is_set_up_over_what_is_there(tmp_path: Path):
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "letter.txt").write_text("important")
    with pytest.raises(NotReady, match="not empty"):
        new(tmp_path / "one")
    assert [file.name for file in (tmp_path / "one").iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("part", ["vault", "keys", "database.sqlite", "config.toml"])
def test_a_missing_part_is_named_and_not_made_anew(instance_path: Path, part: str):
    target = instance_path / part
    shutil.rmtree(target) if target.is_dir() else target.unlink()
    with pytest.raises(NotReady) as caught:
        open_instance(instance_path, UNLOCKER)
    assert part in f"{caught.value} {caught.value.advice}" or part == "config.toml"
    assert not target.exists()


@pytest.mark.parametrize("folder", ["vault", "keys", "."])
def test_a_folder_that_others_can_read_is_refused(instance_path: Path, folder: str):
    (instance_path / folder).chmod(0o755)
    with pytest.raises(NotReady, match="read by other users") as caught:
        open_instance(instance_path, UNLOCKER)
    assert "chmod 700" in caught.value.advice


@pytest.mark.parametrize(
    "text", ["", "kind = 'real'", "kind = 1", "nonsense", "kind = 'test'\nextra = 1", "\xff"]
)
def test_a_configuration_that_makes_no_sense_is_said(instance_path: Path, text: str):
    (instance_path / "config.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(NotReady, match="not a valid configuration"):
        Settings.load(instance_path, {})


def test_the_passphrase_variable_opens_no_real_instance(instance_path: Path):
    (instance_path / "config.toml").write_text('kind = "headquarters"\n')
    with pytest.raises(NotReady, match="EVIDENCE_TRACKER_PASSPHRASE is set"):
        Settings.load(instance_path, {"EVIDENCE_TRACKER_PASSPHRASE": "x"})


def test_a_file_that_is_no_database_is_said(instance_path: Path):
    for name in ("database.sqlite-wal", "database.sqlite-shm"):
        (instance_path / name).unlink(missing_ok=True)
    (instance_path / "database.sqlite").write_bytes(b"not a database" * 1000)
    with pytest.raises(Locked, match="does not open with this key"):
        open_instance(instance_path, UNLOCKER)


def test_a_configuration_that_calls_a_real_instance_a_test_is_refused(tmp_path: Path):
    secret = Passphrase("five random words in a row")
    new(tmp_path / "one", kind=Kind.HEADQUARTERS, unlocker=secret).close()
    config = tmp_path / "one" / "config.toml"
    config.write_text(config.read_text().replace("headquarters", "test"))
    with pytest.raises(NotReady, match="set up as headquarters"):
        open_instance(tmp_path / "one", secret)
