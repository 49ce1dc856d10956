"""The consent commands: happy path, forbidden actor, bad input, unknown code."""

import json

import pytest

from evidence_tracker.outbox import Promise
from tests.cast import MISSION
from tests.cli.running import CommandLine

HOW = ("--form", "written", "--language", "uk", "--on", "2026-03-01")
CAPABLE = (*HOW, "--capable")


@pytest.fixture
def cli(instance_path, capsys, monkeypatch):
    return CommandLine(instance_path, capsys, monkeypatch)


@pytest.fixture
def code(cli):
    return cli.ask("amina", "person", "add", "--compartment", f"{MISSION}-C", "--age-band", "40-59")["code"]


@pytest.fixture
def office(cli):
    made = cli.ask(
        *("amina", "party", "add", "--kind", "prosecutor", "--class", "national-prosecutor"),
        *("--name", "Fictional Prosecution Service"),
    )
    return made["reference"]


def matrix(cli, code, *more):
    rows = cli.ask("daria", "consent", "show", code, *more)
    return {(row["recipient"], row["use"], row["item"]): row for row in rows}


def test_a_package_is_given_shown_and_withdrawn(cli, code):
    made = cli.ask("amina", "consent", "give", code, "--package", "prosecutors-without-my-name", *CAPABLE)
    assert (made["code"], made["kind"], len(made["events"])) == (code, "given", 19)
    assert made["events"][0]["obtained_by"] == "amina"
    shown = matrix(cli, code)
    assert shown["icc-otp", "investigation", None]["identity_level"] == "pseudonym"
    assert not shown["icc-otp", "storage", None]["allowed"]
    cli.ask("amina", "consent", "withdraw", code, *HOW)
    assert {row["reason"] for row in matrix(cli, code).values()} == {"withdrawn"}
    assert [row["kind"] for row in cli.ask("daria", "consent", "history", code)][-2:] == [
        "given",
        "withdrawn",
    ]


def test_a_person_reads_sentences_and_a_table_of_what_is_allowed(cli, code):
    _, out, _ = cli.run("amina", "consent", "show", code)
    assert out == f"{code} was never asked.\n"
    _, out, _ = cli.run("amina", "consent", "give", code, "--package", "only-help-me", *CAPABLE)
    assert out == f"{code} gave consent to 3 use(s).\n"
    _, out, _ = cli.run("amina", "consent", "show", code)
    heading, row = out.splitlines()
    assert heading.split() == ["recipient", "use", "item", "allowed", "identity", "level", "reason"]
    assert "storage, referral, re-contact" in row
    _, out, _ = cli.run("amina", "consent", "withdraw", code, *HOW)
    assert out == f"{code} withdrew everything.\n"


def test_cells_name_a_class_or_a_party_a_use_and_a_level(cli, code, office):
    cli.ask(
        *("amina", "consent", "give", code, "--cell", "national-prosecutor:court:full"),
        *("--cell", f"{office.lower()}:analysis:code", *CAPABLE, "--conditions", "not before the trial"),
    )
    shown = matrix(cli, code)
    assert shown["national-prosecutor", "court", None]["conditions"] == ["not before the trial"]
    assert shown[f"{office} (national-prosecutor)", "analysis", None]["identity_level"] == "code"
    assert not shown["national-prosecutor", "analysis", None]["allowed"]


def test_a_limit_a_refusal_and_a_withdrawal_by_cell(cli, code, office):
    cli.ask(
        *("amina", "consent", "give", code, *CAPABLE, "--cell", "national-prosecutor:court:full"),
        *("--cell", "national-prosecutor:analysis:full", "--cell", "icc-otp:court:full"),
    )
    cli.ask("amina", "consent", "limit", code, "--cell", "national-prosecutor:court:pseudonym", *HOW)
    cli.ask("amina", "consent", "refuse", code, "--cell", f"{office}:any", *HOW)
    cli.ask(
        "amina", "consent", "withdraw", code, "--cell", "any:analysis", *HOW, "--reason", "changed their mind"
    )
    shown = matrix(cli, code)
    assert shown["national-prosecutor", "court", None]["identity_level"] == "pseudonym"
    assert shown[f"{office} (national-prosecutor)", "court", None]["reason"] == "refused"
    assert shown["national-prosecutor", "analysis", None]["reason"] == "withdrawn"
    assert shown["icc-otp", "court", None]["identity_level"] == "full"


