"""The demonstration: one run for all tests, looked at from outside with means that it does not share.

What the bundle to the ICC must not say is searched for here in another way than the demonstration
does: raw bytes, decoded proofs, words of PDF and Word files, statements of cameras.
"""

import base64
import hashlib
import io
import json
import os
import re
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import pypdfium2
import pyrage
import pytest
from PIL import Image
from rich.progress import Progress

from evidence_tracker.casework.consent.models import ConsentEvent, ConsentKind, IdentityLevel
from evidence_tracker.casework.exhibits.models import Exhibit, ExhibitMetadata, ExhibitPerson, Seal, Transfer
from evidence_tracker.casework.interviews.models import AccountType, Interview, InterviewState
from evidence_tracker.casework.missions.models import Mission, MissionState
from evidence_tracker.casework.parties.models import RecipientClass
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.cli import main
from evidence_tracker.cli.demonstration.course import begin, clear
from evidence_tracker.cli.demonstration.intake import Folder, take_in
from evidence_tracker.cli.demonstration.people import PERSONS, STAFF, engage
from evidence_tracker.cli.demonstration.story import Expectations, Telling, screen
from evidence_tracker.cli.demonstration.world import PASSPHRASE
from evidence_tracker.clock import FrozenClock
from evidence_tracker.errors import GateClosed, NotReady
from evidence_tracker.instance import Instance, create, open_instance
from evidence_tracker.integrity.bundle import verify_bundle
from evidence_tracker.keys.unlockers import CHEAP, Passphrase
from evidence_tracker.settings import Kind

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpus" / "files"
HIDDEN = ("yevdokiia", "pylyp", "zlatoslava", "myroslava", "yaryna", "dmytro")


@dataclass(frozen=True)
class Demo:
    """What one run left: its folder, the folder it took in, and the facts it told."""

    path: Path
    evidence: Path
    facts: dict[str, Any]

    def bundle(self, name: str) -> Path:
        return Path(self.facts["bundles"][name]["received"])

    def instance(self) -> Instance:
        return open_instance(self.path, Passphrase(PASSPHRASE, CHEAP))


