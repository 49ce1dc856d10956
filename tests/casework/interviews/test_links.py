"""Links: one interviewee, no group; nothing shown before the account; no picture of a person shown at all."""

import pytest

from evidence_tracker.access.levels import Level
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.interviews import links, queries
from evidence_tracker.casework.interviews.conduct import begin_interview
from evidence_tracker.casework.interviews.models import ExhibitRole, InterviewRole
from evidence_tracker.casework.interviews.planning import amend_interview
from evidence_tracker.errors import GateClosed, InvalidInput, NotPermitted
from tests.factories import exhibits, parties, persons
from tests.factories.interviews import begun, lowered, planned, told


def test_a_second_interviewee_is_refused_as_groups_are_not_interviewed(session, cast):
    interview = planned(session, cast)
    other = persons.person(session, cast.amina, cast.mission)
    with pytest.raises(GateClosed, match="never interviewed together") as closed_gate:
        links.link_person(session, interview, other, "interviewee", actor=cast.amina)
    assert "for each of them" in closed_gate.value.advice
    guardian = links.link_person(session, interview, other, "guardian", actor=cast.amina)
    assert (guardian.role, guardian.level) == (InterviewRole.GUARDIAN, Level.RESTRICTED)
    with pytest.raises(InvalidInput, match="linked to KYI-I-0001 already"):
        links.link_person(session, interview, other, "mentioned", actor=cast.amina)


def test_a_wrong_interviewee_is_replaced_while_it_is_planned(session, cast):
    interview = planned(session, cast)
    [(wrong, _)] = queries.persons_of(session, interview, actor=cast.amina)
    links.end_person_link(session, wrong, reason="the sister", actor=cast.amina)
    with pytest.raises(InvalidInput, match="ended before"):
        links.end_person_link(session, wrong, reason="again", actor=cast.amina)
    right = persons.person(session, cast.amina, cast.mission)
    links.link_person(session, interview, right, "interviewee", actor=cast.amina)
    assert queries.interviewees(session, [interview], actor=cast.amina) == {interview.id: right}


def test_a_new_interviewee_meets_the_gates_of_planning(session, cast):
    interview = planned(session, cast)
    [(wrong, _)] = queries.persons_of(session, interview, actor=cast.amina)
    links.end_person_link(session, wrong, reason="the sister", actor=cast.amina)
    child = persons.child(session, cast.amina, cast.mission)
    with pytest.raises(InvalidInput, match="at least RESTRICTED"):
        links.link_person(session, interview, child, "interviewee", actor=cast.amina)
    silent = persons.person(session, cast.amina, cast.mission)
    parties.instruction(session, cast.amina, parties.prosecutor(session, cast.amina), person_code=silent.code)
    with pytest.raises(GateClosed, match="asked us not to interview"):
        links.link_person(session, interview, silent, "interviewee", actor=cast.amina)


def test_the_interviewee_stays_once_it_began_since_consent_hangs_on_the_link(session, cast):
    interview = begun(session, cast)
    [(link, _)] = queries.persons_of(session, interview, actor=cast.amina)
    with pytest.raises(GateClosed, match="another interviewee"):
        links.end_person_link(session, link, reason="withdrew", actor=cast.amina)


def test_an_interview_without_interviewee_does_not_begin(session, cast):
    interview = planned(session, cast)
    [(link, _)] = queries.persons_of(session, interview, actor=cast.amina)
    links.end_person_link(session, link, reason="mistaken", actor=cast.amina)
    with pytest.raises(GateClosed, match="has no interviewee"):
        begin_interview(session, interview, actor=cast.amina)


def test_a_recording_is_linked_with_its_gaps_and_is_as_restricted_as_the_stricter(session, cast, instance):
    interview = begun(session, cast)
    audio = exhibits.receive(
        session, instance.vault, cast, b"sound", governance=Governance(Level.SEALED), name="a.wav"
    )
    facts = {"is_announced": True, "gaps": "battery changed at 00:40:10"}
    link = links.link_exhibit(session, interview, audio, "recording", facts=facts, actor=cast.amina)
    assert (link.role, link.level, link.is_announced) == (ExhibitRole.RECORDING, Level.SEALED, True)
    assert queries.exhibits_of(session, interview, actor=cast.amina) == [(link, audio)]
    assert queries.interviews_with(session, audio, actor=cast.amina) == [interview]
    with pytest.raises(InvalidInput, match="as recording already"):
        links.link_exhibit(session, interview, audio, "recording", actor=cast.amina)
    links.end_exhibit_link(session, link, reason="another interview", actor=cast.amina)
    assert queries.exhibits_of(session, interview, actor=cast.amina) == []
    with pytest.raises(InvalidInput, match="ended before"):
        links.end_exhibit_link(session, link, reason="again", actor=cast.amina)


def test_nothing_is_shown_before_the_account_and_no_picture_of_a_person_ever(session, cast, instance):
    photo = exhibits.photo(session, instance.vault, cast)
    with pytest.raises(GateClosed, match="nothing is shown before the account") as closed_gate:
        links.link_exhibit(session, begun(session, cast), photo, "shown", actor=cast.amina)
    for missing in ("not said why it was shown", "not stated that nobody is in the picture"):
        assert missing in str(closed_gate.value)
    interview = told(session, cast)
    note = {"note": "to name the street"}
    for facts in (note, {**note, "shows_nobody": False}):
        with pytest.raises(GateClosed, match="nobody is in the picture"):
            links.link_exhibit(session, interview, photo, "shown", facts=facts, actor=cast.amina)
    links.link_exhibit(
        session, interview, photo, "shown", facts={**note, "shows_nobody": True}, actor=cast.amina
    )
    plan = exhibits.receive(session, instance.vault, cast, b"a map in words")
    links.link_exhibit(session, interview, plan, "shown", facts=note, actor=cast.amina)


def test_an_exhibit_needs_an_interview_that_was_held_and_a_role_there_is(session, cast, instance):
    note = exhibits.receive(session, instance.vault, cast)
    with pytest.raises(GateClosed, match="is planned"):
        links.link_exhibit(session, planned(session, cast), note, "annex", actor=cast.amina)
    with pytest.raises(InvalidInput, match="not a known role"):
        links.link_exhibit(session, begun(session, cast), note, "line-up", actor=cast.amina)


def test_the_outsider_links_nothing_and_nobody_links_what_they_may_not_read(session, cast, instance):
    interview = begun(session, cast)
    other = persons.person(session, cast.amina, cast.mission)
    note = exhibits.receive(session, instance.vault, cast)
    sealed = exhibits.receive(session, instance.vault, cast, b"other", governance=Governance(Level.SEALED))
    made = links.link_exhibit(session, interview, note, "annex", actor=cast.amina)
    with pytest.raises(NotPermitted):
        links.link_person(session, interview, other, "guardian", actor=cast.outsider)
    with pytest.raises(NotPermitted):
        links.link_exhibit(session, interview, note, "transcript", actor=cast.outsider)
    with pytest.raises(NotPermitted):
        links.end_exhibit_link(session, made, reason="x", actor=cast.outsider)
    amend_interview(session, interview, {"why_now": "x"}, actor=cast.amina)
    lowered(session, cast, Level.CONFIDENTIAL, cast.mission)
    with pytest.raises(NotPermitted):
        links.link_exhibit(session, interview, sealed, "annex", actor=cast.amina)
    with pytest.raises(NotPermitted):
        links.link_person(session, interview, other, "guardian", actor=cast.amina)
