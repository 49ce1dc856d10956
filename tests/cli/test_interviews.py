"""The interview commands: the short path, forbidden actor, bad input, unknown reference."""

import io
import sys

import pytest

from evidence_tracker.access.models import AccessEntry, Compartment
from evidence_tracker.casework.exhibits.facts import ExhibitFacts
from evidence_tracker.casework.exhibits.intake import receive_exhibit
from evidence_tracker.casework.interviews.queries import find_interview
from evidence_tracker.casework.missions.models import CompetenceCategory
from evidence_tracker.instance import open_instance
from evidence_tracker.keys.unlockers import CHEAP, Passphrase
from tests.cast import PASSPHRASE, gather
from tests.cli.running import CommandLine
from tests.factories import consent, missions, persons
from tests.factories.interviews import ACCOUNT, STORAGE, specialist

MISSION = "KYI-2026-02"
UTC = ["--at", "2026-03-02"]


@pytest.fixture
def cli(instance_path, capsys, monkeypatch):
    return CommandLine(instance_path, capsys, monkeypatch)


@pytest.fixture
def scene(instance_path, clock):
    """Return the codes of a witness, a child and a survivor on a mission with a specialist."""
    instance = open_instance(instance_path, Passphrase(PASSPHRASE, CHEAP), clock=clock)
    with instance.transaction() as session:
        cast = gather(session)
        mission = missions.mission(session, cast, legal_basis="art. 9(2)(a)")
        specialist(session, cast, mission, CompetenceCategory.CRSV)
        home = mission.compartment_id
        witness = persons.person(session, cast.amina, home)
        consent.allow(session, cast.amina, witness, STORAGE)
        child = persons.child(session, cast.amina, home)
        survivor = persons.person(session, cast.amina, home, is_crsv_survivor=True)
        consent.allow(session, cast.amina, survivor, STORAGE)
        place = session.get_one(Compartment, home)
        note = receive_exhibit(
            session,
            instance.vault,
            instance.vault.deposit(io.BytesIO(b"sound")),
            facts=ExhibitFacts(),
            actor=cast.amina,
            compartment=place,
            original_name="a.wav",
        )
        codes = (witness.code, child.code, survivor.code, note.reference)
    instance.close()
    return codes


def add(cli, code, *more):
    return cli.ask(
        "amina", "interview", "add", "--mission", MISSION, "--person", code, "--language", "uk", *more
    )


def go(cli, verb, reference, *more, who="amina"):
    return cli.ask(who, "interview", *verb.split(), reference, *more)


def test_the_short_path_from_plan_to_close(cli, scene):
    witness, *_, audio = scene
    made = add(cli, witness)
    reference = made["reference"]
    assert (reference, made["account_type"], made["missing"]) == ("KYI-I-0001", "first_account", [])
    assert (made["level"], made["legal_basis"]) == ("CONFIDENTIAL", "art. 9(2)(a)")
    assert go(cli, "begin", reference)["missing"][0].startswith("not explained yet")
    assert go(cli, "introduce", reference, "--all")["missing"] == []
    saved = go(cli, "account", reference, "--text", ACCOUNT)
    assert (saved["first_account"], saved["account_version"]) == (ACCOUNT, 1)
    assert saved["missing"] == ["the account was not read back"]
    assert go(cli, "read-back", reference, "--signed")["missing"] == []
    closed = go(cli, "close", reference)
    assert (closed["state"], closed["warnings"]) == (
        "closed",
        ["Its place is not recorded.", "It is not recorded whether it was held in private."],
    )
    go(cli, "link-exhibit", reference, audio, "--role", "recording", "--announced")
    shown = go(cli, "show", reference)
    assert shown["persons"] == [f"{witness} (interviewee)"]
    assert shown["present"] == ["amina (interviewer)"]
    assert shown["exhibits"] == [f"{audio} (recording)"]
    [row] = cli.ask("daria", "interview", "list", "--mission", MISSION, "--state", "closed")
    assert (row["reference"], row["person"]) == (reference, witness)
    assert cli.ask("daria", "interview", "list", "--person", witness, "--type", "survey") == []


