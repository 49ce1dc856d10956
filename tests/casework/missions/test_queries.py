"""Questions about missions: pages, periods, and nothing for the outsider."""

from datetime import UTC, datetime

from sqlalchemy import event

from evidence_tracker.casework.missions.models import MissionState
from evidence_tracker.casework.missions.queries import find_mission, page_missions, team
from tests.factories.missions import approved, member, mission


def test_missions_are_found_by_state_country_and_period(session, cast):
    spring = mission(session, cast)
    vague = mission(
        session, cast, reference="KYI-2026-03", country="AM", starts_on="2026-06", ends_on="2026-06"
    )
    mission(session, cast, reference="KYI-2026-04", country=None, starts_on=None, ends_on=None)
    ready = approved(session, cast, reference="KYI-2026-05", starts_on="2026-09-01", ends_on="2026-09-02")

    def found(**by):
        return page_missions(session, actor=cast.olena, **by)

    assert found(state=MissionState.APPROVED) == [ready]
    assert found(country="AM") == [vague]
    june = (datetime(2026, 6, 10, tzinfo=UTC), datetime(2026, 6, 20, tzinfo=UTC))
    assert found(during=june) == [vague]
    assert found(during=(spring.ends_at, spring.ends_at)) == [spring]
    assert len(found()) == 4
    assert len(found(limit=3)) == 3


def test_who_has_a_grant_in_one_mission_sees_that_one_only(session, cast):
    one = mission(session, cast)
    assert page_missions(session, actor=cast.amina) == [one]
    assert page_missions(session, actor=cast.bohdan) == []
    assert page_missions(session, actor=cast.outsider) == []
    assert find_mission(session, " kyi-2026-02 ", actor=cast.amina) is one


def test_a_team_of_any_size_takes_one_question(instance, cast):
    with instance.transaction() as session:
        made = mission(session, cast)
        for role in ("interviewer", "photographer", "observer", "security", "logistics"):
            member(session, cast, made, role=role)
    statements = []
    with instance.reading() as session:
        made = find_mission(session, made.reference, actor=cast.amina)
        event.listen(
            session.connection(), "before_cursor_execute", lambda *given: statements.append(given[2])
        )
        people = [account.login for _, account in team(session, made, actor=cast.amina)]
    assert (people, len(statements)) == (["amina"] * 5, 1)
