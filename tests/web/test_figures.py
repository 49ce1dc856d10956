"""Figures: what was counted is what one may see, few persons are not told, and it costs few queries."""

from datetime import timedelta
from typing import Any

import pytest

from evidence_tracker.access.levels import Level
from evidence_tracker.access.records import amend
from evidence_tracker.casework.osint.assessments import review_assessment, submit_assessment
from evidence_tracker.clock import FrozenClock
from evidence_tracker.custody.events import Actor
from evidence_tracker.custody.standing import note_checks
from evidence_tracker.instance import Instance
from evidence_tracker.web.figures import Figure, figures
from tests.casework.submissions.test_approval import Play
from tests.cast import Cast
from tests.factories import allegations, consent, exhibits, incidents, interviews, missions, osint, persons
from tests.statements import counted


def all_of(instance: Instance, actor: Actor) -> dict[str, Figure]:
    with instance.reading() as session:
        return {figure.name: figure for figure in figures(session, actor)}


def rows(instance: Instance, actor: Actor, name: str) -> list[tuple[Any, ...]]:
    return list(all_of(instance, actor)[name].rows)


def test_an_outsider_has_no_figures_and_an_auditor_those_of_the_log(instance: Instance, cast: Cast):
    assert all_of(instance, cast.outsider) == {}
    assert "log" in all_of(instance, cast.olena)
    assert "log" not in all_of(instance, cast.amina)
    ((epoch, events, signed, waiting),) = rows(instance, cast.olena, "log")
    assert (epoch, events) == (1, signed + waiting)
    assert events > 0


def test_an_empty_instance_has_every_figure_and_no_rows(instance: Instance, cast: Cast):
    found = all_of(instance, cast.amina)
    assert list(found) == [
        "evidence", "verification", "interviews", "persons", "consents", "incidents", "submissions", "fixity",
        "allegations",
    ]  # fmt: skip
    assert {figure.rows for figure in found.values()} == {()}
    assert all(str(figure.title) and str(figure.definition).endswith(".") for figure in found.values())


def test_evidence_is_counted_by_month_and_mission_the_latest_first(
    instance: Instance, cast: Cast, clock: FrozenClock
):
    with instance.transaction() as session:
        exhibits.receive(session, instance.vault, cast)
        exhibits.receive(session, instance.vault, cast, b"more")
    clock.at += timedelta(days=40)
    with instance.transaction() as session:
        exhibits.receive(session, instance.vault, cast, b"yet more")
    assert rows(instance, cast.amina, "evidence") == [("2026-04", None, 1), ("2026-03", None, 2)]


def test_what_one_may_not_see_is_not_counted(instance: Instance, cast: Cast):
    with instance.transaction() as session:
        amend(
            session,
            exhibits.receive(session, instance.vault, cast),
            {"level": Level.SEALED},
            actor=cast.amina,
        )
        closed = incidents.closed_compartment(session, cast)
        incidents.incident(session, cast, compartment_id=closed.id)
        interviews.lowered(session, cast, Level.RESTRICTED, cast.mission)
    assert rows(instance, cast.amina, "evidence") == []
    assert rows(instance, cast.chen, "evidence") == [("2026-03", None, 1)]
    assert rows(instance, cast.amina, "incidents") == [("2022-03", "confinement", 1)]
    assert rows(instance, cast.chen, "incidents") == []


@pytest.mark.parametrize(("number", "told"), [(4, None), (5, 5), (6, 6)])
def test_fewer_than_five_persons_are_not_told(instance: Instance, cast: Cast, number: int, told: int | None):
    with instance.transaction() as session:
        for _ in range(number):
            persons.person(session, cast.amina, cast.mission, protection_level="critical")
    assert rows(instance, cast.amina, "persons") == [("critical", told)]


