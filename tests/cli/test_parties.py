"""The party commands: happy path, forbidden actor, bad input, unknown reference."""

import json

import pyrage
import pytest

from evidence_tracker.access.models import AccessEntry
from evidence_tracker.cli import stating
from tests.cli.running import CommandLine


@pytest.fixture
def cli(instance_path, capsys, monkeypatch):
    return CommandLine(instance_path, capsys, monkeypatch)


def add(cli, *more, kind="prosecutor", name="Fictional Prosecution Service"):
    return cli.ask("amina", "party", "add", "--kind", kind, "--name", name, *more)


def test_a_party_is_entered_shown_listed_amended_and_ended(cli):
    made = add(cli, "--class", "national-prosecutor", "--country", "nl", "--contact", "desk@example.org")
    assert (made["reference"], made["country"], made["legal_basis"]) == ("KYI-P-0001", "NL", None)
    assert "compartment_id" not in made
    shown = cli.ask("daria", "party", "show", "KYI-P-0001")
    assert (shown["agreements"], shown["instructions"]) == ([], [])
    [row] = cli.ask("daria", "party", "list", "--kind", "prosecutor", "--class", "national-prosecutor")
    assert row["name_latin"] == "Fictional Prosecution Service"
    changed = cli.ask(
        "amina",
        "party",
        "amend",
        "KYI-P-0001",
        "--set",
        "language=EN",
        "--set",
        "contact:=null",
        "--version",
        "1",
    )
    assert (changed["language"], changed["contact"], changed["version"]) == ("en", None, 2)
    assert "saved by somebody else" in cli.refused(
        "amina", "party", "amend", "KYI-P-0001", "--set", "language=fr", "--version", "1"
    )
    cli.ask("amina", "party", "end", "KYI-P-0001", "--reason", "dissolved")
    assert cli.ask("amina", "party", "list") == []
    assert len(cli.ask("amina", "party", "list", "--ended")) == 1


def test_a_person_reads_sentences_and_a_table(cli):
    status, out, _ = cli.run("amina", "party", "add", "--kind", "media", "--name", "Invented Gazette")
    assert (status, out) == (0, "KYI-P-0001 is in the directory: Invented Gazette.\n")
    _, out, _ = cli.run("amina", "party", "list")
    heading, row = out.splitlines()
    assert heading.split() == ["reference", "kind", "recipient", "class", "name", "latin", "country"]
    assert row.split() == ["KYI-P-0001", "media", "–", "Invented", "Gazette", "–"]
    _, out, _ = cli.run("amina", "party", "show", "KYI-P-0001")
    assert "name latin" in out


def test_a_long_list_is_shown_to_its_end(cli, monkeypatch):
    monkeypatch.setattr(stating, "PAGE_ROWS", 2)
    for number in range(5):
        add(cli, kind="media", name=f"Gazette {number}")
    assert len(cli.ask("amina", "party", "list")) == 5


def test_facts_come_from_a_file_and_the_command_line_wins(cli, tmp_path):
    facts = tmp_path / "party.toml"
    facts.write_text(
        'kind = "un-body"\nname = "Вигадана комісія"\nname_latin = "Vyhadana komisiia"\ncountry = "CH"\n',
        encoding="utf-8",
    )
    made = cli.ask("amina", "party", "add", "--from", str(facts), "--country", "AT", "--level", "restricted")
    assert (made["name"], made["country"], made["level"]) == ("Вигадана комісія", "AT", "RESTRICTED")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"colour": "red"}', "nothing here called colour"),
        ('{"governance": {}}', "nothing here called governance"),
        ('{"kind": "media"}', "Still missing: name"),
        ('{"kind": "media", "name": 7}', "must be text"),
        ('{"kind": "media", "name": "x", "age_recipients": "age1"}', "must be a list"),
        ("[1]", "holds no object"),
        ("{", "cannot be read as facts"),
        ("\udcff", "cannot be read as facts"),
        ("", "cannot be read as facts"),
    ],
)
def test_a_file_that_states_nothing_useful_is_refused(cli, tmp_path, content, said):
    facts = tmp_path / "facts.json"
    facts.write_bytes(content.encode("utf-8", "surrogateescape"))
    assert said in cli.refused("amina", "party", "add", "--from", str(facts))
    assert cli.ask("amina", "party", "list") == []


@pytest.mark.parametrize("setting", ["contact", "=x", ":=x", "contact:={"])
def test_a_setting_that_states_nothing_is_refused(cli, setting):
    add(cli)
    assert cli.refused("amina", "party", "amend", "KYI-P-0001", "--set", setting)


