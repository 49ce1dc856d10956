"""Accounts, compartments, grants, custodians: who may what, and what nobody else learns of it."""

import pytest

from evidence_tracker.access.models import AccessEntry, AccessKind
from evidence_tracker.custody.events import CustodyVerb
from evidence_tracker.custody.history import events_of
from evidence_tracker.errors import Locked
from evidence_tracker.keys.unlockers import CHEAP, Passphrase
from tests.cast import HOME, MISSION, gather
from tests.cli.running import CommandLine, descriptor
from tests.custody.tampering import reopened

SHARED = f"{MISSION}-C"
WHY = ("--purpose", "tests")


@pytest.fixture
def cli(instance_path, capsys, monkeypatch):
    return CommandLine(instance_path, capsys, monkeypatch)


@pytest.fixture
def look(instance_path):
    """Return a way to look into the instance beside the command line."""

    def read(question):
        opened = reopened(instance_path)
        with opened.reading() as session:
            answer = question(session, opened)
        opened.close()
        return answer

    return read


def denials(look):
    return look(
        lambda session, _: [row.what for row in session.query(AccessEntry).filter_by(kind=AccessKind.DENIED)]
    )


def grant(cli, login, role="reader", where=SHARED, *more, level="CONFIDENTIAL"):
    words = (login, "--compartment", where, "--role", role, "--level", level, *WHY, *more)
    return cli.ask("olena", "grant", "add", *words)


# --------------------------------------------------------------------------- accounts


def test_an_account_is_added_listed_and_may_do_nothing_yet(cli):
    with descriptor("a secret of my own") as number:
        made = cli.ask(
            "olena", "account", "add", "eva", "--name", "Ева (вигадана)", "--system-user", "eva.k",
            "--secret-fd", str(number),
        )  # fmt: skip
    assert made == {
        "login": "eva", "name": "Ева (вигадана)", "system_user": "eva.k", "active": True, "has_secret": True
    }  # fmt: skip
    rows = cli.ask("olena", "account", "list")
    assert [row["login"] for row in rows] == ["amina", "bohdan", "chen", "daria", "eva", "olena", "outsider"]
    assert made in rows
    assert cli.ask("eva", "compartment", "list") == []
    assert "eva may not manage accounts" in cli.refused("eva", "account", "list")


def test_without_more_the_name_is_the_login_and_there_is_no_secret(cli):
    made = cli.ask("olena", "account", "add", "eva")
    assert (made["name"], made["system_user"], made["has_secret"]) == ("eva", None, False)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("chen",), "already has an account"),
        (("eva", "--system-user", "olena"), "already has an account"),
        (("Eva",), "cannot be a login"),
        (("e",), "cannot be a login"),
        (("ева",), "cannot be a login"),
        (("e" * 33,), "cannot be a login"),
        (("../../etc/passwd",), "cannot be a login"),
        (("eva", "--name", "  "), "needs a name"),
        (("eva", "--name", "Eva\x1b[2J"), "control characters"),
        (("eva", "--system-user", "eva\n\x07"), "control characters"),
        (("eva", "--secret-fd", "999"), "descriptor 999"),
    ],
)
def test_what_cannot_be_an_account_is_refused(cli, words, said):
    assert said in cli.refused("olena", "account", "add", *words)
    assert len(cli.ask("olena", "account", "list")) == 6


@pytest.mark.parametrize("secret", ["", "seven77", b"\xff" * 9])
def test_a_secret_that_is_none_is_refused(cli, secret):
    for words in (("add", "eva"), ("secret", "chen")):
        with descriptor(secret) as number:
            cli.refused("olena", "account", *words, "--secret-fd", str(number))


def test_a_secret_can_be_set_by_its_bearer_and_by_who_manages_accounts(cli, look):
    for login in ("amina", "olena"):
        with descriptor("another secret") as number:
            assert cli.ask(login, "account", "secret", "amina", "--secret-fd", str(number))["has_secret"]
    verbs = look(
        lambda session, opened: [
            event.values["act"]
            for event in events_of(session, opened.keyring, gather(session).amina.account_id)
        ]
    )
    assert verbs[-2:] == [CustodyVerb.ACCOUNT_CHANGED] * 2


def test_without_a_terminal_a_new_secret_comes_from_a_descriptor(cli):
    assert "no terminal" in cli.refused("amina", "account", "secret", "amina")


