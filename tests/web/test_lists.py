"""Lists of all rooms: ordered, with chosen columns, kept under names; the same as CSV, within rights, few queries."""

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import AccessEntry, AccessKind, Record
from evidence_tracker.access.orders import BY_TITLE
from evidence_tracker.access.records import Governance
from evidence_tracker.access.saved_views import SavedView
from evidence_tracker.clock import FrozenClock
from evidence_tracker.instance import Instance
from evidence_tracker.web import ROOMS
from evidence_tracker.web.kinds import Room
from tests.cast import Cast
from tests.factories.exhibits import photo, receive
from tests.factories.incidents import incident
from tests.web.conftest import ClientOf
from tests.web.doing import MOST_QUERIES, asking, page

RECORDS = [room for room in ROOMS if room.listing.sorts]
HOSTILE = [
    "<script>alert(1)</script>",
    "title' OR 1=1 --",
    "\x00",
    "\ud800".encode("utf-8", "replace").decode(),
]


@pytest.fixture
def amina(client_of: ClientOf) -> FlaskClient:
    return client_of("amina")


@pytest.fixture
def four(instance: Instance, cast: Cast, clock: FrozenClock) -> dict[str, str]:
    """Return the references of four items by their titles; each came later than the one before."""
    made = {}
    for number, title in enumerate(("Zoo", "apple", "Ґанок", "ганок за ним")):
        clock.at += timedelta(minutes=1)
        with instance.transaction() as session:
            data = b"x" * ((number * 3) % 4 + 1) + bytes([number])
            made[title] = receive(session, instance.vault, cast, data, title=title).reference
    return made


def titles(browser: FlaskClient, address: str) -> list[str]:
    """Return the titles that a page of the list of evidence shows, in its order."""
    cells = re.findall(r'<td class="main" data-label="Title">(.*?)</td>', page(browser, address), re.DOTALL)
    return [re.sub("<[^>]+>", "", cell).strip() for cell in cells]


def heads(text: str) -> list[str]:
    """Return what the heads of the columns say."""
    row = text.split("<thead>")[1].split("</thead>", maxsplit=1)[0]
    cells = re.findall(
        r"<th(?: [^>]*)?>(.*?)</th>", re.sub(r'<span class="visually-hidden">.*?</span>', "", row)
    )
    return [cell for cell in (re.sub("<[^>]+>", "", cell).strip() for cell in cells) if cell]


def sheet(browser: FlaskClient, address: str) -> list[list[str]]:
    """Return the lines of a list as CSV."""
    answer = browser.get(address)
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def alarm(text: str) -> str:
    """Return what a page of an error says."""
    return re.sub("<[^>]+>", " ", text.split("<main")[1])


# --------------------------------------------------------------------------- what every list states


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_each_column_has_a_name_of_its_own_and_each_order_a_column_that_is_there(room: Room):
    names = [one.name for one in room.listing.columns]
    assert all(re.fullmatch("[a-z_]+", name) for name in names), names
    assert len(set(names)) == len(names)
    taken = {one.name for one in room.listing.filters} | {"sort", "columns", "view", "after", "name", "ref"}
    assert len(taken) == len(room.listing.filters) + 6
    for sort in room.listing.sorts:
        assert sort.column in {*names, ""}, sort
        if sort.order is not None and sort.order.by != BY_TITLE:
            assert hasattr(room.model, sort.order.by), sort
        if sort.order is not None and sort.order.by == BY_TITLE:
            assert issubclass(room.model, Record)
            assert room.model.searched is not None
            assert room.model.searched.title


@pytest.mark.parametrize("room", RECORDS, ids=lambda room: room.name)
def test_every_list_of_records_opens_in_each_of_its_orders_and_as_csv(
    room: Room, amina: FlaskClient, instance: Instance
):
    for sort in room.listing.sorts:
        for ending in ("", "list.csv"):
            with asking(instance) as asked:
                answer = amina.get(f"/{room.name}/{ending}?sort={sort.name}")
            assert answer.status_code == 200, (sort.name, alarm(answer.text))
            assert len(asked) <= MOST_QUERIES
    assert {"newest", "oldest"} <= {sort.name for sort in room.listing.sorts}


# --------------------------------------------------------------------------- order


