"""The allegation and crime commands: happy path, forbidden actor, bad input, unknown reference."""

import json

import pytest

from evidence_tracker.casework.allegations.packs import FOLDER
from tests.cli.running import CommandLine
from tests.factories import allegations as make_allegations
from tests.factories import exhibits, incidents


@pytest.fixture
def cli(instance_path, capsys, monkeypatch):
    return CommandLine(instance_path, capsys, monkeypatch)


@pytest.fixture
def things(instance, cast):
    """Return the references of an incident, an exhibit, a suspect and a company."""
    with instance.transaction() as session:
        return {
            "incident": incidents.incident(session, cast).reference,
            "exhibit": exhibits.receive(session, instance.vault, cast).reference,
            "suspect": incidents.suspect(session, cast).reference,
            "unit": incidents.unit(session, cast).reference,
        }


CONFINEMENT = make_allegations.CONFINEMENT


def add(cli, things, category=CONFINEMENT, *more):
    return cli.ask("daria", "allegation", "add", things["incident"], category, "--rationale", "Held.", *more)


def bear(cli, things, element, direction, *more):
    return cli.ask(
        "daria",
        *("allegation", "bear", "KYI-A-0001", str(element), things["exhibit"], "--direction", direction),
        *("--note", "The log of the guard.", "--at", "pp. 3-4", *more),
    )


def test_an_allegation_is_recorded_shown_listed_amended_and_moved_on(cli, things):
    made = add(cli, things)
    assert (made["reference"], made["status"], made["pack_version"]) == ("KYI-A-0001", "claimed", "2019.1")

    [row] = cli.ask("chen", "allegation", "list", "--incident", things["incident"], "--code", "8(2)(a)")
    assert (row["incident"], row["category"]) == (things["incident"], CONFINEMENT)
    assert cli.ask("chen", "allegation", "list", "--pack", "hr") == []
    changed = cli.ask(
        "daria", "allegation", "amend", "KYI-A-0001", "--rationale", "Better.", "--version", "1"
    )
    assert (changed["rationale"], changed["version"]) == ("Better.", 2)
    moved = cli.ask(
        "daria", "allegation", "status", "KYI-A-0001", "supported", "--reason", "Both accounts agree."
    )
    assert moved["status"] == "supported"
    assert cli.ask("chen", "allegation", "show", "KYI-A-0001")["status"] == "supported"


def test_what_counsel_should_see_is_said_beside_the_answer(cli, things):
    status, out, err = cli.run(
        "daria", "allegation", "add", things["incident"], "ua-cc:442-1", "--rationale", "Part of an attack."
    )

    assert (status, out) == (0, "KYI-A-0001 is claimed.\n")
    assert "For counsel: ua-cc 442-1 is in force from 2024-10-24, after the incident." in err


def test_both_ways_are_recorded_and_the_matrix_shows_them(cli, things):
    add(cli, things)
    bear(cli, things, 1, "inculpatory", "--strength", "3")
    against = bear(cli, things, 1, "exculpatory")
    cli.ask(
        "daria",
        "allegation",
        "finding",
        "KYI-A-0001",
        "1",
        "--state",
        "contested",
        "--reasoning",
        "Two logs.",
    )

    found = cli.ask("daria", "allegation", "matrix", "KYI-A-0001")
    assert (found["for"], found["against"], found["gaps"]) == (1, 1, [2, 3, 4, 5])
    assert found["elements"][0]["state"] == "contested"
    assert [row["allegation"] for row in cli.ask("daria", "allegation", "against")] == ["KYI-A-0001"]

    out = cli.run("daria", "allegation", "matrix", "KYI-A-0001")[1]
    assert "Nothing inculpatory bears on: 2, 3, 4, 5." in out
    assert out.index("AGAINST") < out.index("FOR     ***")
    assert f"{things['exhibit']} pp. 3-4: The log of the guard. (daria)" in out
    assert max(len(line) for line in out.splitlines()) <= 110

    end = ("allegation", "end-bearing", against["id"], "--reason", "The log was of another day.")
    assert "may not approve exceptions" in cli.refused("daria", *end)
    cli.ask("chen", *end)
    assert "Taken back: The log was of another day." in " ".join(
        cli.run("daria", "allegation", "matrix", "KYI-A-0001")[1].split()
    )


def test_a_bearing_and_a_finding_are_corrected_by_their_version(cli, things):
    add(cli, things)
    row = bear(cli, things, 2, "context")

    changed = cli.ask("daria", "allegation", "amend-bearing", row["id"], "--strength", "2", "--at", "whole")
    assert (changed["strength"], changed["anchor"], changed["direction"]) == (2, "", "context")
    finding = ("allegation", "finding", "KYI-A-0001", "2", "--state", "met", "--reasoning", "Yes.")
    cli.ask("daria", *finding)
    assert "has a finding already" in cli.refused("daria", *finding)
    assert cli.ask("daria", *finding[:-1], "Surely.", "--version", "1")["version"] == 2


def test_a_suspect_is_named_with_a_mode_and_released(cli, things):
    add(cli, things)
    named = cli.ask(
        "daria",
        *("allegation", "suspect", "KYI-A-0001", things["suspect"], "--mode", "28(a)"),
        *("--confidence", "possible", "--basis", "order signed"),
    )
    assert named["mode_code"] == "28(a)"
    assert cli.ask("daria", "allegation", "show", "KYI-A-0001")["suspects"][0]["suspect"] == things["suspect"]
    assert cli.ask("daria", "allegation", "against", "--suspect", things["suspect"]) == []
    cli.ask("daria", "allegation", "release", named["id"], "--reason", "Another man.")
    assert cli.ask("daria", "allegation", "show", "KYI-A-0001")["suspects"] == []


