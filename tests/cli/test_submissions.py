"""The submission commands: from an empty submission to a bundle that a stranger verifies, and back again."""

import hashlib
import json
import shutil
import stat
import zipfile
from pathlib import Path

import pyrage
import pytest

from evidence_tracker.access.compartments import find_compartment, grant
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account, Role
from evidence_tracker.casework.consent.models import Use
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.parties.models import Party
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.casework.submissions.models import Submission
from evidence_tracker.casework.submissions.preparation import Opening, open_submission
from evidence_tracker.cli import main
from evidence_tracker.clock import FrozenClock
from evidence_tracker.instance import open_instance
from evidence_tracker.integrity.note import Signer
from evidence_tracker.jobs import bundles
from evidence_tracker.keys.unlockers import CHEAP, Passphrase
from tests.casework.submissions.scene import LAWFUL, desk, stage
from tests.cast import MISSION, PASSPHRASE, gather
from tests.cli.running import CommandLine
from tests.conftest import START
from tests.factories import exhibits

SHARED = f"{MISSION}-C"
STATEMENT = "Photographs of the cellar. Material without consent for this use is not included."
NOWHERE = "KYI-S-0099"


class World:
    """An instance with a scene in it, and the references of what is in the scene."""

    def __init__(self, path: Path) -> None:
        self.path = path
        instance = open_instance(path, Passphrase(PASSPHRASE, CHEAP), clock=FrozenClock(START))
        with instance.reading() as session:
            cast = gather(session)
        scene = stage(instance, cast)
        with instance.transaction() as session:
            self.party = session.get_one(Party, scene.recipient).reference
            self.photo = session.get_one(Exhibit, scene.photo).reference
            self.document = session.get_one(Exhibit, scene.document).reference
            self.witness = session.get_one(Person, scene.witness).code
            self.strays = [
                exhibits.receive(
                    session, instance.vault, cast, exhibits.png(50 + number), title="Photo"
                ).reference
                for number in range(3)
            ]
            custodian = session.get_one(Account, cast.daria.account_id)
            home = find_compartment(session, SHARED, actor=cast.olena)
            grant(
                session, home, role=Role.CUSTODIAN, level=Level.SEALED, purpose="annex", actor=cast.olena,
                account=custodian,
            )  # fmt: skip
        self.prepared = scene.submission
        self.identity = scene.identity
        instance.close()

    def hand_over(self) -> None:
        """Approve, seal, build and release what the scene prepared."""
        instance = open_instance(self.path, Passphrase(PASSPHRASE, CHEAP), clock=FrozenClock(START))
        with instance.reading() as session:
            cast = gather(session)
        bundles.approve(desk(instance, cast.chen), self.prepared, looked_at=("all",), note=None)
        bundles.seal(desk(instance, cast.daria), self.prepared, unencrypted_reason="fictional test data")
        self.bundle = bundles.build(desk(instance, cast.daria), self.prepared).path
        bundles.release(desk(instance, cast.daria), self.prepared, channel="courier")
        with instance.reading() as session:
            self.vkey = instance.signer.signer("evidence.example/kyiv/1").vkey
        instance.close()


@pytest.fixture(scope="module")
def made(template, tmp_path_factory):
    path = tmp_path_factory.mktemp("submissions") / "instance"
    shutil.copytree(template, path)
    return World(path)


@pytest.fixture(scope="module")
def handed(template, tmp_path_factory):
    path = tmp_path_factory.mktemp("handed-over") / "instance"
    shutil.copytree(template, path)
    world = World(path)
    world.hand_over()
    return world


@pytest.fixture
def cli(made, tmp_path, capsys, monkeypatch):
    """Return the command line of an instance in which nothing was handed over yet."""
    shutil.copytree(made.path, tmp_path / "instance")
    return CommandLine(tmp_path / "instance", capsys, monkeypatch)


@pytest.fixture
def after(handed, tmp_path, capsys, monkeypatch):
    """Return the command line of an instance whose bundle is with its recipient."""
    shutil.copytree(handed.path, tmp_path / "after")
    return CommandLine(tmp_path / "after", capsys, monkeypatch)


def opened(cli, made, *more, title="Confinement in Vyhadane"):
    return cli.ask(
        "daria", "submission", "open", "--to", made.party, "--use", "investigation", "--title", title,
        "--compartment", SHARED, *more,
    )["reference"]  # fmt: skip