def test_a_renewal_and_what_will_expire(cli, code):
    cli.ask(
        *(
            "amina",
            "consent",
            "give",
            code,
            "--cell",
            "icc-otp:court:code",
            *CAPABLE,
            "--expires-on",
            "2098-01-01",
        )
    )
    [row] = cli.ask("amina", "consent", "expiring", "--until", "2098-01-01")
    assert (row["code"], row["expires_on"], row["use"]) == (code, "2098-01-01", "court")
    made = cli.ask("amina", "consent", "renew", code, *CAPABLE, "--expires-on", "2099-01-01")
    assert [(event["kind"], event["identity_level"]) for event in made["events"]] == [("renewed", "code")]
    assert cli.ask("amina", "consent", "expiring", "--until", "2098-12-31") == []
    assert cli.ask("outsider", "consent", "expiring", "--until", "2099-12-31") == []


def test_consent_for_one_exhibit_alone(cli, code, tmp_path):
    paper = tmp_path / "paper.txt"
    paper.write_text("a letter", encoding="utf-8")
    taken = cli.ask("amina", "exhibit", "receive", str(paper), "--compartment", f"{MISSION}-C")
    item = taken["reference"]
    made = cli.ask(
        *("amina", "consent", "give", code, "--cell", "icc-otp:court:full", "--item", item, *CAPABLE),
        *("--evidence", item),
    )
    (event,) = made["events"]
    assert event["scope"] == "items"
    assert event["evidence_id"] == event["items"][0]
    shown = matrix(cli, code)
    assert shown["icc-otp", "court", event["items"][0]]["allowed"]
    assert not shown["icc-otp", "court", None]["allowed"]
    for reference in ("KYI-E-9999", "KYI-X-0001", "photo"):
        cli.refused(
            *("amina", "consent", "give", code, "--cell", "icc-otp:court:full", "--item", reference, *CAPABLE)
        )


def test_a_child_needs_guardian_check_assent_and_best_interest(cli):
    child = cli.ask("amina", "person", "add", "--compartment", f"{MISSION}-C", "--age-band", "6-11")["code"]
    mother = cli.ask("amina", "person", "add", "--compartment", f"{MISSION}-C", "--adult")["code"]
    give = ("amina", "consent", "give", child, "--package", "only-help-me", *CAPABLE)
    assert "the check that the guardian has no conflict, the child's own assent" in cli.refused(
        *give, "--guardian", mother
    )
    whole = ("--guardian", mother, "--guardian-checked", "--assent", "--best-interest", "asked to be heard")
    assert cli.ask(*give, *whole)["events"][0]["child_assent"] is True
    assert "own assent" in cli.refused(*give, *whole[:3], "--no-assent", *whole[4:])
    assert "no person" in cli.refused(*give, "--guardian", "PN-000000", *whole[2:])


