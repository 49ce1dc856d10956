"""The task commands: happy path, forbidden actor, bad input, unknown reference."""

import pytest

from tests.cast import MISSION
from tests.cli.running import CommandLine

HERE = ("--compartment", f"{MISSION}-C")
INCIDENT = (
    "--title", "Cellar of the school",
    "--kind", "confinement",
    "--occurred", "2022-03-12",
    "--narrative", "Thirty villagers were kept for twelve days.",
    "--basis", "A first account.",
)  # fmt: skip


@pytest.fixture
def cli(instance_path, capsys, monkeypatch):
    return CommandLine(instance_path, capsys, monkeypatch)


@pytest.fixture
def incident(cli):
    return cli.ask("amina", "incident", "add", *HERE, *INCIDENT)["reference"]


def give(cli, *more, to="chen", by="amina"):
    return cli.ask(by, "task", "add", "Look at the roof", "--to", to, *more)


def references(cli, login, *more):
    return [row["reference"] for row in cli.ask(login, "task", "list", *more)]


def test_a_task_is_given_listed_shown_and_finished(cli, incident):
    made = give(cli, "--about", incident.lower(), "--due-on", "2027-01-31", "--note", "The second picture")
    reference = made["reference"]
    assert (made["about"], made["to"], made["by"], made["due_on"]) == (
        incident,
        "chen",
        "amina",
        "2027-01-31",
    )
    assert references(cli, "chen") == [reference]
    assert references(cli, "amina") == []
    assert references(cli, "amina", "--given") == [reference]
    assert cli.ask("chen", "task", "show", reference)["note"] == "The second picture"

    done = cli.ask("chen", "task", "finish", reference.lower(), "--outcome", "Another roof", "--version", "1")
    assert (done["state"], done["version"]) == ("done", 2)
    assert references(cli, "chen") == []
    assert references(cli, "chen", "--state", "done") == references(cli, "chen", "--all") == [reference]
    assert cli.ask("amina", "task", "show", reference)["ended_reason"] == "Another roof"


def test_a_task_is_dropped_for_a_reason(cli):
    reference = give(cli)["reference"]
    status, _, err = cli.run("amina", "task", "drop", reference)
    assert (status, "--reason" in err) == (2, True)
    cli.ask("amina", "task", "drop", reference, "--reason", "The roof is known")
    assert "is dropped already" in cli.refused("chen", "task", "finish", reference)


def test_nobody_is_asked_about_what_they_may_not_read(cli, incident):
    assert "outsider may not read this" in cli.refused(
        "amina", "task", "add", "Look", "--to", "outsider", "--about", incident
    )
    hidden = cli.refused("outsider", "task", "add", "Look", "--to", "chen", "--about", incident)
    absent = cli.refused("outsider", "task", "add", "Look", "--to", "chen", "--about", "KYI-N-9999")
    assert hidden.replace(incident, "X") == absent.replace("KYI-N-9999", "X")


def test_others_see_no_task_and_end_none(cli):
    reference = give(cli)["reference"]
    assert references(cli, "outsider", "--all") == []
    assert "There is no task" in cli.refused("outsider", "task", "show", reference)
    assert "nor gave it" in cli.refused("daria", "task", "finish", reference)


def test_what_is_stated_is_read_strictly(cli):
    assert "not a date" in cli.refused("amina", "task", "add", "Look", "--to", "chen", "--due-on", "soon")
    assert "over already" in cli.refused(
        "amina", "task", "add", "x", "--to", "chen", "--due-on", "2020-01-01"
    )
    assert "title is missing" in cli.refused("amina", "task", "add", " ", "--to", "chen")
    assert "nobody" in cli.refused("amina", "task", "add", "Look", "--to", "nobody")


def test_an_empty_list_says_so(cli):
    assert "No such tasks." in cli.run("chen", "task", "list")[1]
