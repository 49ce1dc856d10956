"""The person commands: happy path, forbidden actor, bad input, unknown code."""

import json
import os
from uuid import UUID

import pytest

from evidence_tracker.access.models import AccessEntry
from evidence_tracker.cli import main
from evidence_tracker.custody.history import events_of
from tests.cast import MISSION, PASSPHRASE
from tests.cli.running import CommandLine, descriptor

HOME = ("--compartment", f"{MISSION}-C")


@pytest.fixture
def cli(instance_path, capsys, monkeypatch):
    return CommandLine(instance_path, capsys, monkeypatch)


def add(cli, *more):
    return cli.ask("amina", "person", "add", *HOME, "--age-band", "25-39", *more)


def test_a_person_is_registered_shown_listed_and_corrected_by_code_alone(cli):
    made = add(
        cli,
        "--role",
        "witness",
        "--language",
        "UK",
        "--name",
        "Оксана Вигаданенко",
        "--phone",
        "067 555 01 23",
    )
    code = made["code"]
    assert (made["level"], made["languages"], made["identity"]) == (
        "RESTRICTED",
        ["uk"],
        ["legal_name", "phone"],
    )
    assert "Вигаданенко" not in json.dumps(made, ensure_ascii=False)
    shown = cli.ask("daria", "person", "show", code[3:].lower())
    assert (shown["code"], shown["identity"], shown["threat"]) == (code, ["legal_name", "phone"], None)
    assert [
        row["code"] for row in cli.ask("chen", "person", "list", "--protection", "standard", "--adult")
    ] == [code]
    changed = cli.ask(
        "amina", "person", "amend", code, "--set", "protection_level=critical", "--version", "1"
    )
    assert (changed["protection_level"], changed["version"]) == ("critical", 2)
    assert "saved by somebody else" in cli.refused(
        "amina", "person", "amend", code, "--set", "protection_level=none", "--version", "1"
    )


def test_a_child_is_registered_as_one_and_in_doubt_nobody_is(cli):
    made = cli.ask("amina", "person", "add", *HOME, "--child", "--role", "victim")
    assert (made["is_child"], made["age_band"]) == (True, "unknown")
    assert "not said whether" in cli.refused("amina", "person", "add", *HOME)
    assert "never below RESTRICTED" in cli.refused(
        "amina", "person", "add", *HOME, "--child", "--level", "internal"
    )


def test_a_person_has_one_home(cli):
    for place in ((), (*HOME, "--mission", MISSION)):
        assert "Name the mission, or the compartment" in cli.refused(
            "amina", "person", "add", *place, "--adult"
        )
    assert "no compartment" in cli.refused("outsider", "person", "add", *HOME, "--adult")


def test_a_person_of_a_mission_has_its_purpose_and_basis(cli):
    cli.ask(
        "olena", "mission", "add", "--reference", "KYI-2026-07", "--title", "Fictional", "--mandate", "board", "--country", "UA",
        "--purpose", "documentation", "--legal-basis", "Article 6(1)(f) GDPR",
    )  # fmt: skip
    made = cli.ask("olena", "person", "add", "--mission", "KYI-2026-07", "--adult")
    assert (made["level"], made["purpose"], made["legal_basis"]) == (
        "RESTRICTED",
        "documentation",
        "Article 6(1)(f) GDPR",
    )


def test_a_custodian_reveals_with_a_reason_and_the_log_keeps_it(cli, instance):
    code = add(cli, "--name", "Оксана Вигаданенко", "--alias", "Ластівка", "--alias", "Ксенія")["code"]
    opened = cli.ask("bohdan", "person", "reveal", code, "--reason", "to call her", "--field", "alias")
    assert opened == {"code": code, "alias": ["Ластівка", "Ксенія"]}
    everything = cli.ask("bohdan", "person", "reveal", code, "--reason", "to call her")
    assert everything["legal_name"] == ["Оксана Вигаданенко"]
    with instance.reading() as session:
        person_id = session.connection().exec_driver_sql("SELECT id FROM person").scalar_one()
        reasons = [
            event.values["reason"]
            for event in events_of(session, instance.keyring, UUID(person_id))
            if event.values["act"] == "identity_revealed"
        ]
    assert reasons == ["to call her", "to call her"]


