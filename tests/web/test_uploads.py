"""Taking in by the browser: bytes go straight into the vault, whole or not at all, for whoever may."""

import io
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evidence_tracker.access.accounts import find_account
from evidence_tracker.access.compartments import end_grant, grant
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Compartment, Draft, Grant, Role
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.exhibits.models import Exhibit, ExhibitKind, ExhibitPerson, PersonRole
from evidence_tracker.errors import InvalidInput, TooLarge
from evidence_tracker.instance import Instance
from evidence_tracker.outbox import Promise
from evidence_tracker.vault.models import Blob
from evidence_tracker.web import create_app, uploads
from evidence_tracker.web.house import House
from evidence_tracker.web.session import SIGNED_IN
from evidence_tracker.web.worker import WORKER
from tests.cast import Cast
from tests.factories.exhibits import png, receive
from tests.factories.missions import mission as plan_mission
from tests.factories.persons import person
from tests.web.conftest import ClientOf, token_of
from tests.web.sent_forms import form_bytes

HOME = "KYI-2026-01-C"
PUT = dict[str, Any]


@pytest.fixture
def amina(client_of: ClientOf) -> FlaskClient:
    return client_of("amina")


@pytest.fixture
def ticket(amina: FlaskClient) -> str:
    """Return the address of a form of amina's that says where files go."""
    return opened(amina)


def opened(browser: FlaskClient, **facts: str) -> str:
    begun = browser.get("/evidence/receive")
    assert begun.status_code == 303, begun.text
    address = begun.headers["Location"]
    kept = browser.put(f"{address}/facts", data={"home": HOME, **facts})
    assert kept.json == {"kept": True}
    return address


def put(browser: FlaskClient, address: str, data: bytes, name: str | bytes = "a.txt", **more: Any) -> Any:
    raw = name.encode() if isinstance(name, str) else name
    headers = {"X-File-Name": quote_from_bytes(raw, safe="")}
    return browser.put(address, data=data, headers=headers, content_type="application/octet-stream", **more)


def stream(browser: FlaskClient, address: str, body: Any, length: int | None = None) -> Any:
    """Send a body that is read from a socket: of a length, or in chunks whose end the server knows."""
    socket: dict[str, Any] = {"wsgi.input": body, "CONTENT_LENGTH": "" if length is None else str(length)}
    if length is None:
        socket |= {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    return browser.put(address, headers={"X-File-Name": "a"}, environ_overrides=socket)


def items(instance: Instance) -> list[Exhibit]:
    with instance.reading() as session:
        return list(session.scalars(select(Exhibit).order_by(Exhibit.reference)))


def nothing_was_kept(instance: Instance) -> bool:
    store = instance.vault.store
    with instance.reading() as session:
        named = set(session.scalars(select(Blob.id)))
    return not items(instance) and not named and not list(store.ids()) and not left_over(instance)


def left_over(instance: Instance) -> list[Any]:
    return list((instance.settings.vault_path / "incoming").iterdir())


# --------------------------------------------------------------------------- one file


def test_a_file_is_an_item_with_the_digest_that_was_found_here(amina, ticket, instance, cast):
    answer = put(amina, ticket, b"in words\n", "folder/note.txt")

    (row,) = items(instance)
    assert answer.status_code == 201
    assert answer.json == {
        "reference": row.reference,
        "sha256": sha256(b"in words\n").hexdigest(),
        "size": 9,
        "media_type": "text/plain",
        "same_bytes": [],
        "url": f"/evidence/{row.reference}",
    }
    assert row.original_name == "folder/note.txt"
    assert row.kind is ExhibitKind.DOCUMENT
    assert row.recorded_by == cast.amina.account_id
    assert row.compartment_id == cast.mission


def test_no_header_or_field_sets_digest_size_or_media_type(amina, ticket, instance):
    address = f"{ticket}?sha256={'0' * 64}&size=1&media_type=image/png"
    forged = {"X-File-Name": "x", "Repr-Digest": "sha-256=:AAAA:", "X-SHA256": "0" * 64}
    amina.put(address, data=b"in words\n", headers=forged, content_type="image/png")
    amina.put(f"{ticket}/facts", data={"home": HOME, "sha256": "0" * 64, "media_type": "image/png"})
    put(amina, ticket, b"other words\n")

    first, second = items(instance)
    assert first.sha256 == sha256(b"in words\n").hexdigest()
    assert second.sha256 == sha256(b"other words\n").hexdigest()
    assert {first.media_type, second.media_type} == {"text/plain"}
    assert {first.size_bytes, second.size_bytes} == {9, 12}


def test_an_empty_file_is_evidence_too(amina, ticket, instance):
    answer = put(amina, ticket, b"", "empty")

    assert answer.status_code == 201, answer.json
    assert answer.json["size"] == 0
    assert items(instance)[0].sha256 == sha256(b"").hexdigest()


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Свідчення № 1.txt", "Свідчення № 1.txt"),
        ("ჩანაწერი/ფოტო.jpg", "ჩანაწერი/ფოტო.jpg"),
        ("../../etc/passwd", "../../etc/passwd"),
        ("<script>alert(1)</script>.html", "<script>alert(1)</script>.html"),
        ("photo\u202egpj.exe", "photo\\u202egpj.exe"),
        ("a\r\nSet-Cookie: x", "a\\u000d\\u000aSet-Cookie: x"),
        ("nul\0inside", "nul\\u0000inside"),
        (b"\xff\xfe not utf-8", "\\xff\\xfe not utf-8"),
        ("%2e%2e%2f", "%2e%2e%2f"),
        ("C:\\dir\\x.jpg", "C:\\\\dir\\\\x.jpg"),
        ("x" * 6000, "x" * 4095 + "…"),
        ("", None),
    ],
)
def test_names_of_any_script_and_of_any_malice_are_kept_and_printable(amina, ticket, instance, sent, kept):
    answer = put(amina, ticket, b"some words\n", sent)

    assert answer.status_code == 201, answer.json
    (row,) = items(instance)
    assert row.original_name == kept
    assert row.title == "Document"
    page = amina.get(answer.json["url"])
    assert page.status_code == 200
    assert "<script>alert" not in page.text