@pytest.mark.parametrize(
    ("sort", "wanted"),
    [
        ("newest", ["ганок за ним", "Ґанок", "apple", "Zoo"]),
        ("oldest", ["Zoo", "apple", "Ґанок", "ганок за ним"]),
        ("title", ["apple", "Zoo", "Ґанок", "ганок за ним"]),
        ("title-back", ["ганок за ним", "Ґанок", "Zoo", "apple"]),
        ("received", ["ганок за ним", "Ґанок", "apple", "Zoo"]),
        ("received-back", ["Zoo", "apple", "Ґанок", "ганок за ним"]),
        ("size", ["apple", "Ґанок", "ганок за ним", "Zoo"]),
        ("size-back", ["Zoo", "ганок за ним", "Ґанок", "apple"]),
    ],
)
def test_evidence_is_ordered_as_asked_on_the_page_and_as_csv(
    amina: FlaskClient, four: dict[str, str], sort: str, wanted: list[str]
):
    assert titles(amina, f"/evidence/?sort={sort}") == wanted
    assert [line[1] for line in sheet(amina, f"/evidence/list.csv?sort={sort}")[1:]] == wanted


def test_the_heads_of_columns_lead_to_their_orders_and_say_which_one_it_is(
    amina: FlaskClient, four: dict[str, str]
):
    text = page(amina, "/evidence/?kind=digital&sort=title&columns=title,size")

    assert '<th class="" aria-sort="ascending">' in text
    assert text.count("aria-sort") == 1
    assert 'href="/evidence/?kind=digital&amp;sort=title-back&amp;columns=title,size"' in unquoted(text)
    assert 'href="/evidence/?kind=digital&amp;sort=size&amp;columns=title,size"' in unquoted(text)
    back = page(amina, "/evidence/?sort=title-back")
    assert '<th class="" aria-sort="descending">' in back
    assert "aria-sort" not in page(amina, "/evidence/")


def unquoted(text: str) -> str:
    return text.replace("%2C", ",")


def test_a_long_list_goes_on_in_its_order_with_its_filters_and_columns(
    amina: FlaskClient, instance: Instance, cast: Cast
):
    with instance.transaction() as session:
        for number in range(57):
            receive(session, instance.vault, cast, f"{number}".encode(), title=f"note {number:02}")
        photo(session, instance.vault, cast, title="note 30 and a photo", is_graphic=True)
    for sort in ("title", "size-back", "oldest", "received"):
        first = page(amina, f"/evidence/?has_source=no&is_graphic=no&sort={sort}&columns=title,kind")
        more = re.findall(r'hx-get="([^"]+)"', first)[0].replace("&amp;", "&")
        assert "note" not in more  # a title is nothing for an address
        rest = amina.get(more, headers={"HX-Request": "true"}).text
        found = re.findall(r"note \d\d", first + rest)
        assert sorted(found) == [f"note {number:02}" for number in range(57)], sort
        assert "<thead" not in rest
        assert 'data-label="Kind"' in rest
        assert 'data-label="Size"' not in rest


def test_the_page_after_a_row_is_for_who_may_see_the_row(
    amina: FlaskClient, instance: Instance, cast: Cast, four: dict[str, str], client_of: ClientOf
):
    more = "/evidence/?sort=title&after=00000000-0000-0000-0000-000000000009"
    answer = amina.get(more)
    assert answer.status_code == 422
    assert "not here" in answer.text


@pytest.mark.parametrize("after", ["x", "2026-01-01~x", "2026-01-01T00:00:00~" + "0" * 32, "~", "%00"])
@pytest.mark.parametrize("sort", ["", "title", "size"])
def test_a_damaged_address_is_said_to_be_one(amina: FlaskClient, after: str, sort: str):
    answer = amina.get(f"/evidence/?sort={sort}&after={after}")
    assert answer.status_code == 422
    assert "address of this page is damaged" in answer.text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("sort=beauty", "There is no order called beauty here."),
        ("view=tree", "There is no view called tree here."),
        ("columns=title,beauty", "There is no column called beauty here."),
        ("columns=title&columns=beauty", "There is no column called beauty here."),
    ],
)
def test_a_name_that_the_list_does_not_know_is_refused_in_a_sentence(
    amina: FlaskClient, query: str, said: str
):
    for ending in ("", "list.csv"):
        answer = amina.get(f"/evidence/{ending}?{query}")
        assert answer.status_code == 422
        assert said in answer.text
        assert "There are: " in answer.text


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("name", ["sort", "columns", "view", "kind"])
def test_hostile_names_are_refused_and_shown_as_text(amina: FlaskClient, name: str, hostile: str):
    answer = amina.get("/evidence/", query_string={name: hostile})
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text


def test_a_view_with_an_order_of_its_own_takes_no_other(amina: FlaskClient, instance: Instance, cast: Cast):
    with instance.transaction() as session:
        incident(session, cast)
    answer = amina.get("/incidents/?view=timeline&sort=oldest")
    assert answer.status_code == 422
    assert "an order of its own" in answer.text
    text = page(amina, "/incidents/?view=timeline")
    assert "sort=" not in text
    assert 'href="/incidents/?view=timeline"' in page(amina, "/incidents/?sort=oldest")


