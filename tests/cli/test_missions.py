"""The mission commands: one mission from plan to debrief, and who and what is refused on the way."""

import pytest

from tests.cli.running import CommandLine

MISSION = "KYI-2026-09"


@pytest.fixture
def cli(instance_path, capsys, monkeypatch):
    return CommandLine(instance_path, capsys, monkeypatch)


def add(cli, reference=MISSION, *more):
    made = cli.ask(
        "olena", "mission", "add", "--reference", reference, "--title", "Autumn", "--mandate", "Document the strikes",
        "--place", "Нова Вигадана", "--country", "UA", "--starts", "2026-09-01", "--ends", "2026-09-05", *more,
    )  # fmt: skip
    for login, role in (("amina", "investigator"), ("chen", "approver")):
        cli.ask(
            "olena", "grant", "add", login, "--compartment", made["reference"], "--role", role,
            "--level", "SEALED", "--purpose", "tests",
        )  # fmt: skip
    return made


def ready(cli):
    add(cli)
    cli.ask(
        "olena", "mission", "member", "add", MISSION, "amina", "--role", "interviewer", "--language", "uk"
    )
    plan = cli.ask("amina", "mission", "plan", "write", MISSION, "--text", "Two cars.")
    cli.ask("chen", "mission", "plan", "sign-off", MISSION, "--version", str(plan["version"]))


def test_a_mission_goes_from_plan_to_debrief(cli):
    ready(cli)
    assert cli.ask("chen", "mission", "approve", MISSION)["state"] == "approved"
    cli.ask(
        "amina", "mission", "deconfliction", "add", MISSION, "--on", "2026-08-20", "--channel", "none",
        "--question", "Who else works there?", "--outcome", "nobody-to-ask",
    )  # fmt: skip
    assert cli.ask("amina", "mission", "start", MISSION, "--on", "2026-09-01")["state"] == "under-way"
    camera = cli.ask("amina", "mission", "device", "add", MISSION, "--label", "Camera 1", "--kind", "camera")
    cli.ask("amina", "mission", "device", "clock", camera["reference"], "--offset", "-7200", "--basis", "GPS")
    cli.ask("amina", "mission", "log", "add", MISSION, "--day", "2026-09-01", "--text", "Arrived.")
    assert cli.ask("amina", "mission", "close", MISSION)["state"] == "closed"
    held = cli.ask(
        "amina", "mission", "debrief", "add", MISSION, "--on", "2026-09-08", "--lessons", "More batteries.",
        "--outcome", "Nine accounts.", "--interviews", "9",
    )  # fmt: skip
    assert held["interviews_held"] == 9
    cli.ask("amina", "mission", "debrief", "amend", MISSION, "--set", "exhibits_taken:=40")
    assert cli.ask("chen", "mission", "debrief", "show", MISSION)["exhibits_taken"] == 40
    shown = cli.ask("amina", "mission", "show", MISSION.lower())
    assert (shown["state"], shown["team"]) == ("debriefed", ["amina (interviewer)"])
    assert shown["devices"] == [f"{camera['reference']} Camera 1"]
    status, out, err = cli.run("olena", "custody", "verify")
    assert status == 0, out + err


