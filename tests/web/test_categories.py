"""Crime categories in the browser: drafts, browsed with their elements and sources; a pack is checked."""

import io

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from evidence_tracker.casework.allegations.packs import FOLDER, library
from evidence_tracker.casework.allegations.strict_yaml import MAX_BYTES
from tests.web.conftest import ClientOf

LIST = "/allegations/categories"


@pytest.fixture
def daria(client_of: ClientOf) -> FlaskClient:
    return client_of("daria")


def test_a_pack_that_is_a_draft_says_so(daria: FlaskClient):
    page = daria.get(LIST).text
    assert "This pack is a draft for review by counsel" in page
    assert "8(2)(a)(vii)-2" in page
    assert "Unlawful confinement" in page


@pytest.mark.parametrize(
    ("asked", "there", "gone"),
    [
        ({"q": "pillag"}, "8(2)(b)(xvi)", "8(2)(a)(i)"),
        ({"q": "8(2)(a)(vii)"}, "8(2)(a)(vii)-2", "8(2)(b)(xvi)"),
        ({"under": "7(1)(g)"}, "7(1)(g)-1", "8(2)(b)(xvi)"),
        ({"topic": "detention"}, "8(2)(a)(vii)-2", "8(2)(b)(xvi)"),
        ({"at": "2005"}, "8(2)(a)(i)", "8(2)(b)(xxvii)"),
        ({"pack": "ua-cc"}, "438(1)", "8(2)(a)(vii)-2"),
        ({"pack": "ua-cc@2024-10-24", "q": "війни"}, "438", "442"),
    ],
)
def test_the_list_is_narrowed_by_what_was_chosen(
    daria: FlaskClient, asked: dict[str, str], there: str, gone: str
):
    page = daria.get(LIST, query_string=asked).text
    assert f">{there}</a>" in page
    assert f">{gone}</a>" not in page


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"pack": "none"}, 404),
        ({"pack": "ua-cc@1"}, 404),
        ({"under": "99"}, 404),
        ({"at": "soon"}, 422),
        ({"q": "nothing is called like this"}, 200),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(daria: FlaskClient, asked: dict[str, str], status: int):
    answer = daria.get(LIST, query_string=asked)
    assert answer.status_code == status
    assert "No category is like that." in answer.text or status != 200


def test_a_category_shows_its_elements_its_dates_and_what_it_corresponds_to(daria: FlaskClient):
    page = daria.get(f"{LIST}/rome-statute/8(2)(a)(vii)-2").text
    assert "Perpetrator confined" in page
    assert "Mental" in page
    assert "cite the official text" in page
    ua = daria.get(f"{LIST}/ua-cc/438(1)/2024").text
    assert "GC IV art 27" in ua
    assert 'href="/allegations/categories/rome-statute/8(2)(a)"' in ua
    group = daria.get(f"{LIST}/rome-statute/8(2)(a)").text
    assert "Below it" in group
    assert daria.get(f"{LIST}/rome-statute/99").status_code == 404
    assert daria.get(f"{LIST}/none/1").status_code == 404


def test_every_category_of_every_pack_has_a_page(daria: FlaskClient):

    for pack in library().packs.values():
        for code in list(pack.categories)[::7]:
            assert daria.get(f"{LIST}/{pack.name}/{code}").status_code == 200, code


def test_it_is_chosen_for_an_incident_from_its_page(daria: FlaskClient):
    page = daria.get(f"{LIST}?for=KYI-N-0001&q=confinement").text
    assert "/incidents/KYI-N-0001/do/allege?category=rome-statute:8(2)(a)(vii)-2" in page
    heading = daria.get(f"{LIST}/rome-statute/8(2)(a)?for=KYI-N-0001").text
    assert "Choose it" not in heading


def test_modes_of_liability_are_listed(daria: FlaskClient):
    assert "28(a)" in daria.get("/allegations/modes").text
    assert "This pack has no modes." in daria.get("/allegations/modes?pack=hr").text


def test_a_pack_that_is_being_written_is_checked_and_not_published(daria: FlaskClient):
    def checked(data: bytes) -> tuple[int, str]:
        # As bytes: the test client leaves the temporary file open that it makes of a large form.
        boundary, body = encode_multipart({"file": FileStorage(io.BytesIO(data), "pack.yaml")})
        answer = daria.post(
            "/allegations/packs/check",
            data=body,
            content_type=f"multipart/form-data; boundary={boundary}",
        )
        return answer.status_code, answer.text

    sound = (FOLDER / "hr.yaml").read_bytes()
    status, page = checked(sound)
    assert (status, "is sound" in page) == (200, True)
    for faulty in (
        b"",
        b"\xff\xfe",
        b"a: [1",
        b"pack: {}",
        sound.replace(b"level: category", b"level: x", 1),
    ):
        status, page = checked(faulty)
        assert (status, "form-errors" in page) == (422, True), faulty[:20]
    status, page = checked(b"a: " + b"x" * (MAX_BYTES + 10))
    assert status == 422
    assert daria.get("/allegations/packs/check").status_code == 200