def test_a_person_reads_sentences(cli, scene):
    status, out, err = cli.run(
        "amina", "interview", "add", "--mission", MISSION, "--person", scene[0], "--language", "uk"
    )
    assert (status, err) == (0, "")
    assert out == f"KYI-I-0001 is planned: first_account with {scene[0]}.\n"
    _, out, err = cli.run("amina", "interview", "begin", "KYI-I-0001")
    assert out.startswith("KYI-I-0001 is under way.")
    assert "Note: Its place is not recorded." in err
    assert "9 of 9" in cli.run("amina", "interview", "introduce", "KYI-I-0001", "--all")[1]
    _, out, err = cli.run("amina", "interview", "account", "KYI-I-0001", "--text", "Це був геноцид.")
    assert "legal conclusion" in err
    assert "Version 1" in out
    _, out, err = cli.run(
        "amina", "interview", "question", "add", "KYI-I-0001", "--type", "open", "--question", "Ви ж бачили?"
    )
    assert "Question 1 supposes the answer" in err
    _, out, _ = cli.run("amina", "interview", "show", "KYI-I-0001")
    assert "Це був геноцид." in out


def test_a_closed_gate_says_what_is_missing_and_who_lifts_it(cli, scene):
    reference = add(cli, scene[1])["reference"]
    go(cli, "begin", reference)
    said = cli.refused("amina", "interview", "account", reference, "--text", "x")
    assert "not explained yet" in said
    assert "a screening holds no account" in said
    assert "somebody else with the right to approve exceptions" in said
    assert "only be screened" in cli.refused(
        "amina", "interview", "add", "--mission", MISSION, "--person", scene[1], "--type", "full_statement"
    )


def test_an_exception_is_asked_for_and_decided_by_another(cli, scene):
    reference = add(cli, scene[2])["reference"]
    ask = ("--type", "first_account", "--ground", "imminent-loss", "--justification", "tonight")
    go(cli, "exception ask", reference, *ask, "--interviewer", "amina")
    assert "may not approve exceptions" in cli.refused(
        "amina", "interview", "exception", "approve", reference
    )
    [row] = cli.ask("chen", "interview", "exception", "list")
    assert (row["reference"], row["categories"]) == (reference, ["crsv"])
    assert cli.ask("outsider", "interview", "exception", "list") == []
    go(cli, "exception refuse", reference, "--note", "wait for the authority", who="chen")
    go(cli, "exception ask", reference, *ask, "--interviewer", "amina")
    assert go(cli, "exception approve", reference, who="chen")["outcome"] == "approved"
    assert "No exception" in cli.refused("chen", "interview", "exception", "approve", reference)
    go(cli, "begin", reference)
    go(cli, "introduce", reference, "--all")
    assert go(cli, "account", reference, "--text", ACCOUNT)["level"] == "RESTRICTED"


def test_half_typed_words_are_kept_shown_saved_and_thrown_away(cli, scene, tmp_path, monkeypatch):
    reference = add(cli, scene[0])["reference"]
    go(cli, "begin", reference)
    go(cli, "introduce", reference, "--all")
    words = tmp_path / "words.txt"
    words.write_bytes("\ufeffВін схопив мене\r\nі".encode())
    go(cli, "draft keep", reference, "--from", str(words))
    assert go(cli, "draft show", reference)["text"] == "Він схопив мене\nі"
    assert "no draft here" in cli.refused("olena", "interview", "draft", "show", reference)
    assert go(cli, "account", reference, "--from-draft")["first_account"] == "Він схопив мене\nі"
    assert "no draft here" in cli.refused("amina", "interview", "draft", "show", reference)
    go(cli, "draft keep", reference, "--text", "ще")
    go(cli, "draft discard", reference)
    assert "no draft here" in cli.refused("amina", "interview", "account", reference, "--from-draft")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("Потім.".encode())))
    assert go(cli, "account", reference, "--from", "-")["first_account"] == "Потім."


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "come from one place"),
        (("--text", "x", "--from", "y"), "come from one place"),
        (("--from", "/nowhere/at/all.txt"), "cannot be read as text"),
        (("--text", "x", "--language", "Ukrainian!"), "not a language tag"),
        (("--text", " "), "account is missing"),
    ],
)
def test_words_that_cannot_be_read_are_refused(cli, scene, words, said):
    reference = add(cli, scene[0])["reference"]
    go(cli, "begin", reference)
    go(cli, "introduce", reference, "--all")
    assert said in cli.refused("amina", "interview", "account", reference, *words)


