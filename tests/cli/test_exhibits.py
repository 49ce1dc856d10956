"""The exhibit commands: happy path, forbidden actor, bad input, unknown reference."""

import hashlib
import json
import os
import stat

import pytest

from evidence_tracker.access.models import AccessEntry
from evidence_tracker.casework.exhibits.models import ExhibitMetadata
from evidence_tracker.casework.persons.registration import add_person
from evidence_tracker.instance import open_instance
from evidence_tracker.keys.unlockers import CHEAP, Passphrase
from evidence_tracker.outbox import Promise
from tests.cast import MISSION, PASSPHRASE, gather
from tests.cli.running import CommandLine
from tests.factories.exhibits import png

HERE = ("--compartment", f"{MISSION}-C")


@pytest.fixture
def cli(instance_path, capsys, monkeypatch):
    return CommandLine(instance_path, capsys, monkeypatch)


@pytest.fixture
def look(instance_path):
    """Return a way to look into the instance beside the command line."""

    def read(question):
        opened = open_instance(instance_path, Passphrase(PASSPHRASE, CHEAP))
        with opened.transaction() as session:
            answer = question(session)
        opened.close()
        return answer

    return read


@pytest.fixture
def files(tmp_path):
    """Return a folder of two photos and a note."""
    folder = tmp_path / "card"
    (folder / "DCIM").mkdir(parents=True)
    for number in range(2):
        (folder / "DCIM" / f"IMG_{number}.png").write_bytes(png(number))
    (folder / "note.txt").write_text("Вигадана нотатка\n", "utf-8")
    return folder


def receive(cli, *words, login="amina", where=HERE):
    status, out, err = cli.run(login, "exhibit", "receive", *where, *map(str, words), "--json")
    return status, [json.loads(line) for line in out.splitlines()], err


def one(cli, path, *options):
    status, lines, err = receive(cli, path, "--no-examine", *options)
    assert status == 0, (lines, err)
    return lines[0]["reference"]


def facts(tmp_path, name="facts.json", **stated):
    path = tmp_path / name
    path.write_text(json.dumps(stated), "utf-8")
    return str(path)


def photos(cli, tmp_path, number=3):
    paths = []
    for seed in range(number):
        paths.append(tmp_path / f"in-situ-{seed}.png")
        paths[-1].write_bytes(png(100 + seed))
    _, lines, _ = receive(cli, *paths, "--no-examine")
    return [word for line in lines for word in ("--photo", f"in-situ={line['reference']}")]


REASONS = {
    "exception_reason": "The only fragment with a number.",
    "imminent_loss": "To be cleared the same day.",
    "lawful_basis": "Handed over in writing.",
    "authority_notified": "District police",
    "notified": "2025-01-02T10:00",
    "hazard": "none",
}


def thing(cli, tmp_path):
    item = facts(tmp_path, "item.json", **REASONS)
    answer = cli.ask("amina", "exhibit", "physical", *HERE, "--item", item, *photos(cli, tmp_path))
    return answer["reference"]


def test_a_folder_is_taken_in_one_line_of_json_a_file(cli, files, look):
    status, lines, _ = receive(cli, files)

    assert status == 0
    assert [line["reference"] for line in lines] == ["KYI-E-0001", "KYI-E-0002", "KYI-E-0003"]
    assert lines[0] == {
        "reference": "KYI-E-0001",
        "sha256": hashlib.sha256(png(0)).hexdigest(),
        "size": len(png(0)),
        "media_type": "image/png",
        "path": str(files / "DCIM" / "IMG_0.png"),
    }
    assert look(lambda session: session.query(ExhibitMetadata).count()) == 3
    assert look(lambda session: {row.state for row in session.query(Promise)}) == {"kept"}


def test_a_bad_file_is_a_line_of_its_own_and_the_others_go_on(cli, files):
    os.mkfifo(files / "DCIM" / "IMG_0.pipe")

    status, lines, _ = receive(cli, files, files / "nothing", "--no-examine")

    assert status == 1
    assert [line.get("reference") for line in lines] == [None, "KYI-E-0001", "KYI-E-0002", "KYI-E-0003", None]
    assert set(lines[0]) == {"path", "error", "advice"}
    assert "a pipe" in lines[0]["error"]


def test_a_person_reads_lines_and_errors_beside_them(cli, files):
    status, out, err = cli.run(
        "amina", "exhibit", "receive", *HERE, str(files), str(files / "nothing"), "--no-examine"
    )

    assert status == 1
    assert out.splitlines()[0].startswith("KYI-E-0001  ")
    assert "No such file" in err
    assert "nothing" not in out


