"""The incident commands: happy path, forbidden actor, bad input, unknown reference."""

import json

import pytest

from evidence_tracker.access.models import AccessEntry
from tests.cli.running import CommandLine
from tests.factories import exhibits
from tests.factories import incidents as make


@pytest.fixture
def cli(instance_path, capsys, monkeypatch):
    return CommandLine(instance_path, capsys, monkeypatch)


@pytest.fixture
def things(instance, cast):
    """Return the references of a photo, a remnant, a person and a unit."""
    with instance.transaction() as session:
        return {
            "exhibit": exhibits.receive(session, instance.vault, cast).reference,
            "remnant": exhibits.remnant(session, instance.vault, cast).reference,
            "person": make.person(session, cast).code,
            "unit": make.unit(session, cast).reference,
        }


def add(cli, *more, who="amina"):
    return cli.ask(
        who,
        *("incident", "add", "--compartment", "KYI-2026-01-C", "--title", "Cellar of the school"),
        *("--kind", "confinement", "--occurred", "2022-03-12T14:30", "--zone", "Europe/Kyiv"),
        *("--place", "Вигадане", "--country", "ua", "--narrative", "Thirty villagers in the cellar."),
        *("--basis", "two first accounts", *more),
    )


def test_an_incident_is_recorded_shown_listed_and_amended(cli):
    made = add(cli, "--legal-basis", "fictional act", "--set", "damage=cellar door")
    assert (made["reference"], made["legal_basis"], made["damage"]) == (
        "KYI-N-0001",
        "fictional act",
        "cellar door",
    )
    assert (made["occurred"]["zone"], made["place"]["country"]) == ("Europe/Kyiv", "UA")

    shown = cli.ask("daria", "incident", "show", "KYI-N-0001")
    assert (shown["casualties"], shown["persons"], shown["evidence"]) == ([], [], [])
    [row] = cli.ask(
        "daria", "incident", "list", "--kind", "confinement", "--since", "2022-03-12", "--until", "2022"
    )
    assert (row["title"], row["occurred"]) == ("Cellar of the school", "2022-03-12T14:30 (Europe/Kyiv)")
    assert cli.ask("daria", "incident", "list", "--since", "2022-03-14") == []

    changed = cli.ask(
        "amina", "incident", "amend", "KYI-N-0001", "--set", "warning_given=no", "--version", "1"
    )
    assert (changed["warning_given"], changed["version"]) == ("no", 2)
    assert "saved by somebody else" in cli.refused(
        "amina", "incident", "amend", "KYI-N-0001", "--title", "x", "--version", "1"
    )


def test_everything_that_hangs_on_it_is_linked_shown_and_ended(cli, things):
    add(cli)
    cli.ask(
        "amina",
        *(
            "incident",
            "link",
            "KYI-N-0001",
            things["exhibit"],
            "--shows",
            "The door.",
            "--stance",
            "contradicts",
        ),
        *("--at", "p. 2"),
    )
    count = cli.ask(
        "amina",
        "incident",
        "casualty",
        "KYI-N-0001",
        "--harm",
        "injured",
        "--min",
        "2",
        "--basis",
        "village list",
    )
    cli.ask("amina", "incident", "person", "KYI-N-0001", things["person"], "--role", "witness")
    cli.ask(
        "amina",
        *("incident", "actor", "KYI-N-0001", things["unit"], "--role", "controlled-area"),
        *("--confidence", "probable", "--basis", "flags"),
    )
    cli.ask("amina", "incident", "remnant", "KYI-N-0001", things["remnant"], "--attribution", "in the wall")

    shown = cli.ask("amina", "incident", "show", "KYI-N-0001")
    assert [(e["evidence"], e["passage"], e["stance"]) for e in shown["evidence"]] == [
        (things["exhibit"], "p. 2", "contradicts")
    ]
    assert [person["person"] for person in shown["persons"]] == [things["person"]]
    assert [actor["actor"] for actor in shown["actors"]] == [things["unit"]]
    assert [found["remnant"] for found in shown["remnants"]] == [things["remnant"]]
    assert [(c["harm"], c["count_min"], c["count_max"]) for c in shown["casualties"]] == [
        ("injured", 2, None)
    ]

    for row in (count, *shown["evidence"], *shown["persons"], *shown["actors"], *shown["remnants"]):
        cli.ask("amina", "incident", "end", row["id"], "--reason", "another village")
    after = cli.ask("amina", "incident", "show", "KYI-N-0001")
    assert all(after[name] == [] for name in ("evidence", "persons", "actors", "remnants", "casualties"))


