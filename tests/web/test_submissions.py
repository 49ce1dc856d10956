"""Submissions in the browser: the guided path from the choice to the receipt, and who may not walk it."""

import re
import time

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from evidence_tracker.access.accounts import set_secret
from evidence_tracker.access.models import Account
from evidence_tracker.casework.submissions.models import Bundle, BundleState, Receipt
from evidence_tracker.instance import Instance
from evidence_tracker.integrity.bundle import verify_bundle
from evidence_tracker.jobs.audit import audit
from evidence_tracker.keys.unlockers import CHEAP
from evidence_tracker.web.house import House
from tests.casework.submissions.scene import Scene, decrypted, identity_key, stage
from tests.cast import PASSPHRASE, Cast
from tests.web.conftest import ClientOf

PATIENCE_S = 60


@pytest.fixture
def scene(instance: Instance, cast: Cast) -> Scene:
    return stage(instance, cast)


@pytest.fixture
def lent(house: House, cast: Cast, instance: Instance) -> None:
    """Lend the identity root, as a custodian does, and give everybody a secret of their own."""
    house.lend_identities(identity_key(instance), by=cast.bohdan.account_id, login="bohdan")
    with instance.transaction() as session:
        for login in ("chen", "daria", "amina"):
            account = session.scalars(select(Account).where(Account.login == login)).one()
            set_secret(session, account, PASSPHRASE, actor=cast.olena, cost=CHEAP)


def work(browser: FlaskClient, address: str, **form: str) -> str:
    """Begin long work and wait for its end; returns the page that it leads to, or its error."""
    begun = browser.post(address, data=form)
    assert begun.status_code == 303, begun.text
    page = begun.headers["Location"]
    assert page.startswith("/works/"), begun.text
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        answer = browser.get(page)
        if answer.status_code == 303:
            return browser.get(answer.headers["Location"]).text
        if "alert-danger" in answer.text:
            return answer.text
        time.sleep(0.05)
    raise AssertionError("the work did not end")


def state_in(page: str) -> str:
    found = re.search(r'<code class="digest">([0-9a-f]{16})</code>', page)
    assert found, page
    return found[1]


def test_a_submission_goes_from_its_choice_to_a_bundle_that_a_stranger_verifies(
    client_of: ClientOf, instance: Instance, scene: Scene, lent: None, tmp_path, house: House, cast: Cast
):
    base = f"/submissions/{scene.submission}"
    daria, chen = client_of("daria"), client_of("chen")

    assert "Nobody looked for names" in daria.get(f"{base}/guide?step=gates").text
    looked = work(daria, f"{base}/do/check")
    assert "Nobody looked for names" not in looked
    review = daria.get(f"{base}/guide?step=review").text
    assert "Confinement in Vyhadane" in review
    assert "Вигаданенко" not in review
    assert (
        scene.submission
        not in re.sub(r'(href|action|data-copy|content)="[^"]*"', "", review)
        .split("<main")[1]
        .split("Front page")[1]
    )

    work(chen, f"{base}/do/check")
    state = state_in(chen.get(f"{base}/guide?step=approve").text)
    approved = work(chen, f"{base}/do/approve", looked_at="EX-0001", state=state, _own_secret=PASSPHRASE)
    assert "Approved by" in approved, approved
    assert "is sealed" in work(daria, f"{base}/do/seal")
    assert "is written" in work(daria, f"{base}/do/build")
    released = work(daria, f"{base}/do/release", channel="courier", _own_secret=PASSPHRASE)
    with instance.reading() as session:
        bundle = session.scalars(select(Bundle)).one()
    assert bundle.state is BundleState.RELEASED
    assert f"{base}/bundle/{bundle.name}" in released

    answer = daria.get(f"{base}/bundle/{bundle.name}", buffered=True)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    (tmp_path / "received.age").write_bytes(answer.data)
    (tmp_path / f"{bundle.name}.receipt").write_bytes(
        daria.get(f"{base}/bundle/{bundle.name}/receipt", buffered=True).data
    )
    plain = decrypted(tmp_path / "received.age", scene.identity, tmp_path / f"{bundle.name}.zip")
    report = verify_bundle(
        plain,
        vkey=instance.signer.signer("evidence.example/kyiv/1").vkey,
        receipt=tmp_path / f"{bundle.name}.receipt",
    )
    assert report.status == 0, report.text()

    receipt = daria.post(
        f"{base}/in/bundles/{bundle.id}/receipt",
        data={"received": "2026-03-04", "received_by": "Registry", "stated_sha256": "0" * 64},
    )
    assert receipt.status_code == 303, receipt.text
    assert "NOT that of the bundle" in daria.get(f"{base}/guide?step=receipt").text
    with instance.reading() as session:
        assert session.scalars(select(Receipt.is_match)).one() is False
    assert audit(instance).findings == []


def test_whoever_prepared_it_cannot_approve_it(client_of: ClientOf, scene: Scene, lent: None):
    base = f"/submissions/{scene.submission}"
    refused = client_of("daria").get(f"{base}/do/approve")
    assert refused.status_code == 403
    assert "may not approve submissions" in refused.text


def test_a_wrong_secret_approves_nothing(client_of: ClientOf, scene: Scene, lent: None):
    chen = client_of("chen")
    base = f"/submissions/{scene.submission}"
    answer = chen.post(f"{base}/do/approve", data={"state": "0" * 16, "_own_secret": "a guess of mine"})
    assert answer.status_code == 403
    assert "is not" in answer.text
    assert "Approved by" not in chen.get(f"{base}/guide?step=approve").text


