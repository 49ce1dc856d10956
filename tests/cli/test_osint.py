"""The capture commands: happy path, forbidden actor, bad input, unknown reference."""

import json

import pytest

from tests.cast import MISSION
from tests.cli.running import CommandLine
from tests.factories.osint import POST

HERE = ("--compartment", f"{MISSION}-C")
CAPTURED = (
    "--url", POST,
    "--captured-at", "2026-02-01T10:00:00+02:00",
    "--method", "import-wacz",
    "--control", "controlled-client",
    "--tool", "archiver", "--tool-version", "1.2.7",
    "--collector", "amina",
    "--legality", "Readable without an account.",
    "--reason", "Named by a witness.",
)  # fmt: skip


@pytest.fixture
def cli(instance_path, capsys, monkeypatch):
    return CommandLine(instance_path, capsys, monkeypatch)


@pytest.fixture
def facts(tmp_path):
    def write(**stated):
        path = tmp_path / "facts.json"
        path.write_text(json.dumps(stated), "utf-8")
        return str(path)

    return write


def add(cli, *more):
    return cli.ask("amina", "capture", "add", *HERE, *CAPTURED, *more)


def exhibit(cli, tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<html>a post</html>")
    return cli.ask("amina", "exhibit", "receive", *HERE, "--no-examine", str(page))["reference"]


def test_a_capture_is_recorded_shown_listed_and_amended(cli, facts):
    made = add(cli, "--platform", "social", "--post-id", "4711")
    again = add(cli, "--from", facts(egress="tor", egress_ip="192.0.2.7"))

    assert again["same_address"] == [made["reference"]]
    shown = cli.ask("amina", "capture", "show", made["reference"])
    assert shown["captured_at"] == "2026-02-01T08:00:00.000000Z"
    assert shown["not_reviewed_yet"] == ["source", "content", "synthetic-check"]
    changed = cli.ask(
        "amina", "capture", "amend", made["reference"], "--uploader", "channel", "--version", "1"
    )
    assert changed["version"] == 2
    assert "saved by somebody else" in cli.refused(
        "amina", "capture", "amend", made["reference"], "--uploader", "other", "--version", "1"
    )
    assert len(cli.ask("amina", "capture", "same", POST + "#x")) == 2
    assert len(cli.ask("amina", "capture", "list", "--platform", "social")) == 1


def test_what_must_be_said_is_named(cli):
    said = cli.refused("amina", "capture", "add", *HERE, "--url", POST)

    for name in ("captured_at", "legality_attestation", "collector", "tool_version"):
        assert name in said


def test_a_time_without_its_zone_and_an_unknown_fact_are_refused(cli, facts):
    without = list(CAPTURED)
    without[3] = "2026-02-01T10:00:00"

    assert "instant with its zone" in cli.refused("amina", "capture", "add", *HERE, *without)
    assert "Unknown: sha256" in cli.refused(
        "amina", "capture", "add", *HERE, *CAPTURED, "--from", facts(sha256="x")
    )


def test_an_outsider_learns_of_no_capture(cli):
    reference = add(cli)["reference"]

    assert cli.ask("outsider", "capture", "list") == []
    assert cli.ask("outsider", "capture", "same", POST) == []
    assert "or you may not see it" in cli.refused("outsider", "capture", "show", reference)
    assert "or you may not see it" in cli.refused("amina", "capture", "show", "KYI-C-9999")
    assert "There is no compartment" in cli.refused("outsider", "capture", "add", *HERE, *CAPTURED)


def test_files_are_put_in_with_the_stated_digest_and_taken_out(cli, tmp_path):
    capture, file = add(cli)["reference"], exhibit(cli, tmp_path)

    cli.ask("amina", "capture", "add-file", capture, file, "--role", "html", "--digest", "sha256:" + "0" * 64)

    assert cli.ask("amina", "capture", "show", capture)["files"][0]["reference"] == file
    digests = cli.ask("amina", "exhibit", "show", file)["digests"]
    assert [one["is_match"] for one in digests if one["role"] == "stated-by-third-party"] == [False]
    cli.ask("amina", "capture", "remove-file", capture, file)
    assert "is not a file of" in cli.refused("amina", "capture", "remove-file", capture, file)


def test_a_later_look_finds_it_taken_down(cli):
    reference = add(cli)["reference"]
    cli.ask("amina", "capture", "look", reference, "--found", "deleted", "--at", "2026-02-20T00:00:00Z")
    cli.ask("amina", "capture", "look", reference, "--found", "deleted", "--http-status", "410")

    gone = cli.ask("amina", "capture", "show", reference)["taken_down"]

    assert gone["first_gone_at"] == "2026-02-20T00:00:00+00:00"


def test_an_assessment_is_reviewed_by_somebody_else(cli, facts):
    reference = add(cli)["reference"]
    stated = {
        "claim": "Shows the school.",
        "method": "content",
        "reference_material": "Photos of 2019",
        "finding": "probable",
        "reasoning": "Roof and fence.",
    }
    made = cli.ask("amina", "capture", "assess", reference, "--from", facts(**stated))["id"]
    cli.ask("amina", "capture", "amend-assessment", made, "--from", facts(finding="possible"))
    cli.ask("amina", "capture", "submit", made)

    assert "somebody else has to review it" in cli.refused(
        "amina", "capture", "review", made, "--accept", "--note", "fine"
    )
    assert (
        cli.ask("chen", "capture", "review", made, "--accept", "--note", "Agrees.")["state"]
        == "peer-reviewed"
    )
    later = cli.ask("amina", "capture", "assess", reference, "--supersedes", made, "--from", facts(**stated))
    rows = cli.ask("amina", "capture", "assessments", reference)
    assert [(row["id"], row["state"]) for row in rows] == [(made, "superseded"), (later["id"], "draft")]
    assert "is not the id" in cli.refused("amina", "capture", "submit", "seven")


def test_an_exhibit_is_assessed_too(cli, facts, tmp_path):
    reference = exhibit(cli, tmp_path)
    stated = {
        "claim": "Written by one person.",
        "method": "source",
        "reference_material": "Letters",
        "finding": "unverified",
        "reasoning": "Too short.",
    }

    cli.ask("amina", "capture", "assess", reference, "--from", facts(**stated))

    assert [row["method"] for row in cli.ask("amina", "capture", "assessments", reference)] == ["source"]