# --------------------------------------------------------------------------- columns


def test_columns_are_chosen_on_the_page_and_as_csv(amina: FlaskClient, four: dict[str, str]):
    text = page(amina, "/evidence/?columns=size,title,file")
    assert heads(text) == ["Reference", "Title", "Size", "Type of file", "Level"]
    assert sheet(amina, "/evidence/list.csv?columns=size,title,file")[0] == [
        "Reference", "Title", "Size", "Type of file", "Level"
    ]  # fmt: skip
    assert "hide-middle" not in text.split("<tbody")[1].split("</tbody>")[0]
    boxes = re.findall(r'name="columns" value="(\w+)"( checked)?', text)
    assert {name for name, checked in boxes if checked} == {"title", "size", "file"}
    assert {"collected", "received", "entered"} <= {name for name, _ in boxes}


def test_the_form_of_columns_sends_each_box_and_keeps_all_else(amina: FlaskClient, four: dict[str, str]):
    text = page(amina, "/evidence/?kind=digital&sort=size")
    form = text.split('<form class="menu-items menu-form" method="get">')[1].split("</form>")[0]
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
    assert hidden == {"kind": "digital", "sort": "size", "columns": ""}
    sent = page(amina, "/evidence/?kind=digital&sort=size&columns=&columns=title&columns=kind")
    assert heads(sent) == ["Reference", "Title", "Kind", "Level"]
    assert heads(page(amina, "/evidence/?columns=")) == ["Reference", "Level"]


def test_all_columns_of_the_room_are_what_it_shows_by_itself(amina: FlaskClient, four: dict[str, str]):
    own = page(amina, "/evidence/?columns=title,kind,collected,received,size")
    assert heads(own) == heads(page(amina, "/evidence/"))
    assert "Keep this view" not in own


# --------------------------------------------------------------------------- views that are kept


def kept(instance: Instance) -> list[tuple[str, str, str]]:
    with instance.reading() as session:
        return [(row.room, row.name, row.query) for row in session.scalars(select(SavedView))]


def keep(browser: FlaskClient, room: str = "evidence", /, **said: str) -> Any:
    return browser.post(f"/{room}/views", data=said)


def test_what_is_chosen_is_kept_under_a_name_and_opens_again(
    amina: FlaskClient, instance: Instance, four: dict[str, str]
):
    chosen = {"kind": "digital", "sort": "title", "columns": "size,title", "view": "gallery"}
    answer = keep(amina, name="By title, Ґ", **chosen)

    assert answer.status_code == 303
    query = "kind=digital&sort=title&columns=title,size&view=gallery"
    assert answer.headers["Location"].endswith(f"/evidence/?{query}")
    assert kept(instance) == [("evidence", "By title, Ґ", query)]
    text = page(amina, "/evidence/")
    assert f'href="/evidence/?{query.replace("&", "&amp;")}"' in text
    assert "By title, Ґ" in text
    here = page(amina, f"/evidence/?{query}")
    assert re.search(r'chip-kept" href="[^"]+" aria-current="page"', here)
    assert "Keep this view" not in here


def test_nobody_sees_or_forgets_the_view_of_another(
    amina: FlaskClient, client_of: ClientOf, instance: Instance, four: dict[str, str]
):
    keep(amina, name="Mine alone", kind="digital")
    address = re.findall(r'formaction="(/evidence/views/[^"]+/forget)"', page(amina, "/evidence/"))[0]
    for login in ("bohdan", "chen", "outsider"):
        other = client_of(login)
        assert "Mine alone" not in other.get("/evidence/").text
        assert other.post(address).status_code == 404
    assert amina.post(address.replace("evidence", "tasks")).status_code == 404
    assert len(kept(instance)) == 1

    assert amina.post(address).status_code == 303
    assert kept(instance) == []
    assert "Forgotten: Mine alone." in page(amina, "/evidence/")
    assert amina.post(address).status_code == 404


