"""Captures in the browser: recorded, corrected, looked at again, assessed, and reviewed by somebody else."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from evidence_tracker.access.levels import Level
from evidence_tracker.casework.osint.assessments import submit_assessment
from evidence_tracker.casework.osint.models import (
    Assessment,
    Availability,
    Capture,
    CaptureMethod,
    ControlLevel,
    ReviewState,
)
from evidence_tracker.instance import Instance
from evidence_tracker.jobs.audit import audit
from tests.cast import MISSION, Cast
from tests.factories import exhibits, missions
from tests.factories.osint import POST, assessment, capture
from tests.web.conftest import ClientOf
from tests.web.doing import MOST_QUERIES, asking, done, page, refused
from tests.web.sheets import filled

REFERENCE = "KYI-C-0001"
BASE = f"/captures/{REFERENCE}"
ASSESS = f"{BASE}/in/assessments/assess"
STATED: dict[str, Any] = {
    "home": f"{MISSION}-C",
    "url_requested": POST,
    "captured_at": "2026-02-01 12:00:00",
    "captured_at-zone": "Europe/Kyiv",
    "method": "import-wacz",
    "control": "controlled-client",
    "collector": "amina",
    "tool": "archiver",
    "tool_version": "1.2.7",
    "legality_attestation": "Publicly readable without an account.",
    "reason": "Названо у свідченні <b>",
}
CLAIM: dict[str, Any] = {
    "claim": "Знято у Вигаданому",
    "method": "content",
    "reference_material": "Photos of the school from 2019.",
    "reasoning": "Roof line and fence agree.",
    "finding": "probable",
}


@pytest.fixture
def amina(client_of: ClientOf) -> FlaskClient:
    return client_of("amina")


@pytest.fixture
def recorded(instance: Instance, cast: Cast) -> str:
    """Return the reference of a capture that amina recorded."""
    with instance.transaction() as session:
        return capture(session, cast).reference


def the(instance: Instance, model: Any) -> Any:
    with instance.reading() as session:
        return session.scalars(select(model)).one()


def item(shown: str, action: str) -> str:
    matched = re.search(rf'/(?:captures|evidence)/[A-Z0-9-]+/in/[a-z]+/[0-9a-f-]+/{action}(?=")', shown)
    assert matched, action
    return matched[0]


def test_a_capture_is_recorded_with_what_is_known_of_it(amina, instance):
    more = {
        "platform": "Telegram",
        "platform_post_id": "4711",
        "uploaded": "2026-01",
        "archive_urls": "https://archive.example/1\nhttps://archive.example/2",
        "tool_options": "depth=2\nnote=а=б",
        "is_graphic": "on",
        "legal_basis": "statute",
    }
    assert done(amina, "/captures/new/record", **STATED, **more) == BASE
    row = the(instance, Capture)
    assert row.captured_at == datetime(2026, 2, 1, 10, 0, tzinfo=UTC)
    assert (row.method, row.control) == (CaptureMethod.IMPORT_WACZ, ControlLevel.CONTROLLED_CLIENT)
    assert row.tool_options == {"depth": "2", "note": "а=б"}
    assert row.archive_urls == ["https://archive.example/1", "https://archive.example/2"]
    assert row.is_graphic is True
    shown = page(amina, BASE)
    assert "Названо у свідченні &lt;b&gt;" in shown
    assert f'href="{POST}"' not in shown  # nobody is led to the other house by a slip
    assert "depth: 2" in page(amina, f"{BASE}/machine").lower()
    assert audit(instance).findings == []


def test_a_capture_of_a_mission_is_kept_with_it(amina, instance, cast):
    with instance.transaction() as session:
        mission = missions.mission(session, cast)
        place = f"{mission.reference}"
    home = re.search(rf'<option value="({place}[^"]*)"', page(amina, "/captures/new/record"))
    if home is None:
        pytest.fail("the compartment of the mission is not offered")
    done(amina, "/captures/new/record", **{**STATED, "home": home[1]})
    assert the(instance, Capture).mission_id == mission.id
    assert REFERENCE in page(amina, f"/captures/?mission={place}")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"url_requested": "nonsense"}, "is not a web address"),
        ({"url_requested": "https://name:secret@social.example/"}, "user name or password"),
        ({"captured_at": "yesterday"}, "not a time of a clock with its zone"),
        ({"captured_at-zone": ""}, "not a time of a clock with its zone"),
        ({"captured_at-zone": "Mars/Olympus"}, "not a time of a clock with its zone"),
        ({"captured_at": "2031-01-01 00:00"}, "lies in the future"),
        ({"control": "controlled-server", "method": "upload-original"}, "was not captured under the control"),
        ({"tool": " "}, "Tool is missing"),
        ({"http_status": "99"}, "is not an HTTP status"),
        ({"http_status": "many"}, "is not a whole number"),
        ({"tool_options": "depth"}, "The options cannot be read."),
        ({"tool_options": "{"}, "The options cannot be read."),
        ({"archive_urls": "ftp://archive.example"}, "is not a web address"),
        ({"language": "Ukrainian!"}, "is not a language tag"),
        ({"context_statement": "Says it is the school."}, "Who made the context statement"),
    ],
)
def test_what_cannot_be_true_is_refused_in_a_sentence_and_the_words_stay(amina, typed, sentence):
    answer = refused(amina, "/captures/new/record", **{**STATED, **typed})
    assert sentence in answer
    assert "Названо у свідченні &lt;b&gt;" in answer


def test_a_group_that_is_rarely_known_is_folded_until_something_stands_in_it(amina):
    folded = 'class="form-fold"><summary>What the server answered'
    assert folded in page(amina, "/captures/new/record")
    answer = refused(amina, "/captures/new/record", **{**STATED, "tool": "", "http_status": "404"})
    assert folded.replace('form-fold"', 'form-fold" open') in answer


def test_a_correction_states_only_what_differs_and_meets_who_saved_first(amina, instance, recorded):
    amend = f"{BASE}/do/amend"
    sheet: dict[str, Any] = {**filled(page(amina, amend), amend)}
    done(amina, amend, **{**sheet, "discovery": "search for the school", "language": "uk"})
    row = the(instance, Capture)
    assert (row.version, row.discovery, row.language) == (2, "search for the school", "uk")
    assert row.captured_at == datetime(2026, 2, 1, 10, 0, tzinfo=UTC)
    shown = refused(amina, amend, 409, **{**sheet, "discovery": "a tip"})
    assert "search for the school" in shown
    assert 'value="a tip"' in shown
    assert "recorded already" in refused(amina, amend, **filled_again(amina, amend))


def filled_again(amina: FlaskClient, amend: str) -> dict[str, Any]:
    return {**filled(page(amina, amend), amend)}


def test_a_higher_level_takes_along_what_hangs_on_it(amina, instance, cast, recorded):
    done(amina, ASSESS, **CLAIM)
    amend = f"{BASE}/do/amend"
    done(amina, amend, **{**filled_again(amina, amend), "level": "RESTRICTED"})
    assert the(instance, Assessment).level is Level.RESTRICTED


def test_files_are_evidence_items_and_each_is_in_it_once(amina, instance, cast, recorded):
    with instance.transaction() as session:
        one = exhibits.receive(session, instance.vault, cast).reference
        thing = exhibits.exhibit_of(session, exhibits.thing(session, instance.vault, cast)).reference
    add = f"{BASE}/in/files/add"
    assert "There is no exhibit" in refused(amina, add, exhibit="KYI-E-0404", role="media")
    assert "is not an original with bytes" in refused(amina, add, exhibit=thing, role="media")
    assert "Write ALGORITHM:HEX" in refused(amina, add, exhibit=one, role="media", digest="9f86")
    done(amina, add, exhibit=one, role="media", digest=f"sha256:{'0' * 64}", source_url=f"{POST}.mp4")
    assert "already" in refused(amina, add, exhibit=one, role="html")
    shown = page(amina, BASE)
    assert one in shown
    assert f"{POST}.mp4" in shown
    done(amina, item(shown, "remove"))
    assert one not in page(amina, BASE)


def test_looks_say_between_which_instants_it_went_away(amina, recorded):
    look = f"{BASE}/in/looks/add"
    done(amina, look, availability="live", checked_at="2026-02-20T10:00:00Z", http_status="200")
    assert "taken down" not in page(amina, BASE)
    done(amina, look, availability="deleted", checked_at="", note="Сторінку видалено")
    shown = page(amina, BASE)
    assert "taken down" in shown
    assert "It was still there" in shown
    assert "Сторінку видалено" in shown
    assert "lies in the future" in refused(amina, look, availability="live", checked_at="2031-01-01T00:00Z")
    assert "What was found is missing" in refused(amina, look, availability="")


def test_an_assessment_is_drafted_handed_in_and_reviewed_by_somebody_else(
    amina, client_of, instance, cast, recorded
):
    tab = f"{BASE}/assessments"
    assert "source" in page(amina, tab)
    assert "What speaks against it" in refused(amina, ASSESS, **{**CLAIM, "finding": "confirmed"})
    assert done(amina, ASSESS, **CLAIM) == tab
    amend = item(page(amina, tab), "amend")
    done(amina, amend, **{**filled_again(amina, amend), "counter_evidence": "None was found."})
    chen = client_of("chen")
    assert "Only its analyst changes" in refused(
        chen, amend, 403, **{**filled_again(chen, amend), "tools": "x"}
    )
    done(amina, item(page(amina, tab), "submit"))
    shown = page(amina, tab)
    assert "/amend" not in shown.split('id="assessments"')[1]
    review = item(shown, "review")
    mine: dict[str, Any] = {"decision": "accept", "note": "fine", "_own_secret": "secret of amina"}
    assert "somebody else has to review it" in refused(amina, review, 403, **mine)
    assert "None was found." in page(chen, review)
    refused(chen, review, 403, **{**mine, "_own_secret": "guessed"})
    assert "What you found is missing" in refused(
        chen, review, **{**mine, "note": " ", "_own_secret": "secret of chen"}
    )
    done(chen, review, decision="accept", note="Compared with the maps.", _own_secret="secret of chen")
    row = the(instance, Assessment)
    assert (row.state, row.reviewed_by) == (ReviewState.PEER_REVIEWED, cast.chen.account_id)
    assert "reviewed by Chen" in page(amina, tab)


def test_what_is_returned_may_be_changed_again(amina, client_of, instance, cast, recorded):
    with instance.transaction() as session:
        row = session.scalars(select(Capture)).one()
        submit_assessment(session, assessment(session, row, cast.amina), actor=cast.amina)
    chen = client_of("chen")
    review = item(page(chen, f"{BASE}/assessments"), "review")
    done(chen, review, decision="return", note="The fence is another one.", _own_secret="secret of chen")
    amend = item(page(amina, f"{BASE}/assessments"), "amend")
    done(amina, amend, **{**filled_again(amina, amend), "reasoning": "Now with the fence."})
    assert the(instance, Assessment).state is ReviewState.RETURNED


def test_a_later_conclusion_supersedes_an_earlier_one_and_leaves_it_standing(amina, instance, cast, recorded):
    with instance.transaction() as session:
        earlier = assessment(session, session.scalars(select(Capture)).one(), cast.amina)
        submit_assessment(session, earlier, actor=cast.amina)
        known = str(earlier.id)
    assert known in page(amina, ASSESS)
    other: dict[str, Any] = {**CLAIM, "method": "source", "supersedes": known}
    assert "by the same method" in refused(amina, ASSESS, **other)
    done(amina, ASSESS, **CLAIM, supersedes=known)
    shown = page(amina, f"{BASE}/assessments")
    assert "Superseded" in shown
    assert known not in page(amina, ASSESS)


def test_an_evidence_item_is_assessed_like_a_capture(amina, instance, cast):
    with instance.transaction() as session:
        reference = exhibits.receive(session, instance.vault, cast).reference
    tab = f"/evidence/{reference}/assessments"
    assert done(amina, f"/evidence/{reference}/in/assessments/assess", **CLAIM) == tab
    assert "Знято у Вигаданому" in page(amina, tab)
    done(amina, item(page(amina, tab), "submit"))
    assert the(instance, Assessment).state is ReviewState.SUBMITTED


def test_the_list_is_narrowed_by_what_was_captured_and_how_far_it_was_verified(
    amina, client_of, instance, cast
):
    with instance.transaction() as session:
        capture(session, cast, platform="Telegram")
        other = capture(session, cast, url_requested="https://social.example/other")
        submit_assessment(session, assessment(session, other, cast.amina), actor=cast.amina)
    done(amina, f"{BASE}/in/looks/add", availability=Availability.DELETED.value, checked_at="")
    first, second = REFERENCE, "KYI-C-0002"
    for query, wanted in (
        ("", {first, second}),
        ("?platform=telegram", {first}),
        ("?availability=deleted", {first}),
        ("?verification=waits-for-review", {second}),
        ("?verification=not-assessed", {first}),
        ("?method=import-wacz", {first, second}),
        ("?outcome=complete", set()),
        (f"?url={POST}%3Futm_source%3Dx", {first}),
    ):
        shown = page(amina, f"/captures/{query}")
        assert set(re.findall(r'data-open href="/captures/([A-Z0-9-]+)"', shown)) == wanted, query
    assert "KYI-C" not in page(client_of("outsider"), "/captures/?verification=not-assessed")
    assert amina.get("/captures/?url=nonsense").status_code == 422
    assert "KYI-C-0002" in page(amina, BASE.replace("0001", "0002"))


def test_other_captures_of_the_same_are_shown_as_far_as_they_exist_for_whoever_looks(
    amina, instance, cast, recorded
):
    with instance.transaction() as session:
        again = capture(session, cast, url_requested=f"{POST}#comments").reference
    assert again in page(amina, BASE)


def test_who_may_not_see_or_record_is_told_nothing_and_can_do_nothing(client_of, instance, cast, recorded):
    outsider = client_of("outsider")
    for wanted in (REFERENCE, "KYI-C-0404"):
        for ending in ("", "/assessments", "/machine", "/do/amend", "/in/files/add", "/in/looks/add"):
            assert outsider.get(f"/captures/{wanted}{ending}").status_code == 404, ending
            if ending:
                assert outsider.post(f"/captures/{wanted}{ending}", data=CLAIM).status_code in {404, 405}, (
                    ending
                )
    assert outsider.get("/captures/new/record").status_code == 403
    assert outsider.post("/captures/new/record", data=STATED).status_code == 403
    assert "/captures/new/record" not in page(client_of("daria"), "/captures/")


def test_every_page_asks_the_same_few_questions(amina, instance, cast, recorded):
    with instance.transaction() as session:
        row = session.scalars(select(Capture)).one()
        for _ in range(3):
            capture(session, cast)
            submit_assessment(session, assessment(session, row, cast.amina), actor=cast.amina)
    for _ in range(3):
        done(amina, f"{BASE}/in/looks/add", availability="live", checked_at="")
    for path in ("/captures/?verification=waits-for-review", BASE, f"{BASE}/assessments", f"{BASE}/machine"):
        with asking(instance) as asked:
            page(amina, path)
        assert len(asked) <= MOST_QUERIES, (path, len(asked))