def test_a_text_that_is_not_utf_8_is_refused(cli, scene, tmp_path):
    reference = add(cli, scene[0])["reference"]
    words = tmp_path / "words.txt"
    words.write_bytes("Ми сиділи".encode("cp1251"))
    assert "Save it as UTF-8" in cli.refused("amina", "interview", "account", reference, "--from", str(words))


def test_everything_around_the_words_has_its_command(cli, scene):
    witness, child, _, audio = scene
    reference = add(cli, witness, "--place", "Стара Вигадана", "--private")["reference"]
    go(cli, "link-person", reference, child, "--role", "mentioned")
    go(cli, "unlink-person", reference, child, "--reason", "another one")
    go(cli, "begin", reference, *UTC)
    go(cli, "introduce", reference, "--point", "voluntary", *UTC)
    go(cli, "introduce", reference, "--all")
    go(
        cli, "present add", reference, "--role", "interpreter", "--code", "int-07",
        "--qualification", "court", "--independent", "--confidential",
    )  # fmt: skip
    go(cli, "present amend", reference, "2", "--set", "has_signed:=true")
    rows = go(cli, "present list", reference)
    assert [(row["who"], row["has_signed"]) for row in rows] == [("amina", None), ("INT-07", True)]
    go(cli, "present end", reference, "2", "--reason", "left")
    go(cli, "leads", reference, "--text", "сусідка")
    go(cli, "account", reference, "--text", ACCOUNT)
    go(cli, "translate", reference, "--text", "We sat.", "--language", "en", "--translator", "TR-02")
    go(cli, "question add", reference, "--question", "Що далі?", "--type", "open", "--answer", "Ні.")
    go(cli, "question amend", reference, "1", "--answer", "Не знаю.")
    go(
        cli, "question translate", reference, "1", "--question", "Then?", "--answer", "I do not know.",
        "--language", "en", "--translator", "TR-02",
    )  # fmt: skip
    [asked] = go(cli, "question list", reference)
    assert (asked["answer"], asked["translations"]) == ("Не знаю.", ["en: I do not know."])
    go(cli, "distress", reference, "Wept.")
    go(cli, "break", reference, "--began", "2026-03-02", "--why", "tea")
    go(cli, "refer", reference, "--need", "medical", "--follow-up-on", "2026-03-20")
    go(cli, "read-back", reference, "--unsigned-reason", "fears to sign")
    go(cli, "correct", reference, "--passage", "три", "--correction", "чотири")
    go(cli, "close", reference)
    go(
        cli, "expense add", reference, "--kind", "travel", "--what", "bus", "--amount-minor", "9000",
        "--currency", "UAH", "--paid", "2026-03-02", "--no-receipt-reason", "no tickets",
    )  # fmt: skip
    assert len(go(cli, "expense list", reference)) == 1
    go(cli, "link-exhibit", reference, audio, "--role", "annex")
    go(cli, "unlink-exhibit", reference, audio, "--role", "annex", "--reason", "another one")
    go(cli, "evaluation add", reference, "--reliability", "B", "--credibility", "2")
    go(cli, "evaluation amend", reference, "1", "--set", "credibility:=3")
    go(cli, "review", reference, "--quality", "Careful.", who="chen")
    [rated] = go(cli, "evaluation list", reference)
    assert (rated["credibility"], rated["quality_review"]) == (3, "Careful.")
    shown = go(cli, "show", reference)
    assert (shown["state"], shown["corrections"], shown["questions"]) == ("reviewed", ["три → чотири"], 1)
    assert "reliability" not in shown, "what we think of it is kept apart from the statement"