def lawful(cli, made):
    return opened(
        cli, made, "--statement", STATEMENT, "--purpose", "documentation", "--legal-basis", "fictional act"
    )


def closed(cli, reference):
    status, out, err = cli.run("daria", "submission", "check", reference, "--json")
    assert (status, err) == (1, "")
    report = json.loads(out)
    assert not report["ready"]
    return {(gate["code"], gate["where"]) for gate in report["gates"] if gate["closed"]}


def verified(capsys, *words):
    capsys.readouterr()
    status = main(["verify", *map(str, words)])
    return (status, *capsys.readouterr())


# --------------------------------------------------------------------------- from open to release


def test_from_an_empty_submission_to_a_bundle_that_a_stranger_verifies(cli, made, capsys, tmp_path):
    reference = opened(cli, made)
    assert {"empty", "statement"} <= {code for code, _ in closed(cli, reference)}
    answer = cli.ask("daria", "submission", "add", reference, made.photo, made.document.lower(), *made.strays)
    assert [row["number"] for row in answer] == [f"EX-000{number}" for number in range(1, 6)]
    status, out, _ = cli.run("daria", "submission", "check", reference)
    assert status == 1
    assert "CLOSED  EX-0003–EX-0005: nobody has stated where it came from\n" in out
    assert "        lifted by whoever took it in: link the source" in out
    assert "gate(s) are closed.\n" in out
    for number in ("EX-0005", "ex-0004", "EX-0003"):
        cli.ask("daria", "submission", "remove", reference, number, "--reason", "not ready")
    version = cli.ask(
        "daria", "submission", "amend", reference, "--statement", STATEMENT, "--purpose", "documentation",
        "--legal-basis", "fictional act", "--version", "1",
    )["version"]  # fmt: skip
    assert version == 2
    ready = cli.ask("daria", "submission", "check", reference)
    assert ready["ready"]
    assert "Every gate is open." in cli.run("daria", "submission", "check", reference)[1]
    approved = cli.ask(
        "chen", "submission", "approve", reference, "--looked-at", "all", "--note", "read all of it"
    )
    assert approved == {"reference": reference, "digest": ready["digest"]}
    sealed = cli.ask("daria", "submission", "seal", reference)
    built = cli.ask("daria", "submission", "build", reference)
    assert Path(built["path"]).name == f"{sealed['bundle']}.zip.age"
    assert hashlib.sha256(Path(built["path"]).read_bytes()).hexdigest() == built["encrypted_sha256"]
    out_of_house = tmp_path / "stick" / "for the court"
    released = cli.ask(
        "daria", "submission", "release", reference, "--channel", "courier", "--to", str(out_of_house)
    )
    assert released["bundle"] == sealed["bundle"]
    assert sorted(file.name for file in out_of_house.iterdir()) == [
        f"{sealed['bundle']}.receipt", f"{sealed['bundle']}.zip.age"
    ]  # fmt: skip
    assert {stat.S_IMODE(file.stat().st_mode) for file in out_of_house.iterdir()} == {0o600}
    shown = cli.ask("daria", "submission", "show", reference)
    assert shown["bundles"] == [f"{sealed['bundle']} released"]
    assert shown["items"] == [
        f"EX-0001 {made.photo}", f"EX-0002 {made.document}",
        *(f"EX-000{3 + place} {stray} (out)" for place, stray in enumerate(made.strays)),
    ]  # fmt: skip
    plain = out_of_house / f"{sealed['bundle']}.zip"
    plain.write_bytes(pyrage.decrypt((out_of_house / f"{plain.name}.age").read_bytes(), [made.identity]))
    assert hashlib.sha256(plain.read_bytes()).hexdigest() == built["zip_sha256"]
    key = cli.ask("olena", "custody", "key")["vkey"]
    status, report, _ = verified(capsys, plain, "--key", key)
    assert (status, "INTACT, and signed by the key you gave." in report) == (0, True), report
    assert cli.ask("olena", "custody", "verify")["ok"]


# --------------------------------------------------------------------------- verify, as a stranger


@pytest.fixture
def bundle(handed, tmp_path):
    """Return a copy of the bundle with its receipt, far from the instance."""
    for file in (handed.bundle, handed.bundle.with_suffix(".receipt")):
        shutil.copy(file, tmp_path / file.name)
    return tmp_path / handed.bundle.name


