from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from evidence_tracker.casework.exhibits.digests import digests_of
from evidence_tracker.casework.exhibits.models import DigestRole
from evidence_tracker.casework.osint.captures import (
    add_file,
    amend_capture,
    check_availability,
    remove_file,
)
from evidence_tracker.casework.osint.models import (
    Availability,
    CaptureMethod,
    CaptureOutcome,
    ControlLevel,
    FileRole,
)
from evidence_tracker.casework.osint.queries import (
    captures_of,
    checks_of,
    files_of,
    find_capture,
    list_captures,
    same_address,
    same_post,
    take_down,
)
from evidence_tracker.errors import Conflict, InvalidInput, NotFound, NotPermitted
from tests.factories.exhibits import exhibit_of, receive, thing
from tests.factories.osint import CAPTURED_AT, POST, capture


def test_a_capture_says_what_how_by_whom_and_that_it_was_lawful(session, cast):
    row = capture(session, cast, virtual_identity="VI-3", egress_ip="192.0.2.7")

    assert row.reference == "KYI-C-0001"
    assert row.url_requested == POST
    assert row.url_canonical == POST
    assert (row.tool, row.tool_version, row.collector) == ("archiver", "1.2.7", "amina")
    assert row.title == "Online capture KYI-C-0001"


@pytest.mark.parametrize("name", ["legality_attestation", "tool", "tool_version", "collector", "reason"])
def test_what_must_be_said_may_not_be_blank(session, cast, name):
    with pytest.raises(InvalidInput, match=name.replace("_", " ")):
        capture(session, cast, **{name: " "})


@pytest.mark.parametrize(
    "facts",
    [
        {"captured_at": datetime(2031, 1, 1, tzinfo=UTC)},
        {"requested_at": CAPTURED_AT + timedelta(seconds=1)},
        {"http_status": 99},
        {"resources_total": 3, "resources_missing": 4},
        {"resources_missing": -1},
        {"resources_missing": 1, "outcome": CaptureOutcome.COMPLETE},
        {"method": CaptureMethod.SERVER_BROWSER},
        {"method": CaptureMethod.UPLOAD_SCREENSHOT, "control": ControlLevel.CONTROLLED_SERVER},
        {"url_requested": "https://user:pw@social.example/"},
        {"archive_urls": ["not an address"]},
        {"egress_ip": "nowhere"},
        {"context_statement": "My cousin filmed this."},
    ],
)
def test_a_capture_that_contradicts_itself_is_refused(session, cast, facts):
    with pytest.raises(InvalidInput):
        capture(session, cast, **facts)


def test_a_failed_attempt_is_recorded_too(session, cast):
    row = capture(session, cast, outcome=CaptureOutcome.CONTENT_UNAVAILABLE, http_status=410)

    assert row.outcome is CaptureOutcome.CONTENT_UNAVAILABLE


def test_files_are_exhibits_and_their_stated_digests_are_compared(session, instance, cast):
    row = capture(session, cast)
    page = receive(session, instance.vault, cast, b"<html>post</html>", name="page.html")

    add_file(session, row, page, role=FileRole.HTML, stated_digest=("sha256", "0" * 64), actor=cast.amina)

    assert [(file.role, exhibit) for file, exhibit in files_of(session, row, actor=cast.amina)] == [
        (FileRole.HTML, page)
    ]
    assert list(captures_of(session, page, actor=cast.amina)) == [row]
    (stated,) = [
        one
        for one in digests_of(session, page, actor=cast.amina)
        if one.role is DigestRole.STATED_BY_THIRD_PARTY
    ]
    assert stated.is_match is False
    assert stated.stated_by == "archiver 1.2.7, capture KYI-C-0001"


def test_a_thing_is_no_file_of_a_capture(session, instance, cast):
    with pytest.raises(InvalidInput, match="not an original with bytes"):
        add_file(
            session,
            capture(session, cast),
            exhibit_of(session, thing(session, instance.vault, cast)),
            role=FileRole.OTHER,
            actor=cast.amina,
        )