@pytest.mark.parametrize("who", ["amina", "chen", "daria"])
def test_nobody_else_reveals_and_the_attempt_is_noted(cli, instance, who):
    code = add(cli, "--name", "Оксана Вигаданенко")["code"]
    said = cli.refused(who, "person", "reveal", code, "--reason", "curiosity")
    assert "may not reveal identities here" in said
    assert "Вигаданенко" not in said
    with instance.reading() as session:
        denied = [row.what for row in session.query(AccessEntry).filter_by(kind="denied")]
    assert any("reveal identities" in what for what in denied)


def test_the_outsider_cannot_tell_a_code_that_exists_from_one_that_does_not(cli):
    code = add(cli)["code"]
    for command in ("show", "reveal", "amend"):
        more = ["--reason", "x"] if command == "reveal" else []
        there = cli.refused("outsider", "person", command, code, *more)
        not_there = cli.refused("outsider", "person", command, "PN-000000", *more)
        assert there.replace(code, "") == not_there.replace("PN-000000", "")
    assert cli.ask("outsider", "person", "list") == []


def test_bad_codes_and_unknown_facts_are_refused_by_name(cli):
    assert "not the code of a person" in cli.refused("amina", "person", "show", "Marusya")
    code = add(cli)["code"]
    assert "nothing here called colour" in cli.refused(
        "amina", "person", "amend", code, "--set", "colour=red"
    )
    assert "nothing here called code" in cli.refused(
        "amina", "person", "amend", code, "--set", "code=PN-000000"
    )
    status, _, _ = cli.run("amina", "person", "add", *HOME, "--age-band", "old")
    assert status == 2


def test_an_identity_comes_from_a_file_or_a_descriptor(cli, tmp_path):
    source = tmp_path / "identity.json"
    source.write_text(json.dumps({"legal_name": "Перша", "alias": ["А́лія", "Інша"]}), encoding="utf-8")
    code = add(cli, "--identity-from", str(source))["code"]
    read_end, write_end = os.pipe()
    os.write(write_end, b'{"phone": "111 222 333 444"}\n')
    os.close(write_end)
    sealed = cli.ask("amina", "person", "seal", code, "--identity-fd", str(read_end), "--beside")
    os.close(read_end)
    assert sealed == {"code": code, "sealed": ["phone"]}
    opened = cli.ask("bohdan", "person", "reveal", code, "--reason", "tests")
    assert (opened["alias"], opened["phone"]) == (["А́лія", "Інша"], ["111 222 333 444"])


@pytest.mark.parametrize("content", ["not json", "[1]", '{"surname": "X"}', '{"legal_name": ["A", "B"]}'])
def test_an_identity_that_cannot_be_one_is_refused(cli, tmp_path, content):
    source = tmp_path / "identity.json"
    source.write_text(content, encoding="utf-8")
    cli.refused("amina", "person", "add", *HOME, "--adult", "--identity-from", str(source))
    assert cli.ask("amina", "person", "list") == []


def test_without_a_terminal_nothing_is_asked(cli):
    assert "no terminal" in cli.refused("amina", "person", "add", *HOME, "--adult", "--ask", "legal_name")
    code = add(cli)["code"]
    assert "nothing to seal" in cli.refused("amina", "person", "seal", code)