def test_with_the_key_of_the_log_it_is_intact_and_from_them(bundle, handed, after, capsys):
    assert after.ask("olena", "custody", "key")["vkey"] == handed.vkey
    assert verified(capsys, bundle, "--key", handed.vkey)[0] == 0
    (bundle.parent / "key").write_text(f"{handed.vkey}\n", "utf-8")
    assert verified(capsys, bundle, "--key", f"@{bundle.parent / 'key'}")[0] == 0


def test_without_a_key_it_is_intact_and_nobody_knows_from_whom(bundle, capsys):
    status, out, _ = verified(capsys, bundle)
    assert status == 3
    assert "the origin is NOT VERIFIED" in out


def test_the_key_of_another_log_is_not_theirs(bundle, handed, capsys):
    name, _, rest = handed.vkey.partition("+")
    assert verified(capsys, bundle, "--key", f"{name}+{rest[::-1]}")[0] == 2
    assert verified(capsys, bundle, "--key", Signer(name, bytes(32)).vkey)[0] == 1


@pytest.mark.parametrize("place", [0.02, 0.25, 0.5, 0.75, 0.98])
def test_a_damaged_copy_is_not_intact(bundle, handed, capsys, place):
    data = bytearray(bundle.read_bytes())
    data[int(len(data) * place)] ^= 1
    bundle.write_bytes(bytes(data))
    status, out, _ = verified(capsys, bundle, "--key", handed.vkey)
    assert status == 1
    assert "SOMETHING IS WRONG" in out