@pytest.mark.parametrize(
    "words",
    [
        ("add", "eva"),
        ("list",),
        ("secret", "chen", "--secret-fd", "999"),
        ("secret", "nobody", "--secret-fd", "999"),
        ("switch-off", "chen", "--reason", "x"),
        ("switch-off", "nobody", "--reason", "x"),
    ],
)
@pytest.mark.parametrize("login", ["amina", "outsider"])
def test_whoever_does_not_manage_accounts_learns_not_even_which_there_are(cli, look, login, words):
    err = cli.refused(login, "account", *words)
    assert err.startswith(f"{login} may not manage accounts here.\n")
    [line] = denials(look)
    assert line.endswith(f"{login} may not manage accounts here.")


def test_an_account_that_is_switched_off_opens_nothing_and_its_work_stays(cli):
    made = cli.ask("olena", "account", "switch-off", "amina", "--reason", "left the organisation")
    assert (made["active"], made["has_secret"]) == (False, False)
    assert "no active account 'amina'" in cli.refused("amina", "mission", "list")
    assert "no active account" in cli.refused("olena", "account", "switch-off", "amina", "--reason", "again")
    assert "no active account" in cli.refused("olena", "account", "secret", "amina", "--secret-fd", "999")
    assert "amina" in [row["login"] for row in cli.ask("olena", "grant", "list", "--compartment", SHARED)]


def test_nobody_switches_themselves_off_and_a_reason_is_needed(cli):
    assert "their own account" in cli.refused("olena", "account", "switch-off", "olena", "--reason", "x")
    assert "reason is missing" in cli.refused("olena", "account", "switch-off", "chen", "--reason", " ")
    assert cli.run("olena", "account", "switch-off", "chen")[0] == 2


# --------------------------------------------------------------------------- compartments and grants


def test_whoever_opens_a_compartment_leads_it_and_only_they_see_it(cli):
    made = cli.ask(
        "olena", "compartment", "add", "STUDY-1", "--title", "Студія", "--kind", "study", "--ceiling", "internal"
    )  # fmt: skip
    assert made == {"reference": "STUDY-1", "kind": "study", "title": "Студія", "ceiling": "INTERNAL"}
    assert made in cli.ask("olena", "compartment", "list")
    assert made not in cli.ask("amina", "compartment", "list")
    assert cli.ask("outsider", "compartment", "list") == []
    [row] = cli.ask("olena", "grant", "list", "--compartment", "STUDY-1")
    assert (row["login"], row["role"], row["level"], row["ended_at"]) == ("olena", "lead", "INTERNAL", None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((SHARED, "--title", "Again"), "is taken"),
        ((f" {SHARED} ", "--title", "Again"), "is taken"),
        (("X-1", "--title", "  "), "title of the compartment is missing"),
        (("X-1", "--title", "a\x1b[2Jb"), "control characters"),
        ((" ", "--title", "X"), "reference of the compartment is missing"),
        (("X\x1b", "--title", "X"), "control characters"),
        (("X\n1", "--title", "X"), "printable"),
        (("X" * 65, "--title", "X"), "at most 64"),
    ],
)
def test_what_cannot_be_a_compartment_is_refused(cli, words, said):
    assert said in cli.refused("olena", "compartment", "add", *words)


def test_whoever_may_not_open_compartments_opens_none(cli, look):
    assert "may not open compartments" in cli.refused("amina", "compartment", "add", "X-1", "--title", "X")
    assert len(denials(look)) == 1


def test_a_grant_gives_what_it_says_until_it_ends(cli):
    made = grant(cli, "outsider", "reader", SHARED, "--days", "30", level="internal")
    assert (made["role"], made["level"], made["purpose"]) == ("reader", "INTERNAL", "tests")
    assert made["expires_at"] is not None
    assert [row["reference"] for row in cli.ask("outsider", "compartment", "list")] == [SHARED]
    assert "may not" in cli.refused("outsider", "grant", "list", "--compartment", SHARED)
    assert cli.ask("olena", "grant", "end", made["id"], "--reason", "left") == {
        "id": made["id"],
        "ended": True,
    }
    assert cli.ask("outsider", "compartment", "list") == []
    listed = {row["id"]: row for row in cli.ask("olena", "grant", "list", "--compartment", SHARED)}
    assert listed[made["id"]]["ended_at"] is not None
    assert "already ended" in cli.refused("olena", "grant", "end", made["id"], "--reason", "again")


