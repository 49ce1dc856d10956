"""The work list: each sees what waits for them, nobody sees what they may not, and it costs few queries."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from evidence_tracker.access.compartments import grant
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account, Compartment, Role
from evidence_tracker.access.policy import Permission, rights
from evidence_tracker.access.records import amend
from evidence_tracker.access.tasks import finish_task, give_task
from evidence_tracker.access.waiting import Waiting
from evidence_tracker.casework.consent.statements import Cell
from evidence_tracker.casework.exhibits.derivatives import derive
from evidence_tracker.casework.exhibits.models import DerivativeKind, SourceKind
from evidence_tracker.casework.exhibits.transfers import TransferFacts, transfer
from evidence_tracker.casework.incidents.links import link_evidence
from evidence_tracker.casework.interviews.models import InterviewPerson
from evidence_tracker.casework.missions.models import CompetenceCategory
from evidence_tracker.casework.missions.risk import write_security_plan
from evidence_tracker.casework.osint.assessments import review_assessment, submit_assessment
from evidence_tracker.casework.persons.models import Need, Person
from evidence_tracker.casework.persons.protection import assess_threat
from evidence_tracker.casework.persons.referrals import offer_referral
from evidence_tracker.clock import FrozenClock
from evidence_tracker.custody.events import Actor
from evidence_tracker.custody.standing import note_checks
from evidence_tracker.instance import Instance
from evidence_tracker.jobs.examinations import JOBS
from evidence_tracker.jobs.worker import run_owed
from evidence_tracker.values.moment import Moment
from evidence_tracker.web.worklist import _HEADINGS, Group, Section, _prepared, worklist
from tests.casework.submissions.scene import LAWFUL, submission_of
from tests.casework.submissions.test_approval import Play
from tests.cast import Cast
from tests.factories import (
    allegations,
    consent,
    exhibits,
    incidents,
    interviews,
    missions,
    osint,
    parties,
    persons,
)
from tests.statements import counted

Make = Callable[[Callable[[Session], Any]], Any]
THREAT = {"threat_level": "high", "threats": "Calls at night.", "review_on": "2026-03-10"}


@pytest.fixture
def make(instance: Instance) -> Make:
    def made(step: Callable[[Session], Any]) -> Any:
        with instance.transaction() as session:
            return step(session)

    return made


def groups(instance: Instance, actor: Actor, **more: Any) -> dict[str, Group]:
    with instance.reading() as session:
        return {group.name: group for group in worklist(session, actor, **more)}


def items(instance: Instance, actor: Actor, name: str) -> list[Waiting]:
    found = groups(instance, actor).get(name)
    return list(found.items) if found else []


def references(instance: Instance, actor: Actor, name: str) -> list[str]:
    return [item.reference for item in items(instance, actor, name)]


def who(instance: Instance, cast: Cast, name: str) -> set[str]:
    """Return the logins of those on whose list a group stands."""
    people = (cast.olena, cast.amina, cast.bohdan, cast.chen, cast.daria, cast.outsider)
    return {actor.login for actor in people if name in groups(instance, actor)}


def test_an_empty_instance_has_nothing_for_anybody(instance: Instance, cast: Cast):
    for actor in (cast.amina, cast.chen, cast.outsider):
        assert groups(instance, actor) == {}


def test_a_task_waits_for_who_has_it_until_it_is_done(instance: Instance, cast: Cast, make: Make):
    def given(session: Session) -> Any:
        chen = session.get_one(Account, cast.chen.account_id)
        return give_task(session, chen, facts={"title": "Roof", "due_on": "2026-03-09"}, actor=cast.amina)

    task = make(given)
    (item,) = items(instance, cast.chen, "tasks")
    assert (item.kind, item.reference, item.title, item.due) == (
        "task", task.reference, "Roof", date(2026, 3, 9)
    )  # fmt: skip
    assert who(instance, cast, "tasks") == {"chen"}
    make(lambda session: finish_task(session, session.get_one(type(task), task.id), actor=cast.chen))
    assert who(instance, cast, "tasks") == set()


def test_a_protection_review_is_due_from_its_day_on(
    instance: Instance, cast: Cast, make: Make, clock: FrozenClock
):
    person = make(lambda session: persons.person(session, cast.amina, cast.mission))
    make(lambda session: assess_threat(session, session.merge(person), THREAT, actor=cast.amina))
    assert who(instance, cast, "protection-reviews") == set()
    clock.at += timedelta(days=8)
    (item,) = items(instance, cast.chen, "protection-reviews")
    assert (item.reference, item.title, item.due) == (person.code, "high", date(2026, 3, 10))
    assert groups(instance, cast.chen)["protection-reviews"].section is Section.UNSAFE
    assert "outsider" not in who(instance, cast, "protection-reviews")
    later = {**THREAT, "review_on": "2026-09-01"}
    make(lambda session: assess_threat(session, session.merge(person), later, actor=cast.amina))
    assert who(instance, cast, "protection-reviews") == set()


def test_a_referral_is_asked_after_on_its_day(instance: Instance, cast: Cast, make: Make, clock: FrozenClock):
    def offered(session: Session) -> Any:
        person = persons.person(session, cast.amina, cast.mission)
        return offer_referral(
            session,
            person,
            need=Need.MEDICAL,
            offered=Moment.parse("2026-03-01"),
            follow_up_on=date(2026, 3, 5),
            actor=cast.amina,
        )

    make(offered)
    assert who(instance, cast, "referrals-to-follow-up") == set()
    clock.at += timedelta(days=3)
    assert who(instance, cast, "referrals-to-follow-up") == {"olena", "amina", "bohdan", "chen", "daria"}


def test_an_interview_is_without_consent_when_nothing_stands(instance: Instance, cast: Cast, make: Make):
    interview = make(lambda session: interviews.told(session, cast, governance=LAWFUL))
    assert who(instance, cast, "interviews-without-consent") == set()

    def withdraw(session: Session) -> None:
        link = next(iter(session.query(InterviewPerson)))
        person = session.get_one(Person, link.person_id)
        consent.take_back(session, cast.amina, person)

    make(withdraw)
    (item,) = items(instance, cast.daria, "interviews-without-consent")
    assert item.reference == interview.reference
    assert item.title.startswith("PN-")
    assert who(instance, cast, "interviews-without-consent") == {"olena", "amina", "bohdan", "chen", "daria"}


def test_a_withdrawal_of_another_use_leaves_an_interview_with_consent(
    instance: Instance, cast: Cast, make: Make
):
    def told(session: Session) -> None:
        person = persons.person(session, cast.amina, cast.mission)
        interviews.told(session, cast, person)
        office = parties.prosecutor(session, cast.olena)
        consent.take_back(session, cast.amina, person, Cell(office))

    make(told)
    assert who(instance, cast, "interviews-without-consent") == set()


def test_an_open_interview_waits_for_who_holds_it(instance: Instance, cast: Cast, make: Make):
    interview = make(lambda session: interviews.begun(session, cast))
    assert who(instance, cast, "interviews-open") == {"amina"}
    assert references(instance, cast.amina, "interviews-open") == [interview.reference]


def test_a_closed_interview_waits_for_another_person_who_supervises(
    instance: Instance, cast: Cast, make: Make
):
    make(lambda session: interviews.closed(session, cast))
    assert who(instance, cast, "interviews-to-review") == {"olena", "chen"}


def test_an_exception_waits_for_who_neither_asked_nor_interviews(instance: Instance, cast: Cast, make: Make):
    def asked(session: Session) -> None:
        mission = missions.mission(session, cast)
        person = persons.person(session, cast.amina, mission.compartment_id, is_crsv_survivor=True)
        interviews.specialist(session, cast, mission, CompetenceCategory.CRSV)
        interviews.asked(session, cast, interviews.planned(session, cast, person, mission=mission))

    make(asked)
    assert who(instance, cast, "exceptions-to-decide") == {"olena", "chen"}


def test_a_mission_asks_for_a_plan_then_for_its_signature_then_for_approval(
    instance: Instance, cast: Cast, make: Make, clock: FrozenClock
):
    mission = make(lambda session: missions.mission(session, cast))
    assert who(instance, cast, "missions-without-plan") == {"olena", "amina", "daria"}
    make(lambda session: write_security_plan(session, session.merge(mission), "Two cars.", actor=cast.olena))
    assert who(instance, cast, "missions-without-plan") == set()
    assert who(instance, cast, "plans-unsigned") == {"chen"}


def test_a_signed_plan_waits_for_who_did_not_open_the_mission(instance: Instance, cast: Cast, make: Make):
    def planned(session: Session) -> None:
        missions.plan(session, cast, missions.mission(session, cast))

    make(planned)
    assert who(instance, cast, "plans-unsigned") == set()
    assert who(instance, cast, "missions-to-approve") == {"chen"}


def test_a_mission_past_its_end_is_unsafe_and_a_closed_one_is_debriefed(
    instance: Instance, cast: Cast, make: Make, clock: FrozenClock
):
    make(lambda session: missions.under_way(session, cast))
    assert who(instance, cast, "missions-past-their-end") == set()
    clock.at += timedelta(days=30)
    assert who(instance, cast, "missions-past-their-end") == {"olena", "amina", "daria"}


def test_a_closed_mission_waits_for_its_debrief(instance: Instance, cast: Cast, make: Make):
    make(lambda session: missions.closed(session, cast))
    assert who(instance, cast, "missions-not-debriefed") == {"olena", "amina", "daria"}


def test_a_training_about_to_expire_is_shown_until_it_is_renewed(instance: Instance, cast: Cast, make: Make):
    make(lambda session: interviews.trained(session, cast, cast.amina, "child", until="2026-03-20"))
    (item,) = items(instance, cast.amina, "competences-expiring")
    assert (item.reference, item.title, item.due) == ("amina", "child", date(2026, 3, 19))
    assert "outsider" not in who(instance, cast, "competences-expiring")
    make(lambda session: interviews.trained(session, cast, cast.amina, "child", until="2028-03-20"))
    assert who(instance, cast, "competences-expiring") == set()


def test_evidence_that_nobody_stated_anything_of_waits_for_who_records(
    instance: Instance, cast: Cast, make: Make
):
    bare = make(lambda session: exhibits.receive(session, instance.vault, cast))
    whole = make(
        lambda session: exhibits.receive(
            session, instance.vault, cast, b"ours", governance=LAWFUL, source_kind=SourceKind.OWN
        )
    )
    for name in ("exhibits-without-source", "exhibits-without-basis"):
        assert references(instance, cast.amina, name) == [bare.reference]
        assert who(instance, cast, name) == {"olena", "amina", "bohdan", "chen", "daria"}
    assert whole.reference != bare.reference


def test_evidence_from_a_person_whom_nobody_linked_has_no_source(instance: Instance, cast: Cast, make: Make):
    row = make(
        lambda session: exhibits.receive(
            session, instance.vault, cast, governance=LAWFUL, source_kind=SourceKind.PERSON
        )
    )
    assert references(instance, cast.amina, "exhibits-without-source") == [row.reference]


def test_a_file_that_cannot_be_read_and_one_that_is_damaged_are_said(
    instance: Instance, cast: Cast, make: Make
):
    row = make(
        lambda session: exhibits.receive(session, instance.vault, cast, exhibits.png(5)[:40], name="b.png")
    )
    run_owed(instance, JOBS)
    assert references(instance, cast.amina, "exhibits-not-examined") == [row.reference]
    assert who(instance, cast, "exhibits-damaged") == set()
    make(lambda session: note_checks(session, {row.blob_id: "its bytes differ"}, at=instance.clock.now()))
    (item,) = items(instance, cast.daria, "exhibits-damaged")
    assert (item.reference, item.title) == (row.reference, "its bytes differ")
    assert "outsider" not in who(instance, cast, "exhibits-damaged")


def test_a_redaction_waits_for_somebody_else(instance: Instance, cast: Cast, make: Make):
    def redacted(session: Session) -> Any:
        return derive(
            session,
            instance.vault,
            exhibits.receive(session, instance.vault, cast),
            instance.vault.deposit(io.BytesIO(b"less")),
            kind=DerivativeKind.REDACTION,
            how="blackened",
            tool="pen",
            actor=cast.amina,
        )

    row = make(redacted)
    assert who(instance, cast, "derivatives-to-check") == {"olena", "bohdan", "chen", "daria"}
    assert references(instance, cast.chen, "derivatives-to-check") == [row.reference]


def test_an_item_that_was_handed_over_is_out(instance: Instance, cast: Cast, make: Make):
    def handed(session: Session) -> Any:
        item = exhibits.exhibit_of(session, exhibits.thing(session, instance.vault, cast))
        facts = TransferFacts(
            released_by="amina",
            released_organisation="Fictional Documentation Centre",
            received_by="PN-LAB001",
            received_organisation="Fictional Forensic Laboratory",
            happened=Moment.parse("2025-01-10T10:00", zone="Europe/Kyiv"),
            reason="metallurgical examination",
            condition="dry",
        )
        transfer(session, item, facts, is_return_expected=True, actor=cast.amina)
        return item

    item = make(handed)
    (waits,) = items(instance, cast.amina, "items-out")
    assert (waits.reference, waits.title) == (item.reference, "Fictional Forensic Laboratory")


def test_a_capture_waits_for_an_assessment_and_that_for_a_second_person(
    instance: Instance, cast: Cast, make: Make
):
    capture = make(lambda session: osint.capture(session, cast))
    assert references(instance, cast.chen, "captures-to-assess") == [capture.reference]

    def submitted(session: Session) -> Any:
        return submit_assessment(
            session, osint.assessment(session, session.merge(capture), cast.amina), actor=cast.amina
        )

    row = make(submitted)
    assert who(instance, cast, "captures-to-assess") == set()
    assert who(instance, cast, "assessments-to-review") == {"olena", "bohdan", "chen", "daria"}
    make(
        lambda session: review_assessment(
            session, session.merge(row), is_accepted=False, note="which roof?", actor=cast.chen
        )
    )
    assert who(instance, cast, "assessments-to-review") == set()
    assert who(instance, cast, "assessments-returned") == {"amina"}


def test_an_incident_waits_for_evidence_and_an_element_for_a_bearing(
    instance: Instance, cast: Cast, make: Make
):
    incident = make(lambda session: incidents.incident(session, cast))
    row = make(lambda session: allegations.allegation(session, cast, incident=session.merge(incident)))
    assert references(instance, cast.amina, "incidents-without-evidence") == [incident.reference]
    (item,) = items(instance, cast.daria, "elements-without-evidence")
    assert item.reference == row.reference
    assert item.title.startswith("8(2)(a)(vii)-2 · 0/")

    def shown(session: Session) -> None:
        photo = incidents.capture(session, cast)
        link_evidence(session, session.merge(incident), photo, shows="x", stance="supports", actor=cast.amina)
        allegations.bearing(session, cast, session.merge(row), 1, photo)

    make(shown)
    assert who(instance, cast, "incidents-without-evidence") == set()
    (item,) = items(instance, cast.daria, "elements-without-evidence")
    assert item.title.startswith("8(2)(a)(vii)-2 · 1/")
    assert "outsider" not in who(instance, cast, "elements-without-evidence")


def test_a_bearing_on_hidden_evidence_covers_nothing_for_who_does_not_see_it(
    instance: Instance, cast: Cast, make: Make
):
    def borne(session: Session) -> None:
        closed = incidents.closed_compartment(session, cast)
        row = allegations.allegation(session, cast)
        hidden = incidents.capture(session, cast, compartment=closed)
        allegations.bearing(session, cast, row, 1, hidden, actor=cast.amina)

    make(borne)
    (seen,) = items(instance, cast.amina, "elements-without-evidence")
    (unseen,) = items(instance, cast.daria, "elements-without-evidence")
    assert ("· 1/" in seen.title, "· 0/" in unseen.title) == (True, True)


def test_a_consent_about_to_expire_waits_for_who_asks_for_consent_or_prepares(
    instance: Instance, cast: Cast, make: Make
):
    def allowed(session: Session) -> Any:
        person = persons.person(session, cast.amina, cast.mission)
        consent.allow(session, cast.amina, person, interviews.STORAGE, expires_on="2026-03-20")
        return person

    person = make(allowed)
    (item,) = items(instance, cast.amina, "consents-expiring")
    assert (item.reference, item.title, item.due) == (
        person.code, "own-organisation · storage", date(2026, 3, 20)
    )  # fmt: skip
    assert who(instance, cast, "consents-expiring") == {"olena", "amina", "bohdan", "daria"}
    make(lambda session: consent.allow(session, cast.amina, session.merge(person), interviews.STORAGE))
    assert who(instance, cast, "consents-expiring") == set()


def test_a_person_without_an_identity_waits_for_who_registered_them(
    instance: Instance, cast: Cast, make: Make
):
    person = make(lambda session: persons.person(session, cast.amina, cast.mission))
    make(
        lambda session: persons.person(
            session, cast.amina, cast.mission, identity={"legal_name": "Вигадана Особа"}
        )
    )
    assert who(instance, cast, "persons-without-identity") == {"amina"}
    assert references(instance, cast.amina, "persons-without-identity") == [person.code]


def test_an_agreement_and_a_grant_about_to_end_are_said(
    instance: Instance, cast: Cast, make: Make, clock: FrozenClock
):
    def made(session: Session) -> None:
        party = parties.partner(session, cast.olena)
        parties.agreement(session, cast.olena, party, valid_until="2026-04-01")
        grant(
            session,
            session.get_one(Compartment, cast.mission),
            role=Role.READER,
            level=Level.INTERNAL,
            purpose="tests",
            actor=cast.olena,
            account=session.get_one(Account, cast.outsider.account_id),
            expires_at=clock.now() + timedelta(days=7),
        )

    make(made)
    assert "olena" in who(instance, cast, "agreements-expiring")
    assert "outsider" not in who(instance, cast, "agreements-expiring")
    (item,) = items(instance, cast.olena, "grants-ending")
    assert (item.kind, item.title, item.due) == ("compartment", "outsider · reader", date(2026, 3, 9))
    assert who(instance, cast, "grants-ending") == {"olena"}


def test_work_that_was_given_up_is_shown_to_who_reads_the_logs(instance: Instance, cast: Cast, make: Make):
    make(
        lambda session: session.execute(
            text(
                "INSERT INTO promise (id, kind, key, payload, state, attempts, promised_at)"
                " VALUES (:id, 'examine', 'examine/1', '{}', 'given-up', 5, '2026-03-02T09:15:00.000000Z')"
            ),
            {"id": "0" * 31 + "1"},
        )
    )
    assert who(instance, cast, "work-given-up") == {"olena"}


def test_a_submission_waits_for_each_of_its_steps_with_who_may_take_it(instance: Instance, cast: Cast):
    play = Play(instance, cast)
    assert who(instance, cast, "submissions-to-approve") == {"chen"}
    assert who(instance, cast, "submissions-blocked") == set()
    play.approve()
    assert who(instance, cast, "submissions-to-approve") == set()
    assert who(instance, cast, "submissions-to-seal") == {"olena", "daria"}
    play.seal()
    assert who(instance, cast, "submissions-to-seal") == set()
    assert who(instance, cast, "submissions-to-build") == {"olena", "daria"}
    play.build()
    assert who(instance, cast, "submissions-to-release") == {"olena", "daria"}
    play.release()
    assert who(instance, cast, "submissions-to-release") == set()
    assert references(instance, cast.daria, "submissions-without-receipt") == [play.reference]


def test_what_closes_a_submission_is_named_by_its_gate(instance: Instance, cast: Cast, make: Make):
    def opened(session: Session) -> Any:
        office = parties.prosecutor(session, cast.olena)
        bare = exhibits.receive(session, instance.vault, cast)
        return submission_of(session, cast, office, bare), submission_of(session, cast, office)

    filled, empty = make(opened)
    found = {(item.reference, item.title) for item in items(instance, cast.daria, "submissions-blocked")}
    assert found == {
        (filled.reference, "legal-basis"),
        (filled.reference, "source-unknown"),
        (empty.reference, "empty"),
    }
    assert who(instance, cast, "submissions-blocked") == {"olena", "daria"}


def test_a_group_shows_the_longest_waiting_and_says_that_there_are_more(
    instance: Instance, cast: Cast, make: Make, clock: FrozenClock
):
    made = []
    for _ in range(4):
        made.append(make(lambda session: osint.capture(session, cast)).reference)
        clock.at += timedelta(minutes=1)
    group = groups(instance, cast.amina, shown=3)["captures-to-assess"]
    assert ([item.reference for item in group.items], group.more) == (made[:3], True)
    group = groups(instance, cast.amina, shown=4)["captures-to-assess"]
    assert ([item.reference for item in group.items], group.more) == (made, False)


def test_what_is_hidden_is_neither_shown_nor_counted(instance: Instance, cast: Cast, make: Make):
    def raised(session: Session) -> None:
        row = exhibits.receive(session, instance.vault, cast)
        amend(session, row, {"level": Level.SEALED}, actor=cast.amina)
        interviews.lowered(session, cast, Level.RESTRICTED, cast.mission)

    make(raised)
    assert "exhibits-without-basis" not in groups(instance, cast.amina)
    assert "exhibits-without-basis" in groups(instance, cast.bohdan)


def test_everything_at_once_costs_eight_queries_and_the_outsider_sees_nothing(
    instance: Instance, cast: Cast, make: Make
):
    Play(instance, cast)

    def more(session: Session) -> None:
        exhibits.receive(session, instance.vault, cast)
        incident = incidents.incident(session, cast)
        allegations.allegation(session, cast, incident=incident)
        interviews.closed(session, cast)
        missions.mission(session, cast)
        osint.capture(session, cast)

    make(more)
    with instance.reading() as session:
        session.connection()
        for actor in (cast.olena, cast.amina, cast.chen, cast.daria):
            with counted(session) as seen:
                assert worklist(session, actor)
            assert len(seen) <= 8, actor.login
        held = rights(session, cast.olena)
        with counted(session) as seen:
            worklist(session, cast.olena, held=held)
        assert len(seen) <= 7
        assert worklist(session, cast.outsider) == []


def test_every_group_has_its_words_its_reason_and_its_line_on_the_page_about_it():
    sections = [heading.section for heading in _HEADINGS.values()]
    assert sections == sorted(sections, key=list(Section).index)
    page = (Path(__file__).parents[2] / "docs" / "explanation" / "waiting.md").read_text("utf-8")
    named = {
        word for line in page.splitlines() if line.startswith("| `") for word in line.split("|")[1].split()
    }
    assert {word.strip("`,") for word in named} == set(_HEADINGS)


def test_every_question_has_a_heading():
    prepared = _prepared(frozenset(Permission))
    asked = {
        value
        for query in prepared.queries
        for value in query.compile().params.values()
        if isinstance(value, str) and value in _HEADINGS
    }
    others = {"elements-without-evidence", "work-given-up"}
    assert asked == set(_HEADINGS) - others