def test_names_do_not_stay_on_the_command_line_of_a_real_instance(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("EVIDENCE_TRACKER_PASSPHRASE", raising=False)

    def run(*words):
        with descriptor(PASSPHRASE) as number:
            status = main([*words, "--instance", str(tmp_path / "real"), "--passphrase-fd", str(number)])
        return status, capsys.readouterr().err

    founding = ("--organisation", "Fictional", "--origin", "evidence.example/real", "--kind", "field")
    assert run("init", *founding)[0] == 0
    status, err = run(
        "person", "add", "--compartment", "REA", "--adult", "--name", "Оксана", "--alias", "Ластівка"
    )
    assert status == 1
    assert "--name, --alias would stay in the history of the shell" in err
    assert "Оксана" not in err


def test_a_threat_is_assessed_corrected_listed_and_falls_due(cli):
    code = add(cli)["code"]
    made = cli.ask(
        "amina", "person", "threat", "add", code, "--threat", "high", "--threats", "calls at night",
        "--review-on", "2099-01-01", "--protection", "critical", "--anonymous",
    )  # fmt: skip
    assert (made["threat_level"], made["wishes_anonymity"], made["code"]) == ("high", True, code)
    assert cli.ask("amina", "person", "show", code)["protection_level"] == "critical"
    cli.ask("amina", "person", "threat", "amend", code, "1", "--set", "measures=moved", "--version", "1")
    [row] = cli.ask("daria", "person", "threat", "list", code)
    assert (row["number"], row["measures"]) == (1, "moved")
    assert [one["what"] for one in cli.ask("amina", "person", "due", "--until", "2099-01-02")] == ["review"]
    assert cli.ask("amina", "person", "due") == []
    assert cli.ask("outsider", "person", "due", "--until", "2099-01-02") == []
    assert "no number 2" in cli.refused(
        "amina", "person", "threat", "amend", code, "2", "--set", "measures=x"
    )
    assert "Not stated: threats" in cli.refused(
        "amina", "person", "threat", "add", code, "--threat", "low", "--review-on", "2099-01-01"
    )


def test_an_incident_is_noted_completed_and_listed(cli):
    code = add(cli)["code"]
    cli.ask(
        "amina", "person", "incident", "add", code, "--kind", "threat", "--happened", "2026-02", "--description", "a call"
    )  # fmt: skip
    cli.ask("amina", "person", "incident", "amend", code, "1", "--set", "response=new number")
    [row] = cli.ask("amina", "person", "incident", "list", code)
    assert (row["when"], row["response"]) == ("2026-02", "new number")
    assert "not a date" in cli.refused(
        *(
            "amina",
            "person",
            "incident",
            "add",
            code,
            "--kind",
            "threat",
            "--happened",
            "soon",
            "--description",
            "x",
        )
    )


def test_help_is_offered_answered_and_followed_up(cli):
    code = add(cli)["code"]
    cli.ask("amina", "party", "add", "--kind", "service-provider", "--name", "Fictional Clinic")
    cli.ask("amina", "person", "referral", "offer", code, "--need", "medical", "--follow-up-on", "2099-01-01")
    assert "one provider" in cli.refused(
        "amina", "person", "referral", "answer", code, "1", "--accepted", "--may-share"
    )
    made = cli.ask(
        "amina", "person", "referral", "answer", code, "1", "--accepted", "--may-share", "--provider", "KYI-P-0001"
    )  # fmt: skip
    assert (made["outcome"], made["consent_to_share"]) == ("accepted", True)
    cli.ask("amina", "person", "referral", "amend", code, "1", "--set", "note=ask again")
    [row] = cli.ask("amina", "person", "referral", "list", code)
    assert (row["number"], row["outcome"], row["note"]) == (1, "accepted", "ask again")
    assert cli.ask("amina", "person", "show", code)["referrals"] == ["medical: accepted"]
    assert [one["what"] for one in cli.ask("amina", "person", "due", "--until", "2099-01-01")] == [
        "follow up"
    ]


def test_a_person_is_linked_to_a_suspect_and_the_link_ended(cli):
    code = add(cli)["code"]
    suspect = cli.ask(
        *("amina", "actor", "suspect", "add", "--name", "Invented Commander", "--capacity", "commander"),
        *(
            "--offence-basis",
            "authorised-by-national-law",
            "--legal-basis",
            "invented act",
            "--according-to",
            "order",
        ),
    )["reference"]
    made = cli.ask(
        *(
            "amina",
            "person",
            "link",
            "add",
            code,
            suspect,
            "--relation",
            "subordinate",
            "--basis",
            "first account",
        )
    )
    assert (made["level"], made["suspect"]) == ("RESTRICTED", suspect)
    cli.ask("amina", "person", "link", "end", code, "1", "--reason", "another man of the same name")
    [row] = cli.ask("daria", "person", "link", "list", code)
    assert row["ended_at"] is not None
    assert "was ended before" in cli.refused("amina", "person", "link", "end", code, "1", "--reason", "x")
    for login, reference in (("amina", "KYI-U-0999"), ("outsider", suspect)):
        assert "or you may not see" in cli.refused(
            *(login, "person", "link", "add", code, reference, "--relation", "relative", "--basis", "x")
        )


def test_a_reading_of_restricted_persons_is_noted(cli, instance):
    code = add(cli)["code"]
    cli.ask("daria", "person", "show", code)
    with instance.reading() as session:
        read = [row.what for row in session.query(AccessEntry).filter_by(kind="read")]
    assert f"person {code}" in read