def test_the_facts_of_the_options_reach_every_exhibit(cli, files):
    reference = one(
        cli,
        files / "note.txt",
        "--title", "Note from the village",
        "--collected", "2022-03-12T14:30", "--zone", "Europe/Kyiv", "--zone-basis", "village clock",
        "--place", "Вигадане", "--latitude", "50.1", "--longitude", "30.2", "--how-known", "GPS",
        "--device", "phone 3", "--language", "uk", "--level", "restricted",
        "--purpose", "case building", "--legal-basis", "GDPR 9(2)(f)",
    )  # fmt: skip
    shown = cli.ask("amina", "exhibit", "show", reference)

    assert shown["title"] == "Note from the village"
    assert shown["collected"]["zone"] == "Europe/Kyiv"
    assert shown["place"]["latitude"] == "50.1"
    assert (shown["level"], shown["legal_basis"]) == ("RESTRICTED", "GDPR 9(2)(f)")
    assert shown["original_name"] == "note.txt"


@pytest.mark.parametrize("name", ["sha256", "size_bytes", "media_type"])
def test_nobody_states_digest_size_or_media_type(cli, files, tmp_path, name):
    source = facts(tmp_path, **{name: "x"})

    said = cli.refused("amina", "exhibit", "receive", *HERE, str(files), "--from", source)

    assert name in said


def test_a_position_without_its_place_is_refused(cli, files):
    said = cli.refused(
        "amina", "exhibit", "receive", *HERE, str(files), "--latitude", "50", "--longitude", "30"
    )

    assert "place" in said


def test_nothing_is_read_for_somebody_who_may_not_take_in(cli, files, look):
    said = cli.refused("daria", "exhibit", "receive", *HERE, str(files))

    assert "may not take in exhibits" in said
    assert look(lambda session: session.query(AccessEntry).filter_by(kind="denied").count()) == 1


def test_the_source_is_linked_in_the_same_act(cli, files, look):
    def person(session):
        cast = gather(session)
        return add_person(
            session, compartment_id=cast.mission, facts={"age_band": "25-39"}, actor=cast.amina
        ).code

    code = look(person)
    reference = one(cli, files / "note.txt", "--source", code)

    assert cli.ask("amina", "exhibit", "show", reference)["persons"] == [
        {"person": code, "role": "source", "basis": None}
    ]
    cli.ask("amina", "exhibit", "link-person", reference, code, "--role", "depicted")
    cli.ask(
        "amina", "exhibit", "state-basis", reference, code, "--role", "depicted",
        "--basis", "necessity", "--note", "The only image of the scene.",
    )  # fmt: skip
    cli.ask("amina", "exhibit", "unlink-person", reference, code, "--role", "source", "--reason", "mistaken")
    assert cli.ask("amina", "exhibit", "show", reference)["persons"] == [
        {"person": code, "role": "depicted", "basis": "necessity"}
    ]
    assert "There is no person" in cli.refused(
        "amina", "exhibit", "link-person", reference, "PN-ZZZZZZ", "--role", "owner"
    )


def test_an_outsider_learns_of_no_exhibit(cli, files):
    reference = one(cli, files / "note.txt")

    assert cli.ask("outsider", "exhibit", "list") == []
    assert "or you may not see it" in cli.refused("outsider", "exhibit", "show", reference)
    assert "or you may not see it" in cli.refused("outsider", "exhibit", "show", "KYI-E-9999")


def test_lists_page_by_reference(cli, files):
    receive(cli, files, "--no-examine")

    first = cli.ask("amina", "exhibit", "list", "--limit", "2")
    second = cli.ask("amina", "exhibit", "list", "--limit", "2", "--after", first[-1]["reference"])

    assert sorted(row["reference"] for row in first + second) == ["KYI-E-0001", "KYI-E-0002", "KYI-E-0003"]
    assert [row["kind"] for row in cli.ask("amina", "exhibit", "list", "--kind", "document")] == ["document"]
    status, out, _ = cli.run("amina", "exhibit", "list")
    assert status == 0
    assert "KYI-E-0001" in out


def test_an_amendment_counts_versions_and_refuses_a_stale_one(cli, files):
    reference = one(cli, files / "note.txt")

    answer = cli.ask("amina", "exhibit", "amend", reference, "--title", "Note", "--version", "1")

    assert answer["version"] == 2
    assert "saved by somebody else" in cli.refused(
        "amina", "exhibit", "amend", reference, "--title", "Letter", "--version", "1"
    )