def test_a_truncated_or_empty_copy_is_not_intact(bundle, handed, capsys):
    data = bundle.read_bytes()
    for kept in (data[:-1], data[: len(data) // 2], b""):
        bundle.write_bytes(kept)
        assert verified(capsys, bundle, "--key", handed.vkey)[0] in {1, 2}


def test_unpacked_it_is_the_same_and_a_changed_file_is_named(bundle, handed, capsys, tmp_path):
    folder = tmp_path / "bag"
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(folder)
    assert verified(capsys, folder, "--key", handed.vkey)[0] == 0
    photo = folder / "data" / "exhibits" / "EX-0001" / "EX-0001.png"
    photo.write_bytes(photo.read_bytes() + b"\0")
    status, out, _ = verified(capsys, folder, "--key", handed.vkey)
    assert (status, "EX-0001.png" in out) == (1, True)


@pytest.mark.parametrize("words", [("--json", "verify", "BUNDLE"), ("verify", "BUNDLE", "--json")])
def test_the_report_is_for_machines_wherever_it_is_asked_for(bundle, capsys, words):
    capsys.readouterr()
    status = main([str(bundle) if word == "BUNDLE" else word for word in words])
    report = json.loads(capsys.readouterr().out)
    assert (status, report["status"]) == (3, 3)


@pytest.mark.parametrize("words", [(), ("nothing.zip",), ("nothing.zip", "--key"), ("--what",), ("a", "b")])
def test_nothing_that_could_be_checked_is_usage(capsys, words):
    status, _, err = verified(capsys, *words)
    assert status == 2
    assert "Traceback" not in err


# --------------------------------------------------------------------------- what is refused on the way


def test_what_goes_into_a_submission_is_seen_by_whoever_puts_it_there(cli, made):
    reference = opened(cli, made)
    assert "no exhibit" in cli.refused("daria", "submission", "add", reference, "KYI-E-9999")
    assert "in this submission already, as EX-0001" in cli.refused(
        "daria", "submission", "add", reference, made.photo, made.photo
    )
    assert cli.ask("daria", "submission", "show", reference)["items"] == []  # all or none
    for stated in ("photo", "KYI-X-0001", "KYI-E", "../../etc", "", "💥", "E-1"):
        err = cli.refused("daria", "submission", "add", reference, stated)
        assert "is not the reference of" in err or "There is no" in err
    assert "no submission" in cli.refused("daria", "submission", "add", NOWHERE, made.photo)
    assert cli.run("daria", "submission", "add", reference)[0] == 2


def test_a_person_goes_into_an_annex_only(cli, made):
    reference = opened(cli, made)
    err = cli.refused("daria", "submission", "add", reference, made.witness)
    assert "Identities never go in a submission of evidence" in err
    assert "There is no person" in cli.refused("daria", "submission", "add", reference, "PN-000000")
    annex = opened(cli, made, "--annex-of", reference)
    assert "holds persons only" in cli.refused("daria", "submission", "add", annex, made.photo)
    assert [row["number"] for row in cli.ask("daria", "submission", "add", annex, made.witness)] == [
        "ID-0001"
    ]
    assert cli.ask("daria", "submission", "show", annex)["items"] == [f"ID-0001 {made.witness}"]
    kinds = {row["reference"]: row["kind"] for row in cli.ask("daria", "submission", "list")}
    assert (kinds[reference], kinds[annex]) == ("evidence", "identity-annex")
    assert "not to another annex" in cli.refused(
        "daria", "submission", "open", "--to", made.party, "--use", "investigation", "--title", "x",
        "--compartment", SHARED, "--annex-of", annex,
    )  # fmt: skip


def test_an_annex_is_sealed_to_its_recipient_and_names_them(after, handed, tmp_path):
    annex = after.ask(
        "daria", "submission", "open", "--to", handed.party, "--use", "investigation", "--title", "Identities",
        "--compartment", SHARED, "--annex-of", handed.prepared, "--statement", "Identities of the persons.",
        "--purpose", "documentation", "--legal-basis", "fictional act",
    )["reference"]  # fmt: skip
    after.ask("daria", "submission", "add", annex, handed.witness)
    assert after.ask("daria", "submission", "check", annex)["ready"]
    after.ask("chen", "submission", "approve", annex)
    after.ask("daria", "submission", "seal", annex)
    built = Path(after.ask("daria", "submission", "build", annex)["path"])
    assert built.suffix == ".age"
    plain = tmp_path / "annex.zip"
    plain.write_bytes(pyrage.decrypt(built.read_bytes(), [handed.identity]))
    with zipfile.ZipFile(plain) as archive:
        assert "Вигаданенко" in archive.read("data/identities.json").decode()
    with zipfile.ZipFile(handed.bundle) as archive:
        assert not any("identities" in name for name in archive.namelist())


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("amend", "S"), 1, "Nothing was said to change"),
        (("amend", "S", "--title", "x", "--version", "7"), 1, "saved by somebody else"),
        (("amend", "S", "--title", "x\x1b[2J"), 1, "control characters"),
        (("amend", "S", "--language", "fr"), 2, "'fr' is not one of"),
        (("remove", "S", "EX-0009", "--reason", "x"), 1, "EX-0009 is not in"),
        (("remove", "S", "EX-0001", "--reason", " "), 1, "reason is missing"),
        (("remove", "S", "EX-0001"), 2, "--reason"),
        (("seal", "S"), 1, "is not approved"),
        (("seal", "S", "--unencrypted", "  "), 1, "needs its reason"),
        (("build", "S"), 1, "is not sealed"),
        (("release", "S", "--channel", "courier"), 1, "has no bundle yet"),
        (("release", "S", "--channel", "courier", "--to", "nowhere"), 1, "has no bundle yet"),
        (("release", "S"), 2, "--channel"),
        (("abandon", "S", "--reason", "x"), 1, "no bundle that could be given up"),
        (("receipt", "S", "--received", "2026-03-03", "--by", "x"), 1, "has no bundle yet"),
        (("disclosures", "photo"), 1, "is not the reference of"),
    ],
)
def test_steps_out_of_order_are_refused_with_what_to_do_first(
    cli, made, tmp_path, monkeypatch, words, status, said
):
    monkeypatch.chdir(tmp_path)
    got, _, err = cli.run("daria", "submission", *(made.prepared if word == "S" else word for word in words))
    assert (got, said in err) == (status, True), err
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"--to": "KYI-P-0099"}, 1, "There is no party"),
        ({"--compartment": "KYI-2026-99-C"}, 1, "There is no compartment"),
        ({"--annex-of": NOWHERE}, 1, "There is no submission"),
        ({"--title": " "}, 1, "title of the submission is missing"),
        ({"--use": "gossip"}, 2, "'gossip' is not one of"),
        ({"--language": "xx"}, 2, "'xx' is not one of"),
    ],
)
def test_what_cannot_be_opened_is_refused(cli, made, changed, status, said):
    stated = {
        "--to": made.party, "--use": "investigation", "--title": "x", "--compartment": SHARED, **changed
    }  # fmt: skip
    got, _, err = cli.run("daria", "submission", "open", *(word for pair in stated.items() for word in pair))
    assert (got, said in err) == (status, True), err