def test_without_a_custodian_nothing_is_looked_for(client_of: ClientOf, scene: Scene):
    answer = client_of("daria").post(f"/submissions/{scene.submission}/do/check")
    assert answer.status_code == 423
    assert "The identity vault is locked" in answer.text
    assert "Ask a custodian" in answer.text


def test_a_failed_step_says_what_to_do(client_of: ClientOf, scene: Scene, lent: None):
    page = work(client_of("daria"), f"/submissions/{scene.submission}/do/seal")
    assert "is not approved" in page


def test_nothing_of_it_exists_for_an_outsider(client_of: ClientOf, scene: Scene, lent: None):
    outsider = client_of("outsider")
    base = f"/submissions/{scene.submission}"
    known = outsider.get(base)
    unknown = outsider.get("/submissions/KYI-S-9999")
    assert (known.status_code, unknown.status_code) == (404, 404)
    assert known.text.replace(scene.submission, "X") == unknown.text.replace("KYI-S-9999", "X")
    for path in (
        "/guide",
        "/handed",
        "/custody",
        "/history",
        "/do/check",
        "/in/items/add",
        "/bundle/KYI-B-1",
    ):
        assert outsider.get(base + path).status_code == 404, path
    assert scene.submission not in outsider.get("/submissions/").text
    assert "Confinement" not in outsider.get("/submissions/list.csv").text


def test_work_of_somebody_else_is_not_found(client_of: ClientOf, scene: Scene, lent: None):
    begun = client_of("daria").post(f"/submissions/{scene.submission}/do/check")
    assert client_of("chen").get(begun.headers["Location"]).status_code == 404


def test_a_bundle_that_was_not_released_does_not_leave(
    client_of: ClientOf, scene: Scene, lent: None, instance: Instance
):
    base = f"/submissions/{scene.submission}"
    chen, daria = client_of("chen"), client_of("daria")
    state = state_in(chen.get(f"{base}/guide?step=approve").text)
    work(chen, f"{base}/do/approve", looked_at="EX-0001", state=state, _own_secret=PASSPHRASE)
    work(daria, f"{base}/do/seal")
    work(daria, f"{base}/do/build")
    with instance.reading() as session:
        name = session.scalars(select(Bundle.name)).one()
    answer = daria.get(f"{base}/bundle/{name}")
    assert (answer.status_code, "was not released" in answer.text) == (422, True)
    given_up = daria.post(
        f"{base}/do/abandon", data={"reason": "a mistake", "_typed": scene.submission.lower()}
    )
    assert given_up.status_code == 303, given_up.text
    assert "a mistake" in daria.get(f"{base}/handed").text


def test_what_cannot_be_undone_asks_for_the_reference(client_of: ClientOf, scene: Scene):
    answer = client_of("daria").post(
        f"/submissions/{scene.submission}/do/close", data={"reason": "withdrawn", "_typed": "yes"}
    )
    assert answer.status_code == 422
    assert "was not typed as it is" in answer.text
    assert "withdrawn" in answer.text, "the words that were typed are still there"


def test_records_are_put_in_and_taken_out(client_of: ClientOf, instance: Instance, scene: Scene):
    daria = client_of("daria")
    opened = daria.post(
        "/submissions/new/open",
        data={
            "recipient": "KYI-P-0001",
            "use": "investigation",
            "title": "Другий пакет",
            "statement": "One file.",
            "language": "uk",
            "home": "KYI-2026-01-C",
            "legal_basis": "fictional act",
        },
    )
    assert opened.status_code == 303, opened.text
    reference = opened.headers["Location"].split("/")[2]
    base = f"/submissions/{reference}"
    nonsense = daria.post(f"{base}/in/items/add", data={"items": "KYI-E-0001 KYI-X-0001 KYI-E-9999"})
    assert nonsense.status_code == 422
    assert "KYI-X-0001 is not the reference" in nonsense.text
    put = daria.post(f"{base}/in/items/add", data={"items": "KYI-E-0001\nKYI-E-0002"})
    assert put.status_code == 303, put.text
    page = daria.get(f"{base}/guide?step=choose").text
    assert "EX-0002" in page
    taken = re.search(rf"{base}/in/items/([0-9a-f-]+)/remove", page)
    assert taken
    out = daria.post(taken[0], data={"reason": "not needed"})
    assert out.status_code == 303, out.text
    assert "EX-0002" not in daria.get(base).text, "the numbers behind it moved up"
    stale = daria.post(
        f"{base}/do/amend",
        data={
            "title": "Neu",
            "statement": "One file.",
            "language": "uk",
            "legal_basis": "fictional act",
            "level": "CONFIDENTIAL",
            "_version": "0",
        },
    )
    assert stale.status_code == 409, stale.text


def test_the_list_is_filtered_by_progress_and_recipient(client_of: ClientOf, scene: Scene):
    daria = client_of("daria")
    assert scene.submission in daria.get("/submissions/?progress=open").text
    assert "Nothing fits these filters" in daria.get("/submissions/?progress=released").text
    assert scene.submission in daria.get(f"/submissions/?party_id={scene.recipient}").text
    assert daria.get("/submissions/?party_id=nonsense").status_code == 404


def test_a_submission_without_a_statement_yet_can_be_amended(client_of: ClientOf, scene: Scene):
    daria = client_of("daria")
    form = {"title": "Draft", "use": "investigation", "language": "en", "legal_basis": "fictional act"}
    opened = daria.post(
        "/submissions/new/open", data={**form, "recipient": "KYI-P-0001", "home": "KYI-2026-01-C"}
    )
    base = opened.headers["Location"].split("/guide")[0]
    amended = daria.post(
        f"{base}/do/amend", data={**form, "title": "Better", "level": "CONFIDENTIAL", "_version": "1"}
    )
    assert amended.status_code == 303, amended.text
    assert "Better" in daria.get(base).text
