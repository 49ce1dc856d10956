"""Lists of captures: filtered by what was captured, by the last look and by the verification."""

from datetime import timedelta

import pytest

from evidence_tracker.casework.osint.assessments import review_assessment, submit_assessment
from evidence_tracker.casework.osint.captures import check_availability
from evidence_tracker.casework.osint.models import (
    Availability,
    CaptureMethod,
    CaptureOutcome,
    ControlLevel,
    ReviewState,
)
from evidence_tracker.casework.osint.queries import (
    Verification,
    alike,
    assessment_states,
    last_looks,
    list_captures,
)
from tests.factories.osint import CAPTURED_AT, POST, assessment, capture


def listed(session, who, **filters):
    return {row.id for row in list_captures(session, actor=who, **filters)}


def look(session, cast, row, availability, days):
    check_availability(
        session,
        row,
        availability=availability,
        checked_at=CAPTURED_AT + timedelta(days=days),
        actor=cast.amina,
    )


def test_they_are_filtered_by_how_they_were_taken(session, cast):
    page = capture(session, cast, platform="VKontakte", outcome=CaptureOutcome.COMPLETE)
    shot = capture(
        session,
        cast,
        method=CaptureMethod.UPLOAD_SCREENSHOT,
        control=ControlLevel.UNCONTROLLED,
        platform="Telegram",
    )
    assert listed(session, cast.chen, platform="vkontakte") == {page.id}
    assert listed(session, cast.chen, method=CaptureMethod.UPLOAD_SCREENSHOT) == {shot.id}
    assert listed(session, cast.chen, url=f"{POST}?utm_source=x") == {page.id, shot.id}
    assert listed(session, cast.chen, url="https://elsewhere.example/") == set()
    assert listed(session, cast.chen, outcome=CaptureOutcome.COMPLETE) == {page.id}
    assert listed(session, cast.chen, compartment_id=cast.mission) == {page.id, shot.id}
    assert listed(session, cast.chen, compartment_id=cast.home) == set()


def test_captures_of_one_post_or_one_address_are_alike(session, cast):
    one = capture(session, cast, platform="Telegram", platform_post_id="4711")
    same_post = capture(
        session,
        cast,
        url_requested="https://mirror.example/4711",
        platform="Telegram",
        platform_post_id="4711",
    )
    same_address = capture(session, cast, url_requested=f"{POST}#comment", platform="Telegram")
    capture(session, cast, url_requested="https://social.example/other", platform="Telegram")
    assert set(alike(session, one, actor=cast.chen)) == {same_post, same_address}
    assert list(alike(session, one, actor=cast.outsider)) == []


def test_only_the_last_look_counts(session, cast):
    never, gone, back = capture(session, cast), capture(session, cast), capture(session, cast)
    look(session, cast, gone, Availability.LIVE, 1)
    look(session, cast, gone, Availability.DELETED, 2)
    look(session, cast, back, Availability.LIVE, 4)
    look(session, cast, back, Availability.RESTRICTED, 3)
    assert listed(session, cast.chen, availability=Availability.DELETED) == {gone.id}
    assert listed(session, cast.chen, availability=Availability.LIVE) == {back.id}
    assert last_looks(session, [never, gone, back], actor=cast.chen) == {
        gone.id: Availability.DELETED,
        back.id: Availability.LIVE,
    }
    assert last_looks(session, [gone], actor=cast.outsider) == {}


@pytest.fixture
def assessed(session, cast):
    """Return captures: not assessed, drafted, handed in, reviewed."""
    rows = [capture(session, cast) for _ in range(4)]
    drafted, handed_in, reviewed = (assessment(session, row, cast.amina) for row in rows[1:])
    assert drafted.state is ReviewState.DRAFT
    for made in (handed_in, reviewed):
        submit_assessment(session, made, actor=cast.amina)
    review_assessment(session, reviewed, is_accepted=True, note="Compared.", actor=cast.chen)
    return rows


def test_they_are_filtered_by_how_far_their_verification_is(session, cast, assessed):
    for number, wanted in enumerate(Verification):
        assert listed(session, cast.chen, verification=wanted) == {assessed[number].id}
        assert listed(session, cast.outsider, verification=wanted) == set()


def test_the_assessments_of_a_whole_list_are_read_at_once(session, cast, assessed):
    found = assessment_states(session, assessed, actor=cast.chen)
    assert set(found) == {row.id for row in assessed[1:]}
    assert assessment_states(session, assessed, actor=cast.outsider) == {}