def test_a_name_that_is_taken_is_asked_about_and_then_replaced(amina: FlaskClient, instance: Instance):
    keep(amina, name="Videos", kind="video")
    again = keep(amina, name="videos", kind="audio", sort="size")

    assert again.status_code == 409
    assert "You have a view called Videos already." in again.text
    form = again.text.split('<form class="form"')[1].split("</form>")[0]
    carried = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
    carried.pop("csrf_token")
    assert carried == {"kind": "audio", "sort": "size"}
    assert 'name="replace" value="yes"' in form
    assert kept(instance) == [("evidence", "Videos", "kind=video")]

    assert keep(amina, name="videos", replace="yes", **carried).status_code == 303
    assert kept(instance) == [("evidence", "videos", "kind=audio&sort=size")]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"name": "", "kind": "video"}, "missing"),
        ({"name": "x" * 61, "kind": "video"}, "at most 60 letters"),
        ({"name": "a"}, "Nothing is chosen"),
        ({"name": "a", "kind": "nonsense"}, "no nonsense among the choices"),
        ({"name": "a", "other": "x"}, "Nothing is chosen"),
        ({"name": "\x00", "kind": "video"}, "control characters"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_a_sentence(
    amina: FlaskClient, instance: Instance, said: dict[str, str], sentence: str
):
    answer = keep(amina, **said)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert kept(instance) == []


@pytest.mark.parametrize("said", [{"sort": "beauty"}, {"columns": "beauty"}, {"view": "beauty"}])
def test_names_that_the_list_does_not_know_are_not_kept(
    amina: FlaskClient, instance: Instance, said: dict[str, str]
):
    answer = keep(amina, name="a", **said)
    assert answer.status_code == 422
    assert "called beauty here" in answer.text
    assert kept(instance) == []


def test_only_what_the_list_knows_is_kept(amina: FlaskClient, instance: Instance):
    keep(amina, name="a", kind="video", after="x", ref="KYI-E-0001", _other="<b>")
    assert kept(instance) == [("evidence", "a", "kind=video")]


def test_a_name_is_shown_as_text(amina: FlaskClient):
    keep(amina, name="<img src=x>", kind="video")
    text = page(amina, "/evidence/")
    assert "<img src=x>" not in text
    assert "&lt;img src=x&gt;" in text


def test_a_view_that_fits_no_more_can_be_forgotten(amina: FlaskClient, instance: Instance, cast: Cast):
    keep(amina, name="old", kind="video")
    with instance.transaction() as session:
        session.scalars(select(SavedView)).one().query = "columns=gone"
    assert amina.get("/evidence/?columns=gone").status_code == 422
    address = re.findall(r'formaction="(/evidence/views/[^"]+/forget)"', page(amina, "/evidence/"))[0]
    assert amina.post(address).status_code == 303
    assert kept(instance) == []


# --------------------------------------------------------------------------- what it costs, what is noted


@pytest.mark.parametrize("number", [10, 55, pytest.param(200, marks=pytest.mark.long)])
def test_a_list_costs_ten_queries_whatever_was_chosen_and_however_many_there_are(
    amina: FlaskClient, instance: Instance, cast: Cast, number: int
):
    with instance.transaction() as session:
        for one in range(number):
            receive(session, instance.vault, cast, f"Note number {one}.\n".encode(), title=f"note {one:03}")
    keep(amina, name="kept", kind="digital")
    for query in (
        "",
        "?sort=title",
        "?sort=size-back&columns=title,basis,entered&is_graphic=no",
        "?media=text&has_source=no&has_basis=no&is_original=yes&sort=received&view=gallery",
    ):
        with asking(instance) as asked:
            text = page(amina, f"/evidence/{query}")
        assert len(asked) <= MOST_QUERIES, (query, len(asked))
        if number > 50:
            more = re.findall(r'hx-get="([^"]+)"', text)[0].replace("&amp;", "&")
            with asking(instance) as asked:
                page(amina, more)
            assert len(asked) <= MOST_QUERIES, (more, len(asked))


def test_a_reading_of_restricted_rows_is_noted_in_every_order(
    amina: FlaskClient, instance: Instance, cast: Cast
):
    with instance.transaction() as session:
        receive(session, instance.vault, cast, governance=Governance(Level.RESTRICTED, None, None))
    page(amina, "/evidence/?sort=title")
    with instance.reading() as session:
        assert session.scalars(
            select(AccessEntry.level).where(AccessEntry.kind == AccessKind.READ)
        ).all() == [Level.RESTRICTED]


def test_a_list_too_long_for_one_file_is_refused_and_not_cut(amina, instance, cast, monkeypatch):
    with instance.transaction() as session:
        for one in range(3):
            receive(session, instance.vault, cast, f"Note {one}.\n".encode(), title=f"note {one}")
    monkeypatch.setattr("evidence_tracker.web.lists.MOST_IN_CSV", 3)
    assert amina.get("/evidence/list.csv").status_code == 200
    monkeypatch.setattr("evidence_tracker.web.lists.MOST_IN_CSV", 2)
    answer = amina.get("/evidence/list.csv")
    assert (answer.status_code, "more than 2 rows" in answer.text) == (422, True)