def test_a_mission_is_listed_and_amended_within_rights(cli):
    made = add(cli)
    assert made["places"][0]["name"] == "Нова Вигадана"
    [row] = cli.ask("amina", "mission", "list", "--state", "planned", "--country", "ua")
    assert row["reference"] == MISSION
    assert cli.ask("bohdan", "mission", "list") == []
    _, out, _ = cli.run("amina", "mission", "list")
    assert "2026-09-01" in out
    changed = cli.ask("amina", "mission", "amend", MISSION, "--set", "ends_on=2026-09-07", "--version", "1")
    assert changed["ends_on"]["value"] == "2026-09-07"
    assert "saved by somebody else" in cli.refused(
        "amina", "mission", "amend", MISSION, "--set", "title=X", "--version", "1"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "--reference", MISSION, "--title", "Again"), "There is a mission KYI-2026-09 already"),
        (("add", "--reference", "К-1", "--title", "X"), "cannot be the reference"),
        (("add", "--reference", "X1"), "Still missing: title"),
        (("add", "--title", "X"), "Still missing: reference"),
        (("amend", MISSION, "--set", "state=approved"), "nothing here called state"),
        (("show", "KYI-2026-99"), "There is no mission"),
        (("approve", MISSION), "opened mission"),
        (("start", MISSION), "only a mission that is approved"),
        (("debrief", "show", MISSION), "has no debrief"),
        (("plan", "show", MISSION), "has no security plan"),
        (("plan", "write", MISSION), "security plan is missing"),
        (("member", "add", MISSION, "nobody", "--role", "observer"), "no active account"),
        (("member", "end", MISSION, "amina", "--reason", "x"), "not on the team"),
        (("log", "add", MISSION, "--day", "2026-09", "--text", "x"), "about one day"),
        (("device", "show", "KYI-D-0009"), "There is no device"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(cli, words, said):
    add(cli)
    assert said in cli.refused("olena", "mission", *words)


def test_the_outsider_gets_one_answer_for_what_exists_and_what_does_not(cli):
    add(cli)
    answers = [
        cli.refused("outsider", "mission", "show", reference).replace(reference, "X")
        for reference in (MISSION, "KYI-2026-99")
    ]
    assert answers[0] == answers[1]
    assert cli.ask("outsider", "mission", "list") == []
    for words in (("member", "list"), ("device", "list"), ("log", "list"), ("contact", "list")):
        assert "There is no mission" in cli.refused("outsider", "mission", *words, MISSION)
    assert "may not" in cli.refused("outsider", "mission", "add", "--reference", "X1", "--title", "X")


def test_a_mission_that_will_not_happen_is_called_off(cli):
    add(cli)
    off = cli.ask("amina", "mission", "call-off", MISSION, "--reason", "shelling")
    assert (off["state"], off["state_reason"]) == ("called-off", "shelling")


def test_the_team_changes(cli):
    add(cli)
    cli.ask("olena", "mission", "member", "add", MISSION, "amina", "--role", "interviewer")
    cli.ask("olena", "mission", "member", "amend", MISSION, "amina", "--set", 'languages:=["uk", "ru"]')
    [row] = cli.ask("amina", "mission", "member", "list", MISSION)
    assert (row["login"], row["languages"]) == ("amina", ["uk", "ru"])
    cli.ask("olena", "mission", "member", "end", MISSION, "amina", "--reason", "ill")
    assert cli.ask("amina", "mission", "member", "list", MISSION) == []
    assert len(cli.ask("amina", "mission", "member", "list", MISSION, "--left")) == 1


def test_a_competence_is_recorded_by_another_and_withdrawn(cli):
    order = (
        "mission", "competence", "add", "amina", "--category", "child", "--basis", "course",
        "--awarded", "2025-01", "--expires", "2999-01",
    )  # fmt: skip
    assert "their own" in cli.refused("amina", *order)
    assert "may not" in cli.refused("daria", *order)
    made = cli.ask("chen", *order)
    [row] = cli.ask("daria", "mission", "competence", "list", "--login", "amina", "--live")
    assert row["id"] == made["id"]
    cli.ask("amina", "mission", "competence", "end", made["id"], "--reason", "forged")
    assert cli.ask("daria", "mission", "competence", "list", "--live") == []


def test_a_plan_can_have_a_level_of_its_own_and_is_signed_as_read(cli):
    add(cli)
    plan = cli.ask(
        "amina", "mission", "plan", "write", MISSION, "--text", "Two cars.", "--level", "RESTRICTED"
    )
    assert plan["level"] == "RESTRICTED"
    cli.ask("amina", "mission", "plan", "write", MISSION, "--text", "One car.", "--version", "1")
    assert "you have read version 1" in cli.refused(
        "chen", "mission", "plan", "sign-off", MISSION, "--version", "1"
    )
    assert cli.ask("chen", "mission", "plan", "sign-off", MISSION, "--version", "2")["signed_off_at"]
    assert cli.ask("amina", "mission", "plan", "show", MISSION)["text"] == "One car."


def test_devices_are_listed_amended_and_taken_out_of_use(cli):
    add(cli)
    made = cli.ask(
        "amina", "mission", "device", "add", MISSION, "--label", "Phone", "--kind", "phone",
        "--offset", "3", "--basis", "network time",
    )  # fmt: skip
    cli.ask("amina", "mission", "device", "amend", made["reference"], "--set", "serial=FX-9")
    assert cli.ask("chen", "mission", "device", "show", made["reference"])["serial"] == "FX-9"
    cli.ask("amina", "mission", "device", "clock", made["reference"], "--basis", "battery died")
    cli.ask("amina", "mission", "device", "end", made["reference"], "--reason", "broken")
    [row] = cli.ask("amina", "mission", "device", "list", MISSION)
    assert (row["clock_offset_seconds"], row["end_reason"]) == (None, "broken")


def test_a_wrong_entry_of_the_log_is_corrected_by_a_new_one(cli):
    add(cli)
    first = cli.ask(
        "amina", "mission", "log", "add", MISSION, "--day", "2026-09-01T14:00", "--zone", "Europe/Kyiv",
        "--text", "Shelling at noon.", "--place", "Стара Вигадана", "--security-incident",
    )  # fmt: skip
    assert (first["day"]["zone"], first["is_security_incident"]) == ("Europe/Kyiv", True)
    second = cli.ask(
        "amina", "mission", "log", "add", MISSION, "--day", "2026-09-01", "--text", "At two.",
        "--corrects", first["id"],
    )  # fmt: skip
    assert second["corrects_id"] == first["id"]
    assert len(cli.ask("amina", "mission", "log", "list", MISSION)) == 2


def test_contacts_partners_and_other_bodies(cli):
    add(cli)
    for kind, name in (("partner", "Fictional Aid"), ("prosecutor", "Fictional Prosecution")):
        cli.ask("amina", "party", "add", "--kind", kind, "--name", name)
    contact = cli.ask(
        "amina", "mission", "contact", "add", MISSION, "--name", "Clinic", "--reach", "desk",
        "--language", "uk", "--party", "KYI-P-0001",
    )  # fmt: skip
    cli.ask("amina", "mission", "contact", "amend", contact["id"], "--set", "function=first aid")
    assert [row["function"] for row in cli.ask("chen", "mission", "contact", "list", MISSION)] == [
        "first aid"
    ]
    cli.ask("amina", "mission", "contact", "end", contact["id"])
    link = cli.ask("amina", "mission", "partner", "add", MISSION, "KYI-P-0001", "--part", "interprets")
    assert cli.ask("amina", "mission", "show", MISSION)["partners"] == ["Fictional Aid"]
    assert [row["party"] for row in cli.ask("amina", "mission", "partner", "list", MISSION)] == ["KYI-P-0001"]
    cli.ask("amina", "mission", "partner", "end", link["id"])
    told = cli.ask(
        "amina", "party", "instruction", "add", "KYI-P-0002", "--area", "Nova Vyhadana", "--wording", "Wait.",
        "--how", "telephone",
    )  # fmt: skip
    cli.ask(
        "amina", "mission", "deconfliction", "add", MISSION, "--party", "KYI-P-0002", "--on", "2026-08-20",
        "--channel", "telephone", "--question", "Do you work there?", "--answer", "Yes.", "--outcome", "wait",
        "--instruction", told["reference"],
    )  # fmt: skip
    assert [row["outcome"] for row in cli.ask("amina", "mission", "deconfliction", "list", MISSION)] == [
        "wait"
    ]