def test_many_permissions_of_few_persons_are_not_told_and_those_of_five_are(instance: Instance, cast: Cast):
    def allow(number: int) -> list[Any]:
        with instance.transaction() as session:
            made = [persons.person(session, cast.amina, cast.mission) for _ in range(number)]
            for person in made:
                consent.allow_package(session, cast.amina, person)
        return made

    allow(4)
    assert {row[2] for row in rows(instance, cast.amina, "consents")} == {None}
    (fifth,) = allow(1)
    told = rows(instance, cast.amina, "consents")
    assert {row[1] for row in told} == {"stands"}
    assert all(row[2] is not None and row[2] % 5 == 0 for row in told)
    with instance.transaction() as session:
        consent.take_back(session, cast.amina, session.merge(fifth))
    after = rows(instance, cast.amina, "consents")
    assert {row[1] for row in after} == {"stands", "taken-back"}
    assert {row[2] for row in after} == {None}


def test_interviews_held_are_counted_and_plans_are_not(instance: Instance, cast: Cast):
    with instance.transaction() as session:
        interviews.planned(session, cast)
        interviews.told(session, cast)
        interviews.closed(session, cast)
    ((month, kind, number),) = rows(instance, cast.chen, "interviews")
    assert (month, kind, number) == ("2026-03", "first_account", 2)


def test_verification_says_how_many_were_looked_at_by_two(instance: Instance, cast: Cast):
    with instance.transaction() as session:
        osint.capture(session, cast)
        osint.assessment(session, osint.capture(session, cast), cast.amina)
        row = osint.assessment(session, osint.capture(session, cast), cast.amina)
        submit_assessment(session, row, actor=cast.amina)
        review_assessment(session, row, is_accepted=True, note="yes", actor=cast.chen)
    assert rows(instance, cast.chen, "verification") == [
        ("capture", "not-assessed", 1),
        ("capture", "not-reviewed", 1),
        ("capture", "reviewed", 1),
    ]


def test_allegations_with_every_element_covered_are_counted(instance: Instance, cast: Cast):
    with instance.transaction() as session:
        incident = incidents.incident(session, cast)
        allegations.allegation(session, cast, incident=incident)
        whole = allegations.allegation(session, cast, incident=incident)
        photo = incidents.capture(session, cast)
        hidden = incidents.capture(session, cast, compartment=incidents.closed_compartment(session, cast))
        for element in range(1, 6):
            cited = hidden if element == 1 else photo
            allegations.bearing(session, cast, whole, element, cited, actor=cast.amina)
    assert rows(instance, cast.amina, "allegations") == [("claimed", 2, 1)]
    assert rows(instance, cast.chen, "allegations") == [("claimed", 2, 0)]


def test_submissions_are_counted_by_state_and_recipient(instance: Instance, cast: Cast):
    play = Play(instance, cast)
    assert rows(instance, cast.daria, "submissions") == [("open", "prosecutor", 1)]
    play.approve()
    play.seal()
    assert rows(instance, cast.daria, "submissions") == [("sealed", "prosecutor", 1)]


def test_fixity_says_what_was_read_and_what_was_found(instance: Instance, cast: Cast):
    with instance.transaction() as session:
        whole, damaged, _never = (
            exhibits.receive(session, instance.vault, cast, data) for data in (b"1", b"2", b"3")
        )
        assert whole.blob_id is not None
        assert damaged.blob_id is not None
        found = {whole.blob_id: None, damaged.blob_id: "its bytes differ"}
        note_checks(session, found, at=instance.clock.now())
    assert rows(instance, cast.amina, "fixity") == [
        ("damaged", "2026-03", 1),
        ("never-read", None, 1),
        ("whole", "2026-03", 1),
    ]


def test_all_figures_cost_six_queries_whatever_there_is(instance: Instance, cast: Cast):
    Play(instance, cast)
    with instance.transaction() as session:
        incident = incidents.incident(session, cast)
        allegations.allegation(session, cast, incident=incident)
        interviews.told(session, cast)
        missions.mission(session, cast)
        osint.capture(session, cast)
    with instance.reading() as session:
        session.connection()
        with counted(session) as seen:
            figures(session, cast.olena)
    assert len(seen) <= 6