def test_the_original_comes_out_private_named_by_its_reference_and_once(cli, files, tmp_path):
    reference = one(cli, files / "DCIM" / "IMG_1.png")
    out = tmp_path / "out"
    out.mkdir()

    answer = cli.ask("chen", "exhibit", "extract", reference, "--to", str(out), "--purpose", "laboratory")

    path = out / f"{reference}.png"
    assert answer["path"] == str(path)
    assert path.read_bytes() == png(1)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "nothing is overwritten" in cli.refused(
        "chen", "exhibit", "extract", reference, "--to", str(out), "--purpose", "laboratory"
    )
    assert "may not extract originals" in cli.refused(
        "amina", "exhibit", "extract", reference, "--to", str(tmp_path / "x"), "--purpose", "look"
    )


def test_a_working_copy_is_checked_by_somebody_else(cli, files, tmp_path):
    reference = one(cli, files / "note.txt")
    redacted = tmp_path / "redacted.txt"
    redacted.write_text("[name]\n")
    words = ("--as-kind", "redaction", "--how", "one name taken out", "--tool", "by hand")

    copy = cli.ask("amina", "exhibit", "derive", reference, str(redacted), *words)["reference"]

    assert "somebody else has to check it" in cli.refused("amina", "exhibit", "check", copy)
    assert cli.ask("chen", "exhibit", "check", copy)["checked_by"] == "chen"
    shown = cli.ask("amina", "exhibit", "show", copy)
    assert (shown["made_from"], shown["title"]) == (
        reference,
        "Redaction",
    )  # a number of ours in it would close the gate
    assert cli.ask("amina", "exhibit", "show", reference)["derivatives"] == [copy]
    assert "is a folder" in cli.refused("amina", "exhibit", "derive", reference, str(tmp_path), *words)


def test_the_same_bytes_are_shown_within_rights(cli, files):
    first, second = one(cli, files / "note.txt"), one(cli, files / "note.txt")

    assert [row["reference"] for row in cli.ask("amina", "exhibit", "same", first)] == [second]
    assert "or you may not see it" in cli.refused("outsider", "exhibit", "same", first)


def test_a_stated_digest_is_compared_with_the_bytes(cli, files):
    reference = one(cli, files / "note.txt")
    right = hashlib.sha512((files / "note.txt").read_bytes()).hexdigest()
    words = (
        "exhibit",
        "state-digest",
        reference,
        "--role",
        "stated-by-third-party",
        "--stated-by",
        "partner",
    )

    assert cli.ask("amina", *words, "--algorithm", "sha512", "--value", right)["is_match"] is True
    status, out, _ = cli.run("amina", *words, "--value", "0" * 64)
    assert status == 0
    assert "DIFFERS" in out


def test_a_thing_waits_behind_its_gate(cli, tmp_path):
    empty = facts(tmp_path, "empty.json")

    said = cli.refused("amina", "exhibit", "physical", *HERE, "--item", empty)

    assert "exception_reason" in said
    assert "3 different photos in situ" in said
    reference = thing(cli, tmp_path)
    shown = cli.ask("amina", "exhibit", "show", reference)
    assert len(shown["item"]["photos"]) == 3
    assert "VIEW=REFERENCE" in cli.refused(
        "amina", "exhibit", "physical", *HERE, "--item", empty, "--photo", "KYI-E-0001"
    )


def test_a_thing_is_sealed_lent_and_comes_back(cli, tmp_path):
    reference = thing(cli, tmp_path)
    cli.ask("amina", "exhibit", "seal", reference, "a 17", "--when", "2025-01-03", "--container", "bag 2")
    out = (
        "exhibit", "transfer", reference,
        "--released-by", "amina", "--released-organisation", "Fictional Documentation Centre",
        "--received-by", "PN-LAB001", "--received-organisation", "Fictional Laboratory",
        "--when", "2025-01-10T10:00", "--zone", "Europe/Kyiv", "--reason", "examination", "--condition", "dry",
    )  # fmt: skip

    assert "nobody said whether it was intact" in cli.refused("amina", *out)
    moved = cli.ask("amina", *out, "--intact")
    assert moved["transfer"] == "KYI-T-0001"
    assert "second transfer cannot be open" in cli.refused("amina", *out, "--intact")
    held = cli.ask("amina", "exhibit", "show", reference)["custodian"]
    assert (held["name"], held["is_out"]) == ("PN-LAB001", True)
    back = ("exhibit", "return", reference, "--when", "2025-02-01", "--condition", "one cut made", "--intact")
    assert cli.ask("amina", *back)["transfer"] == "KYI-T-0001"
    cli.ask("amina", "exhibit", "unseal", reference, "--reason", "look", "--intact")
    assert "bears no seal" in cli.refused(
        "amina", "exhibit", "unseal", reference, "--reason", "look", "--intact"
    )