def test_a_prior_account_warns_and_with_an_instruction_blocks(cli, scene):
    reference = add(cli, scene[0])["reference"]
    _, _, err = cli.run(
        "amina", "interview", "prior", "add", reference, "--body", "HRMMU", "--given", "2022-05"
    )
    assert "gave an account to HRMMU before (2022-05)" in err
    go(cli, "prior add", reference, "--body", "OPG", "--do-not-interview", "--instruction", "letter 3")
    assert "asked us not to interview" in cli.refused("amina", "interview", "begin", reference)
    assert len(go(cli, "prior list", reference)) == 2
    lift = ("amina", "interview", "prior", "amend", reference, "2", "--set", "is_do_not_interview:=false")
    assert "may not approve exceptions" in cli.refused(*lift)
    cli.ask("chen", *lift[1:])
    assert go(cli, "begin", reference)["state"] == "under-way"


def test_plans_are_amended_cancelled_and_stopped(cli, scene):
    first, second = add(cli, scene[0])["reference"], add(cli, scene[0], "--level", "sealed")["reference"]
    changed = go(cli, "amend", first, "--why-now", "leaves in May", "--version", "1")
    assert changed["version"] == 2
    assert "saved by somebody else" in cli.refused(
        "amina", "interview", "amend", first, "--why-now", "x", "--version", "1"
    )
    assert "nothing here called state" in cli.refused(
        "amina", "interview", "amend", first, "--set", "state=closed"
    )
    go(cli, "cancel", first, "--reason", "not wished")
    go(cli, "begin", second)
    assert go(cli, "stop", second)["stopped_at_wish"] is True
    assert go(cli, "close", second)["unread_reason"] == "stopped at the wish of the interviewee"


def test_the_declaration_is_read_out(cli):
    assert "добровільно" in cli.ask("amina", "interview", "declaration", "--language", "uk")["text"]
    assert "no words in ka" in cli.refused("amina", "interview", "declaration", "--language", "ka")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "--person", "PN-000000"), "no person PN-000000"),
        (("add", "--person", "Oksana V."), "not the code of a person"),
        (("introduce", "KYI-I-0001"), "or --all"),
        (("introduce", "KYI-I-0001", "--all", "--point", "voluntary"), "or --all"),
        (("show", "KYI-I-0009"), "no interview 'KYI-I-0009'"),
        (("question", "amend", "KYI-I-0001", "1", "--answer", "x"), "no number 1"),
        (("read-back", "KYI-I-0001"), "holds nothing|is planned"),
    ],
)
def test_bad_input_is_refused_with_a_sentence(cli, scene, words, said):
    add(cli, scene[0])
    err = cli.refused("amina", "interview", *words)
    assert any(part in err for part in said.split("|"))


def test_an_interview_needs_a_home(cli, scene):
    assert "needs a home" in cli.refused("amina", "interview", "add", "--person", scene[0])


def test_the_outsider_gets_one_answer_for_what_exists_and_what_does_not(cli, scene):
    reference = add(cli, scene[0])["reference"]
    for words in (("show",), ("begin",), ("account", "--text", "x"), ("draft", "show"), ("close",)):
        verb, rest = (words[:2], words[2:]) if words[0] == "draft" else (words[:1], words[1:])
        answers = [
            cli.refused("outsider", "interview", *verb, one, *rest).replace(one, "X")
            for one in (reference, "KYI-I-0099")
        ]
        assert answers[0] == answers[1]
    assert cli.ask("outsider", "interview", "list") == []


def test_reading_a_restricted_interview_is_noted(cli, scene, instance_path, clock):
    reference = add(cli, scene[1])["reference"]
    go(cli, "show", reference)
    instance = open_instance(instance_path, Passphrase(PASSPHRASE, CHEAP), clock=clock)
    with instance.reading() as session:
        cast = gather(session)
        assert find_interview(session, reference, actor=cast.amina).level.value == "RESTRICTED"
        said = [row.what for row in session.query(AccessEntry)]
    instance.close()
    assert f"interview {reference}" in said