def test_whoever_may_not_prepare_approve_or_release_is_told_so(cli, made):
    reference = lawful(cli, made)
    for login, words, said in (
        ("amina", ("add", reference, made.photo), "may not prepare submissions"),
        ("amina", ("approve", reference), "may not approve submissions"),
        ("amina", ("seal", reference), "may not seal and build bundles"),
        ("daria", ("approve", made.prepared), "may not approve submissions"),
        ("chen", ("add", reference, made.photo), "may not prepare submissions"),
    ):
        assert said in cli.refused(login, "submission", *words)


def test_whoever_prepared_it_approves_nothing_even_with_the_right(cli, made):
    cli.ask(
        "olena", "grant", "add", "daria", "--compartment", SHARED, "--role", "approver", "--level", "SEALED",
        "--purpose", "tests",
    )  # fmt: skip
    err = cli.refused("daria", "submission", "approve", made.prepared, "--looked-at", "all")
    assert "daria prepared" in err
    assert "second person" in err


def test_what_no_machine_could_read_is_looked_at_by_a_person(cli, made):
    err = cli.refused("chen", "submission", "approve", made.prepared)
    assert "A person has to look at EX-0001" in err
    assert "--looked-at" in err
    assert cli.ask("chen", "submission", "approve", made.prepared, "--looked-at", "EX-0001")["digest"]


def test_any_change_voids_the_approval(cli, made):
    cli.ask("chen", "submission", "approve", made.prepared, "--looked-at", "all")
    cli.ask("daria", "submission", "amend", made.prepared, "--title", "Another title")
    assert "was changed after it was approved" in cli.refused("daria", "submission", "seal", made.prepared)


def test_a_sealed_submission_stands_still_until_it_is_abandoned(cli, made):
    cli.ask("chen", "submission", "approve", made.prepared, "--looked-at", "all")
    cli.ask("daria", "submission", "seal", made.prepared, "--unencrypted", "fictional data")
    for words in (("amend", made.prepared, "--title", "x"), ("add", made.prepared, made.strays[0])):
        assert "what is sealed does not change" in cli.refused("daria", "submission", *words)
    assert "needs a reason" in cli.refused("daria", "submission", "abandon", made.prepared, "--reason", " ")
    assert cli.ask("daria", "submission", "abandon", made.prepared, "--reason", "a better photo") == {
        "abandoned": True
    }
    assert cli.ask("daria", "submission", "show", made.prepared)["bundles"][0].endswith(" abandoned")
    cli.ask("daria", "submission", "add", made.prepared, made.strays[0])
    assert "is not sealed" in cli.refused("daria", "submission", "build", made.prepared)


def test_a_bundle_file_that_was_changed_does_not_leave(cli, made, tmp_path):
    cli.ask("chen", "submission", "approve", made.prepared, "--looked-at", "all")
    cli.ask("daria", "submission", "seal", made.prepared, "--unencrypted", "fictional data")
    file = Path(cli.ask("daria", "submission", "build", made.prepared)["path"])
    whole = file.read_bytes()
    file.chmod(0o600)
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    err = cli.refused(
        "daria", "submission", "release", made.prepared, "--channel", "x", "--to", str(tmp_path / "to")
    )
    assert err.startswith("INTEGRITY FAILURE: ")
    assert not list((tmp_path / "to").iterdir())
    file.unlink()
    assert "cannot be read" in cli.refused("daria", "submission", "release", made.prepared, "--channel", "x")
    cli.ask("daria", "submission", "build", made.prepared)
    assert file.read_bytes() == whole
    cli.ask("daria", "submission", "release", made.prepared, "--channel", "x")


# --------------------------------------------------------------------------- after the release


