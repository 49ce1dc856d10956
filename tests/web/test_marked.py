"""What is marked in a list: shown first, done to all or to none, each with its own event, within rights."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from evidence_tracker.access import tasks
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account
from evidence_tracker.access.notices import Notice, NoticeKind
from evidence_tracker.access.records import Governance
from evidence_tracker.access.tasks import Task, TaskState
from evidence_tracker.casework.exhibits.intake import amend_exhibit
from evidence_tracker.casework.exhibits.models import Exhibit, SourceKind
from evidence_tracker.casework.incidents.models import EvidenceLink, Stance
from evidence_tracker.custody.models import CustodyEventRow
from evidence_tracker.instance import Instance
from evidence_tracker.web.marked import MOST
from tests.cast import Cast
from tests.factories.exhibits import receive
from tests.factories.incidents import incident
from tests.factories.interviews import lowered
from tests.web.conftest import ClientOf
from tests.web.doing import MOST_QUERIES, asking, let_read, page


@pytest.fixture
def amina(client_of: ClientOf) -> FlaskClient:
    return client_of("amina")


@pytest.fixture
def three(instance: Instance, cast: Cast) -> list[str]:
    """Return the references of three items, the last of them graphic."""
    with instance.transaction() as session:
        return [
            receive(
                session, instance.vault, cast, bytes([n]) * 9, title=f"item {n}", is_graphic=n == 2
            ).reference
            for n in range(3)
        ]


def address(action: str, references: Sequence[str], room: str = "evidence", **more: str) -> str:
    return f"/{room}/marked/{action}?{urlencode([*(('ref', one) for one in references), *more.items()])}"


def shown(
    browser: FlaskClient, action: str, references: Sequence[str], room: str = "evidence"
) -> dict[str, Any]:
    """Return what the form of an act on marked records would send."""
    text = page(browser, address(action, references, room))
    form = text.split('<form class="form"')[1].split("</form>", maxsplit=1)[0]
    found: dict[str, Any] = dict(
        re.findall(r'<input type="hidden" name="(_version-[^"]+)" value="(\d+)">', form)
    )
    assert set(found) == {f"_version-{one}" for one in references}
    return {"ref": list(references), **found}


def sent(browser: FlaskClient, action: str, form: dict[str, Any], room: str = "evidence") -> Any:
    return browser.post(f"/{room}/marked/{action}", data=form)


def rows(instance: Instance, references: Sequence[str]) -> list[Exhibit]:
    with instance.reading() as session:
        found = {row.reference: row for row in session.scalars(select(Exhibit))}
        return [found[one] for one in references]


def verbs(instance: Instance, row: Any) -> list[str]:
    with instance.reading() as session:
        events = select(CustodyEventRow.verb).where(CustodyEventRow.subject == row.id)
        return [str(verb) for verb in session.scalars(events.order_by(CustodyEventRow.seq))]


# --------------------------------------------------------------------------- the list


def test_rows_have_boxes_and_a_bar_of_what_one_may_do_with_them(
    amina: FlaskClient, client_of: ClientOf, instance: Instance, cast: Cast, three: list[str]
):
    for query in ("", "?view=gallery"):
        text = page(amina, f"/evidence/{query}")
        assert set(re.findall(r'name="ref" value="([^"]+)" data-mark', text)) == set(three)
        offered = re.findall(r'formaction="/evidence/marked/([a-z-]+)"', text)
        assert offered == ["amend", "graphic", "not-graphic", "link"]
    let_read(instance, cast)
    reader = page(client_of("outsider"), "/evidence/")
    assert three[0] in reader
    assert "data-mark" not in reader
    assert "marked/" not in reader
    assert "data-mark" not in page(amina, "/incidents/")


def test_the_page_says_what_will_happen_to_which_records(amina: FlaskClient, three: list[str]):
    text = page(amina, address("graphic", three, back="sort=title"))

    assert "2 evidence items will be marked graphic" in text
    assert text.count("will be graphic</span>") == 2
    assert "graphic already" in text
    assert "Set as graphic (2)" in text
    assert 'href="/evidence/?sort=title"' in text
    without = re.findall(r'class="btn-plain" href="([^"]+)"', text)[0].replace("&amp;", "&")
    assert "1 evidence item will be marked graphic" in page(amina, without)


# --------------------------------------------------------------------------- evidence


def test_all_are_done_at_once_each_with_its_own_event_of_one_act(
    amina: FlaskClient, instance: Instance, three: list[str]
):
    answer = sent(amina, "graphic", {**shown(amina, "graphic", three), "back": "kind=digital&sort=title"})

    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("/evidence/?kind=digital&sort=title")
    found = rows(instance, three)
    assert [row.is_graphic for row in found] == [True, True, True]
    assert [row.version for row in found] == [2, 2, 1]
    with instance.reading() as session:
        acts = [
            session.scalars(
                select(CustodyEventRow.act_id)
                .where(CustodyEventRow.subject == row.id)
                .order_by(CustodyEventRow.seq.desc())
            ).first()
            for row in found
        ]
    assert acts[0] == acts[1] != acts[2]
    assert verbs(instance, found[0])[-1] == "amended"
    assert "2 evidence items are marked graphic now. 1 stayed as they were." in page(amina, "/evidence/")
    assert "nothing to do" in page(amina, address("graphic", three))


def test_what_is_filled_in_is_stated_of_all_and_the_rest_stays(
    amina: FlaskClient, instance: Instance, three: list[str]
):
    form = shown(amina, "amend", three)
    facts = {"source_kind": "partner", "received_from": "PT-1", "language": "uk", "legal_basis": "act 1"}

    assert sent(amina, "amend", {**form, **facts}).status_code == 303

    for number, row in enumerate(rows(instance, three)):
        assert (row.title, row.is_graphic) == (f"item {number}", number == 2)
        assert (row.source_kind, row.received_from) == (SourceKind.PARTNER, "PT-1")
        assert (row.language, row.legal_basis, row.version) == ("uk", "act 1", 2)


def test_what_one_says_already_is_no_new_version_of_it(
    amina: FlaskClient, instance: Instance, cast: Cast, three: list[str]
):
    with instance.transaction() as session:
        first = session.scalars(select(Exhibit).where(Exhibit.reference == three[0])).one()
        amend_exhibit(session, first, {"language": "uk"}, actor=cast.amina)
    form = {**shown(amina, "amend", three), "language": "uk"}
    assert sent(amina, "amend", form).status_code == 303
    assert [row.version for row in rows(instance, three)] == [2, 2, 2]
    again = sent(amina, "amend", {**shown(amina, "amend", three), "language": "uk"})
    assert again.status_code == 422
    assert "All of this is recorded already" in again.text


def test_a_stale_version_stops_all_and_no_word_is_lost(
    amina: FlaskClient, instance: Instance, cast: Cast, three: list[str]
):
    form = {**shown(amina, "amend", three), "received_from": "a long reason, typed once"}
    with instance.transaction() as session:
        last = session.scalars(select(Exhibit).where(Exhibit.reference == three[2])).one()
        amend_exhibit(session, last, {"title": "changed by bohdan"}, actor=cast.bohdan)

    answer = sent(amina, "amend", form)

    assert answer.status_code == 409
    assert "saved by somebody else meanwhile" in answer.text
    assert "a long reason, typed once" in answer.text
    assert "changed by bohdan" in answer.text
    assert answer.text.count("changed meanwhile</span>") == 1
    assert [row.version for row in rows(instance, three)] == [1, 1, 2]
    # Having read it, one sends it again: the form holds the version that it shows.
    again = dict(re.findall(r'name="(_version-[^"]+)" value="(\d+)"', answer.text))
    assert again[f"_version-{three[2]}"] == "2"
    assert sent(amina, "amend", {**form, **again}).status_code == 303
    assert [row.received_from for row in rows(instance, three)] == [form["received_from"]] * 3


def test_items_are_cited_for_an_incident_each_as_a_whole(
    amina: FlaskClient, instance: Instance, cast: Cast, three: list[str]
):
    with instance.transaction() as session:
        reference = incident(session, cast).reference
    facts = {"incident": reference, "shows": "The cellar from three sides.", "stance": "supports"}
    form = {**shown(amina, "link", three), **facts}

    assert sent(amina, "link", form).status_code == 303

    with instance.reading() as session:
        links = session.scalars(select(EvidenceLink)).all()
    assert {link.exhibit_id for link in links} == {row.id for row in rows(instance, three)}
    assert {(link.stance, str(link.citation), link.shows) for link in links} == {
        (Stance.SUPPORTS, str(links[0].citation), "The cellar from three sides.")
    }
    assert {verbs(instance, link)[-1] for link in links} == {"linked"}
    again = sent(amina, "link", form)
    assert again.status_code == 422
    assert "cited for" in again.text
    unknown = sent(amina, "link", {**form, "incident": "KYI-N-9999"})
    assert unknown.status_code == 422
    assert "The cellar from three sides." in unknown.text
    stale = sent(amina, "link", {**form, "stance": "context", f"_version-{three[0]}": "7"})
    assert stale.status_code == 409


@pytest.mark.parametrize(
    ("action", "facts", "sentence"),
    [
        ("amend", {}, "Nothing is stated"),
        ("amend", {"language": "not a tag"}, "is not a language tag"),
        ("amend", {"source_kind": "<script>"}, "need another look"),
        ("link", {"shows": "a", "stance": "supports"}, "Incident is missing"),
        ("link", {"incident": "KYI-N-0001' OR 1=1 --", "shows": "a", "stance": "supports"}, "There is no"),
    ],
)
def test_facts_that_cannot_be_read_are_said_and_nothing_is_done(
    amina: FlaskClient,
    instance: Instance,
    three: list[str],
    action: str,
    facts: dict[str, str],
    sentence: str,
):
    answer = sent(amina, action, {**shown(amina, action, three), **facts})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "<script>" not in answer.text.split("<main")[1]
    assert [row.version for row in rows(instance, three)] == [1, 1, 1]


# --------------------------------------------------------------------------- rights, what is not there


def test_who_may_not_record_is_not_let_in(
    client_of: ClientOf, instance: Instance, cast: Cast, three: list[str]
):
    form = shown(client_of("amina"), "graphic", three)
    for prepare in (lambda: None, lambda: let_read(instance, cast)):
        prepare()
        outsider = client_of("outsider")
        assert outsider.get(address("graphic", three)).status_code == 403
        assert sent(outsider, "graphic", form).status_code == 403
    assert [row.is_graphic for row in rows(instance, three)] == [False, False, True]


def test_one_that_is_not_there_or_may_not_be_seen_is_not_found_and_the_others_are_not_told(
    client_of: ClientOf, instance: Instance, cast: Cast, three: list[str]
):
    with instance.transaction() as session:
        hidden = receive(
            session, instance.vault, cast, b"sealed", governance=Governance(Level.SEALED, None, None)
        ).reference
    with instance.transaction() as session:
        lowered(session, cast, Level.CONFIDENTIAL, cast.mission)
    amina = client_of("amina")
    for gone in (hidden, "KYI-E-9999", "<script>", "' OR 1=1 --"):
        for answer in (
            amina.get(address("graphic", [*three, gone])),
            sent(amina, "graphic", {"ref": [*three, gone], **{f"_version-{one}": "1" for one in three}}),
        ):
            assert answer.status_code == 404, gone
            assert "or you may not see it" in answer.text
            assert "item 0" not in answer.text
            assert "<script>" not in answer.text.split("<main")[1]
    assert [row.is_graphic for row in rows(instance, three)] == [False, False, True]


def test_nothing_marked_too_much_marked_and_no_such_act_are_said(amina: FlaskClient, three: list[str]):
    assert "Nothing is marked" in amina.get("/evidence/marked/graphic").text
    many = [f"KYI-E-{number:04}" for number in range(MOST + 1)]
    assert f"at most {MOST} at once" in amina.get(address("graphic", many)).text
    assert amina.get(address("destroy", three)).status_code == 404
    assert amina.get(address("graphic", three, room="incidents")).status_code == 404


def test_a_form_that_does_not_say_what_was_read_is_refused(
    amina: FlaskClient, instance: Instance, three: list[str]
):
    answer = sent(amina, "graphic", {"ref": three})
    assert answer.status_code == 422
    assert "in which version" in answer.text
    assert [row.version for row in rows(instance, three)] == [1, 1, 1]


@pytest.mark.parametrize(
    "back", ["//evil.example/", "https://evil.example/", "sort=beauty", "kind=nonsense", "\x00"]
)
def test_the_way_back_is_the_list_and_nowhere_else(amina: FlaskClient, three: list[str], back: str):
    answer = sent(amina, "graphic", {**shown(amina, "graphic", three), "back": back})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/evidence/"


@pytest.mark.parametrize("number", [10, pytest.param(200, marks=pytest.mark.long)])
def test_the_page_costs_ten_queries_however_many_are_marked(
    amina: FlaskClient, instance: Instance, cast: Cast, number: int
):
    with instance.transaction() as session:
        references = [
            receive(session, instance.vault, cast, f"{one}".encode()).reference for one in range(number)
        ]
    for action in ("graphic", "amend", "link"):
        with asking(instance) as asked:
            page(amina, address(action, references))
        assert len(asked) <= MOST_QUERIES, (action, len(asked))


# --------------------------------------------------------------------------- tasks


@pytest.fixture
def given(instance: Instance, cast: Cast) -> list[str]:
    """Return the references of three tasks that amina has; chen gave them."""
    with instance.transaction() as session:
        account = session.get_one(Account, cast.amina.account_id)
        return [
            tasks.give_task(session, account, facts={"title": f"look {n}"}, actor=cast.chen).reference
            for n in range(3)
        ]


def held(instance: Instance) -> list[tuple[TaskState, Any, str | None]]:
    with instance.reading() as session:
        found = session.scalars(select(Task).order_by(Task.reference)).all()
        return [(row.state, row.assigned_to, row.ended_reason) for row in found]


def test_tasks_are_done_all_at_once(amina: FlaskClient, instance: Instance, cast: Cast, given: list[str]):
    form = {**shown(amina, "finish", given, "tasks"), "outcome": "Looked at all of them."}
    assert sent(amina, "finish", form, "tasks").status_code == 303
    assert held(instance) == [(TaskState.DONE, cast.amina.account_id, "Looked at all of them.")] * 3
    with instance.reading() as session:
        told = session.scalars(select(Notice).where(Notice.kind == NoticeKind.TASK_ENDED)).all()
    assert {one.account_id for one in told} == {cast.chen.account_id}
    assert len(told) == 3


def test_one_task_that_has_ended_stops_all_until_it_is_taken_out(
    amina: FlaskClient, instance: Instance, cast: Cast, given: list[str]
):
    form = shown(amina, "finish", given, "tasks")
    with instance.transaction() as session:
        tasks.drop_task(
            session, tasks.find_task(session, given[1], actor=cast.chen), reason="no use", actor=cast.chen
        )
    answer = sent(amina, "finish", {**form, "outcome": "typed once"}, "tasks")
    assert answer.status_code == 422
    assert "it has ended already" in answer.text
    assert [state for state, _, _ in held(instance)] == [TaskState.OPEN, TaskState.DROPPED, TaskState.OPEN]
    text = page(amina, address("finish", given, "tasks"))
    assert "They are done (" not in text
    out = re.findall(r'class="btn btn-sm" href="([^"]+)"', text)[0].replace("&amp;", "&")
    assert given[1] not in page(amina, out)
    assert (
        sent(amina, "finish", shown(amina, "finish", [given[0], given[2]], "tasks"), "tasks").status_code
        == 303
    )


def test_tasks_are_handed_to_somebody_who_may_read_them(
    amina: FlaskClient, client_of: ClientOf, instance: Instance, cast: Cast, given: list[str]
):
    form = shown(amina, "hand-over", given, "tasks")
    for nobody in ("outsider", "no-such-login"):
        refused = sent(amina, "hand-over", {**form, "to": nobody}, "tasks")
        assert refused.status_code == 422
        assert {who for _, who, _ in held(instance)} == {cast.amina.account_id}
    assert sent(amina, "hand-over", {**form, "to": "bohdan"}, "tasks").status_code == 303
    assert {who for _, who, _ in held(instance)} == {cast.bohdan.account_id}
    assert given[0] in page(client_of("bohdan"), "/tasks/")
    assert given[0] not in page(amina, "/tasks/")
    with instance.reading() as session:
        told = session.scalars(
            select(Notice).where(
                Notice.kind == NoticeKind.TASK_GIVEN, Notice.account_id == cast.bohdan.account_id
            )
        ).all()
    assert len(told) == 3


def test_the_tasks_of_others_are_handed_over_by_nobody_else(
    client_of: ClientOf, amina: FlaskClient, instance: Instance, cast: Cast, given: list[str]
):
    form = {**shown(amina, "hand-over", given, "tasks"), "to": "daria"}
    assert sent(client_of("daria"), "hand-over", form, "tasks").status_code == 403
    assert sent(client_of("outsider"), "hand-over", form, "tasks").status_code == 404
    assert {who for _, who, _ in held(instance)} == {cast.amina.account_id}