def earlier_demo(path: Path) -> None:
    create(
        path,
        organisation="An earlier demonstration",
        origin="demo.evidence.example/earlier",
        kind=Kind.DEMO,
        unlocker=Passphrase("another passphrase", CHEAP),
        login="earlier",
        system_user=None,
        display_name="Earlier",
        clock=FrozenClock(datetime(2025, 1, 1, tzinfo=UTC)),
    ).close()


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of real files: the corpus, or a few where it is not on this machine."""
    if CORPUS.is_dir():
        return CORPUS
    folder = tmp_path_factory.mktemp("card")
    (folder / "DCIM").mkdir()
    for number in range(3):
        (folder / "DCIM" / f"note {number}.txt").write_text(f"Вигадана нотатка {number}\n", "utf-8")
    return folder


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, evidence: Path) -> Demo:
    """Run the demonstration once, in the folder of an earlier one."""
    path = tmp_path_factory.mktemp("demo") / "instance"
    earlier_demo(path)
    words = ["demo", "--instance", str(path), "--evidence", str(evidence), "--no-serve", "--json"]
    with redirect_stdout(io.StringIO()) as out:
        status = main(words)
    facts = json.loads(out.getvalue())
    assert status == 0, facts["broken"]
    return Demo(path, evidence, facts)


@pytest.fixture(scope="module")
def opened(demo: Demo) -> Iterator[Instance]:
    instance = demo.instance()
    yield instance
    instance.close()


# --- The half-year --------------------------------------------------------------------------------


def test_everything_held_that_it_promises(demo):
    assert demo.facts["broken"] == []
    assert demo.facts["kept"] >= 30


def test_an_earlier_demonstration_is_replaced(demo, opened):
    with opened.reading() as session:
        assert session.query(Mission).count() == 3


def test_the_missions_are_planned_approved_by_another_closed_and_debriefed(opened):
    with opened.reading() as session:
        missions = session.query(Mission).all()
    assert {mission.state for mission in missions} == {MissionState.DEBRIEFED}
    assert all(mission.approved_by != mission.recorded_by for mission in missions)


def test_a_child_was_screened_and_nothing_it_said_was_written_down(opened):
    with opened.reading() as session:
        screened = session.query(Interview).filter_by(account_type=AccountType.SCREENING).one()
        others = session.query(Interview).filter(Interview.id != screened.id).all()
    assert screened.first_account is None
    assert {one.state for one in others} == {InterviewState.REVIEWED}


def test_photographs_carry_the_time_and_place_of_their_camera(opened):
    with opened.reading() as session:
        rows = session.query(ExhibitMetadata).filter(ExhibitMetadata.claimed_latitude.is_not(None)).all()
    assert len({row.exhibit_id for row in rows}) >= 8
    assert all(row.failed is None for row in rows)


def test_the_film_is_read_as_a_film(opened):
    with opened.reading() as session:
        film = session.query(Exhibit).filter_by(title="Film of the square").one()
        seen = session.query(ExhibitMetadata).filter_by(exhibit_id=film.id).one()
    assert film.media_type == "video/quicktime"
    assert (seen.width_px, seen.height_px, seen.claimed_latitude) == (320, 240, "49.9871")


def test_the_marked_part_went_out_and_came_back_under_seal(opened):
    with opened.reading() as session:
        transfer = session.query(Transfer).one()
        seals = [seal.number for seal in session.query(Seal).order_by(Seal.position)]
    assert transfer.ended_as == "returned"
    assert seals == ["FX000411", "FX000412"]


def test_the_consents_differ(opened):
    with opened.reading() as session:
        kinds = {event.kind for event in session.query(ConsentEvent)}
        levels = {
            event.identity_level
            for event in session.query(ConsentEvent).filter_by(recipient_class=RecipientClass.ICC_OTP)
        }
    assert {ConsentKind.GIVEN, ConsentKind.REFUSED, ConsentKind.WITHDRAWN} <= kinds
    assert {IdentityLevel.FULL, IdentityLevel.PSEUDONYM} <= levels


# --- Real files -----------------------------------------------------------------------------------


def test_the_real_files_went_in_with_the_digests_that_hashlib_gives(demo, opened):
    files = [path for path in demo.evidence.rglob("*") if path.is_file()]
    expected = {hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    with opened.reading() as session:
        stored = {
            row.sha256 for row in session.query(Exhibit).filter_by(received_from="a folder of this computer")
        }
    assert stored == expected
    assert demo.facts["folder"]["taken"] == len(files)
    assert demo.facts["folder"]["not_taken"] == []


def test_it_took_the_corpus_in(demo, corpus):
    assert demo.evidence.resolve() == (corpus / "files").resolve()


def test_what_cannot_be_taken_in_is_said_and_the_rest_goes_on(tmp_path):
    folder = tmp_path / "card"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "a\nb.txt").write_text("odd name")
    (folder / "inner" / "копія.txt").write_text("odd name")
    (folder / "link.txt").symlink_to(folder / "inner" / "копія.txt")
    os.mkfifo(folder / "pipe")
    world = begin(folder / "demo", Telling(is_quiet=True))
    try:
        engage(world)
        told = take_in(world, Folder(folder, is_own=False), Progress(disable=True))
        with world.instance.reading() as session:
            names = {row.original_name for row in session.query(Exhibit)}
    finally:
        world.instance.close()
    assert (told["files"], told["taken"], told["agreed"]) == (2, 2, True)
    assert [line.rsplit("/", 1)[1].split(":")[0] for line in told["not_taken"]] == [
        "demo",
        "link.txt",
        "pipe",
    ]
    assert names == {"inner/a\\u000ab.txt", "inner/копія.txt"}
    assert world.expect.broken == []


# --- What was handed over -------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["icc", "prosecutor", "annex"])
def test_a_stranger_verifies_each_bundle(demo, name):
    path = demo.bundle(name)
    done = subprocess.run(
        [sys.executable, "-m", "evidence_tracker.integrity", str(path), "--key", demo.facts["vkey"]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "9. [passed]" in done.stdout


@pytest.mark.parametrize("name", ["icc", "prosecutor", "annex"])
def test_only_the_recipient_can_open_what_leaves(demo, name):
    written = Path(demo.facts["bundles"][name]["path"])
    keys = {file.stem: key_in(file) for file in (demo.path / "recipients").iterdir()}
    recipient = "icc" if name == "icc" else "prosecutor"
    assert pyrage.decrypt(written.read_bytes(), [keys[recipient]]) == demo.bundle(name).read_bytes()
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(written.read_bytes(), [keys["prosecutor" if name == "icc" else "icc"]])


def key_in(file: Path) -> pyrage.x25519.Identity:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    return pyrage.x25519.Identity.from_str(file.read_text().splitlines()[-1])


def test_the_annex_alone_says_who_they_are(demo):
    with zipfile.ZipFile(demo.bundle("annex")) as archive:
        identities = json.loads(archive.read("data/identities.json"))
    names = {one["identity"]["legal_name"][0] for one in identities}
    assert PERSONS["oksana"].identity["legal_name"] in names
    assert PERSONS["pylyp"].identity["legal_name"] not in names
    assert not found(demo.bundle("prosecutor"), names_of("bohuslav"), but="docx")


def test_the_bundle_to_the_icc_names_nobody_who_did_not_allow_it(demo):
    hidden = {word for person in HIDDEN for word in names_of(person)}
    assert found(demo.bundle("icc"), hidden) == []


def test_the_search_finds_a_name_where_it_may_stand(demo):
    assert found(demo.bundle("prosecutor"), names_of("yevdokiia"))


def test_the_bundle_to_the_icc_holds_no_code_and_no_id_of_them(demo, opened):
    with opened.reading() as session:
        events = session.query(ConsentEvent).all()
        denied = {event.person_id for event in events if event.kind.is_denial}
        pseudonymous = {
            event.person_id
            for event in events
            if event.recipient_class is RecipientClass.ICC_OTP
            and event.identity_level is IdentityLevel.PSEUDONYM
        }
        persons = session.query(Person).filter(Person.id.in_(denied | pseudonymous)).all()
        links = session.query(ExhibitPerson).filter(ExhibitPerson.person_id.in_(denied | pseudonymous)).all()
        records = [session.get_one(Exhibit, link.exhibit_id) for link in links]
        ids = {str(row.id) for row in (*persons, *records, *links)} | {str(event.id) for event in events}
        words = {person.code for person in persons} | {record.reference for record in records}
        words |= {str(record.sha256) for record in records}
    assert len(persons) == 3
    assert len(records) == 3
    assert found(demo.bundle("icc"), ids | {one.replace("-", "") for one in ids} | words) == []


def test_no_gap_and_no_count_tells_that_something_was_left_out(demo):
    files = contents(demo.bundle("icc"))
    numbers = set(re.findall(r"\b(?:EX|IN|IC|AL)-\d{4}\b", " ".join(files)))
    numbers |= {one["number"] for one in json.loads(files["data/allegations.json"])}
    for kind in ("EX", "IN", "IC", "AL"):
        mine = sorted(number for number in numbers if number.startswith(kind))
        assert mine == [f"{kind}-{n:04d}" for n in range(1, len(mine) + 1)]
    assert not re.search(r"\d", json.loads(files["data/statement.json"])["statement"])


def test_the_bundle_to_the_icc_has_the_copy_with_the_name_covered_and_not_its_original(demo):
    files = contents(demo.bundle("icc"))
    items = [json.loads(data) for name, data in files.items() if name.endswith("/item.json")]
    covered = [item for item in items if item["record"].get("derivative_kind") == "identifiers-removed"]
    assert [item["record"]["title"] for item in covered] == ["Page of a notebook, one line covered"]
    assert any(name.endswith(".docx") for name in files)


def test_the_bundle_to_the_icc_names_no_staff_and_no_other_recipient(demo):
    staff = {name.split()[1] for name, _ in STAFF.values()}
    assert found(demo.bundle("icc"), staff | {"Vydumana", "Прокуратура", "Prosecution Service"}) == []


def test_the_withdrawal_stopped_the_sealing(demo):
    assert demo.facts["withdrawal"]["says"].count("(withdrawn)") == 2
    assert "changed after it was approved" in demo.facts["withdrawal"]["then"]
    assert demo.facts["withdrawal"]["warned"]


def names_of(person: str) -> set[str]:
    identity = PERSONS[person].identity
    names = [identity["legal_name"], identity.get("latin_name", ""), *identity.get("alias", [])]
    return {word for name in names for word in str(name).split() if len(word) > 4}


def contents(path: Path | IO[bytes]) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def found(bundle: Path, words: set[str], *, but: str = "nothing") -> list[tuple[str, str]]:
    """Return where which of the words stand in a bundle, however a reader would come upon them."""
    hits = []
    folded = {word: word.casefold() for word in words}
    wide = {word: [word.encode(code) for code in ("utf-16-le", "utf-16-be")] for word in words}
    for name, data in contents(bundle).items():
        if name.endswith(but):
            continue
        for text in map(str.casefold, readings(name, data)):
            hits += [(name, word) for word, small in folded.items() if small in text]
        hits += [(name, word) for word, coded in wide.items() if any(one in data for one in coded)]
    return sorted(set(hits))


def readings(name: str, data: bytes) -> Iterator[str]:
    yield name
    yield data.decode("utf-8", "ignore")
    if name.endswith(".tlog-proof"):
        extra = re.search(rb"^extra (\S+)$", data, re.MULTILINE)
        yield base64.b64decode(extra[1]).decode() if extra else ""
    elif data.startswith(b"%PDF"):
        document = pypdfium2.PdfDocument(data)
        yield " ".join(page.get_textpage().get_text_range() for page in document)
        yield str(document.get_metadata_dict())
    elif data.startswith(b"PK"):
        yield from (part.decode("utf-8", "ignore") for part in contents(io.BytesIO(data)).values())
    elif data.startswith(b"\xff\xd8"):
        yield str(dict(Image.open(io.BytesIO(data)).getexif()))


# --- Tampering ------------------------------------------------------------------------------------


def test_ten_ways_of_tampering_are_caught_each_with_its_fault(demo):
    tamperings = demo.facts["tamperings"]
    assert len(tamperings) == 10
    assert {one["status"] for one in tamperings} == {1}
    assert len({one["done"] for one in tamperings}) == 10
    assert {one["fault"] for one in tamperings} >= {
        "digest-differs",
        "seal-of-other-files",
        "proof-mismatch",
        "file-unlisted",
        "other-key",
        "wrong-proof",
        "column narrative is not what was logged",
    }


def test_the_copies_of_the_bundle_are_still_there_to_be_looked_at(demo):
    copies = sorted((demo.path / "tampered").iterdir())
    assert [copy.name for copy in copies] == [f"{n:02d}.zip" for n in range(1, 7)]
    assert all(verify_bundle(copy, vkey=demo.facts["vkey"]).status == 1 for copy in copies)


# --- The story ------------------------------------------------------------------------------------


def test_the_story_fits_one_screen(demo):
    lines = screen(demo.facts)
    commands = [
        line for line in lines if "evidence_tracker" in line or "evidence-tracker" in line or "--key" in line
    ]
    assert len(lines) <= 45
    assert all(len(line) <= 100 for line in lines if line not in commands)
    assert "10 caught" in "\n".join(lines)


def test_the_commands_that_it_proposes_work(demo, capsys, monkeypatch):
    monkeypatch.setenv("EVIDENCE_TRACKER_PASSPHRASE", demo.facts["passphrase"])
    here = ("--instance", str(demo.path))
    assert main(["custody", "verify", *here]) == 0
    assert main(["verify", str(demo.bundle("icc")), "--key", demo.facts["vkey"]]) == 0
    assert main(["submission", "check", demo.facts["bundles"]["icc"]["submission"], *here]) == 0
    assert main(["allegation", "matrix", demo.facts["allegation"], *here]) == 0
    assert "AGAINST" in capsys.readouterr().out


def test_a_promise_that_did_not_hold_is_named_and_decides_the_status(demo):
    expect = Expectations()
    expect.that(True, "not this")
    expect.that(False, "One bundle does not verify.")
    with expect.refused("It was not stopped.", GateClosed):
        pass
    with expect.refused("not this either", GateClosed) as refusal:
        stop_here()
    assert refusal.says == "The gate is closed."
    assert (expect.kept, expect.broken) == (2, ["One bundle does not verify.", "It was not stopped."])
    told = "\n".join(screen(demo.facts | {"kept": expect.kept, "broken": expect.broken}))
    assert "2 of 4 expectations did NOT hold:\n  One bundle does not verify." in told


def stop_here() -> None:
    raise GateClosed("The gate is closed.")


# --- Where it may work ----------------------------------------------------------------------------


def foreign_folder(path: Path) -> None:
    path.mkdir()
    (path / "thesis.txt").write_text("years of work")


def real_instance(path: Path) -> None:
    path.mkdir()
    (path / "config.toml").write_text('kind = "field"\ndatabase = "database.sqlite"\nvault = "vault"\n')


def demo_with_more_in_it(path: Path) -> None:
    path.mkdir()
    (path / "config.toml").write_text('kind = "demo"\n')
    (path / "my own notes").mkdir()


def broken_configuration(path: Path) -> None:
    path.mkdir()
    (path / "config.toml").write_bytes(b"\xff\xfe")


def a_file(path: Path) -> None:
    path.write_text("not a folder")


@pytest.mark.parametrize(
    "make", [foreign_folder, real_instance, demo_with_more_in_it, broken_configuration, a_file]
)
def test_what_is_no_earlier_demonstration_is_left_alone(tmp_path, capsys, make):
    path = tmp_path / "place"
    make(path)
    before = {one: one.read_bytes() if one.is_file() else b"" for one in [path, *path.rglob("*")]}

    assert main(["demo", "--instance", str(path), "--no-serve"]) == 1

    assert {one: one.read_bytes() if one.is_file() else b"" for one in [path, *path.rglob("*")]} == before
    assert "--instance" in capsys.readouterr().err


def test_a_link_is_not_followed(tmp_path):
    earlier_demo(tmp_path / "earlier")
    (tmp_path / "link").symlink_to(tmp_path / "earlier")
    with pytest.raises(NotReady, match="not a folder"):
        clear(tmp_path / "link")
    assert (tmp_path / "earlier" / "config.toml").exists()


def test_an_earlier_demonstration_is_cleared_to_the_last_file(tmp_path):
    earlier_demo(tmp_path / "earlier")
    clear(tmp_path / "earlier")
    assert list((tmp_path / "earlier").iterdir()) == []


def test_evidence_must_be_a_folder(tmp_path, capsys):
    assert main(["demo", "--instance", str(tmp_path / "new"), "--evidence", str(tmp_path / "none")]) == 2
    assert not (tmp_path / "new").exists()
    assert "does not exist" in capsys.readouterr().err