def test_facts_come_from_a_file(cli, tmp_path):
    path = tmp_path / "facts.json"
    path.write_text(
        json.dumps({**make.CONFINEMENT, "weapon_system": "none", "advantage_notes": None}), encoding="utf-8"
    )

    made = cli.ask("amina", "incident", "add", "--compartment", "KYI-2026-01-C", "--from", str(path))
    assert made["weapon_system"] == "none"
    path.write_text(json.dumps({**make.CONFINEMENT, "crime": "torture"}), encoding="utf-8")
    assert "crime" in cli.refused(
        "amina", "incident", "add", "--compartment", "KYI-2026-01-C", "--from", str(path)
    )


def test_a_person_reads_sentences_and_a_table(cli):
    add(cli)

    assert "KYI-N-0001" in cli.run("amina", "incident", "list")[1]
    out = cli.run("amina", "incident", "show", "KYI-N-0001")[1]
    assert "Thirty villagers in the cellar." in out
    assert cli.run("outsider", "incident", "list")[1] == "Nothing here yet.\n"


def test_reading_what_is_restricted_leaves_a_line_in_the_access_log(cli, instance, things):
    add(cli)
    cli.ask("daria", "incident", "show", "KYI-N-0001")
    cli.ask("amina", "incident", "person", "KYI-N-0001", things["person"], "--role", "victim")
    cli.ask("daria", "incident", "show", "KYI-N-0001")

    with instance.reading() as session:
        lines = [entry.what for entry in session.query(AccessEntry) if entry.kind == "read"]
    assert lines == ["incident KYI-N-0001"]


def test_an_outsider_is_refused_and_learns_nothing(cli, things):
    add(cli)

    for words in (("show", "KYI-N-0001"), ("amend", "KYI-N-0001", "--title", "x"), ("show", "KYI-N-9999")):
        assert "or you may not see it" in cli.refused("outsider", "incident", *words)
    assert "may not" in cli.refused(
        "outsider",
        *("incident", "add", "--compartment", "KYI-2026-01-C", "--title", "x", "--kind", "other"),
        *("--occurred", "2022", "--narrative", "x", "--basis", "x"),
    )


def test_bad_input_is_refused_with_advice(cli, things):
    add(cli)

    link = ("incident", "link", "KYI-N-0001")
    assert "passage" in cli.refused(
        "amina", *link, things["exhibit"], "--shows", "x", "--stance", "context", "--at", "?"
    )
    assert "neither" in cli.refused("amina", *link, "KYI-N-0001", "--shows", "x", "--stance", "context")
    assert "needs its harm" in cli.refused(
        "amina", "incident", "casualty", "KYI-N-0001", "--min", "1", "--basis", "x"
    )
    assert "home" in cli.refused(
        "amina",
        *("incident", "add", "--title", "x", "--kind", "other", "--occurred", "2022"),
        *("--narrative", "x", "--basis", "x"),
    )
    assert cli.run("amina", "incident", "end", "not-an-id", "--reason", "x")[0] == 2
    unknown = "00000000-0000-0000-0000-000000000000"
    assert "or you may not see it" in cli.refused("amina", "incident", "end", unknown, "--reason", "x")
