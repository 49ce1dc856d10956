"""The actor commands: units, named persons, companies, their names, and who is refused."""

import click
import pytest

from evidence_tracker.cli.actors import actor
from evidence_tracker.cli.missions import mission
from evidence_tracker.cli.parties import party
from tests.cli.running import CommandLine


@pytest.fixture
def cli(instance_path, capsys, monkeypatch):
    return CommandLine(instance_path, capsys, monkeypatch)


def unit(cli, name="777th Fictional Regiment", *more):
    return cli.ask(
        "amina", "actor", "unit", "add", "--kind", "armed-forces", "--name", name,
        "--according-to", "order of battle", *more,
    )["reference"]  # fmt: skip


def suspect(cli, *more):
    return cli.ask(
        "amina", "actor", "suspect", "add", "--name", "Зеновій Вигадник", "--name-latin", "Zenovii Vyhadnyk",
        "--offence-basis", "authorised-by-national-law", "--legal-basis", "Fictional Data Act, article 10",
        "--level", "RESTRICTED", "--according-to", "two calls", *more,
    )["reference"]  # fmt: skip


def test_a_unit_is_recorded_named_found_and_amended(cli):
    one = unit(
        cli, "777th Fictional Regiment", "--echelon", "regiment", "--base", "Вигадане", "--country", "ua"
    )
    cli.ask("amina", "actor", "name", "add", one, "Сірі вовки", "--kind", "alias", "--language", "uk")
    cli.ask("amina", "actor", "identifier", "add", one, "00777", "--kind", "military-unit-number")
    shown = cli.ask("daria", "actor", "show", one)
    assert (shown["names"], shown["identifiers"]) == (["Сірі вовки (alias)"], ["military-unit-number 00777"])
    assert [row["reference"] for row in cli.ask("daria", "actor", "search", "СІРІ")] == [one]
    changed = cli.ask("amina", "actor", "unit", "amend", one, "--set", "echelon=brigade", "--version", "1")
    assert changed["echelon"] == "brigade"
    assert len(cli.ask("amina", "actor", "unit", "list", "--kind", "armed-forces", "--country", "ua")) == 1
    [name] = cli.ask("amina", "actor", "name", "list", one)
    cli.ask("amina", "actor", "name", "end", name["id"], "--reason", "another unit")
    [number] = cli.ask("amina", "actor", "identifier", "list", one)
    cli.ask("amina", "actor", "identifier", "end", number["id"], "--reason", "misread")
    assert cli.ask("daria", "actor", "search", "сірі") == []


def test_the_chain_of_command_of_a_day(cli):
    low, middle, top = unit(cli, "Regiment"), unit(cli, "Division"), unit(cli, "Army")
    link = cli.ask(
        "amina", "actor", "unit", "under", low, middle, "--basis", "order", "--until", "2022-05",
        "--confidence", "confirmed",
    )  # fmt: skip
    cli.ask("amina", "actor", "unit", "under", middle, top, "--basis", "order")
    steps = cli.ask("amina", "actor", "unit", "chain", low, "--at", "2022-03-12")
    assert [(step["depth"], step["name"]) for step in steps] == [(1, "Division"), (2, "Army")]
    assert cli.ask("amina", "actor", "unit", "chain", low, "--at", "2022-07") == []
    assert len(cli.ask("amina", "actor", "unit", "chain", top, "--down")) == 2
    assert "stands under" in cli.refused("amina", "actor", "unit", "under", top, low, "--basis", "x")
    cli.ask("amina", "actor", "unit", "amend-link", link["id"], "--set", "until:=null")
    assert len(cli.ask("amina", "actor", "unit", "chain", low, "--at", "2022-07")) == 2
    cli.ask("amina", "actor", "unit", "end-link", link["id"], "--reason", "forged")
    assert cli.ask("amina", "actor", "unit", "chain", low) == []