def test_the_same_bytes_say_so_as_far_as_one_may_see(amina, ticket, instance, cast):
    first = put(amina, ticket, b"the same").json["reference"]
    with instance.transaction() as session:
        hidden = receive(
            session, instance.vault, cast, b"the same", governance=Governance(Level.SEALED)
        ).reference
        regrant(session, cast, "amina", Level.CONFIDENTIAL)

    answer = put(amina, ticket, b"the same").json

    assert answer["same_bytes"] == [first]
    assert hidden not in str(answer)
    with instance.reading() as session:
        assert session.scalar(select(func.count()).select_from(Blob)) == 1


def regrant(session: Session, cast: Cast, login: str, level: Level, role: Role | None = None) -> None:
    """Let somebody see no more than a level from now on, or do no more than a role may."""
    account = find_account(session, login)
    live = select(Grant).where(Grant.account_id == account.id, Grant.ended_at.is_(None))
    for held in session.scalars(live).all():
        place = session.get_one(Compartment, held.compartment_id)
        end_grant(session, held, reason="tests", actor=cast.olena)
        grant(
            session,
            place,
            account=account,
            role=role or held.role,
            level=level,
            purpose="tests",
            actor=cast.olena,
        )


def test_every_file_of_the_corpus_goes_in_with_the_digest_of_sha256sum(amina, ticket, instance, corpus):
    paths = sorted(path for path in (corpus / "files").rglob("*") if path.is_file())
    printed = subprocess.run(
        ["sha256sum", "--zero", *map(str, paths)], capture_output=True, check=True, text=True
    ).stdout
    digests = [line.split("  ", 1)[0] for line in printed.split("\0") if line]

    answers = [put(amina, ticket, path.read_bytes(), path.name) for path in paths]

    assert [answer.status_code for answer in answers] == [201] * len(paths)
    assert [answer.json["sha256"] for answer in answers] == digests
    assert len(paths) > 20