def test_the_outsider_gets_one_answer_for_what_exists_and_what_does_not(cli):
    add(cli)
    answers = [
        cli.refused("outsider", "party", "show", reference).replace(reference, "X")
        for reference in ("KYI-P-0001", "KYI-P-0099")
    ]
    assert answers[0] == answers[1]
    assert cli.ask("outsider", "party", "list") == []
    assert "may not" in cli.refused("outsider", "party", "add", "--kind", "media", "--name", "Mine")


def test_keys_are_replaced_by_a_supervisor(cli):
    add(cli)
    key = str(pyrage.x25519.Identity.generate().to_public())
    order = ("party", "keys", "KYI-P-0001", key, "--checked-how", "by telephone")
    assert "may not" in cli.refused("amina", *order)
    assert cli.ask("chen", *order)["age_recipients"] == [key]
    assert "not a public age key" in cli.refused(
        "chen", "party", "keys", "KYI-P-0001", "x", "--checked-how", "x"
    )


def test_an_agreement_goes_from_signature_to_end(cli):
    add(cli)
    add(cli, kind="partner", name="Fictional Aid")
    made = cli.ask(
        "amina", "party", "agreement", "add", "--subject", "Sharing", "--scope", "First accounts",
        "--with", "KYI-P-0001=recipient", "--signed-on", "2020-01-15", "--valid-until", "2999",
    )  # fmt: skip
    assert made["parties"] == ["KYI-P-0001"]
    reference = made["reference"]
    cli.ask("amina", "party", "agreement", "join", reference, "KYI-P-0002", "--role", "joint-controller")
    shown = cli.ask("daria", "party", "agreement", "show", reference)
    assert shown["parties"] == ["KYI-P-0002 (joint-controller)", "KYI-P-0001 (recipient)"]
    assert cli.ask("daria", "party", "show", "KYI-P-0002")["agreements"] == [reference]
    cli.ask("amina", "party", "agreement", "leave", reference, "KYI-P-0002")
    assert cli.ask("amina", "party", "agreement", "list", "--party", "KYI-P-0002", "--in-force") == []
    cli.ask("amina", "party", "agreement", "amend", reference, "--set", "scope=All accounts")
    cli.ask("amina", "party", "agreement", "end", reference, "--reason", "replaced")
    assert cli.ask("amina", "party", "agreement", "list", "--in-force") == []
    [row] = cli.ask("amina", "party", "agreement", "list")
    assert row["scope"] == "All accounts"


@pytest.mark.parametrize(
    ("member", "said"), [("KYI-P-0001", "names no role"), ("KYI-P-0001=x", "not a known role")]
)
def test_an_agreement_needs_known_roles(cli, member, said):
    add(cli)
    order = ("party", "agreement", "add", "--subject", "S", "--scope", "S", "--with", member)
    assert said in cli.refused("amina", *order)


def test_an_instruction_goes_from_letter_to_lifting(cli):
    add(cli)
    made = cli.ask(
        "amina", "party", "instruction", "add", "KYI-P-0001", "--person", "pn-7kq2mx",
        "--wording", "Leave her to us.", "--how", "letter 12", "--since", "2024-02-01",
    )  # fmt: skip
    reference = made["reference"]
    assert (made["person_code"], made["kind"]) == ("PN-7KQ2MX", "do-not-interview")
    assert cli.ask("daria", "party", "instruction", "show", reference)["source"] == "letter 12"
    assert cli.ask("daria", "party", "show", "KYI-P-0001")["instructions"] == [reference]
    assert "may not" in cli.refused("amina", "party", "instruction", "lift", reference, "--how", "letter 13")
    cli.ask("chen", "party", "instruction", "amend", reference, "--set", "area=Nova Vyhadana")
    cli.ask("chen", "party", "instruction", "lift", reference, "--how", "letter 13", "--version", "2")
    assert cli.ask("amina", "party", "instruction", "list", "--standing") == []
    assert len(cli.ask("amina", "party", "instruction", "list", "--party", "KYI-P-0001")) == 1
    assert cli.ask("outsider", "party", "instruction", "list") == []


def test_a_reading_of_what_is_restricted_is_noted(cli, instance):
    add(cli, "--level", "RESTRICTED")
    cli.ask("daria", "party", "show", "KYI-P-0001")
    with instance.reading() as session:
        entries = [(row.kind.value, row.what) for row in session.query(AccessEntry)]
    assert ("read", "party KYI-P-0001") in entries


def test_json_answers_are_json_also_when_refused(cli):
    status, out, _ = cli.run("outsider", "party", "show", "KYI-P-0001", "--json")
    assert status == 1
    assert json.loads(out)["kind"] == "NotFound"