def test_a_grant_reaches_no_higher_than_its_compartment(cli):
    cli.ask("olena", "compartment", "add", "LOW-1", "--title", "Low", "--ceiling", "INTERNAL")
    err = cli.refused(
        "olena", "grant", "add", "amina", "--compartment", "LOW-1", "--role", "lead", "--level", "RESTRICTED", *WHY
    )  # fmt: skip
    assert "nothing above INTERNAL" in err


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("nobody", "--role", "reader", *WHY), 1, "no active account 'nobody'"),
        (("amina", "--role", "reader", "--purpose", "  "), 1, "needs its purpose"),
        (("amina", "--role", "reader", "--purpose", "\x1b[2J"), 1, "control characters"),
        (("amina", "--role", "king", *WHY), 2, "'king' is not one of"),
        (("amina", "--role", "reader", "--level", "TOP", *WHY), 2, "'TOP' is not one of"),
        (("amina", "--role", "reader", "--days", "0", *WHY), 2, "1<=x<=3650"),
        (("amina", *WHY), 2, "--role"),
        (("amina", "--role", "reader"), 2, "--purpose"),
    ],
)
def test_what_cannot_be_granted_is_refused(cli, words, status, said):
    before = cli.ask("olena", "grant", "list", "--compartment", SHARED)
    got, _, err = cli.run("olena", "grant", "add", "--compartment", SHARED, *words)
    assert (got, said in err) == (status, True), err
    assert cli.ask("olena", "grant", "list", "--compartment", SHARED) == before


def test_a_compartment_that_one_may_not_see_is_one_that_is_not_there(cli):
    for words in (("add", "amina", "--role", "reader", *WHY), ("list",)):
        there = cli.refused("outsider", "grant", *words, "--compartment", SHARED)
        not_there = cli.refused("outsider", "grant", *words, "--compartment", "KYI-2026-99-C")
        assert there.replace(SHARED, "") == not_there.replace("KYI-2026-99-C", "")


def test_a_grant_that_one_may_not_see_is_one_that_is_not_there(cli):
    made = grant(cli, "daria", "reader")
    there = cli.refused("outsider", "grant", "end", made["id"], "--reason", "x")
    nowhere = cli.refused("outsider", "grant", "end", "00000000-0000-0000-0000-000000000007", "--reason", "x")
    assert there == nowhere
    assert "may not grant access here" in cli.refused("amina", "grant", "end", made["id"], "--reason", "x")
    assert cli.run("olena", "grant", "end", "no-id", "--reason", "x")[0] == 2
    assert "reason is missing" in cli.refused("olena", "grant", "end", made["id"], "--reason", " ")


def test_whoever_may_not_grant_is_told_so_and_it_is_written_down(cli, look):
    err = cli.refused("amina", "grant", "add", "outsider", "--compartment", HOME, "--role", "reader", *WHY)
    assert "amina may not grant access here" in err
    assert len(denials(look)) == 1
    assert cli.ask("outsider", "compartment", "list") == []


# --------------------------------------------------------------------------- custodians


def test_a_second_custodian_opens_the_vault_with_a_secret_of_their_own(cli, look):
    with descriptor("words of bohdan") as number:
        assert cli.ask("olena", "custodian", "add", "bohdan", "--secret-fd", str(number)) == {
            "custodian": "bohdan"
        }

    def opens(session, opened):
        bohdan = gather(session).bohdan.account_id
        assert [event.values["act"] for event in events_of(session, opened.keyring, bohdan)][-1] == (
            CustodyVerb.CUSTODIAN_NAMED
        )
        private = opened.keys.unlock_identity(str(bohdan), Passphrase("words of bohdan", CHEAP))
        with pytest.raises(Locked):
            opened.keys.unlock_identity(str(bohdan), Passphrase("words of amina", CHEAP))
        return private.public() == opened.identity_public

    assert look(opens)
    with descriptor("words of bohdan") as number:
        assert "is a custodian already" in cli.refused(
            "olena", "custodian", "add", "bohdan", "--secret-fd", str(number)
        )
    assert cli.ask("olena", "custody", "verify")["ok"]


@pytest.mark.parametrize(
    ("login", "whom", "secret", "said"),
    [
        ("amina", "bohdan", "words of bohdan", "may not grant access"),
        ("outsider", "bohdan", "words of bohdan", "may not grant access"),
        ("outsider", "nobody", "words of bohdan", "may not grant access"),
        ("olena", "nobody", "words of bohdan", "no active account"),
        ("olena", "bohdan", "short", "at least 8"),
        ("olena", "bohdan", b"\xff" * 9, "no text in UTF-8"),
    ],
)
def test_nobody_becomes_a_custodian_otherwise(cli, look, login, whom, secret, said):
    with descriptor(secret) as number:
        assert said in cli.refused(login, "custodian", "add", whom, "--secret-fd", str(number))
    assert look(lambda _, opened: len(opened.keys.custodians())) == 1
    assert len(denials(look)) == (1 if "may not" in said else 0)