def test_the_examination_is_owed_and_the_worker_is_woken(app: Flask, amina, ticket, instance):
    class Woken:
        times = 0

        def wake(self) -> None:
            Woken.times += 1

    app.extensions[WORKER] = Woken()
    put(amina, ticket, b"x")

    assert Woken.times == 1
    with instance.reading() as session:
        assert session.scalars(select(Promise.kind)).all() == ["examine_exhibit"]


# --------------------------------------------------------------------------- what is known of all of them


def test_each_file_takes_over_what_the_form_says_when_it_is_sent(amina, instance, cast):
    with instance.transaction() as session:
        code = person(session, cast.amina, cast.mission).code
    address = opened(amina, source_kind="person", source=code, collected="2022-03", title="Подвір'я")
    put(amina, address, b"some words\n")
    amina.put(f"{address}/facts", data={"home": HOME, "collected": "2022-04-12", "is_graphic": "on"})
    put(amina, address, b"other words\n")

    first, second = items(instance)
    assert (str(first.collected), first.title, first.is_graphic) == ("2022-03", "Подвір'я", False)
    assert (str(second.collected), second.title, second.is_graphic) == ("2022-04-12", "Document", True)
    with instance.reading() as session:
        (link,) = session.scalars(select(ExhibitPerson)).all()
    assert (link.exhibit_id, link.role) == (first.id, PersonRole.SOURCE)


def test_a_file_of_a_mission_takes_over_its_rules_unless_others_are_stated(client_of, instance, cast):
    rules = {"level": Level.RESTRICTED, "legal_basis": "statute, article 2"}
    with instance.transaction() as session:
        mission_id = plan_mission(session, cast, reference="KYI-2026-07", **rules).id
    olena = client_of("olena")
    address = opened(olena, home="KYI-2026-07")
    put(olena, address, b"1")
    olena.put(f"{address}/facts", data={"home": "KYI-2026-07", "legal_basis": "consent of the source"})
    put(olena, address, b"2")

    first, second = items(instance)
    assert first.mission_id == second.mission_id == mission_id
    assert (first.level, first.legal_basis) == (Level.RESTRICTED, "statute, article 2")
    assert (second.level, second.legal_basis) == (Level.RESTRICTED, "consent of the source")


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"home": ""}, "Kept in is missing"),
        ({"home": "KYI-NOWHERE"}, "KYI-NOWHERE"),
        ({"collected": "the day before yesterday"}, "the day before yesterday"),
        ({"source": "PN-NOBODY"}, "PN-NOBODY"),
        ({"language": "Klingon!"}, "Klingon!"),
        ({"device_clock_offset_s": "a lot"}, "a lot"),
    ],
)
def test_what_is_wrong_in_the_form_is_said_before_a_byte_is_read(amina, instance, facts, word):
    address = opened(amina, **facts)
    body = Untouched()

    answer = stream(amina, address, body, 5)

    assert answer.status_code in {404, 422}
    assert word in answer.json["error"]
    assert answer.json["advice"]
    assert not body.was_read
    assert nothing_was_kept(instance)


class Untouched(io.RawIOBase):
    """A body that notices when somebody reads it."""

    was_read = False

    def read(self, size: int = -1) -> bytes:
        self.was_read = True
        return b""


# --------------------------------------------------------------------------- tickets


def test_the_form_comes_back_with_its_words_after_a_reload_and_a_restart(instance, amina):
    address = opened(amina, received_from="Партнер", collected="2022-03")
    other = create_app(House.of(instance)).test_client()
    other.set_cookie(SIGNED_IN, token_of(instance, "amina"))

    for browser in (amina, other):
        page = browser.get(address).text
        assert 'value="Партнер"' in page
        assert 'value="2022-03"' in page