def test_nobody_is_recorded_whose_capacity_was_not_confirmed(cli, code):
    assert "able to consent" in cli.refused(
        "amina", "consent", "give", code, "--package", "only-help-me", *HOW
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("give", "--cell", "icc-otp:court", *CAPABLE), "is no cell of consent"),
        (("give", "--cell", "icc:court:full", *CAPABLE), "not a known class of recipients"),
        (("give", "--cell", "icc-otp:gossip:full", *CAPABLE), "not a known use"),
        (("give", "--cell", "icc-otp:court:most", *CAPABLE), "not a known identity level"),
        (("give", "--cell", "any:court:full", *CAPABLE), "not a known class of recipients"),
        (("give", "--cell", "KYI-P-0099:court:full", *CAPABLE), "no party"),
        (("give", "--package", "all", *CAPABLE), "no package"),
        (("give", *CAPABLE), "Name a package or cells"),
        (
            ("give", "--package", "only-help-me", "--cell", "icc-otp:court:full", *CAPABLE),
            "Name a package or cells",
        ),
        (("give", "--package", "only-help-me", "--capable"), "Not stated: form, language"),
        (("withdraw", "--cell", "any", *HOW), "is no cell of consent"),
        (("withdraw", "--cell", "any:any:full", *HOW), "is no cell of consent"),
        (("limit", *HOW), "not said what"),
        (("limit", "--cell", "icc-otp:court:code", *HOW), "nothing to limit"),
        (("renew", *CAPABLE), "no consent to renew"),
        (("withdraw", *HOW, "--set", "colour=red"), "nothing here called colour"),
        (("withdraw", *HOW[:4], "--on", "2999-01-01"), "in the future"),
        (("withdraw", *HOW, "--evidence", "KYI-E-0099"), "no exhibit"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_is_recorded(cli, code, words, said):
    verb, *rest = words
    assert said in cli.refused("amina", "consent", verb, code, *rest)
    assert cli.ask("amina", "consent", "history", code) == []


@pytest.mark.parametrize("verb", ["give", "refuse", "withdraw", "limit", "renew", "show", "history"])
def test_the_outsider_learns_nothing_and_records_nothing(cli, code, verb):
    more: tuple[str, ...] = () if verb in {"show", "history"} else HOW
    more += ("--package", "only-help-me") if verb == "give" else ()
    there = cli.refused("outsider", "consent", verb, code, *more)
    not_there = cli.refused("outsider", "consent", verb, "PN-000000", *more)
    assert there.replace(code, "") == not_there.replace("PN-000000", "")
    assert cli.ask("amina", "consent", "history", code) == []


def test_whoever_may_only_read_records_no_consent(cli, code):
    assert "may not record consent here" in cli.refused("daria", "consent", "withdraw", code, *HOW)


def test_facts_come_from_a_file_and_the_command_line_wins(cli, code, tmp_path):
    source = tmp_path / "consent.json"
    facts = {
        "form": "audio",
        "language": "ru",
        "obtained": {"value": "2026-02", "zone": None},
        "obtained_by": "bohdan",
    }
    source.write_text(json.dumps(facts), encoding="utf-8")
    made = cli.ask("amina", "consent", "withdraw", code, "--from", str(source), "--language", "uk")
    (event,) = made["events"]
    assert (event["form"], event["language"], event["obtained_by"]) == ("audio", "uk", "bohdan")
    assert event["obtained"]["precision"] == "month"


def test_the_state_of_a_past_day_can_be_asked(cli, code):
    cli.ask("amina", "consent", "give", code, "--package", "only-help-me", *CAPABLE)
    assert matrix(cli, code, "--as-known", "2020-01-01") == {}
    assert matrix(cli, code, "--as-known", "2090")["own-organisation", "storage", None]["allowed"]


def test_packages_are_listed_and_one_is_read_out_in_the_persons_language(cli):
    assert len(cli.ask("amina", "consent", "packages")) == 5
    shown = cli.ask("amina", "consent", "packages", "only-help-me", "--language", "uk")
    assert shown["text"].startswith("Ви можете")
    assert shown["cells"] == [f"own-organisation:{use}:full" for use in ("storage", "referral", "re-contact")]
    assert "no words in 'hy'" in cli.refused(
        "amina", "consent", "packages", "only-help-me", "--language", "hy"
    )


def test_those_who_received_something_are_owed_the_news(cli, code, instance):
    cli.ask("amina", "consent", "withdraw", code, *HOW)
    with instance.reading() as session:
        kinds = [promise.kind for promise in session.query(Promise)]
    assert "notify-withdrawal" in kinds