def test_bad_input_is_refused_with_advice(cli, things):
    new = ("allegation", "add", things["incident"])
    assert "is a heading" in cli.refused("daria", *new, "rome-statute:8", "--rationale", "x")
    assert "no category" in cli.refused("daria", *new, "rome-statute:9", "--rationale", "x")
    assert "name the articles" in cli.refused("daria", *new, "ua-cc:438(1)", "--rationale", "x")
    add(cli, things)
    assert "there is no 6" in cli.refused(
        "daria",
        *(
            "allegation",
            "bear",
            "KYI-A-0001",
            "6",
            things["exhibit"],
            "--direction",
            "context",
            "--note",
            "x",
        ),
    )
    assert "only for 6" in cli.refused(
        "daria",
        *("allegation", "suspect", "KYI-A-0001", things["suspect"], "--mode", "25(3)(e)"),
        *("--confidence", "possible", "--basis", "x"),
    )


def test_an_outsider_is_refused_and_learns_nothing(cli, things):
    add(cli, things)
    row = bear(cli, things, 1, "exculpatory")

    for words in (
        ("show", "KYI-A-0001"),
        ("matrix", "KYI-A-0001"),
        ("amend", "KYI-A-0001", "--rationale", "x"),
        ("status", "KYI-A-0001", "rejected", "--reason", "x"),
        ("end-bearing", row["id"], "--reason", "x"),
        ("matrix", "KYI-A-9999"),
    ):
        assert "you may not see" in cli.refused("outsider", "allegation", *words)
    assert cli.ask("outsider", "allegation", "list") == []
    assert cli.ask("outsider", "allegation", "against") == []


class TestCrimes:
    def test_packs_are_listed_with_their_digests(self, cli):
        rows = {row["pack"]: row for row in cli.ask("outsider", "crime", "packs")}

        assert set(rows) == {"rome-statute@2019.1", "ua-cc@2024-10-24", "hr@2026.1"}
        assert rows["rome-statute@2019.1"]["categories"] == 128
        assert all(len(row["sha256"]) == 64 for row in rows.values())

    def test_categories_are_found_by_code_topic_date_and_words(self, cli):
        def codes(*words):
            return [row["code"] for row in cli.ask("outsider", "crime", "list", *words)]

        assert codes("--under", "8(2)(a)(vii)") == ["8(2)(a)(vii)", "8(2)(a)(vii)-1", "8(2)(a)(vii)-2"]
        assert "7(1)(g)-1" in codes("--topic", "crsv")
        in_2022 = codes("--pack", "ua-cc", "--at", "2022-03-12")
        assert "438(1)" in in_2022
        assert "438(1)/2024" not in in_2022
        assert codes("--pack", "ua-cc@2024-10-24", "--search", "зґвалтування") == ["152"]
        assert codes("--search", "no such words") == []

    def test_an_unsure_category_is_never_shown_as_a_fact(self, cli):
        out = cli.run("outsider", "crime", "show", "ua-cc:438(1)/2024")[1]
        assert "NOT A FACT TO CITE: to be checked by counsel." in out
        assert "GC IV art 49" in out
        out = cli.run("outsider", "crime", "list", "--pack", "ua-cc", "--under", "438")[1]
        assert out.count("to be checked by counsel") == 2

    def test_a_category_is_shown_with_its_elements(self, cli):
        data = cli.ask("outsider", "crime", "show", "rome-statute:7(1)(f)")
        assert [one["n"] for one in data["elements"]] == [1, 2, 3, 4, 5]
        out = cli.run("outsider", "crime", "show", "rome-statute:7(1)(f)")[1]
        assert "  2  material    Victim(s) were in the perpetrator's custody" in out
        assert "no elements" in cli.run("outsider", "crime", "show", "hr:torture")[1]

    def test_modes_are_listed_with_their_limits(self, cli):
        rows = {row["code"]: row for row in cli.ask("outsider", "crime", "modes")}
        assert rows["25(3)(e)"]["only_for"] == ["6"]

    def test_a_pack_being_written_is_checked(self, cli, tmp_path):
        sound = cli.ask("outsider", "crime", "validate", str(FOLDER / "hr.yaml"))
        assert sound["categories"] == 22

        faulty = tmp_path / "faulty.yaml"
        faulty.write_bytes(
            (FOLDER / "hr.yaml").read_bytes().replace(b"code: torture", b"code: arbitrary-killing")
        )
        assert "stands twice" in cli.refused("outsider", "crime", "validate", str(faulty))
        faulty.write_text(json.dumps({"pack": {}}), encoding="utf-8")
        assert "required" in cli.refused("outsider", "crime", "validate", str(faulty))
        faulty.write_bytes(b"\xff\x00")
        cli.refused("outsider", "crime", "validate", str(faulty))
        assert "cannot be read" in cli.refused("outsider", "crime", "validate", str(tmp_path))
        assert "cannot be read" in cli.refused("outsider", "crime", "validate", str(tmp_path / "none.yaml"))

    def test_an_unknown_category_is_not_found(self, cli):
        assert "no category" in cli.refused("outsider", "crime", "show", "rome-statute:9")
        assert "no pack" in cli.refused("outsider", "crime", "list", "--pack", "icc")