def test_a_named_person_is_recorded_on_a_basis_and_holds_posts(cli):
    person, regiment = suspect(cli, "--capacity", "commander", "--nationality", "ua"), unit(cli)
    post = cli.ask(
        "amina", "actor", "suspect", "post", person, "--unit", regiment, "--title", "commander",
        "--since", "2021", "--until", "2022-05", "--according-to", "decree",
    )  # fmt: skip
    [row] = cli.ask("daria", "actor", "suspect", "posts", person, "--at", "2022-03-12")
    assert row["in_unit"].startswith(regiment)
    cli.ask("amina", "actor", "suspect", "amend-post", post["id"], "--set", "rank=colonel")
    cli.ask("amina", "actor", "suspect", "end-post", post["id"], "--reason", "namesake")
    assert cli.ask("daria", "actor", "suspect", "posts", person) == []
    assert cli.ask("amina", "actor", "suspect", "list", "--capacity", "commander")[0]["reference"] == person
    assert cli.ask("amina", "actor", "suspect", "amend", person, "--set", "gender=m")["gender"] == "m"
    assert "legal basis" in cli.refused("amina", "actor", "suspect", "amend", person, "--set", "legal_basis=")


def test_without_a_legal_basis_no_person_is_recorded(cli):
    said = cli.refused(
        "amina", "actor", "suspect", "add", "--name", "X", "--offence-basis", "authorised-by-national-law",
        "--according-to", "x",
    )  # fmt: skip
    assert "Nobody stated the legal basis" in said
    assert cli.ask("amina", "actor", "suspect", "list") == []


def test_a_company_is_recorded_and_holds_posts_too(cli):
    made = cli.ask(
        "amina", "actor", "company", "add", "--name", "Fictional Semiconductors", "--registration-number",
        "00-000", "--registration-country", "NL", "--headquarters-country", "US", "--according-to", "register",
    )["reference"]  # fmt: skip
    cli.ask("amina", "actor", "company", "amend", made, "--set", "ownership=Fictional Holding")
    assert len(cli.ask("amina", "actor", "company", "list", "--headquarters-country", "us")) == 1
    person = suspect(cli)
    cli.ask(
        "amina",
        "actor",
        "suspect",
        "post",
        person,
        "--company",
        made,
        "--title",
        "owner",
        "--according-to",
        "x",
    )
    assert cli.ask("daria", "actor", "suspect", "posts", person)[0]["title"] == "owner"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("unit", "add", "--name", "X"), "Still missing: kind, source"),
        (
            ("unit", "add", "--name", "Полк", "--kind", "police", "--according-to", "x"),
            "form in Latin letters",
        ),
        (("unit", "amend", "KYI-U-0009", "--set", "echelon=corps"), "There is no unit"),
        (("show", "KYI-U-0009"), "There is no actor"),
        (("suspect", "post", "KYI-U-0009", "--title", "x"), "There is no suspect"),
        (
            ("company", "add", "--name", "X", "--according-to", "x", "--set", "reference=KYI-U-0001"),
            "called reference",
        ),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(cli, words, said):
    assert said in cli.refused("amina", "actor", *words)


def test_the_outsider_finds_nobody_by_any_way(cli):
    one, person = unit(cli), suspect(cli)
    for reference in (one, person, "KYI-U-0099"):
        assert f"There is no actor '{reference}'" in cli.refused("outsider", "actor", "show", reference)
    for words in (("search", "fictional"), ("unit", "list"), ("suspect", "list"), ("company", "list")):
        assert cli.ask("outsider", "actor", *words) == []
    for noun, verb, reference in (
        ("unit", "chain", one),
        ("suspect", "posts", person),
        ("name", "list", one),
    ):
        assert "There is no" in cli.refused("outsider", "actor", noun, verb, reference)
    assert "may not" in cli.refused(
        "outsider", "actor", "unit", "add", "--name", "X", "--kind", "police", "--according-to", "x"
    )


@pytest.mark.parametrize("noun", [party, mission, actor])
def test_every_command_and_every_option_says_what_it_does(noun):
    waiting: list[click.Command] = [noun]
    while waiting:
        command = waiting.pop()
        assert command.help, f"{command.name} is missing its help"
        silent = [one.name for one in command.params if isinstance(one, click.Option) and not one.help]
        assert silent == [], f"options of {command.name} without help"
        waiting.extend(command.commands.values() if isinstance(command, click.Group) else [])