def test_a_file_taken_out_may_be_put_in_again(session, instance, cast):
    row = capture(session, cast)
    page = receive(session, instance.vault, cast)
    link = add_file(session, row, page, role=FileRole.HTML, actor=cast.amina)
    with pytest.raises(InvalidInput, match="is a file of KYI-C-0001 already"):
        add_file(session, row, page, role=FileRole.MEDIA, actor=cast.amina)

    remove_file(session, link, actor=cast.amina)

    assert files_of(session, row, actor=cast.amina) == []
    with pytest.raises(InvalidInput, match="already"):
        remove_file(session, link, actor=cast.amina)
    add_file(session, row, page, role=FileRole.MEDIA, actor=cast.amina)


def test_a_correction_keeps_the_rules_and_the_version(session, cast):
    row = capture(session, cast)
    amend_capture(session, row, {"egress_ip": "2001:DB8::1"}, actor=cast.amina, expected_version=1)

    assert row.egress_ip == "2001:db8::1"
    with pytest.raises(Conflict):
        amend_capture(session, row, {"title": "Post"}, actor=cast.amina, expected_version=1)
    with pytest.raises(InvalidInput):
        amend_capture(session, row, {"http_status": 1000}, actor=cast.amina)
    with pytest.raises(InvalidInput, match="mission_id"):
        amend_capture(session, row, {"mission_id": None}, actor=cast.amina)


def test_the_same_address_is_found_however_it_was_spelt(session, cast):
    first = capture(session, cast)
    second = capture(session, cast, url_requested=POST + "?utm_source=chat#top")
    capture(session, cast, url_requested="https://social.example/channel/4712")

    assert set(same_address(session, "https://SOCIAL.example/channel/4711", actor=cast.amina)) == {
        first,
        second,
    }
    assert list(same_address(session, POST, actor=cast.outsider)) == []


def test_the_same_post_is_found_on_its_platform_alone(session, cast):
    first = capture(session, cast, platform="social", platform_post_id="4711")
    second = capture(session, cast, platform="social", platform_post_id="4711")
    capture(session, cast, platform="other", platform_post_id="4711")

    assert list(same_post(session, first, actor=cast.amina)) == [second]
    assert list(same_post(session, capture(session, cast), actor=cast.amina)) == []


def look(session: Any, row: Any, actor: Any, day: int, found: Availability) -> None:
    when = datetime(2026, 2, day, tzinfo=UTC)
    check_availability(session, row, availability=found, checked_at=when, actor=actor)


def test_a_take_down_lies_between_two_looks(session, cast):
    row = capture(session, cast)
    look(session, row, cast.amina, 20, Availability.DELETED)
    look(session, row, cast.amina, 10, Availability.LIVE)
    look(session, row, cast.amina, 15, Availability.UNKNOWN)

    found = take_down(session, row, actor=cast.amina)

    assert found is not None
    assert (found.last_there_at.day, found.first_gone_at.day) == (10, 20)
    assert [check.checked_at.day for check in checks_of(session, row, actor=cast.amina)] == [10, 15, 20]


def test_what_nobody_found_gone_was_not_taken_down(session, cast):
    row = capture(session, cast)
    look(session, row, cast.amina, 10, Availability.LIVE)

    assert take_down(session, row, actor=cast.amina) is None
    with pytest.raises(InvalidInput, match="future"):
        check_availability(
            session,
            row,
            availability=Availability.LIVE,
            checked_at=datetime(2031, 1, 1, tzinfo=UTC),
            actor=cast.amina,
        )


def test_an_outsider_records_changes_and_finds_nothing(session, instance, cast):
    row = capture(session, cast)
    page = receive(session, instance.vault, cast)

    with pytest.raises(NotPermitted):
        capture(session, cast, actor=cast.outsider)
    with pytest.raises(NotPermitted):
        amend_capture(session, row, {"title": "Mine"}, actor=cast.outsider)
    with pytest.raises(NotPermitted):
        add_file(session, row, page, role=FileRole.HTML, actor=cast.outsider)
    with pytest.raises(NotFound):
        find_capture(session, row.reference, actor=cast.outsider)
    assert list(list_captures(session, actor=cast.outsider)) == []
    assert list(list_captures(session, actor=cast.amina)) == [row]
