"""Evidence in the browser: listed, looked at, changed, kept, linked; each by whoever may."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event as sa_event
from sqlalchemy import select

from evidence_tracker.access.levels import Level
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.exhibits import people, queries
from evidence_tracker.casework.exhibits.models import Exhibit, PersonRole, SourceKind
from evidence_tracker.casework.incidents.links import link_evidence
from evidence_tracker.casework.incidents.models import Stance
from evidence_tracker.casework.osint.assessments import review_assessment, submit_assessment
from evidence_tracker.instance import Instance
from evidence_tracker.jobs.examinations import JOBS
from evidence_tracker.jobs.worker import run_owed
from evidence_tracker.vault.models import BlobCheck
from evidence_tracker.web.session import SIGNED_IN
from tests.cast import Cast
from tests.factories.exhibits import FOUND, exhibit_of, photo, receive, thing
from tests.factories.incidents import incident
from tests.factories.osint import assessment
from tests.factories.persons import person
from tests.web.conftest import ClientOf, token_of


@pytest.fixture
def amina(client_of: ClientOf) -> FlaskClient:
    return client_of("amina")


@pytest.fixture
def note(instance: Instance, cast: Cast) -> str:
    """Return the reference of an item of some words."""
    with instance.transaction() as session:
        return receive(
            session, instance.vault, cast, b"in words\n", title="Записка", collected=FOUND
        ).reference


@pytest.fixture
def shot(instance: Instance, cast: Cast) -> str:
    """Return the reference of a photo."""
    with instance.transaction() as session:
        return photo(session, instance.vault, cast, 5).reference


@pytest.fixture
def fragment(instance: Instance, cast: Cast) -> str:
    """Return the reference of a thing that was taken."""
    with instance.transaction() as session:
        return exhibit_of(session, thing(session, instance.vault, cast)).reference


def sent(browser: FlaskClient, address: str, **form: str) -> Any:
    answer = browser.post(address, data=form)
    assert answer.status_code == 303, answer.text
    return answer


def row_of(instance: Instance, reference: str) -> Exhibit:
    with instance.reading() as session:
        return session.scalars(select(Exhibit).where(Exhibit.reference == reference)).one()


def one(instance: Instance, model: Any) -> Any:
    with instance.reading() as session:
        return session.scalars(select(model)).one()


# --------------------------------------------------------------------------- the list


def listed(browser: FlaskClient, **filters: str) -> set[str]:
    answer = browser.get("/evidence/", query_string=filters)
    assert answer.status_code == 200, answer.text
    return set(re.findall(r'data-open href="/evidence/([A-Z0-9-]+)"', answer.text))


def test_the_list_is_sifted_by_its_filters_and_says_them_as_a_sentence(amina, instance, cast, note, shot):
    with instance.transaction() as session:
        graphic = receive(
            session,
            instance.vault,
            cast,
            b"disturbing",
            source_kind=SourceKind.PARTNER,
            is_graphic=True,
            governance=Governance(Level.CONFIDENTIAL, None, "statute"),
        )
        link = person(session, cast.amina, cast.mission)
        people.link_person(session, graphic, link, role=PersonRole.SOURCE, actor=cast.amina)
        done = assessment(session, graphic, cast.amina)
        submit_and_review(session, done, cast)
        third = graphic.reference

    for filters, wanted in (
        ({}, {note, shot, third}),
        ({"kind": "photo"}, {shot}),
        ({"media": "text"}, {note, third}),
        ({"collected_since": "2022-04-01", "collected_until": "2022-04-04"}, {note}),
        ({"received_since": "2026-03-02", "received_until": "2026-03-02"}, {note, shot, third}),
        ({"received_until": "2026-03-01"}, set()),
        ({"source_kind": "partner"}, {third}),
        ({"has_source": "yes"}, {third}),
        ({"has_source": "no", "media": "text"}, {note}),
        ({"has_basis": "no"}, {note, shot}),
        ({"is_reviewed_by_another": "yes"}, {third}),
        ({"is_reviewed_by_another": "no"}, {note, shot}),
        ({"is_original": "no"}, set()),
        ({"is_graphic": "yes"}, {third}),
    ):
        assert listed(amina, **filters) == wanted, filters
    page = amina.get("/evidence/?kind=photo&has_basis=no&collected_since=2022-04-01").text
    said = re.findall(r'chip-on">([^<]+) <a', page)
    assert said == ["Photo", "collected since 2022-04-01", "without a legal basis"]


def submit_and_review(session: Any, row: Any, cast: Cast) -> None:
    submit_assessment(session, row, actor=cast.amina)
    review_assessment(session, row, is_accepted=True, note="Compared.", actor=cast.chen)


@pytest.mark.parametrize(
    "filters", ["kind=nonsense", "collected_since=yesterday", "has_source=perhaps", "mission=KYI-NOWHERE"]
)
def test_a_filter_that_says_nothing_is_refused_in_a_sentence(amina, filters):
    answer = amina.get(f"/evidence/?{filters}")

    assert answer.status_code in {404, 422}
    assert "nonsense" in answer.text or "nowhere" in answer.text.lower() or "choices" in answer.text


def test_the_list_follows_the_scope_of_work(amina, note):
    amina.post("/scope", data={"scope": "KYI"})
    assert listed(amina) == set()
    amina.post("/scope", data={"scope": "KYI-2026-01-C"})
    assert listed(amina) == {note}


def test_the_gallery_shows_what_can_be_drawn_and_blurs_what_is_graphic(amina, instance, cast, note, shot):
    with instance.transaction() as session:
        graphic = photo(session, instance.vault, cast, 6, is_graphic=True).reference

    page = amina.get("/evidence/?view=gallery").text

    assert f"/evidence/{shot}/preview/thumbnail" in page
    assert f"/evidence/{note}/preview/thumbnail" not in page
    assert re.findall(r'tile-view is-graphic" data-open href="/evidence/([A-Z0-9-]+)"', page) == [graphic]


def test_a_long_list_goes_on_by_its_key_in_both_views(amina, instance, cast):
    with instance.transaction() as session:
        for number in range(55):
            receive(session, instance.vault, cast, f"{number}".encode())

    for view in ("", "?view=gallery"):
        first = amina.get(f"/evidence/{view}").text
        more = re.search(r'class="btn" href="(/evidence/\?[^"]*after=[^"]*)"', first)
        assert more
        rest = amina.get(more[1].replace("&amp;", "&"), headers={"HX-Request": "true"}).text
        assert len(re.findall("data-open", first)) == 50
        assert len(re.findall("data-open", rest)) == 5
        assert "<html" not in rest
        assert ("tile" in rest) == bool(view)


def test_the_outsider_sees_nothing_of_it(client_of, note, fragment):
    outsider = client_of("outsider")

    assert listed(outsider) == set()
    assert note not in outsider.get("/evidence/list.csv").text
    for path in (
        "",
        "/words",
        "/origin",
        "/examination",
        "/keeping",
        "/links",
        "/custody",
        "/do/amend",
        "/copy",
    ):
        assert outsider.get(f"/evidence/{note}{path}").status_code == 404, path
    assert outsider.post(f"/evidence/{note}/show").status_code == 404


# --------------------------------------------------------------------------- the record


def test_the_record_says_what_is_known_and_what_is_proved(amina, instance, note):
    page = amina.get(f"/evidence/{note}").text

    row = row_of(instance, note)
    assert "Записка" in page
    assert "in words" not in page
    assert row.sha256 is not None
    assert row.sha256[:8] in page
    assert "waiting for the next signed checkpoint" in page
    assert "What is not proved" in page
    assert "authentic" not in page.lower()
    assert "<title>Записка" not in page


def test_the_seal_changes_with_the_log_and_with_each_look(amina, instance, note, clock):
    instance.checkpoint()
    assert "sealed, as received" in amina.get(f"/evidence/{note}").text

    checked(amina, instance, note)
    page = amina.get(f"/evidence/{note}").text
    assert "sealed, checked" in page
    assert "A signed checkpoint stands over the first" in page

    assert one(instance, BlobCheck).fault is None
    clock.at = clock.at.replace(month=8)
    amina.set_cookie(SIGNED_IN, token_of(instance, "amina"))
    assert "not checked since" in amina.get(f"/evidence/{note}").text


def checked(browser: FlaskClient, instance: Instance, reference: str) -> None:
    begun = sent(browser, f"/evidence/{reference}/do/verify")
    browser.application.extensions["evidence_tracker.works"].close()
    assert "/works/" in begun.headers["Location"]


def test_damaged_bytes_are_said_and_nothing_is_repaired(amina, instance, note):
    blob_id = row_of(instance, note).blob_id
    path = instance.vault.store._path(blob_id)
    path.chmod(0o600)
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(data)

    checked(amina, instance, note)

    page = amina.get(f"/evidence/{note}").text
    assert "damaged: see what happened" in page
    assert "Nothing is repaired" in page
    assert path.read_bytes() == bytes(data)


def test_each_tab_opens_for_bytes_and_for_things(amina, note, shot, fragment):
    tabs = {"", "/origin", "/keeping", "/links", "/custody", "/history"}
    for reference, more in ((note, {"/words", "/examination"}), (shot, {"/examination"}), (fragment, set())):
        for tab in tabs | {"/words", "/examination"}:
            wanted = 200 if tab in tabs | more else 404
            assert amina.get(f"/evidence/{reference}{tab}").status_code == wanted, (reference, tab)


def test_words_are_shown_as_words_and_run_nothing(amina, instance, cast):
    with instance.transaction() as session:
        page = b"<!DOCTYPE html><html><body onload=alert(1)><script>document.title='ran'</script>Words</body></html>"
        html = receive(session, instance.vault, cast, page).reference
        svg = receive(
            session,
            instance.vault,
            cast,
            b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        ).reference

    shown = amina.get(f"/evidence/{html}/words").text
    assert "Words" in shown
    assert "<script>document" not in shown
    assert "<body onload" not in shown
    for reference in (html, svg):
        record = amina.get(f"/evidence/{reference}").text
        assert "<svg xmlns" not in record
        assert "<iframe" not in record
        assert "<object" not in record


def test_what_cannot_be_shown_says_why(amina, instance, cast):
    with instance.transaction() as session:
        archive = receive(session, instance.vault, cast, b"SQLite format 3\0" + bytes(84)).reference

    page = amina.get(f"/evidence/{archive}").text

    assert "No preview." in page
    assert "are not shown here" in page


def test_a_recording_plays_and_a_pdf_is_turned_page_by_page(amina, instance, cast, corpus):
    with instance.transaction() as session:
        film = receive(
            session, instance.vault, cast, (corpus / "files" / "testVideoMp4.mp4").read_bytes()
        ).reference
        sheets = receive(session, instance.vault, cast, pdf_of(3)).reference
    run_owed(instance, JOBS, limit=2)
    assert (
        f'<video id="player" controls preload="metadata" src="/evidence/{film}/media">'
        in amina.get(f"/evidence/{film}").text
    )
    for asked, page, before, after in (
        ("", 1, False, True),
        ("?page=2", 2, True, True),
        ("?page=99", 3, True, False),
    ):
        text = amina.get(f"/evidence/{sheets}{asked}").text
        assert f'src="/evidence/{sheets}/page/{page}"' in text
        assert f"Page {page} of 3" in text
        assert ('rel="prev"' in text, 'rel="next"' in text) == (before, after)
    assert amina.get(f"/evidence/{sheets}?page=nonsense").status_code == 200


def pdf_of(pages: int) -> bytes:
    kids = " ".join(f"{number + 3} 0 R" for number in range(pages))
    objects = ["<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Kids[{kids}]/Count {pages}>>"]
    objects += ["<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>"] * pages
    body = "".join(f"{number} 0 obj{text}endobj\n" for number, text in enumerate(objects, 1))
    return f"%PDF-1.4\n{body}trailer<</Root 1 0 R>>\n".encode()


def test_a_graphic_item_is_shown_when_asked_for_in_this_session_alone(amina, client_of, instance, cast):
    with instance.transaction() as session:
        graphic = photo(session, instance.vault, cast, 7, is_graphic=True).reference
    other = client_of("amina")

    assert f"/evidence/{graphic}/preview/view" not in amina.get(f"/evidence/{graphic}").text
    asked = sent(amina, f"/evidence/{graphic}/show", back=f"/evidence/{graphic}")
    assert asked.headers["Location"] == f"/evidence/{graphic}"
    assert f"/evidence/{graphic}/preview/view" in amina.get(f"/evidence/{graphic}").text
    assert "is-graphic" not in amina.get("/evidence/?view=gallery").text
    assert f"/evidence/{graphic}/preview/view" not in other.get(f"/evidence/{graphic}").text

    sent(amina, f"/evidence/{graphic}/show", hide="yes", back="//elsewhere.example")
    assert f"/evidence/{graphic}/preview/view" not in amina.get(f"/evidence/{graphic}").text


def test_the_examination_tells_the_claims_of_the_file_as_claims(amina, instance, cast, corpus):
    with instance.transaction() as session:
        data = (corpus / "files" / "testJPEG_EXIF.jpg").read_bytes()
        reference = receive(session, instance.vault, cast, data).reference
    assert "not examined yet" in amina.get(f"/evidence/{reference}/examination").text
    run_owed(instance, JOBS, limit=1)

    page = amina.get(f"/evidence/{reference}/examination").text

    assert "What the file claims" in page
    assert "as its clock showed; no time zone is stated" in page
    assert "UTC</dd>" not in page


def test_what_other_rooms_say_of_it_is_told_within_rights(amina, instance, cast, note):
    with instance.transaction() as session:
        row = queries.find_exhibit(session, note, actor=cast.amina)
        made = incident(session, cast)
        link_evidence(session, made, row, stance=Stance.SUPPORTS, shows="The date.", actor=cast.amina)
        reference = made.reference

    page = amina.get(f"/evidence/{note}/links").text

    assert f'href="/incidents/{reference}"' in page
    assert amina.get(f"/evidence/{note}/links").text.count("None that you may see.") == 4


@pytest.mark.parametrize(
    "path", ["", "/words", "/origin", "/examination", "/keeping", "/links", "/custody", "?view=gallery"]
)
def test_a_page_asks_the_database_little_however_much_there_is(amina, instance, cast, fragment, note, path):
    with instance.transaction() as session:
        row = queries.find_exhibit(session, note, actor=cast.amina)
        for number in range(12):
            receive(session, instance.vault, cast, b"in words\n")
            who = person(session, cast.amina, cast.mission)
            people.link_person(session, row, who, role=PersonRole.MENTIONED, actor=cast.amina)
            photo(session, instance.vault, cast, 100 + number)
    where = "/evidence/" if path.startswith("?") else f"/evidence/{note}"
    others = ["/evidence/"] if path.startswith("?") else []
    if path in {"", "/keeping"}:
        others.append(f"/evidence/{fragment}{path}")
    asked: list[str] = []
    with instance.engine.connect() as connection:
        engine = connection.engine
    sa_event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    for page in (f"{where}{path}", *others):
        asked.clear()
        assert amina.get(page).status_code == 200
        reading = [text for text in asked if text.lstrip().upper().startswith(("SELECT", "WITH"))]
        assert len(reading) <= 12, [text[:80] for text in reading]