def test_nothing_is_released_over_what_is_there(after, handed, tmp_path):
    there = tmp_path / "stick"
    there.mkdir()
    (there / f"{handed.bundle.stem}.receipt").write_text("a letter", "utf-8")
    again = ("submission", "release", handed.prepared, "--channel", "by hand", "--to", str(there))
    assert "nothing was overwritten" in after.refused("daria", *again)
    assert [file.name for file in there.iterdir()] == [f"{handed.bundle.stem}.receipt"]
    assert len(after.ask("daria", "submission", "disclosures", handed.photo)) == 1
    (there / f"{handed.bundle.stem}.receipt").unlink()
    after.ask("daria", *again)
    assert len(after.ask("daria", "submission", "disclosures", handed.photo)) == 2
    blocked = tmp_path / "file"
    blocked.write_text("", "utf-8")
    err = after.refused("daria", *again[:-1], str(blocked / "under"))
    assert "The system refused" in err
    assert len(after.ask("daria", "submission", "disclosures", handed.photo)) == 2


def test_it_is_written_down_who_was_given_what(after, handed):
    [row] = after.ask("daria", "submission", "disclosures", handed.photo)
    assert (row["bundle"], row["number"], row["channel"]) == (handed.bundle.stem, "EX-0001", "courier")
    assert (row["identity_level"], row["use"], len(row["consents"])) == ("full", "investigation", 1)
    assert after.ask("daria", "submission", "disclosures", handed.strays[0]) == []
    there = after.refused("outsider", "submission", "disclosures", handed.photo)
    assert there.replace(handed.photo, "") == after.refused(
        "outsider", "submission", "disclosures", "KYI-E-9999"
    ).replace("KYI-E-9999", "")


@pytest.mark.parametrize("is_right", [True, False])
def test_a_digest_that_the_recipient_states_is_compared(after, handed, is_right):
    digest = hashlib.sha256(handed.bundle.read_bytes()).hexdigest()
    stated = digest.upper() if is_right else digest[::-1]
    words = (
        "submission", "receipt", handed.prepared, "--received", "2026-03-03T10:00", "--by", "Registry",
        "--recipient-reference", "R-12/26", "--stated-sha256", stated, "--note", "box 4",
    )  # fmt: skip
    assert after.ask("daria", *words) == {"bundle": handed.bundle.stem, "is_match": is_right}
    _, out, err = after.run("daria", *words)
    assert "is recorded." in out
    assert ("is right" in out, "is NOT that of" in err) == (is_right, not is_right)


def test_a_receipt_says_when_and_by_whom(after, handed):
    assert after.ask(
        "daria", "submission", "receipt", handed.prepared, "--received", "2026-03", "--by", "Registry"
    )["is_match"] is None  # fmt: skip
    for received, by in (
        ("yesterday", "x"),
        ("2026-13-01", "x"),
        ("", "x"),
        ("2026-03-03", " "),
        ("💥", "x"),
    ):
        after.refused("daria", "submission", "receipt", handed.prepared, "--received", received, "--by", by)
    assert "may not release bundles" in after.refused(
        "chen", "submission", "receipt", handed.prepared, "--received", "2026-03-03", "--by", "x"
    )


def test_long_lists_are_shown_to_their_end(cli, made):
    instance = open_instance(cli.path, Passphrase(PASSPHRASE, CHEAP))
    with instance.transaction() as session:
        cast = gather(session)
        first = session.query(Submission).one()
        for number in range(55):
            open_submission(
                session,
                compartment_id=cast.mission,
                recipient=session.get_one(Party, first.party_id),
                opening=Opening(f"Number {number}", Use.INVESTIGATION),
                governance=LAWFUL,
                actor=cast.daria,
            )
    instance.close()
    assert len(cli.ask("daria", "submission", "list")) == 56
    assert cli.ask("outsider", "submission", "list") == []


@pytest.mark.parametrize(
    "words",
    [
        ("show", "S"), ("check", "S"), ("approve", "S"), ("seal", "S"), ("build", "S"), ("add", "S", "KYI-E-0001"),
        ("release", "S", "--channel", "x"), ("abandon", "S", "--reason", "x"), ("amend", "S", "--title", "x"),
        ("remove", "S", "EX-0001", "--reason", "x"), ("receipt", "S", "--received", "2026", "--by", "x"),
    ],
)  # fmt: skip
def test_a_submission_that_one_may_not_see_is_one_that_is_not_there(after, handed, words):
    there = after.refused(
        "outsider", "submission", *(handed.prepared if word == "S" else word for word in words)
    )
    nowhere = after.refused("outsider", "submission", *(NOWHERE if word == "S" else word for word in words))
    assert there.replace(handed.prepared, "") == nowhere.replace(NOWHERE, "")