def test_a_ticket_is_of_one_account(amina, ticket, client_of, instance):
    bohdan = client_of("bohdan")

    answers = [
        bohdan.get(ticket),
        put(bohdan, ticket, b"x"),
        bohdan.put(f"{ticket}/facts", data={"home": HOME}),
        bohdan.post(ticket, data={"home": HOME, "file": (io.BytesIO(b"x"), "x")}),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert "not yours" in answers[1].json["error"]
    assert nothing_was_kept(instance)


def test_a_ticket_that_was_never_given_opens_nothing(amina, instance):
    answer = put(amina, "/evidence/receive/00000000-0000-0000-0000-000000000009", b"x")

    assert answer.status_code == 404
    assert amina.put("/evidence/receive/nonsense", data=b"x").status_code in {404, 405}
    assert nothing_was_kept(instance)


def test_a_ticket_is_good_for_a_day_and_then_goes(amina, ticket, instance, clock):
    clock.at += timedelta(hours=23, minutes=59)
    assert put(renewed(amina, instance), ticket, b"x").status_code == 201

    clock.at += timedelta(minutes=2)
    browser = renewed(amina, instance)
    assert put(browser, ticket, b"y").status_code == 404
    clock.at += timedelta(hours=24)
    renewed(amina, instance).get("/evidence/receive")
    with instance.reading() as session:
        assert session.scalar(select(func.count()).select_from(Draft)) == 1


def renewed(browser: FlaskClient, instance: Instance) -> FlaskClient:
    """Sign in again: a session does not last that long."""
    browser.set_cookie(SIGNED_IN, token_of(instance, "amina"))
    return browser


def test_the_scope_of_work_is_where_files_go(amina, instance):
    amina.post("/scope", data={"scope": HOME})

    address = amina.get("/evidence/receive").headers["Location"]

    assert put(amina, address, b"x").status_code == 201


def test_no_compartment_is_guessed_among_several(amina):
    address = amina.get("/evidence/receive").headers["Location"]

    assert put(amina, address, b"x").json["error"] == "Kept in is missing."


# --------------------------------------------------------------------------- who may


@pytest.mark.parametrize("login", ["outsider", "daria"])
def test_whoever_may_not_take_in_gets_no_form(client_of, login):
    answer = client_of(login).get("/evidence/receive")

    assert answer.status_code == 403
    assert "may not" in answer.text
    assert "/evidence/receive" not in client_of(login).get("/evidence/").text


def test_rights_that_ended_meanwhile_are_asked_again_and_nothing_is_read(amina, ticket, instance, cast):
    with instance.transaction() as session:
        regrant(session, cast, "amina", Level.SEALED, Role.READER)
    body = Untouched()

    answer = stream(amina, ticket, body, 5)

    assert answer.status_code == 403
    assert "may not take in exhibits" in answer.json["error"]
    assert not body.was_read
    assert nothing_was_kept(instance)


def test_rights_that_end_while_the_bytes_come_leave_nothing(amina, ticket, instance, cast):
    class Slow(io.RawIOBase):
        """Lets the account be switched off between the first byte and the last."""

        def __init__(self) -> None:
            self.left = [b"abc", b"de"]

        def read(self, _size: int = -1) -> bytes:
            if len(self.left) == 1:
                with instance.transaction() as session:
                    regrant(session, cast, "amina", Level.PUBLIC)
            return self.left.pop(0) if self.left else b""

    answer = stream(amina, ticket, Slow(), 5)

    assert answer.status_code == 403, answer.json
    assert nothing_was_kept(instance)


def test_another_site_cannot_send_a_file(house: House, instance: Instance):
    app = create_app(house)
    app.config["TESTING"] = True
    browser = app.test_client()
    browser.set_cookie(SIGNED_IN, token_of(instance, "amina"))
    address = browser.get("/evidence/receive").headers["Location"]
    token = browser.get(address).text.split('name="csrf-token" content="')[1].split('"')[0]

    assert put(browser, address, b"x").status_code == 400
    assert browser.put(address, data=b"x", headers={"X-CSRFToken": "forged"}).status_code == 400
    form = {"home": HOME, "file": (io.BytesIO(b"x"), "x")}
    assert browser.post(address, data=form).status_code == 400
    assert nothing_was_kept(instance)

    with_token = {"X-CSRFToken": token}
    assert browser.put(f"{address}/facts", data={"home": HOME}, headers=with_token).status_code == 200
    assert browser.put(address, data=b"x", headers=with_token).status_code == 201
    form = {"csrf_token": token, "home": HOME, "file": (io.BytesIO(b"y"), "y")}
    assert browser.post(address, data=form).status_code == 303


# --------------------------------------------------------------------------- what breaks off


class Broken(io.RawIOBase):
    """A body whose connection ends: with a fault, or as servers have it, with nothing more."""

    def __init__(self, data: bytes, fault: Exception | None) -> None:
        self._data, self._fault = data, fault

    def read(self, size: int = -1) -> bytes:
        if self._data:
            data, self._data = self._data[:size], self._data[size:]
            return data
        if self._fault is not None:
            raise self._fault
        return b""


@pytest.mark.parametrize("fault", [None, ConnectionResetError("reset by peer"), TimeoutError("timed out")])
@pytest.mark.parametrize("came", [0, 10, 300_000])
def test_a_broken_connection_leaves_nothing(amina, ticket, instance, fault, came):
    answer = stream(amina, ticket, Broken(b"x" * came, fault), 1_000_000)

    assert answer.status_code == 422
    assert "broke off" in answer.json["error"]
    assert nothing_was_kept(instance)


def test_a_chunked_body_that_its_server_ends_is_whole(amina, ticket, instance):
    data = png(3)
    answer = stream(amina, ticket, io.BytesIO(data))

    assert answer.status_code == 201, answer.json
    assert answer.json["sha256"] == sha256(data).hexdigest()


def test_chunks_whose_end_nobody_knows_are_refused_and_no_length_is_no_body(app: Flask):
    with app.test_request_context(method="PUT", environ_overrides={"CONTENT_LENGTH": ""}):
        request.environ.pop("wsgi.input_terminated", None)
        assert uploads.Body(None).read(10) == b""
        request.environ["HTTP_TRANSFER_ENCODING"] = "chunked"
        with pytest.raises(InvalidInput, match="how long"):
            uploads.Body(None)


def test_a_full_disk_is_said_and_nothing_is_kept(amina, ticket, instance, monkeypatch):
    def full(*_anything: Any, **_more: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("evidence_tracker.vault.local.LocalStore.write", full)
    answer = put(amina, ticket, b"x")

    assert answer.status_code == 503
    assert "No space left on device" in answer.json["error"]


# --------------------------------------------------------------------------- what is too large


@pytest.fixture
def limited(instance: Instance, app: Flask) -> Callable[[int], None]:
    """Return what sets the size that a file may have."""

    def limit(most: int) -> None:
        house = app.extensions["evidence_tracker.house"]
        house.settings = replace(house.settings, max_upload_bytes=most)

    return limit


def test_a_file_that_says_to_be_too_large_is_not_read(amina, ticket, instance, limited):
    limited(1000)
    body = Untouched()

    answer = stream(amina, ticket, body, 1001)

    assert answer.status_code == 413
    assert "1000\u00a0bytes" in answer.json["error"]
    assert "command line" in answer.json["advice"]
    assert not body.was_read
    assert nothing_was_kept(instance)


def test_a_browser_can_ask_why_its_file_is_not_taken(amina, client_of, ticket, limited):
    # Where a body is not read to its end, the connection breaks before the browser has read the answer.
    assert amina.get(f"{ticket}/may?size=5000").json == {"may": True}
    limited(1000)
    assert amina.get(f"{ticket}/may?size=1000").json == {"may": True}
    assert "1000\u00a0bytes" in amina.get(f"{ticket}/may?size=1001").json["error"]
    amina.put(f"{ticket}/facts", data={"home": HOME, "collected": "nonsense"})
    assert "nonsense" in amina.get(f"{ticket}/may").json["error"]
    assert client_of("bohdan").get(f"{ticket}/may").status_code == 404


def test_a_file_that_turns_out_too_large_is_not_kept(amina, ticket, instance, limited):
    limited(1000)
    too_large = stream(amina, ticket, io.BytesIO(b"x" * 1001))
    fits = stream(amina, ticket, io.BytesIO(b"x" * 1000))

    assert (too_large.status_code, fits.status_code) == (413, 201)
    assert len(items(instance)) == 1


def test_the_form_says_how_large_a_file_may_be(amina, ticket, limited):
    limited(5 << 20)

    assert "5.0\u00a0MiB" in amina.get(ticket).text


def test_the_file_of_a_form_has_the_same_limit(amina, ticket, instance, limited):
    limited(1000)

    def sent(size: int) -> Any:
        return amina.post(ticket, data={"home": HOME, "file": (io.BytesIO(b"x" * size), "x")})

    assert sent(1000).status_code == 303
    refused = sent(1001)
    assert refused.status_code == 413
    assert "1000\u00a0bytes" in refused.text
    assert len(items(instance)) == 1


# --------------------------------------------------------------------------- without script


def test_one_file_goes_in_without_script(amina, ticket, instance):
    form = {"home": HOME, "title": "Подвір'я", "file": (io.BytesIO(png(1)), "C:\\фото\\a.png")}

    answer = amina.post(ticket, data=form)

    (row,) = items(instance)
    assert answer.headers["Location"] == f"/evidence/{row.reference}"
    assert row.sha256 == sha256(png(1)).hexdigest()
    assert row.title == "Подвір'я"
    assert row.original_name == "C:\\\\фото\\\\a.png"
    assert "Received as" in amina.get(f"/evidence/{row.reference}").text


def test_a_form_that_is_refused_comes_back_with_its_words(amina, ticket, instance):
    form = {"home": HOME, "received_from": "Партнер", "collected": "nonsense"}

    fields = [(f'name="{name}"', text.encode()) for name, text in {**form, "collected": "2022"}.items()]
    body = form_bytes(*fields, ('name="file"; filename=""', b""))
    without = amina.post(ticket, data=body, content_type="multipart/form-data; boundary=edge")
    wrong = amina.post(ticket, data={**form, "file": (io.BytesIO(b"x"), "x")})

    assert (without.status_code, wrong.status_code) == (422, 422)
    assert "No file was chosen" in without.text
    for page in (without.text, wrong.text, amina.get(ticket).text):
        assert 'value="Партнер"' in page
    assert nothing_was_kept(instance)


def test_a_file_that_holds_the_edge_of_the_form_almost_is_kept_as_it_is(amina, ticket, instance):
    data = b"\r\n--edg\r\n--edgy\r\n-" * 50_000
    body = form_bytes(('name="home"', HOME.encode()), ('name="file"; filename="x"', data))

    answer = amina.post(ticket, data=body, content_type="multipart/form-data; boundary=edge")

    assert answer.status_code == 303, answer.text
    assert items(instance)[0].sha256 == sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (
            form_bytes(('name="file"; filename="x"', b"abc"), end=False)[:-9],
            "multipart/form-data; boundary=edge",
        ),
        (form_bytes(('name="home"', b"KYI"), end=False), "multipart/form-data; boundary=edge"),
        (b"nonsense", "multipart/form-data; boundary=edge"),
        (b"home=KYI", "application/x-www-form-urlencoded"),
        (b"", "multipart/form-data"),
    ],
)
def test_a_form_that_breaks_off_or_is_none_leaves_nothing(amina, ticket, instance, body, kind):
    answer = amina.post(ticket, data=body, content_type=kind)

    assert answer.status_code == 422, answer.text
    assert nothing_was_kept(instance)


def test_fields_without_end_are_refused(app: Flask):
    body = form_bytes(('name="home"', b"x" * (uploads.MOST_IN_FIELDS + 1)))
    with (
        app.test_request_context(method="POST", data=body, content_type="multipart/form-data; boundary=edge"),
        pytest.raises(TooLarge),
    ):
        uploads.Form(uploads.Body(None))
    body = form_bytes(*[(f'name="f{number}"', b"") for number in range(uploads.MOST_FIELDS + 1)])
    with (
        app.test_request_context(method="POST", data=body, content_type="multipart/form-data; boundary=edge"),
        pytest.raises(InvalidInput),
    ):
        uploads.Form(uploads.Body(None))


def test_the_memory_of_a_large_file_is_that_of_a_few_steps(amina, ticket, instance):
    largest = 0

    class Large(io.RawIOBase):
        left = 64 << 20

        def read(self, size: int = -1) -> bytes:
            nonlocal largest
            largest = max(largest, size)
            count = min(size, self.left)
            self.left -= count
            return bytes(count)

    answer = stream(amina, ticket, Large(), 64 << 20)

    assert answer.status_code == 201, answer.json
    assert largest <= 1 << 20