def test_holders_are_added_listed_and_corrected(cli, files, tmp_path):
    reference = one(cli, files / "note.txt")
    add = ("exhibit", "provenance", "add", reference)
    cli.ask("amina", *add, "--holder", "us", "--kind", "us", "--stated-by", "amina")
    cli.ask("amina", *add, "--holder", "phone", "--kind", "device", "--stated-by", "PN-A", "--position", "1")

    rows = cli.ask("amina", "exhibit", "provenance", "list", reference)
    assert [row["holder"] for row in rows] == ["phone", "us"]
    change = facts(tmp_path, held_from={"value": "2022-03", "zone": "Europe/Kyiv"})
    answer = cli.ask("amina", "exhibit", "provenance", "amend", reference, "1", "--from", change)
    assert answer["version"] == 2
    assert "has no holder 9" in cli.refused(
        "amina", "exhibit", "provenance", "amend", reference, "9", "--from", change
    )
    assert "Missing: kind, stated_by" in cli.refused("amina", *add, "--holder", "somebody")


def test_remains_and_their_parts_are_recorded(cli, files, tmp_path):
    exhibit = one(cli, files / "DCIM" / "IMG_0.png")
    stated = {
        "found": "2022-04-04",
        "position": {"name": "Вигадане", "latitude": "50.1", "longitude": "30.2", "how_known": "GPS"},
        "munition": "122 mm rocket",
        "confidence": "probable",
        "munition_basis": "fins",
    }
    add = ("exhibit", "remnant", "add", exhibit, "--from")

    assert "cleared" in cli.refused("amina", *add, facts(tmp_path, **stated, is_handled=True))
    reference = cli.ask("amina", *add, facts(tmp_path, **stated))["reference"]
    assert reference == "KYI-R-0001"
    part = cli.ask(
        "amina", "exhibit", "component", "add", reference, "--trademark-image", exhibit,
        "--from", facts(tmp_path, description="Chip", hs_code="8542.31"),
    )  # fmt: skip
    cli.ask("amina", "exhibit", "component", "amend", part["id"], "--from", facts(tmp_path, date_code="2139"))
    cli.ask("amina", "exhibit", "remnant", "amend", reference, "--from", facts(tmp_path, fuze="MRV"))
    shown = cli.ask("amina", "exhibit", "remnant", "show", reference)
    assert (shown["fuze"], shown["version"]) == ("MRV", 2)
    assert (shown["components"][0]["hs_code"], shown["components"][0]["date_code"]) == ("854231", "2139")
    assert [row["reference"] for row in cli.ask("amina", "exhibit", "remnant", "list")] == [reference]
    assert "or you may not see it" in cli.refused("outsider", "exhibit", "remnant", "show", reference)
    assert "is not an id" in cli.refused(
        "amina", "exhibit", "component", "amend", "seven", "--from", facts(tmp_path, date_code="2139")
    )


def test_reading_what_is_restricted_is_noted(cli, files, look):
    reference = one(cli, files / "note.txt", "--level", "RESTRICTED")
    cli.ask("amina", "exhibit", "show", reference)

    assert look(lambda session: [row.what for row in session.query(AccessEntry).filter_by(kind="read")]) == [
        f"exhibit {reference}"
    ]


def test_a_mission_lends_its_rules_to_what_it_brings(cli, files):
    mission = ("mission", "add", "--reference", "KYI-2026-07", "--title", "Spring")
    cli.ask(
        "olena", *mission, "--level", "RESTRICTED", "--purpose", "case building", "--legal-basis", "consent"
    )

    status, lines, err = receive(
        cli, files / "note.txt", "--no-examine", login="olena", where=("--mission", "kyi-2026-07")
    )

    assert status == 0, err
    shown = cli.ask("olena", "exhibit", "show", lines[0]["reference"])
    assert (shown["level"], shown["purpose"], shown["legal_basis"]) == (
        "RESTRICTED",
        "case building",
        "consent",
    )
    assert len(cli.ask("olena", "exhibit", "list", "--mission", "KYI-2026-07")) == 1
    assert "or you may not see it" in cli.refused(
        "amina", "exhibit", "receive", "--mission", "KYI-2026-07", str(files)
    )
    assert "one mission or into one compartment" in cli.refused("amina", "exhibit", "receive", str(files))
